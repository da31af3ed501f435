"""What goes wrong is told for what it is, and nothing is half done."""

import asyncio
import threading
import time
from contextlib import contextmanager

import pytest
import redis
from backends import OURS, snapshot, wait_until
from faults import Scripted
from redis.backoff import NoBackoff
from redis.retry import Retry

from cartlib import (
    CartConnectionError,
    CartDataError,
    CartError,
    ProductNotFoundError,
    add_to_cart,
    connect,
    get_cart_items,
    get_product,
    remove_from_cart,
    timed_pool,
)
from cartlib.cart import clear_cart
from cartlib.catalogue import (
    IN_PART,
    delete_product,
    list_products,
    load_catalogue,
    search_products,
)
from cartlib.checkout import checkout, set_stock
from cartlib.connection import describe
from cartlib.errors import shown
from cartlib.failures import UNKNOWN, UNTOUCHED, unreachable
from cartlib.lab import local_server
from cartlib.lab.local_server import start_cluster, start_server
from cartlib.timed_pool import _TimedSocket
from cartlib.views import cart_table, key_table

CART, DEADLINES = "cart:{guest}", "cart:{guest}:deadlines"
HUGE = pytest.param(10**5000, id="huge")
NO_RETRY = {"decode_responses": True, "retry": Retry(NoBackoff(), 0)}


@pytest.fixture
def own(server):
    """A server of one test alone, with a small shop; and a client of it."""
    with start_server() as own, connect(own.host, own.port) as client:
        load_catalogue(client)
        set_stock(client, {"mug": 5, "lamp": 5})
        add_to_cart(client, "mug", 2)
        add_to_cart(client, "lamp", 1)
        yield client


@pytest.fixture
def user(own):
    """A function that returns a client of a user with all rights but those, made by connect()."""
    port = own.get_connection_kwargs()["port"]

    def make(*denied, made_by=connect):
        own.execute_command("ACL SETUSER", "ann", "on", ">pw", "~*", "&*", "+@all", *denied)
        if made_by is connect:
            return connect(url=f"redis://ann:pw@127.0.0.1:{port}")
        return redis.Redis(port=port, username="ann", password="pw", **NO_RETRY)

    return make


def refusal(call, *args):
    """Return the CartConnectionError that a call raises."""
    with pytest.raises(CartConnectionError) as caught:
        call(*args)
    return caught.value


# Users ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["multi", "exec"])
def test_user_without_multi_can_not_connect(user, command):
    assert "right" in str(refusal(user, f"-{command}"))


def test_user_without_multi_is_told_what_was_done(own, user):
    """Redis refuses MULTI, and then does the commands one by one."""
    with user("-multi", made_by=redis.Redis) as client:
        error = refusal(add_to_cart, client, "mug", 1)
    assert error.outcome_unknown and "one by one" in str(error)
    assert own.zscore(CART, "mug") == 3


def test_user_without_exec_changes_nothing_and_goes_on(own, user):
    before = snapshot(own, OURS)
    with user("-exec", made_by=redis.Redis) as client:
        error = refusal(add_to_cart, client, "mug", 1)
        assert not error.outcome_unknown and "Nothing was changed" in str(error)
        assert get_product(client, "mug")["name"] == "Coffee mug"  # and not QUEUED
    assert snapshot(own, OURS) == before


@pytest.mark.parametrize(
    "denied, call",
    [
        ("-zincrby", lambda client: add_to_cart(client, "mug", 1)),
        ("-publish", lambda client: add_to_cart(client, "mug", 1)),
        ("-zrem", lambda client: remove_from_cart(client, "mug")),
        ("-zscore", lambda client: add_to_cart(client, "mug", 1)),
        ("-watch", checkout),
        ("-set", checkout),
        ("-zremrangebyrank", clear_cart),
        ("-sadd", load_catalogue),
        ("-del", lambda client: delete_product(client, "mug")),
        ("-hgetall", lambda client: get_product(client, "mug")),
    ],
)
def test_user_without_one_right(own, user, denied, call):
    before = snapshot(own, OURS)
    with user(denied) as client:
        error = refusal(call, client)
        assert "this user may not do that" in str(error) and f"'{denied[1:]}'" in str(error)
        if denied in ("-sadd", "-del"):  # not the first step of the change
            assert "again: that does no harm" in str(error) and error.outcome_unknown
        else:
            assert snapshot(own, OURS) == before and not error.outcome_unknown
        assert client.ping()


def test_user_without_sort_sees_the_cart(user):
    with user("-sort") as client:
        assert list(cart_table(client)["quantity"]) == [1, 2]


# Servers that refuse --------------------------------------------------------------------------


def expire_lamp(client):
    client.zadd(DEADLINES, {"lamp": time.time() - 10})


def test_replica_is_read_and_refuses_changes(own, caplog):
    expire_lamp(own)
    own.replicaof("127.0.0.1", 1)
    before = snapshot(own, OURS)
    assert get_cart_items(own) == [("mug", 2)]
    assert cart_table(own).attrs["total"] == 19
    assert "not swept" in caplog.text and "replica" in caplog.text
    for call in (clear_cart, checkout, lambda client: add_to_cart(client, "pencil", 1)):
        error = refusal(call, own)
        assert "it is a replica, which only reads" in str(error)
        assert "Nothing was changed" in str(error) and not error.outcome_unknown
    assert snapshot(own, OURS) == before


def test_full_server_is_read_and_refuses_adds(own):
    expire_lamp(own)
    own.config_set("maxmemory", "1")
    before = snapshot(own, OURS)
    error = refusal(add_to_cart, own, "mug", 1)
    assert "its memory is full" in str(error) and "Nothing was changed" in str(error)
    assert snapshot(own, OURS) == before
    assert get_cart_items(own) == [("mug", 2)]
    assert cart_table(own).attrs["total"] == 19
    assert [product["product_id"] for product in list_products(own)][:1] == ["poems"]


def test_server_that_wants_replicas(own):
    own.config_set("min-replicas-to-write", "1")
    error = refusal(add_to_cart, own, "mug", 1)
    assert "too few replicas" in str(error) and not error.outcome_unknown
    assert get_cart_items(own) == [("lamp", 1), ("mug", 2)]


def test_server_that_is_busy_with_a_script(own):
    own.config_set("lua-time-limit", "1")
    port = own.get_connection_kwargs()["port"]
    with redis.Redis(port=port, socket_timeout=30, **NO_RETRY) as other:

        def loop():
            with pytest.raises(redis.ResponseError):
                other.eval("while true do end", 0)

        thread = threading.Thread(target=loop)
        thread.start()
        try:
            wait_until_busy(own)
            error = refusal(add_to_cart, own, "mug", 1)
            assert "it is busy with a script" in str(error) and not error.outcome_unknown
        finally:
            own.script_kill()
            thread.join()
    assert own.zscore(CART, "mug") == 2


def wait_until_busy(client):
    def is_busy():
        try:
            return not client.ping()
        except redis.ResponseError:
            return True

    wait_until(is_busy)


def test_database_that_is_not_there(own):
    port = own.get_connection_kwargs()["port"]
    error = refusal(lambda: connect(url=f"redis://127.0.0.1:{port}/99"))
    assert "it has no database of that number" in str(error) and "key INFO" not in str(error)


def test_plain_client_of_a_cluster(cluster):
    with connect(cluster.host, cluster.port) as whole:
        nodes = [node.redis_connection.get_connection_kwargs() for node in whole.get_nodes()]
        for node in nodes:
            with redis.Redis(node["host"], node["port"], **NO_RETRY) as client:
                error = refusal(load_catalogue, client)
                assert "Make the client by connect()" in str(error)
                assert "Nothing was changed" not in str(error)


def test_all_connections_in_use(own):
    port = own.get_connection_kwargs()["port"]
    pool = redis.ConnectionPool(port=port, max_connections=1, **NO_RETRY)
    with redis.Redis.from_pool(pool) as client, client.pipeline() as pipe:
        pipe.watch(CART)  # holds the only one
        error = refusal(add_to_cart, client, "mug", 1)
        assert "All connections" in str(error) and "can't be reached" not in str(error)
        pipe.unwatch()


@pytest.mark.parametrize(
    "change, words, unknown",
    [
        (None, "give it more.", False),
        (UNKNOWN, "Nothing was changed.", False),
        (UNTOUCHED, "Nothing was changed.", False),
        (IN_PART, IN_PART, True),
    ],
)
def test_command_that_was_not_sent_may_not_be_the_first(change, words, unknown):
    error = unreachable("here", redis.exceptions.MaxConnectionsError(), change)
    assert str(error).endswith(words) and error.outcome_unknown is unknown


# What answers, but is no Redis, or an odd one -------------------------------------------------


def queued(*replies):
    """Return answers to a handshake and a MULTI, where EXEC answers `replies`."""
    answers = {"MULTI": b"+OK\r\n", "EXEC": b"*%d\r\n" % len(replies) + b"".join(replies)}
    inside = []

    def answer(words):
        name = words[0].upper()
        if name in answers:
            inside[:] = [] if name == "EXEC" else ["MULTI"]
            return answers[name]
        if inside:
            return b"+QUEUED\r\n"
        return replies[0] if name == "INFO" else b"+OK\r\n"

    return answer


def bulk(text):
    return b"$%d\r\n%s\r\n" % (len(text), text.encode())


def test_port_of_another_program():
    with Scripted(lambda words: b"HTTP/1.1 400 Bad Request\r\n\r\n") as server:
        error = refusal(connect, "127.0.0.1", server.port)
    assert "answers, but not as a Redis does" in str(error)
    assert error.address == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize("reply", [b":5\r\n", b"$-1\r\n", b"*0\r\n", b"*1\r\n:1\r\n"])
def test_info_that_can_not_be_read(reply):
    with Scripted(queued(reply)) as server:
        error = refusal(connect, "127.0.0.1", server.port)
    assert "INFO that can't be read" in str(error)


@pytest.mark.parametrize("text", ["", "cluster_enabled", "cluster_enabled:x", "a:b=c,d=e"])
def test_info_with_little_in_it(text):
    with Scripted(queued(bulk(text))) as server, connect("127.0.0.1", server.port) as client:
        assert describe(client) == f"A Redis of unknown version server at 127.0.0.1:{server.port}."


@pytest.mark.parametrize("name", ["redis", "valkey"])
def test_version_can_not_steer_the_terminal(name):
    text = f"{name}_version:\x1b[2J7\x07"
    with Scripted(queued(bulk(text))) as server, connect("127.0.0.1", server.port) as client:
        assert rf"A {name.title()} \x1b[2J7\x07 server" in describe(client)


@pytest.mark.parametrize("drip", [0.02, 0.15])
def test_server_that_drips_is_left_after_the_time_out(drip):
    """redis-py's own time-out is for each part: it would wait for all of the 20,000 bytes."""
    long = bulk("x" * 20_000)
    with Scripted(lambda words: long, drip) as server:
        error = refusal(lambda: connect("127.0.0.1", server.port, timeout=0.2))
    assert "did not answer in time" in str(error) and server.sent < 200


def test_slow_listener_outlives_the_time_out(own):
    """A time-out is for answers: Pub/Sub waits for others as long as it is told."""
    port = own.get_connection_kwargs()["port"]
    with connect("127.0.0.1", port, timeout=0.1) as client, client.pubsub() as pubsub:
        pubsub.subscribe("cart:{guest}:events")
        assert pubsub.get_message(timeout=5)["type"] == "subscribe"
        timer = threading.Timer(0.3, lambda: add_to_cart(own, "mug", 1))
        timer.start()
        assert pubsub.get_message(timeout=10)["type"] == "message"
        timer.join()


def test_idle_connection_that_was_killed_is_survived(own):
    with connect("127.0.0.1", own.get_connection_kwargs()["port"]) as other:
        other.client_kill_filter(_type="normal", skipme=True)
        wait_until(lambda: len(other.client_list()) == 1)
    assert add_to_cart(own, "mug", 1) == 3


class Socket:
    """A socket that notes its time-outs, and always has something to read."""

    def __init__(self, usual):
        self.timeouts = [usual]

    def gettimeout(self):
        return self.timeouts[-1]

    def settimeout(self, seconds):
        self.timeouts.append(seconds)

    def recv(self, size):
        return b"+" * size


def test_time_out_is_for_the_whole_answer(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(timed_pool.time, "monotonic", lambda: now[0])
    sock = _TimedSocket(Socket(2.0))
    sock.begin_answer(2.0)
    assert sock.recv(3) == b"+++"
    assert sock._sock.timeouts == [2.0]  # the first part has all of the time
    now[0] = 101.5
    assert sock.recv(3) == b"+++"
    assert sock._sock.timeouts == [2.0, 0.5, 2.0]
    now[0] = 102.0
    with pytest.raises(TimeoutError):
        sock.recv(3)
    sock.settimeout(None)  # as Pub/Sub does: it may wait for ever
    assert sock.recv(3) == b"+++"
    assert sock._sock.timeouts == [2.0, 0.5, 2.0, None]


def test_look_whether_something_is_there_takes_no_time(monkeypatch):
    """redis-py looks so whether a connection of the pool was closed meanwhile."""
    sock = _TimedSocket(Socket(0))
    sock.until = 0.0  # long ago
    assert sock.recv(3) == b"+++" and sock._sock.timeouts == [0]


def test_host_can_not_steer_the_terminal():
    error = refusal(lambda: connect("no-such-host\x1b[2J.invalid", timeout=0.5))
    assert "\x1b" not in str(error) and "\\x1b[2J" in str(error)


# What is no client ----------------------------------------------------------------------------


def pipeline():
    return redis.Redis(**NO_RETRY).pipeline()


def asynchronous():
    return redis.asyncio.Redis(decode_responses=True)


def retrying():
    return redis.Redis(decode_responses=True)


@pytest.mark.parametrize(
    "make, words",
    [
        (pipeline, "not a Pipeline"),
        (asynchronous, "not a Redis"),
        (retrying, "sends a command up to 10 times more"),
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        lambda client: add_to_cart(client, "mug", 1),
        get_cart_items,
        cart_table,
        describe,
        load_catalogue,
        checkout,
    ],
)
def test_what_is_no_client_is_refused(make, words, call):
    client = make()
    assert words in str(refusal(call, client))
    closed = client.aclose() if make is asynchronous else client.close()
    if closed:
        asyncio.run(closed)


def test_url_in_place_of_a_client_is_not_shown():
    assert "s3cret" not in str(refusal(get_cart_items, "redis://:s3cret@localhost"))


# Values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [HUGE, {"a": 10**5000}, [10**5000]], ids=["huge", "dict", "list"])
def test_huge_number_is_told_not_written(client, unsent, value):
    calls = [
        lambda: add_to_cart(client, value, 1),
        lambda: add_to_cart(client, "mug", value),
        lambda: add_to_cart(client, "mug", 1, cart=value),
        lambda: key_table(client, value),
        lambda: connect(value),
        lambda: connect("localhost", value),
        lambda: connect(url=value),
        lambda: connect("localhost", timeout=value),
        lambda: set_stock(client, value),
    ]
    for call in calls:
        with unsent(CartError):
            call()
    assert "can't be written" in shown(10**5000)


@pytest.mark.parametrize("key", [None, 5, b"mug", ["mug"], "\ud800", HUGE])
def test_key_table_of_what_is_no_key(client, key, unsent):
    with unsent(CartDataError) as caught:
        key_table(client, key)
    assert "A key is a text that UTF-8" in str(caught.value)


@pytest.mark.parametrize("fields", ["string", {"price": "9.50"}, {"name": "Coffee mug"}])
def test_product_that_is_no_product_is_told_alike(shop, fields):
    """By fakeredis, a server and a cluster: it shows as no longer sold, and can't be bought."""
    add_to_cart(shop, "mug", 1)
    set_stock(shop, {"mug": 5})
    shop.delete("product:mug")
    shop.set("product:mug", "theirs") if fields == "string" else shop.hset(
        "product:mug", mapping=fields
    )
    table = cart_table(shop)
    assert list(table["available"]) == [False] and table.attrs["total"] == 0
    for call in (checkout, lambda client: get_product(client, "mug")):
        with pytest.raises(CartDataError) as caught:
            call(shop)
        assert caught.value.key == "product:mug"
    assert shop.hget("stock:{guest}", "mug") == "5" and get_cart_items(shop) == [("mug", 1)]


def test_list_with_a_product_of_another_type_is_told_alike(shop):
    shop.delete("product:mug")
    shop.set("product:mug", "theirs")
    for call in (list_products, lambda client: search_products(client, "mug")):
        with pytest.raises(CartDataError) as caught:
            call(shop)
        assert caught.value.key == "product:mug"
        assert str(caught.value).startswith("The key product:mug holds another type")


def test_product_that_is_gone_can_not_be_bought(shop):
    add_to_cart(shop, "mug", 1)
    set_stock(shop, {"mug": 5})
    shop.delete("product:mug")
    with pytest.raises(ProductNotFoundError):
        checkout(shop)


# Servers that come and go ---------------------------------------------------------------------


def test_server_that_loads():
    with Scripted(lambda words: b"-LOADING Redis is loading the dataset in memory\r\n") as server:
        assert "is still loading its data" in str(refusal(connect, "127.0.0.1", server.port))


def test_server_with_too_many_clients(own):
    port = own.get_connection_kwargs()["port"]
    own.config_set("maxclients", len(own.client_list()))
    assert "max number of clients" in str(refusal(connect, "127.0.0.1", port))
    assert add_to_cart(own, "mug", 1) == 3


def test_replica_that_becomes_the_primary(own):
    own.replicaof("127.0.0.1", 1)
    refusal(add_to_cart, own, "mug", 1)
    own.replicaof("NO", "ONE")
    assert add_to_cart(own, "mug", 1) == 3


def test_failover_of_a_cluster(server):
    """A replica takes over: the same client finds it, and each change is told for what it was."""
    with start_cluster() as three, connect(three.host, three.port) as client:
        load_catalogue(client)
        old = client.get_node_from_key(CART).redis_connection
        with replica_of(old) as replica:
            add_to_cart(client, "mug", 2)
            assert old.wait(1, 10_000) == 1
            replica.cluster("FAILOVER", "TAKEOVER")
            wait_until(lambda: replica.role()[0] == "master" and old.role()[0] == "slave")
            done = 0
            for _ in range(5):
                try:
                    add_to_cart(client, "mug", 1)
                    done += 1
                except CartConnectionError as error:
                    assert not error.outcome_unknown
            assert done >= 3 and get_cart_items(client) == [("mug", 2 + done)]


@contextmanager
def replica_of(primary):
    """Start a further node of the cluster, which copies this one."""
    where = primary.get_connection_kwargs()
    with (
        local_server._start(*local_server.CLUSTER.split()) as node,
        redis.Redis(port=node.port, **NO_RETRY) as client,
    ):
        client.cluster("MEET", where["host"], where["port"])
        name = primary.cluster("MYID")
        wait_until(lambda: name in client.execute_command("CLUSTER", "NODES"))
        wait_until(lambda: is_ok(client.cluster, "REPLICATE", name))
        wait_until(lambda: client.info("replication").get("master_link_status") == "up")
        yield client


def is_ok(call, *args):
    try:
        return call(*args)
    except redis.ResponseError:
        return False
