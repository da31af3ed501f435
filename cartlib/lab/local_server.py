"""A private server, or a cluster of three, that lives as long as this Python process at most."""

import os
import random
import select
import signal
import socket
import subprocess
import threading
import time
import weakref
from contextlib import ExitStack, suppress
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from cartlib.errors import LocalServerError, printable
from cartlib.lab.server_program import TAKE_ANOTHER, find_program
from cartlib.lab.slots import SLOTS, ranges

HOST = "127.0.0.1"
ATTEMPTS = 5  # how many ports are tried
START_LIMIT, JOIN_LIMIT, POLL = 10.0, 20.0, 0.01  # seconds
READY = {"cluster_state": "ok", "cluster_known_nodes": "3", "cluster_slots_assigned": str(SLOTS)}
PRIVATE = f"--bind {HOST} --appendonly no --save".split() + [""]
CLUSTER = "--cluster-enabled yes --cluster-config-file nodes.conf --cluster-node-timeout 2000"

# The shell waits in `read` until stdin gets a line or is closed, and the kernel closes it however
# this process ends. Only the server keeps the shell's first stdout (as 3), so that its end shows
# here as end of file. The signal is 9 because a stopped server would not act on another one.
# A program out of a wheel may have lost its right to be run: then a copy of it has the right.
WRAPPER = """
trap "" HUP INT TERM PIPE
dir=$(mktemp -d "${TMPDIR:-/tmp}/cartlib.XXXXXX") || exit 1
if [ "$1" ] && ! cp "$1" "$dir/dump.rdb"; then rm -rf "$dir"; exit 1; fi
program=$2
if ! [ -x "$2" ]; then
    program=$dir/server
    if ! cp "$2" "$program" || ! chmod 700 "$program"; then rm -rf "$dir"; exit 1; fi
fi
shift 2
"$program" "$@" --dir "$dir" </dev/null 3>&1 >"$dir/server.log" 2>&1 &
echo $!
echo "$dir"
exec >/dev/null 2>&1
read -r line
kill -9 $!
wait
rm -rf "$dir"
"""

_RANDOM = random.SystemRandom()  # random.choice() and the like would disturb a learner's seed


class _Stoppable:
    host = HOST

    @property
    def url(self) -> str:
        """Return the address for connect(url=...)."""
        return f"redis://{self.host}:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class LocalServer(_Stoppable):
    """One running server; `pid` is its process id, `directory` its temporary directory."""

    def __init__(self, process, port, pid, directory):
        self.port, self.pid, self.directory = port, pid, directory
        self.life = process.stdout  # readable as soon as the server has ended
        self.stop = weakref.finalize(self, _end, process, os.getpid())

    def stall(self, seconds):
        """Let the server stand still for some seconds: it takes what is sent, and answers nobody.

        It goes on by itself, and does then what it was told meanwhile.
        """
        os.kill(self.pid, signal.SIGSTOP)
        timer = threading.Timer(seconds, self._go_on)
        timer.daemon = True
        timer.start()

    def _go_on(self):
        if self.stop.alive:  # else the pid may be somebody else's by now
            os.kill(self.pid, signal.SIGCONT)


class LocalCluster(_Stoppable):
    """Three running servers, `nodes`, that share the keys; `port` is the first one's."""

    def __init__(self, nodes):
        self.nodes, self.port = nodes, nodes[0].port

    def stop(self):
        """End the three servers, and remove their directories; again is fine."""
        for node in self.nodes:
            node.stop()

    def wait_until(self, state):
        """Wait until each node that still runs says that the cluster is "ok", or has to "fail".

        Raises: LocalServerError.
        """
        deadline = time.monotonic() + JOIN_LIMIT
        with ExitStack() as stack:
            running = [node for node in self.nodes if node.stop.alive]
            clients = [stack.enter_context(_client(node.port)) for node in running]
            while any(client.cluster("INFO")["cluster_state"] != state for client in clients):
                if time.monotonic() > deadline:
                    raise LocalServerError(f"The cluster's state did not become {state!r}.")
                time.sleep(POLL)


def start_server(*, snapshot=None) -> LocalServer:
    """Start a server on a free port of 127.0.0.1, and return it when it answers.

    find_program() says which program that is. It begins with the keys of `snapshot`, a file that
    SAVE has written, or with none. It ends by stop(), at the end of a with block, when nothing
    refers to it any more, and when this process ends. Nothing is saved.
    Raises: LocalServerError.
    """
    return _start(snapshot=snapshot)


def start_cluster() -> LocalCluster:
    """Start three servers, join them, and return the cluster when each node serves.

    That takes some 2 seconds: so long does a new node refuse commands. It ends as a server does.
    Raises: LocalServerError.
    """
    with ExitStack() as stack:
        nodes = [stack.enter_context(_start(*CLUSTER.split())) for _ in range(3)]
        try:
            _join(nodes)
        except RedisError as error:
            raise LocalServerError(f"The cluster did not start: {error}.") from error
        stack.pop_all()
    return LocalCluster(nodes)


def _start(*options, snapshot=None) -> LocalServer:
    program = find_program()
    for _ in range(ATTEMPTS):
        with ExitStack() as stack:
            server = stack.enter_context(_launch(program, _free_port(), options, snapshot))
            if _answers(server):
                stack.pop_all()
                return server
            log = (server.directory / "server.log").read_text(errors="replace")
        if "Address already in use" not in log:
            break
    end = "\n".join(map(printable, log.splitlines()[-5:]))
    raise LocalServerError(
        f"{program} did not start, or is no Redis server. {TAKE_ANOTHER} The end of its log:\n{end}"
    )


def _launch(program, port, options, snapshot) -> LocalServer:
    server = [str(program), "--port", str(port), *PRIVATE, *options]
    process = subprocess.Popen(
        ["sh", "-c", WRAPPER, "sh", str(snapshot or ""), *server],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Jupyter's interrupt goes to the whole process group
    )
    pid, directory = (os.fsdecode(process.stdout.readline()).rstrip("\n") for _ in range(2))
    if not pid.isdigit():
        _end(process, os.getpid())
        raise LocalServerError(f"{program} did not start: {printable(pid)}")
    return LocalServer(process, port, int(pid), Path(directory).resolve())


def _end(process, owner):
    if os.getpid() == owner:  # not a fork that ends
        with suppress(OSError):
            process.stdin.write(b"\n")  # closing alone is not enough while a fork has the pipe too
    process.stdin.close()
    process.wait()
    process.stdout.close()


def _free_port() -> int:
    while True:
        port = _RANDOM.randrange(20_000, 30_000)
        with socket.socket() as client_side, socket.socket() as cluster_bus, suppress(OSError):
            client_side.bind((HOST, port))
            cluster_bus.bind((HOST, port + 10_000))
            return port


def _client(port) -> redis.Redis:
    retry = Retry(NoBackoff(), 0)
    return redis.Redis(HOST, port, retry=retry, socket_timeout=5, decode_responses=True)


def _answers(server) -> bool:
    deadline = time.monotonic() + START_LIMIT
    with _client(server.port) as client:
        while not select.select([server.life], [], [], POLL)[0] and time.monotonic() < deadline:
            # Not PING: whoever took the port meanwhile may be a Redis as well.
            with suppress(RedisError):
                if client.info("server")["process_id"] == server.pid:
                    return True
    return False


def _join(nodes):
    deadline = time.monotonic() + JOIN_LIMIT
    with ExitStack() as stack:
        clients = [stack.enter_context(_client(node.port)) for node in nodes]
        for number, client in enumerate(clients):
            client.cluster("SET-CONFIG-EPOCH", number + 1)
            client.cluster("ADDSLOTS", *ranges()[number])
            for other in nodes[:number]:
                client.cluster("MEET", HOST, other.port)
        while not all(READY.items() <= client.cluster("INFO").items() for client in clients):
            if time.monotonic() > deadline:
                raise LocalServerError(f"The cluster was not ready in {JOIN_LIMIT:.0f} seconds.")
            time.sleep(POLL)
