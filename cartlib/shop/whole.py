"""The orders of the whole shop of lesson 16, as it shows them; and how it begins anew."""

from datetime import timedelta

from cartlib import keys
from cartlib.errors import CartDataError, CartError, shown
from cartlib.failures import UNKNOWN, explained
from cartlib.shop import order_text
from cartlib.shop.orders import open_group, pending_orders

WEEK, LATEST = 7, 20  # days, orders
VISITORS = "guest", "ann", "bob"


def open_whole_shop(client, today):
    """Empty what the shop shows, and make its group of packers: for a lesson that begins anew.

    Redis: DEL of the orders, of what is done, of the week's sales and visitors, and of the
    visitors' lists, in one pipeline; XGROUP CREATE; 2 round trips, more on a cluster.
    Raises: InvalidDayError, CartDataError, CartConnectionError.
    """
    numbers = map(str, range(1, LATEST))
    names = [keys.orders(), keys.orders_aside(), keys.wishes("guest"), keys.cart("guest")]
    names += [keys.viewed(visitor) for visitor in VISITORS]
    names += [key(day) for key in (keys.sales, keys.visitors) for day in last_days(today)]
    names += [key for n in numbers for key in (keys.order_done(n), keys.order("guest", n))]
    with explained(client, keys.orders(), change=UNKNOWN):
        pipe = client.pipeline(transaction=False)
        for name in names:
            pipe.delete(name)
        pipe.execute()
    open_group(client)


def last_days(today):
    """Return the seven days up to `today`, the last one first."""
    return [today - timedelta(days=back) for back in range(WEEK)]


def latest_orders(client) -> list[tuple[str, str, str]]:
    """Return (order id, lines in words, state) of the last 20 orders, the last one first.

    Redis: XREVRANGE of shop:{orders}; GET of each mark in one pipeline; XPENDING; O(orders);
    3 round trips.
    Raises: CartDataError, CartConnectionError.
    """
    with explained(client, keys.orders()):
        entries = client.xrevrange(keys.orders(), count=LATEST)
        orders = [_in_words(fields) for _, fields in entries]
        pipe = client.pipeline(transaction=False)
        for order_id, _ in orders:
            pipe.get(keys.order_done(order_id or "?"))
        marks = pipe.execute()
    hands = {row["entry_id"]: row["worker"] for row in pending_orders(client)}
    return [
        (order_id, lines, _state(mark, hands.get(entry_id)))
        for (entry_id, _), (order_id, lines), mark in zip(entries, orders, marks, strict=True)
    ]


def lines_of(client, order_id) -> list[tuple[str, int]]:
    """Return the lines of an order that is noted beside the guest's cart; none where it is not.

    Redis: GET cart:{guest}:order:ID, O(1); 1 round trip.
    Raises: CartDataError, CartConnectionError.
    """
    key = keys.order("guest", order_id)
    with explained(client, key):
        text = client.get(key)
    if text is None:
        return []
    try:
        return _read(text)[1]
    except (LookupError, TypeError, ValueError) as error:
        raise CartDataError(
            f"The key {key} holds {shown(text)}, which is no order. Let order_once() write it.",
            key,
            text,
        ) from error


def _read(text):
    """Return an order's id and its (product id, quantity) lines."""
    order = order_text.read(text)
    return keys.named("order", order["order_id"]), [(item, n) for item, n in order["lines"]]


def _in_words(fields):
    """Return an entry's order id, and its lines in words; what can't be read, as it is."""
    try:
        order_id, lines = _read(fields["order"])
    except (CartError, LookupError, TypeError, ValueError):
        return "", shown(fields)
    return order_id, ", ".join(f"{quantity} × {item}" for item, quantity in lines)


def _state(mark, worker):
    if worker:
        return f"in the hands of {worker}"
    return f"packed by {mark}" if mark else "waits"
