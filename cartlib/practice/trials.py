"""The trials of a check: a case alone, with somebody else about, and with a server that fails."""

from dataclasses import dataclass

from cartlib.errors import CartError
from cartlib.lab.disturbance import failing_server, somebody_else
from cartlib.practice.sandbox import Attempt, attempt, call_of
from cartlib.practice.world import Case

FAILS = {
    "refuses": "refused it",
    "is gone": "could not be reached",
    "is cut off": "did it, but the connection broke before the reply came",
    "is too slow": "did it, but the reply came too late: redis-py raised a TimeoutError",
}


@dataclass(frozen=True)
class Orders:
    """What the reference does in each order of the call and of what somebody else did."""

    exercise: object
    case: Case
    acts: int = 0

    def __getitem__(self, number):
        if number > self.acts:
            raise IndexError
        return self.exercise.right(self.case, self.acts - number, self.acts)


@dataclass(frozen=True)
class Trial:
    """A case, who disturbed the function in it, what it did, and what it might have done."""

    case: Case
    mine: Attempt
    right: Orders  # what it might have done; the first is the one to show
    before: object = None  # what disturbed it; see sandbox.attempt()
    story: str = ""  # the same in words


def alone(exercise, function, case, tell=lambda text: None) -> Trial:
    """Return the trial of a case with nobody else about."""
    tell(call_of(function, case.args))
    return Trial(case, attempt(function, case), Orders(exercise, case))


def disturbed(exercise, function, first, tell):
    """Yield the trials of a case with somebody else between any two commands; `first` was alone."""
    case = first.case
    for at in [*_gaps(first.mine), None] if case.meanwhile else ():
        tell(call_of(function, case.args))
        before = somebody_else(case.meanwhile, at)
        mine = attempt(function, case, before)
        orders = Orders(exercise, case, len(mine.acts))
        yield Trial(case, mine, orders, before, _story_of_somebody(mine, case))


def with_faults(exercise, function, done, tell):
    """Yield trials in which the server fails, at each command of the first trial that changes."""
    whole = [trial for trial in done if trial.right[0].error is None and trial.right[0].commands]
    first = next((trial for trial in whole if _changes_something(trial.right[0])), None)
    first = first or next(iter(whole), None)
    if first is None or _is_about_failures(exercise, first.case):
        return
    case, plain = first.case, first.mine
    for at in [0, *_gaps(plain)]:
        for how in FAILS:
            if how != "refuses" and _is_watching(plain, at):
                continue  # redis-py takes a lost connection for a change of what is watched
            tell(call_of(function, case.args))
            before = failing_server(at, how)
            mine = attempt(function, case, before)
            yield Trial(case, mine, first.right, before, _story_of_failure(plain, at, how))


def _is_about_failures(exercise, case):
    gone = failing_server(0, "is gone")
    error = attempt(exercise.reference_function, case, gone, trusted=True).error
    return error is None or isinstance(error, CartError)


def _gaps(mine):
    """Return after how many commands a function waited for the server, but for the last time."""
    trips = [command.trip for command in mine.commands]
    return [n for n in range(1, len(trips)) if trips[n] != trips[n - 1]]


def _is_watching(mine, at):
    names = [command.name for command in mine.commands[:at]]
    last = max(
        (n for n, name in enumerate(names) if name in ("EXEC", "UNWATCH", "DISCARD")), default=-1
    )
    return "WATCH" in names[last + 1 :]


def _changes_something(trial):
    return trial.writes or "PUBLISH" in trial.names


def _story_of_somebody(mine, case):
    """Return in words who came between."""
    if not mine.acts:
        return ""
    what = " and ".join(case.meanwhile)
    if len(mine.acts) > 1:
        tries = f"each of your {len(mine.acts)} tries to change something"
        return f"Somebody else sent {what} right before {tries}."
    at = mine.acts[0]
    return f"Somebody else sent {what} right {_place(mine, at)}."


def _place(mine, at):
    if at < len(mine.commands) and at:
        return f"after your {mine.commands[at - 1]}"
    return f"before your {mine.commands[at]}" if at < len(mine.commands) else "at the end"


def _story_of_failure(plain, at, how):
    """Return in words how the server failed."""
    if at >= len(plain.commands):
        return f"The server {FAILS[how]}."
    trip = plain.commands[at].trip
    sent = [c for c in plain.commands if c.trip == trip and c.name not in ("MULTI", "EXEC")]
    return f"You sent {(sent or plain.commands[at:])[0]}, and the server {FAILS[how]}."
