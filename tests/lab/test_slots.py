"""The slot of a key, reckoned here, and reckoned by a cluster."""

import pytest

from cartlib import CartError
from cartlib.lab.slots import SLOTS, count_by_node, node_of, ranges, slot_of, slot_table

pytestmark = pytest.mark.every_server
TAGGED = {  # key: what is hashed of it
    "cart:{ann}": "ann",
    "cart:{ann}:deadlines": "ann",
    "a{b}{c}": "b",
    "a{{b}}": "{b",
    "}a{b}": "b",
    "a{b": "a{b",
    "a{}b": "a{}b",
    "cart:{}}": "cart:{}}",
    "{}{b}": "{}{b}",
    "cart:{Zoë ☕}:x": "Zoë ☕",
}


@pytest.mark.parametrize("key, hashed", TAGGED.items())
def test_slot_of_hashes_the_first_braces_only(key, hashed):
    assert slot_of(key) == slot_of(hashed) < SLOTS


def test_slot_of_known_keys():
    assert [slot_of(key) for key in ("123456789", "", "cart:{ann}")] == [12739, 0, 2326]


@pytest.mark.parametrize("key", [None, 5, b"mug", "\ud800"], ids=repr)
def test_slot_of_what_is_no_key(key):
    with pytest.raises(CartError, match="A key is a text that UTF-8 can carry"):
        slot_of(key)


def test_slot_of_is_what_the_cluster_reckons(cluster_client):
    names = [*TAGGED, *(f"cart:{{guest{number}}}" for number in range(300))]
    assert [cluster_client.cluster_keyslot(name) for name in names] == [*map(slot_of, names)]


def test_ranges_are_those_of_the_private_cluster(cluster_client, cluster):
    held = cluster_client.cluster_slots()
    by_port = {node["primary"][1]: slots for slots, node in held.items()}
    assert [by_port[node.port] for node in cluster.nodes] == [(r[0], r[-1]) for r in ranges()]


def test_node_of_is_the_node_that_has_the_key(cluster_client, cluster):
    for name in TAGGED:
        port = cluster_client.get_node_from_key(name).port
        assert cluster.nodes[node_of(name) - 1].port == port


@pytest.mark.parametrize("nodes", [1, 2, 3, 5, 7, 100])
def test_ranges_are_all_slots_once(nodes):
    parts = ranges(nodes)
    assert [slot for part in parts for slot in part] == list(range(SLOTS))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1 and len(parts) == nodes


def test_count_by_node():
    assert count_by_node(["cart:{ann}", "cart:{bob}", "cart:{eve}", "cart:{ann}:x"]) == [2, 1, 1]
    assert count_by_node([], 2) == [0, 0]
    assert count_by_node([f"{{cart}}:{number}" for number in range(50)]) == [0, 0, 50]


def test_slot_table():
    table = slot_table(["cart:{ann}", "cart:{bob}"])
    assert table.values.tolist() == [["cart:{ann}", 2326, 1], ["cart:{bob}", 8955, 2]]
    assert list(table.columns) == ["key", "slot", "node"]


@pytest.mark.parametrize(
    "nodes", [None, 0, -1, 1.5, "3", True, 16_385, pytest.param(10**5000, id="huge")]
)
def test_nodes_that_no_cluster_has(nodes):
    for call in (lambda: node_of("a", nodes), lambda: count_by_node(["a"], nodes)):
        with pytest.raises(CartError, match="from 1 to 16,384 nodes"):
            call()


@pytest.mark.parametrize("names", [None, 5, "abc", b"abc", pytest.param(10**5000, id="huge")])
def test_keys_that_are_no_list(names):
    for call in (count_by_node, slot_table):
        with pytest.raises(CartError, match="Give a list of keys"):
            call(names)
