"""Commands side by side, on every backend."""

import pytest
from backends import about

from cartlib import CartError, connect
from cartlib.lab.compare import LONGEST, side_by_side
from cartlib.lab.local_server import start_server

TWO_SLOTS = "MULTI; ZCARD cart:{ann}; ZCARD cart:{bob}; EXEC"
ONE_SLOT = "MULTI; ZADD cart:{ann} 2 mug; EXPIRE cart:{ann} 60; EXEC"
WORKS_ON = {
    "EXPIRE cart:{demo} 60": ["fakeredis", "server", "cluster"],
    "PUBLISH cart:{demo}:events hello": ["fakeredis", "server", "cluster"],
    "EVAL 'return 1; ' 0": ["fakeredis", "server", "cluster"],
    "SORT cart:{demo} BY nosort GET product:*->name": ["fakeredis", "server"],
    ONE_SLOT: ["fakeredis", "server", "cluster"],
    TWO_SLOTS: ["fakeredis", "server"],
    "INFO server": ["server", "cluster"],
    "CONFIG GET maxmemory": ["server", "cluster"],
    "OBJECT ENCODING cart:{demo}": ["server", "cluster"],
    "CLUSTER SLOTS": ["cluster"],
    "CLUSTER KEYSLOT cart:{demo}": ["valkey", "cluster"],
}

pytestmark = pytest.mark.every_server


@pytest.fixture
def name(redis_name):
    """One of the three columns of the lesson's table."""
    if redis_name == "fakeredis":
        return redis_name
    return "cluster" if redis_name.endswith("-cluster") else "server"


@pytest.mark.parametrize("command", WORKS_ON)
def test_command_works_where_the_lesson_says(client, name, redis_name, command):
    client.zadd("cart:{demo}", {"mug": 1})
    table = side_by_side({name: client}, [command])
    assert list(table.columns) == [name] and list(table.index) == [command]
    works = {name, redis_name.split("-")[0]} & set(WORKS_ON[command])
    assert (table.loc[command, name] == "works") == bool(works)


def test_transaction_is_really_sent(client, name):
    side_by_side({name: client}, [ONE_SLOT])
    assert client.zscore("cart:{ann}", "mug") == 2 and client.ttl("cart:{ann}") == about(60)


def test_hexpire_works_on_fakeredis_redis_7_4_and_valkey_9(client, name, redis_name):
    client.hset("product:demo", "name", "Tea")
    table = side_by_side({name: client}, ["HEXPIRE product:demo 60 FIELDS 1 name"])
    server, _, version = redis_name.removesuffix("-cluster").partition("-")
    since = {"fakeredis": [], "redis": [7, 4], "valkey": [9, 0]}[server]
    known = [int(part) for part in version.split(".") if part]
    assert (table.iloc[0, 0] == "works") == (known >= since)


def test_refusal_tells_who_and_why(client, name):
    says = {"fakeredis": "fakeredis: ", "server": "server: ", "cluster": "server: "}[name]
    table = side_by_side({name: client}, ["HGET cart:{ann}"])
    assert table.iloc[0, 0].startswith(says + "wrong number of arguments")
    assert len(table.iloc[0, 0]) <= LONGEST


def test_redis_py_refuses_two_slots_by_itself(cluster_client):
    table = side_by_side({"it": cluster_client}, [TWO_SLOTS, "ZUNION 2 cart:{ann} cart:{bob}"])
    assert [text.split(": ")[0] for text in table["it"]] == ["redis-py", "redis-py"]


def test_server_that_is_gone_is_a_refusal(server):
    with start_server() as gone, connect(url=gone.url) as client:
        gone.stop()
        assert side_by_side({"it": client}, ["PING"]).iloc[0, 0].startswith("redis-py: ")


@pytest.mark.parametrize(
    "clients, commands",
    [
        (None, ["PING"]),
        ({"a": None}, ["PING"]),
        ({"a": "localhost"}, ["PING"]),
        ({}, None),
        ({}, "PING"),
        ({}, [None]),
        ({}, [b"PING"]),
        ({}, [""]),
        ({}, ["GET 'a"]),
        ({}, ["MULTI; ; EXEC"]),
        pytest.param({}, [10**5000], id="huge"),
    ],
    ids=repr,
)
def test_side_by_side_of_what_can_not_be_compared(clients, commands):
    with pytest.raises(CartError):
        side_by_side(clients, commands)
