"""How long the lessons and their checks take."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

from kernels import NOTEBOOKS, run
from measure import Table, milliseconds

from cartlib.course import index

# In a process of its own: what is learned at the first check would be known at the next one.
CHECK = """
import time
from cartlib.course import index
task = {{t.name: t for l in index.LESSONS for t in index.exercises(l)}}["{name}"]
for _ in range(2):
    start = time.perf_counter()
    outcome = task.check(task.reference_function)
    print(outcome.status, time.perf_counter() - start)
"""


def tables(quick=False):
    """Measure lessons and checks."""
    lessons = NOTEBOOKS[:1] if quick else NOTEBOOKS
    yield _lessons(lessons, 1 if quick else 3)
    yield _checks(list(index.LESSONS)[1:2] if quick else index.LESSONS)


def _lessons(paths, rounds):
    rows = []
    for path in paths:
        taken = []
        for _ in range(rounds):
            start = time.perf_counter()
            run(path, None)
            taken.append(time.perf_counter() - start)
        rows.append([path.stem, milliseconds(statistics.median(taken)), milliseconds(max(taken))])
    about = f"All cells as shipped, with no browser, on fakeredis; {rounds} runs, kernel included."
    return Table("Lessons", about, ["lesson", "median", "the longest"], rows)


def _checks(lessons):
    rows, firsts, nexts = [], [], []
    for lesson in lessons:
        for task in index.exercises(lesson):
            first, following = _check(task.name)
            firsts.append(first)
            nexts.append(following)
            rows.append([task.name, *map(milliseconds, (first, following))])
    for word, choose in (("median", statistics.median), ("the longest", max)):
        rows.append([word, *map(milliseconds, (choose(firsts), choose(nexts)))])
    about = "The right answer, checked twice in a process of its own: the first learns its worlds."
    return Table("Checks", about, ["exercise", "first check", "next check"], rows)


def _check(task):
    code = CHECK.format(name=task)
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"CARTLIB_PROGRESS": f"{folder}/progress.json"}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
        )
    lines = [line.rsplit(" ", 1) for line in done.stdout.splitlines()]
    if any(status != "correct" for status, _ in lines):
        raise RuntimeError(f"The right answer of {task} was not taken: {done.stdout}")
    return [float(seconds) for _, seconds in lines]
