"""Shop: a whole small shop, made of the other controls and of three functions."""

from decimal import Decimal
from functools import partial

from ipywidgets import Text, VBox

from cartlib.cart import add_to_cart
from cartlib.catalogue import search_products
from cartlib.checkout import checkout, get_stock
from cartlib.errors import shown
from cartlib.look.control import Control, button, columns, form, html
from cartlib.look.html import framed, table
from cartlib.widgets.cart_panel import CartPanel
from cartlib.widgets.live_feed import LiveFeed
from cartlib.widgets.parts import counted, errors_shown, result_of, said_by, until_lost
from cartlib.widgets.ttl_bar import TtlBar

COLUMNS = ["product_id", "name", "price", "left"]
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
    """Products with a search, beside them a cart with its total, checkout and time-out, and a feed.

    `parts` has the functions that do the work, and may be changed at any time: search(client, text)
    returns product ids, add(client, product_id, quantity) the new quantity, pay(client) the total.
    """

    def __init__(self, client, *, cart="guest", parts, title=None):
        self._client, self._cart, self.parts = client, cart, parts
        self.text = Text(
            description="Search", placeholder="part of a name", tooltip="What the name contains"
        )
        self.find = button("Find", "Offer what has this name", "search", main=True)
        self.pay = button("Pay", "Buy all that is in the cart", "check", main=True)
        self.find.on_click(lambda _: self._act(self._find, self.found))
        self.pay.on_click(lambda _: self._act(self._pay, self.message))
        self.found, self.message, self.stock = html(), html(), html()
        for place in (self.found, self.message):
            place.add_class("cartlib-say")
        self.message.add_class("cartlib-refusal")
        self.panel = CartPanel(client, cart=cart, add=lambda _, *order: self._do("add", *order))
        self.bar, self.feed = _time_left(client, cart), LiveFeed(client, cart=cart, panels=[self])
        self.panel.on_change(self._look_again)
        super().__init__(
            [
                columns(
                    VBox([form(self.text, self.find), self.found, self.stock]),
                    VBox(self._cart_column()),
                ),
                columns(self.feed, self.panel.commands),
            ],
            title=title,
        )
        self.add_class("cartlib-shop")
        self.refresh()

    def _cart_column(self):
        panel = self.panel
        inputs = form(panel.product, panel.quantity, panel.add, panel.remove, panel.clear)
        return [inputs, panel.message, panel.table, form(self.pay), self.message, self.bar]

    def refresh(self, *, catalogue=True):
        """Read the catalogue, the cart, its time-out and the stock anew, or all but the first."""
        panel = partial(self.panel.refresh, catalogue=catalogue)
        until_lost(panel, self.bar.refresh, self._show_stock)

    def _show_stock(self):
        with errors_shown(self.stock):
            left = get_stock(self._client, cart=self._cart)
            offered = self.panel.product.options
            rows = [
                (product_id, *label.rsplit(" — ", 1), left.get(product_id, 0))
                for label, product_id in offered
            ]
            caption = f"{counted(len(rows), 'product')}, and the stock"
            self.stock.value = framed(
                '<div class="scroll shelf" tabindex="0" role="group" aria-label="Products">'
                f"{table(COLUMNS, rows, caption, {'price', 'left'})}</div>"
            )

    def stop(self):
        """End the feed and the count-down; calling it again does no harm."""
        self.feed.stop()
        self.bar.stop()

    def _look_again(self):
        self.message.value = self.found.value = framed("")  # they told of an earlier click
        self.refresh()

    def _act(self, action, message):
        for place in (self.panel.message, self.found, self.message):
            place.value = framed("")
        until_lost(lambda: said_by(action, message), self.refresh)

    def _find(self):
        text = self.text.value
        with self.panel.commands.record(f"Find {shown(text)}"):
            found = self._do("search", text)
        self.panel.offer(found)
        return f"Found {counted(len(found), 'product')} for {shown(text)}."

    def _pay(self):
        with self.panel.commands.record("Pay"):
            total = self._do("pay")
        return f"Paid {total}. The cart is empty, and the stock has less."

    def _do(self, name, *args):
        return result_of(self.parts, name, RESULTS[name], self._client, *args)


def _time_left(client, cart):
    bar = TtlBar(client, cart=cart)
    bar.seconds.description = "Seconds until the cart ends"
    bar.seconds.style.description_width, bar.seconds.layout.width = "initial", "18em"
    return bar
