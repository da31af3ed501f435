"""What sells best: a Sorted Set of pieces for each day, which are added up when somebody asks."""

from cartlib import keys
from cartlib.failures import UNKNOWN, explained
from cartlib.values import as_number, read_quantity, read_whole


def count_sale(client, product_id, quantity, *, day) -> int:
    """Count pieces that were sold on a day; return how many it are on that day now.

    `day` is a date of Python's datetime: whoever calls decides where a day ends. The product need
    not be in the catalogue any more.

    Redis: ZINCRBY shop:{sales}:DAY, O(log products); 1 round trip.
    Raises: InvalidDayError, InvalidProductIdError, InvalidQuantityError, CartDataError,
    CartConnectionError.
    """
    keys.product(product_id)  # refuses what can't be an id
    sales, quantity = keys.sales(day), read_quantity(quantity)
    with explained(client, sales, change=UNKNOWN):
        return as_number(client.zincrby(sales, quantity, product_id))


def best_sellers(client, *days, most=3) -> list[tuple[str, int]]:
    """Return [(product_id, pieces), …] of these days together, what sold most first.

    Of equal ones, the smaller id comes first. A day that is given twice counts once.

    Redis: ZUNION of the days WITHSCORES, O(n log n) for all products that were sold; 1 round trip,
    3 on a cluster. It only reads: ZUNIONSTORE would keep the sums in a key, for a shop that is
    asked very often.
    Raises: InvalidDayError, InvalidQuantityError for `most`, CartDataError, CartConnectionError.
    """
    names, most = [keys.sales(day) for day in dict.fromkeys(days)], read_quantity(most)
    if not names:
        return []
    with explained(client, *names):
        sold = client.zunion(names, withscores=True)
    pieces = [(item, read_whole(score, names[0], item)) for item, score in sold]
    return sorted(pieces, key=lambda line: (-line[1], line[0]))[:most]
