"""The whole shop, clicked without a browser, on every backend."""

import asyncio
import re
from decimal import Decimal
from html import unescape

import pytest
from backends import about

from cartlib import OutOfStockError, add_to_cart, get_cart_items
from cartlib.checkout import get_stock, set_stock
from cartlib.course import capstone
from cartlib.widgets import Shop, kit_parts

NASTY = "<img src=x onerror=alert(1)>"
LIMIT = 10  # seconds


@pytest.fixture
def stall(shop):
    """A Shop that works with the kit's functions, and has some stock."""
    set_stock(shop, {"mug": 5, "atlas": 1})
    return Shop(shop, parts=kit_parts())


def search(stall, text):
    stall.text.value = text
    stall.find.click()


def offered(stall):
    return [product_id for _, product_id in stall.panel.product.options]


def shelf(stall):
    """Return the rows of the table of products: {product_id: [name, price, left]}."""
    body = stall.stock.value.partition("<tbody>")[2]
    rows = [re.findall("<td[^>]*>(.*?)</td>", row) for row in re.findall("<tr>(.*?)</tr>", body)]
    return {product_id: rest for product_id, *rest in rows}


def test_shelf_shows_what_is_found_and_what_is_left(stall):
    assert len(shelf(stall)) == 24 and shelf(stall)["mug"] == ["Coffee mug", "9.50", "5"]
    assert shelf(stall)["lamp"][2] == "0" and "24 products, and the stock" in stall.stock.value
    search(stall, "ATLAS")
    assert list(shelf(stall)) == ["atlas"] and "1 product, and the stock" in stall.stock.value


def test_parts_of_the_shop_stand_where_they_belong(stall):
    (products, cart), (feed, log) = (row.children for row in stall.children[-2:])
    assert products.children[0].children == (stall.text, stall.find) and feed is stall.feed
    assert log is stall.panel.commands
    places = list(cart.children)
    assert places[2] is stall.panel.table and places[3].children == (stall.pay,)
    assert places[4] is stall.message and places[5] is stall.bar
    assert stall.bar.seconds.description == "Seconds until the cart ends"


def test_find_button_offers_what_was_found(stall):
    search(stall, "ATLAS")
    assert offered(stall) == ["atlas"] and stall.panel.product.value == "atlas"
    assert "✓ Found 1 product for 'ATLAS'." in unescape(stall.found.value)
    search(stall, "")
    assert len(offered(stall)) == 24 and offered(stall)[0] == "poems"


def test_find_button_finds_nothing(stall):
    search(stall, "unicorn")
    assert offered(stall) == [] and "Found 0 products for 'unicorn'." in unescape(stall.found.value)


def test_add_and_pay_buttons(stall, shop):
    search(stall, "atlas")
    stall.panel.add.click()
    assert get_cart_items(shop) == [("atlas", 1)]
    price = Decimal(shop.hget("product:atlas", "price"))
    stall.pay.click()
    assert f"✓ Paid {price}." in stall.message.value
    assert get_cart_items(shop) == [] and not shop.exists("cart:{guest}")
    assert get_stock(shop) == {"mug": 5, "atlas": 0}
    assert "Cart guest: empty" in stall.panel.table.value
    assert shelf(stall)["atlas"] == ["Pocket atlas", str(price), "0"]


def test_pay_button_says_what_is_wrong(stall, shop):
    stall.pay.click()
    assert "✗ The cart 'guest' is empty." in unescape(stall.message.value)
    add_to_cart(shop, "atlas", 2)
    stall.pay.click()
    assert "the stock has 1. Nothing was bought" in stall.message.value
    assert get_cart_items(shop) == [("atlas", 2)] and get_stock(shop)["atlas"] == 1


def test_shop_keeps_to_its_cart(shop):
    set_stock(shop, {"mug": 1}, cart="demo")
    add_to_cart(shop, "mug", 3)
    stall = Shop(shop, cart="demo", parts=kit_parts("demo"))
    search(stall, "coffee")
    stall.panel.add.click()
    stall.pay.click()
    assert get_cart_items(shop) == [("mug", 3)] and get_stock(shop, cart="demo") == {"mug": 0}
    assert shelf(stall) == {"mug": ["Coffee mug", "9.50", "0"]}


def test_shop_works_with_a_learners_parts(stall, shop):
    stall.parts = {"search": capstone.search_products, "add": capstone.put_in_cart}
    stall.parts["pay"] = capstone.pay
    search(stall, "mug")
    stall.panel.quantity.value = 2
    stall.panel.add.click()
    assert shop.ttl("cart:{guest}") == about(600)
    assert re.search("(600|59.) s left", stall.bar.left.value)
    stall.pay.click()
    assert "Paid 19.00." in stall.message.value and get_stock(shop)["mug"] == 3


def not_written(client, *args):
    raise NotImplementedError


@pytest.mark.parametrize(
    "parts, words",
    [
        ({}, "The part 'search' is missing"),
        ({"search": not_written}, "The part 'search' is not written yet"),
        ({"search": lambda client, text: None}, "returned None. It should return a list of"),
        ({"search": lambda client, text: {}[NASTY]}, "KeyError"),
    ],
)
def test_find_button_says_which_part_is_not_ready(stall, parts, words):
    stall.parts = parts
    search(stall, "mug")
    assert words in unescape(stall.found.value) and "<img" not in stall.found.value
    assert len(offered(stall)) == 24


def test_other_buttons_say_which_part_is_not_ready(stall, shop):
    stall.parts = {"add": not_written}
    stall.panel.add.click()
    assert "The part 'add' is not written yet" in unescape(stall.panel.message.value)
    stall.pay.click()
    assert "The part 'pay' is missing" in unescape(stall.message.value)
    assert not shop.exists("cart:{guest}")


@pytest.mark.parametrize("result", [True, None, 2.5, "<b>"])
def test_buttons_say_that_a_part_returned_something_else(stall, result):
    stall.parts = {"add": lambda client, *order: result, "pay": lambda client: result}
    stall.panel.add.click()
    assert "It should return the new quantity, an int." in stall.panel.message.value
    stall.pay.click()
    assert "It should return the total, a Decimal." in stall.message.value
    assert "<b>" not in stall.panel.message.value + stall.message.value


def test_messages_tell_of_the_last_click_only(stall):
    search(stall, "atlas")
    stall.panel.add.click()
    assert "Added" in stall.panel.message.value and "Found" not in stall.found.value
    stall.pay.click()
    assert "Paid" in stall.message.value and "Added" not in stall.panel.message.value


def test_find_and_pay_show_their_commands(stall):
    search(stall, "atlas")
    assert "&gt; SMEMBERS products" in stall.panel.commands.view.value
    stall.panel.add.click()
    stall.pay.click()
    assert "WATCH" in stall.panel.commands.text and "Pay" in stall.panel.commands.text


def test_add_button_without_a_product_says_what_to_do(stall):
    search(stall, "unicorn")
    for button in (stall.panel.add, stall.panel.remove):
        button.click()
        assert "✗ Choose a product first" in stall.panel.message.value


@pytest.mark.parametrize("button", ["find", "pay", "add", "remove", "clear"])
@pytest.mark.parametrize("answered", range(8))
def test_click_on_a_lost_server_waits_once(lonely, lose, button, answered):
    """Also where it is lost in the midst of a click: after the first time-out nothing is asked."""
    set_stock(lonely, {"mug": 5})
    add_to_cart(lonely, "mug", 1)
    stall = Shop(lonely, parts=kit_parts())
    stall.panel.product.value = "mug"
    attempts = lose(answered)
    getattr(stall if button in ("find", "pay") else stall.panel, button).click()
    places = [stall.found, stall.message, stall.panel.message, stall.bar.left, stall.stock]
    shown = [place for place in places if "did not answer in time" in place.value]
    assert len(attempts) == answered + 1 and len(shown) == 1


def test_part_that_loses_the_server_ends_the_click(lonely, lose):
    stall = Shop(lonely, parts={"pay": lambda client: client.get("cart:{guest}")})
    attempts = lose()
    stall.pay.click()
    assert len(attempts) == 1 and "TimeoutError: Timeout reading" in stall.message.value


def test_shop_reads_anew_when_others_change_the_cart(stall, shop):
    async def scene():
        stall.feed.listen()
        heard = asyncio.Event()
        stall.panel.table.observe(lambda _: heard.set(), "value")
        async with asyncio.timeout(LIMIT):
            await stall.feed._follower.ready()
            add_to_cart(shop, "lamp", 1)
            while "lamp" not in stall.panel.table.value:
                heard.clear()
                await heard.wait()
        stall.stop()
        assert "added 1 × lamp" in stall.feed.heard.value

    asyncio.run(scene())


def test_stock_of_a_wrong_type_is_said_in_words(stall, shop):
    shop.delete("stock:{guest}")
    shop.set("stock:{guest}", "theirs")
    stall.refresh()
    assert "stock:{guest} holds another type" in stall.stock.value
    shop.delete("stock:{guest}")


def test_stock_shows_html_as_text(stall, shop):
    shop.hset("product:mug", "name", NASTY)
    stall.refresh()
    assert "&lt;img" in stall.stock.value and "<img" not in stall.stock.value


def test_kit_parts_refuse_what_is_not_there(shop):
    set_stock(shop, {"mug": 1})
    parts = kit_parts()
    assert parts["search"](shop, "coffee") == ["mug"] and parts["add"](shop, "mug", 2) == 2
    with pytest.raises(OutOfStockError):
        parts["pay"](shop)
