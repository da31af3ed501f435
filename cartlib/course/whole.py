"""Lesson 16: the whole shop, put together from the structures of lessons 10 to 14."""

import json

from hypothesis import strategies as st

from cartlib.course.worlds import carts, command, ids, seldom, surroundings, zadd
from cartlib.errors import EmptyCartError
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.rules import at_most_trips, changes_nothing, in_one_multi, on_one_node
from cartlib.questions import Guess

CART, ORDERS = "cart:{guest}", "shop:{orders}"
DAYS = ["2027-01-29", "2027-01-30", "2027-01-31"]
VISITORS = ["ann", "bob", "Zoë", "guest"]
TWO_TAGS = (
    "One MULTI holds keys with different tags in braces. On a cluster they are on several nodes, "
    "and it is refused: take a MULTI for the list alone, and a plain pipeline for the rest."
)
NOT_IN_A_PIPELINE = (
    "PFCOUNT is in a pipeline. One server takes it there, but on a cluster redis-py refuses it: "
    "send it by client."
)
DAY = DAYS[2]
MONTH = 2_592_000  # seconds


def _two_clicks(client):
    """Send one order id twice, as lesson 10 has it, and count the orders that were noted."""
    return sum(bool(client.set("demo:order:7", "mug", nx=True, ex=60)) for _ in range(2))


g1 = Guess(
    "whole.g1",
    "A customer clicks **Order** twice, and both clicks carry the order id 7. Each click sends "
    "`SET demo:order:7 mug NX EX 60`. How many of the two write something?",
    {
        "0": "The first click finds no key, and so it writes one.",
        "1": "NX writes only where there is no key. The second click finds the first one's.",
        "2": "Without NX it would be so. NX is for a key that acts once.",
    },
    right="1",
    proof=_two_clicks,
    because="So the id of the order, and not the number of clicks, decides how often is sold.",
)


def _twice_in_the_stream(client):
    for _ in range(2):
        client.xadd("demo:orders", {"order": "7"})
    return client.xlen("demo:orders")


g2 = Guess(
    "whole.g2",
    "A program sent `XADD`, and the reply was lost. It can't know whether the order is in the "
    "stream, so it sends `XADD` again. How many entries can the stream have now?",
    {
        "1, for sure": "A stream does not look into its entries. It takes what comes.",
        "0 or 1": "The second XADD got its reply, so one entry at least is there.",
        "1 or 2": "1 if the first one never arrived, 2 if only its reply was lost.",
    },
    right="1 or 2",
    proof=lambda client: f"1 or {_twice_in_the_stream(client)}",
    because="So whoever reads the stream has to bear an order that comes twice.",
)


def viewed(visitor, products) -> list[str]:
    """Return the line that writes a visitor's list; none for an empty one."""
    return [command("RPUSH", f"cart:{{{visitor}}}:viewed", *products)] if products else []


@st.composite
def visits(draw):
    """Worlds for q1: a visitor who has looked at some products, and somebody else who looks."""
    visitor, item, day = draw(st.sampled_from(VISITORS)), draw(ids), draw(st.sampled_from(DAYS))
    seen = draw(st.lists(ids, max_size=10, unique=True))
    more = [f"thing {n}" for n in range(draw(st.sampled_from([0, 0, 9, 10])))]
    mine = [*seen, *more][:10]
    views = draw(st.sampled_from([None, 1, 9, 99]))
    given = viewed(visitor, mine)
    given += [command("SET", f"shop:views:{item}", views)] if views else []
    given += [command("PFADD", f"shop:{{visitors}}:{day}", "ann", "carl")] * draw(st.booleans())
    theirs = [
        command("INCR", f"shop:views:{item}"),
        command("LPUSH", f"cart:{{{visitor}}}:viewed", "a new one"),
    ]
    return Case([*given, *draw(surroundings)], (visitor, item, day), seldom(draw, theirs))


TEN = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
q1 = Exercise(
    "whole.q1",
    "visit(client, visitor, product_id, day)",
    [
        Case([], ("ann", "mug", DAY)),
        Case([*viewed("ann", ["lamp", "mug", "pen"])], ("ann", "mug", DAY)),
        Case([*viewed("ann", TEN), "SET shop:views:mug 41"], ("ann", "mug", DAY)),
        Case([*viewed("ann", TEN)], ("ann", "j", DAY)),
        Case([f"PFADD shop:{{visitors}}:{DAY} ann bob"], ("bob", "mug", DAY)),
        Case([*viewed("bob", ["mug"])], ("ann", "mug", DAYS[0])),
    ],
    (
        "Four structures of four lessons: LREM, LPUSH and LTRIM of the list (11), INCR (10), PFADD "
        "(14). Their keys have different tags.",
        "First the list, in a pipeline with transaction=True. Then the other two, in one with "
        "transaction=False.",
        "execute() returns the replies in order: the one to INCR is the number of views.",
    ),
    rules=(
        in_one_multi(
            "You changed the list by commands one by one: between them somebody sees the product "
            "twice, or not at all. LREM, LPUSH and LTRIM belong into one MULTI.",
            {"LREM", "LPUSH", "LTRIM"},
        ),
        on_one_node(TWO_TAGS),
        at_most_trips(2, "Send INCR and PFADD together, in one pipeline."),
    ),
    worlds=visits(),
)


@q1.reference
def visit(client, visitor, product_id, day):
    key = f"cart:{{{visitor}}}:viewed"
    pipe = client.pipeline(transaction=True)
    pipe.lrem(key, 0, product_id)
    pipe.lpush(key, product_id)
    pipe.ltrim(key, 0, 9)
    pipe.execute()
    pipe = client.pipeline(transaction=False)
    pipe.incr(f"shop:views:{product_id}")
    pipe.pfadd(f"shop:{{visitors}}:{day}", visitor)
    return pipe.execute()[0]


def visited(client, visitor, product_id, day, *, once=True, last=9, who=None, put="lpush"):
    """Do what visit does, with one thing changed; for the wrong answers."""
    key = f"cart:{{{visitor}}}:viewed"
    pipe = client.pipeline(transaction=True)
    if once:
        pipe.lrem(key, 0, product_id)
    getattr(pipe, put)(key, product_id)
    pipe.ltrim(key, 0, last)
    pipe.execute()
    pipe = client.pipeline(transaction=False)
    pipe.incr(f"shop:views:{product_id}")
    pipe.pfadd(f"shop:{{visitors}}:{day}", who or visitor)
    return pipe.execute()[0]


@q1.mistake("A product that was looked at twice is in the list twice. LREM takes the old one out.")
def keeps_the_old_one(client, visitor, product_id, day):
    return visited(client, visitor, product_id, day, once=False)


@q1.mistake("Eleven products stayed. LTRIM keeps both ends: ten are the places 0 to 9.")
def keeps_eleven(client, visitor, product_id, day):
    return visited(client, visitor, product_id, day, last=10)


@q1.mistake("You put the product at the end of the list. The last one comes first: LPUSH.")
def puts_it_last(client, visitor, product_id, day):
    return visited(client, visitor, product_id, day, put="rpush")


@q1.mistake(
    "LREM came after LPUSH, and took out the product that you had just put in. First LREM, then "
    "LPUSH."
)
def takes_out_the_new_one(client, visitor, product_id, day):
    key = f"cart:{{{visitor}}}:viewed"
    pipe = client.pipeline(transaction=True)
    pipe.lpush(key, product_id)
    pipe.lrem(key, 0, product_id)
    pipe.ltrim(key, 0, 9)
    pipe.execute()
    pipe = client.pipeline(transaction=False)
    pipe.incr(f"shop:views:{product_id}")
    pipe.pfadd(f"shop:{{visitors}}:{day}", visitor)
    return pipe.execute()[0]


@q1.mistake(
    "The list's key has no braces. In an f-string, single ones are taken as Python's: write "
    "{{{visitor}}}, two for the braces of the key, and one for the variable."
)
def loses_the_braces(client, visitor, product_id, day):
    key = f"cart:{visitor}:viewed"
    pipe = client.pipeline(transaction=True)
    pipe.lrem(key, 0, product_id)
    pipe.lpush(key, product_id)
    pipe.ltrim(key, 0, 9)
    pipe.execute()
    pipe = client.pipeline(transaction=False)
    pipe.incr(f"shop:views:{product_id}")
    pipe.pfadd(f"shop:{{visitors}}:{day}", visitor)
    return pipe.execute()[0]


@q1.mistake("You counted the product in the HyperLogLog. Counted is who came: the visitor.")
def counts_the_product(client, visitor, product_id, day):
    return visited(client, visitor, product_id, day, who=product_id)


@q1.mistake("You returned all replies. Wanted is one number: the reply to INCR.")
def returns_all_replies(client, visitor, product_id, day):
    views = visited(client, visitor, product_id, day)
    return [views, 1]


@st.composite
def orders(draw):
    """Worlds for q2: a cart, an order id that may be a used one, and somebody who comes between."""
    cart = draw(carts(st.sampled_from([1, 2, 3, 12, 250])))
    order_id = draw(st.sampled_from(["7", "a-1", "order 9"]))
    before = draw(st.sampled_from([None, None, None, [["pen", 2]], [["mug", 1], ["Mug", 3]]]))
    given = [*zadd(CART, cart), *(noted(order_id, before) if before else [])]
    given += [*noted("another", [["lamp", 4]])] * draw(st.booleans())
    item = next(iter(cart), "mug")
    theirs = [
        command("ZINCRBY", CART, 1, item),
        command("DEL", CART),
        command("ZADD", CART, 5, "brand new"),
        *noted(order_id, [["tea", 9]]),
    ]
    return Case([*given, *draw(surroundings)], (order_id,), seldom(draw, theirs))


def noted(order_id, lines) -> list[str]:
    """Return the line that notes an order."""
    text = json.dumps({"order_id": order_id, "lines": lines})
    return [command("SET", f"cart:{{guest}}:order:{order_id}", text, "EX", MONTH)]


TWO_LINES = "ZADD cart:{guest} 3 mug 1 lamp"
q2 = Exercise(
    "whole.q2",
    "order_once(client, order_id)",
    [
        Case([TWO_LINES], ("7",)),
        Case([], ("7",)),
        Case([*noted("7", [["pen", 2]])], ("7",)),
        Case([TWO_LINES, *noted("7", [["pen", 2]])], ("7",)),
        Case([TWO_LINES, *noted("8", [["pen", 2]])], ("7",)),
        Case([TWO_LINES], ("7",), ("ZINCRBY cart:{guest} 1 mug",)),
        Case([TWO_LINES], ("7",), ("DEL cart:{guest}",)),
        Case([TWO_LINES], ("7",), tuple(noted("7", [["tea", 9]]))),
    ],
    (
        "It is the add_once of lesson 10, with the checkout of lesson 06: WATCH both keys, look "
        "for the note; if there is none, read the cart, then one MULTI with SET and DEL.",
        "client.transaction(work, cart, note, value_from_callable=True) begins anew for you. In "
        "work, return the order's text, both where you found it and where you wrote it.",
        "After the transaction: client.xadd('shop:{orders}', {'order': text}), in any case.",
    ),
    rules=(
        in_one_multi(
            "You noted the order and emptied the cart by two commands. If the program stops "
            "between the two, the cart can be ordered again: put SET and DEL into one MULTI.",
            {"SET", "DEL", "UNLINK", "ZREM", "ZREMRANGEBYRANK"},
        ),
        on_one_node(
            "One MULTI holds keys with different tags in braces: on a cluster it is refused. The "
            "stream has another tag than the cart, so XADD comes after the transaction."
        ),
    ),
    worlds=orders(),
)


@q2.reference
def order_once(client, order_id):
    note = f"cart:{{guest}}:order:{order_id}"

    def work(pipe):
        order = pipe.get(note)
        if order is None:
            lines = pipe.zrange("cart:{guest}", 0, -1, withscores=True)
            if not lines:
                raise EmptyCartError("guest")
            pairs = [[item, int(score)] for item, score in lines]
            order = json.dumps({"order_id": order_id, "lines": pairs})
            pipe.multi()
            pipe.set(note, order, ex=2_592_000)
            pipe.delete("cart:{guest}")
        return order

    order = client.transaction(work, "cart:{guest}", note, value_from_callable=True)
    client.xadd("shop:{orders}", {"order": order})
    return json.loads(order)


def ordered(client, order_id, *, watched=(CART,), look=True, empty=True, ex=MONTH, again=True,
            delete=True, whole=int):  # fmt: skip
    """Do what order_once does, with one thing changed; for the wrong answers."""
    note, found = f"cart:{{guest}}:order:{order_id}", []

    def work(pipe):
        order = pipe.get(note) if look else None
        found[:] = [order]
        if order is None:
            lines = pipe.zrange(CART, 0, -1, withscores=True)
            if empty and not lines:
                raise EmptyCartError("guest")
            pairs = [[item, whole(score)] for item, score in lines]
            order = json.dumps({"order_id": order_id, "lines": pairs})
            pipe.multi()
            pipe.set(note, order, ex=ex)
            if delete:
                pipe.delete(CART)
        return order

    order = client.transaction(work, *watched, note, value_from_callable=True)
    if again or found == [None]:
        client.xadd(ORDERS, {"order": order})
    return json.loads(order)


@q2.mistake(
    "The order was noted before, and you did not write it to the stream: perhaps the call before "
    "this one stopped just there, and then nobody ever packs it. XADD in any case."
)
def trusts_the_first_call(client, order_id):
    return ordered(client, order_id, again=False)


@q2.mistake(
    "The same order id came again, and you sold the cart once more. Look for the note first: if it "
    "is there, this order has been made."
)
def never_looks_for_the_note(client, order_id):
    return ordered(client, order_id, look=False)


@q2.mistake(
    "You did not watch the cart: what somebody added after you had read it went with the cart, and "
    "nobody ordered it. WATCH both keys."
)
def does_not_watch_the_cart(client, order_id):
    return ordered(client, order_id, watched=())


@q2.mistake("An empty cart was ordered. Raise EmptyCartError('guest'), and write nothing.")
def orders_nothing(client, order_id):
    return ordered(client, order_id, empty=False)


@q2.mistake("The note has no time-out, so it stays for good. Give it 30 days: ex=2_592_000.")
def notes_for_good(client, order_id):
    return ordered(client, order_id, ex=None)


@q2.mistake("The order was noted, but the cart is still full. DEL it in the same MULTI.")
def keeps_the_cart(client, order_id):
    return ordered(client, order_id, delete=False)


@q2.mistake("A quantity in the order is a float, such as 3.0. Write int(score).")
def orders_floats(client, order_id):
    return ordered(client, order_id, whole=float)


GROUP = "XGROUP CREATE shop:{orders} packers 0 MKSTREAM"


def entry(entry_id, order_id="7") -> str:
    """Return the line that puts an order into the stream."""
    order = json.dumps({"order_id": order_id, "lines": [["mug", 2]]})
    return command("XADD", ORDERS, entry_id, "order", order)


def done(order_id, worker="carl") -> str:
    """Return the line that marks an order as done."""
    return command("SET", f"shop:{{orders}}:done:{order_id}", worker, "EX", MONTH)


TAKEN = "XREADGROUP GROUP packers bob COUNT 1 STREAMS shop:{orders} >"


@st.composite
def packings(draw):
    """Worlds for q3: some orders in the stream, of which some were taken, and some done before."""
    names = draw(st.lists(st.sampled_from(["7", "8", "a-1", "order 9"]), max_size=4))
    taken = draw(st.integers(0, len(names)))
    marks = draw(st.lists(st.sampled_from(["7", "8"]), unique=True, max_size=2))
    given = [GROUP, *(entry(f"{number}-0", name) for number, name in enumerate(names, 1))]
    given += [TAKEN] * taken + [done(name) for name in marks]
    theirs = [done("7", "dora"), entry("*", "8"), TAKEN]
    return Case(given, (draw(st.sampled_from(["ann", "bob"])),), seldom(draw, theirs))


q3 = Exercise(
    "whole.q3",
    "pack(client, worker)",
    [
        Case([GROUP, entry("1-0")], ("ann",)),
        Case([GROUP], ("ann",)),
        Case([GROUP, entry("1-0"), entry("2-0", "8")], ("ann",)),
        Case([GROUP, entry("1-0"), entry("2-0", "8"), TAKEN], ("ann",)),
        Case([GROUP, entry("1-0"), done("7")], ("ann",)),
        Case([GROUP, entry("1-0"), entry("2-0"), done("8")], ("bob",)),
        Case([GROUP, entry("1-0")], ("ann",), (done("7", "dora"),)),
    ],
    (
        "client.xreadgroup('packers', worker, {'shop:{orders}': '>'}, count=1) gives a list with "
        "one pair: the stream's name, and a list of (entry id, fields). Without an order it is "
        "empty.",
        "json.loads(fields['order'])['order_id'] is the id of the order.",
        "In one MULTI: set(…, nx=True, ex=2_592_000), and xack.",
    ),
    rules=(
        in_one_multi(
            "You marked the order, and acknowledged it, by two commands. If the worker dies "
            "between the two, one of them is missing: put both into one MULTI.",
            {"SET", "SETNX", "XACK", "EXPIRE"},
        ),
        at_most_trips(2, "One to read, and one for the MULTI."),
    ),
    worlds=packings(),
)


@q3.reference
def pack(client, worker):
    found = client.xreadgroup("packers", worker, {"shop:{orders}": ">"}, count=1)
    if not found:
        return None
    entry_id, fields = found[0][1][0]
    order_id = json.loads(fields["order"])["order_id"]
    pipe = client.pipeline(transaction=True)
    pipe.set(f"shop:{{orders}}:done:{order_id}", worker, nx=True, ex=2_592_000)
    pipe.xack("shop:{orders}", "packers", entry_id)
    first, _ = pipe.execute()
    return order_id if first else None


def packed(client, worker, *, mark=True, ack=True, count=1, nx=True, ex=MONTH, always=False):
    """Do what pack does, with one thing changed; for the wrong answers."""
    found = client.xreadgroup("packers", worker, {ORDERS: ">"}, count=count)
    if not found:
        return None
    entry_id, fields = found[0][1][0]
    order_id = json.loads(fields["order"])["order_id"]
    pipe = client.pipeline(transaction=True)
    pipe.set(f"shop:{{orders}}:done:{order_id}", worker, nx=nx, ex=ex) if mark else pipe.ping()
    if ack:
        pipe.xack(ORDERS, "packers", entry_id)
    first = pipe.execute()[0]
    return order_id if first or always else None


@q3.mistake(
    "The order was marked, but never acknowledged: it stays pending, and somebody will take it "
    "over. XACK belongs into the MULTI."
)
def never_acknowledges(client, worker):
    return packed(client, worker, ack=False)


@q3.mistake("You took all orders that wait, and did one of them. Ask for one: count=1.")
def takes_them_all(client, worker):
    return packed(client, worker, count=None)


@q3.mistake(
    "The order had been packed before, and you wrote your name over the other worker's. NX leaves "
    "a mark that is there as it is."
)
def overwrites_the_mark(client, worker):
    return packed(client, worker, nx=False)


@q3.mistake(
    "This order had been packed before, and you returned its id as if you had packed it. SET with "
    "NX replies None then: return None, too."
)
def packs_it_twice(client, worker):
    return packed(client, worker, always=True)


@q3.mistake(
    "Your mark goes by the id of the entry. Two entries can hold one order, so it has to go by the "
    "order's id, order_id in the JSON text."
)
def marks_the_entry(client, worker):
    found = client.xreadgroup("packers", worker, {ORDERS: ">"}, count=1)
    if not found:
        return None
    entry_id, fields = found[0][1][0]
    pipe = client.pipeline(transaction=True)
    pipe.set(f"shop:{{orders}}:done:{entry_id}", worker, nx=True, ex=MONTH)
    pipe.xack(ORDERS, "packers", entry_id)
    return json.loads(fields["order"])["order_id"] if pipe.execute()[0] else None


@q3.mistake(
    "Where nothing is new, the reply is empty, and [0] finds nothing in it. Look at the reply "
    "first, and return None."
)
def expects_an_order(client, worker):
    found = client.xreadgroup("packers", worker, {ORDERS: ">"}, count=1)
    entry_id, fields = found[0][1][0]
    order_id = json.loads(fields["order"])["order_id"]
    pipe = client.pipeline(transaction=True)
    pipe.set(f"shop:{{orders}}:done:{order_id}", worker, nx=True, ex=MONTH)
    pipe.xack(ORDERS, "packers", entry_id)
    return order_id if pipe.execute()[0] else None


@q3.mistake(
    "An order that had been packed before was not acknowledged: its entry stays pending for ever. "
    "XACK in both cases, and in one MULTI with SET."
)
def acknowledges_only_the_new(client, worker):
    found = client.xreadgroup("packers", worker, {ORDERS: ">"}, count=1)
    if not found:
        return None
    entry_id, fields = found[0][1][0]
    order_id = json.loads(fields["order"])["order_id"]
    if not client.set(f"shop:{{orders}}:done:{order_id}", worker, nx=True, ex=MONTH):
        return None
    client.xack(ORDERS, "packers", entry_id)
    return order_id


@q3.mistake("The mark has no time-out, so it stays for good. Give it 30 days: ex=2_592_000.")
def marks_for_good(client, worker):
    return packed(client, worker, ex=None)


def sales(day, sold) -> list[str]:
    """Return the line that writes what was sold on a day; none where it was nothing."""
    return zadd(f"shop:{{sales}}:{day}", sold)


@st.composite
def fronts(draw):
    """Worlds for q4: some days with sales and visitors, a visitor's list, and a wish list."""
    days = draw(st.lists(st.sampled_from(DAYS), unique=True, min_size=1))
    visitor, given = draw(st.sampled_from(VISITORS)), []
    pieces = st.dictionaries(ids, st.sampled_from([1, 2, 3, 10, 12]), max_size=5)
    for day in DAYS:
        given += sales(day, draw(pieces))
        came = draw(st.lists(st.sampled_from(["ann", "bob", "carl", "dora"]), max_size=4))
        given += [command("PFADD", f"shop:{{visitors}}:{day}", *came)] if came else []
    given += viewed(visitor, draw(st.lists(ids, unique=True, max_size=5)))
    wished = draw(st.lists(ids, unique=True, max_size=4))
    given += [command("SADD", f"shop:{{wishes}}:{visitor}", *wished)] if wished else []
    return Case(given, (visitor, days))


def pfcount_by_itself(trial):
    """Tell where PFCOUNT is in a pipeline: a client of a cluster refuses it there."""
    counted = {command.trip for command in trial.commands if command.name == "PFCOUNT"}
    with_it = [command for command in trial.commands if command.trip in counted]
    return NOT_IN_A_PIPELINE if len(with_it) > len(counted) else None


q4 = Exercise(
    "whole.q4",
    "front_page(client, visitor, days)",
    [
        Case(
            [
                *sales(DAYS[0], {"mug": 2, "pen": 5, "lamp": 1}),
                *sales(DAYS[1], {"mug": 4, "tea": 3}),
                f"PFADD shop:{{visitors}}:{DAYS[0]} ann bob",
                f"PFADD shop:{{visitors}}:{DAYS[1]} bob carl",
                *viewed("ann", ["tea", "mug", "pen", "lamp"]),
                "SADD shop:{wishes}:ann tea lamp",
            ],
            ("ann", DAYS[:2]),
        ),
        Case([], ("bob", DAYS)),
        Case([*sales(DAY, {"b": 2, "a": 2, "d": 2, "c": 2})], ("bob", [DAY])),
        Case([*sales(DAYS[0], {"a": 1}), *sales(DAYS[2], {"b": 3})], ("bob", DAYS[:2])),
    ],
    (
        "Three questions in one pipeline: ZUNION with scores, LRANGE, SMEMBERS. PFCOUNT goes by "
        "itself.",
        "client.zunion([…], withscores=True) gives pairs (id, float), the smallest sum first: sort "
        "them by (-pieces, id) in Python.",
        "PFCOUNT takes all days at once: client.pfcount(*names). A sum of counts would count "
        "who came twice twice.",
    ),
    rules=(
        changes_nothing("You sent {}, which can change a key. A front page only reads."),
        on_one_node(
            "One MULTI holds keys with different tags in braces: on a cluster it is refused. These "
            "questions need none: transaction=False."
        ),
        pfcount_by_itself,
        at_most_trips(2, "One for PFCOUNT, and one pipeline for the other three."),
    ),
    worlds=fronts(),
)


@q4.reference
def front_page(client, visitor, days):
    pipe = client.pipeline(transaction=False)
    pipe.zunion([f"shop:{{sales}}:{day}" for day in days], withscores=True)
    pipe.lrange(f"cart:{{{visitor}}}:viewed", 0, 2)
    pipe.smembers(f"shop:{{wishes}}:{visitor}")
    sold, seen, wishes = pipe.execute()
    visitors = client.pfcount(*[f"shop:{{visitors}}:{day}" for day in days])
    best = sorted(((item, int(n)) for item, n in sold), key=lambda line: (-line[1], line[0]))
    return {"best": best[:3], "visitors": visitors, "viewed": seen, "wishes": sorted(wishes)}


def fronted(client, visitor, days, *, last=2, order=lambda line: (-line[1], line[0]), most=3,
            whole=int, sort=sorted):  # fmt: skip
    """Do what front_page does, with one thing changed; for the wrong answers."""
    pipe = client.pipeline(transaction=False)
    pipe.zunion([f"shop:{{sales}}:{day}" for day in days], withscores=True)
    pipe.lrange(f"cart:{{{visitor}}}:viewed", 0, last)
    pipe.smembers(f"shop:{{wishes}}:{visitor}")
    sold, seen, wishes = pipe.execute()
    visitors = client.pfcount(*[f"shop:{{visitors}}:{day}" for day in days])
    best = sorted(((item, whole(n)) for item, n in sold), key=order)
    return {"best": best[:most], "visitors": visitors, "viewed": seen, "wishes": sort(wishes)}


@q4.mistake(
    "You added up the visitors of single days: who came on two of them was counted twice. PFCOUNT "
    "takes several keys, and counts each visitor once."
)
def adds_up_the_days(client, visitor, days):
    single = [client.pfcount(f"shop:{{visitors}}:{day}") for day in days]
    return fronted(client, visitor, days) | {"visitors": sum(single)}


@q4.mistake("Four products of the list came back. The place 2 is the third: LRANGE 0 2.")
def shows_four(client, visitor, days):
    return fronted(client, visitor, days, last=3)


@q4.mistake("What sold least comes first. Sort by (-pieces, id).")
def worst_sellers_first(client, visitor, days):
    return fronted(client, visitor, days, order=lambda line: (line[1], line[0]))


@q4.mistake("Of what sold equally often, the smaller id comes first: sort by (-pieces, id).")
def equal_ones_in_any_order(client, visitor, days):
    def backwards(line):
        return -line[1], [-ord(letter) for letter in line[0]]

    return fronted(client, visitor, days, order=backwards)


@q4.mistake("The pieces are floats, such as 6.0. Pieces are whole numbers: int(score).")
def counts_in_floats(client, visitor, days):
    return fronted(client, visitor, days, whole=float)


@q4.mistake("The wishes are a set. Wanted is a sorted list: sorted(…).")
def wishes_as_a_set(client, visitor, days):
    return fronted(client, visitor, days, sort=set)


def finished_parts() -> dict:
    """Return the four functions as the finished shop has them, for the parts of a WholeShop."""
    return {"visit": visit, "order": order_once, "pack": pack, "front": front_page}
