"""Finds the notebooks that were handed in, and says whose they are."""

import fnmatch
import glob
import os
import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

from cartlib.course.index import LESSONS
from cartlib.course.marks import lessons_of
from cartlib.course.tables import InputError, read_table

STUDENT = "{student}"
RESERVED = ["points", "possible", "percent", "remarks", *LESSONS]  # columns of the grades


class HandIn(NamedTuple):
    """A notebook, and whose it is."""

    path: Path
    student: str


def find(name) -> list[Path]:
    """Return the notebooks that a name, a folder or a pattern means; else the name as a path."""
    path = Path(name)
    if os.path.isdir(name):  # Path.is_dir() raises an error where a name is too long
        found = path.rglob("*.ipynb")
    else:
        found = [path] if os.path.exists(name) else map(Path, glob.glob(name, recursive=True))
    return sorted(p for p in found if ".ipynb_checkpoints" not in p.parts) or [path]


def hand_ins(names, pattern=None) -> list[HandIn]:
    """Return each notebook that the names mean, once; see student_of()."""
    found = {}
    for name in names:
        for path in find(name):
            if path not in found:
                found[path] = student_of(path, name, pattern)
    return [HandIn(*pair) for pair in found.items()]


def student_of(path, name, pattern=None) -> str:
    """Return whose a notebook is: the folder's below `name`, which led to it, or by the pattern.

    Without a folder in between it is the one that the notebook lies in. The pattern is for the end
    of the path, as in "{student}_*": * means any characters but /.
    Raises: InputError for a path that the pattern doesn't fit.
    """
    if pattern:
        return _by_pattern(path, pattern)
    below = path.relative_to(name).parts if os.path.isdir(name) else ()
    return below[0] if len(below) > 1 else Path(os.path.abspath(path)).parent.name


def _by_pattern(path, pattern):
    wanted = pattern.split("/")
    parts = Path(os.path.abspath(path)).parts[-len(wanted) :]
    regexes = [fnmatch.translate(one).replace(re.escape(STUDENT), "(.+?)") for one in wanted]
    found = [re.match(regex, part) for regex, part in zip(regexes, parts, strict=False)]
    if len(parts) < len(wanted) or None in found:
        raise InputError(f"{path} does not fit --student {pattern!r}. Move it, or mend that.")
    return next(match[1] for match in found if match.re.groups)


def check_students(found):
    """Raise an InputError where one folder seems to hold the notebooks of a whole class."""
    lessons = [lesson for path, _ in found for lesson in lessons_of(path, [])]
    if len({same(student) for _, student in found}) == 1 and len(set(lessons)) < len(lessons):
        raise InputError(
            f"All notebooks would be of one student, {found[0].student!r}, with a lesson more than "
            'once. Say how the files are named: --student "{student}_*"'
        )


def same(student) -> str:
    """Return what two spellings of a student have in common: macOS writes an é as two signs."""
    return unicodedata.normalize("NFC", student).strip().casefold()


def read_roster(path) -> dict[str, dict]:
    """Return the rows of a roster by same(student), in order.

    Raises: InputError where it can't be used.
    """
    found = {}
    for line, row in read_table(path, "student"):
        for name in row:
            if name in RESERVED:
                raise InputError(f"{path}: the column {name!r} is one of the grades. Rename it.")
        student = same(row["student"])
        if not student:
            raise InputError(f"{path}, line {line}: the student has no name.")
        if student in found:
            raise InputError(f"{path}, line {line}: {row['student']!r} is there twice.")
        found[student] = row
    if not found:
        raise InputError(f"{path} has no student below its first line.")
    return found
