"""SlotChart: on which node of a cluster so many carts land."""

from ipywidgets import Button, Combobox, HBox, IntText, Layout

from cartlib.errors import CartError, shown
from cartlib.lab.slots import count_by_node, ranges, slot_of
from cartlib.look.control import Control, html
from cartlib.look.html import framed, said, table
from cartlib.values import read_count
from cartlib.widgets.parts import errors_shown

MOST = 100_000  # carts
PATTERNS = ("cart:{guest#}", "cart:guest#", "{cart}:guest#", "cart:{}:guest#")
COLUMNS = ["node", "slots", "carts", "share"]
LEFT, WIDTH, RIGHT, ROW, BAR = 190, 360, 150, 34, 20  # of the drawing, in its own units


class SlotChart(Control):
    """Charts how many carts land on each node, by the hash that a cluster uses; it asks no server.

    In `pattern`, the name of the keys, # stands for each cart's number, from 1 on.
    """

    def __init__(self, *, nodes=3):
        self._nodes = nodes
        self.carts = IntText(
            10_000, description="Carts", layout=Layout(width="13em"), tooltip="How many carts"
        )
        self.pattern = Combobox(
            description="Key",
            value=PATTERNS[0],
            options=PATTERNS,
            continuous_update=False,
            layout=Layout(width="24em"),
            tooltip="The name of the keys: # stands for the number of each cart",
        )
        self.count = Button(
            description="Count",
            icon="bar-chart",
            tooltip="Calculate the slot of each key, and chart",
        )
        self.count.on_click(lambda _: self.refresh())
        self.message, self.chart = html(), html()
        inputs = HBox([self.carts, self.pattern, self.count], layout=Layout(flex_flow="row wrap"))
        super().__init__([inputs, self.message, self.chart])
        self.refresh()

    def refresh(self):
        """Calculate where the keys land, and show it."""
        self.chart.value = framed("")
        with errors_shown(self.message):
            names = _names(self.pattern.value, self.carts.value)
            held, used = count_by_node(names, self._nodes), len(set(map(slot_of, names)))
            rows = _rows(held)
            self.chart.value = framed(_chart(rows, len(names)) + _table(rows, len(names)))
            slots = "1 slot" if used == 1 else f"{used:,} different slots"
            self.message.value = said(
                f"Calculated {len(names):,} keys, from {names[0]} to {names[-1]}. "
                f"They are in {slots} of 16,384."
            )


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


def _rows(held):
    """Return (number, slots, carts, share) of each node."""
    shares = [f"{100 * count / sum(held):.1f} %" for count in held]
    slots = [f"{part[0]}–{part[-1]}" for part in ranges(len(held))]
    return list(zip(range(1, len(held) + 1), slots, held, shares, strict=True))


def _chart(rows, total):
    """Return a bar for each node as SVG; a full bar is all the carts."""
    title = f"Where {total:,} carts land"
    text = "; ".join(f"node {row[0]}, slots {row[1]}: {row[2]:,}, {row[3]}" for row in rows)
    return (
        f'<svg role="img" viewBox="0 0 {LEFT + WIDTH + RIGHT} {ROW * len(rows)}" '
        f'aria-label="{title}: {text}" '
        'style="width:100%;max-width:46em;display:block;font-size:14px">'
        f"<title>{title}</title><desc>{text}</desc>"
        f"{''.join(_bar(*row, total) for row in rows)}</svg>"
    )


def _bar(number, slots, count, share, total):
    top, middle = number * ROW - (ROW + BAR) / 2, number * ROW - ROW / 2
    words = 'dominant-baseline="central" fill="currentColor"'
    return (
        f'<text x="{LEFT - 10}" y="{middle}" text-anchor="end" {words}>'
        f"node {number}: {slots}</text>"
        f'<rect x="{LEFT}" y="{top}" width="{WIDTH}" height="{BAR}" fill="none" '
        'stroke="var(--jp-border-color1, #888)"/>'
        f'<rect x="{LEFT}" y="{top}" width="{WIDTH * count / total:.1f}" height="{BAR}" '
        'fill="var(--jp-brand-color1, #1976d2)"/>'
        f'<text x="{LEFT + WIDTH + 10}" y="{middle}" {words}>{count:,} ({share})</text>'
    )


def _table(rows, total):
    shown = [(number, slots, f"{count:,}", share) for number, slots, count, share in rows]
    footer = ["all", "0–16383", f"{total:,}", "100.0 %"]
    return table(COLUMNS, shown, "Carts on each node", {"carts", "share"}, footer)
