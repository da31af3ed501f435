"""What is different in a browser: there is no server, no thread, and no home that lasts.

A kernel calls start() before its first cell. The lessons and the kit know nothing of it.
"""

import hashlib
import json
import warnings
from functools import cache
from html import escape
from importlib.resources import files

NO_SERVER = (
    "There is no Redis server in a browser. Where a text was recorded with one, it stands below "
    "the cell, if you have not changed that. To run it yourself, take the kit to your computer."
)


def start():
    """Prepare this kernel, and tell the page that it is ready."""
    import js
    from IPython import get_ipython

    from cartlib.lab import server_program

    server_program.MISSING = NO_SERVER
    warnings.filterwarnings("ignore", message="tqdm:disabling monitor support")
    shell = get_ipython()
    shell.Completer.use_jedi = False  # it is left out, as it is large
    shell.events.register("post_run_cell", show_recorded)
    js.BroadcastChannel.new("cartlib loading").postMessage("")


def show_recorded(result):
    """Show below a cell what it showed where there was a server, if it was recorded."""
    from IPython.display import HTML, display

    record = recorded()
    found = record["cells"].get(digest(result.info.raw_cell))
    if found:
        text = f"Recorded with {record['server']}; nothing of it ran here:"
        display(HTML(f"<p><strong>{escape(text)}</strong></p><pre>{escape(found)}</pre>"))


@cache
def recorded() -> dict:
    """Return what was recorded: the server's name, and what each cell showed, by its digest."""
    return json.loads(files(__package__).joinpath("recorded.json").read_text(encoding="utf-8"))


def digest(source) -> str:
    """Return by what a cell is known: its source, without the white space around it."""
    return hashlib.sha256(source.strip().encode()).hexdigest()[:16]
