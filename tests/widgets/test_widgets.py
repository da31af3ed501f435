"""The controls, clicked without a browser, on every backend."""

import asyncio
import re
from html import unescape

import pytest
from ipywidgets import Button, VBox
from ipywidgets.widgets.widget import _instances
from markup import Tags

from cartlib import InvalidCartNameError, add_to_cart, connect, get_cart_items, keys
from cartlib.catalogue import delete_product
from cartlib.events import follow
from cartlib.lab.local_server import start_server
from cartlib.lab.stores import new_client
from cartlib.widgets import CartPanel, CommandLog, KeyInspector

NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def panel(shop):
    return CartPanel(shop)


def choose(panel, product_id, quantity=1):
    panel.product.value, panel.quantity.value = product_id, quantity


def test_add_button(panel, shop):
    choose(panel, "mug", 2)
    panel.add.click()
    panel.add.click()
    assert shop.zrange("cart:{guest}", 0, -1, withscores=True) == [("mug", 4.0)]
    assert "✓ Added 2 × mug. The cart has 4 of it now." in panel.message.value
    assert "<td>Coffee mug</td>" in panel.table.value and ">38.00<" in panel.table.value


def test_click_makes_no_widget(panel):
    choose(panel, "mug", 2)
    before = len(_instances)
    panel.add.click()
    assert "Added" in panel.message.value and len(_instances) == before


def test_remove_button_takes_the_whole_line(panel, shop):
    add_to_cart(shop, "mug", 3)
    choose(panel, "mug", 1)
    panel.remove.click()
    assert shop.exists("cart:{guest}") == 0
    assert "Removed mug: 3 of it went." in panel.message.value
    assert "Cart guest: empty" in panel.table.value


def test_clear_button(panel, shop):
    add_to_cart(shop, "mug", 3)
    add_to_cart(shop, "lamp", 1)
    panel.clear.click()
    assert shop.exists("cart:{guest}") == 0
    assert "Cleared. 2 lines went." in panel.message.value


@pytest.mark.parametrize("quantity", [0, -1, 2**53, "'2.5'", "'2,5'", "'1e3'", "''", "'two'"])
def test_add_button_says_what_is_wrong(panel, shop, quantity):
    choose(panel, "mug", str(quantity).strip("'"))
    panel.add.click()
    assert f"✗ A quantity is a whole number from 1 to 1,000,000, not {quantity}" in unescape(
        panel.message.value
    )
    assert 'role="alert"' in panel.message.value and shop.exists("cart:{guest}") == 0


def test_remove_button_says_that_the_line_is_not_there(panel):
    choose(panel, "mug")
    panel.remove.click()
    assert "✗ Product 'mug' is not in the cart 'guest'." in unescape(panel.message.value)


def test_buttons_never_raise(panel, monkeypatch):
    def broken(*_, **__):
        raise ValueError("<b>broken</b>")

    monkeypatch.setattr("cartlib.widgets.cart_panel.add_to_cart", broken)
    choose(panel, "mug")
    panel.add.click()
    assert "ValueError: &lt;b&gt;broken&lt;/b&gt;" in panel.message.value


def test_panel_of_a_wrong_type_explains_it(shop):
    shop.set("cart:{guest}", "somebody's")
    panel = CartPanel(shop)
    assert "The key cart:{guest} holds another type" in panel.message.value
    choose(panel, "mug")
    panel.clear.click()
    assert shop.get("cart:{guest}") == "somebody's"


def test_panel_shows_what_is_no_longer_sold_and_removes_it(panel, shop):
    add_to_cart(shop, "lamp", 2)
    delete_product(shop, "lamp")
    panel.refresh()
    assert "(no longer sold)" in panel.table.value and ">0<" in panel.table.value
    assert ("lamp — no longer sold", "lamp") in panel.product.options
    choose(panel, "lamp")
    panel.remove.click()
    assert shop.exists("cart:{guest}") == 0


def test_panel_keeps_the_chosen_product(panel, shop):
    add_to_cart(shop, "lamp", 2)
    choose(panel, "mug")
    delete_product(shop, "lamp")
    panel.refresh()
    assert panel.product.value == "mug"


def test_panel_offers_what_was_found(panel, shop):
    add_to_cart(shop, "mug", 1)
    panel.offer(["teapot", "kettle", "unicorn"])
    assert [value for _, value in panel.product.options] == ["teapot", "kettle"]
    panel.add.click()
    assert panel.product.value == "teapot" and "no longer sold" not in str(panel.product.options)
    panel.refresh()
    assert [value for _, value in panel.product.options] == ["teapot", "kettle"]
    panel.offer([])
    panel.refresh()
    assert panel.product.value is None and "catalogue is empty" not in panel.message.value
    panel.offer(None)
    assert len(panel.product.options) == 24


def test_panel_adds_by_the_function_that_it_is_given(shop):
    orders = []
    panel = CartPanel(shop, add=lambda client, *order: orders.append((client, *order)) or 7)
    choose(panel, "mug")
    panel.add.click()
    assert orders == [(shop, "mug", 1)] and "The cart has 7 of it now." in panel.message.value
    assert not shop.exists("cart:{guest}")


def test_panel_without_catalogue_says_what_to_do(client):
    panel = CartPanel(client)
    assert "The catalogue is empty. Run load_catalogue(client)" in panel.message.value
    panel.add.click()
    assert "Choose a product first" in panel.message.value


def test_panel_keeps_to_its_cart(shop):
    panel = CartPanel(shop, cart="ada")
    choose(panel, "mug", 2)
    panel.add.click()
    assert get_cart_items(shop, cart="ada") == [("mug", 2)] and get_cart_items(shop) == []
    with pytest.raises(InvalidCartNameError):
        CartPanel(shop, cart="{}")


def test_panel_shows_html_as_text(panel, shop):
    shop.hset("product:mug", "name", NASTY)
    shop.hset(f"product:{NASTY}", mapping={"name": "x", "price": "1"})
    panel.refresh()
    for product_id in ("mug", NASTY):
        add_to_cart(shop, product_id, 1)
    panel.refresh()
    choose(panel, NASTY)
    panel.add.click()
    panel.remove.click()
    shown = panel.table.value + panel.message.value + panel.commands.view.value
    assert "&lt;img src=x" in panel.table.value and "img" not in Tags(shown).tags


def test_panel_logs_the_commands_of_a_click(panel, shop):
    choose(panel, "mug", 2)
    panel.add.click()
    trips = 3 if hasattr(shop, "get_nodes") else 2
    text = panel.commands.text
    assert f"Add 2 × mug: {trips} round trips" in text
    assert "> ZINCRBY cart:{guest} 2 mug" in text and "> EXISTS product:mug\n(integer) 1" in text


def test_panel_tells_its_listeners(panel):
    heard = []
    panel.on_change(lambda: heard.append(panel.product.value))
    panel.on_change(lambda: 1 / 0)
    choose(panel, "mug")
    panel.add.click()
    assert heard == ["mug"] and "ZeroDivisionError" in panel.message.value


def test_two_panels_stay_in_step_through_events(shop):
    async def scene():
        here, there = CartPanel(shop), CartPanel(shop)
        told = asyncio.Event()

        def update(event):
            there.refresh()
            if event["change"] == "add":
                told.set()

        follower = follow(shop, update)
        await asyncio.wait_for(follower.ready(), 10)
        choose(here, "mug", 2)
        here.add.click()
        await asyncio.wait_for(told.wait(), 10)
        follower.stop()
        await follower.stopped()
        assert there.table.value == here.table.value and ">19.00<" in there.table.value

    asyncio.run(scene())


@pytest.mark.parametrize("answered", range(3))
@pytest.mark.parametrize("button", ["add", "remove", "clear"])
def test_click_on_a_lost_server_waits_once(lonely, lose, button, answered):
    add_to_cart(lonely, "mug", 2)
    panel = CartPanel(lonely)
    choose(panel, "mug")
    for _ in range(2):
        panel.on_change(panel.refresh)
    attempts = lose(answered)
    getattr(panel, button).click()
    assert len(attempts) == answered + 1 and "did not answer in time" in panel.message.value


def test_listener_hears_of_a_click_that_failed_otherwise(panel):
    heard = []
    panel.on_change(lambda: heard.append(panel.product.value))
    choose(panel, "mug", 0)
    panel.add.click()
    assert heard == ["mug"] and "A quantity is a whole number" in panel.message.value


def test_panel_of_a_dead_server_says_so(server):
    with start_server() as mortal, connect(mortal.host, mortal.port) as client:
        panel = CartPanel(client)
        mortal.stop()
        panel.refresh()
        assert f"✗ Redis at 127.0.0.1:{mortal.port} can" in panel.message.value
        panel.clear.click()
        assert "its outcome is unknown" in panel.message.value


def test_add_button_before_anything_was_chosen(panel, shop):
    panel.add.click()
    assert get_cart_items(shop) == [(panel.product.options[0][1], 1)]


def test_command_log_keeps_the_newest_on_top(shop):
    log = CommandLog(shop)
    for product_id in ("mug", "lamp"):
        with log.record(product_id):
            shop.exists(keys.product(product_id))
    assert log.text.splitlines()[0] == "lamp: 1 round trip"
    assert log.view.value.index("product:lamp") < log.view.value.index("product:mug")


def test_command_log_notes_what_failed(shop):
    log = CommandLog(shop)
    with pytest.raises(ZeroDivisionError), log.record("wrong"):
        shop.get("cart:{guest}:session")
        raise ZeroDivisionError
    assert log.text == "wrong: 1 round trip\n> GET cart:{guest}:session\n(nil)"


def test_command_log_clears(shop):
    log = CommandLog(shop)
    with log.record("look"):
        shop.exists("products")
    log.forget.click()
    assert log.text == "" and "No command yet" in log.view.value


def test_key_inspector_marks_what_is_new(shop):
    inspector = KeyInspector(shop)
    assert "Now: no such key" in inspector.view.value
    add_to_cart(shop, "mug", 2)
    inspector.read.click()
    assert "Now: zset, no TTL (before: no such key)" in inspector.view.value
    assert "<td>mug</td>" in inspector.view.value and "<td>new</td>" in inspector.view.value


def test_key_inspector_shows_both_values_of_what_has_changed(shop):
    add_to_cart(shop, "mug", 2)
    add_to_cart(shop, "lamp", 7)
    inspector = KeyInspector(shop)
    add_to_cart(shop, "mug", 3)
    inspector.refresh()
    row = '<td>mug</td><td class="number">2.0 → 5.0</td><td>changed</td>'
    assert row in inspector.view.value
    assert '<td>lamp</td><td class="number">7.0</td><td></td>' in inspector.view.value


def test_key_inspector_keeps_what_is_gone_in_sight(shop):
    add_to_cart(shop, "mug", 2)
    inspector = KeyInspector(shop)
    shop.delete("cart:{guest}")
    inspector.refresh()
    assert "Now: no such key (before: zset, no TTL)" in inspector.view.value
    assert '<td class="number">2.0</td><td>gone</td>' in inspector.view.value


@pytest.mark.parametrize(
    "before, after, rows",
    [
        (["a", "b", "a"], ["a", "c", "c"], ["a|", "b|gone", "a|gone", "c|new", "c|new"]),
        (["a"], ["a", "a"], ["a|", "a|new"]),
        (["a"], ["b", "a"], ["b|new", "a|"]),
    ],
)
def test_key_inspector_counts_the_elements_of_a_list(client, before, after, rows):
    key = "cart:{guest}:list"
    client.rpush(key, *before)
    inspector = KeyInspector(client, key)
    client.delete(key)
    client.rpush(key, *after)
    inspector.refresh()
    found = re.findall(r"<td>(.*?)</td><td>(.*?)</td>", inspector.view.value)
    assert ["|".join(row) for row in found] == rows


def marked(inspector):
    """Return the words of each row, and then its mark, of all tables of an inspector."""
    rows = re.findall(r"<tr[^>]*>(<td.*?)</tr>", inspector.view.value)
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows]


def test_key_inspector_marks_the_members_of_a_set(client):
    client.sadd("shop:{wishes}:ann", "mug", "pen")
    inspector = KeyInspector(client, "shop:{wishes}:ann")
    client.smove("shop:{wishes}:ann", "shop:{wishes}:bob", "mug")
    client.sadd("shop:{wishes}:ann", "tea")
    inspector.refresh()
    assert marked(inspector) == [["mug", "gone"], ["pen", ""], ["tea", "new"]]


def test_key_inspector_marks_entries_and_what_is_in_hand(client):
    key = "shop:{orders}"
    client.xadd(key, {"product_id": "mug"}, id="1-0")
    client.xgroup_create(key, "packers", "0")
    inspector = KeyInspector(client, key)
    assert marked(inspector) == [
        ["1-0", "product_id: mug", ""],
        ["packers", "0-0", "—", "—", "—", ""],
    ]
    assert "Its groups" in inspector.view.value
    client.xadd(key, {"product_id": "pen"}, id="2-0")
    client.xreadgroup("packers", "ann", {key: ">"}, count=1)
    inspector.refresh()
    assert marked(inspector) == [
        ["1-0", "product_id: mug", ""],
        ["2-0", "product_id: pen", "new"],
        ["packers", "0-0", "—", "—", "—", "gone"],
        ["packers", "1-0", "ann", "1-0", "1", "new"],
    ]
    client.xack(key, "packers", "1-0")
    inspector.refresh()
    assert marked(inspector)[2:] == [
        ["packers", "1-0", "ann", "1-0", "1", "gone"],
        ["packers", "1-0", "—", "—", "—", "new"],
    ]
    client.xgroup_destroy(key, "packers")
    inspector.refresh()
    assert marked(inspector)[2:] == [["packers", "1-0", "—", "—", "—", "gone"]]


def test_key_inspector_marks_bits_and_what_a_hyperloglog_counts(client):
    client.setbit("shop:{came}:2027-01-01", 7, 1)
    client.pfadd("shop:{visitors}:2027-01-01", "ann")
    bits = KeyInspector(client, "shop:{came}:2027-01-01")
    crowd = KeyInspector(client, "shop:{visitors}:2027-01-01")
    client.setbit("shop:{came}:2027-01-01", 12, 1)
    client.pfadd("shop:{visitors}:2027-01-01", "bob")
    bits.refresh()
    crowd.refresh()
    assert marked(bits) == [["7", ""], ["12", "new"]]
    assert "2 bits are 1, 2 bytes (before: string, no TTL; 1 bit is 1, 1 byte)" in bits.view.value
    assert marked(crowd)[0] == ["different ones, about", "1 → 2", "changed"]


def test_key_inspector_of_a_document_and_of_vectors():
    with new_client() as client:
        client.execute_command("JSON.SET", "demo:d", "$", '{"a": 1, "b": [1]}')
        client.execute_command("VADD", "demo:v", "VALUES", 2, 1, 0.5, "mug")
        document, vectors = KeyInspector(client, "demo:d"), KeyInspector(client, "demo:v")
        client.execute_command("JSON.SET", "demo:d", "$.a", "2")
        client.execute_command("VADD", "demo:v", "VALUES", 2, 1, 0, "mug")
        document.refresh()
        vectors.refresh()
        assert marked(document) == [["a", "1 → 2", "changed"], ["b", "[1]", ""]]
        assert marked(vectors) == [["mug", "[1.0, 0.5] → [1.0, 0.0]", "changed"]]


def test_key_inspector_says_what_it_leaves_out(client):
    client.rpush("demo:list", *range(1500))
    inspector = KeyInspector(client, "demo:list")
    assert len(marked(inspector)) == 1000
    assert "… and 500 more, which are not shown" in inspector.view.value


def test_key_inspector_of_a_key_whose_type_has_changed(client):
    client.hset("product:mug", "name", "Coffee mug")
    inspector = KeyInspector(client, "product:mug")
    client.delete("product:mug")
    client.sadd("product:mug", "a", "b")
    inspector.refresh()
    assert "Now: set, no TTL (before: hash, no TTL)" in inspector.view.value
    assert re.findall("<td>(.)</td><td>new</td>", inspector.view.value) == ["a", "b"]
    assert "Coffee mug" not in inspector.view.value


def test_key_inspector_reads_other_keys(shop):
    inspector = KeyInspector(shop)
    inspector.key.value = "product:mug"
    assert "Now: hash, no TTL" in inspector.view.value
    assert "<td>Coffee mug</td>" in inspector.view.value
    shop.expire("product:mug", 100)
    inspector.refresh()
    assert re.search("TTL (100|9.) s", inspector.view.value)


def test_key_inspector_shows_html_as_text(shop):
    shop.hset("product:mug", NASTY, NASTY)
    inspector = KeyInspector(shop, "product:mug")
    assert "&lt;img" in inspector.view.value and "img" not in Tags(inspector.view.value).tags


def test_controls_are_labelled(shop):
    panel, inspector = CartPanel(shop), KeyInspector(shop)
    assert all(isinstance(control, VBox) for control in (panel, inspector, panel.commands))
    buttons = [panel.add, panel.remove, panel.clear, inspector.read]
    assert all(isinstance(b, Button) and b.description and b.tooltip for b in buttons)
    assert panel.product.description and panel.quantity.description and inspector.key.description
    assert '<th scope="col"' in panel.table.value and "<caption>" in panel.table.value
    assert 'role="log" tabindex="0"' in panel.commands.view.value
