"""The private server and the cluster of three: they start, they serve, and they end."""

import gc
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path

import pytest
import redis
from kernels import ROOT
from redis.cluster import RedisCluster

from cartlib import connect
from cartlib.errors import LocalServerError
from cartlib.lab import local_server
from cartlib.lab.local_server import start_cluster, start_server
from cartlib.lab.server_program import find_program

LIMIT = 10  # seconds
KILLED = """
from cartlib.lab.local_server import start_server
server = start_server()
print(server.port, server.directory, flush=True)
input()
"""
FORKS = """
import os, sys, redis
from cartlib.lab.local_server import start_server
with start_server() as server:
    if os.fork() == 0:
        sys.exit()
    os.wait()
    with redis.Redis(port=server.port) as client:
        print(client.ping())
"""
FORK_OUTLIVES = """
import os
from cartlib.lab.local_server import start_server
with start_server() as server:
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.close(writing)
        os.read(reading, 1)
        os._exit(0)
print("stopped", server.directory.exists())
"""


@pytest.fixture
def server(real):
    with start_server() as server:
        yield server


@pytest.fixture
def taken():
    """A port that some other program listens on."""
    with socket.create_server(("127.0.0.1", local_server._free_port())) as listener:
        yield listener.getsockname()[1]


def ask(server, *command):
    with redis.Redis(port=server.port, decode_responses=True) as client:
        return client.execute_command(*command)


def refuses(port, host="127.0.0.1"):
    try:
        socket.create_connection((host, port), timeout=LIMIT).close()
    except ConnectionRefusedError:
        return True
    return False


def run(script):
    command = [sys.executable, "-W", "error", "-c", script]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT)


def give_ports(monkeypatch, *ports):
    ports = iter(ports)
    monkeypatch.setattr(local_server, "_free_port", lambda: next(ports))


def test_server_answers_at_its_url(server):
    assert server.url == f"redis://127.0.0.1:{server.port}"
    with redis.Redis.from_url(server.url) as client:
        assert client.ping()


def test_server_tells_its_own_pid(server):
    assert ask(server, "INFO", "server")["process_id"] == server.pid


def test_server_listens_on_loopback_only(server):
    assert ask(server, "CONFIG", "GET", "bind") == {"bind": "127.0.0.1"}


def test_server_saves_nothing(server):
    assert ask(server, "CONFIG", "GET", "save") == {"save": ""}
    assert ask(server, "CONFIG", "GET", "appendonly") == {"appendonly": "no"}


def test_server_from_a_snapshot_has_what_was_saved(server):
    with connect(url=server.url) as client:
        client.set("saved", "yes")
        client.save()
        client.set("later", "yes")
    snapshot = server.directory / "dump.rdb"
    with start_server(snapshot=snapshot) as again, connect(url=again.url) as client:
        assert client.get("saved") == "yes" and client.get("later") is None


def test_missing_snapshot_is_an_error_and_leaves_nothing(real, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with pytest.raises(LocalServerError, match="none.rdb"):
        start_server(snapshot=tmp_path / "none.rdb")
    assert list(tmp_path.iterdir()) == []


def test_server_works_in_its_own_directory(server):
    assert ask(server, "CONFIG", "GET", "dir") == {"dir": os.path.realpath(server.directory)}


def test_stop_ends_the_server_and_removes_its_directory(server):
    assert server.directory.is_dir()
    server.stop()
    assert refuses(server.port)
    assert not server.directory.exists()


def test_stop_twice_is_fine(server):
    server.stop()
    server.stop()


def test_stop_ends_a_suspended_server(server):
    os.kill(server.pid, signal.SIGSTOP)
    server.stop()
    assert refuses(server.port)


def test_stalled_server_answers_nobody_and_then_does_what_it_was_told(server):
    patient = connect(server.host, server.port)
    with patient, connect(server.host, server.port, timeout=0.1) as hasty:
        server.stall(1)
        with pytest.raises(redis.TimeoutError):
            hasty.incr("key")
        assert patient.ping() and patient.get("key") == "1"


def test_stop_during_a_stall_ends_the_server(server):
    server.stall(60)
    server.stop()
    assert refuses(server.port)
    [timer] = [t for t in threading.enumerate() if isinstance(t, threading.Timer)]
    timer.cancel()
    timer.function()  # what it would have done later, when the pid may be somebody else's


def test_end_of_with_stops_the_server(real):
    with start_server() as server:
        assert not refuses(server.port)
    assert refuses(server.port)


def test_dropped_server_is_stopped(real):
    server = start_server()
    port = server.port
    del server
    gc.collect()
    assert refuses(port)


def test_server_ends_when_its_python_is_killed(real):
    command = [sys.executable, "-c", KILLED]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as python:
        port, directory = python.stdout.readline().rstrip("\n").split(" ", 1)
        with socket.create_connection(("127.0.0.1", int(port)), timeout=LIMIT) as connection:
            python.kill()
            with suppress(ConnectionResetError):  # it ended before it had taken the connection
                assert connection.recv(1) == b""  # or TimeoutError
    deadline = time.monotonic() + LIMIT
    while Path(directory).exists():  # removed just after the server's end; no event tells of it
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_server_is_in_a_session_of_its_own(server):
    assert os.getsid(server.pid) != os.getsid(0)


def test_server_survives_the_end_of_a_fork(real):
    done = run(FORKS)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_stop_does_not_wait_for_a_fork(real):
    done = run(FORK_OUTLIVES)
    assert (done.stdout, done.stderr) == ("stopped False\n", "")


def test_server_leaves_the_random_numbers_alone(real):
    random.seed(1)
    expected = random.random()
    random.seed(1)
    start_server().stop()
    assert random.random() == expected


def test_taken_port_makes_it_try_another(server, monkeypatch):
    give_ports(monkeypatch, server.port, local_server._free_port())
    with start_server() as other:
        assert other.port != server.port


def test_another_redis_on_the_port_is_not_taken_for_ours(server, tmp_path, monkeypatch):
    slow = tmp_path / "slow-server"
    slow.write_text(f'#!/bin/sh\nsleep 0.2\nexec {find_program()} "$@"\n')
    slow.chmod(0o700)
    monkeypatch.setenv("CARTLIB_SERVER", str(slow))
    give_ports(monkeypatch, server.port, local_server._free_port())
    with start_server() as other:
        assert other.port != server.port


def test_relative_temporary_directory_is_fine(real, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", ".")
    with start_server() as server:
        monkeypatch.chdir("/")
        assert server.directory.parent == tmp_path.resolve()
    assert not list(tmp_path.iterdir())


def test_only_taken_ports_is_an_error_with_the_log(real, taken, monkeypatch):
    monkeypatch.setattr(local_server, "ATTEMPTS", 2)
    give_ports(monkeypatch, *repeat(taken, 2))
    with pytest.raises(LocalServerError, match="Address already in use"):
        start_server()


def test_end_of_the_log_never_steers_the_terminal(real, tmp_path, monkeypatch):
    program = tmp_path / "server"
    program.write_text("#!/bin/sh\nprintf 'not \\033[2Ja\\302\\233 server\\007\\nbye'\n")
    program.chmod(0o700)
    monkeypatch.setenv("CARTLIB_SERVER", str(program))
    with pytest.raises(LocalServerError, match="bye$") as caught:
        start_server()
    assert r"not \x1b[2Ja\x9b server\x07" in str(caught.value)
    assert str(caught.value).replace("\n", "").isprintable()


def test_error_before_the_start_never_steers_the_terminal(real, tmp_path, monkeypatch):
    program = tmp_path / "mktemp"
    program.write_text("#!/bin/sh\nprintf 'no \\033[2J directory\\n' >&2; exit 1\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(LocalServerError) as caught:
        start_server()
    assert str(caught.value).endswith(r"did not start: no \x1b[2J directory")


def test_no_directory_is_an_error(real, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "absent"))
    with pytest.raises(LocalServerError, match="absent"):
        start_server()


def test_port_with_taken_bus_port_is_passed_over(monkeypatch):
    free = local_server._free_port()
    other = local_server._free_port()
    candidates = iter([free, other])
    monkeypatch.setattr(local_server._RANDOM, "randrange", lambda *_: next(candidates))
    with socket.create_server(("127.0.0.1", free + 10_000)):
        assert local_server._free_port() == other


def test_cluster_has_three_nodes(cluster):
    assert len({node.pid for node in cluster.nodes}) == 3
    assert cluster.url == cluster.nodes[0].url


def test_each_node_finds_the_cluster_ready(cluster):
    for node in cluster.nodes:
        info = ask(node, "CLUSTER INFO")
        assert info["cluster_state"] == "ok"
        assert info["cluster_known_nodes"] == info["cluster_size"] == "3"
        assert info["cluster_slots_ok"] == "16384"


def test_nodes_have_distinct_epochs(cluster):
    epochs = {ask(node, "CLUSTER INFO")["cluster_my_epoch"] for node in cluster.nodes}
    assert epochs == {"1", "2", "3"}


def test_keys_live_on_each_node(cluster):
    used = set()
    with RedisCluster(cluster.host, cluster.port, decode_responses=True) as client:
        for number in range(30):
            client.set(f"key:{number}", number)
            assert client.get(f"key:{number}") == str(number)
            used.add(client.get_node_from_key(f"key:{number}").port)
    assert used == {node.port for node in cluster.nodes}


def test_stopped_cluster_refuses_on_all_ports(real):
    with start_cluster() as cluster:
        assert not any(refuses(node.port) for node in cluster.nodes)
    assert all(refuses(node.port) for node in cluster.nodes)
    cluster.stop()


def test_failed_node_stops_those_already_started(real, taken, monkeypatch):
    good = [local_server._free_port() for _ in range(2)]
    give_ports(monkeypatch, *chain(good, repeat(taken, local_server.ATTEMPTS)))
    with pytest.raises(LocalServerError):
        start_cluster()
    assert all(refuses(port) for port in good)


def test_cluster_that_never_gets_ready_is_an_error_and_stopped(real, monkeypatch):
    ports = [local_server._free_port() for _ in range(3)]
    give_ports(monkeypatch, *ports)
    monkeypatch.setattr(local_server, "JOIN_LIMIT", 0.1)
    with pytest.raises(LocalServerError, match="not ready"):
        start_cluster()
    assert all(refuses(port) for port in ports)


def test_wait_until_sees_a_stopped_node(real):
    with start_cluster() as cluster:
        cluster.wait_until("ok")
        cluster.nodes[2].stop()
        cluster.wait_until("fail")
        states = {ask(node, "CLUSTER INFO")["cluster_state"] for node in cluster.nodes[:2]}
        assert states == {"fail"}


def test_wait_until_gives_up(cluster, monkeypatch):
    monkeypatch.setattr(local_server, "JOIN_LIMIT", 0.1)
    with pytest.raises(LocalServerError, match="did not become 'fail'"):
        cluster.wait_until("fail")
