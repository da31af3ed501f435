"""Several things at once, each in a process of its own: their results, and how they are ended."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing

import pytest

from cartlib.course import jobs

LONG = 60  # seconds
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere work is no local name")


def test_results_come_as_they_are_done_and_two_run_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    def work(number):
        if number == 0:  # it ends when another one has begun
            return (tmp_path / "pipe").read_text()
        if number == 1:
            (tmp_path / "pipe").write_text("from 1")
        return number

    assert dict(jobs.each(work, range(4), 2, LONG)) == {0: "from 1", 1: 1, 2: 2, 3: 3}


def test_one_after_the_other_keeps_the_order():
    assert list(jobs.each(str, [7, 8, 9], 1, LONG)) == [(0, "7"), (1, "8"), (2, "9")]


def test_process_without_a_result_does_not_hold_up_the_others(tmp_path):
    def work(signal_number):
        if signal_number:
            os.kill(os.getpid(), signal_number)
        return "done"

    things = [signal.SIGKILL, signal.SIGSTOP, 0]
    assert dict(jobs.each(work, things, 1, 1)) == {0: None, 1: None, 2: "done"}


def test_what_a_killed_process_leaves_is_ended(tmp_path):
    def work(name):
        child = subprocess.Popen(["sleep", "600"], start_new_session=True)
        (tmp_path / name).write_text(str(child.pid))
        os.kill(os.getpid(), signal.SIGKILL)

    with closing(jobs.each(work, ["a", "b"], 2, LONG)) as results:
        assert next(results)[1] is None
    pids = [path.read_text() for path in tmp_path.iterdir()]
    assert pids and not any(os.path.exists(f"/proc/{pid}") for pid in pids)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_what_still_runs_is_stopped_once_and_puts_away(tmp_path, number):
    """A terminal's signals reach every process; only the first one's word counts."""

    def work(name):
        if not name:
            while len(os.listdir(tmp_path)) < 2:
                time.sleep(0.01)
            return "ready"
        os.kill(os.getpid(), number)
        (tmp_path / name).touch()
        try:
            time.sleep(LONG)
        except KeyboardInterrupt:
            (tmp_path / name).write_text("put away")
            raise

    with closing(jobs.each(work, ["a", "b", "", "c"], 3, LONG)) as results:
        assert next(results) == (2, "ready")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == dict.fromkeys(
        "ab", "put away"
    )
