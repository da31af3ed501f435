"""An exercise: a reference, the worlds that it is tried in, and the wrong answers one gives."""

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hypothesis.strategies import SearchStrategy

from cartlib.lab.apart import OverTimeError, run_apart
from cartlib.lab.disturbance import somebody_else
from cartlib.practice import progress
from cartlib.practice.judge import accepts, judge
from cartlib.practice.outcome import CORRECT, ERROR, Note, Outcome
from cartlib.practice.sandbox import Attempt, attempt
from cartlib.practice.world import Case, search

PATIENCE = 4.5  # seconds that one trial may take, whatever the function does

__all__ = ["Case", "Exercise", "Mistake"]


@dataclass
class Mistake:
    """A wrong answer as code, and what to say to whoever gives it."""

    function: Callable
    message: str


@dataclass(repr=False)
class Exercise:
    """One exercise: `check(function)`, `hint()` and `solution()` are for the learner.

    `cases` are tried first, then what the strategy `worlds` generates. With `in_steps`, what
    somebody else does may also come between two commands of the reference.
    """

    name: str
    task: str
    cases: list[Case]
    hints: tuple[str, ...]
    rules: tuple = ()
    worlds: SearchStrategy | None = None
    in_steps: bool = False
    mistakes: list[Mistake] = field(default_factory=list)
    reference_function: Callable | None = None
    _hints_given: int = 0
    _known: dict = field(default_factory=dict)

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
        """Try `function` in many worlds, and tell what came of it; this never raises."""
        if not callable(function):
            return Outcome(
                self.name, ERROR, "Give your function itself: check(my_function), without brackets."
            )
        self._learn()
        try:
            outcome = run_apart(lambda tell: self._judged(function, tell), PATIENCE)
        except OverTimeError as error:
            text = (
                f"{error} did not end. Is there a loop that never ends, or one that never gives up?"
            )
            outcome = Outcome(self.name, ERROR, text)
        if outcome.status == CORRECT:
            progress.note(self.name)
        return outcome

    def accepts(self, function) -> bool:
        """Tell only whether `function` is right; a check takes longer, as it explains."""
        self._learn()
        return accepts(self, function)

    def _judged(self, function, tell):
        try:
            return judge(self, function, tell)
        except BaseException as error:  # what comes from a learner's function can fail in any way
            kind = type(error).__name__
            text = f"What your function left can't be looked at: that raises {kind}."
            return Outcome(self.name, ERROR, text)

    def right(self, case, acts=0, total=0) -> Attempt:
        """Return what the reference does, after `acts` of the `total` acts of somebody else."""
        first = replace(case, given=[*case.given, *case.meanwhile * acts], meanwhile=())
        return self._tried(first, after=case.meanwhile * (total - acts))

    def on_the_way(self, case, at) -> Attempt:
        """Return what the reference does, if somebody else acts after `at` of its commands."""
        return self._tried(case, at)

    def _tried(self, case, at=None, after=()):
        key = repr((case, at, after))
        if key not in self._known:
            before = None if at is None else somebody_else(case.meanwhile, at)
            self._known[key] = attempt(self.reference_function, case, before, after, trusted=True)
        return self._known[key]

    def _learn(self):
        """Try the reference once in each world, so that checks find it done."""
        if not self._known:
            for case in self.cases:
                self.right(case)
            if self.worlds is not None:
                search(self.worlds, lambda case: not self.right(case))

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
