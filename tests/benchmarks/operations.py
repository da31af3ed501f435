"""What each function of the kit costs, against the one command that does its work."""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import NamedTuple

from measure import Table, medians, microseconds, milliseconds, ratio
from redis.cluster import RedisCluster
from redises import clients, kinds

from cartlib import add_to_cart, get_cart_items, get_product, keys, remove_from_cart, views
from cartlib.cart import clear_cart
from cartlib.checkout import checkout, set_stock
from cartlib.events import _listening_client, follow
from cartlib.expiry import expire_cart, expire_item
from cartlib.lab.trace import Trace
from cartlib.shop.once import add_once

CART = "bench"
LINES, DEADLINES, SESSION = keys.cart(CART), keys.deadlines(CART), keys.session(CART)
STOCK, EVENTS = keys.stock(CART), keys.events(CART)
SIZES = 1, 100, 10_000
IMPORT = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"
LARGE, ROUNDS, ROUNDS_LARGE = 1_000, 1_500, 40
GOALS = {  # by name: how many times the one command it may take
    "get_product": 1.1,
    "add_to_cart": 2.5,
    "remove_from_cart": 1.8,
    "get_cart_items, 100 lines": 1.3,
    "get_cart_items, 10,000 lines": 1.3,
    "rows of the joined view, 100 lines": 1.8,
    "rows of the joined view, 10,000 lines": 1.8,
}


class Operation(NamedTuple):
    """A function of the kit, the one command that does its work, and all that it sends, bare."""

    name: str
    command: str
    one: Callable
    kit: Callable
    same: Callable | None = None  # where it sends more than the one command
    before: Callable = lambda: None
    size: int = 1


def fill(client, lines, cart=CART):
    """Write a cart of so many lines, and its products p0, p1, …"""
    client.delete(keys.cart(cart))
    for start in range(0, lines, 1_000):
        pipe = client.pipeline(transaction=False)
        for number in range(start, min(start + 1_000, lines)):
            fields = {"name": f"Product {number}", "price": f"{number % 90}.50", "category": "x"}
            pipe.hset(f"product:p{number}", mapping=fields)
            pipe.zadd(keys.cart(cart), {f"p{number}": number % 50 + 1})
        pipe.execute()


def operations(client, bare, sizes=SIZES) -> list[Operation]:
    """Return all that is measured on one Redis, whose carts are filled by it."""
    for size in sizes:
        fill(bare, size, cart=f"of{size}")
    return [*_changes(client, bare), *(op for size in sizes for op in _reads(client, bare, size))]


def _reads(client, bare, size):
    cart = f"of{size}"
    lines, deadlines = keys.cart(cart), keys.deadlines(cart)
    words = f"{size:,} line{'s' if size > 1 else ''}"

    def zrange():
        return bare.zrange(lines, 0, -1, withscores=True)

    def both():
        """The lines and the deadlines in one MULTI, as the kit reads them."""
        pipe = bare.pipeline(transaction=True)
        pipe.zrange(lines, 0, -1, withscores=True)
        pipe.zrange(deadlines, "-inf", time.time(), byscore=True)
        return pipe

    def items():
        return both().execute()

    def rows():
        if isinstance(bare, RedisCluster):
            found, _ = both().execute()
            pipe = bare.pipeline(transaction=False)
            for product_id in found[::2]:
                pipe.hmget(f"product:{product_id}", "name", "price")
        else:
            pipe = both()
            fields = ["#", "product:*->name", "product:*->price"]
            pipe.sort(lines, by="nosort", get=fields, groups=True)
        return pipe.execute()

    ways = {
        f"get_cart_items, {words}": (lambda: get_cart_items(client, cart=cart), items),
        f"rows of the joined view, {words}": (lambda: views._read_rows(client, cart), rows),
    }
    for name, (kit, same) in ways.items():
        yield Operation(name, "ZRANGE", zrange, kit, same, size=size)


def _look(client, *commands):
    """Send these in one pipeline."""
    pipe = client.pipeline(transaction=False)
    for name, *words in commands:
        getattr(pipe, name)(*words)
    pipe.execute()


def _transaction(client, cart, *commands):
    """Send these in a MULTI, and an event as the kit does: on a cluster by itself."""
    pipe = client.pipeline(transaction=True)
    for name, *words in commands:
        getattr(pipe, name)(*words)
    if isinstance(client, RedisCluster):
        pipe.execute()
        client.publish(keys.events(cart), "{}")
    else:
        pipe.publish(keys.events(cart), "{}")
        pipe.execute()


def bare_add(client, cart):
    """Send the very commands of add_to_cart."""
    lines, deadlines = keys.cart(cart), keys.deadlines(cart)
    seen = ("get", keys.session(cart)), ("zscore", deadlines, "p0"), ("zscore", lines, "p0")
    _look(client, ("exists", "product:p0"), *seen)
    _transaction(client, cart, ("zincrby", lines, 1, "p0"), ("zrem", deadlines, "p0"))


def _changes(client, bare):
    number = count()

    look, transaction = partial(_look, bare), partial(_transaction, bare, CART)

    def add():
        bare.zincrby(LINES, 1, "p0")

    def sell():
        pipe = bare.pipeline(transaction=True)
        pipe.hincrby(STOCK, "p0", -1)
        pipe.delete(LINES)
        pipe.execute()

    def restock():
        bare.zadd(LINES, {"p0": 1})
        bare.hset(STOCK, "p0", 9)

    def one_line():
        bare.zadd(LINES, {"p0": 3})

    scores = ("zscore", DEADLINES, "p0"), ("zscore", LINES, "p0")
    empty = ("zremrangebyrank", LINES, 0, -1), ("zremrangebyrank", DEADLINES, 0, -1)
    return [
        Operation(
            "get_product",
            "HGETALL",
            lambda: bare.hgetall("product:p0"),
            lambda: get_product(client, "p0"),
        ),
        Operation(
            "add_to_cart",
            "ZINCRBY",
            add,
            lambda: add_to_cart(client, "p0", 1, cart=CART),
            lambda: bare_add(bare, CART),
        ),
        Operation(
            "add_once",
            "ZINCRBY",
            add,
            lambda: add_once(client, "p0", 1, request_id=f"r{next(number)}", cart=CART),
        ),
        Operation(
            "remove_from_cart",
            "ZREM",
            lambda: bare.zrem(LINES, "p0"),
            lambda: remove_from_cart(client, "p0", cart=CART),
            lambda: transaction(*scores, ("zrem", LINES, "p0")),
            before=one_line,
        ),
        Operation(
            "clear_cart",
            "DEL",
            lambda: bare.delete(LINES),
            lambda: clear_cart(client, cart=CART),
            lambda: (look(("zcard", LINES), ("zcard", DEADLINES)), transaction(*empty)),
            before=one_line,
        ),
        Operation(
            "expire_cart",
            "EXPIRE",
            lambda: bare.expire(LINES, 900),
            lambda: expire_cart(client, 900, cart=CART),
            lambda: transaction(
                ("set", SESSION, 900, 900), ("expire", LINES, 900), ("expire", DEADLINES, 900)
            ),
            before=one_line,
        ),
        Operation(
            "expire_item",
            "ZADD",
            lambda: bare.zadd(DEADLINES, {"p0": time.time() + 900}),
            lambda: expire_item(client, "p0", 900, cart=CART),
            before=one_line,
        ),
        Operation(
            "checkout of 1 line",
            "MULTI of HINCRBY, DEL",
            sell,
            lambda: checkout(client, cart=CART),
            before=restock,
        ),
    ]


def tables(quick=False):
    """Measure on each kind of Redis; yield a table for each, and those of what is beside them."""
    yield _imports(2 if quick else 25)
    sizes, events, frames = SIZES[: 2 if quick else None], [], []
    for kind in kinds():
        with clients(kind) as (client, bare):
            fill(bare, 1)
            set_stock(client, {"p0": 9}, cart=CART)
            yield _table(kind, client, operations(client, bare, sizes), quick)
            frames += [_frame(kind, client, size, quick) for size in (1, 10, *sizes[1:])]
            events.append(asyncio.run(_event(kind, client, bare, 3 if quick else 300)))
            for size in (10, *SIZES):
                bare.delete(keys.cart(f"of{size}"))
    yield Table(
        "cart_table beside its rows",
        "The rows are what comes from Redis; the table is a pandas DataFrame of Decimal prices.",
        ["Redis", "lines", "rows", "cart_table", "the table alone"],
        frames,
    )
    yield Table(
        "From a change to who listens",
        "Both in one process and one event loop: redis-py's own asyncio client hears a PUBLISH; "
        "follow() hears the event of an add.",
        ["Redis", "PUBLISH → redis-py", "PUBLISH → follow()", "add_to_cart → follow()", "ratio"],
        events,
    )


def _table(kind, client, found, quick):
    rows = []
    for op in found:
        functions = {"one": op.one, "kit": op.kit} | ({"same": op.same} if op.same else {})
        rounds = 2 if quick else ROUNDS_LARGE if op.size >= LARGE else ROUNDS
        took = medians(functions, rounds, op.before)
        op.before()
        with Trace(client) as trace:
            op.kit()
        goal = GOALS.get(op.name)
        rows.append(
            [
                op.name,
                op.command,
                microseconds(took["one"]),
                microseconds(took["kit"]),
                ratio(took["kit"], took["one"]),
                f"{goal} ×" if goal else "–",
                ratio(took["same"], took["one"]) if op.same else "–",
                ratio(took["kit"], took["same"]) if op.same else ratio(took["kit"], took["one"]),
                str(trace.round_trips),
            ]
        )
    return Table(
        f"Functions on {kind}",
        f"Medians of {ROUNDS:,} rounds ({ROUNDS_LARGE} from {LARGE:,} lines on). "
        "“All it sends” are the very commands of the function by bare redis-py, in as many trips.",
        ["Function", "one command", "takes", "the function takes", "ratio", "goal"]
        + ["all it sends : one command", "function : all it sends", "round trips"],
        rows,
    )


def _imports(rounds):
    """Measure imports, each in a new process, whose own start does not count."""
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}  # so that nothing is compiled each time
    taken = {"redis": [], "cartlib": []}
    for _ in range(rounds + 1):
        for name, seconds in taken.items():
            command = [sys.executable, "-c", IMPORT.format(name)]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
            seconds.append(float(done.stdout))
    one, ours = (statistics.median(seconds[1:]) for seconds in taken.values())
    row = ["import cartlib", *map(milliseconds, (one, ours)), ratio(ours, one), "1.05 ×"]
    about = f"Medians of {rounds} new processes each; cartlib imports redis."
    return Table("Imports", about, ["import", "import redis", "takes", "ratio", "goal"], [row])


def _frame(kind, client, size, quick):
    cart = f"of{size}"
    fill(client, size, cart=cart)
    functions = {
        "rows": lambda: views._read_rows(client, cart),
        "table": lambda: views.cart_table(client, cart=cart),
    }
    took = medians(functions, 2 if quick else 10 if size >= LARGE else 300)
    alone = took["table"] - took["rows"]
    return [kind, f"{size:,}", *map(milliseconds, [took["rows"], took["table"], alone])]


async def _event(kind, client, bare, rounds):
    """Return the row of one Redis: how long an event is under way."""
    heard, channel = asyncio.Queue(), "demo:bench"
    listener = _listening_client(client)
    pubsub = listener.pubsub()
    await pubsub.subscribe(channel)
    follower = follow(client, heard.put_nowait, cart=CART)
    await follower.ready()
    await heard.get()

    async def listen():
        async for message in pubsub.listen():
            if message["type"] == "message":
                heard.put_nowait(message)

    task = asyncio.create_task(listen())
    ways = {
        "bare": lambda: bare.publish(channel, '{"change": "add"}'),
        "follow": lambda: bare.publish(EVENTS, '{"change": "add"}'),
        "add": lambda: add_to_cart(client, "p0", 1, cart=CART),
    }
    await asyncio.sleep(0.1)
    taken = {name: [] for name in ways}
    for _ in range(rounds):
        for name, change in ways.items():
            start = time.perf_counter()
            change()
            await heard.get()
            taken[name].append(time.perf_counter() - start)
    task.cancel()
    follower.stop()
    await follower.stopped()
    await asyncio.wait([task])
    await pubsub.aclose()
    await listener.aclose()
    took = {name: statistics.median(seconds) for name, seconds in taken.items()}
    return [kind, *map(microseconds, took.values()), ratio(took["follow"], took["bare"])]
