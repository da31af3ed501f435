"""Whose a notebook is, the roster, the rubric, the grades, and the pages of feedback."""

import csv
import io
import os
import re
from pathlib import Path

import pytest

from cartlib.course import feedback, grades, report, tables
from cartlib.course.handed_in import hand_ins, read_roster
from cartlib.course.marks import TASKS, Marks
from cartlib.course.tables import InputError

ONE = dict.fromkeys(TASKS, 1.0)
FIRST, SECOND = "01_products_are_hashes", "02_the_cart_is_a_sorted_set"
TWO_LESSONS = ["products.q1", "products.q2", "products.q3", "carts.q1", "carts.q2", "carts.q3"]


def marks_of(lesson, complete=True, **statuses):
    """Return the marks of a notebook, as in marks_of(FIRST, q1="correct")."""
    marks = Marks(f"{lesson}.ipynb")
    marks.complete = complete
    module = {FIRST: "products", SECOND: "carts"}[lesson]
    for task, status in statuses.items():
        name = f"{module}.{task}"
        marks.outcomes[name] = {"exercise": name, "status": status, "sentence": "It is so."}
    return marks


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A function that makes empty files in a folder, which becomes the current one."""
    monkeypatch.chdir(tmp_path)

    def make(*names):
        for name in names:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).touch()

    return make


@pytest.fixture
def write(tmp_path):
    """A function that writes a table, and returns its path."""

    def write(text, encoding="utf-8"):
        (tmp_path / "table.csv").write_text(text, encoding=encoding)
        return str(tmp_path / "table.csv")

    return write


@pytest.mark.parametrize(
    "names, pattern, students",
    [
        (["class"], None, ["ann", "ann", "bob"]),
        (["class/ann", "class/bob/x/"], None, ["ann", "ann", "x"]),
        (["class/*/*.ipynb", "class/bob/x/2.ipynb"], None, ["ann", "x"]),
        (["class"], "{student}/*", ["ann", "a", "x"]),
        (["class/ann/a/1.ipynb"], "class/[a-b]*/{student}/?.ipynb", ["a"]),
    ],
)
def test_student_is_a_folder_or_what_a_pattern_says(files, names, pattern, students):
    files("class/ann/1.ipynb", "class/ann/a/1.ipynb", "class/bob/x/2.ipynb")
    assert [hand.student for hand in hand_ins(names, pattern)] == students


def test_student_is_in_the_name_of_the_file(files):
    files("ann_02_carts.ipynb", "Bob Lee_1_02_carts.ipynb")
    found = {hand.path.name: hand.student for hand in hand_ins(["."], "{student}_*")}
    assert found == {"ann_02_carts.ipynb": "ann", "Bob Lee_1_02_carts.ipynb": "Bob Lee"}
    with pytest.raises(InputError, match=r"carts.ipynb does not fit --student '\{student\}-"):
        hand_ins(["."], "{student}-*")


def test_roster_keeps_its_columns_and_its_order(write):
    path = write("\ufeffid;student;name\n7; Zoë ;Zoë Ant\n\n3;bob;\n")
    assert list(read_roster(path).values()) == [
        {"id": "7", "student": "Zoë", "name": "Zoë Ant"},
        {"id": "3", "student": "bob", "name": ""},
    ]


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "has no column 'student'"),
        ("name\nann\n", "has no column 'student'"),
        ("student,student\nann,b\n", "has the column 'student' twice"),
        ("student,points\nann,1\n", "the column 'points' is one of the grades"),
        ("student\n", "has no student below its first line"),
        ("student,id\n ,4\n", "line 2: the student has no name"),
        ("student\nann\nbob\nAnn\n", "line 4: 'Ann' is there twice"),
        ("student\nann,4\n", "line 2: more cells than the first line has columns"),
    ],
)
def test_roster_that_can_t_be_used(write, text, says):
    with pytest.raises(InputError, match=re.escape(f"{says}")):
        read_roster(write(text))


def test_rubric_gives_one_point_where_it_says_nothing(write):
    rubric = grades.read_rubric(write("task,points\nproducts.q1,2.5\ncarts.q2,0\n"))
    assert rubric == ONE | {"products.q1": 2.5, "carts.q2": 0}


def test_rubric_to_begin_from_changes_nothing(write, capsys):
    assert report.main(["rubric"]) == 0
    out = capsys.readouterr().out
    assert grades.read_rubric(write(out)) == ONE and len(read(out)) == len(TASKS)
    assert '"products.q1","1","save_product(' in out


@pytest.mark.parametrize(
    "row, says",
    [
        ("products.q9,1", "line 2: 'products.q9' is no task, as products.q1 is one."),
        ("products.q1,many", "line 2: 'many' for products.q1. Give points from 0 to 1000"),
        *((f"products.q1,{n}", f"line 2: '{n}' for products.q1") for n in ("-1", "nan", "1e9", "")),
        ("carts.q1,1\ncarts.q1,2", "line 3: carts.q1 is there twice."),
    ],
)
def test_rubric_that_can_t_be_used(write, row, says):
    with pytest.raises(InputError, match=re.escape(says)):
        grades.read_rubric(write(f"task,points\n{row}\n"))


def test_table_that_is_no_text(write, tmp_path):
    with pytest.raises(InputError, match="is no text in UTF-8. Save it as"):
        read_roster(write("student\nZoë\n", encoding="latin-1"))
    with pytest.raises(InputError, match="can't be read: No such file or directory."):
        read_roster(str(tmp_path / "none.csv"))


def test_grades_have_a_row_for_each_student(write):
    roster = read_roster(write("id,student\n1,ann\n2,bob\n3,cat\n"))
    pairs = [
        ("Zed", marks_of(FIRST, q1="correct")),
        ("ann", marks_of(FIRST, q1="correct", q2="not yet")),
        ("ann", marks_of(FIRST, q1="error", q2="correct")),
        ("ANN", marks_of(SECOND, q1="correct", q2="correct", q3="correct")),
        ("bob", marks_of(SECOND, complete=False, q2="error")),
    ]
    text = grades.grades(grades.students_of(pairs, roster), ONE | {"products.q1": 2.5}, roster)
    assert text.splitlines()[0] == (
        f'"id","student","{FIRST}","{SECOND}","points","possible","percent","remarks"'
    )
    assert [list(row.values()) for row in read(text)] == [
        ["1", "ann", "3.5", "3", "6.5", "7.5", "86.7",
         f"2 notebooks of {FIRST}: the best of each exercise counts"],
        ["2", "bob", "", "0", "0", "7.5", "0.0", f"{SECOND}.ipynb could not be run to its end"],
        ["3", "cat", "", "", "0", "7.5", "0.0", "handed in nothing"],
        ["", "Zed", "2.5", "", "2.5", "7.5", "33.3", "not in the roster"],
    ]  # fmt: skip


def test_grades_without_a_roster_have_no_formula():
    students = grades.students_of([("=1+1\x1b", marks_of(FIRST))], {})
    (row,) = read(grades.grades(students, ONE, {}))
    assert row["student"] == "'=1+1\\x1b"


def test_nothing_to_win_is_no_percent():
    students = grades.students_of([("ann", marks_of(FIRST, q1="correct"))], {})
    (row,) = read(grades.grades(students, dict.fromkeys(TASKS, 0.0), {}))
    assert (row["points"], row["possible"], row["percent"]) == ("0", "0", "0.0")


def test_page_shows_verdicts_points_and_what_is_missing():
    ann = grades.Student("Ann <b>", handed_in=[marks_of(FIRST, q1="correct", q2="not yet")])
    facts = ann.handed_in[0].outcomes["products.q2"]
    facts |= {"sentence": "<script>1</script>", "expected": "<i>5", "actual": "6", "status2": "x"}
    ann.handed_in[0].problems.append(("error", "In code cell 2: NameError: <x>"))
    page = feedback.page(ann, [FIRST, SECOND], ONE | {"products.q1": 2})
    assert "<h1>Ann &lt;b&gt;</h1>" in page and "<p>2 of 7 points in all.</p>" in page
    assert "&lt;script&gt;1&lt;/script&gt;" in page and "NameError: &lt;x&gt;" in page
    assert re.findall(r'class="cartlib card ([\w-]+) mathjax', page)[:2] == ["correct", "not-yet"]
    assert page.count("No check of it ran.") == 1
    assert page.count("You handed in no notebook of this lesson.") == 1
    assert (
        "Hint 3 of 3" in page
        and "def get_product" not in page
        and "solution" not in (page.partition("</style>")[2])
    )


def test_page_needs_nothing_else_and_is_dark_where_that_is_wanted():
    page = feedback.page(grades.Student("ann", handed_in=[marks_of(FIRST)]), [FIRST], ONE)
    assert not re.findall(r"<script|<link|src=|url\(|@import|https?:", page)
    dark = page.partition("@media (prefers-color-scheme: dark)")[2]
    assert ":root .cartlib.correct {" in dark and feedback.THEME not in dark
    assert page.partition("</style>")[0].count("{") == page.partition("</style>")[0].count("}")


def test_names_of_pages_are_safe_and_differ():
    students = [grades.Student(name) for name in ("../a b", ".a/b", "..", "x" * 500, "Zoë")]
    assert list(feedback.pages(students, ONE)) == [
        "_a_b.html", "a_b.html", "_.html", f"{'x' * 80}.html", "zoë.html",
    ]  # fmt: skip
    same = [grades.Student(name) for name in ("a b", "a/b")]
    assert list(feedback.pages(same, ONE)) == ["a_b.html", "a_b_.html"]


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["--roster", "none.csv"], "--roster and --rubric do nothing alone."),
        (["--grades", "g.csv", "--roster", "none.csv"], "none.csv can't be read: No such file"),
        (["--grades", "bad.csv", "--rubric", "./bad.csv"], "would write over bad.csv"),
        (["--feedback", "f", "--rubric", "bad.csv"], "bad.csv has no column 'task'"),
        (["--grades", "bad.csv/g.csv"], "Nothing can be written in"),
        (["--feedback", "bad.csv"], "Nothing can be written in"),
        (["--student", "{student}-*"], "does not fit --student"),
        (["--feedback", "f"], "would be of one student, 'class', with a lesson more than once"),
    ],
)
def test_all_is_checked_before_anything_is_run(files, arguments, says, capsys, monkeypatch):
    monkeypatch.setattr(report, "mark_all", None)
    files(f"class/a_{FIRST}.ipynb", f"class/b_{FIRST}.ipynb", "bad.csv")
    named = ["--student", "{student}_*"] if arguments[-1] not in ("f", "{student}-*") else []
    assert report.main(["report", "--yes", "class", *arguments, *named]) == 2
    out, err = capsys.readouterr()
    assert says in err and out == "" and err.count("\n") == 1
    assert sorted(os.listdir()) == ["bad.csv", "class"]


def test_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "new" / "a.csv"
    tables.write_whole(path, "\ud800\n")
    (tmp_path / "new" / "folder").mkdir()
    with pytest.raises(OSError):
        tables.write_whole(tmp_path / "new" / "folder", "text")
    assert path.read_text() == "\\ud800\n" and sorted(os.listdir(path.parent)) == [
        "a.csv",
        "folder",
    ]
