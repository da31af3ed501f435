"""Runs a learner's function on a store of its own, and notes all that it did."""

import contextlib
import dis
import io
import json
import shlex
import signal
import sys
import threading
import time
import traceback
from copy import deepcopy
from dataclasses import dataclass, field
from unittest.mock import patch

import fakeredis
import redis
from redis.cluster import RedisCluster

from cartlib.errors import CartError, shown
from cartlib.lab.trace import Command, Trace

CLIENTS = (redis.Redis, RedisCluster)
HEARD = "heard on "  # and then the channel: what its listeners heard is judged like a key
SECONDS = 3  # how long one trial may take
# No trace function of Python sees the inside of a script, and an interrupt has to wait for its end.
STOPPED = "the script ran for too long"
LUA_LIMIT = f"""
local last = os.clock() + {SECONDS}
local function stop() error('{STOPPED}', 0) end
debug.sethook(function()
    if os.clock() > last then
        debug.sethook(stop, '', 1)
        stop()
    end
end, '', 1000)
"""
# fakeredis takes a global that nobody made for nil; Redis refuses it, in these words.
NO_GLOBALS = """
setmetatable(_G, {__index = function(_, name)
    error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
end})
"""
READERS = {
    "hash": lambda client, key: client.hgetall(key),
    "zset": lambda client, key: dict(client.zrange(key, 0, -1, withscores=True)),
    "set": lambda client, key: client.smembers(key),
    "list": lambda client, key: client.lrange(key, 0, -1),
    "string": lambda client, key: client.get(key),
    # The ids come from the clock, so they differ from run to run.
    "stream": lambda client, key: [fields for _, fields in client.xrange(key)],
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
    outside: list[str] = field(default_factory=list)  # clients that it should not know of
    pipelines: int = 0

    @property
    def names(self) -> list[str]:
        """The names of the commands that were sent, without what frames a transaction."""
        return [c.name for c in self.commands if c.name not in ("MULTI", "EXEC")]


class _Interrupted(Trace):
    """A trace in which somebody else sends `lines`, once, as Case.meanwhile says."""

    def __init__(self, client, other, lines):
        super().__init__(client)
        self._other, self._lines = other, lines
        self._keys = {shlex.split(line)[1] for line in lines}

    def sent(self, connection, commands):
        has_read = any(c.name in READS and self._keys.intersection(c.words) for c in self.commands)
        if has_read or str(commands[0][0]).upper() not in READS | {"WATCH", "UNWATCH"}:
            lines, self._lines = self._lines, ()
            for line in lines:
                send(self._other, line)
        super().sent(connection, commands)


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
    listeners = _prepare(observer, case.given)
    done = Attempt(_call(function, case.args), outside=_clients_from_outside(function))
    with _noted(done, client, observer, case.meanwhile), _only_this_store(client, function):
        _run(done, function, client, case.args)
    done.keys = read_keys(observer) | dict(map(_heard, listeners))
    return done


def _prepare(client, lines):
    """Send the lines with which a case begins, and return the listeners among them."""
    listeners = []
    for line in lines:
        if line.startswith("SUBSCRIBE "):
            listeners.append(_listen(client, line.split()[1]))
        else:
            send(client, line)
    client.eval(LUA_LIMIT + NO_GLOBALS, 0)
    return listeners


@contextlib.contextmanager
def _noted(done, client, other, meanwhile):
    """Note what is printed and sent in the with block, while somebody else sends `meanwhile`."""
    printed, pipelines = io.StringIO(), patch.object(client, "pipeline", wraps=client.pipeline)
    with (
        _Interrupted(client, other, meanwhile) as trace,
        contextlib.redirect_stdout(printed),
        pipelines as made,
    ):
        yield
    done.printed = printed.getvalue()[:2000]
    done.commands, done.pipelines = trace.commands, made.call_count


def _run(done, function, client, args):
    """Call the function, and note its result or its error."""
    try:
        with _time_limit(function):
            done.result = function(client, *deepcopy(args))
    except (Exception, TooSlow, SystemExit, KeyboardInterrupt) as error:
        done.error, done.details = error, _traceback(error)
        if STOPPED in str(error):
            done.error = TooSlow()


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
    return f"{HEARD}{channel}", ([_read_json(m["data"]) for m in messages], None)


def _read_json(text):
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def describe_result(done) -> str:
    """Return in a line what a trial gave back: its value, or the error."""
    if done.error is None:
        return f"returns {shown(done.result)}"
    text = f": {done.error}" if isinstance(done.error, CartError) else ""
    return f"raises {type(done.error).__name__}{text}"


@contextlib.contextmanager
def _only_this_store(client, function):
    # Somebody who connects inside the function gets this store, not the lesson's.
    # So does somebody who uses the notebook's client in place of the parameter.
    scope = getattr(function, "__globals__", {})
    outside = {name: value for name, value in scope.items() if isinstance(value, CLIENTS)}
    with (
        patch("cartlib.connection._fake_client", lambda options: client),
        patch.dict("os.environ", REDIS_URL=""),
    ):
        scope.update(dict.fromkeys(outside, client))
        try:
            yield
        finally:
            scope.update(outside)


def _clients_from_outside(function):
    """Return the names of global variables that hold a client and that the function reads."""
    code, scope = getattr(function, "__code__", None), getattr(function, "__globals__", {})
    steps = dis.get_instructions(code) if code else ()
    names = {step.argval for step in steps if step.opname == "LOAD_GLOBAL"}
    return sorted(name for name in names if isinstance(scope.get(name), CLIENTS))


def _time_limit(function):
    """Raise TooSlow inside the function when the time is up. It needs no thread."""
    main = threading.current_thread() is threading.main_thread()
    return _alarm() if main and hasattr(signal, "setitimer") else _watch(function)


@contextlib.contextmanager
def _alarm():
    """Interrupt whatever runs, a sleep too. Windows has no such alarm."""

    def ring(_, frame):
        while frame and frame.f_code.co_name != "__del__":  # an error there would only be printed
            frame = frame.f_back
        if frame is None:
            raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, SECONDS, 0.1)  # once more, if `except:` swallows it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _watch(function):
    """Look at the clock at each of the function's own lines."""
    code = getattr(function, "__code__", None)
    before, end = sys.gettrace(), time.monotonic() + SECONDS

    def watch(frame, event, _):
        if code is None or frame.f_code.co_filename != code.co_filename:
            return None
        frame.f_trace_opcodes = True  # `while True: pass` has no second line
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
