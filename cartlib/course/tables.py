"""Reads the tables that a teacher gives, and writes files whole or not at all."""

import csv
import io
import os
import tempfile
from pathlib import Path

FORMULA = ("=", "+", "-", "@")  # so begins what a spreadsheet would calculate


class InputError(Exception):
    """What the teacher gave can't be used; the message says why, and what to do."""


def read_table(path, *wanted) -> list[tuple[int, dict]]:
    """Return (line, {column: cell}) for each row of a CSV file, which has the columns `wanted`.

    Commas, semicolons or tabs are between its cells, whichever its first line has most of.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")  # a spreadsheet may begin with a mark
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.") from None
    except ValueError:
        raise InputError(f"{path} is no text in UTF-8. Save it as “CSV UTF-8”.") from None
    separator = max(",;\t", key=text.partition("\n")[0].count)
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restval="")
    try:
        _check_columns(path, lines.fieldnames or [], wanted)
        rows = [(lines.line_num, row) for row in lines]
    except csv.Error as error:
        raise InputError(f"{path}, line {lines.line_num}: no CSV: {error}.") from None
    for line, row in rows:
        if None in row:
            raise InputError(f"{path}, line {line}: more cells than the first line has columns.")
    return [(line, {name: cell.strip() for name, cell in row.items()}) for line, row in rows]


def _check_columns(path, columns, wanted):
    for name in wanted:
        if name not in columns:
            raise InputError(f"{path} has no column {name!r}. Its first line names the columns.")
    for name in columns:
        if columns.count(name) > 1:
            raise InputError(f"{path} has the column {name!r} twice. Rename one.")


def as_csv(rows) -> str:
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return text.getvalue()


def no_formula(text) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def check_folder(path):
    """Raise an InputError unless files can be written in the folder, or it can be made."""
    folder = Path(os.path.abspath(path))
    while not os.path.lexists(folder):
        folder = folder.parent
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise InputError(f"Nothing can be written in {folder}: {error.strerror}.") from None


def write_whole(path, text):
    """Write a file, whole or not at all; its folder is made."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{os.getpid()}.new")
    try:
        draft.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
