"""note_viewed() and recently_viewed(): the last ten products, each once, the last one first."""

import pytest
from faults import KINDS, Fault

from cartlib import (
    CartConnectionError,
    CartDataError,
    InvalidCartNameError,
    InvalidProductIdError,
    connect,
)
from cartlib.lab.trace import Trace
from cartlib.shop.recent import note_viewed, recently_viewed

VIEWED = "cart:{guest}:viewed"
TWELVE = [f"thing {n}" for n in range(12)]


def test_note_viewed_puts_the_last_first(client):
    for product_id in ("mug", "lamp", "Zoë's cup"):
        assert note_viewed(client, product_id) is None
    assert client.lrange(VIEWED, 0, -1) == ["Zoë's cup", "lamp", "mug"]
    assert recently_viewed(client) == ["Zoë's cup", "lamp", "mug"]


def test_note_viewed_again_moves_it_to_the_front(client):
    for product_id in ("mug", "lamp", "pen", "mug"):
        note_viewed(client, product_id)
    assert client.lrange(VIEWED, 0, -1) == ["mug", "pen", "lamp"]


def test_note_viewed_keeps_ten(client):
    for product_id in TWELVE:
        note_viewed(client, product_id)
    assert client.lrange(VIEWED, 0, -1) == TWELVE[:1:-1]
    note_viewed(client, "thing 5")
    assert client.llen(VIEWED) == 10


def test_note_viewed_mends_what_others_wrote(client):
    client.rpush(VIEWED, *["mug", "pen"] * 8)
    note_viewed(client, "mug")
    assert client.lrange(VIEWED, 0, -1) == ["mug", *["pen"] * 8]
    assert recently_viewed(client)[0] == "mug"


def test_note_viewed_keeps_carts_apart_and_a_time_out(client, kit_keys):
    note_viewed(client, "mug")
    client.expire(VIEWED, 1000)
    before = kit_keys()
    note_viewed(client, "pen", cart="ann")
    assert kit_keys() == before | {"cart:{ann}:viewed": (["pen"], -1)}
    note_viewed(client, "lamp")
    assert 900 < client.ttl(VIEWED) <= 1000


def test_recently_viewed_nothing(client, kit_keys):
    assert recently_viewed(client) == []
    assert kit_keys() == {}


def test_recently_viewed_at_most_ten(client):
    client.rpush(VIEWED, *TWELVE)
    assert recently_viewed(client) == TWELVE[:10]


def test_recent_round_trips(client):
    with Trace(client) as trace:
        note_viewed(client, "mug")
    names = [command.name for command in trace.commands]
    assert (trace.round_trips, names) == (1, ["MULTI", "LREM", "LPUSH", "LTRIM", "EXEC"])
    with Trace(client) as trace:
        recently_viewed(client)
    assert (trace.round_trips, len(trace.commands)) == (1, 1)


def test_recent_wrong_type(client, refused):
    client.set(VIEWED, "theirs")
    for call in (lambda: note_viewed(client, "mug"), lambda: recently_viewed(client)):
        with refused(CartDataError) as caught:
            call()
        assert caught.value.key == VIEWED


def test_note_viewed_bad_id(client, bad_id, unsent):
    with unsent(InvalidProductIdError):
        note_viewed(client, bad_id)


@pytest.mark.parametrize("cart", ["", None, "a{b}"])
def test_recent_bad_cart(client, cart, unsent):
    with unsent(InvalidCartNameError):
        note_viewed(client, "mug", cart=cart)
    with unsent(InvalidCartNameError):
        recently_viewed(client, cart=cart)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", ["server", "cluster"])
def test_note_viewed_lost_connection(shape, kind, request):
    """All of it is done, or nothing; and where the answer is lost, that is said."""
    place, at, happened = request.getfixturevalue(shape), 0, True
    while happened:
        at += 1
        with connect(place.host, place.port) as client:
            client.delete(VIEWED)
            client.rpush(VIEWED, *TWELVE[:10])
            told = None
            with Fault(kind, at) as fault:
                try:
                    note_viewed(client, "thing 4")
                except CartConnectionError as error:
                    told = error
            happened, held = fault.happened, client.lrange(VIEWED, 0, -1)
            client.delete(VIEWED)
        after = ["thing 4", *(item for item in TWELVE[:10] if item != "thing 4")]
        assert held in ([after] if told is None else [after, TWELVE[:10]])
        assert told is None or told.outcome_unknown
    assert at > 1
