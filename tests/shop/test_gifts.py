"""Gift cards in one JSON document; on a Redis that knows no JSON, an error that says so."""

import json

import pytest
from faults import KINDS, Fault
from redis.exceptions import RedisError

from cartlib import (
    CartConnectionError,
    CartDataError,
    InvalidCartNameError,
    InvalidGiftError,
    InvalidProductIdError,
    UnsupportedError,
    connect,
)
from cartlib.failures import lacks
from cartlib.lab.trace import Trace
from cartlib.shop.gifts import change_gift, get_gift, path_of, remove_gift, write_gift

GIFTS = "cart:{guest}:gifts"
STRANGE = ['a"b', "a'b", "a\\b", '\\"', "a.b", "a b", "$", "*", "..", "a]b", "0", "a\nb", "Zoë"]
CALLS = [
    lambda client: write_gift(client, "mug", to="Ann", text="Hello"),
    lambda client: change_gift(client, "mug", "to", "Ann"),
    lambda client: get_gift(client, "mug"),
    lambda client: remove_gift(client, "mug"),
]


def knows_json(client):
    try:
        client.execute_command("JSON.GET", "demo:none", "$")
    except RedisError as error:
        assert lacks(error, "JSON.GET")
        return False
    return True


@pytest.fixture
def documents(client):
    """The client, where its Redis knows JSON."""
    if not knows_json(client):
        pytest.skip("this Redis knows no JSON")
    return client


def document(client):
    return json.loads(client.execute_command("JSON.GET", GIFTS, "$"))[0]


@pytest.mark.parametrize("call", CALLS)
def test_gifts_where_json_is_unknown(client, call, refused):
    if knows_json(client):
        pytest.skip("this Redis knows JSON")
    with refused(UnsupportedError) as caught:
        call(client)
    assert caught.value.command.startswith("JSON.")
    assert "Redis 8" in str(caught.value)


def test_write_gift(documents):
    assert write_gift(documents, "mug", to="Ann", text="Hello") is None
    assert document(documents) == {"mug": {"to": "Ann", "text": "Hello"}}
    assert get_gift(documents, "mug") == {"to": "Ann", "text": "Hello"}


def test_write_gift_again_replaces_one(documents):
    write_gift(documents, "mug", to="Ann", text="Hello")
    write_gift(documents, "pen", to="Bob", text="Write")
    write_gift(documents, "mug", to="Eve", text="Cheers")
    assert document(documents)["mug"] == {"to": "Eve", "text": "Cheers"}
    assert document(documents)["pen"] == {"to": "Bob", "text": "Write"}


def test_write_gift_other_cart(documents):
    write_gift(documents, "mug", to="Ann", text="Hello", cart="ann")
    assert get_gift(documents, "mug") is None and get_gift(documents, "mug", cart="ann")


def test_gifts_of_strange_ids(documents):
    for number, item in enumerate(STRANGE):
        write_gift(documents, item, to="Ann", text=f"number {number}")
    assert list(document(documents)) == STRANGE
    for number, item in enumerate(STRANGE):
        assert get_gift(documents, item)["text"] == f"number {number}"
        assert change_gift(documents, item, "to", "Bob")
    assert [card["to"] for card in document(documents).values()] == ["Bob"] * len(STRANGE)
    assert all(remove_gift(documents, item) for item in STRANGE)
    assert document(documents) == {}


def test_path_of():
    assert path_of("mug") == '$["mug"]'
    assert path_of('a"\\') == '$["a\\"\\\\"]'


def test_change_gift(documents):
    write_gift(documents, "mug", to="Ann", text="Hello")
    assert change_gift(documents, "mug", "text", 'She said "yes"') is True
    assert document(documents) == {"mug": {"to": "Ann", "text": 'She said "yes"'}}


def test_change_gift_without_a_card(documents, kit_keys):
    assert change_gift(documents, "mug", "text", "Hello") is False
    assert kit_keys() == {}
    write_gift(documents, "pen", to="Ann", text="Hello")
    assert change_gift(documents, "mug", "text", "Hello") is False
    assert list(document(documents)) == ["pen"]


def test_get_gift_without_a_card(documents):
    assert get_gift(documents, "mug") is None
    write_gift(documents, "pen", to="Ann", text="Hello")
    assert get_gift(documents, "mug") is None


def test_remove_gift(documents):
    write_gift(documents, "mug", to="Ann", text="Hello")
    write_gift(documents, "pen", to="Ann", text="Hello")
    assert remove_gift(documents, "mug") is True
    assert remove_gift(documents, "mug") is False
    assert list(document(documents)) == ["pen"]


def test_remove_gift_without_a_document(documents):
    assert remove_gift(documents, "mug") is False


@pytest.mark.parametrize("card", [1, "text", [], {"to": "Ann"}, {"to": "Ann", "text": 5}])
def test_get_gift_that_is_none(documents, card):
    documents.execute_command("JSON.SET", GIFTS, "$", json.dumps({"mug": card}))
    with pytest.raises(CartDataError) as caught:
        get_gift(documents, "mug")
    assert caught.value.key == GIFTS


@pytest.mark.parametrize("call", CALLS)
def test_gifts_wrong_type(documents, call, refused):
    documents.hset(GIFTS, "a", 1)
    with refused(CartDataError) as caught:
        call(documents)
    assert caught.value.key == GIFTS and "another type" in str(caught.value)


@pytest.mark.parametrize("bad", ["", None, 5, "x" * 501, "\ud800"], ids=lambda bad: repr(bad)[:9])
def test_gifts_bad_part(client, bad, unsent):
    for call in (
        lambda: write_gift(client, "mug", to=bad, text="Hello"),
        lambda: write_gift(client, "mug", to="Ann", text=bad),
        lambda: change_gift(client, "mug", "to", bad),
    ):
        with unsent(InvalidGiftError) as caught:
            call()
        assert caught.value.value == bad


def test_change_gift_unknown_part(client, unsent):
    with unsent(InvalidGiftError):
        change_gift(client, "mug", "price", "1")


def test_gifts_bad_id(client, bad_id, unsent):
    for call in (
        lambda: write_gift(client, bad_id, to="Ann", text="Hello"),
        lambda: change_gift(client, bad_id, "to", "Ann"),
        lambda: get_gift(client, bad_id),
        lambda: remove_gift(client, bad_id),
    ):
        with unsent(InvalidProductIdError):
            call()


def test_gifts_bad_cart(client, unsent):
    with unsent(InvalidCartNameError):
        get_gift(client, "mug", cart="{a}")


def test_gifts_round_trips(documents):
    for call in CALLS:
        with Trace(documents) as trace:
            call(documents)
        assert trace.round_trips == 1


def test_change_gift_sends_the_part_alone(documents):
    write_gift(documents, "mug", to="Ann", text="x" * 500)
    with Trace(documents) as trace:
        change_gift(documents, "mug", "to", "Bob")
    assert str(trace.commands[0]) == """JSON.SET cart:{guest}:gifts '$["mug"].to' '"Bob"' XX"""


@pytest.mark.parametrize("kind", KINDS)
def test_write_gift_lost(server, kind):
    """Where no answer came, the outcome is said to be unknown; where all is refused, it is said."""
    with connect(server.host, server.port, timeout=5) as client, Fault(kind, 1):
        with pytest.raises(CartConnectionError) as caught:
            write_gift(client, "mug", to="Ann", text="Hello")
        assert caught.value.outcome_unknown


def test_change_gift_beside_somebody_else(documents):
    """Two change two parts of one card at the same time: both are kept, as nobody reads first."""
    write_gift(documents, "mug", to="Ann", text="Hello")
    with Trace(documents) as trace:
        change_gift(documents, "mug", "to", "Bob")
        change_gift(documents, "mug", "text", "Cheers")
    assert [command.name for command in trace.commands] == ["JSON.SET"] * 2
    assert get_gift(documents, "mug") == {"to": "Bob", "text": "Cheers"}
