"""What cards and controls show, as HTML: frames, messages, tables. All text is escaped here."""

import re
from html import escape
from itertools import zip_longest
from pathlib import Path

SHEET = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
STYLE = f"<style>{SHEET}</style>"  # for what is shown without a kernel, too
LONGEST = 300  # characters of a text that are shown at once
MARKUP = [(r"\*\*(.+?)\*\*", r"<strong>\1</strong>"), (r"`(.+?)`", r"<code>\1</code>")]


def framed(content, kind="") -> str:
    """Return `content` in the frame that the style sheet dresses."""
    return f'<div class="{f"cartlib {kind}".strip()}">{content}</div>'


def said(text) -> str:
    """Return good news as a message."""
    return _message("said", "status", "✓", text)


def noted(text) -> str:
    """Return a message that is neither good nor bad."""
    return _message("", "status", "ⓘ", text)


def warned(text) -> str:
    """Return bad news that is no error: something was lost, or went."""
    return _message("error", "status", "⚠", text)


def failed(error) -> str:
    """Return an error in words; a screen reader speaks it at once."""
    return _message("error", "alert", "✗", error)


def _message(kind, role, icon, text):
    return framed(f'<div class="message {kind}" role="{role}">{icon} {escape(str(text))}</div>')


def cut(text, longest=LONGEST) -> str:
    """Return a text as HTML; of a long one the beginning, and the whole at a click."""
    text = str(text)
    if len(text) <= longest:
        return escape(text)
    start, rest = escape(text[:longest]), escape(text[longest:])
    return (
        f"{start}<details><summary>… {len(text) - longest:,} characters more</summary>"
        f"{rest}</details>"
    )


def marked_up(text) -> str:
    """Return a text of the kit as HTML: **bold** and `code` as in Markdown, all else escaped."""
    html = escape(text, quote=False)
    for pattern, replacement in MARKUP:
        html = re.sub(pattern, replacement, html)
    return html


def steps(texts) -> str:
    """Return what to do as a list, in which one can tick off what is done."""
    items = "".join(
        f'<li><label><input type="checkbox"><span>{number}. {marked_up(text)}</span></label></li>'
        for number, text in enumerate(texts, 1)
    )
    return framed(f'<ol class="steps">{items}</ol>')


def table(columns, rows, caption, numbers=(), footer=None, marks=()) -> str:
    """Return an HTML table; the columns in `numbers` are set to the right, None shows as —.

    `marks` has the class of each row, such as "cartlib-flash".
    """

    def cells(row):
        return "".join(
            f"<td{_number(column in numbers)}>{'—' if value is None else cut(value)}</td>"
            for column, value in zip(columns, row, strict=True)
        )

    head = "".join(
        f'<th scope="col"{_number(column in numbers)}>{escape(str(column))}</th>'
        for column in columns
    )
    body = "".join(f"<tr{_class(kind)}>{cells(row)}</tr>" for row, kind in zip_longest(rows, marks))
    foot = f"<tfoot><tr>{cells(footer)}</tr></tfoot>" if footer else ""
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody>{foot}</table>"
    )


def _number(is_one):
    return _class("number") if is_one else ""


def _class(name):
    return f' class="{name}"' if name else ""
