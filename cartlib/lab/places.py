"""What a key of places holds for a map: where each is, and which are near a point."""

from typing import NamedTuple

from cartlib.errors import CartError, shown
from cartlib.failures import explained
from cartlib.values import read_distance, read_place

MOST = 200  # places on a map


class Around(NamedTuple):
    """The places as {name: (longitude, latitude)}, and those near a point as (name, km)."""

    places: dict
    near: list


def look_around(client, key, longitude, latitude, radius) -> Around:
    """Return the places of a key, and which of them are within `radius` km of a point.

    Of a large key it takes the first 200 places. The nearest comes first.

    Redis: ZRANGE, then GEOPOS and GEOSEARCH in one pipeline, O(places); 2 round trips.
    Raises: InvalidPlaceError, InvalidDistanceError, CartDataError, CartConnectionError.
    """
    longitude, latitude = read_place(longitude, latitude)
    radius = read_distance(radius)
    point = {"longitude": longitude, "latitude": latitude, "radius": radius, "unit": "km"}
    with explained(client, key):
        names = client.zrange(key, 0, MOST - 1)
        pipe = client.pipeline(transaction=False)
        pipe.geopos(key, *names or ["nobody"])
        pipe.geosearch(key, **point, sort="ASC", withdist=True, count=MOST)
        where, near = pipe.execute()
    places = {
        name: (float(place[0]), float(place[1]))
        for name, place in zip(names, where, strict=False)
        if place is not None
    }
    return Around(places, [(name, float(km)) for name, km in near])


def read_number(text, name) -> float:
    """Return what somebody typed as a number; a CartError where it is none."""
    try:
        return float(text)
    except ValueError:
        raise CartError(f"{name} is a number such as 2.35, not {shown(text)}.") from None
