"""The way to Redis: connect(), what a client is connected to, and redis-py's errors as ours."""

import os
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version

import redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.connection import parse_url
from redis.exceptions import (
    AskError,
    ClusterDownError,
    NoPermissionError,
    RedisClusterException,
    RedisError,
)
from redis.retry import Retry

from cartlib.errors import CartConnectionError, CartDataError, shown

LONGEST_TIMEOUT = 86_400  # seconds
NODES_TRIED = 3  # of a cluster, until one tells which commands there are
UNREACHABLE = (
    redis.ConnectionError,
    redis.TimeoutError,
    RedisClusterException,
    ClusterDownError,  # the node answers, but refuses all keys, because another node is missing
    AskError,  # and its child MovedError: in a pipeline redis-py follows them only with retries
)


def connect(host=None, port=6379, *, url=None, timeout=2.0):
    """Return a client: of the server at host and port, or at url, or at $REDIS_URL; else fakeredis.

    Without any of them it is a pretended server inside this process, the same one at each call.
    A server that is part of a cluster gets a RedisCluster client. `timeout` is in seconds. The
    client sends nothing twice: redis-py would retry ten times, and a repeated ZINCRBY adds twice.

    Redis: INFO cluster, after the handshake.
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


def address(client) -> str:
    """Return where `client` connects to, as host:port or path; never its password."""
    where = client.get_connection_kwargs()
    if "server" in where:
        return "fakeredis"
    if isinstance(client, RedisCluster):
        return ", ".join(sorted(node.name for node in client.get_nodes()))
    return where.get("path") or f"{where.get('host', 'localhost')}:{where.get('port', 6379)}"


def describe(client) -> str:
    """Return in a sentence which Redis this client talks to.

    Redis: INFO server, on a real server; 1 round trip.
    Raises: CartConnectionError.
    """
    where = address(client)
    if where == "fakeredis":
        return f"fakeredis {version('fakeredis')}: a pretended server inside this Python process."
    with explained(client, "INFO"):
        if isinstance(client, RedisCluster):
            release = _release(client, target_nodes=RedisCluster.RANDOM)
            return f"A cluster of {release} with the nodes {where}."
        return f"A {_release(client)} server at {where}."


@contextmanager
def explained(client, *keys, change=False):
    """Turn redis-py's errors into CartErrors that name the server, or one of `keys`.

    Where it is about a `change`, the text says that its outcome is unknown.
    Refuses what is not a client that decodes replies to str, so that no bytes get out.
    """
    if not isinstance(client, (redis.Redis, RedisCluster)):
        raise CartConnectionError(f"Give a client that connect() returned, not {shown(client)}.")
    if not client.get_encoder().decode_responses:
        raise CartConnectionError(
            "This client returns bytes. Make it by connect(), or with decode_responses=True.",
            address(client),
        )
    try:
        yield
    except UNREACHABLE as error:
        raise unreachable(address(client), error, change) from error
    except (RedisError, UnicodeDecodeError) as error:
        raise _data_error(error, keys) from error
    except UnicodeError as error:  # a host name that can't be one
        raise unreachable(address(client), error, change) from error


def unreachable(where, error, change) -> CartConnectionError:
    """Return the CartConnectionError for a server at `where` that failed with `error`."""
    if isinstance(error, AskError):
        return CartConnectionError(
            f"A key has moved to another node of the cluster at {where}. Nothing was changed: try "
            "it once more.",
            where,
        )
    if isinstance(error, redis.AuthenticationError):
        reason = "refused the user name or the password"
    elif isinstance(error, redis.TimeoutError):
        reason = "did not answer in time"
    elif isinstance(error, ClusterDownError):
        reason = "refuses every command with a key, because a part of the cluster is down"
    else:
        reason = f"can't be reached ({str(error) or type(error).__name__})"
    warning = "You asked for a change, and its outcome is unknown: look before you try again. "
    return CartConnectionError(
        f"Redis at {where} {reason}. {warning if change else ''}"
        "Check that the server runs, and its host, port and password.",
        where,
    )


def _data_error(error, keys) -> CartDataError:
    # In a pipeline's error redis-py quotes the command; the longest key in it is the one meant.
    text = str(error)
    key = next((key for key in sorted(keys, key=len, reverse=True) if key in text), keys[0])
    if "WRONGTYPE" in text:
        return CartDataError(
            f"The key {key} holds another type than it should: something else was written there. "
            "Look at it with TYPE, and rename or delete it.",
            key,
        )
    if isinstance(error, UnicodeDecodeError):
        return CartDataError(
            f"What {key} leads to holds bytes that are no text in UTF-8: {text}. "
            "Some other program wrote them: look at the keys, and set them right.",
            key,
        )
    return CartDataError(f"Redis refused a command on the key {key}: {text}.", key)


@cache
def _fake_server():
    import fakeredis  # only whoever has no server needs it

    return fakeredis.FakeServer(version=(7,))


def _fake_client(options):
    import fakeredis

    return fakeredis.FakeRedis(server=_fake_server(), **options)


def _real_client(host, port, url, options):
    if url is None:
        _check_address(host, port)
        where = {"host": host, "port": port}
    else:
        where = _read_url(url, options)
    pool = redis.ConnectionPool(**options | where)
    client = redis.Redis.from_pool(pool)
    with explained(client, "INFO"):
        if not _is_in_cluster(client):
            return client
        client.close()
        where.pop("db", None)  # a cluster has but one
        return _cluster_client(options | where)


def _cluster_client(options):
    secure = options.pop("connection_class", None) is not None
    never = options.pop("retry")
    # One node has to answer COMMAND, which changes nothing: where one is dead, another is asked.
    client = RedisCluster(**options, ssl=secure, retry=Retry(NoBackoff(), NODES_TRIED))
    client.set_retry(never)
    return client


def _read_url(url, options):
    try:
        where = {"host": "localhost", "port": 6379} | parse_url(url)
        redis.ConnectionPool(**options | where).make_connection()
        return where
    except (ValueError, TypeError, AttributeError):  # their text can hold the password
        raise CartConnectionError(
            "That url can't be read. Write it as redis://HOST:PORT or "
            "redis://USER:PASSWORD@HOST:PORT/0, with special characters as %XX."
        ) from None


def _is_in_cluster(client):
    try:
        # Of Redis and of Valkey alike; the mode in INFO server has another name in each.
        return client.info("cluster").get("cluster_enabled") == 1
    except NoPermissionError:  # a user without INFO still has its cart
        return False


def _check_address(host, port):
    if not isinstance(host, str) or not 1 <= len(host) <= 253:
        raise CartConnectionError(f"A host is a name such as 'localhost', not {shown(host)}.")
    if isinstance(port, bool) or not isinstance(port, int) or not 1 <= port <= 65535:
        raise CartConnectionError(f"A port is a number from 1 to 65535, not {shown(port)}.")


def _release(client, **options):
    try:
        info = client.info("server", **options)
    except NoPermissionError:
        return "Redis"
    # Valkey says redis_version, too: the last version of Redis that it is compatible with.
    valkey = info.get("valkey_version")
    return f"Valkey {valkey}" if valkey else f"Redis {info['redis_version']}"
