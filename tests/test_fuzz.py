"""Odd arguments and poisoned keys: a call does its work, or raises a CartError and changes nothing.

Few of them are tried each time. For a long run: CARTLIB_TEST_EXAMPLES=1000, and this file alone.
"""

import os
import time
from decimal import Decimal

import numpy as np
from backends import OURS, delete, find
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.client import NEVER_DECODE

from cartlib import (
    CartConnectionError,
    CartError,
    add_to_cart,
    get_cart_items,
    get_product,
    remove_from_cart,
)
from cartlib.cart import clear_cart, drop_expired
from cartlib.catalogue import delete_product, list_products, load_catalogue, search_products
from cartlib.checkout import checkout, get_stock, set_stock, settle_order
from cartlib.expiry import cart_ttl, expire_cart, expire_item, item_ttls
from cartlib.views import cart_table, catalogue_table, key_table

EXAMPLES = int(os.environ.get("CARTLIB_TEST_EXAMPLES", "25"))
CART, DEADLINES, STOCK = "cart:{guest}", "cart:{guest}:deadlines", "stock:{guest}"
SESSION, ORDER_ID = "cart:{guest}:session", "0" * 32
KEYS = [CART, DEADLINES, SESSION, STOCK, f"{CART}:order:{ORDER_ID}", "products", "product:mug"]


class Hostile:
    """An object that can not be shown, compared or counted."""

    def fail(self, *_):
        raise RuntimeError("no")

    __repr__ = __str__ = __len__ = __iter__ = __bool__ = __float__ = __int__ = fail
    __hash__ = __eq__ = __lt__ = __fspath__ = fail


ODD = [None, True, 0, -1, 1.5, float("nan"), float("inf"), 2**63, 10**5000, "", "\0", "\ud800", "3",
       "{", "x" * 5000, "a\r\nb", b"mug", bytearray(b"mug"), [], ["mug"], {}, {"mug": -1}, set(),
       Decimal("2"), np.int64(2), np.float64(2), np.array([1, 2]), object(), Hostile, Hostile(),
       lambda: None, "mug", "Zoë", 2, 10**6]  # fmt: skip
odd = st.integers(0, len(ODD) - 1)  # by number: not all of them can be shown
CALLS = [
    (get_product, ["mug"], {}),
    (add_to_cart, ["mug", 2], {"cart": "guest"}),
    (remove_from_cart, ["mug"], {"quantity": 1, "cart": "guest"}),
    (get_cart_items, [], {"cart": "guest"}),
    (clear_cart, [], {"cart": "guest"}),
    (drop_expired, [], {"cart": "guest"}),
    (expire_cart, [100], {"cart": "guest"}),
    (cart_ttl, [], {"cart": "guest"}),
    (expire_item, ["mug", 100], {"cart": "guest"}),
    (item_ttls, [], {"cart": "guest"}),
    (set_stock, [{"mug": 3}], {"cart": "guest"}),
    (get_stock, [], {"cart": "guest"}),
    (checkout, [], {"cart": "guest"}),
    (settle_order, [ORDER_ID], {"cart": "guest"}),
    (load_catalogue, ["absent.csv"], {}),
    (list_products, [], {}),
    (search_products, ["mug"], {}),
    (delete_product, ["mug"], {}),
    (cart_table, [], {"cart": "guest"}),
    (catalogue_table, [], {}),
    (key_table, [CART], {}),
]
POISONS = [
    ("SET", "theirs"), ("SET", ""), ("SET", "9" * 400), ("SET", "-1"), ("SET", "0"), ("SET", "[]"),
    ("SET", "1e999"), ("SET", "{" * 2000), ("SET", b"\xff\xfe"), ("RPUSH", "a", "b"), ("SADD", "a"),
    ("SADD", b"\xff"), ("SADD", "", "a" * 500, "{"), ("HSET", "name", "x"), ("HSET", "price", "x"),
    ("HSET", "mug", "03"), ("HSET", "mug", "1.5"), ("HSET", b"\xff", b"\xff"),
    ("HSET", "name", "x", "price", "9e999999"), ("HSET", "name", b"\xff", "price", "1"),
    ("ZADD", "2.5", "mug"), ("ZADD", "inf", "mug"), ("ZADD", "-inf", "mug"), ("ZADD", "-3", "mug"),
    ("ZADD", "0", "mug"), ("ZADD", "1e300", "mug"), ("ZADD", str(2**53), "mug"),
    ("ZADD", "1", b"\xff"), ("ZADD", "1", ""), ("ZADD", "1", "a" * 500), ("XADD", "*", "a", "b"),
]  # fmt: skip
numbers = st.integers(0, len(CALLS) - 1)
READ = {
    "string": ["GET"],
    "list": ["LRANGE", 0, -1],
    "set": ["SMEMBERS"],
    "hash": ["HGETALL"],
    "zset": ["ZRANGE", 0, -1, "WITHSCORES"],
    "stream": ["XRANGE", "-", "+"],
}
few = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def fill(client):
    """Write a small shop."""
    delete(client, find(client, OURS))
    client.sadd("products", "mug", "pen")
    client.hset("product:mug", mapping={"name": "Mug", "price": "9.50"})
    client.hset("product:pen", mapping={"name": "Pen", "price": "1.20"})
    client.zadd(CART, {"mug": 3, "pen": 1})
    client.zadd(DEADLINES, {"pen": time.time() + 1000})
    client.hset(STOCK, mapping={"mug": 5, "pen": 5})


def contents(client):
    """Return what the keys hold, bytes that are no text included, and when they end.

    A line of the cart whose deadline has passed is left out: nobody sees it any more.
    """
    found = {}
    for key in find(client, OURS):
        words = READ[client.type(key)]
        reply = client.execute_command(words[0], key, *words[1:], **{NEVER_DECODE: []})
        if words[0] == "ZRANGE":
            reply = dict(zip(reply[::2], map(float, reply[1::2]), strict=True))
        reply = reply if isinstance(reply, dict) else sorted(map(repr, reply or []))
        found[key] = [reply, client.pexpiretime(key)]
    lines, deadlines = (found.get(key, [None])[0] for key in (CART, DEADLINES))
    if isinstance(lines, dict) and isinstance(deadlines, dict):
        now = time.time()
        for item in [item for item in lines if float(deadlines.get(item, now + 1)) <= now]:
            del lines[item]
    return found


def check(client, call):
    """Do a call: what it refuses, it leaves alone. Nothing but a CartError comes out of it."""
    before = contents(client)
    try:
        call()
    except CartConnectionError as error:
        raise AssertionError("the server was not at fault") from error
    except CartError as error:
        assert str(error) and len(str(error)) < 1000
        assert contents(client) == before


@few
@given(number=numbers, which=st.integers(0, 3), value=odd)
def test_odd_argument(client, number, which, value):
    function, args, options = CALLS[number]
    names = [*range(len(args)), *options]
    if not names:
        return
    name, args, options = names[which % len(names)], [*args], {**options}
    (args if isinstance(name, int) else options)[name] = ODD[value]
    fill(client)
    check(client, lambda: function(client, *args, **options))


@few
@given(
    key=st.sampled_from(KEYS),
    poison=st.sampled_from(POISONS),
    number=st.integers(0, len(CALLS) - 1),
)
def test_poisoned_key(client, key, poison, number):
    function, args, options = CALLS[number]
    fill(client)
    client.delete(key)
    client.execute_command(poison[0], key, *poison[1:])
    check(client, lambda: function(client, *args, **options))
