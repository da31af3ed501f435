"""The charts, the shop and the progress in a browser, by mouse and by keyboard."""

import re
from pathlib import Path

import pytest
from browser import CELLS, PATH, SHORTCUTS
from playwright.sync_api import Locator, expect

SET_UP = """
import os
os.environ["CARTLIB_PROGRESS"] = "none.json"
from cartlib import connect
from cartlib.catalogue import load_catalogue
from cartlib.checkout import set_stock
from cartlib.course.index import progress
from cartlib.lab.network import open_network
from cartlib.widgets import *
client = connect()
load_catalogue(client)
set_stock(client, {"mug": 5, "atlas": 2})
def read_write(client, key, member):
    client.zadd(key, {member: (client.zscore(key, member) or 0) + 1})
def never_ends(client, key, member):
    while True:
        pass
"""
RACE, TRIPS = "RaceChart(client, mine=read_write)", "RoundTripChart(open_network())"
SLOTS, SHOP = "SlotChart()", "Shop(client, parts=kit_parts())"
CONTROLS = {RACE: "Read, write", TRIPS: "Measure", SLOTS: "Count", SHOP: "Pay"}
DONE = {
    RACE: re.compile("Read, write: .* kept"),
    TRIPS: re.compile("Measured: the median"),
    SLOTS: re.compile("Calculated 10,000 keys"),
    SHOP: re.compile("The cart 'guest' is empty"),
}

expect.set_options(timeout=60_000)


@pytest.fixture
def opened(run_cells):
    """A function that shows this in a cell, with another cell below, and gives the page."""
    return lambda code: run_cells(SET_UP, code, "'below'")


def heights(page):
    """Note how far below the control's top the next cell stands, each time the page is drawn."""
    page.evaluate("""() => {
      const below = [...document.querySelectorAll(".jp-Cell")].at(-1);
      const control = document.querySelector(".cartlib-control");
      const heights = window.heights = new Set();
      const note = () => {
        if (!below.isConnected) return;
        heights.add(below.getBoundingClientRect().y - control.getBoundingClientRect().y);
        requestAnimationFrame(note);
      };
      note();
    }""")
    return lambda: page.evaluate("() => [...window.heights]")


@pytest.mark.parametrize("control", CONTROLS)
def test_control_works_and_keeps_its_place_the_focus_and_the_cells(opened, control):
    """The first of two by the mouse, the second by the keyboard."""
    page = opened(f"display({control}, {control})")
    before = page.evaluate(CELLS)
    boxes = page.locator(".jp-OutputArea-output", has=page.locator(".cartlib-control"))
    for number, press in enumerate([Locator.click, lambda button: button.press("Enter")]):
        box = boxes.nth(number)
        button = box.get_by_role("button", name=re.compile(CONTROLS[control] + "$")).first
        button.scroll_into_view_if_needed()
        places = heights(page)
        press(button)
        box.locator(".message").get_by_text(DONE[control]).wait_for()
        expect(button).to_be_focused()
        for key in SHORTCUTS:
            page.keyboard.press(key)
        assert len(places()) == 1 and page.evaluate(CELLS) == before


def test_stories_of_a_race(opened):
    page = opened(RACE)
    story = page.locator(".story")
    rows = story.locator("tbody tr")
    page.get_by_role("button", name="Read, write").click()
    story.get_by_text("Read, write: Ann and Bob both add 1").wait_for()
    expect(rows).to_have_count(5)
    assert page.locator(".cartlib-wide .message.error").count() == 1
    lost = story.get_by_text("Ann's add is lost: Bob wrote 2 over her 2")
    assert lost.evaluate("e => getComputedStyle(e).color") != rows.first.evaluate(
        "e => getComputedStyle(e).color"
    )
    page.get_by_role("button", name="Watch both").click()
    story.get_by_text("Watch both: Ann and Bob both add 1").wait_for()
    story.get_by_text("refused: what was watched has changed").wait_for()
    expect(rows).to_have_count(13)
    assert page.locator(".cartlib-wide .message.said").count() == 1


def test_function_of_ones_own_is_raced_and_ended(opened):
    page = opened(RACE + "; RaceChart(client, mine=never_ends)")
    page.get_by_role("button", name="Yours").click()
    page.get_by_role("alert").get_by_text("Your function did not end.").wait_for()
    expect(page.get_by_role("button", name="Yours")).to_be_focused()
    page.get_by_role("button", name="Increment").click()
    page.get_by_text("Increment: 100 of 100 kept, none lost.").wait_for()


def test_slider_calculates_and_a_second_click_is_ignored(opened):
    page = opened(TRIPS)
    slider = page.get_by_role("slider", name="Network delay")
    slider.fill("20")
    page.get_by_text("calculated: 11 × 20 ms = 220 ms").wait_for()
    slider.press("ArrowLeft")
    page.get_by_text("calculated: 11 × 19 ms = 209 ms").wait_for()
    page.get_by_text("takes about 2 s: 10 lines at 19 ms").wait_for()
    messages = page.locator(".message")
    page.evaluate("""() => { window.told = []; new MutationObserver(() => {
      const text = document.querySelector(".message")?.textContent;
      if (text && window.told.at(-1) !== text) window.told.push(text);
    }).observe(document.body, {childList: true, subtree: true}); }""")
    button = page.get_by_role("button", name="Measure")
    for _ in range(3):
        button.press("Enter")
    messages.get_by_text("✓ Measured: the median").wait_for()
    slider.press("ArrowLeft")  # done after all that was pressed before
    page.get_by_text("measured before, 10 lines at 19 ms: ").first.wait_for()
    told = page.evaluate("() => window.told")
    assert sum("✓ Measured" in text for text in told) == 1
    assert any("Measuring: 1 of about 2 s …" in text for text in told)


def test_enter_counts_and_one_node_for_all_is_bad_news(opened):
    page = opened(SLOTS)
    carts, message = page.get_by_role("textbox", name="Carts"), page.locator(".message")
    carts.fill("2.5")
    carts.press("Enter")
    message.get_by_text("not '2.5'").wait_for()
    assert carts.input_value() == "2.5" and page.locator(".cartlib-old").count() == 1
    carts.fill("10")
    carts.press("Enter")
    message.get_by_text("✓ Calculated 10 keys").wait_for()
    expect(page.locator(".cartlib-old")).to_have_count(0)
    key = page.get_by_label("Key")
    key.fill("{cart}:guest#")
    key.press("Enter")
    message.get_by_text("⚠ Calculated 10 keys").wait_for()
    expect(key).to_be_focused()


def test_shop_fits_the_screen_and_refuses_a_payment(opened):
    page = opened(SHOP)
    search = page.get_by_role("textbox", name="Search")
    search.fill("mug")
    search.press("Enter")
    page.get_by_text("Found 1 product for 'mug'.").wait_for()
    quantity = page.get_by_role("textbox", name="Quantity")
    quantity.fill("7")
    quantity.press("Enter")
    page.get_by_text("Added 7 × mug.").wait_for()
    seconds = page.get_by_role("textbox", name="Seconds until the cart ends")
    seconds.fill("300")
    seconds.press("Enter")
    page.get_by_text(re.compile("(300|29[0-9]) s left")).wait_for()
    pay = page.get_by_role("button", name="Pay")
    pay.click()
    page.get_by_role("alert").get_by_text("The cart has 7 of 'mug', but the stock has 5").wait_for()
    parts = [search, page.get_by_role("row", name="mug Coffee mug 9.50 5"), quantity, pay, seconds]
    boxes = [part.bounding_box() for part in parts]
    height = max(b["y"] + b["height"] for b in boxes) - min(b["y"] for b in boxes)
    assert height < 560  # what JupyterLab leaves of 800
    total = page.get_by_role("row", name="Total 66.50").bounding_box()
    assert boxes[1]["x"] < total["x"] and total["y"] < boxes[3]["y"] < boxes[4]["y"]


def test_progress_leads_to_what_is_open(opened):
    page = opened("progress()")
    table = page.get_by_role("table").filter(has_text="Solved: 0 of")
    row = table.get_by_role("row", name=re.compile("^02 · The cart is a sorted set"))
    assert table.bounding_box()["height"] < 36 * table.get_by_role("row").count()
    row.get_by_text(re.compile("^[0-9]+ open$")).press("Enter")
    for key in SHORTCUTS:
        page.keyboard.press(key)
    row.get_by_role("link", name="Write add_to_cart.").click()
    page.wait_for_function(f"{PATH[6:]} === '02_the_cart_is_a_sorted_set.ipynb'")


def test_progress_is_kept_apart_from_the_persons(run_cells):
    page = run_cells("from cartlib import progress\nprint(progress.path().parent)")
    output = page.locator(".jp-OutputArea-output").filter(has_text="/").first
    assert str(Path.home()) != output.inner_text().strip()


def test_charts_are_accessible(run_cells, violations_in_both_themes):
    page = run_cells(SET_UP, *CONTROLS, "progress()")
    for name in ("Read, write", "Measure", "Pay"):
        page.get_by_role("button", name=re.compile(f"{name}$")).first.click()
    page.get_by_role("alert").get_by_text("The cart 'guest' is empty").wait_for()
    parts = {"include": [[".cartlib-control"], [".chapters"]]}
    assert violations_in_both_themes(page, parts) == []
