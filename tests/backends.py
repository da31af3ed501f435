"""The Redises that the tests run on, and what the tests look at in them."""

import os
import re
import shutil
import subprocess
import time
from contextlib import ExitStack
from fnmatch import fnmatchcase
from unittest.mock import patch

import pytest
import redis
from redis.cluster import RedisCluster

from cartlib import connect
from cartlib.failures import address
from cartlib.lab.contents import score
from cartlib.lab.local_server import start_server
from cartlib.lab.server_program import MISSING, NAMES, find_program, installed, of_the_wheel

OURS = ["cart:*", "product:*", "products", "stock:*", "shop:*", "demo:*"]
WAIT = 30  # seconds
THEIRS = {  # key: (content, time of expiry) of some other program's; some have names like ours
    "other:string": ("theirs", 4_000_000_000_000),
    "other:hash": ({"field": "theirs"}, -1),
    **dict.fromkeys(["cartoon", "productivity", "stocking", "shopping"], ("theirs", -1)),
}
RAW = {"NEVER_DECODE": []}  # bytes, as redis-py's own dump() asks for them
READ = {
    "string": lambda client, key: client.execute_command("GET", key, **RAW),
    "hash": lambda client, key: client.hgetall(key),
    "zset": lambda client, key: client.execute_command("ZRANGE", key, 0, -1, "WITHSCORES"),
    "set": lambda client, key: client.smembers(key),
    "list": lambda client, key: client.lrange(key, 0, -1),
    "stream": lambda client, key: client.xrange(key),
    "ReJSON-RL": lambda client, key: client.execute_command("JSON.GET", key, "$"),
    "vectorset": lambda client, key: client.execute_command("VCARD", key),
}


def missing(reason):
    """Skip what can't be tested on this computer; in CI, which must test all of it, fail."""
    give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    give_up(reason)


def find_programs() -> dict[str, str]:
    """Return every kind of server that is found here, as {"redis-7.0": path}; the kit's own first.

    $CARTLIB_TEST_SERVERS can name more of them, with a colon between two.
    """
    if not installed():
        return {}
    more = os.environ.get("CARTLIB_TEST_SERVERS", "").split(os.pathsep)
    found = [find_program(), *map(shutil.which, NAMES), of_the_wheel(), *more]
    programs = {}
    for program in filter(None, found):
        programs.setdefault(release(program), os.fspath(program))
    return programs


def release(program) -> str:
    """Return which server a program is, such as "redis-7.0"."""
    words = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    name, version = re.match(r"(\w+) server v=(\d+\.\d+)", words).groups()
    return f"{name.lower()}-{version}"


PROGRAMS = find_programs()
FIRST = next(iter(PROGRAMS), "server")


class Servers:
    """Private servers and clusters, each of which is started when a test first needs it."""

    def __init__(self, programs):
        self.programs, self._running, self._stack = programs, {}, ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()

    def get(self, kind, start=start_server):
        """Return the one server, or the one cluster, of this kind."""
        if kind not in self.programs:
            missing(MISSING)
        if (kind, start) not in self._running:
            with patch.dict(os.environ, CARTLIB_SERVER=self.programs[kind]):
                running = self._stack.enter_context(start())
            for node in getattr(running, "nodes", [running]):
                with redis.Redis(port=node.port) as client:
                    client.config_set("hz", 4)  # dozens of idle servers take their time
            self._running[kind, start] = running
        return self._running[kind, start]


def nodes(client):
    """Return a plain client of each node that has keys: a cluster's own client takes its time."""
    if isinstance(client, RedisCluster):
        return [client.get_redis_connection(node) for node in client.get_primaries()]
    return [client]


def find(client, patterns):
    """Return the keys that match one of the patterns. SCAN is for tests: the kit never searches."""
    found = dict.fromkeys(key for node in nodes(client) for key in node.scan_iter(count=1000))
    return [key for key in found if any(fnmatchcase(key, pattern) for pattern in patterns)]


def snapshot(client, patterns):
    """Return {key: (content, time of expiry)} of the keys that match."""
    return {key: value for node in nodes(client) for key, value in _on_node(node, patterns)}


def _on_node(node, patterns):
    if not (found := find(node, patterns)):
        return []
    pipe = node.pipeline(transaction=False)
    for key in found:
        pipe.type(key)
        pipe.pexpiretime(key)
    replies = pipe.execute()
    kinds, ends = replies[::2], replies[1::2]
    for key, kind in zip(found, kinds, strict=True):
        READ[kind](pipe, key)
    contents = map(readable, kinds, pipe.execute())
    return zip(found, zip(contents, ends, strict=True), strict=True)


def readable(kind, content):
    """Return a string as a text, or as bytes where it is none; and a sorted set as pairs.

    A HyperLogLog and a bitmap are strings of bytes. The scores of places are no numbers in
    fakeredis.
    """
    if kind == "string" and content is not None:
        try:
            return content.decode()
        except UnicodeDecodeError:
            return content
    if kind == "zset":
        return list(zip(content[::2], map(score, content[1::2]), strict=True))
    return content


def connect_like(client):
    """Return another client of the same Redis."""
    if address(client) == "fakeredis":
        return connect()
    host, port = address(client).split(", ")[0].split(":")
    return connect(host, int(port))


def delete(client, found):
    """Delete keys, which may be on several nodes of a cluster."""
    pipe = client.pipeline(transaction=False)
    for key in found:
        pipe.delete(key)
    pipe.execute()


def put_foreign_keys(client):
    """Write keys of some other program: THEIRS."""
    pipe = client.pipeline(transaction=False)
    for key, (content, end) in THEIRS.items():
        if isinstance(content, dict):
            pipe.hset(key, mapping=content)
        else:
            pipe.set(key, content, pxat=end if end > 0 else None)
    pipe.execute()


def foreign_keys(client):
    """Return what has become of THEIRS, as snapshot() does, but in one round trip."""
    pipe = client.pipeline(transaction=False)
    for key, (content, _) in THEIRS.items():
        (pipe.hgetall if isinstance(content, dict) else pipe.get)(key)
        pipe.pexpiretime(key)
    replies = pipe.execute(raise_on_error=False)  # of another type, perhaps
    return dict(zip(THEIRS, zip(replies[::2], replies[1::2], strict=True), strict=True))


def wait_until(holds):
    """Wait for what another process does; it fails after WAIT seconds."""
    deadline = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def about(seconds):
    """Return what equals the time that is left of so many seconds: a busy computer takes some."""
    return pytest.approx(seconds - 5, abs=5)


def before_exec(client, monkeypatch, meddle):
    """Let `meddle` happen once, after the first reading under WATCH and before its EXEC.

    Returns the list of the tries.
    """
    pipeline, tries = client.pipeline, []

    def disturbed(*args, **options):
        pipe = pipeline(*args, **options)
        watch, execute, watched = pipe.watch, pipe.execute, []

        def noted(*names):
            watched[:] = names
            return watch(*names)

        def late(*args, **options):
            if watched:
                tries.append(list(watched))
                if len(tries) == 1:
                    meddle()
            return execute(*args, **options)

        pipe.watch, pipe.execute = noted, late
        return pipe

    monkeypatch.setattr(client, "pipeline", disturbed)
    return tries
