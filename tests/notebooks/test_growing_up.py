"""Lesson 08: what its text says of servers and clusters, and that no server outlives it."""

import os
import re
import socket

import nbformat
import pytest
from backends import wait_until
from kernels import output_of, path_of, run, running_kernel, solve
from redis.exceptions import RedisClusterException

from cartlib import CartConnectionError, add_to_cart, connect, get_cart_items
from cartlib.cart import clear_cart
from cartlib.catalogue import load_catalogue
from cartlib.course.scale import q2, q3
from cartlib.lab.local_server import start_cluster
from cartlib.lab.server_program import MISSING
from cartlib.lab.slots import slot_of
from cartlib.views import cart_table

LESSON = path_of("08_growing_up")
LIMIT = 30  # seconds
ON_EACH_NODE = ["ann", "bob", "eve"]
NOTE_PIDS = """
from cartlib.lab import local_server
pids, launch = [], local_server._launch
def note(*args):
    server = launch(*args)
    pids.append(server.pid)
    print("pid", server.pid, flush=True)
    return server
local_server._launch = note
"""
PAUSE = """
import time
def wait(*args):
    print("now", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def kernel(real):
    """A kernel that tells the pid of each server that it starts; and a function that runs code."""
    with running_kernel(cwd=str(LESSON.parent)) as started:
        yield Kernel(*started)


class Kernel:
    def __init__(self, manager, client):
        self.manager, self.client, self.pids = manager, client, []
        self.run(NOTE_PIDS)

    def run(self, code, interrupt_at=None):
        """Run code, interrupt it where it prints a certain text, and return what it printed."""
        printed = []

        def hear(message):
            text = message["content"].get("text", "")
            printed.append(text)
            if interrupt_at and interrupt_at in text:
                self.manager.interrupt_kernel()

        reply = self.client.execute_interactive(code, output_hook=hear, timeout=LIMIT)["content"]
        # Of the whole text: a kernel may send the parts of one print() one by one.
        self.pids += map(int, re.findall(r"pid (\d+)\n", "".join(printed)))
        wanted = ("error", "KeyboardInterrupt") if interrupt_at else ("ok", None)
        assert (reply["status"], reply.get("ename")) == wanted, reply
        return "".join(printed)

    def alive(self):
        return [pid for pid in self.pids if is_alive(pid)]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for_the_end_of(pids):
    wait_until(lambda: not any(map(is_alive, pids)))  # no event tells of a stranger's child


def cell(part):
    cells = nbformat.read(LESSON, as_version=4).cells
    return next(c.source for c in cells if c.cell_type == "code" and part in c.source)


NEEDED = ["start_server(), ", "q2.check", "q3.check", 'merge_carts(client, "guest"']
SET_UP, BREAKS = cell("start_server"), cell("as three")


def test_servers_end_with_the_kernel(kernel):
    kernel.run(SET_UP)
    assert len(kernel.alive()) == 4
    kernel.manager.shutdown_kernel(now=True)  # as a crash, or as a restart at once
    wait_for_the_end_of(kernel.pids)


def test_set_up_again_starts_no_more_servers(kernel):
    kernel.run(SET_UP)
    first = kernel.alive()
    kernel.run(SET_UP)
    assert len(kernel.alive()) == 4 and not set(first) & set(kernel.alive())
    kernel.manager.restart_kernel(now=False)
    wait_for_the_end_of(kernel.pids)


def test_interrupted_set_up_leaves_no_server(kernel):
    kernel.run(f"{PAUSE}\njoin, local_server._join = local_server._join, wait")
    kernel.run(SET_UP, interrupt_at="now")
    assert len(kernel.pids) == 4 and kernel.alive() == []
    kernel.run("local_server._join = join")
    kernel.run(SET_UP)
    assert len(kernel.alive()) == 4


def test_interrupted_cell_leaves_the_lessons_own_servers_only(kernel):
    kernel.run(SET_UP)
    own = kernel.alive()
    kernel.run(f"{PAUSE}\nlocal_server.LocalCluster.wait_until = wait")
    kernel.run(BREAKS, interrupt_at="now")
    assert len(kernel.pids) == 7 and kernel.alive() == own
    kernel.run("shop = connection.describe(clients['cluster'])")


def test_lesson_without_redis_server_teaches_all_the_same(no_server):
    notebook = run(LESSON, None, lambda code: [*code, *code])
    assert output_of(notebook, "start_server").strip() == MISSING
    needing = [c for c in notebook.cells if "print(server_program.MISSING)" in c.source]
    assert len(needing) == 2 * 5
    assert all(MISSING in output_of_cell(c) for c in needing)
    shopping = "fakeredis: 9.50 3 1 [('mug', 2)], 5 round trips"
    assert output_of(notebook, "def shop").strip() == shopping
    assert "calculated: [212, 192, 196]" in output_of(notebook, "count_by_node")
    assert "total: 19.00" in output_of(notebook, 'attrs["total"]')
    table = output_of(notebook, "side_by_side")
    assert "unknown command 'info'" in table and "server" not in table.split("\n")[0]


def test_own_functions_run_on_all_redises(real):
    def solved(cells):
        for cell in cells:
            for task in (q2, q3):
                if f"{task.name.split('.')[1]}.check(" in cell.source:
                    cell.source = solve(cell.source, task)
        return [c for c in cells if any(part in c.source for part in NEEDED)]

    notebook = run(LESSON, None, solved)
    shown = [f"{name} 2 1\n[('pen', 3.0)]\n" for name in ("fakeredis", "server", "cluster")]
    assert output_of(notebook, 'merge_carts(client, "guest"') == "".join(shown)


def output_of_cell(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def test_lesson_leaves_the_servers_of_redis_url_alone(server):
    with connect(url=server.url) as client:
        client.config_resetstat()
        run(LESSON, server.url)
        assert set(client.info("commandstats")) <= {"cmdstat_config|resetstat", "cmdstat_info"}


def test_stopped_node_takes_its_carts_away_and_then_all(real):
    with start_cluster() as three, connect(url=three.url) as client:
        load_catalogue(client)
        for name in ON_EACH_NODE:
            client.zadd(f"cart:{{{name}}}", {"mug": 2})
        three.nodes[1].stop()
        assert get_cart_items(client, cart="ann") == [("mug", 2)]
        with pytest.raises(CartConnectionError, match="can't be reached"):
            get_cart_items(client, cart="bob")
        assert get_cart_items(client, cart="eve") == [("mug", 2)]
        three.wait_until("fail")
        for name in ("ann", "eve"):
            with pytest.raises(
                CartConnectionError, match="refuses every command with a key, because"
            ):
                get_cart_items(client, cart=name)
            with pytest.raises(CartConnectionError, match="its outcome is unknown"):
                add_to_cart(client, "mug", 1, cart=name)
        for node in (three.nodes[0], three.nodes[2]):
            ask(node.port, "CONFIG SET cluster-require-full-coverage no")
        three.wait_until("ok")
        assert get_cart_items(client, cart="ann") == [("mug", 2)]


def ask(port, *lines):
    """Return the server's own words, each reply as it travels."""
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as connection:
        replies = []
        for line in lines:
            connection.sendall(f"{line}\r\n".encode())
            replies.append(connection.recv(1000).decode())
    return replies


def test_node_refuses_two_of_its_own_slots_in_a_multi(cluster):
    lines = "MULTI", "ZCARD cart:{ann}", "ZCARD cart:{cat}", "EXEC"
    assert ask(cluster.port, *lines)[-1].startswith("-CROSSSLOT")


def test_client_goes_where_moved_says(cluster_client):
    cluster_client.zadd("cart:{bob}", {"mug": 2})
    held = cluster_client.nodes_manager.slots_cache
    held[slot_of("cart:{bob}")] = held[slot_of("cart:{ann}")]  # as if the slot had moved
    assert cluster_client.zcard("cart:{bob}") == 1


def test_key_that_has_moved_is_found_by_a_look_before(cluster_client):
    """redis-py follows MOVED in a pipeline without a MULTI, and knows the node from then on."""
    cluster_client.delete("cart:{bob}")
    cluster_client.zadd("cart:{bob}", {"thing": 2})
    held = cluster_client.nodes_manager.slots_cache
    held[slot_of("cart:{bob}")] = held[slot_of("cart:{ann}")]
    assert clear_cart(cluster_client, cart="bob") == 1


@pytest.mark.parametrize("call", [get_cart_items, cart_table])
def test_key_that_has_moved_is_found_at_the_second_try(cluster_client, call):
    cluster_client.delete("cart:{bob}")
    cluster_client.zadd("cart:{bob}", {"thing": 2})
    held = cluster_client.nodes_manager.slots_cache
    held[slot_of("cart:{bob}")] = held[slot_of("cart:{ann}")]
    with pytest.raises(CartConnectionError, match="A key has moved .* Nothing was changed"):
        call(cluster_client, cart="bob")
    assert cluster_client.zrange("cart:{bob}", 0, -1, withscores=True) == [("thing", 2)]
    assert call(cluster_client, cart="bob") is not None


def test_redis_py_lets_no_publish_into_a_multi_and_a_node_would(cluster_client, cluster):
    with pytest.raises(RedisClusterException, match="publish"):
        cluster_client.pipeline(transaction=True).publish("cart:{ann}:events", "x")
    lines = "MULTI", "ZCARD cart:{ann}", "PUBLISH cart:{ann}:events x", "EXEC"
    assert ask(cluster.port, *lines)[-1] == "*2\r\n:0\r\n:0\r\n"


def test_broken_cluster_still_answers_what_has_no_key(real):
    with start_cluster() as three:
        three.nodes[1].stop()
        three.wait_until("fail")
        ping, zcard = ask(three.port, "PING", "ZCARD cart:{ann}")
        assert ping == "+PONG\r\n" and zcard.startswith("-CLUSTERDOWN")
