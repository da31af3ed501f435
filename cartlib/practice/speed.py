"""Lesson 07: fast carts."""

from decimal import Decimal

from cartlib.errors import ProductNotFoundError
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.prediction import Prediction
from cartlib.practice.rules import at_most_trips

MUG = 'HSET product:mug name "Coffee mug" price 9.50'
LAMP = 'HSET product:lamp name "Desk lamp" price 45.10'
PEN = "HSET product:pen name Pen price 1.20"
LINES = "ZADD cart:{guest} 1 lamp 3 mug 7 pen"
SHOP = [MUG, LAMP, PEN, LINES]
WITH_OLD = [MUG, PEN, "ZADD cart:{guest} 2 mug 4 old 5 pen"]  # no hash: it is no longer sold
KEYS_IN_THE_TEXT = (
    "The script uses a key that it was not given as a key. Hand both keys over, the product's and "
    "the cart's, and write KEYS[1] and KEYS[2] in the script: Redis must know beforehand which "
    "keys a script touches."
)

p1 = Prediction(
    "speed.p1",
    (),
    'EVAL "return 3.99" 0',
    {
        '"3.99"': "So it would be if the script returned a text. It returns a number, and Redis "
        "has only whole numbers as a reply.",
        "(integer) 4": "It becomes a whole number, that is right. But nothing is rounded.",
        "(integer) 3": "A number from a script becomes a whole number: what is behind the point is "
        "cut off. A price would lose its cents. Return it as a text.",
    },
)
p2 = Prediction(
    "speed.p2",
    (MUG,),
    "EVAL \"return redis.call('EXISTS', KEYS[1]) == 1\" 1 product:unicorn",
    {
        "(integer) 0": "0 is what EXISTS gives inside the script. The script returns something "
        "else: whether that is equal to 1.",
        "(nil)": "EXISTS gives 0, so the comparison gives false, and Lua's false goes out as "
        "(nil). In Python that is None.",
        '"false"': "The script returns false, not the text. And Redis has no reply for false.",
    },
)

q1 = Exercise(
    "speed.q1",
    "view_in_two_trips(client)",
    [Case(SHOP), Case(WITH_OLD), Case([])],
    (
        "First trip: client.zrange('cart:{guest}', 0, -1, withscores=True).",
        "pipe = client.pipeline(transaction=False). For each line, pipe.hget(key, 'name'). Nothing "
        "is sent yet.",
        "names = pipe.execute() is the second trip. It gives one name for each line, in the order "
        "of the lines.",
    ),
    rules=(
        at_most_trips(
            2, "Collect in a pipeline what does not need an earlier reply, and execute it once."
        ),
    ),
)


@q1.reference
def view_in_two_trips(client):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    pipe = client.pipeline(transaction=False)
    for product_id, _ in lines:
        pipe.hget(f"product:{product_id}", "name")
    names = pipe.execute()
    return [(names[i], int(quantity)) for i, (_, quantity) in enumerate(lines)]


@q1.mistake(
    "You waited for Redis once for each line. Collect the HGETs in a pipeline, and call execute() "
    "once, after the loop."
)
def one_trip_for_each_line(client):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    return [(client.hget(f"product:{item}", "name"), int(quantity)) for item, quantity in lines]


@q1.mistake(
    "These are the products' ids. Wanted are their names: they are in the hash of each product."
)
def ids_for_names(client):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    return [(item, int(quantity)) for item, quantity in lines]


@q1.mistake("The quantities are floats, such as 3.0. Make an int of each score.")
def quantities_as_floats(client):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    pipe = client.pipeline(transaction=False)
    for item, _ in lines:
        pipe.hget(f"product:{item}", "name")
    return [(name, score) for name, (_, score) in zip(pipe.execute(), lines, strict=True)]


@q1.mistake(
    "A line is missing, the one that the shop no longer sells. It is still in the cart: leave it "
    "in the list, with None as its name."
)
def leaves_out_what_is_not_sold(client):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    pipe = client.pipeline(transaction=False)
    for item, _ in lines:
        pipe.hget(f"product:{item}", "name")
    names = pipe.execute()
    return [(name, int(n)) for name, (_, n) in zip(names, lines, strict=True) if name is not None]


@q1.mistake("The largest quantity comes first in your list. ZRANGE gives the smallest first.")
def largest_first(client):
    lines = client.zrange("cart:{guest}", 0, -1, desc=True, withscores=True)
    pipe = client.pipeline(transaction=False)
    for item, _ in lines:
        pipe.hget(f"product:{item}", "name")
    return [(name, int(score)) for name, (_, score) in zip(pipe.execute(), lines, strict=True)]


@q1.mistake(
    "Your list has lists or dicts for names: the whole hash, or a list with one name in it. HGET "
    "gives one field as a text."
)
def whole_hashes(client):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    pipe = client.pipeline(transaction=False)
    for item, _ in lines:
        pipe.hgetall(f"product:{item}")
    return [(fields, int(n)) for fields, (_, n) in zip(pipe.execute(), lines, strict=True)]


q2 = Exercise(
    "speed.q2",
    "cart_total(client)",
    [Case(SHOP), Case(WITH_OLD), Case([])],
    (
        "Two commands, one trip: collect ZRANGE with its scores and SORT in one pipeline.",
        "pipe.sort('cart:{guest}', by='nosort', get='product:*->price') gives the prices, in the "
        "order of the lines.",
        "Begin with Decimal(0), and add quantity times Decimal(price) where price is not None.",
    ),
    rules=(at_most_trips(1, "Collect ZRANGE and SORT in one pipeline: neither needs the other."),),
)


@q2.reference
def cart_total(client):
    pipe = client.pipeline(transaction=True)
    pipe.zrange("cart:{guest}", 0, -1, withscores=True)
    pipe.sort("cart:{guest}", by="nosort", get="product:*->price")
    lines, prices = pipe.execute()
    total = Decimal(0)
    for (_, quantity), price in zip(lines, prices, strict=True):
        if price is not None:
            total += int(quantity) * Decimal(price)
    return total


@q2.mistake(
    "You sent ZRANGE, waited, and then sent SORT: two trips. And between the two somebody can "
    "change the cart. Collect both in one pipeline."
)
def waits_between(client):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    prices = client.sort("cart:{guest}", by="nosort", get="product:*->price")
    pairs = zip(lines, prices, strict=True)
    return sum((int(n) * Decimal(price) for (_, n), price in pairs if price), Decimal(0))


@q2.mistake(
    "You asked for the prices one by one, and waited for each. SORT … GET brings all of them in "
    "one reply."
)
def asks_for_each_price(client):
    total = Decimal(0)
    for item, quantity in client.zrange("cart:{guest}", 0, -1, withscores=True):
        price = client.hget(f"product:{item}", "price")
        total += int(quantity) * Decimal(price) if price else 0
    return total


@q2.mistake(
    "The total is a float, and sums of floats can be off by a little. Money is Decimal: "
    "int(quantity) * Decimal(price)."
)
def total_as_a_float(client):
    pipe = client.pipeline()
    pipe.zrange("cart:{guest}", 0, -1, withscores=True)
    pipe.sort("cart:{guest}", by="nosort", get="product:*->price")
    pairs = zip(*pipe.execute(), strict=True)
    return sum((n * float(price) for (_, n), price in pairs if price), 0.0)


@q2.mistake(
    "You added the prices, and forgot how many there are of each. Multiply each price by the "
    "line's quantity."
)
def forgets_the_quantities(client):
    prices = client.sort("cart:{guest}", by="nosort", get="product:*->price")
    return sum((Decimal(price) for price in prices if price), Decimal(0))


@q2.mistake(
    "An empty cart gave the int 0. The sum of no numbers is 0, whatever kind of numbers they would "
    "have been: begin with Decimal(0)."
)
def empty_is_an_int(client):
    pipe = client.pipeline()
    pipe.zrange("cart:{guest}", 0, -1, withscores=True)
    pipe.sort("cart:{guest}", by="nosort", get="product:*->price")
    pairs = zip(*pipe.execute(), strict=True)
    return sum(int(n) * Decimal(price) for (_, n), price in pairs if price)


@q2.mistake(
    "A product that is no longer sold has the price None, and Decimal(None) fails. Leave such a "
    "line out of the sum."
)
def none_is_no_price(client):
    pipe = client.pipeline()
    pipe.zrange("cart:{guest}", 0, -1, withscores=True)
    pipe.sort("cart:{guest}", by="nosort", get="product:*->price")
    pairs = zip(*pipe.execute(), strict=True)
    return sum((int(n) * Decimal(price) for (_, n), price in pairs), Decimal(0))


def keys_are_given_as_keys(trial):
    """Return what to say where a script was not given both keys as keys: a rule."""
    for command in trial.commands:
        if command.name in ("EVAL", "EVALSHA"):
            given = [str(word) for word in command.words[3 : 3 + int(command.words[2])]]
            product = any(key.startswith("product:") for key in given)
            if not product or "cart:{guest}" not in given:
                return KEYS_IN_THE_TEXT
    return None


q3 = Exercise(
    "speed.q3",
    "add_in_one_trip(client, product_id, quantity)",
    [
        Case([MUG], ("mug", 2)),
        Case([MUG, LINES], ("mug", 2)),
        Case([MUG, LINES], ("unicorn", 1)),
        Case([LAMP, "ZADD cart:{guest} 3 mug"], ("lamp", 5)),
    ],
    (
        "In the script: if redis.call('EXISTS', KEYS[1]) == 0 then return false end. Then return "
        "what redis.call('ZINCRBY', KEYS[2], ARGV[1], ARGV[2]) gives.",
        "In Python: reply = client.eval(script, 2, product_key, cart_key, quantity, product_id). "
        "The 2 says how many keys there are.",
        "Lua's false is None in Python: raise the error then. The reply of ZINCRBY is a text: "
        "int(reply).",
    ),
    rules=(
        at_most_trips(1, "Let the script look and add: it can do both before it replies."),
        keys_are_given_as_keys,
    ),
)


@q3.reference
def add_in_one_trip(client, product_id, quantity):
    script = """
        if redis.call('EXISTS', KEYS[1]) == 0 then
            return false
        end
        return redis.call('ZINCRBY', KEYS[2], ARGV[1], ARGV[2])
    """
    reply = client.eval(script, 2, f"product:{product_id}", "cart:{guest}", quantity, product_id)
    if reply is None:
        raise ProductNotFoundError(product_id)
    return int(reply)


ADD = "return redis.call('ZINCRBY', KEYS[2], ARGV[1], ARGV[2])"
LOOK_AND_ADD = f"if redis.call('EXISTS', KEYS[1]) == 0 then return false end {ADD}"


@q3.mistake(
    "That is right, and it takes two trips: EXISTS, and then ZINCRBY. Send one EVAL whose script "
    "calls both."
)
def two_trips(client, product_id, quantity):
    if not client.exists(f"product:{product_id}"):
        raise ProductNotFoundError(product_id)
    return int(client.zincrby("cart:{guest}", quantity, product_id))


@q3.mistake(
    "In a MULTI, ZINCRBY runs whatever EXISTS replies: the unknown product is in the cart now. "
    "Only a script can look at a reply before it goes on."
)
def multi_can_not_decide(client, product_id, quantity):
    pipe = client.pipeline(transaction=True)
    pipe.exists(f"product:{product_id}")
    pipe.zincrby("cart:{guest}", quantity, product_id)
    known, now = pipe.execute()
    if not known:
        raise ProductNotFoundError(product_id)
    return int(now)


@q3.mistake(
    "Your script adds without a look: a product that nobody sells is in the cart now. Ask EXISTS "
    "first, and return false if it gives 0."
)
def does_not_look(client, product_id, quantity):
    keys = f"product:{product_id}", "cart:{guest}"
    return int(client.eval(ADD, 2, *keys, quantity, product_id))


@q3.mistake(
    "The script added before it looked: the error is raised, but the unknown product stays in the "
    "cart. Look first."
)
def looks_too_late(client, product_id, quantity):
    keys = f"product:{product_id}", "cart:{guest}"
    script = """
        local now = redis.call('ZINCRBY', KEYS[2], ARGV[1], ARGV[2])
        if redis.call('EXISTS', KEYS[1]) == 0 then return false end
        return now
    """
    reply = client.eval(script, 2, *keys, quantity, product_id)
    if reply is None:
        raise ProductNotFoundError(product_id)
    return int(reply)


@q3.mistake(
    "The new quantity came back as a text, such as '5'. A score leaves a script as a text: turn "
    "it into an int."
)
def returns_a_text(client, product_id, quantity):
    keys = f"product:{product_id}", "cart:{guest}"
    reply = client.eval(LOOK_AND_ADD, 2, *keys, quantity, product_id)
    if reply is None:
        raise ProductNotFoundError(product_id)
    return reply


@q3.mistake("You returned how many were added. Return how many there are now: the script's reply.")
def returns_what_was_added(client, product_id, quantity):
    keys = f"product:{product_id}", "cart:{guest}"
    if client.eval(LOOK_AND_ADD, 2, *keys, quantity, product_id) is None:
        raise ProductNotFoundError(product_id)
    return quantity


@q3.mistake(
    "An unknown product gave no error, but None. Look at the script's reply, and raise "
    "ProductNotFoundError(product_id) if it is None."
)
def missing_is_none(client, product_id, quantity):
    keys = f"product:{product_id}", "cart:{guest}"
    reply = client.eval(LOOK_AND_ADD, 2, *keys, quantity, product_id)
    return None if reply is None else int(reply)


@q3.mistake(
    "An unknown product gave a TypeError: the script replied None, and int(None) fails. Look for "
    "None first, and raise ProductNotFoundError(product_id)."
)
def missing_is_a_type_error(client, product_id, quantity):
    keys = f"product:{product_id}", "cart:{guest}"
    return int(client.eval(LOOK_AND_ADD, 2, *keys, quantity, product_id))


@q3.mistake(KEYS_IN_THE_TEXT)
def keys_in_the_text(client, product_id, quantity):
    script = LOOK_AND_ADD.replace("KEYS[1]", "'product:' .. ARGV[2]")
    script = script.replace("KEYS[2]", "'cart:{guest}'")
    reply = client.eval(script, 0, quantity, product_id)
    if reply is None:
        raise ProductNotFoundError(product_id)
    return int(reply)
