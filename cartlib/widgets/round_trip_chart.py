"""RoundTripChart: what round trips cost, measured."""

from html import escape

from ipywidgets import BoundedIntText, Button, Dropdown, HBox, IntSlider, Layout, link

from cartlib.lab import trips
from cartlib.look.control import Control, html
from cartlib.look.html import framed, said, table
from cartlib.widgets.parts import errors_shown

TASKS = {"View the cart": trips.VIEWS, "Add to the cart": trips.ADDS}
COLUMNS = ["way", "round trips", "ms", "times the fastest"]
LONGEST = 20  # milliseconds
WIDTH, BAR, ROW = 560, 18, 48  # in the units of the picture


class RoundTripChart(Control):
    """Measures one task in several ways over a network.Network; its delay is set by a slider.

    `text` is the last chart in words.
    """

    def __init__(self, network):
        self._network, self.text = network, ""
        self.task, self.lines = _task(), _lines()
        self.delay, self.milliseconds = _delay()
        self.measure = _measure_button()
        self.message, self.view = html(), html()
        self.task.observe(lambda _: self._allow_lines(), "value")
        self.delay.observe(lambda _: self._set_delay(), "value")
        self.measure.on_click(lambda _: self._act())
        wrap = Layout(flex_flow="row wrap")
        super().__init__(
            [
                html(f'<p class="quiet">Measured on: {escape(str(network))}</p>'),
                HBox([self.task, self.lines], layout=wrap),
                HBox([self.delay, self.milliseconds, self.measure], layout=wrap),
                self.message,
                self.view,
            ]
        )

    def _allow_lines(self):
        # An add takes as long whatever else is in the cart.
        self.lines.disabled = TASKS[self.task.value] is trips.ADDS

    def _set_delay(self):
        with errors_shown(self.message):
            self._network.delay = self.delay.value

    def _act(self):
        self.measure.disabled = True
        self.view.value = framed("")  # the figures of another delay would mislead
        self.message.value = framed('<p role="status">Measuring …</p>')
        with errors_shown(self.message):
            self.message.value = said(self._measure())
        self.measure.disabled = False

    def _measure(self):
        task, lines, delay = self.task.value, self.lines.value, self.delay.value
        self._network.delay = delay
        trips.fill_cart(self._network.client, lines)
        found = trips.measure(self._network.client, TASKS[task])
        runs, kind = found.attrs["runs"], "real" if self._network.is_real else "simulated"
        cart = "" if self.lines.disabled else f", {_counted(lines, 'line')}"
        title = f"{task}{cart}, {kind} delay of {delay} ms"
        rows = [(row.way, row.round_trips, row.ms, row.ratio) for row in found.itertuples()]
        self.text = f"{title}. {_in_words(rows)}"
        cells = [(way, count, f"{ms:.2f}", f"{ratio:.1f}") for way, count, ms, ratio in rows]
        caption = f"{title}: the median of {_counted(runs, 'run')} of each way"
        self.view.value = framed(
            _picture(title, rows) + table(COLUMNS, cells, caption, set(COLUMNS[1:]))
        )
        fastest = min(rows, key=lambda row: row[2])
        return f"Measured. The fastest way this time: {fastest[0]}."


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
    """Return a slider and a field to type in, which go together."""
    slider = IntSlider(
        value=0,
        min=0,
        max=LONGEST,
        readout=False,
        description="Network delay",
        style={"description_width": "initial"},
        layout=Layout(width="24em"),
        tooltip="How many milliseconds longer each round trip takes",
    )
    # ipywidgets' slider has no name for a screen reader; this field has.
    field = BoundedIntText(
        max=LONGEST,
        description="Delay in ms",
        layout=Layout(width="12em"),
        tooltip="The same delay, as a number to type",
    )
    link((slider, "value"), (field, "value"))
    return slider, field


def _measure_button():
    return Button(
        description="Measure",
        icon="clock-o",
        button_style="primary",
        tooltip="Run each way several times, and show what it took",
    )


def _picture(title, rows):
    """Return horizontal bars, one for each way, as long as its time."""
    longest = max(ms for _, _, ms, _ in rows)
    bars = "".join(
        f'<text x="0" y="{ROW * n + 16}" fill="currentColor" font-size="14">'
        f"{escape(_label(*row))}</text>"
        f'<rect x="0" y="{ROW * n + 22}" width="{max(2, WIDTH * row[2] / longest):.1f}" '
        f'height="{BAR}" fill="var(--jp-brand-color1, #1976d2)"></rect>'
        for n, row in enumerate(rows)
    )
    return (
        f'<svg role="img" viewBox="0 0 {WIDTH} {ROW * len(rows)}" width="{WIDTH}" '
        f'style="max-width:100%;height:auto">'
        f"<title>{escape(title)}</title><desc>{escape(_in_words(rows))}</desc>{bars}</svg>"
    )


def _in_words(rows):
    return " ".join(f"{_label(*row)}." for row in rows)


def _label(way, count, ms, ratio):
    compared = "the fastest" if ratio == 1 else f"{ratio:.1f} times the fastest"
    return f"{way}: {_counted(count, 'round trip')}, {ms:.1f} ms, {compared}"


def _counted(number, noun):
    return f"{number} {noun}{'' if number == 1 else 's'}"
