"""Records what the cells of the lessons show that need a server, for where there can be none.

    python .site/record.py

It runs each lesson that starts a server here twice without one, and once with one. A cell needs it
if it starts a server, or comes after a set-up cell that does, and shows the same text each time
without one, and another one with it.
"""

import json
import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
WIDGET = "application/vnd.jupyter.widget-view+json"
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE / "stand_ins")]

from cartlib_browser import digest  # noqa: E402

from cartlib.connection import connect, describe  # noqa: E402
from cartlib.lab.local_server import start_server  # noqa: E402


def record():
    """Write recorded.json."""
    cells = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        if "start_server" not in path.read_text(encoding="utf-8"):
            continue
        without, again = texts(path, CARTLIB_SERVER=""), texts(path, CARTLIB_SERVER="")
        set_up, *others = texts(path).items()
        for source, text in others:
            needs_one = "start_server" in set_up[0] + source and "NotImplemented" not in text
            if needs_one and text and without[source] == again[source] != text:
                cells[digest(source)] = text
    with start_server() as server, connect(url=server.url) as client:
        name = re.search(r"(Redis|Valkey) [\d.]+", describe(client))[0]
    found = {"server": name, "cells": cells}
    (HERE / "recorded.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def texts(path, **env) -> dict:
    """Run a lesson, and return what each cell of code showed as text, but for its controls."""
    notebook = nbformat.read(path, as_version=4)
    env = {name: value for name, value in os.environ.items() if name != "REDIS_URL"} | env
    NotebookClient(notebook, resources={"metadata": {"path": str(path.parent)}}).execute(env=env)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return {cell.source: text_of(cell.outputs) for cell in cells}


def text_of(outputs):
    """Return outputs as one text; nothing where a control is among them, which needs its kernel."""
    pairs = [(output, output.get("data", {})) for output in outputs]
    if any(WIDGET in data for _, data in pairs):
        return ""
    return "".join(output.get("text", "") or data.get("text/plain", "") for output, data in pairs)


if __name__ == "__main__":
    record()
