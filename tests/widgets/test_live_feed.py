"""LiveFeed on every backend. Nothing here waits by the clock."""

import asyncio
import itertools
import json
import threading
from html import unescape

import pytest
from ipywidgets import VBox
from redis import Redis

from cartlib import (
    CartConnectionError,
    CartError,
    InvalidCartNameError,
    add_to_cart,
    connect,
    events,
    get_cart_items,
    keys,
    remove_from_cart,
)
from cartlib.cart import clear_cart
from cartlib.expiry import expire_cart, expire_item
from cartlib.lab.local_server import start_server
from cartlib.lab.trace import Trace
from cartlib.widgets import CartPanel, LiveFeed
from cartlib.widgets.live_feed import KEPT, in_words

LIMIT = 10  # seconds
NUMBERS = itertools.count()
NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def cart(request):
    """A cart of this test only: in a cluster an event of the test before can come late."""
    return f"{request.node.originalname} {next(NUMBERS)}"


@pytest.fixture
def run(monkeypatch):
    """A function that runs a coroutine, and finds that it left no task and no thread."""
    monkeypatch.setattr(events, "FIRST_PAUSE", 0)

    async def checked(scene):
        threads = threading.active_count()
        async with asyncio.timeout(LIMIT):
            await scene
            assert threading.active_count() == threads
            while len(asyncio.all_tasks()) > 1:
                await asyncio.sleep(0)  # only gives others their turn

    return lambda scene: asyncio.run(checked(scene))


async def shows(widget, text):
    """Wait until an HTML widget shows `text`."""
    found = asyncio.Event()

    def look(_=None):
        if text in unescape(widget.value):
            found.set()

    widget.observe(look, "value")
    look()
    await asyncio.wait_for(found.wait(), LIMIT)
    widget.unobserve(look, "value")


async def listening(client, **options):
    """Return a feed that listens."""
    feed = LiveFeed(client, **options)
    feed.listen()
    await shows(feed.state, "✓ Listening to cart:{")
    return feed


def lines(feed):
    """Return the lines of the feed, the newest first."""
    html = feed.heard.value
    return [unescape(part.split("</div>")[0]) for part in html.split("<div>")[1:]]


def in_thread(action):
    thread = threading.Thread(target=action)
    thread.start()
    thread.join()


def choose(panel, product_id, quantity=1):
    panel.product.value, panel.quantity.value = product_id, quantity


def test_event_lets_a_panel_read_the_cart_and_not_the_catalogue(shop, cart, run):
    async def scene():
        panel = CartPanel(shop, cart=cart)
        feed = await listening(shop, cart=cart, panels=[panel])
        with Trace(shop) as trace:
            clear_cart(shop, cart=cart)
            await shows(feed.heard, "1. emptied the cart")
        names = [command.name for command in trace.commands]
        assert "ZRANGE" in names or "SORT" in names
        assert "SMEMBERS" not in names
        feed.stop()

    run(scene())


def test_two_panels_stay_in_step(shop, cart, run):
    async def scene():
        left, right = CartPanel(shop, cart=cart), CartPanel(shop, cart=cart)
        feed = await listening(shop, cart=cart, panels=[left, right])
        choose(left, "mug", 2)
        left.add.click()
        await shows(feed.heard, "1. added 2 × mug")
        assert "19.00" in right.table.value and right.table.value == left.table.value
        choose(right, "mug")
        right.remove.click()
        await shows(feed.heard, "2. asked to remove the whole line of mug")
        assert "empty" in left.table.value and right.table.value == left.table.value
        assert shop.exists(keys.cart(cart)) == 0 and feed.count == 2
        assert "✓ Added 2 × mug." in left.message.value  # what a panel said stays in sight
        right.remove.click()
        await shows(feed.heard, "3. asked to remove the whole line of mug")
        assert "✗ Product 'mug' is not in the cart" in unescape(right.message.value)
        feed.stop()

    run(scene())


def test_feed_tells_each_change_in_words(shop, cart, run):
    async def scene():
        feed = await listening(shop, cart=cart)
        for change, words in (
            (lambda: add_to_cart(shop, "mug", 3, cart=cart), "added 3 × mug"),
            (lambda: remove_from_cart(shop, "mug", quantity=1, cart=cart), "remove 1 × mug"),
            (lambda: expire_cart(shop, 60, cart=cart), "set the cart's time-out"),
            (lambda: expire_item(shop, "mug", 60, cart=cart), "set the deadline of mug"),
            (lambda: clear_cart(shop, cart=cart), "emptied the cart"),
        ):
            change()
            await shows(feed.heard, words)
        assert [line.split(".")[0] for line in lines(feed)] == ["5", "4", "3", "2", "1"]
        assert "Heard: 5 events." in feed.state.value
        feed.stop()

    run(scene())


def test_reading_again_does_not_go_round_in_circles(shop, cart, run):
    async def scene():
        add_to_cart(shop, "mug", 1, cart=cart)
        feed = await listening(shop, cart=cart, panels=[CartPanel(shop, cart=cart)])
        shop.zadd(keys.deadlines(cart), {"mug": 1})
        add_to_cart(shop, "lamp", 1, cart=cart)  # the panel reads, finds the mug expired, sweeps
        await shows(feed.heard, "took out the lines")
        add_to_cart(shop, "lamp", 1, cart=cart)
        await shows(feed.heard, "3. added 1 × lamp")
        assert feed.count == 3 and get_cart_items(shop, cart=cart) == [("lamp", 2)]
        feed.stop()

    run(scene())


def test_stopped_feed_hears_nothing_and_listening_again_reads_anew(shop, cart, run):
    async def scene():
        panel = CartPanel(shop, cart=cart)
        feed = await listening(shop, cart=cart, panels=[panel])
        assert feed.switch.description == "Stop listening"
        feed.switch.click()
        feed.stop()
        assert not feed.listening and feed.switch.description == "Listen"
        assert "○ Not listening." in feed.state.value
        add_to_cart(shop, "mug", 2, cart=cart)
        assert "19.00" not in panel.table.value
        feed.switch.click()
        await shows(feed.state, "✓ Listening")
        assert "19.00" in panel.table.value and feed.count == 0 and lines(feed) == []
        feed.stop()

    run(scene())


def test_stop_right_after_a_change(shop, cart, run):
    async def scene():
        feed = await listening(shop, cart=cart)
        clear_cart(shop, cart=cart)
        feed.stop()
        assert not feed.listening

    run(scene())


def test_listening_twice_is_one_listener(server, cart, run):
    async def scene():
        with connect(server.host, server.port) as client:
            feed = await listening(client, cart=cart)
            feed.listen()
            again = await listening(client, cart=cart)  # a cell that ran again
            assert again.listening and not feed.listening
            async with asyncio.timeout(LIMIT):
                while client.pubsub_numsub(keys.events(cart))[0][1] != 1:
                    await asyncio.sleep(0)  # only gives others their turn
            other = await listening(client, cart="other")
            assert again.listening and other.listening
            again.stop()
            other.stop()

    run(scene())


def test_listening_again_reads_the_panels(shop, cart, run):
    async def scene():
        panel = CartPanel(shop, cart=cart)
        feed = await listening(shop, cart=cart, panels=[panel])
        shop.zadd(keys.cart(cart), {"mug": 2})  # without an event
        feed.listen()
        assert "19.00" in panel.table.value
        feed.stop()

    run(scene())


@pytest.mark.parametrize("message", ["no json", "[1]", "null", "", b"\xff", "[" * 100_000])
def test_feed_passes_over_what_is_no_event(shop, message, cart, run):
    async def scene():
        feed = await listening(shop, cart=cart)
        shop.publish(keys.events(cart), message)
        clear_cart(shop, cart=cart)
        await shows(feed.heard, "1. emptied the cart")
        feed.stop()

    run(scene())


@pytest.mark.parametrize(
    "event, words",
    [
        ({"change": "add", "product_id": NASTY, "quantity": NASTY}, f"added {NASTY} × {NASTY}"),
        ({"change": NASTY}, "no change of a cart: {'change': '<img src"),
        ({"change": ["add"]}, "no change of a cart: {'change': ['add']}"),
        ({}, "no change of a cart: {}"),
        ({"change": "add"}, "added None × None"),
        ({"change": "add", "product_id": "x" * 10_000, "quantity": 1}, "added 1 × 'xxx"),
        ({"change": "add", "product_id": "{cart}", "quantity": 1}, "added 1 × {cart}"),
        ({"change": "add", "product_id": "\ud800", "quantity": 1}, r"added 1 × \ud800"),
        ({"change": "\ud800"}, r"{'change': '\ud800'}"),
    ],
)
def test_feed_shows_hostile_events_as_text(client, event, words, cart, run):
    async def scene():
        feed = await listening(client, cart=cart)
        client.publish(keys.events(cart), json.dumps(event))
        await shows(feed.heard, words)
        assert "<img" not in feed.heard.value and len(feed.heard.value) < 500
        feed.heard.value.encode()  # what can't be encoded can't be shown
        feed.stop()

    run(scene())


def test_in_words_of_a_deep_event():
    event = json.loads('{"change": ' + "[" * 500 + "]" * 500 + "}")
    assert len(in_words(event)) < 200


def test_feed_keeps_the_newest_lines(client, cart, run):
    async def scene():
        feed = await listening(client, cart=cart)
        for _ in range(KEPT + 2):
            clear_cart(client, cart=cart)
        await shows(feed.heard, f"{KEPT + 2}. emptied")
        assert len(lines(feed)) == KEPT and lines(feed)[-1] == "3. emptied the cart"
        feed.stop()

    run(scene())


def test_panel_that_fails_does_not_end_the_listening(client, cart, run):
    class Broken:
        def refresh(self, **_):
            raise ValueError(NASTY)

    async def scene():
        feed = await listening(client, cart=cart, panels=[Broken()])
        clear_cart(client, cart=cart)
        await shows(feed.heard, "1. emptied the cart")
        assert "✗ That did not work: ValueError: &lt;img" in feed.message.value
        feed.stop()

    run(scene())


def test_lost_connection_is_said_in_words(server, cart, run):
    async def scene():
        with (
            connect(server.host, server.port) as client,
            Redis(port=server.port, decode_responses=True) as other,
        ):
            seen = []
            feed = await listening(client, cart=cart)
            for widget in (feed.state, feed.message):
                widget.observe(lambda change: seen.append(unescape(change["new"])), "value")
            assert other.client_kill_filter(_type="pubsub") == 1
            await shows(feed.state, "○ No connection.")
            await shows(feed.state, "✓ Listening")
            text = f"✗ Redis at {server.host}:{server.port} can't be reached"
            assert any(text in html and "tries again by itself" in html for html in seen)
            assert "✗" not in feed.message.value
            feed.stop()

    run(scene())


def test_server_that_ended_leaves_words_and_stops(server, cart, run):
    async def scene():
        with start_server() as own, connect(own.host, own.port) as client:
            feed = await listening(client, cart=cart)
            own.stop()
            await shows(feed.message, "can't be reached")
            assert feed.listening and 'role="alert"' in feed.message.value
            feed.switch.click()
            assert not feed.listening and "✗" not in feed.message.value

    run(scene())


def test_switch_from_another_thread_listens_in_its_own_loop(shop, cart, run):
    async def scene():
        feed = LiveFeed(shop, cart=cart)
        in_thread(feed.switch.click)
        await shows(feed.state, "✓ Listening")
        in_thread(feed.switch.click)
        await shows(feed.state, "○ Not listening.")

    run(scene())


def test_feed_without_an_event_loop(client):
    feed = LiveFeed(client)
    feed.switch.click()
    assert "✗ follow() needs a running event loop" in feed.message.value
    with pytest.raises(CartError, match="needs a running event loop"):
        feed.listen()
    feed.stop()
    assert not feed.listening


def test_feed_refuses_what_it_cannot_follow(client):
    with pytest.raises(InvalidCartNameError):
        LiveFeed(client, cart="{}")
    with pytest.raises(CartConnectionError, match="Give a client"):
        LiveFeed(None)


def test_feed_can_be_used_by_keyboard_and_screen_reader(client):
    feed = LiveFeed(client)
    assert isinstance(feed, VBox) and feed.switch.description and feed.switch.tooltip
    assert 'role="status"' in feed.state.value
    assert 'role="log" tabindex="0" aria-label="Events, the newest first"' in feed.heard.value


def test_publish_counts_on_a_cluster_only_who_listens_at_the_same_node(cluster, cart):
    channel = keys.events(cart)
    with (
        Redis(port=cluster.nodes[0].port) as here,
        Redis(port=cluster.nodes[1].port) as there,
        here.pubsub() as listener,
    ):
        listener.subscribe(channel)
        assert listener.get_message(timeout=LIMIT)["type"] == "subscribe"
        assert (there.publish(channel, "one"), here.publish(channel, "two")) == (0, 1)
        heard = {listener.get_message(timeout=LIMIT)["data"] for _ in range(2)}
        assert heard == {b"one", b"two"}


def test_about_1000_entries_are_some_more_than_1000(server, cart):
    """Redis drops whole blocks, of 100 entries where nobody has set it otherwise."""
    with Redis(port=server.port) as client:
        lengths = []
        for _ in range(1150):
            client.xadd(f"cart:{{{cart}}}:history", {"product_id": "mug"}, maxlen=1000)
            lengths.append(client.xlen(f"cart:{{{cart}}}:history"))
        client.delete(f"cart:{{{cart}}}:history")
    assert 1000 < max(lengths) <= 1100 and lengths[1000] == 1001 and min(lengths[1000:]) >= 1000
    assert -99 in [after - before for before, after in itertools.pairwise(lengths)]
