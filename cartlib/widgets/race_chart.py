"""RaceChart: adds that were expected against adds that were kept."""

import threading
from dataclasses import astuple
from html import escape

from ipywidgets import Button, HBox, IntText, Layout

from cartlib.lab.races import MOST_ADDS, MOST_THREADS, WAYS, race
from cartlib.look.control import Control, html
from cartlib.look.html import framed, said, table
from cartlib.widgets.parts import errors_shown

COLUMNS = ["way", "expected", "kept", "retries", "round trips"]
WIDTH, ROW, BAR, LEFT, RIGHT = 640, 44, 20, 130, 130  # of the chart, in pixels
INK, FRAME = "var(--jp-ui-font-color1, #222)", "var(--jp-ui-font-color2, #666)"
KEPT = "var(--jp-brand-color1, #1976d2)"


class RaceChart(Control):
    """Lets threads add to one line, in the way of a button; draws the last race of each way."""

    def __init__(self, client):
        self._client, self._results, self._running = client, {}, threading.Lock()
        self.threads = _number(4, "Threads", f"How many add at the same time, 1 to {MOST_THREADS}")
        self.adds = _number(25, "Adds each", f"How often each one adds 1, 1 to {MOST_ADDS}")
        self.buttons = {
            name: Button(description=way.title, tooltip=way.commands) for name, way in WAYS.items()
        }
        for name, button in self.buttons.items():
            button.on_click(lambda _, name=name: self._race(name))
        self.message, self.chart = html(), html()
        wrap = Layout(flex_flow="row wrap")
        super().__init__(
            [
                HBox([self.threads, self.adds], layout=wrap),
                HBox(list(self.buttons.values()), layout=wrap),
                self.message,
                self.chart,
            ]
        )
        self._draw()

    def _race(self, name):
        if not self._running.acquire(blocking=False):  # JupyterLab may click from another thread
            return
        try:
            self._enable(False)
            self.message.value = framed('<p role="status">The race is running …</p>')
            with errors_shown(self.message):
                result = race(self._client, name, threads=self.threads.value, adds=self.adds.value)
                self._results[name] = result
                self._draw()
                self.message.value = said(_sentence(result))
        finally:
            self._enable(True)
            self._running.release()

    def _enable(self, free):
        for button in self.buttons.values():
            button.disabled = not free

    def _draw(self):
        results = [self._results[name] for name in WAYS if name in self._results]
        if not results:
            self.chart.value = framed('<p class="quiet">No race yet: click a button.</p>')
            return
        rows = [(WAYS[result.way].title, *astuple(result)[1:]) for result in results]
        figures = table(COLUMNS, rows, "The last race of each way", set(COLUMNS[1:]))
        legend = '<p class="quiet">Filled: kept. Dashed frame: expected.</p>'
        self.chart.value = framed(legend + _svg(results) + figures)


def _sentence(result):
    lost = result.expected - result.kept
    what = "none is lost" if lost == 0 else f"{lost} {'is' if lost == 1 else 'are'} lost"
    return f"{WAYS[result.way].title}: {result.kept} of {result.expected} adds are kept, {what}."


def _svg(results):
    """Return the bars: what was kept is filled, what was expected is a dashed frame around it."""
    most = max(result.expected for result in results)
    height = ROW * len(results)
    bars = "".join(_bar(result, most, ROW * i) for i, result in enumerate(results))
    return (
        f'<svg role="img" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'style="max-width:100%" font-size="14" fill="{INK}">'
        "<title>Adds expected and kept</title>"
        f"<desc>{escape(' '.join(map(_sentence, results)))}</desc>{bars}</svg>"
    )


def _bar(result, most, top):
    scale = (WIDTH - LEFT - RIGHT) / most
    kept, expected = result.kept * scale, result.expected * scale
    text, y = top + BAR / 2 + 15, top + 10
    return (
        f'<text x="0" y="{text}">{escape(WAYS[result.way].title)}</text>'
        f'<rect x="{LEFT}" y="{y}" width="{kept:.1f}" height="{BAR}" fill="{KEPT}"/>'
        f'<rect x="{LEFT}" y="{y}" width="{expected:.1f}" height="{BAR}" fill="none" '
        f'stroke="{FRAME}" stroke-width="2" stroke-dasharray="5 3"/>'
        f'<text x="{LEFT + expected + 10:.1f}" y="{text}">'
        f"{result.kept} of {result.expected}</text>"
    )


def _number(value, label, tooltip):
    return IntText(value, description=label, tooltip=tooltip, layout=Layout(width="13em"))
