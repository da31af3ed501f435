"""The exercises of lesson 06: other right answers, wrong ones, and what is said of them."""

import contextlib

import pytest
import redis

from cartlib.cart import clear_cart
from cartlib.course import races
from cartlib.practice import rules
from cartlib.practice.outcome import CORRECT, ERROR, NOT_YET


def take_in_a_loop(client, product_id, quantity):
    stock = "stock:{guest}"
    with client.pipeline() as pipe:
        while True:
            try:
                pipe.watch(stock)
                left = pipe.hget(stock, product_id)
                if left is None or int(left) < quantity:
                    pipe.unwatch()
                    return False
                pipe.multi()
                pipe.hset(stock, product_id, int(left) - quantity)
                pipe.execute()
            except redis.WatchError:
                continue
            return True


def take_and_look_at_the_reply(client, product_id, quantity):
    def take(pipe):
        left = int(client.hget("stock:{guest}", product_id) or 0)  # after WATCH: any client will do
        pipe.multi()
        if left >= quantity:
            pipe.hincrby("stock:{guest}", product_id, -quantity)

    return bool(client.transaction(take, "cart:{guest}", "stock:{guest}"))


def buy_in_a_loop(client):
    while True:
        with client.pipeline() as pipe:
            pipe.watch("stock:{guest}")
            pipe.watch("cart:{guest}")
            lines = dict(pipe.zrange("cart:{guest}", 0, -1, withscores=True))
            left = pipe.hmget("stock:{guest}", list(lines)) if lines else []
            if not lines or any(int(n or 0) < q for n, q in zip(left, lines.values(), strict=True)):
                return False
            pipe.multi()
            pipe.zrem("cart:{guest}", *lines)
            for product_id in lines:
                pipe.hincrby("stock:{guest}", product_id, -round(lines[product_id]))
            with contextlib.suppress(redis.WatchError):
                pipe.execute()
                return True


def reserve_the_other_way_round(client, product_id, quantity):
    with client.pipeline() as pipe:
        pipe.zadd("cart:{guest}", {product_id: quantity}, incr=True)
        pipe.hincrby("stock:{guest}", product_id, 0 - quantity)
        _, left = pipe.execute()
    return left


@pytest.mark.parametrize(
    "exercise, function",
    [
        (races.q1, reserve_the_other_way_round),
        (races.q2, take_in_a_loop),
        (races.q2, take_and_look_at_the_reply),
        (races.q3, buy_in_a_loop),
    ],
)
def test_transaction_written_otherwise_is_correct(exercise, function):
    outcome = exercise.check(function)
    assert outcome.status == CORRECT, str(outcome)


@pytest.mark.parametrize("transaction", [True, False])
def test_changes_in_two_transactions_or_in_none_are_refused(transaction):
    def one_by_one(client, product_id, quantity):
        pipe = client.pipeline(transaction=transaction)
        left = pipe.hincrby("stock:{guest}", product_id, -quantity).execute()[0]
        pipe.zincrby("cart:{guest}", quantity, product_id).execute()
        return left

    outcome = races.q1.check(one_by_one)
    words = rules.IN_SEVERAL if transaction else races.ONE_BY_ONE
    assert (outcome.status, outcome.sentence) == (NOT_YET, words)


def test_reading_what_needs_no_reading_is_refused():
    def reads_after(client, product_id, quantity):
        pipe = client.pipeline(transaction=True)
        pipe.hincrby("stock:{guest}", product_id, -quantity)
        pipe.zincrby("cart:{guest}", quantity, product_id)
        pipe.execute()
        return int(client.hget("stock:{guest}", product_id))

    outcome = races.q1.check(reads_after)
    assert outcome.status == NOT_YET and "Two increments need no reading" in outcome.sentence


def collects(client, product_id, quantity):
    pipe = client.pipeline()
    left = pipe.hincrby("stock:{guest}", product_id, -quantity)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    return pipe, left


def returns_the_pipeline(client, product_id, quantity):
    pipe, left = collects(client, product_id, quantity)
    pipe.execute()
    return left


def converts_the_pipeline(client, product_id, quantity):
    return int(collects(client, product_id, quantity)[1])


def reads_after_multi(client, product_id, quantity):
    def take(pipe):
        pipe.multi()
        return pipe.hget("stock:{guest}", product_id) + 1

    return client.transaction(take, "stock:{guest}")


@pytest.mark.parametrize(
    "function",
    [returns_the_pipeline, converts_the_pipeline, reads_after_multi, collects],
)
def test_pipeline_that_is_taken_for_a_reply_is_explained(function):
    outcome = races.q1.check(function)
    assert outcome.status in (NOT_YET, ERROR)
    assert outcome.sentence.startswith(f"{function.__name__}(client, 'mug', 2) took a pipeline for")


def buys(watched, look, after=None):
    """Return a function for races.q3 that watches these keys, and reads the stock by `look`."""

    def buy(client):
        def work(pipe):
            lines = pipe.zrange("cart:{guest}", 0, -1, withscores=True)
            left = [int(n or 0) for n in look(pipe, [item for item, _ in lines])]
            if not lines or any(n < q for n, (_, q) in zip(left, lines, strict=True)):
                return False
            pipe.multi()
            for product_id, quantity in lines:
                pipe.hincrby("stock:{guest}", product_id, -int(quantity))
            if after is None:
                pipe.delete("cart:{guest}")
            return True

        bought = client.transaction(work, *watched, value_from_callable=True)
        if bought and after:
            after(client)
        return bought

    return buy


def look_at_all(pipe, items):
    return pipe.hmget("stock:{guest}", items) if items else []


def look_one_by_one(pipe, items):
    return [pipe.hget("stock:{guest}", item) for item in items]


OUTSIDE = rules.OUTSIDE.format("DEL cart:{guest}")


@pytest.mark.parametrize("look", [look_at_all, look_one_by_one])
@pytest.mark.parametrize(
    "watched, after, words",
    [
        ([races.STOCK], None, "WATCH the cart, too, before you read it."),
        ([races.CART, races.STOCK], clear_cart, rules.IN_SEVERAL),
        ([races.CART, races.STOCK], lambda client: client.delete(races.CART), OUTSIDE),
    ],
)
def test_message_says_only_what_is_true_of_the_commands(look, watched, after, words):
    outcome = races.q3.check(buys(watched, look, after))
    assert outcome.status == NOT_YET and outcome.sentence.endswith(words)


def test_key_that_is_not_watched_is_named():
    def watches_one(client):
        def work(pipe):
            lines = pipe.zrange("cart:{guest}", 0, -1, withscores=True)
            pipe.watch("stock:{guest}")
            stock = pipe.hgetall("stock:{guest}")
            pipe.multi()
            if not lines or any(int(stock.get(item, 0)) < n for item, n in lines):
                return False
            for product_id, quantity in lines:
                pipe.hincrby("stock:{guest}", product_id, -int(quantity))
            pipe.delete("cart:{guest}")
            return True

        return client.transaction(work, "stock:{guest}", value_from_callable=True)

    outcome = races.q3.check(watches_one)
    assert outcome.status == NOT_YET
    assert outcome.sentence.endswith("WATCH the cart, too, before you read it.")
