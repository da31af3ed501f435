"""Long sequences of calls, on every Redis at once, against a cart that is a few dicts.

Few of them run each time. For a long run: CARTLIB_TEST_EXAMPLES=1000, and this file alone.
"""

import os
from contextlib import ExitStack

import fakeredis
import pytest
from backends import OURS, PROGRAMS, delete, find
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run

from cartlib import (
    CartError,
    EmptyCartError,
    InvalidQuantityError,
    InvalidSecondsError,
    ItemNotInCartError,
    OutOfStockError,
    ProductNotFoundError,
    add_to_cart,
    connect,
    get_cart_items,
    remove_from_cart,
)
from cartlib.cart import clear_cart
from cartlib.catalogue import delete_product, list_products, load_catalogue
from cartlib.checkout import checkout, get_stock, set_stock, settle_order
from cartlib.expiry import cart_ttl, expire_cart, expire_item, item_ttls
from cartlib.lab.local_server import start_cluster
from cartlib.views import cart_table

EXAMPLES = int(os.environ.get("CARTLIB_TEST_EXAMPLES", "8"))
PRICES = {"mug": "9.50", "Zoë's tea": "0.01", "10": "1200.00", "a b": "3.25"}
products, carts = st.sampled_from([*PRICES, "unicorn"]), st.sampled_from(["guest", "Zoë b"])
quantities = st.sampled_from([1, 2, 3, 10, 1_000_000])
odd_quantities = st.sampled_from([0, -1, 1.5, True, None, "2", 1_000_001])
seconds = st.sampled_from([None, 1000, 315_360_000])


class Carts(RuleBasedStateMachine):
    """Each rule does one call on each Redis, and on the model."""

    clients = {}

    @initialize()
    def open_shop(self):
        self.lines = {"guest": {}, "Zoë b": {}}
        self.deadlines = {"guest": set(), "Zoë b": set()}
        self.session = dict.fromkeys(self.lines)
        self.stock = {"guest": {}, "Zoë b": {}}
        self.known = set(PRICES)
        for client in self.clients.values():
            delete(client, find(client, OURS))
            load_catalogue(client, self.csv)

    def all_say(self, expected, call):
        """Do a call on each Redis: all return this, or raise an error of this type."""
        for name, client in self.clients.items():
            try:
                result = call(client)
            except CartError as error:
                result = type(error)
            assert result == expected, name

    @rule(item=products, quantity=quantities, cart=carts)
    def add(self, item, quantity, cart):
        expected = ProductNotFoundError
        if item in self.known:
            expected = self.lines[cart].get(item, 0) + quantity
            self.lines[cart][item] = expected
            self.deadlines[cart].discard(item)
        self.all_say(expected, lambda client: add_to_cart(client, item, quantity, cart=cart))

    @rule(item=products, quantity=odd_quantities, cart=carts)
    def add_what_is_no_quantity(self, item, quantity, cart):
        self.all_say(
            InvalidQuantityError, lambda client: add_to_cart(client, item, quantity, cart=cart)
        )

    @rule(item=products, quantity=st.none() | quantities, cart=carts)
    def remove(self, item, quantity, cart):
        held = self.lines[cart].pop(item, None)
        expected = ItemNotInCartError
        if held is not None:
            expected = held if quantity is None else min(held, quantity)
            if held > expected:
                self.lines[cart][item] = held - expected
            else:
                self.deadlines[cart].discard(item)
        self.all_say(
            expected, lambda client: remove_from_cart(client, item, quantity=quantity, cart=cart)
        )

    @rule(cart=carts)
    def clear(self, cart):
        self.all_say(len(self.lines[cart]), lambda client: clear_cart(client, cart=cart))
        self.empty(cart)

    def empty(self, cart):
        self.lines[cart].clear()
        self.deadlines[cart].clear()

    @rule(time=seconds, cart=carts)
    def let_the_cart_end(self, time, cart):
        self.all_say(None, lambda client: expire_cart(client, time, cart=cart))
        self.session[cart] = time

    @rule(item=products, time=seconds, cart=carts)
    def let_a_line_end(self, item, time, cart):
        expected = ItemNotInCartError
        if item in self.lines[cart]:
            expected = None
            (self.deadlines[cart].add if time else self.deadlines[cart].discard)(item)
        self.all_say(expected, lambda client: expire_item(client, item, time, cart=cart))

    @rule(time=st.sampled_from([0, -1, 2.5, "60", True, 315_360_001]), cart=carts)
    def no_time_out(self, time, cart):
        self.all_say(InvalidSecondsError, lambda client: expire_cart(client, time, cart=cart))

    @rule(item=products, cart=carts)
    def let_time_pass(self, item, cart):
        """The deadline of a line is now over: nobody sees that line any more."""
        if self.lines[cart].pop(item, None) is not None:
            self.deadlines[cart].discard(item)
            for client in self.clients.values():
                client.zadd(f"cart:{{{cart}}}:deadlines", {item: 1_000_000_000})

    @rule(item=products, pieces=st.sampled_from([0, 1, 5, 1_000_000]), cart=carts)
    def deliver(self, item, pieces, cart):
        self.stock[cart][item] = pieces
        self.all_say(None, lambda client: set_stock(client, {item: pieces}, cart=cart))

    @rule(cart=carts)
    def buy(self, cart):
        lines, stock = self.seen(cart), self.stock[cart]
        if not lines:
            expected = EmptyCartError
        elif any(item not in self.known for item, _ in lines):
            expected = ProductNotFoundError
        elif any(stock.get(item, 0) < quantity for item, quantity in lines):
            expected = OutOfStockError
        else:
            expected = lines
            stock.update({item: stock[item] - quantity for item, quantity in lines})
            self.empty(cart)

        def bought(client):
            order = checkout(client, cart=cart)
            assert settle_order(client, order["order_id"], cart=cart) == order
            return order["lines"]

        self.all_say(expected, bought)

    @rule(item=products)
    def stop_selling(self, item):
        self.all_say(item in self.known, lambda client: delete_product(client, item))
        self.known.discard(item)

    @rule()
    def sell_all_again(self):
        self.all_say(len(PRICES), lambda client: load_catalogue(client, self.csv))
        self.known = set(PRICES)

    def seen(self, cart):
        """Return the model's cart as get_cart_items() returns one."""
        return sorted(self.lines[cart].items(), key=lambda line: (line[1], line[0].encode()))

    @invariant()
    def all_look_alike(self):
        for cart in self.lines:
            lines = self.seen(cart)
            self.all_say(lines, lambda client, cart=cart: get_cart_items(client, cart=cart))
            self.all_say(
                self.table(lines), lambda client, cart=cart: table(cart_table(client, cart=cart))
            )
            has_end = bool(self.session[cart] and lines)
            self.all_say(has_end, lambda client, cart=cart: cart_ttl(client, cart=cart) is not None)
            self.all_say(
                self.deadlines[cart], lambda client, cart=cart: set(item_ttls(client, cart=cart))
            )
            self.all_say(self.stock[cart], lambda client, cart=cart: get_stock(client, cart=cart))
        self.all_say(
            self.known, lambda client: {product["product_id"] for product in list_products(client)}
        )

    def table(self, lines):
        return [
            (item, quantity, item in self.known, PRICES[item] if item in self.known else None)
            for item, quantity in lines
        ]


def table(found):
    """Return the columns of a cart_table() that the model knows."""
    rows = found[["product_id", "quantity", "available", "price"]].itertuples(index=False)
    return [(item, n, there, price and str(price)) for item, n, there, price in rows]


@pytest.fixture
def everywhere(servers):
    """A client of each Redis that is found here, alone and as a cluster."""
    with ExitStack() as stack:
        fake = fakeredis.FakeRedis(server=fakeredis.FakeServer(), decode_responses=True)
        clients = {"fakeredis": stack.enter_context(fake)}
        for kind in PROGRAMS:
            one, three = servers.get(kind), servers.get(kind, start_cluster)
            clients[kind] = stack.enter_context(connect(url=one.url))
            clients[f"{kind}-cluster"] = stack.enter_context(connect(url=three.url))
        yield clients
        for client in clients.values():
            delete(client, find(client, OURS))


def test_every_redis_does_as_the_model(everywhere, tmp_path):
    rows = [f'"{item}",{item},{price},' for item, price in PRICES.items()]
    csv = tmp_path / "products.csv"
    csv.write_text("\n".join(["product_id,name,price,category", *rows]), encoding="utf-8")
    machine = type("CartsHere", (Carts,), {"clients": everywhere, "csv": csv})
    run(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            derandomize=True,
            database=None,
            deadline=None,
        ),
    )
