"""Where the shops are, and which of them is the nearest."""

from numbers import Real

from cartlib import keys
from cartlib.errors import InvalidDistanceError, InvalidNameError, InvalidPlaceError
from cartlib.failures import UNKNOWN, explained
from cartlib.values import read_quantity

MAX_LONGITUDE, MAX_LATITUDE = 180, 85.05112878  # Redis has no room nearer to the poles
MAX_DISTANCE = 20_100  # km: no two places on Earth are farther apart
METRES = 2  # decimals of a distance in km that mean something: a place is kept to about a metre

SHOPS = {  # made up: (longitude, latitude)
    "Amsterdam": (4.8952, 52.3702),
    "Berlin": (13.4050, 52.5200),
    "Brussels": (4.3517, 50.8503),
    "Lisbon": (-9.1393, 38.7223),
    "Madrid": (-3.7038, 40.4168),
    "Paris": (2.3522, 48.8566),
    "Rome": (12.4964, 41.9028),
    "Vienna": (16.3738, 48.2082),
}


def load_shops(client) -> int:
    """Write the sample shops into Redis, and return how many they are. Others stay.

    Redis: GEOADD shop:places, O(shops × log shops); 1 round trip.
    Raises: CartDataError, CartConnectionError.
    """
    with explained(client, keys.places(), change=UNKNOWN):
        client.geoadd(keys.places(), [part for name in SHOPS for part in (*SHOPS[name], name)])
    return len(SHOPS)


def add_shop(client, name, longitude, latitude):
    """Write where a shop is, in degrees, the longitude first; one that was there has moved.

    Redis: GEOADD shop:places, O(log shops); 1 round trip.
    Raises: InvalidNameError, InvalidPlaceError, CartDataError, CartConnectionError.
    """
    name, place = _read_name(name), _read_place(longitude, latitude)
    with explained(client, keys.places(), change=UNKNOWN):
        client.geoadd(keys.places(), [*place, name])


def remove_shop(client, name) -> bool:
    """Take a shop out; return whether it was there.

    Redis: ZREM shop:places, O(log shops), as a place is a member of a sorted set; 1 round trip.
    Raises: InvalidNameError, CartDataError, CartConnectionError.
    """
    name = _read_name(name)
    with explained(client, keys.places(), change=UNKNOWN):
        return bool(client.zrem(keys.places(), name))


def nearest_shops(client, longitude, latitude, *, within=100, most=3) -> list[tuple[str, float]]:
    """Return the shops within so many km of a place, as pairs (name, km), the nearest first.

    There are `most` of them at the most. The km have two decimals.

    Redis: GEOSEARCH shop:places FROMLONLAT BYRADIUS km ASC COUNT WITHDIST, O(shops about the
    circle); 1 round trip.
    Raises: InvalidPlaceError, InvalidDistanceError, InvalidQuantityError, CartDataError,
    CartConnectionError.
    """
    (longitude, latitude), within = _read_place(longitude, latitude), _read_distance(within)
    search = {"longitude": longitude, "latitude": latitude, "radius": within, "unit": "km"}
    order = {"sort": "ASC", "count": read_quantity(most), "withdist": True}
    with explained(client, keys.places()):
        found = client.geosearch(keys.places(), **search, **order)
    return [(name, round(float(km), METRES)) for name, km in found]


def distance(client, one, other) -> float | None:
    """Return how many km it is from one shop to another as the crow flies, with two decimals.

    None where one of them is not there.

    Redis: GEODIST shop:places km, O(1); 1 round trip.
    Raises: InvalidNameError, CartDataError, CartConnectionError.
    """
    one, other = _read_name(one), _read_name(other)
    with explained(client, keys.places()):
        km = client.geodist(keys.places(), one, other, unit="km")
    return None if km is None else round(float(km), METRES)


def _read_name(name):
    if not keys.is_text(name) or not 1 <= len(name) <= 128:
        raise InvalidNameError("shop", name)
    return name


def _read_place(longitude, latitude):
    """Return both as floats; InvalidPlaceError if they are no place that Redis can keep."""
    if not (_is_within(longitude, MAX_LONGITUDE) and _is_within(latitude, MAX_LATITUDE)):
        raise InvalidPlaceError(longitude, latitude)
    return float(longitude), float(latitude)


def _read_distance(km):
    if not _is_within(km, MAX_DISTANCE) or km <= 0:
        raise InvalidDistanceError(km)
    return float(km)


def _is_within(number, most):
    """Tell whether something is a number from -most to most."""
    is_number = isinstance(number, Real) and not isinstance(number, bool)
    return is_number and abs(number) <= most  # which nan is not
