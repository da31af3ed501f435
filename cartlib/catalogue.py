"""The shop's products: from a CSV file into hashes, and back, one or all."""

import csv
from os import PathLike
from os.path import isfile
from pathlib import Path

from redis.cluster import RedisCluster

from cartlib import keys
from cartlib.errors import (
    CartDataError,
    CartError,
    CatalogueError,
    InvalidProductIdError,
    ProductNotFoundError,
    printable,
    shown,
)
from cartlib.failures import explained, wrong_type
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

    The types of all keys are looked at before the first is written.

    Redis: TYPE of each key; then HSET product:ID and SADD products for each product. 2 round trips
    for 500 products; on a cluster, 1 and 1 for each node.
    Raises: CatalogueError, CartConnectionError, CartDataError.
    """
    products = read_products(path)
    names = [keys.product(product_id) for product_id, _ in products]
    with explained(client, keys.products()):
        check_types(client, {keys.products(): "set"} | dict.fromkeys(names, "hash"))
    with (
        explained(client, keys.products(), *names, change=IN_PART),
        _progress_bar(len(products)) as bar,
    ):
        for start in range(0, len(products), BATCH):
            batch = products[start : start + BATCH]
            _write(client, batch)
            bar.update(len(batch))
    return len(products)


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


def read_products(path) -> list[tuple[str, dict]]:
    """Return a CSV file's products as (product_id, fields) pairs; CatalogueError says where."""
    if not isinstance(path, str | PathLike):
        raise CatalogueError(f"Give the path of a CSV file, not {shown(path)}.", path)
    if not isfile(path):  # a pipe would let it wait for ever
        name = printable(path)[:300]
        raise CatalogueError(f"{name} is no file. Give the path of a CSV file.", path)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_columns(reader.fieldnames or [], path)
            seen = {}
            for row in reader:
                product_id, fields = _read_row(row, path, reader.line_num)
                if product_id in seen:
                    _fail(path, reader.line_num, f"the product_id {product_id!r} comes twice")
                seen[product_id] = fields
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CatalogueError(
            f"{path} can't be read as a CSV file in UTF-8: {error}.", path
        ) from error
    if not seen:
        raise CatalogueError(f"{path} has no products, only its heading.", path)
    return list(seen.items())


def _write(client, products):
    """Write products in one pipeline; on a cluster in one for each node.

    A pipeline over all of its nodes would send what failed a second time.
    """
    pipes = {}

    def pipe_for(key):
        one = client
        if isinstance(client, RedisCluster):
            one = client.get_node_from_key(key).redis_connection
        return pipes.setdefault(one, one.pipeline(transaction=False))

    for product_id, fields in products:
        key = keys.product(product_id)
        pipe_for(key).hset(key, mapping=fields)
    pipe_for(keys.products()).sadd(keys.products(), *(product_id for product_id, _ in products))
    for pipe in pipes.values():
        pipe.execute()


def _progress_bar(count):
    from tqdm.auto import tqdm  # only loading shows one; get_product() does without

    return tqdm(total=count, disable=count < LONG, unit=" products")


def _check_columns(columns, path):
    missing = [name for name in ("product_id", "name", "price") if name not in columns]
    if missing:
        raise CatalogueError(
            f"{path} has no column {', '.join(missing)}. Its first line names the columns: "
            "product_id,name,price,category.",
            path,
            1,
        )


def _read_row(row, path, line):
    product_id, name, price = row["product_id"], row["name"], row["price"]
    try:
        keys.product(product_id)
        if not name:
            _fail(path, line, "the name is empty")
        read_price(price, product_id)
    except InvalidProductIdError as error:
        _fail(path, line, str(error))
    except CartDataError:
        _fail(path, line, f"the price {price!r} is no amount such as 9.50")
    return product_id, {"name": name, "price": price, "category": row.get("category") or ""}


def _fail(path, line, reason):
    raise CatalogueError(f"{path}, line {line}: {reason}. Nothing was loaded.", path, line)


def _product(product_id, fields):
    key = f"product:{product_id}"
    return {
        "product_id": product_id,
        "name": fields.get("name", product_id),
        "price": read_price(fields.get("price"), key),
        "category": fields.get("category", ""),
    }
