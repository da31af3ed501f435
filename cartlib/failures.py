"""redis-py's errors, turned into CartErrors that say what happened, and what to do."""

import re
from contextlib import contextmanager

import redis
from redis.cluster import ClusterPipeline, RedisCluster
from redis.exceptions import (
    AskError,
    BusyLoadingError,
    ClusterCrossSlotError,
    ClusterDownError,
    InvalidResponse,
    MaxConnectionsError,
    RedisClusterException,
    RedisError,
    WatchError,
)

from cartlib.errors import CartConnectionError, CartDataError, printable

UNKNOWN = "You asked for a change, and its outcome is unknown: look before you try again."
UNTOUCHED = "Nothing was changed."
AGAIN = "The outcome is unknown. Send it again with the same id: it is done once."
CLIENTS = redis.Redis, RedisCluster
PIPELINES = redis.client.Pipeline, ClusterPipeline  # which are clients, too, as redis-py has it
UNREACHABLE = (
    redis.ConnectionError,
    redis.TimeoutError,
    RedisClusterException,
    ClusterDownError,  # the node answers, but refuses all keys, because another node is missing
    InvalidResponse,  # something else than Redis listens there
)
LOST = (
    (redis.AuthenticationError, "refused the user name or the password"),
    (redis.TimeoutError, "did not answer in time"),
    (BusyLoadingError, "is still loading its data; wait a little"),
    (ClusterDownError, "refuses every command with a key, because a part of the cluster is down"),
    (InvalidResponse, "answers, but not as a Redis does"),
)
REFUSED = {  # what Redis says first in a refusal: what it means
    "READONLY": "it is a replica, which only reads. Connect to its primary.",
    "OOM": "its memory is full. Free some, or raise its maxmemory.",
    "MISCONF": "it can't save its data to disk. Look at its log.",
    "NOREPLICAS": "too few replicas follow it. Look at them, or at min-replicas-to-write.",
    "BUSY": "it is busy with a script. Wait for its end, or send SCRIPT KILL.",
    "TRYAGAIN": "keys are on their way to another node. Try again.",
    "NOPERM": "this user may not do that. Ask for the right, or connect as another user.",
}


def address(client) -> str:
    """Return where `client` connects to, as host:port or path; never its password."""
    where = client.get_connection_kwargs()
    if "server" in where:
        return "fakeredis"
    if isinstance(client, RedisCluster):
        return ", ".join(sorted(node.name for node in client.get_nodes()))
    place = where.get("path") or f"{where.get('host', 'localhost')}:{where.get('port', 6379)}"
    return printable(place)


@contextmanager
def explained(client, *keys, change=None):
    """Turn redis-py's errors into CartErrors that name the server, or one of `keys`.

    `change` is what to say of a change where no answer came: UNKNOWN, or AGAIN where to repeat it
    does no harm, or UNTOUCHED while it has not begun; None where there is none. A client that could
    do harm is refused: see check_client().
    """
    check_client(client)
    try:
        yield
    except WatchError as error:
        lost = lost_under_watch(error)
        if lost is None:  # a key that has changed: transact() begins anew
            raise
        raise unreachable(address(client), lost, change) from error
    except UNREACHABLE as error:
        raise unreachable(address(client), error, change) from error
    except (RedisError, UnicodeDecodeError) as error:
        raise _refusal(client, error, keys, change) from error
    except UnicodeError as error:  # a host name that can't be one
        raise unreachable(address(client), error, change) from error


def check_client(client):
    """Raise CartConnectionError for what is no client, returns bytes, or sends commands again."""
    if not isinstance(client, CLIENTS) or isinstance(client, PIPELINES):
        kind = type(client).__name__
        raise CartConnectionError(f"Give a client that connect() returned, not a {kind}.")
    if not client.get_encoder().decode_responses:
        raise CartConnectionError(
            "This client returns bytes. Make it by connect(), or with decode_responses=True.",
            address(client),
        )
    retry = client.retry if isinstance(client, RedisCluster) else client.get_retry()
    if retry and retry.get_retries() and address(client) != "fakeredis":
        raise CartConnectionError(
            f"This client sends a command up to {retry.get_retries()} times more when no answer "
            "comes, and then an add can be done more than once. Make it by connect(), or with "
            "retry=Retry(NoBackoff(), 0).",
            address(client),
        )


def transact(client, work, *keys):
    """Watch `keys` and return work(pipe), which executes a MULTI; anew while others change `keys`.

    client.transaction() does so too, but there redis-py tells a lost connection as a change of the
    keys: what had been done unseen would then be done again.
    """
    with client.pipeline(transaction=True) as pipe:
        while True:
            try:
                pipe.watch(*keys)
                return work(pipe)
            except WatchError as error:
                if lost_under_watch(error):
                    raise


def lost_under_watch(error):
    """Return the lost connection that redis-py tells as a WatchError; None if it is none."""
    cause = error.__context__
    return cause if isinstance(error, WatchError) and isinstance(cause, UNREACHABLE) else None


def lacks(error, command) -> bool:
    """Tell whether an error of redis-py says that this Redis has no such command."""
    text = str(error).lower()
    unknown = "unknown command" in text or "doesn't exist in redis commands" in text
    return unknown and command.lower() in text


def unreachable(where, error, change=None) -> CartConnectionError:
    """Return the CartConnectionError for a server at `where` that failed with `error`."""
    if isinstance(error, MaxConnectionsError):
        text = f"All connections that this client may have to Redis at {where} are in use."
        return _not_done(f"{text} Wait for one, or give it more.", where, change)
    text = printable(error) or type(error).__name__
    reasons = (reason for kind, reason in LOST if isinstance(error, kind))
    reason = next(reasons, f"can't be reached ({text})")
    return CartConnectionError(
        f"Redis at {where} {reason}. {f'{change} ' if change else ''}"
        "Check that the server runs, and its host, port and password.",
        where,
        outcome_unknown=change not in (None, UNTOUCHED),
    )


def wrong_type(key) -> CartDataError:
    """Return the error for a key that holds another type than it should."""
    return CartDataError(
        f"The key {key} holds another type than it should: something else was written there. "
        "Look at it with TYPE, and rename or delete it.",
        key,
    )


def _not_done(text, where, change) -> CartConnectionError:
    """Return the error for a command that was surely not done; others before it may have been.

    A change of one step has then not been made: UNKNOWN is known here.
    """
    done = f" {UNTOUCHED}"
    settled = {None: "", UNKNOWN: done, AGAIN: done}.get(change, f" {change}")
    in_part = change not in (None, UNKNOWN, AGAIN, UNTOUCHED)
    return CartConnectionError(text + settled, where, outcome_unknown=in_part)


def _refusal(client, error, keys, change):
    """Return the CartError for a command that the server answered with an error."""
    where, text = address(client), str(error)
    said = re.search(r"(?:^|error: |because of: )([A-Z]+) ", text)
    code = said[1] if said else getattr(error, "status_code", None)
    if "EXEC without MULTI" in text:
        return CartConnectionError(
            f"Redis at {where} refused MULTI, and so carried out one by one what belongs together. "
            f"{f'{change} ' if change else ''}Ask for the rights to MULTI and EXEC.",
            where,
            outcome_unknown=bool(change),
        )
    if isinstance(error, AskError) and isinstance(client, RedisCluster):  # or its child MovedError
        text = f"A key has moved to another node of the cluster at {where}: try it once more."
        return _not_done(text, where, change or UNTOUCHED)
    if isinstance(error, AskError | ClusterCrossSlotError) and not isinstance(client, RedisCluster):
        reason = "it is part of a cluster. Make the client by connect(), which finds that out."
    elif code in REFUSED:
        reason = REFUSED[code]
    elif "DB index is out of range" in text:
        reason = "it has no database of that number."
    else:
        return _data_error(error, keys)
    return _not_done(
        f"Redis at {where} refused a command ({printable(text)}): {reason}", where, change
    )


def _data_error(error, keys) -> CartDataError:
    # In a pipeline's error redis-py quotes the command; the longest key in it is the one meant.
    text = str(error)
    key = next((key for key in sorted(keys, key=len, reverse=True) if key in text), keys[0])
    if "WRONGTYPE" in text:
        return wrong_type(key)
    if isinstance(error, UnicodeDecodeError):
        return CartDataError(
            f"What {key} leads to holds bytes that are no text in UTF-8: {text}. "
            "Some other program wrote them: look at the keys, and set them right.",
            key,
        )
    return CartDataError(f"Redis refused a command on the key {key}: {printable(text)}.", key)
