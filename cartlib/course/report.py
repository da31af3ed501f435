"""The commands for whoever teaches: the report on handed-in notebooks, and what goes with it."""

import argparse
import os
import sys
from itertools import groupby
from pathlib import Path

from cartlib.course import answersheet, cheatsheet, feedback, grades, structures
from cartlib.course.alike import alike
from cartlib.course.handed_in import check_students, hand_ins, read_roster
from cartlib.course.listing import print_csv, print_table
from cartlib.course.marks import TASKS, Row
from cartlib.course.options import add_report_options
from cartlib.course.tables import InputError, check_folder, write_whole
from cartlib.course.whole_class import in_one_line, mark_all
from cartlib.menu import allow_any_text, printable

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


def main(arguments=None) -> int:
    """Do what the command line says, and return the exit status."""
    options = read_options(arguments)
    allow_any_text()
    try:
        return options.run(options)
    except InputError as error:
        print(printable(error), file=sys.stderr)
        return 2


def print_sheet(options) -> int:
    """Write the cheat sheet, measured anew if that is wanted, and say where it is."""
    if options.measure:
        print(structures.write())
    print(cheatsheet.write())
    return 0


def print_rubric(options) -> int:
    """Print a rubric to begin from."""
    print(grades.new_rubric(), end="")
    return 0


def report(options) -> int:
    """Mark the notebooks that are named, and return the exit status."""
    hands = hand_ins(options.notebooks, options.student)
    roster, rubric = prepare(options, hands)
    if not agreed(len(hands), options.yes):
        return 2
    show = print_csv if options.csv else print_table
    if options.csv:
        show([Row._fields])
    found = mark_all([hand.path for hand in hands], options.timeout, options.jobs, show)
    if left := len(hands) - len(found):
        print(f"\nStopped. {left} of {len(hands)} notebooks were not marked.", file=sys.stderr)
        if options.grades or options.feedback:
            print("No grades and no feedback were written.", file=sys.stderr)
        return 1
    pairs = [(hand.student, found[number]) for number, hand in enumerate(hands)]
    for _, rows in groupby(alike(pairs), key=lambda row: row.notebook):
        show(in_one_line(rows))
    written = write(options, grades.students_of(pairs, roster), rubric, roster)
    return 0 if written and all(marks.complete for marks in found.values()) else 1


def prepare(options, hands):
    """Return the roster and the rubric; raise an InputError for what could not be done later."""
    wanted = options.grades or options.feedback
    if (options.roster or options.rubric) and not wanted:
        raise InputError("--roster and --rubric do nothing alone. Add --grades or --feedback.")
    if wanted and not options.student:
        check_students(hands)
    if options.grades:
        check_folder(Path(options.grades).parent)
        read = [os.path.realpath(path) for path in (options.roster, options.rubric) if path]
        if os.path.realpath(options.grades) in read:
            raise InputError(f"--grades would write over {options.grades}, which is read.")
    if options.feedback:
        check_folder(options.feedback)
    roster = read_roster(options.roster) if options.roster else {}
    rubric = grades.read_rubric(options.rubric) if options.rubric else dict.fromkeys(TASKS, 1.0)
    return roster, rubric


def write(options, students, rubric, roster) -> bool:
    """Write the grades and the pages that are wanted; return whether that was possible."""
    files = {}
    if options.grades:
        files[Path(options.grades)] = grades.grades(students, rubric, roster)
    if options.feedback:
        for name, page in feedback.pages(students, rubric).items():
            files[Path(options.feedback, name)] = page
    try:
        for path, text in files.items():
            write_whole(path, text)
    except OSError as error:
        print(printable(f"{path} can't be written: {error.strerror}."), file=sys.stderr)
        return False
    for student in students if files else ():
        if said := grades.remarks(student, roster):
            print(printable(f"{student.name}: {said}"), file=sys.stderr)
    return True


def read_options(arguments):
    """Return the command line's options."""
    parser = argparse.ArgumentParser(prog="python -m cartlib.course")
    commands = parser.add_subparsers(required=True, metavar="report|rubric|answers|cheatsheet")
    sheet = commands.add_parser("cheatsheet", help="write the cheat sheet of the whole course")
    sheet.add_argument("--measure", action="store_true", help="measure the structures anew, too")
    sheet.set_defaults(run=print_sheet)
    rubric = commands.add_parser("rubric", help="print the points by task, for you to change")
    rubric.set_defaults(run=print_rubric)
    answersheet.add_command(commands)
    marking = commands.add_parser(
        "report",
        help="run notebooks, and list what their checks say",
        description=ABOUT,
        epilog=STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_report_options(marking.add_argument)
    marking.set_defaults(run=report)
    return parser.parse_args(arguments)


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
