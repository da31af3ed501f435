"""Threads that share a client: all at once, or by turns in an order that is always the same."""

import threading
import time
from collections import Counter
from dataclasses import dataclass
from functools import cache
from random import Random

from cartlib.errors import CartError
from cartlib.lab import reruns
from cartlib.lab.clock import TooSlow, end_threads
from cartlib.lab.trace import Trace

PATIENCE = 2  # seconds that one turn may take
LIMIT = 30  # seconds that threads may take together
GRACE = 2  # seconds more for what they are at then
MOST_TRIPS = 60  # of all clients together
NEVER = threading.Event()


@dataclass(frozen=True)
class Turn:
    """What somebody sent in one round trip, what `look` saw after it, and the error that ended it.

    The last turn of one that ends in an error has no commands.
    """

    who: str
    commands: tuple
    seen: object
    error: BaseException | None = None


def take_turns(client, works, look) -> list[Turn]:
    """Let each function of `works`, {who: function}, have a thread; they do a round trip by turns.

    `look()` is called after each round trip. Raises: TooSlow where one of them finds no end.
    """
    if not threads_start():
        return _told(reruns.take_turns(client, works, look))
    players = [_Player(who, work) for who, work in works.items()]
    with _Gate(client, players) as gate:
        try:
            for player in players:
                player.thread.start()
                player.wait()
            return list(_turns(gate, players, look))
        finally:
            gate.close()


def _turns(gate, players, look):
    told = set()
    while len(told) < len(players):
        for player in players:
            before = len(gate.commands)
            if not player.ended:
                player.go.release()
                player.wait()
            if gate.commands[before:]:
                yield Turn(player.who, tuple(gate.commands[before:]), look())
            if player.ended and player.who not in told:
                told.add(player.who)
                if player.error:
                    yield Turn(player.who, (), look(), player.error)
        if gate.round_trips > MOST_TRIPS:
            raise TooSlow


def _told(turns):
    """Return turns that were taken without threads as those of threads are told."""
    told, trips = [], 0
    for player, commands, seen in turns:
        trips += bool(commands)
        if commands:
            told.append(Turn(player.who, tuple(commands), seen))
        if player.error:
            told.append(Turn(player.who, (), seen, player.error))
        if trips > MOST_TRIPS:
            raise TooSlow
    return told


def run_together(client, add, threads, adds, progress=None) -> Trace:
    """Let threads call add() so many times each, all at once, and return what they sent.

    Where no thread can be started, they take turns by chance, a round trip each. At an error, and
    after LIMIT, all of them end. Raises: that error; CartError after LIMIT.
    """
    if not threads_start():
        return _run_by_chance(client, add, threads, adds, progress)
    start, stop, errors, done = threading.Barrier(threads), threading.Event(), [], []

    def work():
        try:
            start.wait()
            for _ in range(adds):
                if not stop.is_set():
                    add()
                    done.append(1)
            if len(done) == threads * adds:
                stop.set()
        except BaseException as error:  # of any kind, for whoever waits for the threads
            errors.append(error)
            stop.set()

    runners = [threading.Thread(target=work, daemon=True) for _ in range(threads)]
    with Leash(client, runners) as leash:
        try:
            _start(runners, stop, lambda: progress(len(done)) if progress else None)
            if errors:
                raise errors[0]
            if len(done) < threads * adds:
                raise _too_long(len(done), threads * adds)
            return leash
        finally:
            stop.set()
            start.abort()  # for those that still wait, where not all could be started
            _wait(runners)
            leash.close()


def _run_by_chance(client, add, players, adds, progress):
    end, done = time.monotonic() + LIMIT, [0]

    def note(number):
        if progress and number != done[0]:
            progress(number)
        done[0] = number
        return time.monotonic() < end

    trace = reruns.mixed(client, add, players, adds, Random(), note)
    if done[0] < players * adds:
        raise _too_long(done[0], players * adds)
    return trace


def _too_long(done, whole):
    return CartError(
        f"After {LIMIT} s, {done} of {whole} adds were done, and the race was ended. Take fewer "
        "adds, or look for what takes so long."
    )


@cache
def threads_start() -> bool:
    """Tell whether a thread can be started here; in a browser none can."""
    try:
        threading.Thread(target=bool, daemon=True).start()
    except RuntimeError:
        return False
    return True


def _start(runners, stop, look):
    end = time.monotonic() + LIMIT
    for runner in runners:
        runner.start()
    look()
    # Not join(): in Python 3.11, a join() that is interrupted takes the thread for ended.
    while time.monotonic() < end and not stop.wait(0.1):
        look()
    look()


def _wait(runners):
    """Wait for the add that each one is at, but not for ever."""
    end = time.monotonic() + GRACE
    for runner in runners:
        if runner.ident:
            runner.join(max(0, end - time.monotonic()))


class _Player:
    """A thread, and what lets it go on."""

    def __init__(self, who, work):
        self.who, self._work, self.ended, self.error = who, work, False, None
        self.go, self._waits = threading.Semaphore(0), threading.Semaphore(0)
        self.thread = threading.Thread(target=self._play, name=f"cartlib {who}", daemon=True)

    def _play(self):
        try:
            self._work()
        except BaseException as error:  # it may be a learner's function, which can do anything
            self.error = error
        self.ended = True
        self._waits.release()

    def pause(self):
        """Say that it is ready to send, and wait to be let go."""
        self._waits.release()
        self.go.acquire()

    def wait(self):
        """Wait until it is ready to send again, or has ended."""
        if not self._waits.acquire(timeout=PATIENCE):
            raise TooSlow


class Leash(Trace):
    """A trace of some threads, and of nobody else; after close() they send nothing more.

    Each packet counts as a round trip, whoever else is under way.
    """

    def __init__(self, client, threads):
        super().__init__(client)
        self.threads, self._closed = threads, False
        self._lock, self._refused = threading.Lock(), Counter()

    def sent(self, connection, commands):
        thread = threading.current_thread()
        if thread in self.threads:
            if not self._closed:
                self.hold(thread)
            if self._closed and commands[0][0] not in reruns.LET_GO:
                self._refuse(thread)
            with self._lock:
                self._sending = False
                super().sent(connection, commands)

    def received(self, connection, reply):
        if threading.current_thread() in self.threads:
            super().received(connection, reply)

    def hold(self, thread):
        """Let a thread wait before it sends."""

    def _refuse(self, thread):
        self._refused[thread] += 1
        if self._refused[thread] > 2:  # a bare `except:` swallows it
            NEVER.wait()
        raise TooSlow

    def close(self):
        """End the threads that have been started."""
        self._closed = True
        end_threads([thread for thread in self.threads if thread.ident])

    def __exit__(self, *error):
        # Where one of them sleeps, what it sends when it wakes up is refused.
        if not any(thread.is_alive() for thread in self.threads):
            super().__exit__(*error)


class _Gate(Leash):
    """A leash of the players; each of them waits for its turn."""

    def __init__(self, client, players):
        super().__init__(client, {player.thread: player for player in players})

    def hold(self, thread):
        self.threads[thread].pause()

    def close(self):
        self._closed = True
        for player in self.threads.values():
            player.go.release()
        super().close()
