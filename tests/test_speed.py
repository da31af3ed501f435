"""The exercises of lesson 07: what counts as a trip, and a script that does not end."""

from decimal import Decimal

import pytest
from redis.exceptions import ResponseError

from cartlib import ProductNotFoundError, connect
from cartlib.practice import sandbox, speed
from cartlib.practice.outcome import CORRECT, ERROR, NOT_YET

LOOPS = [
    "while true do end",
    "while true do redis.call('PING') end",
    "while true do pcall(function() while true do end end) end",
]


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    """Keep the tests' progress apart from the person's."""
    monkeypatch.setenv("CARTLIB_PROGRESS", str(tmp_path / "progress.json"))


def by_script(client, product_id, quantity):
    names = [f"product:{product_id}", "cart:{guest}"]
    reply = client.register_script(speed.LOOK_AND_ADD)(keys=names, args=[quantity, product_id])
    if not reply:
        raise ProductNotFoundError(product_id)
    return int(reply)


def by_number(client, product_id, quantity):
    script = "if redis.call('EXISTS', KEYS[2]) == 1 then return tonumber(redis.call('ZINCRBY', "
    script += "KEYS[1], ARGV[2], ARGV[1])) else return -1 end"
    names = ["cart:{guest}", f"product:{product_id}"]
    now = client.eval(script, len(names), *names, product_id, quantity)
    if now == -1:
        raise ProductNotFoundError(product_id)
    return now


@pytest.mark.parametrize("answer", [by_script, by_number])
def test_add_written_otherwise_is_correct(answer):
    outcome = speed.q3.check(answer)
    assert outcome.status == CORRECT, str(outcome)


def keys_in_a_registered_script(client, product_id, quantity):
    text = speed.LOOK_AND_ADD.replace("KEYS[1]", "'product:' .. ARGV[2]")
    text = text.replace("KEYS[2]", "'cart:{guest}'")
    reply = client.register_script(text)(args=[quantity, product_id])
    if reply is None:
        raise ProductNotFoundError(product_id)
    return int(reply)


def test_keys_that_are_not_given_are_refused_in_a_registered_script():
    outcome = speed.q3.check(keys_in_a_registered_script)
    assert (outcome.status, outcome.sentence) == (NOT_YET, speed.KEYS_IN_THE_TEXT)


def looks_by_a_script(client, product_id, quantity):
    if not client.eval("return redis.call('EXISTS', KEYS[1])", 1, f"product:{product_id}"):
        raise ProductNotFoundError(product_id)
    return int(client.zincrby("cart:{guest}", quantity, product_id))


def test_trips_that_do_not_load_a_script_are_counted():
    outcome = speed.q3.check(looks_by_a_script)
    assert outcome.status == NOT_YET
    assert "'mug', 2) made 2 round trips, and 1 is enough. Let the script" in outcome.sentence


def view_by_sort(client):
    pipe = client.pipeline()
    pipe.zrange("cart:{guest}", 0, -1, withscores=True)
    pipe.sort("cart:{guest}", by="nosort", get="product:*->name")
    lines, names = pipe.execute()
    return [(name, int(line[1])) for line, name in zip(lines, names, strict=True)]


def view_by_three_trips(client):
    client.ping()
    return speed.view_in_two_trips(client)


def test_view_in_fewer_trips_is_correct_and_in_more_is_not():
    assert speed.q1.check(view_by_sort).status == CORRECT
    outcome = speed.q1.check(view_by_three_trips)
    assert outcome.status == NOT_YET and "made 3 round trips, and 2 are enough" in outcome.sentence


def total_by_hash_sign(client):
    pipe = client.pipeline(transaction=False)
    pipe.sort("cart:{guest}", by="nosort", get=["#", "product:*->price"], groups=True)
    pipe.zrange("cart:{guest}", 0, -1, withscores=True)
    prices, lines = map(dict, pipe.execute())
    return sum((Decimal(p) * int(lines[i]) for i, p in prices.items() if p), Decimal("0.00"))


def test_total_written_otherwise_is_correct():
    assert speed.q2.check(total_by_hash_sign).status == CORRECT


@pytest.mark.parametrize("script", LOOPS)
def test_script_that_never_ends_is_stopped(script, monkeypatch):
    limit = sandbox.LUA_LIMIT.replace(f"+ {sandbox.SECONDS}", "+ 0.05")
    assert limit != sandbox.LUA_LIMIT
    monkeypatch.setattr(sandbox, "LUA_LIMIT", limit)
    outcome = speed.q3.check(lambda client, product_id, quantity: client.eval(script, 0))
    assert outcome.status == ERROR and "Is there a loop that never ends?" in outcome.sentence


@pytest.mark.parametrize("text, words", [("return 1 +", "ResponseError"), ("x = 1", "global")])
def test_script_that_lua_refuses_is_shown_with_its_reason(text, words):
    outcome = speed.q3.check(lambda client, product_id, quantity: client.eval(text, 0))
    assert outcome.status == ERROR and words in outcome.sentence


def test_global_variable_is_refused_by_a_server_too(server):
    with connect(server.host, server.port) as client, pytest.raises(ResponseError):
        client.eval("x = 1", 0)
