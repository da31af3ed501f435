"""What is in a Redis: written by redis-cli lines, read as a whole, and compared."""

import json
import operator
import time
from decimal import Decimal

from cartlib.lab.lines import words
from cartlib.lab.streams import groups_of
from cartlib.lab.trace import Command, Trace
from cartlib.pretended import type_of

HEARD = "heard on "  # and then the channel: what its listeners heard is judged like a key
CLOCK = 1e9  # a float above this is a point in time, in Unix seconds
A_MOMENT = 1e-5  # seconds: what a right sum of floats may be off
SLACK = 1000  # milliseconds: EXPIREAT counts whole seconds
TO_LIVE = 987_654  # milliseconds: no task asks for so many, so who finds them has to leave them
READERS = {  # type: the command that reads all of it, and what to make of the reply
    "hash": (("HGETALL",), dict),
    "zset": (
        ("ZRANGE", 0, -1, "WITHSCORES"),
        lambda flat: dict(zip(flat[::2], map(score, flat[1::2]), strict=True)),
    ),
    "set": (("SMEMBERS",), set),
    "list": (("LRANGE", 0, -1), list),
    "string": (("GET",), str),
    "stream": (("XRANGE", "-", "+"), dict),  # and then its groups
    "ReJSON-RL": (("JSON.GET", "$"), lambda text: json.loads(text)[0]),
    "vectorset": (("VRANGE", "-", "+"), set),
}


def command(*words) -> str:
    """Return these words as a redis-cli line."""
    return str(Command(words, 0))


def send(client, line):
    """Send a command that is written as in redis-cli, and return the raw reply."""
    with Trace(client) as trace:
        client.execute_command(*words(line))
    return trace.commands[0].reply


def send_all(client, lines):
    """Send commands that are written as in redis-cli, in one packet."""
    pipe = client.pipeline(transaction=False)
    for line in lines:
        pipe.execute_command(*words(line))
    pipe.execute()


def prepare(client, lines):
    """Send such lines; a SUBSCRIBE among them puts a listener there. Return the listeners."""
    listens = ("SUBSCRIBE ", "PSUBSCRIBE ")
    listeners = [_listen(client, *words(line)) for line in lines if line.startswith(listens)]
    send_all(client, [line for line in lines if not line.startswith(listens)])
    return listeners


def _listen(client, how, channel):
    listener = client.pubsub()
    getattr(listener, how.lower())(channel)
    listener.get_message()  # the confirmation
    return listener, channel


def heard(listening):
    """Return what a listener heard, as if it were a key; see read_keys()."""
    listener, channel = listening
    with listener:
        messages = list(iter(listener.get_message, None))
    return f"{HEARD}{channel}", ("messages", [_read_json(m["data"]) for m in messages], None)


def _read_json(text):
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def read_keys(client, without=()) -> dict:
    """Return {key: (type, content, milliseconds to live or None)} of a pretended store, in order.

    A Stream's content is {id: fields}, and then what groups_of() tells. A text that is no UTF-8, as
    of a bitmap, has escapes if the client is one of stores.new_client().
    """
    store = client.get_connection_kwargs()["server"].dbs[0]  # a look at it saves TYPE and PTTL
    store.time = time.time()  # as each command does first
    keys = {key.decode(errors="backslashreplace"): key for key in store}
    names = sorted(keys.keys() - set(without))
    items = [store[keys[name]] for name in names]
    kinds = [type_of(item) for item in items]
    pipe = client.pipeline(transaction=False)
    for name, kind in zip(names, kinds, strict=True):
        command = READERS.get(kind, (("DUMP",), str))[0]
        pipe.execute_command(command[0], keys[name], *command[1:])
    found = {}
    for name, item, kind, reply in zip(names, items, kinds, pipe.execute(False), strict=True):
        make = READERS.get(kind, (None, str))[1]
        content = str(reply) if isinstance(reply, Exception) else make(reply)
        if kind == "stream":
            content |= groups_of(client, keys[name], content)
        ttl = None if item.expireat is None else round(1000 * (item.expireat - store.time))
        if ttl != 0:  # else its time is over, as the clock may stand still
            found[name] = kind, content, ttl
    return found


def score(text):
    """Return a score as a number; fakeredis has a text for a place, made by GEOADD."""
    try:
        return float(text)
    except ValueError:
        return text


def alike(one, two) -> bool:
    """Tell whether two values are the same for an exercise: lists and tuples are, 3 and 3.0 not."""
    if isinstance(one, list | tuple) and isinstance(two, list | tuple):
        return len(one) == len(two) and all(map(alike, one, two))
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(alike(one[key], two[key]) for key in one)
    if isinstance(one, float) and isinstance(two, float):
        return one == two or (min(one, two) > CLOCK and abs(one - two) < A_MOMENT)
    if isinstance(one, Decimal) and isinstance(two, Decimal):
        return str(one) == str(two)  # 9.5 is not 9.50
    if isinstance(one, bool | str | Decimal | set | None) or isinstance(two, bool | str | Decimal):
        return type(one) is type(two) and one == two
    if isinstance(one, Exception) and isinstance(two, Exception):
        return type(one) is type(two) and one.args == two.args
    try:
        return operator.index(one) == operator.index(two)
    except Exception:  # a learner's own kind of value can fail in any way
        return False


def differing(one, two) -> list[str]:
    """Return the names of the keys that are not the same in both, in order."""
    both = one.keys() & two.keys()
    same = {key for key in both if _same_content(one[key], two[key])}
    return sorted((one.keys() | two.keys()) - same)


def _same_content(one, two):
    (kind, content, ttl), (other_kind, other, other_ttl) = one, two
    if kind != other_kind or not alike(content, other) or (ttl is None) != (other_ttl is None):
        return False
    return ttl is None or abs(ttl - other_ttl) < (3 if is_spared(other_ttl) else SLACK)


def is_spared(ttl) -> bool:
    """Tell whether a key's milliseconds to live are those that it had from the start."""
    return ttl is not None and TO_LIVE - 3 < ttl <= TO_LIVE
