"""Answers that are the solution, or another's but for names, are seen; others are not."""

import ast

import pytest

from cartlib.course import index
from cartlib.course.alike import ALIKE, SMALLEST, _size, alike, answers_in
from cartlib.course.marks import Marks

LESSON = "01_products_are_hashes"
IMPORT = "from cartlib.course.products import q1, q2, q3"
ANSWER = """
def list_names(client):
    found = []
    for item in sorted(client.smembers("products")):
        name = client.hget("product:" + item, "name")
        if name:
            found.append(name)
    return sorted(found)
"""
RENAMED = '''
def names(r):
    """Give the names."""
    result=[]  # of names
    for key in sorted(r.smembers('products')):
        value = r.hget('product:' + key,
                       'name')
        if value: result.append(value)
    return sorted(result)
'''


def found_in(*cells):
    """Return the marks of a notebook with these cells, of which nothing is run."""
    marks = Marks(f"{LESSON}.ipynb")
    marks.answers = answers_in([IMPORT, *cells], marks.lessons)
    return marks


def solution(name):
    module, task = name.split(".")
    lesson = next(m for m in index.LESSONS.values() if m.__name__.endswith(f".{module}"))
    return getattr(lesson, task).solution().text


def test_another_s_answer_is_known_under_other_names():
    ann = found_in(ANSWER, "q3.check(list_names)")
    bob = found_in("%matplotlib inline\n" + RENAMED + "\nq3.check(names)")
    rows = alike([("ann", ann), ("bob", bob), ("ann", ann)])
    assert [(row.exercise, row.status) for row in rows] == [("products.q3", ALIKE)] * 3
    assert [row.says.split(" but")[0] for row in rows] == [
        "The source is the same as that of bob,",
        "The source is the same as that of ann,",
        "The source is the same as that of bob,",
    ]


@pytest.mark.parametrize(
    "one, other",
    [('"products"', '"carts"'), ("sorted(found)", "list(found)"), ("if name:", "if not name:")],
)
def test_what_differs_is_not_alike(one, other):
    answers = {"ann": ANSWER, "bob": ANSWER.replace(one, other)}
    found = {name: found_in(text, "q3.check(list_names)") for name, text in answers.items()}
    assert len(set(answers.values())) == 2 and all(marks.answers for marks in found.values())
    assert alike(list(found.items())) == []


def test_solution_is_known_with_another_docstring_and_comments():
    text = solution("products.q3").replace("\n", '\n    """Mine."""  # my own\n', 1)
    (row,) = alike([("ann", found_in(text, "q3.check(list_names)"))])
    assert row.exercise == "products.q3" and row.says.startswith("The source is that of the sol")
    assert alike([("ann", found_in(text.replace("client", "r"), "q3.check(list_names)"))]) == []


def test_small_answers_stubs_and_unreadable_cells_are_left_out():
    small = solution("products.q1") + "\nq1.check(save_product)"
    stub = (
        "def get_product(client, product_id):\n    raise NotImplementedError\nq2.check(get_product)"
    )
    marks = found_in(small, stub, "def broken(:", "(" * 5000, "q3.check(nobody)", "q9.check(len)")
    assert marks.answers == {}


def test_exercise_is_known_by_its_import_under_another_name():
    answers = answers_in(
        ["from cartlib.course.products import q3 as third", ANSWER, "third.check(list_names)"], []
    )
    assert list(answers) == ["products.q3"]


def test_size_leaves_out_the_solutions_of_one_or_two_statements():
    trees = {
        task.name: ast.parse(task.solution().text).body[0]
        for lesson in index.LESSONS
        for task in index.exercises(lesson)
    }
    small = [name for name, tree in trees.items() if _size(tree) < SMALLEST]
    assert (len(small), len(trees)) == (9, 50)
    assert "carts.q1" in small and "products.q3" not in small
