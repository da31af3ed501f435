"""The table of commands, compared with what servers say of their own."""

import pytest
import redis

from cartlib.lab.commands import COMMANDS, find, help_on
from cartlib.lab.lines import words

KEYS = [  # a line, and its keys
    ("PING", []),
    ("get a", ["a"]),
    ("DEL a b c", ["a", "b", "c"]),
    ("RENAME a b", ["a", "b"]),
    ("COPY a b REPLACE", ["a", "b"]),
    ("MSET a 1 b 2", ["a", "b"]),
    ("SORT a BY nosort GET b* STORE c", ["a", "c"]),
    ("OBJECT ENCODING a", ["a"]),
    ("MEMORY USAGE a SAMPLES 5", ["a"]),
    ("BLPOP a b 0.5", ["a", "b"]),
    ("BLMPOP 0.5 2 a b LEFT", ["a", "b"]),
    ("LMPOP 1 a LEFT", ["a"]),
    ("LMOVE a b LEFT RIGHT", ["a", "b"]),
    ("SMOVE a b c", ["a", "b"]),
    ("SINTERCARD 2 a b LIMIT 1", ["a", "b"]),
    ("SUNIONSTORE a b c", ["a", "b", "c"]),
    ("ZUNIONSTORE a 2 b c WEIGHTS 1 2", ["a", "b", "c"]),
    ("ZDIFF 2 a b WITHSCORES", ["a", "b"]),
    ("ZRANGESTORE a b 0 -1", ["a", "b"]),
    ("BZPOPMIN a b 1", ["a", "b"]),
    ("XADD a * f v", ["a"]),
    ("XREAD COUNT 1 STREAMS a b 0 0", ["a", "b"]),
    ("XREADGROUP GROUP g c STREAMS a >", ["a"]),
    ("XGROUP CREATE a g $", ["a"]),
    ("XINFO STREAM a", ["a"]),
    ("PFMERGE a b c", ["a", "b", "c"]),
    ("BITOP AND a b c", ["a", "b", "c"]),
    ("GEOSEARCHSTORE a b FROMMEMBER m BYRADIUS 1 KM", ["a", "b"]),
    ('EVAL "return 1" 2 a b c', ["a", "b"]),
    ("WATCH a b", ["a", "b"]),
]
# What only the server's own flags call a write, or only this table.
NO_WRITES = {"EXEC", "EVAL", "PUBLISH"}


@pytest.mark.parametrize("line, expected", KEYS, ids=lambda value: value if value else "")
def test_keys_of(line, expected):
    split = words(line)
    assert list(find(split).keys_of(split)) == expected


@pytest.mark.every_server
def test_keys_are_those_that_a_server_finds(server):
    with redis.Redis(port=server.port, decode_responses=True) as client:
        for line, expected in KEYS[1:]:
            assert client.execute_command("COMMAND GETKEYS", *words(line)) == expected


@pytest.mark.every_server
def test_commands_are_those_of_a_server(server):
    known = 0
    with redis.Redis(port=server.port, protocol=2) as client:
        pipe = client.pipeline(transaction=False)
        for command in COMMANDS.values():
            pipe.execute_command("COMMAND", "INFO", "|".join(command.name.split()))
        pipe.set_response_callback("COMMAND", list)
        for command, reply in zip(COMMANDS.values(), pipe.execute(), strict=True):
            if reply[0] is not None:  # a server may be older
                known += 1
                writes = b"write" in reply[0][2] or command.name in NO_WRITES
                assert (command.kind == "write") == writes, command.name
    assert known > 170


def test_every_command_is_told_in_words():
    assert len(COMMANDS) > 200
    for name, command in COMMANDS.items():
        assert name == name.upper() and command.kind in ("read", "write")
        assert command.does and not command.does.endswith(".") and command.cost


def test_keys_of_a_line_that_is_cut_off():
    for name in COMMANDS:
        for split in ([*name.split()], [*name.split(), "1"], [*name.split(), "x", "-1", "STORE"]):
            assert set(find(split).keys_of(tuple(split))) <= {"1", "x", "-1", "STORE"}


def test_help():
    assert help_on(["zscore"]) == "ZSCORE key member: Return the score of a member. O(1)."
    assert "XGROUP CREATE key group" in help_on(["xgroup"])
    assert len(help_on(["sorted", "set"]).splitlines()) > 20
    assert "hash: HSET, HSETNX, HGET" in help_on([])
    assert help_on(["<b>"]) == "There is no help on '<b>'. HELP alone lists all commands."
