"""Turns without threads: work that begins anew for each of its round trips.

Where no thread can be started, as in a browser, nobody can wait in the middle of a function. But it
can be called again: what it sends is then not sent, as the replies to it are known, until it comes
to what is new. That is sent, and the call is ended before what follows. So the function has to send
the same again when it gets the same replies.
"""

import contextlib
import io
import time
from collections import deque
from copy import deepcopy

from cartlib.lab.clock import TooSlow, time_limit
from cartlib.lab.trace import Trace

LET_GO = {"UNWATCH", "DISCARD"}  # with these a pipeline says goodbye


class OtherwiseError(Exception):
    """Somebody sent something else than before, though the replies were the same."""

    def __init__(self):
        super().__init__("it sent something else than before, though the replies were the same")


class _Later(TooSlow):
    """Ends a call before it sends what is for the next turn."""


class Player:
    """A function that goes on by one round trip at a time; `ended` and `error` say how it ended."""

    def __init__(self, client, who, work):
        self.who, self._work, self._pool = who, work, client.connection_pool
        self._connections = []
        self.begin()

    def begin(self):
        """Forget all that it has sent: the next turn is its first."""
        self._known, self.ended, self.error = [], False, None

    def go_on(self, packets=1):
        """Call the function, and let it send one packet more, or none."""
        self._at, self._left, self._replies = 0, packets, deque()
        self._free, self._hand_out = deque(self._connections), self._pool.get_connection
        pool = {"get_connection": self._take, "release": self._free.appendleft}
        awake = _replaced(time, {"sleep": lambda seconds: None})  # nobody acts meanwhile
        with _replaced(self._pool, pool), awake, contextlib.redirect_stdout(io.StringIO()):
            try:
                with time_limit(self._work):
                    self._work()
            except _Later:
                return
            except TooSlow:
                raise
            except BaseException as error:  # it may be a learner's function, which can do anything
                self.error = error
        self.ended = True

    def close(self):
        """Give its connections back, with nothing left on them."""
        for memory in self._connections:
            memory.connection.disconnect()
            self._pool.release(memory.connection)
        self._connections = []

    def _take(self, *_, **__):
        if self._free:
            return self._free.popleft()
        self._connections.append(_Memory(self._hand_out(), self))
        return self._connections[-1]

    def is_new(self, commands) -> bool:
        """Tell whether to send these commands; if not, the replies to them are known."""
        if self._at < len(self._known):
            before, replies = self._known[self._at]
            if before != commands:
                raise OtherwiseError
            self._at, self._replies = self._at + 1, deque(deepcopy(replies))
            return False
        if self._left:
            self._at, self._left = self._at + 1, self._left - 1
            self._known.append((commands, []))
            return True
        if commands[0][0] not in LET_GO:
            raise _Later
        self._replies.append("OK")
        return False

    def reply(self, read):
        """Return the next reply, or raise it: one that is known, or what read() returns."""
        if self._replies:
            found = self._replies.popleft()
        else:
            try:
                found = read()
            except Exception as error:
                found = error
            self._known[-1][1].append(deepcopy(found))
        if isinstance(found, Exception):
            raise found
        return found


class _Memory:
    """Stands for a connection, and sends only what its player has not sent before."""

    def __init__(self, connection, player):
        self.connection, self._player = connection, player

    def __getattr__(self, name):
        return getattr(self.connection, name)

    def send_command(self, *words, **options):
        if self._player.is_new([words]):
            self.connection.send_command(*words, **options)

    def pack_commands(self, commands):
        commands = list(commands)
        return self.connection.pack_commands(commands) if self._player.is_new(commands) else []

    def send_packed_command(self, packed, **options):
        if packed:
            self.connection.send_packed_command(packed, **options)

    def read_response(self, *args, **options):
        return self._player.reply(lambda: self.connection.read_response(*args, **options))

    def disconnect(self, *args, **options):
        """Stay: the call may only have been ended for now."""


@contextlib.contextmanager
def _replaced(thing, attributes):
    """Give a thing other attributes in the with block."""
    before = {name: vars(thing)[name] for name in attributes if name in vars(thing)}
    vars(thing).update(attributes)
    try:
        yield
    finally:
        for name in attributes:
            del vars(thing)[name]
        vars(thing).update(before)


class Packets(Trace):
    """A trace in which each packet counts as a round trip, whoever else is under way."""

    def sent(self, connection, commands):
        self._sending = False
        return super().sent(connection, commands)


def take_turns(client, works, look):
    """Yield what came of each turn: the player, the commands of it, and what look() saw after it.

    Each function of `works`, {who: function}, does a round trip by turns until all have ended.
    """
    players = [Player(client, who, work) for who, work in works.items()]
    with Packets(client) as trace:
        try:
            for player in players:
                player.go_on(packets=0)  # who sends nothing has ended by now
            yield from _turns(players, trace, look)
        finally:
            for player in players:
                player.close()


def _turns(players, trace, look):
    going = list(players)
    while going:
        for player in list(going):
            before = len(trace.commands)
            if not player.ended:
                player.go_on()
            sent = trace.commands[before:]
            if player.ended:
                going.remove(player)
            yield player, sent, look()


def mixed(client, add, players, adds, chance, done) -> Packets:
    """Let players call add() so many times each, by a round trip of whoever it falls to by chance.

    done() is called after each turn, with the number of adds that are done, and ends it all where
    it returns False. Raises: the first error of an add.
    """
    going = {Player(client, number, add): adds for number in range(players)}
    everybody, whole = list(going), players * adds
    with Packets(client) as trace:
        try:
            while going and done(whole - sum(going.values())):
                player = chance.choice(list(going))
                player.go_on()
                if player.error:
                    raise player.error
                if player.ended:
                    going[player] -= 1
                    player.begin()
                    if not going[player]:
                        del going[player]
            done(whole - sum(going.values()))
        finally:
            for player in everybody:
                player.close()
    return trace
