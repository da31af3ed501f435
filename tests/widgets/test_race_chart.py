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
from cartlib.lab.races import WAYS, Race, Step
from cartlib.widgets import RaceChart, charts, race_chart
from cartlib.widgets.race_story import ending


@pytest.fixture
def chart(client):
    return small(RaceChart(client))


def small(chart):
    chart.threads.value, chart.adds.value = "2", "5"
    return chart


def figures(chart):
    """Return the texts of each way: adds kept, adds lost, round trips, retries."""
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', chart.chart.value)
    texts = {way: re.findall(r"<div(?: class=\"[a-z]+\")?>([^<]+)</div>", row) for way, row in rows}
    return {way: cells for way, cells in texts.items() if "not raced yet" not in cells}


def bars(chart):
    """Return the classes and lengths of all parts of bars."""
    found = re.findall(r'<span class="(\w+)" style="width:([\d.]+)%">', chart.chart.value)
    return [(kind, float(length)) for kind, length in found]


def add_one(client, key, member):
    client.zadd(key, {member: (client.zscore(key, member) or 0) + 1})


def give_up(client, key, member):
    raise ValueError("<b>enough</b>")


def test_chart_says_what_to_do_first(chart):
    assert chart.chart.value.count("not raced yet") == 4 and figures(chart) == {}
    assert "No story yet: click a way." in chart.story.value


@pytest.mark.parametrize("way", [way for way in WAYS if way != "read_write"])
def test_button_races_and_shows_what_was_kept(chart, way, kit_keys):
    chart.buttons[way].click()
    title = WAYS[way].title
    assert figures(chart)[title][:2] == ["10 of 10 kept", "none lost"]
    assert bars(chart)[0] == ("kept", 100) and "lost" not in dict(bars(chart))
    assert f"✓ {title}: 10 of 10 kept, none lost." in chart.message.value
    assert f"✓ In the end there are 3, as wanted. {WAYS[way].why}" in unescape(chart.story.value)
    assert not chart.chart.old and not chart.story.old and kit_keys() == {}


def test_story_shows_the_lost_add(chart):
    chart.buttons["read_write"].click()
    story = unescape(chart.story.value)
    words = "Ann's add is lost: Bob wrote 2 over her 2"
    assert f"⚠ Wanted are 3, and there are 2. {words}." in story
    [lost] = re.findall(r'<tr class="lost">(.*?)</tr>', story)
    assert lost.startswith('<td class="lane"></td><td class="held">2</td>')
    assert "ZADD cart:{demo}:race 2.0 mug</code>" in lost and f"⚠ {words}" in lost
    assert story.count("ZSCORE cart:{demo}:race mug") == 2 and "1 → <b>2</b>" in story


def test_story_shows_the_exec_that_is_refused(chart):
    chart.buttons["watch_both"].click()
    assert chart.story.value.count("✗ refused: what was watched has changed") == 1
    assert "2 → <b>3</b>" in chart.story.value and 'class="lost"' not in chart.story.value


def test_chart_shows_what_was_lost(chart, monkeypatch):
    results = iter([Race("read_write", 200, 50, 0, 400), Race("watch_both", 100, 100, 100, 800)])
    monkeypatch.setattr(race_chart, "race", lambda *_, **__: next(results))
    chart.buttons["read_write"].click()
    assert "⚠ Read, write: 50 of 200 kept, 150 lost." in chart.message.value
    assert 'class="message error"' in chart.message.value
    chart.buttons["watch_both"].click()
    assert figures(chart) == {
        "Read, write": ["50 of 200 kept", "⚠ 150 lost", "400 round trips", "no retries"],
        "Watch both": ["100 of 100 kept", "none lost", "800 round trips", "100 retries"],
    }
    assert bars(chart) == [
        ("kept", 25), ("lost", 75), ("trips", 50), ("kept", 50), ("trips", 50), ("again", 50)
    ]  # fmt: skip


def test_chart_keeps_the_last_race_of_each_way(chart):
    chart.buttons["increment"].click()
    chart.adds.value = "7"
    chart.buttons["increment"].click()
    chart.buttons["watch_product"].click()
    found = figures(chart)
    assert list(found) == ["Increment", "Watch product"]
    assert found["Increment"][0] == found["Watch product"][0] == "14 of 14 kept"


def test_function_of_ones_own_has_a_button(client, kit_keys):
    chart = small(RaceChart(client, mine=add_one))
    chart.threads.value = "1"
    assert list(chart.buttons) == [*WAYS, "mine"]
    assert chart.buttons["mine"].tooltip == "Your function add_one"
    chart.buttons["mine"].click()
    assert figures(chart)["Yours"] == ["5 of 5 kept", "none lost", "10 round trips", "no retries"]
    assert "Ann's add is lost: Bob wrote 2 over her 2" in unescape(chart.story.value)
    assert kit_keys() == {}


@pytest.mark.parametrize(
    "mine, words",
    [
        (give_up, "✗ Your function ended in an error: ValueError: <b>enough</b>"),
        (lambda client: None, "✗ Your function is called with three arguments"),
        (5, "✗ There is no way 5 to race."),
    ],
)
def test_function_that_fails_is_told_in_words(client, mine, words):
    chart = small(RaceChart(client, mine=mine))
    chart.buttons["mine"].click()
    assert words in unescape(chart.message.value) and "<b>enough" not in chart.message.value
    assert "<b>enough" not in chart.story.value and figures(chart) == {}
    assert not chart.chart.old and not chart.story.old


def test_function_that_adds_too_much_is_bad_news(client):
    chart = small(
        RaceChart(client, mine=lambda client, key, member: client.zincrby(key, 2, member))
    )
    chart.buttons["mine"].click()
    assert "⚠ Yours: 20 of 10 kept, 10 too many." in chart.message.value
    assert "⚠ Wanted are 3, and there are 5." in chart.story.value


def test_ending_of_a_story_without_steps():
    assert "⚠ Wanted are 3, and there is only 1." in ending([])
    assert "there is only 1. Ann: &lt;oh&gt;" in ending([Step("Ann", "", "<oh>", 1, 1)])


@pytest.mark.parametrize("field, value", [("threads", "0"), ("threads", "9"), ("adds", "2.5")])
def test_button_says_what_is_wrong(chart, field, value, refused):
    getattr(chart, field).value = value
    chart.buttons["increment"].click()
    assert f"✗ A race has a whole number of {field}, from 1 to" in chart.message.value
    assert 'role="alert"' in chart.message.value and figures(chart) == {}


def test_duration_is_said_beforehand(chart):
    assert "less than a second" in chart.duration.value
    chart.threads.value, chart.adds.value = "8", "100"
    assert "800 adds: up to about 7 s" in chart.duration.value
    for bad in ("99", "-8", "many"):
        chart.threads.value = bad
        assert "less than a second" in chart.duration.value


def test_race_says_how_far_it_is(chart, monkeypatch):
    said = []

    def slow(*_, progress, **__):
        progress(4)
        said.append((chart.message.value, chart.chart.old))
        return Race("increment", 10, 10, 0, 10)

    monkeypatch.setattr(race_chart, "race", slow)
    chart.buttons["increment"].click()
    [(message, old)] = said
    assert "Increment: 4 of 10 adds are done …" in message and old
    assert 'max="10" value="4"' in message and not chart.chart.old


def test_click_in_the_middle_of_a_race_starts_no_second(chart, monkeypatch):
    started = []

    def click_again(*_, **__):
        started.append(any(button.disabled for button in chart.buttons.values()))
        before = chart.message.value
        again = threading.Thread(target=chart.buttons["increment"].click)
        again.start()
        again.join(10)
        assert not again.is_alive() and chart.message.value == before and chart.chart.old
        return Race("increment", 1, 1, 0, 1)

    monkeypatch.setattr(race_chart, "race", click_again)
    chart.buttons["increment"].click()
    chart.buttons["increment"].click()
    assert started == [False, False]  # a button that is disabled loses the focus


def test_click_on_another_way_waits_until_the_race_is_over(chart, monkeypatch):
    raced = []
    monkeypatch.setattr(charts, "_clicked_at", lambda: 100)  # all while the first one is at work
    monkeypatch.setattr(race_chart, "story", lambda _, way: raced.append(way))
    monkeypatch.setattr(race_chart, "told", lambda *_: "")
    monkeypatch.setattr(race_chart, "race", lambda *_, **__: Race("increment", 1, 1, 0, 1))
    for way in ("increment", "increment", "watch_both", "watch_both", "increment"):
        chart.buttons[way].click()
    assert raced == ["increment", "watch_both", "increment"]


def test_buttons_never_raise(chart, monkeypatch):
    def broken(*_, **__):
        raise ValueError("<b>broken</b>")

    monkeypatch.setattr(race_chart, "race", broken)
    chart.buttons["increment"].click()
    assert "ValueError: &lt;b&gt;broken&lt;/b&gt;" in chart.message.value
    assert not chart.chart.old


def test_another_race_is_told_in_words(chart):
    with races._track(connect()):
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
