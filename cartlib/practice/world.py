"""The worlds that a function is tried in: what is in Redis, the arguments, who else is about."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from unittest.mock import patch
from warnings import catch_warnings

from hypothesis import Phase, find, settings
from hypothesis.errors import NoSuchExample
from hypothesis.internal.conjecture import providers
from hypothesis.internal.conjecture.engine import ConjectureRunner
from hypothesis.internal.constants_ast import Constants

WORLDS = 50  # generated for each exercise, after its hand-written cases
SHRINKS = 150  # worlds that are tried to find a smaller one that fails, too
_CACHE = {}  # a cache of our own: hypothesis' has what other searches have found in modules
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
    "RPUSH shop:{queue}:work:bystander one two",
    "SADD shop:{wishes}:bystander mug pen",
    "XADD shop:{orders}:bystander 7-0 product_id mug",
    "XADD shop:{orders}:bystander 7-1 product_id pen",
    "XGROUP CREATE shop:{orders}:bystander packers 0",
    "XREADGROUP GROUP packers bystander COUNT 1 STREAMS shop:{orders}:bystander >",
    "PFADD shop:{visitors}:2020-01-01 bystander",
    "SETBIT shop:{came}:2020-01-01 7 1",
    "GEOADD shop:bystanders 13.4 52.5 berlin",
)


@dataclass(frozen=True)
class Case:
    """What one trial of a function begins with: redis-cli lines as a list, and the arguments.

    `meanwhile` are the lines that somebody else sends at once, in the middle of the call: it is
    tried between any two commands, and again at later tries. With `again`, all keys are deleted
    after the call, and then there is a second one.
    """

    given: list[str]
    args: tuple = ()
    meanwhile: tuple[str, ...] = ()
    again: bool = False


class Enough(BaseException):
    """Ends a search at once; hypothesis would take an Exception for one more failure."""


def search(strategy, fails: Callable[[Case], object], passed=()) -> Case | None:
    """Return the smallest of the worlds that fails; None where none of them does.

    The same worlds come each time: nothing of it depends on the clock or on what is loaded. Those
    that have `passed` are not tried again.
    """
    failed, left, known = [], [WORLDS], {repr(case): False for case in passed}

    def tried(case):
        name = repr(case)
        if name not in known:
            known[name] = new(case)
        return known[name]

    def new(case):
        left[0] -= 1
        if left[0] < -SHRINKS:
            raise Enough
        if not fails(case):
            return False
        failed.append(case)
        left[0] = min(left[0], 0)  # from now on it only shrinks
        return True

    options = settings(
        max_examples=WORLDS,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
    )
    # Else hypothesis takes numbers out of the modules that happen to be loaded, and writes a file.
    nothing = patch.multiple(providers, _get_local_constants=Constants, CONSTANTS_CACHE=_CACHE)
    # And it spends most worlds on repeating parts of those before: rather take new ones.
    unlike = patch.object(ConjectureRunner, "generate_mutations_from", lambda self, data: None)
    with nothing, unlike, catch_warnings(action="ignore"), suppress(NoSuchExample, Enough):
        return find(strategy, tried, settings=options, random=Random(1))
    return failed[-1] if failed else None
