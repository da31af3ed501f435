"""Prints the rows of the report: as a table to read, or as CSV."""

import shutil
import sys
import textwrap

from cartlib.course.tables import as_csv, no_formula


def print_table(rows):
    """Print the rows of one notebook below its name."""
    print(f"\n{rows[0][0]}")
    for _, exercise, status, says in rows:
        head = f"  {exercise:14} {status:10} "
        print(textwrap.fill(says, width(), initial_indent=head, subsequent_indent=" " * len(head)))
    sys.stdout.flush()


def width() -> int:
    """Return how long a line may be."""
    return max(60, shutil.get_terminal_size((100, 24)).columns)


def print_csv(rows):
    """Print rows as CSV in which nothing is a formula."""
    sys.stdout.write(as_csv([map(no_formula, row) for row in rows]))
    sys.stdout.flush()
