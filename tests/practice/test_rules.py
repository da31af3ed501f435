"""The rules that an exercise can have: they look at what commands do, not at how they are spelt."""

import pytest

from cartlib.course.carts import at_most_replies
from cartlib.lab.contents import words
from cartlib.lab.disturbance import changes
from cartlib.lab.trace import Command
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.outcome import CORRECT, NOT_YET
from cartlib.practice.rules import (
    at_most_trips,
    changes_nothing,
    in_one_multi,
    never,
    no_look_before,
    on_one_node,
)

CART, PEN = "cart:{guest}", "pen"
LINES = "ZADD cart:{guest} 1 pen 2 mug 3 lamp"


def says(rule, function):
    """Return what a check says of a function by this rule; "" where it keeps the rule."""
    exercise = Exercise("test", "f", [Case([LINES])], ("",), (rule,))
    exercise.reference(function)  # so that only the rule can refuse it
    outcome = exercise.check(function)
    assert outcome.status in (CORRECT, NOT_YET)
    return outcome.sentence if outcome.status == NOT_YET else ""


def writes_and_undoes(client):
    client.zincrby(CART, 1, PEN)
    client.zincrby(CART, -1, PEN)


def sorts_and_stores(client):
    client.sort(CART, alpha=True, store=CART + ":sorted")


def reads_all_new_types(client):
    client.pfcount("shop:{visitors}:d")
    client.bitcount("shop:{came}:d")
    client.bitfield("shop:{came}:d").get("u4", 0).execute()
    client.geosearch("shop:places", longitude=1, latitude=1, radius=1)
    client.sintercard(1, ["shop:{wishes}:ann"])
    client.lpos("shop:{queue}", "a")
    client.xrange("shop:{orders}")
    client.execute_command("XINFO", "STREAM", "cart:{bystander}:history")
    client.xpending("shop:{orders}:bystander", "packers")


WRITES = """
XADD shop:{orders} * a b|XGROUP CREATE shop:{orders} g $|XGROUP SETID shop:{orders} g 0
XREADGROUP GROUP g ann STREAMS shop:{orders} >|XACK shop:{orders} g 1-0
XAUTOCLAIM shop:{orders} g ann 0 0|XCLAIM shop:{orders} g ann 0 1-0|XDEL shop:{orders} 1-0
XTRIM shop:{orders} MAXLEN 1|LMOVE shop:{queue} shop:{queue}:work:a LEFT LEFT
BITOP OR shop:{came}:a shop:{came}:b|PFADD shop:{visitors}:d a|PFMERGE shop:{visitors}:d
GEOADD shop:places 1 1 a|GEOSEARCHSTORE shop:b shop:a FROMLONLAT 1 1 BYRADIUS 1 km
SETBIT shop:{came}:d 1 1|BITFIELD shop:{came}:d INCRBY u4 0 1|GETEX shop:page:a|GETDEL shop:page:a
SET shop:page:a 1|SMOVE shop:{wishes}:a shop:{wishes}:b mug|JSON.SET shop:a $ 1|VADD shop:v x
"""


@pytest.mark.parametrize("line", WRITES.strip().replace("\n", "|").split("|"))
def test_write_of_every_type_counts_as_a_change(line):
    assert changes(Command(words(line), 0))


def test_change_that_redis_py_sends_as_one_word_counts():
    assert changes(Command(("XGROUP CREATE", "shop:{orders}", "g", "$"), 0))


@pytest.mark.parametrize(
    "function, says_what",
    [
        (lambda client: client.zrange(CART, 0, -1) and None, ""),
        (lambda client: client.sort(CART, alpha=True) and None, ""),
        (lambda client: client.eval("return redis.call('ZCARD', KEYS[1])", 1, CART) and None, ""),
        (writes_and_undoes, "sent ZINCRBY cart:{guest} 1 pen"),
        (sorts_and_stores, "sent SORT"),
        (lambda client: client.eval("redis.call('DEL', KEYS[1])", 1, CART), "sent EVAL"),
        (
            lambda client: client.register_script("redis.call('DEL', KEYS[1])")([CART]),
            "sent EVALSHA",
        ),
        (lambda client: client.pipeline().touch(CART).persist(CART).execute() and None, "PERSIST"),
        (reads_all_new_types, ""),
    ],
)
def test_changes_nothing(function, says_what):
    said = says(changes_nothing("sent {}"), function)
    assert says_what in said and bool(said) == bool(says_what)


def test_never():
    assert says(never("SCAN", "no scan"), lambda client: client.scan() and None) == "no scan"
    assert says(never("SCAN", "no scan"), lambda client: client.zscan(CART) and None) == ""


def looks_and_adds(client):
    client.zcard(CART)
    client.zincrby(CART, 1, PEN)


def adds_and_looks(client):
    client.zincrby(CART, 1, PEN)
    client.zcard(CART)


def looks_elsewhere(client):
    client.exists("product:pen")
    client.zincrby(CART, 1, PEN)


def test_no_look_before():
    assert says(no_look_before(CART, "looked"), looks_and_adds) == "looked"
    assert says(no_look_before(CART, "looked"), adds_and_looks) == ""
    assert says(no_look_before(CART, "looked"), looks_elsewhere) == ""


@pytest.mark.parametrize(
    "read",
    [
        lambda client: client.zrange(CART, 0, -1, withscores=True),
        lambda client: client.pipeline().zrange(CART, 0, -1, withscores=True).execute(),
        lambda client: client.zscan(CART),
        lambda client: client.eval(
            "return redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')", 1, CART
        ),
    ],
)
def test_at_most_replies(read):
    assert says(at_most_replies(lambda trial: 5, "too many"), lambda c: read(c) and None)
    assert not says(at_most_replies(lambda trial: 8, "too many"), lambda c: read(c) and None)


def both(client, *, transaction=True, other="stock:{guest}"):
    """Change two keys in one pipeline."""
    pipe = client.pipeline(transaction=transaction)
    pipe.zincrby(CART, 1, PEN).hincrby(other, PEN, -1).execute()


def in_two(client):
    """Change two keys in a MULTI each."""
    client.pipeline().zincrby(CART, 1, PEN).execute()
    client.pipeline().hincrby("stock:{guest}", PEN, -1).execute()


def test_in_one_multi():
    rule = in_one_multi("apart")
    assert says(rule, both) == ""
    assert "pen -1 together, but without MULTI" in says(rule, lambda c: both(c, transaction=False))
    assert "in several MULTIs" in says(rule, in_two)
    assert says(rule, one_by_one) == "apart"
    assert "HINCRBY stock:{guest} pen -1 outside of the MULTI" in says(rule, in_and_out)
    assert "A script does all of it at once" in says(rule, by_a_script)


def watches_another(client):
    client.transaction(lambda pipe: pipe.multi() or pipe.zincrby(CART, 1, PEN), "product:pen")


def reads_by_the_connection_that_watches(client, reads=None):
    with client.pipeline() as pipe:
        pipe.watch(CART)
        (reads or pipe).hget("product:pen", "price")
        pipe.multi()
        pipe.delete(CART)
        pipe.execute()


def one_by_one(client):
    client.zincrby(CART, 1, PEN)
    client.hincrby("stock:{guest}", PEN, -1)


def in_and_out(client):
    client.pipeline().zincrby(CART, 1, PEN).execute()
    client.hincrby("stock:{guest}", PEN, -1)


def by_a_script(client):
    client.eval("return redis.call('ZINCRBY', KEYS[1], 1, 'pen')", 1, CART)


def test_on_one_node():
    rule = on_one_node("two nodes")
    assert says(rule, both) == ""
    assert says(rule, lambda client: both(client, other="stock:{ann}")) == "two nodes"
    assert says(rule, lambda client: both(client, other="stock:{ann}", transaction=False)) == ""
    assert says(rule, watches_another) == "two nodes"
    assert says(rule, lambda client: client.mget("shop:views:pen", "shop:views:mug")) == "two nodes"
    script = "redis.call('ZCARD', KEYS[1])"
    assert says(rule, lambda client: client.eval(script, 2, CART, "product:pen")) == "two nodes"
    assert says(rule, lambda client: client.eval(script, 2, CART, "stock:{guest}")) == ""
    assert "price by the connection that watches" in says(
        rule, reads_by_the_connection_that_watches
    )
    assert says(rule, lambda client: reads_by_the_connection_that_watches(client, client)) == ""


def test_on_one_node_knows_the_keys_of_the_shop():
    rule = on_one_node("two nodes")

    def moves(target):
        return lambda c: c.lmove("shop:{queue}", target)

    assert says(rule, moves("shop:queue:work:ann")) == "two nodes"
    assert says(rule, moves("shop:{queue}:work:ann")) == ""


def test_on_one_node_a_script_makes_up_no_key():
    rule = on_one_node("two nodes")
    script = "return redis.call('ZCARD', 'cart:{guest}')"
    assert "used cart:{guest}, and was not given it" in says(rule, lambda c: c.eval(script, 0))
    assert says(rule, lambda c: c.eval(script, 1, CART)) == ""
    assert says(rule, lambda c: c.eval("return redis.call('PUBLISH', ARGV[1], 1)", 0, CART)) == ""


def test_at_most_trips():
    rule = at_most_trips(1, "Go together.")
    assert "made 2 round trips, and 1 is enough. Go together." in says(rule, looks_and_adds)
    assert says(rule, both) == ""
    assert says(rule, lambda client: client.register_script("return 1")() and None) == ""
