"""A question about a command's reply; the right answer is computed by running the command."""

from dataclasses import dataclass

from cartlib.lab.contents import send
from cartlib.lab.stores import new_client
from cartlib.lab.trace import format_reply
from cartlib.practice import progress
from cartlib.practice.outcome import CORRECT, ERROR, NOT_TRIED, NOT_YET, Note, Outcome


@dataclass(frozen=True, repr=False)
class Prediction:
    """`given` are redis-cli lines that run first; the question is what `command` replies.

    `choices` has, for each reply that one may expect, what to say to whoever chooses it.
    """

    name: str
    given: tuple[str, ...]
    command: str
    choices: dict[str, str]

    def __repr__(self):
        return f"Prediction {self.name}. Try ask(), and then check() with a letter."

    def ask(self) -> Note:
        """Return the question and its choices, lettered from a on."""
        before = "".join(f"> {line}\n" for line in self.given)
        options = "\n".join(f"{letter}  {choice}" for letter, choice in self._lettered().items())
        return Note("What does the last command reply?", f"{before}> {self.command}\n\n{options}",
                    is_code=True)  # fmt: skip

    def answer(self) -> str:
        """Return the reply, after running the commands on a store of its own."""
        client = new_client()
        for line in self.given:
            send(client, line)
        return format_reply(send(client, self.command))

    def check(self, letter="") -> Outcome:
        """Tell whether the choice with this letter is what Redis replies."""
        letter = str(letter).strip().lower()
        choices = self._lettered()
        if not letter:
            return Outcome(self.name, NOT_TRIED, 'Put a letter between the quotes, such as "a".')
        if letter not in choices:
            text = f"{letter!r} is none of the choices: {', '.join(choices)}."
            return Outcome(self.name, ERROR, text)
        chosen = choices[letter]
        if chosen != self.answer():
            return Outcome(self.name, NOT_YET, self.choices[chosen])
        progress.note(self.name)
        return Outcome(self.name, CORRECT, self.choices[chosen])

    def _lettered(self):
        return dict(zip("abcdef", self.choices, strict=False))
