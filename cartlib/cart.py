"""The cart: the five functions of the kit, and the two that keep it tidy.

`client` is what connect() returns: fakeredis, one server, or a cluster. All of them answer alike.
"""

import json
import logging
import operator
import os
import time
from decimal import Decimal, InvalidOperation
from functools import cache

import redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.connection import parse_url
from redis.exceptions import NoPermissionError, RedisClusterException, RedisError
from redis.retry import Retry

from cartlib import keys
from cartlib.errors import (
    CartConnectionError,
    CartDataError,
    InvalidQuantityError,
    ItemNotInCartError,
    ProductNotFoundError,
    explained,
    shown,
)

MAX_QUANTITY = 1_000_000
LONGEST_TIMEOUT = 86_400  # seconds
MAX_EXACT = 2**53  # a score is a double, and counts by ones up to here


def connect(host=None, port=6379, *, url=None, timeout=2.0):
    """Return a client: of the server at host and port, or at url, or at $REDIS_URL; else fakeredis.

    Without any of them it is a pretended server inside this process, the same one at each call.
    A server that is part of a cluster gets a RedisCluster client. `timeout` is in seconds. The
    client sends nothing twice: redis-py would retry ten times, and a repeated ZINCRBY adds twice.

    Redis: INFO server, after the handshake.
    Raises: CartConnectionError.
    """
    if host is not None and url is not None:
        raise CartConnectionError("Give connect() a host or a url, not both.")
    if host is None and url is None:
        url = os.environ.get("REDIS_URL") or None
    if not isinstance(timeout, int | float) or not 0 < timeout <= LONGEST_TIMEOUT:
        raise CartConnectionError(f"A timeout is some seconds, above 0, not {shown(timeout)}.")
    options = {
        "decode_responses": True,
        "protocol": 2,  # replies then look as redis-cli shows them
        "retry": Retry(NoBackoff(), 0),
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
    }
    if host is None and url is None:
        return _fake_client(options)
    return _real_client(host, port, url, options)


def get_product(client, product_id):
    """Return a product as {"product_id": str, "name": str, "price": Decimal}.

    Redis: HGETALL product:ID, O(fields); 1 round trip.
    Raises: ProductNotFoundError, InvalidProductIdError, CartDataError, CartConnectionError.
    """
    key = keys.product(product_id)
    with explained(client, key):
        fields = client.hgetall(key)
    if not fields:  # Redis answers a missing key with an empty hash
        raise ProductNotFoundError(product_id)
    if "name" not in fields:
        raise CartDataError(f"The hash {key} has no field name. Load the catalogue again.", key)
    price = read_price(fields.get("price"), key)
    return {"product_id": product_id, "name": fields["name"], "price": price}


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
            _publish(client, cart, _message("expire"))


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


def execute_and_publish(client, pipe, cart, change, product_id=None, quantity=None):
    """Execute a MULTI with its event as the last command, and return the other replies.

    redis-py has no PUBLISH in a cluster's pipeline: there it is a call of its own.
    """
    message = _message(change, product_id, quantity)
    if not isinstance(client, RedisCluster):
        return pipe.publish(keys.events(cart), message).execute()[:-1]
    replies = pipe.execute()
    _publish(client, cart, message)
    return replies


def read_quantity(quantity) -> int:
    """Return `quantity` as an int; InvalidQuantityError if it is none from 1 to 1,000,000."""
    return read_count(quantity, MAX_QUANTITY, InvalidQuantityError)


def read_count(value, largest, error, smallest=1) -> int:
    """Return `value` as an int; raise `error` if it is no whole number in that range."""
    try:
        number = operator.index(value)
    except TypeError:
        raise error(value) from None
    if isinstance(value, bool) or not smallest <= number <= largest:
        raise error(value)
    return number


def read_whole(number, key, member=None) -> int:
    """Return a number that Redis holds as an int; CartDataError if it is no exact whole number."""
    try:
        whole = int(number)
        if whole == float(number) and abs(whole) <= MAX_EXACT:
            return whole
    except (ValueError, OverflowError):
        pass
    line = f" for {shown(member)}" if member is not None else ""
    raise CartDataError(
        f"The key {key} holds {shown(number)}{line}, which is no whole number. "
        "Some other program wrote it: set it right, or delete it.",
        key,
        number,
    )


def read_price(text, key) -> Decimal:
    """Return a price, in the shop's currency; CartDataError if `text` is no amount of 0 or more."""
    try:
        price = Decimal(text)
        if price.is_finite() and price >= 0:
            return price
    except (InvalidOperation, TypeError):
        pass
    raise CartDataError(
        f"The hash {key} has the price {shown(text)}, which is no amount of money. "
        "Write it as a text such as 9.50.",
        key,
        text,
    )


def has_passed(deadline) -> bool:
    """Tell whether a line's deadline, in Unix seconds by this computer's clock, has passed."""
    return deadline is not None and float(deadline) <= time.time()


def _message(change, product_id=None, quantity=None):
    return json.dumps({"change": change, "product_id": product_id, "quantity": quantity})


def _publish(client, cart, message):
    # The change itself has been made by now; an event that is lost must not make it look failed.
    try:
        client.publish(keys.events(cart), message)
    except (RedisError, RedisClusterException):
        logging.getLogger(__name__).warning("The event of a change of %s was not sent.", cart)


@cache
def _fake_server():
    import fakeredis  # only whoever has no server needs it

    return fakeredis.FakeServer(version=(7,))


def _fake_client(options):
    import fakeredis

    return fakeredis.FakeRedis(server=_fake_server(), **options)


def _real_client(host, port, url, options):
    if url is None:
        _check_address(host, port)
        where = {"host": host, "port": port}
    else:
        where = _read_url(url, options)
    pool = redis.ConnectionPool(**options | where)
    client = redis.Redis.from_pool(pool)
    with explained(client, "INFO"):
        if not _is_in_cluster(client):
            return client
        client.close()
        where.pop("db", None)  # a cluster has but one
        secure = where.pop("connection_class", None) is not None
        return RedisCluster(**options | where, ssl=secure)


def _read_url(url, options):
    try:
        where = {"host": "localhost", "port": 6379} | parse_url(url)
        redis.ConnectionPool(**options | where).make_connection()
        return where
    except (ValueError, TypeError, AttributeError):  # their text can hold the password
        raise CartConnectionError(
            "That url can't be read. Write it as redis://HOST:PORT or "
            "redis://USER:PASSWORD@HOST:PORT/0, with special characters as %XX."
        ) from None


def _is_in_cluster(client):
    try:
        return client.info("server").get("redis_mode") == "cluster"
    except NoPermissionError:  # a user without INFO still has its cart
        return False


def _check_address(host, port):
    if not isinstance(host, str) or not 1 <= len(host) <= 253:
        raise CartConnectionError(f"A host is a name such as 'localhost', not {shown(host)}.")
    if isinstance(port, bool) or not isinstance(port, int) or not 1 <= port <= 65535:
        raise CartConnectionError(f"A port is a number from 1 to 65535, not {shown(port)}.")
