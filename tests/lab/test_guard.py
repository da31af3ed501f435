"""What the console refuses, one by one: nothing of it may be sent."""

import pytest

from cartlib import connect, keys
from cartlib.lab import guard
from cartlib.lab.commands import COMMANDS
from cartlib.lab.console import Session
from cartlib.lab.lines import words

NEVER = {  # a line: a part of the reason
    "FLUSHALL": "delete or swap what others keep",
    "flushdb ASYNC": "delete or swap what others keep",
    "SWAPDB 0 1": "delete or swap",
    'MIGRATE h 6379 "" 0 9 KEYS demo:a': "delete or swap",
    "MOVE demo:a 1": "delete or swap",
    "SHUTDOWN NOSAVE": "for all who use it",
    "DEBUG SLEEP 1": "for all who use it",
    "REPLICAOF NO ONE": "for all who use it",
    "SLAVEOF h 6379": "for all who use it",
    "FAILOVER": "for all who use it",
    "CLUSTER FAILOVER": "for all who use it",
    "CLUSTER RESET": "for all who use it",
    "CLUSTER": "CLUSTER needs one more word: CLUSTER KEYSLOT",
    "MODULE LOAD x": "for all who use it",
    "SAVE": "for all who use it",
    "CONFIG SET maxmemory 1": "settings, its password among them",
    "CONFIG REWRITE": "settings",
    "CONFIG GET requirepass": "settings",
    "ACL SETUSER ann on": "who may do what",
    "SCRIPT FLUSH": "scripts that the console can't read",
    "SCRIPT KILL": "scripts",
    "FUNCTION FLUSH": "scripts",
    "FUNCTION DELETE lib": "scripts",
    "FCALL f 0": "scripts",
    "EVALSHA abc 0": "scripts",
    "CLIENT KILL ID 1": "change the connection",
    "CLIENT PAUSE 1000": "change the connection",
    "CLIENT NO-EVICT on": "change the connection",
    "SELECT 1": "change the connection",
    "QUIT": "change the connection",
    "RESET": "change the connection",
    "AUTH secret": "would show a password",
    "HELLO 3 AUTH ann secret": "would show a password",
    "MONITOR": "listen for ever",
    "SUBSCRIBE cart:{ann}:events": "listen for ever",
    "PSUBSCRIBE *": "listen for ever",
    "BLPOP demo:a 0": "hold up the page",
    "BRPOP demo:a 2": "hold up the page",
    "BLMOVE demo:a demo:a LEFT LEFT 60": "hold up the page",
    "BLMPOP 0 1 demo:a LEFT": "hold up the page",
    "BZPOPMIN demo:a -1": "hold up the page",
    "BZMPOP inf 1 demo:a MIN": "hold up the page",
    "XREAD BLOCK 0 STREAMS demo:a $": "Give it at most 1000 ms",
    "XREADGROUP GROUP block c BLOCK 5000 STREAMS demo:a >": "hold up the page",
    "WAIT 1 0": "hold up the page",
    "FOO bar": "no command 'FOO'. HELP lists",
    "XGROUP": "XGROUP needs one more word: XGROUP CREATE, ",
    "XGROUP FOO demo:a": "no XGROUP 'FOO', but XGROUP CREATE, ",
}
FOREIGN = [
    "GET other",
    "SET cartoon 1",
    "DEL demo:a productivity",
    "RENAME demo:a stocking",
    "COPY other demo:a",
    "MSET demo:a 1 other 2",
    "ZUNIONSTORE other 1 demo:a",
    "ZUNION 2 demo:a other",
    "SORT demo:a STORE other",
    "SORT demo:a BY other:*",
    "SORT demo:a BY nosort GET product:*->name GET other:*->name",
    "BITOP AND demo:a demo:b other",
    "XREAD STREAMS demo:a other 0 0",
    "OBJECT ENCODING other",
    "WATCH other",
    "BLPOP other 0.1",
    "PUBLISH news hello",
    "PUBSUB NUMSUB cart:{ann}:events news",
]
ALL_KEYS = ["KEYS *", "SCAN 0", "RANDOMKEY"]
SCRIPTS = {
    "return redis.call('FLUSHALL')": "name one of the console's commands",
    "return redis.call('GET', 'other')": "and then one of KEYS",
    "local call = redis.call return call('GET', KEYS[1])": "name one",
    "return redis.pcall('KEYS', '*')": "name one",
    "return redis.call(ARGV[1], KEYS[1])": "name one",
    "while true do end": "without end",
    "repeat until false": "without end",
}


def refused(client, line, **options):
    """Return why a line is refused; nothing may have been sent."""
    session = Session(client, **options)
    session._ask = None
    assert session.keys_of(line) == ()
    answer = session.run(line)
    assert answer.failed and answer.text.startswith("(refused) ")
    return answer.text


@pytest.mark.parametrize("line, reason", NEVER.items(), ids=NEVER)
def test_refused_always(lonely, line, reason):
    for any_key in (False, True):
        assert reason in refused(lonely, line, any_key=any_key)


@pytest.mark.parametrize("line", FOREIGN)
def test_refused_as_it_is_none_of_the_kits_keys(lonely, line):
    assert "is none of the kit's keys: those begin with product:, cart:{" in refused(lonely, line)
    assert guard.check(words(line), lonely, any_key=True)


@pytest.mark.parametrize("line", ALL_KEYS)
def test_refused_as_it_looks_at_every_key(lonely, line):
    assert "it looks at every key" in refused(lonely, line).replace(line.split()[0], "it")
    assert guard.check(words(line), lonely, any_key=True)


@pytest.mark.parametrize("script, reason", SCRIPTS.items(), ids=SCRIPTS)
def test_script_is_refused(server, script, reason):
    with connect(server.host, server.port) as client:
        assert reason in refused(client, f'EVAL "{script}" 1 demo:a', any_key=True)
        assert "none of the kit's keys" in refused(client, 'EVAL "return 1" 1 other')


def test_script_on_fakeredis_is_refused(lonely):
    assert "inside the notebook" in refused(lonely, 'EVAL "return 1" 0')


@pytest.mark.parametrize(
    "line",
    [
        "BLPOP demo:a 1",
        "BLMPOP 0.2 1 demo:a LEFT",
        "XREAD BLOCK 1000 STREAMS demo:a $",
        "WAIT 0 100",
        "BLPOP demo:a x",
        "SORT demo:a BY nosort GET # GET product:*->name",
        "PUBLISH cart:{ann}:events hello",
        "SMEMBERS products",
        "cluster keyslot other",
    ],
)
def test_not_refused(lonely, line):
    assert guard.check(words(line), lonely).name in COMMANDS


@pytest.mark.parametrize("name", ["products", "product:mug", "cart:{a}:b", "stock:{a}", "demo:"])
def test_is_ours(name):
    assert keys.is_ours(name)


@pytest.mark.parametrize("name", ["", "productsx", "product", "cart:a", "stock:a", "demo", "other"])
def test_is_not_ours(name):
    assert not keys.is_ours(name)
