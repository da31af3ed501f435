"""Lesson 11: lists and queues."""

from hypothesis import strategies as st

from cartlib.course.worlds import IDS, SURROUNDINGS, command, seldom, some_of
from cartlib.lab.disturbance import changes
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.rules import in_one_multi, never, no_look_before
from cartlib.questions import Guess, Prediction
from cartlib.shop import queue

VIEWED, QUEUE = "cart:{guest}:viewed", "shop:{queue}"
WORK = f"{QUEUE}:work:"
MOVES = ("LMOVE", "RPOPLPUSH", "EVAL", "EVALSHA")
ONE_BY_ONE = (
    "You sent the changes one by one: somebody who looks in between sees the product gone, or "
    "there twice. Send all three in one MULTI."
)
READS_FIRST = (
    "You read the list first. None of the three changes needs it: LREM finds the product itself, "
    "and LTRIM needs no length."
)
BY_HALVES = (
    "You sent {} by itself. It takes orders out or puts them in, and does not do both: if your "
    "program stops there, an order is in neither list, or in both. LMOVE does both in one command."
)
WAITS = (
    "You sent {}, which waits where the queue is empty. This function comes back at once: LMOVE."
)

p1 = Prediction(
    "lists.p1",
    ("DEL demo:list", "RPUSH demo:list lamp mug pen", "LPUSH demo:list tea"),
    "LRANGE demo:list 0 1",
    {
        '1) "tea"': "So it would be if the end were left out, as in Python. Redis includes it.",
        '1) "tea"\n2) "lamp"': "LPUSH put the tea at the left end, before the lamp. From place 0 "
        "to place 1 are two elements: the end is included.",
        '1) "lamp"\n2) "mug"': "So it would be if LPUSH put the tea at the right. L is left.",
        '1) "tea"\n2) "lamp"\n3) "mug"': "These are the places 0, 1 and 2. You asked for 0 to 1.",
    },
)
p2 = Prediction(
    "lists.p2",
    ("DEL demo:{queue}", "LPUSH demo:{queue} o1", "LPUSH demo:{queue} o2", "LPUSH demo:{queue} o3"),
    "RPOP demo:{queue}",
    {
        '"o3"': "o3 came last, and so it stands at the left end. RPOP takes from the right.",
        '"o2"': "o2 stands in the middle. RPOP takes from the right end.",
        '"o1"': "Each LPUSH went before the others, so the first order is at the right end now. "
        "RPOP takes it from there.",
        "(nil)": "Nil is the reply for an empty list. Here three orders wait.",
    },
    because=(
        "**First in, first out**: put at one end, take at the other. Whoever puts and takes at one "
        "end, by `LPUSH` and `LPOP`, gets the newest first: that is a *stack*."
    ),
)
p3 = Prediction(
    "lists.p3",
    (
        "DEL demo:{queue} demo:{queue}:work:ann",
        "LPUSH demo:{queue} o1 o2 o3",
        "LMOVE demo:{queue} demo:{queue}:work:ann RIGHT LEFT",
        "LMOVE demo:{queue} demo:{queue}:work:ann RIGHT LEFT",
    ),
    "LRANGE demo:{queue}:work:ann 0 -1",
    {
        '1) "o1"\n2) "o2"': "So it would be after `RIGHT RIGHT`. The second word says where the "
        "order goes to: the left end, before the one that is there.",
        '1) "o2"\n2) "o1"': "o1 was moved first. Then o2 went before it, to the left end.",
        '1) "o3"\n2) "o2"': "So it would be if they were taken at the left. The first word says "
        "where to take: RIGHT, and o1 is there.",
        "(empty array)": "LMOVE puts what it takes into the second list, and makes that list if it "
        "is not there.",
    },
)


def _dies_with_an_order(client):
    client.lpush("demo:{queue}", "o1", "o2")
    order = client.rpop("demo:{queue}")
    left = client.lrange("demo:{queue}", 0, -1)
    return "the queue" if order in left else "nowhere in Redis"


g1 = Guess(
    "lists.g1",
    "Ann has taken an order by `RPOP`. Before she has done it, her computer dies. Where is the "
    "order now?",
    {
        "the queue": "RPOP took it out of there. Redis does not know what Ann wanted with it.",
        "a list of Ann's": "Nobody made such a list: RPOP only takes out, and replies.",
        "nowhere in Redis": "RPOP took it out of the queue, and Ann's program had the only copy.",
    },
    right="nowhere in Redis",
    proof=_dies_with_an_order,
)


def _dies_before_finish(client):
    packed = []
    queue.put_order(client, {"id": "o1"})
    packed.append(queue.take_order(client, "ann")["id"])  # and now she dies
    queue.recover_orders(client, "ann")
    order = queue.take_order(client, "bob")
    packed.append(order["id"])
    queue.finish_order(client, "bob", order)
    return {1: "once", 2: "twice"}[len(packed)]


g2 = Guess(
    "lists.g2",
    "Ann takes an order and packs it. Before she can take it out of her list, her computer dies. "
    "Her list is given back, and Bob takes the order. How often is it packed?",
    {
        "once": "So it would be if Redis knew that she had packed it. It only knows her list, and "
        "the order was in there.",
        "twice": "From outside, an order that is packed looks like one that is not: both are in "
        "her list. So Bob packs it again.",
        "never": "An order leaves the two lists only when somebody has done it. Ann has packed "
        "this one.",
    },
    right="twice",
    proof=_dies_before_finish,
)


def _with_a_blank(client):
    client.lpush("demo:{queue}:work:ann", '{"id": "o1", "mug": 2}')
    return str(client.lrem("demo:{queue}:work:ann", 1, '{"id":"o1","mug":2}'))


g3 = Guess(
    "lists.g3",
    "In Ann's list is an order as JSON, with a blank after each colon and comma. She sends `LREM` "
    "with the same order, and without blanks. What does `LREM` reply?",
    {
        "1": "So it would be if Redis could read JSON here. For a list, an element is a text.",
        "0": "LREM compares texts, character by character. One blank makes another text.",
        "an error": "Nothing is wrong with the command: it looks for a text, and counts what it "
        "takes out.",
    },
    right="0",
    proof=_with_a_blank,
)


def rpush(key, elements) -> list[str]:
    """Return the line that writes a list, the left end first; none for an empty one."""
    return [command("RPUSH", key, *elements)] if elements else []


@st.composite
def looks_at_products(draw):
    """Worlds for q1: what was looked at, some of it several times, and maybe too many."""
    ids = st.sampled_from(IDS)
    before = draw(st.lists(ids, max_size=draw(st.sampled_from([0, 1, 3, 9, 10, 11, 14]))))
    item = draw(st.sampled_from([*before, *before[-2:], *IDS]))
    others = draw(some_of(SURROUNDINGS))
    rival = seldom(draw, [command("LPUSH", VIEWED, "tea"), command("DEL", VIEWED)])
    return Case([*rpush(VIEWED, before), *others], (item,), rival)


TEN = [f"thing {n}" for n in range(10)]

q1 = Exercise(
    "lists.q1",
    "note_viewed(client, product_id)",
    [
        Case([f"RPUSH {VIEWED} mug lamp pen"], ("tea",)),
        Case([f"RPUSH {VIEWED} mug lamp pen"], ("pen",)),
        Case([], ("mug",)),
        Case(rpush(VIEWED, TEN), ("mug",)),
        Case(rpush(VIEWED, TEN), ("thing 9",)),
        Case([f"RPUSH {VIEWED} pen mug lamp mug"], ("mug",)),
        Case(rpush(VIEWED, [*TEN, "tea", "pen"]), ("m*g",)),
        Case([f"RPUSH {VIEWED} mug lamp"], ("pen",), (f"LPUSH {VIEWED} tea",)),
        Case([f"SET {VIEWED} hello"], ("mug",)),
    ],
    (
        "pipe = client.pipeline(transaction=True) collects the three commands, and pipe.execute() "
        "sends them in one MULTI.",
        "First out with it, wherever it stands: pipe.lrem(key, 0, product_id). Then "
        "pipe.lpush(key, product_id).",
        "pipe.ltrim(key, first, last) keeps what stands from one place to another, both included. "
        "Places count from 0: which is the tenth?",
    ),
    rules=(in_one_multi(ONE_BY_ONE), no_look_before(VIEWED, READS_FIRST)),
    worlds=looks_at_products(),
)


@q1.reference
def note_viewed(client, product_id):
    pipe = client.pipeline(transaction=True)
    pipe.lrem("cart:{guest}:viewed", 0, product_id)
    pipe.lpush("cart:{guest}:viewed", product_id)
    pipe.ltrim("cart:{guest}:viewed", 0, 9)
    pipe.execute()


@q1.mistake(
    "You took the product out after you had put it in, and so it is not in the list at all: LREM "
    "with 0 takes out every one. First LREM, then LPUSH."
)
def pushes_first(client, product_id):
    pipe = client.pipeline(transaction=True)
    pipe.lpush("cart:{guest}:viewed", product_id)
    pipe.lrem("cart:{guest}:viewed", 0, product_id)
    pipe.ltrim("cart:{guest}:viewed", 0, 9)
    pipe.execute()


@q1.mistake(
    "A product that was looked at before is in the list twice now. Take it out first: "
    "LREM key 0 product."
)
def never_removes(client, product_id):
    pipe = client.pipeline(transaction=True)
    pipe.lpush("cart:{guest}:viewed", product_id)
    pipe.ltrim("cart:{guest}:viewed", 0, 9)
    pipe.execute()


@q1.mistake("The list grows for ever. LTRIM key 0 9 keeps the ten at the left end.")
def never_trims(client, product_id):
    pipe = client.pipeline(transaction=True)
    pipe.lrem("cart:{guest}:viewed", 0, product_id)
    pipe.lpush("cart:{guest}:viewed", product_id)
    pipe.execute()


@q1.mistake(
    "You kept eleven. LTRIM includes its last place, and places count from 0: from 0 to 9 are ten."
)
def keeps_eleven(client, product_id):
    pipe = client.pipeline(transaction=True)
    pipe.lrem("cart:{guest}:viewed", 0, product_id)
    pipe.lpush("cart:{guest}:viewed", product_id)
    pipe.ltrim("cart:{guest}:viewed", 0, 10)
    pipe.execute()


@q1.mistake(
    "You put the product at the right end, and LTRIM from 0 keeps the left one. The product that "
    "was looked at last comes first: LPUSH."
)
def pushes_at_the_right(client, product_id):
    pipe = client.pipeline(transaction=True)
    pipe.lrem("cart:{guest}:viewed", 0, product_id)
    pipe.rpush("cart:{guest}:viewed", product_id)
    pipe.ltrim("cart:{guest}:viewed", 0, 9)
    pipe.execute()


@q1.mistake(
    "You kept the ten at the right end, which are the oldest. The newest are at the left: LTRIM "
    "key 0 9."
)
def keeps_the_oldest(client, product_id):
    pipe = client.pipeline(transaction=True)
    pipe.lrem("cart:{guest}:viewed", 0, product_id)
    pipe.lpush("cart:{guest}:viewed", product_id)
    pipe.ltrim("cart:{guest}:viewed", -10, -1)
    pipe.execute()


@q1.mistake(
    "LREM with 1 takes out only the first one that it finds, and some product was in the list "
    "twice. With 0 it takes out all."
)
def removes_one_only(client, product_id):
    pipe = client.pipeline(transaction=True)
    pipe.lrem("cart:{guest}:viewed", 1, product_id)
    pipe.lpush("cart:{guest}:viewed", product_id)
    pipe.ltrim("cart:{guest}:viewed", 0, 9)
    pipe.execute()


@q1.mistake(
    "You cut the list, and put the product in afterwards: so there can be eleven. LTRIM comes last."
)
def trims_too_early(client, product_id):
    pipe = client.pipeline(transaction=True)
    pipe.lrem("cart:{guest}:viewed", 0, product_id)
    pipe.ltrim("cart:{guest}:viewed", 0, 9)
    pipe.lpush("cart:{guest}:viewed", product_id)
    pipe.execute()


@q1.mistake("The list is right, but you returned something. Nothing is wanted: no return.")
def returns_the_replies(client, product_id):
    pipe = client.pipeline(transaction=True)
    pipe.lrem("cart:{guest}:viewed", 0, product_id)
    pipe.lpush("cart:{guest}:viewed", product_id)
    pipe.ltrim("cart:{guest}:viewed", 0, 9)
    return pipe.execute()


def only_whole_moves(trial):
    """Return what to say where a command, or a MULTI, is but half of a move: a rule."""
    inside, waiting = False, []
    for sent in trial.commands:
        if sent.name == "MULTI":
            inside, waiting = True, []
        elif sent.name == "EXEC":
            inside, waiting = False, waiting if sent.reply is not None else []
            if len(waiting) == 1 and waiting[0].name not in MOVES:
                return BY_HALVES.format(waiting[0])
        elif changes(sent) and inside:
            waiting.append(sent)
        elif changes(sent) and sent.name not in MOVES:
            return BY_HALVES.format(sent)
    return None


WAITING = ("BLMOVE", "BRPOPLPUSH", "BRPOP", "BLPOP", "BLMPOP")
comes_back_at_once = [never(name, WAITS.format(name)) for name in WAITING]
ORDERS = ["o1", "o2", "o3", "o10", '{"id":"o7","mug":2}', "Zoë's", "a b", "10", "O1"]
WORKERS = ["ann", "Ann", "an", "Zoë B.", "10", "w1"]
TAKEN_BY_BOB = f"LMOVE {QUEUE} {WORK}bob RIGHT LEFT"
THREE = f"RPUSH {QUEUE} o3 o2 o1"
AROUND = [
    command("RPUSH", f"{WORK}bob", "o8", "o9"),
    "RPUSH shop:queue o6 o7",
    "HSET product:mug name 'Coffee mug' price 9.50",
    "SADD shop:{queue}:names ann bob",
]


@st.composite
def takes(draw):
    """Worlds for q2: orders that wait, what the worker has in hand, and maybe others who take."""
    orders = st.lists(st.sampled_from(ORDERS), max_size=draw(st.sampled_from([0, 1, 1, 2, 5])))
    worker = draw(st.sampled_from(WORKERS))
    given = [*rpush(QUEUE, draw(orders)), *rpush(WORK + worker, draw(orders))]
    rival = seldom(draw, [TAKEN_BY_BOB, command("LPUSH", QUEUE, "o99")])
    return Case([*given, *draw(some_of(AROUND))], (worker,), rival)


q2 = Exercise(
    "lists.q2",
    "take_order(client, worker)",
    [
        Case([THREE], ("ann",)),
        Case([THREE, f"RPUSH {WORK}ann o0"], ("ann",)),
        Case([], ("ann",)),
        Case([f"RPUSH {WORK}ann o1"], ("ann",)),
        Case([f"RPUSH {QUEUE} o1"], ("Zoë B.",)),
        Case([THREE, f"RPUSH {WORK}bob o0"], ("ann",), (TAKEN_BY_BOB,)),
        Case([f"RPUSH {QUEUE} o1"], ("ann",), (TAKEN_BY_BOB,)),
        Case([f"RPUSH {QUEUE} o1 o1"], ("ann",), (f"LPUSH {QUEUE} o2",)),
        Case([f"SET {QUEUE} hello"], ("ann",)),
    ],
    (
        'f"shop:{{queue}}:work:{worker}" is the key of the worker\'s list. In an f-string, a brace '
        "that is to stay is written twice.",
        "client.lmove(source, destination, src, dest) is LMOVE. The last two are the ends, each "
        '"LEFT" or "RIGHT": the one to take from, and the one to put to.',
        "LMOVE replies the order that it moved. If there was none, that is nil, and redis-py gives "
        "None.",
    ),
    rules=(*comes_back_at_once, only_whole_moves),
    worlds=takes(),
)


@q2.reference
def take_order(client, worker):
    return client.lmove("shop:{queue}", f"shop:{{queue}}:work:{worker}", "RIGHT", "LEFT")


@q2.mistake(
    "RPOP takes the order out, and LPUSH puts it in. If your program dies between the two, the "
    "order is lost. LMOVE does both in one command."
)
def pops_and_pushes(client, worker):
    order = client.rpop("shop:{queue}")
    if order is not None:
        client.lpush(f"shop:{{queue}}:work:{worker}", order)
    return order


@q2.mistake(
    "You took the order out of the queue, and did not put it into the worker's list. If the worker "
    "dies now, it is lost. LMOVE moves it there."
)
def pops_only(client, worker):
    return client.rpop("shop:{queue}")


@q2.mistake(
    "You took the newest order. New ones are put at the left, so the one that has waited longest "
    "is at the right."
)
def takes_the_newest(client, worker):
    return client.lmove("shop:{queue}", f"shop:{{queue}}:work:{worker}", "LEFT", "LEFT")


@q2.mistake(
    "You took the newest order, at the LEFT end of the queue. lmove() does so if you name no ends: "
    'write "RIGHT", "LEFT" behind the two keys.'
)
def names_no_ends(client, worker):
    return client.lmove("shop:{queue}", f"shop:{{queue}}:work:{worker}")


@q2.mistake(
    "The order went to the right end of the worker's list. It belongs at the left: the last word "
    "of LMOVE is LEFT."
)
def puts_it_at_the_right(client, worker):
    return client.lmove("shop:{queue}", f"shop:{{queue}}:work:{worker}", "RIGHT", "RIGHT")


@q2.mistake(
    "You moved an order out of the worker's list into the queue. The list to take from comes first."
)
def moves_it_back(client, worker):
    return client.lmove(f"shop:{{queue}}:work:{worker}", "shop:{queue}", "RIGHT", "LEFT")


@q2.mistake(
    "Your key has the word worker in it, and not the worker's name. Put an f before the quotes, "
    "and write the braces of {queue} twice, for they are to stay, but those of {worker} once."
)
def forgets_the_f(client, worker):
    return client.lmove("shop:{queue}", "shop:{queue}:work:{worker}", "RIGHT", "LEFT")


@q2.mistake(
    "Python looks for a variable named queue. In an f-string, braces that are to stay are written "
    'twice: f"shop:{{queue}}:work:{worker}".'
)
def forgets_to_double_the_braces(client, worker):
    return client.lmove("shop:{queue}", f"shop:{queue}:work:{worker}", "RIGHT", "LEFT")


@q2.mistake(
    "The braces are gone from your key: it is shop:queue:work:…, which is another one. Write each "
    "brace that is to stay twice."
)
def loses_the_braces(client, worker):
    return client.lmove("shop:{queue}", f"shop:queue:work:{worker}", "RIGHT", "LEFT")


@q2.mistake("If no order waits, None is wanted. LMOVE replies it by itself: return what it gives.")
def returns_an_empty_text(client, worker):
    return client.lmove("shop:{queue}", f"shop:{{queue}}:work:{worker}", "RIGHT", "LEFT") or ""


@q2.mistake("The order was moved, but you returned nothing. Return what LMOVE replies.")
def returns_nothing(client, worker):
    client.lmove("shop:{queue}", f"shop:{{queue}}:work:{worker}", "RIGHT", "LEFT")


@st.composite
def recoveries(draw):
    """Worlds for q3: what a dead worker had in hand, and maybe others who take, put and recover."""
    orders = st.lists(st.sampled_from(ORDERS), max_size=draw(st.sampled_from([0, 1, 2, 3, 5])))
    worker = draw(st.sampled_from(WORKERS))
    given = [*rpush(QUEUE, draw(orders)), *rpush(WORK + worker, draw(orders))]
    others = [TAKEN_BY_BOB, f"LPUSH {QUEUE} o99", command("LMOVE", WORK + worker, *OVER)]
    return Case([*given, *draw(some_of(AROUND))], (worker,), seldom(draw, others))


OVER = f"{WORK}eve", "LEFT", "LEFT"
IN_HAND = f"RPUSH {WORK}ann o3 o2 o1"
WAIT = f"RPUSH {QUEUE} o5 o4"
GIVEN_BACK = f"LMOVE {WORK}ann {QUEUE} LEFT RIGHT"
TAKEN_OVER = f"LMOVE {WORK}ann {WORK}bob LEFT LEFT"

q3 = Exercise(
    "lists.q3",
    "recover_orders(client, worker)",
    [
        Case([WAIT, IN_HAND], ("ann",)),
        Case([IN_HAND], ("ann",)),
        Case([WAIT], ("ann",)),
        Case([], ("ann",)),
        Case([WAIT, f"RPUSH {WORK}ann o1", f"RPUSH {WORK}bob o3 o2"], ("ann",)),
        Case([WAIT, IN_HAND], ("ann",), (GIVEN_BACK,)),
        Case([WAIT, IN_HAND], ("ann",), (TAKEN_OVER,)),
        Case([WAIT, IN_HAND], ("ann",), (TAKEN_BY_BOB,)),
        Case([WAIT, IN_HAND], ("ann",), (f"LPUSH {QUEUE} o6",)),
        Case([WAIT, f"RPUSH {WORK}ann o1"], ("ann",), (GIVEN_BACK,)),
        Case([WAIT, f"RPUSH {WORK}Zoë o1 o2 o1"], ("Zoë",)),
        Case([WAIT, f"SET {WORK}ann hello"], ("ann",)),
    ],
    (
        "LMOVE moves one order. Send it again and again, until it replies None: "
        "`while client.lmove(…) is not None:`.",
        "The order that is taken next stands at the right end of the queue. So the oldest has to "
        "go there last.",
        "In the worker's list, the newest stands at the left. Move from its LEFT to the queue's "
        "RIGHT, and count.",
    ),
    rules=(*comes_back_at_once, only_whole_moves),
    worlds=recoveries(),
    in_steps=True,
)


@q3.reference
def recover_orders(client, worker):
    work, number = f"shop:{{queue}}:work:{worker}", 0
    while client.lmove(work, "shop:{queue}", "LEFT", "RIGHT") is not None:
        number += 1
    return number


@q3.mistake(
    "The orders came back in the wrong order: the newest of them is taken first. Begin with the "
    "newest, at the LEFT of the worker's list: then the oldest goes to the queue's right end last."
)
def begins_with_the_oldest(client, worker):
    work, number = f"shop:{{queue}}:work:{worker}", 0
    while client.lmove(work, "shop:{queue}", "RIGHT", "RIGHT") is not None:
        number += 1
    return number


@q3.mistake(
    "You put the orders behind those that wait. They are older: they belong at the queue's RIGHT "
    "end, where they are taken next."
)
def puts_them_behind(client, worker):
    work, number = f"shop:{{queue}}:work:{worker}", 0
    while client.lmove(work, "shop:{queue}", "RIGHT", "LEFT") is not None:
        number += 1
    return number


@q3.mistake(
    "You put the orders at the LEFT end of the queue, behind those that wait. They are older: they "
    "belong at its RIGHT end, where they are taken next."
)
def puts_them_at_the_left(client, worker):
    work, number = f"shop:{{queue}}:work:{worker}", 0
    while client.lmove(work, "shop:{queue}", "LEFT", "LEFT") is not None:
        number += 1
    return number


@q3.mistake(
    "You returned one too many. The last LMOVE moved nothing, and replied None: don't count it."
)
def counts_the_nil(client, worker):
    work, number = f"shop:{{queue}}:work:{worker}", 1
    while client.lmove(work, "shop:{queue}", "LEFT", "RIGHT") is not None:
        number += 1
    return number


@q3.mistake(
    "You copied the orders, and then deleted the list. If your program stops in between, they are "
    "in both lists. LMOVE moves each in one command."
)
def copies_and_deletes(client, worker):
    work = f"shop:{{queue}}:work:{worker}"
    orders = client.lrange(work, 0, -1)
    if orders:
        client.rpush("shop:{queue}", *orders)
        client.delete(work)
    return len(orders)


@q3.mistake(
    "You read the list first, and copied later what you had read. Somebody else moved an order in "
    "between, and now it is there twice. LMOVE needs no reading."
)
def copies_in_a_multi(client, worker):
    work = f"shop:{{queue}}:work:{worker}"
    orders = client.lrange(work, 0, -1)
    if orders:
        pipe = client.pipeline(transaction=True)
        pipe.rpush("shop:{queue}", *orders)
        pipe.delete(work)
        pipe.execute()
    return len(orders)


@q3.mistake(
    "LPOP takes an order out, and RPUSH puts it in. If your program dies between the two, the "
    "order is lost. LMOVE does both in one command."
)
def pops_and_pushes_each(client, worker):
    work, number = f"shop:{{queue}}:work:{worker}", 0
    while (order := client.lpop(work)) is not None:
        client.rpush("shop:{queue}", order)
        number += 1
    return number


@q3.mistake(
    "You moved one order only. A worker can have several in hand: send LMOVE until it replies None."
)
def moves_one(client, worker):
    work = f"shop:{{queue}}:work:{worker}"
    return int(client.lmove(work, "shop:{queue}", "LEFT", "RIGHT") is not None)


@q3.mistake(
    "You returned how many there were when you counted. Somebody else took one of them over in "
    "between: count the replies of LMOVE that are not None."
)
def returns_the_length(client, worker):
    work = f"shop:{{queue}}:work:{worker}"
    number = client.llen(work)
    for _ in range(number):
        client.lmove(work, "shop:{queue}", "LEFT", "RIGHT")
    return number


@q3.mistake("All orders are back, but you returned nothing. Return how many you moved.")
def returns_no_number(client, worker):
    work = f"shop:{{queue}}:work:{worker}"
    while client.lmove(work, "shop:{queue}", "LEFT", "RIGHT") is not None:
        pass


@q3.mistake("You returned the orders. Wanted is how many they are: a whole number.")
def returns_the_orders(client, worker):
    work, orders = f"shop:{{queue}}:work:{worker}", []
    while (order := client.lmove(work, "shop:{queue}", "LEFT", "RIGHT")) is not None:
        orders.append(order)
    return orders
