"""Races between threads: what is kept, what it cost, and that every thread ends."""

import signal
import threading

import pytest

from cartlib import CartConnectionError, CartError, connect
from cartlib.errors import shown
from cartlib.lab import races
from cartlib.lab.local_server import start_server
from cartlib.lab.races import CART, ITEM, PRODUCT, WAYS, Race, race
from cartlib.lab.trace import Trace

SAFE = [way for way in WAYS if way != "read_write"]


@pytest.fixture(autouse=True)
def no_thread_left():
    before = threading.active_count()
    yield
    assert threading.active_count() == before


@pytest.fixture
def meet(monkeypatch):
    """A function that lets threads wait for each other, so many times, before they write."""

    def meet(threads, times):
        together, met = threading.Barrier(threads), threading.local()

        def travel():
            met.times = getattr(met, "times", 0) + 1
            if met.times <= times:
                together.wait(10)

        monkeypatch.setattr(races, "_travel", travel)

    return meet


@pytest.mark.parametrize("way", WAYS)
def test_race_alone_keeps_all(client, way, kit_keys):
    trips = {"read_write": 2, "increment": 1, "watch_both": 4, "watch_product": 3}[way]
    assert race(client, way, threads=1, adds=5) == Race(way, 5, 5, 0, 5 * trips)
    assert kit_keys() == {}


@pytest.mark.parametrize("way", SAFE)
def test_race_safe_way_keeps_all(client, way):
    result = race(client, way, threads=4, adds=10)
    assert (result.expected, result.kept) == (40, 40)
    assert result.retries == 0 or way == "watch_both"


def test_race_read_write_loses_adds(client):
    result = race(client, "read_write", threads=8, adds=25)
    assert 0 < result.kept < result.expected == 200


def test_race_of_more_threads_keeps_hardly_more_and_retries_far_more(client):
    four, eight = (race(client, "read_write", threads=threads) for threads in (4, 8))
    assert four.kept < four.expected / 2 and eight.kept < four.kept * 2
    four, eight = (race(client, "watch_both", threads=threads) for threads in (4, 8))
    assert eight.retries > four.retries * 2


def test_race_read_write_that_always_meets_keeps_one_of_two(client, meet):
    client.zadd(CART, {ITEM: 0})
    meet(2, 10)
    assert races._run(client, races.read_write, 2, 10) == 20
    assert client.zscore(CART, ITEM) == 10


def test_race_watch_both_counts_each_retry(client, meet):
    meet(2, 1)
    assert races._run(client, races.watch_both, 2, 1) == 3
    assert client.zscore(CART, ITEM) == 2


def test_race_try_that_fails_takes_as_many_trips(client, monkeypatch):
    disturbed = []

    def disturb():
        if not disturbed:
            disturbed.append(True)
            with connect_like(client) as other:
                other.zincrby(CART, 1, ITEM)

    monkeypatch.setattr(races, "_travel", disturb)
    client.delete(CART)
    with Trace(client) as trace:
        assert races.watch_both(client) == 2
    assert client.zscore(CART, ITEM) == 2 and trace.round_trips == 2 * 4


def connect_like(client):
    """Return another client of the same server, which a Trace of the first does not see."""
    where = client.get_connection_kwargs()
    if "server" in where:
        return connect()
    node = client.get_nodes()[0] if hasattr(client, "get_nodes") else None
    return connect(node.host, node.port) if node else connect(where["host"], where["port"])


@pytest.mark.parametrize("way", ["", "lua", None, "READ_WRITE"])
def test_race_unknown_way(client, way, refused):
    with refused(CartError) as caught:
        race(client, way)
    assert shown(way) in str(caught.value) and "watch_product" in str(caught.value)


@pytest.mark.parametrize("number", [0, -1, 101, 2.5, True, "3", None])
@pytest.mark.parametrize("name", ["threads", "adds"])
def test_race_bad_number(client, name, number, refused):
    with refused(
        CartError,
    ) as caught:
        race(client, "increment", **{name: number})
    assert name in str(caught.value) and shown(number) in str(caught.value)


def test_race_in_the_middle_of_another_is_refused(client, monkeypatch):
    refusals = []

    def try_another():
        with pytest.raises(CartError, match="A race is running already") as caught:
            race(client, "increment")
        refusals.append(caught)

    monkeypatch.setattr(races, "_travel", try_another)
    assert race(client, "read_write", threads=1, adds=3).kept == 3
    assert len(refusals) == 4  # one was in the try that counts the round trips
    assert race(client, "increment", threads=1, adds=3).kept == 3


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_race_ends_all_threads_at_an_error(client, monkeypatch, error, kit_keys):
    adds = []

    def fail(client):
        adds.append(client)
        if len(adds) == 10:
            raise error("broken")
        races._travel()
        return 1

    monkeypatch.setitem(WAYS, "fails", races.Way("", "", fail))
    with pytest.raises(error, match="broken"):
        race(client, "fails", threads=4, adds=100)
    assert len(adds) < 300 and kit_keys() == {}
    assert race(client, "increment", threads=2, adds=2).kept == 4


def test_race_ends_all_threads_when_it_is_interrupted(client, monkeypatch, kit_keys):
    adds = []

    def interrupt(client):
        adds.append(client)
        if len(adds) == 10:
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        races._travel()
        return 1

    monkeypatch.setitem(WAYS, "interrupts", races.Way("", "", interrupt))
    with pytest.raises(KeyboardInterrupt):
        race(client, "interrupts", threads=4, adds=100)
    assert len(adds) < 400 and kit_keys() == {}


def test_race_ends_the_threads_that_could_be_started(client, monkeypatch, kit_keys):
    start = threading.Thread.start

    def start_two(thread):
        if threading.active_count() > before + 1:
            raise RuntimeError("can't start new thread")
        start(thread)

    before = threading.active_count()
    monkeypatch.setattr(threading.Thread, "start", start_two)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        race(client, "increment", threads=4, adds=5)
    assert kit_keys() == {}


def test_race_removes_what_was_in_its_keys(client, kit_keys):
    client.set(CART, "left by a race that was killed")
    client.set(PRODUCT, "left, too")
    assert race(client, "watch_both", threads=2, adds=2).kept == 4
    assert kit_keys() == {}


def test_race_on_a_dead_server(server):
    with start_server() as mortal, connect(mortal.host, mortal.port) as client:
        race(client, "increment", threads=2, adds=2)
        mortal.stop()
        with pytest.raises(CartConnectionError, match="its outcome is unknown"):
            race(client, "increment")


def test_race_whose_server_dies(server, monkeypatch):
    with start_server() as mortal, connect(mortal.host, mortal.port) as client:
        monkeypatch.setitem(
            WAYS, "stops", races.Way("", "", lambda client: mortal.stop() or client.ping())
        )
        with pytest.raises(CartConnectionError, match="its outcome is unknown"):
            race(client, "stops", threads=4, adds=5)


@pytest.mark.parametrize(
    "way", [None, [], {}, 5, b"increment", "no way", pytest.param(10**5000, id="huge")]
)
def test_race_in_no_way(client, way):
    with pytest.raises(CartError, match="There is no way"):
        race(client, way)
