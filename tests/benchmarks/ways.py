"""The same cart as people write it: line by line, as a JSON text, as a hash, with WATCH, in Lua."""

import json
from decimal import Decimal

from measure import Table, medians, microseconds, ratio
from redises import clients, kinds

from cartlib import keys
from cartlib.lab import trips
from cartlib.lab.trace import Trace
from cartlib.views import cart_table

CART = "demo"  # trips.fill_cart() fills it
BLOB, HASH = "demo:cart:json", "demo:cart:hash"
SIZES = 10, 100, 1_000
PRODUCT = "demo:1"


def add_to_json(client):
    """Add as many do first: read the cart as a text, change it, write it. Two at once lose one."""
    cart = json.loads(client.get(BLOB) or "{}")
    cart[PRODUCT] = cart.get(PRODUCT, 0) + 1
    client.set(BLOB, json.dumps(cart))


def add_to_hash(client):
    """Add to a hash: one command, without a look at the product."""
    client.hincrby(HASH, PRODUCT, 1)


def view_json(client):
    """Read the cart as a text, and its products in one pipeline."""
    cart = json.loads(client.get(BLOB))
    return _priced(client, cart.items())


def view_hash(client):
    """Read the cart as a hash, and its products in one pipeline. It has no order of its own."""
    return _priced(client, client.hgetall(HASH).items())


def _priced(client, items):
    pipe = client.pipeline(transaction=False)
    for product_id, _ in items:
        pipe.hmget(keys.product(product_id), "name", "price")
    found = zip(items, pipe.execute(), strict=True)
    return [(item, int(n), name, Decimal(price)) for (item, n), (name, price) in found]


ADDS = trips.ADDS | {"JSON text": add_to_json, "hash": add_to_hash}
VIEWS = trips.VIEWS | {
    "JSON text": view_json,
    "hash": view_hash,
    "the kit's cart_table": lambda client: cart_table(client, cart=CART),
}
LOSES = {"JSON text": "loses adds", "hash": "takes unknown products"}


def tables(quick=False):
    """Measure each way on each kind of Redis but the cluster, where three of them can't be had."""
    for kind in kinds():
        if kind.endswith("-cluster"):
            continue
        with clients(kind) as (client, _):
            trips.fill_cart(client, 1)
            add_to_json(client)
            yield _compared(f"An add on {kind}", client, ADDS, 2 if quick else 500)
            for size in SIZES[:1] if quick else SIZES:
                trips.fill_cart(client, size)
                cart = {f"demo:{number}": number for number in range(1, size + 1)}
                client.set(BLOB, json.dumps(cart))
                client.delete(HASH)
                client.hset(HASH, mapping=cart)
                title = f"A view of {size:,} lines on {kind}"
                yield _compared(title, client, VIEWS, 2 if quick else 20_000 // (size + 100))
            client.delete(BLOB, HASH, keys.cart(CART))


def _compared(title, client, ways, rounds):
    took = medians({name: lambda way=way: way(client) for name, way in ways.items()}, rounds)
    rows, fastest = [], min(took.values())
    for name, way in ways.items():
        with Trace(client) as trace:
            way(client)
        words = [microseconds(took[name]), ratio(took[name], fastest), str(trace.round_trips)]
        rows.append([name, *words, LOSES.get(name, "") if ways is ADDS else ""])
    about = f"Medians of {rounds:,} rounds; the ratio is to the fastest."
    return Table(title, about, ["way", "takes", "ratio", "round trips", "but it"], rows)
