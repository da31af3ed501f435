"""CommandLog: the Redis commands behind each click."""

from contextlib import contextmanager
from dataclasses import replace
from html import escape
from itertools import count, groupby

from ipywidgets import HBox

from cartlib.lab.trace import Trace
from cartlib.look.control import Control, button, html
from cartlib.look.html import cut, framed
from cartlib.widgets.parts import counted

KEPT = 20  # entries
CHANGES = {"DEL", "EVAL", "ZADD", "ZINCRBY", "ZREM", "ZREMRANGEBYSCORE"}


class CommandLog(Control):
    """Shows commands, replies and round trips, the newest action on top.

    `with log.record("Add a mug"):` notes what the client sends meanwhile. The commands that change
    the key `about` stand out; those around them are shown at a click.
    """

    def __init__(self, client, *, about=None):
        self._client, self._about = client, about
        self._entries, self._numbers = [], count(1)
        self.view = html()
        self.forget = button("Clear the log", "Forget the commands shown here; Redis keeps all")
        self.forget.on_click(lambda _: self.clear())
        super().__init__([self.view, HBox([self.forget])])
        self._render()

    @property
    def text(self) -> str:
        """All that is shown, as plain text, the newest action first."""
        return "\n\n".join(text for text, _ in self._entries)

    @contextmanager
    def record(self, title, *, folded=False):
        """Note under `title` what the client sends inside the with block, also if it fails.

        A `folded` entry shows its commands when its title is clicked.
        """
        with Trace(self._client) as trace:
            try:
                yield trace
            finally:
                heading = f"{title}: {counted(trace.round_trips, 'round trip')}"
                entry = f"{heading}\n{trace}", self._entry(heading, trace, folded)
                self._entries = [entry, *self._entries][:KEPT]
                self._render()

    def clear(self):
        """Forget all entries."""
        self._entries = []
        self._render()

    def _render(self):
        entries = "".join(html for _, html in self._entries)
        self.view.value = framed(
            '<div class="title">Redis commands</div>'
            '<div class="scroll log" role="log" tabindex="0" '
            'aria-label="Redis commands and replies">'
            + (entries or '<p class="quiet">No command yet: click a button.</p>')
            + "</div>"
        )

    def _entry(self, title, trace, folded):
        number = next(self._numbers)
        main = [c for c in _answered(trace) if self._about in c.words and c.name in CHANGES]
        parts = _in_trips(trace) or "<pre>Nothing was sent to Redis.</pre>"
        if main and len(main) < len(trace.commands):
            words = f"All {len(trace.commands)} commands, each round trip in a box"
            parts = f'<pre class="main">{_lines(main)}</pre>' + _fold(f"{number}all", words, parts)
        return _fold(number, title, parts, "" if folded else " open")


def _answered(trace):
    """Return the commands; those in a MULTI with their part of EXEC's reply, once it is there."""
    commands, queued = list(trace.commands), {}
    for place, command in enumerate(commands):
        if command.reply == "QUEUED":
            queued.setdefault(command.connection, []).append(place)
        elif command.name == "EXEC" and isinstance(command.reply, list):
            places = queued.pop(command.connection, [])
            for inside, reply in zip(places, command.reply, strict=False):
                commands[inside] = replace(commands[inside], reply=reply)
    return commands


def _in_trips(trace):
    trips = groupby(trace.commands, lambda command: command.trip)
    return "".join(f'<pre class="trip">{_lines(commands)}</pre>' for _, commands in trips)


def _lines(commands):
    return "\n".join(
        f'<b>&gt; {cut(str(command))}</b>\n<span class="quiet">{escape(command.reply_text)}</span>'
        for command in commands
    )


def _fold(name, title, content, state=""):
    """Return a part that can be folded; the page keeps the state of each name."""
    return (
        f'<details data-fold="{name}"{state}><summary>{escape(title)}</summary>{content}</details>'
    )
