"""The stock, and the checkout: all of it or nothing, also when somebody comes between."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import numpy as np
import pytest
from backends import before_exec
from redis.cluster import RedisCluster

from cartlib import (
    CartConnectionError,
    CartDataError,
    CartError,
    EmptyCartError,
    InvalidCartNameError,
    InvalidProductIdError,
    InvalidStockError,
    OutOfStockError,
    ProductNotFoundError,
    add_to_cart,
    connect,
    get_cart_items,
)
from cartlib.catalogue import delete_product, load_catalogue
from cartlib.checkout import checkout, get_stock, set_stock, settle_order
from cartlib.errors import shown
from cartlib.expiry import expire_cart, expire_item
from cartlib.lab.local_server import start_server
from cartlib.lab.trace import Trace

CART, DEADLINES, STOCK = "cart:{guest}", "cart:{guest}:deadlines", "stock:{guest}"


@pytest.fixture
def filled(shop):
    """The shop, with two mugs and a lamp in the cart, and more of them in stock."""
    add_to_cart(shop, "mug", 2)
    add_to_cart(shop, "lamp", 1)
    set_stock(shop, {"mug": 5, "lamp": 1, "pen": 4})
    return shop


def test_set_stock_writes_a_hash(client):
    set_stock(client, {"mug": 3, "lamp": np.int64(0)})
    assert client.hgetall(STOCK) == {"mug": "3", "lamp": "0"}
    assert get_stock(client) == {"mug": 3, "lamp": 0}


def test_set_stock_leaves_other_products(client):
    set_stock(client, {"mug": 3, "lamp": 1}, cart="ada")
    set_stock(client, {"mug": 7}, cart="ada")
    set_stock(client, {}, cart="ada")
    assert client.hgetall("stock:{ada}") == {"mug": "7", "lamp": "1"}
    assert get_stock(client) == {}


@pytest.mark.parametrize(
    "stock", [None, ["mug"], 3, {"mug": -1}, {"mug": 1.5}, {"mug": True}, {"mug": 1_000_001}]
)
def test_set_stock_bad_stock(client, stock, unsent):
    with unsent(InvalidStockError) as caught:
        set_stock(client, stock)
    value = stock["mug"] if isinstance(stock, dict) else stock
    assert caught.value.stock is value and shown(value) in str(caught.value)


def test_set_stock_bad_id_or_cart(client, bad_id, unsent):
    with unsent(InvalidProductIdError):
        set_stock(client, {"mug": 1, bad_id: 1})
    for call in (lambda: set_stock(client, {}, cart="{"), lambda: get_stock(client, cart="{")):
        with unsent(InvalidCartNameError):
            call()


@pytest.mark.parametrize("text", ["many", "2.5", "", "03", " 3", "1e3", str(2**60)])
def test_get_stock_unreadable_pieces(client, text, refused):
    client.hset(STOCK, "mug", text)
    with refused(CartDataError) as caught:
        get_stock(client)
    assert caught.value.key == STOCK and "mug" in str(caught.value)


def test_stock_wrong_type(filled, refused):
    filled.delete(STOCK)
    filled.set(STOCK, "theirs")
    for call in (lambda: set_stock(filled, {"mug": 1}), lambda: get_stock(filled)):
        with refused(CartDataError) as caught:
            call()
        assert caught.value.key == STOCK


def test_checkout_takes_the_pieces_and_empties_the_cart(filled):
    expire_item(filled, "mug", 60)
    bought = checkout(filled)
    order_id = bought["order_id"]
    expected = {"lines": [("lamp", 1), ("mug", 2)], "total": Decimal("64.00")}
    assert bought == expected | {"order_id": order_id}
    order = f"cart:{{guest}}:order:{order_id}"
    assert json.loads(filled.get(order)) == {
        "lines": [["lamp", 1], ["mug", 2]],
        "total": "64.00",
        "order_id": order_id,
    }
    assert 2_591_990 < filled.ttl(order) <= 2_592_000
    assert [type(quantity) for _, quantity in bought["lines"]] == [int, int]
    assert filled.hgetall(STOCK) == {"mug": "3", "lamp": "0", "pen": "4"}
    assert filled.exists(CART, DEADLINES) == 0


def test_checkout_of_another_cart(filled):
    add_to_cart(filled, "teapot", 3, cart="ada")
    set_stock(filled, {"teapot": 3}, cart="ada")
    assert checkout(filled, cart="ada")["lines"] == [("teapot", 3)]
    assert filled.hgetall("stock:{ada}") == {"teapot": "0"}
    assert get_cart_items(filled) == [("lamp", 1), ("mug", 2)]
    with pytest.raises(InvalidCartNameError):
        checkout(filled, cart="{")


def test_checkout_keeps_the_session(filled):
    expire_cart(filled, 1000)
    checkout(filled)
    add_to_cart(filled, "mug", 1)
    assert 990 <= filled.ttl(CART) <= 1000


def test_checkout_round_trips(filled):
    with Trace(filled) as trace:
        checkout(filled)
    assert trace.round_trips == (7 if isinstance(filled, RedisCluster) else 6)
    names = [command.name for command in trace.commands]
    inside = names[names.index("MULTI") + 1 : names.index("EXEC")]
    wanted = ["HINCRBY", "HINCRBY", "ZREMRANGEBYRANK", "ZREMRANGEBYRANK", "SET", "PUBLISH"]
    assert inside == wanted[: 5 if isinstance(filled, RedisCluster) else 6]
    published = next(command for command in trace.commands if command.name == "PUBLISH")
    assert published.words[1:] == (
        "cart:{guest}:events",
        '{"change": "checkout", "product_id": null, "quantity": null}',
    )


def test_checkout_empty_cart(shop, refused):
    set_stock(shop, {"mug": 5})
    with refused(EmptyCartError) as caught:
        checkout(shop)
    assert caught.value.cart == "guest" and "'guest'" in str(caught.value)


@pytest.mark.parametrize("left", [0, 1, None])
def test_checkout_out_of_stock(filled, left, refused):
    filled.hdel(STOCK, "mug")
    if left is not None:
        set_stock(filled, {"mug": left})
    with refused(OutOfStockError) as caught:
        checkout(filled)
    error = caught.value
    assert (error.product_id, error.wanted, error.left) == ("mug", 2, left or 0)
    assert f"The cart has 2 of 'mug', but the stock has {left or 0}." in str(error)


def test_checkout_product_no_longer_sold(filled, refused):
    delete_product(filled, "mug")
    with refused(ProductNotFoundError) as caught:
        checkout(filled)
    assert caught.value.product_id == "mug"


def test_checkout_leaves_expired_lines_out(filled):
    filled.zadd(DEADLINES, {"mug": time.time() - 1})
    assert checkout(filled)["lines"] == [("lamp", 1)]
    assert filled.hgetall(STOCK) == {"mug": "5", "lamp": "0", "pen": "4"}
    assert filled.exists(CART, DEADLINES) == 0


def test_checkout_of_expired_lines_only(filled, refused):
    filled.zadd(DEADLINES, {"mug": time.time() - 1, "lamp": time.time() - 1})
    with refused(EmptyCartError):
        checkout(filled)


@pytest.mark.parametrize("quantity", [2.5, 0, -2, float("inf"), 2.0**60])
def test_checkout_unreadable_quantity(filled, quantity, refused):
    filled.zadd(CART, {"mug": quantity})
    with refused(CartDataError) as caught:
        checkout(filled)
    assert caught.value.key == CART and "'mug'" in str(caught.value)


@pytest.mark.parametrize("text", ["many", "2.5", "05", "+5", str(2**60)])
def test_checkout_unreadable_stock(filled, text, refused):
    filled.hset(STOCK, "mug", text)
    with refused(CartDataError) as caught:
        checkout(filled)
    assert caught.value.key == STOCK and caught.value.value == text


@pytest.mark.parametrize("price", [None, "cheap", "-1"])
def test_checkout_unreadable_price(filled, price, refused):
    filled.hdel("product:mug", "price")
    if price:
        filled.hset("product:mug", "price", price)
    with refused(CartDataError) as caught:
        checkout(filled)
    assert caught.value.key == "product:mug"


@pytest.mark.parametrize("key", [CART, DEADLINES, STOCK, "product:mug"])
def test_checkout_wrong_type(filled, key, refused):
    filled.delete(key)
    filled.set(key, "theirs")
    with refused(CartDataError) as caught:
        checkout(filled)
    assert caught.value.key == key


def test_checkout_product_with_an_odd_id(filled, refused):
    filled.zadd(CART, {"": 1})
    with refused(ProductNotFoundError):
        checkout(filled)


def test_checkout_begins_anew_when_the_stock_changes(filled, monkeypatch):
    tries = before_exec(filled, monkeypatch, lambda: filled.hincrby(STOCK, "mug", -1))
    assert checkout(filled)["lines"] == [("lamp", 1), ("mug", 2)]
    assert len(tries) == 2 and filled.hget(STOCK, "mug") == "2"


def test_checkout_notices_that_the_last_piece_went(filled, monkeypatch):
    tries = before_exec(filled, monkeypatch, lambda: filled.hincrby(STOCK, "lamp", -1))
    with pytest.raises(OutOfStockError):
        checkout(filled)
    assert len(tries) == 2 and filled.hgetall(STOCK) == {"mug": "5", "lamp": "0", "pen": "4"}
    assert get_cart_items(filled) == [("lamp", 1), ("mug", 2)]


def test_checkout_raises_no_error_that_rests_on_the_past(filled, monkeypatch):
    set_stock(filled, {"mug": 1})
    before_exec(filled, monkeypatch, lambda: set_stock(filled, {"mug": 2}))
    assert checkout(filled)["lines"] == [("lamp", 1), ("mug", 2)]
    assert filled.hget(STOCK, "mug") == "0"


def test_checkout_buys_what_was_added_meanwhile(filled, monkeypatch):
    before_exec(filled, monkeypatch, lambda: add_to_cart(filled, "mug", 1))
    assert checkout(filled)["lines"] == [("lamp", 1), ("mug", 3)]
    assert filled.hget(STOCK, "mug") == "2" and filled.exists(CART) == 0


def test_checkout_notices_a_new_deadline(filled, monkeypatch):
    def let_pass():
        filled.zadd(DEADLINES, {"mug": time.time() - 1})

    before_exec(filled, monkeypatch, let_pass)
    assert checkout(filled)["lines"] == [("lamp", 1)]
    assert filled.hget(STOCK, "mug") == "5"


def test_checkout_race_for_the_last_piece(shop):
    """Six customers buy the same cart at the same time: one gets it."""
    set_stock(shop, {"mug": 1})
    add_to_cart(shop, "mug", 1)
    together = threading.Barrier(6)

    def buy(_):
        together.wait()
        try:
            return checkout(shop)["lines"]
        except EmptyCartError:
            return "empty"

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(buy, range(6)))
    assert results.count([("mug", 1)]) == 1 and results.count("empty") == 5
    assert shop.hgetall(STOCK) == {"mug": "0"} and shop.exists(CART) == 0


def test_checkout_of_a_dead_server(server):
    with start_server() as mortal, connect(mortal.host, mortal.port) as client:
        load_catalogue(client)
        set_stock(client, {"mug": 1})
        add_to_cart(client, "mug", 1)
        mortal.stop()
        with pytest.raises(CartConnectionError, match="Nothing was changed") as caught:
            checkout(client)
        assert not caught.value.outcome_unknown
        with pytest.raises(CartConnectionError, match="its outcome is unknown") as caught:
            set_stock(client, {"mug": 1})
        assert caught.value.outcome_unknown
        with pytest.raises(CartConnectionError) as caught:
            get_stock(client)
        assert "outcome" not in str(caught.value)


def test_settle_order_of_what_was_bought(filled):
    bought = checkout(filled)
    for _ in range(2):
        assert settle_order(filled, bought["order_id"]) == bought


def test_settle_order_of_what_was_not_bought(filled):
    assert settle_order(filled, "0" * 32) is None
    assert settle_order(filled, "0" * 32) is None
    key = f"cart:{{guest}}:order:{'0' * 32}"
    assert filled.get(key) == "" and 2_591_990 < filled.ttl(key) <= 2_592_000


def test_exec_that_comes_after_settle_order_is_refused(filled, monkeypatch):
    def settle():
        assert settle_order(filled, tries[0][3].rpartition(":")[2]) is None

    tries = before_exec(filled, monkeypatch, settle)
    checkout(filled)  # it begins anew, as nobody has told it that its first EXEC is late
    assert len(tries) == 2


@pytest.mark.parametrize("order_id", [None, 5, "", "guest", "0" * 31, b"0" * 32, "G" * 32])
def test_settle_order_of_what_is_no_order_id(filled, order_id, unsent):
    with unsent(CartError):
        settle_order(filled, order_id)


@pytest.mark.parametrize("text", ["theirs", "5", "[]", "{}", '{"lines": 5}', "[" * 5000])
def test_settle_order_of_what_is_no_order(filled, text, refused):
    filled.set(f"cart:{{guest}}:order:{'0' * 32}", text)
    with refused(CartDataError) as caught:
        settle_order(filled, "0" * 32)
    assert caught.value.key.endswith("0" * 32)
