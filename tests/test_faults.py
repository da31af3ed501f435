"""Every function meets every fault at each of its packets: what it tells is what the keys show.

Then many calls meet faults at random. For a long run: CARTLIB_TEST_ROUNDS=10000, and this file.
"""

import json
import os
import random
import subprocess
import tempfile
import threading
import time
from collections import Counter

import fakeredis
import pytest
import redis
from backends import OURS, PROGRAMS, READ, delete, find, readable, wait_until
from faults import KINDS, Fault

from cartlib import (
    CartConnectionError,
    CartError,
    CheckoutUnknownError,
    add_to_cart,
    connect,
    get_product,
    remove_from_cart,
)
from cartlib.cart import clear_cart, drop_expired, get_cart_items
from cartlib.catalogue import delete_product, list_products, load_catalogue, search_products
from cartlib.checkout import checkout, get_stock, set_stock, settle_order
from cartlib.connection import describe
from cartlib.expiry import cart_ttl, expire_cart, expire_item, item_ttls
from cartlib.failures import transact
from cartlib.views import cart_table, key_table

CART, DEADLINES, STOCK = "cart:{guest}", "cart:{guest}:deadlines", "stock:{guest}"
PRODUCTS = ["product:mug", "product:pen", "product:bowl"]
CSV = "product_id,name,price,category\nmug,New mug,10,\nbowl,Bowl,7.50,\n"
CHANGES = {
    "add": lambda client, csv: add_to_cart(client, "mug", 2),
    "remove": lambda client, csv: remove_from_cart(client, "mug"),
    "remove_part": lambda client, csv: remove_from_cart(client, "mug", quantity=1),
    "clear": lambda client, csv: clear_cart(client),
    "expire_cart": lambda client, csv: expire_cart(client, 100),
    "keep_cart": lambda client, csv: expire_cart(client, None),
    "expire_item": lambda client, csv: expire_item(client, "mug", 60),
    "keep_item": lambda client, csv: expire_item(client, "pen", None),
    "set_stock": lambda client, csv: set_stock(client, {"mug": 9}),
    "checkout": lambda client, csv: checkout(client),
    "load_catalogue": lambda client, csv: load_catalogue(client, csv),
    "delete_product": lambda client, csv: delete_product(client, "mug"),
}
LOOKS = {
    "get_product": lambda client: get_product(client, "mug"),
    "get_cart_items": get_cart_items,
    "list_products": list_products,
    "search_products": lambda client: search_products(client, "m"),
    "cart_table": lambda client: cart_table(client).to_dict(),
    "cart_ttl": lambda client: cart_ttl(client) // 100,
    "item_ttls": lambda client: list(item_ttls(client)),
    "get_stock": get_stock,
    "key_table": lambda client: key_table(client, CART).to_dict(),
    "describe": describe,
}
CALLS = int(os.environ.get("CARTLIB_TEST_ROUNDS", "150"))
KILLS = max(3, CALLS // 50)
WRITES = [b"EXEC", b"HSET", b"HINCRBY", b"ZINCRBY", b"ZADD", b"SADD", b"SREM", b"$3\r\nDEL"]
IN_PARTS = ["load_catalogue", "delete_product"]  # no MULTI can hold these together on a cluster


@pytest.fixture(params=["server", "cluster"])
def client(request, server_kind):
    """A client of one server, and of a cluster, whose connections can be cut."""
    with connect(url=request.getfixturevalue(request.param).url) as client:
        yield client
        delete(client, find(client, OURS))


@pytest.fixture
def csv(tmp_path):
    """The path of a small catalogue."""
    path = tmp_path / "products.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


def fill(client, expired=False):
    """Let the keys be a small shop: what each call finds."""
    delete(client, find(client, OURS))
    pipe = client.pipeline(transaction=False)
    pipe.sadd("products", "mug", "pen", "lamp")
    for product_id, price in [("mug", "9.50"), ("pen", "1.20"), ("lamp", "45.00")]:
        pipe.hset(f"product:{product_id}", mapping={"name": product_id, "price": price})
    pipe.zadd(CART, {"mug": 3, "pen": 1, "lamp": 2})
    pipe.zadd(DEADLINES, {"pen": time.time() + 1000})
    if expired:
        pipe.zadd(DEADLINES, {"lamp": time.time() - 10})
    pipe.set("cart:{guest}:session", 1000, ex=1000)
    pipe.expire(CART, 1000)
    pipe.hset(STOCK, mapping={"mug": 5, "pen": 5, "lamp": 5})
    pipe.execute()
    with client.pipeline(transaction=True) as pipe:  # so that all connections are there
        pipe.watch(CART)
        for key in (CART, "products", "product:lamp", *PRODUCTS):
            client.exists(key)


def state(client):
    """Return what the keys hold, without what differs from run to run: times and order ids."""
    hashes, orders = [*PRODUCTS, STOCK], find(client, ["cart:*:order:*"])
    pipe = client.pipeline(transaction=False)
    for key in hashes:
        pipe.hgetall(key)
    pipe.smembers("products")
    pipe.zrange(CART, 0, -1, withscores=True)
    pipe.zrange(DEADLINES, 0, -1)
    pipe.get("cart:{guest}:session")
    pipe.ttl(CART)
    for key in orders:
        pipe.get(key)
    replies = pipe.execute()
    found = dict(zip(hashes, replies, strict=False))
    products, lines, deadlines, session, ttl, *orders = replies[len(hashes) :]
    return found | {
        "products": products,
        "lines": lines,
        "deadlines": deadlines,
        "session": session,
        "ttl": (ttl + 50) // 100,
        "orders": sorted(json.loads(text)["total"] for text in orders if text),
    }


def told(call, *args):
    """Return what a call tells: "done", "untouched" or "unknown"; and its error, if any."""
    try:
        call(*args)
    except CartConnectionError as error:
        assert ("outcome is unknown" in str(error)) <= error.outcome_unknown
        return ("unknown" if error.outcome_unknown else "untouched"), error
    return "done", None


def is_part(now, before, after):
    """Tell whether each key is as it was before or after."""
    return all(now[key] in (before[key], after[key]) for key in now)


@pytest.mark.parametrize("name", CHANGES)
def test_change_tells_what_the_keys_show(client, csv, name):
    fill(client)
    before = state(client)
    CHANGES[name](client, csv)
    after = state(client)
    assert before != after
    outcomes = set()
    for kind in KINDS:
        at = 0
        while True:
            at += 1
            fill(client)
            with Fault(kind, at) as fault:
                outcome, error = told(CHANGES[name], client, csv)
            now = state(client)
            if not fault.happened:
                assert outcome == "done" and now == after
                break
            outcomes.add(outcome)
            expected = {"done": [after], "untouched": [before], "unknown": [before, after]}
            in_part = name in IN_PARTS and outcome == "unknown" and is_part(now, before, after)
            assert now in expected[outcome] or in_part, (kind, at, outcome)
            if outcome == "unknown":
                assert not any(word in fault.later for word in WRITES), fault.later
            if name == "checkout" and outcome == "untouched":
                assert b"EXEC" not in fault.later  # it does not go on
            if name == "checkout" and outcome == "unknown":
                order = settle_order(client, error.order_id)
                assert (now == after) == (order is not None)
                if order:
                    assert str(order["total"]) == after["orders"][0]
        fill(client)
        CHANGES[name](client, csv)  # the same client, with no fault any more
        assert state(client) == after
    assert "unknown" in outcomes


@pytest.mark.one_kind  # what it tries is our client: the server only answers
@pytest.mark.parametrize("name", LOOKS)
def test_look_with_a_fault_changes_nothing(client, name):
    for expired in (False, True):
        fill(client, expired)
        before, found, after = state(client), LOOKS[name](client), state(client)
        swept = {"lines", "deadlines"} if expired else set()
        assert {key for key in after if after[key] != before[key]} <= swept
        for kind in KINDS:
            at = 0
            while True:
                at += 1
                fill(client, expired)
                before = state(client)
                with Fault(kind, at) as fault:
                    outcome, error = told(LOOKS[name], client)
                assert is_part(state(client), before, after)  # what has expired may be swept
                assert outcome in ("done", "untouched")
                if not fault.happened:
                    break
            assert LOOKS[name](client) == found


@pytest.mark.parametrize("kind", KINDS)
def test_work_under_watch_is_done_once(client, kind):
    """redis-py tells a lost connection as a changed key: client.transaction() would add again."""

    def add(pipe):
        pipe.multi()
        pipe.hincrby(STOCK, "mug", 1)
        return pipe.execute()

    for at in range(1, 4):
        fill(client)
        with Fault(kind, at) as fault:
            try:
                done = transact(client, add, STOCK)
            except (redis.ConnectionError, redis.TimeoutError, redis.WatchError):
                done = None
        pieces = client.hget(STOCK, "mug")
        assert done == [6] and pieces == "6" if not fault.happened else pieces in ("5", "6")


def test_sweep_with_a_fault(client):
    for kind in KINDS:
        for at in range(1, 6):
            fill(client, expired=True)
            before = state(client)
            with Fault(kind, at):
                outcome, _ = told(drop_expired, client)
            now = [product_id for product_id, _ in state(client)["lines"]]
            assert now in (["pen", "lamp", "mug"], ["pen", "mug"])
            assert outcome != "done" or "lamp" not in now
            assert state(client)["orders"] == before["orders"]


class Twin:
    """A pretended server on which nothing fails: it says what a call would leave."""

    def __init__(self, client):
        self._twin = fakeredis.FakeRedis(server=fakeredis.FakeServer(), decode_responses=True)
        self._client = client

    def __enter__(self):
        self._twin.__enter__()
        self.copy()
        return self

    def __exit__(self, *error):
        self._twin.__exit__(*error)

    def copy(self):
        """Let the twin hold what the client's keys hold."""
        delete(self._twin, find(self._twin, OURS))
        for key in find(self._client, OURS):
            kind = self._client.type(key)
            content = readable(kind, READ[kind](self._client, key))
            if kind == "zset":
                self._twin.zadd(key, dict(content))
            elif kind == "set":
                self._twin.sadd(key, *content)
            elif kind == "hash":
                self._twin.hset(key, mapping=content)
            else:
                self._twin.set(key, content)
            if (end := self._client.pexpiretime(key)) > 0:
                self._twin.pexpireat(key, end)

    def follow(self, call, csv):
        """Do a call here, too; return the state before and after it."""
        before = state(self._twin)
        try:
            call(self._twin, csv)
        except CartError as error:
            assert not isinstance(error, CartConnectionError)
        return before, state(self._twin)


def follow_up(client, twin, name, csv, call):
    """Do a call, on the twin as well; assert that what it tells is what the keys show."""
    before, after = twin.follow(CHANGES[name], csv)
    try:
        outcome, error = told(call, client, csv)
    except CartError as refused:  # an empty cart, or what else is no fault of the server
        assert before == after, refused
        return "refused", None
    return outcome, lambda: settle(client, twin, name, (before, after), outcome, error)


def settle(client, twin, name, states, outcome, error):
    """Look at the keys, now that the client can reach them."""
    (before, after), now = states, state(client)
    expected = {"done": [after], "untouched": [before], "unknown": [before, after]}[outcome]
    in_part = name in IN_PARTS and outcome == "unknown" and is_part(now, before, after)
    assert now in expected or in_part, (name, outcome, error)
    if isinstance(error, CheckoutUnknownError):
        assert (settle_order(client, error.order_id) is not None) == (now == after)
    if now != after:
        twin.copy()


def test_random_faults(client, csv):
    """Many calls, one after the other, each with a fault at a packet at random."""
    chance, seen = random.Random(1), Counter()
    fill(client)
    with Twin(client) as twin:
        for number in range(CALLS):
            if number % 20 == 0:
                fill(client)
                twin.copy()
            name = chance.choice(list(CHANGES))
            with Fault(chance.choice(KINDS), chance.randint(1, 12)):
                outcome, look = follow_up(client, twin, name, csv, CHANGES[name])
            if look:
                look()
            seen[outcome] += 1
    assert set(seen) == {"done", "untouched", "unknown", "refused"}
    print(dict(seen))


class Mortal:
    """A server that writes each change to its disk, is killed, and comes back."""

    def __init__(self, program, folder):
        self._command = [program, "--port", "0", "--unixsocket", f"{folder}/redis.sock"]
        self._command += ["--dir", str(folder), "--save", "", "--appendonly", "yes"]
        self._command += ["--appendfsync", "always", "--logfile", f"{folder}/log"]
        self.url = f"unix://{folder}/redis.sock"

    def start(self):
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(self._command)
        wait_until(self._answers)

    def _answers(self):
        try:
            with connect(url=self.url) as client:
                return client.ping()
        except (CartConnectionError, redis.BusyLoadingError):
            return False

    def kill(self):
        """Kill it, whatever it does; nobody is asked."""
        self._process.kill()
        self._process.wait(20)


@pytest.mark.skipif(os.name == "nt", reason="no such sockets here")
def test_server_that_is_killed_at_random(server, server_kind, tmp_path_factory, csv):
    chance, seen = random.Random(2), Counter()
    with tempfile.TemporaryDirectory() as folder:  # short enough for the path of a socket
        mortal = Mortal(PROGRAMS[server_kind], folder)
        mortal.start()
        try:
            with connect(url=mortal.url) as client, Twin(client) as twin:
                fill(client)
                twin.copy()
                for _ in range(KILLS):
                    killer = threading.Timer(chance.uniform(0, 0.02), mortal.kill)
                    killer.start()
                    while True:
                        name = chance.choice(list(CHANGES))
                        outcome, look = follow_up(client, twin, name, csv, CHANGES[name])
                        seen[outcome] += 1
                        if outcome in ("unknown", "untouched"):
                            break
                    killer.join()
                    mortal.start()
                    look()
                    fill(client)
                    twin.copy()
        finally:
            mortal.kill()
    assert seen["unknown"] + seen["untouched"] == KILLS
    print(dict(seen))
