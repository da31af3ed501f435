"""Client in, pandas DataFrame out. Nothing here displays anything."""

import json
from decimal import Decimal

import pandas as pd
from redis.cluster import RedisCluster
from redis.exceptions import NoPermissionError, OutOfMemoryError, ReadOnlyError

from cartlib import keys
from cartlib.cart import current_items, get_cart_items, queue_items
from cartlib.catalogue import list_products
from cartlib.errors import CartDataError, shown
from cartlib.failures import explained
from cartlib.values import read_price

CART_COLUMNS = {  # and the type of each
    "product_id": object,
    "name": object,
    "price": object,
    "quantity": "int64",
    "subtotal": object,
    "available": bool,
}
MOST_VECTORS = 1000
READERS = {
    "hash": (["field", "value"], lambda client, key: client.hgetall(key).items()),
    "zset": (["member", "score"], lambda client, key: _scored(client, key)),
    "set": (["member"], lambda client, key: [[item] for item in sorted(client.smembers(key))]),
    "list": (["element"], lambda client, key: [[item] for item in client.lrange(key, 0, -1)]),
    "string": (["value"], lambda client, key: [[client.get(key)]]),
    "stream": (
        ["id", "fields"],
        lambda client, key: [(entry, _listed(fields)) for entry, fields in client.xrange(key)],
    ),
    "ReJSON-RL": (["name", "value"], lambda client, key: _parts(client, key)),
    "vectorset": (["element", "vector"], lambda client, key: _vectors(client, key)),
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
    if isinstance(client, RedisCluster):
        items, products = _read_in_two_trips(client, cart)
    else:
        with explained(client, keys.cart(cart), keys.deadlines(cart)):
            try:
                items, products = _read_in_one_trip(client, cart)
            except (OutOfMemoryError, ReadOnlyError, NoPermissionError):
                items, products = _read_in_two_trips(client, cart)
    rows = [_line(product_id, quantity, *products[product_id]) for product_id, quantity in items]
    columns = zip(*rows, strict=True) if rows else [()] * len(CART_COLUMNS)
    table = Table(
        {
            name: pd.Series(list(values), dtype=kind)
            for (name, kind), values in zip(CART_COLUMNS.items(), columns, strict=True)
        }
    )
    table.attrs["total"] = sum((row[4] for row in rows if row[5]), Decimal(0))
    return table


def _read_in_one_trip(client, cart):
    lines, pattern = keys.cart(cart), keys.product("*")
    fields = ["#", f"{pattern}->name", f"{pattern}->price"]
    pipe = client.pipeline(transaction=True)
    queue_items(pipe, cart)
    pipe.sort(lines, by="nosort", get=fields, groups=True)
    items, expired, rows = pipe.execute()
    items = current_items(client, items, expired, cart)
    return items, {product_id: found for product_id, *found in rows}


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

    The type is "none" where there is no such key; the TTL is in seconds, or None.

    Redis: TYPE and TTL in one pipeline, then the command that reads this type; 2 round trips, the
    second O(size of the key).
    Raises: CartDataError, CartConnectionError.
    """
    if not keys.is_text(key):
        raise CartDataError(f"A key is a text that UTF-8 can carry, not {shown(key)}.", key)
    with explained(client, key):
        pipe = client.pipeline(transaction=False)
        pipe.type(key)
        pipe.ttl(key)
        kind, ttl = pipe.execute()
        columns, read = READERS.get(kind, ([], lambda client, key: []))
        table = Table(list(read(client, key)), columns=columns)
    table.attrs.update(key=key, type=kind, ttl=ttl if ttl >= 0 else None)
    return table


def _scored(client, key):
    return client.zrange(key, 0, -1, withscores=True, score_cast_func=_score)


def _score(text):
    try:
        return float(text)
    except ValueError:  # fakeredis has a text for a place that GEOADD wrote
        return text


def _parts(client, key):
    """Return the names of a document with the JSON of each; without a name if it is no object."""
    document = json.loads(client.execute_command("JSON.GET", key, "$"))[0]
    named = document.items() if isinstance(document, dict) else [("", document)]
    return [(name, json.dumps(value, ensure_ascii=False)) for name, value in named]


def _vectors(client, key):
    """Return the elements of a vector set with their vectors, of at most 1,000 of them."""
    elements = sorted(client.execute_command("VRANDMEMBER", key, MOST_VECTORS))
    pipe = client.pipeline(transaction=False)
    for element in elements:
        pipe.execute_command("VEMB", key, element)
    rounded = [[round(float(number), 2) for number in vector] for vector in pipe.execute()]
    return zip(elements, rounded, strict=True)


def _listed(fields):
    return ", ".join(f"{name}: {value}" for name, value in fields.items())


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
