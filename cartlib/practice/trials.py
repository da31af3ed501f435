"""The trials of a check: a case alone, with somebody else about, and with a server that fails."""

from dataclasses import dataclass, replace
from itertools import product

from cartlib.errors import CartError
from cartlib.lab.commands import find
from cartlib.lab.contents import TO_LIVE, command, is_spared, words
from cartlib.lab.disturbance import failing_server, has_effect, somebody_else
from cartlib.practice.sandbox import Attempt, attempt, call_of
from cartlib.practice.world import Case

FAILS = {
    "refuses": "refused it",
    "is gone": "could not be reached",
    "is cut off": "did it, but the connection broke before the reply came",
    "is too slow": "did it, but the reply came too late: redis-py raised a TimeoutError",
}
MOST_ACTS = 12  # how often somebody else comes between
TRANSACTION = ("WATCH", "MULTI", "EXEC", "UNWATCH", "DISCARD")
AGAIN = (
    "Your function was called, then all keys were deleted, and it was called once more: it has to "
    "keep nothing from one call to the next."
)


@dataclass(frozen=True)
class Orders:
    """What the reference does in each order of the call and of what somebody else did."""

    exercise: object
    case: Case
    acts: int = 0

    def __getitem__(self, number):
        if number <= self.acts:
            return self.exercise.right(self.case, self.acts - number, self.acts)
        if not (self.acts and self.exercise.in_steps):
            raise IndexError
        gaps = _gaps(self.exercise.right(replace(self.case, meanwhile=())))
        return self.exercise.tried(self.case, gaps[number - self.acts - 1])


@dataclass(frozen=True)
class Trial:
    """A case, who disturbed the function in it, what it did, and what it might have done."""

    case: Case
    mine: Attempt
    right: Orders  # what it might have done; the first is the one to show
    before: object = None  # what disturbed it; see sandbox.attempt()
    story: str = ""  # the same in words
    number: int = 0  # of the case among all worlds, counted from 1


def alone(exercise, function, case, tell=lambda text: None, number=0) -> Trial:
    """Return the trial of a case with nobody else about."""
    return Trial(case, _told(tell, function, case), Orders(exercise, case), number=number)


def _told(tell, function, case, before=None):
    tell(call_of(function, case.args))
    return attempt(function, case, before)


def disturbed(exercise, function, first, tell, most=MOST_ACTS):
    """Yield the trials of a case with somebody else between any two commands; `first` was alone.

    In the last one, they come before each of the first `most` changes: a loop goes on after that.
    """
    case = first.case
    places = [*_gaps(first.mine), *([] if exercise.in_steps else [None])]
    for at in places if case.meanwhile else ():
        before = somebody_else(case.meanwhile, at, most)
        mine = _told(tell, function, case, before)
        orders = Orders(exercise, case, len(mine.acts))
        story = _story_of_somebody(mine, case)
        yield Trial(case, mine, orders, before, story, first.number)


def varied(exercise, function, first, tell):
    """Yield the trials of a case whose keys have time-outs, and in which it is called twice.

    Time-outs go to what the reference leaves alone.
    """
    case = first.case
    names = sorted({name for line in case.given for name in _keys_of(words(line))})
    left = exercise.right(_with_time_outs(case, names)).keys
    spared = [name for name in names if name in left and is_spared(left[name][2])]
    again = replace(case, again=True)
    for other, story in (_with_time_outs(case, spared), ""), (again, AGAIN):
        mine = _told(tell, function, other)
        yield Trial(other, mine, Orders(exercise, other), story=story, number=first.number)


def _keys_of(split):
    known = find(split)
    return known.keys_of(split) if known and known.name != "EVAL" else ()


def _with_time_outs(case, names):
    lines = [command("PEXPIRE", name, TO_LIVE) for name in names]
    return replace(case, given=[*case.given, *lines])


def with_faults(exercise, function, done, tell):
    """Yield trials in which the server fails, at each command of the first trial that changes."""
    whole = [trial for trial in done if trial.right[0].error is None and trial.right[0].commands]
    first = max(whole, key=lambda one: any(map(has_effect, one.right[0].commands)), default=None)
    if first is None or _is_about_failures(exercise, first.case):
        return
    case, plain = first.case, first.mine
    for at, how in product(range(len(plain.commands)), FAILS):
        if _can_fail(plain, at, how):
            before = failing_server(at, how)
            mine = _told(tell, function, case, before)
            story = _story_of_failure(plain, at, how)
            yield Trial(case, mine, first.right, before, story, first.number)


def _can_fail(plain, at, how):
    here = plain.commands[at]
    sent = [command for command in plain.commands if command.trip == here.trip]
    if how == "refuses":  # who reads much at once may leave out what can't be read
        return here.name not in TRANSACTION and (has_effect(here) or len(sent) == 1)
    if how != "is gone" and any(map(has_effect, plain.commands)) and not any(map(has_effect, sent)):
        return False  # a look whose reply is lost is as good as none
    # redis-py takes a lost connection for a change of what is watched
    return here is sent[0] and not _is_watching(plain, at)


def _is_about_failures(exercise, case):
    gone = failing_server(0, "is gone")
    error = attempt(exercise.reference_function, case, gone, trusted=True).error
    return error is None or isinstance(error, CartError)


def _gaps(mine):
    """Return after how many commands a function waited for the server, but for the last time."""
    trips = [command.trip for command in mine.commands]
    return [n for n in range(1, len(trips)) if trips[n] != trips[n - 1]]


def _is_watching(mine, at):
    """Tell whether the connection of a command watches something when the command is sent."""
    by = [c.name for c in mine.commands[:at] if c.connection == mine.commands[at].connection]
    framed = [name for name in by if name in ("WATCH", "EXEC", "UNWATCH", "DISCARD")]
    return framed[-1:] == ["WATCH"]


def _story_of_somebody(mine, case):
    """Return in words who came between."""
    if not mine.acts:
        return ""
    what = " and ".join(map(str, case.meanwhile))  # a line may have a name of its own
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
    trip = plain.commands[at].trip
    sent = [c for c in plain.commands[at:] if c.trip == trip and c.name not in ("MULTI", "EXEC")]
    return f"You sent {(sent or plain.commands[at:])[0]}, and the server {FAILS[how]}."
