"""What the controls share: their look, tables, and messages. All text is HTML-escaped here."""

import asyncio
import threading
from contextlib import contextmanager
from html import escape

from ipywidgets import HTML

from cartlib.errors import CartConnectionError, CartError
from cartlib.failures import UNREACHABLE

# The colours are JupyterLab's own, so that its light and dark themes both fit.
STYLE = """<style>
.cartlib {color: var(--jp-ui-font-color1, inherit);
  font-family: var(--jp-ui-font-family, sans-serif); font-size: 14px; line-height: 1.45;}
.cartlib h4 {margin: 4px 0 2px; font-size: 15px;}
.cartlib table {border-collapse: collapse; margin: 4px 0; min-width: 22em;}
.cartlib caption {text-align: left; font-weight: 600; padding: 4px 0; color: inherit;}
.cartlib th, .cartlib td {padding: 4px 12px; text-align: left; color: inherit;
  border-bottom: 1px solid var(--jp-border-color2, #bbb);}
.cartlib thead th {border-bottom: 2px solid var(--jp-border-color1, #888);}
.cartlib tfoot td, .cartlib tfoot th {border-bottom: none; font-weight: 600;}
.cartlib .number {text-align: right; font-variant-numeric: tabular-nums;}
.cartlib .quiet {color: var(--jp-ui-font-color2, #666);}
.cartlib .message {padding: 6px 12px; border-left: 4px solid var(--jp-success-color0, #1b5e20);
  background: var(--jp-layout-color2, #eee); max-width: 60em;}
.cartlib .message.error {border-left-color: var(--jp-error-color1, #d32f2f);}
.cartlib .scroll {max-height: 30em; overflow: auto; padding: 0 12px 8px;
  border: 1px solid var(--jp-border-color2, #bbb); background: var(--jp-layout-color1, #fff);}
.cartlib pre {margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 13px;
  font-family: var(--jp-code-font-family, monospace); color: inherit; background: none;}
.cartlib summary {font-weight: 600; padding: 6px 0 2px; cursor: pointer;}
.cartlib pre b {color: var(--jp-ui-font-color1, inherit);}
.cartlib .side {display: flex; flex-wrap: wrap; gap: 0 32px; align-items: flex-start;}
</style>"""


def html(content="") -> HTML:
    """Return an HTML widget in the controls' look; `content` must be escaped already."""
    return HTML(framed(content))


def framed(content) -> str:
    """Return `content` in the frame that the style sheet dresses."""
    return f'<div class="cartlib">{content}</div>'


def said(text) -> str:
    """Return good news as a message."""
    return framed(f'<div class="message" role="status">✓ {escape(str(text))}</div>')


def failed(error) -> str:
    """Return an error in words; a screen reader speaks it at once."""
    return framed(f'<div class="message error" role="alert">✗ {escape(str(error))}</div>')


def table(columns, rows, caption, numbers=(), footer=None) -> str:
    """Return an HTML table; the columns in `numbers` are set to the right, None shows as —."""

    def cells(row):
        return "".join(
            f"<td{_kind(column in numbers)}>{'—' if value is None else escape(str(value))}</td>"
            for column, value in zip(columns, row, strict=True)
        )

    head = "".join(
        f'<th scope="col"{_kind(column in numbers)}>{escape(str(column))}</th>'
        for column in columns
    )
    body = "".join(f"<tr>{cells(row)}</tr>" for row in rows)
    foot = f"<tfoot><tr>{cells(footer)}</tr></tfoot>" if footer else ""
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody>{foot}</table>"
    )


class _Losses(threading.local):
    """How often errors_shown() has shown in this thread that a server was lost."""

    count = 0


_losses = _Losses()


@contextmanager
def errors_shown(message):
    """Show an error that comes up inside in the HTML widget `message`, in words."""
    try:
        yield
    except Exception as error:  # a button must never end in a traceback
        _losses.count += isinstance(error, (CartConnectionError, *UNREACHABLE))
        ours = isinstance(error, CartError)
        message.value = failed(
            error if ours else f"That did not work: {type(error).__name__}: {error}"
        )


def said_by(action, message):
    """Show in the HTML widget `message` what the action returns as good news, or its error."""
    with errors_shown(message):
        message.value = said(action())


def until_lost(*steps) -> bool:
    """Do the steps of a click in turn, and return True; end at an error that shows a lost server.

    Each further question to that server would wait for the whole time-out once more.
    """
    before = _losses.count
    for step in steps:
        step()
        if _losses.count != before:
            return False
    return True


def running_loop():
    """Return the event loop that runs here, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _kind(is_number):
    return ' class="number"' if is_number else ""
