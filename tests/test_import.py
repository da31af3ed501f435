"""What importing the kit loads: redis, and nothing heavier."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEAVY = ["pandas", "numpy", "ipywidgets", "anywidget", "IPython", "fakeredis", "tqdm", "lupa"]
LOADED = f"""
import sys
import cartlib
print(sorted(set({HEAVY}) & set(sys.modules)))
"""
NEW = """
import sys
import redis
before = set(sys.modules)
import cartlib
print(*sorted(set(sys.modules) - before))
"""
FEW = {"_decimal", "decimal", "numbers"}
FIVE_CALLS = f"""
import sys
for name in {HEAVY}:
    sys.modules[name] = None  # makes its import fail
import cartlib
with cartlib.connect("127.0.0.1", int(sys.argv[1])) as client:
    client.hset("product:import", mapping={{"name": "Test", "price": "1.50"}})
    print(cartlib.get_product(client, "import")["price"])
    print(cartlib.add_to_cart(client, "import", 2, cart="import"))
    print(cartlib.get_cart_items(client, cart="import"))
    print(cartlib.remove_from_cart(client, "import", cart="import"))
"""
NO_FAKEREDIS = """
import sys
sys.modules["fakeredis"] = None
import cartlib
cartlib.connect()
"""


def run(script, *arguments):
    """Run a script in a Python of its own, and return what came of it."""
    environment = {name: text for name, text in os.environ.items() if name != "REDIS_URL"}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_import_loads_nothing_heavy():
    done = run(LOADED)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_import_adds_little_to_redis():
    done = run(NEW)
    assert done.stderr == ""
    assert {name for name in done.stdout.split() if not name.startswith("cartlib")} <= FEW


def test_five_functions_need_redis_only(server):
    done = run(FIVE_CALLS, server.port)
    assert (done.stdout, done.stderr) == ("1.50\n2\n[('import', 2)]\n2\n", "")


def test_connect_without_server_needs_fakeredis():
    done = run(NO_FAKEREDIS)
    assert done.returncode == 1
    assert "fakeredis" in done.stderr.splitlines()[-1]


def test_import_exports_the_five_functions_and_the_errors():
    import cartlib
    from cartlib import errors

    kinds = {name for name, kind in vars(errors).items() if is_error(kind)}
    five = {"connect", "get_product", "add_to_cart", "remove_from_cart", "get_cart_items"}
    assert set(cartlib.__all__) == five | kinds
    assert list(cartlib.__all__) == sorted(cartlib.__all__)


def is_error(kind):
    from cartlib import CartError

    return isinstance(kind, type) and issubclass(kind, CartError)
