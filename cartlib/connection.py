"""The way to Redis: connect(), and describe(), which says what it led to."""

import os
import re
from functools import cache
from importlib.metadata import version
from urllib.parse import parse_qs, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.connection import parse_url
from redis.exceptions import NoPermissionError
from redis.retry import Retry

from cartlib.errors import CartConnectionError, printable, shown
from cartlib.failures import address, explained
from cartlib.timed_pool import TimedPool

LONGEST_TIMEOUT = 86_400  # seconds
NODES_TRIED = 3  # of a cluster, until one tells which commands there are


def connect(host=None, port=6379, *, url=None, timeout=2.0):
    """Return a client: of the server at host and port, or at url, or at $REDIS_URL; else fakeredis.

    Without any of them it is a pretended server inside this process, the same one at each call.
    A server that is part of a cluster gets a RedisCluster client. `timeout` is in seconds, for the
    whole answer. The client sends nothing twice: redis-py would retry ten times, and a repeated
    ZINCRBY adds twice.

    Redis: INFO cluster in a MULTI, after the handshake: a user without MULTI can have no cart.
    Raises: CartConnectionError.
    """
    if host is not None and url is not None:
        raise CartConnectionError("Give connect() a host or a url, not both.")
    if host is None and url is None:
        url = os.environ.get("REDIS_URL") or None
    if not isinstance(timeout, int | float) or not 0 < timeout <= LONGEST_TIMEOUT:
        raise CartConnectionError(f"A timeout is some seconds, above 0, not {shown(timeout)}.")
    options = {
        "decode_responses": True,
        "protocol": 2,  # replies then look as redis-cli shows them
        "retry": Retry(NoBackoff(), 0),
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
    }
    if host is None and url is None:
        return _fake_client(options)
    return _real_client(host, port, url, options)


def describe(client) -> str:
    """Return in a sentence which Redis this client talks to.

    Redis: INFO server, on a real server; 1 round trip.
    Raises: CartConnectionError.
    """
    with explained(client, "INFO"):
        where = address(client)
        if where == "fakeredis":
            number = version("fakeredis")
            return f"fakeredis {number}: a pretended server inside this Python process."
        if isinstance(client, RedisCluster):
            release = _release(client, target_nodes=RedisCluster.RANDOM)
            return f"A cluster of {release} with the nodes {where}."
        return f"A {_release(client)} server at {where}."


@cache
def _fake_server():
    from cartlib.pretended import new_server  # only whoever has no server needs it

    return new_server()


def _fake_client(options):
    import fakeredis

    return fakeredis.FakeRedis(server=_fake_server(), **options)


def _real_client(host, port, url, options):
    if url is None:
        _check_address(host, port)
        where = {"host": host, "port": port}
    else:
        where = _read_url(url, options)
    client = redis.Redis.from_pool(TimedPool(**options | where))
    with explained(client, "INFO"):
        if not _is_in_cluster(client):
            return client
        client.close()
        where.pop("db", None)  # a cluster has but one
        return _cluster_client(options | where)


def _cluster_client(options):
    if "path" in options:
        raise CartConnectionError(
            f"The server at {printable(options['path'])} is part of a cluster, which is reached by "
            "host and port alone. Give those of any of its nodes.",
            options["path"],
        )
    scheme = "redis" if options.pop("connection_class", None) is None else "rediss"
    never, host = options.pop("retry"), options.pop("host")
    host = f"[{host}]" if ":" in host else host  # an IPv6 address
    # One node has to answer COMMAND, which changes nothing: where one is dead, another is asked.
    client = RedisCluster(
        url=f"{scheme}://{host}:{options.pop('port')}",
        connection_pool_class=TimedPool,
        retry=Retry(NoBackoff(), NODES_TRIED),
        **options,
    )
    client.set_retry(never)
    return client


def _read_url(url, options):
    try:
        parts, where = urlsplit(url), parse_url(url)
        known = {"db"} | {name for name in where if name.startswith("ssl_")}
        unknown = set(parse_qs(parts.query)) - known
        if parts.scheme != "unix" and not re.fullmatch(r"(/\d*)?", parts.path):
            raise ValueError("a path that is no database")
        if parts.scheme != "unix":
            where = {"host": "localhost", "port": 6379} | where
        if not unknown:
            redis.ConnectionPool(**options | where).make_connection()
    except (ValueError, TypeError, AttributeError):  # their text can hold the password
        raise CartConnectionError(
            "That url can't be read. Write it as redis://HOST:PORT or "
            "redis://USER:PASSWORD@HOST:PORT/0, with special characters as %XX."
        ) from None
    if unknown:
        raise CartConnectionError(
            f"connect() takes no option {', '.join(sorted(map(shown, unknown)))} in a url, only db "
            "and those that begin with ssl_. The time-out is its argument timeout."
        )
    return where


def _is_in_cluster(client):
    pipe = client.pipeline(transaction=True)
    # Of Redis and of Valkey alike; the mode in INFO server has another name in each.
    pipe.info("cluster")
    try:
        return _read_info(client, pipe.execute)[0].get("cluster_enabled") == 1
    except NoPermissionError:  # a user without INFO still has its cart
        return False


def _check_address(host, port):
    if not isinstance(host, str) or not 1 <= len(host) <= 253:
        raise CartConnectionError(f"A host is a name such as 'localhost', not {shown(host)}.")
    if isinstance(port, bool) or not isinstance(port, int) or not 1 <= port <= 65535:
        raise CartConnectionError(f"A port is a number from 1 to 65535, not {shown(port)}.")


def _release(client, **options):
    try:
        info = _read_info(client, lambda: client.info("server", **options))
    except NoPermissionError:
        return "Redis"
    # Valkey says redis_version, too: the last version of Redis that it is compatible with.
    name = "Valkey" if "valkey_version" in info else "Redis"
    number = info.get(f"{name.lower()}_version", "of unknown version")
    return f"{name} {printable(number)}"


def _read_info(client, read):
    try:
        return read()
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise CartConnectionError(
            f"What answers at {address(client)} sends an INFO that can't be read. Is it a Redis?",
            address(client),
        ) from error
