"""Answers as learners and hasty engineers give them: the right ones pass, the wrong ones do not."""

import os

import answers
import pytest
from kernels import ROOT
from proof import exercises, load_answers, table

from cartlib.course import index
from cartlib.lab import clock
from cartlib.practice.outcome import CORRECT

load_answers()


def name_of(answer):
    exercise, function, _ = answer
    return f"{exercise.name}-{function.__name__}"


@pytest.mark.parametrize("lesson", index.LESSONS)
def test_every_exercise_has_answers_of_both_kinds(lesson):
    for task in exercises(lesson):
        wrong = [reason for one, _, reason in answers.WRONG if one is task]
        right = [reason for one, _, reason in answers.RIGHT if one is task]
        assert len(wrong) >= 5 and len(right) >= 2, task.name
        assert len(set(wrong)) == len(wrong) and len(set(right)) == len(right), task.name


@pytest.mark.parametrize("answer", answers.WRONG, ids=name_of)
def test_wrong_answer_is_refused(answer):
    exercise, function, reason = answer
    assert not answers.accepts(exercise, function), reason


@pytest.mark.parametrize("answer", answers.RIGHT, ids=name_of)
def test_right_answer_is_accepted(answer):
    exercise, function, reason = answer
    outcome = exercise.check(function)
    assert outcome.status == CORRECT, f"{reason}: {outcome}"


@pytest.mark.parametrize("lesson", list(index.LESSONS)[2::3])
def test_verdict_is_the_same_without_alarm_and_fork(lesson, monkeypatch):
    exercise = exercises(lesson)[0]
    kinds = answers.WRONG, answers.RIGHT
    given = [next(f for one, f, _ in kind if one is exercise) for kind in kinds]
    before = [exercise.check(function) for function in given]
    monkeypatch.setattr(clock, "HAS_ALARM", False)
    monkeypatch.delattr(os, "fork")
    assert [exercise.check(function) for function in given] == before


def test_readme_shows_the_table():
    assert table() in (ROOT / "README.md").read_text(encoding="utf-8")
