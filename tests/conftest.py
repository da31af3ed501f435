"""The fixtures that all tests share.

A test that takes `client`, `server` or `cluster` runs on each kind of Redis that it is meant for:
those of cartlib's own folder and of its shop, and those marked `every_server`, on every kind that
is found, the others, and those marked `one_kind`, on the kit's own choice. What takes `unsent`
never reaches a server: fakeredis and one server do for it.
"""

import gc
import os
import re
import sys
from collections import Counter
from contextlib import ExitStack, contextmanager, nullcontext
from functools import cache
from pathlib import Path

import fakeredis
import pytest
import redis
from backends import (
    FIRST,
    OURS,
    PROGRAMS,
    THEIRS,
    Servers,
    delete,
    find,
    foreign_keys,
    missing,
    put_foreign_keys,
    snapshot,
)
from redis.cluster import RedisCluster
from xdist.scheduler import LoadScopeScheduling

from cartlib import connect
from cartlib.catalogue import load_catalogue
from cartlib.lab import local_server
from cartlib.lab.local_server import start_cluster
from cartlib.lab.server_program import MISSING, installed

HERE = Path(__file__).parent
# What a process learns but once, the reference of an exercise; and what it starts but once: the
# browser edition, and JupyterLab with a browser.
IN_JUPYTERLAB = r"^tests/notebooks/test_(?=browser|cards|charts|console_in_browser|controls)"
TOGETHER = rf"\[\w+\.q\d|::test_eight_processes|^tests/edition/|{IN_JUPYTERLAB}"
SMALL = r"tests/(shop/|lab/|widgets/)?test_"
# jsonschema, which nbformat imports, takes 3 s to get ready for a format that no notebook has.
sys.modules["rfc3987_syntax"] = None
# And redis-py reads its own version out of its package for each connection.
redis.utils.get_lib_version = cache(redis.utils.get_lib_version)


def pytest_generate_tests(metafunc):
    """Choose the kinds of Redis for the tests that need one."""
    test = metafunc.definition
    everywhere = test.path.parent in (HERE, HERE / "shop") or test.get_closest_marker(
        "every_server"
    )
    one = test.get_closest_marker("one_kind") or "unsent" in metafunc.fixturenames
    kinds = list(PROGRAMS) if everywhere and PROGRAMS and not one else [FIRST]
    if "redis_kind" in metafunc.fixturenames:
        clusters = [f"{kind}-cluster" for kind in kinds if "unsent" not in metafunc.fixturenames]
        metafunc.parametrize("redis_kind", ["fakeredis", *kinds, *clusters], indirect=True)
    elif "server_kind" in metafunc.fixturenames:
        metafunc.parametrize("server_kind", kinds, indirect=True)


def pytest_collection_finish():
    """Spare Python a look at 12,000 tests whenever it searches for what is lost."""
    gc.freeze()


class Together(LoadScopeScheduling):
    """Gives each test to the next process that is free, but all tests of an exercise to one.

    Of small tests, all cases of one function: to hand out 12,000 by themselves takes its time.
    """

    def _split_scope(self, nodeid):
        if found := re.search(TOGETHER, nodeid):
            return found[0]
        return nodeid.partition("[")[0] if re.match(SMALL, nodeid) else nodeid


def pytest_xdist_make_scheduler(config, log):
    """Keep together what goes by its name; xdist's own groups are no groups with pytest 9.2."""
    config.option.loadscopereorder = False  # the longest tests, in the first folders, come first
    return Together(config, log)


def pytest_terminal_summary(terminalreporter):
    """Say how many tests were skipped, and why: a line for each reason."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count} skipped: {reason}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Add to the report of a test that failed in the browser what the page showed."""
    report = yield
    if report.when == "call" and report.failed and "page" in item.funcargs:
        page = item.funcargs["page"]
        focus = page.evaluate("() => document.activeElement.outerHTML.slice(0, 500)")
        outputs = "\n--\n".join(page.locator(".jp-OutputArea-output").all_inner_texts())
        report.sections += [("the focus", focus), ("what the page showed", outputs)]
    return report


@pytest.fixture(scope="session")
def own_folder(tmp_path_factory):
    """A folder for the progress of this process: one for each test would be 12,000 to remove."""
    return tmp_path_factory.mktemp("progress")


@pytest.fixture(autouse=True)
def own_progress(own_folder, monkeypatch):
    """Keep the tests' progress and their Redis apart from the person's; give the file's path."""
    path = own_folder / "progress.json"
    path.unlink(missing_ok=True)
    monkeypatch.setenv("CARTLIB_PROGRESS", str(path))
    monkeypatch.delenv("REDIS_URL", raising=False)
    return path


@pytest.fixture(scope="session", autouse=True)
def no_server_left():
    """Fail at the end if a server that the tests started still runs."""
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
def servers(no_server_left):
    """The private servers of this session."""
    with Servers(PROGRAMS) as servers:
        yield servers


@pytest.fixture
def server_kind(request):
    """The kind of server that a test runs on, such as "redis-7.0"."""
    return getattr(request, "param", FIRST)


@pytest.fixture
def server(server_kind, servers, monkeypatch):
    """The private server of this kind; a further one that the test starts is of this kind, too."""
    running = servers.get(server_kind)
    monkeypatch.setenv("CARTLIB_SERVER", PROGRAMS[server_kind])
    return running


@pytest.fixture
def cluster(server_kind, servers, monkeypatch):
    """The private cluster of this kind."""
    running = servers.get(server_kind, start_cluster)
    monkeypatch.setenv("CARTLIB_SERVER", PROGRAMS[server_kind])
    return running


@pytest.fixture
def cluster_client(cluster):
    """A client of the private cluster, for what only a cluster does."""
    with connect(cluster.host, cluster.port) as client:
        yield client


@pytest.fixture
def real():
    """Skip where there is no server to start; in CI, which must have one, fail."""
    if not installed():
        missing(MISSING)


@pytest.fixture
def no_server(monkeypatch):
    """Let there be no server to start."""
    monkeypatch.setenv("CARTLIB_SERVER", "")


@pytest.fixture
def redis_kind(request, servers, monkeypatch):
    """A kind of Redis: None for fakeredis, or a private server or cluster."""
    if request.param == "fakeredis":
        return None
    kind = request.param.removesuffix("-cluster")
    running = servers.get(kind, *[start_cluster] * (kind != request.param))
    monkeypatch.setenv("CARTLIB_SERVER", PROGRAMS[kind])
    return running


@pytest.fixture
def redis_name(request, redis_kind):
    """The name of that kind: "fakeredis", or such as "redis-7.0" and "valkey-9.1-cluster"."""
    return request.node.callspec.params["redis_kind"]


@pytest.fixture(scope="session")
def cluster_clients(servers):
    """The clients of the private clusters by url: to make one takes longer than most tests."""
    with ExitStack() as stack:
        yield (clients := {})
        for client in clients.values():
            stack.enter_context(client)


@pytest.fixture
def client(redis_kind, cluster_clients):
    """A client of each Redis, without our keys, and with foreign keys that have to stay."""
    url = redis_kind and redis_kind.url
    client = cluster_clients.get(url) or connect(url=url)
    if isinstance(client, RedisCluster):
        cluster_clients[url] = client
    with nullcontext() if url in cluster_clients else client:
        delete(client, find(client, OURS))
        put_foreign_keys(client)
        yield client
        assert foreign_keys(client) == THEIRS


@pytest.fixture
def shop(client):
    """The client, with the sample catalogue loaded."""
    load_catalogue(client)
    return client


@pytest.fixture
def lonely():
    """A client of a pretended server of its own, with the sample catalogue loaded."""
    server = fakeredis.FakeServer(version=(7,))
    with fakeredis.FakeRedis(server=server, decode_responses=True) as client:
        load_catalogue(client)
        yield client


@pytest.fixture
def lose(lonely, monkeypatch):
    """A function: let the server answer some questions more, then none; it lists the questions."""

    def lose(answered=0):
        attempts, hand_out = [], lonely.connection_pool.get_connection

        def get_connection(*args, **options):
            attempts.append(args)
            if len(attempts) > answered:
                raise redis.TimeoutError("Timeout reading from socket")
            return hand_out(*args, **options)

        monkeypatch.setattr(lonely.connection_pool, "get_connection", get_connection)
        return attempts

    return lose


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


@pytest.fixture
def unsent(refused, client, monkeypatch):
    """As `refused`; and the server is asked nothing at all."""

    @contextmanager
    def unsent(error):
        with refused(error) as caught, monkeypatch.context() as patch:
            patch.setattr(client.connection_pool, "get_connection", None)  # nobody can call that
            yield caught

    return unsent


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
