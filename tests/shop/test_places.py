"""Where the shops are, and which is the nearest."""

from decimal import Decimal
from fractions import Fraction
from math import asin, cos, inf, nan, radians, sin, sqrt

import pytest

from cartlib import (
    CartDataError,
    InvalidDistanceError,
    InvalidNameError,
    InvalidPlaceError,
    InvalidQuantityError,
)
from cartlib.lab.trace import Trace
from cartlib.shop.places import (
    SHOPS,
    add_shop,
    distance,
    load_shops,
    nearest_shops,
    remove_shop,
)

PLACES = "shop:places"
BAD_PLACES = [(180.1, 0), (-181, 0), (0, 85.06), (0, -90), (139.69, 135.68)]
BAD_PLACES += [(nan, 0), (0, nan), (inf, 0), (0, -inf), (True, 0), (0, False)]
BAD_PLACES += [("13.4", 52.5), (13.4, "52.5"), (None, 0), (0, None), (Decimal(1), 0), (1j, 0)]
BAD_PLACES += [(10**400, 0)]
ALL = [
    lambda client: load_shops(client),
    lambda client: add_shop(client, "Rome", 12.5, 41.9),
    lambda client: remove_shop(client, "Rome"),
    lambda client: nearest_shops(client, 12.5, 41.9),
    lambda client: distance(client, "Rome", "Paris"),
]


def km_between(one, other):
    """Return the distance of two sample shops by a formula of one's own (haversine)."""
    (a, b), (c, d) = (map(radians, SHOPS[name]) for name in (one, other))
    half = sin((d - b) / 2) ** 2 + cos(b) * cos(d) * sin((c - a) / 2) ** 2
    return 2 * 6372.797560856 * asin(sqrt(half))


def test_load_shops(client):
    assert load_shops(client) == len(SHOPS) == 8
    assert set(client.zrange(PLACES, 0, -1)) == set(SHOPS) and client.type(PLACES) == "zset"
    for (longitude, latitude), place in zip(
        client.geopos(PLACES, *SHOPS), SHOPS.values(), strict=True
    ):
        assert (longitude, latitude) == pytest.approx(place, abs=0.0001)


def test_load_shops_again_changes_nothing_and_leaves_others(client, kit_keys):
    load_shops(client)
    add_shop(client, "Corner", 1, 2)
    before = kit_keys()
    load_shops(client)
    assert kit_keys() == before


def test_add_shop_puts_it_where_it_is(client):
    assert add_shop(client, "Corner", -9.5, 38) is None
    assert client.geopos(PLACES, "Corner")[0] == pytest.approx((-9.5, 38), abs=0.0001)
    assert client.ttl(PLACES) == -1


def test_add_shop_again_moves_it(client):
    load_shops(client)
    add_shop(client, "Berlin", 13.0, 52.0)
    assert client.geopos(PLACES, "Berlin")[0] == pytest.approx((13, 52), abs=0.0001)
    assert client.zcard(PLACES) == len(SHOPS)


@pytest.mark.parametrize("place", [(180, 85.05112878), (-180, -85.05112878), (0, 0)])
def test_add_shop_at_the_ends_of_the_world(client, place):
    add_shop(client, "End", *place)
    [found] = client.geopos(PLACES, "End")
    assert found == pytest.approx(place, abs=0.001)


@pytest.mark.parametrize("place", [(Fraction(1, 2), 1), (1, 2)], ids=repr)
def test_add_shop_takes_any_kind_of_number(client, place):
    add_shop(client, "Corner", *place)
    assert client.zcard(PLACES) == 1


@pytest.mark.parametrize("place", BAD_PLACES, ids=lambda place: repr(place)[:20])
def test_add_shop_bad_place(client, place, unsent):
    with unsent(InvalidPlaceError) as caught:
        add_shop(client, "Corner", *place)
    assert (caught.value.longitude, caught.value.latitude) == pytest.approx(place, nan_ok=True)


@pytest.mark.parametrize("place", BAD_PLACES[:6], ids=repr)
def test_nearest_shops_bad_place(client, place, unsent):
    with unsent(InvalidPlaceError):
        nearest_shops(client, *place)


@pytest.mark.parametrize(
    "name", ["", None, 5, b"Rome", "x" * 129, "\ud800"], ids=lambda n: repr(n)[:9]
)
@pytest.mark.parametrize(
    "function",
    [
        lambda client, name: add_shop(client, name, 1, 2),
        remove_shop,
        lambda client, name: distance(client, name, "Rome"),
        lambda client, name: distance(client, "Rome", name),
    ],
)
def test_bad_name(client, function, name, unsent):
    with unsent(InvalidNameError) as caught:
        function(client, name)
    assert caught.value.what == "shop"


def test_remove_shop(client):
    load_shops(client)
    assert [remove_shop(client, "Rome") for _ in range(2)] == [True, False]
    assert set(client.zrange(PLACES, 0, -1)) == set(SHOPS) - {"Rome"}


def test_remove_the_last_shop(client, kit_keys):
    add_shop(client, "Corner", 1, 2)
    assert remove_shop(client, "Corner") and kit_keys() == {}


def test_nearest_shops_nearest_first(client):
    load_shops(client)
    found = nearest_shops(client, *SHOPS["Brussels"], within=700, most=10)
    assert [name for name, _ in found] == ["Brussels", "Amsterdam", "Paris", "Berlin"]
    for name, km in found:
        assert km == pytest.approx(km_between("Brussels", name), abs=0.01)
        assert type(km) is float and round(km, 2) == km


@pytest.mark.parametrize("within, most, expected", [(200, 3, 2), (700, 3, 3), (700, 1, 1)])
def test_nearest_shops_within_and_most(client, within, most, expected):
    load_shops(client)
    assert len(nearest_shops(client, *SHOPS["Brussels"], within=within, most=most)) == expected


def test_nearest_shops_three_within_100_km(client):
    for number in range(5):
        add_shop(client, f"Corner {number}", 0, number / 10)
    add_shop(client, "Far", 0, 1)
    assert [name for name, _ in nearest_shops(client, 0, 0)] == ["Corner 0", "Corner 1", "Corner 2"]


def test_nearest_shops_across_the_date_line(client):
    add_shop(client, "East", 179.9, 0)
    add_shop(client, "West", -179.8, 0)
    assert [name for name, _ in nearest_shops(client, -179.99, 0)] == ["East", "West"]


def test_nearest_shops_none_there(client):
    assert nearest_shops(client, 0, 0) == []
    load_shops(client)
    assert nearest_shops(client, 0, 0) == []


@pytest.mark.parametrize("within", [0, -1, nan, inf, True, "100", None, 20_101])
def test_nearest_shops_bad_distance(client, within, unsent):
    with unsent(InvalidDistanceError) as caught:
        nearest_shops(client, 0, 0, within=within)
    assert caught.value.km is within


def test_nearest_shops_bad_count(client, bad_quantity, unsent):
    with unsent(InvalidQuantityError):
        nearest_shops(client, 0, 0, most=bad_quantity)


def test_distance(client):
    load_shops(client)
    km = distance(client, "Lisbon", "Berlin")
    assert km == distance(client, "Berlin", "Lisbon") and round(km, 2) == km
    assert km == pytest.approx(km_between("Lisbon", "Berlin"), abs=0.01)
    assert distance(client, "Rome", "Rome") == 0


def test_distance_unknown_shop(client):
    assert distance(client, "Rome", "Paris") is None
    load_shops(client)
    assert distance(client, "Rome", "Atlantis") is None
    assert distance(client, "Atlantis", "Rome") is None


@pytest.mark.parametrize("function", ALL)
def test_one_round_trip(client, function):
    with Trace(client) as trace:
        function(client)
    assert (trace.round_trips, len(trace.commands)) == (1, 1)


@pytest.mark.parametrize("function", ALL)
def test_wrong_type(client, function, refused):
    client.hset(PLACES, "a", 1)
    with refused(CartDataError) as caught:
        function(client)
    assert caught.value.key == PLACES
