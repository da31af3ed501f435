"""Time for code that somebody wrote: a clock that stands still, and an end for what has none."""

import contextlib
import ctypes
import os
import signal
import sys
import sysconfig
import threading
import time

HAS_ALARM = hasattr(signal, "setitimer")
SECONDS = 2 if HAS_ALARM else 4  # how long it may run; a browser's Python is some times slower
NOW = 1_800_000_000.123456  # what the clock says, in Unix seconds: January 2027
KIT = os.path.dirname(os.path.dirname(__file__))
EXERCISES = os.path.join(KIT, "course")  # wrong answers as code, which may not end either
LIBRARIES = (
    "<frozen",
    os.path.dirname(contextlib.contextmanager.__code__.co_filename),  # of Python, or its archive
    os.path.normpath(sysconfig.get_path("purelib")),
    KIT,
)
TOOL = 4  # the number by which Python knows who monitors it; 0 to 2 and 5 have other uses
LONGEST_SLEEP = 3600  # seconds that it may sleep; the clock then goes on, and nobody waits


class TooSlow(BaseException):
    """Ends code that runs for too long; no `except Exception` can swallow it."""


@contextlib.contextmanager
def steered_clock():
    """Let this thread's clock stand still; a sleep moves it on, and takes no time.

    A notebook's kernel has threads that sleep now and then: theirs is the real clock.
    """
    here, now = threading.get_ident(), [NOW]

    def sleep(seconds):
        now[0] += max(0, seconds)
        if now[0] - NOW > LONGEST_SLEEP:
            raise TooSlow

    def steered(mine, real):
        return lambda *args: (mine if threading.get_ident() == here else real)(*args)

    mine = {"time": lambda: now[0], "time_ns": lambda: int(now[0] * 1e9), "sleep": sleep}
    real = {name: getattr(time, name) for name in mine}
    for name in mine:
        setattr(time, name, steered(mine[name], real[name]))
    try:
        yield
    finally:
        for name in real:
            setattr(time, name, real[name])


def time_limit(function):
    """Raise TooSlow inside the function when the time is up. It needs no thread."""
    main = threading.current_thread() is threading.main_thread()
    if main and HAS_ALARM:
        return _alarm()
    return _monitor() if hasattr(sys, "monitoring") else _watch(function)


@contextlib.contextmanager
def _alarm():
    """Interrupt whatever runs, a sleep too. Windows has no such alarm."""

    def ring(_, frame):
        while frame and frame.f_code.co_name != "__del__":  # an error there would only be printed
            frame = frame.f_back
        if frame is None:
            raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, SECONDS, 0.1)  # once more, if `except:` swallows it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _monitor():
    """Look at the clock at each line and each jump of all code that is in no library.

    A library's places cost next to nothing: Python asks once about each. Needs Python 3.12.
    """
    monitoring, end = sys.monitoring, time.monotonic() + SECONDS
    events = [getattr(monitoring.events, name) for name in ("LINE", "JUMP", "PY_START")]

    def look(code, *_):
        file = code.co_filename
        if file.startswith(LIBRARIES) and not file.startswith(EXERCISES):
            return monitoring.DISABLE
        if time.monotonic() > end and code.co_name != "__del__":
            raise TooSlow
        return None

    monitoring.use_tool_id(TOOL, "cartlib")
    try:
        for event in events:
            monitoring.register_callback(TOOL, event, look)
        monitoring.set_events(TOOL, sum(events))
        yield
    finally:
        monitoring.set_events(TOOL, 0)
        monitoring.free_tool_id(TOOL)


@contextlib.contextmanager
def _watch(function):
    """Look at the clock at each of the function's own lines."""
    code = getattr(function, "__code__", None)
    before, end = sys.gettrace(), time.monotonic() + SECONDS

    def watch(frame, event, _):
        if code is None or frame.f_code.co_filename != code.co_filename:
            return None
        frame.f_trace_opcodes = True  # `while True: pass` has no second line
        if time.monotonic() > end:
            raise TooSlow
        return watch

    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(before)


def end_threads(threads):
    """Raise TooSlow in other threads until they have ended; one that sleeps ends after its sleep.

    It takes several tries where a bare `except:` swallows it, and a second at most.
    """
    for _ in range(20):
        alive = [thread for thread in threads if thread.is_alive()]
        for thread in alive:
            ident, error = ctypes.c_ulong(thread.ident), ctypes.py_object(TooSlow)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, error)
        if alive:
            alive[0].join(0.05)
