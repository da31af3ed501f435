"""Runs a handed-in notebook in a kernel of its own, and collects what its checks said."""

import ast
import os
import time
import warnings
from pathlib import Path
from queue import Empty
from typing import NamedTuple

import nbformat

from cartlib.course import index
from cartlib.course.kernel import START_LIMIT, running_kernel
from cartlib.course.signing import read_signed
from cartlib.practice.outcome import CORRECT, ERROR, NOT_TRIED, NOT_YET

PROBLEM, MISSING, TOTAL = "problem", "missing", "total"
RANKS = [MISSING, NOT_TRIED, ERROR, NOT_YET, CORRECT]  # the best outcome of a task counts
TASKS = [task.name for lesson in index.LESSONS for task in index.exercises(lesson)]
SIGN = "__import__('cartlib.course.signing').course.signing.sign_checks()"
POLL, PAUSE = 0.2, 1.0  # seconds: between two looks at the kernel, between two interrupts
LONGEST = 300  # characters of a text that a notebook brings


class Row(NamedTuple):
    """One line of the report."""

    notebook: str
    exercise: str
    status: str
    says: str


class Marks:
    """What comes of one notebook: `outcomes` by task, and `problems` as (status, sentence)."""

    def __init__(self):
        self.outcomes, self.problems, self.complete, self.key = {}, [], True, ""

    def take(self, kind, content, cell):
        """Note the outcome, or the error, that a cell sent."""
        if kind == "error":
            text = f"In {cell}: {content.get('ename')}: {content.get('evalue')}"
            self.problems.append((ERROR, text[:LONGEST]))
        found = read_signed(content.get("data", {}), self.key)
        if found is None:  # what a cell displays itself says nothing
            return
        name, status = found.get("exercise"), found.get("status")
        if name in TASKS and status in RANKS:
            best, _ = self.outcomes.get(name, (MISSING, ""))
            if RANKS.index(status) >= RANKS.index(best):
                self.outcomes[name] = status, str(found.get("sentence"))[:LONGEST]

    def fail(self, text):
        """Note why not all of the notebook could be run."""
        self.problems.append((PROBLEM, text[:LONGEST]))
        self.complete = False

    def rows(self, name, wanted) -> list[Row]:
        """Return the problems, then a row for each wanted task, and the total."""
        found = [self.outcomes.get(task, (MISSING, "No check of it ran.")) for task in wanted]
        rows = [Row(name, "", *problem) for problem in self.problems]
        rows += [Row(name, task, *outcome) for task, outcome in zip(wanted, found, strict=True)]
        right = sum(status == CORRECT for status, _ in found)
        says = "are correct." if wanted else "No exercise of the course was found."
        return [*rows, Row(name, TOTAL, f"{right} of {len(wanted)}", says)]


class _OverError(Exception):
    """A notebook can't be run any further; the message says why."""


def mark(path, seconds) -> tuple[list[Row], bool]:
    """Run a notebook, for `seconds` at most; return its rows, and whether all of it was run."""
    marks, code = Marks(), []
    try:
        code = read_code(path)
    except Exception as error:  # a file can be spoilt in many ways
        marks.fail(f"The file can't be read as a notebook: {error}")
    try:
        if code:
            _run(code, marks, seconds)
    except _OverError as error:
        marks.fail(str(error))
    except Exception as error:  # whatever one notebook does, the others are to be marked
        marks.fail(f"The run broke off: {type(error).__name__}: {error}")
    return marks.rows(str(path), tasks_of(path, code, marks.outcomes)), marks.complete


def read_code(path) -> list[str]:
    """Return what stands in the code cells of a notebook."""
    if os.path.isdir(path):
        raise IsADirectoryError("it is a folder without a notebook (*.ipynb).")
    if not os.path.exists(path):
        raise FileNotFoundError("there is no such file. Look at its name and its folder.")
    if not os.path.isfile(path):  # a pipe would keep us waiting
        raise OSError("it is no file, but a pipe or a device. Save the notebook in a file.")
    with warnings.catch_warnings(action="ignore"):  # what nbformat mends, it warns of
        cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code" and cell.source.strip()]


def tasks_of(path, code, seen) -> list[str]:
    """Return the tasks of a notebook's lesson, and whatever other tasks were seen, in order.

    The lesson is known by the file's name, or else by the exercises that the code imports.
    """
    lessons = [lesson for lesson in index.LESSONS if lesson in Path(path).stem]
    if not lessons:
        text = "\n".join(code)
        lessons = [name for name, module in index.LESSONS.items() if module.__name__ in text]
    wanted = {task.name for lesson in lessons for task in index.exercises(lesson)}
    return [name for name in TASKS if name in wanted or name in seen]


def _run(code, marks, seconds):
    with running_kernel() as (kernel, client):
        marks.key = _signing_key(client)
        end = time.monotonic() + seconds
        for number, source in enumerate(code, 1):
            _run_cell(kernel, client, source, f"code cell {number}", marks, end)


def _signing_key(client) -> str:
    """Let the kernel sign the outcomes of checks; return the key, which only this reply holds."""
    ask = {"user_expressions": {"key": SIGN}, "store_history": False}
    reply = client.execute("", **ask, reply=True, timeout=START_LIMIT)["content"]
    key = reply["user_expressions"]["key"]
    if key["status"] != "ok":
        raise _OverError(f"The course can't be imported: {key['ename']}: {key['evalue']}")
    return ast.literal_eval(key["data"]["text/plain"])


def _run_cell(kernel, client, source, cell, marks, end):
    """Run one cell; when half of the time that is left is over, interrupt it, again and again."""
    request = client.execute(source, allow_stdin=False, stop_on_error=False)
    interrupted, patience = False, (time.monotonic() + end) / 2
    while True:
        kind, content, parent = _next_message(kernel, client, cell)
        if kind == "status" and parent == request and content["execution_state"] == "idle":
            return
        if not (interrupted and kind == "error"):
            marks.take(kind, content, cell)
        if time.monotonic() > end:
            raise _OverError(f"The time was over in {cell}. The cells after it did not run.")
        if time.monotonic() > patience:
            if not interrupted:
                marks.fail(f"It took too long in {cell}, which was interrupted. An endless loop?")
            interrupted, patience = True, time.monotonic() + PAUSE
            kernel.interrupt_kernel()


def _next_message(kernel, client, cell):
    """Return kind, content and request of what the kernel sends next; nothing comes as None."""
    try:
        message = client.get_iopub_msg(timeout=POLL)
    except Empty:
        if not kernel.is_alive():
            raise _OverError(f"Python ended in {cell}. The cells after it did not run.") from None
        return None, {}, None
    return message["msg_type"], message["content"], message["parent_header"].get("msg_id")
