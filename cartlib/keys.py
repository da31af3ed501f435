"""One function per key. Each docstring is the key's template and its Redis type."""

from datetime import date

from cartlib.errors import (
    InvalidCartNameError,
    InvalidDayError,
    InvalidNameError,
    InvalidProductIdError,
)

# What all keys begin with, except products().
OURS = ("product:", "cart:{", "stock:{", "shop:", "demo:")


def product(product_id) -> str:
    """`product:ID`: a Hash with the fields name, price and category."""
    if not _is_short_text(product_id):
        raise InvalidProductIdError(product_id)
    return f"product:{product_id}"


def products() -> str:
    """`products`: a Set of every product id, so that nobody has to search for keys."""
    return "products"


def cart(name) -> str:
    """`cart:{NAME}`: a Sorted Set; member: product id, score: quantity.

    The braces are a hash tag: a cluster keeps all keys with one tag on one node.
    """
    if not _is_short_text(name) or "{" in name or "}" in name:
        raise InvalidCartNameError(name)
    return f"cart:{{{name}}}"


def deadlines(name) -> str:
    """`cart:{NAME}:deadlines`: a Sorted Set; member: product id, score: Unix time in seconds."""
    return f"{cart(name)}:deadlines"


def session(name) -> str:
    """`cart:{NAME}:session`: a String; how many seconds the cart lives after an add."""
    return f"{cart(name)}:session"


def events(name) -> str:
    """`cart:{NAME}:events`: a Pub/Sub channel; each message is a small JSON object."""
    return f"{cart(name)}:events"


def stock(name) -> str:
    """`stock:{NAME}`: a Hash; field: product id, value: how many pieces are left.

    It has the cart's tag, so that one transaction can change both on a cluster, too.
    """
    return f"stock:{cart(name).removeprefix('cart:')}"


def order(name, order_id) -> str:
    """`cart:{NAME}:order:ID`: a String; what one checkout bought, as JSON. It has a TTL."""
    return f"{cart(name)}:order:{order_id}"


def request(name, request_id) -> str:
    """`cart:{NAME}:request:ID`: a String; what one request added. It has a TTL."""
    return f"{cart(name)}:request:{named('request', request_id)}"


def viewed(name) -> str:
    """`cart:{NAME}:viewed`: a List of product ids, the one that was looked at last first."""
    return f"{cart(name)}:viewed"


def gifts(name) -> str:
    """`cart:{NAME}:gifts`: a JSON document; the gift cards of its lines, by product id."""
    return f"{cart(name)}:gifts"


def views(product_id) -> str:
    """`shop:views:ID`: a String; how often a product was looked at."""
    return f"shop:views:{product(product_id).removeprefix('product:')}"


def page(name) -> str:
    """`shop:page:NAME`: a String; a page that was made, for a while. It has a TTL."""
    return f"shop:page:{named('page', name)}"


def limit(name) -> str:
    """`shop:limit:NAME`: a String; how many requests somebody made just now. It has a TTL."""
    return f"shop:limit:{named('visitor', name)}"


def queue() -> str:
    """`shop:{queue}`: a List of the orders that wait, as JSON; the newest is at the left."""
    return "shop:{queue}"


def in_work(worker) -> str:
    """`shop:{queue}:work:NAME`: a List of the orders that a worker has in hand."""
    return f"{queue()}:work:{named('worker', worker)}"


def wishes(name) -> str:
    """`shop:{wishes}:NAME`: a Set of the product ids that somebody wishes for."""
    return f"shop:{{wishes}}:{named('visitor', name)}"


def tag(name) -> str:
    """`shop:{filters}:tag:NAME`: a Set of the product ids that have a tag."""
    return f"shop:{{filters}}:tag:{named('tag', name)}"


def tags() -> str:
    """`shop:{filters}:tags`: a Set of the tags that come from the catalogue's categories."""
    return "shop:{filters}:tags"


def prices() -> str:
    """`shop:{filters}:prices`: a Sorted Set; member: product id, score: price."""
    return "shop:{filters}:prices"


def names() -> str:
    """`shop:{filters}:names`: a Sorted Set of names to complete; every score is 0."""
    return "shop:{filters}:names"


def sales(day) -> str:
    """`shop:{sales}:DAY`: a Sorted Set; member: product id, score: pieces sold on that day."""
    return f"shop:{{sales}}:{_day(day)}"


def orders() -> str:
    """`shop:{orders}`: a Stream of orders, which workers share as a group."""
    return "shop:{orders}"


def orders_aside() -> str:
    """`shop:{orders}:aside`: a Stream of the orders that nobody could do."""
    return f"{orders()}:aside"


def order_done(entry_id) -> str:
    """`shop:{orders}:done:ID`: a String; who has done the order with this entry id."""
    return f"{orders()}:done:{named('order', entry_id)}"


def visitors(day) -> str:
    """`shop:{visitors}:DAY`: a HyperLogLog, which counts the visitors of a day."""
    return f"shop:{{visitors}}:{_day(day)}"


def came(day) -> str:
    """`shop:{came}:DAY`: a Bitmap; the bit of a customer's number is 1 if they came on that day."""
    return f"shop:{{came}}:{_day(day)}"


def regulars() -> str:
    """`shop:{came}:regulars`: a Bitmap of who came on several days; inside of one MULTI only."""
    return "shop:{came}:regulars"


def places() -> str:
    """`shop:places`: a Sorted Set of shops; GEOADD makes the score of where a shop is."""
    return "shop:places"


def likeness() -> str:
    """`shop:likeness`: a Vector Set; element: product id."""
    return "shop:likeness"


def is_ours(name) -> bool:
    """Tell whether a key or a channel is the kit's; `demo:` is for trying things out."""
    return name == products() or name.startswith(OURS)


def named(what, value) -> str:
    """Return a name; InvalidNameError if it is none. `what` says whose it is, such as worker."""
    if not _is_short_text(value):
        raise InvalidNameError(what, value)
    return value


def is_text(value) -> bool:
    """Tell whether `value` is a text that UTF-8 can carry."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def _day(value):
    if type(value) is not date:  # a datetime is a date, too, but its text has the time
        raise InvalidDayError(value)
    return value.isoformat()


def _is_short_text(value) -> bool:
    return is_text(value) and 1 <= len(value) <= 128
