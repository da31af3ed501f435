"""What disturbs a client: somebody else between two of its commands, and a server that fails.

It also tells commands that change something from those that only look.
"""

import re
from hashlib import sha1

import redis
from fakeredis.model import is_write_command

from cartlib.lab.contents import send_all
from cartlib.lab.trace import Command, Trace

# These look at nothing and change nothing: they frame what does.
FRAME = {"MULTI", "EXEC", "WATCH", "UNWATCH", "DISCARD", "SCRIPT", "PUBLISH", "COMMAND", "PING"}
ALSO = ("XGROUP", "XSETID")  # fakeredis does not list them among the commands that write
LOST = {  # the ways in which a reply can be lost
    "is cut off": redis.ConnectionError("Connection closed by server."),
    "is too slow": redis.TimeoutError("Timeout reading from socket"),
}
OOM = "OOM command not allowed when used memory > 'maxmemory'."
REFUSED = ("EVAL", "return redis.error_reply(ARGV[1])", 0, OOM)
_scripts = {}  # SHA-1: the text that it stands for


def changes(command) -> bool:
    """Tell whether a command can change a key; of a script, whether a command in it can."""
    if command.name in ("SORT", "GEORADIUS", "GEORADIUSBYMEMBER"):
        return not {"STORE", "STOREDIST"}.isdisjoint(str(command).upper().split())
    if command.name == "BITFIELD":
        return not {"SET", "INCRBY"}.isdisjoint(str(command).upper().split()[2:])
    if command.name.startswith("EVAL"):
        return any(map(_writes, re.findall(r"""['"](\w+)['"]""", script_of(command))))
    return _writes(command.name)


def has_effect(command) -> bool:
    """Tell whether somebody else can notice a command: it can change a key, or it publishes."""
    return command.name == "PUBLISH" or changes(command)


def script_of(command) -> str:
    """Return the text of the script that an EVAL or EVALSHA runs."""
    return _scripts.get(command.words[1], str(command.words[1]))


def looks(command) -> bool:
    """Tell whether a command only reads."""
    return command.name.split()[0] not in FRAME and not changes(command)


def _writes(name):
    # redis-py sends XGROUP CREATE as one word, and it changes something whatever comes second.
    return name.startswith(ALSO) or is_write_command(name.lower().encode())


class Disturbed(Trace):
    """A trace in which something happens before certain commands are sent.

    `before` is called with the trace and the new commands, each time that some leave together. What
    it returns is sent in their place, if it returns any.
    """

    def __init__(self, client, before=None):
        super().__init__(client)
        self._before, self.cut = before, None

    def sent(self, connection, commands):
        new = [Command(tuple(words), 0) for words in commands]
        for command in new:
            if command.name == "SCRIPT LOAD":
                _scripts[sha1(command.words[-1].encode()).hexdigest()] = command.words[-1]
        others = self._before(self, new) if self._before else None
        super().sent(connection, commands)
        return others

    def received(self, connection, reply):
        super().received(connection, reply)
        if self.cut and not self._waiting[id(connection)]:  # all of it has been done
            error, self.cut = self.cut, None
            raise error


def somebody_else(lines, at, most=1):
    """Return a `before` for attempt(): somebody else sends `lines` once, after `at` commands.

    Where `at` is None, they do so before each change that the function sends, `most` times.
    """

    def before(done, other):
        def act(trace, commands):
            sent = len(trace.commands)
            if at is None:
                due = len(done.acts) < most and any(map(_decides, commands))
            else:
                due = not done.acts and sent >= at
            if due:
                done.acts.append(sent)
                send_all(other, lines)

        return act

    return before


def failing_server(at, how):
    """Return a `before` for attempt(): the server fails once, after `at` commands.

    `how` is "refuses", where it does not do the next command, or "is gone", where it does nothing,
    or "is cut off" or "is too slow", where all is done that is sent, and the reply is lost.
    """

    def before(done, _):
        def fail(trace, commands):
            sent = len(trace.commands)
            if done.failed_at is not None or sent + len(commands) <= at:
                return None
            done.failed_at = sent + (0 if how == "is gone" else len(commands))
            if how == "refuses":
                return [REFUSED if sent + n == at else c.words for n, c in enumerate(commands)]
            if how == "is gone":
                raise redis.ConnectionError("Connection refused.")
            trace.cut = LOST[how]
            return None

        return fail

    return before


def _decides(command):
    return command.name == "EXEC" or changes(command)
