"""Eight processes at one cart: nothing is lost, nothing is doubled, nothing is sold twice.

Each process does few rounds here. For a long run: CARTLIB_TEST_ROUNDS=1000, and this file alone.
"""

import json
import os
import subprocess
import sys
from collections import Counter

import pytest
from backends import OURS, delete, find

from cartlib import connect, get_cart_items
from cartlib.checkout import get_stock, set_stock

ROUNDS = int(os.environ.get("CARTLIB_TEST_ROUNDS", "40"))
PROCESSES, PIECES, LIMIT = 8, 1_000_000, 60
BUYER = """
import json, random, sys
from collections import Counter
from cartlib import CartError, add_to_cart, connect, remove_from_cart
from cartlib.checkout import checkout
seed, rounds = int(sys.argv[1]), int(sys.argv[2])
for url in sys.stdin:
    chance = random.Random(seed)
    told = {"added": Counter(), "removed": Counter(), "bought": Counter()}
    with connect(url=url.strip(), timeout=60) as client:
        for _ in range(rounds):
            item, quantity = chance.choice(["mug", "pen"]), chance.randint(1, 3)
            add_to_cart(client, item, quantity)
            told["added"][item] += quantity
            try:
                if chance.random() < 0.3:
                    told["removed"][item] += remove_from_cart(client, item, quantity=1)
                if chance.random() < 0.1:
                    told["bought"].update(dict(checkout(client)["lines"]))
            except CartError as error:
                assert type(error).__name__ in ("ItemNotInCartError", "EmptyCartError"), error
    print(json.dumps(told), flush=True)
"""


@pytest.fixture(scope="module")
def buyers():
    """The processes, which wait for the url of a server."""
    command = [sys.executable, "-c", BUYER]
    processes = [
        subprocess.Popen(
            [*command, str(seed), str(ROUNDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in range(PROCESSES)
    ]
    yield processes
    for process in processes:
        process.communicate(timeout=LIMIT)
        assert process.returncode == 0


@pytest.mark.parametrize("shape", ["server", "cluster"])
def test_eight_processes_at_one_cart(shape, server_kind, request, buyers):
    url = request.getfixturevalue(shape).url
    with connect(url=url) as client:
        delete(client, find(client, OURS))
        for item in ("mug", "pen"):
            client.hset(f"product:{item}", mapping={"name": item, "price": "1.00"})
        set_stock(client, {"mug": PIECES, "pen": PIECES})
        told = let_buy(buyers, url)
        left, lines = Counter(get_stock(client)), Counter(dict(get_cart_items(client)))
        delete(client, find(client, OURS))
    assert sum(told["added"].values()) >= PROCESSES * ROUNDS
    for item in ("mug", "pen"):
        assert left[item] == PIECES - told["bought"][item]
        gone = told["removed"][item] + told["bought"][item]
        assert lines[item] == told["added"][item] - gone


def let_buy(buyers, url):
    """Return what all of them were told, summed up."""
    for process in buyers:
        process.stdin.write(f"{url}\n")
        process.stdin.flush()
    total = {"added": Counter(), "removed": Counter(), "bought": Counter()}
    for process in buyers:
        line = process.stdout.readline()
        assert line, "one of them has ended: its error stands above"
        for name, found in json.loads(line).items():
            total[name].update(found)
    return total
