"""What a Stream and its groups hold, for comparing: right answers are alike, wrong ones are not."""

import time

import pytest

from cartlib.lab.contents import differing, read_keys, send_all
from cartlib.lab.stores import new_client
from cartlib.lab.streams import translated
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.outcome import CORRECT, NOT_YET

ORDERS = "shop:{orders}"
GIVEN = [
    f"XADD {ORDERS} 5-0 product_id mug",
    f"XADD {ORDERS} * product_id pen",
    f"XGROUP CREATE {ORDERS} packers 0",
]


def read(*lines):
    client = new_client()
    send_all(client, [*GIVEN, *lines])
    return read_keys(client)


def hand_out(consumer="ann", more=""):
    return f"XREADGROUP GROUP packers {consumer} {more} STREAMS {ORDERS} >"


def test_content_of_a_stream_is_its_entries_and_its_groups():
    kind, content, _ = read(hand_out(more="COUNT 1"))[ORDERS]
    given, by_clock = list(content)[:2]
    assert (kind, given, content[given]) == ("stream", "5-0", {"product_id": "mug"})
    assert len(by_clock.split("-")[0]) == 13
    assert content["group packers"] == "has read 1 of 2"
    assert content["group packers, in hand: 5-0"] == ["ann, deliveries: 1"]


ACK = f"XACK {ORDERS} packers 5-0"
ONE = hand_out(more="COUNT 1")
CLAIM = f"XCLAIM {ORDERS} packers bob 0 5-0"


@pytest.mark.parametrize(
    "one, two",
    [
        ([ONE], []),
        ([ONE], [hand_out("bob", "COUNT 1")]),
        ([ONE], [hand_out()]),
        ([ONE, ACK], [ONE]),
        ([ONE, ACK], [hand_out(more="COUNT 1 NOACK"), hand_out()]),
        ([ONE, CLAIM], [ONE]),
        ([ONE, CLAIM], [ONE, CLAIM, CLAIM]),
        ([ONE, ACK], [ONE, ACK, f"XDEL {ORDERS} 5-0"]),
        ([ONE], [ONE, f"XDEL {ORDERS} 5-0"]),
        ([f"XGROUP CREATE {ORDERS} others $"], [f"XGROUP CREATE {ORDERS} others 0"]),
        ([], [f"XGROUP CREATE {ORDERS} others 0"]),
        ([f"XADD {ORDERS} * a b c d"], [f"XADD {ORDERS} * a b"]),
        ([f"XADD {ORDERS} * a 1", f"XADD {ORDERS} * a 2"], [f"XADD {ORDERS} * a 2"] * 2),
    ],
)
def test_other_contents_of_streams_and_groups_differ(one, two):
    assert differing(read(*one), read(*two)) == [ORDERS]


def test_consumer_with_nothing_in_hand_is_not_told():
    made = f"XGROUP CREATECONSUMER {ORDERS} packers ann"
    given = lambda *lines: read(f"XDEL {ORDERS} 5-0", f"XTRIM {ORDERS} MAXLEN 0", *lines)  # noqa: E731
    assert differing(given(), given(made)) == []


def test_entry_that_was_deleted_while_in_hand_keeps_its_place():
    content = read(hand_out(), f"XTRIM {ORDERS} MAXLEN 0")[ORDERS][1]
    assert content == {
        "group packers": "has read 0 of 0",
        "group packers, in hand: 5-0": ["ann, deliveries: 1"],
        "group packers, in hand: one that was deleted, after 0 of 0": ["ann, deliveries: 1"],
    }


def exercise(reference, lines=()):
    made = Exercise("test", "f", [Case([*GIVEN, *lines])], ("",))
    made.reference(reference)
    return made


def adds(client):
    """Add an order, note it under its id in other keys, and return the id."""
    entry = client.xadd(ORDERS, {"product_id": "lamp"})
    client.set(f"shop:{{orders}}:done:{entry}", f"by ann: {entry}")
    client.sadd("shop:{orders}:ids", entry)
    return [{"id": entry}]


def adds_after_a_pause(client):
    time.sleep(0.002)  # what a time-out may be off
    return adds(client)


def adds_after_one_that_is_gone(client):
    client.xdel(ORDERS, client.xadd(ORDERS, {"a": "b"}))
    return adds(client)


def takes_another_id(client):
    entry = adds(client)
    return [{"id": client.xrange(ORDERS)[1][0]}] if entry else None


def notes_another_id(client):
    entry = client.xadd(ORDERS, {"product_id": "lamp"})
    last = client.xrange(ORDERS)[1][0]
    client.set(f"shop:{{orders}}:done:{last}", f"by ann: {entry}")
    client.sadd("shop:{orders}:ids", entry)
    return [{"id": entry}]


def returns_the_id_of_one_that_is_gone(client):
    gone = client.xadd(ORDERS, {"a": "b"})
    client.xdel(ORDERS, gone)
    adds(client)
    return [{"id": gone}]


@pytest.mark.parametrize(
    "function, right",
    [
        (adds, True),
        (adds_after_a_pause, True),
        (adds_after_one_that_is_gone, True),
        (takes_another_id, False),
        (notes_another_id, False),
        (returns_the_id_of_one_that_is_gone, False),
    ],
)
def test_id_by_the_clock_is_told_by_its_place(function, right):
    outcome = exercise(adds).check(function)
    assert (outcome.status == CORRECT) == right, outcome


def test_what_differs_is_shown_in_one_kind_of_ids():
    def adds_more(client):
        found = adds_after_a_pause(client)
        client.hset("shop:more", "a", "b")
        return found

    outcome = exercise(adds).check(adds_more)
    assert outcome.expected == "shop:more: no such key"


def works(client):
    """Take one order over, and acknowledge it."""
    found = client.xautoclaim(ORDERS, "packers", "bob", 60_000, "0", count=1)[1]
    client.xack(ORDERS, "packers", *(entry for entry, _ in found))
    return [fields["product_id"] for _, fields in found]


def reads_only(client):
    found = client.xautoclaim(ORDERS, "packers", "bob", 60_000, "0", count=1)[1]
    return [fields["product_id"] for _, fields in found]


def deletes_too(client):
    found = client.xautoclaim(ORDERS, "packers", "bob", 60_000, "0", count=1)[1]
    for entry, _ in found:
        client.xack(ORDERS, "packers", entry)
        client.xdel(ORDERS, entry)
    return [fields["product_id"] for _, fields in found]


def test_taking_over_what_was_left_lying():
    lines = [hand_out(), f"XCLAIM {ORDERS} packers ann 0 5-0 IDLE 90000"]
    made = exercise(works, lines)
    assert made.check(works).status == CORRECT
    told = made.check(reads_only)
    assert told.status == NOT_YET
    assert "group packers, in hand: 5-0: ['bob, deliveries: 3']" in told.actual
    assert made.check(deletes_too).status == NOT_YET


def test_translated_reaches_into_what_is_nested_and_leaves_the_rest():
    old, new = "1800000000123-1", "1800000000999-0"
    value = {old: [(f"a {old}!", 5, None)], "b": {old, "5-0"}, "c": frozenset([old])}
    there = {new: [(f"a {new}!", 5, None)], "b": {new, "5-0"}, "c": frozenset([new])}
    assert translated(value, {old: new}) == there
    assert translated(f"{old}0", {old: new}) == f"{old}0"


def test_place_made_by_geoadd_is_read():
    client = new_client()
    send_all(client, ["GEOADD shop:places 13.4 52.5 berlin 2.35 48.85 paris"])
    kind, content, _ = read_keys(client)["shop:places"]
    assert kind == "zset" and set(content) == {"berlin", "paris"}


def test_text_that_is_no_utf_8_is_read_and_compared():
    client = new_client()
    client.setbit("shop:{came}:2027-01-01", 0, 1)
    before = read_keys(client)
    client.setbit("shop:{came}:2027-01-01", 1, 1)
    assert differing(before, read_keys(client)) == ["shop:{came}:2027-01-01"]


def test_name_that_is_no_utf_8_is_read():
    client = new_client()
    client.xadd(b"\xff", {"product_id": "mug"}, id="5-0")
    client.xgroup_create(b"\xff", "packers", 0)
    client.pexpire(b"\xff", 5000)
    entries = {"5-0": ["product_id", "mug"], "group packers": "has read 0 of 1"}
    kind, content, ttl = read_keys(client)[r"\xff"]
    assert (kind, content.keys()) == ("stream", entries.keys()) and 4900 < ttl <= 5000
