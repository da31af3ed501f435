"""Every notebook runs from its first cell to its last, and shows what its text promises."""

from contextlib import contextmanager
from copy import deepcopy

import nbformat
import pytest
from backends import (
    OURS,
    THEIRS,
    delete,
    find,
    foreign_keys,
    missing,
    put_foreign_keys,
    wait_until,
)
from kernels import NOTEBOOKS, output_of, path_of, run, run_all, solve, statuses
from nbclient.exceptions import CellExecutionError
from promises import PROMISED, assert_promises_kept

from cartlib.connection import connect
from cartlib.course import index
from cartlib.lab.server_program import MISSING, installed
from cartlib.practice.outcome import CORRECT, NOT_TRIED

INTERRUPT = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)"
NEED_A_SERVER = [  # what these show without one, other tests say
    "03_when_things_go_wrong",
    "05_live_carts",
    "07_fast_carts",
    "08_growing_up",
    "10_counters_and_keys_that_act_once",
    "11_lists_and_queues",
    "12_sets_and_filters",
    "13_orders_in_a_stream",
    "14_crowds_and_places",
]
# More than a client: threads, feeds, servers. Of the others, one measures as all do.
START_MORE = [*NEED_A_SERVER[:4], "06_races", "09_capstone", "14_crowds_and_places"]


def test_notebooks_are_found():
    assert [path.stem for path in NOTEBOOKS] == list(PROMISED)


@contextmanager
def foreign_keys_stay(url):
    """Put foreign keys on a server; they have to stay, and no further one may come."""
    with connect(url=url) as client:
        delete(client, find(client, OURS))
        put_foreign_keys(client)
        names = set(find(client, ["*"]))
        yield client
        assert foreign_keys(client) == THEIRS
        assert set(find(client, ["*"])) - names - set(find(client, OURS)) == set()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_shows_what_it_promises_and_solved_it_is_correct(path):
    """It runs with the right answers put in, and then, in the same kernel, as it is."""
    if path.stem in NEED_A_SERVER and not installed():
        missing(MISSING)
    tasks = index.exercises(path.stem) if path.stem in index.LESSONS else []
    notebook = run(path, None, lambda code: [*solved(code, tasks), *code])
    assert_promises_kept(path.stem, notebook, "fakeredis")
    assert statuses(notebook) == [CORRECT] * len(tasks) + [NOT_TRIED] * len(tasks)


def solved(code, tasks):
    """Return copies of these cells, with the right answers put in."""
    cells = deepcopy(code)
    for cell, task in [(cell, task) for cell in cells for task in tasks]:
        if f"{task.name.split('.')[1]}.check(" in cell.source:
            cell.source = solve(cell.source, task)
    return cells


@pytest.mark.every_server
def test_all_lessons_on_a_server(server, learner):
    """A learner has the rights that TEACHING.md gives, and no more."""
    with foreign_keys_stay(f"{server.url}/3"):
        run_all_lessons(learner(3), "server")


def test_all_lessons_on_a_cluster(cluster):
    with foreign_keys_stay(cluster.url):
        run_all_lessons(cluster.url, "cluster")


def run_all_lessons(url, shape):
    """Run the lessons; the servers that they start are of the same kind."""
    for lesson, notebook in run_all(url).items():
        assert_promises_kept(lesson, notebook, shape)
        assert set(statuses(notebook)) <= {NOT_TRIED}


@pytest.mark.parametrize("lesson", START_MORE)
def test_interrupted_lesson_leaves_nothing_behind(lesson, server, tmp_path, monkeypatch):
    def first_half(code):
        return [*code[: len(code) // 2], nbformat.v4.new_code_cell(INTERRUPT)]

    monkeypatch.setenv("TMPDIR", str(tmp_path))  # private servers have their directories here
    with foreign_keys_stay(server.url) as client:
        connections = len(client.client_list())
        with pytest.raises(CellExecutionError, match="KeyboardInterrupt"):
            run(path_of(lesson), server.url, first_half)
        wait_until(lambda: len(client.client_list()) == connections)
    wait_until(lambda: not list(tmp_path.glob("cartlib.*")))


def test_lessons_run_out_of_order():
    run_all(None, lambda _, code: [code[0], *reversed(code[1:])])


def test_lesson_03_teaches_without_a_redis_server(no_server):
    notebook = run(path_of("03_when_things_go_wrong"), None)
    assert MISSING in output_of(notebook, "MISSING)")


def test_lesson_12_teaches_without_a_redis_server(no_server):
    notebook = run(path_of("12_sets_and_filters"), None)
    assert MISSING in output_of(notebook, "MISSING)")


def test_lesson_14_teaches_without_a_redis_server(no_server):
    notebook = run(path_of("14_crowds_and_places"), None)
    for part in ["demo:names", "counted {count", "silent =", "demo:bits"]:
        assert MISSING in output_of(notebook, part)
