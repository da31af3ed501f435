"""Generated worlds: the same each time, and the smallest that fails is shown."""

import os
import subprocess
import sys

import pytest
from hypothesis import find
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from cartlib.course.worlds import (
    command,
    hset,
    lines,
    zadd,
)
from cartlib.lab.contents import words
from cartlib.practice import judge as judge_module
from cartlib.practice import world
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.judge import judge
from cartlib.practice.outcome import CORRECT, NOT_YET
from cartlib.practice.world import SHRINKS, WORLDS, search

CART = "cart:{guest}"
CARTS = st.builds(lambda cart: Case(zadd(CART, cart)), lines())
TELL = """
from test_world import CARTS
from cartlib.practice.world import search
worlds = []
search(CARTS, lambda case: worlds.append(case) or False)
print(len(worlds), "".join(map(repr, worlds)))
"""


def count(client):
    return client.zcard(CART)


def exercise():
    made = Exercise("test", "f", [Case([])], ("",), worlds=CARTS)
    made.reference(count)
    return made


def test_no_more_worlds_than_there_should_be():
    tried = []
    assert search(CARTS, lambda case: tried.append(case) or False) is None
    assert len(tried) == WORLDS
    del tried[:]
    search(CARTS, lambda case: tried.append(case) or len(case.given) > 0)
    assert len(tried) <= WORLDS + SHRINKS


def test_failing_world_is_found_though_the_search_ends_early(monkeypatch):
    monkeypatch.setattr(world, "SHRINKS", 1)
    case = search(CARTS, lambda case: "Zoë" in "".join(case.given))
    assert "Zoë" in case.given[0]


def test_what_has_passed_is_not_tried_again():
    passed, tried = exercise().generated[:20], []
    search(CARTS, tried.append, passed)
    assert [*passed, *tried] == exercise().generated


def test_worlds_are_generated_once(monkeypatch):
    made = exercise()
    assert made.check(count).status == CORRECT
    monkeypatch.setattr(judge_module, "search", None)  # who is right needs no search
    assert made.check(count).status == CORRECT


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_worlds_are_the_same_in_every_process(seed, tmp_path):
    worlds = []
    search(CARTS, lambda case: worlds.append(case) or False)
    folder = os.path.dirname(__file__)
    env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": folder}
    done = subprocess.run(
        [sys.executable, "-c", TELL], env=env, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout == f"{len(worlds)} {''.join(map(repr, worlds))}\n", done.stderr
    assert list(tmp_path.iterdir()) == []  # hypothesis would like to keep files


def test_worlds_are_the_same_whatever_else_was_searched(monkeypatch):
    """Whoever uses hypothesis in the same process lets it gather numbers of all modules."""

    def worlds():
        seen = []
        numbers = st.lists(st.integers(), min_size=30, max_size=30)
        search(numbers.map(lambda found: Case([], tuple(found))), seen.append)
        return seen

    before = worlds()
    gathered = Constants(integers=set(range(10**6, 10**6 + 500)))
    monkeypatch.setattr(providers, "_local_constants", gathered)
    monkeypatch.setattr(providers, "_get_local_constants", lambda: gathered)
    providers.CONSTANTS_CACHE.cache.clear()
    find(st.integers(), lambda n: n > 10**6)
    assert worlds() == before
    providers.CONSTANTS_CACHE.cache.clear()


def test_smallest_failing_world_is_shown():
    def three_at_most(client):
        return min(3, client.zcard(CART))

    outcome = exercise().check(three_at_most)
    assert outcome.status == NOT_YET
    assert (outcome.expected, outcome.actual) == ("returns 4", "returns 3")
    (line,) = [line for line in outcome.given.splitlines() if line.startswith("ZADD")]
    assert len(words(line)) == 2 + 2 * 4


def test_verdict_is_the_same_in_every_order_of_checks():
    def three_at_most(client):
        return min(3, client.zcard(CART))

    one, other = exercise(), exercise()
    first = one.check(three_at_most)
    assert other.check(count).status == CORRECT
    assert other.check(three_at_most) == first == one.check(three_at_most)


def fails_if(wrong, made, case):
    """Check a function that is wrong where `wrong` says so; return the outcome."""

    def counts(client):
        found = client.zcard(CART)
        return -1 if wrong(found) else found

    made.cases = case
    return made.check(counts)


def test_failing_hand_written_world_has_its_number_and_the_number_of_all():
    cases = [Case([]), Case(["ZADD cart:{guest} 1 a"]), Case(["ZADD cart:{guest} 1 a 1 b"])]
    made = exercise()
    assert (
        fails_if(lambda found: found == 2, made, cases).world == f"World 3 of {3 + WORLDS} failed"
    )
    assert (
        fails_if(lambda found: found == 0, made, cases).world == f"World 1 of {3 + WORLDS} failed"
    )
    made.worlds = None
    assert fails_if(lambda found: found == 1, made, cases).world == "World 2 of 3 failed"


def test_failing_generated_world_is_counted_after_the_hand_written_ones():
    seen, cases = [], [Case([])]
    search(CARTS, lambda case: seen.append(len(words("".join(case.given))) // 2 - 1) and False)
    first = next(number for number, found in enumerate(seen, 1) if found > 2)
    outcome = fails_if(lambda found: found > 2, exercise(), cases)
    start = f"World {first + 1} of {1 + WORLDS} failed"
    assert outcome.world == f"{start}, and the smallest like it is shown here"


def test_total_is_the_number_of_worlds_that_there_are():
    few = st.sampled_from([Case(zadd(CART, {"a": 1})), Case(zadd(CART, {"b": 1}))])
    made = exercise()
    made.worlds = few
    assert "All 3 worlds are right" in made.check(count).sentence


def test_total_is_said_to_be_a_limit_where_nobody_has_counted():
    outcome, _ = judge(exercise(), lambda client: 5)
    assert outcome.world == f"World 1 of at most {1 + WORLDS} failed"


def test_lines_are_written_as_redis_cli_reads_them():
    line = command("ZADD", CART, 2, "Zoë's cup")
    assert words(line) == ("ZADD", CART, "2", "Zoë's cup")
    assert zadd(CART, {}) == hset("product:mug", {}) == []
    assert words(*hset("product:mug", {"name": "a b", "price": "1"}))[2:] == (
        "name",
        "a b",
        "price",
        "1",
    )
