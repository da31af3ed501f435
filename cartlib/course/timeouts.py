"""Lesson 04: carts that expire."""

import time

from hypothesis import strategies as st

from cartlib import expiry
from cartlib.cart import add_to_cart, get_cart_items
from cartlib.catalogue import load_catalogue
from cartlib.course.failures import carts, no_change_before_an_error
from cartlib.course.worlds import (
    IDS,
    QUANTITIES,
    SURROUNDINGS,
    command,
    crowd,
    one_of,
    some_of,
    zadd,
)
from cartlib.errors import ItemNotInCartError, ProductNotFoundError
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.rules import changes_nothing, in_one_multi, no_look_before
from cartlib.questions import Guess, Prediction

CART, DEADLINES = "cart:{guest}", "cart:{guest}:deadlines"

MUG = 'HSET product:mug name "Coffee mug" price 9.50 category Kitchen'
LINES = "ZADD cart:{guest} 1 pen 3 lamp 7 mug"
THEN = 1_500_000_000.0  # the `now` of the cases, in Unix seconds: July 2017
LATER = 4_000_000_000.0  # a deadline that is far off: October 2096
ONE_BY_ONE = (
    "You sent the changes one by one: if your program stops between them, the cart has the product "
    "but not the new time-out. Send both in one MULTI."
)
READS_FIRST = (
    "You read the cart first. The add needs no reading: ZINCRBY adds inside Redis, and replies the "
    "new quantity."
)
BY_A_SCRIPT = (
    "You sent a script. It does both as one, too, but this task is about MULTI: collect the two "
    "commands in a pipeline."
)
TOOK_BACK = (
    "You wrote before you knew whether the line is there, and took it back. For a moment everybody "
    "saw it. Look first, and write only if the line is there."
)
# Of the surroundings, those that have nothing to do with deadlines.
OTHERS = [line for line in SURROUNDINGS if "deadlines" not in line]


p1 = Prediction(
    "timeouts.p1",
    ("DEL cart:{demo}",),
    "EXPIRE cart:{demo} 60",
    {
        "(integer) 1": "1 would mean: done. But DEL has just taken the key away: nothing is there "
        "that could get a time-out.",
        "(integer) 0": "A key that is not there can't get a time-out: EXPIRE replies 0, and keeps "
        "nothing for later.",
        "(integer) -2": "-2 is what TTL replies for a key that is not there. EXPIRE tells whether "
        "it did something.",
        "(error) no such key": "A missing key is no error in Redis. EXPIRE replies a number that "
        "says: nothing done.",
    },
    because=(
        "A time-out belongs to a key that is there. So the order matters: first the data, then "
        "`EXPIRE`."
    ),
)
p2 = Prediction(
    "timeouts.p2",
    (
        "ZADD cart:{demo} 2 mug",
        "EXPIRE cart:{demo} 60",
        "ZREM cart:{demo} mug",
        "ZADD cart:{demo} 1 lamp",
    ),
    "TTL cart:{demo}",
    {
        "(integer) 60": "So it would be if the key had stayed. Look at ZREM: how many members were "
        "left after it?",
        "(integer) -1": "With its last member the key was gone, and its time-out too. The second "
        "ZADD made a new key.",
        "(integer) -2": "-2 means that there is no such key. The second ZADD has made one.",
    },
    because=(
        "You know from lesson 02 that a sorted set without members is no key any more. **With the "
        "key goes its time-out**, and no error tells you."
    ),
)
p3 = Prediction(
    "timeouts.p3",
    (
        "DEL cart:{demo}",
        "ZADD cart:{demo} 1 mug",
        "EXPIRE cart:{demo} 100",
        "ZINCRBY cart:{demo} 1 mug",
    ),
    "TTL cart:{demo}",
    {
        "(integer) -1": "So it would be if the add had made a new key. It only changed a score.",
        "(integer) 200": "An add knows of mugs, and not of seconds.",
        "(integer) 100": "ZINCRBY changes the score, and leaves the time-out alone.",
    },
)
p4 = Prediction(
    "timeouts.p4",
    ("DEL cart:{demo}:deadlines", "ZADD cart:{demo}:deadlines 100 lamp 200 pen"),
    "ZRANGE cart:{demo}:deadlines -inf 150 BYSCORE",
    {
        '1) "pen"': "The deadline of the pen is 200. At 150 it is still to come.",
        '1) "lamp"': "100 lies between -inf and 150: the deadline of the lamp has passed.",
        "(empty array)": "One of the two scores lies between -inf and 150.",
    },
)


def _add_to_a_session(client):
    load_catalogue(client)
    expiry.expire_cart(client, 1800)
    add_to_cart(client, "mug", 1)
    client.expire("cart:{guest}", 100)
    add_to_cart(client, "lamp", 1)
    return expiry.cart_ttl(client)


g1 = Guess(
    "timeouts.g1",
    "How many seconds has the cart after `add_to_cart`?",
    {
        "100": "So it would be after ZINCRBY alone. The kit sends one command more.",
        "1800": "The kit sends EXPIRE after ZINCRBY: each add moves the end.",
        "1900": "EXPIRE starts a time-out anew. It adds nothing to what was left.",
    },
    right="1800",
    proof=_add_to_a_session,
)


def _read_three_times(client):
    load_catalogue(client)
    add_to_cart(client, "mug", 2)
    add_to_cart(client, "lamp", 1)
    client.zadd("cart:{guest}:deadlines", {"lamp": time.time() - 1})
    first = client.zcard("cart:{guest}")
    get_cart_items(client)
    return {2: "yes", 1: "no"}[client.zcard("cart:{guest}")] if first == 2 else "?"


g2 = Guess(
    "timeouts.g2",
    "The deadline of the lamp has passed. Does the last line show the same as the first?",
    {
        "yes": "So it would be if reading changed nothing. Here it does: the kit found something.",
        "no": "In between, the kit's function found a line that had passed, and took it out.",
    },
    right="no",
    proof=_read_three_times,
)


def no_script(text):
    """Return a rule: what is changed is not changed by a script."""
    return lambda trial: text if any(c.name.startswith("EVAL") for c in trial.writes) else None


@st.composite
def renewals(draw):
    """Worlds for q1: a cart with or without a time-out, and maybe somebody who changes it, too."""
    cart = draw(carts([0, *QUANTITIES]))
    item = draw(st.sampled_from([*cart, *IDS]))
    quantity = draw(st.sampled_from([*QUANTITIES, *QUANTITIES, 0, -1]))
    seconds = draw(st.sampled_from([1, 2, 59, 60, 600, 1800, 3600, 86_400, 31_536_000]))
    given = [*zadd(CART, cart), *draw(some_of(SURROUNDINGS))]
    if old := draw(st.sampled_from([None, 1, 60, 1799, 100_000])):
        given.append(command("EXPIRE", CART, old))
    rival = [(), (), (), (), (command("ZINCRBY", CART, 1, item),), (command("DEL", CART),)]
    return Case(given, (item, quantity, seconds), draw(st.sampled_from(rival)))


q1 = Exercise(
    "timeouts.q1",
    "add_and_renew(client, product_id, quantity, seconds)",
    [
        Case([MUG], ("mug", 2, 1800)),
        Case([MUG, LINES, "EXPIRE cart:{guest} 60"], ("mug", 2, 1800)),
        Case([LINES], ("tea", 1, 600)),
        Case([LINES], ("tea", 0, 600)),
        Case([LINES], ("mug", -9, 600)),
        Case([LINES], ("mug", 2, 1800), ("ZINCRBY cart:{guest} 1 mug",)),
    ],
    (
        "pipe = client.pipeline(transaction=True) collects commands, and pipe.execute() sends them "
        "as one MULTI and returns the list of their replies.",
        "First pipe.zincrby(key, quantity, product_id), then pipe.expire(key, seconds).",
        "The reply to ZINCRBY is the first of the list. It is a float: int(...) makes it whole.",
    ),
    rules=(no_script(BY_A_SCRIPT), in_one_multi(ONE_BY_ONE), no_look_before(CART, READS_FIRST)),
    worlds=renewals(),
)


@q1.reference
def add_and_renew(client, product_id, quantity, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    pipe.expire("cart:{guest}", seconds)
    replies = pipe.execute()
    return int(replies[0])


@q1.mistake(
    "EXPIRE came before ZINCRBY. A new cart is not there yet at that moment, so it gets no "
    "time-out: first add, then EXPIRE."
)
def expires_first(client, product_id, quantity, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.expire("cart:{guest}", seconds)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    return int(pipe.execute()[1])


@q1.mistake(
    "client.expire(…) was sent at once, before the add and on its own. Call it on the pipeline, "
    "after the add: pipe.expire(…) only collects it, and execute() sends both."
)
def expires_by_the_client(client, product_id, quantity, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    client.expire("cart:{guest}", seconds)
    return int(pipe.execute()[0])


@q1.mistake(
    "You returned the last of the replies. That is the reply to EXPIRE: 1 for done. The reply to "
    "ZINCRBY is the first one."
)
def returns_the_reply_of_expire(client, product_id, quantity, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    pipe.expire("cart:{guest}", seconds)
    return int(pipe.execute()[-1])


@q1.mistake(
    "You read the score first, and reckoned the sum. If somebody adds in between, your sum is "
    "wrong. ZINCRBY replies the new quantity: take that."
)
def reckons_the_sum(client, product_id, quantity, seconds):
    before = int(client.zscore("cart:{guest}", product_id) or 0)
    pipe = client.pipeline(transaction=True)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    pipe.expire("cart:{guest}", seconds)
    pipe.execute()
    return before + quantity


@q1.mistake(
    "A cart that has a time-out already keeps its old one, so the session does not slide. Send "
    "EXPIRE at every add, and without NX or another condition."
)
def expires_only_once(client, product_id, quantity, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    pipe.expire("cart:{guest}", seconds, nx=True)
    return int(pipe.execute()[0])


@q1.mistake(
    "The time-out is on the product: when it is over, the shop has lost the product, and the cart "
    "is still there. EXPIRE the cart."
)
def expires_the_product(client, product_id, quantity, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    pipe.expire(f"product:{product_id}", seconds)
    return int(pipe.execute()[0])


@q1.mistake("The cart got no new time-out. After the add, EXPIRE the cart.")
def never_expires(client, product_id, quantity, seconds):
    return int(client.zincrby("cart:{guest}", quantity, product_id))


@q1.mistake(
    "You overwrote the quantity: what was in the cart before is forgotten. ZINCRBY adds to it."
)
def overwrites(client, product_id, quantity, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.zadd("cart:{guest}", {product_id: quantity})
    pipe.expire("cart:{guest}", seconds)
    pipe.execute()
    return quantity


@q1.mistake(
    "pipe.zincrby(…) only collects the command, and gives no number: int(…) can't work there. The "
    "replies come from pipe.execute(), as a list."
)
def takes_the_reply_too_soon(client, product_id, quantity, seconds):
    pipe = client.pipeline(transaction=True)
    now = int(pipe.zincrby("cart:{guest}", quantity, product_id))
    pipe.expire("cart:{guest}", seconds)
    pipe.execute()
    return now


@q1.mistake("The new quantity is a float. A score is one: turn it into a whole number by int(...).")
def returns_a_float(client, product_id, quantity, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    pipe.expire("cart:{guest}", seconds)
    return pipe.execute()[0]


@q1.mistake(
    "You returned the quantity that was added. Wanted is the new quantity of the line: ZINCRBY "
    "replies it."
)
def returns_what_was_added(client, product_id, quantity, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    pipe.expire("cart:{guest}", seconds)
    pipe.execute()
    return quantity


def writes_deadlines_only(trial):
    """Return what to say where another key than the deadlines is written to: a rule."""
    for change in trial.writes:
        if change.words[1] != DEADLINES and not change.name.startswith("EVAL"):
            return f"You sent {change}. Only {DEADLINES} needs a change."
    return None


@st.composite
def reserved(draw):
    """Worlds for q2: a cart, some deadlines, and a line that mostly is there."""
    cart = draw(carts([0, *QUANTITIES]))
    item = draw(one_of(cart, "unicorn", "mu", "tea"))
    old = draw(st.sampled_from([0, 0, 1_700_000_000, 1_800_000_000.25, 1_900_000_000.5]))
    deadline = draw(
        st.sampled_from([1_800_000_600.0, 1_799_999_999.75, 1_850_000_000.123456, 86.5])
    )
    given = [*zadd(CART, cart), *draw(some_of(OTHERS))]
    others = draw(st.sampled_from([0, 1_800_000_060.5, 1_700_000_000.5]))
    deadlines = {one: score for one, score in ((item, old), ("vase", others)) if score}
    given += zadd(DEADLINES, deadlines)
    given += draw(st.sampled_from([(), (), ("EXPIRE cart:{guest}:deadlines 600",)]))
    return Case(given, (item, deadline))


q2 = Exercise(
    "timeouts.q2",
    "set_deadline(client, product_id, deadline)",
    [
        Case([LINES, MUG], ("mug", LATER)),
        Case([LINES, f"ZADD cart:{{guest}}:deadlines {LATER - 3600} mug"], ("mug", LATER)),
        Case([LINES], ("tea", LATER)),
        Case([LINES], ("m*g", LATER + 0.123456)),
        Case([LINES], ("mug", 0.0)),
        Case([LINES], ("mug", LATER), (f"ZADD {DEADLINES} {LATER} vase", f"ZINCRBY {CART} 1 vase")),
        Case(["ZADD cart:{guest} 2 m*g 1 mug"], ("m*g", LATER + 0.123456)),
        Case([LINES, f"ZADD cart:{{guest}}:deadlines {LATER - 3600} old"], ("old", LATER)),
        Case(["ZADD cart:{guest} 0 pen", f"ZADD {DEADLINES} {LATER} pen"], ("pen", THEN + 0.75)),
    ],
    (
        "Is the line there? ZSCORE of the cart gives its quantity, and None where there is none.",
        "raise ItemNotInCartError(product_id, 'guest') before you write anything.",
        "The deadline is a score in another key: "
        "client.zadd('cart:{guest}:deadlines', {product_id: deadline}).",
    ),
    rules=(no_change_before_an_error(TOOK_BACK), writes_deadlines_only),
    worlds=reserved(),
)


@q2.reference
def set_deadline(client, product_id, deadline):
    if client.zscore("cart:{guest}", product_id) is None:
        raise ItemNotInCartError(product_id, "guest")
    client.zadd("cart:{guest}:deadlines", {product_id: deadline})


@q2.mistake(
    "You gave a deadline to a product that is not in the cart. Look first, by ZSCORE of the cart, "
    "and raise ItemNotInCartError(product_id, 'guest')."
)
def does_not_look(client, product_id, deadline):
    client.zadd("cart:{guest}:deadlines", {product_id: deadline})


@q2.mistake(
    "You had written before you had the answer whether the line is there: the error is raised, but "
    "the deadline stays behind. Look first, and wait for the answer."
)
def looks_too_late(client, product_id, deadline):
    client.zadd("cart:{guest}:deadlines", {product_id: deadline})
    if client.zscore("cart:{guest}", product_id) is None:
        raise ItemNotInCartError(product_id, "guest")


@q2.mistake(
    "You took the deadline back by ZREM, and with it one that was there before. Look first, and "
    "write only if the line is there."
)
def takes_it_back(client, product_id, deadline):
    client.zadd("cart:{guest}:deadlines", {product_id: deadline})
    if client.zscore("cart:{guest}", product_id) is None:
        client.zrem("cart:{guest}:deadlines", product_id)
        raise ItemNotInCartError(product_id, "guest")


@q2.mistake("zadd takes a dict from members to scores: {product_id: deadline}. Yours is reversed.")
def swaps_member_and_score(client, product_id, deadline):
    if client.zscore("cart:{guest}", product_id) is None:
        raise ItemNotInCartError(product_id, "guest")
    client.zadd("cart:{guest}:deadlines", {deadline: product_id})


@q2.mistake(
    "Nothing tells whoever called you that the line is not there. Raise "
    "ItemNotInCartError(product_id, 'guest')."
)
def says_nothing(client, product_id, deadline):
    if client.zscore("cart:{guest}", product_id) is not None:
        client.zadd("cart:{guest}:deadlines", {product_id: deadline})


@q2.mistake(
    "The whole cart ends now, with all its lines. Only a key can have a time-out: write the "
    "deadline of one line into the second sorted set, cart:{guest}:deadlines."
)
def expires_the_cart(client, product_id, deadline):
    if client.zscore("cart:{guest}", product_id) is None:
        raise ItemNotInCartError(product_id, "guest")
    client.expireat("cart:{guest}", int(deadline))


@q2.mistake(
    "The product itself ends now, for everybody in the shop. Write the deadline of the line into "
    "the sorted set cart:{guest}:deadlines."
)
def expires_the_product_itself(client, product_id, deadline):
    if client.zscore("cart:{guest}", product_id) is None:
        raise ItemNotInCartError(product_id, "guest")
    client.expireat(f"product:{product_id}", int(deadline))


@q2.mistake(
    "You wrote into the cart itself: the deadline is now the quantity. It belongs into the second "
    "sorted set, cart:{guest}:deadlines."
)
def overwrites_the_quantity(client, product_id, deadline):
    if client.zscore("cart:{guest}", product_id) is None:
        raise ItemNotInCartError(product_id, "guest")
    client.zadd("cart:{guest}", {product_id: deadline})


@q2.mistake(
    "You cut the fraction of a second. The deadline is a float, and a score is one, too: write it "
    "as it was given."
)
def cuts_the_fraction(client, product_id, deadline):
    if client.zscore("cart:{guest}", product_id) is None:
        raise ItemNotInCartError(product_id, "guest")
    client.zadd("cart:{guest}:deadlines", {product_id: int(deadline)})


@q2.mistake(
    "You rounded the fraction of a second. The deadline is a float, and a score is one, too: write "
    "it as it was given."
)
def rounds_the_fraction(client, product_id, deadline):
    if client.zscore("cart:{guest}", product_id) is None:
        raise ItemNotInCartError(product_id, "guest")
    client.zadd("cart:{guest}:deadlines", {product_id: round(deadline)})


@q2.mistake(
    "You cut the fraction of a second: write the deadline as it was given. And a line with the "
    "quantity 0 is in the cart, too: ask for `is None`."
)
def cuts_and_takes_zero_for_missing(client, product_id, deadline):
    if not client.zscore("cart:{guest}", product_id):
        raise ItemNotInCartError(product_id, "guest")
    client.zadd("cart:{guest}:deadlines", {product_id: int(deadline)})


@q2.mistake(
    "You wrote a hash. The deadlines are a sorted set: zadd(key, {member: score}), so that Redis "
    "keeps them in order."
)
def uses_a_hash(client, product_id, deadline):
    if client.zscore("cart:{guest}", product_id) is None:
        raise ItemNotInCartError(product_id, "guest")
    client.hset("cart:{guest}:deadlines", product_id, deadline)


@q2.mistake(
    "A line can be in the cart where the reply is 0, such as a line with the quantity 0. For "
    "Python 0 is false, like None: ask for `is None`."
)
def takes_zero_for_missing(client, product_id, deadline):
    if not client.zscore("cart:{guest}", product_id):
        raise ItemNotInCartError(product_id, "guest")
    client.zadd("cart:{guest}:deadlines", {product_id: deadline})


@q2.mistake(
    "You looked whether there is a cart. But is this product in it? ZSCORE tells: it gives None "
    "if not."
)
def looks_for_a_cart(client, product_id, deadline):
    if not client.exists("cart:{guest}"):
        raise ItemNotInCartError(product_id, "guest")
    client.zadd("cart:{guest}:deadlines", {product_id: deadline})


@q2.mistake(
    "You looked for the product among the deadlines. Whether the line is there, the cart itself "
    "tells: ZSCORE of cart:{guest}."
)
def looks_among_the_deadlines(client, product_id, deadline):
    if client.zscore("cart:{guest}:deadlines", product_id) is None:
        raise ItemNotInCartError(product_id, "guest")
    client.zadd("cart:{guest}:deadlines", {product_id: deadline})


@q2.mistake(
    "ProductNotFoundError says that the shop has no such product. Here the line is missing: raise "
    "ItemNotInCartError(product_id, 'guest')."
)
def raises_another_error(client, product_id, deadline):
    if client.zscore("cart:{guest}", product_id) is None:
        raise ProductNotFoundError(product_id)
    client.zadd("cart:{guest}:deadlines", {product_id: deadline})


@q2.mistake("The deadline is written, but you returned something. Nothing is wanted: no return.")
def returns_the_reply(client, product_id, deadline):
    if client.zscore("cart:{guest}", product_id) is None:
        raise ItemNotInCartError(product_id, "guest")
    return client.zadd("cart:{guest}:deadlines", {product_id: deadline})


@q2.mistake(
    "You wrote how many seconds are left. That number is old in a second: write the deadline as it "
    "was given, a point in time."
)
def writes_the_seconds_left(client, product_id, deadline):
    if client.zscore("cart:{guest}", product_id) is None:
        raise ItemNotInCartError(product_id, "guest")
    client.zadd("cart:{guest}:deadlines", {product_id: deadline - time.time()})


@q2.mistake(
    "You added the time of now to the deadline. The deadline is a point in time already: write it "
    "as it was given."
)
def adds_the_time_of_now(client, product_id, deadline):
    if client.zscore("cart:{guest}", product_id) is None:
        raise ItemNotInCartError(product_id, "guest")
    client.zadd("cart:{guest}:deadlines", {product_id: time.time() + deadline})


@st.composite
def readings(draw):
    """Worlds for q3: a cart, and deadlines before, at and after `now`, of other products, too."""
    cart = draw(carts([0, *QUANTITIES, 3, 3, 3]))
    now = draw(st.sampled_from([THEN, THEN + 0.75, 1_800_000_000.25, 1_799_999_999.5, 2e9 + 0.25]))
    shift = draw(st.integers(0, len(AROUND) - 1))  # which line gets which deadline
    items = [*cart, "vase", "rug"][:: draw(st.sampled_from([1, 1, 2, 3]))]
    around = [*AROUND[shift:], *AROUND[:shift]] * 10
    deadlines = {
        item: max(0, now + seconds)
        for item, seconds in zip(items, around, strict=False)
        if seconds is not None
    }
    given = [*zadd(CART, cart), *zadd(DEADLINES, deadlines), *draw(some_of(OTHERS))]
    given += draw(st.sampled_from([(), (), ("EXPIRE cart:{guest}:deadlines 600",)]))
    return Case(draw(st.sampled_from([given] * 12 + [WRONG_TYPE])), (now,))


AROUND = [None, 0, -3e9, 0.25, -0.25, None, 1, -1, 60, -60, 0.5, None, 1e6, -1e6, -0.002, 0.002]
WRONG_TYPE = ["SET cart:{guest} hello"]

q3 = Exercise(
    "timeouts.q3",
    "current_items(client, now)",
    [
        Case([LINES], (THEN,)),
        Case([LINES, f"ZADD cart:{{guest}}:deadlines {THEN - 60} pen {THEN + 60} mug"], (THEN,)),
        Case([LINES, f"ZADD cart:{{guest}}:deadlines {THEN} lamp"], (THEN,)),
        Case([LINES, f"ZADD {DEADLINES} {THEN + 0.25} pen {THEN + 0.75} mug"], (THEN + 0.5,)),
        Case([], (THEN,)),
        Case([LINES, f"ZADD {DEADLINES} 0 pen 1 mug {THEN} lamp"], (0.0,)),
        Case([LINES, f"ZADD {DEADLINES} 999999999 pen {LATER} mug"], (THEN,)),
        Case(zadd(CART, crowd(120)) + zadd(DEADLINES, dict.fromkeys(crowd(120), THEN)), (THEN,)),
        Case([LINES, f"ZADD {DEADLINES} {LATER} pen {LATER + 1} mug"], (LATER,)),
        Case(WRONG_TYPE, (THEN,)),
    ],
    (
        "client.zrange('cart:{guest}', 0, -1, withscores=True) gives all lines, in order.",
        "client.zrange('cart:{guest}:deadlines', '-inf', now, byscore=True) gives the products "
        "whose deadline has passed.",
        "Keep a line if its product is not among those, with int(quantity).",
    ),
    rules=(changes_nothing("You sent {}. To read the cart needs no change of any key."),),
    worlds=readings(),
)


@q3.reference
def current_items(client, now):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    passed = client.zrange("cart:{guest}:deadlines", "-inf", now, byscore=True)
    return [(item, int(quantity)) for item, quantity in lines if item not in passed]


@q3.mistake(
    "A line whose deadline is just `now` is still there in your list. A deadline has passed when "
    "it is smaller than or equal to now."
)
def keeps_the_equal(client, now):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    passed = client.zrange("cart:{guest}:deadlines", "-inf", f"({now}", byscore=True)
    return [(item, int(quantity)) for item, quantity in lines if item not in passed]


@q3.mistake(
    "You removed what has passed while you read. Somebody may add the product again in that "
    "moment, and you would remove the new line: only leave it out of the list."
)
def removes_while_reading(client, now):
    passed = client.zrange("cart:{guest}:deadlines", "-inf", now, byscore=True)
    if passed:
        client.zrem("cart:{guest}", *passed)
        client.zrem("cart:{guest}:deadlines", *passed)
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    return [(item, int(quantity)) for item, quantity in lines]


@q3.mistake("The quantities are floats. Scores are: turn each into a whole number by int(...).")
def quantities_as_floats(client, now):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    passed = client.zrange("cart:{guest}:deadlines", "-inf", now, byscore=True)
    return [(item, quantity) for item, quantity in lines if item not in passed]


@q3.mistake(
    "Lines without a deadline are missing. A line that has none never ends by itself: leave out "
    "only those whose deadline has passed."
)
def only_with_a_deadline(client, now):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    left = client.zrange("cart:{guest}:deadlines", f"({now}", "+inf", byscore=True)
    return [(item, int(quantity)) for item, quantity in lines if item in left]


@q3.mistake(
    "You did not look at the deadlines: lines that have passed are in your list. They are in the "
    "sorted set cart:{guest}:deadlines."
)
def without_the_deadlines(client, now):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    return [(item, int(quantity)) for item, quantity in lines]


@q3.mistake(
    "You compared with the clock of your computer, and not with `now`. Take the argument: whoever "
    "calls you says with it which point in time is meant."
)
def by_the_clock(client, now):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    passed = client.zrange("cart:{guest}:deadlines", "-inf", time.time(), byscore=True)
    return [(item, int(quantity)) for item, quantity in lines if item not in passed]


@q3.mistake(
    "You left out every line that has a deadline. Leave out only those whose deadline is smaller "
    "than or equal to `now`."
)
def without_all_deadlines(client, now):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    limited = client.zrange("cart:{guest}:deadlines", 0, -1)
    return [(item, int(quantity)) for item, quantity in lines if item not in limited]


@q3.mistake(
    "You cut `now` to whole seconds. It is a float, and half a second decides, too: compare with "
    "`now` as it was given."
)
def cuts_the_fraction_of_now(client, now):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    passed = client.zrange("cart:{guest}:deadlines", "-inf", int(now), byscore=True)
    return [(item, int(quantity)) for item, quantity in lines if item not in passed]


@q3.mistake(
    "cart:{guest} has the wrong type in this case, and Redis said so. You swallowed its error: "
    "whoever calls you must think that the cart is empty. Let it go through."
)
def swallows_errors(client, now):
    try:
        lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
        passed = client.zrange("cart:{guest}:deadlines", "-inf", now, byscore=True)
    except Exception:
        return []
    return [(item, int(quantity)) for item, quantity in lines if item not in passed]


@q3.mistake(
    "A line without a deadline has no score there: zscore gives None, which can't be compared with "
    "a number. Look for None first: such a line stays."
)
def compares_none(client, now):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    return [
        (item, int(quantity))
        for item, quantity in lines
        if client.zscore("cart:{guest}:deadlines", item) > now
    ]


@q3.mistake("The largest quantity comes first in your list. ZRANGE gives the smallest first.")
def largest_first(client, now):
    lines = client.zrange("cart:{guest}", 0, -1, desc=True, withscores=True)
    passed = client.zrange("cart:{guest}:deadlines", "-inf", now, byscore=True)
    return [(item, int(quantity)) for item, quantity in lines if item not in passed]
