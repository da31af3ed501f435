"""Runs a handed-in notebook in a kernel of its own, and collects what its checks said."""

import ast
import os
import time
import warnings
from queue import Empty

import nbformat

from cartlib.course.alike import answers_in
from cartlib.course.kernel import START_LIMIT, running_kernel
from cartlib.course.marks import Marks, lessons_of

SIGN = "__import__('cartlib.course.signing').course.signing.sign_checks()"
POLL, PAUSE = 0.2, 1.0  # seconds: between two looks at the kernel, between two interrupts


class _OverError(Exception):
    """A notebook can't be run any further; the message says why."""


def mark(path, seconds) -> Marks:
    """Run a notebook, for `seconds` at most, and return what came of it."""
    marks, code = Marks(path), []
    try:
        code = read_code(path)
    except Exception as error:  # a file can be spoilt in many ways
        marks.fail(f"The file can't be read as a notebook: {error}")
    marks.lessons = lessons_of(path, code)
    try:
        if code:
            _run(code, marks, seconds)
    except _OverError as error:
        marks.fail(str(error))
    except Exception as error:  # whatever one notebook does, the others are to be marked
        marks.fail(f"The run broke off: {type(error).__name__}: {error}")
    marks.answers = answers_in(code, marks.lessons)
    return marks


def without_result(path) -> Marks:
    """Return the marks of a notebook whose whole process has ended, or came to no end."""
    marks = Marks(path)
    marks.fail("The process that ran it gave no result. Look at what its code does to others.")
    return marks


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
