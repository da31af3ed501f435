"""What the checks are proved with: python tests/proof.py prints the table that README.md shows."""

import importlib.util
from pathlib import Path

import answers
from equivalent import EQUIVALENT
from mutants import mutants

from cartlib.course import index
from cartlib.practice.exercise import Exercise
from cartlib.practice.world import WORLDS

HEAD = (
    "| Lesson | Exercises | Worlds tried | Mutants refused | The same function | Wrong answers | "
    "Right answers |"
)


def load_answers():
    """Let the files in course/answers note their answers, once."""
    if not answers.WRONG:
        for path in sorted(Path(__file__).parent.joinpath("course", "answers").glob("*.py")):
            spec = importlib.util.spec_from_file_location(f"answers_{path.stem}", path)
            spec.loader.exec_module(importlib.util.module_from_spec(spec))


def exercises(lesson):
    """Return the exercises of a lesson."""
    return [task for task in index.tasks(lesson) if isinstance(task, Exercise)]


def table() -> str:
    """Return the table, a row for each lesson, and one for all."""
    load_answers()
    rows = [_row(lesson) for lesson in index.LESSONS if exercises(lesson)]
    total = ["all", *(sum(column) for column in list(zip(*rows, strict=True))[1:])]
    lines = [" | ".join(map(str, row)) for row in [*rows, total]]
    return "\n".join([HEAD, "|---" * 7 + "|", *(f"| {line} |" for line in lines)])


def _row(lesson):
    tasks = exercises(lesson)
    same = sum(len(EQUIVALENT.get(task.name, {})) for task in tasks)
    tried = sum(len(list(mutants(task.solution().text))) for task in tasks)
    return [
        lesson[:2],
        len(tasks),
        sum(len(task.cases) + (WORLDS if task.worlds is not None else 0) for task in tasks),
        tried - same,
        same,
        sum(task in tasks for task, _, _ in answers.WRONG),
        sum(task in tasks for task, _, _ in answers.RIGHT),
    ]


if __name__ == "__main__":
    print(table())
