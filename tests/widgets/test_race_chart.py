"""The race chart, clicked without a browser, on every backend."""

import re
import threading
from html import unescape

import pytest
from ipywidgets import Button, VBox
from redis import Redis

from cartlib import connect
from cartlib.lab import races
from cartlib.lab.local_server import start_server
from cartlib.lab.races import WAYS, Race
from cartlib.widgets import RaceChart, race_chart


@pytest.fixture
def chart(client):
    chart = RaceChart(client)
    chart.threads.value, chart.adds.value = 2, 5
    return chart


def figures(chart):
    """Return the rows of the table of figures."""
    rows = re.findall(r"<tr>(<td.*?)</tr>", chart.chart.value)
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows]


def bars(chart):
    """Return for each bar the widths of what is filled and of its frame."""
    widths = re.findall(r'<rect x="130" y="\d+" width="([\d.]+)"', chart.chart.value)
    return [tuple(map(float, widths[i : i + 2])) for i in range(0, len(widths), 2)]


def test_chart_says_what_to_do_first(chart):
    assert "No race yet: click a button." in chart.chart.value and figures(chart) == []


@pytest.mark.parametrize("way", [way for way in WAYS if way != "read_write"])
def test_button_races_and_shows_what_was_kept(chart, way, kit_keys):
    chart.buttons[way].click()
    [row] = figures(chart)
    title = WAYS[way].title
    assert row[:3] == [title, "10", "10"] and bars(chart) == [(380, 380)]
    assert f"✓ {title}: 10 of 10 adds are kept, none is lost." in chart.message.value
    assert kit_keys() == {}


def test_chart_shows_what_was_lost(chart, monkeypatch):
    results = iter([Race("read_write", 200, 50, 0, 400), Race("increment", 100, 99, 0, 100)])
    monkeypatch.setattr(race_chart, "race", lambda *_, **__: next(results))
    chart.buttons["read_write"].click()
    assert "✓ Read, write: 50 of 200 adds are kept, 150 are lost." in chart.message.value
    chart.buttons["increment"].click()
    assert figures(chart) == [
        ["Read, write", "200", "50", "0", "400"],
        ["Increment", "100", "99", "0", "100"],
    ]
    assert bars(chart) == [(95, 380), (188.1, 190)]
    value = chart.chart.value
    assert '<svg role="img"' in value and "<title>Adds expected and kept</title>" in value
    assert "<desc>Read, write: 50 of 200 adds are kept, 150 are lost. Increment: 99" in value
    assert ">50 of 200</text>" in value and "stroke-dasharray" in value


def test_chart_keeps_the_last_race_of_each_way(chart):
    chart.buttons["increment"].click()
    chart.adds.value = 7
    chart.buttons["increment"].click()
    chart.buttons["watch_product"].click()
    assert [row[:3] for row in figures(chart)] == [
        ["Increment", "14", "14"],
        ["Watch product", "14", "14"],
    ]


@pytest.mark.parametrize("field, value", [("threads", 0), ("threads", 9), ("adds", 101)])
def test_button_says_what_is_wrong(chart, field, value, refused):
    getattr(chart, field).value = value
    chart.buttons["increment"].click()
    assert f"✗ A race has a whole number of {field}, from 1 to" in chart.message.value
    assert 'role="alert"' in chart.message.value and figures(chart) == []


def test_click_in_the_middle_of_a_race_starts_no_second(chart, monkeypatch):
    started = []

    def click_again(*_, **__):
        started.append([button.disabled for button in chart.buttons.values()])
        assert "The race is running" in chart.message.value
        again = threading.Thread(target=chart.buttons["increment"].click)
        again.start()
        again.join(10)
        assert not again.is_alive() and "The race is running" in chart.message.value
        return Race("increment", 1, 1, 0, 1)

    monkeypatch.setattr(race_chart, "race", click_again)
    chart.buttons["increment"].click()
    assert started == [[True] * 4]
    assert not any(button.disabled for button in chart.buttons.values())


def test_buttons_never_raise(chart, monkeypatch):
    def broken(*_, **__):
        raise ValueError("<b>broken</b>")

    monkeypatch.setattr(race_chart, "race", broken)
    chart.buttons["increment"].click()
    assert "ValueError: &lt;b&gt;broken&lt;/b&gt;" in chart.message.value
    assert not any(button.disabled for button in chart.buttons.values())


def test_another_race_is_told_in_words(chart):
    with races._only_one():
        chart.buttons["increment"].click()
    assert "✗ A race is running already." in chart.message.value


def test_chart_of_a_dead_server_says_so(server):
    with start_server() as mortal, connect(mortal.host, mortal.port) as client:
        chart = RaceChart(client)
        mortal.stop()
        chart.buttons["increment"].click()
        assert "✗ Redis at 127.0.0.1" in unescape(chart.message.value)
        assert "its outcome is unknown" in chart.message.value


def test_chart_of_a_client_that_returns_bytes(server):
    with Redis(server.host, server.port) as client:
        chart = RaceChart(client)
        chart.buttons["increment"].click()
        assert "This client returns bytes." in chart.message.value


def test_chart_is_labelled(chart):
    assert isinstance(chart, VBox) and list(chart.buttons) == list(WAYS)
    assert all(
        isinstance(b, Button) and b.description and b.tooltip for b in chart.buttons.values()
    )
    assert all(field.description and field.tooltip for field in (chart.threads, chart.adds))
