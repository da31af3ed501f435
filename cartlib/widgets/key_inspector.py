"""KeyInspector: what a key holds, and what of it has changed."""

from difflib import SequenceMatcher

from ipywidgets import Combobox, Layout

from cartlib import keys
from cartlib.look.control import Control, button, form, html
from cartlib.look.html import framed, table
from cartlib.views import key_table
from cartlib.widgets.parts import errors_shown

PAIRS = ("hash", "zset", "ReJSON-RL", "vectorset")  # types whose rows are a name and its value


class KeyInspector(Control):
    """Shows a key's type, TTL and content, and marks what the last change made of it."""

    def __init__(self, client, key=None, *, cart="guest", title=None):
        self._client, self._before, self._now = client, None, None
        offered = (keys.cart(cart), keys.deadlines(cart), keys.session(cart), keys.products())
        self.key = Combobox(
            description="Key",
            value=key or keys.cart(cart),
            options=offered,
            continuous_update=False,
            layout=Layout(width="22em"),
            tooltip="The key to look at: choose one, or type it",
        )
        self.read = button("Read again", "Read the key from Redis now", "refresh", main=True)
        self.view, self.message = html(), html()
        self.view.add_class("cartlib-key")
        super().__init__([form(self.key, self.read), self.message, self.view], title=title)
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
        self.view.value = framed(content_table(self._now, self._before))


def content_table(now, before=None) -> str:
    """Return what a key holds as HTML, each row marked with what became of it since `before`.

    Both are key_table()s. A value that was overwritten shows as 2 → 5.
    """
    caption = f"Now: {_kind(now)}" + (f" (before: {_kind(before)})" if _differ(now, before) else "")
    rows = _compared(now, now if before is None else before)
    if not rows:
        return f'<p class="title">{caption}</p>'
    wide = now if now.shape[1] else before
    marks = ["cartlib-flash" * bool(row[-1]) for row in rows]
    return table([*wide.columns, "change"], rows, caption, {"score"}, marks=marks)


def _kind(content):
    kind, ttl = content.attrs["type"], content.attrs["ttl"]
    life = "no TTL" if ttl is None else f"TTL {ttl} s"
    return "no such key" if kind == "none" else f"{kind}, {life}"


def _differ(now, before):
    return before is not None and now.attrs["type"] != before.attrs["type"]


def _compared(now, before):
    """Return the rows of both, with a word for what changed; pairs are told by what comes first."""
    if now.attrs["type"] == before.attrs["type"] and now.attrs["type"] in PAIRS:
        return _compared_pairs(dict(_rows(now)), dict(_rows(before)))
    if now.attrs["type"] == before.attrs["type"] == "string":
        [(value,)], [(old,)] = _rows(now), _rows(before)
        return [(value, "") if value == old else (f"{old} → {value}", "changed")]
    old, new, rows = _rows(before), _rows(now), []
    for what, start, end, *there in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        rows += [(*row, "gone") for row in old[start:end] if what in ("delete", "replace")]
        rows += [(*row, "" if what == "equal" else "new") for row in new[slice(*there)]]
    return [row for row in rows if len(row) == len(rows[-1])]  # of another type, only what is now


def _compared_pairs(now, before):
    rows = []
    for name, value in now.items():
        old = before.get(name, value)
        change = "changed" if old != value else "" if name in before else "new"
        rows.append((name, f"{old} → {value}" if change == "changed" else value, change))
    return rows + [(name, old, "gone") for name, old in before.items() if name not in now]


def _rows(content):
    """Return the rows as tuples; a vector as text, for what is compared has to be hashable."""
    rows = content.itertuples(index=False)
    return [tuple(str(cell) if isinstance(cell, list) else cell for cell in row) for row in rows]


def _same(one, other):
    return one.attrs["type"] == other.attrs["type"] and one.equals(other)
