"""The controls that send raw commands, and the count-down, clicked on every backend."""

import asyncio
import re
import threading
from html import unescape
from html.parser import HTMLParser

import pytest
from backends import about
from ipywidgets import Button, Text, VBox
from redis import Redis

from cartlib import CartError, InvalidCartNameError, add_to_cart, connect
from cartlib.expiry import cart_ttl, expire_cart
from cartlib.lab.commands import find
from cartlib.lab.local_server import start_server
from cartlib.views import key_table
from cartlib.widgets import (
    BitmapPlayground,
    GeoPlayground,
    HashPlayground,
    HyperLogLogPlayground,
    ListPlayground,
    SetPlayground,
    SortedSetPlayground,
    StreamPlayground,
    StringPlayground,
    TtlBar,
    key_inspector,
    playground,
    ttl_bar,
)

PLAYGROUNDS = [
    *(HashPlayground, SortedSetPlayground, StringPlayground, ListPlayground, SetPlayground),
    *(StreamPlayground, HyperLogLogPlayground, BitmapPlayground, GeoPlayground),
]
NASTY = "<img src=x onerror=alert(1)>"
MUG, CART = "product:mug", "cart:{guest}"
MUG_FIELDS = {"name": "Coffee mug", "price": "9.50", "category": "Kitchen"}
THREE = {"mug": 1, "lamp": 2.5, "tea": -3}


@pytest.fixture
def hashes(shop):
    assert shop.hgetall(MUG) == MUG_FIELDS
    return HashPlayground(shop)


@pytest.fixture
def scores(client):
    client.zadd(CART, THREE)
    return SortedSetPlayground(client)


@pytest.fixture
def quick(monkeypatch):
    """Let the count-down read every 20 ms."""
    monkeypatch.setattr(ttl_bar, "PAUSE", 0.02)


class Cells(HTMLParser):
    """The tags of a piece of HTML, and its tables: {caption: [row of cell texts]}."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.tables, self._rows, self._cell = [], {}, [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag in ("caption", "td"):
            self._cell = ""
        elif tag == "tbody":
            self._rows.clear()
        elif tag == "tr":
            self._rows.append([])

    def handle_data(self, data):
        self._cell = None if self._cell is None else self._cell + data

    def handle_endtag(self, tag):
        if tag == "caption":
            self._rows = self.tables[self._cell] = []
        elif tag == "td":
            self._rows[-1].append(self._cell)
        if tag in ("caption", "td"):
            self._cell = None


def tables(control):
    return Cells(control.inspector.view.value).tables


def rows(fields, **change):
    """Return the rows that a table shows of `fields`; `change` has the marked ones."""
    return [[name, str(value), change.get(name, "")] for name, value in fields.items()]


def logged(control):
    """Return the log without the title: the commands and replies of one click."""
    (title, _, rest) = control.commands.text.partition("\n")
    assert title.endswith(": 1 round trip") and "\n\n" not in rest
    return rest


@pytest.mark.parametrize(
    "label, field, sent, reply",
    [
        ("HGET", "price", "HGET product:mug price", '"9.50"'),
        ("HGET", "colour", "HGET product:mug colour", "(nil)"),
        (
            "HGETALL",
            "",
            "HGETALL product:mug",
            '1) "name"\n2) "Coffee mug"\n3) "price"\n4) "9.50"\n5) "category"\n6) "Kitchen"',
        ),
        (
            "HMGET",
            " name  colour price",
            "HMGET product:mug name colour price",
            '1) "Coffee mug"\n2) (nil)\n3) "9.50"',
        ),
        ("HEXISTS", "price", "HEXISTS product:mug price", "(integer) 1"),
        ("HEXISTS", "colour", "HEXISTS product:mug colour", "(integer) 0"),
        ("HLEN", "", "HLEN product:mug", "(integer) 3"),
        ("TYPE", "", "TYPE product:mug", "hash"),
    ],
)
def test_hash_button_that_reads(hashes, shop, label, field, sent, reply):
    hashes.field.value = field
    hashes.buttons[label].click()
    assert logged(hashes) == f"> {sent}\n{reply}"
    assert f"{label} replied: " in hashes.message.value
    same = rows(MUG_FIELDS)
    assert tables(hashes) == {"Now: hash, no TTL": same}
    assert shop.hgetall(MUG) == MUG_FIELDS


def test_hset_button(hashes, shop):
    hashes.field.value, hashes.value.value = "colour", "red"
    hashes.buttons["HSET"].click()
    after = {**MUG_FIELDS, "colour": "red"}
    assert shop.hgetall(MUG) == after
    assert logged(hashes) == "> HSET product:mug colour red\n(integer) 1"
    assert "✓ HSET replied: (integer) 1" in hashes.message.value
    assert tables(hashes) == {"Now: hash, no TTL": rows(after, colour="new")}


def test_hset_button_sends_text_with_spaces_as_one_word(hashes, shop):
    hashes.field.value, hashes.value.value = "the name", ' "a" b '
    hashes.buttons["HSET"].click()
    assert shop.hget(MUG, "the name") == ' "a" b '
    assert logged(hashes).startswith('> HSET product:mug "the name" \' "a" b \'\n')


def test_hdel_button(hashes, shop):
    hashes.field.value = "price"
    hashes.buttons["HDEL"].click()
    assert list(shop.hgetall(MUG)) == ["name", "category"]
    assert logged(hashes) == "> HDEL product:mug price\n(integer) 1"
    name, price, category = rows(MUG_FIELDS, price="gone")
    assert tables(hashes)["Now: hash, no TTL"] == [name, category, price]


def test_hincrby_button(hashes, shop):
    hashes.field.value, hashes.amount.value = "stock", -4
    hashes.buttons["HINCRBY"].click()
    hashes.buttons["HINCRBY"].click()
    assert shop.hget(MUG, "stock") == "-8"
    assert "> HINCRBY product:mug stock -4\n(integer) -8" in hashes.commands.text
    assert ["stock", "-4 → -8", "changed"] in tables(hashes)["Now: hash, no TTL"]


def test_del_button_of_hash(hashes, shop):
    hashes.buttons["DEL"].click()
    assert shop.exists(MUG) == 0 and shop.exists("product:lamp", "products") == 2
    assert logged(hashes) == "> DEL product:mug\n(integer) 1"
    gone = dict.fromkeys(MUG_FIELDS, "gone")
    assert tables(hashes) == {"Now: no such key (before: hash, no TTL)": rows(MUG_FIELDS, **gone)}


@pytest.mark.parametrize(
    "label, field, amount, says",
    [
        ("HINCRBY", "name", 1, "hash value is not an integer. Only a field that holds a whole"),
        ("HINCRBY", "stock", 2**63, "value is not an integer or out of range. The amount does"),
        ("HMGET", "  ", 1, "wrong number of arguments for 'hmget' command. Something is missing"),
    ],
)
def test_hash_button_says_what_is_wrong(hashes, shop, label, field, amount, says):
    hashes.field.value, hashes.amount.value = field, amount
    hashes.buttons[label].click()
    assert f"✗ Redis refused {label}, and says: {says}" in unescape(hashes.message.value)
    assert 'role="alert"' in hashes.message.value and "\n(error) " in logged(hashes)
    assert shop.hgetall(MUG) == MUG_FIELDS
    hashes.buttons["TYPE"].click()
    assert "✓ TYPE replied: hash" in hashes.message.value


def test_hash_button_on_another_type(client):
    client.zadd(CART, THREE)
    hashes = HashPlayground(client, CART)
    hashes.buttons["HSET"].click()
    text = "WRONGTYPE Operation against a key holding the wrong kind of value"
    assert f"{text}. The command does not fit the type" in hashes.message.value
    assert logged(hashes) == f"> HSET {CART} colour red\n(error) {text}"
    assert list(tables(hashes)) == ["Now: zset, no TTL"]


@pytest.mark.parametrize(
    "label, sent, reply",
    [
        ("ZSCORE", "ZSCORE cart:{guest} lamp", '"2.5"'),
        (
            "ZRANGE",
            "ZRANGE cart:{guest} 0 -1 WITHSCORES",
            '1) "tea"\n2) "-3"\n3) "mug"\n4) "1"\n5) "lamp"\n6) "2.5"',
        ),
        (
            "ZRANGE REV (top 3)",
            "ZRANGE cart:{guest} 0 2 REV WITHSCORES",
            '1) "lamp"\n2) "2.5"\n3) "mug"\n4) "1"\n5) "tea"\n6) "-3"',
        ),
        (
            "ZRANGE BYSCORE",
            "ZRANGE cart:{guest} 1 +inf BYSCORE WITHSCORES",
            '1) "mug"\n2) "1"\n3) "lamp"\n4) "2.5"',
        ),
        ("ZRANK", "ZRANK cart:{guest} lamp", "(integer) 2"),
        ("ZCARD", "ZCARD cart:{guest}", "(integer) 3"),
    ],
)
def test_sorted_set_button_that_reads(scores, client, label, sent, reply):
    scores.member.value, scores.score.value = "lamp", 1
    scores.buttons[label].click()
    assert logged(scores) == f"> {sent}\n{reply}"
    same = [["tea", "-3.0", ""], ["mug", "1.0", ""], ["lamp", "2.5", ""]]
    assert tables(scores) == {"Now: zset, no TTL": same}
    assert dict(client.zrange(CART, 0, -1, withscores=True)) == THREE


@pytest.mark.parametrize("score, word", [(0, "0"), (-2, "-2"), (2.5, "2.5"), (1e20, "1e+20")])
def test_zadd_button(scores, client, score, word):
    scores.member.value, scores.score.value = "mug", score
    scores.buttons["ZADD"].click()
    assert client.zscore(CART, "mug") == score
    assert logged(scores) == f"> ZADD cart:{{guest}} {word} mug\n(integer) 0"
    changed = ["mug", f"1.0 → {float(score)}", "changed"]
    assert changed in tables(scores)["Now: zset, no TTL"]


def test_zincrby_button(scores, client):
    scores.member.value, scores.score.value = "mug", -1
    scores.buttons["ZINCRBY"].click()
    assert client.zscore(CART, "mug") == 0
    assert logged(scores) == '> ZINCRBY cart:{guest} -1 mug\n"0"'
    assert ["mug", "1.0 → 0.0", "changed"] in tables(scores)["Now: zset, no TTL"]


def test_zrem_button(scores, client):
    scores.member.value = "mug"
    scores.buttons["ZREM"].click()
    assert client.zrange(CART, 0, -1) == ["tea", "lamp"]
    assert logged(scores) == "> ZREM cart:{guest} mug\n(integer) 1"
    assert tables(scores)["Now: zset, no TTL"] == [
        ["tea", "-3.0", ""],
        ["lamp", "2.5", ""],
        ["mug", "1.0", "gone"],
    ]


def test_del_button_of_sorted_set(scores, client):
    scores.buttons["DEL"].click()
    assert client.exists(CART) == 0
    assert logged(scores) == "> DEL cart:{guest}\n(integer) 1"
    assert list(tables(scores)) == ["Now: no such key (before: zset, no TTL)"]


def test_sorted_set_button_says_what_is_wrong(scores, client):
    scores.member.value, scores.score.value = "mug", float("nan")
    scores.buttons["ZADD"].click()
    assert "ZADD, and says: value is not a valid float. A score has to be" in scores.message.value
    client.zadd(CART, {"mug": float("inf")})
    scores.score.value = float("-inf")
    scores.buttons["ZINCRBY"].click()
    assert "Infinity less infinity" in scores.message.value
    assert client.zscore(CART, "mug") == float("inf")


def test_playground_does_not_blame_a_click_for_others_changes(hashes, shop):
    shop.hset(MUG, "colour", "blue")
    hashes.buttons["HLEN"].click()
    assert tables(hashes)["Now: hash, no TTL"] == rows({**MUG_FIELDS, "colour": "blue"})


def test_playground_refreshes(hashes, shop):
    shop.hset(MUG, "colour", "blue")
    hashes.refresh()
    assert ["colour", "blue", "new"] in tables(hashes)["Now: hash, no TTL"]
    assert hashes.commands.text == ""


@pytest.mark.parametrize("kind", PLAYGROUNDS)
def test_playground_keeps_to_its_key(shop, kit_keys, kind):
    before = kit_keys()
    control = kind(shop, "demo:zzz")
    assert kit_keys() == before
    assert control.inspector.key.disabled and control.inspector.key.value == "demo:zzz"
    for button in control.buttons.values():
        button.click()
    assert len(control.commands.text.split("\n\n")) == len(control.buttons)
    assert list(control.buttons)[-1] == "DEL" and kit_keys() == before


@pytest.mark.parametrize("key", ["", None, 5, "\ud800"], ids=repr)
@pytest.mark.parametrize("kind", PLAYGROUNDS)
def test_playground_refuses_what_is_no_key(unsent, client, kind, key):
    with unsent(CartError) as caught:
        kind(client, key)
    assert "key is a text" in str(caught.value) or "half a character" in str(caught.value)


def test_playground_shows_html_as_text(client):
    hashes, scores = HashPlayground(client), SortedSetPlayground(client)
    hashes.field.value = hashes.value.value = scores.member.value = NASTY
    for label in ("HSET", "HINCRBY", "HGET", "HGETALL"):
        hashes.buttons[label].click()
        check_is_text(hashes)
    for label in ("ZADD", "ZRANGE", "ZSCORE"):
        scores.buttons[label].click()
        check_is_text(scores)
    assert client.hgetall(MUG) == {NASTY: NASTY} and client.zrange(CART, 0, -1) == [NASTY]


def check_is_text(control):
    parts = [control.message, control.inspector.view, control.commands.view]
    shown = "".join(part.value for part in parts)
    assert "&lt;img src=x" in shown and "img" not in Cells(shown).tags


def test_playground_refuses_half_a_character(hashes, shop):
    hashes.field.value = "\ud800"
    hashes.buttons["HSET"].click()
    assert "✗ This text holds half a character." in hashes.message.value
    assert shop.hgetall(MUG) == MUG_FIELDS and hashes.commands.text == ""


def test_playground_buttons_never_raise(hashes, monkeypatch):
    def broken(_):
        raise ValueError("<b>broken</b>")

    monkeypatch.setattr(playground, "_check_text", broken)
    hashes.buttons["HSET"].click()
    assert "ValueError: &lt;b&gt;broken&lt;/b&gt;" in hashes.message.value


def test_playground_shows_no_old_table_if_the_key_cannot_be_read(hashes, monkeypatch):
    read = iter([key_table])  # the second read has none left
    monkeypatch.setattr(key_inspector, "key_table", lambda *args: next(read)(*args))
    hashes.buttons["HSET"].click()
    assert hashes.inspector.view.value == '<div class="cartlib"></div>'
    assert "✗ That did not work" in hashes.inspector.message.value
    assert "✓ HSET replied: (integer) 1" in hashes.message.value


def test_playground_of_a_client_that_returns_bytes(real):
    with start_server() as server, Redis(server.host, server.port) as client:
        hashes = HashPlayground(client)
        hashes.buttons["HSET"].click()
        assert "This client returns bytes." in hashes.inspector.message.value
        assert client.exists(MUG) == 0


def test_controls_of_a_dead_server_say_so(server):
    with start_server() as mortal, connect(mortal.host, mortal.port) as client:
        client.hset(MUG, "name", "x")
        hashes, bar = HashPlayground(client), TtlBar(client)
        mortal.stop()
        hashes.buttons["HSET"].click()
        assert f"✗ Redis at 127.0.0.1:{mortal.port} can" in hashes.inspector.message.value
        assert "outcome" not in hashes.inspector.message.value  # HSET was not sent
        assert hashes.inspector.view.value == '<div class="cartlib"></div>'
        bar.start.click()
        assert "its outcome is unknown" in bar.message.value
        bar.refresh()
        assert "✗ Redis at" in bar.left.value


@pytest.mark.parametrize("answered", range(3))
def test_click_in_a_playground_on_a_lost_server_waits_once(lonely, lose, answered):
    hashes = HashPlayground(lonely)
    attempts = lose(answered)
    hashes.buttons["HSET"].click()
    if answered != 2:  # the type and the content of the key are read before and after
        assert hashes.inspector.view.value == '<div class="cartlib"></div>'
    shown = hashes.message.value + hashes.inspector.message.value
    assert len(attempts) == answered + 1 and "did not answer in time" in shown


@pytest.mark.parametrize("answered", [0, 1])
@pytest.mark.parametrize("button", ["start", "keep"])
def test_click_in_a_bar_on_a_lost_server_waits_once(lonely, lose, button, answered):
    bar = TtlBar(lonely)
    attempts = lose(answered)
    getattr(bar, button).click()
    assert len(attempts) == answered + 1
    assert "did not answer in time" in bar.message.value + bar.left.value


@pytest.mark.parametrize("kind", [*PLAYGROUNDS, TtlBar])
def test_playgrounds_are_labelled(client, kind):
    control = kind(client)
    assert isinstance(control, VBox)
    parts = [part for part in vars(control).values() if isinstance(part, Text | Button)]
    assert parts and all(part.description and part.tooltip for part in parts)


@pytest.mark.parametrize("kind", PLAYGROUNDS)
def test_buttons_of_a_playground_begin_with_their_commands(client, kind):
    for label, button in kind(client).buttons.items():
        assert isinstance(button, Button) and button.description == label and button.tooltip
        assert find(label.split())


async def until(bar, text):
    """Wait until the bar shows `text`, a pattern; return all it showed meanwhile."""
    seen, found = [bar.left.value], asyncio.Event()

    def note(change):
        seen.append(change["new"])
        if re.search(text, change["new"]):
            found.set()

    bar.left.observe(note, "value")
    if not re.search(text, seen[0]):
        await asyncio.wait_for(found.wait(), 10)
    bar.left.unobserve(note, "value")
    return seen


async def ended():
    """Wait until this is the only task."""
    async with asyncio.timeout(10):
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0.01)


def test_ttl_bar_counts_down_until_the_cart_is_gone(shop, quick):
    async def scene():
        threads = threading.active_count()
        bar = TtlBar(shop)
        assert "No time-out: the cart stays." in bar.left.value and len(asyncio.all_tasks()) == 1
        bar.seconds.value = 3
        bar.start.click()
        assert shop.ttl(CART) in (2, 3) and "✓ The cart ends 3 s from now" in bar.message.value
        seen = await until(bar, "The cart is gone.")
        values = [re.search(r'value="(\d)".*role="timer">(\d|less)', text) for text in seen[:-1]]
        assert all(found[1] == found[2].replace("less", "0") for found in values)
        shown = [int(found[1]) for found in values]
        assert shown == sorted(shown, reverse=True) and shown[0] in (2, 3) and len(shown) > 1
        await ended()
        assert threading.active_count() == threads
        bar.refresh()
        assert "The cart is gone." in bar.left.value and shop.exists(CART) == 0

    add_to_cart(shop, "mug", 2)
    asyncio.run(scene())


def test_ttl_bar_reads_once_a_second(shop, monkeypatch):
    done, read, sleep = [], ttl_bar.cart_ttl, asyncio.sleep

    def note(*args, **kwargs):
        done.append("read")
        return read(*args, **kwargs)

    def pause(seconds):
        done.append(seconds)
        return sleep(0)

    async def scene():
        bar = TtlBar(shop)
        bar.refresh()
        while len(done) < 6:
            await sleep(0)
        bar.stop()

    add_to_cart(shop, "mug", 2)
    expire_cart(shop, 100)
    monkeypatch.setattr(ttl_bar, "cart_ttl", note)
    monkeypatch.setattr(asyncio, "sleep", pause)
    asyncio.run(scene())
    assert done[:6] == ["read", "read", 1, "read", 1, "read"]


def test_ttl_bar_keep_button(shop, quick):
    async def scene():
        bar = TtlBar(shop)
        assert re.search(">(100|9.) s left<", bar.left.value)
        bar.keep.click()
        assert "No time-out" in bar.left.value and "✓ The time-out is off." in bar.message.value
        bar.refresh()
        assert "✓" not in bar.message.value  # it told of what is past
        await ended()

    add_to_cart(shop, "mug", 2)
    expire_cart(shop, 100)
    asyncio.run(scene())
    assert shop.ttl(CART) == -1 and shop.exists(f"{CART}:session") == 0


def test_ttl_bar_sees_others_changes(shop, quick):
    async def scene():
        bar = TtlBar(shop)
        await asyncio.sleep(0)
        expire_cart(shop, 5000)
        seen = await until(bar, r">(5,000|4,99\d) s left<")
        assert re.search(r'max="(5000|499\d)" value="\1"', seen[-1])
        expire_cart(shop, None)
        await until(bar, "No time-out")
        await ended()

    add_to_cart(shop, "mug", 2)
    expire_cart(shop, 100)
    asyncio.run(scene())


def test_ttl_bar_start_button_makes_the_bar_full(shop):
    add_to_cart(shop, "mug", 2)
    expire_cart(shop, 100)
    bar = TtlBar(shop)
    bar.seconds.value = 50
    bar.start.click()
    assert re.search(r'max="(50|4\d)" value="\1"', bar.left.value)


def test_ttl_bar_stop_leaves_no_task(shop, quick):
    async def scene():
        bar = TtlBar(shop)
        bar.refresh()
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 2
        bar.stop()
        bar.stop()
        await ended()
        bar.refresh()
        bar.stop()  # before the task has begun
        await asyncio.sleep(0.05)
        assert len(asyncio.all_tasks()) == 1
        bar.refresh()
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 2
        bar.stop()
        await ended()

    add_to_cart(shop, "mug", 2)
    expire_cart(shop, 100)
    asyncio.run(scene())


def test_ttl_bar_clicked_from_another_thread_counts_in_its_own_loop(shop, quick):
    async def scene():
        bar = TtlBar(shop)
        await asyncio.to_thread(bar.start.click)
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 2
        bar.stop()
        await ended()

    add_to_cart(shop, "mug", 2)
    asyncio.run(scene())


def test_ttl_bar_without_an_event_loop(shop):
    add_to_cart(shop, "mug", 2)
    bar = TtlBar(shop)
    bar.start.click()
    assert re.search(">(30|2.) s left<", bar.left.value) and cart_ttl(shop) == about(30)
    shop.expire(CART, 20)
    bar.refresh()
    assert re.search('max="(30|2.)" value="(20|1.)"', bar.left.value)
    shop.delete(CART)
    bar.refresh()
    assert "The cart is gone." in bar.left.value
    bar.stop()


def test_ttl_bar_of_an_empty_cart(shop):
    bar = TtlBar(shop)
    assert "The cart is empty: nothing counts down." in bar.left.value
    bar.start.click()
    assert shop.ttl(f"{CART}:session") == about(30) and "✓ The cart ends 30 s" in bar.message.value


def test_ttl_bar_keeps_to_its_cart(shop):
    add_to_cart(shop, "mug", 2)
    add_to_cart(shop, "mug", 2, cart="ada")
    TtlBar(shop, cart="ada").start.click()
    assert cart_ttl(shop, cart="ada") == about(30) and cart_ttl(shop) is None
    with pytest.raises(InvalidCartNameError):
        TtlBar(shop, cart="{}")


@pytest.mark.parametrize("seconds", [0, -1, 10**9])
def test_ttl_bar_says_what_is_wrong(shop, seconds):
    add_to_cart(shop, "mug", 2)
    bar = TtlBar(shop)
    bar.seconds.value = seconds
    bar.start.click()
    assert "✗ A time-out is a whole number of seconds" in bar.message.value
    assert 'role="alert"' in bar.message.value and "No time-out" in bar.left.value
    assert shop.ttl(CART) == -1


def test_ttl_bar_survives_errors(shop, quick, monkeypatch):
    def broken(*_, **__):
        raise ValueError("<b>broken</b>")

    async def scene():
        bar = TtlBar(shop)
        with monkeypatch.context() as patch:
            patch.setattr(ttl_bar, "cart_ttl", broken)
            await until(bar, "ValueError: &lt;b&gt;broken")
        await until(bar, " s left<")
        monkeypatch.setattr(ttl_bar, "cart_ttl", broken)
        bar._end = 0  # the time that was known is over, so it gives up
        await ended()
        assert 'role="alert"' in bar.left.value

    add_to_cart(shop, "mug", 2)
    expire_cart(shop, 100)
    asyncio.run(scene())
