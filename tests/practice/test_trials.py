"""The trials of a check: somebody else between any two commands, and a server that fails."""

import gc
import time

import pytest
import redis
from hypothesis import strategies as st
from redis.exceptions import WatchError

from cartlib.errors import CartError
from cartlib.lab.disturbance import failing_server, somebody_else
from cartlib.practice import sandbox
from cartlib.practice.exercise import REMEMBERS, Case, Exercise
from cartlib.practice.outcome import CORRECT, ERROR, NOT_YET
from cartlib.practice.sandbox import attempt
from cartlib.practice.trials import MOST_ACTS

CART = "cart:{guest}"
TWO = Case(["ZADD cart:{guest} 2 mug"], (), ("ZINCRBY cart:{guest} 1 mug",))


def add(client):
    """The reference: the new quantity."""
    return int(client.zincrby(CART, 1, "mug"))


def exercise(reference=add, case=TWO, **more):
    made = Exercise("test", "f", [case], ("",), **more)
    made.reference(reference)
    return made


def reads_and_writes(read):
    def function(client):
        now = int(read(client) or 0) + 1
        client.zadd(CART, {"mug": now})
        return now

    return function


def looks_by_lua(client):
    return client.eval("return redis.call('ZSCORE', KEYS[1], 'mug')", 1, CART)


def looks_by_range(client):
    return dict(client.zrangebyscore(CART, 0, 99, withscores=True)).get("mug")


@pytest.mark.parametrize(
    "read",
    [
        lambda client: client.zscore(CART, "mug"),
        lambda client: client.zscan(CART)[1][0][1],
        lambda client: client.zmscore(CART, ["mug"])[0],
        looks_by_lua,
        looks_by_range,
    ],
)
def test_change_that_rests_on_a_look_is_refused_however_it_looks(read):
    outcome = exercise().check(reads_and_writes(read))
    assert outcome.status == NOT_YET
    assert "Somebody else sent ZINCRBY cart:{guest} 1 mug right after your" in outcome.sentence


def adds_in_a_loop(client, tries):
    for _ in range(tries):
        with client.pipeline() as pipe:
            pipe.watch(CART)
            now = int(pipe.zscore(CART, "mug") or 0) + 1
            pipe.multi()
            pipe.zadd(CART, {"mug": now})
            try:
                pipe.execute()
                return now
            except WatchError:
                pass
    return None


def adds_by_transaction(client):
    def work(pipe):
        now = int(pipe.zscore(CART, "mug") or 0) + 1
        pipe.multi()
        pipe.zadd(CART, {"mug": now})
        return now

    return client.transaction(work, CART, value_from_callable=True)


def test_loop_that_goes_on_is_right_and_one_that_gives_up_is_not():
    assert exercise().check(adds_by_transaction).status == CORRECT
    assert exercise().check(lambda client: adds_in_a_loop(client, MOST_ACTS + 1)).status == CORRECT
    for tries in (1, 2, 5):
        outcome = exercise().check(lambda client, tries=tries: adds_in_a_loop(client, tries))
        assert outcome.status == NOT_YET and "Somebody else" in outcome.sentence


def test_value_of_one_order_with_the_keys_of_the_other_is_refused():
    def stale(client):
        now = client.zscore(CART, "mug")
        client.zincrby(CART, 1, "mug")
        return int(now) + 1

    case = Case(TWO.given, (), ("ZREM cart:{guest} mug",))
    assert exercise(case=case).check(stale).status == NOT_YET


def test_somebody_else_comes_once_at_a_certain_place():
    def reads(client):
        return [client.zscore(CART, "mug") for _ in range(3)]

    for at in range(3):
        done = attempt(reads, TWO, somebody_else(TWO.meanwhile, at))
        assert done.result == [2.0] * at + [3.0] * (3 - at) and done.acts == [at]


@pytest.mark.parametrize(
    "how, score", [("refuses", 2.0), ("is gone", 2.0), ("is cut off", 3.0), ("is too slow", 3.0)]
)
def test_server_fails_before_or_after_it_did_what_was_sent(how, score):
    done = attempt(add, TWO, failing_server(0, how))
    errors = {"refuses": redis.exceptions.OutOfMemoryError, "is too slow": redis.TimeoutError}
    assert type(done.error) is errors.get(how, redis.ConnectionError)
    assert done.keys[CART] == ("zset", {"mug": score}, None)


def sends_again(client):
    try:
        return add(client)
    except redis.ConnectionError:
        return add(client)


def sends_again_when_it_was_slow(client):
    try:
        return add(client)
    except redis.TimeoutError:
        return add(client)


def swallows(client):
    try:
        return add(client)
    except redis.RedisError:
        return 3


def tidies_up(client):
    try:
        return add(client)
    except redis.RedisError:
        client.delete(CART)
        raise


def raises_another(client):
    try:
        return add(client)
    except redis.RedisError as error:
        raise CartError("nobody knows") from error


def lets_it_out(client):
    try:
        return add(client)
    except redis.RedisError as error:
        raise type(error)("as it is") from error


@pytest.mark.parametrize(
    "function, says",
    [
        (sends_again, "Your function went on, and sent ZINCRBY cart:{guest} 1 mug"),
        (sends_again_when_it_was_slow, "Your function went on, and sent ZINCRBY"),
        (swallows, "Your function returns 3 all the same"),
        (tidies_up, "Your function went on, and sent DEL cart:{guest}"),
        (raises_another, "raises CartError: nobody knows, in place of redis-py's own error"),
        (lets_it_out, ""),
    ],
)
def test_failure_of_the_server_is_not_hidden_and_nothing_is_sent_again(function, says):
    outcome = exercise().check(function)
    assert (outcome.status == CORRECT) == (not says) and says in outcome.sentence


def test_failure_may_be_caught_where_the_task_is_about_it():
    assert exercise(swallows, Case(TWO.given)).check(swallows).status == CORRECT


def leaves_a_pipeline_behind(client):
    pipe = client.pipeline()
    pipe.watch(CART)
    pipe.itself = pipe  # so that only the garbage collection finds it
    pipe.zscore(CART, "mug")
    raise CartError("no reset")


def test_nothing_is_collected_in_the_middle_of_a_trial():
    assert attempt(lambda client: gc.isenabled(), TWO).result is False
    assert gc.isenabled()


def test_lost_pipeline_does_not_block_the_next_trials():
    before = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for _ in range(20):
            assert attempt(leaves_a_pipeline_behind, TWO).error is not None
            assert attempt(add, TWO).result == 3
    finally:
        gc.set_threshold(*before)


def test_bystanders_have_to_stay():
    def deletes(client):
        client.delete("cart:{bystander}")
        return add(client)

    outcome = exercise().check(deletes)
    assert "changed cart:{bystander}, which is none of its business" in outcome.sentence


@pytest.mark.parametrize(
    "touches",
    [
        lambda client: client.rpop("shop:{queue}:work:bystander"),
        lambda client: client.srem("shop:{wishes}:bystander", "mug"),
        lambda client: client.xack("shop:{orders}:bystander", "packers", "7-0"),
        lambda client: client.xautoclaim("shop:{orders}:bystander", "packers", "bystander", 0),
        lambda client: client.pfadd("shop:{visitors}:2020-01-01", "ann"),
        lambda client: client.setbit("shop:{came}:2020-01-01", 7, 0),
        lambda client: client.zrem("shop:bystanders", "berlin"),
    ],
)
def test_bystanders_of_every_type_have_to_stay(touches):
    outcome = exercise().check(lambda client: touches(client) and add(client) or add(client))
    assert outcome.status == NOT_YET and "none of its business" in outcome.sentence
    assert exercise().check(add).status == CORRECT  # and they are there for the next one


def test_time_out_of_a_key_that_is_not_the_second_word_has_to_stay():
    def reads(client):
        client.xreadgroup("g", "ann", {"shop:{orders}": ">"})

    def makes_anew(client):
        reads(client)
        client.persist("shop:{orders}")

    lines = ["XGROUP CREATE shop:{orders} g 0 MKSTREAM", "XADD shop:{orders} 1-0 a b"]
    assert exercise(reads, Case(lines)).check(makes_anew).status == NOT_YET
    assert exercise(reads, Case(lines[:1])).check(makes_anew).status == NOT_YET
    assert exercise(reads, Case(lines)).check(reads).status == CORRECT


def test_function_that_remembers_is_refused():
    seen = {}

    def remembers(client):
        seen.setdefault("now", add(client))
        return seen["now"]

    outcome = exercise(case=Case(TWO.given)).check(remembers)
    assert outcome.status == NOT_YET and "all keys were deleted, and it was" in outcome.sentence


def test_function_that_remembers_is_not_told_of_the_world():
    cases = [Case([f"ZADD cart:{{guest}} {score} mug"]) for score in (2, 5)]
    made = Exercise("test", "f", cases, ("",))
    made.reference(add)
    seen = {}

    def remembers(client):
        return seen.setdefault("now", add(client)) and seen["now"]

    outcome = made.check(remembers)
    assert (outcome.status, outcome.sentence) == (NOT_YET, REMEMBERS)
    assert outcome.expected == "returns 6" and outcome.actual == "returns 3"
    assert made.check(lambda client: add(client) and 3).sentence != REMEMBERS


def test_time_out_that_the_reference_spares_has_to_stay():
    def rounds(client):
        ttl = client.ttl(CART)
        now = add(client)
        if ttl > 0:
            client.expire(CART, ttl)
        return now

    assert exercise(case=Case(TWO.given)).check(rounds).status == NOT_YET


def renews(client):
    client.expire(CART, 600)
    return add(client)


def test_time_out_that_the_reference_sets_may_be_set_otherwise():
    def renews_by_the_clock(client):
        client.expireat(CART, client.time()[0] + 600)
        return add(client)

    assert exercise(renews, Case(TWO.given)).check(renews_by_the_clock).status == CORRECT


def keeps_errors(client):
    pipe = client.pipeline()
    pipe.zincrby(CART, 1, "mug").zcard(CART)
    replies = pipe.execute(raise_on_error=False)
    return 3 if isinstance(replies[0], Exception) else int(replies[0])


def test_refusal_of_one_command_among_many_is_not_hidden():
    outcome = exercise().check(keeps_errors)
    assert outcome.status == NOT_YET
    assert "ZINCRBY cart:{guest} 1 mug, and the server refused it. Your function returns 3" in str(
        outcome
    )


def test_reading_may_leave_out_what_the_server_refuses():
    def reads(client):
        pipe = client.pipeline().zscore(CART, "mug").zscore(CART, "pen")
        return [score for score in pipe.execute(raise_on_error=False) if isinstance(score, float)]

    assert exercise(reads, Case(TWO.given)).check(reads).status == CORRECT


def test_failure_while_another_connection_watches_is_told():
    def watches_by_one_and_reads_by_another(client):
        with client.pipeline() as pipe:
            while True:
                try:
                    pipe.watch(CART)
                    now = int(client.pipeline().zscore(CART, "mug").execute()[0] or 0) + 1
                    pipe.multi()
                    pipe.zadd(CART, {"mug": now}).execute()
                    return now
                except WatchError:
                    continue

    assert exercise().check(watches_by_one_and_reads_by_another).status == CORRECT


def looks_and_adds(client):
    return add(client) if client.exists(CART) else 0


def test_somebody_may_come_between_the_steps_of_the_reference():
    case = Case(TWO.given, (), ("DEL cart:{guest}",))
    assert exercise(looks_and_adds, case).check(looks_and_adds).status == NOT_YET
    assert exercise(looks_and_adds, case, in_steps=True).check(looks_and_adds).status == CORRECT

    def looks_twice(client):
        if not client.exists(CART):
            return 0
        return add(client) if client.exists(CART) else -1

    outcome = exercise(looks_and_adds, case, in_steps=True).check(looks_twice)
    assert outcome.status == NOT_YET and "Somebody else sent DEL" in outcome.sentence


def test_listener_to_a_pattern_hears_and_is_counted():
    case = Case(["SUBSCRIBE news", "PSUBSCRIBE n*"])
    done = attempt(lambda client: client.publish("news", '{"a": 1}'), case)
    assert done.result == 2
    assert done.keys["heard on news"] == done.keys["heard on n*"] == ("messages", [{"a": 1}], None)


def test_slow_function_is_not_said_to_remember(monkeypatch):
    def slow(client):
        end = time.process_time() + 0.02
        while time.process_time() < end:
            pass
        return add(client)

    monkeypatch.setattr(sandbox, "MOST_SECONDS", 0.2)
    worlds = st.integers(1, 999).map(lambda n: Case([f"ZADD {CART} {n} mug"]))
    outcome = exercise(case=Case(TWO.given), worlds=worlds).check(slow)
    assert outcome.status == ERROR
    assert "slow(client) and the calls before it took 0.2 seconds" in outcome.sentence


def test_story_calls_a_line_by_its_name():
    """The learner reads "the same click", and Redis gets the line itself."""

    class Click(str):
        def __str__(self):
            return "the same click"

    case = Case([], (), (Click("ZINCRBY cart:{guest} 1 mug"),))
    outcome = exercise(case=case).check(reads_and_writes(lambda client: client.zscore(CART, "mug")))
    assert (
        outcome.status == NOT_YET and "Somebody else sent the same click right" in outcome.sentence
    )
