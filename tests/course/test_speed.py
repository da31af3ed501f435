"""The exercises of lesson 07: what counts as a trip, and a script that does not end."""

from decimal import Decimal

import pytest
from redis.exceptions import ResponseError

from cartlib import ProductNotFoundError, connect
from cartlib.course import speed
from cartlib.lab import stores
from cartlib.practice.outcome import CORRECT, ERROR, NOT_YET

LOOPS = [
    "while true do end",
    "while true do redis.call('PING') end",
    "while true do pcall(function() while true do end end) end",
]


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


def by_lua_alone(client, product_id, quantity):
    script = """
        local function known() return redis.call('EXISTS', KEYS[1]) == 1 end
        local ok, now = pcall(redis.call, 'ZINCRBY', KEYS[2], known() and ARGV[1] or 'no', ARGV[2])
        if ok and #ARGV == 2 then return tostring(tonumber(now)) end
        return nil
    """
    return speed.run_script(client, script, product_id, quantity)


@pytest.mark.parametrize("answer", [by_script, by_number, by_lua_alone])
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
    assert outcome.status == NOT_YET and outcome.sentence == speed.KEYS_IN_THE_TEXT


def looks_by_a_script(client, product_id, quantity):
    if not client.eval("return redis.call('EXISTS', KEYS[1])", 1, f"product:{product_id}"):
        raise ProductNotFoundError(product_id)
    return int(client.zincrby("cart:{guest}", quantity, product_id))


def test_trips_that_do_not_load_a_script_are_counted():
    outcome = speed.q3.check(looks_by_a_script)
    assert outcome.status == NOT_YET
    assert "'mug', 2) made 2 round trips, and 1 is enough. Let the script" in outcome.sentence


def in_two_trips(client):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    pipe = client.pipeline()
    for item, _ in lines:
        pipe.hget(f"product:{item}", "price")
    pairs = zip(lines, pipe.execute(), strict=True)
    return sum((int(n) * Decimal(price) for (_, n), price in pairs if price), Decimal(0))


def adds_without_a_look(client, product_id, quantity):
    return speed.run_script(client, speed.ADD, product_id, quantity)


def asks_with_not(client, product_id, quantity):
    script = f"if not redis.call('EXISTS', KEYS[1]) then return false end {speed.ADD}"
    return speed.run_script(client, script, product_id, quantity)


def no_prefix(client, product_id, quantity):
    words = [product_id, "cart:{guest}", quantity, product_id]
    if client.eval(speed.LOOK_AND_ADD, 2, *words) is None:
        raise ProductNotFoundError(product_id)


def keys_counted(number):
    def answer(client, product_id, quantity):
        words = [f"product:{product_id}", "cart:{guest}", quantity, product_id]
        if client.eval(speed.LOOK_AND_ADD, number, *words) is None:
            raise ProductNotFoundError(product_id)

    return answer


def an_error_reply(client, product_id, quantity):
    script = speed.LOOK_AND_ADD.replace("false", "redis.error_reply('no such product')")
    return speed.run_script(client, script, product_id, quantity)


@pytest.mark.parametrize(
    "exercise, answer, mistake",
    [
        (speed.q2, in_two_trips, "asks_for_each_price"),
        (speed.q3, adds_without_a_look, "adds_whatever_exists_gives"),
        (speed.q3, asks_with_not, "adds_whatever_exists_gives"),
        (speed.q3, no_prefix, "never_finds_it"),
        (speed.q3, keys_counted(1), "the_add_fails"),
        (speed.q3, keys_counted(4), "the_add_fails"),
        (speed.q3, an_error_reply, "python_words_in_the_script"),
    ],
)
def test_message_is_true_of_whoever_gets_it(exercise, answer, mistake):
    [message] = [m.message for m in exercise.mistakes if m.function.__name__ == mistake]
    outcome = exercise.check(answer)
    assert (outcome.status, outcome.sentence) == (NOT_YET, message)


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
    return sum((Decimal(p) * int(lines[i]) for i, p in prices.items() if p), Decimal(0))


def test_total_written_otherwise_is_correct():
    assert speed.q2.check(total_by_hash_sign).status == CORRECT


@pytest.mark.parametrize("script", LOOPS)
def test_script_that_never_ends_is_stopped(script, monkeypatch):
    limit = stores.LUA_LIMIT.replace(f"+ {stores.SCRIPT_SECONDS}", "+ 0.05")
    assert limit != stores.LUA_LIMIT
    monkeypatch.setattr(stores, "LUA_LIMIT", limit)
    outcome = speed.q3.check(lambda client, product_id, quantity: client.eval(script, 0))
    assert outcome.status == ERROR and "Is there a loop that never ends?" in outcome.sentence


@pytest.mark.parametrize(
    "text, words",
    [("return 1 +", "Lua can't read your script: look near line 1."), ("x = 1", "global")],
)
def test_script_that_lua_refuses_is_shown_with_its_reason(text, words):
    outcome = speed.q3.check(lambda client, product_id, quantity: client.eval(text, 0))
    assert outcome.status == ERROR and words in outcome.sentence


@pytest.mark.parametrize("script", ["x = 1", "return None", "if EXISTS then return 1 end"])
def test_global_variable_is_refused_by_a_server_too(server, script):
    with connect(server.host, server.port) as client, pytest.raises(ResponseError):
        client.eval(script, 0)
    outcome = speed.q3.check(lambda client, product_id, quantity: client.eval(script, 0))
    assert outcome.status == ERROR and "global variable" in outcome.sentence


def test_zero_counts_as_true_in_lua(client):
    assert client.eval("if 0 then return 'true' end", 1, "cart:{demo}") == "true"
