"""Lesson 02: the cart is a sorted set."""

from hypothesis import strategies as st

from cartlib.course.worlds import (
    QUANTITIES,
    carts,
    command,
    crowd,
    ids,
    lines,
    quantities,
    scores,
    surroundings,
    zadd,
)
from cartlib.errors import ItemNotInCartError
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.rules import changes_nothing, no_look_before
from cartlib.questions import Guess, Prediction

CART = "cart:{guest}"
TWO_LINES = "ZADD cart:{guest} 3 mug 1 lamp"
FIVE_LINES = "ZADD cart:{guest} 9 lamp 10 mug 1 pen 4 kettle 2 vase"
READS_ALL = (
    "More lines came back than `count`, and you cut the rest off in Python. Say to Redis which "
    "ranks you want: from 0 to count - 1."
)


def at_most_replies(most, text):
    """Return a rule: no more than `most(trial)` texts and numbers came back, in all replies."""

    def rule(trial):
        return text if sum(map(_size, _own_replies(trial))) > most(trial) else None

    return rule


def _own_replies(trial):
    """Return the replies, those of a MULTI once, and without errors."""
    queued = False
    for sent in trial.commands:
        if sent.name == "MULTI":
            queued = True
        elif sent.name == "EXEC":
            queued = False
        if not queued and not isinstance(sent.reply, Exception):
            yield sent.reply


def _size(reply):
    if isinstance(reply, dict):
        return sum(_size(part) for pair in reply.items() for part in pair)
    if isinstance(reply, list | tuple | set):
        return sum(map(_size, reply))
    return isinstance(reply, str | int | float)


p1 = Prediction(
    "carts.p1",
    ("ZADD cart:{guest} 2 mug",),
    "ZADD cart:{guest} 5 mug",
    {
        "(integer) 1": "One score was written. But ZADD counts members, and only the new ones: mug "
        "was there before.",
        "(integer) 0": "ZADD counts the new members only. mug was there: its score was replaced, "
        "and is 5 now, not 7.",
        '"7"': "That is 2 and 5 added up, the reply of a command that adds. ZADD replaces.",
    },
)
p2 = Prediction(
    "carts.p2",
    ("ZADD cart:{guest} 2 mug", "ZINCRBY cart:{guest} -2 mug"),
    "ZCARD cart:{guest}",
    {
        "(integer) 0": "The score is 0, that is true. But ZCARD counts members, and does Redis "
        "take a member out because of its score?",
        "(integer) 1": "The score is 0 now, and the member stays: for Redis, 0 is a score like any "
        "other.",
        "(nil)": "ZCARD always replies a number: it counts the members.",
    },
    because="So a line of 0 mugs stays in the cart until somebody takes it out.",
)
g1 = Guess(
    "carts.g1",
    "There is no unicorn in the cart. What does `zscore` give for it, in Python?",
    {
        "0.0": "0 is a score like any other. The unicorn has none.",
        "None": "A member that is not there has no score: redis-cli shows (nil), and Python None.",
        "an error": "It is no error to ask for what is not there.",
    },
    right="None",
    proof=lambda client: client.zscore(CART, "unicorn"),
    because="So None and 0.0 are two answers: not in the cart, and in it with a score of 0.",
)


def _equal_scores(client):
    client.zadd(CART, {"poems": 1, "lamp": 1, "kettle": 1})
    return ", ".join(client.zrange(CART, 0, -1))


g2 = Guess(
    "carts.g2",
    "`ZADD` gives all three the score 1. In which order does `ZRANGE` have them?",
    {
        "poems, lamp, kettle": "So they came in, and Redis does not remember that.",
        "kettle, lamp, poems": "Where scores are equal, the names decide.",
        "in any order": "The order is the same each time: something decides it.",
    },
    right="kettle, lamp, poems",
    proof=_equal_scores,
    because="They are compared as texts: k comes before l, and l before p.",
)
THREE_LINES = {"mug": 3, "lamp": 1, "kettle": 2}


def _both_add(client):
    """Two read the same score, and each writes it back with 1 more."""
    client.zadd(CART, {"mug": 2})
    seen = [client.zscore(CART, "mug") for _ in ("Ann", "Bob")]
    for score in seen:
        client.zadd(CART, {"mug": score + 1})
    return int(client.zscore(CART, "mug"))


g3 = Guess(
    "carts.g3",
    "Ann reads 2, and Bob reads 2. Each adds 1 in Python, and writes the sum. How many mugs are in "
    "the cart afterwards?",
    {
        "2": "Both wrote a sum, and a sum is more than 2.",
        "3": "Each wrote 3: the second who wrote did not know of the first.",
        "4": "So it should be, as each wants one more. But which number did each of them write?",
    },
    right="3",
    proof=_both_add,
    because="One of two adds is lost. That has a name, a lost update: lesson 06 is about it.",
)


def _from_0_to_1(client):
    client.zadd(CART, THREE_LINES)
    return len(client.zrange(CART, 0, 1))


g4 = Guess(
    "carts.g4",
    "How many lines does `ZRANGE cart:{guest} 0 1` give?",
    {
        "1": "So a slice would do it in Python, [0:1].",
        "2": "The ranks 0 and 1. In Redis, the last rank belongs to the result.",
        "3": "The third line has the rank 2.",
    },
    right="2",
    proof=_from_0_to_1,
    because="So the first n lines are the ranks 0 to n - 1.",
)
p3 = Prediction(
    "carts.p3",
    ("ZADD cart:{guest} 3 mug 1 lamp 2 kettle",),
    "ZRANGE cart:{guest} 0 0 REV",
    {
        '1) "lamp"': "The lamp has the smallest score: without REV it is the first.",
        '1) "mug"': "With REV the ranks count from the greatest score down, and the mug has 0.",
        "(empty array)": "From 0 to 0 is one line: the last rank belongs to the result.",
    },
)


def _one_more_grain(client):
    client.zadd(CART, {"sand": 2**53})
    return f"{int(client.zincrby(CART, 1, 'sand')):,}"


g5 = Guess(
    "carts.g5",
    "The score of the sand is 2^53, which is 9,007,199,254,740,992. `ZINCRBY` adds 1. What is the "
    "score now?",
    {
        "9,007,199,254,740,992": "A double has no room for the next whole number: the 1 is lost.",
        "9,007,199,254,740,993": "That is the sum on paper. A double has not so many digits.",
        "no number: it is an error": "Redis adds, and says nothing of what does not fit.",
    },
    right="9,007,199,254,740,992",
    proof=_one_more_grain,
    because="Above 2^53, a double has only every other whole number, and later fewer still.",
)


@st.composite
def adds(draw):
    """Worlds for q1: a cart, an add to a line or to none, and maybe somebody who adds as well."""
    cart, item, quantity = draw(carts()), draw(ids), draw(quantities)
    rival = [(), (), (), (), (command("ZINCRBY", CART, 1, item),), (command("ZREM", CART, item),)]
    given = [*zadd(CART, cart), *draw(surroundings)]
    return Case(given, (item, quantity), draw(st.sampled_from(rival)))


q1 = Exercise(
    "carts.q1",
    "add_to_cart(client, product_id, quantity)",
    [
        Case([], ("mug", 2)),
        Case([TWO_LINES], ("mug", 2)),
        Case([TWO_LINES, "ZADD cart:{anna} 7 vase"], ("vase", 4)),
        Case([TWO_LINES], ("mug", 2), ("ZINCRBY cart:{guest} 1 mug",)),
        Case([], ("mug", 2), ("ZADD cart:{guest} 4 mug",)),
    ],
    (
        "One command adds to a score, and replies with the new one: ZINCRBY.",
        "In Python: client.zincrby(key, number, member). Mind the order.",
        "The new score is a float. int(…) makes a whole number of it.",
    ),
    rules=(no_look_before(CART),),
    worlds=adds(),
)


@q1.reference
def add_to_cart(client, product_id, quantity):
    return int(client.zincrby("cart:{guest}", quantity, product_id))


@q1.mistake(
    "ZADD overwrites: what was in the cart before is lost. Whoever has 3 mugs and adds 2 wants 5. "
    "Use the command that adds."
)
def overwrites(client, product_id, quantity):
    client.zadd(CART, {product_id: quantity})
    return quantity


@q1.mistake(
    "The quantity came back as a float, such as 5.0. A score is a float; a quantity is a whole "
    "number: turn it into an int before you return it."
)
def returns_float(client, product_id, quantity):
    return client.zincrby(CART, quantity, product_id)


@q1.mistake(
    "You read the score, and wrote it back: if two people do so at the same time, one of the two "
    "adds is lost. ZINCRBY adds inside Redis, in one command."
)
def reads_and_writes_back(client, product_id, quantity):
    total = int(client.zscore(CART, product_id) or 0) + quantity
    client.zadd(CART, {product_id: total})
    return total


@q1.mistake("The key is not right: the cart's key is cart:{guest}, with the braces.")
def key_without_braces(client, product_id, quantity):
    return int(client.zincrby("cart:guest", quantity, product_id))


@q1.mistake(
    "You returned how many were added. Return how many there are now: the reply of ZINCRBY."
)
def returns_what_was_added(client, product_id, quantity):
    client.zincrby(CART, quantity, product_id)
    return quantity


@q1.mistake(
    "Number and member are the wrong way round: zincrby takes the key, the number, the member."
)
def swaps_the_arguments(client, product_id, quantity):
    return int(client.zincrby(CART, product_id, quantity))


@q1.mistake(
    "HINCRBY is for hashes, and this cart is a sorted set. Use the sorted set's command that adds."
)
def uses_a_hash(client, product_id, quantity):
    return client.hincrby(CART, product_id, quantity)


@st.composite
def removals(draw):
    """Worlds for q2: a cart, and a product that mostly is in it."""
    cart = draw(carts(st.sampled_from([-3, -1, 0, *QUANTITIES])))
    item = draw(st.sampled_from([*cart, "unicorn", "mu"]) if cart else ids)
    return Case([*zadd(CART, cart), *draw(surroundings)], (item,))


q2 = Exercise(
    "carts.q2",
    "remove_from_cart(client, product_id)",
    [
        Case([TWO_LINES], ("mug",)),
        Case(["ZADD cart:{guest} 2 lamp"], ("lamp",)),
        Case([TWO_LINES], ("unicorn",)),
        Case(["ZADD cart:{guest} 0 mug 4 vase"], ("mug",)),
        Case(["ZADD cart:{guest} -1 mug 4 vase"], ("mug",)),
        Case([TWO_LINES], ("mug",), ("ZINCRBY cart:{guest} 1 pen",)),
    ],
    (
        "Ask for the score first, with ZSCORE. Then take the member out, with ZREM.",
        "For a member that is not there, client.zscore(…) gives None.",
        "Write `if score is None`: `if not score` is also true for the score 0.",
    ),
    worlds=removals(),
)


@q2.reference
def remove_from_cart(client, product_id):
    score = client.zscore("cart:{guest}", product_id)
    if score is None:
        raise ItemNotInCartError(product_id, "guest")
    client.zrem("cart:{guest}", product_id)
    return int(score)


@q2.mistake(
    "You set the score to 0, and the line is still in the cart. ZREM takes a member out for good."
)
def sets_the_score_to_zero(client, product_id):
    score = client.zscore(CART, product_id)
    if score is None:
        raise ItemNotInCartError(product_id, "guest")
    client.zadd(CART, {product_id: 0})
    return int(score)


@q2.mistake(
    "You returned the reply of ZREM: how many members went, and that is 1. The quantity is the "
    "score: ask for it with ZSCORE before you remove."
)
def returns_the_reply_of_zrem(client, product_id):
    removed = client.zrem(CART, product_id)
    if not removed:
        raise ItemNotInCartError(product_id, "guest")
    return removed


@q2.mistake(
    "You returned the reply of ZREM, how many members went. Return the score that the member had: "
    "read it before you remove it."
)
def only_removes(client, product_id):
    return client.zrem(CART, product_id)


@q2.mistake(
    "You returned the reply of ZREM, how many members went. Return the score that the member had, "
    "which you read before."
)
def looks_and_returns_the_reply(client, product_id):
    score = client.zscore(CART, product_id)
    if score is None:
        raise ItemNotInCartError(product_id, "guest")
    return client.zrem(CART, product_id)


@q2.mistake('Give the error its two arguments: `ItemNotInCartError(product_id, "guest")`.')
def raises_without_arguments(client, product_id):
    score = client.zscore(CART, product_id)
    if score is None:
        raise ItemNotInCartError
    client.zrem(CART, product_id)
    return int(score)


@q2.mistake(
    "The quantity came back as a float, such as 3.0. Turn the score into an int before you return "
    "it."
)
def returns_the_score_itself(client, product_id):
    score = client.zscore(CART, product_id)
    if score is None:
        raise ItemNotInCartError(product_id, "guest")
    client.zrem(CART, product_id)
    return score


@q2.mistake(
    "A product that is not in the cart gave no error, but 0. Whoever calls you can't tell that "
    "from a line of 0: raise ItemNotInCartError(product_id, 'guest')."
)
def missing_is_zero(client, product_id):
    score = client.zscore(CART, product_id)
    client.zrem(CART, product_id)
    return int(score or 0)


@q2.mistake(
    "A product that is not in the cart gave no error, but None. Raise "
    "ItemNotInCartError(product_id, 'guest') instead."
)
def missing_is_none(client, product_id):
    score = client.zscore(CART, product_id)
    if score is not None:
        client.zrem(CART, product_id)
        return int(score)


@q2.mistake(
    "A product that is not in the cart gave a TypeError: its score is None, and int(None) fails. "
    "Look for None first, and raise ItemNotInCartError(product_id, 'guest')."
)
def missing_is_a_type_error(client, product_id):
    score = int(client.zscore(CART, product_id))
    client.zrem(CART, product_id)
    return score


@q2.mistake(
    "You removed the member, and asked for its score afterwards: then there is none. Ask first."
)
def asks_too_late(client, product_id):
    client.zrem(CART, product_id)
    score = client.zscore(CART, product_id)
    if score is None:
        raise ItemNotInCartError(product_id, "guest")
    return int(score)


@q2.mistake(
    "A line with the score 0 is in the cart, too. `not score` is true for 0 as well as for None: "
    "write `score is None`."
)
def takes_zero_for_missing(client, product_id):
    score = client.zscore(CART, product_id)
    if not score:
        raise ItemNotInCartError(product_id, "guest")
    client.zrem(CART, product_id)
    return int(score)


@q2.mistake("You deleted the whole key, and with it all other lines. ZREM takes out one member.")
def deletes_the_cart(client, product_id):
    score = client.zscore(CART, product_id)
    if score is None:
        raise ItemNotInCartError(product_id, "guest")
    client.delete(CART)
    return int(score)


@st.composite
def tops(draw):
    """Worlds for q3: a cart in which no two quantities are the same, and a count."""
    cart = draw(lines(scores, most=12))
    different = {number: item for item, number in cart.items()}
    given = [*zadd(CART, {item: number for number, item in different.items()})]
    return Case(
        [*given, *draw(surroundings)], (draw(st.sampled_from([1, 2, 3, 5, 9, 10, 11, 30])),)
    )


def as_many_as_wanted(trial):
    """Return how many texts and numbers `count` lines are; some more, for a count of the lines."""
    return 2 * trial.args[0] + 1


q3 = Exercise(
    "carts.q3",
    "top_lines(client, count)",
    [
        Case([FIVE_LINES], (3,)),
        Case([FIVE_LINES], (1,)),
        Case([TWO_LINES], (5,)),
        Case([], (3,)),
        Case(zadd(CART, crowd(12)), (12,)),
    ],
    (
        "ZRANGE … REV reads from the greatest score down: client.zrange(…, desc=True).",
        "stop belongs to what you get: the first three lines are 0 to 2, so stop is count - 1.",
        "With withscores=True you get pairs (member, score). Make an int of each score.",
    ),
    rules=(
        changes_nothing("You sent {}. To look at the cart needs no change of it."),
        at_most_replies(as_many_as_wanted, READS_ALL),
    ),
    worlds=tops(),
)


@q3.reference
def top_lines(client, count):
    lines = client.zrange("cart:{guest}", 0, count - 1, desc=True, withscores=True)
    return [(product_id, int(score)) for product_id, score in lines]


@q3.mistake(
    "You took the smallest quantities: ZRANGE counts from the smallest score up. With REV, in "
    "Python desc=True, it counts from the greatest score down."
)
def smallest_first(client, count):
    lines = client.zrange(CART, 0, count - 1, withscores=True)
    return [(product_id, int(score)) for product_id, score in lines]


@q3.mistake(
    "The smallest quantities, turned round, are still the smallest. Let Redis count from the "
    "greatest score down: ZRANGE … REV, in Python desc=True."
)
def smallest_turned_round(client, count):
    lines = client.zrange(CART, 0, count - 1, withscores=True)
    return [(product_id, int(score)) for product_id, score in reversed(lines)]


@q3.mistake("These are the right lines, smallest first. Put the greatest quantity first.")
def right_lines_smallest_first(client, count):
    lines = client.zrange(CART, -count, -1, withscores=True)
    return [(product_id, int(score)) for product_id, score in lines]


@q3.mistake(
    "The quantities are floats, such as 10.0. Make an int of each score before you return it."
)
def floats(client, count):
    return client.zrevrange(CART, 0, count - 1, withscores=True)


@q3.mistake(
    "That is one line too many: the rank `stop` belongs to what you get. The first three are the "
    "ranks 0 to 2."
)
def one_too_many(client, count):
    lines = client.zrevrange(CART, 0, count, withscores=True)
    return [(product_id, int(score)) for product_id, score in lines]


@q3.mistake("The quantities are missing. Ask for them with withscores=True.")
def ids_only(client, count):
    return client.zrevrange(CART, 0, count - 1)


@q3.mistake("You returned the whole cart. Only `count` lines are wanted: the ranks 0 to count - 1.")
def all_lines(client, count):
    lines = client.zrevrange(CART, 0, -1, withscores=True)
    return [(product_id, int(score)) for product_id, score in lines]


@q3.mistake(READS_ALL)
def reads_all_and_cuts(client, count):
    lines = client.zrange(CART, 0, -1, withscores=True)
    return [(product_id, int(score)) for product_id, score in reversed(lines)][:count]
