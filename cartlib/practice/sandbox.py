"""Runs a learner's function on a store of its own, and notes all that it did."""

import contextlib
import io
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
}
READS = {"EXISTS", "GET", "HEXISTS", "HGET", "HGETALL", "HMGET", "ZMSCORE", "ZRANGE", "ZSCORE"}


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


class _Interrupted(Trace):
    """A trace in which somebody else sends `lines`, once, as Case.meanwhile says."""

    def __init__(self, client, other, lines):
        super().__init__(client)
        self._other, self._lines = other, lines

    def sent(self, connection, commands):
        has_read = any(command.name in READS for command in self.commands)
        if has_read or str(commands[0][0]).upper() not in READS | {"WATCH"}:
            lines, self._lines = self._lines, ()
            for line in lines:
                send(self._other, line)
        super().sent(connection, commands)


def new_client(server=None):
    """Return a client of `server`, or of a new, empty store of its own."""
    server = server or fakeredis.FakeServer(version=(7,))
    return fakeredis.FakeRedis(server=server, decode_responses=True, protocol=2)


def send(client, line):
    """Send a command that is written as in redis-cli, and return the raw reply."""
    with Trace(client) as trace:
        client.execute_command(*shlex.split(line))
    return trace.commands[0].reply


def attempt(function, case) -> Attempt:
    """Call `function` as `case` says, on a new store; whatever it does ends here."""
    client = new_client()
    observer = new_client(client.get_connection_kwargs()["server"])
    for line in case.given:
        send(client, line)
    done = Attempt(_call(function, case.args))
    printed = io.StringIO()
    interrupted = _Interrupted(client, observer, case.meanwhile)
    with interrupted as trace, contextlib.redirect_stdout(printed), _only_this_store(client):
        try:
            with _time_limit(function):
                done.result = function(client, *deepcopy(case.args))
        except (Exception, TooSlow, SystemExit, KeyboardInterrupt) as error:
            done.error, done.details = error, _traceback(error)
    done.printed = printed.getvalue()[:2000]
    done.commands = trace.commands
    done.keys = read_keys(observer)
    return done


def read_keys(client) -> dict:
    """Return {key: (content, seconds to live or None)} of the whole store."""
    found = {}
    for key in sorted(client.keys()):  # a store of our own, and a small one
        ttl = client.pttl(key)
        found[key] = READERS[client.type(key)](client, key), None if ttl < 0 else round(ttl / 1000)
    return found


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
