"""The answer sheet: a notebook with each task, a right answer, and the usual wrong ones."""

import argparse
import dis
import os
import re
import sys
from inspect import iscode
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cartlib.course.cheatsheet import NOTEBOOKS
from cartlib.course.index import LESSONS, tasks
from cartlib.course.overview import Chapter
from cartlib.practice.exercise import Exercise, code_of

DEFAULT = "answers.ipynb"
INTRO = """# The answers

For whoever teaches. Keep it out of the folders that learners see.

Each cell stands by itself: run it, and its check says what a learner would read. The answers are
those that the checks compare with, and the sentence before a wrong answer is what it earns. What a
cell imports from `cartlib.course` is the course's own; `NAME??` in a new cell shows it.

Who runs a right answer here has solved the exercise: it counts in their own list, too."""
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
SPECIAL = re.compile(r"`[^`]*`|\*\*|([\\`*_\[\]<>#|~$&])")  # code, bold, all else
NO_FOLDER = "{} is in the folder of the lessons, {}, where learners would see it. Name another."


def add_command(commands):
    """Add `answers` to the commands of `python -m cartlib.course`."""
    command = commands.add_parser("answers", help="write a notebook with all answers")
    command.add_argument(
        "lessons",
        nargs="*",
        type=lesson,
        metavar="LESSON",
        help="the number of a lesson, such as 02; without one: all",
    )
    command.add_argument(
        "--to", type=target, default=DEFAULT, metavar="FILE", help="a notebook (%(default)s)"
    )
    command.set_defaults(run=write)


def lesson(text) -> str:
    """Return the name of the lesson with this number."""
    found = [name for name in LESSONS if name[:2] == text.zfill(2)]
    if not found:
        raise argparse.ArgumentTypeError(f"there is no lesson {text}. Take a number from 00 to 16.")
    return found[0]


def target(text) -> Path:
    """Return the path to write to, unless learners would see it there."""
    path = Path(text)
    if path.suffix != ".ipynb" or path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no notebook. Name a file: {DEFAULT}")
    for folder in path.resolve().parents:
        if any((folder / f"{name}.ipynb").exists() for name in LESSONS):
            raise argparse.ArgumentTypeError(NO_FOLDER.format(text, folder))
    return path


def write(options) -> int:
    """Write the sheet, say where it is, and return the exit status."""
    draft = options.to.with_suffix(".new")
    try:
        nbformat.write(sheet(options.lessons or LESSONS), draft)
        os.replace(draft, options.to)
    except OSError as error:
        draft.unlink(missing_ok=True)
        print(f"{options.to} can't be written: {error.strerror}.", file=sys.stderr)
        return 1
    print(options.to)
    return 0


def sheet(lessons):
    """Return the sheet of these lessons."""
    cells = [new_markdown_cell(INTRO)]
    for name in sorted(lessons):
        cells.append(new_markdown_cell(f"## {Chapter(name, ()).title}"))
        for task, text in in_order(name):
            cells += exercise(task, text) if isinstance(task, Exercise) else [question(task)]
    for number, cell in enumerate(cells):
        cell.id = f"answers-{number}"  # the same ones each time
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def in_order(name):
    """Return a lesson's tasks in the order of its notebook, each with the text before it."""
    cells = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells
    found = []
    for task in tasks(name):
        call = re.compile(rf"^{task.name.split('.')[1]}\.(ask|check)\(", re.M)
        place = next(n for n, cell in enumerate(cells) if call.search(cell.source))
        found.append((place, task, cells[place - 1].source))
    return [(task, text) for _, task, text in sorted(found, key=lambda each: each[0])]


def exercise(task, text):
    """Return the cells of an exercise: what is to be written, one right answer, wrong ones."""
    function = task.task.partition("(")[0]
    start = re.search(rf"^## Your turn.*\n|^.*Write `{function}\(", text, re.M)
    wanted = text[start.start() :]
    wanted = wanted.replace("## ", " · ", 1) if wanted.startswith("## ") else f"\n\n{wanted}"
    hints = "\n".join(f"{number}. {plain(hint)}" for number, hint in enumerate(task.hints, 1))
    cells = [
        new_markdown_cell(f"### {task.name}{wanted}\n\n**Hints**\n\n{hints}"),
        new_code_cell(checked(task, task.reference_function)),
    ]
    for mistake in task.mistakes:
        title = f"**Wrong: {plain(in_words(mistake.function.__name__))}**"
        cells += [
            new_markdown_cell(f"{title}\n\n> {plain(mistake.message)}"),
            new_code_cell(checked(task, mistake.function)),
        ]
    return cells


def in_words(name):
    """Return the name of a function as words."""
    return name.replace("_", " ")


def checked(task, function) -> str:
    """Return a function's code and its check, below an import of all that they need."""
    short = task.name.split(".")[1]
    needed = ", ".join(sorted({short, *names(function.__code__, function)}))
    head = f"from {function.__module__} import {needed}"
    return f"{head}\n\n\n{code_of(function)}\n\n\n{short}.check({function.__name__})"


def names(code, function):
    """Return the names in the code of a function that its module has to give."""
    loaded = {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
    found = loaded & function.__globals__.keys()
    for part in filter(iscode, code.co_consts):
        found |= names(part, function)
    return found


def question(task):
    """Return the cell of a question: its choices, the right one, and what is said to each."""
    title, lines = task._asked()
    asked = [f"### {task.name}", plain(title)]
    if lines:
        asked.append("\n".join(["```text", *(f"> {line}" for line in lines), "```"]))
    right = task.answer()
    for letter, (choice, words) in zip("abcdef", task.choices.items(), strict=False):
        mark = "✓ right" if choice == right else "✗"
        asked.append(f"- **{letter}** · {plain(choice)}\\\n  {mark}: {plain(words)}")
    return new_markdown_cell("\n\n".join([*asked, plain(task.because)]).rstrip())


def plain(text) -> str:
    """Return a text as Markdown that shows it as it is, but for `code` and **bold**."""
    one_line = " ".join(text.split())
    return SPECIAL.sub(lambda found: f"\\{found[1]}" if found[1] else found[0], one_line)
