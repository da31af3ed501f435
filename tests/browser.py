"""JupyterLab in a real browser, for the tests that click."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# How JupyterLab is started, for whoever does not measure it: its kernels start sooner.
FORKING = (
    "-c",
    f"""
import sys
sys.path.append({str(ROOT / "tests")!r})
from forked import forked_kernels
from jupyterlab.labapp import main
with forked_kernels():
    sys.exit(main())
""",
)
OPEN = """async path => {
  const app = window.jupyterapp;
  const widget = await app.commands.execute('docmanager:open', {path, factory: 'Notebook'});
  await widget.context.ready;
  await widget.sessionContext.ready;
  await widget.revealed;
  app.shell.activateById(widget.id);
}"""
ALL_RAN = """() => {
  const notebook = window.jupyterapp.shell.currentWidget;
  return notebook.sessionContext.session.kernel.status === 'idle' && notebook.content.widgets
    .every(cell => cell.model.type !== 'code' || cell.model.executionCount !== null);
}"""
RUN_AGAIN = """async part => {
  const app = window.jupyterapp;
  const notebook = app.shell.currentWidget.content;
  notebook.activeCellIndex = notebook.widgets.findIndex(
    cell => cell.model.type === 'code' && cell.model.sharedModel.getSource().includes(part));
  await app.commands.execute('notebook:run-cell');
}"""
CLOSE = """async () => {
  for (const notebook of [...window.jupyterapp.shell.widgets('main')]) {  // a copy: it shrinks
    if (notebook.sessionContext) {
      await notebook.sessionContext.shutdown();
      notebook.dispose();
    }
  }
}"""

CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets.map(
  cell => [cell.model.type, cell.model.sharedModel.getSource()])"""
PATH = "() => window.jupyterapp.shell.currentWidget.context.path"
SAVE = "() => window.jupyterapp.commands.execute('docmanager:save')"
RESTART = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
SHORTCUTS = (*"mrabxdd1", "ArrowDown")  # each does something in a notebook
HAS_THEME = """name => document.body.dataset.jpThemeLight === String(name === 'Light')
  && !document.getElementById('jupyterlab-splash')"""
ALL_DRAWN = """() => {
  const notebook = window.jupyterapp.shell.currentWidget;
  return notebook.node.querySelectorAll('.jp-MarkdownOutput').length
    === notebook.content.widgets.filter(cell => cell.model.type === 'markdown').length;
}"""
LIMIT = """([script, argument]) => Promise.race([
  Promise.resolve((0, eval)(script)(argument)),
  new Promise((_, no) => setTimeout(() => no(new Error('no end after 60 s: ' + script)), 60000)),
])"""


def find_browser():
    """Return the path of a Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def lab(directory, home, start=("-m", "jupyterlab")):
    """Run JupyterLab over `directory` on a free loopback port; give its url."""
    command = [
        sys.executable, *start, "--no-browser", "--allow-root",
        "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0",
        "--ServerApp.token=", "--ServerApp.password=",
        "--ServerApp.allow_unauthenticated_access=True",
        f"--ServerApp.root_dir={directory}",
        "--LabApp.expose_app_in_browser=True",
        f"--LabApp.app_settings_dir={ROOT}/notebooks/.lab",
    ]  # fmt: skip
    env = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    for folder in ("CONFIG", "RUNTIME"):
        env[f"JUPYTER_{folder}_DIR"] = f"{home}/{folder}"
    for folder in ("SETTINGS", "WORKSPACES"):
        env[f"JUPYTERLAB_{folder}_DIR"] = f"{home}/{folder}"
    env["CARTLIB_PROGRESS"] = f"{home}/progress.json"  # apart from the person's
    log = Path(home) / "lab.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, env=env, stdout=output, stderr=output)
    try:
        yield _wait_for_url(process, log)
    finally:
        process.terminate()
        process.wait(20)


def _wait_for_url(process, log):
    for _ in range(1200):
        url = next((w for w in log.read_text().split() if w.startswith("http://127.0.0.1:")), None)
        if url:
            url = url.split("/lab")[0].rstrip("/")
            try:
                urllib.request.urlopen(f"{url}/api", timeout=1).close()
                return url
            except OSError:
                pass
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}")


@contextmanager
def chromium(executable):
    """Start the browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


def open_lab(page, url):
    """Load JupyterLab, with no notebook open."""
    page.goto(f"{url}/lab?reset")
    wait_for(page, "() => window.jupyterapp !== undefined")
    page.evaluate("() => window.jupyterapp.restored")


def evaluate(page, script, argument=None):
    """Evaluate a function in the page, and wait for what it promises, but not for ever."""
    return page.evaluate(LIMIT, [script, argument])


def wait_for(page, condition, argument=None):
    """Wait until a function in the page returns true; to ask at each frame would draw them all."""
    page.wait_for_function(condition, arg=argument, polling=100)


def set_theme(page, name):
    """Change to the theme Light or Dark, and wait until the page has it."""
    command = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
    evaluate(page, command, f"JupyterLab {name}")
    wait_for(page, HAS_THEME, name)


def run_notebook(page, name):
    """Open the notebook, run all its cells, and wait until the last one has run."""
    evaluate(page, OPEN, name)
    evaluate(page, "() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    wait_for(page, ALL_RAN)


def close_notebooks(page):
    """Close all notebooks without saving them, and end their kernels."""
    evaluate(page, CLOSE)
    wait_for(page, "() => !document.querySelector('.jp-NotebookPanel')")


def run_again(page, part):
    """Run once more the code cell that holds `part`."""
    evaluate(page, RUN_AGAIN, part)
