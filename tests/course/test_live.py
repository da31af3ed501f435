"""The exercises of lesson 05: other right answers, wrong ones, and what is said of them."""

import json
import time

import pytest

from cartlib.course import live
from cartlib.practice.outcome import CORRECT, NOT_YET


def published_otherwise(client, change, product_id, quantity):
    values = (quantity, product_id, change)
    text = json.dumps(
        dict(zip(("quantity", "product_id", "change"), values, strict=True)), indent=2
    )
    return client.execute_command("PUBLISH", "cart:{guest}:events", text.encode())


def recorded_otherwise(client, product_id, quantity):
    pipe = client.pipeline()
    pipe.xadd("cart:{guest}:history", {"product_id": product_id, "quantity": str(quantity)})
    pipe.xtrim("cart:{guest}:history", maxlen=1000, approximate=False)
    pipe.execute()


def read_otherwise(client, last_id):
    found = client.xread({"cart:{guest}:history": last_id})
    entries = found[0][1] if found else []
    return [[fields["product_id"], int(fields["quantity"])] for entry, fields in entries]


def recorded_in_a_pipeline(client, product_id, quantity):
    pipe = client.pipeline()
    pipe.xadd(STREAM, {"product_id": product_id, "quantity": quantity}, maxlen=1000)
    pipe.execute()


@pytest.mark.parametrize(
    "exercise, function",
    [
        (live.q1, published_otherwise),
        (live.q2, recorded_otherwise),
        (live.q2, recorded_in_a_pipeline),
        (live.q3, read_otherwise),
    ],
)
def test_other_right_answers_of_lesson_05_are_correct(exercise, function):
    outcome = exercise.check(function)
    assert outcome.status == CORRECT, str(outcome)


STREAM = "cart:{guest}:history"
BY_RULE = [
    (lambda c, fields: c.xadd(STREAM, fields), "no command of yours says MAXLEN for"),
    (lambda c, fields: c.xadd(STREAM, fields, maxlen=3), "You keep 3, and 1000 are wanted"),
    (lambda c, fields: c.xadd(STREAM, fields, maxlen=10_000), "You keep 10000, and 1000 are"),
    (
        lambda c, fields: c.xlen(STREAM) > 1000 and c.delete(STREAM) or c.xadd(STREAM, fields),
        "no command of yours says MAXLEN for",
    ),
    (
        lambda c, fields: (c.xtrim(STREAM, maxlen=1000), c.xadd(STREAM, fields)),
        "You trim first, and then append",
    ),
    (
        lambda c, fields: c.xadd(STREAM, fields, id=f"{int(time.time() * 1000)}-0", maxlen=1000),
        "You gave the id yourself",
    ),
    (
        lambda c, fields: (c.xadd(STREAM, fields, maxlen=1000), c.publish("any", "text")),
        "You published it, too",
    ),
]


@pytest.mark.parametrize("writes, sentence", BY_RULE)
def test_rules_of_a_history(writes, sentence):
    def record(client, product_id, quantity):
        writes(client, {"product_id": product_id, "quantity": quantity})

    outcome = live.q2.check(record)
    assert outcome.status == NOT_YET and sentence in outcome.sentence


def test_reading_on_never_waits():
    def read_since(client, last_id):
        found = client.xread({STREAM: last_id}, block=1)
        return [(f["product_id"], int(f["quantity"])) for _, f in (found[0][1] if found else [])]

    outcome = live.q3.check(read_since)
    assert outcome.status == NOT_YET and "Leave it away" in outcome.sentence


def test_listeners_of_a_case_hear_what_is_published():
    def silent(client, change, product_id, quantity):
        return 1

    outcome = live.q1.check(silent)
    assert (
        outcome.status == NOT_YET
        and "heard on cart:{guest}:events: messages\n  (n" in outcome.actual
    )
    assert "events: messages\n  {'change': 'add'" in outcome.expected
    assert "SUBSCRIBE cart:{guest}:events" in outcome.given


@pytest.mark.parametrize("message", ["no json", b"\xff", "[" * 100_000, "", "<b>"])
def test_check_of_a_message_that_is_no_event(message):
    def publishes(client, change, product_id, quantity):
        return client.publish("cart:{guest}:events", message)

    outcome = live.q1.check(publishes)
    assert outcome.status == NOT_YET and "<b>" not in outcome._repr_mimebundle_()["text/html"]
