"""The keys' names, and the names that are refused."""

import pytest
from redis.crc import key_slot

from cartlib import InvalidCartNameError, InvalidProductIdError, keys
from cartlib.errors import shown

CART_KEYS = [keys.cart, keys.deadlines, keys.session, keys.events, keys.stock]
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
    ],
)
def test_key_is_as_its_docstring_says(function, expected):
    template = function.__doc__.split("`")[1]
    assert function("mug") == expected
    assert template.replace("ID", "mug").replace("NAME", "mug") == expected


def test_products_has_no_parameter():
    assert keys.products() == "products"
    assert keys.products.__doc__.startswith("`products`")


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
