"""SlotChart, clicked without a browser and without a server."""

import re
from html import unescape

import pytest

from cartlib.lab.slots import count_by_node
from cartlib.widgets import SlotChart

BAD_TAG = "{cart}:guest#"


@pytest.fixture
def chart():
    return SlotChart()


def click(chart, carts=None, pattern=None):
    chart.carts.value = chart.carts.value if carts is None else str(carts)
    chart.pattern.value = chart.pattern.value if pattern is None else pattern
    chart.count.click()


def rows(chart):
    """Return the cells of each node: slots, carts, share."""
    body = re.search("<tbody>(.*)</tbody>", chart.chart.value).group(1)
    return [
        re.findall(">([^<>]+)</(?:th|td|div)>", row) for row in re.findall("<tr>(.*?)</tr>", body)
    ]


def counts(chart):
    return [int(row[2].replace(",", "")) for row in rows(chart)]


def bars(chart):
    return [float(length) for length in re.findall(r"width:([\d.]+)%", chart.chart.value)]


def test_chart_begins_with_ten_thousand_carts(chart):
    held = count_by_node([f"cart:{{guest{number}}}" for number in range(1, 10_001)])
    assert counts(chart) == held and sum(held) == 10_000 and min(held) > 3_000
    assert "from cart:{guest1} to cart:{guest10000}" in chart.message.value
    assert re.search("in [4-9],[0-9]{3} different slots", chart.message.value)


def test_chart_of_a_tag_that_all_share(chart):
    click(chart, pattern=BAD_TAG)
    assert counts(chart) == [0, 0, 10_000]
    assert "⚠ Calculated" in chart.message.value and "in 1 slot of 16,384" in chart.message.value
    assert "Node 3 holds all of them, and the others have nothing to do." in chart.message.value


@pytest.mark.parametrize("carts, pattern", [(1, BAD_TAG), (10, "cart:guest#")])
def test_chart_of_keys_that_are_spread_as_they_can_be_is_good_news(chart, carts, pattern):
    click(chart, carts, pattern)
    assert "✓ Calculated" in chart.message.value


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
    chart.carts.value = "5"
    assert chart.chart.value == before and chart.chart.old
    click(chart)
    assert sum(counts(chart)) == 5 and not chart.chart.old
    chart.pattern.value = BAD_TAG
    assert chart.chart.old
    chart.pattern.value = "cart:{guest#}"
    assert not chart.chart.old


def test_chart_draws_each_share(chart):
    click(chart, 100, BAD_TAG)
    assert bars(chart) == [100] and rows(chart)[2] == ["node 3", "10922–16383", "100", "100.0 %"]
    click(chart, 10, "cart:{guest#}")
    assert bars(chart) == [30, 20, 50] and "Where 10 carts land" in chart.chart.value
    assert rows(chart)[0] == ["node 1", "0–5460", "3", "30.0 %"]


def test_chart_needs_no_network(chart):
    assert not re.search("https?:|<script|<img|url\\(", chart.chart.value)


def test_chart_of_more_nodes():
    chart = SlotChart(nodes=5)
    assert len(counts(chart)) == 5 and sum(counts(chart)) == 10_000


@pytest.mark.parametrize("carts", [0, -1, 100_001, 2.5, "10,000", ""])
def test_chart_of_a_bad_number(chart, carts):
    before = chart.chart.value
    click(chart, carts)
    said = carts if isinstance(carts, int) else repr(str(carts))
    assert f"from 1 to 100,000, not {said}" in unescape(chart.message.value)
    assert 'role="alert"' in chart.message.value
    assert chart.chart.value == before and chart.chart.old


@pytest.mark.parametrize(
    "pattern, words", [("cart:{guest}", "Put a # into it"), ("", "Put a #"), ("\ud800#", "UTF-8")]
)
def test_chart_of_a_bad_name(chart, pattern, words):
    click(chart, 10, pattern)
    assert words in chart.message.value and chart.chart.old


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
