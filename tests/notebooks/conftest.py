"""JupyterLab in a browser, and a user of a server that a class shares, as TEACHING.md has it."""

import re
import shutil

import nbformat
import pytest
import redis
from axe_playwright_python.sync_playwright import Axe
from backends import missing
from browser import (
    ALL_DRAWN,
    FORKING,
    ROOT,
    chromium,
    close_notebooks,
    find_browser,
    lab,
    open_lab,
    run_notebook,
    set_theme,
    wait_for,
)
from kernels import TEACHING

(RULE,) = re.findall(r"^<!-- acl -->\n```text\n(.+)\n```$", TEACHING, flags=re.MULTILINE)


@pytest.fixture
def learner(server):
    """A function that returns the url of the user `class` for a database number."""
    with redis.Redis(port=server.port) as admin:
        assert admin.execute_command(*RULE.split())
        yield f"redis://class:CLASS-PASSWORD@{server.host}:{server.port}/{{}}".format
        admin.acl_deluser("class")
        for number in (3, 7):
            with redis.Redis(port=server.port, db=number) as client:
                client.flushdb()  # this server is our own


@pytest.fixture(scope="package")
def started(tmp_path_factory):
    """A browser, the url of a JupyterLab over a copy of the lessons, and their folder.

    It ends with this folder's tests: Playwright keeps an event loop running in its thread, and a
    test that comes later must find none.
    """
    browser = find_browser()
    if browser is None:
        missing("No Chromium or Chrome. Debian: sudo apt install chromium")
    lessons = tmp_path_factory.mktemp("lessons")
    shutil.copytree(ROOT / "notebooks", lessons, dirs_exist_ok=True)
    home = tmp_path_factory.mktemp("home")
    with lab(lessons, home, FORKING) as url, chromium(browser) as running:
        yield running, url, lessons


@pytest.fixture(scope="package")
def lab_page(started):
    """A page with JupyterLab, which takes long to load: one for all tests."""
    browser, url, _ = started
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(60_000)
    open_lab(page, url)
    yield page
    page.close()


@pytest.fixture
def page(lab_page):
    """The page with JupyterLab; what a test opens there is closed after it."""
    yield lab_page
    close_notebooks(lab_page)


def run_and_draw(page, name):
    """Run a notebook and wait until all is drawn: it moves the buttons, and a click would miss."""
    run_notebook(page, name)
    wait_for(page, ALL_DRAWN)


@pytest.fixture
def run_cells(page, started, request):
    """A function that runs these cells of code in a notebook of their own, and gives the page."""

    def run(*codes):
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        cells = [nbformat.v4.new_code_cell(code) for code in codes]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        name = re.sub(r"\W", "-", request.node.name) + ".ipynb"
        nbformat.write(notebook, started[2] / name)
        run_and_draw(page, name)
        return page

    return run


@pytest.fixture
def lesson(page, violations_in_both_themes):
    """A function that runs a lesson, and gives the page; at the end axe looks at all of it."""

    def run(name):
        run_and_draw(page, f"{name}.ipynb")
        return page

    yield run
    # The headings of a plain DataFrame are pandas' own: its corner is an empty one.
    texts = {"include": [[".jp-MarkdownOutput"], [".jp-OutputArea-output"]]}
    assert violations_in_both_themes(page, texts | {"exclude": [[".dataframe thead"]]}) == []


@pytest.fixture
def violations_in_both_themes(axe_violations):
    """As axe_violations, in the theme at hand, and then in the other, where colours differ only."""

    def find(page, parts):
        found = axe_violations(page, parts)
        light = page.evaluate("() => document.body.dataset.jpThemeLight === 'true'")
        set_theme(page, "Dark" if light else "Light")
        return found + axe_violations(page, parts, runOnly=["color-contrast"])

    return find


@pytest.fixture
def axe_violations():
    """A function that returns what axe finds wrong in parts of a page: a selector, or a context."""

    def find(page, parts, **options):
        found = Axe().run(page, parts, {"resultTypes": ["violations"]} | options)
        return [
            f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {node['failureSummary']}"
            for rule in found.response["violations"]
            for node in rule["nodes"]
        ]

    return find
