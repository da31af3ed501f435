"""The cart: add, remove, look, and the two functions that keep it tidy.

`client` is what connect() returns: fakeredis, one server, or a cluster. All of them answer alike.
"""

import time

from cartlib import keys
from cartlib.connection import explained
from cartlib.errors import ItemNotInCartError, ProductNotFoundError
from cartlib.events import execute_and_publish, publish
from cartlib.values import has_passed, read_quantity, read_whole


def add_to_cart(client, product_id, quantity, *, cart="guest"):
    """Add to the quantity of a product in the cart, and return the new quantity.

    Adding increments: two adds of 1 make 2. It renews the cart's time-out (see expiry.py),
    forgets the line's own deadline, and publishes an event.

    Redis: EXISTS, GET, 2 ZSCORE in one pipeline; then MULTI with ZINCRBY O(log lines), ZREM,
    EXPIRE, PUBLISH. 2 round trips; 3 on a cluster, where PUBLISH can't be part of the MULTI.
    Raises: ProductNotFoundError, InvalidProductIdError, InvalidQuantityError, CartDataError,
    CartConnectionError.
    """
    product, lines, session = keys.product(product_id), keys.cart(cart), keys.session(cart)
    deadlines, quantity = keys.deadlines(cart), read_quantity(quantity)
    with explained(client, lines, deadlines, session, change=True):
        pipe = client.pipeline(transaction=False)
        pipe.exists(product)
        pipe.get(session)
        pipe.zscore(deadlines, product_id)
        pipe.zscore(lines, product_id)
        known, seconds, deadline, held = pipe.execute()
        if not known:
            raise ProductNotFoundError(product_id)
        read_whole(held or 0, lines, product_id)  # no add to what can't be counted
        if has_passed(deadline):
            drop_expired(client, cart=cart)
        pipe = client.pipeline(transaction=True)
        pipe.zincrby(lines, quantity, product_id)
        pipe.zrem(deadlines, product_id)
        for key in (lines, deadlines, session) if seconds else ():
            pipe.expire(key, read_whole(seconds, session))
        replies = execute_and_publish(client, pipe, cart, "add", product_id, quantity)
    return read_whole(replies[0], lines, product_id)


def remove_from_cart(client, product_id, *, quantity=None, cart="guest"):
    """Take a product out of the cart, or only `quantity` of it; return how many were taken out.

    A line whose quantity would fall to 0 goes as a whole. The event tells of the attempt: it
    travels in the same MULTI, before anybody knows whether the line was there.

    Redis: one MULTI with ZSCORE, then ZREM, or ZADD XX INCR and ZREMRANGEBYSCORE, O(log lines),
    and PUBLISH. 1 round trip; 2 on a cluster.
    Raises: ItemNotInCartError, InvalidProductIdError, InvalidQuantityError, CartDataError,
    CartConnectionError.
    """
    keys.product(product_id)  # refuses what can't be an id
    lines, deadlines = keys.cart(cart), keys.deadlines(cart)
    with explained(client, lines, deadlines, change=True):
        pipe = client.pipeline(transaction=True)
        pipe.zscore(lines, product_id)
        pipe.zscore(deadlines, product_id)
        if quantity is None:
            pipe.zrem(lines, product_id)
            pipe.zrem(deadlines, product_id)
        else:
            quantity = read_quantity(quantity)
            pipe.zadd(lines, {product_id: -quantity}, xx=True, incr=True)
            pipe.zremrangebyscore(lines, "-inf", 0)
        score, deadline, *_ = execute_and_publish(
            client, pipe, cart, "remove", product_id, quantity
        )
    if score is None or has_passed(deadline):
        raise ItemNotInCartError(product_id, cart)
    held = read_whole(score, lines, product_id)
    return held if quantity is None else min(held, quantity)


def get_cart_items(client, *, cart="guest"):
    """Return the cart as [(product_id, quantity), …], the smallest quantity first.

    Lines whose own deadline has passed are left out, and then swept from the server.

    Redis: one MULTI with ZRANGE 0 -1 WITHSCORES, O(lines), and ZRANGE BYSCORE; 1 round trip.
    Raises: CartDataError, CartConnectionError.
    """
    lines, deadlines = keys.cart(cart), keys.deadlines(cart)
    with explained(client, lines, deadlines):
        pipe = client.pipeline(transaction=True)
        queue_items(pipe, cart)
        items, expired = pipe.execute()
        return current_items(client, items, expired, cart)


def clear_cart(client, *, cart="guest"):
    """Empty the cart, and return how many lines it had. Its session goes on.

    Redis: one MULTI with ZREMRANGEBYRANK, O(lines), and PUBLISH. 1 round trip; 2 on a cluster.
    Raises: CartDataError, CartConnectionError.
    """
    lines, deadlines = keys.cart(cart), keys.deadlines(cart)
    with explained(client, lines, deadlines, change=True):
        pipe = client.pipeline(transaction=True)
        pipe.zremrangebyrank(lines, 0, -1)
        pipe.zremrangebyrank(deadlines, 0, -1)
        return execute_and_publish(client, pipe, cart, "clear")[0]


def drop_expired(client, *, cart="guest"):
    """Remove the lines whose own deadline has passed.

    WATCH guards it: where somebody changes the deadlines meanwhile, for instance by adding the
    product again, nothing is removed, and it looks once more.

    Redis: WATCH, ZRANGE BYSCORE, MULTI with two ZREM, O(log lines) each. 3 round trips or more.
    """
    lines, deadlines = keys.cart(cart), keys.deadlines(cart)

    def remove(pipe):
        expired = pipe.zrange(deadlines, "-inf", time.time(), byscore=True)
        pipe.multi()
        if expired:
            pipe.zrem(lines, *expired)
            pipe.zrem(deadlines, *expired)

    with explained(client, lines, deadlines):
        if client.transaction(remove, deadlines):
            publish(client, cart, "expire")


def queue_items(pipe, cart):
    """Put into a MULTI the two commands whose replies current_items() takes."""
    pipe.zrange(keys.cart(cart), 0, -1, withscores=True)
    pipe.zrange(keys.deadlines(cart), "-inf", time.time(), byscore=True)


def current_items(client, items, expired, cart):
    """Return the lines that have not expired, with whole quantities; sweep the others."""
    lines = keys.cart(cart)
    if items and isinstance(items[0], str):  # as redis-py hands on a MULTI's reply of a cluster
        items = zip(items[::2], items[1::2], strict=True)
    if expired:
        drop_expired(client, cart=cart)
    return [(item, read_whole(n, lines, item)) for item, n in items if item not in expired]
