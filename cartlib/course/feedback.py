"""A page for each student: what the checks said, the points, and what was not handed in."""

import re
from html import escape

from cartlib.course import index
from cartlib.course.grades import is_solved, lessons_of, number, tasks_of
from cartlib.course.handed_in import same
from cartlib.course.marks import PROBLEM
from cartlib.course.overview import Chapter
from cartlib.look.html import SHEET, failed, marked_up, noted, warned
from cartlib.practice.outcome import Note, Outcome

THEME = '[data-jp-theme-light="false"]'
DARK = "".join(re.findall(rf"^{re.escape(THEME)} [^}}]*\}}", SHEET, re.M)).replace(THEME, ":root")
# JupyterLab's variables, by which the sheet of the cards gets its colours.
PAGE = """
:root {color-scheme: light dark; --jp-ui-font-family: system-ui, sans-serif;
  --jp-code-font-family: ui-monospace, monospace;}
body {font: 15px/1.5 var(--jp-ui-font-family); max-width: 60em; margin: 2em auto; padding: 0 1em;
  color: var(--jp-ui-font-color1); background: var(--page);}
:root {--page: #fff; --jp-ui-font-color1: #212121;}
h1 {font-size: 24px; overflow-wrap: anywhere;} h2 {font-size: 19px; margin: 1.6em 0 .2em;}
h3 {font-size: 15px; margin: 1em 0 .3em;} .points {font-weight: 400;}
.cartlib .message {margin: 6px 0;}
@media (prefers-color-scheme: dark) {
:root {--page: #111; --jp-ui-font-color1: #e3e3e3; --jp-ui-font-color2: #b8b8b8;
  --jp-layout-color2: #2b2b2b; --jp-border-color2: #555;}
"""
STYLE = f"<style>{SHEET}{PAGE}{DARK}}}</style>"
KEPT = (
    *("sentence", "because", "expected", "actual", "given", "details", "call", "story", "sent"),
    "world",
)
LONGEST = 80  # characters of a file's name


def pages(students, rubric) -> dict[str, str]:
    """Return the pages by the names of their files, which any file system takes."""
    lessons, found = lessons_of(students), {}
    for student in students:
        name = re.sub(r"[^\w.-]+", "_", same(student.name))[:LONGEST].strip(".") or "_"
        while f"{name}.html" in found:
            name += "_"
        found[f"{name}.html"] = page(student, lessons, rubric)
    return found


def page(student, lessons, rubric) -> str:
    """Return a student's page as HTML, which needs no script and no network."""
    name = escape(student.name)
    tasks = [task for lesson in lessons for task in tasks_of(lesson)]
    parts = "".join(_lesson(student, lesson, rubric) for lesson in lessons)
    parts += _trouble([marks for marks in student.handed_in if not marks.lessons])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{name}: feedback</title>{STYLE}</head>\n<body><h1>{name}</h1>\n"
        f"<p>{_points(student, tasks, rubric)} in all.</p>\n{parts}</body></html>\n"
    )


def _points(student, tasks, rubric) -> str:
    possible = sum(rubric[task] for task in tasks)
    points = "point" if possible == 1 else "points"
    return f"{number(student.points(tasks, rubric))} of {number(possible)} {points}"


def _title(level, words, student, tasks, rubric):
    points = f'<span class="points">· {_points(student, tasks, rubric)}</span>'
    return f"<h{level}>{words} {points}</h{level}>\n"


def _lesson(student, lesson, rubric):
    head = _title(2, escape(Chapter(lesson, ()).title), student, tasks_of(lesson), rubric)
    handed_in = [marks for marks in student.handed_in if lesson in marks.lessons]
    nothing = "" if handed_in else noted("You handed in no notebook of this lesson.")
    tasks = [task for task in index.exercises(lesson) if handed_in or student.best(task.name)]
    cards = "".join(_task(student, task, rubric) for task in tasks)
    return f"{head}{nothing}{_trouble(handed_in)}{cards}"


def _task(student, task, rubric):
    """Return what the check said of a task, and the hints where it is not solved."""
    head = _title(3, marked_up(index.in_words(task)), student, [task.name], rubric)
    facts = student.best(task.name)
    if facts is None:
        return head + warned("No check of it ran.")
    notes = [Note(f"Hint {n} of {len(task.hints)}", text) for n, text in enumerate(task.hints, 1)]
    hints = () if is_solved(facts) else tuple((note.title, note.html()) for note in notes)
    kept = {name: facts.get(name, "") for name in KEPT}
    return head + Outcome(task.name, facts["status"], **kept, help=hints).html()


def _trouble(handed_in) -> str:
    """Return what went wrong in cells, or with the file."""
    return "".join(
        (failed if status == PROBLEM else warned)(f"{marks.path.name}: {says}")
        for marks in handed_in
        for status, says in marks.problems
    )
