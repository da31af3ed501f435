"""The exercises of lesson 09: wrong answers, and what is said of them."""

from cartlib import OutOfStockError
from cartlib.course import capstone
from cartlib.practice.outcome import NOT_YET


def test_error_about_something_else_is_refused():
    def swaps(client):
        try:
            return capstone.pay(client)
        except OutOfStockError as error:
            raise OutOfStockError(error.product_id, error.left, error.wanted) from None

    outcome = capstone.q3.check(swaps)
    assert outcome.status == NOT_YET and "the right kind of error, but about" in outcome.sentence
    assert "The cart has 2 of 'mug'" in outcome.expected
    assert "The cart has 1 of 'mug'" in outcome.actual
