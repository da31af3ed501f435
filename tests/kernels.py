"""Kernels and notebooks: what runs the lessons, and what is read of them afterwards."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import nbformat
from forked import forked_kernels
from jupyter_client import KernelManager
from nbclient import NotebookClient
from traitlets.config import Config

from cartlib.practice.outcome import MIME

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TEACHING = (ROOT / "notebooks" / "TEACHING.md").read_text(encoding="utf-8")
# On TCP, the kernels of two tests at the same time could want the same port.
TRANSPORT = "ipc" if os.name == "posix" else "tcp"


def path_of(lesson):
    return next(path for path in NOTEBOOKS if path.stem == lesson)


def run(path, url, order=list):
    """Run the notebook's code cells in that order in one kernel; any error is raised."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = order([cell for cell in notebook.cells if cell.cell_type == "code"])
    env = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    env |= {"REDIS_URL": url} if url else {}
    return execute(notebook, env, {"metadata": {"path": str(path.parent)}})


def run_all(url, order=lambda lesson, cells: cells) -> dict:
    """Run the code of all lessons in one kernel, in that order; return {lesson: what ran of it}.

    That is quicker than a kernel for each, and each begins with a set-up cell of its own.
    """
    found = {path.stem: nbformat.read(path, as_version=4).cells for path in NOTEBOOKS}
    code = {name: [c for c in cells if c.cell_type == "code"] for name, cells in found.items()}
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [cell for name in code for cell in order(name, code[name])]
    execute(notebook, os.environ | {"REDIS_URL": url or ""})
    return {name: SimpleNamespace(cells=cells) for name, cells in code.items()}


def execute(notebook, env, resources=None):
    """Run a notebook in a kernel of its own; any error is raised."""
    with tempfile.TemporaryDirectory() as folder, forked_kernels():
        kernel = {"transport": TRANSPORT, "connection_file": f"{folder}/kernel.json"}
        config = Config(AsyncKernelManager=kernel)
        options = {"timeout": 60, "store_widget_state": False, "resources": resources or {}}
        client = NotebookClient(notebook, config=config, **options)
        return client.execute(env=env)


def output_of(notebook, part):
    """Return as one text what the cell that holds `part` showed the last time it ran."""
    cells = [cell for cell in notebook.cells if part in cell.source or part == "set-up"]
    outputs = cells[0 if part == "set-up" else -1].outputs
    return "".join(
        output.get("text", "") + output.get("data", {}).get("text/plain", "") for output in outputs
    )


def statuses(notebook):
    """Return what every check of a notebook that ran said."""
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    bundles = [output.get("data", {}) for output in outputs]
    return [bundle[MIME]["status"] for bundle in bundles if MIME in bundle]


def solve(source, task):
    """Return a cell with the right answer put in."""
    return task.solution().text + source.partition("raise NotImplementedError")[2]


@contextmanager
def running_kernel(**options):
    """Start a kernel, and give its manager and a client of it; end it in any case."""
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/kernel.json"
        manager = KernelManager(transport=TRANSPORT, connection_file=file)
        with forked_kernels():
            manager.start_kernel(**options)
        client = manager.blocking_client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)
            yield manager, client
        finally:
            client.stop_channels()
            if manager.has_kernel:
                manager.shutdown_kernel(now=True)
