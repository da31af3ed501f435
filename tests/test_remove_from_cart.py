"""remove_from_cart()."""

import time

import numpy as np
import pytest

from cartlib import (
    CartDataError,
    InvalidCartNameError,
    InvalidProductIdError,
    InvalidQuantityError,
    ItemNotInCartError,
    add_to_cart,
    get_cart_items,
    remove_from_cart,
)
from cartlib.errors import shown
from cartlib.expiry import item_ttls

CART = "cart:{guest}"
DEADLINES = f"{CART}:deadlines"


def test_remove_from_cart_whole_line(shop):
    add_to_cart(shop, "mug", 3)
    assert remove_from_cart(shop, "mug") == 3
    assert get_cart_items(shop) == []
    assert shop.zscore(CART, "mug") is None
    assert shop.exists(CART) == 0


@pytest.mark.parametrize("quantity", [1, 2, np.int64(2)])
def test_remove_from_cart_part(shop, quantity):
    add_to_cart(shop, "mug", 3)
    assert remove_from_cart(shop, "mug", quantity=quantity) == quantity
    assert shop.zscore(CART, "mug") == 3 - quantity


@pytest.mark.parametrize("quantity", [3, 4, 1_000_000])
def test_remove_from_cart_as_much_as_there_is(shop, quantity):
    add_to_cart(shop, "mug", 3)
    assert remove_from_cart(shop, "mug", quantity=quantity) == 3
    assert shop.zscore(CART, "mug") is None


@pytest.mark.parametrize("quantity", [None, 1])
def test_remove_from_cart_leaves_other_lines(shop, quantity):
    add_to_cart(shop, "mug", 1)
    add_to_cart(shop, "teapot", 2)
    assert remove_from_cart(shop, "mug", quantity=quantity) == 1
    assert shop.zrange(CART, 0, -1, withscores=True) == [("teapot", 2)]


@pytest.mark.parametrize("quantity", [None, 1])
def test_remove_from_cart_leaves_a_deadline_that_means_nothing(shop, quantity):
    add_to_cart(shop, "mug", 1)
    shop.zadd(DEADLINES, {"mug": time.time() + 60})
    assert remove_from_cart(shop, "mug", quantity=quantity) == 1
    assert shop.exists(CART) == 0 and item_ttls(shop) == {}
    add_to_cart(shop, "mug", 1)
    assert shop.exists(DEADLINES) == 0


@pytest.mark.parametrize("quantity", [None, 1])
@pytest.mark.parametrize("theirs", ["string", "list"])
def test_remove_from_cart_is_done_whatever_the_deadlines_are(shop, quantity, theirs):
    add_to_cart(shop, "mug", 3)
    shop.set(DEADLINES, "theirs") if theirs == "string" else shop.rpush(DEADLINES, "theirs")
    assert remove_from_cart(shop, "mug", quantity=quantity) == (quantity or 3)
    assert shop.zscore(CART, "mug") == (2 if quantity else None)
    assert shop.type(DEADLINES) == theirs


@pytest.mark.parametrize(
    "held, quantity, taken, left",
    [
        (2.5, None, 2.5, None),
        (2.5, 1, 1, 1.5),
        (0.5, 1, 0.5, None),
        (-2, None, -2, None),
        (0, 1, 0, None),
        (2.0**53, None, 2**53, None),
        (2.0**60, 1, 0, 2.0**60),  # a double of that size does not change by 1
        (float("inf"), None, float("inf"), None),
        (float("inf"), 1, 0, float("inf")),
    ],
)
def test_remove_from_cart_tells_what_went(shop, held, quantity, taken, left):
    """Some other program wrote it; what the change did is told as it was."""
    shop.zadd(CART, {"mug": held, "pen": 1})
    assert remove_from_cart(shop, "mug", quantity=quantity) == taken
    assert shop.zscore(CART, "mug") == left


@pytest.mark.parametrize("quantity", [None, 1])
@pytest.mark.parametrize("product_id", ["teapot", "unicorn"])
def test_remove_from_cart_not_in_cart(shop, product_id, quantity, refused):
    add_to_cart(shop, "mug", 1)
    with refused(ItemNotInCartError) as caught:
        remove_from_cart(shop, product_id, quantity=quantity)
    assert (caught.value.product_id, caught.value.cart) == (product_id, "guest")
    assert repr(product_id) in str(caught.value) and "'guest'" in str(caught.value)


def test_remove_from_cart_of_another_cart(shop, refused):
    add_to_cart(shop, "mug", 1, cart="ann")
    with refused(ItemNotInCartError) as caught:
        remove_from_cart(shop, "mug", cart="bob")
    assert caught.value.cart == "bob"


def test_remove_from_cart_bad_quantity(shop, bad_quantity, unsent):
    add_to_cart(shop, "mug", 2)
    with unsent(InvalidQuantityError) as caught:
        remove_from_cart(shop, "mug", quantity=bad_quantity)
    assert caught.value.quantity is bad_quantity
    assert shown(bad_quantity) in str(caught.value)


def test_remove_from_cart_bad_id(shop, bad_id, unsent):
    add_to_cart(shop, "mug", 2)
    with unsent(InvalidProductIdError) as caught:
        remove_from_cart(shop, bad_id)
    assert caught.value.product_id is bad_id
    assert shown(bad_id) in str(caught.value)


@pytest.mark.parametrize("name", ["", "{", "}", "{guest}", None])
def test_remove_from_cart_bad_cart(shop, name, unsent):
    with unsent(InvalidCartNameError) as caught:
        remove_from_cart(shop, "mug", cart=name)
    assert caught.value.cart is name


@pytest.mark.parametrize("quantity", [None, 1])
@pytest.mark.parametrize("key", [CART, DEADLINES])
def test_remove_from_cart_wrong_type(client, key, quantity, refused):
    client.set(key, "theirs", ex=1000)
    client.set(f"{CART}:session", 50)
    with refused(CartDataError) as caught:
        remove_from_cart(client, "mug", quantity=quantity)
    assert caught.value.key == key
    assert f"The key {key} holds another type" in str(caught.value)


@pytest.mark.parametrize("quantity", [None, 1])
def test_remove_from_cart_product_no_longer_sold(shop, quantity):
    add_to_cart(shop, "mug", 1)
    shop.delete("product:mug")
    assert remove_from_cart(shop, "mug", quantity=quantity) == 1
    assert shop.exists(CART) == 0
