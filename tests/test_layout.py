"""Every module is on its floor, and imports only what lies below it."""

import ast
from pathlib import Path

import pytest

CARTLIB = Path(__file__).parent.parent / "cartlib"
FLOORS = [  # the lowest first; a folder is one room, whose modules may import each other
    {"errors"},
    {"keys", "values", "failures", "timed_pool", "progress", "pretended"},
    {"product_file"},
    {"connection", "catalogue", "events"},
    {"cart", "checkout"},
    {"expiry", "shop", "lab", "look"},
    {"views", "practice"},
    {"menu", "widgets", "questions"},
    {"course"},
]
FLOOR_OF = {room: number for number, floor in enumerate(FLOORS) for room in floor}
MODULES = sorted(CARTLIB.rglob("*.py"))
FRONT_DOORS = {"__init__": "cart", "__main__": "menu"}  # and the highest room that each may import


def room_of(path):
    """Return the room of a module: its folder, or its own name."""
    return path.relative_to(CARTLIB).parts[0].removesuffix(".py")


def imported_rooms(path):
    """Return the rooms that a module imports, also inside its functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            found |= {f"{node.module}.{name.name}" for name in node.names}
    inside = [name.split(".") for name in found if name.split(".")[0] == "cartlib"]
    assert all(len(parts) > 1 for parts in inside), "import what you need, not cartlib as a whole"
    return {parts[1] for parts in inside}


def test_every_module_has_a_room():
    rooms = {room_of(path) for path in MODULES}
    assert rooms == {*FLOOR_OF, *FRONT_DOORS}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CARTLIB)))
def test_imports_go_down(path):
    room, imported = room_of(path), imported_rooms(path)
    assert imported <= set(FLOOR_OF)
    if room in FRONT_DOORS:
        assert all(FLOOR_OF[below] <= FLOOR_OF[FRONT_DOORS[room]] for below in imported)
    else:
        assert all(FLOOR_OF[below] < FLOOR_OF[room] for below in imported - {room})


def test_practice_and_widgets_do_not_know_each_other():
    rooms = {room_of(path): set() for path in MODULES}
    for path in MODULES:
        rooms[room_of(path)] |= imported_rooms(path)
    assert "practice" not in rooms["widgets"] and "widgets" not in rooms["practice"]


def test_cart_stays_short():
    assert len((CARTLIB / "cart.py").read_text(encoding="utf-8").splitlines()) <= 240


def test_tests_mirror_the_rooms():
    folders = {path.name for path in Path(__file__).parent.iterdir() if any(path.glob("test_*.py"))}
    assert folders == {"shop", "lab", "practice", "widgets", "course", "notebooks", "edition"}
