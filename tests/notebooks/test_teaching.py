"""notebooks/TEACHING.md keeps its word: its minutes are the lessons', its access rule works."""

import re

import nbformat
import pytest
import redis
from kernels import NOTEBOOKS
from kernels import TEACHING as TEXT

from cartlib import add_to_cart, connect, keys
from cartlib.catalogue import load_catalogue
from cartlib.course import options, report
from cartlib.course.alike import ALIKE, SMALLEST
from cartlib.course.marks import PROBLEM, RANKS, TOTAL

MINUTES = dict(re.findall(r"^## (\d\d) · .* \((\d+) minutes\)$", TEXT, flags=re.MULTILINE))
PLANS = re.findall(r"^\| .+ \| (\d\d(?:, \d\d)*) \| (\d+) \|$", TEXT, flags=re.MULTILINE)
REFUSED = ["FLUSHALL", "FLUSHDB", "KEYS *", "CONFIG GET *", "SHUTDOWN NOSAVE", "SWAPDB 0 1",
           "CLIENT LIST", "MONITOR", "ACL LIST", "SET other x", "PUBLISH other x"]  # fmt: skip


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_section_has_the_minutes_of_the_lesson(path):
    first = nbformat.read(path, as_version=4).cells[0].source
    number, title = (
        re.match(r"# (\d\d · [^:\n]*)", first)[1],
        re.search(r"^\| (\d+) \|", first, re.M),
    )
    assert f"\n## {number} ({title[1]} minutes)\n" in TEXT


def test_every_lesson_has_a_section():
    assert sorted(MINUTES) == [f"{number:02}" for number in range(17)]


def test_plans_add_up():
    assert len(PLANS) == 24
    for lessons, minutes in PLANS:
        assert sum(int(MINUTES[number]) for number in lessons.split(", ")) == int(minutes), lessons


def test_report_is_as_described():
    table = TEXT.split("| Status | What it means |\n|---|---|\n")[1].split("\n\n")[0]
    wanted = {*RANKS, PROBLEM, TOTAL, ALIKE}
    assert set(re.findall(r"^\| (.+?) \|", table, flags=re.MULTILINE)) == wanted
    for line in re.findall(r"-m cartlib\.course (report .+?)(?: > .*)?$", TEXT, flags=re.MULTILINE):
        assert report.read_options(line.split()).notebooks == ["handed_in"]
    named = vars(report.read_options(["report", "x"])).keys() - {"notebooks", "run"}
    assert len(named) == 9 and all(f"`--{name}" in TEXT or f" --{name} " in TEXT for name in named)
    assert f"has {options.SECONDS} seconds" in TEXT and f"less than {SMALLEST} nodes" in TEXT
    patterns = re.findall(r"^ +\| `handed_in/.+` \| `--student \"(.+)\"` \|$", TEXT, re.MULTILINE)
    assert len(patterns) == 3 and patterns == list(map(options.pattern, patterns))


def test_access_rule_refuses_what_harms_others(learner):
    for line in REFUSED:
        with redis.Redis.from_url(learner(3)) as client:
            assert client.ping()
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.execute_command(*line.split())


def test_databases_are_apart_and_channels_are_not(learner):
    with connect(url=learner(3)) as ann, connect(url=learner(7)) as bob, bob.pubsub() as pubsub:
        load_catalogue(ann)
        pubsub.subscribe(keys.events("guest"))
        assert pubsub.get_message(timeout=5)["type"] == "subscribe"
        add_to_cart(ann, "mug", 2)
        assert '"mug"' in pubsub.get_message(timeout=5)["data"]
        assert (ann.exists("cart:{guest}"), bob.exists("cart:{guest}")) == (1, 0)
