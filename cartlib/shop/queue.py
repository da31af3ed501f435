"""A queue of orders, none of which is lost when a worker dies.

Whoever takes an order moves it into a list of their own, by one command, and takes it out of there
when it is done. So at each moment an order is in the queue, in some worker's list, or done.

A worker can die after the work and before finish_order(): then the order is done once more. Let the
work be such that this does no harm: note what was done under the order's id, for instance.
"""

from cartlib import keys
from cartlib.errors import CartDataError, InvalidWaitError, shown
from cartlib.failures import UNKNOWN, explained
from cartlib.shop import order_text


def put_order(client, order) -> int:
    """Put an order, a dict that JSON can hold, behind those that wait; return how many wait now.

    An order that is put twice is in the queue twice.

    Redis: LPUSH shop:{queue}, O(1); 1 round trip.
    Raises: InvalidOrderError, CartDataError, CartConnectionError.
    """
    key, text = keys.queue(), _as_text(order)
    with explained(client, key, change=UNKNOWN):
        return client.lpush(key, text)


def take_order(client, worker, *, wait=0) -> dict | None:
    """Move the order that has waited longest into the worker's list, and return it; None if none.

    With `wait`, it waits so many seconds for an order to come; less than the client's time-out, or
    the client would give up first. Where the outcome is unknown, orders_in_work() tells it. What
    can't be read stays in the worker's list.

    Redis: LMOVE shop:{queue} shop:{queue}:work:NAME RIGHT LEFT, O(1), or BLMOVE; 1 round trip.
    Raises: InvalidNameError, InvalidWaitError, CartDataError, CartConnectionError.
    """
    queue, work = keys.queue(), keys.in_work(worker)
    try:
        with explained(client, queue, change=UNKNOWN):
            if _read_wait(client, wait):
                text = client.blmove(queue, work, wait, "RIGHT", "LEFT")
            else:
                text = client.lmove(queue, work, "RIGHT", "LEFT")
    except CartDataError:
        orders_in_work(client, worker)  # raises if it is the worker's list that can't be read
        raise
    return None if text is None else _as_order(text, work)


def finish_order(client, worker, order) -> bool:
    """Take an order that is done out of the worker's list; tell whether it was there.

    LREM looks for the very text, so an order has but one: its keys in order, and no blanks.

    Redis: LREM shop:{queue}:work:NAME, O(orders in that list); 1 round trip.
    Raises: InvalidNameError, InvalidOrderError, CartDataError, CartConnectionError.
    """
    key, text = keys.in_work(worker), _as_text(order)
    with explained(client, key, change=UNKNOWN):
        return client.lrem(key, 1, text) == 1


def recover_orders(client, worker) -> int:
    """Give back what a dead worker has in hand, to be taken next; return how many orders.

    Each LMOVE moves one order as a whole, so none is lost or doubled, wherever it breaks off and
    whoever else recovers. The MULTI keeps the oldest first, also while others take. What the
    worker sent just before it died can arrive after this: call it once more, later.

    Redis: LLEN shop:{queue}:work:NAME, then a MULTI with that many LMOVE, O(orders in that list);
    2 round trips, or 1 where there are none.
    Raises: InvalidNameError, CartDataError, CartConnectionError.
    """
    queue, work = keys.queue(), keys.in_work(worker)
    with explained(client, work):
        number = client.llen(work)
    if not number:
        return 0
    with explained(client, queue, change=UNKNOWN):
        pipe = client.pipeline(transaction=True)
        for _ in range(number):
            pipe.lmove(work, queue, "LEFT", "RIGHT")
        return sum(text is not None for text in pipe.execute())


def waiting_orders(client) -> list[dict]:
    """Return the orders that wait, in the order in which they will be taken.

    Redis: LRANGE shop:{queue}, O(orders); 1 round trip.
    Raises: CartDataError, CartConnectionError.
    """
    return _read_list(client, keys.queue())


def orders_in_work(client, worker) -> list[dict]:
    """Return the orders that a worker has in hand, the one that was taken first first.

    Redis: LRANGE shop:{queue}:work:NAME, O(orders in that list); 1 round trip.
    Raises: InvalidNameError, CartDataError, CartConnectionError.
    """
    return _read_list(client, keys.in_work(worker))


def _read_list(client, key):
    with explained(client, key):
        texts = client.lrange(key, 0, -1)
    return [_as_order(text, key) for text in reversed(texts)]


def _as_text(order):
    return order_text.written(order, sort_keys=True, separators=(",", ":"))


def _as_order(text, key):
    order = order_text.read(text)
    if order is not None:
        return order
    raise CartDataError(
        f"The list {key} holds {shown(text)}, which is no order. Some other program put it there: "
        "look at it, and take it out with LREM.",
        key,
        text,
    )


def _read_wait(client, wait):
    limit = client.get_connection_kwargs().get("socket_timeout")
    right = isinstance(wait, int | float) and not isinstance(wait, bool)
    if not right or not 0 <= wait < (limit or float("inf")):
        raise InvalidWaitError(wait, limit)
    return wait
