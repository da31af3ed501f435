"""Marks the notebooks of a class, and shows the rows of each in the order of the files."""

import contextlib
import functools
import sys

from tqdm import tqdm

from cartlib.course.jobs import each
from cartlib.course.kernel import START_LIMIT, remove_left_folders
from cartlib.course.marking import mark, without_result
from cartlib.course.marks import Marks
from cartlib.course.processes import stoppable
from cartlib.errors import printable

SPARE = 3 * START_LIMIT  # seconds more, for a kernel's start and its end


def mark_all(paths, seconds, jobs, show) -> dict[int, Marks]:
    """Mark notebooks, `jobs` at once, and show the rows of each; return {number: marks}.

    If somebody stops it, those that were not marked are not in it.
    """
    found, shown = {}, 0
    work = functools.partial(mark, seconds=seconds)
    try:
        with (
            stoppable(),
            _bar(len(paths)) as bar,
            contextlib.closing(each(work, paths, jobs, seconds + SPARE)) as results,
        ):
            for number, marks in results:
                found[number] = marks or without_result(paths[number])
                bar.update()
                with bar.external_write_mode():
                    while shown in found:
                        shown += 1
                        show(in_one_line(found[shown - 1].rows()))
    except KeyboardInterrupt:
        for number in sorted(found.keys() - range(shown)):
            show(in_one_line(found[number].rows()))
    remove_left_folders()  # of a process that was killed
    return found


def in_one_line(rows):
    """Return rows whose texts are printable."""
    return [[printable(text) for text in row] for row in rows]


def _bar(total):
    tqdm.monitor_interval = 0  # it would be a thread, in the midst of signals and new processes
    return tqdm(total=total, unit=" notebooks", leave=False, disable=None, file=sys.stderr)
