"""The boards of the queue and of the stream, clicked without a browser, on every backend."""

import re
from html import unescape

import pytest
from ipywidgets import Button
from markup import Tags

from cartlib.shop import orders, queue
from cartlib.widgets import QueueBoard, StreamBoard

NASTY = "<img src=x onerror=alert(1)>"
QUEUE, WORK, ORDERS, ASIDE = (
    "shop:{queue}",
    "shop:{queue}:work:",
    "shop:{orders}",
    "shop:{orders}:aside",
)
LAMP, POEMS, MUG = "2 × lamp", "1 × poems", "2 × mug"


@pytest.fixture
def board(client):
    return QueueBoard(client)


@pytest.fixture
def stream(client):
    return StreamBoard(client)


def click(board, *labels):
    """Click one button after the other; return what was said at last."""
    for label in labels:
        board.buttons[label].click()
    return text_of(board.message.value)


def text_of(html):
    return unescape(re.sub("<[^>]+>", "", html))


def columns(board):
    """Return each column of the picture: {title: [(order, mark, what more is said of it)]}."""
    parts = re.findall(r'aria-label="([^"]*)">.*?<ol>(.*?)</ol>', board.picture.value)
    return {unescape(title): [*boxes(part)] for title, part in parts}


def boxes(html):
    for item in re.findall("<li class=.*?</li>", html):
        order, mark = re.search("<span>(.*?)</span>", item), re.search('mark">(.*?)<', item)
        more = re.search('quiet">(.*?)<', item)
        yield tuple(found[1] if found else "" for found in (order, mark, more))


def names(board):
    """Return the orders in the columns, without more words."""
    return [
        [f"{order} {mark}".strip() for order, mark, _ in found] for found in columns(board).values()
    ]


def log_of(board):
    return board.commands.text.split("\n\n")[0].strip()


def test_queue_board_begins_empty(board, kit_keys):
    assert list(columns(board)) == [
        "0 waiting, the next on top",
        "ann has 0 orders",
        "bob has 0 orders",
    ]
    assert kit_keys() == {} and board.commands.text == ""


def test_queue_board_puts_takes_and_finishes(board, client):
    said = click(board, "Put an order", "Put an order")
    assert said == "✓ Order o2 waits. 2 orders waiting now."
    assert client.lrange(QUEUE, 0, -1) == ['{"id":"o2","poems":1}', '{"id":"o1","lamp":2}']
    assert names(board) == [[f"o1: {LAMP}", f"o2: {POEMS} new"], [], []]
    assert click(board, "Take (ann)") == f"✓ ann has taken o1: {LAMP}."
    assert log_of(board).startswith(
        f"Take (ann): 1 round trip\n> LMOVE {QUEUE} {WORK}ann RIGHT LEFT\n"
    )
    assert client.lrange(f"{WORK}ann", 0, -1) == ['{"id":"o1","lamp":2}']
    assert names(board) == [[f"o2: {POEMS}"], [f"o1: {LAMP} moved"], []]
    assert click(board, "Finish (ann)").startswith(f"✓ ann has finished o1: {LAMP}. It is in no")
    assert not client.exists(f"{WORK}ann") and client.llen(QUEUE) == 1
    assert names(board) == [[f"o2: {POEMS}"], [f"o1: {LAMP} gone"], []]
    click(board, "Take (bob)")
    assert names(board) == [[], [], [f"o2: {POEMS} moved"]]


def test_queue_board_takes_from_an_empty_queue(board, kit_keys):
    assert click(board, "Take (bob)") == "✓ No order waits: bob got none."
    assert click(board, "Finish (bob)").startswith("✗ bob has no order to finish.")
    assert log_of(board) == "Finish (bob): 0 round trips" and kit_keys() == {}


def test_queue_board_lets_ann_die_and_gives_back_what_ann_had(board, client):
    click(board, *["Put an order"] * 3, "Take (ann)", "Take (ann)")
    assert click(board, "ann dies") == "✓ ann is dead. Redis was told nothing: it can't know."
    assert log_of(board) == "ann dies: 0 round trips" and board.dead
    assert "ann (dead) has 2 orders" in columns(board)
    for label in ("Take (ann)", "Finish (ann)"):
        assert click(board, label) == "✗ ann is dead, and does nothing."
    assert client.llen(f"{WORK}ann") == 2 and client.llen(QUEUE) == 1
    said = click(board, "Recover ann's orders")
    assert said == "✓ 2 orders of ann's given back, to be taken next."
    assert [order["id"] for order in queue.waiting_orders(client)] == ["o1", "o2", "o3"]
    assert names(board)[0] == [f"o1: {LAMP} moved", f"o2: {POEMS} moved", f"o3: {MUG}"]
    assert click(board, "Recover ann's orders").startswith("✓ ann has nothing in hand, so there is")
    assert board.buttons["ann dies"].description == "ann is back"
    assert click(board, "ann dies").startswith("✓ ann is back.") and not board.dead
    click(board, "Take (ann)")
    assert click(board, "Recover ann's orders").endswith(
        "But ann is not dead, and may do the same work."
    )


def test_queue_board_sees_what_others_did(board, client):
    click(board, "Put an order")
    queue.put_order(client, {"id": "o7", "tea": 3})
    queue.take_order(client, "bob")
    assert click(board, "Look again") == ""
    assert names(board) == [["o7: 3 × tea new"], [], [f"o1: {LAMP} moved"]]
    client.delete(f"{WORK}bob")
    said = click(board, "Finish (bob)")
    assert said == f"✓ o1: {LAMP} was no longer in bob's list, so nothing was removed."
    assert click(board, "Put an order").startswith("✓ Order o8 waits.")


def test_queue_board_of_two_orders_that_are_alike(board, client):
    for _ in range(3):
        queue.put_order(client, {"mug": 2})
    board.refresh()
    click(board, "Take (ann)")
    assert names(board) == [[MUG, MUG], [f"{MUG} moved"], []]
    click(board, "Finish (ann)")
    assert names(board) == [[MUG, MUG], [f"{MUG} gone"], []]


def test_stream_board_begins_empty(stream, kit_keys):
    assert list(columns(stream)) == [
        "The stream, the newest first",
        "ann has 0 orders",
        "bob has 0 orders",
        "0 orders put aside",
    ]
    assert "0 entries in the stream, the newest at the right" in stream.picture.value
    assert kit_keys() == {} and stream.commands.text == ""


def test_stream_board_places_reads_and_finishes(stream, client):
    said = click(stream, "Place an order", "Place an order")
    (first, fields), (second, _) = client.xrange(ORDERS)
    assert said == f"✓ The order {POEMS} is the entry {second}." and fields == {
        "order": '{"lamp": 2}'
    }
    row = columns(stream)["The stream, the newest first"]
    assert row == [
        (POEMS, "new", f"{second}: waits"),
        (LAMP, "", f"{first}: waits"),
        ("", "", "0-0"),
    ]
    assert click(stream, "Read (ann)") == f"✓ ann got {LAMP}, the entry {first}."
    assert "> XREADGROUP GROUP packers ann COUNT 1 STREAMS shop:{orders} >" in log_of(stream)
    row, ann, *_ = columns(stream).values()
    assert row == [
        (POEMS, "", f"{second}: waits"),
        ("", "", first),  # so far the group has read
        (LAMP, "changed", f"{first}: ann has it, delivery 1"),
    ]
    assert ann == [(LAMP, "new", f"{first}, delivery 1")]
    said = click(stream, "Done (ann)")
    assert said == f"✓ ann has done the entry {first}, and it left the stream."
    assert [entry for entry, _ in client.xrange(ORDERS)] == [second] and not orders.pending_orders(
        client
    )
    row, ann, *_ = columns(stream).values()
    assert (
        row == [(POEMS, "", f"{second}: waits"), ("", "", first), (LAMP, "gone", first)] and not ann
    )
    assert "1 entry in the stream" in stream.picture.value
    click(stream, "Look again")
    assert len(columns(stream)["The stream, the newest first"]) == 2


def test_stream_board_reads_and_finishes_nothing(stream, client):
    assert click(stream, "Read (bob)") == "✓ No order waits: bob got none."
    assert click(stream, "Done (bob)").startswith("✗ bob has no order in hand.")
    assert log_of(stream) == "Done (bob): 0 round trips"
    assert client.xlen(ORDERS) == 0
    assert click(stream, "bob takes over").startswith("✓ bob got nothing.")


def test_stream_board_lets_bob_take_over_what_ann_had(stream, client):
    click(stream, "Place an order", "Read (ann)", "ann dies")
    [(entry, _)] = client.xrange(ORDERS)
    assert log_of(stream) == "ann dies: 0 round trips"
    assert "ann (dead) has 1 order" in columns(stream)
    for label in ("Read (ann)", "Done (ann)"):
        assert click(stream, label) == "✗ ann is dead, and does nothing."
    stream.seconds.value = "1000"
    assert click(stream, "bob takes over").startswith("✓ bob got nothing.")
    stream.seconds.value = "0"
    assert click(stream, "bob takes over") == "✓ bob has taken over 1 order."
    row, ann, bob, _ = columns(stream).values()
    assert row[1] == (LAMP, "changed", f"{entry}: bob has it, delivery 2") and not ann
    assert bob == [(LAMP, "moved", f"{entry}, delivery 2")]
    click(stream, "bob takes over")
    assert columns(stream)["bob has 1 order"] == [(LAMP, "changed", f"{entry}, delivery 3")]
    click(stream, "bob takes over")  # it was handed out too often
    assert columns(stream)["1 order put aside"] == [(LAMP, "moved", entry)]
    assert client.xlen(ORDERS) == 0 and client.xlen(ASIDE) == 1
    click(stream, "Look again")
    assert columns(stream)["1 order put aside"] == [(LAMP, "", entry)]


def test_stream_board_hands_ann_again_what_ann_had(stream, client):
    click(stream, "Place an order", "Read (ann)", "ann dies")
    assert stream.buttons["ann dies"].description == "ann is back"
    said = click(stream, "ann dies")
    assert said == "✓ ann is back. What ann had in hand is handed to ann again: 1 order."
    assert log_of(stream).startswith("ann is back: ") and "STREAMS shop:{orders} 0\n" in log_of(
        stream
    )
    assert orders.pending_orders(client)[0]["deliveries"] == 2
    click(stream, "Done (ann)")
    assert client.xlen(ORDERS) == 0


@pytest.mark.parametrize("seconds", ["", "-1", "soon"])
def test_stream_board_says_what_is_wrong(stream, client, seconds):
    click(stream, "Place an order", "Read (ann)")
    stream.seconds.value = seconds
    assert click(stream, "bob takes over").startswith("✗ A time here is a number of seconds")
    assert [held["worker"] for held in orders.pending_orders(client)] == ["ann"]


def test_stream_board_shows_the_newest_entries(stream, client):
    for number in range(1, 16):
        client.xadd(ORDERS, {"order": f'{{"tea": {number}}}'}, f"{number}-1")
    stream.refresh()
    row = columns(stream)["The stream, the newest first"]
    assert (
        row[0] == ("15 × tea", "new", "15-1: waits")
        and row[11][2] == "4-1: waits"
        and len(row) == 14
    )
    assert (
        "15 entries in the stream" in stream.picture.value and ">3 older<" in stream.picture.value
    )
    client.xadd(ORDERS, {"order": "{}"}, "16-1")
    stream.refresh()
    row = columns(stream)["The stream, the newest first"]
    assert row[0] == ("an empty order", "new", "16-1: waits") and "gone" not in str(row)


def test_stream_board_of_entries_that_are_no_orders(client):
    client.xadd(ORDERS, {"product": NASTY, "pieces": "2"}, "1-1")
    client.xadd(ORDERS, {"order": "[1]"}, "2-1")
    stream = StreamBoard(client)
    (second, first, _) = columns(stream)["The stream, the newest first"]
    assert "product" in first[0] and "[1]" in second[0]
    client.xgroup_create(ORDERS, orders.GROUP, 0)
    client.xreadgroup(orders.GROUP, "zoe", {ORDERS: ">"})
    client.xack(ORDERS, orders.GROUP, "2-1")
    stream.refresh()
    (_, second, first) = columns(stream)["The stream, the newest first"]
    assert second[2] == "2-1: acknowledged" and first[2] == "1-1: zoe has it, delivery 1"


@pytest.mark.parametrize("kind", [QueueBoard, StreamBoard])
def test_board_shows_html_as_text(client, kind):
    queue.put_order(client, {"id": NASTY, NASTY: NASTY})
    queue.put_order(client, {"id": "half \ud800", "x" * 500: 1})
    orders.place_order(client, {"id": NASTY, NASTY: "half \ud800"})
    board = kind(client)
    click(board, "Take (ann)" if kind is QueueBoard else "Read (ann)")
    shown = board.picture.value + board.message.value + board.commands.view.value
    assert "&lt;img src=x" in shown and "img" not in Tags(shown).tags
    assert shown.encode()


@pytest.mark.parametrize(
    "kind, key",
    [(QueueBoard, QUEUE), (QueueBoard, f"{WORK}bob"), (StreamBoard, ORDERS), (StreamBoard, ASIDE)],
)
def test_board_on_another_type(client, kind, key):
    client.hset(key, "field", "theirs")
    board = kind(client)
    for label in board.buttons:
        click(board, label)
        assert f"✗ The key {key} holds another type" in text_of(board.picture.value)
        assert 'role="alert"' in board.picture.value
    assert client.hgetall(key) == {"field": "theirs"}
    done = "Finish (bob)" if kind is QueueBoard else "Done (bob)"
    assert click(board, done) == "✗ The orders could not be read. Click Look again first."
    client.delete(key)
    click(board, "Look again")
    assert len(columns(board)) > 2


@pytest.mark.parametrize("kind", [QueueBoard, StreamBoard])
def test_board_on_a_lost_server_waits_once_and_dims(lonely, lose, kind):
    board = kind(lonely)
    click(board, next(iter(board.buttons)))
    attempts, before = lose(), board.picture.value
    said = click(board, next(iter(board.buttons)))
    assert len(attempts) == 1 and "did not answer in time" in said and "outcome is unknown" in said
    assert board.picture.old and board.picture.value == before
    click(board, "Look again")
    assert "✗ Redis at" in text_of(board.picture.value) and not board.picture.old
    done = "Finish (bob)" if kind is QueueBoard else "Done (bob)"
    assert click(board, done) == "✗ The orders could not be read. Click Look again first."


@pytest.mark.parametrize("kind", [QueueBoard, StreamBoard])
def test_board_is_labelled_and_has_a_title(client, kind):
    board = kind(client, title="Ann and <Bob>")
    assert "Ann and &lt;Bob&gt;" in board.children[1].value
    for label, button in board.buttons.items():
        assert isinstance(button, Button) and button.description == label and button.tooltip
    for part in re.findall('<div class="scroll"[^>]*>', board.picture.value):
        assert 'tabindex="0" role="group" aria-label="' in part
