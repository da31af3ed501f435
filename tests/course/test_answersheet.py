"""The answer sheet: every task with its answer, and never where learners look.

That a cell of it says what stands beside it is tried in test_exercises.py: there the mistakes are
run as cells. A right answer there is the reference, which the lessons' tests put to each check.
"""

import re
import subprocess
import sys

import nbformat
import pytest
from kernels import ROOT, path_of

from cartlib.course import answersheet, index, report
from cartlib.course.answersheet import checked, plain
from cartlib.practice.exercise import Exercise
from cartlib.practice.outcome import CORRECT


@pytest.fixture(scope="module")
def whole():
    """The sheet of the whole course."""
    return answersheet.sheet(index.LESSONS)


def test_sheet_has_each_task_in_the_order_of_its_lesson(whole):
    nbformat.validate(whole)
    cells = iter(whole.cells[1:])
    for lesson in index.LESSONS:
        assert next(cells).source.startswith(f"## {lesson[:2]} · ")
        tasks = [task for task, _ in answersheet.in_order(lesson)]
        code = "\n".join(cell.source for cell in nbformat.read(path_of(lesson), 4).cells)
        calls = [re.search(rf"\n{t.name.split('.')[1]}\.(ask|check)\(", code) for t in tasks]
        places = [call.start() for call in calls]
        assert len(tasks) == len(index.tasks(lesson)) and places == sorted(places)
        for task in tasks:
            text = next(cells).source
            assert text.startswith(f"### {task.name}")
            if isinstance(task, Exercise):
                assert_has_the_answers(cells, task, text)
            else:
                assert_marks_the_right_choice(task, text)
    assert next(cells, None) is None


def assert_has_the_answers(cells, task, text):
    """All that is said of an exercise is there: the lesson's words, the hints, the answers."""
    assert f"`{task.task.partition('(')[0]}(" in text and all(plain(h) in text for h in task.hints)
    assert next(cells).source == checked(task, task.reference_function)
    for mistake in task.mistakes:
        assert next(cells).source.endswith(f"\n\n> {plain(mistake.message)}")
        assert next(cells).source == checked(task, mistake.function)


def assert_marks_the_right_choice(task, text):
    """Of the choices, the one that the question takes is called right."""
    for letter, (choice, words) in zip("abcdef", task.choices.items(), strict=False):
        right = task.check(letter).status == CORRECT
        mark = "✓ right" if right else "✗"
        assert f"- **{letter}** · {plain(choice)}\\\n  {mark}: {plain(words)}" in text
    assert text.count("✓ right") == 1 and text.endswith(plain(task.because))


def test_each_cell_imports_what_it_needs_and_no_more(whole, tmp_path):
    code = [cell.source for cell in whole.cells if cell.cell_type == "code"]
    for number, source in enumerate(code):
        (tmp_path / f"cell_{number}.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "F"]
    done = subprocess.run([*command, "."], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and len(code) > 500, done.stdout


@pytest.mark.parametrize(
    "text, shown",
    [
        ("2 * 3_4 <b> [x](y) | #1 $5 & ~", "2 \\* 3\\_4 \\<b\\> \\[x\\](y) \\| \\#1 \\$5 \\& \\~"),
        ("`a_b` and **bold** _x_", "`a_b` and **bold** \\_x\\_"),
        ("two\n\nlines `open", "two lines \\`open"),
    ],
)
def test_words_are_shown_as_they_are(text, shown):
    assert plain(text) == shown


def test_command_writes_the_lessons_that_are_named(tmp_path, capsys):
    path = tmp_path / "mine.ipynb"
    assert report.main(["answers", "1", "00", "--to", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}\n" and [*tmp_path.iterdir()] == [path]
    cells = nbformat.read(path, as_version=4).cells
    titles = [cell.source for cell in cells if cell.source.startswith("## ")]
    assert titles == ["## 00 · Start here", "## 01 · Products are hashes"]


@pytest.mark.parametrize("name", ["notebooks/answers.ipynb", "notebooks/images/a.ipynb"])
def test_sheet_is_never_written_among_the_lessons(name, capsys):
    with pytest.raises(SystemExit, match="2"):
        report.main(["answers", "--to", str(ROOT / name)])
    assert f"in the folder of the lessons, {ROOT / 'notebooks'}, where learners would" in (
        capsys.readouterr().err
    )


def test_sheet_is_not_written_by_chance_into_a_copy_of_the_lessons(tmp_path, monkeypatch, capsys):
    (tmp_path / "06_races.ipynb").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        report.main(["answers", "01"])
    assert "answers.ipynb is in the folder of the lessons" in capsys.readouterr().err
    assert len([*tmp_path.iterdir()]) == 1


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["17"], "there is no lesson 17. Take a number from 00 to 16."),
        (["--to", "marks.csv"], "marks.csv is no notebook. Name a file: answers.ipynb"),
    ],
)
def test_bad_arguments_are_told(arguments, told, capsys):
    with pytest.raises(SystemExit, match="2"):
        report.main(["answers", *arguments])
    assert told in capsys.readouterr().err


def test_path_that_cannot_be_written_is_told(tmp_path, capsys):
    path = tmp_path / "none" / "a.ipynb"
    assert report.main(["answers", "00", "--to", str(path)]) == 1
    assert capsys.readouterr().err == f"{path} can't be written: No such file or directory.\n"


def test_default_is_not_committed():
    assert "\n/answers.ipynb\n" in (ROOT / ".gitignore").read_text(encoding="utf-8")
