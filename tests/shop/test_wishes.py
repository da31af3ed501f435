"""Wish lists: each product once, each visitor's own, two of them compared."""

import pytest
from redis.crc import key_slot

from cartlib import (
    CartDataError,
    InvalidNameError,
    InvalidProductIdError,
    ProductNotFoundError,
    keys,
)
from cartlib.lab.trace import Trace
from cartlib.shop.wishes import add_wish, get_wishes, remove_wish, wishes_in_common

GUEST, ANN = "shop:{wishes}:guest", "shop:{wishes}:ann"
BAD_NAMES = ["", None, 5, b"ann", "x" * 129, "\ud800"]


def test_add_wish_is_new_once(shop):
    assert [add_wish(shop, "mug") for _ in range(3)] == [True, False, False]
    assert shop.smembers(GUEST) == {"mug"}


def test_add_wish_of_each_visitor(shop):
    assert add_wish(shop, "mug", visitor="ann") is True and add_wish(shop, "lamp") is True
    assert (shop.smembers(ANN), shop.smembers(GUEST)) == ({"mug"}, {"lamp"})


def test_add_wish_keeps_the_time_out(shop):
    shop.sadd(GUEST, "lamp")
    shop.expire(GUEST, 600)
    add_wish(shop, "mug")
    assert 590 < shop.ttl(GUEST) <= 600


def test_add_wish_unknown_product(shop, refused):
    with refused(ProductNotFoundError) as caught:
        add_wish(shop, "unicorn")
    assert caught.value.product_id == "unicorn"


def test_add_wish_round_trips(shop):
    with Trace(shop) as trace:
        add_wish(shop, "mug")
    assert [c.name for c in trace.commands] == ["EXISTS", "SADD"] and trace.round_trips == 2


@pytest.mark.parametrize("change", [add_wish, remove_wish])
def test_wish_wrong_type(shop, change, refused):
    shop.set(GUEST, "theirs")
    with refused(CartDataError) as caught:
        change(shop, "mug")
    assert caught.value.key == GUEST


@pytest.mark.parametrize("change", [add_wish, remove_wish])
def test_wish_bad_id(client, change, bad_id, unsent):
    with unsent(InvalidProductIdError):
        change(client, bad_id)


@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda value: repr(value)[:9])
@pytest.mark.parametrize("change", [add_wish, remove_wish])
def test_wish_bad_visitor(client, change, name, unsent):
    with unsent(InvalidNameError) as caught:
        change(client, "mug", visitor=name)
    assert caught.value.what == "visitor"


def test_remove_wish(shop):
    add_wish(shop, "mug")
    add_wish(shop, "lamp")
    assert [remove_wish(shop, "mug") for _ in range(2)] == [True, False]
    assert shop.smembers(GUEST) == {"lamp"}
    assert remove_wish(shop, "lamp") is True and shop.exists(GUEST) == 0


def test_remove_wish_that_is_no_longer_sold(shop):
    add_wish(shop, "mug")
    shop.delete("product:mug")
    assert remove_wish(shop, "mug") is True


def test_remove_wish_round_trips(shop):
    with Trace(shop) as trace:
        remove_wish(shop, "mug")
    assert [c.name for c in trace.commands] == ["SREM"]


def test_get_wishes_sorted(client):
    client.sadd(GUEST, "mug", "Zoë", "Mug", "10", "9", "a b")
    assert get_wishes(client) == ["10", "9", "Mug", "Zoë", "a b", "mug"]


def test_get_wishes_empty(client):
    assert get_wishes(client) == [] and get_wishes(client, visitor="{ann}") == []


@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda value: repr(value)[:9])
def test_get_wishes_bad_visitor(client, name, unsent):
    with unsent(InvalidNameError):
        get_wishes(client, visitor=name)


def test_get_wishes_wrong_type(client, refused):
    client.zadd(GUEST, {"mug": 1})
    with refused(CartDataError) as caught:
        get_wishes(client)
    assert caught.value.key == GUEST


def test_wishes_in_common(client):
    client.sadd(GUEST, "mug", "pen", "lamp", "Mug")
    client.sadd(ANN, "pen", "mug", "tea", "MUG")
    with Trace(client) as trace:
        assert wishes_in_common(client, "ann", "guest") == ["mug", "pen"]
    assert trace.round_trips == 1 and sorted(trace.commands[0].reply) == ["mug", "pen"]


def test_wishes_in_common_of_one_and_of_nobody(client):
    client.sadd(ANN, "pen", "mug")
    assert wishes_in_common(client, "ann", "ann") == ["mug", "pen"]
    assert wishes_in_common(client, "ann", "bob") == []


def test_wishes_in_common_wrong_type(client, refused):
    client.sadd(ANN, "mug")
    client.zadd(GUEST, {"mug": 1})
    with refused(CartDataError):
        wishes_in_common(client, "ann", "guest")


@pytest.mark.parametrize("names", [("ann", ""), (None, "ann")])
def test_wishes_in_common_bad_visitor(client, names, unsent):
    with unsent(InvalidNameError):
        wishes_in_common(client, *names)


@pytest.mark.parametrize("name", ["ann", "{", "}", "{x}", "a b", "Zoë"])
def test_wish_lists_share_one_slot(name):
    assert key_slot(keys.wishes(name).encode()) == key_slot(b"{wishes}")
