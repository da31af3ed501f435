"""Answers to the exercises of lesson 13: wrong ones, with the reason, and right ones."""

import json
import time

from answers import right, wrong

from cartlib.course import streams

ORDERS, ASIDE, PACKED = "shop:{orders}", "shop:{orders}:aside", "shop:{orders}:packed"


@wrong(streams.q1, "an empty order is not placed")
def leaves_out_an_empty_one(client, order):
    if order:
        return client.xadd(ORDERS, {"order": json.dumps(order)})
    return None


@wrong(streams.q1, "another text than that of json.dumps")
def sorts_the_keys(client, order):
    return client.xadd(ORDERS, {"order": json.dumps(order, sort_keys=True, indent=1)})


@wrong(streams.q1, "trimmed afterwards")
def trims_afterwards(client, order):
    entry_id = client.xadd(ORDERS, {"order": json.dumps(order)})
    client.xtrim(ORDERS, maxlen=1000)
    return entry_id


@wrong(streams.q1, "trimmed by the oldest id")
def trims_by_id(client, order):
    return client.xadd(ORDERS, {"order": json.dumps(order)}, minid="0-1")


@wrong(streams.q1, "a field more")
def adds_a_field(client, order):
    return client.xadd(ORDERS, {"order": json.dumps(order), "at": int(time.time())})


@wrong(streams.q1, "the field has another name")
def calls_it_json(client, order):
    return client.xadd(ORDERS, {"json": json.dumps(order)})


@wrong(streams.q1, "an id by this computer's clock")
def makes_an_id(client, order):
    entry_id = f"{int(time.time() * 1000)}-0"
    return client.xadd(ORDERS, {"order": json.dumps(order)}, id=entry_id)


@wrong(streams.q1, "the id of the newest entry, which may be somebody else's")
def looks_for_the_id(client, order):
    client.xadd(ORDERS, {"order": json.dumps(order)})
    return client.xrevrange(ORDERS, count=1)[0][0]


@wrong(streams.q1, "the stream is made anew")
def writes_all_anew(client, order):
    old = client.xrange(ORDERS)
    client.delete(ORDERS)
    for entry_id, fields in old:
        client.xadd(ORDERS, fields, id=entry_id)
    return client.xadd(ORDERS, {"order": json.dumps(order)})


@wrong(streams.q1, "it makes a group, too")
def makes_a_group(client, order):
    entry_id = client.xadd(ORDERS, {"order": json.dumps(order)})
    if not client.xinfo_groups(ORDERS):
        client.xgroup_create(ORDERS, "packers", "0")
    return entry_id


@wrong(streams.q1, "placed twice where somebody else is quick")
def places_until_it_is_last(client, order):
    while True:
        entry_id = client.xadd(ORDERS, {"order": json.dumps(order)})
        if client.xrevrange(ORDERS, count=1)[0][0] == entry_id:
            return entry_id


@right(streams.q1, "the command itself")
def places_by_hand(client, order):
    return client.execute_command("XADD", ORDERS, "*", "order", json.dumps(order))


@right(streams.q1, "a pipeline")
def places_in_a_pipeline(client, order):
    pipe = client.pipeline()
    pipe.xadd(ORDERS, {"order": json.dumps(order)})
    return pipe.execute()[0]


@right(streams.q1, "a script")
def places_in_lua(client, order):
    script = "return redis.call('XADD', KEYS[1], '*', 'order', ARGV[1])"
    return client.eval(script, 1, ORDERS, json.dumps(order))


@right(streams.q1, "the arguments by name")
def places_by_name(client, order):
    return client.xadd(name=ORDERS, fields={"order": json.dumps(order)}, id="*")


@right(streams.q1, "as bytes")
def places_bytes(client, order):
    return client.xadd(ORDERS, {b"order": json.dumps(order).encode()})


def next_order(client, worker, **options):
    """Return the id and the order of the next entry, or None."""
    found = client.xreadgroup("packers", worker, {ORDERS: ">"}, **{"count": 1} | options)
    if not found:
        return None
    [(entry_id, fields)] = found[0][1]
    return entry_id, json.loads(fields["order"])


def pack(client, order):
    for product_id, pieces in order.items():
        client.hincrby(PACKED, product_id, pieces)


@wrong(streams.q2, "acknowledged between two products")
def acknowledges_in_the_loop(client, worker):
    if not (found := next_order(client, worker)):
        return None
    for product_id, pieces in found[1].items():
        client.hincrby(PACKED, product_id, pieces)
        client.xack(ORDERS, "packers", found[0])
    return found[0]


@wrong(streams.q2, "acknowledged first, in one pipeline that is no MULTI")
def acknowledges_first_in_a_pipeline(client, worker):
    if not (found := next_order(client, worker)):
        return None
    client.xack(ORDERS, "packers", found[0])
    pipe = client.pipeline(transaction=False)
    pack(pipe, found[1])
    pipe.execute()
    return found[0]


@wrong(streams.q2, "what it has in hand comes first")
def does_its_own_first(client, worker):
    found = client.xreadgroup("packers", worker, {ORDERS: "0"}, count=1)
    if not found[0][1]:
        found = client.xreadgroup("packers", worker, {ORDERS: ">"}, count=1)
    if not found or not found[0][1]:
        return None
    entry_id, fields = found[0][1][0]
    pack(client, json.loads(fields["order"]))
    client.xack(ORDERS, "packers", entry_id)
    return entry_id


@wrong(streams.q2, "only the first product")
def packs_the_first_line(client, worker):
    if not (found := next_order(client, worker)):
        return None
    product_id, pieces = next(iter(found[1].items()))
    client.hincrby(PACKED, product_id, pieces)
    client.xack(ORDERS, "packers", found[0])
    return found[0]


@wrong(streams.q2, "all orders that wait")
def works_until_none_is_left(client, worker):
    last = None
    while found := next_order(client, worker):
        pack(client, found[1])
        client.xack(ORDERS, "packers", found[0])
        last = found[0]
    return last


@wrong(streams.q2, "the wrong group is told")
def acknowledges_elsewhere(client, worker):
    if not (found := next_order(client, worker)):
        return None
    pack(client, found[1])
    client.xack(ORDERS, worker, found[0])
    return found[0]


@wrong(streams.q2, "everything pending is acknowledged")
def acknowledges_all_pending(client, worker):
    if not (found := next_order(client, worker)):
        return None
    pack(client, found[1])
    for row in client.xpending_range(ORDERS, "packers", "-", "+", 100, consumername=worker):
        client.xack(ORDERS, "packers", row["message_id"])
    return found[0]


@wrong(streams.q2, "an empty text for no order")
def returns_an_empty_text(client, worker):
    return work_right(client, worker) or ""


@wrong(streams.q2, "the counts are overwritten")
def writes_the_counts(client, worker):
    if not (found := next_order(client, worker)):
        return None
    client.hset(PACKED, mapping=found[1])
    client.xack(ORDERS, "packers", found[0])
    return found[0]


@wrong(streams.q2, "errors are swallowed, and the order is acknowledged all the same")
def swallows_errors(client, worker):
    if not (found := next_order(client, worker)):
        return None
    try:
        pack(client, found[1])
    finally:
        client.xack(ORDERS, "packers", found[0])
    return found[0]


@wrong(streams.q2, "the group begins anew at each call")
def sets_the_group_back(client, worker):
    client.xgroup_setid(ORDERS, "packers", "0")
    return work_right(client, worker)


@wrong(streams.q2, "read by id, under the group's nose")
def reads_after_the_last_id(client, worker):
    [group] = client.xinfo_groups(ORDERS)
    entries = client.xrange(ORDERS, min="(" + group["last-delivered-id"], count=1)
    if not entries:
        return None
    [(entry_id, fields)] = entries
    client.xgroup_setid(ORDERS, "packers", entry_id)
    pack(client, json.loads(fields["order"]))
    return entry_id


@wrong(streams.q2, "it waits for an order")
def waits_for_an_order(client, worker):
    while not (found := next_order(client, worker)):
        time.sleep(1)
    pack(client, found[1])
    client.xack(ORDERS, "packers", found[0])
    return found[0]


def work_right(client, worker):
    if not (found := next_order(client, worker)):
        return None
    pack(client, found[1])
    client.xack(ORDERS, "packers", found[0])
    return found[0]


@right(streams.q2, "plain, by helpers")
def works_plainly(client, worker):
    return work_right(client, worker)


@right(streams.q2, "counts and done in one MULTI")
def works_in_one_multi(client, worker):
    found = client.xreadgroup("packers", worker, {ORDERS: ">"}, count=1)
    if found:
        [[_, [[entry_id, fields]]]] = found
        pipe = client.pipeline(transaction=True)
        pipe.xack(ORDERS, "packers", entry_id)
        for product_id, pieces in json.loads(fields["order"]).items():
            pipe.hincrby(PACKED, product_id, pieces)
        pipe.execute()
        return entry_id


@right(streams.q2, "two trips, one pipeline")
def works_in_a_pipeline(client, worker):
    if not (found := next_order(client, worker)):
        return None
    pipe = client.pipeline(transaction=False)
    pack(pipe, found[1])
    pipe.execute()
    client.xack(ORDERS, "packers", found[0])
    return found[0]


@right(streams.q2, "a loop over what came")
def works_in_a_loop(client, worker):
    for _, entries in client.xreadgroup(
        groupname="packers", consumername=worker, streams={ORDERS: ">"}, count=1
    ):
        for entry_id, fields in entries:
            pack(client, json.loads(fields["order"]))
            client.xack(ORDERS, "packers", entry_id)
            return entry_id


def claimed(client, worker, idle):
    """Return the entries that were taken over."""
    return client.xautoclaim(ORDERS, "packers", worker, idle)[1]


def times_of(client, entry_id):
    """Return how often an entry was handed out."""
    rows = client.xpending_range(ORDERS, "packers", entry_id, entry_id, 1)
    return rows[0]["times_delivered"] if rows else 0


def put_aside(client, entry_id, fields):
    pipe = client.pipeline(transaction=True)
    pipe.xadd(ASIDE, fields)
    pipe.xack(ORDERS, "packers", entry_id)
    pipe.execute()


def sorted_out(client, entries, times, most=3, aside=put_aside):
    """Put aside what was handed out more often, and return the others."""
    taken = []
    for entry_id, fields in entries:
        if times(client, entry_id) > most:
            aside(client, entry_id, fields)
        else:
            taken.append((entry_id, json.loads(fields["order"])))
    return taken


@wrong(streams.q3, "idle is taken for seconds")
def takes_seconds(client, worker, idle):
    return sorted_out(client, claimed(client, worker, idle * 1000), times_of)


@wrong(streams.q3, "exactly three only")
def puts_aside_at_four_only(client, worker, idle):
    return sorted_out(client, claimed(client, worker, idle), lambda *a: 4 * (times_of(*a) == 4))


@wrong(streams.q3, "one order at a time")
def takes_one(client, worker, idle):
    entries = client.xautoclaim(ORDERS, "packers", worker, idle, count=1)[1]
    return sorted_out(client, entries, times_of)


@wrong(streams.q3, "the first ten only")
def takes_ten_of_many(client, worker, idle):
    rows = client.xpending_range(ORDERS, "packers", "-", "+", 10)
    ids = [row["message_id"] for row in rows if row["time_since_delivered"] >= idle]
    entries = client.xclaim(ORDERS, "packers", worker, idle, ids) if ids else []
    return sorted_out(client, entries, times_of)


@wrong(streams.q3, "its own are left out")
def takes_from_others(client, worker, idle):
    rows = client.xpending_range(ORDERS, "packers", "-", "+", 100, idle=idle)
    ids = [row["message_id"] for row in rows if row["consumer"] != worker]
    entries = client.xclaim(ORDERS, "packers", worker, idle, ids) if ids else []
    return sorted_out(client, entries, times_of)


@wrong(streams.q3, "what was idle at the look is taken, though somebody was quicker")
def claims_by_force(client, worker, idle):
    rows = client.xpending_range(ORDERS, "packers", "-", "+", 100, idle=idle)
    ids = [row["message_id"] for row in rows]
    entries = client.xclaim(ORDERS, "packers", worker, 0, ids) if ids else []
    return sorted_out(client, entries, times_of)


@wrong(streams.q3, "it is deleted, too")
def deletes_what_is_aside(client, worker, idle):
    def aside(client, entry_id, fields):
        put_aside(client, entry_id, fields)
        client.xdel(ORDERS, entry_id)

    return sorted_out(client, claimed(client, worker, idle), times_of, aside=aside)


@wrong(streams.q3, "acknowledged first, and then put aside")
def acknowledges_first(client, worker, idle):
    def aside(client, entry_id, fields):
        client.xack(ORDERS, "packers", entry_id)
        client.xadd(ASIDE, fields)

    return sorted_out(client, claimed(client, worker, idle), times_of, aside=aside)


@wrong(streams.q3, "together, but without MULTI")
def puts_aside_without_multi(client, worker, idle):
    def aside(client, entry_id, fields):
        pipe = client.pipeline(transaction=False)
        pipe.xadd(ASIDE, fields)
        pipe.xack(ORDERS, "packers", entry_id)
        pipe.execute()

    return sorted_out(client, claimed(client, worker, idle), times_of, aside=aside)


@wrong(streams.q3, "the old id is given to the entry aside")
def keeps_the_id(client, worker, idle):
    def aside(client, entry_id, fields):
        pipe = client.pipeline(transaction=True)
        pipe.xadd(ASIDE, fields, id=entry_id)
        pipe.xack(ORDERS, "packers", entry_id)
        pipe.execute()

    return sorted_out(client, claimed(client, worker, idle), times_of, aside=aside)


@wrong(streams.q3, "new orders are handed out, too")
def reads_new_ones(client, worker, idle):
    taken = sorted_out(client, claimed(client, worker, idle), times_of)
    for _, entries in client.xreadgroup("packers", worker, {ORDERS: ">"}, count=1):
        taken += [(entry_id, json.loads(fields["order"])) for entry_id, fields in entries]
    return taken


@wrong(streams.q3, "its own deliveries are not counted")
def claims_without_counting(client, worker, idle):
    ids = client.xautoclaim(ORDERS, "packers", worker, idle, justid=True)
    entries = [client.xrange(ORDERS, one, one)[0] for one in ids]
    return sorted_out(client, entries, times_of, 2)


@wrong(streams.q3, "the newest first")
def newest_first(client, worker, idle):
    return sorted_out(client, claimed(client, worker, idle)[::-1], times_of)


@wrong(streams.q3, "a dict in place of pairs")
def returns_a_dict(client, worker, idle):
    return dict(sorted_out(client, claimed(client, worker, idle), times_of))


@right(streams.q3, "asked one by one")
def asks_one_by_one(client, worker, idle):
    return sorted_out(client, claimed(client, worker, idle), times_of)


@right(streams.q3, "one MULTI for all")
def puts_all_aside_at_once(client, worker, idle):
    entries = claimed(client, worker, idle)
    rows = client.xpending_range(ORDERS, "packers", "-", "+", 100, consumername=worker)
    often = [row["message_id"] for row in rows if row["times_delivered"] >= 4]
    pipe = client.pipeline()
    for entry_id, fields in entries:
        if entry_id in often:
            pipe.xadd(ASIDE, fields)
            pipe.xack(ORDERS, "packers", entry_id)
    pipe.execute()
    return [(i, json.loads(fields["order"])) for i, fields in entries if i not in often]


@right(streams.q3, "by XPENDING and XCLAIM")
def looks_and_claims(client, worker, idle):
    rows = client.xpending_range(ORDERS, "packers", "-", "+", 100, idle=idle)
    times = {row["message_id"]: row["times_delivered"] for row in rows}
    if not times:
        return []
    entries = client.xclaim(ORDERS, "packers", worker, idle, list(times))
    return sorted_out(client, entries, lambda _, entry_id: times[entry_id], 2)


@right(streams.q3, "with a cursor, to its end")
def follows_the_cursor(client, worker, idle):
    start, entries = "0-0", []
    while True:
        start, found, *_ = client.xautoclaim(ORDERS, "packers", worker, idle, start, count=50)
        entries += found
        if start == "0-0":
            return sorted_out(client, entries, times_of)
