"""get_product()."""

from decimal import Decimal

import pytest

from cartlib import CartDataError, InvalidProductIdError, ProductNotFoundError, connect, get_product
from cartlib.errors import shown


def test_get_product_known(shop):
    product = get_product(shop, "mug")
    assert product == {"product_id": "mug", "name": "Coffee mug", "price": Decimal("9.50")}
    assert type(product["price"]) is Decimal
    assert shop.hget("product:mug", "price") == "9.50"


def test_get_product_by_keyword(shop):
    assert get_product(client=shop, product_id="mug")["name"] == "Coffee mug"


def test_get_product_odd_id(client):
    client.hset("product:Zoë {☕}:1", mapping={"name": "Žluťoučký", "price": "0"})
    product = get_product(client, "Zoë {☕}:1")
    assert product == {"product_id": "Zoë {☕}:1", "name": "Žluťoučký", "price": Decimal(0)}


def test_get_product_unknown(shop, refused):
    with refused(ProductNotFoundError) as caught:
        get_product(shop, "unicorn")
    assert caught.value.product_id == "unicorn"
    assert "'unicorn'" in str(caught.value)
    assert "product:unicorn" in str(caught.value)


def test_get_product_bad_id(shop, bad_id, unsent):
    with unsent(InvalidProductIdError) as caught:
        get_product(shop, bad_id)
    assert caught.value.product_id is bad_id
    assert shown(bad_id) in str(caught.value)


@pytest.mark.parametrize(
    "price",
    [
        "abc",
        "",
        "nan",
        "-1",
        "inf",
        "1,5",
        "np.float64(9.5)",
        "9e999999",
        "1e9",
        "1e-999999",
        "0.0000001",
    ],
)
def test_get_product_bad_price(client, price, refused):
    client.hset("product:odd", mapping={"name": "Odd", "price": price})
    with refused(CartDataError) as caught:
        get_product(client, "odd")
    assert (caught.value.key, caught.value.value) == ("product:odd", price)
    assert "product:odd" in str(caught.value) and shown(price) in str(caught.value)


@pytest.mark.parametrize("fields", [{"name": "Odd"}, {"price": "1"}])
def test_get_product_missing_field(client, fields, refused):
    client.hset("product:odd", mapping=fields)
    with refused(CartDataError) as caught:
        get_product(client, "odd")
    assert caught.value.key == "product:odd"
    assert "product:odd" in str(caught.value)


def test_get_product_wrong_type(client, refused):
    client.set("product:odd", "theirs", ex=1000)
    with refused(CartDataError) as caught:
        get_product(client, "odd")
    assert caught.value.key == "product:odd"
    assert "another type" in str(caught.value)


def test_get_product_after_the_idle_connection_was_killed(server):
    with connect(server.host, server.port) as one, connect(server.host, server.port) as other:
        one.hset("product:mug", mapping={"name": "Coffee mug", "price": "9.50"})
        assert other.client_kill_filter(_type="normal", skipme=True) >= 1
        assert get_product(one, "mug")["name"] == "Coffee mug"


def test_get_product_bytes_that_are_no_text(shop):
    shop.hset("product:mug", "name", b"caf\xe9")
    with pytest.raises(CartDataError, match="no text in UTF-8") as caught:
        get_product(shop, "mug")
    assert caught.value.key == "product:mug"
    assert get_product(shop, "teapot")["name"] == "Glass teapot"
