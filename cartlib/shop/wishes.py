"""The wish list: a Set of product ids for each visitor.

A Set holds each member once, in no order, and tells at once whether one is there. The keys of all
wish lists share the tag {wishes}, so that Redis can compare any two of them, on a cluster, too.
"""

from cartlib import keys
from cartlib.catalogue import check_known
from cartlib.failures import UNKNOWN, explained


def add_wish(client, product_id, *, visitor="guest") -> bool:
    """Put a product on a wish list; return whether it is new there.

    As with add_to_cart(), a product can leave the catalogue right after the look: whoever reads
    the list has to show it as no longer sold.

    Redis: EXISTS product:ID, then SADD shop:{wishes}:NAME, O(1) each; 2 round trips.
    Raises: ProductNotFoundError, InvalidProductIdError, InvalidNameError, CartDataError,
    CartConnectionError.
    """
    wishes = keys.wishes(visitor)
    check_known(client, product_id)
    with explained(client, wishes, change=UNKNOWN):
        return bool(client.sadd(wishes, product_id))


def remove_wish(client, product_id, *, visitor="guest") -> bool:
    """Take a product off a wish list; return whether it was there.

    Redis: SREM shop:{wishes}:NAME, O(1); 1 round trip.
    Raises: InvalidProductIdError, InvalidNameError, CartDataError, CartConnectionError.
    """
    keys.product(product_id)  # refuses what can't be an id
    wishes = keys.wishes(visitor)
    with explained(client, wishes, change=UNKNOWN):
        return bool(client.srem(wishes, product_id))


def get_wishes(client, *, visitor="guest") -> list[str]:
    """Return the product ids on a wish list, sorted: a Set itself has no order.

    Redis: SMEMBERS shop:{wishes}:NAME, O(wishes); 1 round trip.
    Raises: InvalidNameError, CartDataError, CartConnectionError.
    """
    wishes = keys.wishes(visitor)
    with explained(client, wishes):
        return sorted(client.smembers(wishes))


def wishes_in_common(client, one, other) -> list[str]:
    """Return the product ids that two visitors both wish for, sorted.

    Redis: SINTER of the two lists, O(wishes of the shorter one); 1 round trip. Only what both wish
    for travels.
    Raises: InvalidNameError, CartDataError, CartConnectionError.
    """
    names = keys.wishes(one), keys.wishes(other)
    with explained(client, *names):
        return sorted(client.sinter(names))
