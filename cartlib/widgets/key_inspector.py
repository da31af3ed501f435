"""KeyInspector: what a key holds, now and before."""

from ipywidgets import Button, Combobox, HBox, Layout

from cartlib import keys
from cartlib.look.control import Control, html
from cartlib.look.html import framed, table
from cartlib.views import key_table
from cartlib.widgets.parts import errors_shown


class KeyInspector(Control):
    """Shows a key's type, TTL and content, beside what it held before the last change."""

    def __init__(self, client, key=None, *, cart="guest"):
        self._client, self._before, self._now = client, None, None
        offered = (keys.cart(cart), keys.deadlines(cart), keys.session(cart), keys.products())
        self.key = Combobox(
            description="Key",
            value=key or keys.cart(cart),
            options=offered,
            continuous_update=False,
            layout=Layout(width="24em"),
            tooltip="The key to look at: choose one, or type it",
        )
        self.read = Button(
            description="Read again", icon="refresh", tooltip="Read the key from Redis now"
        )
        self.view, self.message = html(), html()
        super().__init__([HBox([self.key, self.read]), self.message, self.view])
        self.read.on_click(lambda _: self.refresh())
        self.key.observe(lambda _: self._start(), "value")
        self._start()

    def refresh(self):
        """Read the key; where it has changed, what was shown becomes "before"."""
        self.message.value = framed("")
        with errors_shown(self.message):
            now = key_table(self._client, self.key.value)
            if self._now is not None and not _same(self._now, now):
                self._before = self._now
            self._now = now
            self._render()

    def _start(self):
        self._before = self._now = None
        self.view.value = framed("")
        self.refresh()

    def _render(self):
        before, now = self._before, self._now
        parts = [_part("Now", now, before, "new")]
        if before is not None:
            parts.insert(0, _part("Before", before, now, "went"))
        self.view.value = framed(f'<div class="side">{"".join(parts)}</div>')


def _part(title, content, other, mark):
    """Return one side; its rows that the other side lacks carry `mark`."""
    kind, ttl = content.attrs["type"], content.attrs["ttl"]
    if kind == "none":
        return f"<div><h4>{title}</h4><p>No such key.</p></div>"
    life = "no TTL" if ttl is None else f"TTL {ttl} s"
    rows = [tuple(row) for row in content.itertuples(index=False)]
    there = rows if other is None else [tuple(row) for row in other.itertuples(index=False)]
    marked = [(*row, "" if row in there else mark) for row in rows]
    columns = [*content.columns, "change"]
    return f"<div>{table(columns, marked, f'{title}: {kind}, {life}', {'score'})}</div>"


def _same(one, other):
    return one.attrs["type"] == other.attrs["type"] and one.equals(other)
