"""What somebody looked at last: a List, cut to ten."""

from cartlib import keys
from cartlib.failures import UNKNOWN, explained

KEPT = 10


def note_viewed(client, product_id, *, cart="guest"):
    """Put a product before all that were looked at earlier; keep the last ten, each once.

    Redis: one MULTI with LREM, LPUSH and LTRIM of cart:{NAME}:viewed, O(10); 1 round trip.
    Raises: InvalidProductIdError, InvalidCartNameError, CartDataError, CartConnectionError.
    """
    keys.product(product_id)  # refuses what can't be an id
    key = keys.viewed(cart)
    with explained(client, key, change=UNKNOWN):
        pipe = client.pipeline(transaction=True)
        pipe.lrem(key, 0, product_id)
        pipe.lpush(key, product_id)
        pipe.ltrim(key, 0, KEPT - 1)
        pipe.execute()


def recently_viewed(client, *, cart="guest") -> list[str]:
    """Return the ids of the last ten products that were looked at, the last one first.

    Redis: LRANGE cart:{NAME}:viewed, O(10); 1 round trip.
    Raises: InvalidCartNameError, CartDataError, CartConnectionError.
    """
    key = keys.viewed(cart)
    with explained(client, key):
        return client.lrange(key, 0, KEPT - 1)
