"""ShopMap, clicked without a browser."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest

from cartlib import keys
from cartlib.shop.places import SHOPS, load_shops
from cartlib.widgets import ShopMap
from cartlib.widgets.map_picture import HEIGHT, WIDTH, Scale, picture

NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def map_(client):
    load_shops(client)
    return ShopMap(client)


def drawing(map_):
    found = re.search("<svg.*</svg>", map_.map.value, re.S)
    return ElementTree.fromstring(found[0])


def of_class(map_, kind):
    return [part for part in drawing(map_).iter() if part.get("class") == kind]


def rows(map_):
    found = re.findall(r"<tr><td>(.*?)</td><td class=\"number\">(.*?)</td></tr>", map_.map.value)
    return [(unescape(name), km) for name, km in found]


def find(map_, longitude, latitude, radius=None):
    map_.longitude.value, map_.latitude.value = str(longitude), str(latitude)
    map_.radius.value = map_.radius.value if radius is None else str(radius)
    map_.find.click()


def test_map_begins_with_what_is_near_paris(map_):
    assert [name for name, _ in map_.near] == ["Paris", "Brussels", "Amsterdam"]
    assert "found 3 shops within 500 km. The nearest: Paris, 0." in map_.message.value
    assert [name for name, _ in rows(map_)] == ["Paris", "Brussels", "Amsterdam"]
    assert len(of_class(map_, "shop")) == 5 and len(of_class(map_, "shop near")) == 3
    assert len(of_class(map_, "way")) == 3
    assert {part.text for part in drawing(map_).iter("text")} > set(SHOPS)


def test_map_of_another_point(map_):
    find(map_, -8.6, 41.15, 300)
    assert [name for name, _ in map_.near] == ["Lisbon"]
    assert 270 < map_.near[0][1] < 280 and rows(map_)[0][0] == "Lisbon"
    assert "found 1 shop within 300 km" in map_.message.value


def test_places_lie_where_they_should(map_):
    at = {}
    for dot, name in zip(
        [p for p in drawing(map_).iter("circle") if p.get("class") != "radius"],
        [p.text for p in drawing(map_).iter("text")],
        strict=False,
    ):
        at[name] = float(dot.get("cx")), float(dot.get("cy"))
    assert at["Lisbon"][0] < at["Madrid"][0] < at["Paris"][0] < at["Berlin"][0] < at["Vienna"][0]
    assert at["Berlin"][1] < at["Paris"][1] < at["Rome"][1] < at["Lisbon"][1]
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in at.values())


def test_scale_of_the_map_is_that_of_the_earth():
    scale = Scale([(2.35, 48.86), (2.35, 49.86)])
    (x, y), (x2, y2) = scale.place(2.35, 48.86), scale.place(2.35, 49.86)
    assert x == x2 and y - y2 == pytest.approx(scale.length(111.2), abs=0.5)
    assert scale.bar() == 50


@pytest.mark.parametrize("points", [[(0, 0)], [(-180, -85), (180, 85)], [(7, 84), (8, 84)]])
def test_every_point_has_room(points):
    scale = Scale(points)
    for point in points:
        x, y = scale.place(*point)
        assert 0 <= x <= WIDTH and 0 <= y <= HEIGHT
    assert scale.length(scale.bar()) > 0


def test_map_dims_until_it_is_asked_for(map_):
    before = map_.map.value
    map_.radius.value = "900"
    assert map_.map.old and map_.map.value == before
    map_.find.click()
    assert not map_.map.old and len(map_.near) == 4


def test_map_without_a_shop_near(map_):
    find(map_, 100, 0)
    assert map_.near == [] and "found no shop within 500 km" in map_.message.value


def test_map_without_places(client):
    map_ = ShopMap(client)
    assert "There are no places in shop:places yet" in map_.message.value
    assert len(of_class(map_, "here")) == 1


@pytest.mark.parametrize(
    "boxes, words",
    [
        ((200, 10, 500), "A place is a longitude from -180 to 180"),
        ((10, "nan", 500), "A place is a longitude"),
        (("x", 10, 500), "Longitude is a number such as 2.35, not 'x'"),
        ((10, 10, 0), "A distance is a number of kilometres"),
    ],
)
def test_map_of_a_bad_number(map_, boxes, words):
    before = map_.map.value
    find(map_, *boxes)
    assert words in unescape(map_.message.value) and 'role="alert"' in map_.message.value
    assert map_.map.value == before and map_.map.old


def test_map_of_a_key_of_another_type(client):
    client.set(keys.places(), "x")
    assert "shop:places holds another type" in ShopMap(client).message.value


def test_map_of_many_shops_names_the_nearest_five(client):
    client.geoadd("demo:places", [part for n in range(30) for part in (2.3 + n / 100, 48, f"s{n}")])
    map_ = ShopMap(client, "demo:places")
    assert len(rows(map_)) == 5 and "… and 25 more" in map_.map.value


def test_map_escapes_names(client):
    client.geoadd(keys.places(), [2.3, 48.8, NASTY])
    map_ = ShopMap(client)
    assert "<img" not in map_.map.value + map_.message.value
    assert rows(map_)[0][0] == NASTY


def test_picture_says_in_words_what_it_shows():
    shown = picture({"Paris": (2.35, 48.86)}, [("Paris", 0.1)], (2.3, 48.8), 500)
    assert 'role="img" aria-label="Map of 1 shops; within 500 km of the point: 1."' in shown


def test_inputs_are_labelled(map_):
    for part in (map_.longitude, map_.latitude, map_.radius, map_.find):
        assert part.description and part.tooltip
    assert not re.search("https?:|<script|<img|url\\(", map_.map.value)
