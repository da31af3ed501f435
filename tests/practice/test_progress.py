"""The file of what is solved."""

import os

import pytest

from cartlib.course import index
from cartlib.course.products import q1, q2, q3
from cartlib.practice import progress
from cartlib.practice.outcome import CORRECT


def test_progress_is_kept_and_can_be_deleted(own_progress):
    q2.check(q2.reference_function)
    q1.check(lambda client, *args: None)
    assert progress.solved() == {"products.q2"}
    table = index.progress_table()
    assert list(table[table.solved == "yes"].task) == ["products.q2"]
    own_progress.unlink()
    assert progress.solved() == set()


@pytest.mark.parametrize("text", ["", "[]", "null", '{"solved": 3}', '{"solved": [3, null]}'])
def test_progress_survives_a_spoilt_file(own_progress, text):
    own_progress.write_text(text)
    assert progress.solved() == set()
    assert q3.check(q3.reference_function).status == CORRECT
    assert progress.solved() == {"products.q3"}


def test_progress_that_cannot_be_written_does_not_matter(monkeypatch, tmp_path):
    monkeypatch.setenv("CARTLIB_PROGRESS", os.fspath(tmp_path / "no" / "such" / "folder"))
    assert q2.check(q2.reference_function).status == CORRECT
