"""What others also took: a vector for each product, and the products whose vectors are alike."""

import math
from numbers import Real

from redis.exceptions import ResponseError

from cartlib import keys
from cartlib.errors import InvalidVectorError
from cartlib.failures import UNKNOWN
from cartlib.shop.knows import VECTORS, needs
from cartlib.values import read_quantity

MOST_NUMBERS = 1000
NOTHING_IN_COMMON = 0.5  # Redis's likeness of two vectors at a right angle


def note_product(client, product_id, vector):
    """Note the vector of a product, in place of the one that it had.

    Redis: VADD shop:likeness VALUES, O(log products); 1 round trip.
    Raises: InvalidVectorError, InvalidProductIdError, UnsupportedError, CartDataError where the
    other products have vectors of another length, CartConnectionError.
    """
    keys.product(product_id)  # refuses what can't be an id
    key, numbers = keys.likeness(), _read_vector(vector)
    with needs(client, "VADD", VECTORS, key, change=UNKNOWN):
        client.execute_command("VADD", key, "VALUES", len(numbers), *numbers, product_id)


def others_also_took(client, product_id, *, most=3) -> list[tuple[str, float]]:
    """Return the products most like this one, as [(product id, likeness)], the most alike first.

    The likeness goes from 0 to 1, and 0.5 is nothing in common: who has no more is left out. A
    product without a vector is like no other.

    Redis: VSIM shop:likeness ELE … WITHSCORES COUNT, O(log products); 1 round trip.
    Raises: InvalidProductIdError, InvalidQuantityError, UnsupportedError, CartDataError,
    CartConnectionError.
    """
    keys.product(product_id)
    key, count = keys.likeness(), read_quantity(most) + 1  # the product is most like itself
    with needs(client, "VSIM", VECTORS, key):
        found = _most_like(client, key, product_id, count)
    others = [(item, float(score)) for item, score in found if item != product_id]
    return [(item, score) for item, score in others if score > NOTHING_IN_COMMON][: count - 1]


def _most_like(client, key, product_id, count):
    words = "VSIM", key, "ELE", product_id, "WITHSCORES", "COUNT", count
    try:
        reply = client.execute_command(*words)
    except ResponseError as error:
        if "element not found" in str(error):
            return []
        raise
    # A client of protocol 3 gets pairs, one of protocol 2 a flat list.
    return reply.items() if isinstance(reply, dict) else zip(reply[::2], reply[1::2], strict=True)


def _read_vector(vector) -> list[float]:
    """Return a vector as floats; InvalidVectorError if it is none."""
    numbers = list(vector) if isinstance(vector, list | tuple) else []
    real = all(isinstance(one, Real) and not isinstance(one, bool) for one in numbers)
    if not real or not 1 <= len(numbers) <= MOST_NUMBERS:
        raise InvalidVectorError(vector)
    try:
        numbers = [float(one) for one in numbers]
    except OverflowError:  # an int that is too large for a float
        raise InvalidVectorError(vector) from None
    if not all(map(math.isfinite, numbers)) or not any(numbers):
        raise InvalidVectorError(vector)
    return numbers
