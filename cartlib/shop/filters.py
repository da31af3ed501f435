"""Finding products: by several tags, by price, by the first letters of their name.

A Set for each tag, and two Sorted Sets for all products. They are made from the catalogue, and
share the tag {filters}, so that Redis can intersect them, on a cluster, too.
"""

import unicodedata

from cartlib import keys
from cartlib.catalogue import check_known, check_types, list_products
from cartlib.errors import (
    CartDataError,
    CartError,
    InvalidPriceError,
    shown,
)
from cartlib.failures import UNKNOWN, UNTOUCHED, explained, transact
from cartlib.values import read_price, read_quantity

END = b"\xff"  # greater than every byte of a text in UTF-8
BETWEEN = "\0"  # smaller than every letter; stands between what is compared and the name itself


def index_products(client) -> int:
    """Make the filters anew from the catalogue; return how many products they hold.

    A category becomes a tag, written as it is. What the filters held of the catalogue before is
    forgotten: the key of all such tags tells which they were. Tags that tag_product() made stay.
    One MULTI changes all of it, so nobody ever sees a half. WATCH guards it: if two index at the
    same time, the second begins anew, with the catalogue of then.

    A score is a double, which tells any two numbers of up to 15 digits apart. A price has at most
    9 before and 6 behind the point, so its order is exact; the price itself stays in the hash.

    Redis: WATCH, SMEMBERS; list_products(); a look at each key's type; then a MULTI with DEL, SADD
    and ZADD, O(n log n) for n products. 6 round trips.
    Raises: InvalidNameError for a category that can't be a tag, CartDataError, CartConnectionError.
    """
    all_tags, prices, names = keys.tags(), keys.prices(), keys.names()

    def write(pipe):
        old = pipe.smembers(all_tags)
        products = list_products(client)
        tags = _ids_by_tag(products)
        sets = [keys.tag(tag) for tag in sorted(old | tags.keys())]
        check_types(client, {prices: "zset", names: "zset"} | dict.fromkeys(sets, "set"))
        pipe.multi()
        pipe.delete(all_tags, prices, names, *sets)
        for tag, ids in tags.items():
            pipe.sadd(keys.tag(tag), *ids)
        if tags:
            pipe.sadd(all_tags, *tags)
        if products:
            pipe.zadd(prices, {p["product_id"]: float(p["price"]) for p in products})
            pipe.zadd(names, {_folded(p["name"]) + BETWEEN + p["name"]: 0 for p in products})
        with explained(client, all_tags, prices, names, *sets, change=UNKNOWN):
            pipe.execute()
        return len(products)

    with explained(client, all_tags, prices, change=UNTOUCHED):
        return transact(client, write, all_tags, prices)


def tag_product(client, product_id, tag) -> bool:
    """Give a product a tag; return whether it is new. Tags of the catalogue's are made anew there.

    Redis: EXISTS product:ID, then SADD shop:{filters}:tag:NAME, O(1) each; 2 round trips.
    Raises: ProductNotFoundError, InvalidProductIdError, InvalidNameError, CartDataError,
    CartConnectionError.
    """
    key = keys.tag(tag)
    check_known(client, product_id)
    with explained(client, key, change=UNKNOWN):
        return bool(client.sadd(key, product_id))


def untag_product(client, product_id, tag) -> bool:
    """Take a tag off a product; return whether it had it.

    Redis: SREM shop:{filters}:tag:NAME, O(1); 1 round trip.
    Raises: InvalidProductIdError, InvalidNameError, CartDataError, CartConnectionError.
    """
    keys.product(product_id)  # refuses what can't be an id
    key = keys.tag(tag)
    with explained(client, key, change=UNKNOWN):
        return bool(client.srem(key, product_id))


def find_products(client, *tags, cheapest=None, dearest=None) -> list[str]:
    """Return the ids of the products that have all the tags and a price in the range.

    The cheapest comes first, of equal ones the smaller id. Both ends belong to the range; None is
    no end. Only products of the catalogue as it was indexed are found.

    Redis: ZINTER of the tags and the prices, WEIGHTS 0 … 0 1 WITHSCORES, O(n k + m log m): n
    products in the smallest of k sets, m in all; the range is cut here. Without a tag ZRANGE
    BYSCORE, O(log n + m). 1 round trip; on a cluster ZINTER takes 3, as redis-py asks twice which
    of its words are keys.
    Raises: InvalidNameError, InvalidPriceError, CartDataError, CartConnectionError.
    """
    least = 0.0 if cheapest is None else _read_bound(cheapest)
    most = float("inf") if dearest is None else _read_bound(dearest)
    sets, prices = [keys.tag(tag) for tag in tags], keys.prices()
    with explained(client, prices, *sets):
        if not sets:
            return client.zrange(prices, least, most, byscore=True)
        found = client.zinter(dict.fromkeys(sets, 0) | {prices: 1}, withscores=True)
    return [product_id for product_id, price in found if least <= price <= most]


def count_products(client, *tags) -> int:
    """Return how many products find_products() would find by these tags; none of them travels.

    Redis: ZINTERCARD of the tags and the prices, O(n k); 1 round trip, 3 on a cluster. It came
    with Redis 7.0.
    Raises: InvalidNameError, CartDataError, CartConnectionError.
    """
    names = [keys.prices(), *(keys.tag(tag) for tag in tags)]
    with explained(client, *names):
        return client.zintercard(len(names), names)


def complete_name(client, text, *, most=5) -> list[str]:
    """Return the first names that begin with `text`; capitals and accents don't matter.

    All scores are 0, and then a sorted set is in the order of its members' bytes. So what begins
    alike stands together. An empty text gives the first names of all.

    Redis: ZRANGE shop:{filters}:names BYLEX LIMIT 0 most, O(log n + most); 1 round trip.
    Raises: CartError for what is no text, InvalidQuantityError for `most`, CartDataError,
    CartConnectionError.
    """
    if not keys.is_text(text):
        raise CartError(f"Complete a text, the beginning of a name, not {shown(text)}.")
    first, names, most = b"[" + _folded(text).encode(), keys.names(), read_quantity(most)
    with explained(client, names):
        found = client.zrange(names, first, first + END, bylex=True, offset=0, num=most)
    return [_name_of(member, names) for member in found]


def _ids_by_tag(products):
    """Return {category: [product ids]}; a product without a category has no tag."""
    tags = {}
    for product in products:
        if product["category"]:
            tags.setdefault(product["category"], []).append(product["product_id"])
    return tags


def _folded(text):
    """Return a text without capitals and accents, and without what stands between."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in letters if not unicodedata.combining(c)).replace(BETWEEN, "")


def _name_of(member, key):
    _, between, name = member.partition(BETWEEN)
    if not between:
        raise CartDataError(
            f"The key {key} holds {shown(member)}, which index_products() did not write. Index the "
            "products again.",
            key,
            member,
        )
    return name


def _read_bound(price):
    """Return a price as a score; InvalidPriceError if it is no amount of money."""
    try:
        return float(read_price(str(price), ""))
    except (CartDataError, ValueError):  # an int of 5,000 digits, for one, can't be written
        raise InvalidPriceError(price) from None
