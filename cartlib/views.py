"""Client in, pandas DataFrame out. Nothing here displays anything."""

from decimal import Decimal

import pandas as pd
from redis.cluster import RedisCluster
from redis.exceptions import NoPermissionError, OutOfMemoryError, ReadOnlyError

from cartlib import keys
from cartlib.cart import current_items, get_cart_items, queue_items
from cartlib.catalogue import list_products
from cartlib.errors import CartDataError, shown
from cartlib.failures import explained
from cartlib.lab.inside import GROUP_COLUMNS, read
from cartlib.values import read_price

CART_COLUMNS = {  # and the type of each
    "product_id": object,
    "name": object,
    "price": object,
    "quantity": "int64",
    "subtotal": object,
    "available": bool,
}


def cart_table(client, *, cart="guest") -> pd.DataFrame:
    """Return the cart joined with the catalogue, the smallest quantity first.

    Columns: product_id, name, price, quantity, subtotal, available. Money is Decimal. A product
    that left the catalogue is not available: its name, price and subtotal are None. The sum of the
    subtotals is in `.attrs["total"]`.

    Redis: one MULTI with ZRANGE and SORT … BY nosort GET, O(lines), a consistent snapshot in 1
    round trip. A cluster denies SORT … GET: there it is ZRANGE, then a pipeline of HMGET, 2 trips.
    So it is where a server refuses SORT, as a replica does, or a MULTI, as a full one does.
    Raises: CartDataError, CartConnectionError.
    """
    items, products = _read_rows(client, cart)
    rows = [_line(product_id, quantity, *products[product_id]) for product_id, quantity in items]
    columns = zip(*rows, strict=True) if rows else [()] * len(CART_COLUMNS)
    index = pd.RangeIndex(len(rows))  # one for all columns: else each makes its own
    table = Table(
        {
            name: pd.Series(values, dtype=kind, index=index)
            for (name, kind), values in zip(CART_COLUMNS.items(), columns, strict=True)
        },
        index=index,
    )
    table.attrs["total"] = sum((row[4] for row in rows if row[5]), Decimal(0))
    return table


def _read_rows(client, cart):
    """Return the lines, and {product_id: (name, price)}."""
    if isinstance(client, RedisCluster):
        return _read_in_two_trips(client, cart)
    with explained(client, keys.cart(cart), keys.deadlines(cart)):
        try:
            return _read_in_one_trip(client, cart)
        except (OutOfMemoryError, ReadOnlyError, NoPermissionError):
            return _read_in_two_trips(client, cart)


def _read_in_one_trip(client, cart):
    lines, pattern = keys.cart(cart), keys.product("*")
    fields = ["#", f"{pattern}->name", f"{pattern}->price"]
    pipe = client.pipeline(transaction=True)
    queue_items(pipe, cart)
    pipe.sort(lines, by="nosort", get=fields, groups=True)
    items, expired, rows = pipe.execute()
    items = current_items(client, items, expired, cart)
    return items, {product_id: (name, price) for product_id, name, price in rows}


def _read_in_two_trips(client, cart):
    items = get_cart_items(client, cart=cart)
    names = [f"product:{product_id}" for product_id, _ in items]
    with explained(client, keys.cart(cart), *names):
        pipe = client.pipeline(transaction=False)
        for name in names:
            pipe.hmget(name, "name", "price")
        found = pipe.execute(raise_on_error=False) if items else []
        rows = [_fields(reply) for reply in found]
    return items, {product_id: row for (product_id, _), row in zip(items, rows, strict=True)}


def _fields(reply):
    """Return a product's fields; none where the key holds another type, as SORT … GET has it."""
    if isinstance(reply, Exception):
        if "WRONGTYPE" not in str(reply):
            raise reply
        return None, None
    return reply


def _line(product_id, quantity, name, price):
    if name is None or price is None:
        return product_id, None, None, quantity, None, False
    price = read_price(price, keys.product(product_id))
    return product_id, name, price, quantity, price * quantity, True


def catalogue_table(client) -> pd.DataFrame:
    """Return the catalogue: product_id, name, price (Decimal), category; see list_products()."""
    return Table(list_products(client), columns=["product_id", "name", "price", "category"])


def key_table(client, key) -> pd.DataFrame:
    """Return what a key holds, whatever its type; `.attrs` has its "key", "type" and "ttl".

    The type is "none" where there is no such key; the TTL is in seconds, or None. A String of bytes
    shows its bits, or what a HyperLogLog counts. Where there is more to say, `.attrs` has "about";
    of a large key, of which only the first 1,000 rows are here, "left_out", how many are not; and
    of a stream with groups "groups", a dict for each entry that one of their consumers has in hand.

    Redis: TYPE and TTL in one pipeline, then what reads this type; 2 round trips or 3, the others
    O(rows).
    Raises: CartDataError, CartConnectionError.
    """
    if not keys.is_text(key):
        raise CartDataError(f"A key is a text that UTF-8 can carry, not {shown(key)}.", key)
    with explained(client, key):
        pipe = client.pipeline(transaction=False)
        pipe.type(key)
        pipe.ttl(key)
        kind, ttl = pipe.execute()
        inside = read(client, key, kind)
    table = Table(inside.rows, columns=inside.columns)
    table.attrs.update(key=key, type=kind, ttl=ttl if ttl >= 0 else None)
    more = {"about": inside.about, "left_out": inside.left_out}
    table.attrs.update({name: value for name, value in more.items() if value})
    if inside.groups:
        table.attrs["groups"] = [
            dict(zip(GROUP_COLUMNS, row, strict=True)) for row in inside.groups
        ]
    return table


class Table(pd.DataFrame):
    """A DataFrame whose texts JupyterLab shows as they are: "$5 or $6" becomes no formula.

    The corner above the row numbers is no heading: a screen reader would read an empty one.
    """

    @property
    def _constructor(self):
        return Table

    def _repr_html_(self):
        html = super()._repr_html_()  # None, where pandas was told to show none
        return (
            html and f'<div class="mathjax_ignore">{html.replace("<th></th>", "<td></td>")}</div>'
        )
