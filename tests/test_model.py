"""Random walks of calls, on every Redis at once, against a shop that is a few dicts.

Few of them run each time. For a long run: CARTLIB_TEST_EXAMPLES=1000, and this file alone.
"""

import inspect
import json
import os
import random
import time
from contextlib import ExitStack, contextmanager

import fakeredis
import pytest
from backends import OURS, PROGRAMS, WAIT, delete, find
from model import CARTS, NAP, PRICES, TEN_YEARS, Shop
from redis.cluster import RedisCluster

from cartlib import (
    CartError,
    EmptyCartError,
    InvalidQuantityError,
    InvalidSecondsError,
    InvalidStockError,
    ItemNotInCartError,
    OutOfStockError,
    ProductNotFoundError,
    add_to_cart,
    connect,
    get_cart_items,
    get_product,
    keys,
    remove_from_cart,
)
from cartlib.cart import clear_cart
from cartlib.catalogue import delete_product, list_products, load_catalogue
from cartlib.checkout import checkout, get_stock, set_stock, settle_order
from cartlib.expiry import cart_ttl, expire_cart, expire_item, item_ttls
from cartlib.lab.local_server import start_cluster
from cartlib.views import cart_table

EXAMPLES = int(os.environ.get("CARTLIB_TEST_EXAMPLES", "8"))
LONGER = 8  # times as many walks on fakeredis alone
STEPS = 80  # of a walk
SHORTENING = 30  # seconds for finding a shorter walk that fails
GRAIN = 1000  # seconds: how exactly times are compared
THIRTY_DAYS = 2_592_000  # seconds
NO_COUNTS = [0, -1, 1.5, True, "2", 1_000_001]
NO_SECONDS = [0, -1, 2.5, True, "60", TEN_YEARS + 1]
POOLS = {  # what a parameter of this name gets; few things, so that the calls meet
    "product_id": ["mug"] * 6 + ["Zoë's tea"] * 6 + ["10", "10", "unicorn"],
    "quantity": [1, 2, 3] * 12 + [1_000_000, None, None, None, *NO_COUNTS],
    # No time that is waited for is a multiple of NAP: nothing ends at the very moment of a look.
    "seconds": [4000, 12_000] * 15 + [TEN_YEARS, None, None, None, *NO_SECONDS],
    "stock": [dict.fromkeys(PRICES, 8), {"mug": 4, "10": 4}, {"Zoë's tea": 4}] * 4
    + [dict.fromkeys(PRICES, 1_000_000), {"mug": 0}, {"mug": -1}],
    "cart": ["guest"] * 9 + ["Zoë b"],
}


# Calls that need a word more than those of cartlib, which are taken as they are.


def buy(client, cart):
    """Check out; what is told, what is kept, and for how long, have to agree."""
    order = checkout(client, cart=cart)
    order_id = order["order_id"]
    assert settle_order(client, order_id, cart=cart) == order
    assert near(client.ttl(keys.order(cart, order_id))) == near(THIRTY_DAYS)
    return order["lines"], order["total"]


def table(client, cart):
    """Return the lines of a cart_table(), and the total."""
    found = cart_table(client, cart=cart)
    columns = found[["product_id", "quantity", "available", "price", "subtotal"]]
    return list(columns.itertuples(index=False, name=None)), found.attrs["total"]


def time_left(client, cart):
    return near(cart_ttl(client, cart=cart))


def times_left(client, cart):
    return [(item, near(seconds)) for item, seconds in item_ttls(client, cart=cart).items()]


def wait(client):
    """Let time pass: set back all that will end."""
    for cart in CARTS:
        ending = keys.cart(cart), keys.deadlines(cart), keys.session(cart)
        for item in client.zrange(ending[1], 0, -1):
            client.zincrby(ending[1], -NAP, item)
        for key in ending:
            if (left := client.pttl(key)) >= 0:
                client.pexpire(key, max(left - NAP * 1000, 0))


CALLS = {  # and how often each comes
    add_to_cart: 26,
    remove_from_cart: 8,
    expire_item: 20,
    wait: 12,
    set_stock: 8,
    buy: 10,
    get_cart_items: 4,
    table: 3,
    expire_cart: 4,
    clear_cart: 2,
    time_left: 1,
    times_left: 3,
    get_stock: 1,
    get_product: 1,
    list_products: 1,
    delete_product: 1,
    load_catalogue: 2,
}

ERRORS = {
    add_to_cart: [InvalidQuantityError, ProductNotFoundError],
    remove_from_cart: [InvalidQuantityError, ItemNotInCartError],
    expire_item: [InvalidSecondsError, ItemNotInCartError],
    expire_cart: [InvalidSecondsError],
    set_stock: [InvalidStockError],
    buy: [EmptyCartError, ProductNotFoundError, OutOfStockError],
    get_product: [ProductNotFoundError],
}


def near(seconds):
    """Return a time without the seconds that the test itself takes."""
    return None if seconds is None else round(seconds / GRAIN) * GRAIN


def state(client):
    """Return what the keys hold, and how long those of a cart have left."""
    pipe = client.pipeline(transaction=False)
    for cart in CARTS:
        ending = keys.cart(cart), keys.deadlines(cart), keys.session(cart)
        pipe.zrange(ending[0], 0, -1, withscores=True)
        pipe.zrange(ending[1], 0, -1, withscores=True)
        pipe.get(ending[2])
        pipe.hgetall(keys.stock(cart))
        for key in ending:
            pipe.pttl(key)
    pipe.smembers(keys.products())
    *replies, products = pipe.execute()
    found, now = {"products": products}, time.time()
    for cart in CARTS:
        lines, deadlines, session, stock, *left = replies[:7]
        del replies[:7]
        found |= {
            f"{cart}: lines": lines,
            f"{cart}: deadlines": {item: near(score - now) for item, score in deadlines},
            f"{cart}: session": session,
            f"{cart}: stock": stock,
            f"{cart}: seconds left": [near(one / 1000) if one >= 0 else None for one in left],
        }
    return found


@contextmanager
def listening(client, patience):
    """A function that returns the next events of the carts, so many of them."""
    node = client
    if isinstance(client, RedisCluster):  # always the same one: another can be late with an event
        node = client.get_default_node().redis_connection
    with node.pubsub() as pubsub:

        def hear(count):
            messages = [pubsub.get_message(timeout=patience) for _ in range(count)]
            heard = [(m["channel"], m["data"]) for m in messages if m]
            return [(channel, json.loads(data)) for channel, data in heard]

        pubsub.subscribe(*map(keys.events, CARTS))
        for _ in CARTS:
            assert pubsub.get_message(timeout=patience)["type"] == "subscribe"
        yield hear


def outcome(function, client, options):
    """Return what a call returns, or the type of its CartError."""
    try:
        return function(client, **options)
    except CartError as error:
        return type(error)
    except Exception as error:
        return repr(error)


def follow(clients, walk, patience=WAIT):
    """Walk on each Redis and on the model; where one differs, return its name, the step, and both.

    `patience` is how many seconds an event may take.
    """
    shop = Shop()
    with ExitStack() as stack:
        ears = {
            name: stack.enter_context(listening(client, patience))
            for name, client in clients.items()
        }
        for client in clients.values():
            delete(client, find(client, OURS))
        for number, (function, options) in enumerate(walk):
            shop.events = []
            result = getattr(shop, function.__name__)(**options)
            expected = {"returned": result, "events": shop.events} | shop.state()
            for name, client in clients.items():
                result = outcome(function, client, options)
                heard = ears[name](len(shop.events))
                found = {"returned": result, "events": heard} | state(client)
                if found != expected:
                    return name, number, expected, found


def shortest(walk, fails):
    """Leave steps out of a walk, many at once and then single ones, while it still fails."""
    until = time.monotonic() + SHORTENING
    size = len(walk)
    while size := size // 2:
        at = 0
        while at < len(walk) and time.monotonic() < until:
            shorter = walk[:at] + walk[at + size :]
            if fails(shorter):
                walk = shorter
            else:
                at += size
    return walk


def check(clients, walk):
    """Fail with the shortest walk that shows it, if a Redis and the model differ."""
    differs = follow(clients, walk)
    if not differs:
        return
    name, number, *_ = differs
    one = {name: clients[name]}
    walk = shortest(walk[: number + 1], lambda shorter: follow(one, shorter, 0.2))
    _, number, expected, found = follow(one, walk) or differs
    calls = [f"{function.__name__}(client, {words(options)})" for function, options in walk]
    differing = [
        f"{what}\n  on {name}: {found[what]}\n  in the model: {expected[what]}"
        for what in expected
        if found[what] != expected[what]
    ]
    pytest.fail("\n".join(["After these calls", *calls, "differ", *differing]), pytrace=False)


def words(options):
    return ", ".join(f"{name}={value!r}" for name, value in options.items())


def draw_walk(seed, csv):
    """Return a walk, the same for the same number: [(function, {parameter: value}), …]."""
    draw, pools = random.Random(seed), POOLS | {"path": [csv]}
    drawn = draw.choices(list(CALLS), CALLS.values(), k=STEPS)
    walk = []
    for function in [load_catalogue, *drawn]:
        _, *names = inspect.signature(function).parameters
        walk.append((function, {name: draw.choice(pools[name]) for name in names}))
    return walk


@pytest.fixture
def fake():
    """A client of a pretended server of its own."""
    server = fakeredis.FakeServer(version=(7,))
    with fakeredis.FakeRedis(server=server, decode_responses=True) as client:
        yield client


@pytest.fixture
def everywhere(fake, servers):
    """A client of each Redis that is found here, alone and as a cluster."""
    with ExitStack() as stack:
        clients = {"fakeredis": fake}
        for kind in PROGRAMS:
            one, three = servers.get(kind), servers.get(kind, start_cluster)
            clients[kind] = stack.enter_context(connect(url=one.url))
            clients[f"{kind}-cluster"] = stack.enter_context(connect(url=three.url))
        yield clients
        for client in clients.values():
            delete(client, find(client, OURS))


@pytest.fixture
def csv(tmp_path):
    """The path of the catalogue."""
    rows = [f'"{item}",{item},{price},' for item, price in PRICES.items()]
    path = tmp_path / "products.csv"
    path.write_text("\n".join(["product_id,name,price,category", *rows]), encoding="utf-8")
    return path


def test_the_walks_meet_every_outcome(csv):
    met = {(function, "done") for function in CALLS} | {
        (function, error) for function, errors in ERRORS.items() for error in errors
    }
    for number in range(EXAMPLES):
        shop = Shop()
        for function, options in draw_walk(number, csv):
            result = getattr(shop, function.__name__)(**options)
            met.discard((function, result if isinstance(result, type) else "done"))
    assert not met


def test_every_redis_does_as_the_model(everywhere, csv):
    for number in range(EXAMPLES):
        check(everywhere, draw_walk(number, csv))


def test_fakeredis_does_as_the_model_for_longer(fake, csv):
    for number in range(LONGER * EXAMPLES):
        check({"fakeredis": fake}, draw_walk(number, csv))
