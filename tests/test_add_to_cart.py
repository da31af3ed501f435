"""add_to_cart()."""

import os
import signal
import socket
import time

import numpy as np
import pytest
from redis.exceptions import RedisClusterException, RedisError

import cartlib.cart
from cartlib import (
    CartConnectionError,
    CartDataError,
    CartError,
    InvalidCartNameError,
    InvalidProductIdError,
    InvalidQuantityError,
    ProductNotFoundError,
    add_to_cart,
    connect,
)
from cartlib.errors import shown
from cartlib.lab.local_server import start_cluster, start_server
from cartlib.lab.trace import Trace

CART = "cart:{guest}"
LIMIT = 20  # seconds


def test_add_to_cart_new_line(shop):
    assert add_to_cart(shop, "mug", 2) == 2
    assert shop.zscore(CART, "mug") == 2
    assert shop.ttl(CART) == -1


def test_add_to_cart_increments(shop):
    assert [add_to_cart(shop, "mug", quantity) for quantity in (1, 1, 3)] == [1, 2, 5]
    assert shop.zrange(CART, 0, -1, withscores=True) == [("mug", 5)]


def test_add_to_cart_by_keyword(shop):
    assert add_to_cart(client=shop, product_id="mug", quantity=1, cart="ann") == 1
    assert shop.zscore("cart:{ann}", "mug") == 1
    assert shop.exists(CART) == 0


@pytest.mark.parametrize("quantity", [1, 1_000_000, np.int64(7), np.uint8(7)])
def test_add_to_cart_good_quantity(shop, quantity):
    now = add_to_cart(shop, "mug", quantity)
    assert (now, type(now)) == (quantity, int)
    assert shop.zscore(CART, "mug") == quantity


def test_add_to_cart_unknown_product(shop, refused):
    add_to_cart(shop, "mug", 1)
    with refused(ProductNotFoundError) as caught:
        add_to_cart(shop, "unicorn", 1)
    assert caught.value.product_id == "unicorn"
    assert "'unicorn'" in str(caught.value)


def test_add_to_cart_bad_quantity(shop, bad_quantity, unsent):
    add_to_cart(shop, "mug", 2)
    with unsent(InvalidQuantityError) as caught:
        add_to_cart(shop, "mug", bad_quantity)
    assert caught.value.quantity is bad_quantity
    assert shown(bad_quantity) in str(caught.value)


def test_add_to_cart_quantity_none(shop, unsent):
    with unsent(InvalidQuantityError) as caught:
        add_to_cart(shop, "mug", None)
    assert caught.value.quantity is None
    assert "not None" in str(caught.value)


def test_add_to_cart_bad_id(shop, bad_id, unsent):
    with unsent(InvalidProductIdError) as caught:
        add_to_cart(shop, bad_id, 1)
    assert caught.value.product_id is bad_id
    assert shown(bad_id) in str(caught.value)


@pytest.mark.parametrize("name", ["", "{", "}", "{guest}", None, "x" * 129, "\ud800"])
def test_add_to_cart_bad_cart(shop, name, unsent):
    with unsent(InvalidCartNameError) as caught:
        add_to_cart(shop, "mug", 1, cart=name)
    assert caught.value.cart is name
    assert shown(name) in str(caught.value)


@pytest.mark.parametrize("end", ["", ":deadlines"])
def test_add_to_cart_wrong_type(shop, end, refused):
    shop.set(f"{CART}:session", 50)
    shop.set(CART + end, "theirs", ex=1000)
    with refused(CartDataError) as caught:
        add_to_cart(shop, "mug", 1)
    assert caught.value.key == CART + end
    assert f"The key {CART + end} holds another type" in str(caught.value)


def test_add_to_cart_wrong_type_of_session(shop, refused):
    shop.sadd(f"{CART}:session", "theirs")
    with refused(CartDataError) as caught:
        add_to_cart(shop, "mug", 1)
    assert caught.value.key == f"{CART}:session"


@pytest.mark.parametrize("session", ["abc", "1.5", "", "0", "-5", "315360001", "9" * 5000])
def test_add_to_cart_bad_session(shop, session, refused):
    shop.set(f"{CART}:session", session)
    with refused(CartDataError) as caught:
        add_to_cart(shop, "mug", 1)
    assert (caught.value.key, caught.value.value) == (f"{CART}:session", session)


@pytest.mark.parametrize("score", [1.5, float("inf"), 2.0**54])
def test_add_to_cart_bad_score(shop, score, refused):
    shop.zadd(CART, {"mug": score})
    with refused(CartDataError) as caught:
        add_to_cart(shop, "mug", 1)
    assert (caught.value.key, float(caught.value.value)) == (CART, score)
    assert CART in str(caught.value) and "'mug'" in str(caught.value)


def test_add_to_cart_writes_in_a_transaction(shop):
    """redis-py sends a plain pipeline to a cluster again by itself, and that would add twice."""
    with Trace(shop) as trace:
        add_to_cart(shop, "mug", 1)
    names = [command.name for command in trace.commands]
    assert names.count("ZINCRBY") == 1
    assert names.index("MULTI") < names.index("ZINCRBY") < names.index("EXEC")


def stop_before_the_write(monkeypatch, pid):
    """Suspend a server between look and write; a new connection, as of a retry, resumes it."""
    write, look_up = cartlib.cart.execute_and_publish, socket.getaddrinfo

    def stop_and_write(*args):
        os.kill(pid, signal.SIGSTOP)
        return write(*args)

    def resume_and_look_up(*args, **options):
        os.kill(pid, signal.SIGCONT)
        return look_up(*args, **options)

    monkeypatch.setattr(cartlib.cart, "execute_and_publish", stop_and_write)
    monkeypatch.setattr(socket, "getaddrinfo", resume_and_look_up)


def quantity_later(running):
    """Return what the cart holds, once the server has done all that was waiting for it."""
    deadline = time.monotonic() + LIMIT
    while True:
        try:
            for _ in range(3):  # each a new connection, served after those that waited
                with connect(running.host, running.port, timeout=1) as client:
                    quantity = client.zscore(CART, "mug")
            return quantity
        except (CartError, RedisError, RedisClusterException):
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.mark.parametrize("kind, start", [("server", start_server), ("cluster", start_cluster)])
def test_add_to_cart_stalled_server_never_adds_twice(kind, start, request, monkeypatch):
    request.getfixturevalue(kind)  # skips where there is none
    with start() as own, connect(own.host, own.port, timeout=0.3) as client:
        client.hset("product:mug", mapping={"name": "Coffee mug", "price": "9.50"})
        pid = own.pid if kind == "server" else pid_of_cart(own, client)
        stop_before_the_write(monkeypatch, pid)
        try:
            with pytest.raises(CartConnectionError, match="its outcome is unknown"):
                add_to_cart(client, "mug", 1)
        finally:
            os.kill(pid, signal.SIGCONT)
        assert quantity_later(own) == 1


def pid_of_cart(own, client):
    """Return the process id of the node that owns the cart's slot."""
    port = client.get_node_from_key(CART).port
    return next(node.pid for node in own.nodes if node.port == port)


@pytest.mark.parametrize("held, quantity", [(2**53, 1), (2**53 - 1, 2), (2**53 - 5, 1_000_000)])
def test_add_to_cart_more_than_can_be_counted(shop, held, quantity, refused):
    shop.zadd(CART, {"mug": held})
    with refused(CartDataError) as caught:
        add_to_cart(shop, "mug", quantity)
    assert (caught.value.key, float(caught.value.value)) == (CART, held)


def test_add_to_cart_up_to_what_can_be_counted(shop):
    shop.zadd(CART, {"mug": 2**53 - 1})
    assert add_to_cart(shop, "mug", 1) == 2**53
