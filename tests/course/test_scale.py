"""The exercises of lesson 08 on each Redis: right answers, wrong ones, what is said of them."""

import pytest
from redis.exceptions import CrossSlotTransactionError, RedisClusterException

from cartlib.course import scale
from cartlib.lab.contents import send
from cartlib.lab.trace import format_reply
from cartlib.practice.outcome import CORRECT, NOT_YET


@pytest.mark.parametrize("prediction", [scale.p1, scale.p2], ids=lambda p: p.name)
def test_prediction_is_what_each_redis_replies(client, prediction):
    for line in prediction.given:
        send(client, line)
    assert prediction.answer() == format_reply(client.execute_command(*prediction.command.split()))


pytestmark = pytest.mark.every_server


def test_reference_saves_on_every_redis(client, kit_keys):
    client.zadd("cart:{ann}", {"pen": 1, "lamp": 3}, nx=True)
    client.zadd("cart:{ann}:saved", {"lamp": 2})
    client.expire("cart:{ann}", 1800)
    assert scale.save_for_later(client, "ann") == 2
    assert kit_keys() == {"cart:{ann}:saved": ([("pen", 1.0), ("lamp", 5.0)], -1)}


def test_reference_merges_on_every_redis(client, kit_keys):
    client.zadd("cart:{guest}", {"pen": 1, "lamp": 3})
    client.zadd("cart:{ann}", {"lamp": 2, "tea": 1})
    assert scale.merge_carts(client, "guest", "ann") == 2
    lines = [("pen", 1.0), ("tea", 1.0), ("lamp", 5.0)]
    assert kit_keys() == {"cart:{ann}": (lines, -1)}


@pytest.mark.parametrize(
    "wrong", [scale.unites_and_loses_the_session, scale.renames_over_two_slots]
)
def test_cluster_refuses_what_the_check_refuses(cluster_client, wrong):
    cluster_client.zadd("cart:{guest}", {"mug": 1})
    with pytest.raises(RedisClusterException):
        wrong(cluster_client, "guest", "ann")
    assert scale.q3.check(wrong).status == NOT_YET


def merges_in_one_multi(client, old, new):
    lines = client.zrange(f"cart:{{{old}}}", 0, -1, withscores=True)
    pipe = client.pipeline(transaction=True)
    for product_id, quantity in lines:
        pipe.zincrby(f"cart:{{{new}}}", quantity, product_id)
    pipe.delete(f"cart:{{{old}}}")
    pipe.execute()
    return len(lines)


def unites_and_keeps_the_session(client, old, new):
    lines, seconds = client.zcard(f"cart:{{{old}}}"), client.ttl(f"cart:{{{new}}}")
    client.zunionstore(f"cart:{{{new}}}", [f"cart:{{{new}}}", f"cart:{{{old}}}"])
    if seconds > 0:
        client.expire(f"cart:{{{new}}}", seconds)
    client.delete(f"cart:{{{old}}}")
    return lines


def deletes_first(client, old, new):
    lines = client.zrange(f"cart:{{{old}}}", 0, -1, withscores=True)
    client.delete(f"cart:{{{old}}}")
    pipe = client.pipeline(transaction=True)
    for product_id, quantity in lines:
        pipe.zincrby(f"cart:{{{new}}}", quantity, product_id)
    pipe.execute()
    return len(lines)


def merges_one_by_one(client, old, new):
    lines = client.zrange(f"cart:{{{old}}}", 0, -1, withscores=True)
    for product_id, quantity in lines:
        client.zincrby(f"cart:{{{new}}}", quantity, product_id)
    client.delete(f"cart:{{{old}}}")
    return len(lines)


def merges_in_many_multis(client, old, new):
    lines = client.zrange(f"cart:{{{old}}}", 0, -1, withscores=True)
    for product_id, quantity in lines:
        pipe = client.pipeline(transaction=True)
        pipe.zincrby(f"cart:{{{new}}}", quantity, product_id)
        pipe.execute()
    client.delete(f"cart:{{{old}}}")
    return len(lines)


def saves_one_by_one(client, name):
    cart, saved = f"cart:{{{name}}}", f"cart:{{{name}}}:saved"
    lines = client.zunionstore(saved, [saved, cart])
    client.delete(cart)
    return lines


def saves_after_a_look(client, name):
    cart, saved = f"cart:{{{name}}}", f"cart:{{{name}}}:saved"
    lines = client.zrange(cart, 0, -1, withscores=True)
    pipe = client.pipeline(transaction=True)
    for product_id, quantity in lines:
        pipe.zincrby(saved, quantity, product_id)
    pipe.delete(cart)
    pipe.zcard(saved)
    return pipe.execute()[-1]


@pytest.mark.parametrize(
    "exercise, function, message",
    [
        (scale.q2, saves_one_by_one, scale.ONE_BY_ONE),
        (scale.q2, saves_after_a_look, scale.READ_FIRST),
        (scale.q3, merges_in_one_multi, scale.TWO_SLOTS),
        (scale.q3, unites_and_keeps_the_session, scale.TWO_SLOTS),
        (scale.q3, merges_one_by_one, scale.ONE_BY_ONE),
        (scale.q3, merges_in_many_multis, scale.ONE_BY_ONE),
        (scale.q3, deletes_first, scale.DELETED_FIRST),
    ],
)
def test_right_keys_by_the_wrong_commands_are_refused(exercise, function, message):
    outcome = exercise.check(function)
    assert (outcome.status, outcome.sentence) == (NOT_YET, message)


def test_question_to_redis_is_refused_where_the_name_is_enough():
    def asks(client, key):
        client.exists(key)
        return hashes_otherwise(client, key)

    outcome = scale.q1.check(asks)
    assert outcome.status == NOT_YET and "You sent EXISTS." in outcome.sentence


def test_cluster_refuses_a_multi_over_two_carts(cluster_client):
    cluster_client.zadd("cart:{guest}", {"mug": 1})
    with pytest.raises(CrossSlotTransactionError):
        merges_in_one_multi(cluster_client, "guest", "ann")


def saves_otherwise(client, name):
    tag = "{" + name + "}"
    with client.pipeline() as pipe:
        pipe.zunionstore(f"cart:{tag}:saved", [f"cart:{tag}", f"cart:{tag}:saved"])
        pipe.unlink("cart:" + tag)
        pipe.zcard(f"cart:{tag}:saved")
        return pipe.execute()[2]


def merges_otherwise(client, old, new):
    lines = dict(client.zrevrange("cart:{%s}" % old, 0, -1, withscores=True))  # noqa: UP031
    if not lines:
        return 0
    with client.pipeline() as pipe:
        for product_id in lines:
            pipe.zadd(f"cart:{{{new}}}", {product_id: lines[product_id]}, incr=True)
        pipe.execute()
    return client.zrem(f"cart:{{{old}}}", *lines)


def hashes_otherwise(client, key):
    before, brace, rest = key.partition("{")
    tag, end, _ = rest.partition("}")
    return tag if brace and end and tag else key


@pytest.mark.parametrize(
    "exercise, function",
    [(scale.q1, hashes_otherwise), (scale.q2, saves_otherwise), (scale.q3, merges_otherwise)],
    ids=["q1", "q2", "q3"],
)
def test_right_answer_written_otherwise_is_correct(exercise, function):
    outcome = exercise.check(function)
    assert outcome.status == CORRECT, str(outcome)
