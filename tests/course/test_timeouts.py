"""The exercises of lesson 04: wrong answers, and what is said of them."""

from cartlib.course import timeouts
from cartlib.practice.outcome import NOT_YET


def test_changes_that_do_not_travel_together_are_refused():
    def one_by_one(client, product_id, quantity, seconds):
        now = client.zincrby("cart:{guest}", quantity, product_id)
        client.expire("cart:{guest}", seconds)
        return int(now)

    outcome = timeouts.q1.check(one_by_one)
    assert outcome.status == NOT_YET and "one by one" in outcome.sentence
