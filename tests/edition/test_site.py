"""The lessons in the browser edition: what they show, that they can be solved, and what lasts.

By default these are some lessons, of which the last is solved; with CARTLIB_TEST_LESSONS=all they
are all of them, and each is solved.
"""

import json
import os
import re
import subprocess
import sys
from html import unescape
from types import SimpleNamespace

import nbformat
import pytest
from browser import ALL_DRAWN, ALL_RAN, ROOT, wait_for
from kernels import NOTEBOOKS, path_of, solve, statuses
from promises import assert_promises_kept

from cartlib.course import index
from cartlib.practice.outcome import CORRECT, NOT_TRIED

sys.path.insert(0, str(ROOT / ".site" / "stand_ins"))
from cartlib_browser import digest

SOME = ["00_start_here", "07_fast_carts", "05_live_carts"]
ALL = [path.stem for path in NOTEBOOKS]
CHOSEN = ALL if os.environ.get("CARTLIB_TEST_LESSONS") == "all" else SOME
IN_A_BROWSER = {  # what is promised otherwise there; recorded outputs count as outputs
    "00_start_here": {'"localhost", 1': "localhost:1 did not answer in time"},
    "03_when_things_go_wrong": {"set-up": "Private server: There is no Redis server in a browser"},
    "05_live_carts": {"start_server()": "There is no Redis server in a browser"},
    "07_fast_carts": {"set-up": "The delay is simulated"},
    "08_growing_up": {'merge_carts(client, "guest"': "fakeredis · NotImplementedError"},
}
CONNECTED = """path => {
  const notebook = window.jupyterapp?.shell.currentWidget;
  return notebook?.context?.path === path && notebook.context.isReady
    && notebook.sessionContext.session?.kernel?.connectionStatus === 'connected';
}"""
RUN = """async sources => {
  const notebook = window.jupyterapp.shell.currentWidget;
  const cells = notebook.content.widgets.filter(cell => cell.model.type === 'code');
  sources.forEach((source, number) => cells[number].model.sharedModel.setSource(source));
  await window.jupyterapp.commands.execute('notebook:run-all-cells');
}"""
OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.widgets
  .filter(cell => cell.model.type === 'code')
  .map(cell => cell.model.outputs.toJSON())"""
ASK = """async code => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({code, store_history: false});
  let text = '';
  future.onIOPub = ({header, content}) => {
    if (header.msg_type === 'stream') text += content.text;
  };
  const reply = await future.done;
  return [reply.content.status, text];
}"""
SOLVED = "from cartlib import progress; print(progress.solved())"
RESTART = """async () => {
  const session = window.jupyterapp.shell.currentWidget.sessionContext;
  window.asked = session.session.kernel.requestExecute({code: 'while True: pass'});
  await session.restartKernel();
}"""


def code_of(lesson):
    cells = nbformat.read(path_of(lesson), as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def visit(context, site, lesson):
    """Open a lesson as a link does, in a new tab."""
    page = context.new_page()
    page.goto(f"{site}/lab/index.html?path={lesson}.ipynb")
    wait_for(page, CONNECTED, f"{lesson}.ipynb")
    return page


def run(page, sources):
    """Run a lesson with these sources of its code cells, and return it with what it showed."""
    page.evaluate(RUN, sources)
    wait_for(page, ALL_RAN)
    wait_for(page, ALL_DRAWN)
    cells = []
    for source, outputs in zip(sources, page.evaluate(OUTPUTS), strict=True):
        for output in outputs:
            data = output.setdefault("data", {})
            if "Recorded with" in data.get("text/html", ""):
                data["text/plain"] = unescape(re.sub("<.*?>", "", data["text/html"]))
        cells.append(SimpleNamespace(source=source, outputs=outputs, cell_type="code"))
    return SimpleNamespace(cells=cells)


def errors(notebook):
    found = [(cell.source, output) for cell in notebook.cells for output in cell.outputs]
    return [(source, o["evalue"]) for source, o in found if o["output_type"] == "error"]


def fill_the_first_cart(page):
    panel = page.locator(".jp-OutputArea-output").filter(has_text="Quantity").first
    panel.get_by_role("button", name=re.compile(r"(^|\W)Add$")).click()
    panel.get_by_text("Added 1").first.wait_for()


def see_two_screens_in_step(page):
    add = page.get_by_role("button", name="Add")
    screens = page.locator(".jp-OutputArea-output", has=add).first
    screens.get_by_label("Product").first.select_option("Coffee mug — 9.50")
    screens.get_by_role("button", name="Add").first.click()
    screens.get_by_role("table").nth(1).get_by_role("cell", name="Coffee mug").wait_for()


# A visit costs some 20 seconds: what is clicked is clicked in a lesson that has just run.
CLICKS = {"00_start_here": fill_the_first_cart, "05_live_carts": see_two_screens_in_step}


@pytest.mark.parametrize("lesson", CHOSEN)
def test_lesson_shows_its_promises_is_clicked_and_solved_and_lasts(visitor, site, lesson):
    page = visit(visitor, site, lesson)
    code = code_of(lesson)
    shipped = run(page, code)
    assert errors(shipped) == []
    assert_promises_kept(lesson, shipped, "fakeredis", IN_A_BROWSER.get(lesson, {}))
    tasks = index.exercises(lesson) if lesson in index.LESSONS else []
    assert statuses(shipped) == [NOT_TRIED] * len(tasks)
    if lesson in CLICKS:
        CLICKS[lesson](page)
    if lesson == CHOSEN[-1] or CHOSEN == ALL:
        solved = run(page, [_solved(source, tasks) for source in code])
        assert errors(solved) == []
        assert statuses(solved) == [CORRECT] * len(tasks)
    page.close()
    if lesson == CHOSEN[-1]:
        page = visit(visitor, site, lesson)  # another kernel, after a reload
        status, text = page.evaluate(ASK, SOLVED)
        assert status == "ok" and all(repr(task.name) in text for task in tasks)
        end_what_hangs(page, lesson)
        page.close()


def end_what_hangs(page, lesson):
    """A function that hangs is told of; a kernel that hangs is restarted."""
    hangs = "def save(client, product_id, name, price):\n    while True:\n        try: pass\n"
    hangs += "        except BaseException: pass\n"
    code = f"{hangs}from cartlib.course.products import q1\nprint(q1.check(save).sentence)"
    status, text = page.evaluate(ASK, code)
    assert status == "ok" and "ran for 4 seconds" in text
    page.evaluate(RESTART)
    wait_for(page, CONNECTED, f"{lesson}.ipynb")
    assert page.evaluate(ASK, "print(6 * 7)") == ["ok", "42\n"]


def _solved(source, tasks):
    task = next((t for t in tasks if f"{t.name.split('.')[1]}.check(" in source), None)
    return solve(source, task) if task else source


def test_no_other_host_was_asked(asked, site):
    """It comes last: it looks at all that the tests above have asked for."""
    assert len(asked) > 100
    ours = f"{site}/", "data:", "blob:"
    assert [url for url in asked if not url.startswith(ours)] == []


def test_build_says_what_it_lacks(tmp_path):
    words = [sys.executable, ROOT / ".site" / "build.py", "--to", tmp_path / "site"]
    done = subprocess.run(words, env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    said = "This needs npm and node: install Node.js 20 or newer.\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_recorded_cells_are_cells_of_the_lessons():
    """A cell that was changed since has to be recorded anew: python .site/record.py."""
    known = {digest(source) for lesson in ALL for source in code_of(lesson)}
    record = json.loads((ROOT / ".site" / "recorded.json").read_text(encoding="utf-8"))
    assert record["cells"] and set(record["cells"]) <= known
