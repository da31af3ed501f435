"""Cards: verdicts, hints, questions, as HTML that needs no kernel. All text is escaped here."""

from html import escape

from cartlib.look.compare import beside
from cartlib.look.html import framed, marked_up

ICONS = {  # of each kind of card; the style sheet has its colour
    "correct": "✓",
    "not yet": "✗",
    "error": "!",
    "not tried": "○",
    "hint": "i",
    "question": "?",
    "solution": "★",
}
VERDICTS = ("correct", "not yet", "error", "not tried")  # a screen reader speaks these at once


def card(kind, title, text, *parts, more="", write=escape) -> str:
    """Return a card: its icon, a title, one plain sentence, and parts that are HTML.

    With marked_up() as `write`, title and sentence, which are the kit's own then, may have markup.
    """
    head = (
        f'<p class="head"><span class="icon" aria-hidden="true">{ICONS[kind]}</span>'
        f"<span><strong>{write(title)}</strong> {write(text)}</span></p>"
    )
    # Without mathjax_ignore, JupyterLab makes a formula of "$5 or $6".
    names = f"card {kind.replace(' ', '-')} mathjax_ignore {more}".strip()
    html = framed(head + "".join(parts), names)
    return html.replace("<div ", '<div role="status" ', 1) if kind in VERDICTS else html


def explanation(text) -> str:
    """Return a text of the kit's own, with **bold** and `code`."""
    return f'<p class="more-of-it">{marked_up(text)}</p>'


def code(text) -> str:
    """Return text as code."""
    return f"<pre>{escape(text)}</pre>"


def commands(text) -> str:
    """Return redis-cli lines as one sees them there, each behind its prompt."""
    lines = text.split("\n")
    return code("\n".join(line if line.startswith("…") else f"> {line}" for line in lines))


def note(*texts) -> str:
    """Return short facts in a quiet line."""
    return f'<p class="note">{escape(" · ".join(filter(None, texts)))}</p>' if any(texts) else ""


def section(title, html) -> str:
    """Return a part with a title of its own."""
    return f'<p class="label">{escape(title)}</p>{html}'


def fold(title, html) -> str:
    """Return a part that a click opens."""
    return f"<details>{_summary(title)}{html}</details>"


def buttons(steps) -> str:
    """Return (text, HTML) pairs as buttons: each opens its HTML, and below it the next button."""
    html = ""
    for text, opened in reversed(steps):
        html = f'<details class="button">{_summary(text)}{opened}{html}</details>'
    return html


def options(answers) -> str:
    """Return (choice, HTML) pairs as buttons, one below the other: each opens its HTML."""
    return "".join(
        f'<details class="button choice">{_summary(choice)}{opened}</details>'
        for choice, opened in answers
    )


def _summary(text):
    # What is clicked gets the focus, and no key that is pressed then is to change the notebook.
    return f'<summary data-lm-suppress-shortcuts="">{escape(text)}</summary>'


def differences(expected, actual) -> str:
    """Return what was expected beside what came, if there is any of it."""
    return beside(expected, actual) if expected or actual else ""
