"""Counters, a page that is kept for a while, and a limit: what a plain String does for a shop."""

from cartlib import keys
from cartlib.errors import (
    CartDataError,
    CartError,
    InvalidQuantityError,
    TooManyRequestsError,
    shown,
)
from cartlib.failures import UNKNOWN, explained
from cartlib.values import MAX_QUANTITY, read_count, read_seconds, read_whole


def count_view(client, product_id) -> int:
    """Count one more look at a product, and return how many there were with it.

    Redis: INCRBY shop:views:ID 1, as redis-py writes INCR; O(1), 1 round trip.
    Raises: InvalidProductIdError, CartDataError, CartConnectionError.
    """
    key = keys.views(product_id)
    with explained(client, key, change=UNKNOWN):
        return client.incr(key)


def get_views(client, product_ids) -> dict[str, int]:
    """Return how often each of these products was looked at: 0 for one that never was.

    Each counter is a key of its own, and on a cluster they lie on several nodes, where no single
    command reads them all: hence a pipeline, and no MGET.

    Redis: one pipeline with GET shop:views:ID for each product, O(products); 1 round trip, none for
    no products.
    Raises: InvalidProductIdError, CartDataError, CartConnectionError.
    """
    names = {product_id: keys.views(product_id) for product_id in product_ids}
    with explained(client, *names.values()):
        pipe = client.pipeline(transaction=False)
        for key in names.values():
            pipe.get(key)
        found = pipe.execute()
    counts = zip(names.items(), found, strict=True)
    return {
        product_id: 0 if count is None else read_whole(count, key)
        for (product_id, key), count in counts
    }


def get_page(client, name, make, *, seconds=60) -> str:
    """Return the page `name`: the one that is kept, else what make() returns, kept for `seconds`.

    For so long it can be out of date: see forget_page(). Nobody is locked out while it is made: of
    two who ask at once both call make(), each returns its own page, and the one that is done last
    stays. What was being made when somebody forgot the page is kept all the same. An error of
    make() goes through, and then nothing is kept.

    Redis: GET shop:page:NAME, and where there was none, SET EX, O(1); 1 or 2 round trips.
    Raises: CartError where make() returns no text; InvalidNameError, InvalidSecondsError,
    CartDataError, CartConnectionError.
    """
    key, seconds = keys.page(name), read_seconds(seconds)
    if not callable(make):
        raise CartError(f"Give the function itself that makes the page, not {shown(make)}.")
    with explained(client, key):
        kept = client.get(key)
    if kept is not None:
        return kept
    page = make()
    if not keys.is_text(page):
        raise CartError(
            f"A page is a text that UTF-8 can carry, and what makes {shown(name)} returned "
            f"{shown(page)}. Nothing was kept: let it return a str."
        )
    with explained(client, key, change=UNKNOWN):
        client.set(key, page, ex=seconds)
    return page


def forget_page(client, name) -> bool:
    """Forget the page `name`, so that the next who asks gets a new one; return whether it was kept.

    Redis: DEL shop:page:NAME, whatever is there, O(1); 1 round trip.
    Raises: InvalidNameError, CartConnectionError.
    """
    key = keys.page(name)
    with explained(client, key, change=UNKNOWN):
        return bool(client.execute_command("DEL", key))  # delete() of a cluster could send it twice


def check_rate(client, name, *, most=10, seconds=60) -> int:
    """Count a request of the visitor `name`; return how many more they may make in this window.

    A window begins with the first request, and ends `seconds` later, however many come meanwhile;
    those that are refused are counted, too. At the seam of two windows a visitor can make twice as
    many in a short time. SET NX makes a counter and its end as one, and the MULTI counts in it: so
    no counter is ever without an end, and no visitor locked out for good.

    Redis: one MULTI with SET NX EX, INCRBY and PTTL of shop:limit:NAME, O(1); 1 round trip.
    Raises: TooManyRequestsError with the seconds to wait; InvalidQuantityError for `most`;
    InvalidNameError, InvalidSecondsError, CartDataError, CartConnectionError.
    """
    key, seconds = keys.limit(name), read_seconds(seconds)
    most = read_count(most, MAX_QUANTITY, InvalidQuantityError)
    with explained(client, key, change=UNKNOWN):
        pipe = client.pipeline(transaction=True)
        pipe.set(key, 0, ex=seconds, nx=True)
        pipe.incr(key)
        pipe.pttl(key)
        _, made, left = pipe.execute()
    if made <= most:
        return most - made
    if left < 0:
        raise CartDataError(
            f"The key {key} has no time-out, so {shown(name)} could never come again. Some other "
            "program wrote it: delete it.",
            key,
            made,
        )
    raise TooManyRequestsError(name, most, max(1, -(-left // 1000)))  # rounded up
