"""KeyInspector: what a key holds, and what of it has changed."""

from difflib import SequenceMatcher
from html import escape

from ipywidgets import Combobox, Layout

from cartlib import keys
from cartlib.look.control import Control, button, form, html
from cartlib.look.html import framed, table
from cartlib.views import Table, key_table
from cartlib.widgets.parts import errors_shown

NUMBERS = {"score", "deliveries"}
PAIRS = {  # columns of which the first one tells what a row is about
    *(("field", "value"), ("member", "score"), ("name", "value"), ("what", "value")),
    ("element", "vector"),
}


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

    Both are key_table()s. A value that was overwritten shows as 2 → 5. Below a stream stand its
    groups.
    """
    caption = f"Now: {_kind(now)}" + (f" (before: {_kind(before)})" if _differ(now, before) else "")
    rows = _compared(now, now if before is None else before)
    parts = [_marked(now if now.shape[1] else before, rows, caption)]
    if left_out := now.attrs.get("left_out"):
        parts.append(f'<p class="quiet">… and {left_out:,} more, which are not shown</p>')
    groups, had = _groups(now), _groups(now if before is None else before)
    if rows := _compared_rows(groups, had):
        parts.append(_marked(groups if len(groups) else had, rows, "Its groups"))
    return "".join(parts)


def _groups(content):
    return Table(content.attrs.get("groups", []), dtype=object)


def _marked(wide, rows, caption):
    """Return rows as a table, in which those that have a word for what changed light up."""
    if not rows:
        return f'<p class="title">{escape(caption)}</p>'
    marks = ["cartlib-flash" * bool(row[-1]) for row in rows]
    return table([*wide.columns, "change"], rows, caption, NUMBERS, marks=marks)


def _kind(content):
    kind, ttl = content.attrs["type"], content.attrs["ttl"]
    life = "no TTL" if ttl is None else f"TTL {ttl} s"
    about = content.attrs.get("about")
    return "no such key" if kind == "none" else f"{kind}, {life}{about and f'; {about}' or ''}"


def _differ(now, before):
    return before is not None and _form(now) != _form(before)


def _form(content):
    return content.attrs["type"], content.attrs.get("about"), *content.columns


def _compared(now, before):
    """Return the rows of both, with a word for what changed; pairs are told by what comes first."""
    alike = now.attrs["type"] == before.attrs["type"] and list(now.columns) == list(before.columns)
    if alike and tuple(now.columns) in PAIRS:
        return _compared_pairs(dict(_rows(now)), dict(_rows(before)))
    if alike and list(now.columns) == ["value"]:
        [(value,)], [(old,)] = _rows(now), _rows(before)
        return [(value, "") if value == old else (f"{old} → {value}", "changed")]
    return _compared_rows(now, before)


def _compared_rows(now, before):
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
    rows = content.itertuples(index=False)
    return [tuple(str(it) if isinstance(it, list) else it for it in row) for row in rows]


def _same(one, other):
    """Tell whether two key_table()s hold the same; the TTL may be another."""
    groups = [each.attrs.get("groups") for each in (one, other)]
    return _form(one) == _form(other) and one.equals(other) and groups[0] == groups[1]
