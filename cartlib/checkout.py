"""The stock, and the checkout: a cart is bought as a whole, or not at all.

All keys of one transaction must be on one node of a cluster, and the part in braces decides which.
So this little shop keeps its stock beside its cart. A shop with many carts would put all of them,
and the stock, under one tag of the shop.
"""

import json
import re
import time
from decimal import Decimal
from uuid import uuid4

from cartlib import keys
from cartlib.errors import (
    CartConnectionError,
    CartDataError,
    CartError,
    CheckoutUnknownError,
    EmptyCartError,
    InvalidStockError,
    OutOfStockError,
    ProductNotFoundError,
    shown,
)
from cartlib.events import execute_and_publish
from cartlib.failures import UNKNOWN, UNTOUCHED, explained, transact
from cartlib.values import MAX_QUANTITY, read_count, read_price, read_whole

ORDER_KEPT = 30 * 86_400  # seconds


def set_stock(client, stock, *, cart="guest"):
    """Write how many pieces there are of each product in the dict `stock`; others stay.

    Redis: HSET stock:{NAME}, O(products); 1 round trip.
    Raises: InvalidStockError, InvalidProductIdError, CartDataError, CartConnectionError.
    """
    key = keys.stock(cart)
    if not isinstance(stock, dict):
        raise InvalidStockError(stock)
    for product_id in stock:
        keys.product(product_id)  # refuses what can't be an id
    pieces = {item: read_count(n, MAX_QUANTITY, InvalidStockError, 0) for item, n in stock.items()}
    with explained(client, key, change=UNKNOWN):
        if pieces:
            client.hset(key, mapping=pieces)


def get_stock(client, *, cart="guest") -> dict[str, int]:
    """Return how many pieces are left of each product, by product id.

    Redis: HGETALL stock:{NAME}, O(products); 1 round trip.
    Raises: CartDataError, CartConnectionError.
    """
    key = keys.stock(cart)
    with explained(client, key):
        found = client.hgetall(key)
    return {item: _read_pieces(text, key, item) for item, text in found.items()}


def checkout(client, *, cart="guest") -> dict:
    """Take the pieces of every line out of the stock and empty the cart; or do neither.

    Returns {"lines": [(product_id, quantity), …], "total": Decimal, "order_id": str}. Expired lines
    are not bought. The prices are those of the moment: products are on other nodes of a cluster,
    where this WATCH can't reach them. Where somebody changes the cart or the stock meanwhile, it
    begins anew, as often as that happens: each time the other one's change went through, so the
    shop moves on. An error, too, is raised only if what it rests on has not changed meanwhile.

    What was bought is kept under its order id for 30 days. Where the answer to EXEC is lost, nobody
    knows whether it was done: CheckoutUnknownError has the id, and settle_order() finds out.

    Redis: WATCH of the cart, its deadlines, the stock and the order; ZRANGE, ZRANGE BYSCORE; HMGET
    of each product in one pipeline; HMGET of the stock; then MULTI with HINCRBY for each line,
    2 ZREMRANGEBYRANK, SET and PUBLISH. O(lines); 6 round trips, 7 on a cluster; more if it begins
    anew.
    Raises: EmptyCartError, OutOfStockError, ProductNotFoundError, CartDataError,
    CartConnectionError, CheckoutUnknownError.
    """
    order_id = uuid4().hex
    lines_key, deadlines, stock = keys.cart(cart), keys.deadlines(cart), keys.stock(cart)
    kept = keys.order(cart, order_id)

    def buy(pipe):
        order = _read_order(client, pipe, cart) | {"order_id": order_id}
        pipe.multi()
        for product_id, quantity in order["lines"]:
            pipe.hincrby(stock, product_id, -quantity)
        pipe.zremrangebyrank(lines_key, 0, -1)
        pipe.zremrangebyrank(deadlines, 0, -1)
        pipe.set(kept, json.dumps(order, default=str), ex=ORDER_KEPT)
        with explained(client, *watched, change=UNKNOWN):
            execute_and_publish(client, pipe, cart, "checkout")
        return order

    watched = lines_key, deadlines, stock, kept
    try:
        with explained(client, *watched, change=UNTOUCHED):
            return transact(client, buy, *watched)
    except CartConnectionError as error:
        if error.outcome_unknown:
            raise CheckoutUnknownError(order_id, error) from error
        raise


def settle_order(client, order_id, *, cart="guest") -> dict | None:
    """Return what a checkout bought, as checkout() does; None if it did not, and never will.

    An EXEC whose answer was lost can still be under way. So where there is no such order yet, an
    empty text takes its place: the checkout watches that key, and comes too late from then on.

    Redis: SET NX GET of cart:{NAME}:order:ID, O(1); 1 round trip.
    Raises: CartError for what is no order id, CartDataError, CartConnectionError.
    """
    if not isinstance(order_id, str) or not re.fullmatch("[0-9a-f]{32}", order_id):
        raise CartError(f"An order id is what checkout() gave, not {shown(order_id)}.")
    key = keys.order(cart, order_id)
    with explained(client, key, change=UNKNOWN):
        text = client.set(key, "", nx=True, get=True, ex=ORDER_KEPT)
    if not text:
        return None
    try:
        order = json.loads(text)
        lines = [(product_id, quantity) for product_id, quantity in order["lines"]]
        return {"lines": lines, "total": Decimal(order["total"]), "order_id": order_id}
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        raise CartDataError(
            f"The key {key} holds {shown(text)}, which is no order. Some other program wrote it.",
            key,
            text,
        ) from error


def _read_order(client, pipe, cart):
    """Return the lines and the total; raise what forbids to buy them, if it still holds."""
    try:
        lines = _read_lines(client, pipe, cart)
        total = _add_up(client, lines)
        _check_stock(client, pipe, keys.stock(cart), lines)
        return {"lines": lines, "total": total}
    except CartConnectionError:
        raise
    except CartError:
        pipe.multi()
        pipe.execute()  # does nothing; but if somebody came between two reads, it begins anew
        raise


def _read_lines(client, pipe, cart):
    key, deadlines = keys.cart(cart), keys.deadlines(cart)
    with explained(client, key, change=UNTOUCHED):
        items = pipe.zrange(key, 0, -1, withscores=True)
    with explained(client, deadlines, change=UNTOUCHED):
        expired = pipe.zrange(deadlines, "-inf", time.time(), byscore=True)
    lines = [(item, read_whole(n, key, item)) for item, n in items if item not in expired]
    for product_id, quantity in lines:
        if quantity < 1:
            raise CartDataError(
                f"The key {key} holds {quantity} for {shown(product_id)}, which nobody can buy. "
                "Remove the line from the cart.",
                key,
                quantity,
            )
    if not lines:
        raise EmptyCartError(cart)
    return lines


def _add_up(client, lines):
    names = [f"product:{product_id}" for product_id, _ in lines]
    with explained(client, *names, change=UNTOUCHED):
        pipe = client.pipeline(transaction=False)
        for name in names:
            pipe.hmget(name, "name", "price")
        found = pipe.execute()
    total = Decimal(0)
    for (product_id, quantity), name, fields in zip(lines, names, found, strict=True):
        if fields == [None, None]:
            raise ProductNotFoundError(product_id)
        if fields[0] is None:
            raise CartDataError(f"The hash {name} has no field name. It can't be bought.", name)
        total += read_price(fields[1], name) * quantity
    return total


def _check_stock(client, pipe, key, lines):
    with explained(client, key, change=UNTOUCHED):
        found = pipe.hmget(key, [product_id for product_id, _ in lines])
    for (product_id, wanted), text in zip(lines, found, strict=True):
        left = _read_pieces(text or "0", key, product_id)
        if left < wanted:
            raise OutOfStockError(product_id, wanted, left)


def _read_pieces(text, key, product_id):
    pieces = read_whole(text, key, product_id)
    if str(pieces) != text:  # int() reads "03", but HINCRBY would fail on it, amid the MULTI
        raise CartDataError(
            f"The hash {key} holds {shown(text)} for {shown(product_id)}. Write it as {pieces}.",
            key,
            text,
        )
    return pieces
