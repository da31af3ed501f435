"""RedisConsole and %%redis in a real browser: keys, focus, history, completion."""

import re

from playwright.sync_api import expect

SET_UP = """
from cartlib import connect
from cartlib.catalogue import load_catalogue
from cartlib.widgets import RedisConsole, use_redis_magic
client = connect()
load_catalogue(client)
use_redis_magic(client)
RedisConsole(client)
"""
CELL = "%%redis\nHSET product:lamp price 30.00\nHGET product:lamp price\nFLUSHALL"
KINDS = "() => window.jupyterapp.shell.currentWidget.content.widgets.map(c => c.model.type)"
AT_THE_END = "log => Math.abs(log.scrollTop) < 2 && log.scrollHeight > log.clientHeight"


def test_console_in_the_browser(run_cells):
    page = run_cells(SET_UP, CELL)
    below = page.locator(".jp-Cell").last
    place = below.bounding_box()["y"]
    line = page.get_by_role("textbox", name="Redis command")
    log = page.get_by_role("log")
    line.click()

    # What is typed at once is sent line by line, in order; the focus stays.
    for text in (
        "HELP list",
        "HSET product:mug price 10.00",
        "INCR demo:n",
        "INCR demo:n",
        "FLUSHALL",
    ):
        page.keyboard.type(f"{text}\n")
    log.get_by_text("(refused) FLUSHALL would delete").wait_for()
    expect(log.locator(".entry")).to_have_count(5)
    assert log.locator(".entry").nth(3).inner_text() == "> INCR demo:n\n(integer) 2"
    expect(line).to_be_focused()
    expect(line).to_have_value("")

    # ↑ and ↓ go through what was typed, and back to what is being typed.
    page.keyboard.type("ECHO dra")
    for key, value in (("Up", "FLUSHALL"), ("Up", "INCR demo:n"), ("Down", "FLUSHALL")):
        page.keyboard.press(f"Arrow{key}")
        expect(line).to_have_value(value)
    page.keyboard.press("ArrowDown")
    expect(line).to_have_value("ECHO dra")

    # Tab completes commands and keys; the help stands below.
    line.fill("")
    page.keyboard.type("hgeta")
    page.get_by_text("Tab: HGETALL").wait_for()
    page.keyboard.press("Tab")
    page.get_by_text("HGETALL key: Return all fields and values").wait_for()
    page.keyboard.type(" product:mu")
    page.keyboard.press("Tab")
    expect(line).to_have_value("HGETALL product:mug")
    page.keyboard.press("Enter")
    page.get_by_role("cell", name="Coffee mug").wait_for()
    assert log.evaluate(AT_THE_END)
    for _ in range(3):
        page.keyboard.press("Tab")  # nothing to complete, so it leaves
    expect(line).not_to_be_focused()

    # Many keys are scrolled in their own room: nothing below jumps.
    line.fill("EXISTS product:mug product:lamp product:tea product:kettle product:apron products")
    page.get_by_text("EXISTS key …: Count").wait_for()
    line.press("Enter")
    page.get_by_role("region", name="Keys").get_by_text("atlas").wait_for()
    assert below.bounding_box()["y"] == place

    # Keys of the notebook's shortcuts are letters here.
    line.click()
    for key in ("m", "a", "d", "d", "ArrowDown", "Home", "Delete", "Backspace"):
        page.keyboard.press(key)
    assert page.evaluate(KINDS) == ["code", "code"]
    page.keyboard.press("Escape")
    expect(line).not_to_be_focused()

    page.get_by_role("button", name="Clear").click()
    expect(log.locator(".entry")).to_have_count(0)
    line.click()
    page.keyboard.press("ArrowUp")
    expect(line).to_have_value(re.compile("EXISTS product:mug"))

    # The card of the cell below.
    card = page.locator(".jp-OutputArea-output").last
    assert "> HGET product:lamp price" in card.inner_text() and '"30.00"' in card.inner_text()
    card.get_by_role("cell", name="→ 30.00").wait_for()
