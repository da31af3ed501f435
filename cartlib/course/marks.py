"""What is known of one notebook that was run: the outcome of each task, and what went wrong."""

from pathlib import Path
from typing import NamedTuple

from cartlib.course import index
from cartlib.course.signing import read_signed
from cartlib.practice.outcome import CORRECT, ERROR, NOT_TRIED, NOT_YET

PROBLEM, MISSING, TOTAL = "problem", "missing", "total"
RANKS = [MISSING, NOT_TRIED, ERROR, NOT_YET, CORRECT]  # the best outcome of a task counts
TASKS = [task.name for lesson in index.LESSONS for task in index.exercises(lesson)]
LONGEST, MOST = 300, 20_000  # characters of a text that a notebook brings: in a row, in a card


class Row(NamedTuple):
    """One line of the report."""

    notebook: str
    exercise: str
    status: str
    says: str


class Marks:
    """What comes of one notebook: the facts of its `outcomes` by task, `problems`, `answers`."""

    def __init__(self, path):
        self.path, self.outcomes, self.problems, self.complete = Path(path), {}, [], True
        self.lessons, self.answers, self.key = lessons_of(path, []), {}, ""

    def take(self, kind, content, cell):
        """Note the outcome, or the error, that a cell sent."""
        if kind == "error":
            text = f"In {cell}: {content.get('ename')}: {content.get('evalue')}"
            self.problems.append((ERROR, text[:LONGEST]))
        found = read_signed(content.get("data", {}), self.key)
        if not isinstance(found, dict):  # what a cell displays itself says nothing
            return
        facts = {name: str(text)[:MOST] for name, text in found.items()}
        name, status = facts.get("exercise"), facts.get("status")
        if name in TASKS and status in RANKS:
            best = self.outcomes.get(name, {"status": MISSING})["status"]
            if RANKS.index(status) >= RANKS.index(best):
                self.outcomes[name] = facts

    def fail(self, text):
        """Note why not all of the notebook could be run."""
        self.problems.append((PROBLEM, text[:LONGEST]))
        self.complete = False

    def rows(self) -> list[Row]:
        """Return the problems, then a row for each task, and the total."""
        name, tasks = str(self.path), self.tasks
        missing = {"status": MISSING, "sentence": "No check of it ran."}
        found = [self.outcomes.get(task, missing) for task in tasks]
        rows = [Row(name, "", *problem) for problem in self.problems]
        for task, facts in zip(tasks, found, strict=True):
            rows.append(Row(name, task, facts["status"], facts.get("sentence", "")[:LONGEST]))
        right = sum(facts["status"] == CORRECT for facts in found)
        says = "are correct." if tasks else "No exercise of the course was found."
        return [*rows, Row(name, TOTAL, f"{right} of {len(tasks)}", says)]

    @property
    def tasks(self) -> list[str]:
        """The tasks of the notebook's lessons, and whatever other tasks were seen, in order."""
        wanted = {task.name for lesson in self.lessons for task in index.exercises(lesson)}
        return [name for name in TASKS if name in wanted or name in self.outcomes]


def lessons_of(path, code) -> list[str]:
    """Return the lessons that a notebook is of: by its file's name, or else by what it imports."""
    lessons = [lesson for lesson in index.LESSONS if lesson in Path(path).stem]
    text = "\n".join(code)
    imported = [name for name, module in index.LESSONS.items() if module.__name__ in text]
    return lessons or imported
