"""Ends the processes that a run has started, also those that it has detached from itself."""

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from pathlib import Path

SET_SUBREAPER, GET_SUBREAPER = 36, 37  # of prctl(2): PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_…
LIMIT, PAUSE = 10.0, 0.01  # seconds: for ending them all, between two looks
STOPPING = ("SIGINT", "SIGTERM", "SIGHUP")


@contextlib.contextmanager
def no_process_left():
    """Kill, at the end of the with block, every process that came of it and still runs.

    On Linux this process is made a subreaper: whatever has lost its parent becomes its child. So a
    child that was not there before came of the block, even if it has a session of its own or was
    forked twice. So two things at once need a process each. On other systems nothing is
    done: there a process stays if it has left the kernel's process group.
    Raises: ChildProcessError where one can't be killed.
    """
    if sys.platform != "linux":
        yield
        return
    before, was = children(), _get_subreaper()
    _prctl(SET_SUBREAPER, 1)
    try:
        yield
    finally:
        try:
            _kill_children(before)
        finally:
            _prctl(SET_SUBREAPER, was)


def children() -> set[int]:
    """Return the ids of the processes whose parent is this one, also if they only wait for it."""
    found, parent = set(), str(os.getpid()).encode()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            if path.read_bytes().rpartition(b")")[2].split()[1] == parent:
                found.add(int(path.parent.name))
    return found


def _kill_children(spared):
    """Kill the children but those `spared`, then their children, who come to us, and so on.

    Only children are killed: until we wait for one, its id can't become somebody else's.
    """
    end = time.monotonic() + LIMIT
    while left := children() - spared:
        if time.monotonic() > end:
            raise ChildProcessError(f"Processes {sorted(left)} can't be ended: end them yourself.")
        for pid in left:
            with contextlib.suppress(PermissionError):  # it runs as somebody else; see above
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, os.WNOHANG)
        time.sleep(PAUSE)


def _get_subreaper() -> int:
    value = ctypes.c_int()
    _prctl(GET_SUBREAPER, ctypes.addressof(value))
    return value.value


def _prctl(option, value):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), *[ctypes.c_ulong(0)] * 3):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@contextlib.contextmanager
def stoppable():
    """Let SIGTERM and SIGHUP raise KeyboardInterrupt, as SIGINT does; who ignores them still does.

    Else they would end this process at once, with nothing put away.
    """
    with _handled(signal.SIG_DFL, signal.default_int_handler):
        yield


@contextlib.contextmanager
def closed_undisturbed():
    """Give an ExitStack; what would raise KeyboardInterrupt has to wait until it is closed."""
    with contextlib.ExitStack() as stack:
        try:
            yield stack
        finally:
            came = []
            with _handled(signal.default_int_handler, lambda *what: came.append(what)):
                stack.close()
            if came:
                raise KeyboardInterrupt


@contextlib.contextmanager
def held():
    """Let signals that stop a program wait until the with block ends; a new process has them wait.

    There, release() ends it. On Windows nothing waits.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _stopping())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def release():
    """Let the signals come that this process was started without; see held()."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _stopping())


def _stopping() -> list[int]:
    return [getattr(signal, name) for name in STOPPING if hasattr(signal, name)]


@contextlib.contextmanager
def _handled(before, handler):
    """Give the signals that stop a program a handler, as far as they have the one `before`."""
    mine = threading.current_thread() is threading.main_thread()  # no other may set one
    numbers = _stopping() if mine else []
    changed = [number for number in numbers if signal.getsignal(number) == before]
    for number in changed:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number in changed:
            signal.signal(number, before)
