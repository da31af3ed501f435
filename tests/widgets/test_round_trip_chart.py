"""RoundTripChart without a browser."""

import re
from html import escape, unescape

import pytest

from cartlib.lab import trips
from cartlib.lab.network import Network
from cartlib.widgets import RoundTripChart

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
    """Return (way, round trips) as the picture's text alternative says them."""
    [words] = re.findall("<desc>(.*)</desc>", chart.view.value)
    found = re.findall(r"([A-Za-z,' ]+): (\d+) round trips?, [\d.]+ ms", unescape(words))
    return [(way.strip(), int(count)) for way, count in found]


def test_chart_says_what_it_measures_on(chart, network):
    shown = "".join(getattr(child, "value", "") for child in chart.children)
    assert escape(str(network)) in shown and "<svg" not in shown and chart.text == ""


@pytest.mark.parametrize(
    "task, cart, wanted", [("View the cart", ", 10 lines", VIEW), ("Add to the cart", "", ADD)]
)
def test_measure_shows_the_trips_of_each_way(chart, network, task, cart, wanted):
    chart.task.value = task
    chart.measure.click()
    kind = "real" if network.is_real else "simulated"
    assert "Measured." in chart.message.value and not chart.measure.disabled
    assert figures(chart) == wanted
    assert f"{task}{cart}, {kind} delay of 0 ms" in chart.view.value
    assert f"{task}{cart}, {kind} delay of 0 ms. {wanted[0][0]}: {wanted[0][1]}" in chart.text
    assert chart.view.value.count("<tr>") == 5 and chart.view.value.count("<rect") == 4


def test_figures_are_in_picture_and_table_alike(chart):
    chart.measure.click()
    cells = re.findall(r'<td>([^<]*)</td><td class="number">(\d+)</td>', chart.view.value)
    assert [(way, int(count)) for way, count in cells] == VIEW
    assert 'role="img"' in chart.view.value and "<title>View the cart" in chart.view.value


def test_lines_and_slider_set_cart_and_delay(chart, network):
    chart.lines.value, chart.delay.value = 1, 7
    assert network.delay == chart.milliseconds.value == 7
    chart.measure.click()
    assert figures(chart)[:2] == [("line by line", 2), ("pipeline", 2)]
    assert "1 line, " in chart.text and "delay of 7 ms" in chart.text
    assert network.client.zcard("cart:{demo}") == 1


def test_lines_can_be_chosen_where_they_matter(chart):
    chart.task.value = "Add to the cart"
    assert chart.lines.disabled
    chart.task.value = "View the cart"
    assert not chart.lines.disabled


def test_delay_can_be_typed(chart, network):
    chart.milliseconds.value = 9
    assert network.delay == chart.delay.value == 9
    chart.milliseconds.value = 999
    assert network.delay == chart.delay.value == 20


def test_bars_are_as_long_as_the_times(chart):
    chart.delay.value = 5
    chart.measure.click()
    widths = [float(w) for w in re.findall(r'<rect [^>]*width="([\d.]+)"', chart.view.value)]
    times = re.findall(r'<td class="number">(\d+\.\d\d)</td>', chart.view.value)
    wanted = [560 * float(ms) / max(map(float, times)) for ms in times]
    assert widths == pytest.approx(wanted, abs=1) and max(widths) == 560


def test_measure_takes_the_delay_of_its_slider(chart, network):
    network.delay = 50  # by a cell, meanwhile
    chart.measure.click()
    assert network.delay == 0 and "delay of 0 ms" in chart.text


def test_chart_of_a_network_that_is_gone(chart, network):
    chart.measure.click()
    if network.is_real:
        network.stop()
        chart.measure.click()
        assert 'role="alert"' in chart.message.value and "<svg" not in chart.view.value
        assert not chart.measure.disabled


def test_names_are_escaped(chart, monkeypatch):
    nasty = {"<img src=x onerror=alert(1)>": trips.view_by_sort}
    monkeypatch.setitem(trips.VIEWS, *nasty.popitem())
    chart.measure.click()
    assert "<img" not in chart.view.value and "&lt;img" in chart.view.value
