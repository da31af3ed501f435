"""The cart: add, remove, look, and the two functions that keep it tidy.

`client` is what connect() returns: fakeredis, one server, or a cluster. All of them answer alike.
"""

import logging
import time

from redis.exceptions import OutOfMemoryError, ResponseError

from cartlib import keys
from cartlib.errors import (
    CartConnectionError,
    CartDataError,
    ItemNotInCartError,
    ProductNotFoundError,
    shown,
)
from cartlib.events import execute_and_publish, publish
from cartlib.failures import UNKNOWN, explained, transact, wrong_type
from cartlib.values import (
    MAX_EXACT,
    as_number,
    has_passed,
    read_quantity,
    read_session,
    read_whole,
)

_log = logging.getLogger(__name__)


def add_to_cart(client, product_id, quantity, *, cart="guest"):
    """Add to the quantity of a product in the cart, and return the new quantity.

    Adding increments: two adds of 1 make 2. It renews the cart's time-out (see expiry.py),
    forgets the line's own deadline, and publishes an event.

    Redis: EXISTS, GET, 2 ZSCORE in one pipeline; then MULTI with ZINCRBY O(log lines), ZREM,
    EXPIRE, PUBLISH. 2 round trips; 3 on a cluster, where PUBLISH can't be part of the MULTI.
    Raises: ProductNotFoundError, InvalidProductIdError, InvalidQuantityError, CartDataError,
    CartConnectionError.
    """
    names, quantity = keys_of_add(product_id, cart), read_quantity(quantity)
    with explained(client, *names, change=UNKNOWN):
        seconds = look_before_add(client, names, product_id, quantity, cart)
        pipe = client.pipeline(transaction=True)
        queue_add(pipe, names, product_id, quantity, seconds)
        replies = execute_and_publish(client, pipe, cart, "add", product_id, quantity)
    return as_number(replies[0])


def keys_of_add(product_id, cart):
    """Return the keys of an add: the lines', the deadlines', the session's and the product's."""
    product = keys.product(product_id)
    return keys.cart(cart), keys.deadlines(cart), keys.session(cart), product


def look_before_add(client, names, product_id, quantity, cart):
    """Return the session's seconds, or None; raise what forbids to add."""
    lines, deadlines, session, product = names
    pipe = client.pipeline(transaction=False)
    pipe.exists(product)
    pipe.get(session)
    pipe.zscore(deadlines, product_id)
    pipe.zscore(lines, product_id)
    known, seconds, deadline, held = pipe.execute()
    if not known:
        raise ProductNotFoundError(product_id)
    seconds = None if seconds is None else read_session(seconds, session)
    if has_passed(deadline):
        drop_expired(client, cart=cart)
    else:
        _check_room(held, quantity, lines, product_id)
    return seconds


def queue_add(pipe, names, product_id, quantity, seconds):
    """Put an add into a MULTI; the first reply is the new quantity."""
    lines, deadlines, session, _ = names
    pipe.zincrby(lines, quantity, product_id)
    pipe.zrem(deadlines, product_id)
    for key in (lines, deadlines, session) if seconds else ():
        pipe.expire(key, seconds)


def remove_from_cart(client, product_id, *, quantity=None, cart="guest"):
    """Take a product out of the cart, or only `quantity` of it; return how many were taken out.

    A line whose quantity would fall to 0 goes as a whole. What Redis says of the line before and
    after is returned as it is, a fraction too, since the change is made by then. The event tells
    of the attempt: it travels in the same MULTI, before anybody knows whether the line was there.
    A line whose deadline has passed counts as gone, whatever is done to the rest of it. A deadline
    of the line stays behind; it is forgotten at the next add, or swept when it passes.

    Redis: one MULTI with 2 ZSCORE, then ZREM, or ZADD XX INCR and ZREMRANGEBYSCORE, O(log lines),
    and PUBLISH. 1 round trip; 2 on a cluster.
    Raises: ItemNotInCartError, InvalidProductIdError, InvalidQuantityError, CartDataError,
    CartConnectionError.
    """
    keys.product(product_id)  # refuses what can't be an id
    lines, deadlines = keys.cart(cart), keys.deadlines(cart)
    quantity = None if quantity is None else read_quantity(quantity)
    with explained(client, lines, change=UNKNOWN):
        pipe = client.pipeline(transaction=True)
        pipe.zscore(deadlines, product_id)
        pipe.zscore(lines, product_id)
        if quantity is None:
            pipe.zrem(lines, product_id)
        else:
            pipe.zadd(lines, {product_id: -quantity}, xx=True, incr=True)
            pipe.zremrangebyscore(lines, "-inf", 0)
        deadline, held, now, *_ = execute_and_publish(
            client, pipe, cart, "remove", product_id, quantity, raise_on_error=False
        )
        if isinstance(held, ResponseError):  # the other replies for this key say the same
            raise held
    if isinstance(deadline, ResponseError):  # no deadlines are there; the line went, if it was
        if held is None:
            raise wrong_type(deadlines)
        deadline = None
    if held is None or has_passed(deadline):
        raise ItemNotInCartError(product_id, cart)
    if quantity is None or float(now) <= 0:
        return as_number(held)
    return as_number(float(held) - float(now)) if now != held else 0


def get_cart_items(client, *, cart="guest"):
    """Return the cart as [(product_id, quantity), …], the smallest quantity first.

    Lines whose own deadline has passed are left out, and then swept from the server.

    Redis: one MULTI with ZRANGE 0 -1 WITHSCORES, O(lines), and ZRANGE BYSCORE; 1 round trip.
    A server whose memory is full refuses the MULTI: there the two are sent without it.
    Raises: CartDataError, CartConnectionError.
    """
    with explained(client, keys.cart(cart), keys.deadlines(cart)):
        try:
            items, expired = _read_items(client, cart, transaction=True)
        except OutOfMemoryError:
            items, expired = _read_items(client, cart, transaction=False)
    return current_items(client, items, expired, cart)


def clear_cart(client, *, cart="guest"):
    """Empty the cart, and return how many lines it had. Its session goes on.

    It looks first: where a key holds another type, a MULTI would still do its other commands.

    Redis: 2 ZCARD in one pipeline; then MULTI with 2 ZREMRANGEBYRANK, O(lines), and PUBLISH.
    2 round trips; 3 on a cluster.
    Raises: CartDataError, CartConnectionError.
    """
    lines, deadlines = keys.cart(cart), keys.deadlines(cart)
    with explained(client, lines, deadlines, change=UNKNOWN):
        pipe = client.pipeline(transaction=False)
        pipe.zcard(lines)
        pipe.zcard(deadlines)
        pipe.execute()
        pipe = client.pipeline(transaction=True)
        pipe.zremrangebyrank(lines, 0, -1)
        pipe.zremrangebyrank(deadlines, 0, -1)
        return execute_and_publish(client, pipe, cart, "clear")[0]


def drop_expired(client, *, cart="guest"):
    """Remove the lines whose own deadline has passed.

    WATCH guards it: where somebody changes the deadlines meanwhile, for instance by adding the
    product again, nothing is removed, and it looks once more.

    Redis: WATCH, ZRANGE BYSCORE, MULTI with two ZREM, O(log lines) each. 3 round trips or more.
    Raises: CartDataError, CartConnectionError.
    """
    lines, deadlines = keys.cart(cart), keys.deadlines(cart)

    def remove(pipe):
        expired = pipe.zrange(deadlines, "-inf", time.time(), byscore=True)
        pipe.multi()
        if expired:
            pipe.zrem(lines, *expired)
            pipe.zrem(deadlines, *expired)
        return pipe.execute()

    with explained(client, lines, deadlines, change=UNKNOWN):
        if transact(client, remove, deadlines):
            publish(client, cart, "expire")


def queue_items(pipe, cart):
    """Put into a pipeline the two commands whose replies current_items() takes."""
    pipe.zrange(keys.cart(cart), 0, -1, withscores=True)
    pipe.zrange(keys.deadlines(cart), "-inf", time.time(), byscore=True)


def current_items(client, items, expired, cart):
    """Return the lines that have not expired, with whole quantities; sweep the others.

    Where they can't be swept, as on a replica, that is logged: the answer holds all the same.
    """
    key = keys.cart(cart)
    if items and isinstance(items[0], str):  # as redis-py hands on a MULTI's reply of a cluster
        items = zip(items[::2], items[1::2], strict=True)
    if expired:
        try:
            drop_expired(client, cart=cart)
        except CartConnectionError as error:
            _log.warning("Expired lines of %s were not swept. %s", cart, error)
    return [(item, read_whole(n, key, item)) for item, n in items if item not in expired]


def _read_items(client, cart, transaction):
    pipe = client.pipeline(transaction=transaction)
    queue_items(pipe, cart)
    return pipe.execute()


def _check_room(held, quantity, key, product_id):
    """Refuse an add to what can't be counted, before it is made."""
    if read_whole(held or 0, key, product_id) + quantity > MAX_EXACT:
        raise CartDataError(
            f"The key {key} holds {shown(held)} for {shown(product_id)}: with {quantity} more, "
            "Redis could no longer count it exactly. Set it right, or remove the line.",
            key,
            held,
        )
