"""Orders in a stream: whoever dies, each is done at least once, and its effect happens once."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter

import pytest
from backends import OURS, before_exec, connect_like, delete, find, wait_until
from faults import KINDS, Fault
from redis.cluster import RedisCluster

from cartlib import (
    CartConnectionError,
    CartDataError,
    CartError,
    InvalidNameError,
    InvalidOrderError,
    connect,
)
from cartlib.failures import address
from cartlib.lab.trace import Trace
from cartlib.shop.orders import (
    DONE_KEPT,
    GROUP,
    Order,
    finish_order,
    open_group,
    orders_aside,
    orders_of,
    pending_orders,
    place_order,
    read_orders,
    take_over,
)

ORDERS, ASIDE, PACKED = "shop:{orders}", "shop:{orders}:aside", "shop:{orders}:packed"
PLACED = int(os.environ.get("CARTLIB_TEST_ROUNDS", "200"))
WORKERS, POISONED, DEATHS, TRIES, IDLE, LIMIT = 4, 1, 0.015, 8, 0.1, 60  # the last two: seconds
KEEPER = """
import os, random, signal, sys
from unittest.mock import patch
from cartlib import connect
from cartlib.shop import orders
from cartlib.timed_pool import _TimedSocket
name, deaths, idle = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
orders.TRIES, url, killed = int(sys.argv[4]), sys.stdin.readline().strip(), 0
def die():
    os.kill(os.getpid(), signal.SIGKILL)
def sendall(sock, data):
    fate = chance.choice(["before", "half", "after"]) if chance.random() < deaths else None
    if fate != "before":
        sock._sock.sendall(bytes(data)[: len(data) // 2] if fate == "half" else data)
    if fate == "after":
        sock._sock.recv(1)  # so the server has done it
    if fate:
        die()
def do(client, worker, order):
    def effect(pipe):
        for item, pieces in order.order.items():
            pipe.hincrby("shop:{orders}:packed", item, pieces)
    os.write(1, f"{order.entry_id}\\n".encode())
    if "poison" in order.order:
        die()
    orders.finish_order(client, worker, order.entry_id, effect=effect)
def work(worker):
    with connect(url=url, timeout=60) as client, patch.object(
        _TimedSocket, "sendall", sendall, create=True
    ):
        mine = orders.orders_of(client, worker)
        while mine or client.xlen("shop:{orders}"):
            for order in mine:
                do(client, worker, order)
            mine = orders.take_over(client, worker, idle=idle, count=1)
            mine = mine or orders.read_orders(client, worker, wait=0.02)
while True:
    chance = random.Random(f"{name} {killed}")
    child = os.fork()
    if not child:
        work(f"{name}-{killed // 2}")  # each second one comes back under the name of the dead
        os._exit(0)
    if not os.waitpid(child, 0)[1]:
        break
    killed += 1
print("killed", killed, flush=True)
"""


def hand_out(client, times, worker="ann", entry_id=None):
    """Let workers take what lies there until it was handed out so many times in all."""
    for number in range(times):
        if entry_id:
            client.xclaim(ORDERS, GROUP, f"{worker}{number}", 0, [entry_id])
        elif number == 0:
            read_orders(client, f"{worker}0")
        else:
            take_over(client, f"{worker}{number}", idle=0)


def test_place_order_appends(client):
    first, second = (place_order(client, {"mug": n, "Größe": [1.5]}) for n in (1, 2))
    entries = client.xrange(ORDERS)
    assert [entry_id for entry_id, _ in entries] == [first, second]
    assert [json.loads(fields.pop("order")) for _, fields in entries] == [
        {"mug": 1, "Größe": [1.5]},
        {"mug": 2, "Größe": [1.5]},
    ]
    assert [fields for _, fields in entries] == [{}, {}]


NO_ORDERS = [None, [1], "{}", {"mug": {1}}, {"mug": float("nan")}, {1: "mug"}, {"mug": (1,)}]


@pytest.mark.parametrize("order", NO_ORDERS, ids=repr)
def test_place_order_bad_order(client, order, unsent):
    with unsent(InvalidOrderError) as caught:
        place_order(client, order)
    assert caught.value.order is order


def test_place_order_nested_too_deep(client, unsent):
    order = {}
    for _ in range(100_000):
        order = {"a": order}
    with unsent(CartError):
        place_order(client, order)


def test_open_group_begins_with_the_oldest(client):
    entry_id = place_order(client, {"mug": 1})
    assert [open_group(client), open_group(client)] == [True, False]
    assert read_orders(client, "ann") == [Order(entry_id, {"mug": 1}, 1)]


def test_open_group_without_orders(client):
    assert open_group(client)
    assert (client.type(ORDERS), client.xlen(ORDERS)) == ("stream", 0)
    assert [group["name"] for group in client.xinfo_groups(ORDERS)] == ["packers"]


def test_open_group_again_forgets_nothing(client):
    place_order(client, {"mug": 1})
    read_orders(client, "ann")
    open_group(client)
    assert len(pending_orders(client)) == 1
    assert read_orders(client, "bob") == []


def test_read_orders_shares(client):
    ids = [place_order(client, {"mug": n}) for n in (1, 2, 3)]
    assert [order.entry_id for order in read_orders(client, "ann")] == ids[:1]
    assert [order.order for order in read_orders(client, "bob", count=5)] == [
        {"mug": 2},
        {"mug": 3},
    ]
    assert read_orders(client, "ann") == []
    assert [row["worker"] for row in pending_orders(client)] == ["ann", "bob", "bob"]
    assert client.xlen(ORDERS) == 3


def test_read_orders_opens_the_group(client):
    assert read_orders(client, "ann") == []
    place_order(client, {"mug": 1})
    client.xgroup_destroy(ORDERS, GROUP)
    assert len(read_orders(client, "ann")) == 1


def test_read_orders_waits(client):
    open_group(client)
    begin = time.monotonic()
    with Trace(client) as trace:
        assert read_orders(client, "ann", wait=0.2) == []
    assert time.monotonic() - begin > 0.15
    assert "BLOCK 200 " in str(trace.commands[-1])


def test_read_orders_waits_less_than_the_time_out(client):
    if address(client) == "fakeredis":
        pytest.skip("fakeredis has no time-out")
    open_group(client)
    with connect_like(client) as other:
        assert read_orders(other, "ann", wait=100) == []


def test_read_orders_gets_what_comes_while_it_waits(server):
    with connect(server.host, server.port) as client:
        delete(client, find(client, OURS))
        open_group(client)
        code = "\n".join(
            [
                "import sys; from cartlib import connect; from cartlib.shop import orders",
                "client = connect(url=sys.argv[1], timeout=60)",
                "print('up', flush=True)",
                "print(len(orders.read_orders(client, 'ann', wait=20)), flush=True)",
            ]
        )
        reader = subprocess.Popen(
            [sys.executable, "-c", code, server.url], stdout=subprocess.PIPE, text=True
        )
        assert reader.stdout.readline() == "up\n"
        wait_until(lambda: client.info("clients")["blocked_clients"])
        place_order(client, {"mug": 1})
        assert reader.communicate(timeout=LIMIT)[0] == "1\n"
        delete(client, find(client, OURS))


@pytest.mark.parametrize("worker", ["", None, 5, "x" * 129, "\ud800"], ids=lambda w: repr(w)[:9])
@pytest.mark.parametrize(
    "call",
    [
        read_orders,
        orders_of,
        lambda client, worker: take_over(client, worker, idle=1),
        lambda client, worker: finish_order(client, worker, "1-0"),
    ],
    ids=["read", "of", "take", "finish"],
)
def test_orders_bad_worker(client, call, worker, unsent):
    with unsent(InvalidNameError) as caught:
        call(client, worker)
    assert caught.value.what == "worker"


@pytest.mark.parametrize("count", [0, -1, 1001, 1.5, True, "3"], ids=repr)
def test_orders_bad_count(client, count, unsent):
    with unsent(CartError):
        read_orders(client, "ann", count=count)
    with unsent(CartError):
        take_over(client, "ann", idle=1, count=count)


@pytest.mark.parametrize("seconds", [-1, True, "3", None, float("nan"), float("inf")], ids=repr)
def test_orders_bad_seconds(client, seconds, unsent):
    with unsent(CartError):
        read_orders(client, "ann", wait=seconds)
    with unsent(CartError):
        take_over(client, "ann", idle=seconds)


@pytest.mark.parametrize(
    "entry_id", ["", "1", "1-", "x-0", "01-0", "1-0 ", "1-" + "9" * 20, None, 1]
)
def test_finish_order_bad_entry_id(client, entry_id, unsent):
    with unsent(CartError):
        finish_order(client, "ann", entry_id)


def test_orders_of_are_handed_out_again(client):
    ids = [place_order(client, {"mug": n}) for n in (1, 2, 3)]
    read_orders(client, "ann", count=2)
    read_orders(client, "bob")
    assert orders_of(client, "ann") == [Order(ids[0], {"mug": 1}, 2), Order(ids[1], {"mug": 2}, 2)]
    assert [order.entry_id for order in orders_of(client, "bob")] == ids[2:]
    assert orders_of(client, "cem") == []


def test_orders_of_puts_aside(client):
    entry_id = place_order(client, {"mug": 1})
    read_orders(client, "ann")
    assert [len(orders_of(client, "ann")) for _ in range(3)] == [1, 1, 0]
    assert orders_aside(client) == [Order(entry_id, {"mug": 1}, 4)]


def test_orders_of_forgets_what_was_deleted(client):
    ids = [place_order(client, {"mug": n}) for n in (1, 2)]
    read_orders(client, "ann", count=2)
    client.xdel(ORDERS, ids[0])
    assert [order.entry_id for order in orders_of(client, "ann")] == ids[1:]
    assert [row["entry_id"] for row in pending_orders(client)] == ids[1:]
    assert orders_aside(client) == []


def test_finish_order_says_done(client):
    ids = [place_order(client, {"mug": n}) for n in (1, 2)]
    read_orders(client, "ann", count=2)
    assert finish_order(client, "ann", ids[0]) is True
    assert [entry_id for entry_id, _ in client.xrange(ORDERS)] == ids[1:]
    assert [row["entry_id"] for row in pending_orders(client)] == ids[1:]
    mark = f"shop:{{orders}}:done:{ids[0]}"
    assert client.get(mark) == "ann"
    assert DONE_KEPT - 5 <= client.ttl(mark) <= DONE_KEPT
    assert client.exists(ASIDE, f"shop:{{orders}}:done:{ids[1]}") == 0


def test_finish_order_again(client, kit_keys):
    entry_id = place_order(client, {"mug": 1})
    read_orders(client, "ann")
    assert finish_order(client, "ann", entry_id, effect=lambda pipe: pipe.incr(PACKED)) is True
    before = kit_keys()
    for worker in ("ann", "bob"):
        assert not finish_order(client, worker, entry_id, effect=lambda pipe: pipe.incr(PACKED))
    assert kit_keys() == before


def test_finish_order_that_has_its_mark(client):
    """Whatever brought the entry back: its effect was made."""
    entry_id = place_order(client, {"mug": 1})
    read_orders(client, "ann")
    client.set(f"shop:{{orders}}:done:{entry_id}", "bob")
    assert not finish_order(client, "ann", entry_id, effect=lambda pipe: pipe.incr(PACKED))
    assert client.exists(PACKED) == 0 == client.xlen(ORDERS)
    assert pending_orders(client) == []


@pytest.mark.parametrize("entry_id", ["1-0", "9999999999999999999-0"])
def test_finish_order_unknown(client, entry_id, kit_keys):
    place_order(client, {"mug": 1})
    before = kit_keys()
    assert not finish_order(client, "ann", entry_id, effect=lambda pipe: pipe.incr(PACKED))
    assert kit_keys() == before


def test_finish_order_by_whoever_is_first(client):
    """A slow worker finishes what another has taken over: the other one comes second."""
    entry_id = place_order(client, {"mug": 1})
    read_orders(client, "ann")
    take_over(client, "bob", idle=0)
    assert finish_order(client, "ann", entry_id) is True
    assert finish_order(client, "bob", entry_id) is False
    assert pending_orders(client) == []


def test_finish_order_effect_that_fails_sends_nothing(client, refused):
    entry_id = place_order(client, {"mug": 1})
    read_orders(client, "ann")
    with refused(ZeroDivisionError):
        finish_order(client, "ann", entry_id, effect=lambda pipe: 1 / 0)
    assert len(pending_orders(client)) == 1


def test_finish_order_at_the_same_time(client, monkeypatch):
    """Somebody else finishes the order between the look and the MULTI."""
    entry_id = place_order(client, {"mug": 1})
    read_orders(client, "ann")
    with connect_like(client) as other:

        def other_one():
            assert finish_order(other, "bob", entry_id, effect=lambda pipe: pipe.incr(PACKED))

        tries = before_exec(client, monkeypatch, other_one)
        assert not finish_order(client, "ann", entry_id, effect=lambda pipe: pipe.incr(PACKED))
    assert len(tries) >= 1 and client.get(PACKED) == "1"
    assert client.get(f"shop:{{orders}}:done:{entry_id}") == "bob"


def test_finish_order_while_it_is_put_aside(client, monkeypatch):
    entry_id = place_order(client, {"mug": 1})
    hand_out(client, 3)
    with connect_like(client) as other:
        tries = before_exec(client, monkeypatch, lambda: take_over(other, "bob", idle=0))
        assert not finish_order(client, "ann", entry_id, effect=lambda pipe: pipe.incr(PACKED))
    assert len(tries) >= 1 and client.exists(PACKED) == 0
    assert [order.entry_id for order in orders_aside(client)] == [entry_id]


def test_take_over_hands_out_what_lies_idle(client):
    ids = [place_order(client, {"mug": n}) for n in (1, 2, 3)]
    read_orders(client, "ann", count=2)
    assert take_over(client, "bob", idle=60) == []
    assert take_over(client, "bob", idle=0, count=1) == [Order(ids[0], {"mug": 1}, 2)]
    assert [row["worker"] for row in pending_orders(client)] == ["bob", "ann"]
    assert [row["deliveries"] for row in pending_orders(client)] == [2, 1]


def test_take_over_waits_until_it_is_idle(client):
    place_order(client, {"mug": 1})
    read_orders(client, "ann")
    taken = []
    wait_until(lambda: taken.extend(take_over(client, "bob", idle=0.2)) or taken)
    assert taken[0].deliveries == 2
    assert take_over(client, "cem", idle=60) == []  # from now on it lies in bob's hand


def test_take_over_nothing(client):
    assert take_over(client, "bob", idle=0) == []
    open_group(client)
    assert take_over(client, "bob", idle=0) == []
    place_order(client, {"mug": 1})
    assert take_over(client, "bob", idle=0) == []


def test_take_over_passes_by_many_that_are_not_idle(client):
    """XAUTOCLAIM looks at ten times COUNT entries, and gives up."""
    ids = [place_order(client, {"mug": n}) for n in range(25)]
    read_orders(client, "ann", count=25)
    client.xclaim(ORDERS, GROUP, "ann", 0, ids[-1:], idle=60_000)
    assert [o.entry_id for o in take_over(client, "bob", idle=30, count=1)] == ids[-1:]


def test_take_over_puts_aside_after_three(client):
    entry_id, other = (place_order(client, {item: 1}) for item in ("mug", "pen"))
    hand_out(client, 3)
    client.xreadgroup(GROUP, "ann", {ORDERS: ">"})
    assert take_over(client, "bob", idle=0) == [Order(other, {"pen": 1}, 2)]
    [(_, fields)] = client.xrange(ASIDE)
    assert fields == {"order": '{"mug": 1}', "entry": entry_id, "deliveries": "4"}
    assert orders_aside(client) == [Order(entry_id, {"mug": 1}, 4)]
    assert [row["entry_id"] for row in pending_orders(client)] == [other]
    assert [found for found, _ in client.xrange(ORDERS)] == [other]
    assert client.get(f"shop:{{orders}}:done:{entry_id}") == ""
    assert finish_order(client, "ann", entry_id) is False


def test_take_over_puts_aside_once(client, monkeypatch):
    """Two at the same time have the order in hand: one entry lies aside, and not two."""
    entry_id = place_order(client, {"mug": 1})
    hand_out(client, 3)
    with connect_like(client) as other:
        before_exec(client, monkeypatch, lambda: take_over(other, "cem", idle=0))
        assert take_over(client, "bob", idle=0) == []
    assert [order.entry_id for order in orders_aside(client)] == [entry_id]
    assert pending_orders(client) == []


def test_take_over_when_the_slow_one_finishes(client, monkeypatch):
    entry_id = place_order(client, {"mug": 1})
    hand_out(client, 3)
    with connect_like(client) as other:
        before_exec(client, monkeypatch, lambda: finish_order(other, "ann", entry_id))
        assert take_over(client, "bob", idle=0) == []
    assert orders_aside(client) == [] == pending_orders(client)
    assert client.get(f"shop:{{orders}}:done:{entry_id}") == "ann"


def test_take_over_forgets_what_was_deleted(client):
    ids = [place_order(client, {"mug": n}) for n in (1, 2)]
    read_orders(client, "ann", count=2)
    client.xdel(ORDERS, ids[0])
    assert [order.entry_id for order in take_over(client, "bob", idle=0)] == ids[1:]
    assert [row["entry_id"] for row in pending_orders(client)] == ids[1:]


@pytest.mark.parametrize("fields", [{"order": "{"}, {"order": "[1]"}, {"a": "b"}, {"order": "5"}])
def test_orders_that_nobody_can_read_are_put_aside(client, fields):
    bad = client.xadd(ORDERS, fields)
    good = place_order(client, {"mug": 1})
    assert [order.entry_id for order in read_orders(client, "ann", count=5)] == [good]
    assert orders_aside(client) == [Order(bad, fields, 1)]
    assert [row["entry_id"] for row in pending_orders(client)] == [good]


def test_orders_aside_empty(client):
    assert orders_aside(client) == []


def test_orders_aside_of_somebody_else(client):
    entry_id = client.xadd(ASIDE, {"a": "b"})
    assert orders_aside(client) == [Order(entry_id, {"a": "b"}, 0)]
    client.xadd(ASIDE, {"deliveries": "many"})
    with pytest.raises(CartDataError) as caught:
        orders_aside(client)
    assert caught.value.key == ASIDE


def test_pending_orders(client):
    assert pending_orders(client) == []
    ids = [place_order(client, {"mug": n}) for n in (1, 2)]
    read_orders(client, "ann")
    read_orders(client, "bob")
    client.xclaim(ORDERS, GROUP, "bob", 0, ids[1:], idle=60_000)
    rows = pending_orders(client)
    assert [list(row) for row in rows] == [["entry_id", "worker", "idle", "deliveries"]] * 2
    assert [row["worker"] for row in rows] == ["ann", "bob"]
    assert 0 <= rows[0]["idle"] < 30 and 60 <= rows[1]["idle"] < 90
    assert pending_orders(client)[0]["deliveries"] == 1  # to look is no delivery


@pytest.mark.parametrize(
    "call",
    [
        lambda client: place_order(client, {"mug": 1}),
        open_group,
        lambda client: read_orders(client, "ann"),
        lambda client: orders_of(client, "ann"),
        lambda client: take_over(client, "ann", idle=0),
        lambda client: finish_order(client, "ann", "1-0"),
        pending_orders,
    ],
    ids=["place", "open", "read", "of", "take", "finish", "pending"],
)
def test_orders_wrong_type(client, call, refused, request):
    client.set(ORDERS, "text")
    if address(client) == "fakeredis" and request.node.callspec.id.endswith(("read", "of")):
        pytest.skip("fakeredis falls over XREADGROUP of another type")
    with refused(CartDataError) as caught:
        call(client)
    assert caught.value.key == ORDERS


def test_finish_order_wrong_type_of_the_mark(client, refused):
    entry_id = place_order(client, {"mug": 1})
    read_orders(client, "ann")
    mark = f"shop:{{orders}}:done:{entry_id}"
    client.hset(mark, "a", 1)
    with refused(CartDataError) as caught:
        finish_order(client, "ann", entry_id)
    assert caught.value.key == mark
    assert len(pending_orders(client)) == 1


def test_take_over_wrong_type_aside_loses_nothing(client):
    entry_id = place_order(client, {"mug": 1})
    hand_out(client, 3)
    client.set(ASIDE, "text")
    with pytest.raises(CartDataError) as caught:
        take_over(client, "bob", idle=0)
    assert caught.value.key == ASIDE
    assert [row["entry_id"] for row in pending_orders(client)] == [entry_id]
    assert client.xlen(ORDERS) == 1
    with pytest.raises(CartDataError):
        orders_aside(client)


def trips(client, call):
    with Trace(client) as trace:
        call()
    return trace.round_trips


def test_orders_round_trips(client):
    more = 2 * isinstance(client, RedisCluster)
    entry_id = place_order(client, {"mug": 1})
    open_group(client)
    assert trips(client, lambda: place_order(client, {"mug": 1})) == 1
    assert trips(client, lambda: open_group(client)) == 1
    assert trips(client, lambda: read_orders(client, "ann", count=5)) == 1 + more
    assert trips(client, lambda: read_orders(client, "ann")) == 1 + more
    assert trips(client, lambda: orders_of(client, "bob")) == 1 + more
    assert trips(client, lambda: orders_of(client, "ann")) == 2 + more
    assert trips(client, lambda: take_over(client, "bob", idle=60)) == 1
    assert trips(client, lambda: take_over(client, "bob", idle=0)) == 2
    assert trips(client, lambda: pending_orders(client)) == 1
    assert trips(client, lambda: finish_order(client, "bob", entry_id)) == 3
    assert trips(client, lambda: orders_aside(client)) == 1
    orders_of(client, "bob")
    client.xadd(ORDERS, {"order": "{"})
    assert trips(client, lambda: read_orders(client, "ann")) == 1 + more + 4


def test_finish_order_is_one_multi(client):
    entry_id = place_order(client, {"mug": 1})
    read_orders(client, "ann")
    with Trace(client) as trace:
        finish_order(client, "ann", entry_id, effect=lambda pipe: pipe.incr(PACKED))
    names = [command.name for command in trace.commands]
    assert names[-6:] == ["MULTI", "INCRBY", "SET", "XACK", "XDEL", "EXEC"]
    assert isinstance(client, RedisCluster) or names[:-6] == ["WATCH", "GET", "XRANGE"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", ["server", "cluster"])
def test_finish_order_called_again_after_any_fault(shape, kind, request):
    place, at, happened = request.getfixturevalue(shape), 0, True
    while happened:
        at += 1
        with connect(place.host, place.port, timeout=5) as client:
            delete(client, find(client, OURS))
            entry_id = place_order(client, {"mug": 1})
            read_orders(client, "ann")
            told = None
            with Fault(kind, at) as fault:
                try:
                    finish(client, entry_id)
                except CartConnectionError as error:
                    told = error
            happened, held = fault.happened, client.get(PACKED)
            if told and not told.outcome_unknown:
                assert held is None
            if told is None:
                assert held == "1"
            finish(client, entry_id)
            assert (client.get(PACKED), client.xlen(ORDERS)) == ("1", 0)
            assert pending_orders(client) == []
            delete(client, find(client, OURS))
    assert at > 3


def finish(client, entry_id):
    finish_order(client, "ann", entry_id, effect=lambda pipe: pipe.incr(PACKED))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", ["server", "cluster"])
def test_take_over_loses_nothing_in_any_fault(shape, kind, request):
    """One order is due to be put aside, one to be handed out: after a second call both are."""
    place, at, happened = request.getfixturevalue(shape), 0, True
    while happened:
        at += 1
        with connect(place.host, place.port, timeout=5) as client:
            delete(client, find(client, OURS))
            poison, other = (place_order(client, {item: 1}) for item in ("mug", "pen"))
            hand_out(client, 3)
            read_orders(client, "ann")
            with Fault(kind, at) as fault:
                try:
                    taken = take_over(client, "bob", idle=0)
                except CartConnectionError:
                    taken = take_over(client, "cem", idle=0)
            happened = fault.happened
            assert [order.entry_id for order in taken] == [other]
            assert [order.entry_id for order in orders_aside(client)] == [poison]
            assert [row["entry_id"] for row in pending_orders(client)] == [other]
            delete(client, find(client, OURS))
    assert at > 3


@pytest.mark.parametrize("shape", ["server", "cluster"])
def test_eight_processes_do_all_orders_though_they_are_killed(shape, request):
    """Four that die at random, and four that start them anew.

    For a long run: CARTLIB_TEST_ROUNDS=5000, and this file alone.
    """
    url, chance = request.getfixturevalue(shape).url, random.Random(5)
    with connect(url=url) as client:
        delete(client, find(client, OURS))
        placed = {}
        for number in range(PLACED + POISONED):
            item = chance.choice(["mug", "pen"]) if number < PLACED else "poison"
            order = {item: chance.randint(1, 3)}
            placed[place_order(client, order)] = order
        told = "".join(let_work(url)).split("\n")
        held = {item: int(n) for item, n in client.hgetall(PACKED).items()}
        marks = len(find(client, [f"{ORDERS}:done:*"]))
        aside = orders_aside(client)
        assert pending_orders(client) == [] and client.xlen(ORDERS) == 0
        delete(client, find(client, OURS))
    wanted = Counter()
    for order in placed.values():
        wanted.update(order)
    assert wanted.pop("poison") and held == wanted
    assert [order.order for order in aside] == list(placed.values())[PLACED:]
    assert set(placed) <= set(told) and marks == len(placed)
    killed = sum(int(line.removeprefix("killed ")) for line in told if "killed" in line)
    assert killed > PLACED * DEATHS + POISONED * TRIES  # each order takes more packets than one


def let_work(url):
    """Return what the keepers and their workers said, when all orders are done."""
    keepers = [
        subprocess.Popen(
            [sys.executable, "-c", KEEPER, f"w{n}", str(DEATHS), str(IDLE), str(TRIES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(WORKERS)
    ]
    for keeper in keepers:
        keeper.stdin.write(f"{url}\n")
        keeper.stdin.flush()
    return [keeper.communicate(timeout=LIMIT + PLACED / 10)[0] for keeper in keepers]
