"""The file that a catalogue comes from: CSV with the columns of COLUMNS, in UTF-8."""

import csv
from contextlib import contextmanager
from operator import itemgetter
from os import PathLike, fstat
from os.path import isfile

from cartlib import keys
from cartlib.errors import (
    CartDataError,
    CatalogueError,
    InvalidProductIdError,
    printable,
    shown,
)
from cartlib.values import read_price

COLUMNS = "product_id", "name", "price", "category"  # a file may lack the last


@contextmanager
def opened(path):
    """Give the open file; whatever keeps it from being read is a CatalogueError."""
    if not isinstance(path, str | PathLike):
        raise CatalogueError(f"Give the path of a CSV file, not {shown(path)}.", path)
    if not isfile(path):  # a pipe would let it wait for ever
        name = printable(path)[:300]
        raise CatalogueError(f"{name} is no file. Give the path of a CSV file.", path)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            yield file
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CatalogueError(
            f"{path} can't be read as a CSV file in UTF-8: {error}.", path
        ) from error


def stamp(file):
    """Return what is another as soon as somebody writes into the file."""
    about = fstat(file.fileno())
    return about.st_mtime_ns, about.st_size


def check_file(file, path):
    """Return the ids of all products; CatalogueError says in which line something is wrong."""
    reader, seen = csv.reader(file), {}
    for product_id, fields in rows_of(reader, path):
        _check_row(product_id, fields, path, reader.line_num)
        if product_id in seen:
            _fail(path, reader.line_num, f"the product_id {product_id!r} comes twice")
        seen[product_id] = reader.line_num
    if not seen:
        raise CatalogueError(f"{path} has no products, only its heading.", path)
    return list(seen)


def rows_of(reader, path):
    """Yield the products as (product_id, fields); what a row lacks is an empty text."""
    columns = next(reader, [])
    _check_columns(columns, path)
    take = itemgetter(*(columns.index(name) if name in columns else -1 for name in COLUMNS))
    lacking = [""] * len(COLUMNS)
    for row in filter(None, reader):
        product_id, name, price, category = take(row + lacking)
        yield product_id, {"name": name, "price": price, "category": category}


def _check_columns(columns, path):
    missing = [name for name in COLUMNS[:3] if name not in columns]
    if missing:
        raise CatalogueError(
            f"{path} has no column {', '.join(missing)}. Its first line names the columns: "
            "product_id,name,price,category.",
            path,
            1,
        )


def _check_row(product_id, fields, path, line):
    try:
        keys.product(product_id)
        if not fields["name"]:
            _fail(path, line, "the name is empty")
        read_price(fields["price"], product_id)
    except InvalidProductIdError as error:
        _fail(path, line, str(error))
    except CartDataError:
        _fail(path, line, f"the price {fields['price']!r} is no amount such as 9.50")


def _fail(path, line, reason):
    raise CatalogueError(f"{path}, line {line}: {reason}. Nothing was loaded.", path, line)
