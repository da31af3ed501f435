"""Runs a learner's function on a store of its own, and notes all that it did."""

import contextlib
import io
import time
import traceback
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property

from cartlib.errors import CartError, shown
from cartlib.lab.clock import HAS_ALARM, NOW, TooSlow, steered_clock, time_limit
from cartlib.lab.commands import find
from cartlib.lab.contents import heard, prepare, send_all, words
from cartlib.lab.disturbance import Disturbed, changes
from cartlib.lab.stores import (
    STOPPED,
    Store,
    clients_from_outside,
    new_client,
    no_collection,
    only_this_store,
)
from cartlib.lab.streams import clock_ids, in_the_ids_of, translated
from cartlib.lab.trace import Command
from cartlib.practice.world import BYSTANDERS

A_MINUTE = 60  # seconds: the bystanders have no key that ends sooner
MOST_SECONDS = 3 if HAS_ALARM else 30  # of work for all calls of one check; see clock.py
THEIRS = {key for line in BYSTANDERS for key in find(words(line)).keys_of(words(line))}
_stores, spent = [], [0.0]


@dataclass
class Attempt:
    """What one trial of a function did."""

    call: str
    args: tuple = ()
    result: object = None
    error: BaseException | None = None
    printed: str = ""
    keys: dict = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    made_up: list[str] = field(default_factory=list)  # words of scripts that are not in KEYS
    outside: list[str] = field(default_factory=list)  # clients that it should not know of
    pipelines: int = 0
    acts: list[int] = field(default_factory=list)  # after how many commands somebody else came
    failed_at: int | None = None  # after how many commands the server failed

    @cached_property
    def details(self) -> str:
        """The traceback of the error, from the learner's first line on."""
        if self.error is None or self.error.__traceback__ is None:
            return ""
        begin = self.error.__traceback__.tb_next
        lines = traceback.TracebackException(type(self.error), self.error, begin)
        return "".join(lines.format(chain=False))

    @cached_property
    def clock_ids(self) -> dict:
        """The ids of entries that the clock made, by stream."""
        return clock_ids(self.keys)

    def in_the_ids_of(self, other):
        """Return this attempt with another's ids of what stands at the same places of a stream."""
        ids = in_the_ids_of(other.clock_ids, self.clock_ids)
        if not ids:
            return self
        return replace(self, result=translated(self.result, ids), keys=translated(self.keys, ids))

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
    done.outside = clients_from_outside(function)
    with no_collection(), steered_clock():
        store = _stores.pop() if _stores else Store(BYSTANDERS)  # to make one takes long
        client = new_client(store.server)
        hook = _winding_up(store, before(done, store.client) if before else None)
        if any(line.startswith("EVAL") for line in (*case.given, *case.meanwhile, *after)):
            store.wind_up()
        listeners = prepare(store.client, case.given)
        with _noted(done, client, hook) as trace, only_this_store(client, function):
            _run(done, function, client, case.args, trusted)
            if case.again and not isinstance(done.error, TooSlow):
                store.delete_all()
                trace.commands.clear()
                _run(done, function, client, case.args, trusted)
        send_all(store.client, after)
        keys, done.made_up = store.read(done.commands), store.made_up(done.commands)
        done.keys = keys | dict(map(heard, listeners))
        client.close()
        slept = time.time() - NOW > A_MINUTE  # then keys of the bystanders may have ended
        if store.empty(keys, done.commands) and not slept:
            _stores.append(store)
    return done


def _winding_up(store, before):
    """Return a `before` that winds up the store when the first script leaves."""
    wound = []

    def act(trace, commands):
        if not wound and any(command.name.startswith("EVAL") for command in commands):
            wound.append(store.wind_up())
        return before(trace, commands) if before else None

    return act


@contextlib.contextmanager
def _noted(done, client, before):
    """Note what is printed and sent in the with block."""
    printed, make = io.StringIO(), client.pipeline

    def pipeline(*args, **options):
        done.pipelines += 1
        return make(*args, **options)

    client.pipeline = pipeline
    with Disturbed(client, before) as trace, contextlib.redirect_stdout(printed):
        yield trace
    done.printed, done.commands = printed.getvalue()[:2000], trace.commands


def _run(done, function, client, args, trusted):
    """Call the function, and note its result or its error."""
    begin, done.result, done.error = time.process_time(), None, None
    try:
        with contextlib.nullcontext() if trusted else time_limit(function):
            done.result = function(client, *deepcopy(args))
    except BaseException as error:
        ended = STOPPED in "".join(traceback.format_exception_only(error))
        done.error = TooSlow() if ended else error
    spent[0] += 0 if trusted else time.process_time() - begin
    if spent[0] > MOST_SECONDS and not trusted:
        done.error = TooSlow(f"and the calls before it took {MOST_SECONDS} seconds")


def describe_result(done) -> str:
    """Return in a line what a trial gave back: its value, or the error."""
    if done.error is None:
        return f"returns {shown(done.result)}"
    text = f": {done.error}" if isinstance(done.error, CartError) else ""
    return f"raises {type(done.error).__name__}{text}"


def call_of(function, args) -> str:
    """Return the call as one would write it."""
    name = getattr(function, "__name__", "your function")
    return f"{name}({', '.join(['client', *map(shown, args)])})"
