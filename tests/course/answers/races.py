"""Answers to the exercises of lesson 06: wrong ones, and right ones of another build; and why."""

import contextlib

import redis
from answers import right, wrong

from cartlib.course import races

CART, STOCK = races.CART, races.STOCK
BOTH = """
    local left = redis.call('HINCRBY', KEYS[1], ARGV[1], -ARGV[2])
    redis.call('ZINCRBY', KEYS[2], ARGV[2], ARGV[1])
    return left
"""


@right(races.q1, "one script does both")
def by_a_script(client, product_id, quantity):
    return client.eval(BOTH, 2, STOCK, CART, product_id, quantity)


@right(races.q1, "a script that is loaded once")
def by_a_registered_script(client, product_id, quantity):
    return client.register_script(BOTH)(keys=[STOCK, CART], args=[product_id, quantity])


@right(races.q1, "client.transaction without a key")
def by_transaction(client, product_id, quantity):
    def move(pipe):
        pipe.zincrby(CART, quantity, product_id)
        pipe.hincrby(STOCK, product_id, -quantity)

    return client.transaction(move)[-1]


@right(races.q1, "ZADD with INCR")
def by_zadd_incr(client, product_id, quantity):
    with client.pipeline() as pipe:
        pipe.hincrby(STOCK, product_id, -quantity).zadd(CART, {product_id: quantity}, incr=True)
        return pipe.execute()[0]


@wrong(races.q1, "the script reads, and writes back")
def script_that_reads(client, product_id, quantity):
    script = """
        local left = (redis.call('HGET', KEYS[1], ARGV[1]) or 0) - ARGV[2]
        redis.call('HSET', KEYS[1], ARGV[1], left)
        redis.call('ZINCRBY', KEYS[2], ARGV[2], ARGV[1])
        return left
    """
    return client.eval(script, 2, STOCK, CART, product_id, quantity)


@wrong(races.q1, "two scripts, one after the other")
def two_scripts(client, product_id, quantity):
    client.eval("redis.call('ZINCRBY', KEYS[1], ARGV[1], ARGV[2])", 1, CART, quantity, product_id)
    script = "return redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2])"
    return client.eval(script, 1, STOCK, product_id, -quantity)


@wrong(races.q1, "never returns less than 0")
def clamps(client, product_id, quantity):
    return max(0, races.reserve(client, product_id, quantity))


@wrong(races.q1, "does not go below 0")
def refuses_below_zero(client, product_id, quantity):
    left = races.reserve(client, product_id, quantity)
    if left < 0:
        races.reserve(client, product_id, -quantity)
    return left


@wrong(races.q1, "reads in the same MULTI")
def reads_in_the_multi(client, product_id, quantity):
    pipe = client.pipeline()
    pipe.hincrby(STOCK, product_id, -quantity)
    pipe.zincrby(CART, quantity, product_id)
    pipe.hmget(STOCK, [product_id])
    return int(pipe.execute()[2][0])


@wrong(races.q1, "only adds to a line that is there")
def needs_a_line(client, product_id, quantity):
    pipe = client.pipeline()
    pipe.hincrby(STOCK, product_id, -quantity)
    pipe.zadd(CART, {product_id: quantity}, incr=True, xx=True)
    return pipe.execute()[0]


@wrong(races.q1, "an id in small letters")
def small_letters(client, product_id, quantity):
    return races.reserve(client, product_id.lower(), quantity)


@wrong(races.q1, "renews the cart's time")
def renews(client, product_id, quantity):
    pipe = client.pipeline()
    pipe.hincrby(STOCK, product_id, -quantity).zincrby(CART, quantity, product_id)
    pipe.expire(CART, 600)
    return pipe.execute()[0]


@wrong(races.q1, "tries again after an error, so that it may take twice")
def tries_again(client, product_id, quantity):
    try:
        return races.reserve(client, product_id, quantity)
    except redis.RedisError:
        return races.reserve(client, product_id, quantity)


def taking(watched, tries=1000, enough=lambda left, quantity: int(left or 0) >= quantity):
    """Return an answer to q2 that watches a key, and gives up after so many tries."""

    def take(client, product_id, quantity):
        for _ in range(tries):
            with client.pipeline() as pipe, contextlib.suppress(redis.WatchError):
                pipe.watch(watched)
                if not enough(pipe.hget(STOCK, product_id), quantity):
                    return False
                pipe.multi()
                pipe.hincrby(STOCK, product_id, -quantity)
                pipe.execute()
                return True
        return False

    return take


right(races.q2, "a loop of its own")(taking(STOCK))
wrong(races.q2, "watches the cart")(taking(CART))
wrong(races.q2, "watches a key that is not there")(taking("stock:guest"))
wrong(races.q2, "gives up after six tries")(taking(STOCK, tries=6))
wrong(races.q2, "compares texts")(taking(STOCK, enough=lambda left, n: (left or "") >= str(n)))
wrong(races.q2, "spares the last piece")(taking(STOCK, enough=lambda left, n: int(left or 0) > n))


@right(races.q2, "watches and writes the number itself")
def writes_the_number(client, product_id, quantity):
    def take(pipe):
        left = int(pipe.hgetall(STOCK).get(product_id, "0")) - quantity
        pipe.multi()
        if left >= 0:
            pipe.hset(STOCK, product_id, left)
        return left >= 0

    return client.transaction(take, STOCK, value_from_callable=True)


@right(races.q2, "looks before it watches, too")
def looks_twice(client, product_id, quantity):
    left = client.hget(STOCK, product_id)
    return left is not None and taking(STOCK)(client, product_id, quantity)


@right(races.q2, "begins anew by calling itself")
def calls_itself(client, product_id, quantity):
    with client.pipeline() as pipe:
        pipe.watch(STOCK)
        if int(pipe.hget(STOCK, product_id) or 0) < quantity:
            return False
        pipe.multi()
        pipe.hincrby(STOCK, product_id, -quantity)
        try:
            return bool(pipe.execute())
        except redis.WatchError:
            return calls_itself(client, product_id, quantity)


@wrong(races.q2, "reads only once, before all tries")
def reads_once(client, product_id, quantity):
    left = int(client.hget(STOCK, product_id) or 0)
    return taking(STOCK, enough=lambda *_: left >= quantity)(client, product_id, quantity)


@wrong(races.q2, "a second try that does not watch")
def second_try_in_the_open(client, product_id, quantity):
    if taking(STOCK, tries=1)(client, product_id, quantity):
        return True
    if int(client.hget(STOCK, product_id) or 0) < quantity:
        return False
    client.hincrby(STOCK, product_id, -quantity)
    return True


@wrong(races.q2, "a script, where WATCH is asked for")
def by_a_script_alone(client, product_id, quantity):
    script = """
        local left = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
        if left < tonumber(ARGV[2]) then return 0 end
        redis.call('HINCRBY', KEYS[1], ARGV[1], -ARGV[2])
        return 1
    """
    return bool(client.eval(script, 1, STOCK, product_id, quantity))


@wrong(races.q2, "takes, and gives back")
def gives_back(client, product_id, quantity):
    pipe = client.pipeline()
    if pipe.hincrby(STOCK, product_id, -quantity).execute()[0] >= 0:
        return True
    if pipe.hincrby(STOCK, product_id, quantity).execute()[0] == 0:
        client.hdel(STOCK, product_id)
    return False


@wrong(races.q2, "takes out a field that comes to 0")
def deletes_at_zero(client, product_id, quantity):
    taken = races.take_from_stock(client, product_id, quantity)
    if taken and client.hget(STOCK, product_id) == "0":
        client.hdel(STOCK, product_id)
    return taken


def buying(
    watched, look=None, lines=(0, -1), tries=1000, empty=lambda pipe, lines: pipe.delete(CART)
):
    """Return an answer to q3 that watches these keys, and reads these ranks of the cart."""

    def buy(client):
        for _ in range(tries):
            with client.pipeline() as pipe, contextlib.suppress(redis.WatchError):
                pipe.watch(*watched)
                cart = pipe.zrange(CART, *lines, withscores=True)
                ids = [item for item, _ in cart]
                left = pipe.hmget(STOCK, ids) if cart else []
                pairs = list(zip(left, cart, strict=True))
                if not cart or any(int(n or 0) < q for n, (_, q) in (look or list)(pairs)):
                    return False
                pipe.multi()
                for item, quantity in cart:
                    pipe.hincrby(STOCK, item, -int(quantity))
                empty(pipe, ids)
                pipe.execute()
                return True
        return False

    return buy


KEYS = [CART, STOCK]
right(races.q3, "a loop of its own, with HMGET")(buying(KEYS))
right(races.q3, "takes the lines out by ZREM")(
    buying(KEYS, empty=lambda p, ids: p.zrem(CART, *ids))
)
right(races.q3, "looks from the last line on")(buying(KEYS, look=lambda pairs: pairs[::-1]))
wrong(races.q3, "watches the cart only")(buying([CART]))
wrong(races.q3, "watches the stock only")(buying([STOCK]))
wrong(races.q3, "watches other keys")(buying(["cart:guest", "stock:guest"]))
wrong(races.q3, "looks at the first line only")(buying(KEYS, look=lambda pairs: pairs[:1]))
wrong(races.q3, "buys a hundred lines at most")(buying(KEYS, lines=(0, 99)))
wrong(races.q3, "gives up after six tries")(buying(KEYS, tries=6))
wrong(races.q3, "ends the cart in a second")(buying(KEYS, empty=lambda p, ids: p.expire(CART, 1)))


@right(races.q3, "one dict of what will be left")
def writes_what_is_left(client):
    def work(pipe):
        left = {k: int(n) for k, n in pipe.hgetall(STOCK).items()}
        cart = dict(pipe.zscan_iter(CART))
        after = {item: left.get(item, 0) - int(quantity) for item, quantity in cart.items()}
        if not after or min(after.values()) < 0:
            return False
        pipe.multi()
        pipe.hset(STOCK, mapping=after)
        pipe.unlink(CART)
        return True

    return client.transaction(work, STOCK, CART, value_from_callable=True)


@wrong(races.q3, "empties the deadlines, too")
def empties_the_deadlines(client):
    return buying(KEYS, empty=lambda p, ids: p.delete(CART, f"{CART}:deadlines"))(client)


@wrong(races.q3, "takes as much as there is")
def takes_what_there_is(client):
    def work(pipe):
        cart, stock = pipe.zrange(CART, 0, -1, withscores=True), pipe.hgetall(STOCK)
        pipe.multi()
        for item, quantity in cart:
            pipe.hincrby(STOCK, item, -min(int(quantity), int(stock.get(item, 0))))
        pipe.delete(CART)
        return bool(cart)

    return client.transaction(work, *KEYS, value_from_callable=True)


@wrong(races.q3, "takes line after line, each in a MULTI of its own")
def line_by_line(client):
    cart = client.zrange(CART, 0, -1, withscores=True)
    return (
        bool(cart)
        and all([taking(STOCK)(client, item, int(quantity)) for item, quantity in cart])
        and bool(client.delete(CART))
    )


@wrong(races.q1, "0 pieces left are told as None")
def tells_none_for_zero(client, product_id, quantity):
    return by_a_script(client, product_id, quantity) or None


@wrong(races.q2, "a flag of the first try stays")
def keeps_the_flag(client, product_id, quantity):
    taken = []

    def take(pipe):
        left = int(pipe.hget(STOCK, product_id) or 0)
        pipe.multi()
        if left >= quantity:
            pipe.hincrby(STOCK, product_id, -quantity)
            taken.append(True)

    client.transaction(take, STOCK)
    return bool(taken)


@wrong(races.q2, "watches for the first try only")
def watches_once(client, product_id, quantity):
    with client.pipeline() as pipe:
        pipe.watch(STOCK)
        while int(client.hget(STOCK, product_id) or 0) >= quantity:
            pipe.multi()
            pipe.hincrby(STOCK, product_id, -quantity)
            with contextlib.suppress(redis.WatchError):
                pipe.execute()
                return True
    return False
