"""Answers as learners and hasty engineers give them: the right ones pass, the wrong ones do not."""

import importlib.util
from pathlib import Path

import answers
import pytest

from cartlib.course import index
from cartlib.practice.exercise import Exercise
from cartlib.practice.outcome import CORRECT

for path in sorted(Path(__file__).parent.joinpath("answers").glob("*.py")):
    spec = importlib.util.spec_from_file_location(f"answers_{path.stem}", path)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


def name_of(answer):
    exercise, function, _ = answer
    return f"{exercise.name}-{function.__name__}"


def test_every_exercise_has_answers_of_both_kinds():
    for lesson in index.LESSONS:
        for task in index.tasks(lesson):
            if isinstance(task, Exercise):
                wrong = [reason for one, _, reason in answers.WRONG if one is task]
                right = [reason for one, _, reason in answers.RIGHT if one is task]
                assert len(wrong) >= 5 and len(right) >= 2, task.name
                assert len(set(wrong)) == len(wrong) and len(set(right)) == len(right)


@pytest.mark.parametrize("answer", answers.WRONG, ids=name_of)
def test_wrong_answer_is_refused(answer):
    exercise, function, reason = answer
    assert not exercise.accepts(function), reason


@pytest.mark.parametrize("answer", answers.RIGHT, ids=name_of)
def test_right_answer_is_accepted(answer):
    exercise, function, reason = answer
    outcome = exercise.check(function)
    assert outcome.status == CORRECT, f"{reason}: {outcome}"
