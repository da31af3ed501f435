"""Two notebooks, two kernels: what one publishes reaches the other over a real server only."""

import os
import re
from contextlib import contextmanager

import nbformat
import pytest
from kernels import path_of, running_kernel

from cartlib.lab.server_program import MISSING

LESSON = path_of("05_live_carts")
LIMIT = 60  # seconds
WAIT = """
import asyncio
async def shows(widget, text):
    found = asyncio.Event()
    def look(_=None):
        if text in widget.value:
            found.set()
    widget.observe(look, "value")
    look()
    await asyncio.wait_for(found.wait(), 10)
"""


@contextmanager
def kernel(**env):
    """Start a kernel, and give a function that runs code in it and returns what was printed."""
    env = {name: value for name, value in os.environ.items() if name != "REDIS_URL"} | env
    with running_kernel(env=env) as (manager, client):

        def run(code):
            printed = []
            reply = client.execute_interactive(
                code,
                timeout=LIMIT,
                output_hook=lambda m: printed.append(m["content"].get("text", "")),
            )
            assert reply["content"]["status"] == "ok", reply["content"]
            return "".join(printed)

        yield run
        manager.shutdown_kernel()  # as JupyterLab does: the kernel may say goodbye


def cell(part):
    """Return the lesson's code cell that holds `part`."""
    cells = nbformat.read(LESSON, as_version=4).cells
    return next(c.source for c in cells if c.cell_type == "code" and part in c.source)


def code_for_the_other_notebook(port):
    """Return the code that the lesson's text asks to put into another notebook."""
    text = "\n".join(c.source for c in nbformat.read(LESSON, as_version=4).cells)
    (code,) = [c for c in re.findall(r"```python\n(.*?)```", text, flags=re.S) if "12345" in c]
    return code.replace("12345", port)


def test_event_travels_from_one_notebook_to_the_other(server):
    with kernel() as here, kernel() as there:
        here(cell("connect()"))
        port = re.search(r"this number: (\d+)", here(cell("start_server()")))[1]
        there(WAIT + code_for_the_other_notebook(port))
        there('await shows(feed.state, "✓ Listening")')
        here('cart.add_to_cart(shared, "mug", 2)')
        there('await shows(feed.heard, "1. added 2 × mug")')
        assert there('print("19.00" in panel.table.value)') == "True\n"
        there('import cartlib\ncartlib.add_to_cart(client, "lamp", 1)')
        assert here('print("Desk lamp" in shared_panel.table.value)') == "False\n"
        here(WAIT + "shared_feed = LiveFeed(shared, panels=[shared_panel])\nshared_feed.listen()")
        here('await shows(shared_feed.state, "✓ Listening")')
        there('cartlib.add_to_cart(client, "lamp", 1)')
        here('await shows(shared_feed.heard, "1. added 1 × lamp")')
        assert here('print("Desk lamp" in shared_panel.table.value)') == "True\n"


def test_notebooks_with_fakeredis_share_nothing():
    with kernel() as here, kernel() as there:
        there(WAIT + cell("connect()") + '\nfeed.listen()\nawait shows(feed.state, "✓ Listening")')
        here(cell("connect()"))
        here('cart.add_to_cart(client, "mug", 2)')
        assert here('print(client.publish("cart:{guest}:events", "{}"))') == "0\n"
        assert there("print(feed.count, cart.get_cart_items(client))") == "0 []\n"


def test_lesson_says_how_to_get_a_server_where_there_is_none():
    with kernel(CARTLIB_SERVER="") as here:
        here(cell("connect()"))
        assert here(cell("start_server()")) == f"{MISSING}\n"


HEARD_BY = """
async def heard_by(name, wanted):
    while client.publish(f"cart:{{{name}}}:events", "{}") != wanted:
        await asyncio.sleep(0)
"""


@pytest.mark.parametrize(
    ("part", "name", "listeners"), [("await heard.get()", "demo", 0), ("feed.listen()", "guest", 1)]
)
def test_cells_that_listen_leave_no_listener_when_they_run_again(part, name, listeners):
    with kernel() as here:
        here(WAIT + HEARD_BY)
        for _ in range(2):
            here(cell("connect()"))
            here(cell(part))
            here(cell(part))
        if listeners:
            here('await shows(feed.state, "✓ Listening")')
        here(f'await asyncio.wait_for(heard_by("{name}", {listeners}), 10)')  # stop() is no wait
