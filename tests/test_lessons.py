"""Every notebook runs from its first cell to its last, and shows what its text promises."""

import os
from pathlib import Path

import nbformat
import pytest
from conftest import OURS, THEIRS, find, put_foreign_keys, snapshot
from nbclient import NotebookClient

from cartlib.cart import connect
from cartlib.practice import course
from cartlib.practice.outcome import CORRECT, MIME, NOT_TRIED
from cartlib.practice.prediction import Prediction

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
PROMISED = {
    "00_start_here": {
        "set-up": "24",
        "describe(client)": {
            "fakeredis": "fakeredis",
            "server": "server at 127.0.0.1:",
            "cluster": "A cluster of Redis",
        },
        "catalogue_table": "poems",
        'add_to_cart(client, "mug", 1)': "3",
        "get_cart_items": "[('lamp', 1), ('mug', 3)]",
        "cart_table(client)": "28.50",
        "removed =": {
            "fakeredis": "Removed: 3. Round trips: 1.",
            "server": "Removed: 3. Round trips: 1.",
            "cluster": "Removed: 3. Round trips: 2.",
        },
        "unicorn": "There is no product 'unicorn'",
        "progress_table()": "products.q1",
        '"localhost", 1': "localhost:1 can't be reached",
    },
    "01_products_are_hashes": {
        "print(trace)": "price 3.20\n(integer) 2",
        'client.hget("product:demo", "price")': "'3.20'",
        'client.hgetall("product:demo")': "{'name': 'Tea', 'price': '3.20'}",
        "key_table(client": "Coffee mug",
        'client.hgetall("product:unicorn")': "{}",
        "hincrby": "'5'\n7\n",
        "0.10 + 0.10": "0.30000000000000004\n0.30\n",
        'cart.get_product(client, "mug")': "'price': Decimal('9.50')",
        "smembers": "24",
        "table.head(4)": "Round trips: 2",
        'client.hgetall("products")': "WRONGTYPE",
        'cart.get_product(client, "unicorn")': "There is no product 'unicorn'",
        "p1.ask()": "HGET product:mug colour",
    },
    "02_the_cart_is_a_sorted_set": {
        '{"mug": 3, "lamp": 1})\nprint(trace)': "> ZADD cart:{guest} 3 mug 1 lamp\n(integer) 2",
        '"unicorn"': "3.0\nNone\n",
        "key_table(client": "[('lamp', 1.0), ('kettle', 2.0), ('mug', 3.0)]",
        "p1.ask()": "ZADD cart:{guest} 5 mug",
        "ZADD, ZINCRBY": "ZADD, ZADD: 1.0\nZADD, ZINCRBY: 3.0",
        'client.zincrby("cart:{guest}", 2, "mug")': (
            '> ZINCRBY cart:{guest} 2 mug\n"2"\n> ZINCRBY cart:{guest} 1 mug\n"3"'
        ),
        "p2.ask()": "ZCARD cart:{guest}",
        'zrem("cart:{guest}", "mug")': "[('mug', 0.0)]\n1\n[] 0\n",
        '"poems": 1': "['kettle', 'lamp', 'poems']\n['poems', 'lamp', 'kettle']",
        "2**53 + 1": "2.5\nwanted: 9007199254740993\ngot:    9007199254740992",
        "cart.get_cart_items": "[('lamp', 1), ('mug', 3)]",
        "cart_table(client)": "28.50",
        'hincrby("cart:{demo}:hash"': "['mug', 'kettle']\n['mug', 'kettle']",
        'client.hincrby("cart:{guest}"': "WRONGTYPE",
        "redis.ResponseError": "3.0\n",
        "2.5)": "from 1 to 1,000,000, not 2.5",
    },
    "04_carts_that_expire": {
        'client.zadd(DEMO, {"mug": 2})\n    client.ttl(DEMO)': (
            "> TTL cart:{demo}\n(integer) -2\n> ZADD cart:{demo} 2 mug\n(integer) 1\n"
            "> TTL cart:{demo}\n(integer) -1\n> EXPIRE cart:{demo} 60\n(integer) 1\n"
            "> TTL cart:{demo}\n(integer) 60"
        ),
        "p1.ask()": "EXPIRE cart:{demo} 60",
        "time.sleep(1.1)": "PERSIST: True\nleft alone: 0\nkept: 1 TTL -1",
        '"after ZINCRBY:"': "after ZINCRBY: 100\nafter EXPIRE: 1800",
        "pipe.execute()": "New quantity: 2",
        '"session started:"': "session started: 1800\nlater: 100\nafter an add: 1800",
        "p2.ask()": "TTL cart:{demo}",
        "zunionstore": "lines: [('mug', 2.0)]\nTTL: -1",
        '"empty cart:"': "empty cart: -2\nsession: 600\nafter an add: 600",
        '"pen": now + 600': "['lamp']\n",
        "table.round()": "600",
        "round(left)": "{'lamp': 600}\n{}\n",
        '"kit:"': "raw: [('lamp', 1.0), ('mug', 2.0)]\nkit: [('mug', 2)]\nraw: [('mug', 2.0)]",
        '"deadlines:"': "Product 'lamp' is not in the cart 'guest'.",
    },
    "05_live_carts": {
        "print(trace)\n    print(listener": (
            'subscribe\n> PUBLISH cart:{demo}:events "two mugs"\n(integer) 1\ntwo mugs\n'
        ),
        "p1.ask()": "PUBLISH cart:{demo}:events hello",
        '"EXISTS:"': "reached: 0\nEXISTS: 0\n",
        "latecomer": "subscribe\na lamp\nNone\n",
        'command.name == "PUBLISH"': (
            'PUBLISH cart:{demo}:events \'{"change": "add", "product_id": "mug", "quantity": 2}\'\n'
        ),
        "await heard.get()": (
            "{'change': 'subscribe', 'product_id': None, 'quantity': None}\n"
            "{'change': 'add', 'product_id': 'mug', 'quantity': 2}\n"
        ),
        "feed.listen()": "GridBox",
        '"read again:"': "added up:   5\nread again: [('mug', 7)]\n",
        "client.xrange(HISTORY)\nprint(trace)": (
            '> XADD cart:{demo}:history 1-0 product_id mug quantity 2\n"1-0"\n'
            '> XADD cart:{demo}:history 2-0 product_id lamp quantity 1\n"2-0"\n'
            '> XRANGE cart:{demo}:history - +\n1) 1) "1-0"\n   2) 1) "product_id"\n'
        ),
        "views.key_table(client, HISTORY)": "product_id: lamp, quantity: 1",
        'in ["0", "2-0", "3-0"]': (
            "> XREAD STREAMS cart:{demo}:history 0\n['1-0', '2-0', '3-0']\n"
            "> XREAD STREAMS cart:{demo}:history 2-0\n['3-0']\n"
            "> XREAD STREAMS cart:{demo}:history 3-0\n[]\n"
        ),
        "p2.ask()": "XLEN cart:{demo}:history",
        "approximate=False": "3 ['3-0', '4-0', '5-0']\n",
        "maxlen=1000": "> XADD cart:{demo}:history MAXLEN ~ 1000 * product_id mug quantity 2\n",
        '"cart:demo:events"': "reached: 0\nheard: None\n",
        'cart="{demo}")': "A cart's name is a text of 1 to 128 characters, without { and }",
        "start_server()": "The other notebook needs this number: ",
    },
}


def test_notebooks_are_found():
    assert [path.stem for path in NOTEBOOKS] == list(PROMISED)


@pytest.fixture(params=["fakeredis", "server", "cluster"])
def backend(request):
    """The name of a backend and its url, with foreign keys on it that have to stay."""
    if request.param == "fakeredis":
        yield request.param, None
        return
    url = request.getfixturevalue(request.param).url
    with connect(url=url) as client:
        for key in find(client, OURS):
            client.delete(key)
        put_foreign_keys(client)
        before = snapshot(client, THEIRS)
        yield request.param, url
        assert snapshot(client, THEIRS) == before


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_shows_what_it_promises(path, backend):
    name, url = backend
    notebook = run(path, url, lambda code: [*code, *code])
    for part, promised in PROMISED[path.stem].items():
        expected = promised if isinstance(promised, str) else promised[name]
        assert expected in output_of(notebook, part)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_runs_out_of_order(path):
    run(path, None, lambda code: [code[0], *reversed(code[1:])])


@pytest.mark.parametrize("lesson", course.LESSONS)
def test_lesson_as_shipped_is_not_tried(lesson):
    assert statuses(run(path_of(lesson), None)) == [NOT_TRIED] * len(course.tasks(lesson))


@pytest.mark.parametrize("lesson", course.LESSONS)
def test_lesson_solved_is_correct(lesson):
    def solved(cells):
        for cell, task in [(cell, task) for cell in cells for task in course.tasks(lesson)]:
            name = task.name.split(".")[1]
            if f"{name}.check(" in cell.source:
                cell.source = solve(cell.source, name, task)
        return cells

    notebook = run(path_of(lesson), None, solved)
    assert statuses(notebook) == [CORRECT] * len(course.tasks(lesson))


def solve(source, name, task):
    """Return a cell with the right answer put in: the right letter, or the reference."""
    if isinstance(task, Prediction):
        right = next(x for x in "abcdef" if task.check(x).status == CORRECT)
        return f'{name}.check("{right}")'
    return f"{task.solution().text}\n\n{source.splitlines()[-1]}"


def statuses(notebook):
    """Return what every check of a notebook that ran said."""
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    bundles = [output.get("data", {}) for output in outputs]
    return [bundle[MIME]["status"] for bundle in bundles if MIME in bundle]


def path_of(lesson):
    return next(path for path in NOTEBOOKS if path.stem == lesson)


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    """Keep the tests' progress apart from the person's."""
    monkeypatch.setenv("CARTLIB_PROGRESS", str(tmp_path / "progress.json"))


def run(path, url, order=list):
    """Run the notebook's code cells in that order in one kernel; any error is raised."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = order([cell for cell in notebook.cells if cell.cell_type == "code"])
    env = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    env |= {"REDIS_URL": url} if url else {}
    client = NotebookClient(
        notebook, timeout=60, resources={"metadata": {"path": str(path.parent)}}
    )
    return client.execute(env=env)


def output_of(notebook, part):
    """Return as one text what the cell that holds `part` showed the last time it ran."""
    cells = [cell for cell in notebook.cells if part in cell.source or part == "set-up"]
    outputs = cells[0 if part == "set-up" else -1].outputs
    return "".join(
        output.get("text", "") + output.get("data", {}).get("text/plain", "") for output in outputs
    )
