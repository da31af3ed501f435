"""Pretended Redises of one's own: fakeredis as strict as a server, each empty at first."""

import shlex
from functools import cache

import fakeredis
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError
from redis.retry import Retry

from cartlib.lab.trace import PENDING, Trace

SCRIPT_SECONDS = 2  # how long a script may run
STOPPED = "the script ran for too long"
# No trace function of Python sees the inside of a script, and an interrupt has to wait for its end.
LUA_LIMIT = f"""
redis.made_up = {{}}
local last = os.clock() + {SCRIPT_SECONDS}
local function stop() error('{STOPPED}', 0) end
debug.sethook(function()
    if os.clock() > last then
        debug.sethook(stop, '', 1)
        stop()
    end
end, '', 1000)
"""
# fakeredis takes a global that nobody made for nil; Redis refuses it, in these words. And a script
# that uses keys that it was not given is told of: in a cluster, they can be on another node.
STRICT_LUA = """
local call, pcall_, type_ = redis.call, redis.pcall, type
redis.made_up = {}
local function is_key(word)
    for _, key in ipairs(KEYS) do if key == word then return false end end
    return type_(word) == 'string' and (word == 'products' or word:match('^product:')
        or word:match('^cart:') or word:match('^stock:')) and true
end
local function note(command, ...)
    if type_(command) ~= 'string' or command:upper() == 'PUBLISH' then return end
    for _, word in ipairs({...}) do if is_key(word) then table.insert(redis.made_up, word) end end
end
redis.call = function(...) note(...) return call(...) end
redis.pcall = function(...) note(...) return pcall_(...) end
setmetatable(_G, {__index = function(_, name)
    error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
end})
"""
READERS = {  # type: the command that reads all of it, and what to make of the reply
    "hash": (("HGETALL",), dict),
    "zset": (
        ("ZRANGE", 0, -1, "WITHSCORES"),
        lambda flat: dict(zip(flat[::2], map(float, flat[1::2]), strict=True)),
    ),
    "set": (("SMEMBERS",), set),
    "list": (("LRANGE", 0, -1), list),
    "string": (("GET",), str),
    # The ids come from the clock, so they differ from run to run.
    "stream": (("XRANGE", "-", "+"), lambda entries: [fields for _, fields in entries]),
}
# Commands that leave more behind than keys.
SPOILING = ("FUNCTION", "FCALL", "CONFIG", "ACL", "CLIENT", "DEBUG", "FLUSH", "SWAPDB", "SCRIPT F")


def new_client(server=None):
    """Return a client of `server`, or of a new, empty store of its own; it sends nothing twice."""
    server = server or fakeredis.FakeServer(version=(7,))
    options = {"decode_responses": True, "encoding_errors": "backslashreplace", "protocol": 2}
    return fakeredis.FakeRedis(server=server, retry=Retry(NoBackoff(), 0), **options)


@cache
def words(line) -> tuple[str, ...]:
    """Return the words of a redis-cli line."""
    return tuple(shlex.split(line))


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


class Store:
    """A pretended server whose scripts end in time, and that notes which keys they make up.

    It begins with what `lines` write. `client` is one of its clients.
    """

    def __init__(self, lines):
        self.server = fakeredis.FakeServer(version=(7,))
        self.client = new_client(self.server)
        self.client.eval(STRICT_LUA, 0)
        send_all(self.client, lines)
        self.first = read_keys(self.client)

    def wind_up(self):
        """Begin to count the seconds that scripts may run."""
        self.client.eval(LUA_LIMIT, 0)

    def read(self, commands) -> dict:
        """Return all keys after these commands; see read_keys()."""
        named = {_text(word) for command in commands for word in command.words}
        if named & self.first.keys() or any(map(_reaches_all, commands)):
            return read_keys(self.client)
        return read_keys(self.client, self.first) | self.first

    def made_up(self, commands) -> list[str]:
        """Return the keys that scripts among these commands used, and that they were not given."""
        if any(map(_spoils, commands)) or not any(c.name.startswith("EVAL") for c in commands):
            return []
        return self.client.eval("return redis.made_up", 0)

    def delete_all(self):
        """Delete every key but the first ones."""
        if names := set(self.client.keys()) - self.first.keys():
            self.client.delete(*names)

    def empty(self, keys, commands) -> bool:
        """Make it as it was first; return False where it can't be, after these commands."""
        if any(self.first[key] != keys.get(key) for key in self.first) or any(
            map(_spoils, commands)
        ):
            return False
        for key in set(self.server.dbs[0]) - {key.encode() for key in self.first}:
            del self.server.dbs[0][key]
        self.server.subscribers.clear()
        self.server.script_cache.clear()
        return set(self.server.dbs) == {0}


def _text(word):
    return word.decode(errors="replace") if isinstance(word, bytes) else str(word)


def _reaches_all(command):
    return command.name.startswith(("EVAL", "FCALL", "FLUSH", "SWAPDB"))


def _spoils(command):
    failed = isinstance(command.reply, Exception) and not isinstance(command.reply, NoScriptError)
    failed = failed or command.reply is PENDING
    return (command.name.startswith("EVAL") and failed) or command.name.startswith(SPOILING)


def read_keys(client, without=()) -> dict:
    """Return {key: (type, content, milliseconds to live or None)} of the whole store, in order."""
    names = sorted(set(client.keys()).difference(without))  # a store of our own, and a small one
    pipe = client.pipeline(transaction=False)
    for name in names:
        pipe.execute_command("TYPE", name)
        pipe.execute_command("PTTL", name)
    replies = pipe.execute(raise_on_error=False)
    kinds, ttls = replies[::2], replies[1::2]
    for name, kind in zip(names, kinds, strict=True):
        command = READERS.get(kind, (("DUMP",), str))[0]
        pipe.execute_command(command[0], name, *command[1:])
    found = {}
    for name, kind, ttl, reply in zip(names, kinds, ttls, pipe.execute(False), strict=True):
        make = READERS.get(kind, (None, str))[1]
        content = str(reply) if isinstance(reply, Exception) else make(reply)
        if ttl != 0:  # else its time is over, as the clock may stand still
            found[name] = kind, content, None if ttl < 0 else ttl
    return found
