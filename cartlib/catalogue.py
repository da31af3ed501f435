"""The shop's products: from a CSV file into hashes, and back, one or all."""

import csv
from itertools import chain, islice
from pathlib import Path

from redis.cluster import RedisCluster

from cartlib import keys
from cartlib.errors import (
    CartDataError,
    CartError,
    CatalogueError,
    ProductNotFoundError,
    shown,
)
from cartlib.failures import explained, wrong_type
from cartlib.product_file import check_file, opened, rows_of, stamp
from cartlib.values import read_price

SAMPLE = Path(__file__).parent / "data" / "products.csv"
BATCH = 500  # products sent in one pipeline
LONG = 2_000  # products from which on a progress bar is worth its place
IN_PART = "A part of the products may have been written. Load them again: that does no harm."
LISTED_NO_MORE = "It may be out of the list already. Delete it again: that does no harm."


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


def load_catalogue(client, path=SAMPLE) -> int:
    """Write the products of a CSV file into Redis, and return how many they are.

    The file has the columns product_id, name and price, and may have category; it is UTF-8. The
    whole file is checked before the first product is written. Prices are stored as text. Products
    that are there already are overwritten; others stay. Long files show a progress bar.

    The file is read twice: once to look at all of it, and once to write it, 500 products at a time.
    So of a long file only the ids are in memory. The types of all keys are looked at before the
    first is written.

    Redis: EXISTS of 500 keys, and TYPE of each where one is there; then HSET product:ID and SADD
    products for each product. 2 or 3 round trips for 500 products; on a cluster, 1 and 1 for each
    node.
    Raises: CatalogueError, CartConnectionError, CartDataError.
    """
    with opened(path) as file:
        before, product_ids = stamp(file), check_file(file, path)
        with explained(client, keys.products()):
            _check_keys(client, product_ids)
        file.seek(0)
        with _progress_bar(len(product_ids)) as bar:
            for batch in _batches(rows_of(csv.reader(file), path)):
                if stamp(file) != before:
                    raise CatalogueError(f"{path} was changed while it was read. {IN_PART}", path)
                _write(client, batch)
                bar.update(len(batch))
    return len(product_ids)


def list_products(client) -> list[dict]:
    """Return all products as dicts of product_id, name, price (Decimal) and category, sorted.

    Redis: SMEMBERS products, then one pipeline with an HGETALL each, O(products); 2 round trips.
    Raises: CartDataError, CartConnectionError.
    """
    with explained(client, keys.products()):
        product_ids = client.smembers(keys.products())
    names = [f"product:{product_id}" for product_id in product_ids]
    with explained(client, keys.products(), *names):
        pipe = client.pipeline(transaction=False)
        for name in names:
            pipe.hgetall(name)
        found = zip(product_ids, pipe.execute(), strict=True)
    products = [_product(product_id, fields) for product_id, fields in found if fields]
    return sorted(products, key=lambda product: (product["category"], product["name"]))


def search_products(client, text) -> list[str]:
    """Return the ids of the products whose name contains `text`, by name; capitals don't matter.

    It reads the whole catalogue, as Redis has no search of its own for hashes: right for a small
    shop. Redis: as list_products(); 2 round trips.
    Raises: CartError for what is no text, CartDataError, CartConnectionError.
    """
    if not isinstance(text, str):
        raise CartError(f"Search for a text, which is part of a name, not {shown(text)}.")
    found = [p for p in list_products(client) if text.casefold() in p["name"].casefold()]
    return [p["product_id"] for p in sorted(found, key=lambda product: product["name"])]


def delete_product(client, product_id) -> bool:
    """Take a product out of the catalogue; return whether it was there. Carts keep their lines.

    Redis: SREM products, then DEL product:ID, O(1) each; 2 round trips. A cluster has no MULTI for
    both; where the second fails, the product is out of the list, and deleting again ends it.
    Raises: InvalidProductIdError, CartDataError, CartConnectionError.
    """
    key = keys.product(product_id)
    with explained(client, keys.products(), change=LISTED_NO_MORE):
        client.srem(keys.products(), product_id)
        return bool(client.execute_command("DEL", key))  # delete() of a cluster could send it twice


def check_known(client, product_id):
    """Raise ProductNotFoundError if the catalogue has no such product.

    Redis: EXISTS product:ID, O(1); 1 round trip.
    """
    key = keys.product(product_id)
    with explained(client, key):
        known = client.exists(key)
    if not known:
        raise ProductNotFoundError(product_id)


def check_types(client, wanted):
    """Raise CartDataError for the first key that is there, and is not of the wanted type.

    `wanted` is a dict of key and type. A MULTI would do its other commands all the same.

    Redis: TYPE of each, 1 round trip for 500 keys.
    """
    names = list(wanted)
    for start in range(0, len(names), BATCH):
        pipe = client.pipeline(transaction=False)
        for name in names[start : start + BATCH]:
            pipe.type(name)
        for name, kind in zip(names[start:], pipe.execute(), strict=False):
            if kind not in ("none", wanted[name]):
                raise wrong_type(name)


def _batches(rows):
    """Yield lists of at most BATCH rows."""
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _check_keys(client, product_ids):
    """Raise CartDataError where a key that is to be written is there, and of another type."""
    hashes = ((keys.product(product_id), "hash") for product_id in product_ids)
    for batch in _batches(chain([(keys.products(), "set")], hashes)):
        wanted = dict(batch)
        # A cluster has them on several nodes, and would be asked for each one by itself.
        if isinstance(client, RedisCluster) or client.exists(*wanted):
            check_types(client, wanted)


def _write(client, products):
    """Write products in one pipeline; on a cluster in one for each node.

    A pipeline over all of its nodes would send what failed a second time.
    """
    listed, pipes = keys.products(), {}
    names = [f"product:{product_id}" for product_id, _ in products]
    with explained(client, listed, *names, change=IN_PART):
        for name, (_, fields) in zip(names, products, strict=True):
            _pipe(client, name, pipes).hset(name, mapping=fields)
        _pipe(client, listed, pipes).sadd(listed, *(product_id for product_id, _ in products))
        for pipe in pipes.values():
            pipe.execute()


def _pipe(client, key, pipes):
    """Return the pipeline to the node that has the key; `pipes` keeps one for each node."""
    if isinstance(client, RedisCluster):
        client = client.get_node_from_key(key).redis_connection
    if client not in pipes:
        pipes[client] = client.pipeline(transaction=False)
    return pipes[client]


def _progress_bar(count):
    from tqdm.auto import tqdm  # only loading shows one; get_product() does without

    return tqdm(total=count, disable=count < LONG, unit=" products")


def _product(product_id, fields):
    key = f"product:{product_id}"
    return {
        "product_id": product_id,
        "name": fields.get("name", product_id),
        "price": read_price(fields.get("price"), key),
        "category": fields.get("category", ""),
    }
