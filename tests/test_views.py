"""The DataFrames, and describe()."""

import pickle
from decimal import Decimal

import pandas as pd
import pytest

from cartlib import (
    CartDataError,
    ItemNotInCartError,
    add_to_cart,
    get_cart_items,
    remove_from_cart,
)
from cartlib.catalogue import delete_product
from cartlib.lab.stores import new_client
from cartlib.views import CART_COLUMNS, cart_table, catalogue_table, key_table

CART = "cart:{guest}"


def test_cart_table_joins_products(shop):
    add_to_cart(shop, "mug", 3)
    add_to_cart(shop, "teapot", 1)
    rows = cart_table(shop).to_dict("records")
    assert [tuple(row.values()) for row in rows] == [
        ("teapot", "Glass teapot", Decimal("24.00"), 1, Decimal("24.00"), True),
        ("mug", "Coffee mug", Decimal("9.50"), 3, Decimal("28.50"), True),
    ]


def test_cart_table_total_is_decimal(shop):
    add_to_cart(shop, "mug", 3)
    add_to_cart(shop, "teapot", 1)
    total = cart_table(shop).attrs["total"]
    assert (total, type(total)) == (Decimal("52.50"), Decimal)


def test_cart_table_types(shop):
    add_to_cart(shop, "mug", 1)
    kinds = cart_table(shop).dtypes.astype(str).to_dict()
    assert kinds == dict.fromkeys(CART_COLUMNS, "object") | {
        "quantity": "int64",
        "available": "bool",
    }


def test_cart_table_empty(client, kit_keys):
    table = cart_table(client)
    assert list(table.columns) == list(CART_COLUMNS)
    assert (len(table), table.attrs["total"]) == (0, 0)
    assert kit_keys() == {}


def test_cart_table_agrees_with_get_cart_items(client):
    client.zadd(CART, {f"p{number:03}": number % 7 + 1 for number in range(300)})
    table = cart_table(client)
    assert list(zip(table.product_id, table.quantity, strict=True)) == get_cart_items(client)
    assert not table.available.any()


def test_cart_table_of_one_cart(shop):
    add_to_cart(shop, "mug", 1, cart="ann")
    assert len(cart_table(shop, cart="ann")) == 1
    assert cart_table(shop).empty


def test_cart_table_product_no_longer_sold(shop):
    add_to_cart(shop, "mug", 2)
    add_to_cart(shop, "teapot", 1)
    delete_product(shop, "mug")
    table = cart_table(shop)
    assert table.iloc[1].to_list() == ["mug", None, None, 2, None, False]
    assert table.attrs["total"] == Decimal("24.00")


def test_cart_table_line_no_longer_sold_can_be_removed(shop):
    add_to_cart(shop, "mug", 2)
    delete_product(shop, "mug")
    assert remove_from_cart(shop, "mug") == 2
    assert cart_table(shop).empty
    assert shop.exists(CART) == 0
    with pytest.raises(ItemNotInCartError):
        remove_from_cart(shop, "mug")


@pytest.mark.parametrize("view", [cart_table, catalogue_table])
def test_html_is_escaped(client, view):
    client.hset("product:bad", mapping={"name": "<img src=x onerror=alert(1)>", "price": "1.00"})
    client.sadd("products", "bad")
    add_to_cart(client, "bad", 1)
    html = view(client)._repr_html_()
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


@pytest.mark.parametrize(
    "view",
    [
        cart_table,
        catalogue_table,
        lambda client: key_table(client, CART),
        lambda client: cart_table(client)[["name"]].assign(more=1).sort_values("name"),
    ],
)
def test_no_formula_is_made_of_a_table(shop, view):
    add_to_cart(shop, "mug", 1)
    assert view(shop)._repr_html_().startswith('<div class="mathjax_ignore">')


def test_table_without_html_stays_without(shop):
    with pd.option_context("display.notebook_repr_html", False):
        assert catalogue_table(shop)._repr_html_() is None


def test_table_is_a_frame_like_any_other(shop):
    table = catalogue_table(shop)
    assert isinstance(table, pd.DataFrame) and table.equals(pd.DataFrame(table))
    assert pickle.loads(pickle.dumps(cart_table(shop))).attrs["total"] == 0


@pytest.mark.parametrize("price", ["abc", "nan", "-1"])
def test_cart_table_bad_price(shop, price, refused):
    add_to_cart(shop, "mug", 1)
    shop.hset("product:mug", "price", price)
    with refused(CartDataError) as caught:
        cart_table(shop)
    assert caught.value.key == "product:mug"
    assert repr(price) in str(caught.value)


def test_cart_table_missing_price(shop, refused):
    add_to_cart(shop, "mug", 1)
    shop.hdel("product:mug", "price")
    table = cart_table(shop)
    assert table.iloc[0].to_list() == ["mug", None, None, 1, None, False]


def test_catalogue_table_lists_all(shop):
    table = catalogue_table(shop)
    assert list(table.columns) == ["product_id", "name", "price", "category"]
    assert len(table) == 24
    assert table.set_index("product_id").price["mug"] == Decimal("9.50")


def test_catalogue_table_empty(client):
    assert list(catalogue_table(client).columns) == ["product_id", "name", "price", "category"]


@pytest.mark.parametrize(
    "key, write, kind, rows",
    [
        ("product:a", lambda c, k: c.hset(k, "name", "A"), "hash", [["name", "A"]]),
        ("cart:a", lambda c, k: c.zadd(k, {"mug": 2}), "zset", [["mug", 2.0]]),
        ("cart:b", lambda c, k: c.sadd(k, "y", "x"), "set", [["x"], ["y"]]),
        ("cart:c", lambda c, k: c.rpush(k, "y", "x"), "list", [["y"], ["x"]]),
        ("cart:d", lambda c, k: c.set(k, "text"), "string", [["text"]]),
        ("cart:e", lambda c, k: None, "none", []),
        (
            "cart:f",
            lambda c, k: c.xadd(k, {"product_id": "mug", "quantity": 2}, id="1-0"),
            "stream",
            [["1-0", "product_id: mug, quantity: 2"]],
        ),
    ],
    ids=["hash", "zset", "set", "list", "string", "none", "stream"],
)
def test_key_table(client, key, write, kind, rows):
    write(client, key)
    table = key_table(client, key)
    assert table.values.tolist() == rows
    assert table.attrs == {"key": key, "type": kind, "ttl": None}


def test_key_table_of_places(client):
    client.geoadd("shop:places", [-9.1393, 38.7223, "Lisbon", 2.3522, 48.8566, "Paris"])
    table = key_table(client, "shop:places")
    assert list(table.columns) == ["member", "score"] and table.attrs["type"] == "zset"
    assert list(table["member"]) == ["Lisbon", "Paris"]


def test_key_table_ttl(client):
    client.set("cart:{guest}", "text", ex=1000)
    assert 990 <= key_table(client, "cart:{guest}").attrs["ttl"] <= 1000


@pytest.mark.parametrize("read", [cart_table, catalogue_table])
def test_product_that_is_no_text(shop, read):
    add_to_cart(shop, "mug", 1)
    shop.hset("product:mug", "name", b"caf\xe9")
    with pytest.raises(CartDataError, match="no text in UTF-8"):
        read(shop)
    assert shop.hget("product:teapot", "name") == "Glass teapot"  # the connection is in step


@pytest.mark.parametrize("read", [cart_table, get_cart_items])
def test_line_that_is_no_text(shop, read):
    shop.zadd(CART, {b"caf\xe9": 1, "teapot": 2})
    with pytest.raises(CartDataError, match="no text in UTF-8") as caught:
        read(shop)
    assert caught.value.key == CART
    assert shop.hget("product:teapot", "name") == "Glass teapot"


def test_key_table_of_a_document_and_of_vectors():
    with new_client() as client:
        client.execute_command("JSON.SET", "demo:d", "$", '{"a": {"to": "Zoë"}, "b": [1]}')
        client.execute_command("VADD", "demo:v", "VALUES", 2, 1, 0.5, "mug")
        client.execute_command("VADD", "demo:v", "VALUES", 2, 1, 0, "cup")
        table = key_table(client, "demo:d")
        assert table.attrs["type"] == "ReJSON-RL"
        assert table.values.tolist() == [["a", '{"to": "Zoë"}'], ["b", "[1]"]]
        table = key_table(client, "demo:v")
        assert table.attrs["type"] == "vectorset"
        assert table.values.tolist() == [["cup", [1.0, 0.0]], ["mug", [1.0, 0.5]]]
