"""Races: clients that add to one line of a cart at the same time, and how much of it is kept."""

import inspect
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass

import redis

from cartlib import keys
from cartlib.errors import CartError, shown
from cartlib.failures import UNKNOWN, explained, transact
from cartlib.lab.clock import TooSlow
from cartlib.lab.disturbance import changes
from cartlib.lab.turns import run_together, take_turns
from cartlib.values import read_count

MOST_THREADS, MOST_ADDS = 8, 100
CART = f"{keys.cart('demo')}:race"
PRODUCT = f"{CART}:product"  # with the cart's tag: a cluster can't watch two nodes at once
ITEM = "mug"
FIRST, WANTED = 1, 3  # of the line in a story: before it, and if both adds are kept
PAUSE = 0.0005  # seconds between reading and writing, as over a network; else few threads meet
MINE = "mine"
GONE = redis.ConnectionError, redis.TimeoutError
NO_END = (
    "Your function did not end. Is there a loop that never ends or never gives up, or a long sleep?"
)
_one = threading.Lock()


@dataclass(frozen=True)
class Race:
    """What came of a race: how many adds were sent, and how many are in the cart."""

    way: str
    expected: int
    kept: int
    retries: int
    round_trips: int


@dataclass(frozen=True)
class Step:
    """A command of a story, the reply, and the quantity afterwards, None inside a packet.

    `trip` is the number of the round trip. `lost` names whose add this command has written over.
    """

    client: str
    command: str
    reply: str
    quantity: int | None
    trip: int
    lost: str = ""


@dataclass(frozen=True)
class Way:
    """A way to add 1, and why it loses adds, or none."""

    title: str
    commands: str
    add: Callable
    why: str = ""


class YourError(CartError):
    """What a learner's function ended in."""


def read_write(client):
    """Read the quantity, and write it back with 1 added: somebody may come between."""
    quantity = client.zscore(CART, ITEM) or 0
    _travel()
    client.zadd(CART, {ITEM: quantity + 1})


def increment(client):
    """Let Redis add."""
    client.zincrby(CART, 1, ITEM)


def watch_both(client):
    """Read and write, but only if neither the product nor the cart has changed meanwhile."""

    def add(pipe):
        pipe.exists(PRODUCT)
        quantity = pipe.zscore(CART, ITEM) or 0
        _travel()
        pipe.multi()
        pipe.zadd(CART, {ITEM: quantity + 1})
        pipe.execute()

    transact(client, add, PRODUCT, CART)


def watch_product(client):
    """Let Redis add, but only if the product has not changed meanwhile."""

    def add(pipe):
        pipe.exists(PRODUCT)
        _travel()
        pipe.multi()
        pipe.zincrby(CART, 1, ITEM)
        pipe.execute()

    transact(client, add, PRODUCT)


WAYS = {
    "read_write": Way(
        "Read, write",
        "ZSCORE, then ZADD",
        read_write,
        "Both read the same quantity, and nobody noticed.",
    ),
    "increment": Way(
        "Increment",
        "ZINCRBY",
        increment,
        "Redis reads, adds and writes in one command: nobody comes between.",
    ),
    "watch_both": Way(
        "Watch both",
        "WATCH product and cart, then MULTI with ZADD",
        watch_both,
        "Whoever was late was told so, read again, and wrote the right sum.",
    ),
    "watch_product": Way(
        "Watch product",
        "WATCH product, then MULTI with ZINCRBY",
        watch_product,
        "Nobody changed the product, so no EXEC was refused; and ZINCRBY adds inside Redis.",
    ),
}


def race(client, way, *, threads=8, adds=25, progress=None) -> Race:
    """Let some threads add 1 to the same line of a cart, each `adds` times; return what was kept.

    `way` is one of WAYS, or a function(client, key, member) that adds 1 to the score of `member` in
    the sorted set `key`. The threads share `client`, with a connection each. Whoever reads first
    waits for PAUSE before the write. progress(done) hears now and then how many adds are done.

    Redis: the commands of the way, on keys of its own, which are deleted at the end.
    Raises: CartError for what can't be a race, while another one runs, or after LIMIT;
    CartConnectionError.
    """
    name, add = _chosen(way)
    threads = read_count(threads, MOST_THREADS, _refuse("threads", MOST_THREADS))
    adds = read_count(adds, MOST_ADDS, _refuse("adds", MOST_ADDS))
    with _track(client):
        trace = run_together(client, lambda: add(client), threads, adds, progress)
        kept = _quantity(client)
    retries = sum(map(_refused, trace.commands))
    return Race(name, threads * adds, kept, retries, trace.round_trips)


def story(client, way) -> list[Step]:
    """Let Ann and Bob each add 1 to a line of 1, a round trip each in turn; return what they did.

    The order is the same each time. `way` is as in race(), and so are the keys and the errors; but
    an error that ends a learner's function is told as its last step.
    """
    add = _chosen(way)[1]
    with _track(client):
        client.zadd(CART, {ITEM: FIRST})
        works = dict.fromkeys(("Ann", "Bob"), lambda: add(client))
        try:
            turns = take_turns(client, works, lambda: _quantity(client))
        except TooSlow:
            raise CartError(NO_END) from None
    return _steps(turns)


def _chosen(way):
    """Return the name of a way, and its function."""
    if callable(way):
        return MINE, _guarded(way)
    if not isinstance(way, str) or way not in WAYS:
        raise CartError(
            f"There is no way {shown(way)} to race. Take one of {', '.join(WAYS)}, or a function."
        )
    return way, WAYS[way].add


def _guarded(function):
    """Return an add by a learner's function: whatever that raises comes out as a YourError."""
    try:
        inspect.signature(function).bind(None, CART, ITEM)
    except TypeError:
        raise CartError(
            "Your function is called with three arguments, the client, a key and a member. "
            f"Begin it so: def {function.__name__}(client, key, member):"
        ) from None
    except ValueError:  # a function of Python's own, which does not say what it takes
        pass

    def add(client):
        try:
            function(client, CART, ITEM)
        except (TooSlow, *GONE):
            raise
        except BaseException as error:  # sys.exit() is one
            raise YourError(
                f"Your function ended in an error: {type(error).__name__}: {error}"
            ) from error

    return add


def _steps(turns):
    """Return the steps of the turns; a write that left no more than before has covered another."""
    steps, before, writer = [], FIRST, ""
    enough = turns[-1].seen >= WANTED if turns else True
    for trip, turn in enumerate(turns, 1):
        if turn.error:
            if not isinstance(turn.error, YourError):
                raise turn.error
            steps.append(Step(turn.who, "", str(turn.error), turn.seen, trip))
        wrote = _wrote(turn.commands)
        lost = writer if wrote and turn.seen <= before and writer != turn.who else ""
        for number, command in enumerate(turn.commands, 1):
            last = number == len(turn.commands)
            end = (turn.seen, trip, "" if enough else lost) if last else (None, trip)
            steps.append(Step(turn.who, str(command), command.reply_text, *end))
        if wrote and turn.seen > before:
            writer = turn.who
        before = turn.seen
    return steps


def _wrote(commands):
    """Tell whether these commands of one round trip may have changed something."""
    if any(_refused(c) or isinstance(c.reply, Exception) for c in commands):
        return False
    return any(map(changes, commands))


def _refused(command):
    return command.name == "EXEC" and command.reply is None


def _travel():
    time.sleep(PAUSE)


def _quantity(client):
    """Return what is in the cart."""
    score = client.zscore(CART, ITEM) or 0
    return int(score) if score == int(score) else score


def _refuse(what, most):
    return lambda value: CartError(
        f"A race has a whole number of {what}, from 1 to {most}, and not {shown(value)}."
    )


@contextmanager
def _track(client):
    """Hold the keys of a race, for one race at a time; they are deleted before it and after it."""
    if not _one.acquire(blocking=False):
        raise CartError("A race is running already. Wait until it has ended.")
    try:
        with explained(client, CART, PRODUCT, change=UNKNOWN):
            try:
                client.delete(CART, PRODUCT)
                client.hset(PRODUCT, "name", "Coffee mug")
                yield
            finally:
                client.delete(CART, PRODUCT)
    finally:
        _one.release()
