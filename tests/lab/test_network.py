"""The Redis behind a slow network: a real delay on the way to a server, or a simulated one."""

import gc
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from backends import missing
from kernels import output_of, path_of, run
from promises import PROMISED

from cartlib import CartConnectionError, CartError
from cartlib.lab import trips
from cartlib.lab.local_server import HOST
from cartlib.lab.network import Network, open_network
from cartlib.lab.server_program import MISSING
from cartlib.lab.trace import Trace


@contextmanager
def running(kind, monkeypatch):
    """Give a Network of this kind; end it."""
    if kind == "fakeredis":
        monkeypatch.setenv("CARTLIB_SERVER", "")
    network = Network()
    if network.is_real != (kind == "server"):
        missing(MISSING)
    yield network
    network.stop()


@pytest.fixture(params=["fakeredis", "server"])
def network(request, monkeypatch):
    """A network of each kind."""
    with running(request.param, monkeypatch) as network:
        yield network


@pytest.fixture
def real(monkeypatch):
    """A network with a real server."""
    with running("server", monkeypatch) as network:
        yield network


def seconds(action):
    """Return how long the action took, the shortest of three times."""
    took = []
    for _ in range(3):
        begin = time.perf_counter()
        action()
        took.append(time.perf_counter() - begin)
    return min(took)


def pings(client, count):
    """Send PING several times in one pipeline."""
    pipe = client.pipeline(transaction=False)
    for _ in range(count):
        pipe.ping()
    return pipe.execute()


def test_delay_counts_once_for_each_round_trip(network):
    network.delay = 20
    single = seconds(network.client.ping)
    assert seconds(lambda: [network.client.ping() for _ in range(10)]) > 7 * single
    assert seconds(lambda: pings(network.client, 100)) < 4 * single


def test_delay_is_as_long_as_it_says_and_changes_at_once(network):
    network.client.ping()
    for milliseconds in (40, 0, 80):
        network.delay = milliseconds
        assert network.delay == milliseconds
        assert seconds(network.client.ping) >= milliseconds / 1000
    slow = seconds(network.client.ping)
    network.delay = 0
    assert seconds(network.client.ping) < slow / 2


def test_packets_stay_in_order_while_the_delay_changes(network):
    texts = [f"{number}:" + "x" * 5_000 for number in range(400)]
    pipe = network.client.pipeline(transaction=False)
    for text in texts:
        pipe.echo(text)
    replies = []
    sending = threading.Thread(target=lambda: replies.extend(pipe.execute()))
    network.delay = 50
    sending.start()
    while sending.is_alive():
        for network.delay in (20, 0, 9, 1):
            sending.join(0.002)
    assert replies == texts


@pytest.mark.parametrize(
    "ways, counts", [(trips.VIEWS, [4, 2, 1, 1]), (trips.ADDS, [2, 2, 3, 1])], ids=["view", "add"]
)
def test_ways_with_fewer_trips_are_faster_over_a_slow_network(network, monkeypatch, ways, counts):
    monkeypatch.setattr(trips, "LIMIT", 0)
    trips.fill_cart(network.client, 3)
    network.delay = 60
    table = trips.measure(network.client, ways)
    assert list(table["way"]) == list(ways) and list(table["round_trips"]) == counts
    times = table.groupby("round_trips")["ms"]  # the fewest trips first
    assert (times.max().to_numpy()[:-1] < times.min().to_numpy()[1:]).all()
    assert table["ratio"].min() == 1 and table["ms"].min() >= 60


def test_trace_sees_the_trips_of_a_network(network):
    with Trace(network.client) as trace:
        network.client.ping()
        pings(network.client, 5)
    assert trace.round_trips == 2 and len(trace.commands) == 6


def test_network_is_empty_and_of_our_own(network, monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://localhost:1")
    other = Network()
    other.client.set("cart:{demo}", "x")
    assert network.client.dbsize() == 0 and other.client.dbsize() == 1
    other.stop()


@pytest.mark.parametrize("bad", [-1, 101, float("nan"), float("inf"), "5", None, True])
def test_delay_that_is_none_is_refused(network, bad):
    with pytest.raises(CartError, match="A delay is a number of milliseconds from 0 to 100, not"):
        network.delay = bad
    assert network.delay == 0


def test_network_says_what_it_is(network):
    if network.is_real:
        assert "private server" in str(network) and "delay is real" in str(network)
    else:
        assert "delay is simulated" in str(network) and "sudo apt install" in str(network)


def test_open_network_gives_the_same_one_until_it_is_stopped(no_server):
    first = open_network()
    assert open_network() is first
    first.stop()
    second = open_network()
    assert second is not first and second.client.ping()
    second.stop()


def test_stop_leaves_no_thread_and_no_process(real):
    pid = int(real.client.info("server")["process_id"])
    assert "cartlib relay" in [thread.name for thread in threading.enumerate()]
    real.stop()
    real.stop()
    assert "cartlib relay" not in [thread.name for thread in threading.enumerate()]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(CartConnectionError):
        trips.fill_cart(real.client, 1)


def test_network_ends_when_nothing_refers_to_it():
    network = Network()
    stop = network.stop
    del network
    gc.collect()  # redis-py's errors, while the server starts, can hold our frames in a cycle
    assert not stop.alive
    assert "cartlib relay" not in [thread.name for thread in threading.enumerate()]


def test_relay_listens_on_loopback_only(real):
    assert real.client.get_connection_kwargs()["host"] == HOST
    assert real._way._entrance.getsockname()[0] == HOST == "127.0.0.1"


def test_server_that_dies_is_an_error_and_no_wait(real):
    real.client.ping()
    os.kill(int(real.client.info("server")["process_id"]), 9)
    with pytest.raises(CartConnectionError):
        trips.fill_cart(real.client, 1)
    with pytest.raises(CartConnectionError):
        trips.fill_cart(real.client, 1)


END = {"by itself": "", "killed": "os.kill(os.getpid(), 9)", "raised": "raise KeyboardInterrupt"}


@pytest.mark.parametrize("how", END)
def test_network_ends_with_its_process(real, how):
    code = f"""
import os
from cartlib.lab.network import open_network
network = open_network()
print(network.client.info("server")["process_id"], flush=True)
network.delay = 100
{END[how]}
"""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", code], capture_output=True, text=True
    )
    for _ in range(500):
        try:
            os.kill(int(done.stdout), 0)
        except ProcessLookupError:
            break
        time.sleep(0.01)
    else:
        pytest.fail("The server still runs.")
    if how == "by itself":
        assert (done.returncode, done.stderr) == (0, "")


def test_lesson_07_without_a_redis_server(no_server):
    notebook = run(path_of("07_fast_carts"), None)
    promised = PROMISED["07_fast_carts"] | {"set-up": "The delay is simulated"}
    for part, expected in promised.items():
        assert expected in output_of(notebook, part)
