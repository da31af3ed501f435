"""CartPanel: a cart to click."""

from functools import partial
from time import sleep
from types import SimpleNamespace

from ipywidgets import Dropdown, Layout, VBox

from cartlib import keys
from cartlib.cart import add_to_cart, clear_cart, remove_from_cart
from cartlib.catalogue import list_products
from cartlib.errors import CartError
from cartlib.look.control import Control, NumberBox, button, columns, form, html
from cartlib.look.html import framed, said, table
from cartlib.views import cart_table
from cartlib.widgets.command_log import CommandLog
from cartlib.widgets.parts import counted, errors_shown, until_lost

COLUMNS = ["product_id", "name", "price", "quantity", "subtotal"]
NUMBERS = {"price", "quantity", "subtotal"}


class CartPanel(Control):
    """Adds, removes and clears by button; shows the cart, and the commands of each click.

    `add(client, product_id, quantity)` may take the place of add_to_cart.
    """

    def __init__(self, client, *, cart="guest", add=None, title=None):
        lines_key = keys.cart(cart)  # refuses what can't be a cart's name
        self._client, self._cart, self._products, self._listeners = client, cart, [], []
        self._add_to_cart = add or (lambda *order: add_to_cart(*order, cart=cart))
        self._only, self._catalogue, self._lines, self._caption = None, set(), {}, None
        self.product = Dropdown(
            description="Product", options=[], layout=Layout(width="22em"), tooltip="What to add"
        )
        self.quantity = NumberBox(1, "Quantity", "How many to add")
        self.add = button("Add", "Add this quantity to the cart", "plus", main=True)
        self.remove = button("Remove", "Take the product's whole line out of the cart", "minus")
        self.clear = button("Clear", "Take everything out of the cart", "trash")
        for each, action in ((self.add, self._add), (self.remove, self._remove)):
            each.on_click(lambda _, action=action: self._act(action))
        self.clear.on_click(lambda _: self._act(self._clear))
        self.message, self.table = html(), html()
        self.message.add_class("cartlib-say")
        self.table.add_class("cartlib-lines")
        self.commands = CommandLog(client, about=lines_key)
        inputs = form(self.product, self.quantity, self.add, self.remove, self.clear)
        left = VBox([inputs, self.message, self.table])
        super().__init__([columns(left, self.commands)], title=title)
        self.refresh()

    def refresh(self, *, catalogue=True):
        """Read the catalogue and the cart anew, or the cart alone, and show them."""
        with errors_shown(self.message):
            if catalogue:
                self._read_products()
            self._show()
            if not self._products and self._only is None:
                self.message.value = framed(
                    "The catalogue is empty. Run load_catalogue(client), then panel.refresh()."
                )

    def offer(self, product_ids):
        """Offer only these products, in this order; all of them if it is None."""
        self._only = None if product_ids is None else list(product_ids)
        with errors_shown(self.message):
            self._read_products()
            self.product.value = next((value for _, value in self.product.options), None)

    def on_change(self, callback):
        """Call `callback` without arguments after each click."""
        self._listeners.append(callback)

    def _act(self, action):
        later = SimpleNamespace()  # an error of the action stays in sight, whatever fails after it

        def act():
            nonlocal later
            with errors_shown(self.message):
                self.message.value = said(action())
                later = self.message
                sleep(0.001)  # the thread that sends it to the page gets its turn now

        def tell(step):
            with errors_shown(later):
                step()

        after = self._show_with_commands, *self._listeners
        with self.commands.view.hold_sync():  # the log is sent once, after what it tells of
            until_lost(act, *(partial(tell, step) for step in after))

    def _show_with_commands(self):
        with self.commands.record("Show the cart", folded=True):
            self._show()

    def _chosen(self):
        if self.product.value is None:
            raise CartError("Choose a product first: the list Product has none to choose from.")
        return self.product.value

    def _add(self):
        product_id, quantity = self._chosen(), self.quantity.number
        with self.commands.record(f"Add {quantity} × {product_id}"):
            now = self._add_to_cart(self._client, product_id, quantity)
        return f"Added {quantity} × {product_id}. The cart has {now} of it now."

    def _remove(self):
        product_id = self._chosen()
        with self.commands.record(f"Remove {product_id}"):
            gone = remove_from_cart(self._client, product_id, cart=self._cart)
        return f"Removed {product_id}: {gone} of it went."

    def _clear(self):
        with self.commands.record("Clear the cart"):
            lines = clear_cart(self._client, cart=self._cart)
        return f"Cleared. {counted(lines, 'line')} went."

    def _show(self):
        lines = cart_table(self._client, cart=self._cart)
        self._offer(lines["product_id"])
        rows = [
            (product_id, name if available else "(no longer sold)", *rest)
            for product_id, name, *rest, available in lines.values.tolist()
        ]
        caption = f"Cart {self._cart}: {_size(len(rows))}"
        if caption == self._caption and rows == list(self._lines.values()):
            return  # drawn already, and still flashing maybe
        self.table.value = framed(self._drawn(rows, caption, lines.attrs["total"]))
        self._caption, self._lines = caption, {row[0]: row for row in rows}

    def _drawn(self, rows, caption, total):
        """Return the table; a line that has changed since the last one flashes once."""
        first = self._caption is None
        marks = ["" if first or row == self._lines.get(row[0]) else "cartlib-flash" for row in rows]
        return table(COLUMNS, rows, caption, NUMBERS, ["Total", "", "", "", total], marks)

    def _read_products(self):
        products = {product["product_id"]: product for product in list_products(self._client)}
        self._catalogue = set(products)
        wanted = products if self._only is None else self._only
        self._products = [products[product_id] for product_id in wanted if product_id in products]
        self._offer()

    def _offer(self, in_cart=()):
        """Offer the catalogue, and what is in the cart but no longer sold."""
        options = [(f"{p['name']} — {p['price']}", p["product_id"]) for p in self._products]
        known = {product_id for _, product_id in options}
        gone = [product_id for product_id in in_cart if product_id not in self._catalogue]
        options += [(f"{product_id} — no longer sold", product_id) for product_id in gone]
        if tuple(options) != self.product.options:
            chosen = self.product.value
            self.product.options = options
            if chosen not in known.union(gone):
                chosen = options[0][1] if options else None
            self.product.value = chosen


def _size(lines):
    return counted(lines, "line") if lines else "empty"
