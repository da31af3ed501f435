"""How long the tests take: read from the output of .ci/run, which is no benchmark by itself."""

import os
import re
from itertools import pairwise
from pathlib import Path

from measure import Table

LOG = "CARTLIB_CI_LOG"  # names the file with that output
STAGE = re.compile(r"^== (.+), after (\d+) s$", re.M)
SLOW = re.compile(r"^(\d+\.\d+)s (call|setup|teardown) +(\S.*)$", re.M)


def tables(quick=False):
    """Read the log that is named; without one there is nothing to tell."""
    if log := os.environ.get(LOG):
        yield from of_log(Path(log).read_text(encoding="utf-8"))


def of_log(log):
    """Yield the stages of .ci/run, and the slowest tests, as its output names them."""
    stages = [(name, int(seconds)) for name, seconds in STAGE.findall(log)]
    whole, rows = stages[-1][1], []
    for (name, start), (_, end) in pairwise(stages):
        rows.append([name, f"{end - start} s", f"{(end - start) / whole:.0%}"])
    rows.append(["all of it", f"{whole} s", "100%"])
    yield Table("The tests, by stage", "As .ci/run tells them.", ["stage", "takes", "of all"], rows)
    slow = [[name, phase, f"{float(s):.1f} s"] for s, phase, name in SLOW.findall(log)[:10]]
    yield Table("The slowest ten tests", "As pytest names them.", ["test", "part", "takes"], slow)
