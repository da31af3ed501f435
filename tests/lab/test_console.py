"""A session of raw commands, on every backend and beside a real redis-cli."""

import shutil
import subprocess

import pytest
import redis
from backends import missing, wait_until

from cartlib import CartConnectionError, connect
from cartlib.lab.console import Session
from cartlib.lab.local_server import start_server

pytestmark = pytest.mark.every_server
HASH = '1) "f"\n2) "Zo\\xc3\\xab \\"\\\\ \\a\\b\\n\\xff"'
# What redis-cli is asked as well, of every type, in this order.
LINES = r"""
PING
PING "two words"
ECHO QUEUED
SET demo:{a} OK
GET demo:{a}
GET demo:{a}:none
SET demo:{a} 5 GET
SET demo:{a} 6 NX
INCRBY demo:{a} 37
INCRBYFLOAT demo:{a} 0.5
APPEND demo:{a} " Zo\xc3\xab\x00\xff\t\"'"
GETRANGE demo:{a} 0 -1
INCR demo:{a}
HGETALL demo:{a}
GET "demo:{a}
GET
TYPE demo:{a}
TYPE demo:{a}:none
EXPIREAT demo:{a} 4000000000
EXPIRETIME demo:{a}
PERSIST demo:{a}
OBJECT ENCODING demo:{a}
MSET demo:{a}:1 one demo:{a}:2 two
MGET demo:{a}:1 demo:{a}:none demo:{a}:2
HSET demo:{a}:h name "Coffee mug" price 9.50
HGETALL demo:{a}:h
HMGET demo:{a}:h price colour
HINCRBY demo:{a}:h name 1
HRANDFIELD demo:{a}:h -0
HSCAN demo:{a}:h 0
RPUSH demo:{a}:l a b c d e f g h i j k
LRANGE demo:{a}:l 0 -1
LPOS demo:{a}:l c
LSET demo:{a}:l 99 x
LTRIM demo:{a}:l 0 1
BLPOP demo:{a}:l 0.1
BLPOP demo:{a}:none 0.1
SADD demo:{a}:s one
SMEMBERS demo:{a}:s
SISMEMBER demo:{a}:s two
ZADD demo:{a}:z 1 one 2.5 two -inf low
ZRANGE demo:{a}:z 0 -1 WITHSCORES
ZSCORE demo:{a}:z two
ZINCRBY demo:{a}:z 0.1 two
ZADD demo:{a}:z x one
ZRANGEBYSCORE demo:{a}:z (1 +inf WITHSCORES
XADD demo:{a}:x 1-1 product mug quantity 2
XADD demo:{a}:x 1-1 product mug
XRANGE demo:{a}:x - +
XGROUP CREATE demo:{a}:x g 0
XREADGROUP GROUP g ann STREAMS demo:{a}:x >
XPENDING demo:{a}:x g
XREAD STREAMS demo:{a}:x 5
PFADD demo:{a}:p a b c
PFCOUNT demo:{a}:p
SETBIT demo:{a}:b 7 1
GETBIT demo:{a}:b 7
GEOADD demo:{a}:g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania
GEODIST demo:{a}:g Palermo Catania KM
GEOPOS demo:{a}:g Palermo nowhere
GEOSEARCH demo:{a}:g FROMLONLAT 15 37 BYRADIUS 200 km ASC WITHDIST WITHCOORD
GEOHASH demo:{a}:g Palermo nowhere
PFMERGE demo:{a}:p2 demo:{a}:p
GET demo:{a}:p2
GET demo:{a}:b
BITFIELD demo:{a}:b SET u8 0 7 GET u4 0 OVERFLOW FAIL INCRBY u2 100 9
BITOP NOT demo:{a}:b2 demo:{a}:b
BITPOS demo:{a}:b 1
XADD demo:{a}:x 2-1 product pen
XREADGROUP GROUP none ann STREAMS demo:{a}:x >
XREADGROUP GROUP g ann STREAMS demo:{a}:x >
XDEL demo:{a}:x 1-1
XREADGROUP GROUP g ann STREAMS demo:{a}:x 0
XCLAIM demo:{a}:x g bob 0 2-1 JUSTID
XAUTOCLAIM demo:{a}:x g bob 0 0
XACK demo:{a}:x g 2-1
XINFO STREAM demo:{a}:x
XINFO GROUPS demo:{a}:x
XGROUP CREATE demo:{a}:x g 0
XGROUP CREATE demo:{a}:none g 0
XREAD COUNT 1 STREAMS demo:{a}:x 0
RPUSH demo:{a}:l2 a b c
LMOVE demo:{a}:l2 demo:{a}:l3 LEFT RIGHT
LMPOP 2 demo:{a}:none demo:{a}:l2 LEFT COUNT 2
BLMOVE demo:{a}:none demo:{a}:l3 LEFT RIGHT 0.1
LPOP demo:{a}:none 2
SMISMEMBER demo:{a}:s one two
SPOP demo:{a}:none
SINTERCARD 1 demo:{a}:s LIMIT 1
ZRANGE demo:{a}:z a b BYLEX
MULTI
SET demo:{a}:t 1
INCR demo:{a}:t
LPUSH demo:{a}:t x
TYPE demo:{a}:t
EXEC
MULTI
GET
EXEC
EXEC
DISCARD
MULTI
DISCARD
WATCH demo:{a}:t
SET demo:{a}:t 5
MULTI
INCR demo:{a}:t
EXEC
MULTI
EXEC
EVAL "return {1, 'two', {3, redis.call('GET', KEYS[1])}, redis.status_reply('fine')}" 1 demo:{a}:t
EVAL "return redis.call('SET', KEYS[1], 'x')" 1 demo:{a}:t
DEL demo:{a} demo:{a}:1 demo:{a}:2 demo:{a}:h demo:{a}:l demo:{a}:s demo:{a}:z demo:{a}:x
""".strip().splitlines()


@pytest.fixture
def session(shop):
    return Session(shop)


def texts(session, *lines):
    return [session.run(line).text for line in lines]


def test_replies_are_printed_as_by_redis_cli(server):
    program = shutil.which("redis-cli") or missing("No redis-cli. Debian: apt install redis-tools")
    done = subprocess.run(
        [program, "-p", str(server.port), "-2", "--no-raw"],
        input="\n".join(LINES),
        capture_output=True,
        text=True,
        timeout=20,
    )
    with connect(server.host, server.port) as client:
        clean_up(client)
        printed = "\n".join(texts(Session(client), *LINES))
        clean_up(client)
    # A status inside of a script's list can't be told from a text.
    assert printed.replace('"fine"', "fine") == done.stdout.rstrip("\n")


def clean_up(client):
    for key in client.scan_iter(match="demo:*"):
        client.delete(key)


def test_replies_and_keys(session, shop):
    assert texts(
        session,
        'HSET demo:h f "Zo\\xc3\\xab \\"\\\\ \\x07\\b\\n\\xff"',
        "HGETALL demo:h",
        "hget product:mug price",
        "ZADD demo:z 1 mug 2.5 lamp",
        "ZRANGE demo:z 0 -1 WITHSCORES",
        "TYPE demo:z",
        "GET demo:none",
        "LRANGE demo:none 0 -1",
    ) == [
        "(integer) 1",
        HASH,
        '"9.50"',
        "(integer) 2",
        '1) "mug"\n2) "1"\n3) "lamp"\n4) "2.5"',
        "zset",
        "(nil)",
        "(empty array)",
    ]
    assert shop.zrange("demo:z", 0, -1, withscores=True) == [("mug", 1.0), ("lamp", 2.5)]
    assert shop.hlen("demo:h") == 1


def test_error_is_followed_by_its_meaning(session, shop):
    answer = session.run("HSET products f v")
    wrong = "WRONGTYPE Operation against a key holding the wrong kind of value"
    assert answer.failed and answer.text == f"(error) {wrong}"
    assert answer.meaning.startswith("The command does not fit the type of the key")
    assert shop.type("products") == "set"


@pytest.mark.parametrize(
    "line, meaning",
    [
        ("XREADGROUP GROUP none ann STREAMS demo:x >", "There is no such group, or no such stream"),
        ("XGROUP CREATE demo:x g $", "There is such a group already."),
        ("XGROUP CREATE demo:none g $", "make both by XGROUP CREATE"),
        ("XADD demo:x 0-0 a b", "The smallest id is 0-1."),
        ("XRANGE demo:x a b", "An id is two whole numbers with a dash"),
        ("GEOADD demo:g 52.5 200 berlin", "Are they the wrong way round?"),
        ("GEOSEARCH demo:g FROMMEMBER nobody BYRADIUS 1 km", "The key has no place of this name."),
        ("SETBIT demo:b -1 1", "Bits are counted from 0"),
        ("SETBIT demo:b 1 2", "A bit is 0 or 1."),
        ("ZRANGE demo:z a b BYLEX", "Write a limit as [a with the a"),
        ("LPUSH demo:x a", "The command does not fit the type of the key"),
    ],
)
def test_error_of_every_type_is_explained(session, line, meaning):
    lines = ["XGROUP CREATE demo:x g $ MKSTREAM", "GEOADD demo:g 1 1 a", "ZADD demo:z 1 a"]
    texts(session, *lines)
    answer = session.run(line)
    assert answer.failed and meaning in answer.meaning, answer


def test_fraction_is_told_from_other_amounts_that_are_refused(session):
    session.run("HSET demo:h n 1 f x")
    told = [session.run(f"hincrby demo:h {rest}").meaning for rest in ("n 0.5", "n 1e99", "f 1")]
    assert told[0] == "HINCRBY takes whole numbers only, and 0.5 is none."
    assert told[1].startswith("The amount does not fit into 64 bits, or ")
    assert told[2] == "Only a field that holds a whole number can be counted up."


def test_text_in_a_counter_is_told(session):
    session.run("SET demo:s many")
    told = [session.run(line).meaning for line in ("INCR demo:s", "INCRBY demo:s 2")]
    assert told[0] == "What the key holds is no whole number, or it does not fit into 64 bits."
    assert told[1].startswith("The amount does not fit into 64 bits, or ")


def test_quotes_that_do_not_pair(session):
    answer = session.run('GET "product:mug')
    assert answer.text == "Invalid argument(s)" and "quotes don't pair" in answer.meaning


def test_nothing_is_sent_for_an_empty_line(session):
    assert session.run("  ").text == ""


def test_help_is_a_reply(session):
    assert session.run("help zscore").text.startswith("ZSCORE key member: ")


def test_multi_and_exec(session, shop):
    key = "demo:n"
    assert texts(session, "MULTI", f"INCR {key}", f"SET {key} x GET") == ["OK", "QUEUED", "QUEUED"]
    assert session.in_multi and not shop.exists(key) and session.keys_of("EXEC") == (key,)
    assert session.run("EXEC").text == '1) (integer) 1\n2) "1"'
    assert not session.in_multi and shop.get(key) == "x" and session.close() == ""


def test_exec_whose_command_fails(session, shop):
    lines = ["MULTI", "SET demo:n x", "INCR demo:n", "SET demo:n y"]
    texts(session, *lines)
    answer = session.run("EXEC")
    assert answer.text.splitlines()[1].startswith("2) (error) ERR value is not an integer")
    assert "the others were done" in answer.meaning and shop.get("demo:n") == "y"


def test_exec_after_a_wrong_command(session, shop):
    texts(session, "MULTI", "SET demo:n 1", "GET")
    answer = session.run("EXEC")
    assert answer.text.startswith("(error) EXECABORT") and "none of them" in answer.meaning
    assert not session.in_multi and not shop.exists("demo:n")


def test_discard(session, shop):
    assert texts(session, "MULTI", "SET demo:n 1", "DISCARD")[-1] == "OK"
    assert not session.in_multi and not shop.exists("demo:n")


def test_watch_and_a_change_by_somebody_else(session, shop):
    texts(session, "WATCH demo:n", "MULTI", "SET demo:n mine")
    shop.set("demo:n", "theirs")
    answer = session.run("EXEC")
    assert answer.text == "(nil)" and "Begin again at WATCH" in answer.meaning
    assert shop.get("demo:n") == "theirs" and session.close() == ""


def test_watch_and_no_change(session, shop):
    texts(session, "WATCH demo:n", "GET demo:n", "MULTI", "SET demo:n mine")
    shop.set("demo:other", "theirs")
    assert session.run("EXEC").text == "1) OK" and shop.get("demo:n") == "mine"


def test_unwatch(session, shop):
    texts(session, "WATCH demo:n", "UNWATCH")
    assert session.close() == ""


def test_open_multi_is_discarded_and_told(session, shop):
    texts(session, "MULTI", "SET demo:n 1")
    assert session.close() == (
        "MULTI had no EXEC: what it queued (1) was discarded, as by DISCARD."
    )
    assert session.run("GET demo:n").text == "(nil)"
    shop.set("demo:n", 2)  # no MULTI has got into the client's own connections
    assert shop.get("demo:n") == "2"


def test_open_watch_is_told(session):
    session.run("WATCH demo:n demo:n")
    assert session.close() == "WATCH demo:n has ended here, as by UNWATCH."


def test_session_keeps_no_connection(server):
    with connect(server.host, server.port) as client:
        session = Session(client)
        texts(session, "PING", "WATCH demo:n", "UNWATCH", "MULTI", "EXEC", "MULTI", "GET demo:n")
        session.close()
        wait_until(lambda: len(client.client_list()) == 1)


def test_any_key(shop):
    session = Session(shop, any_key=True)
    assert session.run("GET other:string").text == '"theirs"'
    assert session.run("KEYS cartlib:none").text == "(empty array)"
    assert session.run("SCAN 0 MATCH cartlib:none").text.endswith("2) (empty array)")


def test_client_that_returns_other_things(server):
    """A client of one's own speaks RESP3, which has other replies."""
    never = redis.retry.Retry(redis.backoff.NoBackoff(), 0)
    with redis.Redis(port=server.port, decode_responses=True, retry=never) as client:
        session = Session(client)
        lines = ["ZADD demo:z 1.5 a", "ZSCORE demo:z a", "DEL demo:z", "CLUSTER KEYSLOT a"]
        assert texts(session, *lines)[:3] == ["(integer) 1", '"1.5"', "(integer) 1"]


def test_script(server):
    with connect(server.host, server.port) as client:
        session = Session(client)
        line = "EVAL \"return redis.call('SET', KEYS[1], ARGV[1])\" 1 demo:n 5"
        assert texts(session, line, "GET demo:n", "DEL demo:n") == ["OK", '"5"', "(integer) 1"]


def test_info_is_printed_as_it_is(server):
    with connect(server.host, server.port) as client:
        lines = Session(client).run("INFO server").text.splitlines()
    assert lines[0] == "# Server" and any(line.startswith("redis_version:") for line in lines)


def test_cluster_sends_each_command_to_the_node_of_its_key(cluster_client):
    session = Session(cluster_client)
    for name in "abcdef":
        assert session.run(f"SET demo:{name} {name}").text == "OK"
        assert cluster_client.get(f"demo:{name}") == name
        lines = ["MULTI", f"APPEND demo:{name} !", f"GET demo:{name}", "EXEC"]
        assert texts(session, *lines)[-1] == f'1) (integer) 2\n2) "{name}!"'
        assert session.run(f"DEL demo:{name}").text == "(integer) 1"


def test_cluster_tells_that_keys_are_apart(cluster_client):
    session = Session(cluster_client)
    answer = session.run("MGET demo:a demo:b")
    assert answer.text.startswith("(error) CROSSSLOT") and "one tag in braces" in answer.meaning
    texts(session, "MULTI", "SET demo:a 1")
    apart = session.run("SET demo:b 1")  # on another node
    assert apart.text.startswith("(error) MOVED") and "all keys need one tag" in apart.meaning
    assert session.run("EXEC").text.startswith("(error) EXECABORT")
    assert not cluster_client.exists("demo:a") and not session.in_multi


def test_lost_server_is_told(server):
    with start_server() as mortal, connect(mortal.host, mortal.port) as client:
        session = Session(client)
        texts(session, "WATCH demo:n", "MULTI", "SET demo:n 1")
        mortal.stop()
        with pytest.raises(CartConnectionError) as caught:
            session.run("EXEC")
        text = str(caught.value)
        assert "its outcome is unknown" in text and "began has ended with the connection" in text
        assert caught.value.outcome_unknown and not session.in_multi and session.close() == ""


def test_lost_server_changed_nothing_by_what_is_queued(server):
    with start_server() as mortal, connect(mortal.host, mortal.port) as client:
        session = Session(client)
        session.run("MULTI")
        mortal.stop()
        with pytest.raises(CartConnectionError, match="Nothing was changed") as caught:
            session.run("SET demo:n 1")
        assert not caught.value.outcome_unknown


def test_client_that_sends_twice_is_refused(server):
    client = redis.Redis(port=server.port, decode_responses=True)
    with client, pytest.raises(CartConnectionError, match="sends a command up to"):
        Session(client).run("PING")


def test_control_characters_are_escapes(session):
    text = session.run("INFO \x1b[2J").text + session.run("ECHO \x1b[2J").text
    assert text.replace("\n", "").isprintable()
