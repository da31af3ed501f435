"""Does something in a process of its own, which can be ended whatever it does."""

import gc
import io
import os
import pickle
import select
import signal
import threading
import warnings


class OverTimeError(Exception):
    """It did not end in time; the message is the last thing that it told."""


def run_apart(work, seconds):
    """Return what work(tell) returns, from a copy of this process; its variables are all there.

    `work` may tell where it is. Where no copy can be made, as on Windows or in a browser, it runs
    right here.
    Raises: OverTimeError after `seconds` in which it told nothing, or where the copy ended without
    a result.
    """
    if not hasattr(os, "fork") or threading.current_thread() is not threading.main_thread():
        return work(lambda text: None)
    reading, writing = os.pipe()
    try:
        with warnings.catch_warnings(action="ignore"):  # of threads: the copy has and needs none
            pid = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return work(lambda text: None)
    if pid == 0:
        os.close(reading)
        _work_and_end(work, writing)
    os.close(writing)
    try:
        return _result(reading, seconds)
    finally:
        os.close(reading)
        os.kill(pid, signal.SIGKILL)  # no matter whether it has ended: nobody has waited for it yet
        os.waitpid(pid, 0)


def _work_and_end(work, writing):
    gc.freeze()  # a collection in here would write to, and so copy, all that came along
    try:
        with os.fdopen(writing, "wb") as pipe:

            def tell(text):
                pickle.dump((False, text), pipe)
                pipe.flush()

            pickle.dump((True, work(tell)), pipe)
    finally:
        os._exit(0)  # no goodbye of what this process is a copy of


def _result(reading, seconds):
    data = b""
    while select.select([reading], [], [], seconds)[0]:
        part = os.read(reading, 1 << 16)
        if not part:
            break
        data += part
    last = ""
    with io.BytesIO(data) as pipe:
        while True:
            try:
                done, last = pickle.load(pipe)
            except (EOFError, pickle.UnpicklingError):  # the end, or what was being written then
                raise OverTimeError(last) from None
            if done:
                return last
