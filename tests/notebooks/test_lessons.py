"""Every notebook runs from its first cell to its last, and shows what its text promises."""

import time

import nbformat
import pytest
from backends import OURS, THEIRS, find, missing, put_foreign_keys, snapshot
from kernels import NOTEBOOKS, output_of, path_of, run, solve, statuses
from nbclient.exceptions import CellExecutionError
from promises import PROMISED

from cartlib.connection import connect
from cartlib.course import index
from cartlib.lab.programs import MISSING, installed
from cartlib.practice.outcome import CORRECT, NOT_TRIED

INTERRUPT = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)"
LIMIT = 20  # seconds
NEED_A_SERVER = ["03_when_things_go_wrong"]


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
        before, names = snapshot(client, THEIRS), set(find(client, ["*"]))
        yield request.param, url
        assert snapshot(client, THEIRS) == before
        assert set(find(client, ["*"])) - names - set(find(client, OURS)) == set()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_shows_what_it_promises(path, backend):
    name, url = backend
    if path.stem in NEED_A_SERVER and not installed():
        missing(MISSING)
    notebook = run(path, url, lambda code: [*code, *code])
    for part, promised in PROMISED[path.stem].items():
        expected = promised if isinstance(promised, str) else promised[name]
        assert expected in output_of(notebook, part)
    tasks = index.tasks(path.stem) if path.stem in index.LESSONS else []
    assert statuses(notebook) == [NOT_TRIED] * 2 * len(tasks)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("backend", ["server"], indirect=True)
def test_interrupted_lesson_leaves_nothing_behind(path, backend, tmp_path, monkeypatch):
    def first_half(code):
        return [*code[: len(code) // 2], nbformat.v4.new_code_cell(INTERRUPT)]

    monkeypatch.setenv("TMPDIR", str(tmp_path))  # private servers have their directories here
    with connect(url=backend[1]) as client:
        connections = len(client.client_list())
        with pytest.raises(CellExecutionError, match="KeyboardInterrupt"):
            run(path, backend[1], first_half)
        wait_until(lambda: len(client.client_list()) == connections)
    wait_until(lambda: not list(tmp_path.glob("cartlib.*")))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_runs_out_of_order(path):
    run(path, None, lambda code: [code[0], *reversed(code[1:])])


@pytest.mark.parametrize("lesson", NEED_A_SERVER)
def test_lesson_teaches_without_a_redis_server(lesson, no_server):
    notebook = run(path_of(lesson), None)
    assert MISSING in output_of(notebook, "MISSING)")


@pytest.mark.parametrize("lesson", index.LESSONS)
def test_lesson_solved_is_correct(lesson):
    def solved(cells):
        for cell, task in [(cell, task) for cell in cells for task in index.tasks(lesson)]:
            name = task.name.split(".")[1]
            if f"{name}.check(" in cell.source:
                cell.source = solve(cell.source, name, task)
        return cells

    notebook = run(path_of(lesson), None, solved)
    assert statuses(notebook) == [CORRECT] * len(index.tasks(lesson))


def wait_until(holds):
    """Wait for what another process does; it fails after LIMIT seconds."""
    deadline = time.monotonic() + LIMIT
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
