"""SlotChart, clicked without a browser and without a server."""

import re
import xml.etree.ElementTree as ET

import pytest

from cartlib.lab.slots import count_by_node
from cartlib.widgets import SlotChart

BAD_TAG = "{cart}:guest#"


@pytest.fixture
def chart():
    return SlotChart()


def click(chart, carts=None, pattern=None):
    chart.carts.value = chart.carts.value if carts is None else carts
    chart.pattern.value = chart.pattern.value if pattern is None else pattern
    chart.count.click()


def counts(chart):
    """Return the column `carts` of the table, without its total."""
    body = re.search("<tbody>(.*)</tbody>", chart.chart.value).group(1)
    return [int(cells[2].replace(",", "")) for cells in rows(body)]


def rows(body):
    return [re.findall("<td[^>]*>(.*?)</td>", row) for row in re.findall("<tr>(.*?)</tr>", body)]


def drawing(chart):
    return ET.fromstring(re.search("<svg.*</svg>", chart.chart.value).group())


def test_chart_begins_with_ten_thousand_carts(chart):
    held = count_by_node([f"cart:{{guest{number}}}" for number in range(1, 10_001)])
    assert counts(chart) == held and sum(held) == 10_000 and min(held) > 3_000
    assert "from cart:{guest1} to cart:{guest10000}" in chart.message.value
    assert re.search("in [4-9],[0-9]{3} different slots", chart.message.value)


def test_chart_of_a_tag_that_all_share(chart):
    click(chart, pattern=BAD_TAG)
    assert counts(chart) == [0, 0, 10_000] and "in 1 slot of 16,384" in chart.message.value


def test_chart_of_empty_braces_is_spread_out(chart):
    click(chart, pattern="cart:{}:guest#")
    assert min(counts(chart)) > 3_000


def test_chart_of_ten_carts_is_less_equal(chart):
    click(chart, 10)
    assert counts(chart) == [3, 2, 5]


def test_chart_of_the_carts_that_the_lesson_writes(chart):
    click(chart, 600)
    assert counts(chart) == [212, 192, 196]


def test_chart_counts_only_when_it_is_clicked(chart):
    before = chart.chart.value
    chart.carts.value = 5
    assert chart.chart.value == before
    click(chart)
    assert sum(counts(chart)) == 5


def test_chart_draws_each_share(chart):
    click(chart, 100, BAD_TAG)
    bars = [bar for bar in drawing(chart).iter("rect") if bar.get("fill") != "none"]
    full = next(bar for bar in drawing(chart).iter("rect") if bar.get("fill") == "none")
    assert [float(bar.get("width")) for bar in bars] == [0, 0, float(full.get("width"))]


def test_chart_has_labels_and_a_text_alternative(chart):
    click(chart, 100, BAD_TAG)
    svg = drawing(chart)
    words = [text.text for text in svg.iter("text")]
    assert words[:2] == ["node 1: 0–5460", "0 (0.0 %)"] and words[-1] == "100 (100.0 %)"
    assert svg.get("role") == "img" and svg.find("title").text == "Where 100 carts land"
    assert svg.find("desc").text.endswith("node 3, slots 10922–16383: 100, 100.0 %")
    assert svg.find("desc").text in svg.get("aria-label")


def test_chart_needs_no_network(chart):
    assert not re.search("https?:|<script|<img|url\\(", chart.chart.value)


def test_chart_of_more_nodes():
    chart = SlotChart(nodes=5)
    assert len(counts(chart)) == 5 and sum(counts(chart)) == 10_000


@pytest.mark.parametrize("carts", [0, -1, 100_001])
def test_chart_of_a_bad_number(chart, carts):
    click(chart, carts)
    assert f"from 1 to 100,000, not {carts}" in chart.message.value
    assert 'role="alert"' in chart.message.value and "<svg" not in chart.chart.value


@pytest.mark.parametrize(
    "pattern, words", [("cart:{guest}", "Put a # into it"), ("", "Put a #"), ("\ud800#", "UTF-8")]
)
def test_chart_of_a_bad_name(chart, pattern, words):
    click(chart, 10, pattern)
    assert words in chart.message.value and "<svg" not in chart.chart.value


def test_chart_escapes_what_was_typed(chart):
    click(chart, 10, "<img src=x onerror=alert(1)>#")
    assert "<img" not in chart.message.value + chart.chart.value
    assert "&lt;img" in chart.message.value


def test_chart_recovers_from_an_error(chart):
    click(chart, 0)
    click(chart, 7)
    assert sum(counts(chart)) == 7 and 'role="alert"' not in chart.message.value


def test_inputs_are_labelled(chart):
    for control in (chart.carts, chart.pattern, chart.count):
        assert control.description and control.tooltip
