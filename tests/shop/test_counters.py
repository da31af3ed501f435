"""Counters, cached pages and limits: plain Strings."""

import pytest
from faults import KINDS, Fault

from cartlib import (
    CartConnectionError,
    CartDataError,
    CartError,
    InvalidNameError,
    InvalidProductIdError,
    InvalidQuantityError,
    InvalidSecondsError,
    TooManyRequestsError,
    connect,
)
from cartlib.lab.trace import Trace
from cartlib.shop.counters import check_rate, count_view, forget_page, get_page, get_views

VIEWS, PAGE, LIMIT = "shop:views:mug", "shop:page:home", "shop:limit:ann"
bad_name = pytest.mark.parametrize("name", ["", None, 5, b"home", "x" * 129, "\ud800"])
bad_seconds = pytest.mark.parametrize("seconds", [0, -1, 1.5, True, "60", None, 315_360_001])


def test_count_view_counts(client):
    assert [count_view(client, "mug") for _ in range(3)] == [1, 2, 3]
    assert (client.get(VIEWS), client.ttl(VIEWS)) == ("3", -1)


def test_count_view_other_products_and_time_outs_stay(client):
    client.set(VIEWS, 41, ex=600)
    client.set("shop:views:Mug", 7)
    assert count_view(client, "mug") == 42
    assert client.ttl(VIEWS) > 500 and client.get("shop:views:Mug") == "7"


@pytest.mark.parametrize("text", ["many", "1.5", "", "9223372036854775807"])
def test_count_view_no_number(client, text, refused):
    client.set(VIEWS, text)
    with refused(CartDataError) as caught:
        count_view(client, "mug")
    assert caught.value.key == VIEWS and VIEWS in str(caught.value)


def test_count_view_wrong_type(client, refused):
    client.hset(VIEWS, "a", 1)
    with refused(CartDataError) as caught:
        count_view(client, "mug")
    assert caught.value.key == VIEWS


def test_count_view_bad_id(client, bad_id, unsent):
    with unsent(InvalidProductIdError):
        count_view(client, bad_id)


def test_get_views_gives_all(client, kit_keys):
    for product_id in ("mug", "mug", "Zoë's {cup}"):
        count_view(client, product_id)
    before = kit_keys()
    found = get_views(client, ["lamp", "mug", "Zoë's {cup}", "mug"])
    assert list(found.items()) == [("lamp", 0), ("mug", 2), ("Zoë's {cup}", 1)]
    assert kit_keys() == before


def test_get_views_none(client):
    with Trace(client) as trace:
        assert get_views(client, []) == {}
    assert trace.round_trips == 0


def test_get_views_in_one_trip(client):
    ids = [f"p{number}" for number in range(100)]  # on a cluster, on each of its nodes
    with Trace(client) as trace:
        assert get_views(client, iter(ids)) == dict.fromkeys(ids, 0)
    assert (trace.round_trips, len(trace.commands)) == (1, 100)


@pytest.mark.parametrize("text", ["many", "1.5", "", "nan"])
def test_get_views_no_number(client, text, refused):
    client.set(VIEWS, text)
    with refused(CartDataError) as caught:
        get_views(client, ["lamp", "mug"])
    assert (caught.value.key, caught.value.value) == (VIEWS, text)


def test_get_views_wrong_type(client, refused):
    client.rpush(VIEWS, "a")
    with refused(CartDataError) as caught:
        get_views(client, ["lamp", "mug", "m"])
    assert caught.value.key == VIEWS


def test_get_views_bad_id(client, bad_id, unsent):
    with unsent(InvalidProductIdError):
        get_views(client, ["mug", bad_id])


def made_by(*pages):
    """Return a function that makes these pages in turn, and the list of its calls."""
    calls = []

    def make():
        calls.append(None)
        return pages[len(calls) - 1]

    return make, calls


@pytest.mark.parametrize("text", ["<h1>Zoë's shop</h1>\n", ""])
def test_get_page_is_made_once(client, text):
    make, calls = made_by(text)
    with Trace(client) as trace:
        assert [get_page(client, "home", make) for _ in range(3)] == [text] * 3
    assert (len(calls), client.get(PAGE)) == (1, text)
    assert [c.name for c in trace.commands] == ["GET", "SET", "GET", "GET"]
    assert trace.round_trips == 4 and 55 <= client.ttl(PAGE) <= 60


def test_get_page_ends_and_is_made_anew(client):
    make, calls = made_by("old", "new")
    assert get_page(client, "home", make, seconds=600) == "old"
    assert 590 < client.ttl(PAGE) <= 600
    client.expire(PAGE, 0)
    assert get_page(client, "home", make) == "new" and len(calls) == 2


def test_get_page_leaves_the_end_of_one_that_is_kept(client):
    client.set(PAGE, "old", ex=10)
    assert get_page(client, "home", made_by()[0], seconds=600) == "old"
    assert client.ttl(PAGE) <= 10


@pytest.mark.parametrize("value", [None, 5, b"page", ["page"], "\ud800"], ids=repr)
def test_get_page_no_text(client, value, refused):
    with refused(CartError) as caught:
        get_page(client, "home", lambda: value)
    assert "'home'" in str(caught.value) and type(caught.value) is CartError


def test_get_page_lets_an_error_of_make_through(client, refused):
    with refused(ZeroDivisionError):
        get_page(client, "home", lambda: 1 // 0)
    assert get_page(client, "home", lambda: "page") == "page"


def test_get_page_two_at_once(client):
    """The second asks while the first makes its page."""

    def make():
        assert get_page(client, "home", lambda: "hers") == "hers"
        return "his"

    assert get_page(client, "home", make) == "his" == client.get(PAGE)


def test_get_page_wrong_type(client, refused):
    client.rpush(PAGE, "a")
    with refused(CartDataError) as caught:
        get_page(client, "home", made_by()[0])
    assert caught.value.key == PAGE


def test_get_page_no_text_in_redis(client, refused):
    client.execute_command("SET", PAGE, b"\xff")
    with pytest.raises(CartDataError):
        get_page(client, "home", made_by()[0])
    client.delete(PAGE)  # which the fixtures could not read


@bad_name
def test_get_page_bad_name(client, name, unsent):
    with unsent(InvalidNameError) as caught:
        get_page(client, name, made_by()[0])
    assert caught.value.what == "page"


@bad_seconds
def test_get_page_bad_seconds(client, seconds, unsent):
    with unsent(InvalidSecondsError):
        get_page(client, "home", made_by()[0], seconds=seconds)


def test_get_page_bad_make(client, unsent):
    with unsent(CartError) as caught:
        get_page(client, "home", "<h1>Shop</h1>")
    assert "the function itself" in str(caught.value)


def test_forget_page_tells_whether_it_was_kept(client):
    client.set("shop:page:other", "stays")
    get_page(client, "home", lambda: "page")
    with Trace(client) as trace:
        assert [forget_page(client, "home") for _ in range(2)] == [True, False]
    assert trace.round_trips == 2
    assert (client.exists(PAGE), client.get("shop:page:other")) == (0, "stays")


@bad_name
def test_forget_page_bad_name(client, name, unsent):
    with unsent(InvalidNameError):
        forget_page(client, name)


def test_check_rate_counts_down(client):
    with Trace(client) as trace:
        assert [check_rate(client, "ann", most=3) for _ in range(3)] == [2, 1, 0]
    assert trace.round_trips == 3
    assert client.get(LIMIT) == "3" and 55 <= client.ttl(LIMIT) <= 60


def test_check_rate_too_many(client):
    client.set(LIMIT, 3, px=30_500)
    with pytest.raises(TooManyRequestsError) as caught:
        check_rate(client, "ann", most=3)
    error = caught.value
    assert (error.name, error.most) == ("ann", 3) and 30 <= error.wait <= 31
    assert client.get(LIMIT) == "4" and client.pttl(LIMIT) <= 30_500
    assert "3 requests" in str(error) and check_rate(client, "bob") == 9


def test_check_rate_wait_is_long_enough(client):
    client.set(LIMIT, 1, px=900)
    with pytest.raises(TooManyRequestsError) as caught:
        check_rate(client, "ann", most=1)
    assert caught.value.wait == 1


def test_check_rate_a_window_does_not_move(client):
    check_rate(client, "ann", seconds=600)
    client.expire(LIMIT, 5)
    assert check_rate(client, "ann", seconds=600) == 8
    assert client.ttl(LIMIT) <= 5


def test_check_rate_a_new_window(client):
    check_rate(client, "ann", most=1, seconds=600)
    client.expire(LIMIT, 0)
    assert check_rate(client, "ann", most=1, seconds=600) == 0
    assert (client.get(LIMIT), client.ttl(LIMIT) > 590) == ("1", True)


def test_check_rate_counter_without_an_end(client):
    client.set(LIMIT, 0)
    assert check_rate(client, "ann", most=1) == 0
    with pytest.raises(CartDataError) as caught:
        check_rate(client, "ann", most=1)
    assert caught.value.key == LIMIT and "no time-out" in str(caught.value)


@pytest.mark.parametrize("write", [("SET", LIMIT, "many"), ("RPUSH", LIMIT, "a")])
def test_check_rate_no_number(client, write, refused):
    client.execute_command(*write)
    with refused(CartDataError) as caught:
        check_rate(client, "ann")
    assert caught.value.key == LIMIT


@bad_name
def test_check_rate_bad_name(client, name, unsent):
    with unsent(InvalidNameError):
        check_rate(client, name)


@bad_seconds
def test_check_rate_bad_seconds(client, seconds, unsent):
    with unsent(InvalidSecondsError):
        check_rate(client, "ann", seconds=seconds)


def test_check_rate_bad_most(client, bad_quantity, unsent):
    with unsent(InvalidQuantityError):
        check_rate(client, "ann", most=bad_quantity)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", ["server", "cluster"])
def test_check_rate_fault_leaves_no_counter_without_an_end(shape, kind, request):
    place, at, happened = request.getfixturevalue(shape), 0, True
    while happened:
        at += 1
        with connect(place.host, place.port, timeout=5) as client:
            client.delete(LIMIT)
            with Fault(kind, at) as fault:
                try:
                    assert check_rate(client, "ann") == 9
                except CartConnectionError as error:
                    assert error.outcome_unknown
            happened = fault.happened
            assert client.ttl(LIMIT) > 0 or not client.exists(LIMIT)
            client.delete(LIMIT)
    assert at > 1
