"""Answers to the exercises of lesson 04: wrong ones and right ones, each with the reason."""

import datetime
import math

import redis
from answers import right, wrong

from cartlib.course import timeouts
from cartlib.errors import ItemNotInCartError

CART, DEADLINES = "cart:{guest}", "cart:{guest}:deadlines"


def collected(client, product_id, quantity):
    pipe = client.pipeline(transaction=True)
    pipe.zincrby(CART, quantity, product_id)
    return pipe


@wrong(timeouts.q1, "makes a time-out longer only")
def never_makes_it_shorter(client, product_id, quantity, seconds):
    return int(collected(client, product_id, quantity).expire(CART, seconds, gt=True).execute()[0])


@wrong(timeouts.q1, "one second more")
def one_second_more(client, product_id, quantity, seconds):
    return int(collected(client, product_id, quantity).expire(CART, seconds + 1).execute()[0])


@wrong(timeouts.q1, "a day at most")
def a_day_at_most(client, product_id, quantity, seconds):
    seconds = min(seconds, 86_400)
    return int(collected(client, product_id, quantity).expire(CART, seconds).execute()[0])


@wrong(timeouts.q1, "adds to the seconds that are left")
def adds_to_what_is_left(client, product_id, quantity, seconds):
    seconds += max(0, client.ttl(CART))
    return int(collected(client, product_id, quantity).expire(CART, seconds).execute()[0])


@wrong(timeouts.q1, "a time-out for a new cart only")
def a_new_cart_only(client, product_id, quantity, seconds):
    pipe = collected(client, product_id, quantity)
    if not client.exists(CART):
        pipe.expire(CART, seconds)
    return int(pipe.execute()[0])


@wrong(timeouts.q1, "raises an error of its own for a quantity below 1")
def refuses_a_quantity(client, product_id, quantity, seconds):
    if quantity < 1:
        raise ValueError(quantity)
    return int(collected(client, product_id, quantity).expire(CART, seconds).execute()[0])


@wrong(timeouts.q1, "two MULTIs")
def two_multis(client, product_id, quantity, seconds):
    now = int(collected(client, product_id, quantity).execute()[0])
    client.pipeline(transaction=True).expire(CART, seconds).execute()
    return now


@wrong(timeouts.q1, "takes the line's deadline away, as the kit does")
def takes_the_deadline_away(client, product_id, quantity, seconds):
    pipe = collected(client, product_id, quantity).zrem(DEADLINES, product_id)
    return int(pipe.expire(CART, seconds).execute()[0])


@wrong(timeouts.q1, "takes out lines of 0")
def takes_out_lines_of_zero(client, product_id, quantity, seconds):
    pipe = collected(client, product_id, quantity).zremrangebyscore(CART, "-inf", 0)
    return int(pipe.expire(CART, seconds).execute()[0])


@wrong(timeouts.q1, "reads the whole cart first")
def reads_the_cart_first(client, product_id, quantity, seconds):
    before = dict(client.zrange(CART, 0, -1, withscores=True)).get(product_id, 0)
    collected(client, product_id, quantity).expire(CART, seconds).execute()
    return int(before) + quantity


@wrong(timeouts.q1, "gives up where somebody else changes the cart")
def gives_up(client, product_id, quantity, seconds):
    with client.pipeline() as pipe:
        pipe.watch(CART)
        pipe.multi()
        pipe.zincrby(CART, quantity, product_id)
        pipe.expire(CART, seconds)
        try:
            return int(pipe.execute()[0])
        except redis.WatchError:
            return 0


@right(timeouts.q1, "by raw commands")
def sends_raw_commands(client, product_id, quantity, seconds):
    pipe = client.pipeline()
    pipe.execute_command("ZINCRBY", CART, quantity, product_id)
    pipe.execute_command("EXPIRE", CART, seconds)
    return int(float(pipe.execute()[0]))


@right(timeouts.q1, "by client.transaction, ZADD INCR and milliseconds")
def by_a_transaction(client, product_id, quantity, seconds):
    def collect(pipe):
        pipe.multi()
        pipe.zadd(CART, {product_id: quantity}, incr=True)
        pipe.pexpire(CART, seconds * 1000)

    return int(client.transaction(collect)[0])


@right(timeouts.q1, "asks for the score in the same MULTI")
def asks_in_the_same_multi(client, product_id, quantity, seconds):
    pipe = collected(client, product_id, quantity).expire(CART, seconds)
    return int(pipe.zscore(CART, product_id).execute()[-1])


@right(timeouts.q1, "gives a timedelta, in chained calls")
def gives_a_timedelta(client, product_id, quantity, seconds):
    pipe = collected(client, product_id, quantity)
    now, _ = pipe.expire(CART, datetime.timedelta(seconds=seconds)).execute()
    return round(now)


def look(client, product_id):
    if client.zscore(CART, product_id) is None:
        raise ItemNotInCartError(product_id, "guest")


@wrong(timeouts.q2, "keeps a tenth of a second only")
def keeps_tenths(client, product_id, deadline):
    look(client, product_id)
    client.zadd(DEADLINES, {product_id: round(deadline, 1)})


@wrong(timeouts.q2, "does not overwrite")
def keeps_the_old_one(client, product_id, deadline):
    look(client, product_id)
    client.zadd(DEADLINES, {product_id: deadline}, nx=True)


@wrong(timeouts.q2, "moves a deadline to a later time only")
def moves_it_later_only(client, product_id, deadline):
    look(client, product_id)
    client.zadd(DEADLINES, {product_id: deadline}, gt=True)


@wrong(timeouts.q2, "loses the other deadlines")
def loses_the_others(client, product_id, deadline):
    look(client, product_id)
    client.delete(DEADLINES)
    client.zadd(DEADLINES, {product_id: deadline})


@wrong(timeouts.q2, "sweeps other deadlines that have passed")
def sweeps_the_others(client, product_id, deadline):
    look(client, product_id)
    client.zremrangebyscore(DEADLINES, "-inf", 1_750_000_000)
    client.zadd(DEADLINES, {product_id: deadline})


@wrong(timeouts.q2, "writes first, and restores what was there")
def restores_what_was_there(client, product_id, deadline):
    before = client.zscore(DEADLINES, product_id)
    client.zadd(DEADLINES, {product_id: deadline})
    if client.zscore(CART, product_id) is None:
        if before is None:
            client.zrem(DEADLINES, product_id)
        else:
            client.zadd(DEADLINES, {product_id: before})
        raise ItemNotInCartError(product_id, "guest")


@wrong(timeouts.q2, "looks at the first hundred lines only")
def looks_at_a_hundred_lines(client, product_id, deadline):
    if product_id not in client.zrange(CART, 0, 99):
        raise ItemNotInCartError(product_id, "guest")
    client.zadd(DEADLINES, {product_id: deadline})


@wrong(timeouts.q2, "changes the cart, and changes it back, in order to look")
def looks_by_a_change(client, product_id, deadline):
    if client.zadd(CART, {product_id: 1}, xx=True, incr=True) is None:
        raise ItemNotInCartError(product_id, "guest")
    client.zincrby(CART, -1, product_id)
    client.zadd(DEADLINES, {product_id: deadline})


@wrong(timeouts.q2, "adds to the deadline that was there")
def adds_to_the_deadline(client, product_id, deadline):
    look(client, product_id)
    client.zincrby(DEADLINES, deadline, product_id)


@wrong(timeouts.q2, "does not write a deadline that has passed")
def leaves_out_the_past(client, product_id, deadline):
    look(client, product_id)
    if deadline > datetime.datetime(2026, 1, 1).timestamp():
        client.zadd(DEADLINES, {product_id: deadline})


@wrong(timeouts.q2, "the error names the key, and not the cart")
def names_the_key(client, product_id, deadline):
    if client.zscore(CART, product_id) is None:
        raise ItemNotInCartError(product_id, CART)
    client.zadd(DEADLINES, {product_id: deadline})


@right(timeouts.q2, "looks by the rank")
def looks_by_the_rank(client, product_id, deadline):
    if client.zrank(CART, product_id) is None:
        raise ItemNotInCartError(product_id, "guest")
    client.zadd(DEADLINES, {product_id: str(deadline)}, ch=True)


@right(timeouts.q2, "looks and writes in one script")
def writes_in_a_script(client, product_id, deadline):
    script = (
        "if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end "
        "redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1]) return 1"
    )
    if not client.eval(script, 2, CART, DEADLINES, product_id, deadline):
        raise ItemNotInCartError(product_id, "guest")


@right(timeouts.q2, "watches the cart")
def watches_the_cart(client, product_id, deadline):
    def write(pipe):
        look(pipe, product_id)
        pipe.multi()
        pipe.zadd(DEADLINES, {product_id: deadline})

    client.transaction(write, CART)


@right(timeouts.q2, "reads the whole cart")
def reads_the_whole_cart(client, product_id, deadline):
    if product_id not in set(client.zrange(CART, 0, -1)):
        raise ItemNotInCartError(product_id, "guest")
    client.zadd(DEADLINES, {product_id: deadline})


def passed(client, now):
    return client.zrange(DEADLINES, "-inf", now, byscore=True)


def all_lines(client):
    return [(item, int(score)) for item, score in client.zrange(CART, 0, -1, withscores=True)]


@wrong(timeouts.q3, "looks at the first ten deadlines only")
def ten_deadlines(client, now):
    first = client.zrange(DEADLINES, 0, 9, withscores=True)
    gone = {item for item, deadline in first if deadline <= now}
    return [line for line in all_lines(client) if line[0] not in gone]


@wrong(timeouts.q3, "reads the first hundred lines only")
def a_hundred_lines(client, now):
    gone = passed(client, now)
    lines = client.zrange(CART, 0, 99, withscores=True)
    return [(item, int(score)) for item, score in lines if item not in gone]


@wrong(timeouts.q3, "loses one of two lines with the same quantity")
def loses_equal_lines(client, now):
    gone = passed(client, now)
    found = {quantity: item for item, quantity in all_lines(client) if item not in gone}
    return [(item, quantity) for quantity, item in sorted(found.items())]


@wrong(timeouts.q3, "leaves out lines of 0")
def leaves_out_zero(client, now):
    gone = passed(client, now)
    return [line for line in all_lines(client) if line[1] and line[0] not in gone]


@wrong(timeouts.q3, "takes part of an id for the id")
def searches_in_a_text(client, now):
    gone = " ".join(passed(client, now))
    return [line for line in all_lines(client) if line[0] not in gone]


@wrong(timeouts.q3, "cuts the deadlines to whole seconds")
def cuts_the_deadlines(client, now):
    ends = client.zrange(DEADLINES, 0, -1, withscores=True)
    gone = {item for item, deadline in ends if math.floor(deadline) <= now}
    return [line for line in all_lines(client) if line[0] not in gone]


@wrong(timeouts.q3, "a thousandth of a second is taken for nothing")
def takes_close_for_equal(client, now):
    gone = passed(client, now + 0.01)
    return [line for line in all_lines(client) if line[0] not in gone]


@wrong(timeouts.q3, "lists products that have a deadline and no line")
def lists_deadlines_without_lines(client, now):
    lines = dict(all_lines(client))
    for item, deadline in client.zrange(DEADLINES, 0, -1, withscores=True):
        if deadline <= now:
            lines.pop(item, None)
        else:
            lines.setdefault(item, 0)
    return sorted(lines.items(), key=lambda line: line[1])


@wrong(timeouts.q3, "stops at the first line that has passed")
def stops_early(client, now):
    found = []
    for item, quantity in all_lines(client):
        deadline = client.zscore(DEADLINES, item)
        if deadline is not None and deadline <= now:
            break
        found.append((item, quantity))
    return found


@wrong(timeouts.q3, "takes a cart of the wrong type for an empty one")
def takes_any_other_type_for_empty(client, now):
    if client.type(CART) != "zset":
        return []
    gone = passed(client, now)
    return [line for line in all_lines(client) if line[0] not in gone]


@wrong(timeouts.q3, "stores the answer in a key, and deletes it")
def stores_the_answer(client, now):
    client.zrangestore("cart:{guest}:passed", DEADLINES, "-inf", now, byscore=True)
    gone = client.zrange("cart:{guest}:passed", 0, -1)
    client.delete("cart:{guest}:passed")
    return [line for line in all_lines(client) if line[0] not in gone]


@right(timeouts.q3, "asks for the deadlines of all lines at once")
def asks_for_all_at_once(client, now):
    lines = all_lines(client)
    ends = client.zmscore(DEADLINES, [item for item, _ in lines]) if lines else []
    pairs = zip(lines, ends, strict=True)
    return [line for line, end in pairs if end is None or end > now]


@right(timeouts.q3, "reads both in one MULTI")
def reads_both_at_once(client, now):
    pipe = client.pipeline(transaction=True)
    pipe.zrange(CART, 0, -1, withscores=True)
    pipe.zrangebyscore(DEADLINES, "-inf", now)
    lines, gone = pipe.execute()
    return [(item, int(score)) for item, score in lines if item not in gone]


@right(timeouts.q3, "takes a line without a deadline for one that never ends")
def never_ends(client, now):
    ends = dict(client.zrange(DEADLINES, 0, -1, withscores=True))
    return [line for line in all_lines(client) if ends.get(line[0], math.inf) > now]


@right(timeouts.q3, "reads from the greatest down, and turns it round")
def turns_it_round(client, now):
    gone = set(client.zrevrangebyscore(DEADLINES, now, "-inf"))
    lines = client.zrevrange(CART, 0, -1, withscores=True)[::-1]
    return [[item, round(score)] for item, score in lines if item not in gone]


@wrong(timeouts.q1, "0 is a quantity, too")
def sends_no_zero(client, product_id, quantity, seconds):
    pipe = client.pipeline(transaction=True)
    if quantity:
        pipe.zincrby(CART, quantity, product_id)
    else:
        pipe.zscore(CART, product_id)
    pipe.expire(CART, seconds)
    return int(pipe.execute()[0] or 0)


@wrong(timeouts.q1, "a refused EXPIRE is not told")
def looks_at_the_first_reply(client, product_id, quantity, seconds):
    pipe = collected(client, product_id, quantity)
    return int(pipe.expire(CART, seconds).execute(raise_on_error=False)[0])


@wrong(timeouts.q2, "tostring of Lua keeps 14 digits")
def loses_digits(client, product_id, deadline):
    script = """
        if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
        redis.call('ZADD', KEYS[2], tostring(tonumber(ARGV[2])), ARGV[1])
        return 1
    """
    if not client.eval(script, 2, CART, DEADLINES, product_id, repr(deadline)):
        raise ItemNotInCartError(product_id, "guest")


@wrong(timeouts.q2, "a star in an id is a star, and no pattern")
def looks_by_a_pattern(client, product_id, deadline):
    for _ in client.zscan_iter(CART, match=product_id):
        client.zadd(DEADLINES, {product_id: deadline})
        return
    raise ItemNotInCartError(product_id, "guest")


@wrong(timeouts.q3, "now may be 0")
def takes_0_for_no_time(client, now):
    return timeouts.q3.reference_function(client, now or client.time()[0])


@wrong(timeouts.q3, "reads a hundred deadlines")
def reads_a_hundred_deadlines(client, now):
    over = set(client.zrangebyscore(DEADLINES, "-inf", now, start=0, num=100))
    pairs = client.zrange(CART, 0, -1, withscores=True)
    return [(item, int(score)) for item, score in pairs if item not in over]
