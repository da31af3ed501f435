"""An add that happens once, however often it is sent.

Whoever gets no answer to an add does not know whether it was done (lesson 03). With an id for the
request, it can be sent again: the shop remembers which requests it has done.
"""

from cartlib import keys
from cartlib.cart import keys_of_add, look_before_add, queue_add
from cartlib.errors import RequestReusedError
from cartlib.events import execute_and_publish
from cartlib.failures import AGAIN, UNTOUCHED, explained, transact
from cartlib.values import as_number, read_quantity

REQUEST_KEPT = 86_400  # seconds


def add_once(client, product_id, quantity, *, request_id, cart="guest"):
    """Add as add_to_cart() does, but once for each request id; return the line's quantity.

    A request that comes again within a day changes nothing, and gets the quantity of now. The
    request is noted in the MULTI that adds, so neither is ever done without the other. WATCH guards
    the look: of two that come at the same time with one id, the second begins anew, and finds it.

    Redis: WATCH and GET cart:{NAME}:request:ID; the look of add_to_cart(); then its MULTI, with SET
    NX EX. 4 round trips, 5 on a cluster. Where it was done before, ZSCORE and UNWATCH make 4.
    Raises: RequestReusedError where this id has added something else; InvalidNameError; and what
    add_to_cart() raises. Where the outcome is unknown, send it again with the same id.
    """
    noted, quantity = keys.request(cart, request_id), read_quantity(quantity)

    def add(pipe):
        before = pipe.get(noted)
        if before is not None:
            _check_same(before, request_id, product_id, quantity)
            return as_number(client.zscore(keys.cart(cart), product_id) or 0)
        seconds = look_before_add(client, names, product_id, quantity, cart)
        pipe.multi()
        queue_add(pipe, names, product_id, quantity, seconds)
        pipe.set(noted, f"{quantity} {product_id}", nx=True, ex=REQUEST_KEPT)
        with explained(client, noted, *names, change=AGAIN):
            replies = execute_and_publish(client, pipe, cart, "add", product_id, quantity)
        return as_number(replies[0])

    names = keys_of_add(product_id, cart)
    with explained(client, noted, *names, change=UNTOUCHED):
        return transact(client, add, noted)


def _check_same(before, request_id, product_id, quantity):
    """Raise RequestReusedError if what was noted is no add of this quantity of this product."""
    number, _, item = before.partition(" ")
    if (number, item) != (str(quantity), product_id):
        raise RequestReusedError(request_id, item, number)
