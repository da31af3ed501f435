"""Orders in a stream: several workers share them, and none is lost when a worker dies.

The group hands each order to one worker, and remembers who has it in hand until it is done. So
every order is done at least once: a worker that is only slow can do one that another has taken over
meanwhile. What must happen once goes into the MULTI that says done; see finish_order().

An order that is done leaves the stream, so there is nothing to trim. MAXLEN would drop the oldest
orders, done or not.
"""

import re
from numbers import Real
from typing import NamedTuple

from redis.exceptions import ResponseError

from cartlib import keys
from cartlib.errors import CartError, shown
from cartlib.failures import AGAIN, UNKNOWN, UNTOUCHED, explained, transact
from cartlib.shop import order_text
from cartlib.values import TEN_YEARS, read_count, read_whole

GROUP = "packers"
TRIES = 3  # an order that so many workers have had in vain is put aside
MOST = 1_000  # orders in one answer
DONE_KEPT = 30 * 86_400  # seconds
_NUMBER = "(0|[1-9][0-9]{0,18})"
ENTRY_ID = f"{_NUMBER}-{_NUMBER}"


class Order(NamedTuple):
    """An order, and how often it was handed out, this time included."""

    entry_id: str
    order: dict
    deliveries: int


def place_order(client, order) -> str:
    """Append an order, a dict that JSON can hold, and return the id of its entry.

    Redis: XADD shop:{orders}, O(1); 1 round trip.
    Raises: InvalidOrderError, CartDataError, CartConnectionError; where its outcome is unknown, the
    order may wait already.
    """
    text = order_text.written(order)
    with explained(client, keys.orders(), change=UNKNOWN):
        return client.xadd(keys.orders(), {"order": text})


def open_group(client) -> bool:
    """Make the group, which begins with the oldest order; False if it is there already.

    Redis: XGROUP CREATE shop:{orders} packers 0 MKSTREAM, O(1); 1 round trip.
    Raises: CartDataError, CartConnectionError.
    """
    with explained(client, keys.orders(), change=UNKNOWN):
        try:
            return bool(client.xgroup_create(keys.orders(), GROUP, "0", mkstream=True))
        except ResponseError as error:
            if str(error).startswith("BUSYGROUP"):
                return False
            raise


def read_orders(client, worker, *, count=1, wait=0) -> list[Order]:
    """Hand up to `count` new orders to a worker; if there are none, wait so many seconds for one.

    It waits for at most half of the client's time-out: then ask again. It opens the group if there
    is none. Where the answer is lost, the orders are in the worker's hand: see orders_of().

    Redis: XREADGROUP > of shop:{orders}, O(orders that it gives); 1 round trip; 3 on a cluster,
    where redis-py first asks which of the words are keys.
    Raises: InvalidNameError, CartError for a wrong count or wait, CartDataError,
    CartConnectionError.
    """
    count, wait = _checked(worker, count), _milliseconds(wait)
    patience = client.get_connection_kwargs().get("socket_timeout")
    block = min(wait, int(patience * 500)) if patience else wait

    def read():
        return client.xreadgroup(GROUP, worker, {keys.orders(): ">"}, count, block or None)

    with explained(client, keys.orders(), change=UNKNOWN):
        found = _unless_no_group(read)
        if found is None:
            open_group(client)
            found = read()
    entries = found[0][1] if found else []
    return _hand_out(client, entries, {entry_id: 1 for entry_id, _ in entries})


def orders_of(client, worker) -> list[Order]:
    """Hand a worker again what it has in hand: what it calls first when it starts anew.

    Each call counts as a delivery: to look only, there is pending_orders().

    Redis: XREADGROUP 0 of shop:{orders}, then XPENDING of each in one pipeline; O(orders in its
    hand); 2 round trips, 1 if there are none; 2 more on a cluster. Each that is put aside takes 4
    more.
    Raises: InvalidNameError, CartDataError, CartConnectionError.
    """
    _checked(worker)
    with explained(client, keys.orders(), change=UNKNOWN):
        names = {keys.orders(): "0"}
        found = _unless_no_group(lambda: client.xreadgroup(GROUP, worker, names, MOST))
    entries = found[0][1] if found else []
    return _hand_out(client, entries, _deliveries(client, entries))


def take_over(client, worker, *, idle, count=10) -> list[Order]:
    """Hand a worker what others took `idle` seconds ago or more, and have not done.

    What has been handed out three times already is put aside instead: it may have killed them all.

    Redis: XAUTOCLAIM of shop:{orders}, O(orders that it passes by), as often as it finds none but
    has not seen all; then XPENDING of each in one pipeline. 2 round trips, 1 if there are none.
    Each that is put aside takes 4 more.
    Raises: InvalidNameError, CartError for a wrong idle or count, CartDataError,
    CartConnectionError.
    """
    count, idle = _checked(worker, count), _milliseconds(idle)
    start, entries = "0-0", []

    def claim():
        return client.xautoclaim(keys.orders(), GROUP, worker, idle, start, count)

    with explained(client, keys.orders(), change=UNKNOWN):
        while not entries:
            start, entries, *_ = _unless_no_group(claim) or ("0-0", [])
            if start == "0-0":  # it has seen all
                break
    return _hand_out(client, entries, _deliveries(client, entries))


def finish_order(client, worker, entry_id, *, effect=None) -> bool:
    """Say that a worker has done an order; True if it was this call that finished it.

    effect(pipe) can put commands into the MULTI that says done, on keys with the tag {orders}. They
    are done once for each order, whoever else does it, too. The mark shop:{orders}:done:ID is what
    WATCH guards: of two workers that finish an order at the same time, the second begins anew, and
    finds it done. A command that Redis refuses inside the MULTI is lost, and the rest is done.

    Redis: WATCH; GET shop:{orders}:done:ID and XRANGE in one pipeline; then MULTI with the effect,
    SET NX EX, XACK, XDEL; O(1). 3 round trips.
    Raises: InvalidNameError, CartError for what is no entry id, CartDataError, CartConnectionError;
    where its outcome is unknown, call it again.
    """
    _checked(worker)
    if not isinstance(entry_id, str) or not re.fullmatch(ENTRY_ID, entry_id):
        raise CartError(f"An entry's id is what place_order() gave, not {shown(entry_id)}.")
    return _settle(client, entry_id, worker, effect or (lambda pipe: None))


def orders_aside(client) -> list[Order]:
    """Return the orders that were put aside, the first 1,000; what nobody can read, as it is.

    Redis: XRANGE shop:{orders}:aside, O(orders); 1 round trip.
    Raises: CartDataError, CartConnectionError.
    """
    key, orders = keys.orders_aside(), []
    with explained(client, key):
        found = client.xrange(key, count=MOST)
    for aside_id, fields in found:
        entry_id = fields.pop("entry", aside_id)
        deliveries = read_whole(fields.pop("deliveries", 0), key)
        order = _read(fields)
        orders.append(Order(entry_id, fields if order is None else order, deliveries))
    return orders


def pending_orders(client) -> list[dict]:
    """Return who has which order in hand: entry_id, worker, idle (seconds) and deliveries.

    Redis: XPENDING shop:{orders} packers - + 1000, O(orders); 1 round trip.
    Raises: CartDataError, CartConnectionError.
    """
    with explained(client, keys.orders()):
        found = _unless_no_group(
            lambda: client.xpending_range(keys.orders(), GROUP, "-", "+", MOST)
        )
    return [
        {
            "entry_id": row["message_id"],
            "worker": row["consumer"],
            "idle": row["time_since_delivered"] / 1000,
            "deliveries": row["times_delivered"],
        }
        for row in found or []
    ]


def _deliveries(client, entries):
    """Return how often each entry was handed out; one that was done meanwhile is left out."""
    if not entries:
        return {}
    with explained(client, keys.orders(), change=UNKNOWN):
        pipe = client.pipeline(transaction=False)
        for entry_id, _ in entries:
            pipe.xpending_range(keys.orders(), GROUP, entry_id, entry_id, 1)
        rows = [row for rows in pipe.execute() for row in rows]
    return {row["message_id"]: row["times_delivered"] for row in rows}


def _hand_out(client, entries, deliveries):
    """Return entries as orders; put aside what was tried too often, or what nobody can read."""
    orders = []
    for entry_id, fields in entries:
        order, times = _read(fields), deliveries.get(entry_id)
        if times and (times > TRIES or order is None):
            _put_aside(client, entry_id, fields, times)
        elif times:
            orders.append(Order(entry_id, order, times))
    return orders


def _put_aside(client, entry_id, fields, deliveries):
    aside, fields = keys.orders_aside(), fields | {"entry": entry_id, "deliveries": deliveries}
    with explained(client, aside, change=UNTOUCHED):
        client.xlen(aside)  # of another type, it would refuse the XADD, but not the XDEL after it
    _settle(client, entry_id, "", lambda pipe: pipe.xadd(aside, fields))


def _settle(client, entry_id, mark, effect):
    """Take an order out of the stream, with its effect; tell whether it was there to be taken."""
    orders, done = keys.orders(), keys.order_done(entry_id)

    def settle(pipe):
        look = client.pipeline(transaction=False)
        look.get(done)
        look.xrange(orders, entry_id, entry_id)
        marked, entry = look.execute()
        first = marked is None and bool(entry)
        pipe.multi()
        if first:
            effect(pipe)
            pipe.set(done, mark, nx=True, ex=DONE_KEPT)  # an empty mark: nobody could do it
        pipe.xack(orders, GROUP, entry_id)
        pipe.xdel(orders, entry_id)
        with explained(client, orders, done, change=AGAIN):
            pipe.execute()
        return first

    with explained(client, orders, done, change=UNTOUCHED):
        return transact(client, settle, done)


def _read(fields):
    """Return the order of an entry; None if it has none."""
    return order_text.read(fields["order"]) if "order" in fields else None


def _checked(worker, count=1):
    """Return `count` as an int; raise for what can't be a worker's name, or a count."""
    keys.named("worker", worker)
    return read_count(count, MOST, _bad_count)


def _bad_count(count):
    return CartError(f"A count of orders is a whole number from 1 to 1,000, not {shown(count)}.")


def _milliseconds(seconds):
    if isinstance(seconds, Real) and not isinstance(seconds, bool) and 0 <= seconds <= TEN_YEARS:
        return int(seconds * 1000)
    raise CartError(f"A time here is a number of seconds, from 0 on, not {shown(seconds)}.")


def _unless_no_group(ask):
    """Return ask(), or None where Redis says that there is no such group."""
    try:
        return ask()
    except ResponseError as error:
        if str(error).startswith(("NOGROUP", "The XGROUP")):  # the latter is fakeredis's
            return None
        raise
