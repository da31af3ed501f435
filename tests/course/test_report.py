"""python -m cartlib.course report: each notebook gets its rows, whatever stands in it."""

import csv
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import pytest
from kernels import path_of, solve
from nbformat.v4 import new_code_cell, new_notebook

from cartlib.course import index, listing, marking, report, whole_class
from cartlib.course.handed_in import find
from cartlib.course.kernel import LOCK, environment, own_folder
from cartlib.course.marks import Marks
from cartlib.course.processes import closed_undisturbed
from cartlib.course.signing import SIGNED, read_signed, sign
from cartlib.practice.outcome import CORRECT, ERROR, MIME, NOT_TRIED, NOT_YET

IMPORT = "import os, sys, time\nfrom cartlib.course.products import p1, q1, q2"
RIGHT_1, RIGHT_2 = (f"q{n}.check(q{n}.reference_function)" for n in (1, 2))
DEAF = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
LOOP = "while True:\n    pass"
DETACH = f"""
import subprocess
one = subprocess.Popen(["sleep", "600"], start_new_session=True).pid
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(writing, b"%d" % os.getpid())
        os.execve({shutil.which("sleep")!r}, ["sleep", "600"], {{}})
    os._exit(0)
pids = one, int(os.read(reading, 20))
"""  # from its parent, its session and its environment
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")
LESSON = "01_products_are_hashes"
NAMES = ["products.q1", "products.q2", "products.q3"]
LONG, SHORT = 60, 5  # seconds


@pytest.fixture(autouse=True)
def temp(monkeypatch, tmp_path):
    """A temporary folder with a short name, as for a socket, which has to be empty in the end."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setenv("CARTLIB_PROGRESS", str(tmp_path / "progress.json"))
        yield Path(folder)
        assert os.listdir(folder) == []


@pytest.fixture
def hand_in(tmp_path):
    """A function that writes a notebook of these code cells, and returns its path."""

    def hand_in(*cells, name="mine.ipynb"):
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        nbformat.write(notebook, tmp_path / name)
        return tmp_path / name

    return hand_in


def mark(path, seconds):
    """Return the rows of a notebook, and whether all of it was run."""
    marks = marking.mark(path, seconds)
    return marks.rows(), marks.complete


def statuses(rows):
    """Return {exercise: status}, without the total."""
    return {row.exercise: row.status for row in rows[:-1]}


def numbers(text):
    """Return the numbers in the brackets of an error's text."""
    return [int(part) for part in text.split("(")[1].rstrip(")").split(", ")]


def is_running(pid):
    """Return whether a process is there, and not only waiting to be forgotten."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return done.stdout.strip()[:1] not in ("", "Z")


def test_lesson_as_shipped_and_solved(tmp_path):
    shipped, solved = path_of(LESSON), tmp_path / f"{LESSON} (1).ipynb"
    notebook = nbformat.read(shipped, as_version=4)
    for task in index.exercises(LESSON):
        name = task.name.split(".")[1]
        for cell in notebook.cells:
            if cell.cell_type == "code" and f"{name}.check(" in cell.source:
                cell.source = solve(cell.source, task)
    nbformat.write(notebook, solved)
    rows, complete = mark(shipped, LONG)
    assert complete and statuses(rows) == dict.fromkeys(NAMES, NOT_TRIED)
    assert tuple(rows[-1]) == (str(shipped), "total", "0 of 3", "are correct.")
    rows, complete = mark(solved, LONG)
    assert complete and statuses(rows) == dict.fromkeys(NAMES, CORRECT)
    assert rows[-1].status == "3 of 3"


def test_error_in_a_cell_does_not_hide_the_others(hand_in):
    path = hand_in(IMPORT, "1 / 0", "input('?')", "def broken(:", RIGHT_1)
    rows, complete = mark(path, LONG)
    assert complete and [row.status for row in rows[:3]] == [ERROR] * 3
    assert rows[0].says == "In code cell 2: ZeroDivisionError: division by zero"
    assert rows[1].says.startswith("In code cell 3: StdinNotImplementedError")
    assert rows[2].says.startswith("In code cell 4: SyntaxError")
    assert [row.status for row in rows[3:]] == [CORRECT, *["missing"] * 2, "1 of 3"]
    assert rows[4].says == "No check of it ran."


def test_question_is_not_in_the_report(hand_in):
    """Nobody clicks there."""
    rows, complete = mark(hand_in(IMPORT, "p1.ask()", 'p1.check("b")', RIGHT_1), LONG)
    assert complete and list(statuses(rows)) == NAMES
    assert rows[-1].status == "1 of 3"


def test_best_outcome_counts(hand_in):
    wrong = [f"q{number}.check(lambda client, *args: 5)" for number in (1, 2)]
    path = hand_in(IMPORT, wrong[0], RIGHT_1, *wrong)
    found = statuses(mark(path, LONG)[0])
    assert (found["products.q1"], found["products.q2"]) == (CORRECT, NOT_YET)


def test_endless_loop_is_interrupted_and_the_rest_is_run(hand_in, monkeypatch):
    monkeypatch.setattr(marking, "PAUSE", 0.2)
    once = "    try:\n        while True: time.sleep(0)\n    except BaseException: pass"
    path = hand_in(IMPORT, f"for _ in range(3):\n{once}\n{LOOP}", RIGHT_2)
    rows, complete = mark(path, 3 * SHORT)  # half of what is left has to do for the check
    assert not complete and rows[0][1:3] == ("", "problem")
    assert rows[0].says.startswith("It took too long in code cell 2, which was interrupted.")
    assert rows[1].exercise == "products.q1" and statuses(rows)["products.q2"] == CORRECT


def test_time_over_leaves_no_process(hand_in):
    start = "import os, subprocess\nchild = subprocess.Popen(['sleep', '1000'])\n"
    raises = "raise LookupError(os.getpid(), child.pid)"
    path = hand_in(start + raises, DEAF + LOOP, IMPORT, name=f"{LESSON}.ipynb")
    rows, complete = mark(path, 2)
    pids = numbers(rows[0].says)
    assert len(pids) == 2 and not any(map(is_running, pids))
    assert not complete
    assert rows[2].says == "The time was over in code cell 2. The cells after it did not run."
    assert statuses(rows[2:]) == {"": "problem"} | dict.fromkeys(NAMES, "missing")


@linux
def test_detached_processes_are_ended_and_no_others(hand_in):
    with subprocess.Popen(["sleep", "600"]) as other:
        rows, complete = mark(hand_in(IMPORT, DETACH + "raise LookupError(*pids)"), LONG)
        pids, others = numbers(rows[0].says), is_running(other.pid)
        other.kill()
    assert complete and others
    assert len(pids) == 2 and not any(map(is_running, pids))


def test_kernel_that_dies(hand_in):
    rows, complete = mark(hand_in(IMPORT, RIGHT_1, "os._exit(1)", RIGHT_2), LONG)
    assert not complete
    assert rows[0].says == "Python ended in code cell 3. The cells after it did not run."
    found = statuses(rows)
    assert (found["products.q1"], found["products.q2"]) == (CORRECT, "missing")


def test_errors_are_printed_in_one_short_line(hand_in, capsys):
    error = 'raise ValueError("\\x1b]0;title\\x07\\n\\u202e" * 1000)'
    path = str(hand_in(IMPORT, error))
    assert report.main(["report", "--yes", "--csv", path]) == 0
    out = capsys.readouterr().out
    rows = list(csv.reader(io.StringIO(out)))
    assert out.replace("\n", "").isprintable()
    assert rows[0] == ["notebook", "exercise", "status", "says"]
    assert rows[1][2] == "error" and rows[1][3].startswith("In code cell 2: ValueError: \\x1b]0;")
    assert len(rows[1][3]) < 2000


def test_csv_has_no_formula(capsys):
    listing.print_csv([["=1+1", "@x", "1-1"]])
    assert capsys.readouterr().out == '"\'=1+1","\'@x","1-1"\n'


def test_displayed_outcomes_do_not_count(hand_in):
    path = hand_in(
        IMPORT,
        f"""
import json
from cartlib.course.signing import sign, sign_checks
from cartlib.practice.outcome import Outcome
outcome = {{"exercise": "products.q2", "status": "correct", "sentence": "x"}}
text = json.dumps(outcome)
display({{"{MIME}": outcome, "text/plain": "x"}}, raw=True)
display(Outcome(**outcome))
for found in (outcome, ["x"], {{"text": text}}, {{"text": text, "signature": sign("", text)}}):
    display({{"{SIGNED}": found}}, raw=True)
display({{"{SIGNED}": {{"text": text, "signature": sign(sign_checks(), text)}}}}, raw=True)""",
        RIGHT_1,
    )
    rows, complete = mark(path, LONG)
    assert complete and statuses(rows) == dict.fromkeys(NAMES, "missing") | {NAMES[0]: CORRECT}


def test_changed_checks_do_not_count(hand_in):
    path = hand_in(
        IMPORT,
        """
from cartlib.course.products import q3
from cartlib.practice import exercise, judge
from cartlib.practice.outcome import Outcome
def wrong(client, *args): return 5
def praise(task, *answer): return Outcome(task.name, "correct", "x")
q1.reference_function, q1.cases, q1.worlds = wrong, [], None
q1.check(wrong)
exercise.run_apart = lambda *_: (praise(q2), None)
exercise.judge = judge.judge = lambda task, *_: (praise(task), None)
q2.check(wrong)
exercise.Exercise.check = praise
display(q3.check(wrong))""",
    )
    rows, complete = mark(path, LONG)
    assert complete and statuses(rows) == {
        "products.q1": NOT_YET,
        "products.q2": NOT_YET,
        "products.q3": "missing",
    }


def test_signature_is_of_this_text_by_this_key():
    found = {"text": '"\u00e4"', "signature": sign("key", '"\u00e4"')}
    assert read_signed({SIGNED: found}, "key") == "ä"
    for data, key in (
        ({SIGNED: found}, ""),
        ({SIGNED: found | {"text": '"a"'}}, "key"),
        ({SIGNED: found | {"signature": "\ud800"}}, "key"),
        ({}, "key"),
    ):
        assert read_signed(data, key) is None


def test_kernel_knows_nothing_of_the_teachers(hand_in, monkeypatch, temp, tmp_path):
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1")
    monkeypatch.setenv("SOME_TOKEN", "hunter2")
    monkeypatch.setenv("LANG", "C.UTF-8")
    where = "os.getcwd(), os.path.expanduser('~'), os.environ['IPYTHONDIR']"
    path = hand_in(
        IMPORT,
        f"raise LookupError('hunter2' in str(os.environ), os.environ['LANG'], {where})",
        RIGHT_1,
        "from cartlib import connect\nfrom cartlib.connection import describe\n"
        "raise LookupError(describe(connect()), os.path.exists(os.environ['CARTLIB_PROGRESS']))",
    )
    rows, _ = mark(path, LONG)
    assert rows[0].says.startswith("In code cell 2: LookupError: (False, 'C.UTF-8', ")
    assert rows[0].says.count(f"'{temp}/cartlib-") == 3
    assert "fakeredis" in rows[1].says and rows[1].says.endswith(", True)")
    assert not (tmp_path / "progress.json").exists()


def test_environment_still_finds_what_is_installed_for_one_user(monkeypatch):
    monkeypatch.setattr("site.USER_BASE", "/home/ann/.local")
    assert environment("folder")["PYTHONUSERBASE"] == "/home/ann/.local"


def test_notebook_of_another_name_is_known_by_its_imports(hand_in):
    assert list(statuses(mark(hand_in("import cartlib.course.carts"), LONG)[0])) == [
        "carts.q1",
        "carts.q2",
        "carts.q3",
    ]


def test_file_that_is_no_notebook(tmp_path):
    for number, text in enumerate(["", "no json", "[]", "{}", '{"cells": 3, "nbformat": 4}']):
        path = tmp_path / f"{LESSON}{number}.ipynb"
        path.write_text(text)
        rows, complete = mark(path, LONG)
        assert not complete and rows[0].status == "problem"
        assert rows[0].says.startswith("The file can't be read as a notebook: ")
        assert statuses(rows[1:]) == dict.fromkeys(NAMES, "missing")


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "empty").mkdir()
    for name, says in {
        "pipe.ipynb": "it is no file, but a pipe or a device. Save the notebook in a file.",
        "empty": "it is a folder without a notebook (*.ipynb).",
        "gone.ipynb": "there is no such file. Look at its name and its folder.",
        "x" * 5000: "there is no such file. Look at its name and its folder.",
    }.items():
        (path,) = find(str(tmp_path / name))
        rows, complete = mark(path, LONG)
        assert not complete and rows[0].says.endswith(says)
        assert rows[1][1:] == ("total", "0 of 0", "No exercise of the course was found.")


def test_find_takes_files_folders_and_patterns(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.ipynb", "b [1].ipynb", "ann/c.ipynb", "ann/.ipynb_checkpoints/c.ipynb", "x.py"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()
    wanted = {
        ".": ["a.ipynb", "ann/c.ipynb", "b [1].ipynb"],
        "ann": ["ann/c.ipynb"],
        "*.ipynb": ["a.ipynb", "b [1].ipynb"],
        "b [1].ipynb": ["b [1].ipynb"],
        "**/c.ipynb": ["ann/c.ipynb"],
        "no.ipynb": ["no.ipynb"],
        "no*.ipynb": ["no*.ipynb"],
    }
    assert {name: [path.as_posix() for path in find(name)] for name in wanted} == wanted


@pytest.fixture
def marked(monkeypatch):
    """The paths that were marked, with nothing run; "bad.ipynb" could not be run."""
    paths = []

    def pretend(path, seconds):
        paths.append(str(path))
        marks = Marks(path)
        marks.outcomes["products.q1"] = {"status": "correct", "sentence": "word " * 40}
        marks.complete = path.name != "bad.ipynb"
        return marks

    def each(work, things, jobs, patience):
        yield from ((number, work(thing)) for number, thing in enumerate(things))

    monkeypatch.setattr(whole_class, "mark", pretend)
    monkeypatch.setattr(whole_class, "each", each)
    return paths


def answer(monkeypatch, text):
    """Let a person sit at the terminal, who types `text`."""
    stdin = io.StringIO(text)
    stdin.isatty = lambda: True
    monkeypatch.setattr(sys, "stdin", stdin)


@pytest.mark.parametrize("text, status", [("yes\n", 0), (" YES \n", 0), ("y\n", 2), ("", 2)])
def test_report_asks_first(marked, monkeypatch, capsys, text, status):
    answer(monkeypatch, text)
    assert report.main(["report", "a.ipynb", "a.ipynb"]) == status
    assert marked == ([] if status else ["a.ipynb"])
    out, err = capsys.readouterr()
    assert "runs all the code in 1 notebook," in err and "Type yes" in err
    assert ("Nothing was run." in err, out == "") == (bool(status), bool(status))


def test_report_without_anybody_to_ask_runs_nothing(marked, monkeypatch, capsys):
    for nobody in (io.StringIO("yes\n"), None):
        monkeypatch.setattr(sys, "stdin", nobody)
        assert report.main(["report", "a.ipynb"]) == 2
        assert "There is nobody here to ask: add --yes" in capsys.readouterr().err
    assert marked == []


def test_report_prints_a_table_and_goes_on_after_a_bad_one(marked, capsys):
    assert report.main(["report", "--yes", "bad.ipynb", "good.ipynb"]) == 1
    out, err = capsys.readouterr()
    assert marked == ["bad.ipynb", "good.ipynb"]
    assert "\ngood.ipynb\n  products.q1    correct    word word" in out
    assert "can read, change\nand delete your files" in err


def test_rows_are_in_the_order_of_the_files(marked, monkeypatch, capsys):
    def each(work, things, jobs, patience):
        assert jobs == 3
        yield from reversed([(number, work(thing)) for number, thing in enumerate(things)])

    monkeypatch.setattr(whole_class, "each", each)
    names = ["c.ipynb", "a.ipynb", "b.ipynb"]
    assert report.main(["report", "--yes", "--jobs", "3", *names]) == 0
    out = capsys.readouterr().out.splitlines()
    assert [line for line in out if line.endswith(".ipynb")] == names


def test_what_is_marked_when_it_is_stopped_is_in_the_list(marked, monkeypatch, capsys):
    def each(work, things, jobs, patience):
        yield 2, work(things[2])
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(whole_class, "each", each)
    assert report.main(["report", "--yes", "a.ipynb", "b.ipynb", "c.ipynb"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("\nc.ipynb\n  products.q1    correct")
    assert err.endswith("\nStopped. 2 of 3 notebooks were not marked.\n")


def test_process_without_a_result_is_a_problem(marked, monkeypatch, capsys):
    monkeypatch.setattr(whole_class, "each", lambda *_: ((n, None) for n in [0]))
    assert report.main(["report", "--yes", f"{LESSON}.ipynb"]) == 1
    assert "problem    The process that ran it gave no result." in capsys.readouterr().out


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_shown_on_a_terminal_only(marked, monkeypatch, capsys, terminal):
    stderr = io.StringIO()
    stderr.isatty = lambda: terminal
    monkeypatch.setattr(sys, "stderr", stderr)
    assert report.main(["report", "--yes", "a.ipynb", "b.ipynb"]) == 0
    assert ("| 2/2 [" in stderr.getvalue()) == terminal
    assert "notebooks" not in capsys.readouterr().out


def test_full_disk_is_told(marked, monkeypatch, tmp_path, capsys):
    def full(path, text):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(report, "write_whole", full)
    path = str(tmp_path / "grades.csv")
    assert report.main(["report", "--yes", "a.ipynb", "--grades", path]) == 1
    assert f"{path} can't be written: No space left on device." in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        *([], ["report"], ["mark", "x"], ["report", ""], ["report", "x", " "]),
        *(["report", "x", "--timeout", t] for t in ("0", "nan", "x")),
        *(["report", "x", "--jobs", n] for n in ("0", "65", "x")),
        *(["report", "x", "--student", p] for p in ("x", "{student}{student}", "**/{student}")),
        *(["report", "x", "--grades", f] for f in ("mine.ipynb", "")),
    ],
)
def test_report_refuses_wrong_usage(marked, arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        report.main(arguments)
    assert caught.value.code == 2 and "usage: " in capsys.readouterr().err and marked == []


def test_report_says_what_is_wrong_with_an_empty_name(marked, capsys):
    with pytest.raises(SystemExit):
        report.main(["report", ""])
    assert "it is empty. Name a file or a folder; . is this folder." in capsys.readouterr().err


@linux
@pytest.mark.parametrize(
    "number, jobs", [(signal.SIGINT, 2), (signal.SIGTERM, 1), (signal.SIGHUP, 1)]
)
def test_stopping_the_report_leaves_nothing(hand_in, temp, number, jobs, tmp_path):
    """A terminal sends SIGINT to all processes of the report, not to its first one alone."""
    note = "open(f'pids ({os.getpid()}, {pids[0]}, {pids[1]})', 'w').close()\n"
    paths = [hand_in(IMPORT, DETACH + note + LOOP, name=f"{n}.ipynb") for n in range(jobs)]
    options = ["--yes", "--jobs", str(jobs), "--grades", str(tmp_path / "grades.csv")]
    command = [sys.executable, "-W", "error", "-m", "cartlib.course", "report", *options]
    process = subprocess.Popen(
        [*command, "--student", "{student}.ipynb", *map(str, paths)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while len(found := list(temp.glob("cartlib-*/pids *"))) < jobs:
        assert process.poll() is None
        time.sleep(0.02)
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    out, err = process.communicate(timeout=LONG)
    assert (process.returncode, out) == (1, "")
    stopped = f"Stopped. {jobs} of {jobs} notebooks were not marked.\n"
    assert err.endswith(f"\n{stopped}No grades and no feedback were written.\n")
    assert "Traceback" not in err and not (tmp_path / "grades.csv").exists()
    assert not any(is_running(pid) for path in found for pid in numbers(path.name))


def test_class_is_marked_by_one_command(hand_in, tmp_path, capfd):
    """Right, copied, endless, forged, spoilt, nothing at all, and somebody who is in no roster."""
    products = index.LESSONS[LESSON]
    solved = products.q3.solution().text
    praise = f"display({{'{MIME}': {{'exercise': 'products.q3', 'status': 'correct'}}}}, raw=True)"
    wrong = "def names(client):\n    return '<b>'\nq3.check(names)"
    cells = {
        "ann": ["", f"{solved}\nq3.check(list_names)"],
        "bob": [f"{solved.replace('client', 'r')}\nq3.check(list_names)"],
        "eve": ["def names(client):\n    while True: pass\nq3.check(names)"],
        "fay": [wrong, "type(q3).check = lambda *_: None\n" + praise, wrong],
    }
    importing = IMPORT.replace("q1, q2", "q3")
    for name, code in cells.items():
        hand_in(importing, *code, name=f"{name}_{LESSON}.ipynb")
    (tmp_path / f"dan_{LESSON}.ipynb").write_text("{")
    hand_in(name=f"zed_{LESSON}.ipynb")
    roster = "student,id\nann,7\nbob,8\ncat,9\ndan,10\neve,11\nfay,12\n"
    (tmp_path / "roster.csv").write_text(roster)
    (tmp_path / "rubric.csv").write_text("task,points\nproducts.q3,2\n")
    named = {name: str(tmp_path / f"{name}.csv") for name in ("roster", "rubric", "grades")}
    options = [f"--{name}={path}" for name, path in named.items()]
    options += ["--student={student}_*", f"--feedback={tmp_path / 'pages'}", "--jobs=2"]
    assert report.main(["report", str(tmp_path), *options, "--yes", "--csv"]) == 1
    out, err = capfd.readouterr()

    rows = [row for row in csv.DictReader(io.StringIO(out)) if row["exercise"] == NAMES[2]]
    files = [Path(row["notebook"]).name[:3] for row in rows]
    assert list(zip(files, [row["status"] for row in rows], strict=True)) == [
        *[("ann", CORRECT), ("bob", CORRECT), ("dan", "missing"), ("eve", ERROR)],
        *[("fay", NOT_YET), ("zed", "missing")],
        *[("ann", "alike"), ("ann", "alike"), ("bob", "alike")],
    ]
    not_run = f"dan_{LESSON}.ipynb could not be run to its end"
    with open(named["grades"], newline="") as file:
        found = [list(row.values()) for row in csv.DictReader(file)]
    assert found == [
        ["ann", "7", "2", "2", "4", "50.0", ""],
        ["bob", "8", "2", "2", "4", "50.0", ""],
        ["cat", "9", "", "0", "4", "0.0", "handed in nothing"],
        ["dan", "10", "0", "0", "4", "0.0", not_run],
        ["eve", "11", "0", "0", "4", "0.0", ""],
        ["fay", "12", "0", "0", "4", "0.0", ""],
        ["zed", "", "0", "0", "4", "0.0", "not in the roster"],
    ]
    assert "cat: handed in nothing\n" in err and "zed: not in the roster\n" in err
    pages = {path.stem: path.read_text() for path in (tmp_path / "pages").iterdir()}
    assert list(sorted(pages)) == ["ann", "bob", "cat", "dan", "eve", "fay", "zed"]
    assert "2 of 2 points" in pages["ann"] and "the same as" not in pages["ann"]
    assert "handed in no notebook" in pages["cat"] and "a loop that never ends" in pages["eve"]
    assert "&lt;b&gt;" in pages["fay"] and "<b>" not in pages["fay"]
    assert "card correct" not in pages["fay"] and "read as a notebook" in pages["dan"]


def test_second_stop_waits_until_all_is_put_away():
    done = []

    def put_away():
        signal.raise_signal(signal.SIGINT)
        done.append("all")

    with pytest.raises(KeyboardInterrupt), closed_undisturbed() as stack:
        stack.callback(put_away)
    assert done == ["all"] and signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_folder_of_a_killed_run_is_removed_by_the_next(temp):
    code = (
        "import os\nfrom cartlib.course.kernel import own_folder\n"
        "with own_folder():\n    os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    (left,) = temp.iterdir()
    assert (left / LOCK).exists()
    foreign, linked, target = temp / "cartlib-mine", temp / "cartlib-link", temp / "x"
    foreign.mkdir()
    target.mkdir()
    (target / LOCK).touch()
    linked.symlink_to(target)
    with own_folder() as first, own_folder() as second:
        assert {*temp.iterdir()} == {foreign, linked, target, Path(first), Path(second)}
    linked.unlink()
    shutil.rmtree(target)
    foreign.rmdir()


def test_lessons_do_not_load_the_report():
    code = "import sys, cartlib, cartlib.course.index; print('nbformat' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_help_says_what_happens(capsys):
    with pytest.raises(SystemExit) as caught:
        report.main(["report", "--help"])
    out = capsys.readouterr().out
    assert caught.value.code == 0
    for words in (
        "the best\noutcome counts",
        "--yes",
        "--csv",
        "--grades",
        "--jobs",
        "exit status: 0 if",
    ):
        assert words in out
