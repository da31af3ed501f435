"""What the boards share: two workers, who has which order, and the commands of each click."""

from functools import partial
from html import escape

from cartlib.errors import CartError
from cartlib.look.control import Control, button, form, html
from cartlib.look.html import cut, framed
from cartlib.widgets.charts import Picture
from cartlib.widgets.command_log import CommandLog
from cartlib.widgets.parts import counted, errors_shown, said_by, until_lost

WORKERS = ("ann", "bob")
PRODUCTS = ("mug", "lamp", "poems")


class Board(Control):
    """Does something with the orders at each click, and shows where each order is then.

    `actions` has, for each button, its label, its tooltip, and a function that returns what to say.
    A child has _read(), which returns what to draw, and _drawn(now, before), which draws it.
    """

    def __init__(self, client, actions, inputs=(), *, title=None):
        self._client, self._now, self.dead, self._put = client, None, False, 0
        self.buttons = {label: self._button(label, *rest) for label, *rest in actions}
        next(iter(self.buttons.values())).add_class("cartlib-main")
        again = button("Look again", "Read from Redis where the orders are now", "refresh")
        again.on_click(lambda _: self.refresh())
        self.buttons["Look again"] = again
        self.buttons["ann dies"].layout.width = "8em"  # it has room for both of its words
        self.message, self.picture, self.commands = html(), Picture(), CommandLog(client)
        self.message.add_class("cartlib-two-lines")
        self.picture.add_class("cartlib-board")
        parts = [form(*self.buttons.values(), *inputs), self.message, self.picture, self.commands]
        super().__init__(parts, title=title)
        self._look()

    def refresh(self):
        """Read the orders anew, and show where they are."""
        self.message.value = framed("")
        self._look()

    def _button(self, label, tooltip, action):
        made = button(label, tooltip)
        made.on_click(lambda _: self._act(made.description, action))
        return made

    def _act(self, label, action):
        self.message.value = framed("")  # it told of an earlier click
        act = partial(said_by, partial(self._logged, label, action), self.message)
        if not until_lost(act, self._look):
            self.picture.old = True  # nobody knows where the orders are now

    def _logged(self, label, action):
        with self.commands.record(label):
            return action()

    def _look(self):
        before, self._now = self._now, None
        self.picture.old = False
        with errors_shown(self.picture):
            now = self._read()
            self.picture.show(self._drawn(now, now if before is None else before))
            self._now = now

    def _next_order(self, taken=0):
        """Return the number of the next order, and its line; `taken` is the highest one in use."""
        self._put = max(self._put, taken) + 1
        return self._put, {PRODUCTS[self._put % len(PRODUCTS)]: 1 + self._put % 2}

    def _known(self):
        """Return what was read last; raise CartError where that failed."""
        if self._now is None:
            raise CartError("The orders could not be read. Click Look again first.")
        return self._now

    def _check_alive(self, worker):
        if self.dead and worker == WORKERS[0]:
            raise CartError(f"{worker} is dead, and does nothing.")

    def _title(self, worker, orders):
        """Return how many orders a worker has, and whether it is bad news."""
        dead = self.dead and worker == WORKERS[0]
        has = f"{worker} (dead) has" if dead else f"{worker} has"
        return f"{has} {counted(len(orders), 'order')}", dead

    def _die_or_come_back(self):
        """Let ann die, or be there again, and give the button its other word; return the news."""
        self.dead = not self.dead
        self.buttons["ann dies"].description = "ann is back" if self.dead else "ann dies"
        if self.dead:
            return "ann is dead. Redis was told nothing: it can't know."
        return "ann is back."


def in_words(order) -> str:
    """Return an order in short: o3: 2 × mug."""
    lines = ", ".join(f"{count} × {product}" for product, count in order.items() if product != "id")
    text = f"{order['id']}: {lines}" if "id" in order else lines or "an empty order"
    return text.encode(errors="backslashreplace").decode()  # half a character can't be shown


def box(text, mark="", more="") -> str:
    """Return an order as HTML, with a word for what became of it, such as new, moved or gone."""
    kind = {"": "", "gone": " gone"}.get(mark, " cartlib-flash")
    word = f' <strong class="mark">{mark}</strong>' if mark else ""
    rest = f'<div class="quiet">{escape(more)}</div>' if more else ""
    return f'<li class="order{kind}"><span>{cut(text)}</span>{word}{rest}</li>'


def column(title, bad, boxes) -> str:
    """Return boxes one below the other, in a part that keeps its height; the title may be `bad`."""
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(title)}">'
        f'<div class="title{" bad" * bad}">{escape(title)}</div><ol>{"".join(boxes)}</ol></div>'
    )
