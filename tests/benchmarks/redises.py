"""The Redises that are measured: what the kit uses, and beside it a client as plain as can be."""

from contextlib import contextmanager

import redis
from backends import PROGRAMS, Servers
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.retry import Retry

from cartlib import connect
from cartlib.lab.local_server import start_cluster, start_server

SETTINGS = {  # connect()'s own: so nothing but the kit's code differs
    "decode_responses": True,
    "protocol": 2,
    "socket_timeout": 2.0,
    "socket_connect_timeout": 2.0,
}


def kinds() -> list[str]:
    """Return the names of all that can be measured here: fakeredis, servers, and one cluster."""
    clusters = [f"{next(iter(PROGRAMS))}-cluster"] if PROGRAMS else []
    return ["fakeredis", *PROGRAMS, *clusters]


@contextmanager
def clients(kind):
    """Give the kit's client and a plain one of a Redis of this kind, with nothing in it."""
    if kind == "fakeredis":
        yield connect(), connect()
        return
    start = start_cluster if kind.endswith("-cluster") else start_server
    with Servers(PROGRAMS) as servers:
        server = servers.get(kind.removesuffix("-cluster"), start)
        yield connect(url=server.url), plain(server.url, start is start_cluster)


def plain(url, in_cluster=False):
    """Return redis-py's own client, with connect()'s settings."""
    never = Retry(NoBackoff(), 0)
    if not in_cluster:
        return redis.Redis.from_url(url, retry=never, **SETTINGS)
    client = RedisCluster.from_url(url, **SETTINGS)
    client.set_retry(never)
    return client
