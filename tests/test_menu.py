"""The terminal menu: what is typed, what is printed, how it ends."""

import io
import os
import re
import select
import signal
import subprocess
import sys
import time
from unittest import mock

import fakeredis
import pytest

from cartlib import add_to_cart, connect, connection, get_cart_items, menu
from cartlib.catalogue import load_catalogue
from cartlib.expiry import expire_cart
from cartlib.lab.local_server import start_server

LIMIT = 30  # seconds
REFUSED = ["--host", "127.0.0.1", "--port", "1"]  # nobody listens on port 1
# A shell's background job ignores Ctrl-C, and Python would inherit that.
INTERRUPTIBLE = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("cartlib", run_name="__main__")
"""


def environment(**more):
    """Return this process's environment without REDIS_URL."""
    kept = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    return kept | {"PYTHONIOENCODING": "utf-8"} | more


def run(*answers, options=(), status=0, **more):
    """Run the menu with these answers, then end of input; return all that it printed.

    With environment variables it is a process of its own.
    """
    typed = "".join(f"{answer}\n" for answer in answers).encode("utf-8", "surrogateescape")
    ended, printed = start(typed, options, more) if more else call(typed, options)
    printed = printed.decode("utf-8").replace("\r\n", "\n")
    assert "Traceback" not in printed, printed
    assert ended == status, printed
    return printed


def start(typed, options, more):
    """Run the menu as a process; return its exit status and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "cartlib", *options],
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(**more),
        timeout=LIMIT,
    )
    return done.returncode, done.stdout


def call(typed, options):
    """Run the menu in this process, with a pretended server of its own; return the same."""
    connection._fake_server.cache_clear()
    stdin = io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8")
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with mock.patch.multiple(sys, stdin=stdin, stdout=out, stderr=out):
        try:
            ended = menu.main(list(options))
        except SystemExit as exit:  # argparse ends so
            ended = exit.code
    return ended, out.buffer.getvalue()


def errors(printed):
    """Return the lines that tell of an error, without the prompts before them."""
    return re.findall(r"Error: .*", printed)


@pytest.fixture
def server(server):
    """A private server for one test alone, which may change its settings or stop it."""
    with start_server() as own:
        yield own


@pytest.fixture
def shop():
    """A client of a pretended server of its own, with the sample catalogue."""
    client = fakeredis.FakeRedis(server=fakeredis.FakeServer(), decode_responses=True)
    load_catalogue(client)
    return client


def test_menu_by_numbers():
    printed = run("1", "mug", "2", "3", "2", "mug", "1", "4", "5")
    assert "fakeredis" in printed.splitlines()[0]
    assert "The cart guest is empty." in printed
    assert "Added. The cart now has 2 of mug." in printed
    assert re.search(r"mug +2 × +9\.50 = +19\.00  Coffee mug\n  Total +19\.00\n", printed)
    assert "Removed 1 of mug." in printed
    assert "The cart has no time-out." in printed
    assert printed.endswith("Your choice: Goodbye.\n")
    assert not errors(printed)


def test_menu_by_words():
    printed = run("add", "mug", "", " VIEW ", "Remove", "mug", "", "time left", "time", "quit")
    assert "The cart now has 1 of mug." in printed
    assert re.search(r"Total +9\.50\n", printed)
    assert "Removed 1 of mug." in printed
    assert printed.count("The cart has no time-out.") == 2
    assert printed.endswith("Your choice: Goodbye.\n")
    assert not errors(printed)


def test_menu_as_a_process():
    printed = run("1", "mug", "2", "5", PYTHONUTF8="1")
    assert printed.startswith("fakeredis") and "The cart now has 2 of mug." in printed
    assert printed.endswith("Your choice: Goodbye.\n")
    assert "--port needs --host" in run(options=["--port", "7000"], status=2, PYTHONUTF8="1")


def test_menu_adding_twice_adds_up():
    assert "The cart now has 5 of mug." in run("1", "mug", "2", "1", "mug", "3", "5")


def test_menu_lists_products_before_it_asks():
    printed = run("1", "mug", "1", "5")
    assert re.search(r"mug +9\.50  Coffee mug\n(.*\n)*Product id: ", printed)


def test_menu_unknown_choice():
    choices = ["", "0", "6", "-1", "buy", "1 2", "\x1b[A", "ü", "\udcff"]
    printed = run(*choices, "5")
    sentence = "Please answer with a number from 1 to 5, or with a word such as add."
    assert printed.count(sentence) == len(choices)
    assert printed.endswith("Your choice: Goodbye.\n")


def test_menu_unknown_product():
    first, second = errors(run("1", "spaceship", "1", "1", "Mug", "", "5"))
    assert "There is no product 'spaceship'" in first
    assert "There is no product 'Mug'" in second


def test_menu_impossible_product_id():
    found = errors(run("1", "", "1", "1", "x" * 129, "1", "5"))
    assert len(found) == 2
    assert all("A product id is a text of 1 to 128 characters" in error for error in found)


@pytest.mark.parametrize("choice", ["1", "2"])
def test_menu_bad_quantity(choice):
    bad = ["x", "0", "-1", "--1", "-", "1.5", "1e3", "²", "1 000", "1000001", "9" * 5000]
    answers = [answer for quantity in bad for answer in (choice, "mug", quantity)]
    printed = run("1", "mug", "2", *answers, "3", "5")
    for quantity, error in zip(bad, errors(printed), strict=True):
        assert "A quantity is a whole number from 1 to 1,000,000, not " in error
        assert quantity[:8] in error and len(error) < 250
    assert re.search(r"mug +2 × ", printed)  # and the cart is as it was


def test_menu_remove_what_is_not_in_the_cart():
    found = errors(run("2", "mug", "", "2", "mug", "1", "5"))
    assert len(found) == 2
    assert all("Product 'mug' is not in the cart 'guest'." in error for error in found)


def test_menu_remove_more_than_there_is():
    printed = run("1", "mug", "2", "2", "mug", "9", "3", "5")
    assert "Removed 2 of mug." in printed
    assert printed.count("The cart guest is empty.") == 2


PROMPTS = {
    "Your choice: ": [],
    "Product id: ": ["1"],
    "Quantity (1): ": ["1", "mug"],
    "Quantity (all of it): ": ["2", "mug"],
}


@pytest.mark.parametrize("prompt", PROMPTS)
def test_menu_end_of_input(prompt):
    assert run(*PROMPTS[prompt]).endswith(f"{prompt}\nGoodbye.\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a shell that closes files")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&-", "<&- >&- 2>&-"])
def test_menu_with_closed_files(closed):
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m cartlib {closed}', sys.executable],
        input=b"5\n",
        capture_output=True,
        env=environment(),
        timeout=LIMIT,
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(os.name == "nt", reason="pipes are other there")
def test_menu_whose_reader_has_gone():
    with subprocess.Popen(
        [sys.executable, "-m", "cartlib"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        process.stdout.close()
        _, errors = process.communicate(b"3\n" * 5000, timeout=LIMIT)
    assert (process.returncode, errors) == (1, b"")


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no Ctrl-C to one process alone")
@pytest.mark.parametrize("prompt", PROMPTS)
def test_menu_interrupted(prompt):
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(),
    ) as process:
        process.stdin.write("".join(f"{answer}\n" for answer in PROMPTS[prompt]).encode())
        read_until(process, prompt)
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=LIMIT)
    assert rest.decode() == "\nGoodbye.\n"
    assert process.returncode == 0


def read_until(process, prompt):
    """Read what the process prints, until it ends with `prompt`; kill the process if it doesn't."""
    printed, deadline = b"", time.monotonic() + LIMIT
    while not printed.endswith(prompt.encode()):
        ready = select.select([process.stdout], [], [], max(0, deadline - time.monotonic()))[0]
        new = os.read(process.stdout.fileno(), 4096) if ready else b""
        if not new:
            process.kill()
            pytest.fail(f"no prompt {prompt!r} after {printed!r}")
        printed += new


@pytest.mark.parametrize(
    ("options", "url"),
    [(REFUSED, None), (["--url", "redis://127.0.0.1:1"], None), ([], "redis://127.0.0.1:1")],
    ids=["host", "url", "REDIS_URL"],
)
def test_menu_refused_port(options, url):
    printed = run("5", options=options, status=1, **({"REDIS_URL": url} if url else {}))
    assert printed.startswith("Error: Redis at 127.0.0.1:1 can't be reached")
    assert printed.count("\n") == 1


@pytest.mark.parametrize("port", ["0", "65536"])
def test_menu_impossible_port(port):
    printed = run(options=["--host", "127.0.0.1", f"--port={port}"], status=1)
    assert printed == f"Error: A port is a number from 1 to 65535, not {port}.\n"


def test_menu_port_that_is_no_number():
    assert "invalid int value: 'x'" in run(options=["--host", "127.0.0.1", "--port=x"], status=2)


@pytest.mark.parametrize("options", [[], ["--url", "redis://127.0.0.1:1"]])
def test_menu_port_without_host(options):
    assert "--port needs --host" in run(options=["--port", "7000", *options], status=2)


PASSWORD_URLS = ["redis://ann:s3cret@127.0.0.1:1", "redis://:s3cret@127.0.0.1:x", "s3cret"]


@pytest.mark.parametrize("url", PASSWORD_URLS)
def test_menu_never_prints_the_password(url):
    printed = run(options=["--url", url], status=1)
    assert printed.startswith("Error: ")
    assert "s3cret" not in printed


def test_menu_host_together_with_url():
    printed = run(options=[*REFUSED, "--url", "redis://:s3cret@127.0.0.1:1"], status=2)
    assert "give --host or --url, not both" in printed
    assert "s3cret" not in printed


def test_menu_cart_name():
    printed = run("2", "mug", "", "5", options=["--cart", "ann"])
    assert "The cart ann is empty." in printed
    assert "is not in the cart 'ann'" in printed


@pytest.mark.parametrize("cart", ["", "a{b"])
def test_menu_impossible_cart_name(cart):
    printed = run("5", options=["--cart", cart], status=1)
    assert "Error: A cart's name is a text of 1 to 128 characters" in printed


def test_menu_typed_escape_sequence_is_harmless():
    printed = run("1", "\x1b[2J", "1", "2", "\x1b[2J", "", "5", options=["--cart", "\x1b[2J"])
    assert "\x1b" not in printed
    assert r"The cart \x1b[2J is empty." in printed
    assert len(errors(printed)) == 2


@pytest.mark.parametrize("encoding", ["ascii", "utf-8:strict"])
def test_menu_any_encoding(encoding):
    printed = run("\udcff", "1", "mü\udcff", "", "1", "mug", "", "3", PYTHONIOENCODING=encoding)
    assert re.search(r"mug +1 (×|\\xd7) +9\.50", printed)
    assert printed.endswith("Goodbye.\n")


def test_menu_view_product_with_escape_sequence(shop, capsys):
    shop.hset("product:\x1b[2J", mapping={"name": "\x1b]0;gone\x07\nTea", "price": "1"})
    add_to_cart(shop, "\x1b[2J", 1)
    menu.view(shop, "guest")
    printed = capsys.readouterr().out
    assert r"\x1b[2J" in printed and r"\x1b]0;gone\x07\nTea" in printed
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", printed)


def test_menu_view_product_no_longer_sold(shop, capsys):
    add_to_cart(shop, "mug", 2)
    shop.delete("product:mug")
    menu.view(shop, "guest")
    assert re.search(r"mug +2 × += +\(no longer sold\)\n  Total +0\n", capsys.readouterr().out)


def test_menu_view_free_product(shop, capsys):
    shop.hset("product:leaflet", mapping={"name": "Leaflet", "price": "0.00"})
    add_to_cart(shop, "leaflet", 3)
    menu.view(shop, "guest")
    assert re.search(r"leaflet +3 × +0\.00 = +0\.00  Leaflet", capsys.readouterr().out)


def test_menu_time_left(shop, capsys):
    add_to_cart(shop, "mug", 1)
    expire_cart(shop, 100)
    menu.time_left(shop, "guest")
    assert re.fullmatch(r"The cart has (99|100) seconds left\.\n", capsys.readouterr().out)


def test_menu_server_keeps_the_cart(server):
    options = ["--host", server.host, "--port", str(server.port), "--cart", "ann"]
    printed = run("1", "mug", "2", "5", options=options)
    assert re.match(rf"A (Redis|Valkey) \S+ server at {server.host}:{server.port}\.\n", printed)
    printed = run("1", "mug", "1", "5", options=["--url", server.url, "--cart", "ann"])
    assert "The cart now has 3 of mug." in printed
    printed = run("5", options=["--cart", "ann"], REDIS_URL=server.url)
    assert re.search(r"mug +3 × +9\.50 = +28\.50  Coffee mug", printed)
    with connect(url=server.url) as client:
        assert get_cart_items(client, cart="ann") == [("mug", 3)]
        assert client.zrange("cart:{ann}", 0, -1, withscores=True) == [("mug", 3.0)]


def test_menu_server_catalogue_stays(server):
    with connect(url=server.url) as client:
        client.hset("product:\x1b[2J", mapping={"name": "\x1b[2J", "price": "4.00"})
        client.sadd("products", "\x1b[2J")
        printed = run("1", "\x1b[2J", "2", "3", "5", options=["--url", server.url])
        assert client.smembers("products") == {"\x1b[2J"}  # the sample shop was not put beside it
    assert "\x1b" not in printed
    assert re.search(r"\\x1b\[2J +2 × +4\.00 = +8\.00  \\x1b\[2J", printed)


def test_menu_prints_the_servers_version_as_text(monkeypatch):
    monkeypatch.setattr(menu, "describe", lambda client: "A Redis \x1b[2J\x07\u202e server.")
    assert run("5").startswith(r"A Redis \x1b[2J\x07\u202e server.")


@pytest.mark.parametrize("user", ["", "ann"])
def test_menu_server_refuses_the_password(server, user):
    with connect(url=server.url) as client:
        client.config_set("requirepass", "right")
    url = f"redis://{user}:s3cret@{server.host}:{server.port}"
    printed = run("5", options=["--url", url], status=1)
    assert f"{server.host}:{server.port} refused the user name or the password" in printed
    assert "s3cret" not in printed


@pytest.mark.skipif(os.name == "nt", reason="select() there takes sockets only")
def test_menu_server_ends_meanwhile(server):
    with subprocess.Popen(
        [sys.executable, "-m", "cartlib", "--url", server.url],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(),
    ) as process:
        read_until(process, "Your choice: ")
        server.stop()
        printed = process.communicate(b"3\n1\n5\n", timeout=LIMIT)[0].decode()
    assert len(errors(printed)) == 2
    for error in errors(printed):
        assert f"Redis at {server.host}:{server.port} can't be reached" in error
    assert printed.endswith("Your choice: Goodbye.\n")
    assert process.returncode == 0
