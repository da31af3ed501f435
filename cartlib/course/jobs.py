"""Does the same with many things, several at once, each in a process of its own."""

import contextlib
import multiprocessing
import os
import signal
import sys
import time
import warnings
from multiprocessing import connection

from cartlib.course.processes import LIMIT, closed_undisturbed, held, no_process_left, release

KIND = "fork" if sys.platform == "linux" else "spawn"  # a copy has all imported, and is there soon


class _Job:
    """A process that does the work with one thing, and the pipe for its result."""

    def __init__(self, work, number, thing, patience):
        context = multiprocessing.get_context(KIND)
        self.number, self.deadline = number, time.monotonic() + patience
        self.pipe, sending = context.Pipe(duplex=False)
        self.process = context.Process(target=_work, args=(work, thing, sending))
        with sending, warnings.catch_warnings(action="ignore"):  # of threads: the work needs none
            self.process.start()

    def result(self):
        """Return what it sent, once it has ended; None if it sent nothing."""
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            return None
        finally:
            self.end()

    def end(self):
        """Wait until it has ended, or end it."""
        self.process.join(3 * LIMIT)
        self.process.kill()
        self.process.join()
        self.pipe.close()


def each(work, things, jobs, patience):
    """Yield (number, work(thing)) as the things are done; up to `jobs` of them are at work at once.

    None is the result of a process that ended without one, or had none after `patience` seconds.
    When the loop is left early, what still runs gets a KeyboardInterrupt, and is waited for.
    """
    waiting, running = list(enumerate(things)), []
    with closed_undisturbed() as stack:
        stack.enter_context(no_process_left())  # of a process that was killed
        stack.callback(_stop, running)
        while waiting or running:
            while waiting and len(running) < jobs:
                with held():  # no process is there without being known
                    running.append(_Job(work, *waiting.pop(0), patience))
            for job in _ended(running):
                running.remove(job)
                yield job.number, job.result()


def _ended(running) -> list[_Job]:
    """Wait for the next result, and return the jobs that have one; end those that are too late."""
    left = min(job.deadline for job in running) - time.monotonic()
    ready = connection.wait([job.pipe for job in running], timeout=max(0, left))
    late = [job for job in running if job.deadline < time.monotonic() and job.pipe not in ready]
    for job in late:
        job.process.kill()
    return [job for job in running if job.pipe in ready or job in late]


def _stop(running):
    for job in running:
        if os.name == "posix":  # on Windows, Ctrl-C reaches all; terminate() would put nothing away
            job.process.terminate()
    for job in running:
        job.end()


def _work(work, thing, pipe):
    """Do the work, and send its result. On POSIX only SIGTERM stops this, which comes but once."""
    with contextlib.suppress(KeyboardInterrupt):
        if os.name == "posix":  # a terminal's Ctrl-C reaches all; whoever started this passes it on
            for number in (signal.SIGINT, signal.SIGHUP):
                signal.signal(number, lambda *_: None)  # which a new program does not inherit
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            release()
        pipe.send(work(thing))
