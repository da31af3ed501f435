"""The benchmarks run, and the page of their results is what they wrote."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "benchmarks"
LOG = """
== install, after 0 s
== tests, after 40 s
============================= slowest 10 durations =============================
12.31s call     tests/edition/test_site.py::test_lesson[chromium-02 the cart]
3.00s setup    tests/notebooks/test_cards.py::test_card
9 passed in 600.00s
== bare tests, after 650 s
== done, after 700 s
"""


@pytest.fixture
def measure(monkeypatch, tmp_path):
    """A function that runs the command on fakeredis alone, and returns what came of it."""

    def run(*words):
        env = os.environ | {"CARTLIB_SERVER": ""}
        command = [sys.executable, FOLDER, *words]
        return subprocess.run(command, capture_output=True, text=True, env=env)

    return run


def test_page_is_made_of_the_results(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    import results

    found = results.read()
    assert set(found) == set(results.PARTS)
    assert results.PAGE.read_text(encoding="utf-8") == results.page(found)


def test_every_table_is_filled(measure):
    before = (FOLDER / "results.json").read_bytes()
    done = measure("--quick", "operations", "ways", "growth")
    assert done.returncode == 0, done.stderr
    parts = dict(part.split("\n", 1) for part in done.stdout.removeprefix("### ").split("\n### "))
    functions = parts["Functions on fakeredis"]
    assert "| add_to_cart | ZINCRBY | " in functions and "| add_once | ZINCRBY | " in functions
    assert functions.count("| rows of the joined view, ") == 2
    assert {"Imports", "cart_table beside its rows", "From a change to who listens"} < set(parts)
    assert "| JSON text |" in parts["A view of 10 lines on fakeredis"]
    assert "| 10 ms |" not in parts["A slower network"]  # it was quick
    for text in parts.values():
        widths = {line.count(" | ") for line in text.splitlines() if line.startswith("| ")}
        assert len(widths) == 1 and len([li for li in text.splitlines() if li[:2] == "| "]) > 2
    assert (FOLDER / "results.json").read_bytes() == before


def test_unknown_part_is_told(measure):
    done = measure("speed")
    assert done.returncode == 2 and "there is no part speed. Name operations, " in done.stderr


def test_stages_and_slowest_tests_are_read_from_a_log(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    import ci

    stages, slow = ci.of_log(LOG)
    assert stages.rows == [
        ["install", "40 s", "6%"],
        ["tests", "610 s", "87%"],
        ["bare tests", "50 s", "7%"],
        ["all of it", "700 s", "100%"],
    ]
    assert slow.rows[0] == [
        "tests/edition/test_site.py::test_lesson[chromium-02 the cart]", "call", "12.3 s"
    ]  # fmt: skip
