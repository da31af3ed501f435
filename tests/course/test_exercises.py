"""Every exercise: the reference is right, each named mistake is refused with its own message."""

import ast
import inspect

import nbformat
import pytest
from kernels import path_of

from cartlib.course import index
from cartlib.course.answersheet import checked
from cartlib.lab.stores import new_client
from cartlib.practice.exercise import Exercise
from cartlib.practice.outcome import CORRECT, ERROR, NOT_TRIED, NOT_YET
from cartlib.questions import Guess, Prediction, Question

TASKS = [task for lesson in index.LESSONS for task in index.tasks(lesson)]
EXERCISES = [task for task in TASKS if isinstance(task, Exercise)]
QUESTIONS = [task for task in TASKS if isinstance(task, Question)]
PREDICTIONS = [task for task in TASKS if isinstance(task, Prediction)]
GUESSES = [task for task in TASKS if isinstance(task, Guess)]
MISTAKES = [(exercise, mistake) for exercise in EXERCISES for mistake in exercise.mistakes]
EXPECTED = {  # exercises, predictions and guesses of each lesson
    "00_start_here": (0, 0, 2),
    "01_products_are_hashes": (3, 3, 4),
    "02_the_cart_is_a_sorted_set": (3, 3, 5),
    "03_when_things_go_wrong": (3, 3, 3),
    "04_carts_that_expire": (3, 4, 2),
    "05_live_carts": (3, 2, 4),
    "06_races": (3, 3, 3),
    "07_fast_carts": (3, 3, 5),
    "08_growing_up": (3, 2, 3),
    "09_capstone": (4, 0, 2),
    "10_counters_and_keys_that_act_once": (3, 3, 3),
    "11_lists_and_queues": (3, 3, 3),
    "12_sets_and_filters": (3, 4, 3),
    "13_orders_in_a_stream": (3, 2, 5),
    "14_crowds_and_places": (3, 4, 3),
    "15_documents_and_likeness": (3, 3, 2),
    "16_the_whole_shop": (4, 0, 2),
}


def name_of(value):
    return getattr(value, "name", None) or value.function.__name__


@pytest.mark.parametrize("lesson", EXPECTED)
def test_course_has_all_tasks(lesson):
    tasks = index.tasks(lesson)
    kinds = [sum(isinstance(t, kind) for t in tasks) for kind in (Exercise, Prediction, Guess)]
    assert tuple(kinds) == EXPECTED[lesson] and list(index.LESSONS) == list(EXPECTED)
    assert len({task.name for task in TASKS}) == len(TASKS)


@pytest.mark.parametrize("exercise, mistake", MISTAKES, ids=name_of)
def test_mistake_gets_its_own_message(exercise, mistake):
    outcome = last_value(checked(exercise, mistake.function))
    assert (outcome.status, outcome.sentence) == (NOT_YET, mistake.message)


@pytest.mark.parametrize("exercise", EXERCISES[::7], ids=name_of)
def test_solution_is_correct(exercise):
    outcome = last_value(checked(exercise, exercise.reference_function))
    assert (outcome.exercise, outcome.status) == (exercise.name, CORRECT)


def last_value(source):
    """Run the code of a cell of the answer sheet where there is nothing else; return its value."""
    code, _, last = source.rpartition("\n\n\n")
    found = {}
    exec(code, found)
    return eval(last, found)


@pytest.mark.parametrize("exercise", EXERCISES, ids=name_of)
def test_exercise_is_complete(exercise):
    signature = inspect.signature(exercise.reference_function)
    messages = {mistake.message for mistake in exercise.mistakes}
    assert len(messages) == len(exercise.mistakes) >= 3 and 1 <= len(exercise.hints) <= 3
    assert exercise.task == exercise.reference_function.__name__ + str(signature)
    assert len(exercise.cases) >= 2
    assert all(inspect.signature(m.function) == signature for m in exercise.mistakes)


@pytest.mark.parametrize("exercise", EXERCISES, ids=name_of)
def test_solution_is_the_reference(exercise):
    tree = ast.parse(exercise.solution().text)
    assert ast.unparse(tree.body[0]) in ast.unparse(
        ast.parse(inspect.getsource(inspect.getmodule(exercise.reference_function)))
    ).replace("@" + exercise.name.split(".")[1] + ".reference\n", "")


@pytest.mark.parametrize("exercise", EXERCISES, ids=name_of)
def test_hints_are_counted(exercise):
    titles = [exercise.hint().title for _ in exercise.hints]
    count = len(titles)
    assert titles == [f"Hint {n} of {count}" for n in range(1, count + 1)]


@pytest.mark.parametrize("question", QUESTIONS, ids=name_of)
def test_question_has_one_right_choice(question):
    letters = "abcdef"[: len(question.choices)]
    statuses = [question.check(letter).status for letter in letters]
    assert statuses.count(CORRECT) == 1 and statuses.count(NOT_YET) == len(letters) - 1
    assert question.check("").status == NOT_TRIED and question.check("z").status == ERROR
    assert len(set(question.choices.values())) == len(letters) > 1


@pytest.mark.parametrize("question", QUESTIONS, ids=name_of)
def test_question_answers_each_choice_with_its_own_words(question):
    asked = question.ask().plain
    for letter, words in zip("abcdef", question.choices.values(), strict=False):
        assert question.check(letter).sentence == words
        assert words not in asked
    assert not question.because or question.because not in asked


@pytest.mark.parametrize("prediction", PREDICTIONS, ids=name_of)
def test_prediction_asks_for_its_command(prediction):
    assert f"\n> {prediction.command}\n" in prediction.ask().plain


@pytest.mark.parametrize("guess", GUESSES, ids=name_of)
def test_guess_is_proved(guess):
    assert str(guess.proof(new_client())) == guess.right


@pytest.mark.parametrize("task", TASKS, ids=name_of)
def test_task_shown_by_itself_gives_nothing_away(task):
    assert task.name in repr(task) and len(repr(task)) < 150
    assert all(words not in repr(task) for words in getattr(task, "choices", {}).values())


@pytest.mark.parametrize("lesson", EXPECTED)
def test_stubs_have_the_signature_of_the_reference(lesson):
    wanted = {t.task for t in index.tasks(lesson) if isinstance(t, Exercise)}
    assert {f"{f.name}({ast.unparse(f.args)})" for f in stubs(lesson)} == wanted


@pytest.mark.parametrize("exercise", EXERCISES, ids=name_of)
def test_reset_shows_the_stub_of_the_notebook(exercise):
    [lesson] = [name for name in EXPECTED if exercise in index.tasks(name)]
    check = f"\n{exercise.name.split('.')[1]}.check("
    [cell] = [
        cell.source
        for cell in nbformat.read(path_of(lesson), as_version=4).cells
        if is_stub(cell) and check in cell.source
    ]
    assert cell.split("\n\n\n")[0] == exercise.reset().text


def stubs(lesson):
    """Return the functions of a notebook that raise NotImplementedError."""
    cells = nbformat.read(path_of(lesson), as_version=4).cells
    trees = [ast.parse(cell.source) for cell in cells if is_stub(cell)]
    return [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]


def is_stub(cell):
    return cell.cell_type == "code" and "raise NotImplementedError" in cell.source
