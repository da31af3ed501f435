"""What is compared, and what is said of a difference."""

import contextlib
from decimal import Decimal

import pytest

from cartlib.course import carts, live, races
from cartlib.course.products import get_product, q2
from cartlib.lab.contents import alike
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.outcome import ERROR, NOT_YET
from cartlib.practice.rules import never


def raises(client, product_id):
    return 1 / 0


def prints(client, product_id):
    print("x" * 100_000)


def returns_none(client, product_id):
    client.ping()


def loops(client, product_id):
    while True:
        with contextlib.suppress(Exception):
            client.ping()


def leaves(client, product_id):
    raise SystemExit


def flushes(client, product_id):
    client.flushall()
    return get_product(client, product_id)


def searches(client, product_id):
    client.keys("*")
    return get_product(client, product_id)


def puts_a_module_into_the_key(client, product_id):
    orders = contextlib
    return client.hgetall(f"shop:{orders}:{product_id}")


@pytest.mark.parametrize(
    "function, status, words",
    [
        (puts_a_module_into_the_key, NOT_YET, "There is one, a module"),
        (raises, ERROR, "raises(client, 'mug') raised an error: ZeroDivisionError"),
        (prints, NOT_YET, "Use return, not print."),
        (returns_none, NOT_YET, "returned None. It should return a dict."),
        (loops, ERROR, "Is there a loop that never ends?"),
        (leaves, ERROR, "Take exit() or quit() out"),
        (flushes, ERROR, "FLUSHALL deletes everything of everybody"),
        (searches, ERROR, "KEYS walks through every key"),
        (lambda client: None, ERROR, "takes 1 positional argument but 2 were given"),
        (None, ERROR, "check(my_function), without brackets"),
        ({"product_id": "mug"}, ERROR, "check(my_function), without brackets"),
    ],
)
def test_check_helps_with_what_went_wrong(function, status, words, capsys):
    outcome = q2.check(function)
    assert outcome.status == status and words in outcome.sentence
    assert "x" * 100 not in capsys.readouterr().out + outcome.sentence


def test_check_tells_that_the_keys_are_wrong():
    def also_writes(client, product_id):
        client.hset("product:new", "name", "x")
        return get_product(client, product_id)

    outcome = q2.check(also_writes)
    assert outcome.status == NOT_YET and "afterwards the keys are not" in outcome.sentence
    assert outcome.expected == "product:new: no such key"
    assert outcome.actual == "product:new: hash\n  name: 'x'"


def test_known_mistake_is_not_guessed_from_what_is_right():
    def scans(client, product_id, quantity):
        client.scan()
        return carts.q1.reference_function(client, product_id, quantity)

    exercise = Exercise("test", "f", carts.q1.cases, ("",), (never("SCAN", "no scan"),))
    exercise.reference(carts.q1.reference_function)
    exercise.mistake("you read and wrote")(carts.reads_and_writes_back)
    assert exercise.check(scans).sentence == "no scan"


def test_check_shows_only_the_keys_that_differ():
    def forgets_the_price(client, product_id, name, price):
        client.hset(f"product:{product_id}", mapping={"name": name, "x": 1})
        client.set("product:other", "x")

    case = Case(["SET product:same x"], ("mug", "Mug", 3))
    exercise = Exercise("test", "f", [case], ("",))
    exercise.reference(lambda client, *args: None)
    outcome = exercise.check(forgets_the_price)
    assert outcome.expected == "product:mug: no such key\nproduct:other: no such key"
    assert outcome.actual.splitlines()[-2:] == ["product:other: text", "  'x'"]
    assert "product:same" not in outcome.actual


def test_check_says_that_listeners_heard_something_else():
    def publishes(client):
        client.publish("cart:{demo}:events", "{}")

    exercise = Exercise("test", "f", [Case(["SUBSCRIBE cart:{demo}:events"])], ("",))
    exercise.reference(lambda client: None)
    assert "listeners did not hear just what they should." in exercise.check(publishes).sentence


@pytest.mark.parametrize(
    "one, two, same",
    [
        ([("mug", 1)], [["mug", 1]], True),
        (3, 3.0, False),
        (True, 1, False),
        ("9.50", 9.5, False),
        (2e9, 2e9 + 1e-6, True),
        (2e9, 2e9 + 1e-4, False),
        (2e9, 2e9 + 1, False),
        (Decimal("9.90"), Decimal("9.9"), False),
        (Decimal("9.90"), Decimal("9.90"), True),
        (2e9, 2e9 + 9, False),
        ({"a": 1}, {"a": 1.0}, False),
        (None, None, True),
        (None, 0, False),
        ({"a"}, {"a"}, True),
        (ValueError("a"), ValueError("a"), True),
        (ValueError("a"), ValueError("b"), False),
        ({"a"}, {"b"}, False),
    ],
)
def test_alike(one, two, same):
    assert alike(one, two) is same


def collects(client, product_id, quantity):
    pipe = client.pipeline()
    left = pipe.hincrby("stock:{guest}", product_id, -quantity)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    return pipe, left


def forgets_execute(client, product_id, quantity):
    collects(client, product_id, quantity)


def returns_without_execute(client, product_id, quantity):
    collects(client, product_id, quantity)
    return 3


def records_without_execute(client, product_id, quantity):
    client.pipeline().xadd("cart:{guest}:history", {"product_id": product_id})


UNSENT = "sent no command. execute() sends what a pipeline collects."


@pytest.mark.parametrize(
    "exercise, function, sentence",
    [
        (races.q1, forgets_execute, UNSENT),
        (races.q1, returns_without_execute, UNSENT),
        (live.q2, records_without_execute, UNSENT),
        (q2, lambda client, product_id: client.ping() and None, "It should return a dict."),
        (q2, lambda client, product_id: None, "It should return a dict."),
        (q2, lambda client, product_id: client.pipeline().execute(1, 2), "3 were given"),
    ],
)
def test_function_that_sends_nothing_is_told_of_execute(exercise, function, sentence):
    outcome = exercise.check(function)
    assert outcome.status in (NOT_YET, ERROR) and outcome.sentence.endswith(sentence)


def test_mistake_that_breaks_another_rule_is_not_named():
    def sends_one_by_one(client, product_id, quantity):
        left = client.hincrby("stock:{guest}", product_id, -quantity)
        client.zincrby("cart:{guest}", quantity, product_id)
        return left

    def reads_too(client, product_id, quantity):
        client.hget("stock:{guest}", product_id)
        return races.q1.reference_function(client, product_id, quantity)

    def reads_and_sends_one_by_one(client, product_id, quantity):
        client.hget("stock:{guest}", product_id)
        return sends_one_by_one(client, product_id, quantity)

    exercise = Exercise("test", "f", races.q1.cases, ("",), races.q1.rules[::-1])
    exercise.reference(races.q1.reference_function)
    exercise.mistake("you read")(reads_too)
    assert exercise.check(reads_too).sentence == "you read"
    assert exercise.check(reads_and_sends_one_by_one).sentence == races.ONE_BY_ONE


@pytest.mark.parametrize(
    ("word", "told"),
    [
        (["mug"], "A list went to Redis in the place of one"),
        (None, "None went to Redis"),
        (True, "A bool went to Redis"),
        (Decimal("1.5"), "A Decimal went to Redis"),
    ],
)
@pytest.mark.parametrize("with_hiredis", [True, False])
def test_a_word_that_cannot_be_sent_is_named(word, told, with_hiredis, monkeypatch):
    if not with_hiredis:
        monkeypatch.setattr("redis.connection.HIREDIS_AVAILABLE", False)

    def sends_it(client, product_id):
        return client.hget("product:mug", word)

    assert told in q2.check(sends_it).sentence


def test_a_word_that_cannot_be_sent_is_named_in_a_pipeline():
    def sends_it(client, product_id):
        pipe = client.pipeline()
        pipe.hget("product:mug", "price").hget(["product:mug"], "price")
        return pipe.execute()

    assert "A list went to Redis" in q2.check(sends_it).sentence
