"""Races: clients that add to one line of a cart at the same time, and how much of it is kept."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass

from cartlib import keys
from cartlib.errors import CartError, shown
from cartlib.failures import UNKNOWN, explained, transact
from cartlib.lab.trace import Trace
from cartlib.values import read_count

MOST_THREADS, MOST_ADDS = 8, 100
CART = f"{keys.cart('demo')}:race"
PRODUCT = f"{CART}:product"  # with the cart's tag: a cluster can't watch two nodes at once
ITEM = "mug"
PAUSE = 0.0005  # seconds between reading and writing, as over a network; else few threads meet
_track = threading.Lock()


@dataclass(frozen=True)
class Race:
    """What came of a race: how many adds were sent, and how many are in the cart."""

    way: str
    expected: int
    kept: int
    retries: int
    round_trips: int


@dataclass(frozen=True)
class Way:
    """A way to add 1; `add` returns how often it had to try."""

    title: str
    commands: str
    add: Callable


def read_write(client):
    """Read the quantity, and write it back with 1 added: somebody may come between."""
    quantity = client.zscore(CART, ITEM) or 0
    _travel()
    client.zadd(CART, {ITEM: quantity + 1})
    return 1


def increment(client):
    """Let Redis add."""
    client.zincrby(CART, 1, ITEM)
    return 1


def watch_both(client):
    """Read and write, but only if neither the product nor the cart has changed meanwhile."""

    def add(pipe):
        pipe.exists(PRODUCT)
        quantity = pipe.zscore(CART, ITEM) or 0
        _travel()
        pipe.multi()
        pipe.zadd(CART, {ITEM: quantity + 1})

    return _tries(client, add, PRODUCT, CART)


def watch_product(client):
    """Let Redis add, but only if the product has not changed meanwhile."""

    def add(pipe):
        pipe.exists(PRODUCT)
        _travel()
        pipe.multi()
        pipe.zincrby(CART, 1, ITEM)

    return _tries(client, add, PRODUCT)


WAYS = {
    "read_write": Way("Read, write", "ZSCORE, then ZADD", read_write),
    "increment": Way("Increment", "ZINCRBY", increment),
    "watch_both": Way("Watch both", "WATCH product and cart, then MULTI with ZADD", watch_both),
    "watch_product": Way("Watch product", "WATCH product, then MULTI with ZINCRBY", watch_product),
}


def race(client, way, *, threads=8, adds=25) -> Race:
    """Let some threads add 1 to the same line of a cart, each `adds` times; return what was kept.

    The threads share `client`, with a connection each. Whoever reads first waits for PAUSE before
    the write. The round trips of one try are counted in an add without rivals, before the race.

    Redis: the commands of the way, on keys of its own, which are deleted at the end.
    Raises: CartError for what can't be a race, or while another one runs; CartConnectionError.
    """
    if not isinstance(way, str) or way not in WAYS:
        raise CartError(f"There is no way {shown(way)} to race. Take one of {', '.join(WAYS)}.")
    threads = read_count(threads, MOST_THREADS, _refuse("threads", MOST_THREADS))
    adds = read_count(adds, MOST_ADDS, _refuse("adds", MOST_ADDS))
    with _only_one(), explained(client, CART, PRODUCT, change=UNKNOWN):
        try:
            client.delete(CART, PRODUCT)
            client.hset(PRODUCT, "name", "Coffee mug")
            with Trace(client) as trace:
                WAYS[way].add(client)
            client.delete(CART)
            tries = _run(client, WAYS[way].add, threads, adds)
            kept = int(client.zscore(CART, ITEM) or 0)
        finally:
            client.delete(CART, PRODUCT)
    expected = threads * adds
    return Race(way, expected, kept, tries - expected, tries * trace.round_trips)


def _run(client, add, threads, adds):
    """Start the threads, and return how often they tried; at an error all of them end."""
    start, stop = threading.Barrier(threads), threading.Event()

    def work():
        start.wait()
        return sum(add(client) for _ in range(adds) if not stop.is_set())

    with ThreadPoolExecutor(threads) as pool:
        try:
            running = [pool.submit(work) for _ in range(threads)]
            return sum(thread.result() for thread in as_completed(running))
        finally:
            stop.set()
            start.abort()  # for those that still wait, where not all could be started


def _travel():
    time.sleep(PAUSE)


def _tries(client, add, *watched):
    """Do `add` as a transaction, and return how many tries it took."""
    tries = []

    def count(pipe):
        tries.append(pipe)
        add(pipe)
        pipe.execute()

    transact(client, count, *watched)
    return len(tries)


def _refuse(what, most):
    return lambda value: CartError(
        f"A race has a whole number of {what}, from 1 to {most}, and not {shown(value)}."
    )


@contextmanager
def _only_one():
    if not _track.acquire(blocking=False):
        raise CartError("A race is running already. Wait until it has ended.")
    try:
        yield
    finally:
        _track.release()
