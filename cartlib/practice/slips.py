"""The slips that happen in every exercise: each function tells of one, where a trial shows it."""

import re
import traceback

from redis.client import Pipeline
from redis.exceptions import DataError, ResponseError, WatchError

from cartlib.lab.clock import LONGEST_SLEEP, SECONDS, TooSlow
from cartlib.lab.disturbance import changes
from cartlib.practice.outcome import ERROR, NOT_TRIED

NEVER = {
    "FLUSHALL": "FLUSHALL deletes everything of everybody on the server.",
    "FLUSHDB": "FLUSHDB deletes every key of the database, not only yours.",
    "KEYS": "KEYS walks through every key of the server, and everybody else waits meanwhile.",
    "SHUTDOWN": "SHUTDOWN stops the server, for everybody.",
}
SENDABLE = (str, bytes, int, float)
NAMES = "product_id|item|name|cart|key|product|id|visitor|tag|day"  # of arguments, in keys
ORDERS = {
    "ZINCRBY": "zincrby takes the key, then the number, then the member: mind the order.",
    "ZADD": "zadd takes a dict, from members to scores, {member: score}: mind the order.",
}
ERRORS = (  # a kind of error, what stands in its traceback, and what to say of it
    (
        NameError,
        "'(guest|demo|queue|wishes|filters|sales|orders|visitors|came)'",
        "The f before the quotes makes Python look for a variable {0}. The braces are part of the "
        "key: leave the f away, or write them twice.",
    ),
    (
        AttributeError,
        "(?s)in hset.*'items'",
        "redis-py's hset takes one field and its value, hset(key, field, value), or a dict of them "
        "by its name: hset(key, mapping={{field: value, …}}).",
    ),
    (
        AttributeError,
        "(?s)in zadd.*'items'",
        "redis-py's zadd takes a dict, from members to scores: zadd(key, {{member: score}}). In "
        "redis-cli the score comes first.",
    ),
    (
        WatchError,
        "",
        "Somebody changed what you watched before your EXEC, so nothing was done, and redis-py "
        "raised WatchError. Catch it, and begin anew: read again, too.",
    ),
    (ResponseError, r"loading code.*\]:(\d+):", "Lua can't read your script: look near line {0}."),
    (
        TypeError,
        r"int\(\).*NoneType",
        "Your function raised a TypeError: int(None). Redis gave None for what is not there: look "
        "for that first.",
    ),
)


def is_stub(function):
    """Tell whether NotImplementedError is the first thing that a function names."""
    names = getattr(getattr(function, "__code__", None), "co_names", ())
    return names[:1] == ("NotImplementedError",)


def not_tried(function, done):
    """Return (status, sentence) where the line with NotImplementedError was reached; else None."""
    if not any(isinstance(trial.error, NotImplementedError) for trial in done):
        return None
    if is_stub(function) and not any(trial.commands for trial in done):
        text = "Write the function in place of the line with raise, and run the cell again."
        return NOT_TRIED, text
    return ERROR, (
        "You wrote code, and `raise NotImplementedError` still stands in your function, or in one "
        "that it calls: Python stops at that line. Delete it, and run the cell again."
    )


def stopped(trial):
    """Return what to say of a trial whose function did not get to its end; else None."""
    for name in trial.names:
        if name in NEVER:
            return f"{NEVER[name]} Find a way without it. (Your shop was not touched.)"
    if trial.outside:
        return (
            f"Your function uses {trial.outside[0]}, a variable of the notebook. Use its first "
            "parameter: whoever calls it says with it which Redis is meant."
        )
    if isinstance(trial.error, TooSlow):
        long = f"ran for {SECONDS} seconds, or slept for {LONGEST_SLEEP}"
        return (
            f"{trial.call} {str(trial.error) or long}. Is there a loop that never ends? Or does it "
            "wait for something that never comes?"
        )
    if isinstance(trial.error, KeyboardInterrupt):
        return f"{trial.call} was interrupted. Did it wait for something that never came?"
    if isinstance(trial.error, SystemExit):
        return f"{trial.call} wanted to end Python. Take exit() or quit() out of your function."
    if trial.error is not None and not isinstance(trial.error, Exception):
        kind = type(trial.error).__name__
        return f"{trial.call} raised {kind}, which is no ordinary error. Take it out."
    return None


def explain(trial):
    """Return what to say of a general slip that a trial shows; None where it shows none."""
    return next(filter(None, (slip(trial) for slip in SLIPS)), None)


def forgotten_f(trial):
    for command in trial.commands:
        for word in map(str, command.words[1:]):
            if found := re.search(
                r"\{(product_id|item|name|cart|key|product|id|visitor|tag|day)\}", word
            ):
                return (
                    f"You sent {command}: the text {found[0]} itself, and not what {found[1]} "
                    "stands for. Put an f before the quotes."
                )
    return None


def module_in_a_key(trial):
    for command in trial.commands:
        for word in map(str, command.words[1:]):
            if found := re.search(r"<module '(?:\w+\.)*(\w+)'", word):
                return (
                    f"The f before the quotes makes Python look for a variable {found[1]}. There "
                    "is one, a module, and its text went into your key. The braces are part of the "
                    "key: leave the f away, or write them twice."
                )
    return None


def swapped_score(trial):
    if not isinstance(trial.error, ResponseError) or "valid float" not in str(trial.error):
        return None
    for command in trial.commands:
        if command.name in ORDERS and _is_number(command.words[-1]) > _is_number(command.words[-2]):
            return f"{ORDERS[command.name]} You sent {command}."
    return None


def _is_number(word):
    return re.fullmatch(r"-?\d+(\.\d+)?", str(word)) is not None


def error_that_tells(trial):
    for kind, pattern, text in ERRORS:
        if isinstance(trial.error, kind) and (found := re.search(pattern, trial.details)):
            return text.format(*found.groups())
    return None


def wrong_word(trial):
    kind = isinstance(trial.error, DataError) and _kind_that_cannot_be_sent(trial.error)
    if kind == "NoneType":
        return "None went to Redis, which takes texts and numbers only: a reply was not there."
    if kind in ("list", "tuple", "set"):
        return (
            f"A {kind} went to Redis in the place of one text or number. Where the command takes "
            "several of them, put a star before it: *names."
        )
    return kind and (
        f"A {kind} went to Redis, which takes texts and numbers only. Give it str(…) of it."
    )


def _kind_that_cannot_be_sent(error):
    """Return the type's name: redis-py tells it, hiredis doesn't, but what it got is there."""
    if found := re.search(r"Invalid input of type: '(\w+)'", str(error)):
        return found[1]
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    words = frame.f_locals.get("args", ()) if frame.f_code.co_name == "pack" else ()
    kinds = (type(w) for w in words if isinstance(w, bool) or not isinstance(w, SENDABLE))
    return next((kind.__name__ for kind in kinds), None)


def missing_scores(trial):
    asked = [c for c in trial.commands if c.name in ("ZRANGE", "ZREVRANGE", "ZRANGEBYSCORE")]
    plain = any("WITHSCORES" not in str(command) for command in asked)
    unpacked = isinstance(trial.error, ValueError) and "to unpack" in str(trial.error)
    return plain and unpacked and (
        "Without withscores=True a sorted set's members come alone, so there are no pairs to "
        "unpack. Ask for the scores, too."
    )  # fmt: skip


def forgotten_multi(trial):
    names = [*(command.name for command in trial.commands), "MULTI"]  # execute() sends an empty one
    late = trial.commands[names.index("WATCH") : names.index("MULTI")] if "WATCH" in names else []
    written = [command for command in late if changes(command)]
    return written and (
        f"You sent {written[0]} after WATCH, but before MULTI: it is done at once, whatever "
        "somebody else has changed. Call multi() first; execute() then sends all."
    )  # fmt: skip


def missing_field(trial):
    asked = any(command.name == "HGETALL" for command in trial.commands)
    return isinstance(trial.error, KeyError) and asked and (
        f"{trial.call} raised KeyError: {trial.error}. HGETALL gives a dict of the fields that are "
        "there, and an empty one for a missing key. Look before you take one out."
    )  # fmt: skip


def pipeline_for_a_reply(trial):
    result = trial.result
    parts = result.values() if isinstance(result, dict) else result
    parts = parts if isinstance(result, dict | list | tuple) else [result]
    words = str(trial.error).replace("Pipeline.", "")  # that is a wrong argument
    mixed = isinstance(trial.error, TypeError) and "Pipeline" in words
    return (mixed or any(isinstance(part, Pipeline) for part in parts)) and (
        f"{trial.call} took a pipeline for a reply. Inside a pipeline, or after multi(), a command "
        "is only collected; its reply comes from execute()."
    )


def forgotten_execute(trial):
    unsent = trial.pipelines and not trial.names and trial.error is None
    return unsent and f"{trial.call} sent no command. execute() sends what a pipeline collects."


SLIPS = [
    forgotten_f,
    module_in_a_key,
    swapped_score,
    error_that_tells,
    wrong_word,
    missing_scores,
    pipeline_for_a_reply,
    forgotten_execute,
    forgotten_multi,
    missing_field,
]
