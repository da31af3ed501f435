"""The options of the report; each is checked as it is read."""

import argparse
import os

from cartlib.course.handed_in import STUDENT

SECONDS = 60


def add_report_options(add):
    """Add the options of the report, by add_argument()."""
    notebooks = 'a file, a folder, or a pattern: "*.ipynb"'
    add("notebooks", nargs="+", type=name, metavar="NOTEBOOK", help=notebooks)
    add("--csv", action="store_true", help="print the list of tasks for a spreadsheet")
    add("--grades", type=csv_file, metavar="FILE.csv", help="write a row for each student")
    add("--feedback", type=name, metavar="DIR", help="write a page for each student (HTML)")
    add("--roster", metavar="FILE", help="all students: a CSV file with a column “student”")
    add("--rubric", metavar="FILE", help="the points by task; see the command rubric")
    student = 'how files are named, as "{student}_*"; else the folder is the student'
    add("--student", type=pattern, metavar="PATTERN", help=student)
    add("--jobs", type=jobs, default=1, metavar="N", help="how many run at once (%(default)s)")
    add("--yes", action="store_true", help="don't ask whether to run the code")
    limit = "how long a notebook may run (%(default)s); one cell gets half of what is left"
    add("--timeout", type=seconds, default=SECONDS, metavar="SECONDS", help=limit)


def name(text) -> str:
    """Return the name of a file or a folder, or a pattern; an empty one would mean all in here."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty. Name a file or a folder; . is this folder.")
    return text


def csv_file(text) -> str:
    """Return the name of a file for grades; of another kind it may be a notebook that was meant."""
    if not text.endswith(".csv") or os.path.isdir(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a file that ends in .csv.")
    return text


def pattern(text) -> str:
    """Return how the files of students are named."""
    if text.count(STUDENT) != 1 or "**" in text:
        raise argparse.ArgumentTypeError(f"write {STUDENT} once, and * for what may be anything.")
    return text


def jobs(text) -> int:
    """Return how many notebooks run at once."""
    number = int(text)
    if not 1 <= number <= 64:
        raise ValueError
    return number


def seconds(text) -> float:
    """Return a time limit."""
    number = float(text)
    if not 0 < number <= 86_400:
        raise ValueError
    return number
