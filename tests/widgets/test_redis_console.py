"""RedisConsole and %%redis, without a browser, on every backend."""

import re

import pytest
from IPython.core.interactiveshell import InteractiveShell
from markup import Tags
from redis import Redis

from cartlib import CartError, connect
from cartlib.lab.commands import COMMANDS
from cartlib.lab.local_server import start_server
from cartlib.look import terminal
from cartlib.look.control import ASLEEP
from cartlib.widgets import RedisConsole, redis_magic, use_redis_magic
from cartlib.widgets.redis_magic import run_cell

NASTY = "<img src=x onerror=alert(1)>"
MUG = "product:mug"


@pytest.fixture
def console(shop):
    return RedisConsole(shop)


def typed(console, *lines):
    """Let the page send these lines, and return what is shown of the last one as HTML."""
    for line in lines:
        console.terminal._handle_custom_msg({"line": line}, [])
    return console.terminal.shown["entries"][-1]


def all_html(console):
    return "".join(console.terminal.shown["entries"]) + console.tables.value + console.message.value


def test_line_is_sent_and_shown(console, shop):
    shown = typed(console, "HSET product:mug price 10.00 colour red")
    assert shop.hmget(MUG, "price", "colour") == ["10.00", "red"]
    line = "<b>&gt; HSET product:mug price 10.00 colour red</b>"
    assert shown == f"<pre>{line}\n<span>(integer) 1</span></pre>"
    assert console.text == "> HSET product:mug price 10.00 colour red\n(integer) 1"


def test_table_marks_what_changed(console):
    typed(console, "HSET product:mug price 10.00 colour red")
    table = console.tables.value
    assert '<div class="title">product:mug</div>' in table and "Now: hash, no TTL" in table
    assert "<td>9.50 → 10.00</td><td>changed</td>" in table
    assert "<td>red</td><td>new</td>" in table and "<td>Coffee mug</td><td></td>" in table
    typed(console, "PING")
    assert "The keys of a command are shown here" in console.tables.value


def test_table_tells_of_a_time_out(console):
    typed(console, "EXPIRE product:mug 100")
    assert re.search("<p><strong>TTL: none → (100|9.)</strong></p>", console.tables.value)
    typed(console, "PERSIST product:mug")
    assert re.search("TTL: (100|9.) → none", console.tables.value)


def test_table_of_a_text(console, shop):
    typed(console, "SET demo:a 1", "INCR demo:a")
    assert "<td>1 → 2</td><td>changed</td>" in console.tables.value
    typed(console, "DEL demo:a")
    assert "Now: no such key (before: string, no TTL)" in console.tables.value


def test_table_of_several_keys(console, shop):
    typed(console, "SADD demo:{a}:1 x", "SDIFFSTORE demo:{a}:2 demo:{a}:1 demo:{a}:3")
    assert re.findall('class="title">(demo:.*?)<', console.tables.value) == [
        "demo:{a}:2",
        "demo:{a}:1",
        "demo:{a}:3",
    ]
    assert shop.smembers("demo:{a}:2") == {"x"}
    typed(console, "EXISTS " + " ".join(f"demo:{{a}}:{number}" for number in range(9)))
    assert "… and 3 more keys" in console.tables.value


def test_table_of_what_is_no_text(console):
    typed(console, 'RPUSH demo:b "\\xff"')
    assert (
        "Bytes that are no text" in console.tables.value and console.message.value.count("<") == 2
    )
    typed(console, "DEL demo:b")
    assert "Now: no such key" in console.tables.value


def test_table_of_a_bitmap_has_its_bits(console):
    typed(console, "SETBIT demo:b 0 1")
    assert "Now: string, no TTL; 1 bit is 1, 1 byte" in console.tables.value
    assert "<td>0</td><td>new</td>" in console.tables.value


def test_error_is_told_in_words(console):
    shown = typed(console, "INCR product:mug")
    assert '<span class="bad">(error) WRONGTYPE Operation against' in shown
    assert '<p class="told">The command does not fit the type of the key' in shown
    assert typed(console, "PING").endswith("<span>PONG</span></pre>")


def test_refused_line_changes_nothing(console, kit_keys):
    before = kit_keys()
    assert "(refused) FLUSHALL would delete" in typed(console, "FLUSHALL")
    assert "none of the kit&#x27;s keys" in typed(console, "SET other 1")
    assert kit_keys() == before


def test_any_key(shop):
    console = RedisConsole(shop, any_key=True)
    assert "&quot;theirs&quot;" in typed(console, "GET other:string")


def test_multi_across_lines(console, shop):
    shown = typed(console, "MULTI", "INCR demo:n", "INCR demo:n")
    assert console.terminal.prompt == "(TX)>" and "<b>(TX)&gt; INCR demo:n</b>" in shown
    assert "Now: no such key" in console.tables.value and not shop.exists("demo:n")
    typed(console, "EXEC")
    assert console.terminal.prompt == ">" and shop.get("demo:n") == "2"
    assert "<td>2</td><td>new</td>" in console.tables.value


def test_watch_across_lines(console, shop):
    typed(console, "WATCH demo:n", "MULTI", "SET demo:n mine")
    shop.set("demo:n", "theirs")
    assert "Begin again at WATCH" in typed(console, "EXEC") and shop.get("demo:n") == "theirs"


def test_html_is_shown_as_text(console, shop):
    shop.hset(MUG, NASTY, NASTY)
    for line in (
        "HGETALL product:mug",
        f'SET "demo:{NASTY}" "{NASTY}"',
        f'GET "demo:{NASTY}"',
        f'"{NASTY}" x',
        f'GET "{NASTY}"',
        f"HELP {NASTY}",
        f'GET "{NASTY}',
    ):
        typed(console, line)
        assert "&lt;img src=x" in all_html(console) and "img" not in Tags(all_html(console)).tags
    card = run_cell(shop, f'SET "demo:{NASTY}" 1\nGET "{NASTY}"')._repr_mimebundle_()["text/html"]
    assert "&lt;img src=x" in card and "img" not in Tags(card).tags


def test_long_reply_is_folded(console):
    shown = typed(console, f"ECHO {'x' * 9000}")
    assert "characters more</summary>" in shown


def test_clear_keeps_the_history(console):
    typed(console, "PING", "ECHO a")
    console.clear.click()
    assert console.text == "" and console.terminal.shown == {"dropped": 2, "entries": []}
    assert console.terminal.history == ["PING", "ECHO a"]
    typed(console, "PING")
    assert len(console.terminal.shown["entries"]) == 1


def test_terminal_keeps_the_newest(console, monkeypatch):
    monkeypatch.setattr(terminal, "KEPT", 3)
    typed(console, *[f"ECHO {number}" for number in range(5)])
    shown = console.terminal.shown
    assert shown["dropped"] == 2 and ["ECHO 2" in shown["entries"][0], len(shown["entries"])] == [
        True,
        3,
    ]
    assert console.terminal.history == ["ECHO 2", "ECHO 3", "ECHO 4"]


def test_completion_offers_commands_and_keys(console):
    assert (
        console.terminal.hints["ZSCORE"] == "ZSCORE key member: Return the score of a member. O(1)."
    )
    assert set(console.terminal.hints) == set(COMMANDS)
    assert {MUG, "products", "cart:{guest}", "stock:{guest}"} <= set(console.terminal.words)
    typed(console, 'SET "demo:two words" 1')
    assert '"demo:two words"' in console.terminal.words


def test_console_is_labelled_and_sleeps(console):
    assert console.terminal.label == "Redis command" and console.clear.tooltip
    assert ASLEEP in console.asleep() and console.steps("Type `PING`.") is console


def test_console_never_raises(console, monkeypatch):
    monkeypatch.setattr(console._session, "run", lambda line: 1 / 0)
    assert "(no reply)" in typed(console, "PING")
    assert "ZeroDivisionError" in console.message.value


def test_console_of_a_dead_server(server):
    with start_server() as mortal, connect(mortal.host, mortal.port) as client:
        console = RedisConsole(client)
        typed(console, "MULTI", "SET demo:a 1")
        mortal.stop()
        shown = typed(console, "EXEC")
        assert (
            "(not sent)" in shown and f"Redis at 127.0.0.1:{mortal.port}" in console.message.value
        )
        assert "(no reply)" in typed(console, "PING") and console.terminal.prompt == ">"
        assert "began has ended with the connection" in console.message.value
        assert f"✗ Redis at 127.0.0.1:{mortal.port}" in RedisConsole(client).message.value


def test_console_of_a_client_that_returns_bytes(server):
    with Redis(server.host, server.port) as client:
        console = RedisConsole(client)
        assert "(no reply)" in typed(console, "PING")
        assert "This client returns bytes." in console.message.value


def test_cell_prints_what_redis_cli_prints(shop):
    cell = """# the price
HSET product:mug price 10.00

  GET product:mug
HGET product:mug price
GET 'x
"""
    shown = run_cell(shop, cell)
    assert str(shown).splitlines() == [
        "(integer) 0",
        "(error) WRONGTYPE Operation against a key holding the wrong kind of value",
        '"10.00"',
        "Invalid argument(s)",
    ]
    html = shown._repr_mimebundle_()["text/html"]
    assert "<b>&gt; HGET product:mug price</b>" in html and "9.50 → 10.00" in html
    assert "does not fit the type" in html and shop.hget(MUG, "price") == "10.00"


def test_cell_with_a_transaction(shop):
    shown = run_cell(shop, "MULTI\nINCR demo:n\nINCR demo:n\nEXEC")
    assert str(shown) == "OK\nQUEUED\nQUEUED\n1) (integer) 1\n2) (integer) 2" and shown.told == ""
    assert "<td>2</td><td>new</td>" in shown.tables and shop.get("demo:n") == "2"


def test_cell_that_ends_in_an_open_transaction_says_so(shop):
    shown = run_cell(shop, "WATCH demo:n\nMULTI\nSET demo:n 1")
    assert "⚠ MULTI had no EXEC: what it queued (1) was discarded" in shown.told
    assert str(run_cell(shop, "GET demo:n")) == "(nil)" and not shop.exists("demo:n")
    assert "WATCH demo:n has ended here" in run_cell(shop, "WATCH demo:n").told


def test_cell_with_any_key(shop):
    assert "(refused)" in str(run_cell(shop, "GET other:string"))
    assert str(run_cell(shop, "GET other:string", "--any-key")) == '"theirs"'
    wrong = run_cell(shop, "SET demo:a 1", "--all")
    assert "%%redis takes --any-key or nothing, and not &#x27;--all&#x27;" in wrong.told
    assert str(wrong) == "(not sent)" and not shop.exists("demo:a")


@pytest.mark.parametrize("answered", range(2))
def test_cell_on_a_lost_server_waits_once(lonely, lose, answered):
    attempts = lose(answered)
    shown = run_cell(lonely, "GET demo:a\nGET demo:a")
    assert len(attempts) == answered + 1 and "did not answer in time" in shown.told
    assert str(shown) == ["(not sent)\n(not sent)", "(nil)\n(nil)"][answered]


def test_cell_stops_where_the_server_is_lost(server):
    with start_server() as mortal, connect(mortal.host, mortal.port) as client:
        mortal.stop()
        shown = run_cell(client, "PING\nECHO a\nECHO b")
    assert str(shown) == "(no reply)\n(not sent)\n(not sent)" and "✗ Redis at" in shown.told


def test_magic_is_a_cell_magic(lonely, monkeypatch, capsys):
    shell, shown = InteractiveShell(), []
    monkeypatch.setattr(redis_magic, "get_ipython", lambda: shell)
    monkeypatch.setattr(redis_magic, "display", shown.append)
    use_redis_magic(lonely)
    result = shell.run_cell("%%redis\nSET demo:a 1\nINCR demo:a")
    assert result.success and result.result is None and str(shown[0]) == "OK\n(integer) 2"
    assert lonely.get("demo:a") == "2" and capsys.readouterr().out == ""


def test_magic_outside_of_a_notebook(lonely):
    with pytest.raises(CartError, match="works in a notebook"):
        use_redis_magic(lonely)


def test_session_refuses_what_is_no_client():
    assert "Give a client that connect() returned" in run_cell("a client", "PING").told
