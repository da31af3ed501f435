"""Makes points of what the checks said: a row for each student, and a column for each lesson."""

from dataclasses import dataclass, field

from cartlib.course import index
from cartlib.course.handed_in import same
from cartlib.course.marks import RANKS, TASKS, Marks
from cartlib.course.tables import InputError, as_csv, no_formula, read_table
from cartlib.errors import printable
from cartlib.practice.outcome import CORRECT


@dataclass
class Student:
    """A student: the row of the roster, if there is one, and what was handed in."""

    name: str
    row: dict | None = None
    handed_in: list[Marks] = field(default_factory=list)

    @property
    def lessons(self) -> set[str]:
        return {lesson for marks in self.handed_in for lesson in marks.lessons}

    def best(self, task) -> dict | None:
        """Return the facts of the best outcome of a task in all that was handed in."""
        found = [marks.outcomes[task] for marks in self.handed_in if task in marks.outcomes]
        return max(found, key=lambda facts: RANKS.index(facts["status"]), default=None)

    def points(self, tasks, rubric) -> float:
        """Return the points for those of the tasks that are solved."""
        found = {task: self.best(task) for task in tasks}
        return sum(rubric[task] for task in tasks if found[task] and is_solved(found[task]))


def is_solved(facts) -> bool:
    """Return whether these are the facts of a right answer."""
    return facts["status"] == CORRECT


def read_rubric(path) -> dict[str, float]:
    """Return the points by task; one for a task that the file does not name.

    Raises: InputError where it can't be used.
    """
    found = {}
    for line, row in read_table(path, "task", "points"):
        task, points = row["task"], row["points"]
        if task not in TASKS:
            raise InputError(f"{path}, line {line}: {task!r} is no task, as {TASKS[0]} is one.")
        if task in found:
            raise InputError(f"{path}, line {line}: {task} is there twice.")
        found[task] = _points(points)
        if found[task] is None:
            wanted = "Give points from 0 to 1000, such as 2 or 0.5."
            raise InputError(f"{path}, line {line}: {points!r} for {task}. {wanted}")
    return dict.fromkeys(TASKS, 1.0) | found


def _points(text) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number <= 1000 else None  # which nan is not, either


def new_rubric() -> str:
    """Return a rubric to begin from: one point for each task."""
    tasks = [task for lesson in index.LESSONS for task in index.exercises(lesson)]
    return as_csv([("task", "points", "about"), *((t.name, 1, t.task) for t in tasks)])


def students_of(pairs, roster) -> list[Student]:
    """Return all students: those of the roster in its order, then who else is in the pairs.

    A pair is a student's name and the marks of a notebook.
    """
    found = {key: Student(row["student"], row) for key, row in roster.items()}
    for name, marks in pairs:
        found.setdefault(same(name), Student(name)).handed_in.append(marks)
    others = sorted((s for s in found.values() if s.row is None), key=lambda s: same(s.name))
    return [s for s in found.values() if s.row is not None] + others


def lessons_of(students) -> list[str]:
    """Return the lessons with exercises that anybody has handed in."""
    wanted = {lesson for student in students for lesson in student.lessons}
    return [lesson for lesson in index.LESSONS if lesson in wanted and index.exercises(lesson)]


def tasks_of(lesson) -> list[str]:
    """Return the names of a lesson's exercises."""
    return [task.name for task in index.exercises(lesson)]


def grades(students, rubric, roster) -> str:
    """Return the CSV: the roster's columns, the points by lesson, their sum, and remarks.

    The cell of a lesson that was not handed in is empty.
    """
    lessons = lessons_of(students)
    columns = list(next(iter(roster.values()))) if roster else ["student"]
    rows = [[*columns, *lessons, "points", "possible", "percent", "remarks"]]
    for student in students:
        known = student.row or {"student": no_formula(printable(student.name))}
        cells = [_cell(student, lesson, rubric) for lesson in lessons]
        names = [known.get(column, "") for column in columns]
        rows.append([*names, *cells, *_sum(student, lessons, rubric), remarks(student, roster)])
    return as_csv(rows)


def _cell(student, lesson, rubric):
    points = student.points(tasks_of(lesson), rubric)
    return number(points) if points or lesson in student.lessons else ""


def _sum(student, lessons, rubric):
    tasks = [task for lesson in lessons for task in tasks_of(lesson)]
    points, possible = student.points(tasks, rubric), sum(rubric[task] for task in tasks)
    percent = 100 * points / possible if possible else 0
    return number(points), number(possible), f"{percent:.1f}"


def remarks(student, roster) -> str:
    """Return what the teacher should know of a student's hand-ins, in words."""
    said = [] if student.handed_in else ["handed in nothing"]
    if roster and student.row is None:
        said.append("not in the roster")
    for marks in student.handed_in:
        if not marks.complete:
            said.append(f"{marks.path.name} could not be run to its end")
        elif not marks.lessons:
            said.append(f"{marks.path.name} is of no lesson that is known")
    for lesson in lessons_of([student]):
        count = sum(lesson in marks.lessons for marks in student.handed_in)
        if count > 1:
            said.append(f"{count} notebooks of {lesson}: the best of each exercise counts")
    return no_formula(printable("; ".join(said)))


def number(points) -> str:
    """Return points as one writes them."""
    return f"{points:.10g}"
