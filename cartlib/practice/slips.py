"""The slips that happen in every exercise, each with what to say of it: one place for all."""

import re

from redis.client import Pipeline
from redis.exceptions import DataError, ResponseError, WatchError

from cartlib.practice.outcome import ERROR, NOT_TRIED
from cartlib.practice.sandbox import LONGEST_SLEEP, SECONDS, TooSlow

NEVER = {
    "FLUSHALL": "FLUSHALL deletes everything of everybody on the server.",
    "FLUSHDB": "FLUSHDB deletes every key of the database, not only yours.",
    "KEYS": "KEYS walks through every key of the server, and everybody else waits meanwhile.",
    "SHUTDOWN": "SHUTDOWN stops the server, for everybody.",
}
COLLECTED = (
    "took a pipeline for a reply. Inside a pipeline, or after multi(), a command is only "
    "collected; its reply comes from execute()."
)
UNSENT = "sent no command. What a pipeline collects is sent by execute()."


def not_tried(function, done):
    """Return (status, sentence) where the line with NotImplementedError was reached; else None."""
    if not any(isinstance(trial.error, NotImplementedError) for trial in done):
        return None
    names = set(getattr(getattr(function, "__code__", None), "co_names", ()))
    if any(trial.commands for trial in done) or names - {"NotImplementedError"}:
        return ERROR, (
            "You wrote code, and `raise NotImplementedError` still stands in your function: Python "
            "gets to that line, and stops there. Delete it, and run the cell again."
        )
    return NOT_TRIED, "Write the function in place of the line with raise, and run the cell again."


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
        return (
            f"{trial.call} ran for {SECONDS} seconds, or slept for {LONGEST_SLEEP}. Is there a "
            "loop that never ends? Or does it wait for something that never comes?"
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


def braces_of_an_f_string(trial):
    if isinstance(trial.error, NameError) and getattr(trial.error, "name", "") in ("guest", "demo"):
        return (
            f"The f before the quotes makes Python look for a variable {trial.error.name}. The "
            "braces are part of the key: leave the f away, or write them twice."
        )
    return None


def forgotten_f(trial):
    for command in trial.commands:
        for word in map(str, command.words[1:]):
            if found := re.search(r"\{(product_id|item|name|cart|key|product|id)\}", word):
                return (
                    f"You sent {command}: the text {found[0]} itself, and not what {found[1]} "
                    "stands for. Put an f before the quotes."
                )
    return None


def dict_is_wanted(trial):
    """hset(key, "name", name, "price", price), and zadd(key, score, member)."""
    if not isinstance(trial.error, AttributeError) or "'items'" not in str(trial.error):
        return None
    if "in hset" in trial.details:
        return (
            "redis-py's hset takes one field and its value, hset(key, field, value), or a dict of "
            "them by its name: hset(key, mapping={field: value, …})."
        )
    if "in zadd" in trial.details:
        return (
            "redis-py's zadd takes a dict, from members to scores: zadd(key, {member: score}). In "
            "redis-cli the score comes first."
        )
    return None


def swapped_zincrby(trial):
    refused = isinstance(trial.error, ResponseError) and "valid float" in str(trial.error)
    if refused and any(command.name == "ZINCRBY" for command in trial.commands):
        return "zincrby takes the key, then the number, then the member: mind the order."
    return None


def wrong_kind_of_value(trial):
    if not isinstance(trial.error, DataError):
        return None
    kind = re.search(r"Invalid input of type: '(\w+)'", str(trial.error))
    if kind is None:
        return None
    if kind[1] == "NoneType":
        return "None went to Redis, which takes texts and numbers only: a reply was not there."
    return f"A {kind[1]} went to Redis, which takes texts and numbers only. Give it str(…) of it."


def missing_scores(trial):
    asked = [c for c in trial.commands if c.name in ("ZRANGE", "ZREVRANGE", "ZRANGEBYSCORE")]
    plain = any("WITHSCORES" not in str(command) for command in asked)
    if isinstance(trial.error, ValueError) and "to unpack" in str(trial.error) and plain:
        return (
            "Without withscores=True a sorted set's members come alone, so there are no pairs to "
            "unpack. Ask for the scores, too."
        )
    return None


def watch_error(trial):
    if isinstance(trial.error, WatchError):
        return (
            "Somebody changed what you watched before your EXEC, so nothing was done, and redis-py "
            "raised WatchError. Catch it, and begin anew: read again, too."
        )
    return None


def forgotten_multi(trial):
    guarded, queued = False, False
    for command in trial.commands:
        guarded |= command.name == "WATCH"
        queued |= command.name == "MULTI"
    if guarded and not queued and trial.writes and not isinstance(trial.error, WatchError):
        return (
            f"You sent {trial.writes[0]} after WATCH, but before MULTI: it is done at once, "
            "whatever somebody else has changed. Call multi() first; execute() then sends all."
        )
    return None


def missing_field(trial):
    if (
        isinstance(trial.error, TypeError)
        and "NoneType" in str(trial.error)
        and "int()" in str(trial.error)
    ):
        return (
            f"{trial.call} raised a TypeError: int(None). Redis gave None for what is not there: "
            "look for that first."
        )
    if isinstance(trial.error, KeyError) and any(c.name == "HGETALL" for c in trial.commands):
        return (
            f"{trial.call} raised KeyError: {trial.error}. HGETALL gives a dict of the fields that "
            "are there, and an empty one for a missing key. Look before you take one out."
        )
    return None


def pipeline_for_a_reply(trial):
    parts = trial.result if isinstance(trial.result, list | tuple) else [trial.result]
    mixed = isinstance(trial.error, TypeError) and "Pipeline" in str(trial.error).replace(
        "Pipeline.", ""
    )
    if mixed or any(isinstance(part, Pipeline) for part in parts):
        return f"{trial.call} {COLLECTED}"
    return None


def forgotten_execute(trial):
    if trial.pipelines and not trial.names and trial.error is None:
        return f"{trial.call} {UNSENT}"
    return None


def printed_in_place_of_returned(trial):
    if trial.result is None and trial.error is None and trial.printed:
        return f"{trial.call} printed something, but returned None. Use return, not print."
    return None


SLIPS = [
    braces_of_an_f_string,
    forgotten_f,
    dict_is_wanted,
    swapped_zincrby,
    wrong_kind_of_value,
    missing_scores,
    watch_error,
    pipeline_for_a_reply,
    forgotten_execute,
    forgotten_multi,
    missing_field,
    printed_in_place_of_returned,
]
