"""Lesson 09: a small shop."""

import json
from contextlib import suppress
from decimal import Decimal

from hypothesis import strategies as st

from cartlib.cart import add_to_cart
from cartlib.catalogue import load_catalogue
from cartlib.checkout import checkout, get_stock, set_stock
from cartlib.course.scale import TWO_SLOTS
from cartlib.course.worlds import (
    QUANTITIES,
    command,
    hset,
    lines,
    now_and_then,
    quantities,
    scores,
    seldom,
    surroundings,
    zadd,
)
from cartlib.errors import (
    CartError,
    EmptyCartError,
    InvalidQuantityError,
    OutOfStockError,
    ProductNotFoundError,
)
from cartlib.lab.disturbance import changes
from cartlib.lab.trace import Trace
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.rules import at_most_trips, changes_nothing, in_one_multi, on_one_node
from cartlib.questions import Guess

CART, STOCK = "cart:{guest}", "stock:{guest}"
SHOP = [
    'HSET product:mug name "Coffee mug" price 9.50 category Kitchen',
    'HSET product:tea name "Green tea" price 3.20 category Kitchen',
    'HSET product:pot name "Tea pot" price 24.00 category Kitchen',
    'HSET product:atlas name "World atlas" price 39.90 category Books',
    "SADD products mug tea pot atlas",
]
LINES = "ZADD cart:{guest} 1 atlas 2 mug"
LISTENER = "SUBSCRIBE cart:{guest}:events"
PIECES = "HSET stock:{guest} mug 5 atlas 1 tea 9"
# Letters that mean something in patterns, blanks at the ends, capitals in the middle, accents.
NAMES = [
    "Coffee mug",
    "coffee pot",
    "Tea pot",
    "TEA COSY",
    "Mug (red)",
    "Mug [blue]",
    "C++ for cooks",
    "50% wool",
    "a.b. lamp",
    "Zoë's cup",
    "zebra*",
    "Why?",
    "Ann_1",
    "pot",
]
TEXTS = ["", " ", "MUG", "mug", "tea", "Pot", "(", "[", "+", ".", "*", "?", "%", "_", "ZOË", "e"]
TEXTS += ["mug ", " pot", "b. l", "unicorn", "1", "\\"]
PRICES = ["9.50", "9.90", "0.10", "0.00", "3.20", "24.00", "100.00", "1999.99", "0.01"]


OF_NAME = st.tuples(st.sampled_from(NAMES), st.sampled_from(PRICES))
MANY = {f"lamp-{n}": (f"Lamp {n * 37 % 130:03}", "3.20") for n in range(130)}


def stored(products):
    """Return the lines that store products: a hash each, and the set of their ids."""
    hashes = [
        command("HSET", f"product:{item}", "name", name, "price", price, "category", "All")
        for item, (name, price) in products.items()
    ]
    return hashes + ([command("SADD", "products", *products)] if products else [])


def reads_node_by_node(trial):
    """Return what to say where one command or MULTI goes over products of several nodes: a rule."""
    if any(command.name == "MULTI" for command in trial.commands):
        return (
            "You read the names in a MULTI. On a cluster the products are on several nodes, and "
            "no MULTI can span them: client.pipeline(transaction=False) is enough."
        )
    for sent in trial.commands:
        if sent.name.startswith("SORT") and any("*" in str(word) for word in sent.words[2:]):
            return "A cluster refuses SORT … GET over keys of several nodes. Use a pipeline."
    return on_one_node(TWO_SLOTS)(trial)


def refuses_before_it_writes(trial):
    """Return what to say where something was written, and then refused: a rule."""
    if isinstance(trial.error, CartError) and trial.writes:
        return (
            f"You sent {trial.writes[0]}, and refused afterwards. Whoever looks in between sees "
            "what should not be there: look first, and write when all is well."
        )
    return None


def publishes_last(trial):
    """Return what to say where an event travels before or with its change: a rule."""
    published = False
    for sent in trial.commands:
        published = published or sent.name == "PUBLISH"
        if published and (sent.name == "EXEC" or changes(sent)):
            return (
                "The event was sent before the add was done, or in the same MULTI, which redis-py "
                "can't do on a cluster. First pipe.execute(), then client.publish(…)."
            )
    return None


@st.composite
def parts_of_names(draw):
    """Texts that stand in a name, but for the capitals."""
    name = draw(st.sampled_from(NAMES))
    begin = draw(st.integers(0, len(name) - 1))
    return name[begin : begin + draw(st.integers(1, 6))].swapcase()


texts = parts_of_names()


@st.composite
def searches(draw):
    """Worlds for q1: a shop, in which some ids may have no hash, and a text."""
    products = draw(lines(OF_NAME))
    gone = draw(st.sampled_from([[], [], ["SADD products gone"], ["SADD products gone 'old tea'"]]))
    hidden = command(
        "HSET", "product:hidden", "name", draw(st.sampled_from(NAMES)), "price", "1.00"
    )
    text = draw(st.sampled_from(TEXTS) | texts | st.sampled_from("?*.+[("))
    return Case([*stored(products), *gone, hidden], (text,))


def _too_few_lamps(client):
    load_catalogue(client)
    set_stock(client, {"mug": 1, "lamp": 0})
    for product_id in ("mug", "lamp"):
        add_to_cart(client, product_id, 1)
    with suppress(OutOfStockError):
        checkout(client)
    return get_stock(client)["mug"]


g1 = Guess(
    "capstone.g1",
    "There is 1 mug in the stock, and no lamp. The customer pays for one of each. How many mugs "
    "are in the stock afterwards?",
    {
        "1": "Not all could be bought, so nothing was: the mug stays.",
        "0": "So it would be if the shop sold what it has. But the customer asked for both.",
        "-1": "A checkout watches the stock: it sells nothing that is not there.",
    },
    right="1",
    proof=_too_few_lamps,
)


def _own_add(client):
    load_catalogue(client)
    with Trace(client) as trace:
        put_in_cart(client, "mug", 1)
    return str(trace.round_trips)


g2 = Guess(
    "capstone.g2",
    "An add as Part 2 wants it: EXISTS, then a MULTI with ZINCRBY and EXPIRE, then PUBLISH. How "
    "many round trips does it make?",
    {
        "2": "So many does the kit's need, on one server: there PUBLISH travels in the MULTI.",
        "3": "EXISTS has to be answered first; the MULTI is the second; PUBLISH comes after it.",
        "4": "Four commands, that is right. But ZINCRBY and EXPIRE travel together.",
    },
    right="3",
    proof=_own_add,
)


q1 = Exercise(
    "capstone.q1",
    "search_products(client, text)",
    [
        Case(SHOP, ("tea",)),
        Case(SHOP, ("MUG",)),
        Case(SHOP, ("tea ",)),
        Case(SHOP, ("?",)),
        Case(SHOP, ("",)),
        Case(SHOP, ("unicorn",)),
        Case([], ("tea",)),
        Case([*SHOP[:-1], "SADD products mug atlas gone"], ("",)),
        Case([*SHOP, 'HSET product:cup name "Coffee mug"', "SADD products cup"], ("MUG",)),
        Case([*SHOP, 'HSET product:bag name "coffee bag"', "SADD products bag"], ("",)),
    ],
    (
        "client.smembers('products') gives all ids. That is the first round trip.",
        "A pipeline with one hget(f'product:{id}', 'name') for each id gives all names, in the "
        "second. client.pipeline(transaction=False) is enough.",
        "text.lower() in name.lower() looks without regard to capitals. sorted([(name, id), …]) "
        "sorts by name.",
    ),
    rules=(
        at_most_trips(2, "Ask for all names in one pipeline."),
        reads_node_by_node,
        changes_nothing("You sent {}. A search needs no change."),
    ),
    worlds=now_and_then(Case(stored(MANY), ("LAMP",)), searches()),
)


@q1.reference
def search_products(client, text):
    ids = list(client.smembers("products"))
    pipe = client.pipeline(transaction=False)
    for product_id in ids:
        pipe.hget(f"product:{product_id}", "name")
    names = pipe.execute()
    found = [(name, item) for item, name in zip(ids, names, strict=True) if name is not None]
    return [item for name, item in sorted(found) if text.lower() in name.lower()]


def read_names(client):
    """Return {product id: name, or None where the hash is gone}, in no order."""
    ids = list(client.smembers("products"))
    pipe = client.pipeline(transaction=False)
    for product_id in ids:
        pipe.hget(f"product:{product_id}", "name")
    return dict(zip(ids, pipe.execute(), strict=True))


def sort_names(client):
    return sorted((name, item) for item, name in read_names(client).items() if name is not None)


@q1.mistake(
    "You asked for each name by itself, and waited each time. In a shop of 1,000 products these "
    "are 1,000 round trips: collect the HGETs in a pipeline."
)
def asks_one_by_one(client, text):
    names = {item: client.hget(f"product:{item}", "name") for item in client.smembers("products")}
    found = sorted((name, item) for item, name in names.items() if name is not None)
    return [item for name, item in found if text.lower() in name.lower()]


@q1.mistake("MUG finds nothing: capitals must not matter. Compare text.lower() with name.lower().")
def minds_capitals(client, text):
    return [item for name, item in sort_names(client) if text in name]


@q1.mistake(
    "The list is sorted by id. Sort by name: that is what the customer sees. (pot is a Tea pot.)"
)
def sorts_by_id(client, text):
    found = [i for name, i in sort_names(client) if text.lower() in name.lower()]
    return sorted(found)


@q1.mistake(
    "You searched the ids. Search the names: a customer who looks for tea wants the tea pot, too, "
    "and its id is pot."
)
def searches_the_ids(client, text):
    return [item for _, item in sort_names(client) if text.lower() in item.lower()]


@q1.mistake(
    "You looked only at the beginning of the names. `text in name` finds it anywhere: mug is in "
    "Coffee mug."
)
def looks_at_the_beginning(client, text):
    return [i for name, i in sort_names(client) if name.lower().startswith(text.lower())]


@q1.mistake(
    "A product that is in the set `products` but has no hash any more gives None for its name. "
    "Leave it out."
)
def trips_over_a_missing_name(client, text):
    names = read_names(client)
    return sorted((i for i in names if text.lower() in names[i].lower()), key=names.get)


@q1.mistake(
    "Two products can have the same name. Sort them by their ids then: sorted([(name, id), …]) "
    "does both."
)
def sorts_by_the_name_alone(client, text):
    names = read_names(client)
    found = [item for item, name in names.items() if name and text.lower() in name.lower()]
    return sorted(sorted(found, reverse=True), key=names.get)


def search_without_capitals(client, text, *, last_first):
    names = read_names(client)
    found = [item for item, name in names.items() if name and text.lower() in name.lower()]
    return sorted(sorted(found, reverse=last_first), key=lambda item: names[item].lower())


@q1.mistake("The order is wrong: capitals count in it. Same names: order by id.")
def sorts_without_capitals_or_ids(client, text):
    return search_without_capitals(client, text, last_first=True)


@q1.mistake("The order is wrong: capitals count in it. Sort by the names as they are written.")
def sorts_without_capitals(client, text):
    return search_without_capitals(client, text, last_first=False)


@q1.mistake(
    "Two products can have the same name, and one of the two is missing. A dict holds one value "
    "for each key: sort pairs (name, id) instead."
)
def one_for_each_name(client, text):
    found = {name: item for name, item in sort_names(client) if text.lower() in name.lower()}
    return list(found.values())


@q1.mistake("You returned the names. Return the ids: the shop adds a product by its id.")
def returns_the_names(client, text):
    return [name for name, _ in sort_names(client) if text.lower() in name.lower()]


WRONG_QUANTITIES = [0, -1, -1_000_000, 2.5, 2.0, True, False, None, "2", 1_000_001, 10**12, []]


@st.composite
def puts(draw):
    """Worlds for q2: a shop, a cart with or without a time-out, and a quantity, mostly right."""
    products, cart = draw(lines(OF_NAME, most=5)), draw(lines(scores))
    item = draw(st.sampled_from([*products, *products, "hidden", "unicorn", "gone", "pro"]))
    right = st.sampled_from([1, 2, 1_000_000, *QUANTITIES])
    quantity = draw(st.one_of(right, right, st.sampled_from(WRONG_QUANTITIES)))
    ends = draw(st.sampled_from([[], ["EXPIRE cart:{guest} 60"], ["EXPIRE cart:{guest} 3000"]]))
    given = [*stored(products), "SADD products gone", "HSET product:hidden name Hidden price 1.00"]
    given += [*zadd(CART, cart), *draw(surroundings), *ends]
    rival = seldom(draw, [command("ZINCRBY", CART, 3, item), command("ZREM", CART, item)])
    return Case([*given, LISTENER], (item, quantity), rival)


q2 = Exercise(
    "capstone.q2",
    "put_in_cart(client, product_id, quantity)",
    [
        Case([*SHOP, LISTENER], ("mug", 2)),
        Case([*SHOP, LISTENER, LINES, "EXPIRE cart:{guest} 60"], ("mug", 1)),
        Case([*SHOP, LISTENER, LINES], ("mug", 0)),
        Case([*SHOP, LISTENER, LINES], ("mug", 2.5)),
        Case([*SHOP, LISTENER, LINES], ("mug", 2.0)),
        Case([*SHOP, LISTENER, LINES], ("mug", True)),
        Case([*SHOP, LISTENER, LINES], ("mug", None)),
        Case([*SHOP, LISTENER, LINES], ("mug", 1_000_001)),
        Case([*SHOP, LISTENER], ("mug", 1_000_000)),
        Case([*SHOP, LISTENER, LINES, "SADD products gone"], ("gone", 1)),
        Case([*SHOP[:-1], LISTENER, LINES], ("tea", 1)),
        Case([*SHOP, LISTENER, LINES], ("unicorn", 0)),
        Case([*SHOP, LISTENER, "ZADD cart:{guest} 600000 mug"], ("mug", 600_000)),
        Case(["HSET product:cup price 3.20", LISTENER], ("cup", 1)),
        Case([*SHOP, LINES], ("mug", 2), ("ZINCRBY cart:{guest} 1 mug",)),
    ],
    (
        "Lesson 03: look at the quantity, then ask EXISTS product:…, and raise before you write.",
        "Lesson 04: pipe.zincrby(…) and pipe.expire('cart:{guest}', 600) in one MULTI.",
        "Lesson 05: client.publish('cart:{guest}:events', json.dumps({'change': 'add', …})), after "
        "pipe.execute().",
    ),
    rules=(
        in_one_multi(
            "ZINCRBY and EXPIRE were sent one by one. If your program stops between them, the cart "
            "never ends: send both in one MULTI."
        ),
        publishes_last,
        refuses_before_it_writes,
        on_one_node(TWO_SLOTS),
    ),
    worlds=puts(),
)


@q2.reference
def put_in_cart(client, product_id, quantity):
    if type(quantity) is not int or not 1 <= quantity <= 1_000_000:
        raise InvalidQuantityError(quantity)
    if not client.exists(f"product:{product_id}"):
        raise ProductNotFoundError(product_id)
    pipe = client.pipeline(transaction=True)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    pipe.expire("cart:{guest}", 600)
    now = int(pipe.execute()[0])
    event = {"change": "add", "product_id": product_id, "quantity": quantity}
    client.publish("cart:{guest}:events", json.dumps(event))
    return now


def put_wrongly(client, product_id, quantity, *, refuse=None, sold=None, seconds=600, text=None):
    """Do as put_in_cart does, but for what is given: each wrong answer differs in one thing."""
    if refuse(quantity) if refuse else type(quantity) is not int or not 1 <= quantity <= 1_000_000:
        raise InvalidQuantityError(quantity)
    if not (sold(client, product_id) if sold else client.exists(f"product:{product_id}")):
        raise ProductNotFoundError(product_id)
    pipe = client.pipeline(transaction=True)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    if seconds:
        pipe.expire("cart:{guest}", seconds)
    now = int(pipe.execute()[0])
    event = {"change": "add", "product_id": product_id, "quantity": quantity}
    client.publish("cart:{guest}:events", text(event, now) if text else json.dumps(event))
    return now


@q2.mistake("The cart gets no time-out, or keeps an old one. In the same MULTI: EXPIRE, 600 s.")
def forgets_the_timeout(client, product_id, quantity):
    return put_wrongly(client, product_id, quantity, seconds=None)


@q2.mistake("The time-out is not 600 seconds.")
def sets_another_timeout(client, product_id, quantity):
    return put_wrongly(client, product_id, quantity, seconds=60)


@q2.mistake(
    "The quantity is not looked at: 0 and 2.5 went into the cart. Raise "
    "InvalidQuantityError(quantity) first of all."
)
def forgets_the_quantity(client, product_id, quantity):
    return put_wrongly(client, product_id, quantity, refuse=lambda quantity: False)


@q2.mistake("True passed your look at the quantity. Ask for type(quantity) is int.")
def takes_true(client, product_id, quantity):
    def refuse(quantity):
        return not isinstance(quantity, int) or not 1 <= quantity <= 1_000_000

    return put_wrongly(client, product_id, quantity, refuse=refuse)


@q2.mistake("There is no upper limit. The largest quantity of one add is 1,000,000.")
def takes_too_many(client, product_id, quantity):
    def refuse(quantity):
        return type(quantity) is not int or quantity < 1

    return put_wrongly(client, product_id, quantity, refuse=refuse)


@q2.mistake(
    "The cart took a product that nobody sells. Ask EXISTS product:… first, and raise "
    "ProductNotFoundError(product_id)."
)
def forgets_the_product(client, product_id, quantity):
    return put_wrongly(client, product_id, quantity, sold=lambda client, product_id: True)


@q2.mistake(
    "A product can still be in the set `products` when its hash is gone. Ask EXISTS product:…, as "
    "the hash has the price."
)
def asks_the_set(client, product_id, quantity):
    def sold(client, product_id):
        return client.sismember("products", product_id)

    return put_wrongly(client, product_id, quantity, sold=sold)


@q2.mistake(
    "On the channel cart:{guest}:events nobody hears of the add. After pipe.execute(), PUBLISH the "
    "event there."
)
def tells_nobody(client, product_id, quantity):
    if type(quantity) is not int or not 1 <= quantity <= 1_000_000:
        raise InvalidQuantityError(quantity)
    if not client.exists(f"product:{product_id}"):
        raise ProductNotFoundError(product_id)
    pipe = client.pipeline(transaction=True)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    pipe.expire("cart:{guest}", 600)
    return int(pipe.execute()[0])


@q2.mistake(
    "The message is no JSON that a listener can read: str() of a dict has single quotes. Use "
    "json.dumps(event)."
)
def publishes_no_json(client, product_id, quantity):
    return put_wrongly(client, product_id, quantity, text=lambda event, now: str(event))


@q2.mistake(
    "EXPIRE came before the add: where there is no cart yet, nothing gets a time-out. Inside a "
    "MULTI the order counts, too: ZINCRBY first."
)
def expires_before_it_adds(client, product_id, quantity):
    if type(quantity) is not int or not 1 <= quantity <= 1_000_000:
        raise InvalidQuantityError(quantity)
    if not client.exists(f"product:{product_id}"):
        raise ProductNotFoundError(product_id)
    pipe = client.pipeline(transaction=True)
    pipe.expire("cart:{guest}", 600)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    now = int(pipe.execute()[1])
    event = {"change": "add", "product_id": product_id, "quantity": quantity}
    client.publish("cart:{guest}:events", json.dumps(event))
    return now


@q2.mistake(
    "2.0 went through as a quantity. It is a float: ask for type(quantity) is int, and not for the "
    "value alone."
)
def takes_floats_without_a_fraction(client, product_id, quantity):
    def refuse(quantity):
        return quantity is True or quantity != int(quantity) or not 1 <= quantity <= 1_000_000

    return put_wrongly(client, product_id, quantity, refuse=refuse)


@q2.mistake("A dict can't travel: PUBLISH takes a text. Use json.dumps(event).")
def publishes_a_dict(client, product_id, quantity):
    return put_wrongly(client, product_id, quantity, text=lambda event, now: event)


@q2.mistake("You published the new quantity of the line. Publish the quantity that was added.")
def publishes_the_new_quantity(client, product_id, quantity):
    def text(event, now):
        return json.dumps(event | {"quantity": now})

    return put_wrongly(client, product_id, quantity, text=text)


@q2.mistake("The new quantity is a float. Turn the reply of ZINCRBY into an int.")
def returns_a_float(client, product_id, quantity):
    return float(put_wrongly(client, product_id, quantity))


@st.composite
def sales(draw):
    """Worlds for q3: a cart, the products in it, and a stock that mostly has enough."""
    cart = draw(lines(quantities, most=12))
    prices = draw(st.lists(st.sampled_from(PRICES), min_size=len(cart), max_size=len(cart)))
    products = {item: ("A name", price) for item, price in zip(cart, prices, strict=True)}
    more = draw(st.lists(st.sampled_from([0, 1, 9]), min_size=len(cart), max_size=len(cart)))
    stock = {item: cart[item] + extra for item, extra in zip(cart, more, strict=True)}
    for item in draw(st.sampled_from([[], [], list(cart)[:1], list(cart)[1:4]])):
        stock[item] = draw(st.sampled_from([0, cart[item] - 1, None]))
    have = {item: left for item, left in stock.items() if left is not None}
    about = draw(st.sampled_from([[], ["EXPIRE cart:{guest} 600"], ["SET cart:{guest}:session 9"]]))
    item = next(iter(cart), "mug")
    theirs = [command("HSET", STOCK, item, 0), command("ZADD", CART, 1, item), command("DEL", CART)]
    given = [*stored(products), *zadd(CART, cart), *hset(STOCK, {**have, "other": 3}), *about]
    return Case(given, (), seldom(draw, theirs))


MANY_LINES = [
    *stored(MANY),
    *zadd(CART, dict.fromkeys(MANY, 2)),
    *hset(STOCK, dict.fromkeys(MANY, 9)),
]


q3 = Exercise(
    "capstone.q3",
    "pay(client)",
    [
        Case([*SHOP, LINES, PIECES]),
        Case([*SHOP, "ZADD cart:{guest} 3 tea", PIECES]),
        Case([*SHOP, PIECES]),
        Case([*SHOP, LINES, "HSET stock:{guest} mug 1 atlas 1"]),
        Case([*SHOP, LINES, "HSET stock:{guest} mug 5"]),
        Case([*SHOP, LINES, "HSET stock:{guest} pen 5"]),
        Case([*SHOP, LINES, PIECES], (), ("HSET stock:{guest} mug 1",)),
        Case(
            [*SHOP, LINES, "HSET stock:{guest} mug 50 atlas 5"], (), ("ZINCRBY cart:{guest} 1 mug",)
        ),
    ],
    (
        "Begin with your function of lesson 06: a loop with pipe.watch('cart:{guest}', "
        "'stock:{guest}'), or client.transaction(…, value_from_callable=True).",
        "Before pipe.multi(): no lines, raise EmptyCartError('guest'); too few pieces, "
        "raise OutOfStockError(product_id, wanted, left).",
        "client.hget(f'product:{id}', 'price') is a text. Decimal(text) * int(score) is the "
        "subtotal. Begin the total with Decimal(0).",
    ),
    rules=(
        in_one_multi(
            "You changed something outside of MULTI. The pieces and the cart change in one MULTI, "
            "so that both are changed or none."
        ),
        on_one_node(TWO_SLOTS),
    ),
    worlds=now_and_then(Case(MANY_LINES), sales()),
)


@q3.reference
def pay(client):
    def work(pipe):
        lines = pipe.zrange("cart:{guest}", 0, -1, withscores=True)
        stock = pipe.hgetall("stock:{guest}")
        if not lines:
            raise EmptyCartError("guest")
        total = Decimal(0)
        for item, score in lines:
            wanted, left = int(score), int(stock.get(item, 0))
            if left < wanted:
                raise OutOfStockError(item, wanted, left)
            total += Decimal(client.hget(f"product:{item}", "price")) * wanted
        pipe.multi()
        for item, score in lines:
            pipe.hincrby("stock:{guest}", item, -int(score))
        pipe.delete("cart:{guest}")
        return total

    return client.transaction(work, "cart:{guest}", "stock:{guest}", value_from_callable=True)


def worker(client, *, empty=True, look=True, money=Decimal, whole=int, left_of=None, delete=True):
    """Return a function for a transaction, as in pay; wrong answers below differ in one thing."""

    def work(pipe):
        lines = pipe.zrange("cart:{guest}", 0, -1, withscores=True)
        stock = pipe.hgetall("stock:{guest}")
        if empty and not lines:
            raise EmptyCartError("guest")
        total = money(0)
        for item, score in lines:
            wanted, left = int(score), int(left_of(stock, item) if left_of else stock.get(item, 0))
            if look and left < wanted:
                raise OutOfStockError(item, wanted, left)
            total += money(client.hget(f"product:{item}", "price")) * wanted
        pipe.multi()
        for item, score in lines:
            pipe.hincrby("stock:{guest}", item, -whole(score))
        if delete:
            pipe.delete("cart:{guest}")
        return total

    return work


def pay_watching(client, *keys, **otherwise):
    return client.transaction(worker(client, **otherwise), *keys, value_from_callable=True)


@q3.mistake(
    "Somebody changed the cart or the stock after you had read it, and you did not notice. WATCH "
    "both keys before you read them, and begin anew if EXEC does nothing."
)
def watches_nothing(client):
    pipe = client.pipeline(transaction=True)
    total = worker(client)(Reader(client, pipe))
    pipe.execute()
    return total


class Reader:
    """Sends what is read at once, by the client, and collects what is written, in the pipeline."""

    def __init__(self, client, pipe):
        self.zrange, self.hgetall = client.zrange, client.hgetall
        self.multi, self.hincrby, self.delete = (lambda: None), pipe.hincrby, pipe.delete


@q3.mistake(
    "You watched the stock, but not the cart: what somebody added meanwhile went with the cart, "
    "and nobody bought it. WATCH both keys."
)
def watches_the_stock_only(client):
    return pay_watching(client, STOCK)


@q3.mistake(
    "You watched the cart, but not the stock: somebody took mugs meanwhile, and you sold them once "
    "more. WATCH both keys."
)
def watches_the_cart_only(client):
    return pay_watching(client, CART)


@q3.mistake(
    "You tried once: somebody changed a key meanwhile, and your function ended with a WatchError. "
    "Begin anew then; client.transaction does that for you."
)
def tries_once(client):
    with client.pipeline(transaction=True) as pipe:
        pipe.watch(CART, STOCK)
        total = worker(client)(pipe)
        pipe.execute()
        return total


@q3.mistake(
    "You returned the replies of EXEC. client.transaction returns what your function returned only "
    "with value_from_callable=True."
)
def returns_the_replies(client):
    return client.transaction(worker(client), CART, STOCK)


@q3.mistake("You returned True, as in lesson 06. Wanted is the total, a Decimal.")
def returns_true(client):
    return bool(pay_watching(client, CART, STOCK))


@q3.mistake(
    "You did not look at the stock, and it is below 0 now. Read it under WATCH, and raise "
    "OutOfStockError(product_id, wanted, left) before anything is taken."
)
def sells_what_is_not_there(client):
    return pay_watching(client, CART, STOCK, look=False)


@q3.mistake(
    "A product that is not in the stock gave a KeyError. There are 0 of it: stock.get(product_id, "
    "0)."
)
def trips_over_what_is_not_in_stock(client):
    return pay_watching(client, CART, STOCK, left_of=lambda stock, item: stock[item])


@q3.mistake("The total is a float. Money is Decimal here: Decimal(text) of the price, from 0 on.")
def reckons_in_floats(client):
    return pay_watching(client, CART, STOCK, money=float)


@q3.mistake(
    "HINCRBY takes whole numbers, and a score is a float: Redis refused it. Write -int(score)."
)
def takes_floats_from_the_stock(client):
    return pay_watching(client, CART, STOCK, whole=float)


@q3.mistake(
    "An empty cart was paid for: the total is 0, and nobody learns that there was nothing. Raise "
    "EmptyCartError('guest')."
)
def sells_nothing(client):
    return pay_watching(client, CART, STOCK, empty=False)


@q3.mistake("The pieces were taken, but the cart is still full. Empty it in the same MULTI.")
def keeps_the_cart(client):
    return pay_watching(client, CART, STOCK, delete=False)


@st.composite
def visits(draw):
    """Worlds for q4: a shop, a stock, maybe a cart that has lines already, and wishes."""
    products = draw(lines(OF_NAME, least=2, most=5))
    cart = draw(st.sampled_from([[], list(products)[:1], list(products)[:2]]))
    stock = dict.fromkeys(products, draw(st.sampled_from([0, 3, 3000, 2_000_000])))
    quantity = st.one_of(st.sampled_from([1, 2, 3, 12]), st.sampled_from(WRONG_QUANTITIES))
    wishes = draw(st.lists(st.tuples(st.sampled_from(TEXTS) | texts, quantity), max_size=3))
    if draw(st.booleans()):
        wishes = [("Unicorn", 1), *wishes, ("Unicorn", 2)]
    given = [*stored(products), "SADD products gone", *zadd(CART, dict.fromkeys(cart, 2))]
    return Case([*given, *hset(STOCK, stock), *draw(surroundings)], (wishes,))


q4 = Exercise(
    "capstone.q4",
    "serve(client, wishes)",
    [
        Case([*SHOP, PIECES], ([("mug", 2), ("atlas", 1)],)),
        Case([*SHOP, PIECES], ([("unicorn", 1), ("tea", 3), ("mug", 0)],)),
        Case([*SHOP, PIECES], ([("unicorn", 1)],)),
        Case([*SHOP, PIECES], ([("atlas", 2)],)),
        Case([*SHOP, PIECES], ([],)),
        Case([*SHOP, PIECES, LINES], ([],)),
        Case([*SHOP, PIECES], ([("", 1), ("WORLD A", 1)],)),
        Case([*SHOP, PIECES], ([("Zebra", 1), ("mug", 1), ("Anorak", 2), ("Zebra", 1)],)),
        Case([*SHOP, PIECES], ([("mug", 2), ("atlas", 2)],)),
        Case([*SHOP, PIECES, "ZADD cart:{guest} 1 tea"], ([("", 1)],), ("DEL product:mug",)),
    ],
    (
        "For each (text, quantity): your search_products finds the ids; the first one is taken.",
        "An empty list of ids, or a CartError of your put_in_cart: the wish's text is refused.",
        "At the end your pay. If it raises a CartError, the total is None.",
    ),
    worlds=visits(),
    in_steps=True,
)


@q4.reference
def serve(client, wishes):
    refused = []
    for text, quantity in wishes:
        found = search_products(client, text)
        try:
            if not found:
                raise ProductNotFoundError(text)
            put_in_cart(client, found[0], quantity)
        except CartError:
            refused.append(text)
    try:
        return pay(client), refused
    except CartError:
        return None, refused


def collect(client, wishes):
    """Put what is wished for into the cart, and return the texts that are refused."""
    refused = []
    for text, quantity in wishes:
        found = search_products(client, text)
        try:
            if not found:
                raise ProductNotFoundError(text)
            put_in_cart(client, found[0], quantity)
        except CartError:
            refused.append(text)
    return refused


def pay_or(client, nothing):
    try:
        return pay(client)
    except CartError:
        return nothing


@q4.mistake(
    "One refusal ended the whole visit. The other wishes may be fine: note the text, and go on "
    "with the next one."
)
def ends_at_a_refusal(client, wishes):
    refused = []
    for wish in wishes:
        refused += collect(client, [wish])
        if refused:
            break
    return pay_or(client, None), refused


@q4.mistake(
    "A quantity that put_in_cart refuses ends your function with an error. Catch CartError at "
    "each wish, and note the text."
)
def lets_a_bad_quantity_through(client, wishes):
    refused = []
    for text, quantity in wishes:
        found = search_products(client, text)
        if found:
            put_in_cart(client, found[0], quantity)
        else:
            refused.append(text)
    return pay_or(client, None), refused


@q4.mistake(
    "An empty list has no first id: a text that finds nothing ends in an IndexError. Look first "
    "whether anything was found."
)
def takes_the_first_of_nothing(client, wishes):
    refused = []
    for text, quantity in wishes:
        try:
            put_in_cart(client, search_products(client, text)[0], quantity)
        except CartError:
            refused.append(text)
    return pay_or(client, None), refused


@q4.mistake("You took another id than the first one that the search found. Take found[0].")
def takes_the_last(client, wishes):
    refused = []
    for text, quantity in wishes:
        found = search_products(client, text)
        try:
            if not found:
                raise ProductNotFoundError(text)
            put_in_cart(client, found[-1], quantity)
        except CartError:
            refused.append(text)
    return pay_or(client, None), refused


@q4.mistake(
    "A checkout can fail, too: the cart may be empty, or the stock too small. Catch CartError "
    "there as well, and return None for the total."
)
def lets_the_checkout_fail(client, wishes):
    refused = collect(client, wishes)
    return pay(client), refused


@q4.mistake(
    "Where nothing was bought, the total is None. A total of 0 would say that something was, for "
    "nothing."
)
def sells_for_nothing(client, wishes):
    refused = collect(client, wishes)
    return pay_or(client, Decimal(0)), refused


@q4.mistake(
    "The cart can have lines from before. At the end pay is called in any case, even where no wish "
    "went into the cart."
)
def pays_for_new_lines_only(client, wishes):
    refused = collect(client, wishes)
    return (pay_or(client, None) if len(refused) < len(wishes) else None), refused


@q4.mistake("A text that is refused twice belongs into the list twice: each wish counts by itself.")
def names_each_text_once(client, wishes):
    refused = collect(client, wishes)
    return pay_or(client, None), list(dict.fromkeys(refused))


@q4.mistake("The refused texts are in the order of the wishes, not in that of the alphabet.")
def sorts_the_refused(client, wishes):
    refused = collect(client, wishes)
    return pay_or(client, None), sorted(refused)


@q4.mistake("You returned the whole wishes that were refused. Wanted are their texts alone.")
def returns_whole_wishes(client, wishes):
    refused = [wish for wish in wishes if collect(client, [wish])]
    return pay_or(client, None), refused
