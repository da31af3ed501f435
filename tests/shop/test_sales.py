"""What sold best: pieces of a day, and of several days together."""

from datetime import date, datetime

import pytest
from redis.cluster import RedisCluster

from cartlib import (
    CartDataError,
    InvalidDayError,
    InvalidProductIdError,
    InvalidQuantityError,
)
from cartlib.lab.trace import Trace
from cartlib.shop.sales import best_sellers, count_sale

MONDAY, TUESDAY, SUNDAY = date(2027, 1, 4), date(2027, 1, 5), date(2027, 1, 10)
OF_MONDAY, OF_TUESDAY = "shop:{sales}:2027-01-04", "shop:{sales}:2027-01-05"
BAD_DAYS = ["2027-01-04", None, 4, datetime(2027, 1, 4)]


def test_count_sale_adds(client):
    told = [count_sale(client, "mug", n, day=MONDAY) for n in (2, 3)]
    assert told == [2, 5] and all(type(pieces) is int for pieces in told)
    assert client.zrange(OF_MONDAY, 0, -1, withscores=True) == [("mug", 5)]


def test_count_sale_of_each_day(client):
    count_sale(client, "mug", 2, day=MONDAY)
    assert count_sale(client, "mug", 1, day=TUESDAY) == 1
    assert (client.zscore(OF_MONDAY, "mug"), client.zscore(OF_TUESDAY, "mug")) == (2, 1)


def test_count_sale_round_trips(client):
    with Trace(client) as trace:
        count_sale(client, "mug", 2, day=MONDAY)
    assert [c.name for c in trace.commands] == ["ZINCRBY"]


def test_count_sale_wrong_type(client, refused):
    client.sadd(OF_MONDAY, "mug")
    with refused(CartDataError) as caught:
        count_sale(client, "mug", 1, day=MONDAY)
    assert caught.value.key == OF_MONDAY


def test_count_sale_bad_id(client, bad_id, unsent):
    with unsent(InvalidProductIdError):
        count_sale(client, bad_id, 1, day=MONDAY)


def test_count_sale_bad_quantity(client, bad_quantity, unsent):
    with unsent(InvalidQuantityError):
        count_sale(client, "mug", bad_quantity, day=MONDAY)


@pytest.mark.parametrize("day", BAD_DAYS, ids=repr)
def test_sales_bad_day(client, day, unsent):
    with unsent(InvalidDayError):
        count_sale(client, "mug", 1, day=day)
    with unsent(InvalidDayError):
        best_sellers(client, MONDAY, day)


@pytest.fixture
def week(client):
    """A client of a shop that sold something on two days of a week."""
    client.zadd(OF_MONDAY, {"mug": 2, "lamp": 9, "pen": 1, "Zoë": 3})
    client.zadd(OF_TUESDAY, {"mug": 8, "pen": 4, "tea": 5, "Zoë": 2})
    return client


def test_best_sellers_of_several_days(week, kit_keys):
    before = kit_keys()
    assert best_sellers(week, MONDAY, TUESDAY) == [("mug", 10), ("lamp", 9), ("Zoë", 5)]
    assert best_sellers(week, TUESDAY, MONDAY, SUNDAY, most=6) == [
        *(("mug", 10), ("lamp", 9)),
        *(("Zoë", 5), ("pen", 5), ("tea", 5)),
    ]
    assert kit_keys() == before


def test_best_sellers_of_one_day(week):
    assert best_sellers(week, MONDAY, most=2) == [("lamp", 9), ("Zoë", 3)]
    assert best_sellers(week, MONDAY, MONDAY, most=2) == [("lamp", 9), ("Zoë", 3)]


def test_best_sellers_of_nothing(week):
    assert best_sellers(week) == [] and best_sellers(week, SUNDAY) == []


def test_best_sellers_round_trips(week):
    with Trace(week) as trace:
        best_sellers(week, MONDAY, TUESDAY, SUNDAY)
    names = [command.name for command in trace.commands]
    asked = ["COMMAND GETKEYS"] * 2 if isinstance(week, RedisCluster) else []
    assert names == [*asked, "ZUNION"] and trace.round_trips == len(names)


def test_best_sellers_bad_most(client, bad_quantity, unsent):
    with unsent(InvalidQuantityError):
        best_sellers(client, MONDAY, most=bad_quantity)


def test_best_sellers_fraction(week, refused):
    week.zadd(OF_MONDAY, {"pen": 0.5})
    with refused(CartDataError) as caught:
        best_sellers(week, MONDAY, TUESDAY)
    assert "'pen'" in str(caught.value)


def test_best_sellers_wrong_type(week, refused):
    week.delete(OF_TUESDAY)
    week.set(OF_TUESDAY, "theirs")
    with refused(CartDataError):
        best_sellers(week, MONDAY, TUESDAY)
