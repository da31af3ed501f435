"""Answers to the exercises of lesson 16: wrong ones and right ones, each with the reason."""

import json

import redis
from answers import right, wrong

from cartlib.course import whole
from cartlib.errors import EmptyCartError

CART, ORDERS, MONTH = "cart:{guest}", "shop:{orders}", 2_592_000


def note_list(client, visitor, product_id):
    """Put the product first, as it should be, in a MULTI."""
    key = f"cart:{{{visitor}}}:viewed"
    with client.pipeline() as pipe:
        pipe.lrem(key, 0, product_id).lpush(key, product_id).ltrim(key, 0, 9).execute()


def count(client, visitor, product_id, day):
    """Count the view and the visitor, in one trip; return the views."""
    pipe = client.pipeline(transaction=False)
    return (
        pipe.incr(f"shop:views:{product_id}")
        .pfadd(f"shop:{{visitors}}:{day}", visitor)
        .execute()[0]
    )


@wrong(whole.q1, "three trips")
def counts_in_two_trips(client, visitor, product_id, day):
    note_list(client, visitor, product_id)
    client.pfadd(f"shop:{{visitors}}:{day}", visitor)
    return client.incr(f"shop:views:{product_id}")


@wrong(whole.q1, "all in one MULTI")
def one_multi_for_all(client, visitor, product_id, day):
    key = f"cart:{{{visitor}}}:viewed"
    pipe = client.pipeline()
    pipe.lrem(key, 0, product_id)
    pipe.lpush(key, product_id)
    pipe.ltrim(key, 0, 9)
    pipe.incr(f"shop:views:{product_id}")
    pipe.pfadd(f"shop:{{visitors}}:{day}", visitor)
    return pipe.execute()[3]


@wrong(whole.q1, "the list without a MULTI")
def list_without_multi(client, visitor, product_id, day):
    key = f"cart:{{{visitor}}}:viewed"
    pipe = client.pipeline(transaction=False)
    pipe.lrem(key, 0, product_id)
    pipe.lpush(key, product_id)
    pipe.ltrim(key, 0, 9)
    pipe.execute()
    return count(client, visitor, product_id, day)


@wrong(whole.q1, "reads the list, and writes it anew")
def writes_the_list_anew(client, visitor, product_id, day):
    key = f"cart:{{{visitor}}}:viewed"
    seen = [item for item in client.lrange(key, 0, -1) if item != product_id]
    pipe = client.pipeline()
    pipe.delete(key)
    pipe.rpush(key, product_id, *seen[:9])
    pipe.execute()
    return count(client, visitor, product_id, day)


@wrong(whole.q1, "reads the counter, and writes it back")
def counts_the_view_before_and_adds_one(client, visitor, product_id, day):
    note_list(client, visitor, product_id)
    pipe = client.pipeline(transaction=False)
    pipe.get(f"shop:views:{product_id}")
    pipe.pfadd(f"shop:{{visitors}}:{day}", visitor)
    views = int(pipe.execute()[0] or 0) + 1
    client.set(f"shop:views:{product_id}", views)
    return views


@wrong(whole.q1, "nine stay")
def keeps_nine(client, visitor, product_id, day):
    key = f"cart:{{{visitor}}}:viewed"
    client.pipeline().lrem(key, 0, product_id).lpush(key, product_id).ltrim(key, 0, 8).execute()
    return count(client, visitor, product_id, day)


@wrong(whole.q1, "one list for all visitors")
def the_guest_alone(client, visitor, product_id, day):
    note_list(client, "guest", product_id)
    return count(client, visitor, product_id, day)


@wrong(whole.q1, "a visitor is counted only at the first view of a product")
def counts_the_first_view_only(client, visitor, product_id, day):
    note_list(client, visitor, product_id)
    views = client.incr(f"shop:views:{product_id}")
    if views == 1:
        client.pfadd(f"shop:{{visitors}}:{day}", visitor)
    return views


@wrong(whole.q1, "trims first, so that eleven can stay")
def trims_first(client, visitor, product_id, day):
    key = f"cart:{{{visitor}}}:viewed"
    client.pipeline().lrem(key, 0, product_id).ltrim(key, 0, 9).lpush(key, product_id).execute()
    return count(client, visitor, product_id, day)


@right(whole.q1, "the counters first")
def counters_first(client, visitor, product_id, day):
    views = count(client, visitor, product_id, day)
    note_list(client, visitor, product_id)
    return views


@right(whole.q1, "LTRIM to the eighth place before the push")
def trims_to_nine_first(client, visitor, product_id, day):
    key = f"cart:{{{visitor}}}:viewed"
    client.pipeline().lrem(key, 0, product_id).ltrim(key, 0, 8).lpush(key, product_id).execute()
    return count(client, visitor, product_id, day)


@right(whole.q1, "INCRBY, and LREM from the other end")
def incrby_and_lrem_from_the_end(client, visitor, product_id, day):
    key = "cart:{" + visitor + "}:viewed"
    pipe = client.pipeline(transaction=True)
    pipe.lrem(key, -10, product_id)
    pipe.lpush(key, product_id)
    pipe.ltrim(key, 0, 9)
    pipe.execute()
    counters = client.pipeline(transaction=False)
    counters.pfadd("shop:{visitors}:" + day, visitor)
    counters.incrby("shop:views:" + product_id, 1)
    return counters.execute()[-1]


@right(whole.q1, "with blocks")
def with_blocks(client, visitor, product_id, day):
    with client.pipeline() as pipe:
        pipe.lrem(f"cart:{{{visitor}}}:viewed", 0, product_id)
        pipe.lpush(f"cart:{{{visitor}}}:viewed", product_id)
        pipe.ltrim(f"cart:{{{visitor}}}:viewed", 0, 9)
        pipe.execute()
    with client.pipeline(transaction=False) as pipe:
        pipe.incr(f"shop:views:{product_id}")
        pipe.pfadd(f"shop:{{visitors}}:{day}", visitor)
        views, _ = pipe.execute()
    return views


def lines_of(pipe):
    """Return the lines of the cart as pairs, or raise that there are none."""
    lines = pipe.zrange(CART, 0, -1, withscores=True)
    if not lines:
        raise EmptyCartError("guest")
    return [[item, int(score)] for item, score in lines]


def written(order_id, lines):
    """Return an order's text."""
    return json.dumps({"order_id": order_id, "lines": lines})


@wrong(whole.q2, "watches nothing")
def watches_nothing(client, order_id):
    note = f"cart:{{guest}}:order:{order_id}"
    order = client.get(note)
    if order is None:
        order = written(order_id, lines_of(client))
        pipe = client.pipeline()
        pipe.set(note, order, ex=MONTH)
        pipe.delete(CART)
        pipe.execute()
    client.xadd(ORDERS, {"order": order})
    return json.loads(order)


@wrong(whole.q2, "SET NX guards the note, and the cart is emptied after it")
def set_nx_and_then_empties(client, order_id):
    note = f"cart:{{guest}}:order:{order_id}"
    order = client.get(note)
    if order is None:
        order = written(order_id, lines_of(client))
        if client.set(note, order, nx=True, ex=MONTH):
            client.delete(CART)
    client.xadd(ORDERS, {"order": order})
    return json.loads(order)


@wrong(whole.q2, "the cart is looked at first, so an order that was made is refused")
def looks_at_the_cart_first(client, order_id):
    note = f"cart:{{guest}}:order:{order_id}"

    def work(pipe):
        lines, order = lines_of(pipe), pipe.get(note)
        if order is None:
            order = written(order_id, lines)
            pipe.multi()
            pipe.set(note, order, ex=MONTH)
            pipe.delete(CART)
        return order

    order = client.transaction(work, CART, note, value_from_callable=True)
    client.xadd(ORDERS, {"order": order})
    return json.loads(order)


@wrong(whole.q2, "the stream before the note: an order that was not made can be packed")
def stream_first(client, order_id):
    note = f"cart:{{guest}}:order:{order_id}"
    order = client.get(note) or written(order_id, lines_of(client))
    client.xadd(ORDERS, {"order": order})

    def work(pipe):
        if pipe.get(note) is None:
            pipe.multi()
            pipe.set(note, order, ex=MONTH)
            pipe.delete(CART)

    client.transaction(work, CART, note)
    return json.loads(order)


@wrong(whole.q2, "XADD inside of the MULTI: two slots")
def stream_in_the_multi(client, order_id):
    note = f"cart:{{guest}}:order:{order_id}"

    def work(pipe):
        order = pipe.get(note)
        lines = None if order else lines_of(pipe)
        pipe.multi()
        if lines:
            order = written(order_id, lines)
            pipe.set(note, order, ex=MONTH)
            pipe.delete(CART)
        pipe.xadd(ORDERS, {"order": order})
        return order

    return json.loads(client.transaction(work, CART, note, value_from_callable=True))


@wrong(whole.q2, "tries once")
def tries_once(client, order_id):
    note = f"cart:{{guest}}:order:{order_id}"
    with client.pipeline() as pipe:
        pipe.watch(CART, note)
        order = pipe.get(note)
        if order is None:
            order = written(order_id, lines_of(pipe))
            pipe.multi()
            pipe.set(note, order, ex=MONTH)
            pipe.delete(CART)
            pipe.execute()
    client.xadd(ORDERS, {"order": order})
    return json.loads(order)


@wrong(whole.q2, "returns the lines alone")
def returns_the_lines(client, order_id):
    return whole.order_once(client, order_id)["lines"]


@wrong(whole.q2, "the note's time-out is made new at each call")
def renews_the_time_out(client, order_id):
    order = whole.order_once(client, order_id)
    client.expire(f"cart:{{guest}}:order:{order_id}", MONTH)
    return order


@wrong(whole.q2, "an empty cart gives None")
def none_for_an_empty_cart(client, order_id):
    try:
        return whole.order_once(client, order_id)
    except EmptyCartError:
        return None


@wrong(whole.q2, "empties the lines, but not what was added meanwhile, and keeps the key")
def removes_line_by_line(client, order_id):
    note = f"cart:{{guest}}:order:{order_id}"
    order = client.get(note)
    if order is None:
        lines = lines_of(client)
        order = written(order_id, lines)
        pipe = client.pipeline()
        pipe.set(note, order, ex=MONTH, nx=True)
        for item, _ in lines:
            pipe.zrem(CART, item)
        pipe.execute()
    client.xadd(ORDERS, {"order": order})
    return json.loads(order)


@right(whole.q2, "a loop of one's own")
def a_loop(client, order_id):
    note = f"cart:{{guest}}:order:{order_id}"
    with client.pipeline() as pipe:
        while True:
            try:
                pipe.watch(CART, note)
                order = pipe.get(note)
                if order is None:
                    order = written(order_id, lines_of(pipe))
                    pipe.multi()
                    pipe.set(note, order, ex=MONTH)
                    pipe.delete(CART)
                    pipe.execute()
                break
            except redis.WatchError:
                continue
    client.xadd(ORDERS, {"order": order})
    return json.loads(order)


@right(whole.q2, "SETEX and UNLINK")
def setex_and_unlink(client, order_id):
    note = "cart:{guest}:order:" + order_id
    found = {}

    def work(pipe):
        found["order"] = pipe.get(note)
        if found["order"] is None:
            pairs = lines_of(pipe)
            found["order"] = written(order_id, pairs)
            pipe.multi()
            pipe.execute_command("SETEX", note, MONTH, found["order"])
            pipe.unlink(CART)

    client.transaction(work, CART, note)
    client.xadd(ORDERS, {"order": found["order"]})
    return json.loads(found["order"])


@right(whole.q2, "SET NX too, though WATCH guards it")
def nx_as_well(client, order_id):
    note = f"cart:{{guest}}:order:{order_id}"

    def work(pipe):
        text = pipe.get(note)
        if text:
            return text
        text = written(order_id, lines_of(pipe))
        pipe.multi()
        pipe.delete(CART)
        pipe.set(note, text, ex=MONTH, nx=True)
        return text

    text = client.transaction(work, note, CART, value_from_callable=True)
    client.xadd("shop:{orders}", {"order": text}, id="*")
    return json.loads(text)


@right(whole.q2, "the quantities of the scores by int(float)")
def dict_by_hand(client, order_id):
    cart, note = "cart:{guest}", f"cart:{{guest}}:order:{order_id}"

    def work(pipe):
        if pipe.exists(note):
            return pipe.get(note)
        scores = pipe.zrange(cart, 0, -1, withscores=True)
        if len(scores) == 0:
            raise EmptyCartError("guest")
        lines = []
        for item, score in scores:
            lines.append([item, int(float(score))])
        text = json.dumps({"order_id": order_id, "lines": lines})
        pipe.multi()
        pipe.set(note, text)
        pipe.expire(note, MONTH)
        pipe.delete(cart)
        return text

    text = client.transaction(work, cart, note, value_from_callable=True)
    client.xadd(ORDERS, {"order": text})
    return json.loads(text)


def next_order(client, worker, count=1):
    """Return the entry's id and the order's id of the next order, or None twice."""
    found = client.xreadgroup("packers", worker, {ORDERS: ">"}, count=count)
    if not found:
        return None, None
    entry_id, fields = found[0][1][0]
    return entry_id, json.loads(fields["order"])["order_id"]


def mark_of(order_id):
    """Return the key that says who packed an order."""
    return f"shop:{{orders}}:done:{order_id}"


@wrong(whole.q3, "acknowledges first")
def acknowledges_first(client, worker):
    entry_id, order_id = next_order(client, worker)
    if order_id is None:
        return None
    client.xack(ORDERS, "packers", entry_id)
    return order_id if client.set(mark_of(order_id), worker, nx=True, ex=MONTH) else None


@wrong(whole.q3, "marks the entry and not the order")
def marks_the_entry(client, worker):
    entry_id, order_id = next_order(client, worker)
    if order_id is None:
        return None
    pipe = client.pipeline()
    pipe.set(mark_of(entry_id), worker, nx=True, ex=MONTH)
    pipe.xack(ORDERS, "packers", entry_id)
    return order_id if pipe.execute()[0] else None


@wrong(whole.q3, "reads with NOACK")
def reads_with_noack(client, worker):
    found = client.xreadgroup("packers", worker, {ORDERS: ">"}, count=1, noack=True)
    if not found:
        return None
    order_id = json.loads(found[0][1][0][1]["order"])["order_id"]
    return order_id if client.set(mark_of(order_id), worker, nx=True, ex=MONTH) else None


@wrong(whole.q3, "acknowledges only what it packs itself")
def acknowledges_its_own_only(client, worker):
    entry_id, order_id = next_order(client, worker)
    if order_id is None or client.exists(mark_of(order_id)):
        return None
    pipe = client.pipeline()
    pipe.set(mark_of(order_id), worker, nx=True, ex=MONTH)
    pipe.xack(ORDERS, "packers", entry_id)
    pipe.execute()
    return order_id


@wrong(whole.q3, "reads what is pending, and not what is new")
def reads_what_is_pending(client, worker):
    found = client.xreadgroup("packers", worker, {ORDERS: "0"}, count=1)
    if not found or not found[0][1]:
        return None
    entry_id, fields = found[0][1][0]
    order_id = json.loads(fields["order"])["order_id"]
    pipe = client.pipeline()
    pipe.set(mark_of(order_id), worker, nx=True, ex=MONTH)
    pipe.xack(ORDERS, "packers", entry_id)
    return order_id if pipe.execute()[0] else None


@wrong(whole.q3, "looks at the mark, then writes over it")
def looks_then_writes(client, worker):
    entry_id, order_id = next_order(client, worker)
    if order_id is None:
        return None
    packed = client.get(mark_of(order_id))
    pipe = client.pipeline()
    if not packed:
        pipe.set(mark_of(order_id), worker, ex=MONTH)
    pipe.xack(ORDERS, "packers", entry_id)
    pipe.execute()
    return None if packed else order_id


@wrong(whole.q3, "deletes the entry, too")
def deletes_the_entry(client, worker):
    entry_id, order_id = next_order(client, worker)
    if order_id is None:
        return None
    pipe = client.pipeline()
    pipe.set(mark_of(order_id), worker, nx=True, ex=MONTH)
    pipe.xack(ORDERS, "packers", entry_id)
    pipe.xdel(ORDERS, entry_id)
    return order_id if pipe.execute()[0] else None


@wrong(whole.q3, "always the same worker")
def always_ann(client, worker):
    return whole.pack(client, "ann")


@wrong(whole.q3, "without the group")
def reads_without_the_group(client, worker):
    entries = client.xrange(ORDERS, count=1)
    if not entries:
        return None
    entry_id, fields = entries[0]
    order_id = json.loads(fields["order"])["order_id"]
    pipe = client.pipeline()
    pipe.set(mark_of(order_id), worker, nx=True, ex=MONTH)
    pipe.xack(ORDERS, "packers", entry_id)
    return order_id if pipe.execute()[0] else None


@right(whole.q3, "the acknowledgement first, inside of the MULTI")
def ack_first_in_the_multi(client, worker):
    entry_id, order_id = next_order(client, worker)
    if order_id is None:
        return None
    pipe = client.pipeline(transaction=True)
    pipe.xack(ORDERS, "packers", entry_id)
    pipe.set(mark_of(order_id), worker, nx=True, ex=MONTH)
    _, marked = pipe.execute()
    if marked:
        return order_id


@right(whole.q3, "XREADGROUP by keywords, a loop over the reply")
def loops_over_the_reply(client, worker):
    reply = client.xreadgroup(
        groupname="packers", consumername=worker, streams={"shop:{orders}": ">"}, count=1
    )
    for _, entries in reply:
        for entry_id, fields in entries:
            order = json.loads(fields["order"])
            with client.pipeline() as pipe:
                pipe.set(mark_of(order["order_id"]), worker, ex=MONTH, nx=True)
                pipe.xack("shop:{orders}", "packers", entry_id)
                if pipe.execute()[0]:
                    return order["order_id"]
    return None


@right(whole.q3, "SET by execute_command")
def set_by_its_words(client, worker):
    entry_id, order_id = next_order(client, worker)
    if entry_id is None:
        return None
    pipe = client.pipeline()
    pipe.execute_command("SET", mark_of(order_id), worker, "NX", "EX", MONTH)
    pipe.execute_command("XACK", ORDERS, "packers", entry_id)
    first = pipe.execute()[0]
    return order_id if first is not None else None


@right(whole.q3, "SET NX GET, which replies who was first")
def set_nx_get(client, worker):
    entry_id, order_id = next_order(client, worker)
    if entry_id is None:
        return None
    pipe = client.pipeline()
    pipe.set(mark_of(order_id), worker, nx=True, get=True, ex=MONTH)
    pipe.xack(ORDERS, "packers", entry_id)
    before, _ = pipe.execute()
    return order_id if before is None else None


def rest(client, visitor, seen=2):
    """Return what was viewed, and the wishes, in one trip."""
    pipe = client.pipeline(transaction=False)
    pipe.lrange(f"cart:{{{visitor}}}:viewed", 0, seen)
    pipe.smembers(f"shop:{{wishes}}:{visitor}")
    return pipe.execute()


def best_of(sold):
    """Return the three that sold best of a ZUNION's reply."""
    return sorted([(item, int(n)) for item, n in sold], key=lambda x: (-x[1], x[0]))[:3]


@wrong(whole.q4, "ZUNIONSTORE into a key of its own, deleted afterwards")
def stores_the_union(client, visitor, days):
    pipe = client.pipeline(transaction=False)
    pipe.zunionstore("shop:{sales}:sum", [f"shop:{{sales}}:{day}" for day in days])
    pipe.zrange("shop:{sales}:sum", 0, -1, withscores=True)
    pipe.delete("shop:{sales}:sum")
    pipe.lrange(f"cart:{{{visitor}}}:viewed", 0, 2)
    pipe.smembers(f"shop:{{wishes}}:{visitor}")
    _, sold, _, seen, wishes = pipe.execute()
    visitors = client.pfcount(*[f"shop:{{visitors}}:{day}" for day in days])
    best = best_of(sold)
    return {"best": best, "visitors": visitors, "viewed": seen, "wishes": sorted(wishes)}


@wrong(whole.q4, "PFMERGE")
def merges_the_visitors(client, visitor, days):
    page = whole.front_page(client, visitor, days)
    client.pfmerge("shop:{visitors}:all", *[f"shop:{{visitors}}:{day}" for day in days])
    return page | {"visitors": client.pfcount("shop:{visitors}:all")}


@wrong(whole.q4, "one trip for each question")
def a_trip_for_each(client, visitor, days):
    sold = client.zunion([f"shop:{{sales}}:{day}" for day in days], withscores=True)
    return {
        "best": best_of(sold),
        "visitors": client.pfcount(*[f"shop:{{visitors}}:{day}" for day in days]),
        "viewed": client.lrange(f"cart:{{{visitor}}}:viewed", 0, 2),
        "wishes": sorted(client.smembers(f"shop:{{wishes}}:{visitor}")),
    }


@wrong(whole.q4, "the first day only")
def the_first_day_only(client, visitor, days):
    return whole.front_page(client, visitor, days[:1])


@wrong(whole.q4, "the best of each day, and not of the sums")
def best_of_the_last_day(client, visitor, days):
    page = whole.front_page(client, visitor, days)
    return page | {"best": whole.front_page(client, visitor, days[-1:])["best"]}


@wrong(whole.q4, "ZUNION with the greatest in place of the sum")
def greatest_in_place_of_the_sum(client, visitor, days):
    pipe = client.pipeline(transaction=False)
    pipe.zunion([f"shop:{{sales}}:{day}" for day in days], aggregate="MAX", withscores=True)
    pipe.lrange(f"cart:{{{visitor}}}:viewed", 0, 2)
    pipe.smembers(f"shop:{{wishes}}:{visitor}")
    sold, seen, wishes = pipe.execute()
    visitors = client.pfcount(*[f"shop:{{visitors}}:{day}" for day in days])
    best = best_of(sold)
    return {"best": best, "visitors": visitors, "viewed": seen, "wishes": sorted(wishes)}


@wrong(whole.q4, "all of the best")
def all_that_was_sold(client, visitor, days):
    pipe = client.pipeline(transaction=False)
    pipe.zunion([f"shop:{{sales}}:{day}" for day in days], withscores=True)
    pipe.lrange(f"cart:{{{visitor}}}:viewed", 0, 2)
    pipe.smembers(f"shop:{{wishes}}:{visitor}")
    sold, seen, wishes = pipe.execute()
    visitors = client.pfcount(*[f"shop:{{visitors}}:{day}" for day in days])
    best = sorted([(item, int(n)) for item, n in sold], key=lambda x: (-x[1], x[0]))
    return {"best": best, "visitors": visitors, "viewed": seen, "wishes": sorted(wishes)}


@wrong(whole.q4, "the order of equal ones is Redis' own, turned round")
def turns_the_union_round(client, visitor, days):
    pipe = client.pipeline(transaction=False)
    pipe.zunion([f"shop:{{sales}}:{day}" for day in days], withscores=True)
    pipe.lrange(f"cart:{{{visitor}}}:viewed", 0, 2)
    pipe.smembers(f"shop:{{wishes}}:{visitor}")
    sold, seen, wishes = pipe.execute()
    visitors = client.pfcount(*[f"shop:{{visitors}}:{day}" for day in days])
    best = [(item, int(n)) for item, n in reversed(sold)][:3]
    return {"best": best, "visitors": visitors, "viewed": seen, "wishes": sorted(wishes)}


@wrong(whole.q4, "the guest's wishes")
def wishes_of_the_guest(client, visitor, days):
    page = whole.front_page(client, visitor, days)
    return page | {"wishes": sorted(rest(client, "guest")[1])}


@wrong(whole.q4, "in one pipeline, PFCOUNT too, which one server alone allows")
def one_pipeline(client, visitor, days):
    pipe = client.pipeline(transaction=False)
    pipe.zunion([f"shop:{{sales}}:{day}" for day in days], withscores=True)
    pipe.pfcount(*[f"shop:{{visitors}}:{day}" for day in days])
    pipe.lrange(f"cart:{{{visitor}}}:viewed", 0, 2)
    pipe.smembers(f"shop:{{wishes}}:{visitor}")
    sold, visitors, seen, wishes = pipe.execute()
    best = best_of(sold)
    return {"best": best, "visitors": visitors, "viewed": seen, "wishes": sorted(wishes)}


@right(whole.q4, "sorts by the pieces alone, as ZUNION has equal ones in the order of the ids")
def sorts_by_pieces(client, visitor, days):
    pipe = client.pipeline(transaction=False)
    pipe.zunion([f"shop:{{sales}}:{day}" for day in days], withscores=True)
    pipe.lrange(f"cart:{{{visitor}}}:viewed", 0, 2)
    pipe.smembers(f"shop:{{wishes}}:{visitor}")
    sold, seen, wishes = pipe.execute()
    visitors = client.pfcount(*[f"shop:{{visitors}}:{day}" for day in days])
    best = sorted(sold, key=lambda line: line[1], reverse=True)[:3]
    best = [(item, int(score)) for item, score in best]
    return {"best": best, "visitors": visitors, "viewed": seen, "wishes": sorted(wishes)}


@right(whole.q4, "adds up in Python")
def adds_up_in_python(client, visitor, days):
    pipe = client.pipeline(transaction=False)
    for day in days:
        pipe.zrange(f"shop:{{sales}}:{day}", 0, -1, withscores=True)
    pipe.lrange(f"cart:{{{visitor}}}:viewed", 0, 2)
    pipe.smembers(f"shop:{{wishes}}:{visitor}")
    *sold, seen, wishes = pipe.execute()
    pieces = {}
    for day in sold:
        for item, score in day:
            pieces[item] = pieces.get(item, 0) + int(score)
    best = sorted(pieces.items(), key=lambda line: (-line[1], line[0]))[:3]
    visitors = client.pfcount(*[f"shop:{{visitors}}:{day}" for day in days])
    return {"wishes": sorted(wishes), "viewed": seen, "visitors": visitors, "best": best}


@right(whole.q4, "sorts twice, PFCOUNT first")
def sorts_twice(client, visitor, days):
    visitors = client.pfcount(*[f"shop:{{visitors}}:{day}" for day in days])
    pipe = client.pipeline(transaction=False)
    pipe.smembers(f"shop:{{wishes}}:{visitor}")
    pipe.lrange(f"cart:{{{visitor}}}:viewed", 0, 2)
    pipe.zunion([f"shop:{{sales}}:{day}" for day in days], withscores=True)
    wishes, seen, sold = pipe.execute()
    by_name = sorted((item, int(score)) for item, score in sold)
    best = sorted(by_name, key=lambda line: line[1], reverse=True)[:3]
    return dict(best=best, visitors=visitors, viewed=seen, wishes=sorted(wishes))


@right(whole.q4, "a generator of names, a list of the list")
def wishes_by_sort(client, visitor, days):
    pipe = client.pipeline(transaction=False)
    pipe.zunion([f"shop:{{sales}}:{day}" for day in days], withscores=True)
    pipe.lrange(f"cart:{{{visitor}}}:viewed", 0, 2)
    pipe.smembers(f"shop:{{wishes}}:{visitor}")
    sold, seen, wishes = pipe.execute()
    visitors = client.pfcount(*(f"shop:{{visitors}}:{day}" for day in days))
    best = best_of(sold)
    return {"best": best, "visitors": visitors, "viewed": list(seen), "wishes": sorted(wishes)}
