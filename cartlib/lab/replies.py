"""Raw replies: as redis-cli prints them, and what an error means."""

import re

from redis.exceptions import ResponseError

from cartlib.errors import printable
from cartlib.failures import REFUSED
from cartlib.lab.commands import find
from cartlib.lab.trace import Status, format_reply

STATUSES = {  # the commands whose texts are printed without quotes
    *("SET", "MSET", "SETEX", "PSETEX", "HMSET", "RENAME", "TYPE", "LSET", "LTRIM", "PFMERGE"),
    *("XGROUP CREATE", "XGROUP SETID", "JSON.SET", "PING"),
    *("MULTI", "DISCARD", "WATCH", "UNWATCH"),
}
WHOLE_AMOUNTS = {"HINCRBY", "INCRBY", "DECRBY"}
WHOLE_TEXTS = {"INFO", "CLUSTER INFO", "CLUSTER NODES"}
NO_GROUP = "There is no such group, or no such stream: make both by XGROUP CREATE … MKSTREAM."
MEANINGS = {  # a part of the error
    "WRONGTYPE": "The command does not fit the type of the key, which the table shows.",
    "hash value is not an integer": "Only a field that holds a whole number can be counted up.",
    "value is not an integer or out of range": (
        "The amount does not fit into 64 bits, or the amount or what is there is no whole number."
    ),
    "index out of range": "The list has no such place.",
    "would overflow": "The sum would not fit into 64 bits.",
    "wrong number of arguments": "Something is missing, or too much.",
    "not a valid float": "A score has to be a number, and so have the degrees of a place.",
    "bit offset is not an integer": "Bits are counted from 0, in whole numbers.",
    "invalid longitude,latitude": (
        "A longitude is -180 to 180, a latitude -85 to 85. Are they the wrong way round?"
    ),
    "need numeric radius": "The radius has to be a number.",
    "radius cannot be negative": "The radius is 0 or more.",
    "Invalid stream ID": "An id is two whole numbers with a dash between, as 1700000000000-0.",
    "not a valid HyperLogLog": "The key is a String, but PFADD has not made it.",
    "min or max is not a float": "Write the limits as numbers, as (5 without the 5, or as -inf.",
    "(NaN)": "Infinity less infinity is no number.",
    "syntax error": "A word stands where it may not, or one is missing.",
    "no such key": "There is no key of this name.",
    "unknown command": "This server has no such command: it is older, or it is fakeredis.",
    "unknown subcommand": "This server has no such command: it is older, or it is fakeredis.",
    "invalid expire time": "A time-out is a whole number above 0.",
    "EXECABORT": "A command was wrong already when it was queued, so none of them was done.",
    "without MULTI": "Send MULTI first.",
    "MULTI calls can not be nested": "A MULTI is open already: end it by EXEC or DISCARD.",
    "inside MULTI is not allowed": "WATCH comes before MULTI: end this one by EXEC or DISCARD.",
    "BUSYGROUP": "There is such a group already.",
    "NOGROUP": NO_GROUP,
    "requires the key to exist": NO_GROUP,
    "equal or smaller than": "Ids grow. Write * for the id, and Redis chooses one.",
    "greater than 0-0": "The smallest id is 0-1. Write * for the id, and Redis chooses one.",
    "could not decode requested zset member": "The key has no place of this name.",
    "key does not exist": "There is no key of this name.",
    "Path ": "The document has no such part.",
    "does not exist": "The key has no place of this name.",
    "bit is not an integer": "A bit is 0 or 1.",
    "valid string range": "Write a limit as [a with the a, as (a without it, or as - or +.",
    "Vector dimension mismatch": "All vectors of a key have as many numbers as the first one.",
    "element not found in set": "The key has no such element.",
    "must be created at the root": "There is no such document yet: write one at $ first.",
    "wrong Redis type": "The command does not fit the type of the key, which the table shows.",
    "MOVED": (
        "The key is on another node. From WATCH or MULTI to EXEC, all keys need one tag in braces."
    ),
    "CROSSSLOT": "In a cluster all keys of a command need one tag in braces, as cart:{ann} has.",
}


def meaning_of(error, words=()) -> str:
    """Return a sentence about an error of Redis, or nothing where there is none to add.

    `words` is the command that Redis refused.
    """
    text = _text_of(error)
    name, amount = (str(words[0]).upper(), str(words[-1])) if words else ("", "")
    fraction = name in WHOLE_AMOUNTS and re.fullmatch(r"[+-]?\d*\.\d+", amount)
    if fraction and "value is not an integer or out of range" in text:
        return f"{name} takes whole numbers only, and {amount} is none."
    if name in ("INCR", "DECR") and "value is not an integer or out of range" in text:
        return "What the key holds is no whole number, or it does not fit into 64 bits."
    code = text.split(" ")[0]
    if code in REFUSED:
        return f"Redis refused it: {REFUSED[code]}"
    return next((MEANINGS[part] for part in MEANINGS if part in text), "")


def printed(command, split, reply, queue):
    """Return a reply as redis-cli prints it."""
    if command.name in WHOLE_TEXTS and isinstance(reply, bytes):
        lines = reply.decode(errors="backslashreplace").splitlines()
        return "\n".join(map(printable, lines))
    if command.name == "EXEC" and isinstance(reply, list):
        pairs = zip(queue, reply, strict=True)
        return format_reply([_marked(find(each), each, part) for each, part in pairs])
    if queue is not None and reply == b"QUEUED":
        return "QUEUED"
    return format_reply(_marked(command, split, reply))


def _marked(command, split, reply):
    """Return a reply with what is no text of a key, but a status, marked as such."""
    if isinstance(reply, ResponseError):
        return ResponseError(_text_of(reply))
    options = [word.upper() for word in split[3:]]
    text = command.name == "PING" and len(split) > 1 or command.name == "SET" and "GET" in options
    status = command.name in STATUSES and not text or command.name == "EVAL" and reply == b"OK"
    if isinstance(reply, bytes) and status:
        return Status(reply.decode(errors="backslashreplace"))
    return reply


def _text_of(error):
    """Return an error's text with the code before it, which redis-py takes away."""
    code = getattr(error, "status_code", None)
    return f"{code} {error}" if code else str(error)
