"""The same commands on several Redises, side by side."""

import shlex
from textwrap import shorten

import pandas as pd
from redis.exceptions import RedisClusterException, RedisError, ResponseError

from cartlib.errors import CartError, shown
from cartlib.failures import address, check_client

LONGEST = 48  # characters of an error; pandas shows no more of a cell


def side_by_side(clients, commands) -> pd.DataFrame:
    """Return what became of each command on each client: "works", or who refused it, and why.

    `clients` is a dict {name: client}; each name becomes a column. A command is written as in
    redis-cli; a transaction as "MULTI; ZCARD one; ZCARD two; EXEC". The commands are really sent.
    Raises: CartError, before anything is sent.
    """
    if not isinstance(clients, dict):
        raise CartError(f"Give a dict such as {{'server': client}}, not {shown(clients)}.")
    for client in clients.values():
        check_client(client)
    if not isinstance(commands, list | tuple):
        raise CartError(f"Give a list of commands, not {shown(commands)}.")
    for command in commands:
        _read(command)
    rows = [[_outcome(client, command) for client in clients.values()] for command in commands]
    return pd.DataFrame(rows, columns=list(clients), index=pd.Index(commands, name="command"))


def _outcome(client, command):
    try:
        _send(client, command)
    except (RedisError, RedisClusterException) as error:
        reason = str(error).split("\n")[0].split(",")[0].split(". ")[0]
        return shorten(f"{_who(client, error)}: {reason}", LONGEST, placeholder=" …")
    return "works"


def _read(command):
    """Return the words of each part of a command, such as [["MULTI"], ["ZCARD", "one"], …]."""
    text = command if isinstance(command, str) else ""
    try:
        words = [shlex.split(p) for p in (text.split(";") if text.startswith("MULTI;") else [text])]
    except ValueError:  # quotes without an end
        words = [[]]
    if not all(words):
        raise CartError(
            f"The command {shown(command)} can't be read. Write it as in redis-cli: GET key."
        )
    return words


def _send(client, command):
    first, *others = _read(command)
    if not others:
        return client.execute_command(*first)
    pipe = client.pipeline(transaction=True)
    for part in others[:-1]:
        pipe.execute_command(*part)
    return pipe.execute()


def _who(client, error):
    if not isinstance(error, ResponseError):
        return "redis-py"  # the client library, which did not send it
    return "fakeredis" if address(client) == "fakeredis" else "server"
