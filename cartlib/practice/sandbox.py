"""Runs a learner's function on a store of its own, and notes all that it did."""

import contextlib
import io
import json
import shlex
import sys
import time
import traceback
from copy import deepcopy
from dataclasses import dataclass, field
from unittest.mock import patch

import fakeredis

from cartlib.errors import shown
from cartlib.trace import Command, Trace

SECONDS = 3  # how long one trial may take
READERS = {
    "hash": lambda client, key: client.hgetall(key),
    "zset": lambda client, key: dict(client.zrange(key, 0, -1, withscores=True)),
    "set": lambda client, key: client.smembers(key),
    "list": lambda client, key: client.lrange(key, 0, -1),
    "string": lambda client, key: client.get(key),
    # The ids come from the clock, so they differ from run to run.
    "stream": lambda client, key: [fields for _, fields in client.xrange(key)],
}


class TooSlow(BaseException):
    """Ends code that runs for too long; no `except Exception` can swallow it."""


@dataclass
class Attempt:
    """What one trial of a function did."""

    call: str
    result: object = None
    error: BaseException | None = None
    details: str = ""
    printed: str = ""
    keys: dict = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The names of the commands that were sent, without what frames a transaction."""
        return [c.name for c in self.commands if c.name not in ("MULTI", "EXEC")]


def new_client(server=None):
    """Return a client of `server`, or of a new, empty store of its own."""
    server = server or fakeredis.FakeServer(version=(7,))
    options = {"decode_responses": True, "encoding_errors": "backslashreplace", "protocol": 2}
    return fakeredis.FakeRedis(server=server, **options)


def send(client, line):
    """Send a command that is written as in redis-cli, and return the raw reply."""
    with Trace(client) as trace:
        client.execute_command(*shlex.split(line))
    return trace.commands[0].reply


def attempt(function, case) -> Attempt:
    """Call `function` as `case` says, on a new store; whatever it does ends here.

    A SUBSCRIBE among the given lines puts a listener there; what it heard counts like a key.
    """
    client = new_client()
    observer = new_client(client.get_connection_kwargs()["server"])
    listeners = []
    for line in case.given:
        if line.startswith("SUBSCRIBE "):
            listeners.append(_listen(observer, line.split()[1]))
        else:
            send(client, line)
    done = Attempt(_call(function, case.args))
    printed = io.StringIO()
    with Trace(client) as trace, contextlib.redirect_stdout(printed), _only_this_store(client):
        try:
            with _time_limit(function):
                done.result = function(client, *deepcopy(case.args))
        except (Exception, TooSlow, SystemExit, KeyboardInterrupt) as error:
            done.error, done.details = error, _traceback(error)
    done.printed = printed.getvalue()[:2000]
    done.commands = trace.commands
    done.keys = read_keys(observer) | dict(map(_heard, listeners))
    return done


def read_keys(client) -> dict:
    """Return {key: (content, seconds to live or None)} of the whole store."""
    found = {}
    for key in sorted(client.keys()):  # a store of our own, and a small one
        ttl = client.pttl(key)
        found[key] = READERS[client.type(key)](client, key), None if ttl < 0 else round(ttl / 1000)
    return found


def _listen(client, channel):
    listener = client.pubsub()
    listener.subscribe(channel)
    listener.get_message()  # the confirmation
    return listener, channel


def _heard(listening):
    listener, channel = listening
    with listener:
        messages = list(iter(listener.get_message, None))
    return f"heard on {channel}", ([_read_json(m["data"]) for m in messages], None)


def _read_json(text):
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def describe_result(done) -> str:
    """Return in a line what a trial gave back: its value, or the error's name."""
    return f"raises {type(done.error).__name__}" if done.error else f"returns {shown(done.result)}"


@contextlib.contextmanager
def _only_this_store(client):
    # Somebody who connects inside the function gets this store, not the lesson's.
    with (
        patch("cartlib.cart._fake_client", lambda options: client),
        patch.dict("os.environ", REDIS_URL=""),
    ):
        yield


@contextlib.contextmanager
def _time_limit(function):
    """Raise TooSlow inside the function's own lines when the time is up. It needs no thread."""
    code = getattr(function, "__code__", None)
    before, end = sys.gettrace(), time.monotonic() + SECONDS

    def watch(frame, event, _):
        if code is None or frame.f_code.co_filename != code.co_filename:
            return None
        if time.monotonic() > end:
            raise TooSlow
        return watch

    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(before)


def _call(function, args):
    name = getattr(function, "__name__", "your function")
    return f"{name}({', '.join(['client', *map(shown, args)])})"


def _traceback(error):
    """Return the traceback from the learner's first line on."""
    lines = traceback.TracebackException(type(error), error, error.__traceback__.tb_next)
    return "".join(lines.format(chain=False))
