"""Answers to exercises: what is noted here is put to the checks by tests/course/test_answers.py."""

from unittest.mock import patch

from cartlib.lab import clock
from cartlib.practice.judge import broken_rule, fault, first_wrong
from cartlib.practice.sandbox import spent
from cartlib.practice.trials import alone

A_LOOP = 0.5  # seconds: a call that ends takes some thousandths
WRONG, RIGHT = [], []  # (exercise, function, reason)


def wrong(exercise, reason):
    """Note the decorated function as a wrong answer."""
    return _note(WRONG, exercise, reason)


def right(exercise, reason):
    """Note the decorated function as a right answer."""
    return _note(RIGHT, exercise, reason)


def _note(answers, exercise, reason):
    def take(function):
        answers.append((exercise, function, reason))
        return function

    return take


def accepts(exercise, function) -> bool:
    """Tell only whether a check takes a function: sooner than check(), as nothing is explained.

    The first hand-written case that goes wrong ends it, and a call that takes A_LOOP seconds.
    """
    exercise._learn()
    done, spent[0] = [], 0.0
    with patch.object(clock, "SECONDS", A_LOOP):
        for case in exercise.cases:
            trial = alone(exercise, function, case)
            if fault(exercise, trial) or broken_rule(exercise, trial):
                return False
            done.append(trial)
        return first_wrong(exercise, function, done, smallest=False) is None
