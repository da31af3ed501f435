"""Answers to the exercises of lesson 11: wrong ones and right ones, each with the reason."""

from contextlib import suppress

import redis
from answers import right, wrong

from cartlib.course import lists

VIEWED, QUEUE = "cart:{guest}:viewed", "shop:{queue}"


def moved(client, product_id, *, count=0, first=0, last=9):
    """Collect the three commands."""
    pipe = client.pipeline(transaction=True)
    pipe.lrem(VIEWED, count, product_id)
    pipe.lpush(VIEWED, product_id)
    pipe.ltrim(VIEWED, first, last)
    return pipe


@wrong(lists.q1, "one after the other")
def one_after_the_other(client, product_id):
    client.lrem(VIEWED, 0, product_id)
    client.lpush(VIEWED, product_id)
    client.ltrim(VIEWED, 0, 9)


@wrong(lists.q1, "a pipeline without MULTI")
def without_multi(client, product_id):
    pipe = client.pipeline(transaction=False)
    pipe.lrem(VIEWED, 0, product_id)
    pipe.lpush(VIEWED, product_id)
    pipe.ltrim(VIEWED, 0, 9)
    pipe.execute()


@wrong(lists.q1, "keeps nine")
def keeps_nine(client, product_id):
    moved(client, product_id, last=8).execute()


@wrong(lists.q1, "trims from the second on")
def loses_the_first(client, product_id):
    moved(client, product_id, first=1, last=10).execute()


@wrong(lists.q1, "takes out the last one only")
def takes_out_the_last_one(client, product_id):
    moved(client, product_id, count=-1).execute()


@wrong(lists.q1, "takes out two at most")
def takes_out_two(client, product_id):
    moved(client, product_id, count=2).execute()


@wrong(lists.q1, "leaves a product alone that was looked at before")
def only_new_ones(client, product_id):
    if client.lpos(VIEWED, product_id) is None:
        moved(client, product_id).execute()


@wrong(lists.q1, "reads the list, and writes a new one")
def writes_a_new_list(client, product_id):
    before = [item for item in client.lrange(VIEWED, 0, -1) if item != product_id]
    pipe = client.pipeline(transaction=True)
    pipe.delete(VIEWED)
    pipe.rpush(VIEWED, product_id, *before[:9])
    pipe.execute()


@wrong(lists.q1, "reads the length first")
def trims_if_too_long(client, product_id):
    long = client.llen(VIEWED) >= 10
    pipe = client.pipeline(transaction=True)
    pipe.lrem(VIEWED, 0, product_id)
    pipe.lpush(VIEWED, product_id)
    if long:
        pipe.ltrim(VIEWED, 0, 9)
    pipe.execute()


@wrong(lists.q1, "gives the list a time-out")
def gives_it_a_time_out(client, product_id):
    moved(client, product_id).expire(VIEWED, 86_400).execute()


@wrong(lists.q1, "for the cart, and not for what was viewed")
def into_the_cart(client, product_id):
    pipe = client.pipeline(transaction=True)
    pipe.lrem("cart:{guest}", 0, product_id)
    pipe.lpush("cart:{guest}", product_id)
    pipe.ltrim("cart:{guest}", 0, 9)
    pipe.execute()


@wrong(lists.q1, "trims in a MULTI of its own")
def two_multis(client, product_id):
    pipe = client.pipeline(transaction=True)
    pipe.lrem(VIEWED, 0, product_id)
    pipe.lpush(VIEWED, product_id)
    pipe.execute()
    client.pipeline(transaction=True).ltrim(VIEWED, 0, 9).execute()


@wrong(lists.q1, "swallows errors")
def swallows_errors(client, product_id):
    with suppress(redis.RedisError):
        moved(client, product_id).execute()


@wrong(lists.q1, "only if there is such a list")
def lpushx(client, product_id):
    pipe = client.pipeline(transaction=True)
    pipe.lrem(VIEWED, 0, product_id)
    pipe.lpushx(VIEWED, product_id)
    pipe.ltrim(VIEWED, 0, 9)
    pipe.execute()


@wrong(lists.q1, "by a sorted set")
def by_a_sorted_set(client, product_id):
    client.zadd(VIEWED, {product_id: 1})


@right(lists.q1, "a pipeline in a with block, chained")
def in_a_with_block(client, product_id):
    with client.pipeline() as pipe:
        pipe.lrem(VIEWED, 0, product_id).lpush(VIEWED, product_id).ltrim(VIEWED, 0, 9).execute()


@right(lists.q1, "trims before it pushes")
def trims_before(client, product_id):
    pipe = client.pipeline(transaction=True)
    pipe.lrem(VIEWED, 0, product_id)
    pipe.ltrim(VIEWED, 0, 8)
    pipe.lpush(VIEWED, product_id)
    pipe.execute()


@right(lists.q1, "by client.transaction")
def in_a_transaction(client, product_id):
    def collect(pipe):
        pipe.multi()
        pipe.lrem(VIEWED, 0, product_id)
        pipe.lpush(VIEWED, product_id)
        pipe.ltrim(VIEWED, 0, 9)

    client.transaction(collect)


@right(lists.q1, "raw commands")
def raw_commands(client, product_id):
    pipe = client.pipeline()
    for words in (["LREM", VIEWED, 0, product_id], ["LPUSH", VIEWED, product_id]):
        pipe.execute_command(*words)
    pipe.execute_command("LTRIM", VIEWED, 0, 9)
    pipe.execute()


@right(lists.q1, "reads what is left in the same MULTI")
def reads_it_too(client, product_id):
    moved(client, product_id).lrange(VIEWED, 0, -1).execute()


def work_of(worker):
    return f"{QUEUE}:work:{worker}"


@wrong(lists.q2, "looks at the order, and moves it later")
def looks_first(client, worker):
    order = client.lindex(QUEUE, -1)
    if order is not None:
        pipe = client.pipeline(transaction=True)
        pipe.rpop(QUEUE)
        pipe.lpush(work_of(worker), order)
        pipe.execute()
    return order


@wrong(lists.q2, "puts it in first, and takes it out then")
def puts_it_in_first(client, worker):
    order = client.lindex(QUEUE, -1)
    if order is not None:
        client.lpush(work_of(worker), order)
        client.lrem(QUEUE, -1, order)
    return order


@wrong(lists.q2, "two MULTIs")
def in_two_multis(client, worker):
    [order] = client.pipeline(transaction=True).rpop(QUEUE).execute()
    if order is not None:
        client.pipeline(transaction=True).lpush(work_of(worker), order).execute()
    return order


@wrong(lists.q2, "waits for an order")
def waits(client, worker):
    return client.blmove(QUEUE, work_of(worker), 1, "RIGHT", "LEFT")


@wrong(lists.q2, "redis-py's own ends")
def with_the_default_ends(client, worker):
    return client.lmove(QUEUE, work_of(worker))


@wrong(lists.q2, "returns what the worker has in hand")
def returns_the_list(client, worker):
    client.lmove(QUEUE, work_of(worker), "RIGHT", "LEFT")
    return client.lrange(work_of(worker), 0, -1)


@wrong(lists.q2, "returns the newest in hand, also if nothing was taken")
def returns_what_is_in_hand(client, worker):
    client.lmove(QUEUE, work_of(worker), "RIGHT", "LEFT")
    return client.lindex(work_of(worker), 0)


@wrong(lists.q2, "takes nothing while there is one in hand")
def one_at_a_time(client, worker):
    if client.llen(work_of(worker)):
        return None
    return client.lmove(QUEUE, work_of(worker), "RIGHT", "LEFT")


@wrong(lists.q2, "the same list for all workers")
def one_list_for_all(client, worker):
    return client.lmove(QUEUE, f"{QUEUE}:work", "RIGHT", "LEFT")


@wrong(lists.q2, "ann only")
def for_ann_only(client, worker):
    return client.lmove(QUEUE, f"{QUEUE}:work:ann", "RIGHT", "LEFT")


@wrong(lists.q2, "the name in small letters")
def in_small_letters(client, worker):
    return client.lmove(QUEUE, work_of(worker.lower()), "RIGHT", "LEFT")


@wrong(lists.q2, "raises an error where none waits")
def raises_an_error(client, worker):
    order = client.lmove(QUEUE, work_of(worker), "RIGHT", "LEFT")
    if order is None:
        raise LookupError("no order")
    return order


@wrong(lists.q2, "takes a refusal for an empty queue")
def takes_a_refusal_for_empty(client, worker):
    try:
        return client.lmove(QUEUE, work_of(worker), "RIGHT", "LEFT")
    except redis.ResponseError:
        return None


@wrong(lists.q2, "gives the list a time-out")
def gives_the_list_a_time_out(client, worker):
    pipe = client.pipeline(transaction=True)
    pipe.lmove(QUEUE, work_of(worker), "RIGHT", "LEFT")
    pipe.expire(work_of(worker), 3600)
    return pipe.execute()[0]


@wrong(lists.q2, "takes by LPOP what it put there")
def takes_it_again(client, worker):
    client.lmove(QUEUE, work_of(worker), "RIGHT", "LEFT")
    return client.lpop(work_of(worker))


@right(lists.q2, "the arguments by their names")
def by_names(client, worker):
    return client.lmove(QUEUE, work_of(worker), src="RIGHT", dest="LEFT")


@right(lists.q2, "an older command for just these ends")
def by_rpoplpush(client, worker):
    return client.rpoplpush(QUEUE, work_of(worker))


@right(lists.q2, "a raw command, in small letters")
def by_a_raw_command(client, worker):
    return client.execute_command("lmove", QUEUE, "shop:{queue}:work:" + worker, "right", "left")


@right(lists.q2, "in a MULTI")
def in_a_multi(client, worker):
    return client.pipeline().lmove(QUEUE, work_of(worker), "RIGHT", "LEFT").execute()[0]


@right(lists.q2, "looks whether one is there, and trusts LMOVE only")
def asks_first(client, worker):
    if not client.exists(QUEUE):
        return None
    return client.lmove(QUEUE, work_of(worker), "RIGHT", "LEFT")


@right(lists.q2, "under WATCH, by two commands in one MULTI")
def under_watch(client, worker):
    with client.pipeline() as pipe:
        while True:
            with suppress(redis.WatchError):
                pipe.watch(QUEUE)
                order = pipe.lindex(QUEUE, -1)
                if order is None:
                    return None
                pipe.multi()
                pipe.rpop(QUEUE)
                pipe.lpush(work_of(worker), order)
                pipe.execute()
                return order


@right(lists.q2, "by a script")
def by_a_script(client, worker):
    script = "return redis.call('LMOVE', KEYS[1], KEYS[2], 'RIGHT', 'LEFT')"
    return client.eval(script, 2, QUEUE, work_of(worker)) or None


@wrong(lists.q3, "the whole list in the place of the queue")
def renames(client, worker):
    number = client.llen(work_of(worker))
    if number:
        client.rename(work_of(worker), QUEUE)
    return number


@wrong(lists.q3, "each by LREM and RPUSH")
def each_by_two_commands(client, worker):
    orders = client.lrange(work_of(worker), 0, -1)
    for order in orders:
        client.lrem(work_of(worker), 1, order)
        client.rpush(QUEUE, order)
    return len(orders)


@wrong(lists.q3, "each by two commands in a MULTI, after a look")
def each_in_a_multi(client, worker):
    orders = client.lrange(work_of(worker), 0, -1)
    for order in orders:
        pipe = client.pipeline(transaction=True)
        pipe.rpush(QUEUE, order)
        pipe.lrem(work_of(worker), 1, order)
        pipe.execute()
    return len(orders)


@wrong(lists.q3, "deletes the list at the end")
def deletes_at_the_end(client, worker):
    number = 0
    while client.lmove(work_of(worker), QUEUE, "LEFT", "RIGHT"):
        number += 1
    client.delete(work_of(worker))
    return number


@wrong(lists.q3, "counts one too many")
def counts_the_none(client, worker):
    number, order = 0, ""
    while order is not None:
        order = client.lmove(work_of(worker), QUEUE, "LEFT", "RIGHT")
        number += 1
    return number


@wrong(lists.q3, "looks for the length before each, and counts what was not moved")
def counts_in_vain(client, worker):
    number = 0
    while client.llen(work_of(worker)):
        client.lmove(work_of(worker), QUEUE, "LEFT", "RIGHT")
        number += 1
    return number


@wrong(lists.q3, "two at most")
def two_at_most(client, worker):
    moved = [client.lmove(work_of(worker), QUEUE, "LEFT", "RIGHT") for _ in range(2)]
    return sum(order is not None for order in moved)


@wrong(lists.q3, "returns whether there was any")
def returns_whether(client, worker):
    found = False
    while client.lmove(work_of(worker), QUEUE, "LEFT", "RIGHT"):
        found = True
    return found


@wrong(lists.q3, "returns how many wait now")
def returns_how_many_wait(client, worker):
    while client.lmove(work_of(worker), QUEUE, "LEFT", "RIGHT"):
        pass
    return client.llen(QUEUE)


@wrong(lists.q3, "each order once only")
def without_doubles(client, worker):
    number, seen = 0, set()
    while (order := client.lmove(work_of(worker), QUEUE, "LEFT", "RIGHT")) is not None:
        if order in seen:
            client.lrem(QUEUE, -1, order)
        seen.add(order)
        number += 1
    return number


@wrong(lists.q3, "stops at a refusal")
def stops_at_a_refusal(client, worker):
    number = 0
    with suppress(redis.ResponseError):
        while client.lmove(work_of(worker), QUEUE, "LEFT", "RIGHT"):
            number += 1
    return number


@wrong(lists.q3, "with what redis-py takes for LMOVE's ends")
def turns_them_over(client, worker):
    number = 0
    while client.rpoplpush(work_of(worker), QUEUE) is not None:
        number += 1
    return number


@wrong(lists.q3, "into the list of another worker")
def gives_them_to_bob(client, worker):
    number = 0
    while client.lmove(work_of(worker), work_of("bob"), "LEFT", "RIGHT") is not None:
        number += 1
    return number


@right(lists.q3, "as many as there are, in one MULTI")
def in_one_multi(client, worker):
    pipe = client.pipeline(transaction=True)
    for _ in range(client.llen(work_of(worker))):
        pipe.lmove(work_of(worker), QUEUE, "LEFT", "RIGHT")
    return sum(order is not None for order in pipe.execute())


@right(lists.q3, "as many as there are, in a pipeline")
def in_a_pipeline(client, worker):
    pipe = client.pipeline(transaction=False)
    for _ in range(client.llen(work_of(worker))):
        pipe.lmove(work_of(worker), QUEUE, "LEFT", "RIGHT")
    return len([order for order in pipe.execute() if order is not None])


@right(lists.q3, "by iter")
def by_iter(client, worker):
    def move():
        return client.lmove(work_of(worker), QUEUE, "LEFT", "RIGHT")

    return len(list(iter(move, None)))


@right(lists.q3, "in a script, until none is left")
def moves_in_lua(client, worker):
    script = """
    local number = 0
    while redis.call('LMOVE', KEYS[1], KEYS[2], 'LEFT', 'RIGHT') do number = number + 1 end
    return number
    """
    return client.eval(script, 2, work_of(worker), QUEUE)


@right(lists.q3, "copies under WATCH")
def copies_under_watch(client, worker):
    def copy(pipe):
        orders = pipe.lrange(work_of(worker), 0, -1)
        pipe.multi()
        if orders:
            pipe.rpush(QUEUE, *orders)
            pipe.delete(work_of(worker))
        return len(orders)

    return client.transaction(copy, work_of(worker), value_from_callable=True)


@right(lists.q3, "with a break")
def with_a_break(client, worker):
    number = 0
    while True:
        order = client.lmove(work_of(worker), QUEUE, src="LEFT", dest="RIGHT")
        if order is None:
            break
        number = number + 1
    return number
