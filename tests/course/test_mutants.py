"""Each mutant of a right answer is refused, but for those that are the same function."""

import ast
import inspect

import answers
import pytest
from answers import accepts
from equivalent import EQUIVALENT
from mutants import build, mutants
from proof import load_answers

from cartlib.course import index
from cartlib.practice.exercise import Exercise

EXERCISES = [t for lesson in index.LESSONS for t in index.tasks(lesson) if isinstance(t, Exercise)]

OTHERS = [  # right answers of another build, of which each mutant is wrong
    "removes_after_zmscore",
    "reads_in_lua",
    "looks_in_a_script",
    "sends_raw_commands",
    "never_ends",
    "appends_in_lua",
    "writes_the_number",
    "by_registered_script",
    "merges_in_a_transaction",
    "names_all_errors",
]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_mutants_of_the_reference_are_refused(exercise):
    function = exercise.reference_function
    tried = list(mutants(exercise.solution().text))
    accepted = [what for what, text in tried if accepts(exercise, build(text, function))]
    assert len(tried) > 5
    assert sorted(accepted) == sorted(EQUIVALENT.get(exercise.name, {}))


@pytest.mark.parametrize("name", OTHERS)
def test_mutants_of_another_right_answer_are_refused(name):
    load_answers()
    [(exercise, function)] = [(e, f) for e, f, _ in answers.RIGHT if f.__name__ == name]
    tree = ast.parse(inspect.getsource(function))
    tree.body[0].decorator_list = []
    tried = list(mutants(ast.unparse(tree)))
    accepted = [what for what, text in tried if accepts(exercise, build(text, function))]
    assert len(tried) > 15 and accepted == []
