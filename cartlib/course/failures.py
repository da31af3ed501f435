"""Lesson 03: when things go wrong."""

from decimal import Decimal
from random import Random

import redis
from hypothesis import strategies as st
from redis.exceptions import NoScriptError

from cartlib import cart
from cartlib.course.worlds import (
    IDS,
    QUANTITIES,
    SURROUNDINGS,
    command,
    hset,
    one_of,
    some_of,
    zadd,
)
from cartlib.errors import (
    CartConnectionError,
    CartDataError,
    CartError,
    InvalidProductIdError,
    InvalidQuantityError,
    ProductNotFoundError,
)
from cartlib.lab.contents import send_all
from cartlib.lab.disturbance import changes, failing_server
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.sandbox import attempt
from cartlib.questions import Guess, Prediction

CART = "cart:{guest}"
MUG = 'HSET product:mug name "Coffee mug" price 9.50 category Kitchen'
LINES = "ZADD cart:{guest} 1 lamp 3 mug"
ASKED_FIRST = (
    "You asked Redis first, and looked at the quantity afterwards. To look at it costs no round "
    "trip: do that first."
)
TOOK_BACK = (
    "You wrote before you knew whether there is such a product, and took it back. For a moment "
    "everybody saw it in the cart. Ask first, and write only if all is good."
)
THE_KITS = (
    "You called the kit's add_to_cart. It does more than this task asks for: it renews the cart's "
    "time-out, and takes a deadline away. Look at the quantity, ask EXISTS, and add by one ZINCRBY."
)
IN_PARTS = (
    "You changed the cart more than once, by {} and by {}. If your program stops in between, the "
    "order is half done. One ZINCRBY adds all of it."
)
TWICE = (
    "You sent {}, and then {}. Who takes a change back has changed the cart: others saw it. Look "
    "first, and then add once or not at all."
)
WRITES_THE_SUM = (
    "You sent {}, where the task asks for ZINCRBY. Between your look and your write somebody else "
    "can add, too: a number that was reckoned before overwrites that."
)


GOOD = [1, 2, 3, 9, 10, 11, 100, 101, 257, 12_345, 999_999, 1_000_000]
BAD = [0, -1, -250, 2.5, 2.0, 0.5, 1e6, float("nan"), float("inf"), True, False, None, "3", "mug"]
BAD += ["", b"3", (2,), 1_000_001, 10**12, Decimal(2)]
LONG = {f"p{number}": number for number in range(1, 121)}  # more than one page of anything
SHELVES = [("mug", "Mug"), ("Zoë's cup", "a b"), ("tea-pot", "tea"), ("MUG:red", "10"), ("pen",)]
LOST = (
    "Redis at shop:6379 did not answer in time. You asked for a change, and its outcome is "
    "unknown: look before you try again."
)


def carts(numbers, most=12):
    """Return a strategy of carts {product id: number}, from small to large; few are very long."""
    chance, pool = Random(most), []
    for size in [n for n in range(most + 1) for _ in range(2)]:
        found = chance.sample(IDS, size)
        pool.append(dict(zip(found, chance.choices(numbers, k=size), strict=True)))
    return st.sampled_from([*pool, *[LONG] * 6])


class Raises:
    """A quantity that fails: whoever counts with it for the first time gets the error."""

    def __init__(self, error):
        self.error, self.times, self.said = error, 0, error.args

    def __deepcopy__(self, _):
        self.error.args = self.said  # whoever got it may have changed it
        return Raises(self.error)

    def __index__(self):
        self.times += 1
        if self.times == 1:
            raise self.error
        return 1

    def __repr__(self):
        return f"Raises({type(self.error).__name__})"


class Slip(
    KeyError,
    IndexError,
    ValueError,
    ZeroDivisionError,
    RuntimeError,
    redis.ConnectionError,
    redis.TimeoutError,
    redis.ResponseError,
):
    """An error of somebody's code or of redis-py: whoever catches one of these kinds catches it."""


def goes_through_as_it_is(trial):
    """Return what to say where an error is not the very one that a quantity raised: a rule."""
    made = next((part for part in trial.args if isinstance(part, Raises)), None)
    if made is None or trial.error is None:
        return None
    if trial.error is not made.error or made.error.args != made.said:
        return (
            "The error that got out is a copy, or was changed. Whoever called you wants it as it "
            "is: don't catch what is no CartError."
        )
    return None


SLIPS = [Slip, Slip, AttributeError, TimeoutError, ConnectionRefusedError]


def nothing_sent_for_a_bad_quantity(trial):
    """Return what to say where Redis was asked before the quantity was looked at: a rule."""
    return ASKED_FIRST if isinstance(trial.error, InvalidQuantityError) and trial.commands else None


def no_change_before_an_error(text):
    """Return a rule: a call that raises a CartError has changed nothing, not even for a moment.

    A script that could have changed something is left alone: nobody can see the middle of it.
    """

    def rule(trial):
        seen = [c for c in trial.writes if not c.name.startswith("EVAL")]
        return text if isinstance(trial.error, CartError) and seen else None

    return rule


def one_change(text):
    """Return a rule: a call changes something once at most, by one command."""
    return lambda trial: text.format(*_done(trial)) if len(_done(trial)) > 1 else None


def adds_by_zincrby(trial):
    """Return what to say where an add is not done by a command that adds: a rule."""
    for change in trial.writes:
        adds = change.name == "ZINCRBY" or "INCR" in (str(word).upper() for word in change.words)
        if not adds and change.name == "ZADD":
            return WRITES_THE_SUM.format(change)
        if not adds and not change.name.startswith("EVAL"):
            return f"You sent {change}. The add is one ZINCRBY, and nothing else is to be changed."
    return None


def _done(trial):
    """Return the changes that were done: not in vain, as a script that had to be sent first."""
    done, waiting = [], None
    for sent in trial.commands:
        if sent.name == "MULTI":
            waiting = []
        elif sent.name == "EXEC":
            done, waiting = done + (waiting if sent.reply is not None else []), None
        elif changes(sent) and not isinstance(sent.reply, NoScriptError):
            (done if waiting is None else waiting).append(sent)
    return done


p1 = Prediction(
    "failures.p1",
    ("ZADD cart:{demo} 2 mug",),
    "ZINCRBY cart:{demo} -5 lamp",
    {
        '"0"': "A shop would stop at 0. But Redis does not know that this number is a quantity.",
        "(nil)": "ZSCORE replies so for a missing member. ZINCRBY makes the member.",
        '"-5"': "A missing member counts from 0, and a score may be any number: 0 - 5 is -5.",
        "(error) value is out of range": "Redis refuses what is no number at all. -5 is one.",
    },
    because="Redis does not know that a score is a quantity.",
)
p2 = Prediction(
    "failures.p2",
    ("ZADD cart:{demo} 1 lamp",),
    "ZREM cart:{demo} mug",
    {
        "(integer) 1": "1 would mean that one member is gone. mug was not in the cart.",
        "(error) no such member": "That is what a shop would say. For Redis it is no error to take "
        "out what is not there.",
        "(nil)": "ZREM always replies a number: it counts the members that it took out.",
        "(integer) 0": "ZREM took out no member, and says so by the number 0. Whoever does not "
        "look at the reply learns nothing of it.",
    },
    because="This is the quietest failure: a good reply, and nothing happened.",
)
p3 = Prediction(
    "failures.p3",
    ("DEL cart:{demo} product:unicorn",),
    "ZINCRBY cart:{demo} 1 unicorn",
    {
        "(error) no such product": "Who should notice? Redis knows no catalogue: a cart and a "
        "product are two keys.",
        "(nil)": "ZINCRBY always replies a score: it makes the member if there is none.",
        '"1"': "The unicorn is in the cart: Redis does not compare two keys.",
    },
)


def _server_gone(_):
    left = attempt(cart.get_cart_items, Case([]), failing_server(0, "is gone"), trusted=True)
    gone = isinstance(left.error, CartConnectionError)
    return WHEN_BACK if gone and not left.error.outcome_unknown else "?"


WHEN_BACK = "Yes, when the server is back."


g3 = Guess(
    "failures.g3",
    "The server is dead. You asked only to see the cart, and nobody answered. May you simply ask "
    "again?",
    {
        "No: look first whether something has changed.": "So it would be if you had asked for a "
        "change. To see a cart changes nothing.",
        "There is no need: the kit goes on with fakeredis.": "Then the shop would take orders into "
        "a cart that nobody else sees. The kit never goes on with fakeredis by itself.",
        WHEN_BACK: "To see a cart changes nothing, so nothing can be half done.",
    },
    right=WHEN_BACK,
    proof=_server_gone,
)


def _reply_too_late(client):
    def add(client):
        return client.zincrby("cart:{demo}", 1, "mug")

    left = attempt(add, Case([]), failing_server(0, "is too slow")).keys["cart:{demo}"]
    return int(left[1]["mug"])


g2 = Guess(
    "failures.g2",
    "The client that added a mug got no answer in time. How many mugs are in the cart afterwards?",
    {
        "0": "So it would be if no answer meant: not done.",
        "1": "The command was on its way, and the server did it as soon as it could. Only its "
        "reply came too late.",
        "2": "So it would be if the client had sent it again.",
    },
    right="1",
    proof=_reply_too_late,
    because="**The client does not know it.**",
)


def _sent_twice(client):
    told = {"ZADD cart:{demo} 3 mug": 3, "ZREM cart:{demo} mug": None}
    told["ZINCRBY cart:{demo} 1 mug"] = 2  # one mug is there, and one is added
    wrong = []
    for line, wanted in told.items():
        send_all(client, ["DEL cart:{demo}", "ZADD cart:{demo} 1 mug", line, line])
        wrong += [line] * (client.zscore("cart:{demo}", "mug") != wanted)
    return " and ".join(wrong)


g1 = Guess(
    "failures.g1",
    "There is one mug in the cart. Each of these commands is sent twice by mistake. Which one "
    "leaves another quantity than it would if it was sent once?",
    {
        "ZADD cart:{demo} 3 mug": "The score is 3, and then 3 again.",
        "ZREM cart:{demo} mug": "The line is gone, and then it is still gone.",
        "ZINCRBY cart:{demo} 1 mug": "Each ZINCRBY adds: the customer gets one mug too many.",
    },
    right="ZINCRBY cart:{demo} 1 mug",
    proof=_sent_twice,
)


@st.composite
def orders(draw):
    """Worlds for q1: some products, a cart, and an order that is good or bad."""
    cart = draw(carts([0, *GOOD], most=6))
    sold = [*draw(st.sampled_from(SHELVES)), *list(cart)[:6:2]]
    item = draw(st.sampled_from([*sold, *sold, *cart, "unicorn", "mu"]))
    quantity = draw(st.sampled_from([*GOOD, *GOOD, *BAD]))
    given = [line for one in sold for line in product(one)]
    if draw(st.booleans()):
        given.append(command("EXPIRE", f"product:{sold[0]}", 600))
    rival = [(), (), (), (), (command("ZINCRBY", CART, 1, item),), (command("ZREM", CART, item),)]
    given += [*zadd(CART, cart), *draw(some_of(SURROUNDINGS))]
    return Case(given, (item, quantity), draw(st.sampled_from(rival)))


def product(product_id) -> list[str]:
    """Return the line that writes a product."""
    fields = {"name": f"A fine {product_id}", "price": "9.90", "category": "Kitchen"}
    return hset(f"product:{product_id}", fields)


q1 = Exercise(
    "failures.q1",
    "add_checked(client, product_id, quantity)",
    [
        Case([MUG, LINES], ("mug", 2)),
        Case([MUG, LINES], ("mug", 0)),
        Case([MUG, LINES], ("mug", 2.5)),
        Case([MUG, LINES], ("mug", 2.0)),
        Case([MUG, LINES], ("mug", "3")),
        Case([MUG, LINES], ("mug", True)),
        Case([MUG, LINES], ("mug", float("nan"))),
        Case([MUG], ("mug", 1_000_000)),
        Case([MUG], ("mug", 1_000_001)),
        Case([MUG, LINES], ("unicorn", 1)),
        Case([MUG, LINES], ("unicorn", 0)),
        Case([MUG, LINES], ("mug", 2), ("ZINCRBY cart:{guest} 1 mug",)),
        Case([MUG], ("mug", 2), ("ZINCRBY cart:{guest} 1 mug",)),
    ],
    (
        "Three steps, in this order: look at the quantity, ask whether product:… exists, add.",
        "type(quantity) is int is true for whole numbers only: not for 2.5, '3' or True.",
        "client.exists(f'product:{product_id}') gives 0 if there is no such key. Then raise.",
    ),
    rules=(
        nothing_sent_for_a_bad_quantity,
        no_change_before_an_error(TOOK_BACK),
        one_change(IN_PARTS),
    ),
    worlds=orders(),
)


@q1.reference
def add_checked(client, product_id, quantity):
    if type(quantity) is not int or not 1 <= quantity <= 1_000_000:
        raise InvalidQuantityError(quantity)
    if not client.exists(f"product:{product_id}"):
        raise ProductNotFoundError(product_id)
    return int(client.zincrby("cart:{guest}", quantity, product_id))


def refuse_if_bad(quantity):
    """Raise what add_checked raises: what most of the wrong answers do right."""
    if type(quantity) is not int or not 1 <= quantity <= 1_000_000:
        raise InvalidQuantityError(quantity)


def refuse_if_not_sold(client, product_id):
    if not client.exists(f"product:{product_id}"):
        raise ProductNotFoundError(product_id)


def add_if_sold(client, product_id, quantity):
    refuse_if_not_sold(client, product_id)
    return int(client.zincrby(CART, quantity, product_id))


@q1.mistake(
    "You did not look at the quantity, and Redis takes any number: now the cart has a line of 0. "
    "Raise InvalidQuantityError(quantity) before you send anything."
)
def trusts_the_quantity(client, product_id, quantity):
    return add_if_sold(client, product_id, quantity)


@q1.mistake(
    "True passed your look at the quantity. In Python, isinstance(True, int) is true: ask for "
    "type(quantity) is int."
)
def takes_true(client, product_id, quantity):
    if not isinstance(quantity, int) or not 1 <= quantity <= 1_000_000:
        raise InvalidQuantityError(quantity)
    return add_if_sold(client, product_id, quantity)


@q1.mistake(
    "2.0 went through. It is whole, but a float: whoever sends it may send 2.5 next. Ask for "
    "type(quantity) is int."
)
def takes_a_whole_float(client, product_id, quantity):
    if isinstance(quantity, str | bool) or quantity % 1 or not 1 <= quantity <= 1_000_000:
        raise InvalidQuantityError(quantity)
    return add_if_sold(client, product_id, quantity)


@q1.mistake("A quantity of 0 went through. The smallest quantity is 1.")
def takes_zero(client, product_id, quantity):
    if type(quantity) is not int or not 0 <= quantity <= 1_000_000:
        raise InvalidQuantityError(quantity)
    return add_if_sold(client, product_id, quantity)


@q1.mistake("There is no upper limit. The largest quantity of one add is 1,000,000.")
def takes_too_many(client, product_id, quantity):
    if type(quantity) is not int or quantity < 1:
        raise InvalidQuantityError(quantity)
    return add_if_sold(client, product_id, quantity)


@q1.mistake("1,000,000 was refused. It is the largest quantity that is allowed.")
def refuses_the_largest(client, product_id, quantity):
    if type(quantity) is not int or not 1 <= quantity < 1_000_000:
        raise InvalidQuantityError(quantity)
    return add_if_sold(client, product_id, quantity)


@q1.mistake(
    "2.5 is compared with 1 and with 1,000,000 only, and it lies between them. Say first that a "
    "quantity has the type int; then '3' gets the right error, too."
)
def looks_at_the_size_only(client, product_id, quantity):
    if not 1 <= quantity <= 1_000_000:
        raise InvalidQuantityError(quantity)
    return add_if_sold(client, product_id, quantity)


@q1.mistake(
    "int(quantity) makes 2 of 2.5 and 3 of '3': the shop would sell what nobody ordered. Don't "
    "mend a quantity: refuse it."
)
def mends_the_quantity(client, product_id, quantity):
    number = int(quantity)
    if not 1 <= number <= 1_000_000:
        raise InvalidQuantityError(quantity)
    refuse_if_not_sold(client, product_id)
    return int(client.zincrby(CART, number, product_id))


@q1.mistake(
    "ValueError is Python's own error. The kit's callers wait for a CartError: raise "
    "InvalidQuantityError(quantity)."
)
def raises_value_error(client, product_id, quantity):
    if type(quantity) is not int or not 1 <= quantity <= 1_000_000:
        raise ValueError(f"bad quantity {quantity}")
    return add_if_sold(client, product_id, quantity)


@q1.mistake(
    "You added before you had the answer whether there is such a product. The error comes, but the "
    "unicorn is in the cart. Ask first, and wait for the answer."
)
def asks_too_late(client, product_id, quantity):
    refuse_if_bad(quantity)
    now = int(client.zincrby(CART, quantity, product_id))
    refuse_if_not_sold(client, product_id)
    return now


@q1.mistake(
    "The cart took a product that nobody sells. Ask whether the key product:… exists, and raise "
    "ProductNotFoundError(product_id) if not."
)
def takes_any_product(client, product_id, quantity):
    refuse_if_bad(quantity)
    return int(client.zincrby(CART, quantity, product_id))


@q1.mistake(
    "No product is ever found. Ask for its key: that is product: and then the id, as in "
    'f"product:{product_id}". Mind the f.'
)
def forgets_the_prefix(client, product_id, quantity):
    refuse_if_bad(quantity)
    if not client.exists(product_id):
        raise ProductNotFoundError(product_id)
    return int(client.zincrby(CART, quantity, product_id))


@q1.mistake(
    "For 0 unicorns both are bad, and you said that there is no such product. Look at the quantity "
    "first: that costs no round trip."
)
def looks_at_the_product_first(client, product_id, quantity):
    refuse_if_not_sold(client, product_id)
    refuse_if_bad(quantity)
    return int(client.zincrby(CART, quantity, product_id))


@q1.mistake(
    "You took the add back by adding -quantity: a line of 0 is left in the cart, and for a moment "
    "everybody saw the product there. Ask first, and write only if all is good."
)
def takes_it_back_by_adding(client, product_id, quantity):
    refuse_if_bad(quantity)
    now = int(client.zincrby(CART, quantity, product_id))
    if not client.exists(f"product:{product_id}"):
        client.zincrby(CART, -quantity, product_id)
        raise ProductNotFoundError(product_id)
    return now


@q1.mistake("The text '3' went through. A quantity is an int: refuse a text, don't mend it.")
def takes_digits(client, product_id, quantity):
    if isinstance(quantity, str) and quantity.isdigit():
        quantity = int(quantity)
    refuse_if_bad(quantity)
    return add_if_sold(client, product_id, quantity)


@q1.mistake(
    "nan went to Redis. It is a float that is neither smaller nor larger than any number, so "
    "comparing does not find it. Ask for type(quantity) is int."
)
def takes_nan(client, product_id, quantity):
    if quantity == quantity:
        refuse_if_bad(quantity)
    return add_if_sold(client, product_id, quantity)


@q1.mistake(
    "You refused a good quantity, because the line would have more than 1,000,000 then. The limit "
    "is for the quantity of one add, and not for the line."
)
def limits_the_line(client, product_id, quantity):
    refuse_if_bad(quantity)
    refuse_if_not_sold(client, product_id)
    if int(client.zscore(CART, product_id) or 0) + quantity > 1_000_000:
        raise InvalidQuantityError(quantity)
    return int(client.zincrby(CART, quantity, product_id))


@q1.mistake(
    "A product that is in the cart already was not looked up. The shop may have given it up since "
    "then: ask EXISTS at each add."
)
def trusts_the_cart(client, product_id, quantity):
    refuse_if_bad(quantity)
    if client.zscore(CART, product_id) is None:
        refuse_if_not_sold(client, product_id)
    return int(client.zincrby(CART, quantity, product_id))


@q1.mistake(
    "CartError is the parent of all the kit's errors. Raise the child that says what was wrong: "
    "InvalidQuantityError(quantity)."
)
def raises_the_parent(client, product_id, quantity):
    if type(quantity) is not int or not 1 <= quantity <= 1_000_000:
        raise CartError("bad quantity")
    return add_if_sold(client, product_id, quantity)


@q1.mistake(THE_KITS)
def calls_the_kits(client, product_id, quantity):
    return cart.add_to_cart(client, product_id, quantity)


@q1.mistake(
    "You read the old quantity, and wrote the sum back: two customers who do so at the same time "
    "lose one of the two adds. ZINCRBY adds inside Redis, in one command."
)
def reads_and_writes_back(client, product_id, quantity):
    refuse_if_bad(quantity)
    refuse_if_not_sold(client, product_id)
    total = int(client.zscore(CART, product_id) or 0) + quantity
    client.zadd(CART, {product_id: total})
    return total


@q1.mistake(
    "raise InvalidQuantityError alone is not enough: give it the value that was wrong, as in "
    "InvalidQuantityError(quantity)."
)
def raises_without_the_quantity(client, product_id, quantity):
    if type(quantity) is not int or not 1 <= quantity <= 1_000_000:
        raise InvalidQuantityError
    return add_if_sold(client, product_id, quantity)


@q1.mistake("The quantity came back as a float, such as 2.0. Make it whole by int(…).")
def returns_the_score(client, product_id, quantity):
    refuse_if_bad(quantity)
    refuse_if_not_sold(client, product_id)
    return client.zincrby(CART, quantity, product_id)


@q1.mistake(
    "You returned how many were added. Return how many there are now: the reply of ZINCRBY."
)
def returns_what_was_added(client, product_id, quantity):
    refuse_if_bad(quantity)
    refuse_if_not_sold(client, product_id)
    client.zincrby(CART, quantity, product_id)
    return quantity


NOT_READY = [
    "SET cart:{guest} hello",
    "ZADD cart:{guest} 2.5 mug",
    "SET cart:{guest}:session soon",
]


@st.composite
def calls(draw):
    """Worlds for q2: an order that the kit takes, or refuses, or that ends by another error."""
    sold = draw(st.sampled_from(SHELVES))
    item = draw(st.sampled_from([*sold * 4, "unicorn", "", "x" * 129]))
    failing = [Raises(error("a slip")) for error in SLIPS] + [Raises(CartConnectionError(LOST))] * 2
    quantity = draw(st.sampled_from([1, 2, 2, 3, 257, 12_345, 0, 2.5, *failing]))
    given = [line for one in sold for line in product(one)]
    given += ["SUBSCRIBE cart:{guest}:events", *draw(some_of(SURROUNDINGS))]
    spoilt = draw(st.sampled_from([(), (), (), *((line,) for line in NOT_READY)]))
    return Case([*given, *(spoilt or zadd(CART, draw(carts(GOOD, most=6))))], (item, quantity))


q2 = Exercise(
    "failures.q2",
    "add_in_words(client, product_id, quantity)",
    [
        Case([MUG, LINES], ("mug", 2)),
        Case([MUG], ("mug", 1)),
        Case([MUG, LINES], ("unicorn", 1)),
        Case([MUG, LINES], ("mug", 0)),
        Case([MUG, "SET cart:{guest} hello"], ("mug", 1)),
        Case([MUG, LINES], ("", 1)),
        Case([MUG, LINES], ("mug", Raises(CartConnectionError(LOST)))),
        Case([MUG, LINES], ("mug", Raises(AttributeError("a slip")))),
        Case([MUG, LINES], ("mug", Raises(redis.ConnectionError("a slip")))),
    ],
    (
        "try: … except CartError as error: … catches all of the kit's errors, and nothing else.",
        "str(error) is the text of an error.",
        'f"{product_id}: {now}" is a text such as mug: 5.',
    ),
    rules=(goes_through_as_it_is,),
    worlds=calls(),
)


@q2.reference
def add_in_words(client, product_id, quantity):
    try:
        now = cart.add_to_cart(client, product_id, quantity)
    except CartError as error:
        return str(error)
    return f"{product_id}: {now}"


@q2.mistake(
    "ProductNotFoundError is caught, but a bad quantity and a key of the wrong type end your "
    "function all the same: catch CartError, the parent of all the kit's errors."
)
def catches_one_error_only(client, product_id, quantity):
    try:
        now = cart.add_to_cart(client, product_id, quantity)
    except ProductNotFoundError as error:
        return str(error)
    return f"{product_id}: {now}"


@q2.mistake(
    "A key of the wrong type ends your function: its error is one of the kit's, too. Don't count "
    "them up: catch CartError, the parent of them all."
)
def catches_two_errors_only(client, product_id, quantity):
    try:
        now = cart.add_to_cart(client, product_id, quantity)
    except (ProductNotFoundError, InvalidQuantityError) as error:
        return str(error)
    return f"{product_id}: {now}"


@q2.mistake(
    "Raises(AttributeError) stands for a slip in somebody's code. You caught that error, too, and "
    "the customer is told of it. Catch CartError, and let every other error through."
)
def catches_everything(client, product_id, quantity):
    try:
        now = cart.add_to_cart(client, product_id, quantity)
    except Exception as error:
        return str(error)
    return f"{product_id}: {now}"


@q2.mistake(
    "A key of the wrong type gave redis-py's own error, which is no CartError. The kit's "
    "cart.add_to_cart makes a CartError of it: call that, and not add_checked or ZINCRBY."
)
def calls_add_checked(client, product_id, quantity):
    try:
        now = add_checked(client, product_id, quantity)
    except CartError as error:
        return str(error)
    return f"{product_id}: {now}"


@q2.mistake(
    "A connection that breaks ends your function: CartConnectionError is one of the kit's errors, "
    "too. Don't count them up: catch CartError, the parent of them all."
)
def forgets_the_connection(client, product_id, quantity):
    try:
        now = cart.add_to_cart(client, product_id, quantity)
    except (
        ProductNotFoundError,
        InvalidProductIdError,
        InvalidQuantityError,
        CartDataError,
    ) as error:
        return str(error)
    return f"{product_id}: {now}"


@q2.mistake(
    "An id that can't be one, such as an empty text, ends your function: that error is one of the "
    "kit's, too. Don't count them up: catch CartError, the parent of them all."
)
def forgets_the_bad_id(client, product_id, quantity):
    try:
        now = cart.add_to_cart(client, product_id, quantity)
    except (
        ProductNotFoundError,
        InvalidQuantityError,
        CartDataError,
        CartConnectionError,
    ) as error:
        return str(error)
    return f"{product_id}: {now}"


@q2.mistake(
    "After CartConnectionError nobody knows whether the add was done, and you added once more: the "
    "customer may get it twice. Return the text of the error."
)
def adds_again(client, product_id, quantity):
    try:
        try:
            now = cart.add_to_cart(client, product_id, quantity)
        except CartConnectionError:
            now = cart.add_to_cart(client, product_id, quantity)
    except CartError as error:
        return str(error)
    return f"{product_id}: {now}"


@q2.mistake(
    "Nothing is caught: the errors go through to whoever calls you. Put the add into try, and "
    "catch CartError."
)
def catches_nothing(client, product_id, quantity):
    now = cart.add_to_cart(client, product_id, quantity)
    return f"{product_id}: {now}"


@q2.mistake(
    "You caught redis-py's own errors, too. The kit turns those that it expects into a CartError; "
    "any other is a slip, such as Raises(ConnectionError) stands for. Catch CartError alone."
)
def catches_redis_errors(client, product_id, quantity):
    try:
        now = cart.add_to_cart(client, product_id, quantity)
    except (CartError, redis.RedisError) as error:
        return str(error)
    return f"{product_id}: {now}"


@q2.mistake(
    "After CartConnectionError nobody knows whether the add was done, and your text says that it "
    "was. Return the text of the error."
)
def hides_the_connection_error(client, product_id, quantity):
    try:
        now = cart.add_to_cart(client, product_id, quantity)
    except CartConnectionError:
        return f"{product_id}: {quantity}"
    except CartError as error:
        return str(error)
    return f"{product_id}: {now}"


@q2.mistake("You returned the error itself. Return its text: str(error).")
def returns_the_error(client, product_id, quantity):
    try:
        now = cart.add_to_cart(client, product_id, quantity)
    except CartError as error:
        return error
    return f"{product_id}: {now}"


@q2.mistake(
    "The error is swallowed: whoever called you gets None, and can't tell what was wrong. Return "
    "the text of the error."
)
def swallows_the_error(client, product_id, quantity):
    try:
        now = cart.add_to_cart(client, product_id, quantity)
    except CartError:
        return None
    return f"{product_id}: {now}"


@q2.mistake(
    "You returned what was added, not the new quantity. Take the number that add_to_cart returns."
)
def tells_what_was_added(client, product_id, quantity):
    try:
        cart.add_to_cart(client, product_id, quantity)
    except CartError as error:
        return str(error)
    return f"{product_id}: {quantity}"


@q2.mistake(
    "You returned what was added, not the new quantity, and as a number alone. Return a text with "
    "the number that add_to_cart returns, such as mug: 5."
)
def returns_the_number_added(client, product_id, quantity):
    try:
        cart.add_to_cart(client, product_id, quantity)
    except CartError as error:
        return str(error)
    return quantity


@q2.mistake("After a good add you return the number alone. Return a text such as mug: 5.")
def returns_a_number(client, product_id, quantity):
    try:
        return cart.add_to_cart(client, product_id, quantity)
    except CartError as error:
        return str(error)


@st.composite
def retries(draw):
    """Worlds for q3: a cart after an add whose reply never came."""
    cart = draw(carts([0, 0, *QUANTITIES]))
    item = draw(one_of(cart, "unicorn", "mu"))
    quantity, now = draw(st.sampled_from(QUANTITIES)), cart.get(item, 0)
    before = [*[now] * 5, now + quantity, now + 1, quantity, 0]
    before += [max(0, now - quantity), max(0, now - 2 * quantity)]
    args = item, quantity, draw(st.sampled_from(before))
    return Case([*zadd(CART, cart), *draw(some_of(SURROUNDINGS))], args)


q3 = Exercise(
    "failures.q3",
    "add_after_timeout(client, product_id, quantity, before)",
    [
        Case([LINES], ("mug", 2, 3)),
        Case(["ZADD cart:{guest} 1 lamp 5 mug"], ("mug", 2, 3)),
        Case([], ("mug", 1, 0)),
        Case([LINES], ("mug", 2, 3), ("ZINCRBY cart:{guest} 1 pen",)),
        Case(["ZADD cart:{guest} 1 mug"], ("mug", 1, 0)),
        Case(["ZADD cart:{guest} 1 lamp 9 mug"], ("mug", 2, 3)),
        Case(["ZADD cart:{guest} 1 lamp 1 mug"], ("mug", 2, 3)),
        Case(["ZADD cart:{guest} 1 lamp"], ("mug", 2, 3)),
        Case(["ZADD cart:{guest} 300 lamp 0 mug"], ("mug", 2, 3)),
        Case(["ZADD cart:{guest} 300 lamp 0 mug"], ("mug", 2, 0)),
        Case(["ZADD cart:{guest} 300 lamp 0 mug"], ("lamp", 20, 300)),
    ],
    (
        "ZSCORE tells what is in the cart now. If that is still `before`, the add was not done.",
        "For a line that is not there, zscore gives None: int(client.zscore(…) or 0) makes it 0.",
        "Was it not done? Then client.zincrby(key, quantity, product_id) does it, and gives the "
        "new quantity.",
    ),
    rules=(adds_by_zincrby, one_change(TWICE)),
    worlds=retries(),
)


@q3.reference
def add_after_timeout(client, product_id, quantity, before):
    now = int(client.zscore("cart:{guest}", product_id) or 0)
    if now == before:
        now = int(client.zincrby("cart:{guest}", quantity, product_id))
    return now


@q3.mistake(
    "You added without looking. If the first add was done after all, the cart has more than was "
    "ordered: look at the cart first."
)
def adds_again_blindly(client, product_id, quantity, before):
    return int(client.zincrby(CART, quantity, product_id))


@q3.mistake(
    "You looked, and returned what is there, but you never added. If the quantity is still "
    "`before`, the add was not done: do it now."
)
def only_looks(client, product_id, quantity, before):
    return int(client.zscore(CART, product_id) or 0)


@q3.mistake(
    "You added wherever the quantity is not before + quantity, also where somebody else has "
    "changed it. Add only if it is still `before`."
)
def adds_if_it_is_not_the_sum(client, product_id, quantity, before):
    now = int(client.zscore(CART, product_id) or 0)
    if now != before + quantity:
        now = int(client.zincrby(CART, quantity, product_id))
    return now


@q3.mistake(
    "You added also where the line is smaller than `before`, or gone: somebody else has changed "
    "it. Add only if it is still exactly `before`."
)
def adds_if_it_shrank(client, product_id, quantity, before):
    now = int(client.zscore(CART, product_id) or 0)
    if now <= before:
        now = int(client.zincrby(CART, quantity, product_id))
    return now


@q3.mistake(
    "A line that is gone counts as 0. That is not always `before`: where there were 3 mugs, "
    "somebody has taken them out. Make None a 0 first, and compare then."
)
def adds_if_it_is_gone(client, product_id, quantity, before):
    now = client.zscore(CART, product_id)
    if now is None or now == before:
        now = client.zincrby(CART, quantity, product_id)
    return int(now)


@q3.mistake(
    "You wrote before + quantity, whatever was there. What somebody else has put into the cart is "
    "lost: look first, and add only if the quantity is still `before`."
)
def overwrites_the_line(client, product_id, quantity, before):
    client.zadd(CART, {product_id: before + quantity})
    return before + quantity


@q3.mistake(
    "You returned None: that is what zscore gives for a line that is not there. Take it as 0."
)
def forgets_the_missing_line(client, product_id, quantity, before):
    now = client.zscore(CART, product_id)
    if now == before:
        now = client.zincrby(CART, quantity, product_id)
    return None if now is None else int(now)


@q3.mistake(
    "A line that is not there counts as 0. Where `before` was 0, too, the add was not done, and "
    "you did not add. zscore gives None: make a 0 of it before you compare."
)
def compares_none(client, product_id, quantity, before):
    now = client.zscore(CART, product_id)
    if now == before:
        now = client.zincrby(CART, quantity, product_id)
    return int(now or 0)


@q3.mistake(
    "`is` asks whether two things are the same object in Python's memory. For great numbers it is "
    "not true even if they are equal. Write ==."
)
def compares_by_is(client, product_id, quantity, before):
    now = int(client.zscore(CART, product_id) or 0)
    if now is before:
        now = int(client.zincrby(CART, quantity, product_id))
    return now


@q3.mistake("The quantity came back as a float, such as 5.0. Make it whole by int(…).")
def returns_the_float(client, product_id, quantity, before):
    now = client.zscore(CART, product_id) or 0.0
    if now == before:
        now = client.zincrby(CART, quantity, product_id)
    return now


@q3.mistake("A line that is not there gives None, and int(None) is an error. Count it as 0.")
def makes_none_an_int(client, product_id, quantity, before):
    now = int(client.zscore(CART, product_id))
    if now == before:
        now = int(client.zincrby(CART, quantity, product_id))
    return now


@q3.mistake(
    "The add was done, but you returned the quantity of before it. Return the reply of ZINCRBY: it "
    "is the new quantity."
)
def returns_the_old_quantity(client, product_id, quantity, before):
    now = int(client.zscore(CART, product_id) or 0)
    if now == before:
        client.zincrby(CART, quantity, product_id)
    return now


@q3.mistake(
    "You read, and wrote the sum by ZADD: what somebody else adds between the two is lost. Let "
    "Redis add: ZINCRBY."
)
def writes_the_sum(client, product_id, quantity, before):
    now = int(client.zscore(CART, product_id) or 0)
    if now == before:
        now = before + quantity
        client.zadd(CART, {product_id: now})
    return now


@q3.mistake(
    "You called the kit's add_to_cart, which asks whether there is such a product, and the Redis "
    "of this check has none. Add by client.zincrby."
)
def calls_the_kit(client, product_id, quantity, before):
    now = int(client.zscore(CART, product_id) or 0)
    if now == before:
        now = cart.add_to_cart(client, product_id, quantity)
    return now
