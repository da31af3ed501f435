"""The same view of a cart and the same add, in four ways each, and what each way costs."""

import statistics
import time

import pandas as pd

from cartlib import keys
from cartlib.cart import add_to_cart
from cartlib.errors import CartError, ProductNotFoundError
from cartlib.failures import UNKNOWN, explained, transact
from cartlib.lab.trace import Trace
from cartlib.values import read_count, read_quantity

LEAST, MOST, LIMIT = 5, 25, 0.8  # runs of each way; seconds after which no further run begins
MOST_LINES, WARM_UPS = 1_000, 2
OWN_TIME = 0.3  # milliseconds that a round trip takes without a delay, about
VIEW_SCRIPT = """
local lines = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local rows = {}
for i = 1, #lines, 2 do
    local found = redis.call('HMGET', 'product:' .. lines[i], 'name', 'price')
    rows[#rows + 1] = {lines[i], lines[i + 1], found[1], found[2]}
end
return rows
"""
ADD_SCRIPT = """
if redis.call('EXISTS', KEYS[1]) == 0 then
    return false
end
return redis.call('ZINCRBY', KEYS[2], ARGV[1], ARGV[2])
"""


def fill_cart(client, lines, *, cart="demo"):
    """Write products demo:1, demo:2, … and a cart that has one line of each, and no other.

    Redis: DEL, then HSET and ZADD for each line, in one pipeline; 1 round trip.
    """
    lines = read_count(lines, MOST_LINES, _bad_lines)
    with explained(client, keys.cart(cart), change=UNKNOWN):
        pipe = client.pipeline(transaction=False)
        pipe.delete(keys.cart(cart))
        for number in range(1, lines + 1):
            fields = {"name": f"Thing {number}", "price": f"{number}.50"}
            pipe.hset(keys.product(f"demo:{number}"), mapping=fields)
            pipe.zadd(keys.cart(cart), {f"demo:{number}": number})
        pipe.execute()


def view_line_by_line(client, *, cart="demo"):
    """Return the cart as (product_id, quantity, name, price) rows; name and price are texts.

    Redis: ZRANGE, then HMGET for each line, and each waits for its reply; lines + 1 round trips.
    """
    with explained(client, keys.cart(cart)):
        items = client.zrange(keys.cart(cart), 0, -1, withscores=True)
        found = [client.hmget(keys.product(item), "name", "price") for item, _ in items]
    return _rows(items, found)


def view_by_pipeline(client, *, cart="demo"):
    """Return the same rows.

    Redis: ZRANGE, then one pipeline of HMGET; 2 round trips.
    """
    with explained(client, keys.cart(cart)):
        items = client.zrange(keys.cart(cart), 0, -1, withscores=True)
        pipe = client.pipeline(transaction=False)
        for item, _ in items:
            pipe.hmget(keys.product(item), "name", "price")
        return _rows(items, pipe.execute())


def view_by_sort(client, *, cart="demo"):
    """Return the same rows.

    Redis: one MULTI with ZRANGE and SORT … BY nosort GET; 1 round trip. Not on a cluster.
    """
    with explained(client, keys.cart(cart)):
        pipe = client.pipeline(transaction=True)
        pipe.zrange(keys.cart(cart), 0, -1, withscores=True)
        fields = ["product:*->name", "product:*->price"]
        pipe.sort(keys.cart(cart), by="nosort", get=fields, groups=True)
        return _rows(*pipe.execute())


def view_by_script(client, *, cart="demo"):
    """Return the same rows.

    Redis: EVALSHA; 1 round trip. Not on a cluster: the script makes up the products' keys.
    """
    with explained(client, keys.cart(cart)):
        rows = client.register_script(VIEW_SCRIPT)(keys=[keys.cart(cart)])
    return [(item, int(quantity), name, price) for item, quantity, name, price in rows]


def add_naively(client, product_id, quantity, *, cart="demo"):
    """Add to the quantity of a product in the cart, and return the new quantity.

    Redis: EXISTS, then ZINCRBY; 2 round trips.
    Raises: ProductNotFoundError.
    """
    quantity = read_quantity(quantity)
    with explained(client, keys.cart(cart), change=UNKNOWN):
        if not client.exists(keys.product(product_id)):
            raise ProductNotFoundError(product_id)
        return int(client.zincrby(keys.cart(cart), quantity, product_id))


def add_watching(client, product_id, quantity, *, cart="demo"):
    """Do the same, unless the product is changed meanwhile; then try again.

    Redis: WATCH, EXISTS, then MULTI with ZINCRBY; 3 round trips. Not on a cluster: the two keys
    can be on different nodes.
    Raises: ProductNotFoundError.
    """
    quantity = read_quantity(quantity)

    def add(pipe):
        if not pipe.exists(keys.product(product_id)):
            raise ProductNotFoundError(product_id)
        pipe.multi()
        pipe.zincrby(keys.cart(cart), quantity, product_id)
        return pipe.execute()

    with explained(client, keys.cart(cart), change=UNKNOWN):
        return int(transact(client, add, keys.product(product_id))[0])


def add_by_script(client, product_id, quantity, *, cart="demo"):
    """Do the same in one command; nothing can come between the look and the add.

    Redis: EVALSHA; 1 round trip. Not on a cluster, for the same reason.
    Raises: ProductNotFoundError.
    """
    words = [read_quantity(quantity), product_id]
    names = [keys.product(product_id), keys.cart(cart)]
    with explained(client, *names, change=UNKNOWN):
        reply = client.register_script(ADD_SCRIPT)(keys=names, args=words)
    if reply is None:
        raise ProductNotFoundError(product_id)
    return int(reply)


VIEWS = {
    "line by line": view_line_by_line,
    "pipeline": view_by_pipeline,
    "SORT in MULTI": view_by_sort,
    "Lua": view_by_script,
}
ADDS = {
    "EXISTS, ZINCRBY": lambda client: add_naively(client, "demo:1", 1),
    "the kit's": lambda client: add_to_cart(client, "demo:1", 1, cart="demo"),
    "WATCH": lambda client: add_watching(client, "demo:1", 1),
    "Lua": lambda client: add_by_script(client, "demo:1", 1),
}


ROUND_TRIPS = {  # on one server; a line by line view needs one more for each line
    "line by line": 1,
    "pipeline": 2,
    "SORT in MULTI": 1,
    "EXISTS, ZINCRBY": 2,
    "the kit's": 2,
    "WATCH": 3,
    "Lua": 1,
}


def round_trips(way, lines) -> int:
    """Return how many round trips a way of VIEWS or ADDS needs for a cart of so many lines."""
    return ROUND_TRIPS[way] + (lines if way == "line by line" else 0)


def duration(ways, lines, delay) -> float:
    """Return about how many seconds measure() takes, with a delay in milliseconds."""
    once = sum(round_trips(way, lines) for way in ways) * (delay + OWN_TIME) / 1000
    return WARM_UPS * once + max(LEAST * once, min(MOST * once, LIMIT))


def measure(client, ways, progress=None) -> pd.DataFrame:
    """Return for each way its round_trips, median time in ms, and ratio to the fastest one.

    The ways take turns, so that a busy moment of the computer meets them all. `.attrs["runs"]` is
    how often each one ran. progress() is called after each run. fill_cart() comes first.
    """
    trips, seconds = {}, {name: [] for name in ways}
    progress = progress or (lambda: None)
    for name, way in ways.items():
        way(client)  # whatever is done the first time only, such as loading a script, is not meant
        progress()
        with Trace(client) as trace:
            way(client)
        trips[name] = trace.round_trips
        progress()
    end, runs = time.perf_counter() + LIMIT, 0
    while runs < LEAST or (runs < MOST and time.perf_counter() < end):
        for name, way in ways.items():
            begin = time.perf_counter()
            way(client)
            seconds[name].append(time.perf_counter() - begin)
            progress()
        runs += 1
    return _table(trips, seconds, runs)


def _table(trips, seconds, runs):
    table = pd.DataFrame({"way": list(trips), "round_trips": list(trips.values())})
    table["ms"] = [1000 * statistics.median(times) for times in seconds.values()]
    table["ratio"] = table["ms"] / table["ms"].min()
    table.attrs["runs"] = runs
    return table


def _rows(items, found):
    return [(item, int(n), *row) for (item, n), row in zip(items, found, strict=True)]


def _bad_lines(lines):
    return CartError(f"A number of lines is a whole number from 1 to 1,000, not {lines!r}.")
