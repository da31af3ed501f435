"""add_once(): once for each request id, however often and by whomever it is sent."""

import json
import os
import subprocess
import sys

import pytest
from backends import OURS, before_exec, connect_like, delete, find, wait_until
from faults import KINDS, Fault
from redis.cluster import RedisCluster

from cartlib import (
    CartConnectionError,
    CartDataError,
    InvalidNameError,
    InvalidQuantityError,
    ProductNotFoundError,
    RequestReusedError,
    add_to_cart,
    connect,
    remove_from_cart,
)
from cartlib.expiry import expire_cart, expire_item
from cartlib.lab.trace import Trace
from cartlib.shop.once import REQUEST_KEPT, add_once

CART, NOTED = "cart:{guest}", "cart:{guest}:request:r1"
REQUESTS = int(os.environ.get("CARTLIB_TEST_ROUNDS", "25"))
PROCESSES, TIMES, CUTS, LIMIT = 8, 3, 0.03, 60
SENDER = """
import json, random, sys
from unittest.mock import patch
from cartlib import CartConnectionError, connect
from cartlib.shop.once import add_once
from cartlib.timed_pool import _TimedSocket
seed, requests, times = map(int, sys.argv[1:4])
cuts = float(sys.argv[4])
chance, cut = random.Random(seed), [0]
def sendall(sock, data):
    kind = chance.choice(["before", "half", "after"]) if chance.random() < cuts else None
    cut[0] += kind is not None
    if kind != "before":
        sock._sock.sendall(bytes(data)[: len(data) // 2] if kind == "half" else data)
    if kind == "after":
        sock._sock.recv(1)  # so the server has done it
    if kind:
        raise ConnectionResetError(104, "Connection reset by peer")
def send(client, number):
    while True:
        try:
            return add_once(client, "mug", 1, request_id=f"r{number}")
        except CartConnectionError:
            pass
with connect(url=sys.stdin.readline().strip(), timeout=60) as client:
    order = list(range(requests)) * times
    chance.shuffle(order)
    with patch.object(_TimedSocket, "sendall", sendall, create=True):
        seen = [send(client, number) for number in order]
print(json.dumps([cut[0], max(seen)]), flush=True)
"""


def test_add_once_adds_and_notes(shop):
    assert add_once(shop, "mug", 2, request_id="r1") == 2
    assert shop.zrange(CART, 0, -1, withscores=True) == [("mug", 2)]
    assert shop.get(NOTED) == "2 mug"
    assert REQUEST_KEPT - 5 <= shop.ttl(NOTED) <= REQUEST_KEPT


def test_add_once_again(shop, kit_keys):
    add_once(shop, "mug", 2, request_id="r1")
    before = kit_keys()
    assert [add_once(shop, "mug", 2, request_id="r1") for _ in range(3)] == [2, 2, 2]
    assert kit_keys() == before


def test_add_once_again_tells_the_quantity_of_now(shop):
    add_once(shop, "mug", 2, request_id="r1")
    add_to_cart(shop, "mug", 5)
    assert add_once(shop, "mug", 2, request_id="r1") == 7
    remove_from_cart(shop, "mug")
    assert add_once(shop, "mug", 2, request_id="r1") == 0
    assert shop.exists(CART) == 0


def test_add_once_other_ids_and_carts_add(shop):
    assert [add_once(shop, "mug", 1, request_id=f"r{n}") for n in (1, 2)] == [1, 2]
    assert add_once(shop, "mug", 1, request_id="r1", cart="ann") == 1


def test_add_once_does_all_that_an_add_does(shop):
    expire_cart(shop, 600)
    add_to_cart(shop, "mug", 1)
    expire_item(shop, "mug", 60)
    shop.expire(CART, 5)
    assert add_once(shop, "mug", 1, request_id="r1") == 2
    assert shop.ttl(CART) > 500
    assert shop.zscore("cart:{guest}:deadlines", "mug") is None


def test_add_once_forgets_an_expired_line(shop):
    shop.zadd(CART, {"mug": 9})
    shop.zadd("cart:{guest}:deadlines", {"mug": 1})
    assert add_once(shop, "mug", 2, request_id="r1") == 2


def test_add_once_publishes_once(shop):
    with shop.pubsub() as listener:
        listener.subscribe("cart:{guest}:events")
        wait_until(lambda: listener.get_message(timeout=0.1))
        for _ in range(3):
            add_once(shop, "mug", 2, request_id="r1")
        shop.publish("cart:{guest}:events", "end")
        heard = []
        wait_until(lambda: heard.append(listener.get_message(timeout=1)) or "end" in str(heard[-1]))
    assert sum("mug" in str(message) for message in heard) == 1


@pytest.mark.parametrize("product_id, quantity", [("mug", 3), ("lamp", 2)])
def test_add_once_reused_id(shop, product_id, quantity, refused):
    add_once(shop, "mug", 2, request_id="r1")
    with refused(RequestReusedError) as caught:
        add_once(shop, product_id, quantity, request_id="r1")
    error = caught.value
    assert (error.request_id, error.product_id, error.quantity) == ("r1", "mug", "2")
    assert "2 of 'mug'" in str(error)


def test_add_once_refused_can_be_sent_again(shop):
    with pytest.raises(ProductNotFoundError):
        add_once(shop, "unicorn", 1, request_id="r1")
    assert shop.exists(NOTED) == 0
    assert add_once(shop, "mug", 1, request_id="r1") == 1


@pytest.mark.parametrize("request_id", ["", None, 5, "x" * 129])
def test_add_once_bad_request_id(shop, request_id, unsent):
    with unsent(InvalidNameError) as caught:
        add_once(shop, "mug", 1, request_id=request_id)
    assert caught.value.what == "request"


def test_add_once_bad_quantity(shop, bad_quantity, unsent):
    with unsent(InvalidQuantityError):
        add_once(shop, "mug", bad_quantity, request_id="r1")


def test_add_once_wrong_type(shop, refused):
    shop.hset(NOTED, "a", 1)
    with refused(CartDataError) as caught:
        add_once(shop, "mug", 1, request_id="r1")
    assert caught.value.key == NOTED


def test_add_once_at_the_same_time(shop, monkeypatch):
    """Somebody else sends the same request between the look and the add."""
    with connect_like(shop) as other:
        tries = before_exec(shop, monkeypatch, lambda: add_once(other, "mug", 2, request_id="r1"))
        assert add_once(shop, "mug", 2, request_id="r1") == 2
    assert len(tries) == 1 and shop.zscore(CART, "mug") == 2


def test_add_once_round_trips(shop):
    more = isinstance(shop, RedisCluster)
    with Trace(shop) as trace:
        add_once(shop, "mug", 2, request_id="r1")
    assert trace.round_trips == 4 + more
    with Trace(shop) as trace:
        add_once(shop, "mug", 2, request_id="r1")
    assert (trace.round_trips, trace.commands[-1].name) == (4, "UNWATCH")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", ["server", "cluster"])
def test_add_once_sent_again_after_any_fault(shape, kind, request):
    place, at, happened = request.getfixturevalue(shape), 0, True
    while happened:
        at += 1
        with connect(place.host, place.port, timeout=5) as client:
            delete(client, find(client, OURS))
            client.hset("product:mug", mapping={"name": "Mug", "price": "1.00"})
            told = None
            with Fault(kind, at) as fault:
                try:
                    add_once(client, "mug", 2, request_id="r1")
                except CartConnectionError as error:
                    told = error
            happened, held = fault.happened, client.zscore(CART, "mug")
            if told and not told.outcome_unknown:
                assert held is None
            if told is None:
                assert held == 2
            assert add_once(client, "mug", 2, request_id="r1") == 2
            assert client.zscore(CART, "mug") == 2
            delete(client, find(client, OURS))
    assert at > 3


@pytest.mark.parametrize("shape", ["server", "cluster"])
def test_eight_processes_send_each_request_three_times(shape, request):
    """For a long run: CARTLIB_TEST_ROUNDS=1000, and this file alone."""
    url = request.getfixturevalue(shape).url
    with connect(url=url) as client:
        delete(client, find(client, OURS))
        client.hset("product:mug", mapping={"name": "Mug", "price": "1.00"})
        numbers = map(str, (REQUESTS, TIMES, CUTS))
        arguments = list(numbers)
        senders = [
            subprocess.Popen(
                [sys.executable, "-c", SENDER, str(seed), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for seed in range(PROCESSES)
        ]
        for sender in senders:
            sender.stdin.write(f"{url}\n")
            sender.stdin.flush()
        told = [json.loads(s.communicate(timeout=LIMIT + REQUESTS)[0]) for s in senders]
        held, noted = client.zscore(CART, "mug"), len(find(client, [f"{CART}:request:r*"]))
        delete(client, find(client, OURS))
    assert held == REQUESTS == noted == max(most for _, most in told)
    assert sum(cut for cut, _ in told) > PROCESSES
