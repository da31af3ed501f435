"""The rules that an exercise can have."""

from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.outcome import CORRECT, NOT_YET
from cartlib.practice.rules import never, no_read_then_write


def test_rule_no_read_then_write():
    def reads_and_writes(client, product_id):
        now = client.zscore("cart:{guest}", product_id) or 0
        client.zadd("cart:{guest}", {product_id: now + 1})

    def increments(client, product_id):
        client.zscore("cart:{guest}", product_id)
        client.zadd("cart:{guest}", {product_id: 1}, incr=True)

    rules = (no_read_then_write("cart:{guest}"),)
    exercise = Exercise("test", "add", [Case([], ("mug",))], ("",), rules)
    exercise.reference(increments)
    outcome = exercise.check(reads_and_writes)
    assert outcome.status == NOT_YET and "two clients" in outcome.sentence
    assert exercise.check(increments).status == CORRECT


def test_rule_never():
    exercise = Exercise("test", "f", [Case([])], ("",), (never("SCAN", "no scan"),))
    exercise.reference(lambda client: None)
    outcome = exercise.check(lambda client: client.scan() and None)
    assert (outcome.status, outcome.sentence) == (NOT_YET, "no scan")
