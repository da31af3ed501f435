"""What a check says: one plain sentence first, then expected beside actual, then the details."""

from dataclasses import asdict, dataclass, field
from html import escape

from cartlib.look.card import (
    ICONS,
    buttons,
    card,
    code,
    commands,
    differences,
    explanation,
    fold,
    note,
    section,
)
from cartlib.look.html import STYLE, marked_up

NOT_TRIED, ERROR, NOT_YET, CORRECT = "not tried", "error", "not yet", "correct"
HINT, SOLUTION = "hint", "solution"
MIME = "application/vnd.cartlib.outcome+json"
HEADS = {NOT_TRIED: "Not tried yet", ERROR: "Error", NOT_YET: "Not yet", CORRECT: "Correct"}
HIDDEN = ("wanted", "marked_up", "help")
TRIED, ALONE = "It was tried with this in Redis", "It was tried with only keys of others in Redis"


@dataclass(frozen=True)
class Outcome:
    """The result of a check; a notebook shows it as HTML, a program reads it as JSON.

    `because` is what a right answer teaches. `given` are redis-cli lines, `call` and `story` say
    what came then, `sent` are the commands. `wanted`, those of a right answer, and `help`, the
    hints and a solution, are for the HTML only.
    """

    exercise: str
    status: str
    sentence: str
    expected: str = ""
    actual: str = ""
    given: str = ""
    details: str = ""
    call: str = ""
    story: str = ""
    sent: str = ""
    world: str = ""
    solved: str = field(default="", compare=False)  # changes from check to check
    because: str = ""
    wanted: str = ""
    marked_up: bool = False
    help: tuple = field(default=(), compare=False)

    def __str__(self):
        facts = " · ".join(filter(None, [self.world, self.solved]))
        parts = {"Expected:": self.expected, "Yours:": self.actual}
        parts |= {"You sent:": self._sent, "Tried with:": self.given, "Called:": self.call}
        lines = [f"{ICONS[self.status]} {HEADS[self.status]}. {self.sentence}", self.because, facts]
        lines += [f"{title}\n{text}" for title, text in parts.items() if text]
        return "\n".join(filter(None, [*lines, self.story]))

    @property
    def _sent(self):
        """The commands, where they are all that can be shown."""
        return self.sent if self.call and not (self.expected or self.actual) else ""

    def facts(self) -> dict:
        """Return what a program may read: all but the help."""
        return {name: value for name, value in asdict(self).items() if name not in HIDDEN}

    def html(self) -> str:
        """Return the card, without the style sheet. What answers a question may have markup."""
        return card(
            self.status,
            f"{HEADS[self.status]}.",
            self.sentence,
            self.because and explanation(self.because),
            note(self.world, self.solved),
            differences(self.expected, self.actual),
            self._sent and section("You sent", commands(self._sent)),
            self.given and section(TRIED, commands(self.given)),
            self.call and section("And then" if self.given else ALONE, code(self.call)),
            note(self.story),
            self.details and fold("Python's own message", code(self.details)),
            buttons(self.help),
            write=marked_up if self.marked_up else escape,
        )

    def _repr_mimebundle_(self, **_):
        return {"text/plain": str(self), "text/html": STYLE + self.html(), MIME: self.facts()}


@dataclass(frozen=True)
class Note:
    """A hint or a solution."""

    title: str
    text: str
    kind: str = HINT

    def __str__(self):
        return f"{self.title}\n{self.text}"

    def html(self) -> str:
        """Return the card, without the style sheet."""
        if self.kind == HINT:
            return card(HINT, f"{self.title}.", self.text)
        return card(self.kind, self.title, "", code(self.text))

    def _repr_mimebundle_(self, **_):
        return {"text/plain": str(self), "text/html": STYLE + self.html()}
