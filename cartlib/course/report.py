"""The commands for whoever teaches: the report on handed-in notebooks, and the cheat sheet."""

import argparse
import csv
import glob
import os
import shutil
import sys
import textwrap
from pathlib import Path

from cartlib.course import answersheet, cheatsheet, structures
from cartlib.course.marking import Row, mark
from cartlib.course.processes import stoppable
from cartlib.menu import allow_any_text, printable

SECONDS = 60
ABOUT = """
Run the notebooks that learners handed in, and list what the checks in them say.

Each notebook runs in a Python process of its own, on fakeredis, from its first cell to its last.
A cell that raises an error does not keep the later ones from running. Of each exercise the best
outcome counts: who has solved it, and then tries something else, has solved it."""
STATUS = """
exit status: 0 if all notebooks ran to their end, 1 if one did not, 2 if the command was wrong or
nobody agreed to it"""
WARNING = """
This runs all the code in {count}, under your account. Such code can read, change
and delete your files, use the network, and pretend to be right. If you don't know what is in it,
use a throw-away account or a container that holds nothing of yours.
"""
NOBODY = "Nothing was run. There is nobody here to ask: add --yes if you agree."
ASK = "Type yes to go on: "
FORMULA = ("=", "+", "-", "@")  # so begins what a spreadsheet would calculate


def main(arguments=None) -> int:
    """Do what the command line says, and return the exit status."""
    options = read_options(arguments)
    allow_any_text()
    return options.run(options)


def print_sheet(options) -> int:
    """Write the cheat sheet, measured anew if that is wanted, and say where it is."""
    if options.measure:
        print(structures.write())
    print(cheatsheet.write())
    return 0


def report(options) -> int:
    """Mark the notebooks that are named, and return the exit status."""
    paths = list(dict.fromkeys(path for name in options.notebooks for path in find(name)))
    if not agreed(len(paths), options.yes):
        return 2
    show = print_csv if options.csv else print_table
    if options.csv:
        show([Row._fields])
    try:
        with stoppable():
            return 0 if all([marked(path, options.timeout, show) for path in paths]) else 1
    except KeyboardInterrupt:
        print("\nStopped. This notebook, and those after it, are not in the list.", file=sys.stderr)
        return 1


def read_options(arguments):
    """Return the command line's options."""
    parser = argparse.ArgumentParser(prog="python -m cartlib.course")
    commands = parser.add_subparsers(required=True, metavar="report|cheatsheet|answers")
    sheet = commands.add_parser("cheatsheet", help="write the cheat sheet of the whole course")
    sheet.add_argument("--measure", action="store_true", help="measure the structures anew, too")
    sheet.set_defaults(run=print_sheet)
    answersheet.add_command(commands)
    marking = commands.add_parser(
        "report",
        help="run notebooks, and list what their checks say",
        description=ABOUT,
        epilog=STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    marking.add_argument(
        "notebooks",
        nargs="+",
        type=name,
        metavar="NOTEBOOK",
        help='a file, a folder, or a pattern: "*.ipynb"',
    )
    marking.add_argument("--csv", action="store_true", help="print a table for a spreadsheet")
    marking.add_argument("--yes", action="store_true", help="don't ask whether to run the code")
    marking.add_argument(
        "--timeout",
        type=seconds,
        default=SECONDS,
        metavar="SECONDS",
        help="how long a notebook may run (%(default)s); one cell gets half of what is left",
    )
    marking.set_defaults(run=report)
    return parser.parse_args(arguments)


def name(text) -> str:
    """Return the name of a file or a folder, or a pattern; an empty one would mean all in here."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty. Name a file or a folder; . is this folder.")
    return text


def seconds(text) -> float:
    """Return a time limit."""
    number = float(text)
    if not 0 < number <= 86_400:
        raise ValueError
    return number


def find(name) -> list[Path]:
    """Return the notebooks that a name, a folder or a pattern means; else the name as a path."""
    path = Path(name)
    if os.path.isdir(name):  # Path.is_dir() raises an error where a name is too long
        found = path.rglob("*.ipynb")
    else:
        found = [path] if os.path.exists(name) else map(Path, glob.glob(name, recursive=True))
    return sorted(p for p in found if ".ipynb_checkpoints" not in p.parts) or [path]


def agreed(count, yes) -> bool:
    """Say what running the code means, and return whether the person wants it."""
    notebooks = f"{count} notebook{'s' if count > 1 else ''}"
    print(WARNING.format(count=notebooks), file=sys.stderr)
    if yes:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        print(NOBODY, file=sys.stderr)
        return False
    print(ASK, end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() == "yes":
        return True
    print("Nothing was run.", file=sys.stderr)
    return False


def marked(path, limit, show) -> bool:
    """Mark a notebook, show its rows, and return whether all of it was run."""
    rows, complete = mark(path, limit)
    show([[printable(text) for text in row] for row in rows])
    return complete


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
    writer = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for row in rows:
        writer.writerow([f"'{text}" if text.startswith(FORMULA) else text for text in row])
    sys.stdout.flush()
