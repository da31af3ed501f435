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
    """Return each notebook that the names mean, once, with its student.

    That is what stands for {student} in the pattern, which is for the end of the path, as in
    "{student}_*"; * means any characters but /. Without one it is the folder below the name, or the
    folder that a notebook lies in, if that is no other than the one named.
    Raises: InputError for a path that the pattern doesn't fit.
    """
    found = {}
    for name in names:
        paths = find(name)
        for path in paths:
            if path not in found:
                found[path] = _by_pattern(path, pattern) if pattern else _folder(path, name, paths)
    return [HandIn(*pair) for pair in found.items()]


def _folder(path, name, paths):
    below = path.relative_to(name).parts if os.path.isdir(name) else ()
    if len(below) > 1 and Path(name) not in [one.parent for one in paths]:
        return below[0]
    return Path(os.path.abspath(name if len(below) > 1 else path.parent)).name


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
            "once. Put them all into folders of students, or say how the files are named: "
            '--student "{student}_*"'
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
