"""The lessons as a learner meets them: JupyterLab, in a real browser, in both themes."""

import re

import pytest
from browser import run_again
from playwright.sync_api import expect

CLEAR = re.compile("Clear$")  # an icon stands before it
PLAYED_01 = {  # button: what the log shows then
    "DEL": "> DEL product:demo",
    "HSET": "> HSET product:demo colour green",
    "HGET": "> HGET product:demo colour",
    "HGETALL": "> HGETALL product:demo",
    "HMGET": "> HMGET product:demo colour",
    "HEXISTS": "> HEXISTS product:demo colour",
    "HLEN": "> HLEN product:demo",
    "HINCRBY": "> HINCRBY product:demo colour 1",
    "TYPE": "> TYPE product:demo",
    "HDEL": "> HDEL product:demo colour",
}
PLAYED_02 = {
    "DEL": "> DEL cart:{guest}",
    "ZADD": "> ZADD cart:{guest} 2.5 mug",
    "ZINCRBY": "> ZINCRBY cart:{guest} 2.5 mug",
    "ZSCORE": "> ZSCORE cart:{guest} mug",
    "ZRANGE": "> ZRANGE cart:{guest} 0 -1 WITHSCORES",
    "ZRANGE REV (top 3)": "> ZRANGE cart:{guest} 0 2 REV WITHSCORES",
    "ZRANGE BYSCORE": "> ZRANGE cart:{guest} 2.5 +inf BYSCORE WITHSCORES",
    "ZRANK": "> ZRANK cart:{guest} mug",
    "ZCARD": "> ZCARD cart:{guest}",
    "ZREM": "> ZREM cart:{guest} mug",
}
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>window.hacked = 1; alert(2)</script>",
    "</td></tr></table></pre></style><svg onload=window.hacked=1>",
    "<style>body {display: none}</style>",
    '"\' onmouseover="window.hacked=1" autofocus onfocus="window.hacked=1',
    '<a href="javascript:window.hacked=1">a link</a>',
    "javascript:window.hacked=1",
    "&lt;b&gt; &#36; &amp;",
    "$x^2$, $5 or $6",
    r"\(x\) and \[y\]",
    "$$y$$",
    r"\begin{equation}z\end{equation}",
    "\N{RIGHT-TO-LEFT OVERRIDE}from right to left",
    "long " + "x" * 3000,
]
ACTIVE = "script, svg, img[src=x], a[href], [onerror], [onload], [onmouseover], [onfocus]"
FORMULA = "mjx-container, .MathJax"
ALL = max(map(len, HOSTILE))
SHOWN = [40] * 3 + [ALL, 0, ALL, ALL, ALL, 0, 0, 0, ALL, ALL, 0]  # so much of each, in each output
# Every text that anybody can put into Redis is hostile. What stands at the end is a formula.
HOSTILE_CODE = f"""
HOSTILE = {HOSTILE!r}
from ipywidgets import HTML as HTMLWidget
from IPython.display import HTML, display
from cartlib import add_to_cart, connect, keys
from cartlib.checkout import set_stock
from cartlib.course.products import q1
from cartlib.events import publish
from cartlib.practice.outcome import NOT_YET, Note, Outcome
from cartlib.views import cart_table, catalogue_table, key_table
from cartlib.widgets import (
    CartPanel, HashPlayground, KeyInspector, Shop, SortedSetPlayground, TtlBar, kit_parts
)
client, cart = connect(), HOSTILE[0] + "$x$ and $y$"
for text in HOSTILE:
    client.hset("product:" + text[:100], mapping={{"name": text, "price": "1", "category": text}})
    client.sadd("products", text[:100])
    add_to_cart(client, text[:100], 1, cart=cart)
set_stock(client, {{text[:100]: 9 for text in HOSTILE}}, cart=cart)
nasty = "".join(HOSTILE)
client.hset(nasty, mapping={{text: text for text in HOSTILE}})
client.zadd(nasty + "2", {{text: 1 for text in HOSTILE}})
client.set(keys.cart("broken " + cart), "of another type")
def wrong(client, *args):
    return HOSTILE
def failing(client, *args):
    raise ValueError("".join(HOSTILE[:-1]))
shop = Shop(client, cart=cart, parts=kit_parts(cart))
shop.feed.listen()
await shop.feed._follower.ready()
for text in HOSTILE:
    publish(client, cart, "add", text[:60], text[:60])
display(
    cart_table(client, cart=cart), catalogue_table(client), key_table(client, nasty),
    CartPanel(client, cart=cart), KeyInspector(client, nasty), HashPlayground(client, nasty),
    SortedSetPlayground(client, nasty + "2"), shop, TtlBar(client, cart="broken " + cart),
    q1.check(wrong), q1.check(failing), Outcome(nasty, NOT_YET, *[nasty] * 5), Note(nasty, nasty),
    HTML("<p>$the end$</p>"),
)
"""
THREADS_CODE = """
from threading import current_thread
from cartlib import connect
from cartlib.catalogue import load_catalogue
from cartlib.widgets import CartPanel
client = connect()
load_catalogue(client)
panel, names = CartPanel(client), []
def note(_):
    names.append(current_thread().name)
    panel.message.value = f"{len(names)} handled by {len(set(names))} thread"
panel.quantity.observe(note, "value")
panel.add.on_click(note)
panel
"""


expect.set_options(timeout=60_000)


def output_with(page, button):
    """Return the output that has this button."""
    return page.locator(".jp-OutputArea-output", has=page.get_by_role("button", name=button)).last


def test_lesson_00_in_the_browser(lesson):
    page = lesson("00_start_here")
    errors = page.locator('.jp-OutputArea-output[data-mime-type*="stderr"]')
    expect(errors).to_have_count(0)
    assert page.locator(".Toastify__toast").count() == 0  # notebooks/.lab: no question about news
    panel = output_with(page, "Add")
    rows, log = panel.locator("tbody tr"), panel.get_by_role("log")
    panel.get_by_role("button", name=CLEAR).click()
    panel.get_by_text("Cart guest: empty").wait_for()

    panel.get_by_role("combobox", name="Product").select_option("Coffee mug — 9.50")
    panel.get_by_role("textbox", name="Quantity").fill("2")
    panel.get_by_role("textbox", name="Quantity").press("Tab")
    panel.get_by_role("button", name="Add").press("Enter")
    panel.get_by_text("Added 2 × mug").wait_for()
    panel.get_by_text("Cart guest: 1 line").wait_for()
    assert rows.all_inner_texts() == ["mug\tCoffee mug\t9.50\t2\t19.00"]
    assert "> ZINCRBY cart:{guest} 2 mug" in log.inner_text()
    assert "Add 2 × mug: 2 round trips" in log.inner_text()
    inspector = output_with(page, "Read again")
    inspector.get_by_role("button", name="Read again").click()
    inspector.get_by_role("cell", name="mug", exact=True).wait_for()

    panel.get_by_role("textbox", name="Quantity").fill("0")
    panel.get_by_role("textbox", name="Quantity").press("Tab")
    panel.get_by_role("button", name="Add").click()
    panel.get_by_role("alert").wait_for()
    assert "from 1 to 1,000,000, not 0" in panel.get_by_role("alert").inner_text()
    assert rows.count() == 1

    panel.get_by_role("button", name="Remove").click()
    panel.get_by_text("Removed mug: 2 of it went.").wait_for()
    panel.get_by_text("Cart guest: empty").wait_for()
    assert "> ZREM cart:{guest} mug" in log.inner_text()

    panel.get_by_role("textbox", name="Quantity").fill("1")
    panel.get_by_role("textbox", name="Quantity").press("Tab")
    panel.get_by_role("button", name="Add").press("Enter")
    panel.get_by_text("Added 1 × mug").wait_for()
    panel.get_by_role("button", name=CLEAR).click()
    panel.get_by_text("Cleared. 1 line went.").wait_for()
    panel.get_by_text("Cart guest: empty").wait_for()
    assert rows.count() == 0


def test_what_is_typed_and_a_click_are_handled_one_after_the_other(run_cells):
    """In two threads, a click could add the quantity that stood there before."""
    page = run_cells(THREADS_CODE)
    panel = output_with(page, "Add")
    for count, quantity in enumerate("2345"):
        panel.get_by_role("textbox", name="Quantity").fill(quantity)
        panel.get_by_role("textbox", name="Quantity").press("Tab")
        panel.get_by_role("button", name="Add").press("Enter")
        panel.get_by_text(f"{2 * count + 2} handled by 1 thread").wait_for()


def test_hostile_texts_are_texts_in_the_browser(page, run_cells):
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    run_cells(HOSTILE_CODE)
    outputs = page.locator(".jp-OutputArea-output", has_not=page.locator(".cartlib-asleep"))
    expect(outputs).to_have_count(14)
    panel, inspector, hashes, scores, shop, bar = (outputs.nth(place) for place in range(3, 9))
    panel.get_by_label("Product").select_option(HOSTILE[0] + " — 1")
    panel.get_by_role("button", name="Add").click()
    panel.get_by_text(f"Added 1 × {HOSTILE[0]}. The cart has 2 of it now.").wait_for()
    shop.get_by_label("Search").fill("$x^2$, $5")
    shop.get_by_label("Search").press("Tab")
    shop.get_by_role("button", name="Find").click()
    shop.get_by_text("Found 1 product for '$x^2$, $5'.").wait_for()
    shop.get_by_role("button", name="Pay").click()
    shop.get_by_text("Paid 15. The cart is empty").wait_for()
    shop.get_by_role("log").get_by_text("bought all").wait_for()
    shop.get_by_label("Search").fill("")
    shop.get_by_label("Search").press("Enter")
    shop.get_by_text(f"Found {len(HOSTILE)} products for ''.").wait_for()  # all in the table again
    for playground, command in ((hashes, "HGETALL"), (scores, "ZSCORE")):
        playground.get_by_role("button", name=command).click()
        playground.get_by_text(f"✓ {command} replied: ").wait_for()
    inspector.get_by_label("Key").fill("product:" + HOSTILE[1])
    inspector.get_by_label("Key").press("Tab")
    inspector.get_by_role("cell", name="category").wait_for()
    bar.get_by_role("button", name="Keep").click()
    bar.get_by_text("The time-out is off.").wait_for()

    outputs.last.locator(FORMULA).wait_for()
    assert outputs.locator(FORMULA).count() == 1 and dialogs == []
    assert page.evaluate("() => window.hacked") is None
    assert outputs.locator(ACTIVE).count() == 0
    for output, length in zip(outputs.all(), SHOWN, strict=True):
        seen = output.text_content()
        assert [text for text in HOSTILE if length and text[:length] not in seen] == []


@pytest.mark.parametrize(
    "name, label, text, played",
    [
        ("01_products_are_hashes", "Value", "green", PLAYED_01),
        ("02_the_cart_is_a_sorted_set", "Score", "2.5", PLAYED_02),
    ],
)
def test_playground_in_the_browser(lesson, name, label, text, played):
    page = lesson(name)
    playground = output_with(page, list(played)[1])
    log = playground.get_by_role("log")
    box = playground.get_by_role("textbox", name=label, exact=True)
    box.fill(text)
    box.press("Tab")
    for command, shown in played.items():
        playground.get_by_role("button", name=command, exact=True).click()
        log.get_by_text(shown, exact=True).first.wait_for()
    playground.get_by_text("Now: no such key (before: ").wait_for()
    expect(page.get_by_text("Not tried yet.")).to_have_count(3)


def test_lesson_03_in_the_browser(lesson):
    page = lesson("03_when_things_go_wrong")
    both = page.locator(".jp-OutputArea-output", has=page.get_by_role("button", name="Add"))
    first, panel = both.first, both.last
    order = first.get_by_role("textbox", name="Quantity")
    order.fill("2.5")
    order.press("Enter")
    first.get_by_text("not '2.5'").wait_for()
    expect(first.get_by_role("log").locator("summary").nth(0)).to_have_text(
        re.compile("^(Show the cart: 1|Add 2.5 × [a-z]+: 0) round trip")
    )
    order.fill("1")
    order.press("Tab")
    first.get_by_role("button", name="Remove").click()
    first.get_by_text("is not in the cart 'guest'").wait_for()
    first.get_by_text(re.compile("^Remove [a-z]+: 1 round trip$")).wait_for()

    alert, log = panel.get_by_role("alert"), panel.get_by_role("log")
    panel.get_by_text("did not answer in time").wait_for()  # the last cell that clicked
    panel.get_by_text("Cart guest: empty").wait_for()
    last = log.text_content().split("Clear the cart")[0]
    assert "> EXISTS product:poems\n(error) Timeout" in last
    assert "ZINCRBY" not in last and "CLIENT" not in last
    panel.get_by_role("textbox", name="Quantity").fill("0")
    panel.get_by_role("textbox", name="Quantity").press("Tab")
    panel.get_by_role("button", name="Add").click()
    log.get_by_text("Nothing was sent to Redis.").wait_for()
    expect(log.locator("summary").nth(0)).to_have_text("Show the cart: 1 round trip")
    expect(log.locator("summary").nth(1)).to_have_text("Add 0 × poems: 0 round trips")
    panel.get_by_role("textbox", name="Quantity").fill("1")
    panel.get_by_role("textbox", name="Quantity").press("Tab")
    panel.get_by_role("button", name="Add").click()
    panel.get_by_text(re.compile("Added 1 × .*The cart has 1 of it")).wait_for()
    panel.get_by_role("button", name=CLEAR).click()
    panel.get_by_text("Cleared. 1 line went.").wait_for()

    run_again(page, "delete_product(shop")
    page.get_by_text("The book is gone: True", exact=True).last.wait_for()
    panel.get_by_label("Product").select_option("Book of poems — 9.99")
    panel.get_by_role("button", name="Add").click()
    panel.get_by_text("There is no product 'poems'").wait_for()
    panel.get_by_role("button", name="Remove").click()
    panel.get_by_text("Product 'poems' is not in the cart 'guest'").wait_for()
    expect(alert).to_have_count(1)
    expect(page.get_by_text("Not tried yet.")).to_have_count(3)


def test_lesson_04_in_the_browser(lesson):
    page = lesson("04_carts_that_expire")
    run_again(page, "TtlBar(client")  # the cells after it have emptied the cart
    bar = output_with(page, "Start")
    bar.get_by_role("textbox", name="Seconds").fill("300")
    bar.get_by_role("textbox", name="Seconds").press("Tab")
    bar.get_by_role("button", name="Start").click()
    bar.get_by_text("The cart ends 300 s from now").wait_for()
    bar.get_by_text(re.compile("29[0-9] s left")).wait_for()  # it counts down by itself
    bar.get_by_role("button", name="Keep").click()
    bar.get_by_text("The time-out is off.").wait_for()
    expect(page.get_by_text("Not tried yet.")).to_have_count(3)


def test_lesson_05_in_the_browser(lesson):
    page = lesson("05_live_carts")
    both = page.locator(".jp-OutputArea-output", has=page.get_by_role("button", name="Add"))
    panels, feed = both.first, output_with(page, "Stop listening")
    left, right = (panels.get_by_role("table").nth(number) for number in range(2))
    panels.get_by_label("Product").first.select_option("Coffee mug — 9.50")
    panels.get_by_role("button", name="Add").first.click()
    right.get_by_role("cell", name="Coffee mug").wait_for()
    feed.get_by_text("added 1 × mug").wait_for()
    feed.get_by_role("button", name="Stop listening").click()
    page.get_by_text("○ Not listening.").wait_for()
    panels.get_by_role("button", name="Add").first.click()
    left.get_by_role("cell", name="19.00").first.wait_for()
    assert "19.00" not in right.inner_text()
    page.get_by_role("button", name=re.compile("Listen$")).click()
    right.get_by_role("cell", name="19.00").first.wait_for()
    panels.get_by_role("button", name=CLEAR).last.click()
    left.get_by_text("Cart guest: empty").wait_for()
    expect(page.get_by_text("Not tried yet.")).to_have_count(3)


def test_lesson_06_in_the_browser(lesson):
    page = lesson("06_races")
    charts = page.locator(".jp-OutputArea-output", has=page.get_by_role("button", name="Increment"))
    first, mine = charts.first, output_with(page, "Yours")
    first.get_by_role("button", name="Read, write").click()
    first.get_by_text("Ann's add is lost: Bob wrote 2 over her 2").first.wait_for()
    mine.get_by_role("textbox", name="Threads").fill("2")
    mine.get_by_role("textbox", name="Adds each").fill("10")
    mine.get_by_role("textbox", name="Adds each").press("Tab")
    mine.get_by_role("button", name="Yours").press("Enter")
    mine.get_by_text("Wanted are 3, and there are 2.").first.wait_for()
    mine.get_by_role("button", name="Increment").click()
    mine.get_by_text("Increment: 20 of 20 kept, none lost.").wait_for()
    mine.get_by_role("textbox", name="Threads").fill("99")
    mine.get_by_role("textbox", name="Threads").press("Tab")
    mine.get_by_role("button", name="Read, write").click()
    mine.get_by_role("alert").get_by_text("whole number of threads, from 1 to 8").wait_for()
    expect(page.get_by_text("Not tried yet.")).to_have_count(3)


def test_lesson_07_in_the_browser(lesson):
    page = lesson("07_fast_carts")
    chart = output_with(page, "Measure")
    row = chart.get_by_role("row", name=re.compile("^line by line"))
    chart.get_by_label("Lines", exact=True).select_option("1")
    slider = chart.get_by_role("slider", name="Network delay")
    for _ in range(4):
        slider.press("ArrowRight")
    row.get_by_text("calculated: 2 × 4 ms = 8 ms").wait_for()
    chart.get_by_role("button", name="Measure").click()
    row.get_by_text("measured: ").wait_for()
    chart.get_by_label("Task", exact=True).select_option("Add to the cart")
    slider.press("ArrowLeft")
    chart.get_by_text("calculated: 3 × 3 ms = 9 ms").wait_for()
    chart.get_by_role("button", name="Measure").click()
    chart.get_by_role("row", name=re.compile("^WATCH 3")).get_by_text("measured: ").wait_for()
    expect(page.get_by_text("Not tried yet.")).to_have_count(3)


def test_lesson_08_in_the_browser(lesson):
    page = lesson("08_growing_up")
    chart = output_with(page, "Count")
    chart.get_by_text("Where 10,000 carts land").wait_for()
    chart.get_by_label("Key", exact=True).fill("{cart}:guest#")
    chart.get_by_label("Key", exact=True).press("Tab")
    chart.get_by_role("button", name="Count").press("Enter")
    chart.get_by_text("They are in 1 slot of 16,384.").wait_for()
    chart.get_by_role("row", name="node 3 10922–16383 10,000 100.0 %").wait_for()
    chart.get_by_label("Carts", exact=True).fill("0")
    chart.get_by_role("button", name="Count").click()
    chart.get_by_role("alert").get_by_text("from 1 to 100,000, not 0").wait_for()
    expect(chart.locator(".cartlib-old")).to_contain_text("Where 10,000 carts land")
    expect(page.get_by_text("Not tried yet.")).to_have_count(3)


def test_lesson_09_in_the_browser(lesson):
    page = lesson("09_capstone")
    finished = page.locator(".jp-OutputArea-output", has=page.get_by_role("button", name="Pay"))
    finished, yours = finished.nth(0), finished.nth(1)  # the third forgets a return
    finished.get_by_role("button", name=CLEAR).click()
    search = finished.get_by_role("textbox", name="Search")
    search.fill("atlas")
    search.press("Tab")
    finished.get_by_role("button", name="Find").press("Enter")
    finished.get_by_text("Found 1 product for 'atlas'.").wait_for()
    finished.get_by_role("button", name="Add").click()
    finished.get_by_role("log").get_by_text("added 1 × atlas").wait_for()  # the feed heard it
    finished.get_by_text(re.compile("(600|59[0-9]) s left")).wait_for()
    finished.get_by_role("button", name="Pay").click()
    finished.get_by_text("The cart is empty, and the stock has less.").wait_for()
    finished.get_by_role("log").get_by_text("bought all that was in the cart").wait_for()
    finished.get_by_role(
        "row", name="atlas Pocket atlas 14.20 7", exact=True
    ).wait_for()  # 9, less one twice

    yours.get_by_role("button", name="Find").click()
    yours.get_by_text("The part 'search' is not written yet").wait_for()
    yours.get_by_role("button", name="Pay").click()
    yours.get_by_text("The part 'pay' is not written yet").wait_for()
    broken = page.locator(".cartlib-shop").nth(2)
    broken.get_by_role("button", name="Add").click()
    broken.get_by_text("The part 'add' returned None. It should return the new").wait_for()
    broken.get_by_text("Cart demo: 1 line").wait_for()
    expect(page.get_by_text("Not tried yet.")).to_have_count(4)


def test_lesson_12_in_the_browser(lesson):
    page = lesson("12_sets_and_filters")
    box = page.locator(".cartlib-control", has=page.get_by_label("Name", exact=True)).last
    name = box.get_by_label("Name", exact=True)
    box.get_by_role("cell", name="Book of poems").wait_for()
    height = box.bounding_box()["height"]
    name.press_sequentially("PU")
    expect(box.get_by_role("cell")).to_have_text(["Puzzle of 500 pieces"])
    box.get_by_role("log").get_by_text("Typed: PU: 1 round trip").wait_for()
    expect(name).to_be_focused()
    name.fill("tea")
    box.get_by_text("No name begins so.").wait_for()
    assert box.bounding_box()["height"] == height
    expect(page.get_by_text("Not tried yet.")).to_have_count(3)


CLICKED = {  # lesson: buttons of one of its controls, and what it says after each
    "10_counters_and_keys_that_act_once": [
        ("INCR", "INCR replied: "),
        ("INCRBY", "INCRBY replied: "),
        ("SET", "SET replied: OK"),
    ],
    "11_lists_and_queues": [
        ("Put an order", " waits."),
        ("Take (ann)", "ann has taken "),
        ("Finish (ann)", "ann has finished "),
    ],
    "13_orders_in_a_stream": [
        ("Place an order", " is the entry "),
        ("Read (ann)", "ann got "),
        ("bob takes over", "bob has taken over "),
        ("Done (bob)", "bob has done the entry "),
    ],
    "14_crowds_and_places": [
        ("PFADD", "PFADD replied: "),
        ("PFCOUNT", "PFCOUNT replied: "),
    ],
    "16_the_whole_shop": [
        ("Look", "Looked at poems: "),
        ("Order", "The cart 'guest' is empty."),
        ("Pack (will)", "will had nothing to pack"),
    ],
}


@pytest.mark.parametrize("name", CLICKED)
def test_control_of_the_second_part_in_the_browser(lesson, name):
    def button(place, label):  # an icon before the label belongs to its name
        return place.get_by_role("button", name=re.compile(f"(^|\\W){re.escape(label)}$"))

    page = lesson(name)
    control = page.locator(".cartlib-control", has=button(page, CLICKED[name][0][0])).first
    for label, shown in CLICKED[name]:
        made = button(control, label)
        made.click()
        control.get_by_text(shown).first.wait_for()
        expect(made).to_be_focused()
    expect(page.get_by_text("Not tried yet.")).to_have_count(4 if "whole" in name else 3)


def test_lesson_15_in_the_browser(lesson):
    page = lesson("15_documents_and_likeness")
    line = page.get_by_role("textbox", name="Redis command").first
    line.fill("""JSON.SET demo:card $ '{"to": "Ann"}'""")
    line.press("Enter")
    line.fill("JSON.GET demo:card $.to")
    line.press("Enter")
    page.get_by_text('"[\\"Ann\\"]"').first.wait_for()
    expect(page.get_by_text("Not tried yet.")).to_have_count(3)
