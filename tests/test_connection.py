"""connect(): which Redis it reaches, and how it fails."""

import gc
import os
import socket
import time
import traceback
from importlib import metadata

import pytest
import redis
from redis.cluster import RedisCluster

from cartlib import CartConnectionError, CartError, add_to_cart, connect, get_cart_items
from cartlib.connection import describe
from cartlib.failures import address
from cartlib.lab import local_server
from cartlib.lab.local_server import start_cluster, start_server

SECRET = "hunter2-%C3%A9-secret"
HINT = "Check that the server runs"


@pytest.fixture
def closed_port():
    """A port where nobody listens, and which nobody else gets meanwhile."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@pytest.fixture
def silent_port():
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def locked_server(server):
    """A server of its own that asks for the password "right"."""
    with start_server() as locked:
        with redis.Redis(port=locked.port) as client:
            client.config_set("requirepass", "right")
        yield locked


def all_text(error):
    """Return all that a learner could be shown of an error, its causes included."""
    return "".join(traceback.format_exception(error)) + str(error) + repr(error)


def test_connect_host_and_port(server):
    with connect(server.host, server.port) as client:
        assert type(client) is redis.Redis
        assert client.info("server")["process_id"] == server.pid


def test_connect_host_and_port_by_name(server):
    with connect(host=server.host, port=server.port) as client:
        assert address(client) == f"127.0.0.1:{server.port}"


def test_connect_url(server):
    with connect(url=f"{server.url}/1") as client:
        assert client.info("server")["process_id"] == server.pid
        assert client.client_info()["db"] == 1


@pytest.mark.parametrize("way", ["host", "url", "environment"])
def test_connect_cluster_gives_cluster_client(cluster, way, monkeypatch):
    monkeypatch.setenv("REDIS_URL", cluster.url)
    arguments = {"host": {"host": cluster.host, "port": cluster.port}, "url": {"url": cluster.url}}
    with connect(**arguments.get(way, {})) as client:
        assert isinstance(client, RedisCluster)
        assert len(client.get_nodes()) == 3


def test_connect_cluster_with_a_dead_node(cluster):
    with start_cluster() as three:
        for node in three.nodes:  # else the two refuse everything when they miss the first
            with redis.Redis(port=node.port) as admin:
                admin.config_set("cluster-require-full-coverage", "no")
        three.nodes[0].stop()  # redis-py asks the node of slot 0 first
        for node in three.nodes[1:]:
            with connect(node.host, node.port) as client:
                assert client.retry.get_retries() == 0
                assert get_cart_items(client, cart="bob") == []
                with pytest.raises(CartConnectionError, match="its outcome is unknown"):
                    add_to_cart(client, "mug", 1, cart="ann")


def test_connect_redis_url_in_environment(server, monkeypatch):
    monkeypatch.setenv("REDIS_URL", server.url)
    with connect() as client:
        assert client.info("server")["process_id"] == server.pid


def test_connect_host_wins_over_environment(server, closed_port, monkeypatch):
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{closed_port}")
    with connect(server.host, server.port) as client:
        assert client.info("server")["process_id"] == server.pid


def test_connect_url_wins_over_environment(server, closed_port, monkeypatch):
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{closed_port}")
    with connect(url=server.url) as client:
        assert client.info("server")["process_id"] == server.pid


@pytest.mark.parametrize("value", [None, ""])
def test_connect_nothing_is_one_shared_fakeredis(value, monkeypatch):
    monkeypatch.delenv("REDIS_URL", raising=False)
    if value is not None:
        monkeypatch.setenv("REDIS_URL", value)
    with connect() as one, connect() as other:
        assert address(one) == "fakeredis"
        one.zadd("cart:{shared}", {"mug": 2})
        assert get_cart_items(other, cart="shared") == [("mug", 2)]
        other.delete("cart:{shared}")


def test_connect_never_resends(server, cluster):
    with connect(server.host, server.port) as one, connect(cluster.host, cluster.port) as three:
        nodes = [node.redis_connection for node in three.get_nodes()]
        for client in [one, *nodes]:
            assert client.get_retry().get_retries() == 0
        assert three.retry.get_retries() == 0


def test_connect_refused_port_is_quick(closed_port):
    start = time.perf_counter()
    with pytest.raises(CartConnectionError, match=f"127.0.0.1:{closed_port}") as caught:
        connect("127.0.0.1", closed_port)
    assert time.perf_counter() - start < 0.2
    assert caught.value.address == f"127.0.0.1:{closed_port}"
    assert HINT in str(caught.value)


def test_connect_silent_port_times_out(silent_port):
    start = time.perf_counter()
    with pytest.raises(CartConnectionError, match="did not answer in time") as caught:
        connect("127.0.0.1", silent_port, timeout=0.3)
    assert time.perf_counter() - start < 1
    assert caught.value.address == f"127.0.0.1:{silent_port}"


@pytest.mark.parametrize("way", ["host", "url", "environment"])
def test_connect_never_falls_back_to_fakeredis(closed_port, way, monkeypatch):
    url = f"redis://127.0.0.1:{closed_port}"
    monkeypatch.setenv("REDIS_URL", url)
    arguments = {"host": {"host": "127.0.0.1", "port": closed_port}, "url": {"url": url}}
    with pytest.raises(CartConnectionError, match="can't be reached"):
        connect(**arguments.get(way, {}))


def test_connect_failed_leaves_no_socket(closed_port, silent_port):
    for port in (closed_port, silent_port):
        with pytest.raises(CartConnectionError):
            connect("127.0.0.1", port, timeout=0.1)
    gc.collect()  # a socket left open would warn now, and warnings are errors


def test_connect_server_that_ends_later(server):
    with start_server() as own, connect(own.host, own.port) as client:
        own.stop()
        with pytest.raises(CartConnectionError, match="outcome is unknown") as caught:
            add_to_cart(client, "mug", 1)
        assert caught.value.address == f"127.0.0.1:{own.port}"
        with pytest.raises(CartConnectionError) as caught:
            get_cart_items(client)
        assert "unknown" not in str(caught.value)  # nothing was to be changed


def test_connect_url_password_is_not_shown(closed_port):
    with pytest.raises(CartConnectionError, match=f"127.0.0.1:{closed_port}") as caught:
        connect(url=f"redis://user:{SECRET}@127.0.0.1:{closed_port}")
    assert "hunter2" not in all_text(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        f"http://:{SECRET}@localhost",
        f"redis://:{SECRET}@localhost:port",
        f"redis://:{SECRET}@localhost:99999",
        f"redis://:{SECRET}@[localhost",
        f"redis://user:{SECRET}/more@localhost",
        f"redis://user:{SECRET}#more@localhost",
        f"redis://:{SECRET}@localhost/0?socket_timeout=x",
        f"redis://:{SECRET}@localhost/abc",
        f"redis://:{SECRET}@localhost/1/2",
        f"redis://:{SECRET}@localhost/-1",
        f"redis://:{SECRET}@localhost?db=x",
        f":{SECRET}@localhost",
        SECRET,
        5,
        b"redis://localhost",
    ],
)
def test_connect_bad_url(url):
    with pytest.raises(CartConnectionError, match="redis://HOST:PORT") as caught:
        connect(url=url)
    assert "hunter2" not in all_text(caught.value)


@pytest.mark.parametrize(
    "option", ["socket_timeout=-1", "retry=5", "decode_responses=False", "protocol=3", "x=1"]
)
def test_connect_url_with_an_option_of_its_own(option):
    with pytest.raises(CartConnectionError, match=f"no option '{option.split('=')[0]}'") as caught:
        connect(url=f"redis://:{SECRET}@localhost/0?{option}")
    assert "hunter2" not in all_text(caught.value)


@pytest.mark.skipif(os.name == "nt", reason="no such sockets here")
def test_connect_unix_socket(server, tmp_path):
    path = tmp_path / "redis.sock"
    with (
        local_server._start("--unixsocket", str(path)),
        connect(url=f"unix://{path}?db=1") as client,
    ):
        assert address(client) == str(path) and client.client_info()["db"] == 1
        assert get_cart_items(client) == []
        assert describe(client).endswith(f" server at {path}.")


@pytest.mark.skipif(os.name == "nt", reason="no such sockets here")
def test_connect_unix_socket_of_a_cluster(server, tmp_path):
    path = tmp_path / "redis.sock"
    with (
        local_server._start("--unixsocket", str(path), *local_server.CLUSTER.split()),
        pytest.raises(CartConnectionError, match="is part of a cluster") as caught,
    ):
        connect(url=f"unix://{path}")
    assert caught.value.address == str(path)


@pytest.mark.parametrize("login", ["", ":hunter2@", "nobody:hunter2@"])
def test_connect_wrong_password(locked_server, login):
    with pytest.raises(
        CartConnectionError, match="refused the user name or the password"
    ) as caught:
        connect(url=f"redis://{login}127.0.0.1:{locked_server.port}")
    assert caught.value.address == f"127.0.0.1:{locked_server.port}"
    assert "hunter2" not in all_text(caught.value)


def test_connect_right_password(locked_server):
    with connect(url=f"redis://:right@127.0.0.1:{locked_server.port}") as client:
        assert client.ping()
        assert "right" not in address(client)


def test_connect_user_without_info_has_a_cart(locked_server):
    with connect(url=f"redis://:right@127.0.0.1:{locked_server.port}") as admin:
        admin.execute_command("ACL SETUSER", "shopper", "on", ">pw", "~*", "&*", "+@all", "-info")
    with connect(url=f"redis://shopper:pw@127.0.0.1:{locked_server.port}") as client:
        assert get_cart_items(client) == []


@pytest.mark.parametrize("host", ["", 5, b"localhost", "x" * 254, True])
def test_connect_bad_host(host):
    with pytest.raises(CartConnectionError, match="A host is a name") as caught:
        connect(host)
    assert repr(host)[:20] in str(caught.value)


@pytest.mark.parametrize(
    "host", ["x" * 100, "a..b", "a b", "a\0b", "\ud800", "no-such-host.invalid"]
)
def test_connect_impossible_host(host):
    with pytest.raises(CartConnectionError):
        connect(host, timeout=0.5)


@pytest.mark.parametrize("port", [0, -1, 65536, "6379", None, True, 1.5])
def test_connect_bad_port(port):
    with pytest.raises(CartConnectionError, match="A port is a number") as caught:
        connect("127.0.0.1", port)
    assert repr(port) in str(caught.value)


def test_connect_host_and_url():
    with pytest.raises(CartConnectionError, match="a host or a url, not both"):
        connect("localhost", url="redis://localhost")


@pytest.mark.parametrize("timeout", [0, -1, "2", float("nan")])
def test_connect_bad_timeout(closed_port, timeout):
    with pytest.raises(CartError):
        connect("127.0.0.1", closed_port, timeout=timeout)


def test_client_of_bytes_is_refused(server):
    with (
        redis.Redis(server.host, server.port) as client,
        pytest.raises(CartConnectionError, match="decode_responses=True"),
    ):
        get_cart_items(client)


@pytest.mark.parametrize("thing", [None, "localhost", 5, redis])
def test_client_of_another_kind_is_refused(thing):
    with pytest.raises(CartConnectionError, match="Give a client that connect"):
        get_cart_items(thing)


def test_describe_names_the_server_and_its_version(client, redis_name):
    if redis_name == "fakeredis":
        expected = f"fakeredis {metadata.version('fakeredis')}: a pretended server"
    else:
        name, version, *cluster = redis_name.split("-")
        expected = f"A {'cluster of ' if cluster else ''}{name.title()} {version}."
        assert address(client) in describe(client)
    assert describe(client).startswith(expected)


def test_describe_never_shows_the_password(server):
    with connect(url=f"redis://default:hunter2@{server.host}:{server.port}") as client:
        assert "hunter2" not in describe(client)
