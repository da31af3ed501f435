"""The worlds that a function is tried in: what is in Redis, the arguments, who else is about."""

import shlex
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from unittest.mock import patch
from warnings import catch_warnings

from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, NoSuchExample
from hypothesis.internal.conjecture import providers
from hypothesis.internal.conjecture.engine import ConjectureRunner

WORLDS = 50  # generated for each exercise, after its hand-written cases
SHRINKS = 150  # worlds that are tried to find a smaller one that fails, too
# Keys that are no business of any exercise, one of each type. Whoever touches them is refused.
BYSTANDERS = (
    'HSET product:bystander name "A bystander" price 1.10 category Nobody',
    "ZADD cart:{bystander} 2 mug 0 pen 5 Mug",
    "ZADD cart:{bystander}:deadlines 4000000000.5 mug",
    "SET cart:{bystander}:session 600 EX 600",
    "HSET stock:{bystander} mug 7 pen 0",
    "XADD cart:{bystander}:history 1-0 product_id mug quantity 2",
    "SADD bystanders mug pen",
    "RPUSH bystander:list b a",
    "SETBIT bystander:bits 7 1",
)
# Ids with capitals, accents, blanks, digits; some are the beginning of others.
IDS = ["mug", "pen", "lamp", "Mug", "tea", "tea-pot", "Zoë's cup", "10", "9", "m", "MUG:red", "a b"]
QUANTITIES = [1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 25, 99, 100, 101, 250, 1000, 12345]
ids, quantities = st.sampled_from(IDS), st.sampled_from(QUANTITIES)
scores = st.sampled_from([0, *QUANTITIES])  # a line of 0 is a line, too
# What can lie about the guest's cart, and is no business of most tasks.
SURROUNDINGS = [
    "EXPIRE cart:{guest} 600",
    "SET cart:{guest}:session 1800 EX 1800",
    "ZADD cart:{guest}:deadlines 1900000000.5 mug 1800000000.75 pen 1700000000 tea 1850000000 Mug",
    "ZADD cart:{guest}:saved 3 mug 1 Mug",
    "HSET product:mug name 'Coffee mug' price 9.50 category Kitchen",
    "SADD products " + " ".join(map(shlex.quote, IDS)),
    "HSET stock:{guest} mug 5 lamp 0 pen 12 Mug 3 tea 40",
]
surroundings = st.lists(st.sampled_from(SURROUNDINGS), unique=True, max_size=3)


@dataclass(frozen=True)
class Case:
    """What one trial of a function begins with: redis-cli lines as a list, and the arguments.

    `meanwhile` are the lines that somebody else sends at once, in the middle of the call: it is
    tried between any two commands, and again at later tries.
    """

    given: list[str]
    args: tuple = ()
    meanwhile: tuple[str, ...] = ()


def command(*parts) -> str:
    """Return a redis-cli line of these words."""
    return " ".join(
        shlex.quote(str(part)) if str(part) not in BARE else str(part) for part in parts
    )


BARE = {"cart:{guest}", "stock:{guest}", "cart:{guest}:deadlines", "cart:{guest}:history"}


def lines(numbers=quantities, *, least=0, most=8, of=ids):
    """Return a strategy of {product id: number}, such as the lines of a cart."""
    return st.lists(st.tuples(of, numbers), min_size=least, max_size=most, unique_by=first).map(
        dict
    )


def crowd(size) -> dict[str, int]:
    """Return so many lines, no two with the same number, in another order than their names."""
    return {f"thing {n}": 7 * n % 1009 + 1 for n in range(size)}


def carts(numbers=scores):
    """Return a strategy of carts: mostly small ones, now and then one with many lines."""
    return st.one_of([lines(numbers)] * 4 + [st.sampled_from([13, 31, 120]).map(crowd)])


def first(pair):
    """Return the first of a pair."""
    return pair[0]


def zadd(key, scores) -> list[str]:
    """Return the line that writes a sorted set; none for an empty one."""
    pairs = [part for member, score in scores.items() for part in (score, member)]
    return [command("ZADD", key, *pairs)] if scores else []


def hset(key, fields) -> list[str]:
    """Return the line that writes a hash; none for an empty one."""
    return [command("HSET", key, *sum(fields.items(), ()))] if fields else []


def search(strategy, fails: Callable[[Case], object], smallest=True) -> Case | None:
    """Return the smallest, or the first, of the worlds that fails; None where none of them does.

    The same worlds come each time: nothing of it depends on the clock or on what is loaded.
    """
    failed, left = [], [WORLDS]

    def tried(case):
        left[0] -= 1
        if left[0] < -SHRINKS or (failed and not smallest):
            return False  # enough: whatever comes now is taken for no failure
        if fails(case):
            failed.append(case)
            left[0] = min(left[0], 0)  # from now on it only shrinks
            return True
        return False

    options = settings(
        max_examples=WORLDS,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
    )
    # Else hypothesis takes numbers out of the modules that happen to be loaded, and writes a file.
    nothing = patch.object(providers, "_get_local_constants", lambda: providers._local_constants)
    # And it spends most worlds on repeating parts of those before: rather take new ones.
    unlike = patch.object(ConjectureRunner, "generate_mutations_from", lambda self, data: None)
    with nothing, unlike, catch_warnings(action="ignore"), suppress(NoSuchExample, Flaky):
        return find(strategy, tried, settings=options, random=Random(1))
    return failed[-1] if failed else None
