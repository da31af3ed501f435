"""Every notebook runs from its first cell to its last, and shows what its text promises."""

import os
from pathlib import Path

import nbformat
import pytest
from conftest import OURS, THEIRS, find, put_foreign_keys, snapshot
from nbclient import NotebookClient

from cartlib.cart import connect

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
PROMISED = {
    "00_start_here": {
        "set-up": "24",
        "describe(client)": {
            "fakeredis": "fakeredis",
            "server": "server at 127.0.0.1:",
            "cluster": "A cluster of Redis",
        },
        "catalogue_table": "poems",
        'add_to_cart(client, "mug", 1)': "3",
        "get_cart_items": "[('lamp', 1), ('mug', 3)]",
        "cart_table(client)": "28.50",
        "removed =": {
            "fakeredis": "Removed: 3. Round trips: 1.",
            "server": "Removed: 3. Round trips: 1.",
            "cluster": "Removed: 3. Round trips: 2.",
        },
        "unicorn": "There is no product 'unicorn'",
        '"localhost", 1': "localhost:1 can't be reached",
    }
}


def test_notebooks_are_found():
    assert [path.stem for path in NOTEBOOKS] == list(PROMISED)


@pytest.fixture(params=["fakeredis", "server", "cluster"])
def backend(request):
    """The name of a backend and its url, with foreign keys on it that have to stay."""
    if request.param == "fakeredis":
        yield request.param, None
        return
    url = request.getfixturevalue(request.param).url
    with connect(url=url) as client:
        for key in find(client, OURS):
            client.delete(key)
        put_foreign_keys(client)
        before = snapshot(client, THEIRS)
        yield request.param, url
        assert snapshot(client, THEIRS) == before


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_shows_what_it_promises(path, backend):
    name, url = backend
    notebook = run(path, url, lambda code: [*code, *code])
    for part, promised in PROMISED[path.stem].items():
        expected = promised if isinstance(promised, str) else promised[name]
        assert expected in output_of(notebook, part)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_runs_out_of_order(path):
    run(path, None, lambda code: [code[0], *reversed(code[1:])])


def run(path, url, order):
    """Run the notebook's code cells in that order in one kernel; any error is raised."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = order([cell for cell in notebook.cells if cell.cell_type == "code"])
    env = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    env |= {"REDIS_URL": url} if url else {}
    client = NotebookClient(
        notebook, timeout=60, resources={"metadata": {"path": str(path.parent)}}
    )
    return client.execute(env=env)


def output_of(notebook, part):
    """Return as one text what the cell that holds `part` showed the last time it ran."""
    cells = [cell for cell in notebook.cells if part in cell.source or part == "set-up"]
    outputs = cells[0 if part == "set-up" else -1].outputs
    return "".join(
        output.get("text", "") + output.get("data", {}).get("text/plain", "") for output in outputs
    )
