"""Answers to exercises: what is noted here is put to the checks by tests/course/test_answers.py."""

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
