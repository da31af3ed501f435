"""The results: kept as JSON, and shown as RESULTS.md, in which nothing is typed by hand."""

import json
from pathlib import Path

FOLDER = Path(__file__).parent
DATA, PAGE = FOLDER / "results.json", FOLDER / "RESULTS.md"
PARTS = {
    "operations": "What a function of the kit costs, against the one command that does its work.",
    "ways": "The same cart as people write it, and as the kit does.",
    "growth": "What more lines, products, carts, clients and a slower network do.",
    "pages": "What somebody waits for in JupyterLab, in a real browser.",
    "course": "How long the lessons and their checks take.",
    "ci": "How long .ci/run takes; read from its output, which CARTLIB_CI_LOG names.",
}
HEAD = """# What was measured

Made by `python tests/benchmarks`, which measures all of it anew; nothing in here is typed by hand.
Compare ratios, not times: what is compared took turns in one run on one computer.
"""


def keep(part, about, circumstances, seconds, tables):
    """Keep what a part found, beside what other parts have found, and write the page anew."""
    found = read()
    found[part] = circumstances | {"about": about, "seconds": round(seconds), "tables": tables}
    text = json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True)
    DATA.write_text(text + "\n", encoding="utf-8")
    PAGE.write_text(page(found), encoding="utf-8")


def read() -> dict:
    """Return what was found, by part."""
    return json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {}


def page(found) -> str:
    """Return the results as Markdown."""
    return "\n".join([HEAD, *(_part(name, found[name]) for name in PARTS if name in found)])


def _part(name, part):
    measured = (
        f"{part['about']}\n\nMeasured {part['when']} in {part['seconds']:,} s. {part['machine']}; "
        f"{part['system']}; load before it {part['load']}. {part['packages']}; {part['code']}.\n"
    )
    tables = "\n".join(table_text(table) for table in part["tables"])
    title = "CI" if name == "ci" else name.capitalize()
    return f"## {title}\n\n{measured}\n{tables}"


def table_text(table) -> str:
    """Return one table as Markdown."""
    lines = [table["columns"], ["---"] * len(table["columns"]), *table["rows"]]
    rows = "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)
    return f"### {table['title']}\n\n{table['about']}\n\n{rows}"


def _cell(text):
    return text.replace("|", "\\|").replace("\n", " ")
