"""Answers to the exercises of lesson 10."""

import datetime
import time

import redis
from answers import right, wrong

from cartlib.course import counters

CART, DAY = "cart:{guest}", 86_400


def key_of(product_id):
    return f"shop:views:{product_id}"


def collected(client, product_ids):
    pipe = client.pipeline(transaction=False)
    for product_id in product_ids:
        pipe.incr(key_of(product_id))
    return pipe


@wrong(counters.q1, "looks whether a counter is there, and begins at 1 by SET")
def begins_by_set(client, product_ids):
    pipe = client.pipeline(transaction=False)
    for product_id in product_ids:
        if client.exists(key_of(product_id)):
            pipe.incr(key_of(product_id))
        else:
            pipe.set(key_of(product_id), 1)
    return dict(zip(product_ids, map(int, pipe.execute()), strict=True))


@wrong(counters.q1, "reads all at once, and writes all at once")
def reads_all_writes_all(client, product_ids):
    if not product_ids:
        return {}
    old = client.mget([key_of(product_id) for product_id in product_ids])
    new = {item: int(count or 0) + 1 for item, count in zip(product_ids, old, strict=True)}
    client.mset({key_of(item): count for item, count in new.items()})
    return new


@wrong(counters.q1, "asks for the numbers in a second trip")
def asks_again(client, product_ids):
    collected(client, product_ids).execute()
    pipe = client.pipeline(transaction=False)
    for product_id in product_ids:
        pipe.get(key_of(product_id))
    return dict(zip(product_ids, map(int, pipe.execute()), strict=True))


@wrong(counters.q1, "sends something for no products, too")
def fails_for_none(client, product_ids):
    pipe = collected(client, product_ids)
    pipe.get(key_of(product_ids[0]))
    return dict(zip(product_ids, pipe.execute(), strict=False))


@wrong(counters.q1, "counts the first number of an id that comes twice")
def keeps_the_first_number(client, product_ids):
    found = {}
    for item, count in zip(product_ids, collected(client, product_ids).execute(), strict=True):
        found.setdefault(item, count)
    return found


@wrong(counters.q1, "the counter begins anew each hour")
def renews_a_time_out(client, product_ids):
    pipe = client.pipeline(transaction=False)
    for product_id in product_ids:
        pipe.incr(key_of(product_id))
        pipe.expire(key_of(product_id), 3600)
    return dict(zip(product_ids, pipe.execute()[::2], strict=True))


@wrong(counters.q1, "hides a counter that holds no number")
def hides_what_is_no_number(client, product_ids):
    replies = collected(client, product_ids).execute(raise_on_error=False)
    counts = [0 if isinstance(reply, Exception) else reply for reply in replies]
    return dict(zip(product_ids, counts, strict=True))


@wrong(counters.q1, "gives pairs, and no dict")
def gives_pairs(client, product_ids):
    return list(zip(product_ids, collected(client, product_ids).execute(), strict=True))


@wrong(counters.q1, "sends at most fifty")
def fifty_at_most(client, product_ids):
    return dict(zip(product_ids[:50], collected(client, product_ids[:50]).execute(), strict=True))


@wrong(counters.q1, "fields of one hash")
def fields_of_a_hash(client, product_ids):
    pipe = client.pipeline(transaction=False)
    for product_id in product_ids:
        pipe.hincrby("shop:views", product_id, 1)
    return dict(zip(product_ids, pipe.execute(), strict=True))


@wrong(counters.q1, "one script for all keys")
def in_one_script(client, product_ids):
    script = "local n = {} for i, k in ipairs(KEYS) do n[i] = redis.call('INCR', k) end return n"
    names = [key_of(product_id) for product_id in product_ids]
    return dict(zip(product_ids, client.eval(script, len(names), *names), strict=True))


@wrong(counters.q1, "makes the ids lower case")
def makes_ids_small(client, product_ids):
    small = [product_id.lower() for product_id in product_ids]
    return dict(zip(product_ids, collected(client, small).execute(), strict=True))


@right(counters.q1, "by INCRBY, in a with block")
def by_incrby(client, product_ids):
    with client.pipeline(transaction=False) as pipe:
        for product_id in product_ids:
            pipe.incrby("shop:views:" + product_id, 1)
        counts = pipe.execute()
    return {product_id: counts[number] for number, product_id in enumerate(product_ids)}


@right(counters.q1, "by raw commands, and nothing for no products")
def by_raw_commands(client, product_ids):
    if not product_ids:
        return {}
    pipe = client.pipeline(False)
    for product_id in product_ids:
        pipe.execute_command("INCR", key_of(product_id))
    return dict(zip(product_ids, pipe.execute(), strict=False))


@right(counters.q1, "a product that comes twice is added twice at once")
def adds_twice_at_once(client, product_ids):
    times = {product_id: product_ids.count(product_id) for product_id in product_ids}
    pipe = client.pipeline(transaction=False)
    for product_id, number in times.items():
        pipe.incrby(key_of(product_id), number)
    return dict(zip(times, pipe.execute(), strict=True))


@right(counters.q1, "reads in the same packet, too")
def reads_in_the_same_packet(client, product_ids):
    pipe = client.pipeline(transaction=False)
    for product_id in product_ids:
        pipe.incr(key_of(product_id)).get(key_of(product_id))
    return {item: int(count) for item, count in zip(product_ids, pipe.execute()[1::2], strict=True)}


def limit_of(name):
    return f"shop:limit:{name}"


def counted(client, name, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.set(limit_of(name), 0, ex=seconds, nx=True)
    pipe.incr(limit_of(name))
    return pipe


@wrong(counters.q2, "two MULTIs")
def two_multis(client, name, most, seconds):
    pipe = client.pipeline()
    pipe.set(limit_of(name), 0, ex=seconds, nx=True)
    pipe.execute()
    pipe.incr(limit_of(name))
    return pipe.execute()[0] <= most


@wrong(counters.q2, "a pipeline without MULTI")
def without_multi(client, name, most, seconds):
    pipe = client.pipeline(transaction=False)
    pipe.set(limit_of(name), 0, ex=seconds, nx=True)
    pipe.incr(limit_of(name))
    return pipe.execute()[1] <= most


@wrong(counters.q2, "makes the window longer only")
def makes_it_longer(client, name, most, seconds):
    pipe = client.pipeline()
    pipe.set(limit_of(name), 0, ex=seconds, nx=True)
    pipe.incr(limit_of(name))
    pipe.expire(limit_of(name), seconds, gt=True)
    return pipe.execute()[1] <= most


@wrong(counters.q2, "a refused request is taken back")
def takes_it_back(client, name, most, seconds):
    made = counted(client, name, seconds).execute()[1]
    if made > most:
        client.decr(limit_of(name))
    return made <= most


@wrong(counters.q2, "keeps the counter for a second more")
def one_second_more(client, name, most, seconds):
    return counted(client, name, seconds + 1).execute()[1] <= most


@wrong(counters.q2, "seconds are taken for milliseconds")
def in_milliseconds(client, name, most, seconds):
    pipe = client.pipeline()
    pipe.set(limit_of(name), 0, px=seconds, nx=True)
    pipe.incr(limit_of(name))
    return pipe.execute()[1] <= most


@wrong(counters.q2, "asks for the TTL first, and gives one where there is none")
def asks_for_the_ttl(client, name, most, seconds):
    if client.ttl(limit_of(name)) < 0:
        client.set(limit_of(name), 0, ex=seconds)
    return client.incr(limit_of(name)) <= most


@wrong(counters.q2, "a counter that holds no number lets everybody in")
def lets_everybody_in(client, name, most, seconds):
    try:
        return counted(client, name, seconds).execute()[1] <= most
    except redis.ResponseError:
        return True


@wrong(counters.q2, "an hour at most")
def an_hour_at_most(client, name, most, seconds):
    return counted(client, name, min(seconds, 3600)).execute()[1] <= most


@wrong(counters.q2, "a key for each minute of the clock")
def by_the_minute(client, name, most, seconds):
    key = f"{limit_of(name)}:{int(time.time()) // seconds}"
    pipe = client.pipeline()
    pipe.incr(key)
    pipe.expire(key, seconds)
    return pipe.execute()[0] <= most


@wrong(counters.q2, "by a script")
def by_a_script(client, name, most, seconds):
    script = """
        local made = redis.call('INCR', KEYS[1])
        if made == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
        return made
    """
    return client.eval(script, 1, limit_of(name), seconds) <= most


@wrong(counters.q2, "counts down from `most`")
def counts_down(client, name, most, seconds):
    pipe = client.pipeline()
    pipe.set(limit_of(name), most, ex=seconds, nx=True)
    pipe.decr(limit_of(name))
    return pipe.execute()[1] >= 0


@wrong(counters.q2, "nobody gets in after an error of the server")
def hides_an_error(client, name, most, seconds):
    try:
        return counted(client, name, seconds).execute()[1] <= most
    except redis.ConnectionError:
        return False


@wrong(counters.q2, "reads its counter after it has counted")
def reads_afterwards(client, name, most, seconds):
    counted(client, name, seconds).execute()
    return int(client.get(limit_of(name))) <= most


@wrong(counters.q2, "looks whether there is a counter, and makes it or counts")
def makes_it_or_counts(client, name, most, seconds):
    if client.exists(limit_of(name)):
        return client.incr(limit_of(name)) <= most
    client.set(limit_of(name), 1, ex=seconds)
    return True


@right(counters.q2, "INCR, and EXPIRE NX, in one MULTI")
def by_expire_nx(client, name, most, seconds):
    pipe = client.pipeline()
    pipe.incr(limit_of(name))
    pipe.expire(limit_of(name), seconds, nx=True)
    return pipe.execute()[0] <= most


@right(counters.q2, "by raw commands")
def limits_by_raw_commands(client, name, most, seconds):
    pipe = client.pipeline()
    pipe.execute_command("SET", limit_of(name), "0", "PX", seconds * 1000, "NX")
    pipe.execute_command("INCRBY", limit_of(name), 1)
    _, made = pipe.execute()
    return not made > most


@right(counters.q2, "with a timedelta, and the TTL in the same MULTI")
def with_a_timedelta(client, name, most, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.set(limit_of(name), 0, ex=datetime.timedelta(seconds=seconds), nx=True)
    pipe.incr(limit_of(name)).ttl(limit_of(name))
    return most - pipe.execute()[1] >= 0


@right(counters.q2, "by client.transaction")
def by_a_transaction(client, name, most, seconds):
    def count(pipe):
        pipe.multi()
        pipe.set(limit_of(name), 0, ex=seconds, nx=True)
        pipe.incr(limit_of(name))

    return client.transaction(count)[-1] <= most


def noted(request_id):
    return f"cart:{{guest}}:request:{request_id}"


def add(pipe, request_id, product_id, quantity, end=DAY):
    pipe.multi()
    pipe.set(noted(request_id), 1, ex=end, nx=True)
    pipe.zincrby(CART, quantity, product_id)


def under_watch(client, request_id, work):
    return client.transaction(work, noted(request_id), value_from_callable=True)


@wrong(counters.q3, "an hour, and not a day")
def for_an_hour(client, request_id, product_id, quantity):
    def work(pipe):
        if pipe.exists(noted(request_id)):
            return False
        add(pipe, request_id, product_id, quantity, end=3600)
        return True

    return under_watch(client, request_id, work)


@wrong(counters.q3, "looks before it watches")
def looks_before_it_watches(client, request_id, product_id, quantity):
    if client.exists(noted(request_id)):
        return False

    def work(pipe):
        add(pipe, request_id, product_id, quantity)
        return True

    return under_watch(client, request_id, work)


@wrong(counters.q3, "the note lasts a day from the last time that the request came")
def renews_the_note(client, request_id, product_id, quantity):
    def work(pipe):
        if pipe.exists(noted(request_id)):
            pipe.multi()
            pipe.expire(noted(request_id), DAY)
            return False
        add(pipe, request_id, product_id, quantity)
        return True

    return under_watch(client, request_id, work)


@wrong(counters.q3, "takes its note back where the add fails")
def takes_the_note_back(client, request_id, product_id, quantity):
    if not client.set(noted(request_id), 1, ex=DAY, nx=True):
        return False
    try:
        client.zincrby(CART, quantity, product_id)
    except redis.RedisError:
        client.delete(noted(request_id))
        raise
    return True


@wrong(counters.q3, "takes an add back where the note was there")
def takes_the_add_back(client, request_id, product_id, quantity):
    pipe = client.pipeline(transaction=True)
    pipe.set(noted(request_id), 1, ex=DAY, nx=True)
    pipe.zincrby(CART, quantity, product_id)
    if pipe.execute()[0]:
        return True
    client.zincrby(CART, -quantity, product_id)
    return False


@wrong(counters.q3, "writes the quantity, and does not add")
def writes_the_quantity(client, request_id, product_id, quantity):
    def work(pipe):
        if pipe.exists(noted(request_id)):
            return False
        pipe.multi()
        pipe.set(noted(request_id), 1, ex=DAY)
        pipe.zadd(CART, {product_id: quantity})
        return True

    return under_watch(client, request_id, work)


@wrong(counters.q3, "gives up where the note has changed")
def gives_up(client, request_id, product_id, quantity):
    with client.pipeline() as pipe:
        pipe.watch(noted(request_id), CART)
        if pipe.exists(noted(request_id)):
            return False
        add(pipe, request_id, product_id, quantity)
        try:
            pipe.execute()
        except redis.WatchError:
            return False
        return True


@wrong(counters.q3, "the same product means the same request")
def by_product(client, request_id, product_id, quantity):
    def work(pipe):
        if pipe.get(noted(request_id)) == product_id:
            return False
        pipe.multi()
        pipe.set(noted(request_id), product_id, ex=DAY)
        pipe.zincrby(CART, quantity, product_id)
        return True

    return under_watch(client, request_id, work)


@wrong(counters.q3, "the note is a field of one hash for all requests")
def in_a_hash(client, request_id, product_id, quantity):
    def work(pipe):
        if pipe.hexists("cart:{guest}:request", request_id):
            return False
        pipe.multi()
        pipe.hset("cart:{guest}:request", request_id, 1)
        pipe.expire("cart:{guest}:request", DAY)
        pipe.zincrby(CART, quantity, product_id)
        return True

    return client.transaction(work, "cart:{guest}:request", value_from_callable=True)


@wrong(counters.q3, "the cart ends with the note")
def ends_the_cart(client, request_id, product_id, quantity):
    def work(pipe):
        if pipe.exists(noted(request_id)):
            return False
        add(pipe, request_id, product_id, quantity)
        pipe.expire(CART, DAY)
        return True

    return under_watch(client, request_id, work)


@wrong(counters.q3, "a lost connection is taken for done")
def takes_lost_for_done(client, request_id, product_id, quantity):
    def work(pipe):
        if pipe.exists(noted(request_id)):
            return False
        add(pipe, request_id, product_id, quantity)
        return True

    try:
        return under_watch(client, request_id, work)
    except redis.ConnectionError:
        return True


@wrong(counters.q3, "calls multi() too late, so the note goes at once")
def notes_before_multi(client, request_id, product_id, quantity):
    def work(pipe):
        if not pipe.set(noted(request_id), 1, ex=DAY, nx=True):
            return False
        pipe.multi()
        pipe.zincrby(CART, quantity, product_id)
        return True

    return client.transaction(work, CART, value_from_callable=True)


@wrong(counters.q3, "takes an empty note for none, and writes over it")
def writes_over_an_empty_note(client, request_id, product_id, quantity):
    def work(pipe):
        if pipe.get(noted(request_id)):
            return False
        pipe.multi()
        pipe.set(noted(request_id), 1, ex=DAY)
        pipe.zincrby(CART, quantity, product_id)
        return True

    return under_watch(client, request_id, work)


@right(counters.q3, "in a loop of its own")
def in_a_loop(client, request_id, product_id, quantity):
    while True:
        with client.pipeline() as pipe:
            try:
                pipe.watch(noted(request_id))
                if pipe.get(noted(request_id)) is not None:
                    return False
                add(pipe, request_id, product_id, quantity)
                pipe.execute()
                return True
            except redis.WatchError:
                continue


@right(counters.q3, "in one script")
def once_in_a_script(client, request_id, product_id, quantity):
    script = """
        if not redis.call('SET', KEYS[1], 1, 'NX', 'EX', ARGV[3]) then return 0 end
        redis.call('ZINCRBY', KEYS[2], ARGV[1], ARGV[2])
        return 1
    """
    names = noted(request_id), CART
    return client.eval(script, 2, *names, quantity, product_id, DAY) == 1


@right(counters.q3, "watches the cart, which each such add changes")
def watches_the_cart(client, request_id, product_id, quantity):
    def work(pipe):
        if pipe.exists(noted(request_id)):
            return False
        add(pipe, request_id, product_id, quantity)
        return True

    return client.transaction(work, CART, value_from_callable=True)


@right(counters.q3, "by ZADD INCR, a timedelta, and no NX, as it is watched")
def by_zadd_incr(client, request_id, product_id, quantity):
    def work(pipe):
        if pipe.ttl(noted(request_id)) != -2:
            return False
        pipe.multi()
        pipe.zadd(CART, {product_id: quantity}, incr=True)
        pipe.set(noted(request_id), "1", ex=datetime.timedelta(days=1))
        return True

    return under_watch(client, request_id, work)
