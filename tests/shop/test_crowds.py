"""Visitors, counted by a HyperLogLog, and customers, noted in a bitmap."""

from contextlib import suppress
from datetime import date

import pytest
from faults import KINDS, Fault

from cartlib import (
    CartConnectionError,
    CartDataError,
    InvalidCustomerError,
    InvalidDayError,
    InvalidNameError,
    connect,
)
from cartlib.lab.trace import Trace
from cartlib.shop.crowds import (
    MAX_CUSTOMER,
    came,
    count_customers,
    count_regulars,
    count_visitors,
    note_customer,
    note_visitor,
)

MONDAY, TUESDAY, WEDNESDAY = (date(2027, 1, day) for day in (4, 5, 6))
VISITORS, CAME, RESULT = (
    "shop:{visitors}:2027-01-04",
    "shop:{came}:2027-01-04",
    "shop:{came}:regulars",
)
BAD_DAYS = [None, "2027-01-04", 5]
BAD_NUMBERS = [-1, MAX_CUSTOMER + 1, 4_000_000_000, 1.0, "7", None, True]
OF_A_DAY = [
    lambda client, day: note_visitor(client, "ann", day=day),
    lambda client, day: count_visitors(client, MONDAY, day),
    lambda client, day: note_customer(client, 7, day=day),
    lambda client, day: came(client, 7, day=day),
    lambda client, day: count_customers(client, day),
    lambda client, day: count_regulars(client, MONDAY, day),
]


def note_customers(client, numbers, day):
    for number in numbers:
        note_customer(client, number, day=day)


def test_note_visitor_is_counted_once(client):
    for visitor in ["ann", "bob", "ann", "Ann", "ann"]:
        assert note_visitor(client, visitor, day=MONDAY) is None
    assert client.pfcount(VISITORS) == 3 and client.ttl(VISITORS) == -1


def test_note_visitor_again_changes_nothing(client, kit_keys):
    note_visitor(client, "ann", day=MONDAY)
    before = kit_keys()
    note_visitor(client, "ann", day=MONDAY)
    assert kit_keys() == before and list(before) == [VISITORS]


def test_count_visitors_of_a_day(client):
    note_visitor(client, "ann", day=MONDAY)
    assert [count_visitors(client, day) for day in (MONDAY, TUESDAY)] == [1, 0]


def test_count_visitors_of_several_days_counts_each_but_once(client):
    for visitor, day in [("ann", MONDAY), ("bob", MONDAY), ("ann", TUESDAY), ("eve", TUESDAY)]:
        note_visitor(client, visitor, day=day)
    assert count_visitors(client, MONDAY, TUESDAY, WEDNESDAY) == 3


def test_count_visitors_is_about_right(client):
    client.pfadd(VISITORS, *(f"visitor {n}" for n in range(20_000)))
    assert abs(count_visitors(client, MONDAY) - 20_000) < 600  # 3 %


def test_count_visitors_wants_a_day(client):
    with pytest.raises(TypeError):
        count_visitors(client)


@pytest.mark.parametrize("visitor", ["", None, 5, b"ann", "x" * 129])
def test_note_visitor_bad_name(client, visitor, unsent):
    with unsent(InvalidNameError) as caught:
        note_visitor(client, visitor, day=MONDAY)
    assert caught.value.what == "visitor"


def test_note_customer_sets_a_bit(client):
    assert note_customer(client, 7, day=MONDAY) is False
    assert client.getbit(CAME, 7) == 1 and client.strlen(CAME) == 1
    assert note_customer(client, 7, day=MONDAY) is True
    assert client.bitcount(CAME) == 1 and client.ttl(CAME) == -1


@pytest.mark.parametrize("number", [0, 8, 300])
def test_came(client, number):
    note_customer(client, number, day=MONDAY)
    assert came(client, number, day=MONDAY) is True
    assert came(client, number + 1, day=MONDAY) is False
    assert came(client, MAX_CUSTOMER, day=MONDAY) is False
    assert came(client, number, day=TUESDAY) is False


def test_note_customer_is_as_long_as_its_largest_number(client):
    note_customer(client, 80_000, day=MONDAY)
    assert client.strlen(CAME) == 10_001


@pytest.mark.parametrize("function", [note_customer, came])
@pytest.mark.parametrize("number", BAD_NUMBERS, ids=repr)
def test_customer_bad_number(client, function, number, unsent):
    with unsent(InvalidCustomerError) as caught:
        function(client, number, day=MONDAY)
    assert caught.value.number is number and "9,999,999" in str(caught.value)


def test_count_customers(client):
    note_customers(client, [0, 7, 8, 300, 7], MONDAY)
    assert [count_customers(client, day) for day in (MONDAY, TUESDAY)] == [4, 0]


def test_count_regulars_came_on_each_day(client, kit_keys):
    note_customers(client, [0, 7, 8, 300], MONDAY)
    note_customers(client, [7, 300, 9000], TUESDAY)
    note_customers(client, [300, 7, 1], WEDNESDAY)
    before = kit_keys()
    assert count_regulars(client, MONDAY, TUESDAY, WEDNESDAY) == 2
    assert count_regulars(client, MONDAY) == 4
    assert count_regulars(client, MONDAY, MONDAY, TUESDAY) == 2
    assert kit_keys() == before


@pytest.mark.parametrize("days", [[TUESDAY], [MONDAY, TUESDAY], [TUESDAY, WEDNESDAY]])
def test_count_regulars_of_a_day_without_customers(client, days, kit_keys):
    note_customers(client, [7], MONDAY)
    before = kit_keys()
    assert count_regulars(client, *days) == 0
    assert kit_keys() == before


def test_count_regulars_leaves_keys_with_such_names_alone(client, kit_keys):
    client.set("shop:{came}", "theirs")
    client.set("shop:{came}:regulars:2027", "theirs")
    note_customers(client, [7], MONDAY)
    before = kit_keys()
    count_regulars(client, MONDAY, TUESDAY)
    assert kit_keys() == before


def test_count_regulars_in_one_multi(client):
    note_customers(client, [7], MONDAY)
    with Trace(client) as trace:
        count_regulars(client, MONDAY, TUESDAY)
    names = [command.name for command in trace.commands]
    assert names == ["MULTI", "BITOP", "BITCOUNT", "DEL", "EXEC"]


def test_count_regulars_wrong_type_leaves_no_key(client, refused):
    note_customers(client, [7], MONDAY)
    client.hset("shop:{came}:2027-01-05", "a", 1)
    with refused(CartDataError) as caught:
        count_regulars(client, MONDAY, TUESDAY)
    assert caught.value.key.startswith("shop:{came}:2027-") and not client.exists(RESULT)


@pytest.mark.parametrize("function", OF_A_DAY)
def test_one_round_trip(client, function):
    with Trace(client) as trace:
        function(client, TUESDAY)
    assert trace.round_trips == 1


@pytest.mark.parametrize("function", OF_A_DAY)
@pytest.mark.parametrize("day", BAD_DAYS, ids=repr)
def test_bad_day(client, function, day, unsent):
    with unsent(InvalidDayError) as caught:
        function(client, day)
    assert caught.value.day is day


@pytest.mark.parametrize("function", OF_A_DAY)
def test_wrong_type(client, function, refused):
    client.hset(VISITORS, "a", 1)
    client.hset(CAME, "a", 1)
    with refused(CartDataError) as caught:
        function(client, MONDAY)
    assert caught.value.key in (VISITORS, CAME) and caught.value.key in str(caught.value)


def test_count_visitors_of_a_bitmap(client, refused):
    client.setbit(VISITORS, 7, 1)
    with refused(CartDataError):
        count_visitors(client, MONDAY)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", ["server", "cluster"])
def test_count_regulars_leaves_no_key_after_any_fault(shape, kind, request):
    place, at, happened = request.getfixturevalue(shape), 0, True
    while happened:
        at += 1
        with connect(place.host, place.port, timeout=5) as client:
            client.delete(CAME)
            note_customers(client, [7, 9], MONDAY)
            with Fault(kind, at) as fault, suppress(CartConnectionError):
                assert count_regulars(client, MONDAY) == 2
            happened = fault.happened
            assert client.exists(RESULT) == 0 and client.bitcount(CAME) == 2
            client.delete(CAME)
    assert at > 1
