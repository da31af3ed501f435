"""Lesson 13: orders in a stream."""

import json

from hypothesis import strategies as st

from cartlib.course.worlds import command, lines, some_of
from cartlib.lab.disturbance import changes, script_of
from cartlib.practice.exercise import Case, Exercise
from cartlib.questions import Guess, Prediction
from cartlib.shop import orders as kit

ORDERS, ASIDE, PACKED = "shop:{orders}", "shop:{orders}:aside", "shop:{orders}:packed"
GROUP = "XGROUP CREATE shop:{orders} packers 0 MKSTREAM"
IDLE = 60_000  # milliseconds
PLACES = """XADD shop:{orders} * order '{"tea": 1}'"""  # somebody else does

# What can lie about, and is no business of these tasks.
AROUND = [
    "ZADD cart:{guest} 2 mug",
    'XADD shop:{orders}:aside 3-0 order "{}"',
    "HSET shop:{orders}:packed mug 7 vase 1",
    "RPUSH shop:{queue} a b",
]


def placed(number, order):
    """Return the line that places an order under the id NUMBER-0."""
    return command("XADD", ORDERS, f"{number}-0", "order", json.dumps(order))


def handed_out(worker, count=1):
    """Return the line that hands the next orders to a worker."""
    return command(
        *("XREADGROUP", "GROUP", "packers", worker, "COUNT", count, "STREAMS", ORDERS, ">")
    )


def lay_idle(worker, number, deliveries, idle=IDLE + 1000):
    """Return the line that lets an order lie in a worker's hand, so often handed out, so long."""
    return command(
        *("XCLAIM", ORDERS, "packers", worker, 0, f"{number}-0"),
        *("IDLE", idle, "RETRYCOUNT", deliveries),
    )


COUNTS = "HINCRBY shop:{orders}:packed mug 5"
TAKES_OVER = command("XAUTOCLAIM", ORDERS, "packers", "dee", IDLE, "0-0")  # so does somebody else

p1 = Prediction(
    "streams.p1",
    (
        "DEL demo:orders",
        "XADD demo:orders 1-0 product mug",
        "XADD demo:orders 2-0 product pen",
        "XGROUP CREATE demo:orders packers 0",
        "XREADGROUP GROUP packers ann COUNT 1 STREAMS demo:orders >",
        "XACK demo:orders packers 1-0",
    ),
    "XLEN demo:orders",
    {
        "(integer) 0": "Ann took one entry of two. And did she take it out?",
        "(integer) 1": "So it would be if an entry that is done left the stream. It stays: only "
        "the group takes it off its list.",
        "(integer) 2": "Neither to hand out an entry nor to say done takes anything out of the "
        "stream. The group notes who has what, and that is all.",
    },
    because="So an order that is done stays in the stream, until somebody takes it out.",
)
p2 = Prediction(
    "streams.p2",
    (
        "DEL demo:orders",
        "XADD demo:orders 1-0 product mug",
        "XGROUP CREATE demo:orders packers 0",
        "XREADGROUP GROUP packers ann COUNT 1 STREAMS demo:orders >",
        "XACK demo:orders packers 1-0",
    ),
    "XACK demo:orders packers 1-0",
    {
        "(integer) 1": "XACK replies how many entries it took off the list. The first one has "
        "taken it off already.",
        "(integer) 0": "It was no longer on the list of what is pending. That is no error: XACK "
        "replies how many it took off.",
        "(error) not pending": "To say done twice is no error in Redis. XACK counts.",
    },
)


def _each_by_xread(client):
    client.xadd("demo:orders", {"product": "mug"})
    client.xadd("demo:orders", {"product": "pen"})
    return sum(len(client.xread({"demo:orders": "0"})[0][1]) for _ in ("ann", "bob"))


g1 = Guess(
    "streams.g1",
    "Two orders wait. Ann reads them by XREAD, and then Bob does. How many parcels are packed?",
    {
        "2": "So it would be if XREAD told Bob what Ann has read. Redis notes nothing of a reader.",
        "3": "Nobody shares here: each one of them gets everything.",
        "4": "Each of the two got both orders, and packed both.",
    },
    right="4",
    proof=_each_by_xread,
)


def _shared(client):
    client.xadd("demo:orders", {"product": "mug"})
    client.xadd("demo:orders", {"product": "pen"})
    client.xgroup_create("demo:orders", "packers", "0")
    client.xreadgroup("packers", "ann", {"demo:orders": ">"})
    found = client.xreadgroup("packers", "bob", {"demo:orders": ">"})
    return found[0][1][0][1]["product"] if found else "nothing"


g2 = Guess(
    "streams.g2",
    "A mug waits, and then a pen. Ann asks the group, without COUNT, and after her Bob does. What "
    "does Bob get?",
    {
        "mug": "So it would be with XREAD. The group has handed the mug to Ann.",
        "pen": "So it would be if Ann had asked for one, by COUNT 1.",
        "nothing": "Without COUNT Ann gets all that waits, and the group hands out each entry "
        "once.",
    },
    right="nothing",
    proof=_shared,
)


def _from_the_end(client):
    client.xadd("demo:orders", {"product": "mug"})
    client.xgroup_create("demo:orders", "packers", "$")
    client.xadd("demo:orders", {"product": "pen"})
    [[_, found]] = client.xreadgroup("packers", "ann", {"demo:orders": ">"})
    return ", ".join(fields["product"] for _, fields in found)


g3 = Guess(
    "streams.g3",
    "A mug was ordered, then the group was made with `$`, then a pen was ordered. What is handed "
    "out?",
    {
        "mug, pen": "So it would be with 0: the group begins before the first entry.",
        "pen": "$ is the id of the newest entry at that moment. The group begins after it, and "
        "nobody will ever get the mug.",
        "mug": "The group hands out what comes after the id that it was made with.",
    },
    right="pen",
    proof=_from_the_end,
)


def _acknowledged_first(client):
    client.xgroup_create("demo:orders", "packers", "0", mkstream=True)
    entry = client.xadd("demo:orders", {"product": "mug"})
    client.xreadgroup("packers", "ann", {"demo:orders": ">"})
    client.xack("demo:orders", "packers", entry)
    # and here Ann's program dies
    left = client.xautoclaim("demo:orders", "packers", "bob", 0)[1]
    left = left or client.xreadgroup("packers", "bob", {"demo:orders": ">"})
    return "yes" if left else "no"


g4 = Guess(
    "streams.g4",
    "Ann says done first, and packs then. She dies in between. Will anybody get the order?",
    {
        "yes": "Who would? For the group it was handed out, and it is done.",
        "no": "For the group this order is done. It lies in the stream, and nobody looks at it.",
    },
    right="no",
    proof=_acknowledged_first,
    because="So the order of the two steps decides: first the work, then `XACK`.",
)


def _slow_worker(client):
    order = kit.place_order(client, {"mug": 1})
    kit.read_orders(client, "ann")
    kit.take_over(client, "bob", idle=0)

    def pack(pipe):
        pipe.hincrby("shop:{orders}:packed", "mug", 1)

    for worker in ("bob", "ann"):
        kit.finish_order(client, worker, order, effect=pack)
    return client.hget("shop:{orders}:packed", "mug")


g5 = Guess(
    "streams.g5",
    "Ann was only slow, and Bob took her order over. Both finish it by `finish_order`. How many "
    "mugs does the shop count as packed?",
    {
        "0": "Whoever comes first finishes it.",
        "1": "The second one finds the mark, so nothing of its MULTI is done.",
        "2": "So it would be with XACK alone. What does finish_order look at first?",
    },
    right="1",
    proof=_slow_worker,
)


# q1 ---------------------------------------------------------------------------------------------


def not_trimmed(trial):
    """Return what to say where the stream is trimmed: a rule."""
    for sent in trial.commands:
        words = [word.upper() for word in map(_text, sent.words)]
        trims = sent.name == "XTRIM" or {"MAXLEN", "MINID"} & set(words)
        if sent.name.startswith("EVAL"):
            trims = {"MAXLEN", "MINID"} & set(script_of(sent).upper().replace("'", " ").split())
        if trims:
            return TRIMMED
    return None


def id_from_redis(trial):
    """Return what to say where XADD was given an id: a rule."""
    for sent in trial.commands:
        if sent.name == "XADD" and "*" not in map(_text, sent.words):
            return GIVEN_ID
    return None


def _text(word):
    return word.decode(errors="replace") if isinstance(word, bytes) else str(word)


TRIMMED = (
    "You trim the stream. Its oldest entries are orders that perhaps nobody has done yet: append, "
    "and trim nothing."
)
GIVEN_ID = (
    "You gave the id yourself. Two who place an order at the same time would make the same one: "
    "leave it away, and Redis makes it."
)

things = st.one_of(
    lines(least=1, most=4),
    lines(least=1, most=2).map(
        lambda found: {"cart": "ann", "lines": list(map(list, found.items()))}
    ),
    st.sampled_from([{}, {"note": 'a "nice" one\n', "gift": True}, {"Größe": 1.5, "to": None}]),
)


@st.composite
def placings(draw):
    """Worlds for q1: an order, and a stream that perhaps has a group and orders in hand."""
    given = [placed(n, {"pen": n}) for n in range(1, 1 + draw(st.sampled_from([0, 1, 2, 5])))]
    if draw(st.booleans()):
        given.append(GROUP)
        given += draw(st.sampled_from([(), (handed_out("ann"),), (handed_out("ann", 9),)]))
    return Case([*given, *draw(some_of(AROUND))], (draw(things),))


q1 = Exercise(
    "streams.q1",
    "place_order(client, order)",
    [
        Case([], ({"mug": 2},)),
        Case([placed(1, {"pen": 1}), placed(2, {"lamp": 1})], ({"mug": 2, "pen": 1},)),
        Case(
            [placed(1, {"pen": 1}), GROUP, handed_out("ann")],
            ({"cart": "ann", "lines": [["mug", 2]]},),
        ),
        Case([GROUP], ({"Größe": 1.5, "to": None},)),
        Case([], ({},)),
        Case([placed(1, {"pen": 1})], ({"mug": 2},), (PLACES,)),
    ],
    (
        "json.dumps(order) makes the text of a dict.",
        "client.xadd('shop:{orders}', {'order': text}) appends one entry with one field.",
        "xadd returns the id that Redis made: return it.",
    ),
    rules=(not_trimmed, id_from_redis),
    worlds=placings(),
)


@q1.reference
def place_order(client, order):
    return client.xadd("shop:{orders}", {"order": json.dumps(order)})


@q1.mistake(TRIMMED)
def trims(client, order):
    return client.xadd("shop:{orders}", {"order": json.dumps(order)}, maxlen=1000)


@q1.mistake(GIVEN_ID)
def gives_an_id(client, order):
    number = client.xlen("shop:{orders}") + 1
    return client.xadd("shop:{orders}", {"order": json.dumps(order)}, id=f"{number}-0")


@q1.mistake(
    "The order is in the stream, but you returned None. Whoever placed it wants to name it: return "
    "what xadd returned, its id."
)
def returns_nothing(client, order):
    client.xadd("shop:{orders}", {"order": json.dumps(order)})


@q1.mistake(
    "str(...) writes a dict as Python does, with single quotes. That is no JSON: use "
    "json.dumps(order)."
)
def writes_pythons_text(client, order):
    return client.xadd("shop:{orders}", {"order": str(order)})


@q1.mistake(
    "redis-py takes texts and numbers as values, and no dict. Make a text of the order by "
    "json.dumps(order)."
)
def writes_the_dict(client, order):
    return client.xadd("shop:{orders}", {"order": order})


@q1.mistake(
    "You wrote the order field by field. A worker looks for one field, order, with the whole order "
    "as JSON."
)
def writes_its_fields(client, order):
    return client.xadd("shop:{orders}", {key: str(value) for key, value in order.items()})


@q1.mistake(
    "You gave the order itself as the fields. A worker looks for one field, order, with the whole "
    "order as JSON: {'order': json.dumps(order)}."
)
def gives_the_order_as_the_fields(client, order):
    return client.xadd("shop:{orders}", order)


@q1.mistake(
    "That is how XADD stands in redis-cli. In Python, xadd takes the fields as a dict, and writes "
    "the star by itself: client.xadd('shop:{orders}', {'order': text})."
)
def calls_it_as_in_redis_cli(client, order):
    return client.xadd("shop:{orders}", "*", "order", json.dumps(order))


@q1.mistake("You wrote a list. Its elements have no ids, and no group can share them: use XADD.")
def writes_a_list(client, order):
    return client.rpush("shop:{orders}", json.dumps(order))


@q1.mistake(
    "You published the order. If no worker listens at this moment, it is lost: append it to the "
    "stream, by XADD."
)
def publishes(client, order):
    return client.publish("shop:{orders}", json.dumps(order))


@q1.mistake(
    "Where there was no stream yet, nothing was written. A plain XADD makes it: append in any case."
)
def appends_only_to_a_stream(client, order):
    return client.xadd("shop:{orders}", {"order": json.dumps(order)}, nomkstream=True)


@q1.mistake(
    "Nothing was appended to shop:{orders}. The name has braces, which an f-string takes away: "
    "write it as a plain text."
)
def writes_without_braces(client, order):
    return client.xadd("shop:orders", {"order": json.dumps(order)})


# q2 ---------------------------------------------------------------------------------------------


def works_before_it_says_done(trial):
    """Return what to say where XACK comes before the work: a rule."""
    first = None
    for sent in trial.commands:
        if sent.name == "XREADGROUP" and "NOACK" in map(str.upper, map(_text, sent.words)):
            return NOACK
        if sent.name == "XACK" and first is None:
            first = sent.trip
        if first is not None and sent.trip > first and changes(sent) and sent.name != "XACK":
            return ACKED_FIRST.format(sent)
    return None


def one_at_a_time(trial):
    """Return what to say where more than one order was taken: a rule."""
    taken = sum(
        len(entries)
        for sent in trial.commands
        if sent.name == "XREADGROUP" and isinstance(sent.reply, list)
        for _, entries in sent.reply
    )
    return TOO_MANY if taken > 1 else None


ACKED_FIRST = (
    "You said done first, and then sent {}. If your program stops between the two, nobody will "
    "ever do the order: XACK comes last."
)
NOACK = (
    "With NOACK the order is done for the group at the moment in which it is handed out. If your "
    "program stops then, nobody will ever do it: leave it away, and XACK at the end."
)
TOO_MANY = (
    "You took more than one order, and did not do all of them. The others lie in this worker's "
    "hand, and nobody else gets them: count=1."
)
RACE = (
    "You read the count, and wrote your sum over it. Another worker counts at the same time, and "
    "its pieces are lost: HINCRBY adds inside Redis."
)

parcels = st.sampled_from(
    [
        {"mug": 1},
        {"mug": 2, "pen": 10},
        {"Zoë's cup": 3},
        {"pen": 12, "Mug": 1, "mug": 250},
    ]
)


@st.composite
def workdays(draw):
    """Worlds for q2: orders, of which some are in the hands of workers, and perhaps of this one."""
    orders = draw(st.lists(parcels, max_size=4))
    given = [placed(n, order) for n, order in enumerate(orders, 1)]
    given.insert(draw(st.integers(0, len(given))), GROUP)
    for worker in draw(st.lists(st.sampled_from(["ann", "bob"]), max_size=3)):
        given.append(handed_out(worker))
    rival = draw(st.sampled_from([()] * 8 + [(COUNTS,), (PLACES,)]))
    around = draw(some_of(AROUND))
    return Case(
        [*given, *around],
        (draw(st.sampled_from(["ann", "cem", "Zoë"])),),
        rival,
    )


TWO = [placed(1, {"mug": 2}), placed(2, {"pen": 1, "mug": 3})]

q2 = Exercise(
    "streams.q2",
    "work(client, worker)",
    [
        Case([*TWO, GROUP], ("ann",)),
        Case([*TWO, GROUP, handed_out("bob")], ("ann",)),
        Case([*TWO, GROUP, handed_out("bob", 2)], ("ann",)),
        Case([GROUP], ("ann",)),
        Case([*TWO, GROUP, handed_out("ann")], ("ann",)),
        Case(
            [*TWO, GROUP, "HSET shop:{orders}:packed mug 7"],
            ("ann",),
            (COUNTS,),
        ),
        Case([*TWO, GROUP], ("ann",), (handed_out("bob"),)),
    ],
    (
        "found = client.xreadgroup('packers', worker, {'shop:{orders}': '>'}, count=1). If nothing "
        "is new, the list is empty.",
        "entry_id, fields = found[0][1][0] takes the one entry out. json.loads(fields['order']) "
        "gives the dict.",
        "client.hincrby(key, product_id, pieces) for each line, and then "
        "client.xack('shop:{orders}', 'packers', entry_id).",
    ),
    rules=(works_before_it_says_done, one_at_a_time),
    worlds=workdays(),
)


@q2.reference
def work(client, worker):
    found = client.xreadgroup("packers", worker, {"shop:{orders}": ">"}, count=1)
    if not found:
        return None
    entry_id, fields = found[0][1][0]
    for product_id, pieces in json.loads(fields["order"]).items():
        client.hincrby("shop:{orders}:packed", product_id, pieces)
    client.xack("shop:{orders}", "packers", entry_id)
    return entry_id


def _entry(client, worker, after=">", **options):
    """Return the id and the order of one entry, for the wrong answers; None for none."""
    found = client.xreadgroup("packers", worker, {ORDERS: after}, **{"count": 1} | options)
    if not found or not found[0][1]:
        return None
    entry_id, fields = found[0][1][0]
    return entry_id, json.loads(fields["order"])


def _pack(client, order):
    for product_id, pieces in order.items():
        client.hincrby(PACKED, product_id, pieces)


@q2.mistake(ACKED_FIRST.format("HINCRBY shop:{orders}:packed mug 2"))
def says_done_first(client, worker):
    if entry := _entry(client, worker):
        client.xack(ORDERS, "packers", entry[0])
        _pack(client, entry[1])
        return entry[0]


@q2.mistake(NOACK)
def takes_without_acknowledging(client, worker):
    if entry := _entry(client, worker, noack=True):
        _pack(client, entry[1])
        return entry[0]


@q2.mistake(
    "The order is packed, but not said to be done: it stays in the worker's hand, and one day "
    "somebody else packs it once more. Send XACK at the end."
)
def never_says_done(client, worker):
    if entry := _entry(client, worker):
        _pack(client, entry[1])
        return entry[0]


@q2.mistake(
    "You read by XREAD. It gives the same entry to everybody, so each worker packs it. Let the "
    "group hand it out: XREADGROUP."
)
def reads_alone(client, worker):
    found = client.xread({ORDERS: "0"}, count=1)
    if found:
        entry_id, fields = found[0][1][0]
        _pack(client, json.loads(fields["order"]))
        client.xack(ORDERS, "packers", entry_id)
        return entry_id


@q2.mistake(
    "With an id in the place of > you get what this worker has in hand already, and nothing new. "
    "> stands for: what nobody got yet."
)
def reads_what_it_has(client, worker):
    if entry := _entry(client, worker, "0"):
        _pack(client, entry[1])
        client.xack(ORDERS, "packers", entry[0])
        return entry[0]


@q2.mistake(
    "Where nothing is new, XREADGROUP replies with nothing at all, so there is no first element. "
    "Look first whether the list is empty, and return None."
)
def expects_an_order(client, worker):
    entry_id, fields = client.xreadgroup("packers", worker, {ORDERS: ">"}, count=1)[0][1][0]
    _pack(client, json.loads(fields["order"]))
    client.xack(ORDERS, "packers", entry_id)
    return entry_id


@q2.mistake(TOO_MANY)
def takes_all(client, worker):
    found = client.xreadgroup("packers", worker, {ORDERS: ">"})
    if found:
        entry_id, fields = found[0][1][0]
        _pack(client, json.loads(fields["order"]))
        client.xack(ORDERS, "packers", entry_id)
        return entry_id


@q2.mistake("You returned the order. Wanted is the id of its entry.")
def returns_the_order(client, worker):
    if entry := _entry(client, worker):
        _pack(client, entry[1])
        client.xack(ORDERS, "packers", entry[0])
        return entry[1]


@q2.mistake("All is done, but you returned nothing. Return the id of the entry.")
def returns_no_id(client, worker):
    if entry := _entry(client, worker):
        _pack(client, entry[1])
        client.xack(ORDERS, "packers", entry[0])


@q2.mistake(
    "You counted one piece for each line. The order says how many pieces: the value of the dict."
)
def counts_lines(client, worker):
    if entry := _entry(client, worker):
        _pack(client, dict.fromkeys(entry[1], 1))
        client.xack(ORDERS, "packers", entry[0])
        return entry[0]


@q2.mistake(
    "You deleted the entry. That is not asked for: it stays in the stream, and XACK takes it off "
    "the list of what is pending."
)
def deletes_the_entry(client, worker):
    if entry := _entry(client, worker):
        _pack(client, entry[1])
        client.xack(ORDERS, "packers", entry[0])
        client.xdel(ORDERS, entry[0])
        return entry[0]


@q2.mistake(
    "XDEL takes the entry out of the stream, and not off the list of what is pending. Send XACK, "
    "and leave the entry where it is."
)
def deletes_in_place_of_ack(client, worker):
    if entry := _entry(client, worker):
        _pack(client, entry[1])
        client.xdel(ORDERS, entry[0])
        return entry[0]


@q2.mistake(
    "Your worker has a name of its own, and not the one that was given: the order lies in another "
    "one's hand. Give xreadgroup the argument worker."
)
def works_under_another_name(client, worker):
    if entry := _entry(client, "worker"):
        _pack(client, entry[1])
        return entry[0]


@q2.mistake(
    "HSET writes the pieces of this order over those that are counted already. Add them, inside "
    "Redis: HINCRBY."
)
def sets_the_pieces(client, worker):
    if entry := _entry(client, worker):
        for product_id, pieces in entry[1].items():
            client.hset(PACKED, product_id, pieces)
        client.xack(ORDERS, "packers", entry[0])
        return entry[0]


@q2.mistake(
    "The field order is a text, and has no items. Make a dict of it by json.loads(fields['order'])."
)
def takes_the_text_for_a_dict(client, worker):
    found = client.xreadgroup("packers", worker, {ORDERS: ">"}, count=1)
    if found:
        entry_id, fields = found[0][1][0]
        _pack(client, fields["order"])
        client.xack(ORDERS, "packers", entry_id)
        return entry_id


@q2.mistake(RACE)
def overwrites_the_count(client, worker):
    if entry := _entry(client, worker):
        for product_id, pieces in entry[1].items():
            before = int(client.hget(PACKED, product_id) or 0)
            client.hset(PACKED, product_id, before + pieces)
        client.xack(ORDERS, "packers", entry[0])
        return entry[0]


# q3 ---------------------------------------------------------------------------------------------


def aside_in_one_multi(trial):
    """Return what to say where an order is put aside and acknowledged apart: a rule."""
    inside, block = False, []
    for sent in trial.commands:
        if sent.name == "MULTI":
            inside, block = True, []
        elif sent.name == "EXEC":
            inside = False
            added = sum(c.name == "XADD" for c in block)
            acknowledged = sum(len(c.words) - 3 for c in block if c.name == "XACK")
            if added != acknowledged:
                return NOT_BOTH
        elif inside:
            block.append(sent)
        elif sent.name in ("XADD", "XACK"):
            return APART
    return None


APART = (
    "Your XADD and your XACK are not both in one MULTI. If something stops between the two, the "
    "order is in both places, or in none."
)
NOT_BOTH = (
    "One MULTI has more of XADD than of XACK, or less. What is put aside is acknowledged in the "
    "same MULTI."
)


@st.composite
def left_lying(draw):
    """Worlds for q3: orders in hands, for some time, handed out so often; and some new ones."""
    orders = draw(st.lists(parcels, min_size=1, max_size=5))
    given = [placed(n, order) for n, order in enumerate(orders, 1)]
    taken = draw(st.integers(0, len(orders)))
    given.append(GROUP)
    if taken:
        given.append(handed_out("ann", taken))
    for number in range(1, taken + 1):
        worker = draw(st.sampled_from(["ann", "ann", "bob", "cem"]))
        idle = draw(st.sampled_from([IDLE + 1, IDLE + 1, 10 * IDLE, IDLE - 1000, 0]))
        given.append(lay_idle(worker, number, draw(st.sampled_from([1, 2, 3, 3, 4, 10])), idle))
    rival = draw(st.sampled_from([()] * 5 + [(TAKES_OVER,)]))
    around = draw(some_of(AROUND))
    return Case(
        [*given, *around],
        (draw(st.sampled_from(["bob", "Zoë"])), IDLE),
        rival,
    )


THREE = [
    placed(1, {"mug": 2}),
    placed(2, {"pen": 1}),
    placed(3, {"tea": 1}),
    GROUP,
    handed_out("ann", 3),
]

q3 = Exercise(
    "streams.q3",
    "take_over(client, worker, idle)",
    [
        Case([*THREE, lay_idle("ann", 1, 1)], ("bob", IDLE)),
        Case([*THREE, lay_idle("ann", 1, 3), lay_idle("ann", 2, 2)], ("bob", IDLE)),
        Case(
            [
                *THREE,
                lay_idle("ann", 1, 3),
                lay_idle("cem", 2, 4),
                lay_idle("ann", 3, 1, IDLE - 1000),
            ],
            ("bob", IDLE),
        ),
        Case(THREE, ("bob", IDLE)),
        Case([*TWO, GROUP], ("bob", IDLE)),
        Case(
            [*THREE, lay_idle("bob", 1, 1), lay_idle("bob", 2, 2, 0), lay_idle("ann", 3, 3)],
            ("bob", IDLE),
        ),
        Case(
            [*THREE, lay_idle("ann", 2, 3), lay_idle("ann", 3, 2)],
            ("bob", IDLE),
            (TAKES_OVER,),
        ),
        Case([*THREE, lay_idle("ann", 1, 2, 10)], ("bob", 5)),
        Case(
            [*(placed(n, {"mug": n}) for n in range(1, 101)), GROUP, handed_out("ann", 100)]
            + [lay_idle("ann", 99, 2), lay_idle("cem", 100, 3)],
            ("bob", IDLE),
        ),
    ],
    (
        "_, entries, *_ = client.xautoclaim('shop:{orders}', 'packers', worker, idle) hands over "
        "what lies idle. Each entry is a pair, as in xrange.",
        "client.xpending_range('shop:{orders}', 'packers', '-', '+', 100) tells for each order its "
        "message_id and its times_delivered. After XAUTOCLAIM, this delivery is counted, too.",
        "pipe = client.pipeline(transaction=True), then pipe.xadd('shop:{orders}:aside', fields), "
        "pipe.xack('shop:{orders}', 'packers', entry_id) and pipe.execute().",
    ),
    rules=(aside_in_one_multi,),
    worlds=left_lying(),
)


@q3.reference
def take_over(client, worker, idle):
    _, entries, *_ = client.xautoclaim("shop:{orders}", "packers", worker, idle)
    rows = client.xpending_range("shop:{orders}", "packers", "-", "+", 100)
    too_often = {row["message_id"] for row in rows if row["times_delivered"] > 3}
    taken = []
    for entry_id, fields in entries:
        if entry_id in too_often:
            pipe = client.pipeline(transaction=True)
            pipe.xadd("shop:{orders}:aside", fields)
            pipe.xack("shop:{orders}", "packers", entry_id)
            pipe.execute()
        else:
            taken.append((entry_id, json.loads(fields["order"])))
    return taken


def _claim(client, worker, idle):
    """Return the entries taken over, and how often each was handed out, for the wrong answers."""
    entries = client.xautoclaim(ORDERS, "packers", worker, idle)[1]
    return entries, _deliveries(client)


def _deliveries(client):
    rows = client.xpending_range(ORDERS, "packers", "-", "+", 100)
    return {row["message_id"]: row["times_delivered"] for row in rows}


def _put_aside(client, entry_id, fields):
    pipe = client.pipeline(transaction=True)
    pipe.xadd(ASIDE, fields)
    pipe.xack(ORDERS, "packers", entry_id)
    pipe.execute()


def _sorted_out(client, entries, deliveries, most):
    """Put aside what was handed out more often than that, and return the others."""
    taken = []
    for entry_id, fields in entries:
        if deliveries.get(entry_id, 0) > most:
            _put_aside(client, entry_id, fields)
        else:
            taken.append((entry_id, json.loads(fields["order"])))
    return taken


@q3.mistake(
    "You put nothing aside. An order that kills every worker goes round for ever, and takes one "
    "worker after the other with it."
)
def puts_nothing_aside(client, worker, idle):
    entries, deliveries = _claim(client, worker, idle)
    return _sorted_out(client, entries, deliveries, 10**9)


@q3.mistake(
    "You put nothing aside, and did not ask how often an order was handed out. One that kills "
    "every worker goes round for ever: xpending_range tells the number."
)
def does_not_ask_how_often(client, worker, idle):
    return _sorted_out(client, client.xautoclaim(ORDERS, "packers", worker, idle)[1], {}, 3)


@q3.mistake(
    "You took over too little: what has been idle for less than a thousand times the given time "
    "stays where it is. idle is in milliseconds already, as xautoclaim takes it."
)
def takes_milliseconds_for_seconds(client, worker, idle):
    entries, deliveries = _claim(client, worker, idle * 1000)
    return _sorted_out(client, entries, deliveries, 3)


@q3.mistake(
    "An order that was handed out twice before this call is put aside. XAUTOCLAIM itself counts as "
    "a delivery: after it, three mean two before it."
)
def puts_aside_too_soon(client, worker, idle):
    entries, deliveries = _claim(client, worker, idle)
    return _sorted_out(client, entries, deliveries, 2)


@q3.mistake(
    "An order that was handed out three times before this call is handed out once more. You asked "
    "for the numbers before XAUTOCLAIM: there, three are enough."
)
def puts_aside_too_late(client, worker, idle):
    deliveries = _deliveries(client)
    entries, _ = _claim(client, worker, idle)
    return _sorted_out(client, entries, deliveries, 3)


@q3.mistake(APART)
def puts_aside_step_by_step(client, worker, idle):
    entries, deliveries = _claim(client, worker, idle)
    taken = []
    for entry_id, fields in entries:
        if deliveries.get(entry_id, 0) > 3:
            client.xadd(ASIDE, fields)
            client.xack(ORDERS, "packers", entry_id)
        else:
            taken.append((entry_id, json.loads(fields["order"])))
    return taken


@q3.mistake(
    "You acknowledged what you take over. Nobody has done it yet: if your worker dies now, the "
    "order is lost. Acknowledge only what you put aside."
)
def acknowledges_all(client, worker, idle):
    entries, deliveries = _claim(client, worker, idle)
    taken = _sorted_out(client, entries, deliveries, 3)
    for entry_id, _ in taken:
        client.xack(ORDERS, "packers", entry_id)
    return taken


@q3.mistake(
    "You took orders over that do not lie idle for so long: their workers may still be at them. "
    "Give xautoclaim the argument idle."
)
def takes_what_is_in_work(client, worker, idle):
    entries, deliveries = _claim(client, worker, 0)
    return _sorted_out(client, entries, deliveries, 3)


@q3.mistake(
    "An order that you put aside is not acknowledged: it is still on the list of what is pending, "
    "and the next one puts it aside again. XACK belongs into the same MULTI."
)
def puts_aside_without_ack(client, worker, idle):
    entries, deliveries = _claim(client, worker, idle)
    taken = []
    for entry_id, fields in entries:
        if deliveries.get(entry_id, 0) > 3:
            client.xadd(ASIDE, fields)
        else:
            taken.append((entry_id, json.loads(fields["order"])))
    return taken


@q3.mistake(
    "What was handed out three times is acknowledged, and lies nowhere aside: nobody will ever see "
    "the order again. Append it to shop:{orders}:aside, in the same MULTI."
)
def throws_away(client, worker, idle):
    entries, deliveries = _claim(client, worker, idle)
    taken = []
    for entry_id, fields in entries:
        if deliveries.get(entry_id, 0) > 3:
            client.xack(ORDERS, "packers", entry_id)
        else:
            taken.append((entry_id, json.loads(fields["order"])))
    return taken


@q3.mistake(
    "You returned the entries as Redis gives them. Wanted are pairs: the id, and the order as a "
    "dict, by json.loads(fields['order'])."
)
def returns_raw_entries(client, worker, idle):
    entries, deliveries = _claim(client, worker, idle)
    for entry_id, fields in entries:
        if deliveries.get(entry_id, 0) > 3:
            _put_aside(client, entry_id, fields)
    return [entry for entry in entries if deliveries.get(entry[0], 0) <= 3]


@q3.mistake("You returned the ids alone. Wanted are pairs: the id, and the order as a dict.")
def returns_ids(client, worker, idle):
    entries, deliveries = _claim(client, worker, idle)
    return [entry_id for entry_id, _ in _sorted_out(client, entries, deliveries, 3)]


@q3.mistake(
    "What you put aside is in your list, too: the worker would do it, and die. Leave it out."
)
def returns_what_is_aside(client, worker, idle):
    entries, deliveries = _claim(client, worker, idle)
    _sorted_out(client, entries, deliveries, 3)
    return [(entry_id, json.loads(fields["order"])) for entry_id, fields in entries]


@q3.mistake(
    "You put aside whatever was handed out three times, also what lies idle for a short time only: "
    "a worker may be at it just now. Look only at what XAUTOCLAIM gave you."
)
def puts_aside_what_is_in_work(client, worker, idle):
    for row in client.xpending_range(ORDERS, "packers", "-", "+", 100):
        if row["times_delivered"] >= 3:
            [(entry_id, fields)] = client.xrange(ORDERS, row["message_id"], row["message_id"])
            _put_aside(client, entry_id, fields)
    entries = client.xautoclaim(ORDERS, "packers", worker, idle)[1]
    return [(entry_id, json.loads(fields["order"])) for entry_id, fields in entries]


@q3.mistake(
    "You only looked. The orders are still in the hands of those who died: XAUTOCLAIM hands them "
    "over to your worker."
)
def only_looks(client, worker, idle):
    rows = client.xpending_range(ORDERS, "packers", "-", "+", 100, idle=idle)
    taken = []
    for row in rows:
        for entry_id, fields in client.xrange(ORDERS, row["message_id"], row["message_id"]):
            if row["times_delivered"] >= 3:
                _put_aside(client, entry_id, fields)
            else:
                taken.append((entry_id, json.loads(fields["order"])))
    return taken
