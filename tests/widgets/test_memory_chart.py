"""MemoryChart, clicked without a browser: measured on a real server, and recorded without one."""

import re

import pytest

from cartlib.lab import memory
from cartlib.widgets import MemoryChart


def rows(chart):
    """Return {structure: its bytes, its count, and what is said of it}."""
    found = re.findall(r'<th scope="row">(\w+)<div.*?</th>(.*?)</tr>', chart.chart.value)
    return {name: re.findall(r">([^<>]+)</(?:td|div)>", cells) for name, cells in found}


def lengths(chart):
    return [float(found) for found in re.findall(r'"width:([\d.]+)%', chart.chart.value)]


def test_chart_says_that_nothing_is_measured():
    chart = MemoryChart()
    assert rows(chart) == dict.fromkeys(
        ["Set", "HyperLogLog", "Bitmap"], ["—", "—", "not measured yet"]
    )
    assert chart.text == "" and lengths(chart) == []


def test_measured_figures(server):
    chart = MemoryChart()
    chart.measure.click()
    assert "✓ Measured by MEMORY USAGE on a private server." in chart.message.value
    assert {row.visitors for row in chart.rows} == set(memory.SIZES)
    crowds = [row for row in chart.rows if row.structure == "HyperLogLog"]
    assert max(row.bytes for row in crowds) < 15_000
    assert all(abs(row.error) < 3 for row in crowds)
    assert all(row.error == 0 for row in chart.rows if row not in crowds)
    sets = {row.visitors: row.bytes for row in chart.rows if row.structure == "Set"}
    assert sets[100_000] > 300 * max(row.bytes for row in crowds)
    assert rows(chart)["Set"][:2] == [f"{sets[1000]:,}", "1,000"]


def test_recorded_figures_are_those_of_today(server, server_kind):
    """They may differ by what another version of Redis takes for a key."""
    for now, then in zip(memory.measure(), memory.RECORDED, strict=True):
        assert now[:2] == then[:2] and now.counted == then.counted
        assert now.bytes == pytest.approx(then.bytes, rel=0.6, abs=200)


def test_without_a_server_recorded_figures_are_shown_as_such(no_server):
    chart = MemoryChart()
    chart.measure.click()
    assert "ⓘ" in chart.message.value and "recorded with Redis 7.0" in chart.message.value
    assert "Counting 1,000 visitors, recorded" in chart.chart.value
    assert chart.text.startswith("1,000 visitors, recorded. Set: 48,")
    assert "off by +0.50 %" in rows(chart)["HyperLogLog"][2]


def test_number_of_visitors_is_chosen(no_server):
    chart = MemoryChart()
    chart.visitors.value = 100_000
    assert "Counting 100,000 visitors</caption>" in chart.chart.value
    chart.measure.click()
    assert lengths(chart)[0] == 100 and max(lengths(chart)[1:]) < 1
    chart.visitors.value = 10
    assert lengths(chart)[0] == 100 and min(lengths(chart)) > 5
    assert "10 visitors, recorded" in chart.text


def test_second_click_measures_anew(no_server, monkeypatch):
    chart = MemoryChart()
    chart.measure.click()
    one = memory.Measured("Set", 1000, 5, 1000)
    monkeypatch.setattr(memory, "measure", lambda: [one])
    chart.measure.click()
    assert chart.rows == [one] and rows(chart)["Bitmap"][2] == "not measured yet"


def test_bits_are_as_many_as_asked_for():
    for count in (0, 1, 7, 8, 9, 16, 17):
        assert sum(byte.bit_count() for byte in memory._ones(count)) == count


def test_inputs_are_labelled():
    chart = MemoryChart()
    assert all(part.description and part.tooltip for part in (chart.visitors, chart.measure))
    assert not re.search("https?:|<script|<img|url\\(", chart.chart.value)
