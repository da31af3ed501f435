"""Every change of the shop meets every fault at each packet: what it tells is in the keys."""

from datetime import date

import pytest
from backends import OURS, delete, find
from faults import KINDS, Fault

from cartlib import CartConnectionError, connect
from cartlib.shop import counters, crowds, filters, orders, places, queue, recent, sales, wishes
from cartlib.shop.once import add_once

DAY, OTHER = date(2027, 1, 30), date(2027, 1, 31)
ORDER, TEXT = {"id": "o1", "mug": 2}, '{"id":"o1","mug":2}'
CHANGES = {
    "count_view": lambda client: counters.count_view(client, "mug"),
    "get_page": lambda client: counters.get_page(client, "new", lambda: "<p>new</p>"),
    "forget_page": lambda client: counters.forget_page(client, "old"),
    "check_rate": lambda client: counters.check_rate(client, "ann"),
    "add_once": lambda client: add_once(client, "mug", 2, request_id="r1"),
    "note_viewed": lambda client: recent.note_viewed(client, "mug"),
    "put_order": lambda client: queue.put_order(client, {"id": "o2"}),
    "take_order": lambda client: queue.take_order(client, "ann"),
    "take_order_waiting": lambda client: queue.take_order(client, "ann", wait=0.5),
    "finish_taken_order": lambda client: queue.finish_order(client, "bob", ORDER),
    "recover_orders": lambda client: queue.recover_orders(client, "bob"),
    "add_wish": lambda client: wishes.add_wish(client, "mug"),
    "remove_wish": lambda client: wishes.remove_wish(client, "pen"),
    "index_products": filters.index_products,
    "tag_product": lambda client: filters.tag_product(client, "mug", "gift"),
    "untag_product": lambda client: filters.untag_product(client, "pen", "gift"),
    "count_sale": lambda client: sales.count_sale(client, "mug", 2, day=DAY),
    "place_order": lambda client: orders.place_order(client, ORDER),
    "read_orders": lambda client: orders.read_orders(client, "ann"),
    "finish_read_order": lambda client: orders.finish_order(client, "bob", "1-0"),
    "take_over": lambda client: orders.take_over(client, "ann", idle=0),
    "note_visitor": lambda client: crowds.note_visitor(client, "ann", day=DAY),
    "note_customer": lambda client: crowds.note_customer(client, 3, day=DAY),
    "add_shop": lambda client: places.add_shop(client, "Ghent", 3.72, 51.05),
    "remove_shop": lambda client: places.remove_shop(client, "Paris"),
    "load_shops": places.load_shops,
}
READ = {
    "string": lambda client, key: client.dump(key),  # a bitmap is no text
    "hash": lambda client, key: client.hgetall(key),
    "zset": lambda client, key: client.zrange(key, 0, -1, withscores=True),
    "set": lambda client, key: client.smembers(key),
    "list": lambda client, key: client.lrange(key, 0, -1),
    "stream": lambda client, key: [
        [fields for _, fields in client.xrange(key)],
        [(row["consumer"]) for row in client.xpending_range(key, orders.GROUP, "-", "+", 10)],
    ],
}


@pytest.fixture(params=["server", "cluster"])
def client(request, server_kind):
    """A client of one server, and of a cluster, whose connections can be cut."""
    with connect(url=request.getfixturevalue(request.param).url) as client:
        yield client
        delete(client, find(client, OURS))


def fill(client):
    """Let the keys be a small shop: what each call finds."""
    delete(client, find(client, OURS))
    client.sadd("products", "mug", "pen")
    for product_id in ("mug", "pen"):
        fields = {"name": product_id, "price": "9.50", "category": "Desk"}
        client.hset(f"product:{product_id}", mapping=fields)
    client.set("shop:page:old", "<p>old</p>", ex=100)
    client.rpush("cart:{guest}:viewed", "pen", "mug")
    client.lpush("shop:{queue}", TEXT)
    client.lpush("shop:{queue}:work:bob", TEXT, '{"id":"o0"}')
    client.sadd("shop:{wishes}:guest", "pen")
    client.sadd("shop:{filters}:tag:gift", "pen")
    client.pfadd("shop:{visitors}:2027-01-30", "bob")
    client.geoadd("shop:places", (2.35, 48.86, "Paris"))
    client.xgroup_create("shop:{orders}", orders.GROUP, "0", mkstream=True)
    for entry_id in ("1-0", "2-0"):
        client.xadd("shop:{orders}", {"order": TEXT}, id=entry_id)
    client.xreadgroup(orders.GROUP, "bob", {"shop:{orders}": ">"}, count=1)


def state(client):
    """Return what the keys hold, and whether they end; but not the ids, which the clock gives."""
    return {
        key: (READ[client.type(key)](client, key), client.ttl(key) > 0)
        for key in sorted(find(client, OURS))
    }


def told(call, client):
    """Return what a call tells: "done", "untouched" or "unknown"."""
    try:
        call(client)
    except CartConnectionError as error:
        return "unknown" if error.outcome_unknown else "untouched"
    return "done"


@pytest.mark.parametrize("name", CHANGES)
def test_change_of_the_shop_tells_what_the_keys_show(client, name):
    fill(client)
    before = state(client)
    CHANGES[name](client)
    after, outcomes = state(client), set()
    assert before != after
    for kind in KINDS:
        at, happened = 0, True
        while happened:
            at += 1
            fill(client)
            with Fault(kind, at) as fault:
                outcome = told(CHANGES[name], client)
            now, happened = state(client), fault.happened
            outcomes.add(outcome)
            expected = {"done": [after], "untouched": [before], "unknown": [before, after]}
            assert now in expected[outcome], (kind, at, outcome)
        CHANGES[name](client) if now == before else None  # the client goes on working
    assert outcomes >= {"done", "unknown"}


@pytest.mark.parametrize("kind", KINDS)
def test_counting_regulars_leaves_no_key_behind(client, kind):
    at, happened = 0, True
    while happened:
        at += 1
        delete(client, find(client, OURS))
        for day in (DAY, OTHER):
            crowds.note_customer(client, 5, day=day)
        before = state(client)
        with Fault(kind, at) as fault:
            told(lambda client: crowds.count_regulars(client, DAY, OTHER), client)
        happened = fault.happened
        assert state(client) == before


@pytest.mark.parametrize("kind", KINDS)
def test_order_that_kills_workers_is_put_aside_once(client, kind):
    """Putting aside takes several steps: whatever breaks off, a later call ends it, and once."""
    at, happened = 0, True
    while happened:
        at += 1
        fill(client)
        for _ in range(orders.TRIES):
            client.xclaim("shop:{orders}", orders.GROUP, "bob", 0, ["1-0"])
        with Fault(kind, at) as fault:
            told(lambda client: orders.take_over(client, "ann", idle=0), client)
        happened = fault.happened
        orders.take_over(client, "ann", idle=0)
        assert [order.entry_id for order in orders.orders_aside(client)] == ["1-0"]
        assert client.xlen("shop:{orders}") == 1 and orders.pending_orders(client) == []
