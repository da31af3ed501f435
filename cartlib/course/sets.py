"""Lesson 12: sets and filters."""

from hypothesis import strategies as st

from cartlib.catalogue import load_catalogue
from cartlib.course.worlds import IDS, command, crowd, ids, some_of, zadd
from cartlib.lab.lines import words
from cartlib.lab.slots import slot_of
from cartlib.lab.trace import Trace
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.rules import at_most_trips, changes_nothing
from cartlib.questions import Guess, Prediction
from cartlib.shop.filters import find_products as kits_find_products
from cartlib.shop.filters import index_products

WISHES, TAG, SALES = "shop:{wishes}:", "shop:{filters}:tag:", "shop:{sales}:"
PRICES = "shop:{filters}:prices"
LOOKS_FIRST = (
    "You looked first, and then changed. Somebody clicked in between, so what you had seen was "
    "old. Send the change at once: its reply tells what was there."
)
NOT_SOLD = (
    "This product has the tags and no price: it is no longer sold. Leave it out. None can't be "
    "compared with a number."
)
# What can lie about, and is no business of these tasks.
OTHERS = [
    "ZADD cart:{guest} 3 mug 1 lamp",
    'HSET product:mug name "Coffee mug" price 9.50 category Kitchen',
    "SADD shop:{wishes}:eve mug lamp Mug tea",
    "SADD shop:wishes:ann mug pen",
    "SADD shop:{filters}:tags Kitchen gift",
    "ZADD shop:{sales}:2027-02-01 9 mug 3 rug",
]


class Click(str):
    """A line that does what one click on a heart does: it puts the wish on, or takes it off."""

    def __new__(cls, visitor, product_id):
        script = (
            "if redis.call('SADD', KEYS[1], ARGV[1]) == 0 then "
            "redis.call('SREM', KEYS[1], ARGV[1]) end"
        )
        line = command("EVAL", script, 1, f"{WISHES}{visitor}", product_id)
        return super().__new__(cls, line)

    def __getnewargs__(self):
        *_, key, product_id = words(self)
        return key.removeprefix(WISHES), product_id

    def __str__(self):
        return "the same click"


p1 = Prediction(
    "sets.p1",
    ("DEL shop:{wishes}:ann", "SADD shop:{wishes}:ann mug lamp"),
    "SADD shop:{wishes}:ann mug kite mug",
    {
        "(integer) 3": "Three members were named. But the reply counts those that are new.",
        "(integer) 2": "Two different ones were named, and one of them was there already.",
        "(integer) 1": "Only the kite is new. The mug was there, and to name it twice adds "
        "nothing.",
        "(error) the mug is there already": "A member that is there already is no error: the set "
        "stays as it is.",
    },
    because="So the reply tells whether **you** put it in. You need no look before.",
)
p2 = Prediction(
    "sets.p2",
    ("DEL demo:prices", "ZADD demo:prices 9.5 mug 24 teapot 45 lamp"),
    "ZRANGE demo:prices (9.5 45 BYSCORE",
    {
        '1) "mug"\n2) "teapot"\n3) "lamp"': "So it would be without the bracket.",
        '1) "teapot"\n2) "lamp"': "The bracket leaves 9.5 out. At the other end there is none, so "
        "45 belongs to the range.",
        '1) "teapot"': "The bracket stands at the first end only: it says nothing of the other.",
    },
)
p3 = Prediction(
    "sets.p3",
    (
        "DEL demo:{filters}:gifts demo:{filters}:prices",
        "SADD demo:{filters}:gifts mug kite",
        "ZADD demo:{filters}:prices 9.5 mug 45 lamp",
    ),
    "ZINTER 2 demo:{filters}:gifts demo:{filters}:prices WITHSCORES",
    {
        '1) "mug"\n2) "9.5"': "So one would like it. But Redis adds up the scores of a member, "
        "and a member of a Set has one, too.",
        '1) "mug"\n2) "10.5"': "Each member of a Set counts with the score 1, and Redis adds up: "
        "1 + 9.5.",
        '1) "mug"\n2) "1"': "Both keys count, and not the Set alone.",
        "(error) WRONGTYPE": "The commands that begin with Z take Sets, too. Those that begin with "
        "S take Sets alone.",
    },
    because="A filter that forgets this finds every product too dear by 1.",
)
p4 = Prediction(
    "sets.p4",
    ("DEL demo:names", "ZADD demo:names 0 mug 0 Lamp 0 kite"),
    "ZRANGE demo:names 0 -1",
    {
        '1) "mug"\n2) "Lamp"\n3) "kite"': "So they came in, and a sorted set does not remember "
        "that.",
        '1) "kite"\n2) "Lamp"\n3) "mug"': "So people sort. Redis compares bytes, and a capital "
        "letter has a smaller one than every small letter.",
        '1) "Lamp"\n2) "kite"\n3) "mug"': "With equal scores the bytes of the members decide, and "
        "the capitals come first.",
    },
    because="Whoever wants the order of a dictionary has to write the members in small letters.",
)


def _travelled(client):
    """Return how many ids came back by SINTER, and by reading both lists."""
    ann = [f"thing {number}" for number in range(1000)]
    bob = [f"thing {number}" for number in range(990, 1990)]
    client.sadd(f"{WISHES}ann", *ann)
    client.sadd(f"{WISHES}bob", *bob)
    with Trace(client) as trace:
        client.sinter(f"{WISHES}ann", f"{WISHES}bob")
        client.smembers(f"{WISHES}ann")
        client.smembers(f"{WISHES}bob")
    inter, *both = [len(sent.reply) for sent in trace.commands]
    return f"{inter} and {sum(both):,}"


g1 = Guess(
    "sets.g1",
    "Ann and Bob have 1,000 wishes each, and 10 of them are the same. You want those 10. How many "
    "ids travel to you by `SINTER`, and how many if you read both lists, and compare in Python?",
    {
        "10 and 10": "Python can compare only what it has: both lists have to travel first.",
        "10 and 2,000": "SINTER compares inside of Redis, and only the result travels.",
        "2,000 and 2,000": "SINTER looks at many members, but it does so where they are.",
        "10 and 1,990": "1,990 is how many different ones there are. The 10 travel twice, as they "
        "are in both lists.",
    },
    right="10 and 2,000",
    proof=_travelled,
)
PAIRS = {
    "wishes:ann and wishes:bob": "No braces: the whole name decides where a key is, and the two "
    "names differ.",
    "shop:{ann}:wishes and shop:{bob}:wishes": "What stands in the braces decides, and there it is "
    "two names.",
    "shop:{wishes}:ann and shop:{wishes}:bob": "Both have the same text in braces: so they are on "
    "one node.",
}


def _on_one_node(client):
    pairs = {pair: {slot_of(key) for key in pair.split(" and ")} for pair in PAIRS}
    return next(pair for pair, slots in pairs.items() if len(slots) == 1)


g2 = Guess(
    "sets.g2",
    "Which two keys can `SINTER` compare on a cluster, whatever the visitors are called?",
    PAIRS,
    right="shop:{wishes}:ann and shop:{wishes}:bob",
    proof=_on_one_node,
    because="The price: all wish lists of the shop are on one node, and none of the others helps.",
)


def _typo(client):
    load_catalogue(client)
    index_products(client)
    return kits_find_products(client, "kitchen")


g3 = Guess(
    "sets.g3",
    "The tag is `Kitchen`. What does `find_products(client, 'kitchen')` give?",
    {
        "an error": "A key that is not there counts as an empty set, and that is no error.",
        "[]": "There is no such key, so it counts as an empty set. Nothing has a member in common "
        "with that.",
        "['whisk', 'mug', 'apron', 'teapot', 'board', 'kettle']": "For Redis k and K are two "
        "different bytes, so these are two keys.",
    },
    right="[]",
    proof=_typo,
)


@st.composite
def clicks(draw):
    """Worlds for q1: wish lists of two visitors, and maybe somebody who clicks, too."""
    visitor, other = draw(st.permutations(["ann", "bob", "guest", "Zoë", "a b", "ann:x"]))[:2]
    wished = draw(st.lists(ids, unique=True, max_size=6))
    item = draw(st.sampled_from([*wished * 2, *IDS]))
    given = [command("SADD", f"{WISHES}{visitor}", *wished)] if wished else []
    if wished and draw(st.booleans()):
        given.append(command("EXPIRE", f"{WISHES}{visitor}", 600))
    if draw(st.booleans()):
        given.append(command("SADD", f"{WISHES}{other}", item, "vase"))
    given += draw(some_of(OTHERS[:4]))
    rival = [(), (), (), (Click(visitor, item),), (command("SADD", f"{WISHES}{other}", item),)]
    return Case(given, (visitor, item), draw(st.sampled_from(rival)))


ANN = "SADD shop:{wishes}:ann mug lamp"
q1 = Exercise(
    "sets.q1",
    "toggle_wish(client, visitor, product_id)",
    [
        Case([], ("ann", "mug")),
        Case([ANN], ("ann", "mug")),
        Case([ANN, "SADD shop:{wishes}:bob kite"], ("bob", "mug")),
        Case(["SADD shop:{wishes}:ann mug"], ("ann", "mug")),
        Case([ANN], ("ann", "kite"), (Click("ann", "kite"),)),
        Case([ANN], ("ann", "mug"), (Click("ann", "mug"),)),
        Case(["SET shop:{wishes}:ann hello"], ("ann", "mug")),
    ],
    (
        "Try to put it on: client.sadd(key, product_id) gives 1 if it is new. Then you are done, "
        "and it is on.",
        "If that gave 0, it was on. client.srem(key, product_id) gives 1 if you took it off.",
        "And if that gave 0, too, somebody took it off between your two commands. Begin anew: put "
        "both into a loop, `while True:`.",
    ),
    worlds=clicks(),
)


@q1.reference
def toggle_wish(client, visitor, product_id):
    key = f"shop:{{wishes}}:{visitor}"
    while True:
        if client.sadd(key, product_id) == 1:
            return True
        if client.srem(key, product_id) == 1:
            return False


@q1.mistake(LOOKS_FIRST)
def looks_first(client, visitor, product_id):
    key = f"shop:{{wishes}}:{visitor}"
    if client.sismember(key, product_id):
        client.srem(key, product_id)
        return False
    client.sadd(key, product_id)
    return True


@q1.mistake(
    "Your SADD gave 0, so it was on. Then somebody clicked, and took it off, and your SREM gave 0: "
    "you took off nothing. Of two clicks one is lost. If both give 0, begin anew."
)
def does_not_begin_anew(client, visitor, product_id):
    key = f"shop:{{wishes}}:{visitor}"
    if client.sadd(key, product_id):
        return True
    client.srem(key, product_id)
    return False


@q1.mistake(
    "Your SADD gave 0, so it was on. Then somebody clicked, and took it off, and your SREM gave 0, "
    "too. Your function ended there, without a return: it gave None. If both give 0, begin anew."
)
def ends_where_both_give_0(client, visitor, product_id):
    key = f"shop:{{wishes}}:{visitor}"
    if client.sadd(key, product_id):
        return True
    if client.srem(key, product_id):
        return False


@q1.mistake(
    "Your SREM gave 0, so it was off. Then somebody clicked, and put it on, and your SADD gave 0: "
    "you put on nothing. Of two clicks one is lost. If both give 0, begin anew."
)
def removes_first_and_does_not_begin_anew(client, visitor, product_id):
    key = f"shop:{{wishes}}:{visitor}"
    if client.srem(key, product_id):
        return False
    client.sadd(key, product_id)
    return True


@q1.mistake("The wish was on, and it still is: the second click has to take it off, by SREM.")
def only_puts_on(client, visitor, product_id):
    return client.sadd(f"shop:{{wishes}}:{visitor}", product_id) == 1


@q1.mistake(
    "You returned a number, the reply. Wanted is True or False: whether the wish is on now."
)
def returns_a_number(client, visitor, product_id):
    key = f"shop:{{wishes}}:{visitor}"
    while True:
        if client.sadd(key, product_id):
            return 1
        if client.srem(key, product_id):
            return 0


@q1.mistake(
    "You returned whether the wish was on before. Wanted is whether it is on now: the opposite."
)
def tells_what_was_before(client, visitor, product_id):
    key = f"shop:{{wishes}}:{visitor}"
    while True:
        if client.sadd(key, product_id):
            return False
        if client.srem(key, product_id):
            return True


@q1.mistake(
    "You wrote to a key without braces, `shop:wishes:…`. In an f-string a brace that belongs to "
    'the text is written twice: f"shop:{{wishes}}:{visitor}".'
)
def forgets_the_braces(client, visitor, product_id):
    key = f"shop:wishes:{visitor}"
    while True:
        if client.sadd(key, product_id):
            return True
        if client.srem(key, product_id):
            return False


@q1.mistake(
    "You changed the list of Ann, whoever clicks. The name of the visitor is an argument: "
    'f"shop:{{wishes}}:{visitor}".'
)
def always_ann(client, visitor, product_id):
    while True:
        if client.sadd("shop:{wishes}:ann", product_id):
            return True
        if client.srem("shop:{wishes}:ann", product_id):
            return False


@q1.mistake(
    "You put the members of the text in one by one: with a star before it, `sadd` takes each "
    "letter of the id. Give the id without the star."
)
def adds_the_letters(client, visitor, product_id):
    key = f"shop:{{wishes}}:{visitor}"
    while True:
        if client.sadd(key, *product_id):
            return True
        if client.srem(key, *product_id):
            return False


@q1.mistake("The wish is off, and the rest of the list is gone with it. SREM takes out one member.")
def deletes_the_list(client, visitor, product_id):
    key = f"shop:{{wishes}}:{visitor}"
    if client.sadd(key, product_id):
        return True
    client.delete(key)
    return False


def only_what_is_common(trial):
    """Return what to say where a product came back that lacks one of the tags: a rule."""
    held = [trial.keys.get(f"{TAG}{tag}", ("set", set(), None))[1] for tag in trial.args[0]]
    lacking = set().union(*held).difference(set.intersection(*held)) if held else set()
    for sent in trial.commands:
        if any(str(word).startswith(TAG) for word in sent.words):
            found = lacking.intersection(_members(sent))
            if found:
                return (
                    f"You sent {sent}, and {min(found)!r} came back, which lacks one of the tags. "
                    "Let Redis find what the tags have in common: SINTER or ZINTER of all of them."
                )
    return None


def _members(sent):
    """Return the texts of a reply, without scores."""
    reply = sent.reply if isinstance(sent.reply, list | tuple | set) else []
    flat = [one for part in reply for one in (part if isinstance(part, list) else [part])]
    scored = sent.name.startswith("Z") and "WITHSCORES" in str(sent)
    return flat[::2] if scored else flat


TAGS = ["Kitchen", "gift", "new", "Zoë's", "a b", "kitchen"]
AMOUNTS = [0, 0.5, 0.99, 1, 3.25, 4.6, 9, 9.5, 9.99, 10, 10.01, 12.5, 24, 45, 100, 1234.5]


@st.composite
def shelves(draw):
    """Worlds for q2: prices, and tags of which some are asked for."""
    items = draw(st.lists(ids, unique=True, max_size=10))
    prices = {item: draw(st.sampled_from(AMOUNTS)) for item in items}
    asked = draw(st.lists(st.sampled_from(TAGS), unique=True, min_size=1, max_size=3))
    given = zadd(PRICES, prices)
    for tag in dict.fromkeys([*asked, *draw(some_of(TAGS[:2]))]):
        having = [item for item in [*items, *items[:1], "ghost"] if draw(st.integers(0, 3))]
        given += [command("SADD", f"{TAG}{tag}", *having)] if having else []
    given += draw(some_of(OTHERS[:5]))
    dearest = draw(st.sampled_from([*prices.values(), *prices.values(), *AMOUNTS, 5.0, 2000]))
    return Case(given, (asked, dearest))


SHELF = [
    "ZADD shop:{filters}:prices 9.5 mug 24 teapot 6.2 whisk 45 lamp 0.5 pen 3.25 ball",
    "SADD shop:{filters}:tag:Kitchen mug teapot whisk",
    "SADD shop:{filters}:tag:gift mug teapot lamp pen",
]
MANY = zadd(PRICES, crowd(120))
q2 = Exercise(
    "sets.q2",
    "find_products(client, tags, dearest)",
    [
        Case(SHELF, (["Kitchen"], 20)),
        Case(SHELF, (["Kitchen", "gift"], 24)),
        Case(SHELF, (["Kitchen", "gift"], 10)),
        Case(SHELF, (["gift"], 0.5)),
        Case(SHELF, (["gift", "nothing"], 100)),
        Case([*SHELF, "ZADD shop:{filters}:prices 24 mug 24 Kettle", SHELF[1] + " Kettle"],
             (["Kitchen"], 24.0)),
        Case([*SHELF, "ZADD shop:{filters}:prices 0.99 tea", SHELF[1] + " tea", SHELF[2] + " tea"],
             (["Kitchen", "gift"], 0.99)),
        Case([*SHELF, SHELF[2] + " ghost"], (["gift"], 100)),
        Case([*MANY, command("SADD", f"{TAG}new", *crowd(90))], (["new"], 500)),
        Case([*SHELF, "DEL shop:{filters}:tag:gift", "SET shop:{filters}:tag:gift hello"],
             (["Kitchen", "gift"], 10)),
    ],
    (
        "ZINTER takes Sets and sorted sets together. In Python it takes a dict from keys to "
        "weights: client.zinter({key: weight, …}, withscores=True).",
        "Give each tag the weight 0 and the prices the weight 1: then the score is the price.",
        "ZINTER gives pairs (product, score), the lowest score first. Keep those whose score is at "
        "most `dearest`, and return the products alone.",
    ),
    rules=(
        changes_nothing("You sent {}. To find products needs no change of any key."),
        only_what_is_common,
        at_most_trips(2, "Don't ask for each product: ask for all at once."),
    ),
    worlds=shelves(),
)  # fmt: skip


@q2.reference
def find_products(client, tags, dearest):
    weights = {f"shop:{{filters}}:tag:{tag}": 0 for tag in tags}
    weights["shop:{filters}:prices"] = 1
    found = client.zinter(weights, withscores=True)
    return [product_id for product_id, price in found if price <= dearest]


def tagged(tags):
    """Return the keys of these tags."""
    return [f"{TAG}{tag}" for tag in tags]


@q2.mistake(
    "You gave no weights. Then a tag counts 1, and each score is the price and 1 more for each "
    "tag. Give the tags the weight 0."
)
def without_weights(client, tags, dearest):
    found = client.zinter([*tagged(tags), PRICES], withscores=True)
    return [product_id for product_id, price in found if price <= dearest]


@q2.mistake(
    "You took the 1 of each tag off again. Scores are floats, and such a sum is not exact: in "
    "Python, 0.99 + 2 - 2 is 0.9900000000000002. Give the tags the weight 0, and the price stays."
)
def takes_the_ones_off(client, tags, dearest):
    found = client.zinter([*tagged(tags), PRICES], withscores=True)
    return [product_id for product_id, score in found if score - len(tags) <= dearest]


@q2.mistake(
    "With AGGREGATE MAX a member has the greater of two scores: its price, or the 1 that a tag "
    "counts. What costs less than 1 is then too dear. Give the tags the weight 0."
)
def by_the_greatest_score(client, tags, dearest):
    found = client.zinter([*tagged(tags), PRICES], aggregate="MAX", withscores=True)
    return [product_id for product_id, price in found if price <= dearest]


@q2.mistake(
    "A product that costs exactly `dearest` is missing. It belongs to the result: compare by <=."
)
def leaves_out_the_dearest(client, tags, dearest):
    found = client.zinter(dict.fromkeys(tagged(tags), 0) | {PRICES: 1}, withscores=True)
    return [product_id for product_id, price in found if price < dearest]


@q2.mistake(
    "Products that lack one of the tags are in your list. Wanted are those that have all of them: "
    "take the intersection, and not the union."
)
def has_one_of_the_tags(client, tags, dearest):
    pipe = client.pipeline(transaction=False)
    pipe.sunion(tagged(tags))
    pipe.zrange(PRICES, "-inf", dearest, byscore=True)
    having, cheap = pipe.execute()
    return [product_id for product_id in cheap if product_id in having]


@q2.mistake("You looked at the first tag only. A product has to have all tags that are asked for.")
def looks_at_the_first_tag(client, tags, dearest):
    found = client.zinter({f"{TAG}{tags[0]}": 0, PRICES: 1}, withscores=True)
    return [product_id for product_id, price in found if price <= dearest]


@q2.mistake(
    "The products are right, but they are in the order of their ids. Wanted is the cheapest first."
)
def sorts_by_the_id(client, tags, dearest):
    found = client.zinter(dict.fromkeys(tagged(tags), 0) | {PRICES: 1}, withscores=True)
    return sorted(product_id for product_id, price in found if price <= dearest)


@q2.mistake("The dearest comes first in your list. Wanted is the cheapest first.")
def dearest_first(client, tags, dearest):
    found = client.zinter(dict.fromkeys(tagged(tags), 0) | {PRICES: 1}, withscores=True)
    return [product_id for product_id, price in found if price <= dearest][::-1]


@q2.mistake("You returned pairs, with the prices. Wanted are the ids of the products alone.")
def returns_pairs(client, tags, dearest):
    found = client.zinter(dict.fromkeys(tagged(tags), 0) | {PRICES: 1}, withscores=True)
    return [(product_id, price) for product_id, price in found if price <= dearest]


@q2.mistake("You did not look at `dearest`: products that cost more are in your list.")
def any_price(client, tags, dearest):
    found = client.zinter(dict.fromkeys(tagged(tags), 0) | {PRICES: 1}, withscores=True)
    return [product_id for product_id, price in found]


@q2.mistake(NOT_SOLD)
def compares_none(client, tags, dearest):
    having = sorted(client.sinter(tagged(tags)))
    prices = client.zmscore(PRICES, having) if having else []
    found = sorted(zip(prices, having, strict=True))
    return [product_id for price, product_id in found if price <= dearest]


@q2.mistake(
    "A tag that nobody has is an empty set, and then there is nothing to ask the prices for: "
    "redis-py refuses `zmscore` without members. Look whether the intersection is empty."
)
def asks_for_no_member(client, tags, dearest):
    having = sorted(client.sinter(tagged(tags)))
    pairs = zip(client.zmscore(PRICES, having), having, strict=True)
    found = sorted((price, item) for price, item in pairs if price is not None)
    return [product_id for price, product_id in found if price <= dearest]


AWEEK = [f"2027-01-0{number}" for number in range(4, 10)]
PIECES = [1, 1, 2, 2, 3, 5, 8, 9, 10, 11, 12, 100, 250]


@st.composite
def weeks(draw):
    """Worlds for q3: what was sold on some days, of which some are asked for."""
    asked = draw(st.lists(st.sampled_from(AWEEK), unique=True, min_size=1, max_size=4))
    given = []
    for day in [*asked, "2027-01-31"]:
        sold = draw(st.lists(ids, unique=True, max_size=6))
        given += zadd(f"{SALES}{day}", {item: draw(st.sampled_from(PIECES)) for item in sold})
    given += draw(some_of(OTHERS))
    return Case(given, (asked, draw(st.sampled_from([1, 2, 2, 3, 3, 5, 10, 20]))))


WEEK = [
    "ZADD shop:{sales}:2027-01-04 5 mug 2 lamp 1 kite",
    "ZADD shop:{sales}:2027-01-05 4 lamp 3 ball 1 mug",
    "ZADD shop:{sales}:2027-01-06 9 novel 1 kite",
]
BIG = [*zadd(f"{SALES}2027-01-04", crowd(120)), *zadd(f"{SALES}2027-01-05", crowd(60))]
q3 = Exercise(
    "sets.q3",
    "best_sellers(client, days, count)",
    [
        Case(WEEK, (["2027-01-04"], 2)),
        Case(WEEK, (["2027-01-04", "2027-01-05"], 3)),
        Case(WEEK, (["2027-01-04", "2027-01-05", "2027-01-06"], 10)),
        Case(WEEK, (["2027-01-05", "2027-01-06"], 2)),
        Case(WEEK, (["2027-01-04", "2027-01-30"], 3)),
        Case(WEEK, (["2027-01-30"], 3)),
        Case(["ZADD shop:{sales}:2027-01-04 2 mug 2 Mug 2 ball 10 tea 9 pen"],
             (["2027-01-04"], 4)),
        Case(BIG, (["2027-01-04", "2027-01-05"], 5)),
        Case(["SET shop:{sales}:2027-01-04 hello"], (["2027-01-04"], 3)),
    ],
    (
        "client.zunion([key, …], withscores=True) gives pairs (product, sum), the smallest first.",
        "Sort the pairs in Python by two things at once, the pieces downwards and then the id: "
        "sorted(pairs, key=lambda pair: (-pair[1], pair[0])).",
        "Cut the list after it is sorted, [:count], and make each sum whole by int(…).",
    ),
    rules=(
        changes_nothing("You sent {}. To add up some days needs no change of any key."),
        at_most_trips(1, "ZUNION takes all days at once."),
    ),
    worlds=weeks(),
)  # fmt: skip


@q3.reference
def best_sellers(client, days, count):
    names = [f"shop:{{sales}}:{day}" for day in days]
    sold = client.zunion(names, withscores=True)
    best = sorted(sold, key=lambda pair: (-pair[1], pair[0]))
    return [(product_id, int(pieces)) for product_id, pieces in best[:count]]


def added_up(client, days, **options):
    """Return the pairs of these days together, what sold most first."""
    sold = client.zunion([f"{SALES}{day}" for day in days], withscores=True, **options)
    return sorted(sold, key=lambda pair: (-pair[1], pair[0]))


@q3.mistake("What sold least comes first in your list. ZUNION gives the smallest sum first.")
def least_first(client, days, count):
    sold = client.zunion([f"{SALES}{day}" for day in days], withscores=True)
    return [(product_id, int(pieces)) for product_id, pieces in sold[:count]]


@q3.mistake(
    "The right products, but turned round: what sold most has to come first, and of equal ones "
    "the smaller id."
)
def best_ones_smallest_first(client, days, count):
    best = added_up(client, days)[:count]
    return [(product_id, int(pieces)) for product_id, pieces in best[::-1]]


@q3.mistake(
    "Of products with equal sums the greater id comes first: so it is if the whole list is turned "
    "round. Sort by the pieces downwards, and then by the id upwards."
)
def turns_the_list_round(client, days, count):
    sold = client.zunion([f"{SALES}{day}" for day in days], withscores=True)[::-1]
    return [(product_id, int(pieces)) for product_id, pieces in sold[:count]]


@q3.mistake(
    "You cut the list before it was sorted by the id, so of equal sums the wrong ones went. Sort "
    "all of it first, and cut then."
)
def cuts_before_it_sorts(client, days, count):
    sold = client.zunion([f"{SALES}{day}" for day in days], withscores=True)[-count:]
    best = sorted(sold, key=lambda pair: (-pair[1], pair[0]))
    return [(product_id, int(pieces)) for product_id, pieces in best]


@q3.mistake("The pieces are floats. Scores are: turn each into a whole number by int(…).")
def pieces_as_floats(client, days, count):
    return added_up(client, days)[:count]


@q3.mistake(
    "You took the best day of each product. Wanted is the sum over all days: leave AGGREGATE away."
)
def takes_the_best_day(client, days, count):
    best = added_up(client, days, aggregate="MAX")
    return [(product_id, int(pieces)) for product_id, pieces in best[:count]]


@q3.mistake("You looked at one day only. Add up all the days that are asked for.")
def looks_at_one_day(client, days, count):
    best = added_up(client, days[:1])
    return [(product_id, int(pieces)) for product_id, pieces in best[:count]]


@q3.mistake(
    "Products that were not sold on each of the days are missing. ZINTER keeps what all days have; "
    "ZUNION keeps all."
)
def sold_on_each_day(client, days, count):
    sold = client.zinter([f"{SALES}{day}" for day in days], withscores=True)
    best = sorted(sold, key=lambda pair: (-pair[1], pair[0]))
    return [(product_id, int(pieces)) for product_id, pieces in best[:count]]


@q3.mistake("You returned the ids alone. Wanted are pairs, (product_id, pieces).")
def returns_ids(client, days, count):
    return [product_id for product_id, _ in added_up(client, days)[:count]]


@q3.mistake(
    "You took the first `count` products of each day, and added these up. What sells a little on "
    "every day is lost: add up first, and cut then."
)
def cuts_each_day(client, days, count):
    pipe = client.pipeline(transaction=False)
    for day in days:
        pipe.zrange(f"{SALES}{day}", 0, count - 1, desc=True, withscores=True)
    sums = {}
    for product_id, pieces in sum(pipe.execute(), []):
        sums[product_id] = sums.get(product_id, 0) + int(pieces)
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))[:count]


@q3.mistake("One product too many. A slice leaves its end out: [:count].")
def one_too_many(client, days, count):
    best = added_up(client, days)[: count + 1]
    return [(product_id, int(pieces)) for product_id, pieces in best]
