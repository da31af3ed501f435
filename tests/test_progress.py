"""The file of what is solved."""

import os
import re
from html import unescape
from pathlib import Path

from cartlib import progress
from cartlib.course import index
from cartlib.course.products import q1, q2, q3
from cartlib.practice.outcome import CORRECT

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"


def test_progress_is_kept_and_can_be_deleted(own_progress):
    q2.check(q2.reference_function)
    q1.check(lambda client, *args: None)
    assert progress.solved() == {"products.q2"}
    own_progress.unlink()
    assert progress.solved() == set()


def test_one_exercise_can_be_begun_anew(own_progress):
    for name in ("products.q1", "products.q2"):
        progress.note(name)
    q1.hint()
    assert q1.reset().text.startswith("def save_product(") and q1.hint().title == "Hint 1 of 3"
    assert progress.solved() == {"products.q2"}
    own_progress.unlink()
    q1.reset()  # it need not be solved
    assert not own_progress.exists()


def test_progress_survives_a_spoilt_file(own_progress):
    for text in ("", "[]", "null", '{"solved": 3}', '{"solved": [3, null]}'):
        own_progress.write_text(text)
        assert progress.solved() == set()
        assert q3.check(q3.reference_function).status == CORRECT
        assert progress.solved() == {"products.q3"}


def test_progress_that_cannot_be_written_does_not_matter(monkeypatch, tmp_path):
    monkeypatch.setenv("CARTLIB_PROGRESS", os.fspath(tmp_path / "no" / "such" / "folder"))
    assert q2.check(q2.reference_function).status == CORRECT


def page(view):
    """Return for each lesson what its row shows: the title, how far, and what is open."""
    html = unescape(view._repr_mimebundle_()["text/html"])
    rows = html.partition("<tbody>")[2].split("<tr>")[1:]
    return [[text.strip() for text in re.findall(">([^<]*[^<\\s][^<]*)<", row)] for row in rows]


def test_progress_is_a_bar_for_each_lesson():
    assert [row[0][:2] for row in page(index.progress())] == [f"{n:02}" for n in range(17)]
    q2.check(q2.reference_function)
    view = index.progress()
    wanted = len(index.tasks("01_products_are_hashes"))
    title, solved, opened, *tasks = page(view)[1]
    assert (title, solved) == ("01 · Products are hashes", f"1 of {wanted}")
    assert opened == f"{wanted - 1} open" and "save_product" in tasks and "get_product" not in tasks
    assert f"01 · Products are hashes: 1 of {wanted}\n" in str(view)
    html = view._repr_mimebundle_()["text/html"]
    assert f'style="width:{100 / wanted:.0f}%"' in html
    assert html.count('<a href="01_products_are_hashes.ipynb"') == wanted


def test_progress_of_who_has_solved_all():
    for lesson in index.LESSONS:
        for task in index.tasks(lesson):
            progress.note(task.name)
    rows = page(index.progress())
    assert all(row[2:] == ["✓ all solved"] for row in rows)
    total = sum(len(index.tasks(lesson)) for lesson in index.LESSONS)
    assert f"Solved: {total} of {total} " in index.progress()._repr_mimebundle_()["text/html"]


def test_every_task_is_a_sentence():
    for lesson in index.LESSONS:
        words = [index.in_words(task) for task in index.tasks(lesson)]
        assert words and all(text[-1] in ".?" for text in words)
        assert (NOTEBOOKS / f"{lesson}.ipynb").exists()
