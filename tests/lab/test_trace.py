"""Trace: what was sent, in redis-cli's form, and in how many round trips."""

import threading

import pytest
import redis
from redis.cluster import RedisCluster

from cartlib import add_to_cart, connect, get_cart_items, get_product, remove_from_cart
from cartlib.cart import clear_cart
from cartlib.failures import address
from cartlib.lab.local_server import start_server
from cartlib.lab.trace import Command, Trace, format_reply, quote
from cartlib.views import cart_table

CALLS = [  # a call, its round trips on one server and on fakeredis, and those on a cluster
    (lambda client: get_product(client, "mug"), 1, 1),
    (lambda client: add_to_cart(client, "mug", 1), 2, 3),
    (lambda client: remove_from_cart(client, "line:1"), 1, 2),
    (lambda client: remove_from_cart(client, "line:1", quantity=1), 1, 2),
    (lambda client: get_cart_items(client), 1, 1),
    (lambda client: clear_cart(client), 2, 3),
    (lambda client: cart_table(client), 1, 2),
]
IDS = ["get_product", "add", "remove", "remove_part", "items", "clear", "cart_table"]


def traced(client, *words):
    """Return the one command that `words` make, as a trace sees it."""
    with Trace(client) as trace:
        client.execute_command(*words)
    [command] = trace.commands
    return command


def names(trace):
    return [command.name for command in trace.commands]


@pytest.mark.parametrize("lines", [1, 200])
@pytest.mark.parametrize("call, alone, in_cluster", CALLS, ids=IDS)
def test_round_trips(shop, call, alone, in_cluster, lines):
    shop.zadd("cart:{guest}", {f"line:{number}": 2 for number in range(1, lines + 1)})
    with Trace(shop) as trace:
        call(shop)
    assert trace.round_trips == (in_cluster if isinstance(shop, RedisCluster) else alone)
    assert max(command.trip for command in trace.commands) == trace.round_trips


@pytest.mark.parametrize(
    "word, expected",
    [
        ("mug", "mug"),
        ("a b", '"a b"'),
        ("", '""'),
        ('say "hi"', "'say \"hi\"'"),
        ('it\'s "it"', '"it\'s \\"it\\""'),
        ("it's", '"it\'s"'),
        ("back\\slash", '"back\\\\slash"'),
        ("two\nlines\r\t", '"two\\nlines\\r\\t"'),
        ("Zoë", "Zoë"),
        ("\x00", '"\\x00"'),
        ("\x1b[31m", '"\\x1b[31m"'),
        ("\u202e", '"\\xe2\\x80\\xae"'),
        (b"\xff a", '"\\xff a"'),
        (5, "5"),
        (1.5, "1.5"),
    ],
)
def test_command_quotes_as_redis_cli(word, expected):
    assert str(Command(("SET", word), 1)) == f"SET {expected}"


@pytest.mark.parametrize(
    "reply, expected",
    [
        (None, "(nil)"),
        (5, "(integer) 5"),
        (-1, "(integer) -1"),
        (1.5, "(double) 1.5"),
        (True, "(true)"),
        ("OK", "OK"),
        ("QUEUED", "QUEUED"),
        ("mug", '"mug"'),
        ("", '""'),
        ("<b>", '"<b>"'),
        ([], "(empty array)"),
        (["a", None, 3], '1) "a"\n2) (nil)\n3) (integer) 3'),
        ([["a", "b"], []], '1) 1) "a"\n   2) "b"\n2) (empty array)'),
        ({"name": "Mug"}, '1) "name"\n2) "Mug"'),
        (redis.ResponseError("ERR no"), "(error) ERR no"),
    ],
    ids=repr,
)
def test_format_reply(reply, expected):
    assert format_reply(reply) == expected


@pytest.mark.parametrize(
    "command",
    [
        Command(("GET", "\x1b[2J"), 1, "\x1b[2J"),
        Command(("GET", "\x9b2J\x07"), 1, ["\x07", {"\x08": "\x7f\u202e"}]),
        Command(("GET", "k"), 1, redis.ResponseError("ERR \x1b[2J\u202e\x9b")),
        Command(("EXEC",), 1, [redis.ResponseError("ERR \x1b[2J")]),
        Command(("TYPE", "k"), 1, "\x1b[2J\u202e"),
        Command(("\x1b[2J",), 1, b"\x1b[2J\x9b"),
        Command((b"\x1b[2J",), 1, "\x1b\ud800"),
    ],
    ids=range(7),
)
def test_trace_never_steers_the_terminal(command):
    """A module of Redis, or one who pretends to be Redis, can reply with anything."""
    trace = Trace(None)
    trace.commands = [command]
    assert str(trace).replace("\n", "").isprintable() and "\\x" in str(trace)


def test_format_reply_long_list_is_aligned():
    lines = format_reply(list("abcdefghij")).splitlines()
    assert lines[0] == ' 1) "a"'
    assert lines[9] == '10) "j"'


def test_quote_half_a_character():
    assert quote("a\ud800") == '"a\\xed\\xa0\\x80"'


def test_quote_bytes():
    assert quote(b"mug") == '"mug"'


@pytest.mark.parametrize(
    "words, expected",
    [
        (("SET", "cart:{t}", "a b"), "OK"),
        (("GET", "product:absent"), "(nil)"),
        (("ZADD", "cart:{guest}", 2, "mug"), "(integer) 1"),
        (("ZRANGE", "cart:{guest}", 0, -1), "(empty array)"),
        (("HMGET", "product:mug", "name", "absent"), '1) "Coffee mug"\n2) (nil)'),
        (("TYPE", "product:mug"), "hash"),
        (("TYPE", "product:absent"), "none"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_trace_command_and_reply(shop, words, expected):
    command = traced(shop, *words)
    assert command.words == words
    assert command.reply_text == expected


def test_trace_as_text(shop):
    with Trace(shop) as trace:
        shop.hget("product:mug", "name")
        shop.get("product:no such")
    assert str(trace) == '> HGET product:mug name\n"Coffee mug"\n> GET "product:no such"\n(nil)'


def test_trace_nested_reply(client):
    client.zadd("cart:{guest}", {"mug": 2})
    with Trace(client) as trace, client.pipeline(transaction=True) as pipe:
        pipe.zrange("cart:{guest}", 0, -1).zcard("cart:{guest}").execute()
    assert trace.commands[-1].reply_text == '1) 1) "mug"\n2) (integer) 1'


def test_trace_error_reply(client):
    client.set("cart:{guest}", "text")
    with Trace(client) as trace, pytest.raises(redis.ResponseError):
        client.zadd("cart:{guest}", {"mug": 1})
    [command] = trace.commands
    assert command.reply_text.startswith("(error) WRONGTYPE Operation against a key")


def test_trace_error_in_a_transaction(client):
    client.set("cart:{guest}", "text")
    with Trace(client) as trace, client.pipeline(transaction=True) as pipe:
        pipe.zcard("cart:{guest}").strlen("cart:{guest}").execute(raise_on_error=False)
    assert names(trace) == ["MULTI", "ZCARD", "STRLEN", "EXEC"]
    assert "WRONGTYPE" in trace.commands[-1].reply_text
    assert "(integer) 4" in trace.commands[-1].reply_text


def test_trace_pipeline_is_one_round_trip(shop):
    with Trace(shop) as trace, shop.pipeline(transaction=False) as pipe:
        for name in ("mug", "teapot", "kettle"):
            pipe.hget(f"product:{name}", "name")
        pipe.execute()
    replies = {str(command): command.reply for command in trace.commands}
    assert replies["HGET product:teapot name"] == "Glass teapot"
    assert (len(replies), trace.round_trips) == (3, 1)


def test_trace_pipelines_one_after_the_other(client):
    with Trace(client) as trace:
        for _ in range(3):
            client.pipeline(transaction=False).get("product:a").execute()
    assert [command.trip for command in trace.commands] == [1, 2, 3]


def test_trace_nested(client):
    with Trace(client) as outer:
        client.get("product:a")
        with Trace(client) as inner:
            client.get("product:b")
        client.get("product:c")
    assert [str(command) for command in inner.commands] == ["GET product:b"]
    assert (len(outer.commands), outer.round_trips) == (3, 3)


def test_trace_ended_in_another_order(client):
    first, second = Trace(client).__enter__(), Trace(client).__enter__()
    client.get("product:a")
    first.__exit__()
    client.get("product:b")
    second.__exit__()
    assert (len(first.commands), len(second.commands)) == (1, 2)


def test_trace_after_its_end_sees_nothing(client):
    with Trace(client) as trace:
        client.get("product:a")
    client.get("product:b")
    assert [str(command) for command in trace.commands] == ["GET product:a"]


def test_trace_ends_with_an_error(client):
    with pytest.raises(ZeroDivisionError), Trace(client) as trace:
        raise ZeroDivisionError
    client.get("product:a")
    assert trace.commands == []


def test_trace_does_not_see_another_client(server):
    with connect(server.host, server.port) as one, connect(server.host, server.port) as other:
        with Trace(one) as trace:
            other.get("product:a")
        assert (trace.commands, trace.round_trips, str(trace)) == ([], 0, "")


def test_trace_does_not_see_another_client_of_fakeredis(monkeypatch):
    monkeypatch.delenv("REDIS_URL", raising=False)
    with connect() as one, connect() as other, Trace(one) as trace:
        other.get("product:a")
    assert trace.commands == []


def test_trace_sees_other_threads_of_its_client(client):
    with Trace(client) as trace:
        threads = [threading.Thread(target=client.get, args=[f"product:{n}"]) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(map(str, trace.commands)) == [f"GET product:{n}" for n in range(4)]


def test_trace_never_shows_the_password(server):
    with start_server() as own:
        with redis.Redis(port=own.port) as admin:
            admin.config_set("requirepass", "hunter2")
        with connect(url=f"redis://:hunter2@{own.host}:{own.port}") as client:
            with Trace(client) as trace:
                client.connection_pool.disconnect()  # so that the trace meets a handshake
                client.get("product:a")
            assert names(trace) == ["GET"]
    assert "hunter2" not in str(trace) + repr(trace.commands)


def test_trace_leaves_out_the_handshake_of_a_lost_connection(server):
    with connect(server.host, server.port) as client:
        client.connection_pool.disconnect()
        with Trace(client) as trace:
            client.exists("cart:{demo}")
            client.connection_pool.disconnect()
            client.exists("cart:{demo}")
    assert names(trace) == ["EXISTS", "EXISTS"] and trace.round_trips == 2
    assert [command.reply for command in trace.commands] == [0, 0]


def test_trace_of_watch(client):
    with Trace(client) as trace:
        client.transaction(lambda pipe: (pipe.multi(), pipe.get("product:a")), "product:a")
    assert names(trace) == ["WATCH", "MULTI", "GET", "EXEC"]
    assert trace.round_trips == 2


def test_trace_leaves_results_alone(shop):
    add_to_cart(shop, "mug", 2)
    with Trace(shop):
        traced_items = get_cart_items(shop)
    assert traced_items == get_cart_items(shop) == [("mug", 2)]
    assert address(shop)
