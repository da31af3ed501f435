"""The exercises of lesson 03, answered otherwise."""

import pytest

from cartlib import InvalidQuantityError, get_product
from cartlib.course import failures
from cartlib.practice.outcome import CORRECT


def checked_otherwise(client, product_id, quantity):
    if isinstance(quantity, bool) or not isinstance(quantity, int):
        raise InvalidQuantityError(quantity)
    if quantity not in range(1, 1_000_001):
        raise InvalidQuantityError(quantity)
    get_product(client, product_id)
    return int(client.zadd("cart:{guest}", {product_id: quantity}, incr=True))


def looked_at_otherwise(client, product_id, quantity, before):
    now = client.zmscore("cart:{guest}", [product_id])[0] or 0
    if now != before:
        return int(now)
    return round(client.pipeline().zincrby("cart:{guest}", quantity, product_id).execute()[0])


@pytest.mark.parametrize(
    "exercise, function",
    [(failures.q1, checked_otherwise), (failures.q3, looked_at_otherwise)],
)
def test_other_right_answers_of_lesson_03_are_correct(exercise, function):
    outcome = exercise.check(function)
    assert outcome.status == CORRECT, str(outcome)
