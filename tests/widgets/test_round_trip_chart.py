"""RoundTripChart without a browser."""

import re
import time
from html import escape, unescape

import pytest

from cartlib.lab import trips
from cartlib.lab.network import Network
from cartlib.widgets import RoundTripChart, charts

VIEW = [("line by line", 11), ("pipeline", 2), ("SORT in MULTI", 1), ("Lua", 1)]
ADD = [("EXISTS, ZINCRBY", 2), ("the kit's", 2), ("WATCH", 3), ("Lua", 1)]


@pytest.fixture(params=["fakeredis", "any"])
def network(request, monkeypatch):
    """A network with fakeredis, and one with a real server where there is one."""
    if request.param == "fakeredis":
        monkeypatch.setenv("CARTLIB_SERVER", "")
    network = Network()
    yield network
    network.stop()


@pytest.fixture
def chart(network, monkeypatch):
    """A chart that measures no longer than it must."""
    monkeypatch.setattr(trips, "LIMIT", 0)
    return RoundTripChart(network)


def figures(chart):
    """Return for each way the round trips, and the texts below its bars."""
    rows = re.findall(
        r'<th scope="row">(.*?)</th><td class="number">(\d+)</td>(.*?)</tr>', drawn(chart)
    )
    return {
        way: (int(count), re.findall(r"<div[^>]*>([^<]+)</div>", row)) for way, count, row in rows
    }


def drawn(chart):
    return unescape(chart.view.value)


def bars(chart, kind):
    found = re.findall(rf'<span class="{kind}" style="width:([\d.]+)%">', chart.view.value)
    return [float(length) for length in found]


def test_chart_says_what_it_measures_on_and_calculates(chart, network):
    shown = "".join(getattr(child, "value", "") for child in chart.children)
    assert escape(str(network)) in shown and chart.text == ""
    assert [(way, count) for way, (count, _) in figures(chart).items()] == VIEW
    assert drawn(chart).count("not measured yet") == 4


def test_calculated_bars_follow_the_slider(chart, network):
    for delay in (1, 20):
        chart.delay.value = delay
        assert network.delay == delay
        assert f"10 lines at {delay} ms" in drawn(chart)
        assert figures(chart)["line by line"][1][0] == (
            f"calculated: 11 × {delay} ms = {11 * delay} ms"
        )
        assert bars(chart, "expected") == [100, 18.2, 9.1, 9.1]
    chart.lines.value = 1
    assert bars(chart, "expected") == [100, 100, 50, 50] and bars(chart, "measured") == []


@pytest.mark.parametrize(
    "task, cart, wanted", [("View the cart", "10 lines at ", VIEW), ("Add to the cart", "", ADD)]
)
def test_measure_shows_the_trips_of_each_way(chart, network, task, cart, wanted):
    chart.task.value, chart.delay.value = task, 2
    chart.measure.click()
    assert "✓ Measured: the median of 5 runs" in chart.message.value
    kind = "real" if network.is_real else "simulated"
    assert chart.text.startswith(
        f"{task}, {cart}2 ms, {kind} delay. {wanted[0][0]}: {wanted[0][1]} "
    )
    assert f"{task}: {cart}2 ms" in drawn(chart)
    for way, count in wanted:
        found, [calculated, measured] = figures(chart)[way]
        assert found == count and calculated == f"calculated: {count} × 2 ms = {2 * count} ms"
        ms = float(re.match(r"measured: ([\d.]+) ms, (the fastest|[\d.]+ times)", measured)[1])
        assert f"{way}: {count} round trip" in chart.text and f", {ms:.1f} ms." in chart.text
        assert ms >= 2 * count


def test_what_was_measured_is_old_once_the_inputs_are_others(chart):
    chart.measure.click()
    assert "dimmed" not in chart.view.value
    chart.delay.value = 3
    assert (
        chart.view.value.count('<div class="dimmed">') == 4 and chart.message.value.count("✓") == 0
    )
    assert "measured before, 10 lines at 0 ms: " in drawn(chart) and bars(chart, "measured")
    chart.delay.value = 0
    assert "dimmed" not in chart.view.value
    chart.task.value = "Add to the cart"
    assert drawn(chart).count("not measured yet") == 4


def test_trips_that_are_calculated_are_those_that_are_measured(network, monkeypatch):
    monkeypatch.setattr(trips, "LIMIT", 0)
    for lines in (1, 3):
        for ways in (trips.VIEWS, trips.ADDS):
            trips.fill_cart(network.client, lines)
            found = trips.measure(network.client, ways)
            wanted = [trips.round_trips(way, lines) for way in ways]
            assert list(found["round_trips"]) == wanted


def test_duration_is_said_beforehand_and_is_about_right(chart, network):
    chart.lines.value, chart.delay.value = 100, 20
    assert "takes about 15 s: 100 lines at 20 ms" in chart.duration.value
    chart.lines.value, chart.delay.value = 10, 5
    begin = time.monotonic()
    chart.measure.click()
    wanted = trips.duration(trips.VIEWS, 10, 5)
    assert wanted / 2 < time.monotonic() - begin < wanted * 2 + 1


def test_measure_says_how_far_it_is(chart):
    said = []
    chart.message.observe(lambda change: said.append(change.new), "value")
    chart.lines.value, chart.delay.value = 10, 10
    chart.measure.click()
    told = [message for message in said if "Measuring: " in message]
    assert "Measuring: 0 of about 1 s … <progress" in told[0] and 2 < len(told) < 14
    assert [message for message in told if re.search(r'max="1[.\d]+" value="0[.][2-9]', message)]


def test_lines_and_slider_set_cart_and_delay(chart, network):
    chart.lines.value, chart.delay.value = 1, 7
    chart.measure.click()
    assert figures(chart)["line by line"][0] == 2 and "1 line at 7 ms" in chart.text
    assert network.delay == 7 and network.client.zcard("cart:{demo}") == 1


def test_lines_can_be_chosen_where_they_matter(chart):
    chart.task.value = "Add to the cart"
    assert chart.lines.disabled
    chart.task.value = "View the cart"
    assert not chart.lines.disabled


def test_bars_are_as_long_as_the_times(chart):
    chart.delay.value = 5
    chart.measure.click()
    times = [float(ms) for ms in re.findall(r"measured: ([\d.]+) ms", chart.view.value)]
    assert bars(chart, "measured") == pytest.approx([100 * t / max(times) for t in times], abs=1)
    assert bars(chart, "expected")[0] == pytest.approx(100 * 55 / max(times), abs=1)


def test_measure_takes_the_delay_of_its_slider(chart, network):
    network.delay = 50  # by a cell, meanwhile
    chart.measure.click()
    assert network.delay == 0 and "10 lines at 0 ms" in chart.text


def test_second_click_while_it_measures_is_ignored(chart, monkeypatch):
    clicks, ran, measure = iter([100, 100.1, 200]), [], trips.measure
    monkeypatch.setattr(charts, "_clicked_at", lambda: next(clicks))
    monkeypatch.setattr(trips, "measure", lambda *args: ran.append(1) or measure(*args))
    for _ in range(3):
        chart.delay.value = 20 - chart.delay.value  # so long that 0.1 s later it still measures
        chart.measure.click()
    assert len(ran) == 2 and not chart.measure.disabled


def test_chart_of_a_network_that_is_gone(chart, network):
    chart.measure.click()
    if network.is_real:
        network.stop()
        chart.measure.click()
        assert 'role="alert"' in chart.message.value and not chart.measure.disabled


def test_names_are_escaped(chart, monkeypatch):
    nasty = "<img src=x onerror=alert(1)>"
    monkeypatch.setitem(trips.VIEWS, nasty, trips.view_by_sort)
    monkeypatch.setitem(trips.ROUND_TRIPS, nasty, 1)
    chart.measure.click()
    assert "<img" not in chart.view.value and "&lt;img" in chart.view.value
