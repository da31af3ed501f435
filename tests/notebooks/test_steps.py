"""What the steps in the controls of some lessons say that one sees."""

from datetime import date

import pytest

from cartlib.cart import clear_cart
from cartlib.catalogue import load_catalogue
from cartlib.course.whole import finished_parts
from cartlib.lab.stores import new_client
from cartlib.shop import orders
from cartlib.shop.filters import index_products
from cartlib.shop.places import load_shops
from cartlib.shop.queue import orders_in_work, waiting_orders
from cartlib.shop.whole import open_whole_shop
from cartlib.widgets import (
    BitmapPlayground,
    CartPanel,
    HashPlayground,
    HyperLogLogPlayground,
    ListPlayground,
    MemoryChart,
    NameBox,
    QueueBoard,
    RedisConsole,
    SetPlayground,
    ShopMap,
    SortedSetPlayground,
    StreamBoard,
    StreamPlayground,
    StringPlayground,
    WholeShop,
)


@pytest.fixture
def shop():
    """A client of a store of its own, with the sample shop."""
    client = new_client()
    load_catalogue(client)
    return client


def click(playground, label, **inputs):
    """Fill in the inputs, click a button, and return the message and what the key holds."""
    for name, value in inputs.items():
        getattr(playground, name).value = value
    playground.buttons[label].click()
    return playground.message.value, playground.inspector.view.value


def test_console_of_lesson_01(shop):
    console = RedisConsole(shop)
    console.run("HGETALL product:mug")
    assert '1) "name"\n2) "Coffee mug"' in console.text and "Coffee mug" in console.tables.value
    console.run("HGET product:mug price")
    assert console.text.endswith('\n"9.50"')
    assert [w for w in console.terminal.words if w.startswith("product:l")] == ["product:lamp"]
    console.run("HELP HGET")
    assert "Return the value of a field" in console.text


def test_hash_playground_of_lesson_01(shop):
    shop.hset("product:demo", mapping={"name": "Tea", "price": "3.20"})
    playground = HashPlayground(shop, key="product:demo")
    said, held = click(playground, "HSET", field="colour", value="green")
    assert "(integer) 1" in said and "<td>green</td><td>new</td>" in held
    said, held = click(playground, "HSET", value="red")
    assert "(integer) 0" in said and "<td>green → red</td><td>changed</td>" in held
    assert "(nil)" in click(playground, "HGET", field="sugar")[0]
    click(playground, "HINCRBY", field="stock", amount="5")
    assert "(integer) 10" in click(playground, "HINCRBY")[0]
    assert "Redis refused HINCRBY" in click(playground, "HINCRBY", field="name")[0]
    assert shop.hget("product:demo", "name") == "Tea"
    assert "<td>gone</td>" in click(playground, "HDEL", field="colour")[1]
    assert "no such key" in click(playground, "DEL")[1]


def test_panel_of_lesson_02(shop):
    clear_cart(shop)
    panel = CartPanel(shop)
    for product_id, quantity in (("mug", "3"), ("lamp", "1")):
        panel.product.value, panel.quantity.value = product_id, quantity
        panel.add.click()
    main = panel.commands.view.value.partition('<pre class="main">')[2].partition("</pre>")[0]
    assert "ZINCRBY" in main and "EXISTS" not in main
    assert panel.table.value.index("Desk lamp") < panel.table.value.index("Coffee mug")


def test_sorted_set_playground_of_lesson_02(shop):
    shop.zadd("cart:{guest}", {"mug": 2, "lamp": 1})
    playground = SortedSetPlayground(shop, key="cart:{guest}")
    said, held = click(playground, "ZADD", member="mug", score="5")
    assert "(integer) 0" in said and "2.0 → 5.0" in held
    assert "→ 10.0" in click(playground, "ZINCRBY")[1]
    assert "→ 0.0" in click(playground, "ZINCRBY", score="-10")[1]
    assert "(integer) 2" in click(playground, "ZCARD")[0]
    click(playground, "ZADD", member="kettle", score="1")
    assert shop.zrange("cart:{guest}", 0, -1) == ["mug", "kettle", "lamp"]
    assert "→ 3.5" in click(playground, "ZINCRBY", score="2.5")[1]
    assert "(integer) 2" in click(playground, "ZRANK")[0]
    click(playground, "ZRANGE")
    click(playground, "ZRANGE REV (top 3)")
    assert '1) "kettle"' in playground.commands.text.split("ZRANGE REV (top 3)")[1]
    click(playground, "ZREM")
    assert shop.zrange("cart:{guest}", 0, -1) == ["mug", "lamp"]
    assert "no such key" in click(playground, "DEL")[1]


def test_string_playground_of_lesson_10(shop):
    playground = StringPlayground(shop, "shop:views:mug")
    said = [click(playground, "INCR")[0] for _ in range(3)]
    assert all(f"(integer) {number}" in text for number, text in enumerate(said, 1))
    assert "(integer) 13" in click(playground, "INCRBY")[0]
    assert "(integer) 10" in click(playground, "INCRBY", amount="-3")[0]
    click(playground, "SET", value="many")
    assert "not an integer" in click(playground, "INCR")[0]
    assert shop.get("shop:views:mug") == "many"


def test_hyperloglog_playground_of_lesson_14(shop):
    playground = HyperLogLogPlayground(shop)
    assert "(integer) 1" in click(playground, "PFADD")[0]
    assert "(integer) 0" in click(playground, "PFADD")[0]
    assert "(integer) 1" in click(playground, "PFADD", visitor="bob")[0]
    assert "(integer) 2" in click(playground, "PFCOUNT")[0]
    click(playground, "PFADD (many)")
    assert "(integer) 1002" in click(playground, "PFCOUNT")[0]


def test_bitmap_playground_of_lesson_14(shop):
    playground = BitmapPlayground(shop)
    assert "(integer) 0" in click(playground, "SETBIT 1")[0]
    assert "(integer) 1" in click(playground, "GETBIT")[0]
    assert "(integer) 1" in click(playground, "SETBIT 1")[0]
    click(playground, "SETBIT 1", customer="3")
    assert "(integer) 2" in click(playground, "BITCOUNT")[0]
    assert "(integer) 1" in click(playground, "STRLEN")[0]
    click(playground, "SETBIT 1", customer="100000")
    assert "(integer) 12501" in click(playground, "STRLEN")[0]


def test_memory_chart_of_lesson_14(real):
    chart = MemoryChart()
    chart.measure.click()
    used = {(row.structure, row.visitors): row.bytes for row in chart.rows}
    each = {name: [used[name, size] for size in (10, 10_000, 100_000)] for name, _ in used}
    assert all(max(sizes) > 5 * sizes[1] for name, sizes in each.items() if name != "HyperLogLog")
    assert each["HyperLogLog"][1] == each["HyperLogLog"][2]
    [counted] = [r for r in chart.rows if r[:2] == ("HyperLogLog", 100_000)]
    assert 0.9 < abs(counted.error) < 1.2
    assert min((row.bytes, row.structure) for row in chart.rows if row.visitors == 1_000) == (
        used["Bitmap", 1_000],
        "Bitmap",
    )


def test_shop_map_of_lesson_14(shop):
    load_shops(shop)
    control = ShopMap(shop)
    assert [name for name, _ in control.near] == ["Paris", "Brussels", "Amsterdam"]
    control.radius.value = "300"
    control.find.click()
    assert [name for name, _ in control.near] == ["Paris", "Brussels"]
    control.longitude.value, control.latitude.value = "14.44", "50.08"
    control.find.click()
    assert [name for name, _ in control.near] == ["Vienna", "Berlin"]


def test_list_playground_of_lesson_11(shop):
    playground = ListPlayground(shop, "demo:list")
    click(playground, "LPUSH", element="mug")
    click(playground, "LPUSH", element="lamp")
    click(playground, "RPUSH", element="pen")
    assert shop.lrange("demo:list", 0, -1) == ["lamp", "mug", "pen"]
    assert "pen" in click(playground, "RPOP")[0]
    click(playground, "LPOP")
    assert "no such key" in click(playground, "LPOP")[1]


def test_queue_board_of_lesson_11(shop):
    board = QueueBoard(shop)
    before = ["Put an order"] * 3 + ["Take (ann)"] * 2 + ["Take (bob)", "Finish (bob)"]
    for label in [*before, "Put an order", "ann dies", "Take (bob)"]:
        board.buttons[label].click()
    assert [order["id"] for order in orders_in_work(shop, "bob")] == ["o4"]
    for label in ["Recover ann's orders", "Take (bob)"]:
        board.buttons[label].click()
    assert [order["id"] for order in orders_in_work(shop, "bob")] == ["o4", "o1"]
    assert [order["id"] for order in waiting_orders(shop)] == ["o2"]


def test_stream_playground_of_lesson_13(shop):
    playground = StreamPlayground(shop, key="demo:orders")
    assert "XADD replied" in click(playground, "XADD")[0]
    click(playground, "XADD", fields="product pen")
    click(playground, "XGROUP CREATE")
    click(playground, "XREADGROUP")
    assert '"mug"' in playground.commands.text and '"pen"' not in playground.commands.text
    assert shop.xlen("demo:orders") == 2
    click(playground, "XREADGROUP", consumer="bob")
    assert '"pen"' in playground.commands.text
    assert "(nil)" in click(playground, "XREADGROUP")[0]
    click(playground, "XPENDING")
    assert shop.xpending("demo:orders", "packers")["pending"] == 2


def test_stream_board_of_lesson_13(shop):
    board = StreamBoard(shop)
    for label in ["Place an order"] * 3 + ["Read (ann)"] * 2 + ["Read (bob)", "Done (bob)"]:
        board.buttons[label].click()
    assert [row["worker"] for row in orders.pending_orders(shop)] == ["ann", "ann"]
    assert shop.xlen("shop:{orders}") == 2
    board.buttons["ann dies"].click()
    board.buttons["Read (ann)"].click()
    assert "dead" in board.message.value
    board.buttons["bob takes over"].click()
    board.buttons["Done (bob)"].click()
    assert [row["worker"] for row in orders.pending_orders(shop)] == ["bob"]
    board.buttons["bob takes over"].click()
    assert orders.orders_aside(shop) == []
    board.buttons["bob takes over"].click()
    assert [order.deliveries for order in orders.orders_aside(shop)] == [4]


def test_set_playground_of_lesson_12(shop):
    shop.sadd("shop:{wishes}:bob", "mug", "lamp", "kite")
    playground = SetPlayground(shop)
    said, held = click(playground, "SADD")
    assert "(integer) 1" in said and "<td>mug</td><td>new</td>" in held
    said, held = click(playground, "SADD")
    assert "(integer) 0" in said and held.count("<td>mug</td>") == 1
    click(playground, "SADD", member="ball")
    assert "(integer) 1" in click(playground, "SISMEMBER")[0]
    assert "(integer) 0" in click(playground, "SISMEMBER", member="atlas")[0]
    click(playground, "SINTER")
    assert '1) "mug"\n\n' in playground.commands.text
    said, held = click(playground, "SREM", member="ball")
    assert "(integer) 1" in said and "<td>ball</td><td>gone</td>" in held
    assert "(integer) 0" in click(playground, "SREM")[0]


def test_name_box_of_lesson_12(shop):
    index_products(shop)
    box = NameBox(shop)
    first = box.names.value
    box.text.value = "p"
    assert "Playing cards" in box.names.value
    box.text.value = "po"
    assert "Pocket atlas" in box.names.value and "Playing cards" not in box.names.value
    box.text.value = "PUZ"
    assert "Puzzle of 500 pieces" in box.names.value
    box.text.value = "tea"
    assert "No name begins so." in box.names.value
    box.text.value = ""
    assert box.names.value == first and first.count("<td>") == 5


def test_console_of_lesson_15(shop):
    console = RedisConsole(shop)
    console.run("""JSON.SET demo:card $ '{"to": "Ann", "text": "Hello"}'""")
    shown = console.tables.value
    assert "Now: ReJSON-RL" in shown and "<td>to</td>" in shown and "<td>text</td>" in shown
    console.run("JSON.GET demo:card $.to")
    assert console.text.endswith('\n"[\\"Ann\\"]"')
    console.run("""JSON.SET demo:card $.to '"Bob"'""")
    assert "&quot;Ann&quot; → &quot;Bob&quot;</td><td>changed</td>" in console.tables.value


def test_shops_of_lesson_16(shop):
    today = date(2027, 1, 31)
    open_whole_shop(shop, today)
    stall = WholeShop(shop, parts=finished_parts(), today=today)
    for product_id in ("mug", "lamp"):
        stall.panel.product.value = product_id
        stall.look.click()
    assert "<td>lamp, mug</td>" in stall.front.value
    stall.wish.click()
    stall.panel.add.click()
    stall.order.click()
    assert stall.orders.value.count("<td>waits</td>") == 1 and shop.zcard("cart:{guest}") == 0
    stall.order.click()
    assert stall.orders.value.count("<td>waits</td>") == 2
    stall.packers["wendy"].click()
    assert "wendy has packed order 1." in stall.message.value
    stall.packers["will"].click()
    assert "will had nothing to pack, or an order that was packed" in stall.message.value
    assert stall.orders.value.count("<td>packed by wendy</td>") == 2
    stall.order_id.value = "2"
    stall.order.click()
    assert "is empty. Add something to it" in stall.message.value
