"""MemoryChart: what it takes to count visitors, by a Set, a HyperLogLog and a Bitmap."""

from ipywidgets import Dropdown, Layout

from cartlib.errors import LocalServerError
from cartlib.lab import memory
from cartlib.look.control import Control, button, form, html
from cartlib.look.html import noted, said
from cartlib.widgets.charts import OneAtATime, Picture, bar, under_way
from cartlib.widgets.parts import errors_shown

STRUCTURES = {  # and what each tells of visitors
    "Set": "who",
    "HyperLogLog": "how many",
    "Bitmap": "which",
}


class MemoryChart(Control):
    """Measures the bytes of three structures on a private server, and charts them by visitors.

    Where no server can be started, it shows figures that were recorded. `rows` is what it shows,
    and `text` the same for the chosen number of visitors in words.
    """

    def __init__(self):
        self.rows, self._from, self._clicks = [], "", OneAtATime()
        self.visitors = Dropdown(
            description="Visitors",
            options=[(f"{size:,}", size) for size in memory.SIZES],
            value=memory.SIZES[2],
            layout=Layout(width="14em"),
            tooltip="How many different visitors there were",
        )
        self.measure = button(
            "Measure", "Start a private server, and measure all sizes on it", "bar-chart", main=True
        )
        self.message, self.chart = html(), Picture()
        self.message.add_class("cartlib-two-lines")
        self.visitors.observe(lambda _: self._draw(), "value")
        self.measure.on_click(lambda _: self._act())
        super().__init__([form(self.visitors, self.measure), self.message, self.chart])
        self._draw()

    @property
    def text(self) -> str:
        """What is charted, in words; nothing before it is measured."""
        parts = [
            f"{row.structure}: {row.bytes:,} bytes, counts {row.counted:,}."
            for row in self.rows
            if row.visitors == self.visitors.value
        ]
        return " ".join([f"{self.visitors.value:,} visitors, {self._from}.", *parts] * bool(parts))

    def _act(self):
        with self._clicks.click(self.chart) as free:
            if free:
                with errors_shown(self.message):
                    self._measure()
                self._draw()

    def _measure(self):
        self.message.value = under_way("Measuring on a private server …")
        try:
            self.rows, self._from = memory.measure(), "measured"
            news = "Measured by MEMORY USAGE on a private server."
            self.message.value = said(f"{news} Choose other numbers of visitors.")
        except LocalServerError as error:
            self.rows, self._from = memory.RECORDED, "recorded"
            self.message.value = noted(f"{error} These figures were recorded with Redis 7.0.")

    def _draw(self):
        size = self.visitors.value
        found = {row.structure: row for row in self.rows if row.visitors == size}
        longest = max((row.bytes for row in found.values()), default=1)
        rows = "".join(_row(name, found.get(name), longest) for name in STRUCTURES)
        how = f", {self._from}" if found else ""
        self.chart.show(
            f'<table class="bars"><caption>Counting {size:,} visitors{how}</caption>'
            '<thead><tr><th scope="col">structure</th><th scope="col" class="number">bytes</th>'
            '<th scope="col" class="number">counts</th><th scope="col">memory</th></tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )


def _row(name, row, longest):
    """Return a structure's line; the largest one's bar is full."""
    if row is None:
        cells = '<td class="number">—</td><td class="number">—</td>'
        picture = f'{bar()}<div class="quiet">not measured yet</div>'
    else:
        cells = f'<td class="number">{row.bytes:,}</td><td class="number">{row.counted:,}</td>'
        each = row.bytes / row.visitors
        text = f"{each:.2g} bytes" if each < 10 else f"{each:.0f} bytes"
        picture = (
            f"{bar(('measured', 100 * row.bytes / longest))}"
            f"<div>{text} for each visitor; {_accuracy(row)}</div>"
        )
    head = f'{name}<div class="quiet">tells {STRUCTURES[name]}</div>'
    return f'<tr><th scope="row">{head}</th>{cells}<td>{picture}</td></tr>'


def _accuracy(row):
    return f"off by {row.error:+.2f} %" if row.error else "exact"
