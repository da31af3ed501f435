"""The keys' names, and the names that are refused."""

from datetime import date, datetime

import pytest
from redis.crc import key_slot

from cartlib import (
    InvalidCartNameError,
    InvalidDayError,
    InvalidNameError,
    InvalidProductIdError,
    keys,
)
from cartlib.errors import shown

CART_KEYS = [
    *(keys.cart, keys.deadlines, keys.session, keys.events, keys.stock),
    *(keys.viewed, keys.gifts),
]
NAMED = [keys.page, keys.limit, keys.in_work, keys.wishes, keys.tag, keys.order_done]
OF_A_DAY = [keys.sales, keys.visitors, keys.came]
FIXED = [
    *(keys.products, keys.queue, keys.prices, keys.names, keys.orders, keys.orders_aside),
    *(keys.places, keys.likeness, keys.tags, keys.regulars),
]
BAD_CARTS = ["", "{", "a}b", "{guest}", "x" * 129, None, 5, b"guest", "\ud800"]


@pytest.mark.parametrize(
    "function, expected",
    [
        (keys.product, "product:mug"),
        (keys.cart, "cart:{mug}"),
        (keys.deadlines, "cart:{mug}:deadlines"),
        (keys.session, "cart:{mug}:session"),
        (keys.events, "cart:{mug}:events"),
        (keys.stock, "stock:{mug}"),
        (keys.viewed, "cart:{mug}:viewed"),
        (keys.gifts, "cart:{mug}:gifts"),
        (keys.views, "shop:views:mug"),
        (keys.page, "shop:page:mug"),
        (keys.limit, "shop:limit:mug"),
        (keys.in_work, "shop:{queue}:work:mug"),
        (keys.wishes, "shop:{wishes}:mug"),
        (keys.tag, "shop:{filters}:tag:mug"),
        (keys.order_done, "shop:{orders}:done:mug"),
    ],
)
def test_key_is_as_its_docstring_says(function, expected):
    template = function.__doc__.split("`")[1]
    assert function("mug") == expected
    assert template.replace("ID", "mug").replace("NAME", "mug") == expected


@pytest.mark.parametrize("function", FIXED)
def test_key_without_parameter_is_as_its_docstring_says(function):
    assert function.__doc__.startswith(f"`{function()}`")


@pytest.mark.parametrize("function", OF_A_DAY)
def test_key_of_a_day_is_as_its_docstring_says(function):
    template = function.__doc__.split("`")[1]
    assert function(date(2027, 1, 9)) == template.replace("DAY", "2027-01-09")


@pytest.mark.parametrize("day", [None, "2027-01-09", 5, datetime(2027, 1, 9)], ids=repr)
@pytest.mark.parametrize("function", OF_A_DAY)
def test_key_of_a_day_bad_day(function, day):
    with pytest.raises(InvalidDayError) as caught:
        function(day)
    assert caught.value.day is day and shown(day) in str(caught.value)


@pytest.mark.parametrize(
    "name", ["", "x" * 129, None, 5, b"ann", "\ud800"], ids=lambda v: repr(v)[:9]
)
@pytest.mark.parametrize("function", NAMED)
def test_key_of_a_name_bad_name(function, name):
    with pytest.raises(InvalidNameError) as caught:
        function(name)
    assert caught.value.name is name and caught.value.what in str(caught.value)


def test_request_is_beside_its_cart():
    assert keys.request("ann", "a-1") == "cart:{ann}:request:a-1"
    assert key_slot(b"cart:{ann}") == key_slot(keys.request("ann", "a-1").encode())
    with pytest.raises(InvalidNameError):
        keys.request("ann", "")


@pytest.mark.parametrize("function", [keys.visitors, keys.came])
def test_keys_of_several_days_share_one_slot(function):
    names = [function(date(2027, 1, day)) for day in (9, 10, 11)]
    names += [keys.regulars()] if function is keys.came else []
    assert len({key_slot(name.encode()) for name in names}) == 1


def test_every_key_is_ours():
    named = [function("mug") for function in [*CART_KEYS, *NAMED, keys.views, keys.product]]
    of_a_day = [function(date(2027, 1, 9)) for function in OF_A_DAY]
    assert all(map(keys.is_ours, [*named, *of_a_day, *(function() for function in FIXED)]))
    assert not keys.is_ours("shopping")


@pytest.mark.parametrize("name", ["guest", "a b", "Zoë", "x" * 128, "*", ":"])
def test_cart_keys_share_one_slot(name):
    names = [f(name) for f in CART_KEYS]
    assert len(set(names)) == len(CART_KEYS)
    assert len({key_slot(key.encode()) for key in names}) == 1


@pytest.mark.parametrize("name", BAD_CARTS, ids=lambda value: repr(value)[:9])
@pytest.mark.parametrize("function", CART_KEYS)
def test_cart_bad_name(function, name):
    with pytest.raises(InvalidCartNameError) as caught:
        function(name)
    assert caught.value.cart is name
    assert shown(name) in str(caught.value)


def test_product_bad_id(bad_id):
    with pytest.raises(InvalidProductIdError) as caught:
        keys.product(bad_id)
    assert caught.value.product_id is bad_id
    assert shown(bad_id) in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("product_id", ["a", "{mug}", "a:b", "*", "Zoë ☕", "x" * 128])
def test_product_odd_id(product_id):
    assert keys.product(product_id) == f"product:{product_id}"
