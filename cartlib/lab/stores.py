"""Pretended Redises of one's own: fakeredis as strict as a server, each empty at first."""

import contextlib
import dis
import gc
import os
from functools import cache

import fakeredis
import redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.exceptions import NoScriptError, RedisError
from redis.retry import Retry

from cartlib import connection
from cartlib.lab.contents import read_keys, send_all
from cartlib.lab.trace import PENDING
from cartlib.pretended import new_server

CLIENTS = (redis.Redis, RedisCluster)
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
local function note(command, ...)
    if type_(command) ~= 'string' or command:upper() == 'PUBLISH' then return end
    for _, word in ipairs({...}) do
        local given = type_(word) ~= 'string'
        for _, key in ipairs(KEYS) do given = given or key == word end
        if not given then table.insert(redis.made_up, word) end
    end
end
redis.call = function(...) note(...) return call(...) end
redis.pcall = function(...) note(...) return pcall_(...) end
setmetatable(_G, {__index = function(_, name)
    error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
end})
"""
# Commands that leave more behind than keys.
SPOILING = ("FUNCTION", "FCALL", "CONFIG", "ACL", "CLIENT", "DEBUG", "FLUSH", "SWAPDB", "SCRIPT F")


def new_client(server=None):
    """Return a client of `server`, or of a new, empty store of its own; it sends nothing twice."""
    server = server or new_server()
    options = {"decode_responses": True, "encoding_errors": "backslashreplace", "protocol": 2}
    client = fakeredis.FakeRedis(server=server, retry=Retry(NoBackoff(), 0), **options)
    client.get_connection_kwargs()["driver_info"] = None  # else each connection says whose it is
    return client


class Store:
    """A pretended server whose scripts end in time, and that notes which keys they make up.

    It begins with what `lines` write. `client` is one of its clients.
    """

    def __init__(self, lines):
        self.server = new_server()
        self.client = new_client(self.server)
        self.client.eval(STRICT_LUA, 0)
        send_all(self.client, lines)
        self.first, self._wound = read_keys(self.client), False

    def wind_up(self):
        """Begin to count the seconds that scripts may run."""
        self.client.eval(LUA_LIMIT, 0)
        self._wound = True

    def _stop_counting(self):
        """End the count, which would end a script of somebody else; tell whether it ended."""
        try:
            self.client.eval("debug.sethook()", 0)
        except RedisError:
            return False
        self._wound = False
        return True

    def read(self, commands) -> dict:
        """Return all keys after these commands; see read_keys()."""
        named = {_text(word) for command in commands for word in command.words}
        if named & self.first.keys() or any(map(_reaches_all, commands)):
            return read_keys(self.client)
        return read_keys(self.client, self.first) | self.first

    def made_up(self, commands) -> list[str]:
        """Return the words that scripts among these commands sent, and that are not in KEYS."""
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
        if self._wound and not self._stop_counting():
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


@contextlib.contextmanager
def only_this_store(client, function):
    """Let a function that connects, or that uses the notebook's own client, get this one."""
    scope = getattr(function, "__globals__", {})
    outside = {name: value for name, value in scope.items() if _is_client(value)}
    connects, url = connection._fake_client, os.environ.get("REDIS_URL")
    connection._fake_client, os.environ["REDIS_URL"] = lambda options: client, ""
    scope.update(dict.fromkeys(outside, client))
    try:
        yield
    finally:
        scope.update(outside)
        connection._fake_client = connects
        del os.environ["REDIS_URL"]
        os.environ |= {} if url is None else {"REDIS_URL": url}


def clients_from_outside(function):
    """Return the names of global variables that hold a client and that the function reads."""
    code, scope = getattr(function, "__code__", None), getattr(function, "__globals__", {})
    names = _globals_of(code) if code else ()
    return [name for name in names if _is_client(scope.get(name))]


def _is_client(value):
    bases = type(value).__mro__  # isinstance() would ask each of redis-py's many protocols
    return any(client in bases for client in CLIENTS)


@cache
def _globals_of(code):
    steps = dis.get_instructions(code)
    return sorted({step.argval for step in steps if step.opname == "LOAD_GLOBAL"})


@contextlib.contextmanager
def no_collection():
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
