"""Races and stories where no thread can be started: the same as with threads."""

import threading
from contextlib import suppress
from dataclasses import astuple

import pytest
from backends import OURS, delete, find

from cartlib import CartError, connect
from cartlib.lab import clock, races, turns
from cartlib.lab.races import WAYS, Race, race, story


@pytest.fixture(params=["fakeredis", "server"])
def client(request):
    """A client of each but a cluster: where there are no threads, there is no network either."""
    server = request.getfixturevalue("server") if request.param == "server" else None
    with connect(server.host, server.port) if server else connect() as client:
        delete(client, find(client, OURS))
        yield client
        assert find(client, OURS) == []


@pytest.fixture
def no_threads(monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    turns.threads_start.cache_clear()
    yield
    turns.threads_start.cache_clear()


def read_write(client, key, member):
    client.zadd(key, {member: (client.zscore(key, member) or 0) + 1})


def in_bulk(client, key, member):
    pipe = client.pipeline(transaction=False)
    pipe.zincrby(key, 1, member)
    pipe.zscore(key, member)
    assert pipe.execute()[1] >= 1


def watch_once(client, key, member):
    pipe = client.pipeline(transaction=True)  # and nobody gives it back
    pipe.watch(key)
    quantity = client.zscore(key, member) or 0  # by another connection
    pipe.multi()
    pipe.zadd(key, {member: quantity + 1})
    pipe.execute()


def wrong_command(client, key, member):
    try:
        client.lpush(key, member)
    except Exception as error:
        client.zincrby(key, len(str(error)) > 5, member)


def nothing(client, key, member):
    pass


MINE = [read_write, in_bulk, watch_once, wrong_command, nothing]


@pytest.mark.parametrize("way", [*WAYS, *MINE])
def test_story_is_the_same_as_with_threads(client, way, request):
    with_threads = list(map(astuple, story(client, way)))
    request.getfixturevalue("no_threads")
    for _ in range(2):
        assert list(map(astuple, story(client, way))) == with_threads


@pytest.mark.parametrize("way", WAYS)
def test_race_counts_as_with_threads(client, no_threads, way):
    trips = {"read_write": 2, "increment": 1, "watch_both": 4, "watch_product": 3}[way]
    assert race(client, way, threads=1, adds=5) == Race(way, 5, 5, 0, 5 * trips)
    result = race(client, way, threads=4, adds=10)
    assert result.kept == 40 if way != "read_write" else 0 < result.kept < 40
    assert result.round_trips >= 40 * trips - result.retries
    assert (result.retries > 0) == (way == "watch_both")


def test_race_tells_how_many_adds_are_done(client, no_threads):
    heard = []
    race(client, "increment", threads=2, adds=5, progress=heard.append)
    assert heard == list(range(1, 11))


def test_race_of_a_function_that_fails(client, no_threads):
    with pytest.raises(CartError, match="Your function ended in an error: WatchError"):
        race(client, watch_once, threads=4, adds=9)


def swallows(client, key, member):
    while True:
        with suppress(BaseException):
            client.zincrby(key, 1, member)


def spins(client, key, member):
    while True:
        pass


@pytest.mark.parametrize("mine", [swallows, spins])
def test_story_of_a_function_that_does_not_end(client, no_threads, monkeypatch, mine):
    monkeypatch.setattr(clock, "SECONDS", 0.2)
    with pytest.raises(CartError, match="Your function did not end"):
        story(client, mine)
    assert [step.quantity for step in story(client, "increment")] == [2, 3]


def test_race_that_takes_too_long_is_ended(client, no_threads, monkeypatch):
    monkeypatch.setattr(turns, "LIMIT", 0)
    with pytest.raises(CartError, match="After 0 s, 0 of 6 adds were done"):
        race(client, "increment", threads=2, adds=3)


def test_story_of_a_function_that_does_something_else_each_time(client, no_threads):
    calls = []

    def grows(client, key, member):
        calls.append(1)
        client.zincrby(key, len(calls), member)
        client.zscore(key, member)

    last = story(client, grows)[-1]
    assert "it sent something else than before" in last.reply


def test_nothing_is_left_on_a_connection(client, no_threads):
    with pytest.raises(CartError):
        race(client, watch_once, threads=3, adds=9)
    pipe = client.pipeline(transaction=True)
    pipe.set("cart:{demo}:after", 1)
    client.zadd(races.CART, {"pen": 1})  # what one of the players watched
    pipe.delete("cart:{demo}:after", races.CART)
    assert pipe.execute() == [True, 2]
    assert not client.connection_pool._in_use_connections
