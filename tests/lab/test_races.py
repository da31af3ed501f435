"""Races between threads: what is kept, what it cost, and that every thread ends."""

import itertools
import signal
import threading
import time
from contextlib import suppress
from dataclasses import astuple

import pytest

from cartlib import CartConnectionError, CartError, connect
from cartlib.errors import shown
from cartlib.lab import races, turns
from cartlib.lab.local_server import start_server
from cartlib.lab.races import CART, ITEM, PRODUCT, WAYS, Race, race, story

HERS = ("Ann", "Bob")
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
    assert result.round_trips == 400 and result.retries == 0


def test_race_of_more_threads_keeps_hardly_more_and_retries_far_more(client):
    four, eight = (race(client, "read_write", threads=threads) for threads in (4, 8))
    assert four.kept < four.expected / 2 and eight.kept < four.kept * 2
    four, eight = (race(client, "watch_both", threads=threads) for threads in (4, 8))
    assert eight.retries > four.retries * 2


def test_race_read_write_that_always_meets_keeps_one_of_two(client, meet):
    client.zadd(CART, {ITEM: 0})
    meet(2, 10)
    turns.run_together(client, lambda: races.read_write(client), 2, 10)
    assert client.zscore(CART, ITEM) == 10


def test_race_watch_both_counts_each_retry_and_its_trips(client, meet):
    meet(2, 1)
    assert race(client, "watch_both", threads=2, adds=1) == Race("watch_both", 2, 2, 1, 3 * 4)


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
    assert len(refusals) == 3
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
    adds, number = [], itertools.count(1)

    def interrupt(client):
        adds.append(client)
        if next(number) == 10:  # two threads may see the same length of a list
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        time.sleep(0.1)  # each of them is at an add when the interrupt comes
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
    for run in (race, story):
        with pytest.raises(CartError, match="There is no way"):
            run(client, way)


def test_race_tells_how_many_adds_are_done(client, monkeypatch):
    heard = []
    monkeypatch.setattr(races, "PAUSE", 0.02)
    race(client, "read_write", threads=4, adds=10, progress=heard.append)
    assert heard == sorted(heard) and heard[-1] == 40 and 0 < heard[-2] < 40


def test_race_that_takes_too_long_is_ended(client, monkeypatch, kit_keys):
    monkeypatch.setattr(turns, "LIMIT", 0.2)
    monkeypatch.setattr(races, "PAUSE", 0.05)
    with pytest.raises(CartError, match=r"After 0.2 s, \d+ of 40 adds were done"):
        race(client, "read_write", threads=2, adds=20)
    assert kit_keys() == {}


def read_write(client, key, member):
    client.zadd(key, {member: (client.zscore(key, member) or 0) + 1})


def watch_once(client, key, member):
    with client.pipeline(transaction=True) as pipe:
        pipe.watch(key)
        quantity = pipe.zscore(key, member)
        pipe.multi()
        pipe.zadd(key, {member: quantity + 1})
        pipe.execute()


def twice(client, key, member):
    client.zincrby(key, 2, member)


def nothing(client, key, member):
    pass


def spins(client, key, member):
    while True:
        pass


def sleeps(client, key, member):
    time.sleep(0.6)
    client.zincrby(key, 1, member)


def fails(client, key, member):
    raise SystemExit("<enough>")


def too_few(client):
    pass


LOST = [
    ("Ann", "ZSCORE cart:{demo}:race mug", '"1"', 1, 1, ""),
    ("Bob", "ZSCORE cart:{demo}:race mug", '"1"', 1, 2, ""),
    ("Ann", "ZADD cart:{demo}:race 2.0 mug", "(integer) 0", 2, 3, ""),
    ("Bob", "ZADD cart:{demo}:race 2.0 mug", "(integer) 0", 2, 4, "Ann"),
]


@pytest.mark.parametrize("way", ["read_write", read_write])
def test_story_of_a_lost_add(client, way, kit_keys):
    for _ in range(3):
        assert list(map(astuple, story(client, way))) == LOST
    assert kit_keys() == {}


def test_story_of_increments(client):
    assert list(map(astuple, story(client, "increment"))) == [
        ("Ann", "ZINCRBY cart:{demo}:race 1 mug", '"2"', 2, 1, ""),
        ("Bob", "ZINCRBY cart:{demo}:race 1 mug", '"3"', 3, 2, ""),
    ]


def test_story_of_an_exec_that_is_refused(client, kit_keys):
    steps = story(client, "watch_both")
    execs = [(s.client, s.reply, s.quantity) for s in steps if s.command == "EXEC"]
    assert execs == [
        ("Ann", "1) (integer) 0", 2),
        ("Bob", "(nil)", 2),
        ("Bob", "1) (integer) 0", 3),
    ]
    assert [s.trip for s in steps if s.client == "Bob"] == [2, 4, 6, 8, 8, 8, 9, 10, 11, 12, 12, 12]
    assert [s.quantity for s in steps if s.command == "MULTI"] == [None] * 3
    assert not any(s.lost for s in steps) and kit_keys() == {}


def test_story_of_a_product_that_nobody_changes(client):
    steps = story(client, "watch_product")
    execs = [(s.client, s.reply, s.quantity) for s in steps if s.command == "EXEC"]
    assert execs == [("Ann", '1) "2"', 2), ("Bob", '1) "3"', 3)]


def test_story_of_a_function_that_gives_up(client, kit_keys):
    *_, refused, last = story(client, watch_once)
    assert (refused.client, refused.command, refused.reply) == ("Bob", "EXEC", "(nil)")
    assert (last.client, last.command, last.quantity) == ("Bob", "", 2)
    assert "Your function ended in an error: WatchError: Watched variable" in last.reply
    assert kit_keys() == {}


def test_story_of_a_write_that_covers_nothing(client):
    def touch(client, key, member):
        client.zincrby(key, 1, member)
        client.zincrby(key, 0, member)

    steps = story(client, touch)
    assert [step.quantity for step in steps] == [2, 3, 3, 3]
    assert not any(step.lost for step in steps)


@pytest.mark.parametrize("mine, last", [(twice, 5), (nothing, None)])
def test_story_of_other_functions(client, mine, last):
    steps = story(client, mine)
    assert (steps[-1].quantity if steps else None) == last


@pytest.mark.parametrize("mine", [spins, sleeps])
def test_story_of_a_function_that_does_not_end(client, monkeypatch, mine, kit_keys):
    monkeypatch.setattr(turns, "PATIENCE", 0.2)
    before = set(threading.enumerate())
    with pytest.raises(CartError, match="Your function did not end"):
        story(client, mine)
    for thread in set(threading.enumerate()) - before:  # one that sleeps
        thread.join(5)
    assert kit_keys() == {}
    assert [step.quantity for step in story(client, "increment")] == [2, 3]


@pytest.mark.parametrize("run", [race, story])
def test_function_that_swallows_its_end_sends_nothing_more(client, monkeypatch, run, kit_keys):
    enough, before = threading.Event(), set(threading.enumerate())
    monkeypatch.setattr(turns, "NEVER", enough)
    monkeypatch.setattr(turns, "end_threads", lambda threads: time.sleep(0.3))  # in vain
    monkeypatch.setattr(turns, "LIMIT", 0.2)
    monkeypatch.setattr(turns, "GRACE", 0.1)

    def swallows(client, key, member):
        while not enough.is_set():
            with suppress(BaseException):
                client.zincrby(key, 1, member)

    with pytest.raises(CartError, match="did not end|After 0.2 s"):
        run(client, swallows)
    time.sleep(0.2)
    assert kit_keys() == {}
    enough.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert [step.quantity for step in story(client, "increment")] == [2, 3]


def test_story_of_a_function_that_quits(client):
    ends = [(step.client, step.reply) for step in story(client, fails)]
    assert ends == [(who, "Your function ended in an error: SystemExit: <enough>") for who in HERS]


def test_race_of_a_function_of_ones_own(client, kit_keys):
    assert race(client, read_write, threads=1, adds=5) == Race("mine", 5, 5, 0, 10)
    assert race(client, twice, threads=2, adds=5) == Race("mine", 10, 20, 0, 10)
    assert kit_keys() == {}


@pytest.mark.parametrize("run", [race, story])
@pytest.mark.parametrize("mine", [too_few, lambda: None, lambda client, key, *, member: None])
def test_function_that_takes_something_else_is_told_so(client, run, mine, refused):
    with refused(CartError) as caught:
        run(client, mine)
    assert f"def {mine.__name__}(client, key, member):" in str(caught.value)


@pytest.mark.parametrize(
    "mine, words", [(fails, "SystemExit: <enough>"), (watch_once, "TypeError")]
)
def test_race_of_a_function_that_fails(client, mine, words, kit_keys):
    with pytest.raises(CartError, match=f"Your function ended in an error: {words}"):
        race(client, mine, threads=2, adds=3)
    assert kit_keys() == {}


def test_race_of_a_function_that_does_not_end(client, monkeypatch, kit_keys):
    monkeypatch.setattr(turns, "LIMIT", 0.2)
    monkeypatch.setattr(turns, "GRACE", 0.1)
    with pytest.raises(CartError, match="After 0.2 s, 0 of 6 adds were done"):
        race(client, spins, threads=2, adds=3)
    assert kit_keys() == {}


def test_story_in_the_middle_of_a_race_is_refused(client, monkeypatch):
    refusals = []

    def try_another():
        with pytest.raises(CartError, match="A race is running already") as caught:
            story(client, "increment")
        refusals.append(caught)

    monkeypatch.setattr(races, "_travel", try_another)
    race(client, "read_write", threads=1, adds=1)
    assert len(refusals) == 1


def test_story_leaves_out_what_others_send(client, monkeypatch):
    def chat(client, key, member):
        other = threading.Thread(target=client.ping)
        other.start()
        other.join(5)
        client.zincrby(key, 1, member)

    assert [step.command.split()[0] for step in story(client, chat)] == ["ZINCRBY", "ZINCRBY"]


def test_story_on_a_dead_server(server):
    def stop(client, key, member):
        mortal.stop()
        client.zscore(key, member)

    with (
        start_server() as mortal,
        connect(mortal.host, mortal.port) as client,
        pytest.raises(CartConnectionError, match="its outcome is unknown"),
    ):
        story(client, stop)
