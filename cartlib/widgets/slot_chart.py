"""SlotChart: on which node of a cluster so many carts land."""

from ipywidgets import Combobox, Layout

from cartlib.errors import CartError, shown
from cartlib.lab.slots import SLOTS, count_by_node, ranges, slot_of
from cartlib.look.control import Control, NumberBox, button, form, html
from cartlib.look.html import said, warned
from cartlib.values import read_count
from cartlib.widgets.charts import Picture, bar
from cartlib.widgets.parts import errors_shown

MOST = 100_000  # carts
PATTERNS = ("cart:{guest#}", "cart:guest#", "{cart}:guest#", "cart:{}:guest#")


class SlotChart(Control):
    """Charts how many carts land on each node, by the hash that a cluster uses; it asks no server.

    In `pattern`, the name of the keys, # stands for each cart's number, from 1 on.
    """

    def __init__(self, *, nodes=3):
        self._nodes, self._drawn = nodes, None
        self.carts = NumberBox("10000", "Carts", "How many carts")
        self.carts.layout.width = "13em"
        self.pattern = Combobox(
            description="Key",
            value=PATTERNS[0],
            options=PATTERNS,
            continuous_update=False,
            layout=Layout(width="24em"),
            tooltip="The name of the keys: # stands for the number of each cart",
        )
        self.count = button(
            "Count", "Calculate the slot of each key, and chart", "bar-chart", main=True
        )
        self.count.on_click(lambda _: self.refresh())
        for box in (self.carts, self.pattern):
            box.observe(lambda _: self._dim(), "value")
        self.message, self.chart = html(), Picture()
        self.message.add_class("cartlib-two-lines")
        super().__init__([form(self.carts, self.pattern, self.count), self.message, self.chart])
        self.refresh()

    def refresh(self):
        """Calculate where the keys land, and show it."""
        with errors_shown(self.message):
            names = _names(self.pattern.value, self.carts.number)
            held, used = count_by_node(names, self._nodes), len(set(map(slot_of, names)))
            self.chart.show(_table(held))
            self._drawn = self.pattern.value, self.carts.number
            self.message.value = _news(names, held, used)
        self._dim()

    def _dim(self):
        self.chart.old = self._drawn != (self.pattern.value, self.carts.number)


def _names(pattern, count):
    count = read_count(count, MOST, _count_error)
    if "#" not in pattern:
        raise CartError(
            f"The name {shown(pattern)} is the same for all carts. Put a # into it, where the "
            "number of each cart belongs."
        )
    return [pattern.replace("#", str(number)) for number in range(1, count + 1)]


def _count_error(value):
    return CartError(f"Give a number of carts from 1 to {MOST:,}, not {shown(value)}.")


def _news(names, held, used):
    """Return what was found; a node that holds everything is bad news."""
    slots = "1 slot" if used == 1 else f"{used:,} different slots"
    text = (
        f"Calculated {len(names):,} keys, from {names[0]} to {names[-1]}. "
        f"They are in {slots} of {SLOTS:,}."
    )
    if max(held) == len(names) > len(held) > 1:
        node = held.index(max(held)) + 1
        return warned(f"{text} Node {node} holds all of them, and the others have nothing to do.")
    return said(text)


def _table(held):
    """Return a bar for each node; a full bar is all the carts."""
    total = sum(held)
    rows = "".join(
        f'<tr><th scope="row">node {number}</th><td class="number">{slots[0]}–{slots[-1]}</td>'
        f'<td class="number">{count:,}</td>'
        f"<td>{bar(('kept', 100 * count / total))}<div>{100 * count / total:.1f} %</div></td></tr>"
        for number, (slots, count) in enumerate(zip(ranges(len(held)), held, strict=True), 1)
    )
    return (
        f'<table class="bars"><caption>Where {total:,} carts land</caption>'
        '<thead><tr><th scope="col">node</th><th scope="col" class="number">slots</th>'
        '<th scope="col" class="number">carts</th><th scope="col">share</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
