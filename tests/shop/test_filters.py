"""Filters: what the catalogue says, by tags, by price and by the first letters of a name."""

from decimal import Decimal

import pytest
from backends import OURS, before_exec, delete, find
from faults import KINDS, Fault
from redis.cluster import RedisCluster
from redis.crc import key_slot

from cartlib import (
    CartConnectionError,
    CartDataError,
    CartError,
    InvalidNameError,
    InvalidPriceError,
    InvalidProductIdError,
    InvalidQuantityError,
    ProductNotFoundError,
    connect,
    keys,
)
from cartlib.catalogue import delete_product
from cartlib.lab.trace import Trace
from cartlib.shop.filters import (
    complete_name,
    count_products,
    find_products,
    index_products,
    tag_product,
    untag_product,
)

TAGS, PRICES, NAMES = "shop:{filters}:tags", "shop:{filters}:prices", "shop:{filters}:names"
TAG = "shop:{filters}:tag:"
BAD_TEXTS = [None, 5, b"mug", "\ud800", ["m"]]


def put(client, product_id, name="A thing", price="1.00", category=""):
    """Write a product into the catalogue."""
    fields = {"name": name, "price": price, "category": category}
    client.hset(f"product:{product_id}", mapping=fields)
    client.sadd("products", product_id)


@pytest.fixture
def few(client):
    """A client with a small catalogue, indexed."""
    put(client, "mug", "Coffee mug", "9.50", "Kitchen")
    put(client, "Mug", "Coffee Mug", "9.50", "Kitchen")
    put(client, "pot", "Glass teapot", "24", "Kitchen")
    put(client, "lamp", "Lámpara", "45.00", "Desk")
    put(client, "free", "Ölkännchen", "0")
    assert index_products(client) == 5
    return client


def test_index_products_writes(few):
    assert few.smembers(TAGS) == {"Kitchen", "Desk"}
    assert few.smembers(f"{TAG}Kitchen") == {"mug", "Mug", "pot"}
    assert few.smembers(f"{TAG}Desk") == {"lamp"}
    prices = [("free", 0), ("Mug", 9.5), ("mug", 9.5), ("pot", 24), ("lamp", 45)]
    assert few.zrange(PRICES, 0, -1, withscores=True) == prices
    assert few.zrange(NAMES, 0, -1, withscores=True) == [
        *(("coffee mug\0Coffee Mug", 0), ("coffee mug\0Coffee mug", 0)),
        *(("glass teapot\0Glass teapot", 0), ("lampara\0Lámpara", 0)),
        ("olkannchen\0Ölkännchen", 0),
    ]


def test_index_products_again(few, kit_keys):
    before = kit_keys()
    assert index_products(few) == 5 and kit_keys() == before


def test_index_products_forgets(few):
    delete_product(few, "lamp")
    put(few, "pot", "Teapot", "20", "Desk")
    put(few, "Mug", "Coffee Mug", "9.50", "")
    assert index_products(few) == 4
    assert few.smembers(f"{TAG}Kitchen") == {"mug"} and few.smembers(f"{TAG}Desk") == {"pot"}
    assert complete_name(few, "l") == [] and find_products(few, cheapest=10) == ["pot"]
    few.delete("products")
    assert index_products(few) == 0
    assert find(few, ["shop:*"]) == []


def test_index_products_keeps_tags_given_by_hand(few):
    tag_product(few, "mug", "gift")
    tag_product(few, "lamp", "gift")
    delete_product(few, "lamp")
    index_products(few)
    assert few.smembers(f"{TAG}gift") == {"mug", "lamp"}
    assert find_products(few, "gift") == ["mug"] and count_products(few, "gift") == 1


def test_index_products_odd_names(client):
    put(client, "a", "one\0two", "1", "{x}")
    put(client, "b", "*", "1", "Zoë's")
    index_products(client)
    assert find_products(client, "{x}") == ["a"] and find_products(client, "Zoë's") == ["b"]
    assert complete_name(client, "ONET") == ["one\0two"] and complete_name(client, "*") == ["*"]


def test_index_products_category_that_is_no_tag(few, refused):
    put(few, "z", category="x" * 129)
    with refused(InvalidNameError):
        index_products(few)


@pytest.mark.parametrize("key", [TAGS, PRICES, NAMES, f"{TAG}Desk", f"{TAG}New"])
def test_index_products_wrong_type(few, key, refused):
    put(few, "new", category="New")
    few.delete(key)
    few.set(key, "theirs")
    with refused(CartDataError) as caught:
        index_products(few)
    assert caught.value.key == key


def test_index_products_unreadable_price(few, refused):
    put(few, "mug", price="cheap")
    with refused(CartDataError) as caught:
        index_products(few)
    assert caught.value.key == "product:mug"


def test_index_products_at_the_same_time(few, monkeypatch):
    """Another index of a newer catalogue comes between the look and the MULTI."""

    def meddle():
        put(few, "kite", "Red kite", "16.40", "Toys")
        index_products(few)

    tries = before_exec(few, monkeypatch, meddle)
    assert index_products(few) == 6
    assert len(tries) == 3 and few.smembers(TAGS) == {"Kitchen", "Desk", "Toys"}
    assert few.smembers(f"{TAG}Toys") == {"kite"}


def test_index_products_round_trips(few):
    with Trace(few) as trace:
        index_products(few)
    names = [command.name for command in trace.commands]
    assert trace.round_trips == 6 and (names.count("MULTI"), names.count("EXEC")) == (1, 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", ["server", "cluster"])
def test_index_products_all_or_nothing(shape, kind, request):
    place, at, happened = request.getfixturevalue(shape), 0, True
    while happened:
        at += 1
        with connect(place.host, place.port, timeout=5) as client:
            delete(client, find(client, OURS))
            put(client, "mug", "Mug", "9.50", "Kitchen")
            told = None
            with Fault(kind, at) as fault:
                try:
                    index_products(client)
                except CartConnectionError as error:
                    told = error
            happened, held = fault.happened, len(find(client, ["shop:*"]))
            assert held in (0, 4)
            if told is None or not told.outcome_unknown:
                assert held == (0 if told else 4)
            assert index_products(client) == 1
            delete(client, find(client, OURS))
    assert at > 6


def test_tag_product(few):
    assert [tag_product(few, "mug", "gift") for _ in range(2)] == [True, False]
    assert few.smembers(f"{TAG}gift") == {"mug"} and few.smembers(TAGS) == {"Kitchen", "Desk"}
    assert [untag_product(few, "mug", "gift") for _ in range(2)] == [True, False]
    assert few.exists(f"{TAG}gift") == 0


def test_tag_product_unknown(few, refused):
    with refused(ProductNotFoundError):
        tag_product(few, "unicorn", "gift")


@pytest.mark.parametrize("change", [tag_product, untag_product])
def test_tag_product_bad_arguments(client, change, bad_id, unsent):
    with unsent(InvalidProductIdError):
        change(client, bad_id, "gift")
    with unsent(InvalidNameError) as caught:
        change(client, "mug", bad_id if bad_id != b"mug" else None)
    assert caught.value.what == "tag"


@pytest.mark.parametrize("change", [tag_product, untag_product])
def test_tag_product_wrong_type(few, change, refused):
    few.zadd(f"{TAG}gift", {"mug": 1})
    with refused(CartDataError) as caught:
        change(few, "mug", "gift")
    assert caught.value.key == f"{TAG}gift"


def test_tag_product_round_trips(few):
    with Trace(few) as trace:
        tag_product(few, "mug", "gift")
        untag_product(few, "mug", "gift")
    assert [c.name for c in trace.commands] == ["EXISTS", "SADD", "SREM"]


@pytest.mark.parametrize(
    "tags, ends, found",
    [
        ((), {}, ["free", "Mug", "mug", "pot", "lamp"]),
        (("Kitchen",), {}, ["Mug", "mug", "pot"]),
        (("Kitchen", "Kitchen"), {}, ["Mug", "mug", "pot"]),
        (("Kitchen", "Desk"), {}, []),
        (("kitchen",), {}, []),
        ((), {"dearest": "9.50"}, ["free", "Mug", "mug"]),
        ((), {"cheapest": Decimal("9.50"), "dearest": 24}, ["Mug", "mug", "pot"]),
        ((), {"cheapest": "9.500001"}, ["pot", "lamp"]),
        (("Kitchen",), {"cheapest": 9.5}, ["Mug", "mug", "pot"]),
        (("Kitchen",), {"cheapest": "9.500001", "dearest": "23.999999"}, []),
        (("Kitchen",), {"cheapest": 24, "dearest": 24}, ["pot"]),
        (("Kitchen",), {"cheapest": 30, "dearest": 20}, []),
        ((), {"dearest": 0}, ["free"]),
    ],
)
def test_find_products(few, tags, ends, found, kit_keys):
    before = kit_keys()
    assert find_products(few, *tags, **ends) == found
    assert kit_keys() == before


@pytest.mark.parametrize("tags", [(), ("t",)])
def test_find_products_close_prices(client, tags):
    for number in range(3):
        put(client, str(number), price=f"999999999.99999{number}", category="t")
    put(client, "cent", price="0.1", category="t")
    index_products(client)
    assert find_products(client, *tags, dearest="999999999.999991") == ["cent", "0", "1"]
    assert find_products(client, *tags, cheapest="0.1", dearest="0.1") == ["cent"]


def test_find_products_before_an_index(shop):
    assert find_products(shop) == [] == find_products(shop, "Kitchen")
    assert count_products(shop) == 0 == count_products(shop, "Kitchen")
    assert complete_name(shop, "") == []


@pytest.mark.parametrize(
    "price", ["", "cheap", True, -1, "-0.01", float("nan"), float("inf"), 10**9, 0.1 + 0.2, [1]]
    + ["\ud800", 10**5000],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
@pytest.mark.parametrize("end", ["cheapest", "dearest"])
def test_find_products_bad_price(client, end, price, unsent):
    with unsent(InvalidPriceError) as caught:
        find_products(client, "Kitchen", **{end: price})
    assert caught.value.price is price


@pytest.mark.parametrize("function", [find_products, count_products])
def test_find_products_bad_tag(client, function, unsent):
    for tag in ("", None, 5, "x" * 129):
        with unsent(InvalidNameError):
            function(client, "Kitchen", tag)


@pytest.mark.parametrize("function", [find_products, count_products])
def test_find_products_wrong_type(few, function, refused):
    few.set(f"{TAG}gift", "theirs")
    with refused(CartDataError) as caught:
        function(few, "gift")
    assert caught.value.key


def test_find_products_round_trips(few):
    with Trace(few) as trace:
        find_products(few, "Kitchen", "Desk", dearest=20)
        find_products(few, dearest=20)
        count_products(few, "Kitchen")
    names = [command.name for command in trace.commands if command.name != "COMMAND GETKEYS"]
    assert names == ["ZINTER", "ZRANGE", "ZINTERCARD"]
    assert trace.round_trips == (7 if isinstance(few, RedisCluster) else 3)


@pytest.mark.parametrize(
    "tags, count", [((), 5), (("Kitchen",), 3), (("Kitchen", "Kitchen"), 3), (("Kitchen", "x"), 0)]
)
def test_count_products(few, tags, count):
    assert count_products(few, *tags) == count == len(find_products(few, *tags))


@pytest.mark.parametrize(
    "text, names",
    [
        ("", ["Coffee Mug", "Coffee mug", "Glass teapot", "Lámpara", "Ölkännchen"]),
        ("c", ["Coffee Mug", "Coffee mug"]),
        ("COFFEE M", ["Coffee Mug", "Coffee mug"]),
        ("coffee mug", ["Coffee Mug", "Coffee mug"]),
        ("coffee mugs", []),
        ("tea", []),
        ("lam", ["Lámpara"]),
        ("LÁM", ["Lámpara"]),
        ("la\u0301m", ["Lámpara"]),
        ("ol", ["Ölkännchen"]),
        ("ÖLKÄ", ["Ölkännchen"]),
        *((text, []) for text in ("(", "[", "+", "-", "[c", "(c", "*", " ", "\x7f", "ÿ")),
        ("\0", ["Coffee Mug", "Coffee mug", "Glass teapot", "Lámpara", "Ölkännchen"]),
    ],
)
def test_complete_name(few, text, names, kit_keys):
    before = kit_keys()
    assert complete_name(few, text) == names
    assert kit_keys() == before


def test_complete_name_signs_are_text(client):
    for number, name in enumerate(
        ["+5 mugs", "-5 mugs", "(mug)", "[mug]", "mug", "Straße", "Mжug", "Z\U0001f600"]
    ):
        put(client, str(number), name)
    index_products(client)
    for text, name in [("+", "+5 mugs"), ("-", "-5 mugs"), ("(", "(mug)"), ("[m", "[mug]")]:
        assert complete_name(client, text) == [name]
    assert complete_name(client, "m") == ["mug", "Mжug"]
    assert complete_name(client, "z") == ["Z\U0001f600"]
    assert complete_name(client, "STRASS") == ["Straße"] == complete_name(client, "straß")


def test_complete_name_of_two_products_with_one_name(client):
    put(client, "a", "Mug")
    put(client, "b", "Mug")
    index_products(client)
    assert complete_name(client, "m") == ["Mug"]


def test_complete_name_most(few):
    assert complete_name(few, "", most=2) == ["Coffee Mug", "Coffee mug"]
    assert len(complete_name(few, "", most=1_000_000)) == 5


def test_complete_name_bad_most(client, bad_quantity, unsent):
    with unsent(InvalidQuantityError):
        complete_name(client, "m", most=bad_quantity)


@pytest.mark.parametrize("text", BAD_TEXTS, ids=repr)
def test_complete_name_bad_text(client, text, unsent):
    with unsent(CartError):
        complete_name(client, text)


def test_complete_name_foreign_member(few, refused):
    few.zadd(NAMES, {"coffee": 0})
    with refused(CartDataError) as caught:
        complete_name(few, "c")
    assert (caught.value.key, caught.value.value) == (NAMES, "coffee")


def test_complete_name_wrong_type(few, refused):
    few.delete(NAMES)
    few.set(NAMES, "theirs")
    with refused(CartDataError) as caught:
        complete_name(few, "c")
    assert caught.value.key == NAMES


def test_complete_name_round_trips(few):
    with Trace(few) as trace:
        complete_name(few, "c")
    assert [c.name for c in trace.commands] == ["ZRANGE"]


@pytest.mark.parametrize("name", ["gift", "{x}", "}", "Zoë's"])
def test_filters_share_one_slot(name):
    names = [keys.tag(name), keys.tags(), keys.prices(), keys.names()]
    assert {key_slot(key.encode()) for key in names} == {key_slot(b"{filters}")}
