"""The same commands on several Redises, side by side."""

import shlex
from textwrap import shorten

import pandas as pd
from redis.exceptions import RedisClusterException, RedisError, ResponseError

from cartlib.failures import address

LONGEST = 48  # characters of an error; pandas shows no more of a cell


def side_by_side(clients, commands) -> pd.DataFrame:
    """Return what became of each command on each client: "works", or who refused it, and why.

    `clients` is a dict {name: client}; each name becomes a column. A command is written as in
    redis-cli; a transaction as "MULTI; ZCARD one; ZCARD two; EXEC". The commands are really sent.
    """
    rows = [[_outcome(client, command) for client in clients.values()] for command in commands]
    return pd.DataFrame(rows, columns=list(clients), index=pd.Index(commands, name="command"))


def _outcome(client, command):
    try:
        _send(client, command)
    except (RedisError, RedisClusterException) as error:
        reason = str(error).split("\n")[0].split(",")[0].split(". ")[0]
        return shorten(f"{_who(client, error)}: {reason}", LONGEST, placeholder=" …")
    return "works"


def _send(client, command):
    if not command.startswith("MULTI;"):
        return client.execute_command(*shlex.split(command))
    pipe = client.pipeline(transaction=True)
    for part in command.split(";")[1:-1]:
        pipe.execute_command(*shlex.split(part))
    return pipe.execute()


def _who(client, error):
    if not isinstance(error, ResponseError):
        return "redis-py"  # the client library, which did not send it
    return "fakeredis" if address(client) == "fakeredis" else "server"
