"""What it takes to count visitors: the bytes of a Set, a HyperLogLog and a Bitmap, measured."""

from typing import NamedTuple

from cartlib.connection import connect
from cartlib.lab.local_server import start_server

SIZES = (10, 100, 1_000, 10_000, 100_000)
AT_ONCE = 2_000  # names in one command


class Measured(NamedTuple):
    """What one structure takes for so many visitors, and how many it counts."""

    structure: str
    visitors: int
    bytes: int
    counted: int

    @property
    def error(self) -> float:
        """By how much the count is off, in percent; less than 0 where it is too low."""
        return 100 * (self.counted / self.visitors - 1)


RECORDED = [  # by Redis 7.0, on 64 bits
    Measured("Set", 10, 704, 10),
    Measured("HyperLogLog", 10, 168, 10),
    Measured("Bitmap", 10, 72, 10),
    Measured("Set", 100, 5_648, 100),
    Measured("HyperLogLog", 100, 520, 100),
    Measured("Bitmap", 100, 88, 100),
    Measured("Set", 1_000, 48_304, 1_000),
    Measured("HyperLogLog", 1_000, 3_656, 1_005),
    Measured("Bitmap", 1_000, 216, 1_000),
    Measured("Set", 10_000, 596_720, 10_000),
    Measured("HyperLogLog", 10_000, 14_408, 10_039),
    Measured("Bitmap", 10_000, 1_336, 10_000),
    Measured("Set", 100_000, 5_572_976, 100_000),
    Measured("HyperLogLog", 100_000, 14_408, 98_922),
    Measured("Bitmap", 100_000, 14_392, 100_000),
]


def measure() -> list[Measured]:
    """Start a private server, and return what it measures for each of SIZES; it is gone then.

    The visitors are visitor-1, visitor-2 and so on; in the Bitmap they are the bits 0, 1 and so on.

    Redis: in pipelines, SADD and PFADD of the names, SET of the bits; MEMORY USAGE, and SCARD,
    PFCOUNT and BITCOUNT.
    Raises: LocalServerError where no server can be started.
    """
    with start_server() as server, connect(server.host, server.port, timeout=10) as client:
        return [row for before, size in _steps() for row in _grown(client, before, size)]


def _steps():
    return zip((0, *SIZES), SIZES, strict=False)


def _grown(client, before, size):
    """Add what comes between two sizes, and return what each structure takes then."""
    pipe = client.pipeline(transaction=False)
    for start in range(before, size, AT_ONCE):
        names = [f"visitor-{n}" for n in range(start + 1, min(start + AT_ONCE, size) + 1)]
        pipe.sadd("demo:set", *names)
        pipe.pfadd("demo:hyperloglog", *names)
    pipe.set("demo:bits", _ones(size))
    pipe.execute()
    for key in ("demo:set", "demo:hyperloglog", "demo:bits"):
        pipe.memory_usage(key, samples=0)
    pipe.scard("demo:set").pfcount("demo:hyperloglog").bitcount("demo:bits")
    found = pipe.execute()
    kinds = zip(("Set", "HyperLogLog", "Bitmap"), found[:3], found[3:], strict=True)
    return [Measured(kind, size, used, counted) for kind, used, counted in kinds]


def _ones(count):
    """Return the bytes whose first bits, so many, are 1."""
    whole, rest = divmod(count, 8)
    return b"\xff" * whole + bytes([0xFF << 8 - rest & 0xFF]) * bool(rest)
