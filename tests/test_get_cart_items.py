"""get_cart_items() and clear_cart()."""

import pytest

from cartlib import CartDataError, InvalidCartNameError, add_to_cart, get_cart_items
from cartlib.cart import clear_cart
from cartlib.views import cart_table

CART = "cart:{guest}"


def test_get_cart_items_empty(client, kit_keys):
    assert get_cart_items(client) == []
    assert kit_keys() == {}


def test_get_cart_items_smallest_quantity_first(shop):
    for product_id, quantity in [("mug", 3), ("teapot", 1), ("kettle", 2)]:
        add_to_cart(shop, product_id, quantity)
    assert get_cart_items(shop) == [("teapot", 1), ("kettle", 2), ("mug", 3)]
    assert shop.zrange(CART, 0, -1) == ["teapot", "kettle", "mug"]


def test_get_cart_items_types(shop):
    add_to_cart(shop, "mug", 2)
    [(product_id, quantity)] = get_cart_items(shop)
    assert (type(product_id), type(quantity)) == (str, int)


def test_get_cart_items_of_one_cart_only(shop):
    add_to_cart(shop, "mug", 2, cart="ann")
    assert get_cart_items(shop, cart="ann") == [("mug", 2)]
    assert get_cart_items(shop, cart="bob") == get_cart_items(shop) == []


def test_get_cart_items_of_many_lines(client):
    client.zadd(CART, {f"p{number:04}": number + 1 for number in range(2000)})
    assert get_cart_items(client) == [(f"p{number:04}", number + 1) for number in range(2000)]


def test_get_cart_items_largest_exact_quantity(client):
    client.zadd(CART, {"mug": 2**53})
    assert get_cart_items(client) == [("mug", 2**53)]


@pytest.mark.parametrize("score", [1.5, float("inf"), float("-inf"), 2.0**54])
@pytest.mark.parametrize("read", [get_cart_items, cart_table])
def test_get_cart_items_bad_score(client, read, score, refused):
    client.zadd(CART, {"mug": score})
    with refused(CartDataError) as caught:
        read(client)
    assert caught.value.key == CART
    assert CART in str(caught.value) and "'mug'" in str(caught.value)


@pytest.mark.parametrize("key", [CART, f"{CART}:deadlines"])
@pytest.mark.parametrize("function", [get_cart_items, clear_cart, cart_table])
def test_wrong_type(client, function, key, refused):
    client.set(key, "theirs", ex=1000)
    client.set(f"{CART}:session", 50)
    with refused(CartDataError) as caught:
        function(client)
    assert caught.value.key == key
    assert f"The key {key} holds another type" in str(caught.value)


@pytest.mark.parametrize("name", ["", "{", "}", "{guest}", None, 5])
@pytest.mark.parametrize("function", [get_cart_items, clear_cart, cart_table])
def test_bad_cart_name(client, function, name, unsent):
    with unsent(InvalidCartNameError) as caught:
        function(client, cart=name)
    assert caught.value.cart is name
    assert repr(name) in str(caught.value)


def test_clear_cart_tells_how_many_lines(shop):
    add_to_cart(shop, "mug", 2)
    add_to_cart(shop, "teapot", 1)
    assert clear_cart(shop) == 2
    assert shop.exists(CART) == 0
    assert clear_cart(shop) == 0


@pytest.mark.parametrize(
    "spoilt, other", [(CART, f"{CART}:deadlines"), (f"{CART}:deadlines", CART)]
)
def test_clear_cart_does_no_half_of_it(shop, spoilt, other, refused):
    """Redis would do the other commands of the MULTI all the same."""
    shop.set(spoilt, "theirs")
    shop.zadd(other, {"mug": 4_000_000_000})
    with refused(CartDataError) as caught:
        clear_cart(shop)
    assert caught.value.key == spoilt


def test_clear_cart_leaves_other_carts(shop):
    add_to_cart(shop, "mug", 2, cart="ann")
    add_to_cart(shop, "mug", 1)
    assert clear_cart(shop) == 1
    assert shop.zscore("cart:{ann}", "mug") == 2
