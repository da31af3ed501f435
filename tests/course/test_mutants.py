"""Each mutant of each reference is refused, but for those that are the same function."""

import pytest
from answers import accepts
from equivalent import EQUIVALENT
from mutants import build, mutants

from cartlib.course import index
from cartlib.practice.exercise import Exercise

EXERCISES = [t for lesson in index.LESSONS for t in index.tasks(lesson) if isinstance(t, Exercise)]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_mutants_of_the_reference_are_refused(exercise):
    function = exercise.reference_function
    tried = list(mutants(exercise.solution().text))
    accepted = [what for what, text in tried if accepts(exercise, build(text, function))]
    assert len(tried) > 5
    assert sorted(accepted) == sorted(EQUIVALENT.get(exercise.name, {}))
