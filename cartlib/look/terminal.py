"""A log over an input line, as in a terminal."""

from pathlib import Path

from anywidget import AnyWidget
from traitlets import Dict, List, Unicode

KEPT = 100  # entries and lines


class Terminal(AnyWidget):
    """Sends each line that is entered to `on_line`; add() shows what came of it.

    ↑ and ↓ bring back earlier lines. Tab completes the first word from `hints`, which has a text
    about each command, shown while one types, and the other words from `words`.
    """

    _esm = (Path(__file__).parent / "terminal.js").read_text(encoding="utf-8")
    label, prompt, hint = (Unicode().tag(sync=True) for _ in range(3))
    hints = Dict().tag(sync=True)
    words, history = List().tag(sync=True), List().tag(sync=True)
    shown = Dict({"dropped": 0, "entries": []}).tag(sync=True)

    def __init__(self, on_line, **traits):
        super().__init__(**traits)
        self.on_msg(lambda _, content, buffers: on_line(content["line"]))

    def add(self, line, entry):
        """Show an entry, as HTML that is escaped already, and keep the line to be brought back."""
        entries = [*self.shown["entries"], entry]
        more = max(len(entries) - KEPT, 0)
        self.shown = {"dropped": self.shown["dropped"] + more, "entries": entries[more:]}
        self.history = [*self.history, line][-KEPT:]

    def clear(self):
        """Forget all entries; the lines can still be brought back."""
        dropped = self.shown["dropped"] + len(self.shown["entries"])
        self.shown = {"dropped": dropped, "entries": []}
