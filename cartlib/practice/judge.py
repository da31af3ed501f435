"""Compares what a learner's function did with what the reference does: value, keys, commands."""

import operator
from decimal import Decimal

from redis.client import Pipeline

from cartlib.errors import CartError, shown
from cartlib.practice.outcome import CORRECT, ERROR, NOT_TRIED, NOT_YET, Outcome
from cartlib.practice.sandbox import HEARD, SECONDS, TooSlow, attempt, describe_result

NEVER = {
    "FLUSHALL": "FLUSHALL deletes everything of everybody on the server.",
    "FLUSHDB": "FLUSHDB deletes every key of the database, not only yours.",
    "KEYS": "KEYS walks through every key of the server, and everybody else waits meanwhile.",
}
COLLECTED = (
    "took a pipeline for a reply. Inside a pipeline, or after multi(), a command is only "
    "collected; its reply comes from execute()."
)
UNSENT = "sent no command. What a pipeline collects is sent by execute()."
CLOCK = 1e9  # a float above this is a point in time, in Unix seconds
SLACK = 5  # seconds


def judge(exercise, done) -> Outcome:
    """Return the outcome of an exercise for the trials `done`, one for each of its cases."""
    if any(isinstance(trial.error, NotImplementedError) for trial in done):
        text = "Write the function in place of the line with raise, and run the cell again."
        return Outcome(exercise.name, NOT_TRIED, text)
    for trial, case in zip(done, exercise.cases, strict=False):  # one that stopped is the last
        text = _stopped(trial)
        if text:
            return _outcome(exercise, case, trial, ERROR, text)
    wanted = [attempt(exercise.reference_function, case) for case in exercise.cases]
    fault = _first_fault(exercise, done, wanted)
    if fault is None:
        text = f"All {len(done)} cases are right: the value, the keys and the commands."
        return Outcome(exercise.name, CORRECT, text)
    number, status, text = fault
    known = _known_mistake(exercise, done, wanted)
    if known:
        status, text = NOT_YET, known
    expected, actual = _side_by_side(done[number], wanted[number])
    return _outcome(exercise, exercise.cases[number], done[number], status, text, expected, actual)


def alike(one, two) -> bool:
    """Tell whether two values are the same for an exercise: lists and tuples are, 3 and 3.0 not."""
    if isinstance(one, list | tuple) and isinstance(two, list | tuple):
        return len(one) == len(two) and all(map(alike, one, two))
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(alike(one[key], two[key]) for key in one)
    if isinstance(one, float) and isinstance(two, float):
        return one == two or (min(one, two) > CLOCK and abs(one - two) < SLACK)
    if isinstance(one, bool | str | Decimal | set | None) or isinstance(two, bool | str | Decimal):
        return type(one) is type(two) and one == two
    if isinstance(one, Exception) and isinstance(two, Exception):
        return type(one) is type(two) and one.args == two.args
    try:
        return operator.index(one) == operator.index(two)
    except TypeError:
        return type(one) is type(two) and bool(one == two)


def _first_fault(exercise, done, wanted):
    """Return (number of the case, status, sentence) of what is wrong first; None if nothing is."""
    for number, (mine, right) in enumerate(zip(done, wanted, strict=True)):
        text = _difference(mine, right)
        if text:
            unexpected = mine.error and type(mine.error) is not type(right.error)
            return number, ERROR if unexpected else NOT_YET, text
    for number, trial in enumerate(done):
        for rule in exercise.rules:
            if text := rule(trial):
                return number, NOT_YET, text
    return None


def _stopped(trial):
    for name in trial.names:
        if name in NEVER:
            return f"{NEVER[name]} Find a way without it. (Your shop was not touched.)"
    if trial.outside:
        return (
            f"Your function uses {trial.outside[0]}, a variable of the notebook. Use its first "
            "parameter: whoever calls it says with it which Redis is meant."
        )
    if isinstance(trial.error, NameError) and trial.error.name in ("guest", "demo"):
        return (
            f"The f before the quotes makes Python look for a variable {trial.error.name}. The "
            "braces are part of the key: leave the f away, or write them twice."
        )
    if isinstance(trial.error, TooSlow):
        return (
            f"{trial.call} ran for {SECONDS} seconds. Is there a loop that never ends? Or does it "
            "wait for something that never comes?"
        )
    if isinstance(trial.error, KeyboardInterrupt):
        return f"{trial.call} was interrupted. Did it wait for something that never came?"
    if isinstance(trial.error, SystemExit):
        return f"{trial.call} wanted to end Python. Take exit() or quit() out of your function."
    return None


def _difference(mine, right):
    """Return in a sentence what differs in one case, or None."""
    unsent = mine.pipelines and not mine.names and mine.error is None
    if not _same_result(mine, right):
        if _took_a_pipeline(mine):
            return f"{mine.call} {COLLECTED}"
        if mine.error is not None and type(mine.error) is type(right.error):
            return f"{mine.call} raised the right kind of error, but about something else."
        if mine.error is not None:
            problem = f"{type(mine.error).__name__}: {mine.error}"
            return f"{mine.call} raised an error: {problem}"[:300]
        if right.error is not None:
            wanted = type(right.error).__name__
            return f"{mine.call} should raise {wanted}, but it {describe_result(mine)}."
        if mine.result is None and mine.printed:
            return f"{mine.call} printed something, but returned None. Use return, not print."
        if unsent:
            return f"{mine.call} {UNSENT}"
        if mine.result is None:
            return f"{mine.call} returned None. Is there a return at the end?"
        return f"{mine.call} returned another value than it should."
    if not _same_keys(mine.keys, right.keys):
        if unsent:
            return f"{mine.call} {UNSENT}"
        what = "raised the right error" if right.error else "returned what it should"
        heard = all(key.startswith(HEARD) for key in _differing(mine.keys, right.keys))
        where = "listeners did not hear what" if heard else "the keys are not what"
        return f"{mine.call} {what}, but afterwards {where} they should{'' if heard else ' be'}."
    return None


def _took_a_pipeline(trial):
    if isinstance(trial.error, TypeError):
        return "Pipeline" in str(trial.error).replace("Pipeline.", "")  # that is a wrong argument
    parts = trial.result if isinstance(trial.result, list | tuple) else [trial.result]
    return any(isinstance(part, Pipeline) for part in parts)


def _same_result(one, two):
    if isinstance(one.error, CartError) and isinstance(two.error, CartError):
        return alike(one.error, two.error)  # its text has the values
    if one.error is not None or two.error is not None:
        return type(one.error) is type(two.error)
    return alike(one.result, two.result)


def _same_keys(one, two):
    return not _differing(one, two)


def _differing(one, two):
    """Return the names of the keys that are not the same in both, in order."""
    both = one.keys() & two.keys()
    same = {key for key in both if _same_content(one[key], two[key])}
    return sorted((one.keys() | two.keys()) - same)


def _same_content(one, two):
    (content, ttl), (other, other_ttl) = one, two
    if not alike(content, other) or (ttl is None) != (other_ttl is None):
        return False
    return ttl is None or abs(ttl - other_ttl) <= SLACK


def _known_mistake(exercise, done, wanted):
    """Return the message of the named mistake that did just the same as the learner, or None.

    Just the same are the value, the keys, the commands, and the rules that are broken. Where no
    mistake is, the same value and keys are enough, if they are wrong.
    """
    mistakes = [
        (mistake.message, [attempt(mistake.function, case) for case in exercise.cases])
        for mistake in exercise.mistakes
    ]
    for commands_too in (True, False):
        for message, its in mistakes:
            wrong = commands_too or any(map(_difference, its, wanted))
            pairs = zip(done, its, strict=True)
            rules = exercise.rules if commands_too else None
            if wrong and all(_same_deeds(mine, its, rules) for mine, its in pairs):
                return message
    return None


def _same_deeds(one, two, rules):
    """Tell whether two trials did the same; with `rules`, by the same commands, too."""
    if rules is not None:
        if set(one.names) != set(two.names):
            return False
        if any(bool(rule(one)) != bool(rule(two)) for rule in rules):
            return False
    if one.error is None and bool(one.names) != bool(two.names):
        return False  # who sent nothing has not done what a message may tell of
    if isinstance(one.error, TypeError) and str(one.error) != str(two.error):
        return False  # a TypeError can come from anything
    return _same_result(one, two) and _same_keys(one.keys, two.keys)


def _side_by_side(mine, right):
    if not _same_result(mine, right):
        return describe_result(right), describe_result(mine)
    names = _differing(mine.keys, right.keys)
    return (_list_keys(right.keys, names), _list_keys(mine.keys, names)) if names else ("", "")


def _list_keys(keys, names):
    lines = [
        f"{name} = {shown(keys[name][0])}"
        + ("" if keys[name][1] is None else f", ends in {keys[name][1]} s")
        for name in names
        if name in keys
    ]
    return "\n".join(lines) or "(no such key)"


def _outcome(exercise, case, trial, status, text, expected="", actual=""):
    given = "\n".join(case.given) or "(nothing)"
    if case.meanwhile:
        given += "\n\nSomebody else, in the middle of the call:\n" + "\n".join(case.meanwhile)
    return Outcome(exercise.name, status, text, expected, actual, given, trial.details)
