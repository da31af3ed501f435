"""An exercise: a reference, the cases that it is tried on, and the wrong answers one gives."""

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field

from cartlib.practice import progress
from cartlib.practice.judge import judge
from cartlib.practice.outcome import CORRECT, ERROR, Note, Outcome
from cartlib.practice.sandbox import TooSlow, attempt


@dataclass
class Case:
    """What one trial of a function begins with: redis-cli lines as a list, and the arguments.

    `meanwhile` are the lines that somebody else sends once, right after the function's first read
    of a key that they change, or before its first write.
    """

    given: list[str]
    args: tuple = ()
    meanwhile: tuple[str, ...] = ()


@dataclass
class Mistake:
    """A wrong answer as code, and what to say to whoever gives it."""

    function: Callable
    message: str


@dataclass(repr=False)
class Exercise:
    """One exercise: `check(function)`, `hint()` and `solution()` are for the learner."""

    name: str
    task: str
    cases: list[Case]
    hints: tuple[str, ...]
    rules: tuple = ()
    mistakes: list[Mistake] = field(default_factory=list)
    reference_function: Callable | None = None
    _hints_given: int = 0

    def __repr__(self):
        return f"Exercise {self.name}: {self.task}. Try check(), hint() or solution()."

    def reference(self, function):
        """Take `function` as the right answer; a decorator."""
        self.reference_function = function
        return function

    def mistake(self, message):
        """Take the decorated function as a wrong answer, which earns `message`."""

        def take(function):
            self.mistakes.append(Mistake(function, message))
            return function

        return take

    def check(self, function=None) -> Outcome:
        """Try `function` on every case, and tell what came of it; this never raises."""
        if not callable(function):
            return Outcome(
                self.name, ERROR, "Give your function itself: check(my_function), without brackets."
            )
        done = []
        for case in self.cases:
            done.append(attempt(function, case))
            if isinstance(done[-1].error, TooSlow):
                break  # the others would only take as long
        outcome = judge(self, done)
        if outcome.status == CORRECT:
            progress.note(self.name)
        return outcome

    def hint(self) -> Note:
        """Return the next hint; after the last one, the first again."""
        number = self._hints_given % len(self.hints)
        self._hints_given += 1
        return Note(f"Hint {number + 1} of {len(self.hints)}", self.hints[number])

    def solution(self) -> Note:
        """Return the right answer as code: the very source that the tests run."""
        source = inspect.getsource(self.reference_function)
        lines = textwrap.dedent(source).splitlines()
        start = next(i for i, line in enumerate(lines) if line.startswith("def "))
        return Note("One right answer", "\n".join(lines[start:]), is_code=True)
