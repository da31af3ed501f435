"""What a check says: one plain sentence first, then expected beside actual, then the details."""

import re
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from html import escape

NOT_TRIED, ERROR, NOT_YET, CORRECT = "not tried", "error", "not yet", "correct"
MIME = "application/vnd.cartlib.outcome+json"
ICONS = {NOT_TRIED: "○", ERROR: "✗", NOT_YET: "✗", CORRECT: "✓"}
HEADS = {NOT_TRIED: "Not tried yet", ERROR: "Error", NOT_YET: "Not yet", CORRECT: "Correct"}
FRAME = (
    'class="mathjax_ignore" '  # else JupyterLab makes a formula of "$5 or $6"
    'style="border-left:4px solid var(--jp-border-color0,#888);padding:6px 12px;max-width:60em;'
    'background:var(--jp-layout-color2,#eee);color:var(--jp-ui-font-color1,inherit)"'
)
CODE = "white-space:pre-wrap;overflow-wrap:anywhere;margin:4px 0;background:none;color:inherit"


@dataclass(frozen=True)
class Outcome:
    """The result of a check; a notebook shows it as HTML, a program reads it as JSON."""

    exercise: str
    status: str
    sentence: str
    expected: str = ""
    actual: str = ""
    given: str = ""
    details: str = ""

    def __str__(self):
        lines = [f"{ICONS[self.status]} {HEADS[self.status]}. {self.sentence}"]
        if self.expected or self.actual:
            lines += ["Expected:", self.expected, "Yours:", self.actual]
        if self.given:
            lines += ["Tried with:", self.given]
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_):
        return {"text/plain": str(self), "text/html": self._html(), MIME: asdict(self)}

    def _html(self):
        parts = [
            f"<p><strong>{ICONS[self.status]} {HEADS[self.status]}.</strong> "
            f"{escape(self.sentence)}</p>"
        ]
        if self.expected or self.actual:
            pair = self.expected, self.actual
            cells = "".join(
                f'<td style="text-align:left;vertical-align:top">{code}</td>'
                for code in (_code(*pair), _code(*pair[::-1]))
            )
            parts.append(
                '<table><thead><tr><th scope="col">Expected</th><th scope="col">Yours</th></tr>'
                f"</thead><tbody><tr>{cells}</tr></tbody></table>"
            )
        if self.given:
            parts.append(
                f"<p>It was tried with this in Redis, as in redis-cli:</p>{_code(self.given)}"
            )
        if self.details:
            parts.append(
                f"<details><summary>Python's own message</summary>{_code(self.details)}</details>"
            )
        return f'<div role="status" {FRAME}>{"".join(parts)}</div>'


@dataclass(frozen=True)
class Note:
    """A hint, a solution, or a question."""

    title: str
    text: str
    is_code: bool = False

    def __str__(self):
        return f"{self.title}\n{self.text}"

    def _repr_mimebundle_(self, **_):
        body = _code(self.text) if self.is_code else f"<p>{escape(self.text)}</p>"
        html = f"<div {FRAME}><strong>{escape(self.title)}</strong>{body}</div>"
        return {"text/plain": str(self), "text/html": html}


def _code(text, other=None):
    """Return text as code; what `other` has not in the same place is marked."""
    parts = [(text, False)] if other is None else _compared(text, other)
    marked = "".join(f"<mark>{escape(p)}</mark>" if new else escape(p) for p, new in parts)
    return f'<pre style="{CODE}">{marked}</pre>'


def _compared(text, other):
    one, two = (re.findall(r"\w+|\W", words) for words in (text, other))
    for what, begin, end, *_ in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        yield "".join(one[begin:end]), what != "equal" and begin < end
