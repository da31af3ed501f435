"""CommandLog: the Redis commands behind each click."""

from contextlib import contextmanager
from html import escape

from ipywidgets import Button, HBox

from cartlib.lab.trace import Trace
from cartlib.look.control import Control, html
from cartlib.look.html import framed

KEPT = 30  # entries


class CommandLog(Control):
    """Shows commands, replies and round trips, the newest action on top.

    `with log.record("Add a mug"):` notes what the client sends meanwhile.
    """

    def __init__(self, client):
        self._client, self._entries = client, []
        self._view = html()
        self._forget = Button(
            description="Clear the log", tooltip="Forget the commands shown here; Redis keeps all"
        )
        self._forget.on_click(lambda _: self.clear())
        super().__init__([self._view, HBox([self._forget])])
        self._render()

    @property
    def text(self) -> str:
        """All that is shown, as plain text, the newest action first."""
        return "\n\n".join(f"{title}\n{trace}" for title, trace, _ in self._entries)

    @contextmanager
    def record(self, title, *, folded=False):
        """Note under `title` what the client sends inside the with block, also if it fails.

        A `folded` entry shows its commands when its title is clicked.
        """
        with Trace(self._client) as trace:
            try:
                yield trace
            finally:
                heading = f"{title}: {_trips(trace.round_trips)}"
                self._entries = [(heading, trace, folded), *self._entries][:KEPT]
                self._render()

    def clear(self):
        """Forget all entries."""
        self._entries = []
        self._render()

    def _render(self):
        entries = "".join(_entry(*entry) for entry in self._entries)
        self._view.value = framed(
            "<h4>Redis commands</h4>"
            '<div class="scroll" role="log" tabindex="0" aria-label="Redis commands and replies">'
            + (entries or '<p class="quiet">No command yet: click a button.</p>')
            + "</div>"
        )


def _entry(title, trace, folded):
    lines = "\n".join(
        f"<b>&gt; {escape(str(command))}</b>\n"
        f'<span class="quiet">{escape(command.reply_text)}</span>'
        for command in trace.commands
    )
    lines = lines or "Nothing was sent to Redis."
    return (
        f"<details{'' if folded else ' open'}><summary>{escape(title)}</summary>"
        f"<pre>{lines}</pre></details>"
    )


def _trips(count):
    return "1 round trip" if count == 1 else f"{count} round trips"
