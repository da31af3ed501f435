"""What became of the keys that commands were about."""

from html import escape

from cartlib.errors import CartDataError
from cartlib.look.html import cut
from cartlib.views import key_table
from cartlib.widgets.key_inspector import content_table

MOST = 6  # keys that are shown
BINARY = "Bytes that are no text in UTF-8: they can't be shown in a table."


class TouchedKeys:
    """Reads keys when it is made, and once more in html(), which marks what has changed.

    Raises: CartConnectionError.
    """

    def __init__(self, client, names):
        self._client, self._more = client, len(names[MOST:])
        self._before = {name: self._read(name) for name in names[:MOST]}

    def html(self) -> str:
        """Return a table of each key."""
        parts = [self._part(name, before) for name, before in self._before.items()]
        if self._more:
            parts.append(f'<p class="quiet">… and {self._more} more keys</p>')
        return "".join(parts)

    def _read(self, name):
        try:
            return key_table(self._client, name)
        except CartDataError as error:  # it can hold bytes that are no text
            return error

    def _part(self, name, before):
        now = self._read(name)
        if isinstance(now, CartDataError):
            binary = isinstance(now.__cause__, UnicodeDecodeError)
            shown = f'<p class="quiet">{BINARY if binary else cut(now)}</p>'
        elif isinstance(before, CartDataError):
            shown = content_table(now)
        else:
            shown = content_table(now, before) + _change_of_life(now, before)
        return f'<div class="key"><div class="title">{escape(name)}</div>{shown}</div>'


def _change_of_life(now, before):
    there, had, has = (before.attrs["type"] != "none", before.attrs["ttl"], now.attrs["ttl"])
    if now.attrs["type"] == "none" or not there or (had is None) == (has is None):
        return ""
    return f"<p><strong>TTL: {had or 'none'} → {has or 'none'}</strong></p>"
