"""An exercise: a reference, the worlds that it is tried in, and the wrong answers one gives."""

import inspect
import pickle
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from hypothesis.strategies import SearchStrategy

from cartlib import progress
from cartlib.lab.apart import OverTimeError, run_apart
from cartlib.lab.disturbance import somebody_else
from cartlib.look.compare import beside
from cartlib.practice import slips
from cartlib.practice.judge import is_right, judge
from cartlib.practice.outcome import CORRECT, ERROR, NOT_TRIED, SOLUTION, Note, Outcome
from cartlib.practice.sandbox import Attempt, attempt
from cartlib.practice.world import Case, search

REMEMBERS = (
    "Called alone, your function is right here; after other calls it was not. It keeps something "
    "from one call to the next, or leaves something to chance. Make all that it needs inside of it."
)
NAMES = set()  # of all exercises
PATIENCE = 4.5  # seconds that one trial may take, whatever the function does


@dataclass
class Mistake:
    """A wrong answer as code, and what to say to whoever gives it."""

    function: Callable
    message: str


@dataclass(repr=False)
class Exercise:
    """One exercise: `check(function)`, `hint()`, `solution()`, `reset()` are for the learner.

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
    given_function: Callable | None = None  # what the stub has below its raise
    total: int = 0  # of the worlds, once the reference was in each
    _hints_given: int = 0
    _known: dict = field(default_factory=dict)

    def __repr__(self):
        return f"Exercise {self.name}: {self.task}. Try check(), hint() or solution()."

    def reference(self, function):
        """Take `function` as the right answer; a decorator."""
        self.reference_function = function
        return function

    def given(self, function):
        """Take the code of `function` as what the learner is to mend; a decorator."""
        self.given_function = function
        return function

    def mistake(self, message):
        """Take the decorated function as a wrong answer, which earns `message`."""

        def take(function):
            self.mistakes.append(Mistake(function, message))
            return function

        return take

    def __post_init__(self):
        NAMES.add(self.name)

    def check(self, function=None) -> Outcome:
        """Try `function` in many worlds, and tell what came of it; this never raises."""
        outcome = self._tried(function)
        if outcome.status == CORRECT:
            progress.note(self.name)
        return replace(outcome, solved=self._solved(outcome), help=self._help(outcome))

    def _tried(self, function):
        if not callable(function):
            text = "Give your function itself: check(my_function), without brackets."
            return Outcome(self.name, ERROR, text)
        if not slips.is_stub(function):  # which is told without a world
            self._learn()
        try:
            outcome, case = run_apart(lambda tell: self._judged(function, tell), PATIENCE)
            if case and run_apart(lambda tell: is_right(self, function, case), PATIENCE):
                outcome = replace(outcome, sentence=REMEMBERS)
        except OverTimeError as error:
            text = f"{error} did not end. Is there a loop that never ends, or never gives up?"
            return Outcome(self.name, ERROR, text)
        return outcome

    def _solved(self, outcome):
        """Return how many exercises are solved whose names begin like this one's, in words."""
        lesson, dot, _ = self.name.rpartition(".")
        names = {name for name in NAMES if name.startswith(lesson + dot)}
        solved = names & (progress.solved() | ({self.name} if outcome.status == CORRECT else set()))
        return f"{len(solved)} of {len(names)} exercises solved in this lesson" if dot else ""

    def _help(self, outcome):
        """Return what the card's buttons show: the hints one by one, and then a right answer."""
        answer = self.solution().html()
        if outcome.sent and outcome.wanted:
            answer += beside(outcome.wanted, outcome.sent, ("It sends", "You sent"))
        if outcome.status == CORRECT:
            return (("Compare with one right answer", answer),)
        notes = [self._hint(number) for number in range(len(self.hints))]
        hints = [(note.title, note.html()) for note in notes]
        return (*hints, ("Show a solution", answer))

    def _judged(self, function, tell):
        try:
            outcome, case = judge(self, function, tell)
            return outcome, case if _can_be_sent(case) else None
        except BaseException as error:  # what comes from a learner's function can fail in any way
            kind = type(error).__name__
            text = f"What your function left can't be looked at: that raises {kind}."
            return Outcome(self.name, ERROR, text), None

    def right(self, case, acts=0, total=0) -> Attempt:
        """Return what the reference does, after `acts` of the `total` acts of somebody else."""
        first = replace(case, given=[*case.given, *case.meanwhile * acts], meanwhile=())
        return self.tried(first, after=case.meanwhile * (total - acts))

    def tried(self, case, at=None, after=()) -> Attempt:
        """Return what the reference does; others act after `at` of its commands, or at the end."""
        key = repr((case, at, after))
        if key not in self._known:
            before = None if at is None else somebody_else(case.meanwhile, at)
            self._known[key] = attempt(self.reference_function, case, before, after, trusted=True)
        return self._known[key]

    @cached_property
    def generated(self) -> list[Case]:
        """The worlds that `worlds` generates: the same ones for each check."""
        found = []
        if self.worlds is not None:
            search(self.worlds, found.append)
        return found

    def _learn(self):
        """Try the reference once in each world, so that checks find it done."""
        if not self._known:
            tried = [self.right(case) for case in [*self.cases, *self.generated]]
            self.total = len(tried)

    def hint(self) -> Note:
        """Return the next hint; after the last one, the first again."""
        self._hints_given += 1
        return self._hint((self._hints_given - 1) % len(self.hints))

    def _hint(self, number):
        return Note(f"Hint {number + 1} of {len(self.hints)}", self.hints[number])

    def solution(self) -> Note:
        """Return the right answer as code: the very source that the tests run."""
        return Note("One right answer", code_of(self.reference_function), SOLUTION)

    def reset(self) -> Note:
        """Take the exercise for unsolved, and return what stood in its cell, to begin anew."""
        progress.forget(self.name)
        self._hints_given = 0
        body = code_of(self.given_function).partition(":\n")[2] if self.given_function else ""
        stub = f"def {self.task}:\n    raise NotImplementedError\n{body}".rstrip()
        return Note("To begin anew, put this in place of your function", stub, NOT_TRIED)


def code_of(function) -> str:
    """Return the source of a function, without its decorators."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith("def ")), 0)
    return "\n".join(lines[start:])


def _can_be_sent(case):
    try:
        return bool(pickle.dumps(case))
    except Exception:  # arguments of a case can be of any kind
        return False
