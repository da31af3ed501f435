"""What all controls have in common, in a browser: keys, focus, places, a kernel that is lost."""

import re

import pytest
from browser import (
    CELLS,
    OPEN,
    PATH,
    RESTART,
    SAVE,
    SHORTCUTS,
    close_notebooks,
    evaluate,
)
from playwright.sync_api import expect

SET_UP = """
from cartlib import add_to_cart, connect
from cartlib.catalogue import load_catalogue
from cartlib.widgets import *
client = connect()
load_catalogue(client)
add_to_cart(client, "lamp", 1)
"""
CONTROLS = [
    "CartPanel(client)",
    "HashPlayground(client)",
    "SortedSetPlayground(client)",
    "StringPlayground(client)",
    "ListPlayground(client)",
    "SetPlayground(client)",
    "NameBox(client)",
    "StreamPlayground(client)",
    "HyperLogLogPlayground(client)",
    "BitmapPlayground(client)",
    "GeoPlayground(client)",
    "MemoryChart()",
    "ShopMap(client)",
    "QueueBoard(client)",
    "StreamBoard(client)",
    "KeyInspector(client)",
    "TtlBar(client)",
    "LiveFeed(client)",
    "RedisConsole(client)",
]
OUTER = ".jp-Cell .cartlib-control:not(.cartlib-control .cartlib-control)"
ACTIVE = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
BOTH = f"() => [({CELLS})(), ({ACTIVE})()]"
SLEEP = """() => void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
  .requestExecute({code: "import time; time.sleep(4)"})"""

expect.set_options(timeout=60_000)


def quantity(page):
    return page.get_by_role("textbox", name="Quantity")


def test_controls_are_accessible_and_no_key_reaches_the_notebook(
    run_cells, violations_in_both_themes
):
    page = run_cells(SET_UP, *CONTROLS)
    quantity(page).press("Enter")
    page.get_by_text("Added 1 × poems").wait_for()
    assert violations_in_both_themes(page, ".cartlib-control") == []
    before = page.evaluate(CELLS)
    for number, control in enumerate(page.locator(OUTER).all()):
        parts = [control.get_by_role(role).first for role in ("button", "combobox", "log")]
        for part in parts:
            if part.count() and part.is_enabled():
                part.focus()
                active = page.evaluate(ACTIVE)
                assert active > 0, number
                for key in SHORTCUTS:
                    page.keyboard.press(key)
                    assert page.evaluate(BOTH) == [before, active], key


def test_enter_in_the_quantity_adds_what_it_shows(run_cells):
    page = run_cells(SET_UP, "CartPanel(client)")
    page.get_by_label("Product").select_option("Coffee mug — 9.50")
    for typed, told in [
        ("3", "Added 3 × mug. The cart has 3 of it now."),
        ("2.5", "not '2.5'"),
        ("2,5", "not '2,5'"),
        ("1e3", "not '1e3'"),
        ("", "not ''"),
        (" 4 ", "Added 4 × mug. The cart has 7 of it now."),
    ]:
        quantity(page).fill(typed)
        quantity(page).press("Enter")
        page.locator(".message").get_by_text(told).wait_for()
        assert quantity(page).input_value() == typed
        expect(quantity(page)).to_be_focused()
    quantity(page).press("ArrowUp")
    quantity(page).press("ArrowUp")
    quantity(page).press("ArrowDown")
    quantity(page).press("Enter")
    page.get_by_text("Added 5 × mug. The cart has 12 of it now.").wait_for()


def test_focus_stays_after_a_click_and_escape_leaves(run_cells):
    page = run_cells(SET_UP, "CartPanel(client)")
    for name in ("Add", "Remove", "Clear"):
        button = page.get_by_role("button", name=re.compile(f"{name}$")).last
        button.click()
        page.get_by_role("log").get_by_text(re.compile(f"^{name}")).first.wait_for()
        expect(button).to_be_focused()
        button.press("Enter")
        expect(button).to_be_focused()
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.closest('.cartlib-control')") is None


@pytest.mark.parametrize("control", ["CartPanel(client)", "SortedSetPlayground(client)"])
def test_nothing_below_jumps(run_cells, control):
    page = run_cells(SET_UP, control, "'below'")
    below = page.locator(".jp-Cell").last
    place = below.bounding_box()["y"]
    box = page.locator(".cartlib-control").first
    for button in box.get_by_role("button").all():
        if button.inner_text() not in ("Clear the log", "DEL", "ZREM"):
            button.click()
            box.locator(".message").first.wait_for()
            assert below.bounding_box()["y"] == place
    expect(box.locator("details").first).to_be_attached()
    assert below.bounding_box()["y"] == place


def test_the_log_sets_off_what_changes_the_cart_and_keeps_folds(run_cells):
    page = run_cells(SET_UP, "CartPanel(client)")
    log = page.get_by_role("log")
    quantity(page).press("Enter")
    log.get_by_text("Add 1 × poems").wait_for()
    assert log.locator(".main").inner_text() == '> ZINCRBY cart:{guest} 1 poems\n"1"'
    assert not log.get_by_text("EXISTS").is_visible()
    log.get_by_text("All 9 commands").click()
    assert log.locator(".trip:visible").count() == 2
    log.get_by_text("Add 1 × poems").click()
    log.get_by_text("Show the cart").click()
    log.get_by_text("> SORT").wait_for()
    quantity(page).press("Enter")
    log.get_by_text("The cart has 2").or_(log.get_by_text("Add 1 × poems").nth(1)).wait_for()
    entries = log.locator("> details")
    expect(entries).to_have_count(4)
    states = [entry.get_attribute("open") is not None for entry in entries.all()]
    assert states == [False, True, True, False]


def test_a_line_that_has_changed_flashes_once(run_cells):
    page = run_cells(SET_UP, "CartPanel(client)")
    flashing = page.locator(".cartlib-flash")
    quantity(page).press("Enter")
    page.get_by_role("cell", name="Book of poems").wait_for()
    assert flashing.count() == 1 and "poems" in flashing.inner_text()
    page.get_by_label("Product").select_option("Coffee mug — 9.50")
    quantity(page).press("Enter")
    page.get_by_role("cell", name="Coffee mug").wait_for()
    assert flashing.count() == 1 and "mug" in flashing.inner_text()


def test_a_busy_kernel_is_said_at_the_buttons(run_cells):
    page = run_cells(SET_UP, "CartPanel(client)")
    sign = "getComputedStyle(document.querySelector('.cartlib-form'), '::after').visibility"
    waits = "getComputedStyle(document.querySelector('.cartlib-main')).pointerEvents"
    assert page.evaluate(waits) != "none"
    evaluate(page, SLEEP)
    page.wait_for_function(f"() => {sign} === 'visible' && {waits} === 'none'")
    page.wait_for_function(f"() => {waits} !== 'none'")


def test_a_control_that_lost_its_kernel_says_what_to_do(run_cells):
    page = run_cells(SET_UP, "CartPanel(client)")
    name = page.evaluate(PATH)
    evaluate(page, SAVE)
    evaluate(page, RESTART)
    shown = "getComputedStyle(document.querySelector('.cartlib-control'), '::before').content"
    page.wait_for_function(f"() => {shown}.includes('has lost its kernel')")
    close_notebooks(page)
    evaluate(page, OPEN, name)
    page.get_by_text("This control is asleep. Run the first code cell, then this cell.").wait_for()
    expect(page.get_by_text("model not found")).to_be_hidden()


@pytest.mark.parametrize("control", ["QueueBoard(client)", "StreamBoard(client)"])
def test_a_board_keeps_its_places_and_is_accessible(run_cells, violations_in_both_themes, control):
    page = run_cells(SET_UP, control, "'below'")
    below = page.locator(".jp-Cell").last
    box = page.locator(".cartlib-control").first
    box.locator(".board").wait_for()
    place = below.bounding_box()["y"]
    buttons = box.locator(".cartlib-form button").filter(has_not_text="Look again")
    for number, button in enumerate([buttons.first] * 3 + buttons.all(), 1):
        button.click()
        expect(box.locator(".log > details")).to_have_count(number)
        assert below.bounding_box()["y"] == place
    box.get_by_role("button", name="Look again").click()
    expect(box.locator(".message")).to_have_count(0)
    assert box.locator(".order").count() > 1 and below.bounding_box()["y"] == place
    assert violations_in_both_themes(page, ".cartlib-control") == []
