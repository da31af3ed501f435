"""Expected beside yours: which lines stand in one row, and what is marked."""

import re
from html import unescape

import pytest

from cartlib.look.compare import (
    LONG,
    MOST,
    aligned,
    beside,
    in_a_line,
    lines_of,
    lines_of_key,
    marked,
    shortened,
)


def rows(html):
    """Return the rows of a table: sign, left, right, with [ ] around what is marked."""
    found = []
    for row in re.findall("<tr class=.*?</tr>", html, re.S):
        cells = re.findall("<td[^>]*>(.*?)</td>", row, re.S)
        marks = [re.sub("</?mark>", lambda m: "[]"["/" in m[0]], cell) for cell in cells]
        found.append(tuple(unescape(re.sub("<[^>]*>", "", cell)) for cell in marks))
    return found


def test_equal_lines_stand_beside_each_other():
    one, two = ["a", "mug: 1", "z"], ["mug: 2", "pen: 3", "z"]
    assert aligned(one, two) == [
        ("a", None),
        ("mug: 1", "mug: 2"),
        (None, "pen: 3"),
        ("z", "z"),
    ]


def test_signs_and_marks_tell_what_differs():
    html = beside("a\nmug: 1\nz", "mug: 1.0\nz\npen: 3")
    assert rows(html) == [
        ("−", "[a]", "(missing)"),
        ("≠", "mug: [1]", "mug: [1.0]"),
        ("", "z", "z"),
        ("+", "(nothing)", "[pen: 3]"),
    ]
    assert re.findall('title="(.*?)"', html) == ["is missing in yours", "differs", "only in yours"]


def test_headers_stand_over_their_cells():
    html = beside("a", "b")
    assert re.search(
        '<tr><td class="sign"></td><th scope="col">Expected</th><th scope="col">Yours</th></tr>',
        html,
    )
    assert re.search('<tr class="differs"><td class="sign"[^>]*>≠</td><td>.*</td><td>', html)


def test_only_long_lines_share_the_width_evenly():
    assert '<table class="beside">' in beside("a b", "c")
    assert '<table class="beside wide">' in beside("a " * 40, "c")


def test_what_is_marked_is_escaped():
    html = beside("<img src=x>\nsame", "same\n<svg>") + beside("<img src=x>", "quite another")
    assert "<img" not in html and "<svg" not in html
    assert html.count("&lt;img src=x&gt;") == 2 and html.count("&lt;svg&gt;") == 1


def test_words_and_numbers_are_marked_as_a_whole():
    assert marked("returns 9.5 now", "returns 9.50 now") == "returns <mark>9.5</mark> now"
    assert marked("lamps are here", "lamp are here") == "<mark>lamps</mark> are here"
    assert marked("<b>", "<i>") == "&lt;<mark>b</mark>&gt;"
    assert marked("same", "same") == "same"


@pytest.mark.parametrize(
    "one, two",
    [
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
        ({"x", "y", "z"}, {"z", "x", "y"}),
        ([{"b": 1, "a": {"d", "c"}}], [{"a": {"c", "d"}, "b": 1}]),
    ],
)
def test_what_has_no_order_is_written_in_one_order(one, two):
    for split in (False, True):
        assert lines_of(one, split) == lines_of(two, split)
    assert in_a_line(one) == in_a_line(two)


def test_value_is_written_as_python_does_a_line_for_each_part():
    pairs = [("mug", 1), ("lamp", 2.0)]
    assert in_a_line(pairs) == repr(pairs)
    assert lines_of(pairs, True) == ["[", "  ('mug', 1),", "  ('lamp', 2.0),", "]"]
    assert lines_of(3, True) == ["3"] and in_a_line((1,)) == "(1,)" and in_a_line(set()) == "set()"
    assert lines_of(list(range(10**6)), True)[-2] == "  … and 999,700 more"


def test_value_that_holds_itself_is_written():
    endless = []
    endless.append(endless)
    assert in_a_line(endless).startswith("[[[")


def test_key_is_written_with_its_type_and_its_end():
    assert lines_of_key("cart:{a}", "zset", {"mug": 3.0, "lamp": 2.5}, 60_000) == [
        "cart:{a}: sorted set, ends in 60 s",
        "  lamp: 2.5",
        "  mug: 3",
    ]
    assert lines_of_key("p", "hash", {"b": "3", "a": "x"}, None) == [
        "p: hash",
        "  a: 'x'",
        "  b: '3'",
    ]
    assert lines_of_key("p", "set", {"b", "a"}, None) == ["p: set", "  'a'", "  'b'"]
    assert lines_of_key("p", "list", ["b", "a"], None) == ["p: list", "  'b'", "  'a'"]
    assert lines_of_key("p\n", "string", "3", None) == ["p\\n: text", "  '3'"]


def test_long_runs_of_equal_lines_are_left_out():
    same = [f"line {number}" for number in range(40)]
    one, two = shortened([*same, "a: 1"], [*same, "a: 2"])
    assert one.split("\n") == ["… 38 lines alike", "line 38", "line 39", "a: 1"]
    assert two.split("\n") == ["… 38 lines alike", "line 38", "line 39", "a: 2"]
    assert shortened(["a"], ["b"]) == ("a", "b") and shortened([], []) == ("", "")
    assert len(shortened(["a"] * 500, ["b"] * 500)[0].split("\n")) == MOST


def test_long_line_is_cut_to_where_it_differs():
    one, two = shortened(["x" * 5000 + "1" + "y" * 500], ["x" * 5000 + "2" + "y" * 500])
    assert "x1y" in one and "x2y" in two and len(one) <= LONG + 4
