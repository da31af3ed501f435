"""Lesson 04: carts that expire."""

import time

from cartlib.errors import ItemNotInCartError
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.prediction import Prediction
from cartlib.practice.rules import in_one_multi

MUG = 'HSET product:mug name "Coffee mug" price 9.50 category Kitchen'
LINES = "ZADD cart:{guest} 1 pen 3 lamp 7 mug"
THEN = 1_500_000_000.0  # the `now` of the cases, in Unix seconds: July 2017
LATER = 4_000_000_000.0  # a deadline that is far off: October 2096
ONE_BY_ONE = (
    "You sent the changes one by one: if your program stops between them, the cart has the product "
    "but not the new time-out. Send both in one MULTI."
)


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
)

q1 = Exercise(
    "timeouts.q1",
    "add_and_renew(client, product_id, quantity, seconds)",
    [
        Case([MUG], ("mug", 2, 1800)),
        Case([MUG, LINES, "EXPIRE cart:{guest} 60"], ("mug", 2, 1800)),
        Case([LINES], ("tea", 1, 600)),
        Case([LINES], ("mug", 2, 1800), ("ZINCRBY cart:{guest} 1 mug",)),
    ],
    (
        "pipe = client.pipeline(transaction=True) collects commands, and pipe.execute() sends them "
        "as one MULTI and returns the list of their replies.",
        "First pipe.zincrby(key, quantity, product_id), then pipe.expire(key, seconds).",
        "The reply to ZINCRBY is the first of the list. It is a float: int(...) makes it whole.",
    ),
    rules=(in_one_multi(ONE_BY_ONE),),
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
    "A cart that has a time-out already keeps its old one, so the session does not slide. Send "
    "EXPIRE at every add, and without NX."
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


q2 = Exercise(
    "timeouts.q2",
    "expire_item(client, product_id, deadline)",
    [
        Case([LINES, MUG], ("mug", LATER)),
        Case([LINES, f"ZADD cart:{{guest}}:deadlines {LATER - 3600} mug"], ("mug", LATER)),
        Case([LINES], ("tea", LATER)),
        Case([LINES, f"ZADD cart:{{guest}}:deadlines {LATER - 3600} old"], ("old", LATER)),
    ],
    (
        "Is the line there? ZSCORE of the cart gives its quantity, and None where there is none.",
        "raise ItemNotInCartError(product_id, 'guest') before you write anything.",
        "The deadline is a score in another key: "
        "client.zadd('cart:{guest}:deadlines', {product_id: deadline}).",
    ),
)


@q2.reference
def expire_item(client, product_id, deadline):
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
    "You looked only after you had written: the error is raised, but the deadline stays behind. "
    "Look first."
)
def looks_too_late(client, product_id, deadline):
    client.zadd("cart:{guest}:deadlines", {product_id: deadline})
    if client.zscore("cart:{guest}", product_id) is None:
        raise ItemNotInCartError(product_id, "guest")


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


q3 = Exercise(
    "timeouts.q3",
    "current_items(client, now)",
    [
        Case([LINES], (THEN,)),
        Case([LINES, f"ZADD cart:{{guest}}:deadlines {THEN - 60} pen {THEN + 60} mug"], (THEN,)),
        Case([LINES, f"ZADD cart:{{guest}}:deadlines {THEN} lamp"], (THEN,)),
        Case([], (THEN,)),
    ],
    (
        "client.zrange('cart:{guest}', 0, -1, withscores=True) gives all lines, in order.",
        "client.zrange('cart:{guest}:deadlines', '-inf', now, byscore=True) gives the products "
        "whose deadline has passed.",
        "Keep a line if its product is not among those, with int(quantity).",
    ),
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
    "You compared with the clock of your computer, or left out every line that has a deadline. "
    "Compare each deadline with `now`, the argument."
)
def by_the_clock(client, now):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    passed = client.zrange("cart:{guest}:deadlines", "-inf", time.time(), byscore=True)
    return [(item, int(quantity)) for item, quantity in lines if item not in passed]


@q3.mistake("The largest quantity comes first in your list. ZRANGE gives the smallest first.")
def largest_first(client, now):
    lines = client.zrange("cart:{guest}", 0, -1, desc=True, withscores=True)
    passed = client.zrange("cart:{guest}:deadlines", "-inf", now, byscore=True)
    return [(item, int(quantity)) for item, quantity in lines if item not in passed]
