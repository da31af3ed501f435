"""Time-outs: of a whole cart, and of one line in it."""

import time

from cartlib import keys
from cartlib.errors import ItemNotInCartError
from cartlib.events import execute_and_publish
from cartlib.failures import UNKNOWN, explained
from cartlib.values import has_passed, read_seconds, read_whole


def expire_cart(client, seconds, *, cart="guest"):
    """Let the cart end `seconds` after its last add; None lets it stay for good.

    The session slides: add_to_cart starts the time-out anew. An empty cart can have a session too.

    Redis: one MULTI with SET cart:{NAME}:session, and EXPIRE of the cart and its deadlines, or DEL
    and PERSIST; O(1), 1 round trip; 2 on a cluster.
    Raises: InvalidSecondsError, CartDataError, CartConnectionError.
    """
    lines, deadlines, session = keys.cart(cart), keys.deadlines(cart), keys.session(cart)
    with explained(client, lines, change=UNKNOWN):
        pipe = client.pipeline(transaction=True)
        if seconds is None:
            pipe.delete(session)
            pipe.persist(lines)
            pipe.persist(deadlines)
        else:
            seconds = read_seconds(seconds)
            pipe.set(session, seconds, ex=seconds)
            pipe.expire(lines, seconds)
            pipe.expire(deadlines, seconds)
        execute_and_publish(client, pipe, cart, "expire_cart")


def cart_ttl(client, *, cart="guest") -> int | None:
    """Return the seconds that the cart has left; None where it has no time-out, or no lines.

    Redis: TTL cart:{NAME}, O(1); 1 round trip.
    Raises: CartConnectionError.
    """
    with explained(client, keys.cart(cart)):
        seconds = client.ttl(keys.cart(cart))
    return seconds if seconds >= 0 else None


def expire_item(client, product_id, seconds, *, cart="guest"):
    """Let one line end in `seconds`; None takes its deadline away. Adding the product does, too.

    A member of a sorted set has no TTL of its own: the deadline, by this computer's clock, is its
    score in a second sorted set.

    Redis: ZSCORE, ZSCORE, PTTL in one pipeline, then MULTI with ZADD or ZREM, and PEXPIRE,
    O(log lines); 2 round trips; 3 on a cluster.
    Raises: ItemNotInCartError, InvalidSecondsError, InvalidProductIdError, CartDataError,
    CartConnectionError.
    """
    keys.product(product_id)  # refuses what can't be an id
    seconds = None if seconds is None else read_seconds(seconds)
    lines, deadlines = keys.cart(cart), keys.deadlines(cart)
    with explained(client, lines, deadlines, change=UNKNOWN):
        pipe = client.pipeline(transaction=False)
        pipe.zscore(lines, product_id)
        pipe.zscore(deadlines, product_id)
        pipe.pttl(lines)
        score, deadline, milliseconds = pipe.execute()
        if score is None or has_passed(deadline):
            raise ItemNotInCartError(product_id, cart)
        read_whole(score, lines, product_id)
        pipe = client.pipeline(transaction=True)
        if seconds is None:
            pipe.zrem(deadlines, product_id)
        else:
            pipe.zadd(deadlines, {product_id: time.time() + seconds})
        if milliseconds >= 0:  # counted from now, so the deadlines do not go before the cart
            pipe.pexpire(deadlines, milliseconds + 1)  # PTTL can have cut off a fraction
        execute_and_publish(client, pipe, cart, "expire_item", product_id)


def item_ttls(client, *, cart="guest") -> dict[str, float]:
    """Return the seconds that each line with a deadline has left, the first to go first.

    Redis: ZINTER of the deadlines and the cart WEIGHTS 1 0 WITHSCORES, O(deadlines × log
    deadlines); 1 round trip. A line that is gone can have left its deadline behind.
    Raises: CartDataError, CartConnectionError.
    """
    lines, deadlines = keys.cart(cart), keys.deadlines(cart)
    with explained(client, lines, deadlines):
        found = client.zinter({deadlines: 1, lines: 0}, withscores=True)
    now = time.time()
    return {item: deadline - now for item, deadline in found if deadline > now}
