"""The cheat sheet of the course, on two printed pages: made of what the lessons say."""

import csv
import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from cartlib.course.index import LESSONS
from cartlib.course.overview import Chapter
from cartlib.course.structures import MEASURED, Need
from cartlib.look.html import marked_up

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SHEET = NOTEBOOKS / "cheatsheet.html"
HEADING = re.compile(r"^\| Command[^|]*\| What it does \| Cost \|$\n^\|[-|]+\|$\n", re.M)
PRINT = """
@page {size: A4; margin: 9mm 10mm;}
* {box-sizing: border-box;}
body {font: 6.9pt/1.22 "Liberation Sans", Arial, sans-serif; margin: 0 auto; max-width: 190mm;
  color: #111; background: #fff;}
h1 {font-size: 12pt; margin: 0 0 1mm;}
h2 {font-size: 7.6pt; margin: 1.2mm 0 .3mm; break-after: avoid;}
p {margin: 0 0 1mm;}
.columns {columns: 2; column-gap: 5mm;}
table {border-collapse: collapse; width: 100%; margin: 0;}
tr {break-inside: avoid;}
td, th {text-align: left; vertical-align: top; padding: .25mm 1.2mm .25mm 0;
  border-bottom: .2pt solid #bbb; overflow-wrap: anywhere;}
th {font-weight: 600; white-space: nowrap;}
.columns td:first-child {width: 37%;} .columns td:last-child {width: 24%; color: #444;}
code {font: 6.3pt "Liberation Mono", Consolas, monospace;}
.number {text-align: right;}
"""


@dataclass(frozen=True)
class Recap:
    """A row of a lesson's last table: Markdown, as it stands there."""

    command: str
    does: str
    cost: str


def recaps(lesson) -> list[Recap]:
    """Return the rows about commands of the table that a lesson ends with."""
    cells = json.loads((NOTEBOOKS / f"{lesson}.ipynb").read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    rows = [row for text in texts for row in _rows(text)]
    return [Recap(*row) for row in rows if row[0].startswith("`")]


def _rows(text):
    """Return the cells of each row of a table with the heading of a recap."""
    found = HEADING.search(text)
    if found is None:
        return []
    lines = text[found.end() :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def page() -> str:
    """Return the sheet as HTML: what each lesson says, and which structure is for what."""
    parts = "".join(_part(lesson, rows) for lesson in LESSONS if (rows := recaps(lesson)))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>Redis on two pages</title><style>{PRINT}</style></head><body>\n"
        "<h1>Redis on two pages</h1>\n"
        "<p>Each command as the lesson says it, with what it costs. <i>One step</i> takes the same "
        "time however much is there; <i>few steps</i> grow very slowly with the size.</p>\n"
        f'<div class="columns">\n{parts}</div>\n{_structures()}</body></html>\n'
    )


def _part(lesson, rows):
    lines = "".join(
        f"<tr><td>{marked_up(row.command)}</td><td>{marked_up(row.does)}</td>"
        f"<td>{marked_up(row.cost)}</td></tr>\n"
        for row in rows
    )
    return f"<h2>{escape(Chapter(lesson, ()).title)}</h2>\n<table>\n{lines}</table>\n"


def needs() -> list[Need]:
    """Return what was measured of each structure."""
    with MEASURED.open(encoding="utf-8", newline="") as file:
        return [Need(**row) for row in csv.DictReader(file)]


def _structures():
    measured = needs()
    rows = "".join(
        f"<tr><td>{escape(need.want)}</td><td>{escape(need.structure)}</td>"
        f"<td>{marked_up(f'`{need.command}`')}</td>"
        f'<td class="number">{need.bytes_each or "–"}</td>'
        f'<td class="number">{need.grows or "–"}</td></tr>\n'
        for need in measured
    )
    return (
        "<h2>Which structure for what</h2>\n<table>\n"
        "<tr><th>You want</th><th>Take</th><th>Ask by</th>"
        '<th class="number">bytes for each of 1,000</th>'
        '<th class="number">time with 100,000</th></tr>\n'
        f"{rows}</table>\n<p>Measured on {escape(measured[0].server)}: MEMORY USAGE of a key with "
        "1,000 elements, for each of them; and how many times longer the server works on the "
        "command where there are 100,000.</p>\n"
    )


def write() -> Path:
    """Write the sheet beside the notebooks, and return its path."""
    SHEET.write_text(page(), encoding="utf-8")
    return SHEET
