"""Shop: a whole small shop, made of the other controls and of three functions."""

from decimal import Decimal

from ipywidgets import Button, HBox, Layout, Text, VBox

from cartlib.cart import add_to_cart
from cartlib.catalogue import search_products
from cartlib.checkout import checkout, get_stock
from cartlib.errors import CartError, shown
from cartlib.look.control import Control, html
from cartlib.look.html import framed, table
from cartlib.widgets.cart_panel import CartPanel
from cartlib.widgets.live_feed import LiveFeed
from cartlib.widgets.parts import errors_shown, said_by, until_lost
from cartlib.widgets.ttl_bar import TtlBar

RESULTS = {
    "search": (list | tuple, "a list of product ids"),
    "add": (int, "the new quantity, an int"),
    "pay": (Decimal, "the total, a Decimal"),
}


def kit_parts(cart="guest") -> dict:
    """Return the kit's own three functions, for the parts of a Shop with this cart."""
    return {
        "search": search_products,
        "add": lambda client, *order: add_to_cart(client, *order, cart=cart),
        "pay": lambda client: checkout(client, cart=cart)["total"],
    }


class Shop(Control):
    """A search, a cart with its time-out, the checkout, the stock, and a feed of the changes.

    `parts` has the functions that do the work, and may be changed at any time: search(client, text)
    returns product ids, add(client, product_id, quantity) the new quantity, pay(client) the total.
    """

    def __init__(self, client, *, cart="guest", parts):
        self._client, self._cart, self.parts = client, cart, parts
        self.text = Text(
            description="Search", placeholder="part of a name", tooltip="What the name contains"
        )
        self.find = Button(description="Find", icon="search", tooltip="Offer what has this name")
        self.pay = Button(description="Pay", icon="check", tooltip="Buy all that is in the cart")
        self.find.on_click(lambda _: self._act(self._find))
        self.pay.on_click(lambda _: self._act(self._pay))
        self.message, self.stock = html(), html()
        self.panel = CartPanel(client, cart=cart, add=lambda _, *order: self._do("add", *order))
        self.bar, self.feed = TtlBar(client, cart=cart), LiveFeed(client, cart=cart, panels=[self])
        self.panel.on_change(self._look_again)
        wrap = Layout(flex_flow="row wrap")
        super().__init__(
            [
                HBox([self.text, self.find, self.pay], layout=wrap),
                self.message,
                self.panel,
                HBox([VBox([self.bar, self.feed]), self.stock], layout=wrap),
            ]
        )
        self.refresh()

    def refresh(self):
        """Read the catalogue, the cart, its time-out and the stock anew."""
        until_lost(self.panel.refresh, self.bar.refresh, self._show_stock)

    def _show_stock(self):
        with errors_shown(self.stock):
            left = get_stock(self._client, cart=self._cart)
            rows = sorted(left.items())
            self.stock.value = framed(table(["product_id", "left"], rows, "Stock", {"left"}))

    def stop(self):
        """End the feed and the count-down; calling it again does no harm."""
        self.feed.stop()
        self.bar.stop()

    def _look_again(self):
        self.message.value = framed("")  # it told of an earlier click
        self.refresh()

    def _act(self, action):
        self.panel.message.value = framed("")
        until_lost(lambda: said_by(action, self.message), self.refresh)

    def _find(self):
        text = self.text.value
        with self.panel.commands.record(f"Find {shown(text)}"):
            found = self._do("search", text)
        self.panel.offer(found)
        return f"Found {len(found)} product{'' if len(found) == 1 else 's'} for {shown(text)}."

    def _pay(self):
        with self.panel.commands.record("Pay"):
            total = self._do("pay")
        return f"Paid {total}. The cart is empty, and the stock has less."

    def _do(self, name, *args):
        result = self._call(name, *args)
        kind, words = RESULTS[name]
        if not isinstance(result, kind):
            raise CartError(
                f"The part {name!r} returned {shown(result)}. It should return {words}."
            )
        return result

    def _call(self, name, *args):
        try:
            return self.parts[name](self._client, *args)
        except KeyError as error:
            if name in self.parts:
                raise
            raise CartError(f"The part {name!r} is missing: run the cell that has it.") from error
        except NotImplementedError as error:
            raise CartError(
                f"The part {name!r} is not written yet: write it in its cell, and run that cell."
            ) from error
