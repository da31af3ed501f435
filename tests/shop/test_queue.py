"""The queue of orders: first in, first out, and none lost when a worker dies."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal

import pytest
from backends import OURS, delete, find, wait_until
from faults import KINDS, Fault

from cartlib import (
    CartConnectionError,
    CartDataError,
    InvalidNameError,
    InvalidOrderError,
    InvalidWaitError,
    connect,
)
from cartlib.lab.trace import Trace
from cartlib.shop.queue import (
    finish_order,
    orders_in_work,
    put_order,
    recover_orders,
    take_order,
    waiting_orders,
)

QUEUE, WORK = "shop:{queue}", "shop:{queue}:work:ann"
FIRST, SECOND, THIRD = ({"id": f"o{n}", "mug": n} for n in (1, 2, 3))
NO_ORDERS = [
    None,
    "o1",
    ["o1"],
    {"total": Decimal("9.50")},
    {"lines": (1, 2)},
    {1: "mug"},
    {"n": float("nan")},
    {"id": {"o1"}},
]
NO_JSON_OBJECT = ["hm", "", "[1]", "3", '{"id"', "[" * 100_000]


@pytest.fixture
def queue(client):
    """The client, with three orders that wait."""
    for order in (FIRST, SECOND, THIRD):
        put_order(client, order)
    return client


def test_put_order_tells_how_many_wait(client):
    assert [put_order(client, order) for order in (FIRST, SECOND)] == [1, 2]
    assert client.lrange(QUEUE, 0, -1) == ['{"id":"o2","mug":2}', '{"id":"o1","mug":1}']


@pytest.mark.parametrize("order", [{}, {"b": [1, {"c": None}], "a": "Zoë 🏺 \ud800", "d": 1.5}])
def test_an_order_comes_back_as_it_was(client, order):
    put_order(client, order)
    assert waiting_orders(client) == [order]
    assert take_order(client, "ann") == order
    assert finish_order(client, "ann", dict(reversed(order.items()))) is True
    assert find(client, OURS) == []


@pytest.mark.parametrize("order", NO_ORDERS, ids=repr)
def test_bad_order(client, order, unsent):
    with unsent(InvalidOrderError) as caught:
        put_order(client, order)
    assert caught.value.order is order
    with unsent(InvalidOrderError):
        finish_order(client, "ann", order)


def test_bad_order_without_an_end(client, unsent):
    order = {}
    order["itself"] = order
    with unsent(InvalidOrderError):
        put_order(client, order)


def test_take_order_the_oldest_first(queue):
    assert [take_order(queue, name) for name in ("ann", "bob", "ann")] == [FIRST, SECOND, THIRD]
    assert orders_in_work(queue, "ann") == [FIRST, THIRD]
    assert orders_in_work(queue, "bob") == [SECOND]
    assert queue.exists(QUEUE) == 0


def test_take_order_empty(client, kit_keys):
    assert take_order(client, "ann") is None
    assert kit_keys() == {}


def test_take_order_with_a_wait_takes_at_once(queue):
    with Trace(queue) as trace:
        assert take_order(queue, "ann", wait=1.5) == FIRST
    assert trace.commands[-1].words == ("BLMOVE", QUEUE, WORK, "RIGHT", "LEFT", 1.5)
    assert orders_in_work(queue, "ann") == [FIRST]


@pytest.mark.parametrize("shape", ["server", "cluster"])
def test_take_order_waits(shape, request):
    """fakeredis's BLMOVE does not wait where there is no list."""
    place, taken = request.getfixturevalue(shape), []
    with connect(place.host, place.port, timeout=60) as client:
        delete(client, find(client, OURS))
        assert take_order(client, "ann", wait=0.01) is None
        taker = threading.Thread(target=lambda: taken.append(take_order(client, "ann", wait=50)))
        taker.start()
        node = client.get_node_from_key(QUEUE).redis_connection if shape == "cluster" else client
        wait_until(lambda: node.info("clients")["blocked_clients"])
        put_order(client, FIRST)
        taker.join()
        assert (taken, orders_in_work(client, "ann")) == ([FIRST], [FIRST])
        delete(client, find(client, OURS))


@pytest.mark.parametrize("wait", [-1, True, "1", None, float("nan"), float("inf"), 2, 2.0, 10**400])
def test_take_order_bad_wait(client, wait, unsent):
    with unsent(InvalidWaitError) as caught:
        take_order(client, "ann", wait=wait)
    assert caught.value.limit == 2.0
    assert "2 s" in str(caught.value)


@pytest.mark.parametrize("text", NO_JSON_OBJECT, ids=lambda text: text[:9])
def test_take_order_no_order(client, text):
    client.lpush(QUEUE, text)
    with pytest.raises(CartDataError) as caught:
        take_order(client, "ann")
    assert (caught.value.key, caught.value.value) == (WORK, text)
    assert (client.exists(QUEUE), client.lrange(WORK, 0, -1)) == (0, [text])
    assert recover_orders(client, "ann") == 1
    assert client.lrange(QUEUE, 0, -1) == [text]


def test_take_order_no_text(queue):
    queue.rpush(QUEUE, b"\xff")
    with pytest.raises(CartDataError) as caught:
        take_order(queue, "ann")
    assert caught.value.key == WORK
    assert (queue.llen(QUEUE), queue.llen(WORK)) == (3, 1)


def test_lists_with_no_order(queue, refused):
    queue.lpush(QUEUE, "hm")
    queue.lpush(WORK, "hm")
    for key, read in {QUEUE: waiting_orders, WORK: lambda c: orders_in_work(c, "ann")}.items():
        with refused(CartDataError) as caught:
            read(queue)
        assert caught.value.key == key


@pytest.mark.parametrize("key", [QUEUE, WORK])
@pytest.mark.parametrize("wait", [0, 0.5])
def test_take_order_wrong_type(queue, key, wait, refused):
    queue.delete(key)
    queue.set(key, "theirs")
    with refused(CartDataError) as caught:
        take_order(queue, "ann", wait=wait)
    assert caught.value.key == key


@pytest.mark.parametrize("key", [QUEUE, WORK])
def test_recover_orders_wrong_type(queue, key, refused):
    take_order(queue, "ann")
    queue.delete(key)
    queue.set(key, "theirs")
    with refused(CartDataError) as caught:
        recover_orders(queue, "ann")
    assert caught.value.key == key


def test_other_functions_wrong_type(client, refused):
    client.mset({QUEUE: "theirs", WORK: "theirs"})
    calls = {
        lambda: put_order(client, FIRST): QUEUE,
        lambda: waiting_orders(client): QUEUE,
        lambda: finish_order(client, "ann", FIRST): WORK,
        lambda: orders_in_work(client, "ann"): WORK,
    }
    for call, key in calls.items():
        with refused(CartDataError) as caught:
            call()
        assert caught.value.key == key


@pytest.mark.parametrize("worker", ["", None, 5, "x" * 129])
def test_bad_worker(client, worker, unsent):
    calls = [
        lambda: take_order(client, worker),
        lambda: finish_order(client, worker, FIRST),
        lambda: recover_orders(client, worker),
        lambda: orders_in_work(client, worker),
    ]
    for call in calls:
        with unsent(InvalidNameError) as caught:
            call()
        assert caught.value.what == "worker"


def test_finish_order_once(queue):
    take_order(queue, "ann")
    assert [finish_order(queue, "ann", FIRST) for _ in range(2)] == [True, False]
    assert finish_order(queue, "ann", SECOND) is False  # it waits still
    assert waiting_orders(queue) == [SECOND, THIRD]


def test_finish_order_takes_out_one(client):
    for _ in range(2):
        put_order(client, FIRST)
        take_order(client, "ann")
    assert finish_order(client, "ann", FIRST) is True
    assert orders_in_work(client, "ann") == [FIRST]


def test_finish_order_of_another_worker(queue):
    take_order(queue, "ann")
    assert finish_order(queue, "bob", FIRST) is False
    assert orders_in_work(queue, "ann") == [FIRST]


def test_recover_orders_the_oldest_is_next(queue):
    for _ in range(2):
        take_order(queue, "ann")
    assert recover_orders(queue, "ann") == 2
    assert waiting_orders(queue) == [FIRST, SECOND, THIRD]
    assert queue.exists(WORK) == 0


def test_recover_orders_of_one_worker(queue):
    take_order(queue, "ann")
    take_order(queue, "bob")
    assert [recover_orders(queue, "ann") for _ in range(2)] == [1, 0]
    assert waiting_orders(queue) == [FIRST, THIRD]
    assert orders_in_work(queue, "bob") == [SECOND]


def test_recover_orders_at_the_same_time(queue, monkeypatch):
    """Somebody else recovers, takes and puts between the look and the MULTI."""
    for _ in range(2):
        take_order(queue, "ann")
    llen = queue.llen

    def late(key):
        number = llen(key)
        monkeypatch.undo()
        assert recover_orders(queue, "ann") == 2
        assert take_order(queue, "bob") == FIRST
        put_order(queue, {"id": "o4"})
        return number

    monkeypatch.setattr(queue, "llen", late)
    assert recover_orders(queue, "ann") == 0
    assert waiting_orders(queue) == [SECOND, THIRD, {"id": "o4"}]


def test_queue_round_trips(queue):
    calls = [
        (lambda: put_order(queue, FIRST), 1),
        (lambda: take_order(queue, "ann"), 1),
        (lambda: orders_in_work(queue, "ann"), 1),
        (lambda: waiting_orders(queue), 1),
        (lambda: recover_orders(queue, "ann"), 2),
        (lambda: recover_orders(queue, "ann"), 1),
        (lambda: finish_order(queue, "ann", FIRST), 1),
    ]
    for call, trips in calls:
        with Trace(queue) as trace:
            call()
        assert trace.round_trips == trips


STEPS = {
    "take": lambda client: take_order(client, "ann"),
    "wait": lambda client: take_order(client, "ann", wait=1),
    "finish": lambda client: finish_order(client, "ann", FIRST),
    "recover": lambda client: recover_orders(client, "ann"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", ["server", "cluster"])
def test_queue_lost_connection(shape, kind, step, request):
    """Wherever the connection is lost, each order is in just one of the lists, or done."""
    place, at, happened = request.getfixturevalue(shape), 0, True
    while happened:
        at += 1
        with connect(place.host, place.port) as client:
            delete(client, find(client, OURS))
            for order in (FIRST, SECOND, THIRD):
                put_order(client, order)
            if step != "take":
                take_order(client, "ann")
            told = None
            with Fault(kind, at) as fault:
                try:
                    STEPS[step](client)
                except CartConnectionError as error:
                    told = error
            happened = fault.happened
            held = waiting_orders(client) + orders_in_work(client, "ann")
            recover_orders(client, "ann")
            left = waiting_orders(client)
            delete(client, find(client, OURS))
        there = sorted(order["id"] for order in held)
        done = step == "finish" and "o1" not in there
        assert there == ["o1", "o2", "o3"][done:]
        assert told or done == (step == "finish")
        assert not done or told is None or told.outcome_unknown
        assert left == [order for order in (FIRST, SECOND, THIRD) if order in held]
    assert at > 1


ORDERS = 5 * int(os.environ.get("CARTLIB_TEST_ROUNDS", "40"))
WORKERS = 4
WORKER = """
import sys
from cartlib import connect
from cartlib.shop.queue import finish_order, recover_orders, take_order
url, name = sys.stdin.readline().split()
with connect(url=url, timeout=60) as client:
    print("ready", flush=True)
    recover_orders(client, name)
    while True:
        order = take_order(client, name, wait=0.2)
        if order is not None:
            client.hincrby("demo:{done}:times", order["id"], 1)
            client.sadd("demo:{done}:ids", order["id"])
            finish_order(client, name, order)
"""


class Crew:
    """Workers that take the names of the dead: each begins with what its forerunner left."""

    def __init__(self, url):
        self.url, self.running, self.killed, self.spare = url, {}, 0, []

    def __enter__(self):
        for number in range(WORKERS):
            self.hire(f"w{number}")
        return self

    def __exit__(self, *_):
        for worker in [*self.running.values(), *self.spare]:
            worker.kill()
            worker.communicate()

    def hire(self, name):
        """Start a worker, of those who have imported the kit already, and replace the spare one."""
        worker = self.spare.pop(0) if self.spare else start()
        worker.stdin.write(f"{self.url} {name}\n")
        worker.stdin.flush()
        self.running[name] = worker
        self.spare += [start() for _ in range(2 - len(self.spare))]

    def kill(self, name):
        worker = self.running.pop(name)
        assert worker.poll() is None, "it has ended by an error of its own"
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        self.killed += 1


def start():
    return subprocess.Popen(
        [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("shape", ["server", "cluster"])
def test_workers_killed_at_random_lose_no_order(shape, request):
    """For a long run: CARTLIB_TEST_ROUNDS=1000, and this file alone."""
    url, chance, put = request.getfixturevalue(shape).url, random.Random(ORDERS), 0
    with connect(url=url) as client:
        delete(client, find(client, OURS))
        with Crew(url) as crew:
            while put < ORDERS:
                name = chance.choice(sorted(crew.running))
                assert crew.running[name].stdout.readline() == "ready\n"
                for _ in range(min(ORDERS - put, chance.randint(20, 40))):
                    put += 1
                    put_order(client, {"id": f"o{put}"})
                time.sleep(chance.random() / 50)
                crew.kill(name)
                recover_orders(client, name)
                crew.hire(name)
            wait_until(lambda: settled(client))
        assert find(client, ["shop:{queue}*"]) == []
        ids = client.smembers("demo:{done}:ids")
        times = {item: int(n) for item, n in client.hgetall("demo:{done}:times").items()}
        delete(client, find(client, OURS))
    assert crew.killed >= 5
    assert ids == set(times) == {f"o{n}" for n in range(1, ORDERS + 1)}
    assert min(times.values()) >= 1
    print(f"{crew.killed} killed; {sum(times.values()) - ORDERS} times an order was done again")


def settled(client):
    """Tell whether nothing is left; what a killed worker had sent can come late, so ask again."""
    if client.exists(QUEUE):
        return False
    return sum(recover_orders(client, f"w{number}") for number in range(WORKERS)) == 0
