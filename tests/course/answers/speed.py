"""Answers to the exercises of lesson 07: wrong ones, and right ones of another build; and why."""

from decimal import Decimal

from answers import right, wrong

from cartlib import ItemNotInCartError, ProductNotFoundError
from cartlib.course import speed

CART = "cart:{guest}"


def view(client, start=0, stop=-1, sort=None, name=lambda name, item: name):
    """Return the pairs of q1 for these ranks; `sort` puts the lines in order."""
    lines = (sort or list)(client.zrange(CART, start, stop, withscores=True))
    pipe = client.pipeline(transaction=False)
    for item, _ in lines:
        pipe.hget(f"product:{item}", "name")
    return [(name(n, item), int(q)) for n, (item, q) in zip(pipe.execute(), lines, strict=True)]


@right(speed.q1, "one trip, by SORT")
def by_sort(client):
    pipe = client.pipeline()
    pipe.sort(CART, by="nosort", get="product:*->name")
    pipe.zrange(CART, 0, -1, withscores=True)
    names, lines = pipe.execute()
    return [(names[n], round(score)) for n, (_, score) in enumerate(lines)]


@right(speed.q1, "whole hashes, and a dict of them")
def by_hgetall(client):
    lines = client.zrange(CART, 0, -1, withscores=True)
    pipe = client.pipeline()
    for item, _ in lines:
        pipe.hgetall(f"product:{item}")
    hashes = dict(zip(lines, pipe.execute(), strict=True))
    return [(hashes[line].get("name"), int(line[1])) for line in lines]


@right(speed.q1, "lists for pairs")
def lists_for_pairs(client):
    return [list(pair) for pair in view(client)]


@right(speed.q1, "the greatest first, and turned round")
def turned_round(client):
    return view(client, sort=lambda lines: sorted(lines, key=lambda line: (line[1], line[0])))


wrong(speed.q1, "a hundred lines at most")(lambda client: view(client, 0, 99))
wrong(speed.q1, "no line of 0")(lambda client: [pair for pair in view(client) if pair[1]])
wrong(speed.q1, "sorted by the id")(lambda client: view(client, sort=sorted))
wrong(speed.q1, "sorted by the number as a text")(
    lambda client: sorted(view(client), key=lambda pair: str(pair[1]))
)
wrong(speed.q1, "equal ones the other way round")(
    lambda client: sorted(view(client)[::-1], key=lambda pair: pair[1])
)
wrong(speed.q1, "the id for a name that is not there")(
    lambda client: view(client, name=lambda name, item: name or item)
)
wrong(speed.q1, "no text for a name that is not there")(
    lambda client: view(client, name=lambda name, item: str(name))
)
wrong(speed.q1, "a set of pairs, so that equal ones are lost")(
    lambda client: sorted(set(view(client)), key=lambda pair: pair[1])
)


@wrong(speed.q1, "the names in parts of fifty")
def in_parts(client):
    lines, names = client.zrange(CART, 0, -1, withscores=True), []
    for start in range(0, len(lines), 50):
        pipe = client.pipeline()
        for item, _ in lines[start : start + 50]:
            pipe.hget(f"product:{item}", "name")
        names += pipe.execute()
    return [(name, int(score)) for name, (_, score) in zip(names, lines, strict=True)]


@wrong(speed.q1, "sets the cart's time and takes it away")
def touches_the_time(client):
    pipe = client.pipeline()
    pipe.zrange(CART, 0, -1, withscores=True).zincrby(CART, 0, "mug").zrem(CART, "nothing")
    pipe.execute()
    return view(client)


def total(client, times=lambda price, n: Decimal(price) * n, stop=-1):
    """Return the total of q2, reckoned line by line."""
    pipe = client.pipeline()
    pipe.zrange(CART, 0, stop, withscores=True)
    pipe.sort(CART, by="nosort", get="product:*->price")
    lines, prices = pipe.execute()
    pairs = zip(lines, prices, strict=False)
    return sum((times(price, int(n)) for (_, n), price in pairs if price), Decimal(0))


right(speed.q2, "sum()")(lambda client: total(client))
right(speed.q2, "no MULTI, and the members along with the prices")(
    lambda client: total_by_members(client)
)
wrong(speed.q2, "ten lines at most")(lambda client: total(client, stop=9))
wrong(speed.q2, "a hundred lines at most")(lambda client: total(client, stop=99))
wrong(speed.q2, "floats on the way")(
    lambda client: total(client, lambda price, n: Decimal(str(float(price) * n)))
)
wrong(speed.q2, "cents cut off from a float")(
    lambda client: total(client, lambda price, n: Decimal(int(float(price) * 100) * n) / 100)
)
wrong(speed.q2, "one of each")(lambda client: total(client, lambda price, n: Decimal(price)))
wrong(speed.q2, "a float")(lambda client: float(total(client)))
wrong(speed.q2, "0 where nothing costs anything")(lambda client: total(client) or 0)
wrong(speed.q2, "whole euros")(lambda client: Decimal(round(total(client))))


def total_by_members(client):
    pipe = client.pipeline(transaction=False)
    pipe.zrange(CART, 0, -1, withscores=True)
    pipe.sort(CART, by="nosort", get=["#", "product:*->price"], groups=True)
    lines, prices = map(dict, pipe.execute())
    costs = [Decimal(price) * int(lines[item]) for item, price in prices.items() if price]
    return sum(costs, start=Decimal(0))


@right(speed.q2, "adds up in a loop")
def in_a_loop(client):
    with client.pipeline(transaction=True) as pipe:
        pipe.sort(CART, by="nosort", get="product:*->price")
        pipe.zrange(CART, 0, -1, withscores=True)
        prices, lines = pipe.execute()
    cost = Decimal()
    for n, price in enumerate(prices):
        cost += Decimal(price or 0) * round(lines[n][1])
    return cost


@wrong(speed.q2, "stops at a product that is not sold")
def stops_at_none(client):
    pipe = client.pipeline()
    pipe.zrange(CART, 0, -1, withscores=True)
    pipe.sort(CART, by="nosort", get="product:*->price")
    cost = Decimal(0)
    for (_, n), price in zip(*pipe.execute(), strict=True):
        if price is None:
            break
        cost += Decimal(price) * int(n)
    return cost


@wrong(speed.q2, "two lines of the same price are one")
def by_price(client):
    pipe = client.pipeline()
    pipe.zrange(CART, 0, -1, withscores=True)
    pipe.sort(CART, by="nosort", get="product:*->price")
    lines, prices = pipe.execute()
    numbers = {price: int(n) for (_, n), price in zip(lines, prices, strict=True) if price}
    return sum((Decimal(price) * n for price, n in numbers.items()), Decimal(0))


def adding(script, error=ProductNotFoundError, keys=lambda item: (f"product:{item}", CART)):
    """Return an answer to q3 with this script."""

    def add(client, product_id, quantity):
        names = keys(product_id)
        reply = client.eval(script, len(names), *names, quantity, product_id)
        if reply is None:
            raise error(product_id)
        return int(reply)

    return add


def owner_not_found(product_id):
    return ItemNotInCartError(product_id, "guest")


LOOK = "if redis.call('EXISTS', KEYS[1]) < 1 then return nil end "
right(speed.q3, "returns nil")(adding(LOOK + speed.ADD))
right(speed.q3, "TYPE for a look")(
    adding(f"if redis.call('TYPE', KEYS[1]).ok ~= 'none' then {speed.ADD} end")
)
right(speed.q3, "reads and writes inside the script")(
    adding(
        LOOK
        + "local n = (redis.call('ZSCORE', KEYS[2], ARGV[2]) or 0) + ARGV[1] "
        + "redis.call('ZADD', KEYS[2], n, ARGV[2]) return n"
    )
)
wrong(speed.q3, "another error")(adding(speed.LOOK_AND_ADD, error=owner_not_found))
wrong(speed.q3, "does not look")(adding(speed.ADD))
wrong(speed.q3, "looks for 0, which is true in Lua")(
    adding(f"if redis.call('EXISTS', KEYS[1]) then {speed.ADD} end return false")
)
wrong(speed.q3, "writes the quantity over the old one")(
    adding(LOOK + "redis.call('ZADD', KEYS[2], ARGV[1], ARGV[2]) return ARGV[1]")
)
wrong(speed.q3, "a line that is there only")(
    adding(LOOK + "return redis.call('ZADD', KEYS[2], 'XX', 'INCR', ARGV[1], ARGV[2])")
)
wrong(speed.q3, "looks into the set of products")(
    adding(
        f"if redis.call('SISMEMBER', KEYS[1], ARGV[2]) == 1 then {speed.ADD} end return false",
        keys=lambda item: ("products", CART),
    )
)
wrong(speed.q3, "a global variable")(
    adding("n = redis.call('EXISTS', KEYS[1]) if n == 0 then return false end " + speed.ADD)
)
wrong(speed.q3, "makes up the product's key")(
    adding("if redis.call('EXISTS', 'product:' .. ARGV[2]) == 0 then return false end " + speed.ADD)
)
wrong(speed.q3, "the id is a key, too")(
    adding(speed.LOOK_AND_ADD, keys=lambda item: (f"product:{item}", CART, item))
)


@right(speed.q3, "EVALSHA of its own")
def by_evalsha(client, product_id, quantity):
    sha = client.script_load(LOOK + speed.ADD)
    reply = client.evalsha(sha, 2, f"product:{product_id}", CART, quantity, product_id)
    if reply is None:
        raise ProductNotFoundError(product_id)
    return int(reply)


@right(speed.q3, "a registered script")
def by_registered_script(client, product_id, quantity):
    script = client.register_script(speed.LOOK_AND_ADD)
    reply = script(keys=[f"product:{product_id}", CART], args=[quantity, product_id])
    if reply is None:
        raise ProductNotFoundError(product_id)
    return int(reply)


@wrong(speed.q3, "a registered script that makes up its keys, handed over or not")
def registered_with_its_own_keys(client, product_id, quantity):
    text = LOOK.replace("KEYS[1]", "'product:' .. ARGV[2]") + speed.ADD
    script = client.register_script(text)
    reply = script(keys=[f"product:{product_id}", CART], args=[quantity, product_id])
    if reply is None:
        raise ProductNotFoundError(product_id)
    return int(reply)


@right(speed.q1, "one script, which makes the keys of the products from the ids")
def view_by_a_script(client):
    script = """
        local found = {}
        local lines = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
        for n = 1, #lines, 2 do
            found[n] = redis.call('HGET', 'product:' .. lines[n], 'name')
            found[n + 1] = lines[n + 1]
        end
        return found
    """
    flat = client.eval(script, 1, CART)
    return [(name, int(float(n))) for name, n in zip(flat[::2], flat[1::2], strict=True)]


@wrong(speed.q3, "a product need not have a name")
def looks_for_the_name(client, product_id, quantity):
    script = speed.LOOK_AND_ADD.replace("'EXISTS', KEYS[1]", "'HEXISTS', KEYS[1], 'name'")
    return speed.run_script(client, script, product_id, quantity)
