"""Lesson 07: fast carts."""

from contextlib import suppress
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st
from redis import ResponseError

from cartlib.course.worlds import (
    IDS,
    hset,
    ids,
    lines,
    quantities,
    scores,
    surroundings,
    zadd,
)
from cartlib.errors import ProductNotFoundError
from cartlib.lab import trips
from cartlib.lab.clock import TooSlow
from cartlib.lab.disturbance import script_of
from cartlib.lab.trace import Trace
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.rules import at_most_trips, changes_nothing
from cartlib.practice.sandbox import attempt
from cartlib.questions import Guess, Prediction

CART = "cart:{guest}"
MUG = 'HSET product:mug name "Coffee mug" price 9.50'
LAMP = 'HSET product:lamp name "Desk lamp" price 45.10'
PEN = "HSET product:pen name Pen price 0.10"
LINES = "ZADD cart:{guest} 1 lamp 3 mug 7 pen"
SHOP = [MUG, LAMP, PEN, LINES]
WITH_OLD = [MUG, PEN, "ZADD cart:{guest} 2 mug 4 old 5 pen"]  # no hash: it is no longer sold
CENTS = [PEN, "ZADD cart:{guest} 2 old 3 pen"]  # 3 * 0.10 is not 0.30 in floats
KEYS_IN_THE_TEXT = (
    "The script uses a key that it was not given as a key. Hand both keys over, the product's and "
    "the cart's, and write KEYS[1] and KEYS[2] in the script: Redis must know beforehand which "
    "keys a script touches."
)

NO_KEY = (
    "You gave the script {} as a key, and it is none. Keys are the product's and the cart's; all "
    "else goes to ARGV, behind them."
)
NOT_FROM_KEYS = (
    "You handed both keys over, but the script does not take them from there: with other names in "
    "KEYS it no longer works. Write KEYS[1] and KEYS[2] where the script needs a key."
)
NO_CHANGE = "You sent {}. To read a cart needs no change of anything."
NAMES = ["Coffee mug", "Pen", "Lamp", "Zoë's cup", "10", "mug", "A very long name, with a comma"]
PRICES = ["9.50", "9.90", "0.10", "0.29", "45.10", "100.00", "1234.56", "19.99", "0.00"]

p1 = Prediction(
    "speed.p1",
    (),
    'EVAL "return 3.99" 0',
    {
        '"3.99"': "So it would be if the script returned a text. It returns a number, and a number "
        "leaves a script as a whole number.",
        "(integer) 4": "It becomes a whole number, that is right. But nothing is rounded.",
        "(integer) 3": "A number from a script becomes a whole number: what is behind the point is "
        "cut off. A price would lose its cents. Return it as a text.",
    },
    because="So money leaves a script as a text, never as a number.",
)
p2 = Prediction(
    "speed.p2",
    (),
    "EVAL \"if redis.call('EXISTS', KEYS[1]) then return 'there' end return 'gone'\" 1 "
    "product:unicorn",
    {
        '"gone"': "So it would be in Python. EXISTS gives 0 here, and in Lua 0 counts as true.",
        '"there"': "EXISTS gives 0, and in Lua 0 counts as true, unlike in Python. So the script "
        "says so of every key.",
        "(nil)": "Something is returned in any case: one of the two texts.",
    },
    because="Compare it with 1: if redis.call('EXISTS', KEYS[1]) == 1 then …",
)
p3 = Prediction(
    "speed.p3",
    (),
    'EVAL "return ARGV[1] == 2" 0 2',
    {
        "(integer) 1": "So it would be for two numbers. But all that comes in ARGV is a text, and "
        "in Lua a text never equals a number.",
        "(integer) 0": "They are not equal, that is right. But Lua's false does not go out as 0.",
        "(nil)": "The text 2 is not the number 2, so the comparison gives false; and Redis has no "
        "reply for false: it goes out as (nil).",
    },
    because="With tonumber(ARGV[1]) == 2 it would be (integer) 1.",
)


def _loop(client):
    trips.fill_cart(client, 3)
    with Trace(client) as trace:
        for product_id in client.zrange("cart:{demo}", 0, -1):
            client.hmget(f"product:{product_id}", "name", "price")
    return trace.round_trips


g1 = Guess(
    "speed.g1",
    "The cart has 3 lines. The loop reads the cart, and then the product of each line. How many "
    "round trips does it make?",
    {
        "1": "Each command in the loop waits for its own reply.",
        "3": "So many for the products. And how does the loop know which?",
        "4": "One for the cart, and one for each of its 3 lines.",
    },
    right="4",
    proof=_loop,
)


def _line_by_line(client):
    trips.fill_cart(client, 10)
    with Trace(client) as trace:
        list(trips.VIEWS.values())[0](client)
    return f"{5 * trace.round_trips} ms"


g2 = Guess(
    "speed.g2",
    "The cart has 10 lines. What does the line-by-line way take, at least?",
    {
        "5 ms": "That is one round trip.",
        "50 ms": "One trip for each line. Is that all?",
        "55 ms": "11 round trips of 5 ms each: one for the cart, and 10 for its lines.",
    },
    right="55 ms",
    proof=_line_by_line,
)


def _one_more(client):
    script = """
    if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
        return redis.call('ZINCRBY', KEYS[1], 1, ARGV[1])
    end
    return false
    """
    return client.eval(script, 1, "cart:{demo}", "unicorn")


g3 = Guess(
    "speed.g3",
    "What does the script give for the unicorn, in Python?",
    {
        "'1'": "So it would be if it had added one. But ZSCORE gives (nil), which counts as false.",
        "False": "The script returns false. But Redis has no reply for that: it becomes (nil).",
        "None": "The script returns false, which goes out as (nil): in Python that is None.",
    },
    right="None",
    proof=_one_more,
)


def _add(client):
    trips.fill_cart(client, 1)
    with Trace(client) as trace:
        trips.ADDS["the kit's"](client)
    return str(trace.round_trips)


g4 = Guess(
    "speed.g4",
    "The kit's add looks, adds, renews the session, and publishes an event: some nine commands. "
    "How many round trips does it make?",
    {
        "1": "It looks whether the product exists before it adds. What needs a reply has to wait.",
        "2": "First all that it has to know, in one trip; then one MULTI with all that it changes.",
        "9": "So many commands are in its log, about. But most of them travel together.",
    },
    right="2",
    proof=_add,
)


def _broken(client):
    script = """
    redis.call('ZINCRBY', KEYS[1], 1, ARGV[1])
    return redis.call('HGET', KEYS[1], 'name')
    """
    trips.fill_cart(client, 1)
    with suppress(ResponseError):
        client.eval(script, 1, "cart:{demo}", "demo:1")
    return str(client.zscore("cart:{demo}", "demo:1"))


g5 = Guess(
    "speed.g5",
    "There is 1 of demo:1 in the cart, so its score is 1.0. The script adds one more, and then "
    "HGET fails. What is the score afterwards?",
    {
        "1.0": "So it would be if Redis took back what a script did before it failed.",
        "2.0": "The add was done before the error, and Redis takes nothing back.",
        "None": "A failing script deletes nothing.",
    },
    right="2.0",
    proof=_broken,
)


@st.composite
def shops(draw, numbers=scores):
    """Worlds for q1 and q2: a cart, and the hashes of most of its products."""
    cart = draw(lines(numbers, most=draw(st.sampled_from([8, 12]))))
    if len(cart) > 7:  # now and then a long one
        cart |= {f"item{n}": n * 7 % 13 + 1 for n in range(105)}
    several = {"min_size": 12, "max_size": 12}
    names = draw(st.lists(st.sampled_from(NAMES), **several))
    prices = draw(st.lists(st.sampled_from(PRICES), **several))
    sold = draw(st.lists(st.sampled_from([True, True, True, False]), **several))
    others = draw(st.lists(ids, max_size=2))  # sold, but not in the cart
    given = draw(surroundings)
    for n, item in enumerate([*cart, *others]):
        if sold[n % 12]:
            fields = {"name": names[n % 12], "price": prices[n % 12], "category": "Kitchen"}
            given = [*given, *hset(f"product:{item}", fields)]
    return Case([*zadd(CART, cart), *given])


q1 = Exercise(
    "speed.q1",
    "view_in_two_trips(client)",
    [Case(SHOP), Case(WITH_OLD), Case([]), Case([LINES, "HSET product:mug name '' price 1.00"])],
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
        changes_nothing(NO_CHANGE),
    ),
    worlds=shops(),
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
    "Your list is empty, and the cart has three lines. Did you read another key than cart:{guest}?"
)
def reads_another_cart(client):
    return [(item, int(n)) for item, n in client.zrange("cart:{demo}", 0, -1, withscores=True)]


@q1.mistake(
    "The names are lists with one name in each. HMGET gives a list, even for one field; HGET gives "
    "one field as a text."
)
def lists_for_names(client):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    pipe = client.pipeline(transaction=False)
    for item, _ in lines:
        pipe.hmget(f"product:{item}", "name")
    return [(name, int(n)) for name, (_, n) in zip(pipe.execute(), lines, strict=True)]


@q1.mistake("Your list has whole hashes, as dicts, for names. HGET gives one field as a text.")
def whole_hashes(client):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    pipe = client.pipeline(transaction=False)
    for item, _ in lines:
        pipe.hgetall(f"product:{item}")
    return [(fields, int(n)) for fields, (_, n) in zip(pipe.execute(), lines, strict=True)]


q2 = Exercise(
    "speed.q2",
    "cart_total(client)",
    [
        Case(SHOP),
        Case(CENTS),
        Case([]),
        Case([LINES, "HSET product:mug price 0.125", "HSET product:pen price 3.5"]),
    ],
    (
        "Two commands, one trip: collect ZRANGE with its scores and SORT in one pipeline.",
        "pipe.sort('cart:{guest}', by='nosort', get='product:*->price') gives the prices, in the "
        "order of the lines.",
        "Begin with Decimal(0), and add int(quantity) * Decimal(price) where price is not None.",
    ),
    rules=(
        at_most_trips(1, "Collect ZRANGE and SORT in one pipeline: neither needs the other."),
        changes_nothing(NO_CHANGE),
    ),
    worlds=shops(),
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


def lines_and_prices(client, **options):
    """Return pairs ((member, score), price), read as in the reference."""
    pipe = client.pipeline(transaction=True)
    pipe.zrange("cart:{guest}", 0, -1, withscores=True)
    pipe.sort("cart:{guest}", get="product:*->price", **{"by": "nosort"} | options)
    return list(zip(*pipe.execute(), strict=True))


@q2.mistake(
    "You sent ZRANGE, waited, and then sent SORT: two trips. Collect both in one pipeline, and "
    "call execute() once."
)
def waits_between(client):
    lines = client.zrange("cart:{guest}", 0, -1, withscores=True)
    prices = client.sort("cart:{guest}", by="nosort", get="product:*->price")
    pairs = zip(lines, prices, strict=True)
    return sum((int(n) * Decimal(price) for (_, n), price in pairs if price), Decimal(0))


@q2.mistake(
    "You waited for the lines, and only then asked for the prices: that is two trips at least. "
    "SORT … GET brings the prices along with ZRANGE, in one pipeline."
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
    return sum((n * float(price) for (_, n), price in lines_and_prices(client) if price), 0.0)


@q2.mistake(
    "The total is a float, and for an empty cart the int 0. Money is Decimal: begin with "
    "Decimal(0), and add int(quantity) * Decimal(price)."
)
def total_as_a_float_or_an_int(client):
    return sum(n * float(price) for (_, n), price in lines_and_prices(client) if price)


@q2.mistake(
    "You reckoned in floats, and made a Decimal of the sum: it was off already. Make a Decimal of "
    "each price: int(quantity) * Decimal(price)."
)
def decimal_at_the_end(client):
    return Decimal(total_as_a_float(client))


@q2.mistake(
    "Your total is a text. Return the Decimal itself, without str() or an f-string around it."
)
def total_as_a_text(client):
    return str(cart_total(client))


@q2.mistake(
    "A score is a float, and a Decimal can't be multiplied by a float. Make an int of the "
    "quantity: Decimal(price) * int(quantity)."
)
def decimal_times_float(client):
    pairs = lines_and_prices(client)
    return sum((Decimal(price) * n for (_, n), price in pairs if price), Decimal(0))


@q2.mistake(
    "A score is a float, and a float can't be multiplied by a Decimal. Make an int of the "
    "quantity: int(quantity) * Decimal(price)."
)
def float_times_decimal(client):
    pairs = lines_and_prices(client)
    return sum((n * Decimal(price) for (_, n), price in pairs if price), Decimal(0))


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
    return sum(int(n) * Decimal(price) for (_, n), price in lines_and_prices(client) if price)


@q2.mistake(
    "A product that is no longer sold has the price None, and Decimal(None) fails. Leave such a "
    "line out of the sum."
)
def none_is_no_price(client):
    return sum((int(n) * Decimal(price) for (_, n), price in lines_and_prices(client)), Decimal(0))


@q2.mistake(
    "A price went to the wrong line. You took out what is None from the prices, so the later ones "
    "moved up. Keep all of them until each is with its line."
)
def prices_moved_up(client):
    pairs = lines_and_prices(client)
    prices = [price for _, price in pairs if price]
    both = zip(pairs, prices, strict=False)
    return sum((int(n) * Decimal(price) for ((_, n), _), price in both), Decimal(0))


@q2.mistake(
    "Redis wanted to sort the ids as numbers, and they are texts. Tell it not to sort: by='nosort'."
)
def sorts(client):
    pairs = lines_and_prices(client, by=None)
    return sum((int(n) * Decimal(price) for (_, n), price in pairs if price), Decimal(0))


@q2.mistake(
    "redis-py sent nothing, because an argument does not fit. Did you write groups=True? It is for "
    "two fields or more: leave it out."
)
def groups_of_one(client):
    return lines_and_prices(client, groups=True)


def keys_are_given_as_keys(trial):
    """Return what to say where a script's keys are not the two keys: a rule."""
    for script in scripts(trial):
        keys = script.words[3 : 3 + int(script.words[2])]
        wanted = {f"product:{trial.args[0]}", CART}
        if not wanted <= set(keys):
            return KEYS_IN_THE_TEXT
        if others := [key for key in keys if key not in wanted]:
            return NO_KEY.format(others[0])
    return None


def keys_are_taken_from_keys(trial):
    """Return what to say where a script makes up its keys itself: a rule."""
    for script in scripts(trial):
        if script.reply is not None and not works_with_other_names(trial, script):
            return NOT_FROM_KEYS
    return None


def scripts(trial):
    """Return the commands that ran a script, or that wanted to."""
    return [c for c in trial.commands if c.name in ("EVAL", "EVALSHA")]


def works_with_other_names(trial, script):
    """Tell whether a script adds to another cart if it is given that one's key, too."""
    names = {f"product:{trial.args[0]}": "product:{other name}", CART: "cart:{other name}"}
    return adds_elsewhere(script_of(script), tuple(names.get(w, w) for w in script.words[2:]))


@cache
def adds_elsewhere(text, words):
    """Tell whether a script adds to another cart."""
    case = Case([MUG.replace("product:mug", "'product:{other name}'")])
    tried = attempt(lambda client: client.execute_command("EVAL", text, *words), case)
    stalled = isinstance(tried.error, TooSlow)  # by a busy computer: that tells nothing
    return stalled or "cart:{other name}" in tried.keys


@st.composite
def adds(draw):
    """Worlds for q3: some products, a cart, and an add of one of them, or of one not sold."""
    cart, sold = draw(lines(scores)), draw(st.lists(ids, min_size=1, max_size=6, unique=True))
    item = draw(st.sampled_from([*sold, *sold, *IDS, "unicorn", "mu"]))
    fields = draw(st.sampled_from([{"name": "A name", "price": 9.5}, {"price": 1, "stock": 9}]))
    given = [line for one in sold for line in hset(f"product:{one}", fields)]
    return Case([*given, *zadd(CART, cart), *draw(surroundings)], (item, draw(quantities)))


q3 = Exercise(
    "speed.q3",
    "add_in_one_trip(client, product_id, quantity)",
    [
        Case([MUG], ("mug", 2)),
        Case([MUG, LINES], ("mug", 2)),
        Case([MUG, LINES], ("unicorn", 1)),
        Case([LAMP, "ZADD cart:{guest} 3 mug"], ("lamp", 5)),
        Case(["HSET product:tea price 3.20 stock 7"], ("tea", 2)),
        Case([MUG, LINES], ("mug", 2), ("ZINCRBY cart:{guest} 1 pen",)),
    ],
    (
        "In the script, look first: call EXISTS, and compare what it gives with 1. In Lua, 0 "
        "counts as true. Then return what ZINCRBY gives, or false.",
        "In Python: reply = client.eval(script, 2, product_key, cart_key, quantity, product_id). "
        "The 2 says how many keys there are. So KEYS[1] and KEYS[2] are the keys, ARGV[1] is the "
        "quantity, and ARGV[2] the id.",
        "Lua's false is None in Python: raise the error then. The reply of ZINCRBY is a text: "
        "int(reply).",
    ),
    rules=(
        at_most_trips(1, "Let the script look and add: it can do both before it replies."),
        keys_are_given_as_keys,
        keys_are_taken_from_keys,
    ),
    worlds=adds(),
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


def run_script(client, script, product_id, quantity):
    """Run a script as the reference does."""
    reply = client.eval(script, 2, f"product:{product_id}", "cart:{guest}", quantity, product_id)
    if reply is None:
        raise ProductNotFoundError(product_id)
    return int(reply)


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
    "A product that nobody sells is in the cart now. Does your script ask EXISTS before it adds, "
    "for the product's key alone? And does it compare the answer, == 1? In Lua, 0 counts as true."
)
def adds_whatever_exists_gives(client, product_id, quantity):
    script = f"if redis.call('EXISTS', KEYS[1]) then {ADD} end return false"
    return run_script(client, script, product_id, quantity)


@q3.mistake(
    "The script added before it looked: the error is raised, but the unknown product stays in the "
    "cart. Look first."
)
def looks_too_late(client, product_id, quantity):
    script = """
        local now = redis.call('ZINCRBY', KEYS[2], ARGV[1], ARGV[2])
        if redis.call('EXISTS', KEYS[1]) == 0 then return false end
        return now
    """
    return run_script(client, script, product_id, quantity)


@q3.mistake(
    "The mug is sold, and your function says that it is not. EXISTS gives a number: compare it "
    "with 1, not with '1' or true. Is the key right, product: with the id?"
)
def never_finds_it(client, product_id, quantity):
    script = f"if redis.call('EXISTS', KEYS[1]) == '1' then {ADD} end return false"
    return run_script(client, script, product_id, quantity)


@q3.mistake(
    "Your script looks for the cart, and adds to the product. KEYS has the keys in the order in "
    "which you give them after the number: change their places."
)
def keys_change_places(client, product_id, quantity):
    script = LOOK_AND_ADD.replace("KEYS[1]", "KEYS[3]").replace("KEYS[2]", "KEYS[1]")
    return run_script(client, script.replace("KEYS[3]", "KEYS[2]"), product_id, quantity)


@q3.mistake(
    "Your script looks, but its add fails. The order is ZINCRBY key number member. And is a KEYS "
    "or ARGV missing? Two of the words are keys, and Lua counts from 1."
)
def the_add_fails(client, product_id, quantity):
    script = LOOK_AND_ADD.replace("ARGV[1], ARGV[2]", "ARGV[2], ARGV[1]")
    return run_script(client, script, product_id, quantity)


@q3.mistake(
    "Where the product is unknown, Redis gave an error. Lua knows false and nil, but not None or "
    "False: return false, and raise ProductNotFoundError in Python."
)
def python_words_in_the_script(client, product_id, quantity):
    return run_script(client, LOOK_AND_ADD.replace("false", "None"), product_id, quantity)


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


@q3.mistake("You returned how many were added. Return how many there are now: ZINCRBY's reply.")
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
