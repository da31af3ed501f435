"""What somebody waits for in JupyterLab, in a real browser over a lab on this computer."""

import re
import shutil
import statistics
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
from browser import chromium, close_notebooks, find_browser, lab, open_lab, run_notebook
from kernels import ROOT
from measure import Table, milliseconds, quantile

SET_UP = """
from cartlib import connect
from cartlib.catalogue import load_catalogue
from cartlib.widgets import CartPanel, LiveFeed
client = connect()
load_catalogue(client)
"""
TWO = """
feed = LiveFeed(client, panels=[CartPanel(client, title=f"Screen {n}") for n in (1, 2)])
feed.listen()
feed.screens(1, 2)
"""
# Clicks Add in the first panel; gives the milliseconds until each table has another text.
CLICK = """() => new Promise((done, fail) => {
  const panels = [...document.querySelectorAll('.cartlib-lines')];
  const before = panels.map(panel => panel.innerText);
  const changed = panels.map(() => null);
  const start = performance.now();
  const look = () => panels.forEach((panel, n) => {
    const is_new = changed[n] === null && panel.innerText !== before[n];
    if (is_new) changed[n] = performance.now() - start;
    if (!changed.includes(null)) { observer.disconnect(); done(changed); }
  });
  const observer = new MutationObserver(look);
  observer.observe(document.body, {subtree: true, childList: true, characterData: true});
  setTimeout(() => fail(new Error('no change in 30 s')), 30000);
  [...document.querySelectorAll('button')].find(b => /(^|\\W)Add$/.test(b.innerText)).click();
})"""
HEADS = ["median", "9 of 10", "the longest"]


def tables(quick=False):
    """Measure where a browser is found; else say so."""
    browser = find_browser()
    if browser is None:
        yield Table("In JupyterLab", "No Chromium or Chrome was found here.", ["what"], [])
        return
    clicks, starts = (2, 1) if quick else (60, 5)
    firsts = [_first_cart(browser) for _ in range(starts)]
    with _lessons() as (folder, home), lab(folder, home) as url, chromium(browser) as running:
        page = running.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(60_000)
        open_lab(page, url)
        _run(page, folder, "one", SET_UP, "CartPanel(client)")
        own = [page.evaluate(CLICK)[0] / 1000 for _ in range(clicks)]
        close_notebooks(page)
        _run(page, folder, "two", SET_UP, TWO)
        pairs = [page.evaluate(CLICK) for _ in range(clicks)]
    others = [other / 1000 for _, other in pairs]
    rows = [
        ["a click on Add → its own table", *_spread(own)],
        ["a click on Add → the other screen's table", *_spread(others)],
        ["JupyterLab's start → the first cart of lesson 00", *_spread(firsts)],
    ]
    about = f"{clicks} clicks each, {starts} starts; fakeredis; from the event in the page on."
    yield Table("In JupyterLab", about, ["what", *HEADS], rows)


def _spread(seconds):
    found = statistics.median(seconds), quantile(seconds, 0.9), max(seconds)
    return map(milliseconds, found)


@contextmanager
def _lessons():
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        shutil.copytree(ROOT / "notebooks", folder, dirs_exist_ok=True)
        yield Path(folder), home


def _run(page, folder, name, *codes):
    cells = [nbformat.v4.new_code_cell(code) for code in codes]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / f"{name}.ipynb")
    run_notebook(page, f"{name}.ipynb")
    page.locator(".cartlib-lines").last.wait_for()


def _first_cart(browser):
    """Return the seconds from the start of the lab to a cart that can be clicked."""
    with _lessons() as (folder, home), chromium(browser) as running:
        page = running.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(60_000)
        start = time.perf_counter()
        with lab(folder, home) as url:
            open_lab(page, url)
            run_notebook(page, "00_start_here.ipynb")
            page.get_by_role("button", name=re.compile(r"(^|\W)Add$")).first.wait_for()
            return time.perf_counter() - start
