"""Questions that are answered by a click, before one looks: what a command replies, or a guess."""

from collections.abc import Callable
from dataclasses import dataclass

from cartlib import progress
from cartlib.lab.contents import send
from cartlib.lab.stores import new_client
from cartlib.lab.trace import format_reply
from cartlib.look.card import commands
from cartlib.look.choices import Choices
from cartlib.practice.outcome import CORRECT, ERROR, NOT_TRIED, NOT_YET, Outcome


class Question:
    """What predictions and guesses have in common: `choices` has what to say of each choice.

    `because` is for who has the right one: more than the choice's own words, and no sooner.
    """

    def __repr__(self):
        return f"{type(self).__name__} {self.name}. Try ask(), and then click."

    def _ipython_display_(self):
        self.ask()._ipython_display_()

    def ask(self) -> Choices:
        """Return the question as a control; where no kernel answers clicks, it is HTML."""
        title, lines = self._asked()
        letters = self._lettered()
        before = [title, *(f"> {line}" for line in lines), ""]
        plain = "\n".join(before + [f"{letter}  {choice}" for letter, choice in letters.items()])
        html = commands("\n".join(lines)) if lines else ""
        return Choices((title, "", html), letters, self._say, plain)

    def check(self, letter="") -> Outcome:
        """Tell whether the choice with this letter, from a on, is right."""
        letter = str(letter).strip().lower()
        choices = self._lettered()
        if not letter:
            return Outcome(self.name, NOT_TRIED, 'Put a letter between the quotes, such as "a".')
        if letter not in choices:
            text = f"{letter!r} is none of the choices: {', '.join(choices)}."
            return Outcome(self.name, ERROR, text)
        outcome = self._outcome(choices[letter])
        if outcome.status == CORRECT:
            progress.note(self.name)
        return outcome

    def _say(self, choice, by_heart=False):
        outcome = self._outcome(choice)
        if outcome.status == CORRECT and not by_heart:
            progress.note(self.name)
        return outcome.status == CORRECT, outcome.html()

    def _outcome(self, choice):
        if choice != self.answer():
            return Outcome(self.name, NOT_YET, self.choices[choice], marked_up=True)
        words = self.choices[choice]
        return Outcome(self.name, CORRECT, words, because=self.because, marked_up=True)

    def _lettered(self):
        return dict(zip("abcdef", self.choices, strict=False))


@dataclass(frozen=True, repr=False)
class Prediction(Question):
    """`given` are redis-cli lines that run first; the question is what `command` replies.

    `choices` has, for each reply that one may expect, what to say to whoever chooses it.
    """

    name: str
    given: tuple[str, ...]
    command: str
    choices: dict[str, str]
    because: str = ""

    def answer(self) -> str:
        """Return the reply, after running the commands on a store of its own."""
        client = new_client()
        for line in self.given:
            send(client, line)
        return format_reply(send(client, self.command))

    def _asked(self):
        which = "the last command" if self.given else "this command"
        return f"What does {which} reply?", (*self.given, self.command)


@dataclass(frozen=True, repr=False)
class Guess(Question):
    """A question in words. `right` is one of the choices; `proof(client)` gives it, for the tests.

    What a command replies is no guess: a Prediction runs it.
    """

    name: str
    question: str
    choices: dict[str, str]
    right: str
    proof: Callable
    because: str = ""

    def answer(self) -> str:
        """Return the right choice."""
        return self.right

    def _asked(self):
        return self.question, ()
