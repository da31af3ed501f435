"""Where the shops are, and which of them is the nearest."""

from cartlib import keys
from cartlib.failures import UNKNOWN, explained
from cartlib.values import read_distance, read_place, read_quantity

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
    name, place = keys.named("shop", name), read_place(longitude, latitude)
    with explained(client, keys.places(), change=UNKNOWN):
        client.geoadd(keys.places(), [*place, name])


def remove_shop(client, name) -> bool:
    """Take a shop out; return whether it was there.

    Redis: ZREM shop:places, O(log shops), as a place is a member of a sorted set; 1 round trip.
    Raises: InvalidNameError, CartDataError, CartConnectionError.
    """
    name = keys.named("shop", name)
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
    (longitude, latitude), within = read_place(longitude, latitude), read_distance(within)
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
    one, other = keys.named("shop", one), keys.named("shop", other)
    with explained(client, keys.places()):
        km = client.geodist(keys.places(), one, other, unit="km")
    return None if km is None else round(float(km), METRES)
