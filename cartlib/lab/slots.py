"""Which slot a key has, and which node of a cluster holds it: reckoned here, without a server."""

from collections.abc import Iterable

from redis.crc import REDIS_CLUSTER_HASH_SLOTS as SLOTS
from redis.crc import key_slot

from cartlib.errors import CartError, shown
from cartlib.values import read_count


def slot_of(key) -> int:
    """Return the key's slot: CRC16 modulo 16384, of what is in its first braces, or of all of it.

    The rule stands in the cluster specification on redis.io.
    Raises: CartError.
    """
    try:
        return key_slot(key.encode())
    except (AttributeError, UnicodeEncodeError):
        raise CartError(f"A key is a text that UTF-8 can carry, not {shown(key)}.") from None


def ranges(nodes=3) -> list[range]:
    """Return the slots of each node, where all nodes get the same number, or nearly so.

    Raises: CartError.
    """
    nodes = read_count(nodes, SLOTS, _not_nodes)
    return [range(SLOTS * n // nodes, SLOTS * (n + 1) // nodes) for n in range(nodes)]


def _not_nodes(nodes):
    return CartError(f"A cluster has from 1 to 16,384 nodes, a whole number, not {shown(nodes)}.")


def node_of(key, nodes=3) -> int:
    """Return the number, from 1 on, of the node that holds the key."""
    slot = slot_of(key)
    return next(number for number, held in enumerate(ranges(nodes), 1) if slot in held)


def count_by_node(keys, nodes=3) -> list[int]:
    """Return how many of the keys each node holds."""
    found = [slot_of(key) for key in _listed(keys)]
    return [sum(slot in held for slot in found) for held in ranges(nodes)]


def slot_table(names):
    """Return a DataFrame of each key, its slot, and its node in a cluster of three.

    It asks no server.
    """
    import pandas as pd  # a private server needs the ranges only

    rows = [(name, slot_of(name), node_of(name)) for name in _listed(names)]
    return pd.DataFrame(rows, columns=["key", "slot", "node"])


def _listed(names):
    if isinstance(names, str | bytes) or not isinstance(names, Iterable):
        raise CartError(f"Give a list of keys, not {shown(names)}.")
    return names
