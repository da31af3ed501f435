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


def test_a_script_in_place_of_a_multi_is_told_apart():
    def by_a_script(client, product_id, quantity, seconds):
        script = (
            "redis.call('ZINCRBY', KEYS[1], ARGV[1], ARGV[2]) "
            "redis.call('EXPIRE', KEYS[1], ARGV[3]) "
            "return redis.call('ZSCORE', KEYS[1], ARGV[2])"
        )
        return int(client.eval(script, 1, "cart:{guest}", quantity, product_id, seconds))

    outcome = timeouts.q1.check(by_a_script)
    assert outcome.status == NOT_YET and "this task is about MULTI" in outcome.sentence
