"""Four views and four adds do the same, in more trips or in fewer."""

import pytest
from redis.cluster import RedisCluster
from redis.exceptions import RedisClusterException, RedisError

from cartlib import CartConnectionError, CartDataError, CartError, ProductNotFoundError
from cartlib.lab import trips
from cartlib.lab.trace import Trace

ROWS = [
    ("demo:1", 1, "Thing 1", "1.50"),
    ("demo:2", 2, "Thing 2", "2.50"),
    ("demo:3", 3, "Thing 3", "3.50"),
]
VIEW_TRIPS = {"line by line": 4, "pipeline": 2, "SORT in MULTI": 1, "Lua": 1}
ADD_TRIPS = {"EXISTS, ZINCRBY": 2, "the kit's": 2, "WATCH": 3, "Lua": 1}
ADDS = [trips.add_naively, trips.add_watching, trips.add_by_script]
FOR_ONE = (trips.add_watching, trips.add_by_script)
ONE_SERVER = ("SORT in MULTI", "Lua")


@pytest.fixture(autouse=True)
def cart(client):
    """A cart of three lines."""
    trips.fill_cart(client, 3)


def refused_by_a_cluster(client, way):
    """Check that a cluster refuses what is for one server; tell whether it is one."""
    if not isinstance(client, RedisCluster):
        return False
    with pytest.raises((CartDataError, CartConnectionError)):
        way(client)
    return True


def test_fill_cart_writes_products_and_lines(client, kit_keys):
    trips.fill_cart(client, 2)
    assert client.zrange("cart:{demo}", 0, -1, withscores=True) == [("demo:1", 1), ("demo:2", 2)]
    assert client.hgetall("product:demo:2") == {"name": "Thing 2", "price": "2.50"}
    assert "products" not in kit_keys()


@pytest.mark.parametrize("bad", [0, -1, 1001, 1.5, "3", None, True])
def test_fill_cart_refuses_what_is_no_number_of_lines(client, refused, bad):
    with refused(CartError) as caught:
        trips.fill_cart(client, bad)
    assert "from 1 to 1,000, not" in str(caught.value)


@pytest.mark.parametrize("name", trips.VIEWS)
def test_views_give_the_same_rows(client, kit_keys, name):
    view, before = trips.VIEWS[name], kit_keys()
    if name in ONE_SERVER and refused_by_a_cluster(client, view):
        return
    assert view(client) == ROWS
    with Trace(client) as trace:
        view(client)
    assert trace.round_trips == VIEW_TRIPS[name] and kit_keys() == before


@pytest.mark.parametrize("name", trips.VIEWS)
def test_views_show_what_is_no_longer_sold(client, name):
    view = trips.VIEWS[name]
    client.delete("product:demo:2")
    if name in ONE_SERVER and refused_by_a_cluster(client, view):
        return
    assert view(client) == [ROWS[0], ("demo:2", 2, None, None), ROWS[2]]


@pytest.mark.parametrize("name", trips.VIEWS)
def test_views_of_an_empty_cart(client, name):
    view = trips.VIEWS[name]
    client.delete("cart:{demo}")
    if name == "SORT in MULTI" and refused_by_a_cluster(client, view):
        return
    assert view(client) == []


@pytest.mark.parametrize("add", ADDS)
def test_adds_give_the_new_quantity(client, add):
    if add in FOR_ONE and refused_by_a_cluster(client, lambda client: add(client, "demo:3", 2)):
        return
    assert add(client, "demo:3", 2) == 5 and client.zscore("cart:{demo}", "demo:3") == 5
    assert add(client, "demo:3", 1, cart="other") == 1
    assert client.zscore("cart:{other}", "demo:3") == 1


@pytest.mark.parametrize("add", ADDS)
def test_adds_refuse_an_unknown_product(client, refused, add):
    if isinstance(client, RedisCluster) and add in FOR_ONE:
        return
    with refused(ProductNotFoundError):
        add(client, "unicorn", 1)
    with refused(CartError):
        add(client, "demo:1", 2.5)


@pytest.mark.parametrize("name", trips.ADDS)
def test_adds_take_their_trips(client, name):
    add = trips.ADDS[name]
    if isinstance(client, RedisCluster):
        return
    add(client)  # it loads the script
    with Trace(client) as trace:
        add(client)
    assert trace.round_trips == ADD_TRIPS[name] and client.zscore("cart:{demo}", "demo:1") == 3


def test_script_with_keys_in_two_slots_is_refused_by_a_cluster(client):
    names = ["product:mug", "cart:{guest}"]
    if isinstance(client, RedisCluster):
        with pytest.raises((RedisClusterException, RedisError)):
            client.eval("return 1", 2, *names)
    else:
        assert client.eval("return 1", 2, *names) == 1


def test_measure_runs_no_more_often_than_it_must(client, monkeypatch):
    ran = []
    monkeypatch.setattr(trips, "LIMIT", 0)
    table = trips.measure(client, {"a": lambda _: ran.append("a"), "b": lambda _: ran.append("b")})
    assert table.attrs["runs"] == trips.LEAST and list(table["round_trips"]) == [0, 0]
    assert "".join(ran) == "aabb" + "ab" * trips.LEAST
