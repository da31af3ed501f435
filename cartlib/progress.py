"""Which exercises are solved: one small file in the learner's home, that can be deleted."""

import json
import os
from pathlib import Path


def path() -> Path:
    """Return where the file is: $CARTLIB_PROGRESS, or .cartlib-progress.json in the home folder."""
    return Path(os.environ.get("CARTLIB_PROGRESS") or Path.home() / ".cartlib-progress.json")


def solved() -> set[str]:
    """Return the names of the solved exercises; none where the file is missing or spoilt."""
    try:
        names = json.loads(path().read_text(encoding="utf-8"))["solved"]
        return {name for name in names if isinstance(name, str)}
    except (OSError, ValueError, TypeError, KeyError):
        return set()


def note(name):
    """Add an exercise to the file; where it can't be written, the check counts all the same."""
    _write(solved() | {name})


def forget(name):
    """Take an exercise out of the file."""
    if name in solved():
        _write(solved() - {name})


def _write(names):
    try:
        draft = path().with_suffix(".new")
        draft.write_text(json.dumps({"solved": sorted(names)}), encoding="utf-8")
        draft.replace(path())
    except OSError:
        pass
