"""What more of everything does: lines, products, carts, clients, milliseconds to the server."""

import csv
import statistics
import tempfile
import threading
import time
import tracemalloc
from contextlib import contextmanager
from pathlib import Path

from measure import Table, medians, microseconds, milliseconds, ratio
from operations import CART, bare_add, fill
from redises import clients, kinds, plain

from cartlib import add_to_cart, connect, get_cart_items, get_product, keys
from cartlib.catalogue import BATCH, list_products, load_catalogue
from cartlib.failures import address
from cartlib.lab.network import Network
from cartlib.lab.trips import fill_cart, view_line_by_line
from cartlib.views import cart_table

LINES_OF_A_CART = 1, 10, 100, 1_000, 10_000
PRODUCTS = 10, 100, 1_000, 10_000, 100_000
CARTS = 1, 10, 100, 1_000, 10_000, 100_000
ENOUGH = 1_000  # carts, for their bytes to be seen in used_memory
CLIENTS = 1, 4, 16, 64
DELAYS = 0, 1, 10  # milliseconds
ADDS_AT_ONCE = 640  # of all clients together


def tables(quick=False):
    """Measure on the first server that is found."""
    server = kinds()[1] if len(kinds()) > 1 else "fakeredis"
    with clients(server) as (client, bare):
        yield _lines(server, client, bare, LINES_OF_A_CART[: 2 if quick else None])
        yield _products(server, client, bare, PRODUCTS[: 2 if quick else None])
    with clients(server) as (client, bare):
        yield _carts(server, client, bare, CARTS[: 2 if quick else None])
        yield _clients(server, client, CLIENTS[: 2 if quick else None], 1 if quick else 15)
    yield _delays(DELAYS[: 2 if quick else None], 2 if quick else 25)


def _lines(server, client, bare, sizes):
    rows = []
    for size in sizes:
        fill(bare, size)
        functions = {
            "add": lambda: add_to_cart(client, "p0", 1, cart=CART),
            "items": lambda: get_cart_items(client, cart=CART),
            "table": lambda: cart_table(client, cart=CART),
        }
        took = medians(functions, 20 if size > 1_000 else 200)
        rows.append([f"{size:,}", *map(microseconds, took.values())])
    columns = ["lines", "add_to_cart", "get_cart_items", "cart_table"]
    return Table(f"Lines of one cart on {server}", "Medians.", columns, rows)


def _products(server, client, bare, sizes):
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder) / f"{size}.csv"
            _write_csv(path, size)
            rows.append(_product_row(client, bare, path, size))
    about = (
        f"By hand: csv.reader, HSET and SADD, {BATCH} products in a pipeline, nothing checked. "
        "The kit's looks at each row first, and at the types of the keys. “Again” finds all of "
        "them there. The peak is what Python holds while it loads, by tracemalloc."
    )
    columns = ["products", "by hand", "load_catalogue", "rate", "again", "rate", "peak"]
    columns += ["for a product", "get_product", "list_products"]
    return Table(f"Products on {server}", about, columns, rows)


def _product_row(client, bare, path, size):
    by_hand, first, again = [], [], []
    for _ in range(5 if size <= 10_000 else 3):
        for load, taken in (
            (lambda: load_by_hand(bare, path), by_hand),
            (lambda: load_catalogue(client, path), first),
        ):
            _delete_products(bare, size)
            taken.append(_seconds(load))
        again.append(_seconds(lambda: load_catalogue(client, path)))
    hand, new, old = map(statistics.median, (by_hand, first, again))
    tracemalloc.start()
    load_catalogue(client, path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    got = medians({"get": lambda: get_product(client, "p7")}, 200)["get"]
    listed = _seconds(lambda: list_products(client))
    _delete_products(bare, size)
    return [
        f"{size:,}",
        *(f"{size / hand:,.0f} /s", f"{size / new:,.0f} /s", ratio(hand, new)),
        *(f"{size / old:,.0f} /s", ratio(hand, old)),
        *(f"{peak / 2**20:.1f} MB", f"{peak / size:,.0f} bytes"),
        *(microseconds(got), milliseconds(listed)),
    ]


def load_by_hand(client, path):
    """Load a catalogue as one would write it for oneself."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        names, pipe, ids = next(reader)[1:], client.pipeline(transaction=False), []
        for product_id, *fields in reader:
            pipe.hset(f"product:{product_id}", mapping=dict(zip(names, fields, strict=True)))
            ids.append(product_id)
            if len(ids) == BATCH:
                pipe.sadd("products", *ids)
                pipe.execute()
                ids.clear()
        if ids:
            pipe.sadd("products", *ids)
            pipe.execute()


def _write_csv(path, size):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["product_id", "name", "price", "category"])
        writer.writerows([f"p{n}", f"Product number {n}", f"{n % 90}.50", "x"] for n in range(size))


def _delete_products(client, size):
    client.delete("products")
    for start in range(0, size, 1_000):
        client.delete(*(f"product:p{n}" for n in range(start, min(start + 1_000, size))))


def _carts(server, client, bare, sizes):
    rows, made = [], 0
    fill(bare, 5)
    add_to_cart(client, "p0", 1, cart=CART)  # the buffers of both connections are there then
    before = _used(bare)
    for size in sizes:
        pipe = bare.pipeline(transaction=False)
        for number in range(made, size):
            pipe.zadd(keys.cart(f"c{number}"), {f"p{n}": n + 1 for n in range(5)})
            if number % 1_000 == 999:
                pipe.execute()
        pipe.execute()
        made = size
        functions = {
            "add": lambda cart=f"c{size - 1}": add_to_cart(client, "p0", 1, cart=cart),
            "items": lambda cart=f"c{size - 1}": get_cart_items(client, cart=cart),
        }
        took = medians(functions, 200)
        each = (_used(bare) - before) / size
        rows.append(
            [
                f"{size:,}",
                f"{each:,.0f} bytes" if size >= ENOUGH else "–",
                *map(microseconds, took.values()),
            ]
        )
    about = (
        "Each has 5 lines. Bytes: what used_memory of INFO has grown by, for each cart; of few "
        "carts that is less than the server's own buffers change by."
    )
    columns = ["carts", "a cart takes", "add_to_cart", "get_cart_items"]
    return Table(f"Carts on {server}", about, columns, rows)


def _used(client):
    return 0 if address(client) == "fakeredis" else client.info("memory")["used_memory"]


def _clients(server, client, sizes, rounds):
    rows = []
    url = _url(client)
    for size in sizes:
        carts = [f"of{number}" for number in range(size)]
        ours = [connect(url=url) if url else connect() for _ in carts]
        bares = [plain(url) if url else connect() for _ in carts]
        each = ADDS_AT_ONCE // size
        ways = {
            "bare": lambda b=bares, c=carts, n=each: _at_once(b, c, n, bare_add),
            "kit": lambda o=ours, c=carts, n=each: _at_once(o, c, n, _kit_add),
        }
        took = medians(ways, rounds)
        rate = [f"{ADDS_AT_ONCE / seconds:,.0f} /s" for seconds in took.values()]
        rows.append([f"{size}", *rate, ratio(took["kit"], took["bare"])])
    about = (
        f"{ADDS_AT_ONCE} adds in all, by so many threads, each with a client and a cart of its "
        "own. Bare are the very commands of add_to_cart."
    )
    columns = ["clients", "bare commands", "add_to_cart", "ratio"]
    return Table(f"Clients at once on {server}", about, columns, rows)


def _at_once(clients, carts, each, add):
    def work(client, cart):
        for _ in range(each):
            add(client, cart)

    threads = [
        threading.Thread(target=work, args=pair) for pair in zip(clients, carts, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _kit_add(client, cart):
    add_to_cart(client, "p0", 1, cart=cart)


def _url(client):
    return None if address(client) == "fakeredis" else f"redis://{address(client)}"


@contextmanager
def _network():
    network = Network()
    try:
        yield network
    finally:
        network.stop()


def _delays(delays, rounds):
    rows = []
    with _network() as network:
        client = network.client
        fill_cart(client, 10)
        functions = {
            "add": lambda: add_to_cart(client, "demo:1", 1, cart="demo"),
            "items": lambda: get_cart_items(client, cart="demo"),
            "table": lambda: cart_table(client, cart="demo"),
            "line by line": lambda: view_line_by_line(client),
        }
        for delay in delays:
            network.delay = delay
            took = medians(functions, rounds)
            rows.append([f"{delay} ms", *map(milliseconds, took.values())])
        where = "a relay before a private server" if network.is_real else "a pause before fakeredis"
    about = f"A cart of 10 lines; the delay is made by {where}."
    columns = ["a round trip", "add_to_cart", "get_cart_items", "cart_table", "line by line"]
    return Table("A slower network", about, columns, rows)


def _seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start
