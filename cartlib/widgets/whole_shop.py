"""WholeShop: the shop around the cart, made of four functions."""

from ipywidgets import Text, VBox

from cartlib import keys
from cartlib.errors import CartError, shown
from cartlib.look.control import Control, button, columns, form, html
from cartlib.look.html import framed, table
from cartlib.shop.sales import count_sale
from cartlib.shop.whole import last_days, latest_orders, lines_of
from cartlib.shop.wishes import add_wish
from cartlib.widgets.cart_panel import CartPanel
from cartlib.widgets.parts import counted, errors_shown, result_of, said_by, until_lost

WORKERS = "wendy", "will"
FIELDS = {"best": list, "visitors": int, "viewed": list, "wishes": list}
RESULTS = {
    "visit": (int, "the number of views, an int"),
    "order": (dict, "the order, a dict"),
    "pack": (str | None, "the order's id, or None"),
    "front": (dict, "a dict with best, visitors, viewed and wishes"),
}


class WholeShop(Control):
    """A front page, products to look at, a cart to order, and workers who pack the orders.

    `parts` has the functions that do the work, and may be changed at any time:
    visit(client, visitor, product_id, day), order(client, order_id), pack(client, worker) and
    front(client, visitor, days). A day is a text such as 2027-01-31; `today` is a date.
    """

    def __init__(self, client, *, parts, today, title=None):
        self._client, self.parts, self._today = client, parts, today
        self.panel = CartPanel(client)
        self.look = button("Look", "Open the page of the product that is chosen", "eye")
        self.wish = button("Wish", "Put the product on the wish list", "heart")
        self.order_id = Text("1", description="Order id", tooltip="What one order goes by")
        self.order = button("Order", "Order the cart under this id", "check", main=True)
        self.packers = {
            name: button(f"Pack ({name})", f"Let {name} pack the next order") for name in WORKERS
        }
        self.message, self.front, self.orders = html(), html(), html()
        self.message.add_class("cartlib-say")
        for made, action in self._actions():
            made.on_click(lambda _, action=action: self._act(action))
        self.panel.on_change(self.refresh)
        super().__init__([*self._rows()], title=title)
        self.add_class("cartlib-shop")
        self.refresh()

    def _actions(self):
        yield self.look, self._look
        yield self.wish, self._wish
        yield self.order, self._order
        for name, made in self.packers.items():
            yield made, lambda name=name: self._pack(name)

    def _rows(self):
        panel = self.panel
        buying = form(panel.product, panel.quantity, panel.add, panel.remove, panel.clear)
        cart = VBox([buying, form(self.look, self.wish), panel.message, panel.table])
        packing = form(*self.packers.values())
        ordering = VBox([form(self.order_id, self.order), self.message, packing, self.orders])
        yield self.front
        yield columns(cart, ordering)
        yield panel.commands

    def refresh(self):
        """Read the front page and the orders anew."""
        until_lost(self._show_front, self._show_orders)

    def _act(self, action):
        self.panel.message.value = framed("")
        until_lost(lambda: said_by(action, self.message), self.panel.refresh, self.refresh)

    def _look(self):
        product_id = self._chosen()
        with self.panel.commands.record(f"Look at {product_id}"):
            views = self._do("visit", "guest", product_id, self._today.isoformat())
        return f"Looked at {product_id}: {counted(views, 'look')} so far."

    def _wish(self):
        product_id = self._chosen()
        with self.panel.commands.record(f"Wish for {product_id}"):
            new = add_wish(self._client, product_id)
        return f"{product_id} is on the wish list{'' if new else ', as it was before'}."

    def _order(self):
        order_id = self.order_id.value
        keys.named("order", order_id)
        with self.panel.commands.record(f"Order {order_id}"):
            order = self._do("order", order_id)
        lines = order.get("lines", ())
        return f"Order {order_id} is made: {counted(len(lines), 'line')}."

    def _pack(self, worker):
        with self.panel.commands.record(f"Pack ({worker})"):
            order_id = self._do("pack", worker)
        if order_id is None:
            return f"{worker} had nothing to pack, or an order that was packed before."
        for item, quantity in lines_of(self._client, order_id):
            count_sale(self._client, item, quantity, day=self._today)
        return f"{worker} has packed order {order_id}."

    def _chosen(self):
        if self.panel.product.value is None:
            raise CartError("Choose a product first: the list Product has none to choose from.")
        return self.panel.product.value

    def _show_front(self):
        days = [day.isoformat() for day in last_days(self._today)]
        with errors_shown(self.front):
            found = self._do("front", "guest", days)
            self.front.value = framed(_front(found))

    def _show_orders(self):
        with errors_shown(self.orders):
            rows = latest_orders(self._client)
            caption = f"{counted(len(rows), 'order')}, the last one first"
            self.orders.value = framed(table(["order", "lines", "state"], rows, caption))

    def _do(self, name, *args):
        return result_of(self.parts, name, RESULTS[name], self._client, *args)


def _front(found):
    """Return the front page as HTML; an error in words for what is no such page."""
    for name, kind in FIELDS.items():
        if not isinstance(found.get(name), kind):
            raise CartError(
                f"The front page has {shown(found.get(name))} for {name!r}. It should be "
                f"{'a list' if kind is list else 'a number'}."
            )
    best = ", ".join(f"{item} ({pieces})" for item, pieces in found["best"])
    lists = [", ".join(map(str, found[name])) for name in ("viewed", "wishes")]
    row = [best, counted(found["visitors"], "visitor"), *lists]
    heads = ["best sellers of this week", "who came", "you looked at", "you wish for"]
    return table(heads, [[cell or "–" for cell in row]], "Front page")
