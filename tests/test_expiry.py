"""Time-outs of carts and of lines. Past deadlines are written as such: no test waits."""

import time

import numpy as np
import pytest
from backends import before_exec
from redis.cluster import RedisCluster

from cartlib import (
    CartDataError,
    InvalidCartNameError,
    InvalidProductIdError,
    InvalidSecondsError,
    ItemNotInCartError,
    add_to_cart,
    get_cart_items,
    remove_from_cart,
)
from cartlib.cart import clear_cart, drop_expired
from cartlib.errors import shown
from cartlib.expiry import cart_ttl, expire_cart, expire_item, item_ttls
from cartlib.lab.trace import Trace
from cartlib.views import cart_table

CART, DEADLINES, SESSION = "cart:{guest}", "cart:{guest}:deadlines", "cart:{guest}:session"
BAD_SECONDS = [0, -1, 1.5, True, "60", float("nan"), float("inf"), 315_360_001, 2**63]


@pytest.fixture
def filled(shop):
    """The shop, with two mugs and a teapot in the cart."""
    add_to_cart(shop, "mug", 2)
    add_to_cart(shop, "teapot", 1)
    return shop


def let_pass(client, product_id):
    """Set a line's deadline into the past."""
    client.zadd(DEADLINES, {product_id: time.time() - 1})


def ttls(client):
    """Return the seconds that the three keys have left."""
    return [client.ttl(key) for key in (CART, DEADLINES, SESSION)]


@pytest.mark.parametrize("seconds", [1000, np.int64(1000)])
def test_expire_cart_sets_the_time_out(filled, seconds):
    expire_item(filled, "mug", 60)
    expire_cart(filled, seconds)
    assert all(990 <= left <= 1000 for left in ttls(filled))
    assert filled.get(SESSION) == "1000"
    assert 990 <= cart_ttl(filled) <= 1000


def test_expire_cart_slides_with_each_add(filled):
    expire_item(filled, "teapot", 60)
    expire_cart(filled, 1000)
    for key in (CART, DEADLINES, SESSION):
        filled.expire(key, 10)
    add_to_cart(filled, "mug", 1)
    assert all(990 <= left <= 1000 for left in ttls(filled))


@pytest.mark.parametrize(
    "empty", [clear_cart, lambda c: [remove_from_cart(c, i) for i in ("mug", "teapot")]]
)
def test_expire_cart_survives_emptying(filled, empty):
    expire_cart(filled, 1000)
    empty(filled)
    assert (filled.exists(CART), filled.get(SESSION)) == (0, "1000")
    add_to_cart(filled, "mug", 1)
    assert 990 <= filled.ttl(CART) <= 1000


def test_expire_cart_of_an_empty_cart(shop):
    expire_cart(shop, 1000)
    assert cart_ttl(shop) is None
    add_to_cart(shop, "mug", 1)
    assert 990 <= cart_ttl(shop) <= 1000


def test_expire_cart_none_keeps_for_good(filled):
    expire_item(filled, "mug", 60)
    expire_cart(filled, 1000)
    expire_cart(filled, None)
    assert ttls(filled) == [-1, -1, -2]
    add_to_cart(filled, "mug", 1)
    assert (filled.ttl(CART), cart_ttl(filled)) == (-1, None)


def test_expire_cart_of_one_cart_only(filled):
    expire_cart(filled, 1000, cart="ann")
    assert filled.exists(SESSION) == 0
    assert filled.ttl(CART) == -1


def test_expire_cart_that_ended_is_empty(filled):
    expire_cart(filled, 1000)
    filled.pexpireat(CART, 1)  # the past
    assert get_cart_items(filled) == []
    assert cart_ttl(filled) is None


@pytest.mark.parametrize("seconds", BAD_SECONDS, ids=repr)
@pytest.mark.parametrize("call", [expire_cart, lambda c, s: expire_item(c, "mug", s)])
def test_bad_seconds(filled, call, seconds, unsent):
    with unsent(InvalidSecondsError) as caught:
        call(filled, seconds)
    assert caught.value.seconds is seconds
    assert shown(seconds) in str(caught.value)


@pytest.mark.parametrize("function", [expire_cart, drop_expired, cart_ttl, item_ttls])
def test_bad_cart_name(client, function, unsent):
    with unsent(InvalidCartNameError):
        function(client, *[60] * (function is expire_cart), cart="{guest}")


def test_expire_item_sets_the_deadline(filled):
    expire_item(filled, "mug", 60)
    assert 59 < filled.zscore(DEADLINES, "mug") - time.time() <= 60
    assert filled.zscore(DEADLINES, "teapot") is None
    assert get_cart_items(filled) == [("teapot", 1), ("mug", 2)]
    assert 59 < item_ttls(filled)["mug"] <= 60


def test_expire_item_none_takes_the_deadline_away(filled):
    expire_item(filled, "mug", 60)
    expire_item(filled, "mug", None)
    assert item_ttls(filled) == {}
    assert filled.exists(DEADLINES) == 0


@pytest.mark.parametrize("product_id", ["kettle", "unicorn"])
def test_expire_item_not_in_cart(filled, product_id, refused):
    with refused(ItemNotInCartError) as caught:
        expire_item(filled, product_id, 60)
    assert caught.value.product_id == product_id


def test_expire_item_of_an_expired_line(filled, refused):
    let_pass(filled, "mug")
    with refused(ItemNotInCartError):
        expire_item(filled, "mug", 60)


def test_expire_item_bad_id(filled, bad_id, unsent):
    with unsent(InvalidProductIdError):
        expire_item(filled, bad_id, 60)


@pytest.mark.parametrize("key", [CART, DEADLINES])
def test_expire_item_wrong_type(client, key, refused):
    client.set(key, "theirs", ex=1000)
    with refused(CartDataError) as caught:
        expire_item(client, "mug", 60)
    assert caught.value.key == key


def test_expire_item_deadlines_go_with_the_cart(filled):
    expire_cart(filled, 1000)
    expire_item(filled, "mug", 60)
    gap = filled.pexpiretime(DEADLINES) - filled.pexpiretime(CART)
    assert 0 <= gap <= 1000  # milliseconds
    add_to_cart(filled, "teapot", 1)
    assert abs(filled.pexpiretime(DEADLINES) - filled.pexpiretime(CART)) <= 1000


@pytest.mark.parametrize("read", [get_cart_items, lambda c: list(cart_table(c).product_id)])
def test_reading_hides_and_sweeps_an_expired_line(filled, read):
    let_pass(filled, "mug")
    assert "mug" not in str(read(filled))
    assert filled.zrange(CART, 0, -1) == ["teapot"]
    assert filled.exists(DEADLINES) == 0


def test_reading_leaves_an_expired_line_out_of_the_total(filled):
    let_pass(filled, "mug")
    assert str(cart_table(filled).attrs["total"]) == "24.00"


def test_reading_sweeps_only_when_something_expired(filled):
    expire_item(filled, "mug", 60)
    with Trace(filled) as trace:
        get_cart_items(filled)
    assert trace.round_trips == 1


def test_item_ttls_leaves_out_what_has_passed(filled):
    let_pass(filled, "mug")
    expire_item(filled, "teapot", 60)
    assert list(item_ttls(filled)) == ["teapot"]


def test_item_ttls_leaves_out_a_line_that_was_removed_by_quantity(filled):
    expire_item(filled, "mug", 60)
    assert remove_from_cart(filled, "mug", quantity=2) == 2
    assert item_ttls(filled) == {}


def test_add_to_cart_after_the_deadline_starts_anew(filled):
    let_pass(filled, "mug")
    assert add_to_cart(filled, "mug", 5) == 5
    assert filled.zscore(CART, "mug") == 5
    assert filled.zscore(DEADLINES, "mug") is None


def test_add_to_cart_clears_the_deadline(filled):
    expire_item(filled, "mug", 60)
    assert add_to_cart(filled, "mug", 1) == 3
    assert item_ttls(filled) == {}


@pytest.mark.parametrize("quantity", [None, 1])
def test_remove_from_cart_expired_line(filled, quantity):
    let_pass(filled, "mug")
    with pytest.raises(ItemNotInCartError):
        remove_from_cart(filled, "mug", quantity=quantity)
    assert get_cart_items(filled) == [("teapot", 1)]


def test_drop_expired_removes_what_has_passed(filled):
    let_pass(filled, "mug")
    expire_item(filled, "teapot", 60)
    drop_expired(filled)
    assert filled.zrange(CART, 0, -1) == ["teapot"]
    assert filled.zrange(DEADLINES, 0, -1) == ["teapot"]


def test_drop_expired_nothing_to_do(filled, kit_keys):
    before = kit_keys()
    drop_expired(filled)
    assert kit_keys() == before


@pytest.mark.parametrize("sweep", [drop_expired, get_cart_items, cart_table])
def test_drop_expired_spares_a_line_added_meanwhile(filled, monkeypatch, sweep):
    let_pass(filled, "mug")

    def add_anew():
        filled.zadd(CART, {"mug": 7})
        filled.zrem(DEADLINES, "mug")

    tries = before_exec(filled, monkeypatch, add_anew)
    sweep(filled)
    assert len(tries) == 2
    assert filled.zscore(CART, "mug") == 7
    assert filled.exists(DEADLINES) == 0


def test_expire_cart_round_trips(filled):
    with Trace(filled) as trace:
        expire_cart(filled, 60)
    assert trace.round_trips == (2 if isinstance(filled, RedisCluster) else 1)


def test_expire_item_round_trips(filled):
    with Trace(filled) as trace:
        expire_item(filled, "mug", 60)
    assert trace.round_trips == (3 if isinstance(filled, RedisCluster) else 2)
