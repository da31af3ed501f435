"""Which structure is for what, and what each costs, measured on a private server."""

import csv
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cartlib.connection import connect, describe
from cartlib.lab.lines import words
from cartlib.lab.local_server import start_server

MEASURED = Path(__file__).parents[1] / "data" / "structures.csv"
FEW, MANY, RUNS, ROUNDS = 1_000, 100_000, 200, 5
KEY = "demo:measured"


@dataclass(frozen=True)
class Need:
    """What one wants, the structure and a command for it, and what was measured: see measure()."""

    want: str
    structure: str
    command: str
    bytes_each: str = ""
    grows: str = ""
    server: str = ""


@dataclass(frozen=True)
class Way:
    """A structure to measure: `element(n)` is what comes after the key to add element number n."""

    want: str
    structure: str
    shown: str  # the command, as the table has it
    add: str
    element: Callable[[int], list]
    ask: str  # the command that is timed; KEY stands for the key


WAYS = [
    Way("fields of one thing", "Hash", "HGET key field", "HSET", lambda n: [f"f{n}", n],
        "HGET KEY f500"),
    Way("members in the order of a number", "Sorted Set", "ZRANGE key 0 9 REV", "ZADD",
        lambda n: [n * 7919 % MANY, f"product {n}"], "ZRANGE KEY 0 9 REV"),
    Way("the number of one member", "Sorted Set", "ZSCORE key member", "ZADD",
        lambda n: [n * 7919 % MANY, f"product {n}"], "ZSCORE KEY 'product 500'"),
    Way("is it in? which are in both?", "Set", "SISMEMBER key member", "SADD",
        lambda n: [f"product {n}"], "SISMEMBER KEY 'product 500'"),
    Way("the last ones; a queue", "List", "LRANGE key 0 9", "LPUSH",
        lambda n: [f"product {n}"], "LRANGE KEY 0 9"),
    Way("is it in a list? (better a set)", "List", "LPOS key element", "LPUSH",
        lambda n: [f"product {n}"], "LPOS KEY 'product 500'"),
    Way("work that several share, none lost", "Stream", "XRANGE key - + COUNT 1", "XADD",
        lambda n: ["*", "product_id", f"product {n}"], "XRANGE KEY - + COUNT 1"),
    Way("how many different ones, about", "HyperLogLog", "PFCOUNT key", "PFADD",
        lambda n: [f"visitor {n}"], "PFCOUNT KEY"),
    Way("yes or no for each number", "Bitmap", "GETBIT key number", "SETBIT",
        lambda n: [n, 1], "GETBIT KEY 500"),
    Way("how many said yes", "Bitmap", "BITCOUNT key", "SETBIT", lambda n: [n, 1], "BITCOUNT KEY"),
    Way("what is near", "Geo", "GEOSEARCH … BYRADIUS", "GEOADD",
        lambda n: [(n * 0.0217) % 340 - 170, (n * 0.0131) % 160 - 80, f"shop {n}"],
        "GEOSEARCH KEY FROMLONLAT 10 50 BYRADIUS 50 km ASC COUNT 3"),
]  # fmt: skip
FIRST = [
    Need("one value: a text, a count", "String", "INCR key"),
]
LAST = [
    Need("tell whoever listens now", "Pub/Sub", "PUBLISH channel message"),
    Need("a document with parts (Redis 8)", "JSON", "JSON.GET key path"),
    Need("what is most like this (Redis 8)", "Vector Set", "VSIM key ELE element"),
]


def measure(client) -> list[Need]:
    """Return for each way the bytes for each of 1,000 elements, and how the time grows to 100,000.

    It writes and deletes the key demo:measured, and resets the server's statistics: give it a
    client of a private server.
    """
    server = describe(client).removeprefix("A ").split(" server")[0]
    rows = [Need(w.want, w.structure, w.shown, *_measured(client, w)) for w in WAYS]
    return [replace(need, server=server) for need in (*FIRST, *rows, *LAST)]


def _measured(client, way):
    _fill(client, way, 0, FEW)
    size, few = client.memory_usage(KEY, samples=0), _microseconds(client, way)
    _fill(client, way, FEW, MANY)
    many = _microseconds(client, way)
    client.delete(KEY)
    return f"{size / FEW:.1f}", f"× {many / few:.1f}"


def _fill(client, way, start, end):
    pipe = client.pipeline(transaction=False)
    for number in range(start, end):
        pipe.execute_command(way.add, KEY, *way.element(number))
    pipe.execute()


def _microseconds(client, way):
    """Return how long the server works on the command; the median of some rounds."""
    line = [KEY if word == "KEY" else word for word in words(way.ask)]
    found = []
    for _ in range(ROUNDS):
        client.config_resetstat()
        pipe = client.pipeline(transaction=False)
        for number in range(RUNS):
            if line[0] == "PFCOUNT":  # else it would reply what it has kept
                pipe.pfadd(KEY, f"another {number}")
            pipe.execute_command(*line)
        pipe.execute()
        found.append(client.info("commandstats")[f"cmdstat_{line[0].lower()}"]["usec_per_call"])
    return max(statistics.median(found), 0.1)


def write() -> Path:
    """Measure on a private server, write what came of it, and return the file's path."""
    with start_server() as server, connect(server.host, server.port, timeout=60) as client:
        needs = measure(client)
    with MEASURED.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(asdict(needs[0])), lineterminator="\n")
        table.writeheader()
        table.writerows(map(asdict, needs))
    return MEASURED
