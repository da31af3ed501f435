"""The shop around the cart, clicked without a browser, on every backend."""

import re
from datetime import date
from html import unescape

import pytest

from cartlib import add_to_cart, get_cart_items, keys
from cartlib.course import whole
from cartlib.shop.whole import open_whole_shop
from cartlib.widgets import WholeShop

TODAY = date(2027, 1, 31)
NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def stall(shop):
    """A WholeShop that has just opened, made of the references."""
    open_whole_shop(shop, TODAY)
    return WholeShop(shop, parts=whole.finished_parts(), today=TODAY)


def text(widget):
    """Return what an HTML widget shows, without its tags."""
    return unescape(re.sub("<[^>]+>", "|", widget.value))


def test_look_button_counts_notes_and_shows(stall, shop):
    stall.panel.product.value = "mug"
    stall.look.click()
    stall.look.click()
    assert "✓ Looked at mug: 2 looks so far." in text(stall.message)
    assert "1 visitor|" in text(stall.front) and "|mug|" in text(stall.front)
    assert shop.get("shop:views:mug") == "2"
    assert shop.lrange("cart:{guest}:viewed", 0, -1) == ["mug"]
    assert shop.pfcount("shop:{visitors}:2027-01-31") == 1


def test_wish_button(stall, shop):
    stall.panel.product.value = "lamp"
    stall.wish.click()
    assert "lamp is on the wish list." in text(stall.message) and "|lamp|" in text(stall.front)
    stall.wish.click()
    assert "as it was before" in text(stall.message)
    assert shop.smembers("shop:{wishes}:guest") == {"lamp"}


def test_order_button_twice_sells_once(stall, shop):
    stall.panel.product.value = "mug"
    stall.panel.add.click()
    for _ in range(2):
        stall.order.click()
        assert "✓ Order 1 is made: 1 line." in text(stall.message)
    assert get_cart_items(shop) == [] and shop.xlen("shop:{orders}") == 2
    stall.packers["wendy"].click()
    assert "✓ wendy has packed order 1." in text(stall.message)
    stall.packers["will"].click()
    assert "will had nothing to pack" in text(stall.message)
    assert shop.zscore("shop:{sales}:2027-01-31", "mug") == 1
    assert shop.get("shop:{orders}:done:1") == "wendy"
    assert "mug (1)" in text(stall.front) and "packed by wendy" in text(stall.orders)


def test_orders_say_in_whose_hands_they_are(stall, shop):
    add_to_cart(shop, "mug", 2)
    stall.order.click()
    assert "|1||2 × mug||waits|" in text(stall.orders)
    shop.xreadgroup("packers", "will", {"shop:{orders}": ">"})
    stall.refresh()
    assert "in the hands of will" in text(stall.orders)


def test_empty_cart_is_refused_in_words(stall, shop):
    stall.order.click()
    assert "✗ The cart 'guest' is empty." in text(stall.message)
    assert shop.xlen("shop:{orders}") == 0


@pytest.mark.parametrize("order_id", ["", "x" * 129])
def test_bad_order_id_is_refused_in_words(stall, order_id):
    stall.order_id.value = order_id
    stall.order.click()
    assert "✗ The order's name is a text of 1 to 128" in text(stall.message)


def test_part_that_is_missing_or_not_written(stall):
    def pack(client, worker):
        raise NotImplementedError

    stall.parts.update(pack=pack)
    del stall.parts["visit"]
    stall.look.click()
    assert "✗ The part 'visit' is missing" in text(stall.message)
    stall.packers["will"].click()
    assert "✗ The part 'pack' is not written yet" in text(stall.message)


@pytest.mark.parametrize(
    "name, result, says",
    [
        ("visit", None, "It should return the number of views"),
        ("visit", True, "It should return the number of views"),
        ("order", "text", "It should return the order"),
        ("pack", 7, "It should return the order's id"),
    ],
)
def test_part_that_returns_something_else(stall, shop, name, result, says):
    stall.parts[name] = lambda client, *args: result
    button = {"visit": stall.look, "order": stall.order, "pack": stall.packers["will"]}[name]
    button.click()
    assert f"✗ The part '{name}' returned {result!r}. {says}" in text(stall.message)


@pytest.mark.parametrize("front", [None, {}, {"best": [], "visitors": "3"}, {"best": 1}])
def test_front_page_that_is_none(stall, front):
    stall.parts["front"] = lambda client, visitor, days: front
    stall.refresh()
    assert "✗ The " in text(stall.front) and "should" in text(stall.front)


def test_front_page_with_odd_rows(stall):
    odd = {"best": [1, ("a", 2, 3)], "visitors": 1, "viewed": [NASTY], "wishes": [None]}
    stall.parts["front"] = lambda client, visitor, days: odd
    stall.refresh()
    assert "Traceback" not in stall.front.value and NASTY not in stall.front.value


def test_odd_entries_are_shown_as_they_are(stall, shop):
    shop.xadd("shop:{orders}", {"order": NASTY})
    shop.xadd("shop:{orders}", {"other": "1"})
    shop.xadd("shop:{orders}", {"order": '{"order_id": "%s", "lines": []}' % ("x" * 129)})
    stall.refresh()
    assert "&lt;img" in stall.orders.value and NASTY not in stall.orders.value
    assert "3 orders" in text(stall.orders)


def test_orders_of_another_type_are_an_error_in_words(stall, shop):
    shop.delete("shop:{orders}")
    shop.set("shop:{orders}", "x")
    stall.refresh()
    assert "✗ The key shop:{orders} holds another type" in text(stall.orders)


def test_open_whole_shop_begins_anew(stall, shop, kit_keys):
    add_to_cart(shop, "mug", 2)
    stall.look.click()
    stall.wish.click()
    stall.order.click()
    stall.packers["will"].click()
    left = {key: shop.get(key) for key in [keys.views(stall.panel.product.value)]}
    open_whole_shop(shop, TODAY)
    kept = {"products", *left, *(key for key in kit_keys() if key.startswith("product:"))}
    assert set(kit_keys()) == kept | {"shop:{orders}"}
    assert shop.xlen("shop:{orders}") == 0


def test_each_click_shows_its_commands(stall):
    stall.panel.product.value = "mug"
    stall.look.click()
    assert "PFADD shop:{visitors}:2027-01-31 guest" in unescape(stall.panel.commands.view.value)
