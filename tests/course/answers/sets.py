"""Answers to the exercises of lesson 12: wrong ones and right ones, each with the reason."""

import redis
from answers import right, wrong

from cartlib.course import sets

TAG, PRICES = "shop:{filters}:tag:", "shop:{filters}:prices"
TOGGLE = """
    if redis.call('SADD', KEYS[1], ARGV[1]) == 1 then return 1 end
    redis.call('SREM', KEYS[1], ARGV[1])
    return 0
"""


def wishes(visitor):
    return f"shop:{{wishes}}:{visitor}"


@wrong(sets.q1, "reads the whole list first")
def reads_the_list(client, visitor, product_id):
    on = product_id in client.smembers(wishes(visitor))
    (client.srem if on else client.sadd)(wishes(visitor), product_id)
    return not on


@wrong(sets.q1, "looks again afterwards, and tells what is there then")
def looks_afterwards(client, visitor, product_id):
    if not client.sadd(wishes(visitor), product_id):
        client.srem(wishes(visitor), product_id)
    return bool(client.sismember(wishes(visitor), product_id))


@wrong(sets.q1, "watches nothing: a MULTI does not look")
def looks_and_then_a_multi(client, visitor, product_id):
    on = client.sismember(wishes(visitor), product_id)
    pipe = client.pipeline(transaction=True)
    (pipe.srem if on else pipe.sadd)(wishes(visitor), product_id)
    pipe.execute()
    return not on


@wrong(sets.q1, "gives up where somebody else changes the list")
def gives_up(client, visitor, product_id):
    with client.pipeline() as pipe:
        pipe.watch(wishes(visitor))
        on = pipe.sismember(wishes(visitor), product_id)
        pipe.multi()
        (pipe.srem if on else pipe.sadd)(wishes(visitor), product_id)
        try:
            pipe.execute()
        except redis.WatchError:
            return bool(on)
        return not on


@wrong(sets.q1, "begins anew only once, and then takes anything for off")
def begins_anew_once(client, visitor, product_id):
    for _ in range(2):
        if client.sadd(wishes(visitor), product_id):
            return True
        if client.srem(wishes(visitor), product_id):
            return False
    return False


@wrong(sets.q1, "takes a member out by chance")
def pops(client, visitor, product_id):
    if client.sadd(wishes(visitor), product_id):
        return True
    client.spop(wishes(visitor))
    return False


@wrong(sets.q1, "raises an error of its own for a product that the shop does not know")
def looks_for_the_product(client, visitor, product_id):
    if not client.exists(f"product:{product_id}"):
        raise ValueError(product_id)
    return sets.q1.reference_function(client, visitor, product_id)


@wrong(sets.q1, "gives the list a time-out")
def gives_a_time_out(client, visitor, product_id):
    on = sets.q1.reference_function(client, visitor, product_id)
    client.expire(wishes(visitor), 86_400)
    return on


@wrong(sets.q1, "writes the whole list anew, and loses its time-out")
def writes_the_list_anew(client, visitor, product_id):
    def work(pipe):
        before = pipe.smembers(wishes(visitor))
        after = before ^ {product_id}
        pipe.multi()
        pipe.delete(wishes(visitor))
        if after:
            pipe.sadd(wishes(visitor), *after)
        return product_id in after

    return client.transaction(work, wishes(visitor), value_from_callable=True)


@wrong(sets.q1, "swallows errors")
def swallows_errors(client, visitor, product_id):
    try:
        return sets.q1.reference_function(client, visitor, product_id)
    except redis.RedisError:
        return False


@wrong(sets.q1, "a sorted set with scores in place of a set")
def uses_a_sorted_set(client, visitor, product_id):
    while True:
        if client.zadd(wishes(visitor), {product_id: 1}):
            return True
        if client.zrem(wishes(visitor), product_id):
            return False


@wrong(sets.q1, "small letters")
def in_small_letters(client, visitor, product_id):
    return sets.q1.reference_function(client, visitor, product_id.lower())


@wrong(sets.q1, "remembers what it did")
def remembers(client, visitor, product_id, seen={}):  # noqa: B006
    on = seen[visitor, product_id] = not seen.get((visitor, product_id), False)
    (client.sadd if on else client.srem)(wishes(visitor), product_id)
    return on


@right(sets.q1, "takes off first")
def takes_off_first(client, visitor, product_id):
    while True:
        if client.srem(wishes(visitor), product_id):
            return False
        if client.sadd(wishes(visitor), product_id):
            return True


@right(sets.q1, "watches the list, and looks")
def watches_the_list(client, visitor, product_id):
    def work(pipe):
        on = pipe.sismember(wishes(visitor), product_id)
        pipe.multi()
        (pipe.srem if on else pipe.sadd)(wishes(visitor), product_id)
        return not on

    return client.transaction(work, wishes(visitor), value_from_callable=True)


@right(sets.q1, "in one script")
def in_one_script(client, visitor, product_id):
    return client.eval(TOGGLE, 1, wishes(visitor), product_id) == 1


@right(sets.q1, "calls itself again")
def calls_itself(client, visitor, product_id):
    put_on = client.sadd(wishes(visitor), product_id)
    if put_on or client.srem(wishes(visitor), product_id):
        return bool(put_on)
    return calls_itself(client, visitor, product_id)


@right(sets.q1, "looks first, and believes the reply of the change alone")
def looks_and_believes_the_reply(client, visitor, product_id):
    done = 0
    while not done:
        on = not client.sismember(wishes(visitor), product_id)
        done = (client.sadd if on else client.srem)(wishes(visitor), product_id)
    return on


def keys_of(tags):
    return [f"{TAG}{tag}" for tag in tags]


def weighted(client, tags):
    return client.zinter(dict.fromkeys(keys_of(tags), 0) | {PRICES: 1}, withscores=True)


@wrong(sets.q2, "takes the 1 of each tag away again: a sum of floats")
def takes_one_away(client, tags, dearest):
    found = client.zinter([*keys_of(tags), PRICES], withscores=True)
    return [item for item, score in found if score <= dearest + 1]


@wrong(sets.q2, "reads each tag, and intersects in Python")
def intersects_in_python(client, tags, dearest):
    pipe = client.pipeline(transaction=False)
    for key in keys_of(tags):
        pipe.smembers(key)
    pipe.zrange(PRICES, "-inf", dearest, byscore=True)
    *held, cheap = pipe.execute()
    return [item for item in cheap if all(item in one for one in held)]


@wrong(sets.q2, "reads the prices, and asks of each product")
def asks_for_each(client, tags, dearest):
    cheap = client.zrange(PRICES, "-inf", dearest, byscore=True)
    return [i for i in cheap if all(client.sismember(key, i) for key in keys_of(tags))]


@wrong(sets.q2, "stores the result for a moment")
def stores_it(client, tags, dearest):
    pipe = client.pipeline(transaction=True)
    pipe.zinterstore("shop:{filters}:found", dict.fromkeys(keys_of(tags), 0) | {PRICES: 1})
    pipe.zrange("shop:{filters}:found", "-inf", dearest, byscore=True)
    pipe.delete("shop:{filters}:found")
    return pipe.execute()[1]


@wrong(sets.q2, "whole numbers")
def cuts_the_price(client, tags, dearest):
    return [item for item, price in weighted(client, tags) if int(price) <= dearest]


@wrong(sets.q2, "free things are left out")
def leaves_out_what_is_free(client, tags, dearest):
    return [item for item, price in weighted(client, tags) if price and price <= dearest]


@wrong(sets.q2, "the first fifty products")
def fifty_products(client, tags, dearest):
    cheap = client.zrange(PRICES, "-inf", dearest, byscore=True, offset=0, num=50)
    having = client.sinter(keys_of(tags))
    return [item for item in cheap if item in having]


@wrong(sets.q2, "one product for each price")
def one_for_each_price(client, tags, dearest):
    found = {price: item for item, price in weighted(client, tags) if price <= dearest}
    return [item for _, item in sorted(found.items())]


@wrong(sets.q2, "what has no price costs nothing")
def no_price_is_no_cost(client, tags, dearest):
    having = sorted(client.sinter(keys_of(tags)))
    prices = client.zmscore(PRICES, having) if having else []
    pairs = sorted(zip([price or 0 for price in prices], having, strict=True))
    return [item for price, item in pairs if price <= dearest]


@wrong(sets.q2, "a set has no order")
def without_order(client, tags, dearest):
    return sorted((i for i, price in weighted(client, tags) if price <= dearest), key=str.lower)


@wrong(sets.q2, "a set for a list")
def returns_a_set(client, tags, dearest):
    return {item for item, price in weighted(client, tags) if price <= dearest}


@wrong(sets.q2, "a tag of another type is an empty one")
def swallows_wrong_types(client, tags, dearest):
    try:
        return [item for item, price in weighted(client, tags) if price <= dearest]
    except redis.ResponseError:
        return []


@wrong(sets.q2, "stops at the first that is too dear of any tag")
def has_any_tag(client, tags, dearest):
    found = client.zunion(dict.fromkeys(keys_of(tags), 0) | {PRICES: 1}, withscores=True)
    return [item for item, price in found if price <= dearest]


@right(sets.q2, "a SINTER and a range in one pipeline")
def in_one_pipeline(client, tags, dearest):
    pipe = client.pipeline(transaction=False)
    pipe.sinter(keys_of(tags))
    pipe.zrange(PRICES, "-inf", dearest, byscore=True)
    having, cheap = pipe.execute()
    return [item for item in cheap if item in having]


@right(sets.q2, "a SINTER, and then the prices of what it found")
def asks_for_the_prices(client, tags, dearest):
    having = list(client.sinter(keys_of(tags)))
    if not having:
        return []
    priced = zip(client.zmscore(PRICES, having), having, strict=True)
    return [i for p, i in sorted(pair for pair in priced if pair[0] is not None) if p <= dearest]


@right(sets.q2, "raw commands")
def by_raw_commands_again(client, tags, dearest):
    words = [len(tags) + 1, *keys_of(tags), PRICES, "WEIGHTS", *[0] * len(tags), 1, "WITHSCORES"]
    flat = client.execute_command("ZINTER", *words, withscores=True)
    return [item for item, price in flat if float(price) <= dearest]


@right(sets.q2, "AGGREGATE MAX of tags that weigh 0")
def by_max_and_weights(client, tags, dearest):
    weights = dict.fromkeys(keys_of(tags), 0) | {PRICES: 1}
    found = client.zinter(weights, aggregate="max", withscores=True)
    return [item for item, price in sorted(found, key=lambda pair: pair[1]) if price <= dearest]


@right(sets.q2, "in a script")
def by_a_script(client, tags, dearest):
    script = """
        local found = redis.call('SINTER', unpack(KEYS, 2))
        local having, result = {}, {}
        for _, item in ipairs(found) do having[item] = true end
        local cheap = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE')
        for _, item in ipairs(cheap) do
            if having[item] then table.insert(result, item) end
        end
        return result
    """
    return client.eval(script, len(tags) + 1, PRICES, *keys_of(tags), dearest)


def sales(days):
    return [f"shop:{{sales}}:{day}" for day in days]


def best(pairs, count):
    whole = [(item, int(pieces)) for item, pieces in pairs]
    return sorted(whole, key=lambda pair: (-pair[1], pair[0]))[:count]


@wrong(sets.q3, "asks day by day")
def day_by_day(client, days, count):
    sums = {}
    for key in sales(days):
        for item, pieces in client.zrange(key, 0, -1, withscores=True):
            sums[item] = sums.get(item, 0) + pieces
    return best(sums.items(), count)


@wrong(sets.q3, "stores the sums, and deletes them")
def stores_the_sums(client, days, count):
    pipe = client.pipeline(transaction=True)
    pipe.zunionstore("shop:{sales}:sums", sales(days))
    pipe.zrange("shop:{sales}:sums", 0, -1, withscores=True)
    pipe.delete("shop:{sales}:sums")
    return best(pipe.execute()[1], count)


@wrong(sets.q3, "equal ones as they come")
def equal_ones_turned_round(client, days, count):
    sold = client.zunion(sales(days), withscores=True)
    return [(i, int(n)) for i, n in sorted(sold, key=lambda p: (p[1], p[0]), reverse=True)][:count]


@wrong(sets.q3, "cuts before it sorts")
def cuts_before_it_sorts(client, days, count):
    return best(client.zunion(sales(days), withscores=True)[:count], count)


@wrong(sets.q3, "cuts at the other end before it sorts")
def cuts_the_end_before_it_sorts(client, days, count):
    return best(client.zunion(sales(days), withscores=True)[-count:], count)


@wrong(sets.q3, "the first two days")
def two_days(client, days, count):
    return best(client.zunion(sales(days[:2]), withscores=True), count)


@wrong(sets.q3, "the mean of the days")
def the_mean(client, days, count):
    weights = {key: 1 / len(days) for key in sales(days)}
    return best(client.zunion(weights, withscores=True), count)


@wrong(sets.q3, "a dict for a list of pairs")
def returns_a_dict(client, days, count):
    return dict(best(client.zunion(sales(days), withscores=True), count))


@wrong(sets.q3, "always three")
def always_three(client, days, count):
    return best(client.zunion(sales(days), withscores=True), 3)


@wrong(sets.q3, "sorts small and capital letters alike")
def capitals_alike(client, days, count):
    sold = client.zunion(sales(days), withscores=True)
    pairs = sorted(sold, key=lambda pair: (-pair[1], pair[0].lower(), pair[0]))
    return [(item, int(pieces)) for item, pieces in pairs][:count]


@wrong(sets.q3, "takes the pieces for texts")
def compares_texts(client, days, count):
    sold = client.zunion(sales(days), withscores=True)
    pairs = sorted(sold, key=lambda pair: pair[0])
    pairs.sort(key=lambda pair: str(int(pair[1])), reverse=True)
    return [(item, int(pieces)) for item, pieces in pairs][:count]


@wrong(sets.q3, "a day of another type is one without sales")
def no_sales_of_another_type(client, days, count):
    try:
        return best(client.zunion(sales(days), withscores=True), count)
    except redis.ResponseError:
        return []


@wrong(sets.q3, "fills up with None")
def fills_up(client, days, count):
    found = best(client.zunion(sales(days), withscores=True), count)
    return found + [(None, 0)] * (count - len(found))


@right(sets.q3, "reads all days in one pipeline, and adds up in Python")
def in_a_pipeline(client, days, count):
    pipe = client.pipeline(transaction=False)
    for key in sales(days):
        pipe.zrange(key, 0, -1, withscores=True)
    sums = {}
    for item, pieces in sum(pipe.execute(), []):
        sums[item] = sums.get(item, 0) + pieces
    return best(sums.items(), count)


@right(sets.q3, "sorts twice")
def sorts_twice(client, days, count):
    sold = sorted(client.zunion(sales(days), aggregate="SUM", withscores=True))
    sold.sort(key=lambda pair: pair[1], reverse=True)
    return [(item, round(pieces)) for item, pieces in sold[:count]]


@right(sets.q3, "negative weights: the order of ZUNION is then the right one")
def by_negative_weights(client, days, count):
    sold = client.zunion(dict.fromkeys(sales(days), -1), withscores=True)
    return [(item, -int(pieces)) for item, pieces in sold[:count]]


@right(sets.q3, "lists for pairs")
def lists_for_pairs(client, days, count):
    sold = client.zunion(sales(days), withscores=True)
    sold.sort(key=lambda pair: pair[0])
    return [[i, int(n)] for i, n in sorted(sold, key=lambda pair: -pair[1])][:count]
