"""Runs a learner's function on a store of its own, and notes all that it did."""

import contextlib
import dis
import gc
import io
import json
import time
import traceback
from copy import deepcopy
from dataclasses import dataclass, field
from unittest.mock import patch

import redis
from redis.cluster import RedisCluster

from cartlib.errors import CartError, shown
from cartlib.lab.clock import TooSlow, steered_clock, time_limit
from cartlib.lab.disturbance import Disturbed, changes
from cartlib.lab.stores import STOPPED, Store, new_client, send_all, words
from cartlib.lab.trace import Command
from cartlib.practice.world import BYSTANDERS

CLIENTS = (redis.Redis, RedisCluster)
HEARD = "heard on "  # and then the channel: what its listeners heard is judged like a key
MOST_SECONDS = 3  # of this computer's work for all calls of one check
THEIRS = {words(line)[1] for line in BYSTANDERS}
_stores, spent = [], [0.0]


@dataclass
class Attempt:
    """What one trial of a function did."""

    call: str
    args: tuple = ()
    result: object = None
    error: BaseException | None = None
    details: str = ""
    printed: str = ""
    keys: dict = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    made_up: list[str] = field(default_factory=list)  # keys that a script was not given
    outside: list[str] = field(default_factory=list)  # clients that it should not know of
    pipelines: int = 0
    acts: list[int] = field(default_factory=list)  # after how many commands somebody else came
    failed_at: int | None = None  # after how many commands the server failed

    @property
    def names(self) -> list[str]:
        """The names of the commands that were sent, without what frames a transaction."""
        return [c.name for c in self.commands if c.name not in ("MULTI", "EXEC")]

    @property
    def writes(self) -> list[Command]:
        """The commands that were sent and that can change something."""
        return [c for c in self.commands if changes(c)]


def attempt(function, case, before=None, after=(), trusted=False) -> Attempt:
    """Call `function` as `case` says, on an empty store; whatever it does ends here.

    A SUBSCRIBE or PSUBSCRIBE among the given lines puts a listener there; what it heard counts
    like a key.
    `before(done, observer)` returns what is called before commands are sent; see Disturbed.
    `after` are lines that somebody else sends at the end. Who is `trusted` may take any time.
    """
    done = Attempt(call_of(function, case.args), case.args)
    done.outside = _clients_from_outside(function)
    with _no_collection(), steered_clock():
        store = _stores.pop() if _stores else Store(BYSTANDERS)  # to make one takes long
        store.wind_up()
        client = new_client(store.server)
        hook = before(done, store.client) if before else None
        listeners = _prepare(store.client, case.given)
        with _noted(done, client, hook) as trace, _only_this_store(client, function):
            _run(done, function, client, case.args, trusted)
            if case.again and not isinstance(done.error, TooSlow):
                store.delete_all()
                trace.commands.clear()
                _run(done, function, client, case.args, trusted)
        send_all(store.client, after)
        keys, done.made_up = store.read(done.commands), store.made_up(done.commands)
        done.keys = keys | dict(map(_heard, listeners))
        client.close()
        if store.empty(keys, done.commands):
            _stores.append(store)
    return done


def _prepare(client, lines):
    """Send the lines with which a case begins, and return the listeners among them."""
    listens = ("SUBSCRIBE ", "PSUBSCRIBE ")
    listeners = [_listen(client, *words(line)) for line in lines if line.startswith(listens)]
    send_all(client, [line for line in lines if not line.startswith(listens)])
    return listeners


@contextlib.contextmanager
def _no_collection():
    """Keep Python from collecting what is lost: a lost pipeline says goodbye to the store.

    Where that happens in the middle of a command, the store waits for itself for ever.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextlib.contextmanager
def _noted(done, client, before):
    """Note what is printed and sent in the with block."""
    printed, pipelines = io.StringIO(), patch.object(client, "pipeline", wraps=client.pipeline)
    with (
        Disturbed(client, before) as trace,
        contextlib.redirect_stdout(printed),
        pipelines as made,
    ):
        yield trace
    done.printed = printed.getvalue()[:2000]
    done.commands, done.pipelines = trace.commands, made.call_count


def _run(done, function, client, args, trusted):
    """Call the function, and note its result or its error."""
    begin, done.result, done.error = time.process_time(), None, None
    try:
        with contextlib.nullcontext() if trusted else time_limit(function):
            done.result = function(client, *deepcopy(args))
    except BaseException as error:
        done.error, done.details = error, _traceback(error)
        if STOPPED in _text(error):
            done.error = TooSlow()
    spent[0] += 0 if trusted else time.process_time() - begin
    if spent[0] > MOST_SECONDS and not trusted:
        done.error = TooSlow()


def _listen(client, how, channel):
    listener = client.pubsub()
    getattr(listener, how.lower())(channel)
    listener.get_message()  # the confirmation
    return listener, channel


def _heard(listening):
    listener, channel = listening
    with listener:
        messages = list(iter(listener.get_message, None))
    return f"{HEARD}{channel}", ("messages", [_read_json(m["data"]) for m in messages], None)


def _read_json(text):
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def describe_result(done) -> str:
    """Return in a line what a trial gave back: its value, or the error."""
    if done.error is None:
        return f"returns {show(done.result)}"
    text = f": {done.error}" if isinstance(done.error, CartError) else ""
    return f"raises {type(done.error).__name__}{text}"


def show(value) -> str:
    """Return a value as Python writes it; a learner's own kind of value may fail to do so."""
    try:
        return shown(value)
    except Exception as error:
        return f"a {type(value).__name__}, whose __repr__ raises {type(error).__name__}"


def _text(error):
    try:
        return str(error)
    except Exception:
        return ""


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


def call_of(function, args) -> str:
    """Return the call as one would write it."""
    name = getattr(function, "__name__", "your function")
    return f"{name}({', '.join(['client', *map(show, args)])})"


def _traceback(error):
    """Return the traceback from the learner's first line on."""
    lines = traceback.TracebackException(type(error), error, error.__traceback__.tb_next)
    return "".join(lines.format(chain=False))
