"""Every test of the cart runs on fakeredis, on a private server and on a private cluster."""

import os
import tempfile
from contextlib import contextmanager

import pytest
from jupyter_client import KernelManager

from cartlib import connect, local_server
from cartlib.catalogue import load_catalogue
from cartlib.errors import LocalServerError

# On TCP, the kernels of two tests at the same time could want the same port.
TRANSPORT = "ipc" if os.name == "posix" else "tcp"
OURS = ["cart:*", "product:*", "products", "stock:*"]
THEIRS = ["other:string", "other:hash", "cartoon", "productivity", "stocking"]
READ = {
    "string": lambda client, key: client.get(key),
    "hash": lambda client, key: client.hgetall(key),
    "zset": lambda client, key: client.zrange(key, 0, -1, withscores=True),
    "set": lambda client, key: client.smembers(key),
    "list": lambda client, key: client.lrange(key, 0, -1),
}


def missing(reason):
    """Skip what can't be tested on this computer; in CI, which must test all of it, fail."""
    give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    give_up(reason)


def private(start):
    """Start a server or a cluster for the whole session, and stop it at the end."""
    try:
        started = start()
    except LocalServerError as error:
        if str(error) != local_server.MISSING:
            raise
        missing(str(error))
    with started:
        yield started


@pytest.fixture(scope="session", autouse=True)
def no_server_left():
    """Fail at the end if a redis-server that the tests started still runs."""
    pids, launch = [], local_server._launch

    def note(*args):
        server = launch(*args)
        pids.append(server.pid)
        return server

    local_server._launch = note
    yield
    local_server._launch = launch
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.fixture(scope="session")
def server(no_server_left):
    """The private redis-server of this session."""
    yield from private(local_server.start_server)


@pytest.fixture(scope="session")
def cluster(no_server_left):
    """The private cluster of this session."""
    yield from private(local_server.start_cluster)


@pytest.fixture
def cluster_client(cluster):
    """A client of the private cluster, for what only a cluster does."""
    with connect(cluster.host, cluster.port) as client:
        yield client


@pytest.fixture(params=["fakeredis", "server", "cluster"])
def client(request, monkeypatch):
    """A client of each backend, without our keys, and with foreign keys that have to stay."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    where = None if request.param == "fakeredis" else request.getfixturevalue(request.param)
    with connect(where.host, where.port) if where else connect() as client:
        delete(client, find(client, OURS))
        put_foreign_keys(client)
        before = snapshot(client, THEIRS)
        assert len(before) == len(THEIRS)
        yield client
        assert snapshot(client, THEIRS) == before


@pytest.fixture
def shop(client):
    """The client, with the sample catalogue loaded."""
    load_catalogue(client)
    return client


@pytest.fixture
def kit_keys(client):
    """A function that returns all keys of the kit, with their contents and times of expiry."""
    return lambda: snapshot(client, OURS)


@pytest.fixture
def refused(kit_keys):
    """A context that expects an error, and that no key of the kit is changed."""

    @contextmanager
    def refused(error):
        before = kit_keys()
        with pytest.raises(error) as caught:
            yield caught
        assert kit_keys() == before

    return refused


@pytest.fixture(
    params=["", None, 5, b"mug", "x" * 5000, "\ud800"], ids=lambda value: repr(value)[:9]
)
def bad_id(request):
    """Something that can't be a product id."""
    return request.param


@pytest.fixture(params=[0, -1, 1.5, True, "3", float("nan"), float("inf"), 2**53], ids=repr)
def bad_quantity(request):
    """Something that can't be a quantity."""
    return request.param


def find(client, patterns):
    """Return the keys that match one of the patterns. SCAN is for tests: the kit never searches."""
    return [key for pattern in patterns for key in client.scan_iter(match=pattern)]


def snapshot(client, patterns):
    """Return {key: (content, time of expiry)} of the keys that match."""
    found = find(client, patterns)
    return {key: (READ[client.type(key)](client, key), client.pexpiretime(key)) for key in found}


def delete(client, found):
    """Delete keys, which may be on several nodes of a cluster."""
    pipe = client.pipeline(transaction=False)
    for key in found:
        pipe.delete(key)
    pipe.execute()


def put_foreign_keys(client):
    """Write keys of some other program, some of them with names like ours."""
    client.set("other:string", "theirs", ex=10_000)
    client.hset("other:hash", "field", "theirs")
    client.set("cartoon", "theirs")
    client.set("productivity", "theirs")
    client.set("stocking", "theirs")


@contextmanager
def running_kernel(**options):
    """Start a kernel, and give its manager and a client of it; end it in any case."""
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/kernel.json"
        manager = KernelManager(transport=TRANSPORT, connection_file=file)
        manager.start_kernel(**options)
        client = manager.blocking_client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)
            yield manager, client
        finally:
            client.stop_channels()
            if manager.has_kernel:
                manager.shutdown_kernel(now=True)
