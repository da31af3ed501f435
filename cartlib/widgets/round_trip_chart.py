"""RoundTripChart: what round trips cost, calculated and measured."""

import time
from dataclasses import dataclass
from html import escape

from ipywidgets import Dropdown, Layout

from cartlib.lab import trips
from cartlib.look.control import Control, button, form, html
from cartlib.look.html import framed, said
from cartlib.look.slider import Slider
from cartlib.widgets.charts import OneAtATime, Picture, bar, under_way
from cartlib.widgets.parts import counted, errors_shown

TASKS = {"View the cart": trips.VIEWS, "Add to the cart": trips.ADDS}
LONGEST = 20  # milliseconds
PAUSE = 0.25  # seconds between two messages of how far it is


@dataclass(frozen=True)
class Setting:
    """What is measured: a task, the lines of the cart, and the delay in milliseconds."""

    task: str
    lines: int
    delay: int

    def __str__(self):
        views = self.ways is trips.VIEWS
        return f"{counted(self.lines, 'line')} at {self.delay} ms" if views else f"{self.delay} ms"

    @property
    def ways(self):
        return TASKS[self.task]


class RoundTripChart(Control):
    """Calculates and measures one task in several ways over a network.Network, with any delay.

    What is calculated, round trips times the delay, follows the slider at once. `text` is what was
    measured last, in words.
    """

    def __init__(self, network):
        self._network, self.text, self._clicks = network, "", OneAtATime()
        self._setting, self._measured = None, {}
        self.task, self.lines, self.delay = _task(), _lines(), _delay()
        self.measure = button(
            "Measure", "Run each way several times, and show what it took", "clock-o", main=True
        )
        self.duration, self.message, self.view = html(), html(), Picture()
        for part in (self.task, self.lines, self.delay):
            part.observe(lambda _: self._change(), "value")
        self.measure.on_click(lambda _: self._act())
        super().__init__(
            [
                html(f'<p class="quiet">Measured on: {escape(str(network))}</p>'),
                form(self.task, self.lines),
                form(self.delay, self.measure, self.duration),
                self.message,
                self.view,
            ]
        )
        self.message.add_class("cartlib-say")
        self._draw()

    @property
    def setting(self) -> Setting:
        """What is chosen; an add takes as long whatever else is in the cart."""
        lines = 1 if self.lines.disabled else self.lines.value
        return Setting(self.task.value, lines, self.delay.value)

    def _change(self):
        self.lines.disabled = TASKS[self.task.value] is trips.ADDS
        self.message.value = framed("")  # it told of what was chosen before
        with errors_shown(self.message):
            self._network.delay = self.delay.value
        self._draw()

    def _act(self):
        with self._clicks.click() as free:
            if free:
                with errors_shown(self.message):
                    self.message.value = said(self._measure(self.setting))
                self._draw()

    def _measure(self, setting):
        progress = self._progress(max(1, _seconds(setting)))
        progress()
        self._network.delay = setting.delay
        trips.fill_cart(self._network.client, setting.lines)
        found = trips.measure(self._network.client, setting.ways, progress)
        self._setting, self._measured = setting, {row.way: row for row in found.itertuples()}
        words = [
            f"{row.way}: {counted(row.round_trips, 'round trip')}, {row.ms:.1f} ms."
            for row in self._measured.values()
        ]
        kind = "real" if self._network.is_real else "simulated"
        self.text = " ".join([f"{setting.task}, {setting}, {kind} delay.", *words])
        fastest = min(self._measured.values(), key=lambda row: row.ms)
        runs = counted(found.attrs["runs"], "run")
        return f"Measured: the median of {runs} of each way. The fastest this time: {fastest.way}."

    def _progress(self, whole):
        """Return a function that says how far it is, and not so often that it takes time."""
        begin, last = time.monotonic(), -PAUSE

        def progress():
            nonlocal last
            done = time.monotonic() - begin
            if done >= last + PAUSE:
                text = f"Measuring: {done:.0f} of about {max(whole, done):.0f} s …"
                self.message.value, last = under_way(text, done, max(whole, done)), done

        return progress

    def _draw(self):
        setting = self.setting
        seconds = f"takes about {max(1, _seconds(setting)):.0f} s: {setting}"
        self.duration.value = framed(f'<span class="quiet">{seconds}</span>')
        same_task = self._setting is not None and self._setting.task == setting.task
        measured = self._measured if same_task else {}
        counts = {way: trips.round_trips(way, setting.lines) for way in setting.ways}
        times = [count * setting.delay for count in counts.values()]
        longest = max(*times, *(row.ms for row in measured.values()), 0.001)
        rows = "".join(
            f'<tr><th scope="row">{escape(way)}</th><td class="number">{count}</td>'
            f"<td>{_expected(count, setting.delay, longest)}"
            f"{self._found(measured.get(way), longest)}</td></tr>"
            for way, count in counts.items()
        )
        self.view.show(
            f'<table class="bars"><caption>{escape(setting.task)}: {setting}</caption>'
            '<thead><tr><th scope="col">way</th><th scope="col" class="number">round trips</th>'
            f'<th scope="col">time</th></tr></thead><tbody>{rows}</tbody></table>'
        )

    def _found(self, row, longest):
        """Return what was measured of a way, dimmed where the inputs have changed since."""
        if row is None:
            return f'{bar()}<div class="quiet">not measured yet</div>'
        if self._setting != self.setting:
            kind, text = "dimmed", f"measured before, {self._setting}: {row.ms:,.1f} ms"
        else:
            compared = "the fastest" if row.ratio == 1 else f"{row.ratio:.1f} times the fastest"
            kind, text = "now", f"measured: {row.ms:,.1f} ms, {compared}"
        length = 100 * row.ms / longest
        return f'<div class="{kind}">{bar(("measured", length))}<div>{text}</div></div>'


def _expected(count, delay, longest):
    text = f"calculated: {count} × {delay} ms = {count * delay:,} ms"
    return f"{bar(('expected', 100 * count * delay / longest))}<div>{text}</div>"


def _seconds(setting):
    return trips.duration(setting.ways, setting.lines, setting.delay)


def _task():
    return Dropdown(description="Task", options=list(TASKS), tooltip="What to measure")


def _lines():
    return Dropdown(
        description="Lines",
        options=[1, 10, 100],
        value=10,
        layout=Layout(width="12em"),
        tooltip="How many lines the cart has",
    )


def _delay():
    return Slider(
        description="Network delay",
        max=LONGEST,
        unit="ms",
        tooltip="How many milliseconds longer each round trip takes",
    )
