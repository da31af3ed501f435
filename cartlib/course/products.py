"""Lesson 01: products are hashes."""

import json
from decimal import Decimal

from hypothesis import strategies as st

from cartlib.catalogue import load_catalogue
from cartlib.course.worlds import (
    command,
    first,
    hset,
    ids,
    surroundings,
)
from cartlib.errors import ProductNotFoundError
from cartlib.lab.trace import Trace
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.rules import changes_nothing
from cartlib.questions import Guess, Prediction

MUG = 'HSET product:mug name "Coffee mug" price 9.50 category Kitchen'
LAMP = 'HSET product:lamp name "Desk lamp" price 45.00 category Desk'
INDEX = "SADD products mug lamp"
# So many that the order of a Python set is next to never the right one.
MANY = [f"HSET product:{n} name N{97 - 7 * n % 97}" for n in range(12)]
MANY_INDEX = "SADD products " + " ".join(str(n) for n in range(12))
# Names with all that a name can have: capitals, accents, blanks at the ends, quotes, digits.
HARD_NAMES = [
    "",
    " Zoë's TEA: 250 g in a box that is round and green ",
    'äpple {5"}, not a pear, of a kind with a name of more than one line in most tables ',
    " Öl für 100 Türen: for each of them \\o/ as much as it needs, and a little more ",
]
NAMES = ["Coffee mug", *HARD_NAMES]
SHORT_NAMES = ["Coffee mug", "coffee mug", "10", "9", "Desk lamp", "name", *HARD_NAMES]
PRICES = ["9.90", "0.10", "100", "45", "9.5", "9.50", "0.01", "7.0", "1234.5678", "100000.00", "0"]
OTHER_FIELDS = {"category": "Kitchen", "stock": "5", "colour": "10 %", "Name": "?", "views": "0"}
names, prices = st.sampled_from(NAMES), st.sampled_from(PRICES)
short_names = st.sampled_from(SHORT_NAMES)
other_fields = st.lists(st.sampled_from(list(OTHER_FIELDS.items())), unique=True).map(dict)


def products(names):
    """Return a strategy of products: an id, and the fields of its hash."""
    fields = st.builds(
        lambda name, price, others: {"name": name, "price": price, **others},
        names,
        prices,
        other_fields,
    )
    return st.tuples(ids, fields)


LOOKS_ONLY = "You sent {}. This function only looks: it changes nothing, not even for a moment."

p1 = Prediction(
    "products.p1",
    (MUG,),
    "HGET product:mug colour",
    {
        '""': "An empty text is a value, which somebody would have to store. Nobody did.",
        "(nil)": "A field that is not there gives (nil); in Python that is None.",
        "(error) no such field": "To ask for what is not there is no error in Redis. There is a "
        "reply that means: nothing.",
    },
    because=(
        "redis-cli writes `(nil)` for nothing. You can try such a thing in a new cell: "
        '`client.hget("product:mug", "colour")`.'
    ),
)
p2 = Prediction(
    "products.p2",
    ("HSET product:mug name Mug price 9.50",),
    "HSET product:mug price 8.00 stock 5",
    {
        "(integer) 2": "Two fields were written. But HSET does not count what it wrote: the hash "
        "had a price before.",
        "(integer) 1": "HSET counts only the fields that are new: stock is, and price was "
        "overwritten.",
        "OK": "Other commands say OK. HSET replies a number: it counts something.",
    },
    because=(
        "A field that was overwritten is not counted, and fields that you do not mention stay as "
        "they are."
    ),
)
g1 = Guess(
    "products.g1",
    'There is no product `unicorn`. What does `client.hgetall("product:unicorn")` give?',
    {
        "None": "So HGET says it, of one field. HGETALL gives all fields that there are.",
        "{}": "An empty dict, and no error: there are no fields.",
        "an error": "It is no error in Redis to ask for what is not there.",
    },
    right="{}",
    proof=lambda client: client.hgetall("product:unicorn"),
    because="For Redis, a hash without fields and a key that is not there are the same thing.",
)
g2 = Guess(
    "products.g2",
    "What does Python print for `0.10 + 0.10 + 0.10`?",
    {
        "0.3": "So it would be if a float could hold 0.10.",
        "0.30": "A float does not remember how many digits you wrote.",
        "0.30000000000000004": "A float holds something next to 0.10, and here it shows.",
    },
    right="0.30000000000000004",
    proof=lambda client: 0.10 + 0.10 + 0.10,
    because="A float can't hold 0.10 exactly, and in a sum the small error can become visible.",
)
p3 = Prediction(
    "products.p3",
    ("HSET product:mug stock 5", "HINCRBY product:mug stock 2"),
    "HGET product:mug stock",
    {
        '"5"': "That was before HINCRBY. Its sum is kept in Redis at once.",
        "(integer) 7": "So HINCRBY replied. But this is HGET: what kind of value does a hash keep?",
        '"7"': "HINCRBY replied with the number 7, and the hash keeps it as a text.",
    },
    because="As long as the text is a whole number, HINCRBY can add to it.",
)


def _trips(client):
    load_catalogue(client)
    with Trace(client) as trace:
        list_names(client)
    return trace.round_trips


g4 = Guess(
    "products.g4",
    "The set `products` has 24 ids. A function reads it, and then asks for each name by an `hget` "
    "of its own. How many round trips are that?",
    {
        "2": "One for the ids, and one for the names? Each `hget` waits for its own reply.",
        "24": "So many for the names. What came before them?",
        "25": "One for the ids, and one for each name.",
    },
    right="25",
    proof=_trips,
    because="A Trace counts them for your own function: call it inside of "
    "`with Trace(client) as trace:`, and look at `trace.round_trips`.",
)


def _two_writers(client):
    """Two read one text, and write it back, each with a change."""
    client.set("demo:tea", json.dumps({"name": "Tea", "price": "3.20"}))
    ann, bob = (json.loads(client.get("demo:tea")) for _ in range(2))
    for each, change in ((ann, {"price": "2.90"}), (bob, {"name": "Green tea"})):
        client.set("demo:tea", json.dumps(each | change))
    kept = json.loads(client.get("demo:tea"))
    return {
        ("Green tea", "2.90"): "both changes",
        ("Tea", "2.90"): "only Ann's new price",
        ("Green tea", "3.20"): "only Bob's new name",
    }[kept["name"], kept["price"]]


g3 = Guess(
    "products.g3",
    "Ann and Bob both read the text. Ann writes it back with a new price, and then Bob writes his "
    "back with a new name. What is in Redis afterwards?",
    {
        "both changes": "Bob's text was read before Ann wrote. Which price stands in it?",
        "only Ann's new price": "Bob wrote last, and he wrote the whole text.",
        "only Bob's new name": "Bob wrote the whole text, with the old price that he had read.",
    },
    right="only Bob's new name",
    proof=_two_writers,
    because="Nobody got an error: Ann does not know that her price is lost.",
)


@st.composite
def saves(draw):
    """Worlds for q1: a hash or none, and maybe somebody who changes another field of it."""
    item = draw(ids)
    fields = draw(other_fields)
    if draw(st.booleans()):
        fields |= {"name": draw(names), "price": draw(prices)}
    given = hset(f"product:{item}", fields)
    if fields and draw(st.booleans()):
        given.append(command("EXPIRE", f"product:{item}", 600))
    rival = [(), (), (), (), (command("HSET", f"product:{item}", "stock", 4),)]
    args = item, draw(names), Decimal(draw(prices | st.sampled_from(["1E+2", "0E-8"])))
    return Case([*given, *others(draw, item)], args, draw(st.sampled_from(rival)))


def others(draw, item):
    """Return the lines of what lies about, without the product itself."""
    return [line for line in draw(surroundings) if not line.startswith(f"HSET product:{item} ")]


LAMP_IN_STOCK = "HSET product:lamp name Lamp price 40.00 stock 5"

q1 = Exercise(
    "products.q1",
    "save_product(client, product_id, name, price)",
    [
        Case([], ("mug", "Coffee mug", Decimal("9.50"))),
        Case([LAMP_IN_STOCK], ("lamp", "Lamp", Decimal("45"))),
        Case([], ("pen", "Pen", Decimal("1E+2"))),
        Case(
            [LAMP_IN_STOCK],
            ("lamp", "Lamp", Decimal("45.00")),
            ("HSET product:lamp stock 4",),
        ),
    ],
    (
        "One command writes all fields of a hash: HSET.",
        'In Python: client.hset(key, mapping={"name": …, "price": …}).',
        "str(price) is the text of a Decimal.",
    ),
    worlds=saves(),
)


@q1.reference
def save_product(client, product_id, name, price):
    client.hset(f"product:{product_id}", mapping={"name": name, "price": str(price)})


@q1.mistake(
    "The price was stored as a float: of 9.50 the second digit is lost, and sums of floats can be "
    "off. Store the Decimal's own text, str(price)."
)
def price_as_float(client, product_id, name, price):
    client.hset(f"product:{product_id}", mapping={"name": name, "price": float(price)})


@q1.mistake(
    "You wrote one text for the whole product. Then nobody can change the price alone. Use a hash, "
    "with a field for the name and one for the price."
)
def one_json_string(client, product_id, name, price):
    client.set(f"product:{product_id}", json.dumps({"name": name, "price": str(price)}))


@q1.mistake(
    "You put a new hash in place of the old one, and its other fields are lost. HSET overwrites "
    "the fields that you give, and leaves the others: nothing has to be deleted first."
)
def deletes_first(client, product_id, name, price):
    client.delete(f"product:{product_id}")
    client.hset(f"product:{product_id}", mapping={"name": name, "price": str(price)})


@q1.mistake(
    "You read all fields, and wrote all of them. What somebody else changed between the two is "
    "overwritten with what was there before. Write the two fields only: the others stay by "
    "themselves."
)
def writes_all_fields_anew(client, product_id, name, price):
    fields = client.hgetall(f"product:{product_id}")
    fields.update(name=name, price=str(price))
    client.hset(f"product:{product_id}", mapping=fields)


@q1.mistake(
    "This hash had an end: Redis was to delete it some minutes later. You took that away, and now "
    "it stays for good. HSET alone leaves it as it was."
)
def takes_away_the_end(client, product_id, name, price):
    client.hset(f"product:{product_id}", mapping={"name": name, "price": str(price)})
    client.persist(f"product:{product_id}")


@q1.mistake(
    "No command of yours reached Redis. Call client.hset(...); and what a pipeline collects is "
    "sent by execute() only."
)
def sends_nothing(client, product_id, name, price):
    print(f"HSET product:{product_id} name {name} price {price}")


@q1.mistake(
    "You gave every price two digits after the point. Store the price as it was given, str(price): "
    "45 stays 45."
)
def gives_two_digits(client, product_id, name, price):
    fields = {"name": name, "price": f"{price:.2f}"}
    client.hset(f"product:{product_id}", mapping=fields)


@q1.mistake(
    "You read all fields, deleted the hash, and wrote it anew. For a moment the product is gone, "
    "and what somebody else changes then is lost. HSET leaves the other fields as they are."
)
def deletes_and_writes_all_anew(client, product_id, name, price):
    fields = client.hgetall(f"product:{product_id}")
    fields.update(name=name, price=str(price))
    client.delete(f"product:{product_id}")
    client.hset(f"product:{product_id}", mapping=fields)


@q1.mistake(
    "A product that was there before kept its old price. HSET overwrites: no look before it is "
    "needed, and no HSETNX."
)
def writes_only_what_is_new(client, product_id, name, price):
    client.hsetnx(f"product:{product_id}", "name", name)
    client.hsetnx(f"product:{product_id}", "price", str(price))


@q1.mistake(
    "A product that was there before stayed as it was. Write the two fields in any case: HSET "
    "overwrites what they held."
)
def writes_only_a_new_product(client, product_id, name, price):
    if not client.exists(f"product:{product_id}"):
        client.hset(f"product:{product_id}", mapping={"name": name, "price": str(price)})


@q1.mistake(
    "The hash is right, but you returned the reply of HSET, how many fields are new. Nothing is to "
    "be returned: leave `return` away."
)
def returns_the_reply(client, product_id, name, price):
    return client.hset(f"product:{product_id}", mapping={"name": name, "price": str(price)})


@q1.mistake(
    "Capitals count: the fields are called name and price, and Name and Price are two others."
)
def writes_capitals(client, product_id, name, price):
    client.hset(f"product:{product_id}", mapping={"Name": name, "Price": str(price)})


@q1.mistake(
    "You added the id to the set products, too. That is a good idea in a shop, but not asked for "
    "here: write the hash, and nothing else."
)
def adds_to_the_list(client, product_id, name, price):
    client.hset(f"product:{product_id}", mapping={"name": name, "price": str(price)})
    client.sadd("products", product_id)


@q1.mistake("The key is not right: a product's key begins with product: and ends with its id.")
def key_without_prefix(client, product_id, name, price):
    client.hset(product_id, mapping={"name": name, "price": str(price)})


@q1.mistake(
    "A Decimal went to redis-py, which takes texts and numbers only. Store the text str(price)."
)
def price_as_decimal(client, product_id, name, price):
    client.hset(f"product:{product_id}", mapping={"name": name, "price": price})


@st.composite
def reads(draw):
    """Worlds for q2: some products, of which the set products need not know, and an id."""
    there = draw(st.lists(products(names), unique_by=first, max_size=5))
    given = [line for item, fields in there for line in hset(f"product:{item}", fields)]
    items = [item for item, _ in there]
    item = draw(st.sampled_from([*items, *items, "unicorn", "mu", "MUG", "products"]))
    listed = draw(st.lists(st.sampled_from([*items, item]), unique=True))
    given += [command("SADD", "products", *listed)] if listed else []
    return Case(given, (item,))


q2 = Exercise(
    "products.q2",
    "get_product(client, product_id)",
    [
        Case([MUG], ("mug",)),
        Case([MUG, "HSET product:pen name Pen price 0.10", "SADD products pen"], ("pen",)),
        Case([MUG], ("unicorn",)),
        Case(["HSET product:pen price 0.10 category Desk name Pen"], ("pen",)),
    ],
    (
        "HGETALL gives all fields at once, as a dict.",
        "For a key that is not there the dict is empty, and `if not fields` is true.",
        "Build the result yourself: product_id, name, and Decimal(fields['price']).",
    ),
    rules=(changes_nothing(LOOKS_ONLY),),
    worlds=reads(),
)


@q2.reference
def get_product(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    if not fields:
        raise ProductNotFoundError(product_id)
    price = Decimal(fields["price"])
    return {"product_id": product_id, "name": fields["name"], "price": price}


@q2.mistake(
    "The price is still text. Redis keeps texts only: turn it into a Decimal before you return it."
)
def price_as_text(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    if not fields:
        raise ProductNotFoundError(product_id)
    return {"product_id": product_id, "name": fields["name"], "price": fields["price"]}


@q2.mistake(
    "The price is a float. Floats can't hold 0.10 exactly, so money adds up wrong: use Decimal."
)
def price_read_as_float(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    if not fields:
        raise ProductNotFoundError(product_id)
    return {"product_id": product_id, "name": fields["name"], "price": float(fields["price"])}


@q2.mistake(
    "A product that is not there gave a KeyError. HGETALL of a missing key is an empty dict, no "
    "error: look for that first, and raise ProductNotFoundError(product_id)."
)
def missing_is_a_key_error(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    price = Decimal(fields["price"])
    return {"product_id": product_id, "name": fields["name"], "price": price}


@q2.mistake(
    "A product that is not there gave None. Whoever calls you would only notice much later: raise "
    "ProductNotFoundError(product_id) instead."
)
def missing_is_none(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    if not fields:
        return None
    price = Decimal(fields["price"])
    return {"product_id": product_id, "name": fields["name"], "price": price}


@q2.mistake(
    "You returned every field of the hash. The shop may add fields at any time: return just "
    "product_id, name and price."
)
def all_fields(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    if not fields:
        raise ProductNotFoundError(product_id)
    return {"product_id": product_id, **fields, "price": Decimal(fields["price"])}


@q2.mistake(
    "You returned the hash as it is. Wanted is a dict of three: product_id and name, and price as "
    "a Decimal. And where the hash is empty, there is no such product: raise "
    "ProductNotFoundError(product_id)."
)
def returns_the_hash(client, product_id):
    return client.hgetall(f"product:{product_id}")


@q2.mistake(
    "A product that is not there gave an empty dict. Whoever calls you would take it for a "
    "product: raise ProductNotFoundError(product_id) instead."
)
def missing_is_an_empty_dict(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    if not fields:
        return {}
    price = Decimal(fields["price"])
    return {"product_id": product_id, "name": fields["name"], "price": price}


@q2.mistake(
    "You returned the error, as if it were a product. An error is raised: write raise in place of "
    "return."
)
def returns_the_error(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    if not fields:
        return ProductNotFoundError(product_id)
    price = Decimal(fields["price"])
    return {"product_id": product_id, "name": fields["name"], "price": price}


@q2.mistake(
    "ProductNotFoundError takes the id, nothing else: it writes the sentence itself. Raise "
    "ProductNotFoundError(product_id)."
)
def gives_the_error_a_sentence(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    if not fields:
        raise ProductNotFoundError(f"No product {product_id}")
    price = Decimal(fields["price"])
    return {"product_id": product_id, "name": fields["name"], "price": price}


@q2.mistake(
    "Name and price are right, and the product's id is missing. Put it into the dict: its key is "
    "product_id."
)
def leaves_out_the_id(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    if not fields:
        raise ProductNotFoundError(product_id)
    return {"name": fields["name"], "price": Decimal(fields["price"])}


@q2.mistake(
    "One key of your dict is id. Whoever calls you looks for product_id: the three are product_id, "
    "name and price."
)
def calls_the_key_id(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    if not fields:
        raise ProductNotFoundError(product_id)
    return {"id": product_id, "name": fields["name"], "price": Decimal(fields["price"])}


@q2.mistake(
    "You went by the set products, and it can lack a product, or hold one that is gone. A product "
    "is there if its hash is: look at what HGETALL gives."
)
def asks_the_set(client, product_id):
    if not client.sismember("products", product_id):
        raise ProductNotFoundError(product_id)
    fields = client.hgetall(f"product:{product_id}")
    price = Decimal(fields["price"])
    return {"product_id": product_id, "name": fields["name"], "price": price}


@q2.mistake(
    "The product is there, but your function did not find it. Is the key that you read "
    "product:mug: product: before the id, and an f before the quotes?"
)
def reads_the_bare_id(client, product_id):
    fields = client.hgetall(product_id)
    if not fields:
        raise ProductNotFoundError(product_id)
    price = Decimal(fields["price"])
    return {"product_id": product_id, "name": fields["name"], "price": price}


def shop(size):
    """Return the lines of a shop of `size` products, each with a name of its own."""
    given = [f"HSET product:{n} name N{1000 - 7 * n % size} price 1.00" for n in range(size)]
    return [*given, command("SADD", "products", *range(size))]


@st.composite
def shops(draw):
    """Worlds for q3: products of which some have the same name, some are gone, some not listed."""
    size = draw(st.sampled_from([0, 0, 0, 0, 35, 230]))  # a world that is drawn again is not tried
    if size:
        return Case(shop(size))
    kinds = st.sampled_from(["listed", "listed", "listed", "listed", "gone", "not listed"])
    there = draw(st.lists(st.tuples(products(short_names), kinds), unique_by=id_of, max_size=14))
    listed = [item for (item, _), kind in there if kind != "not listed"]
    given = [command("SADD", "products", *listed)] if listed else []
    for (item, fields), kind in there:
        if kind != "gone":
            given += hset(f"product:{item}", fields)
    return Case(given)


def id_of(pair):
    """Return the id of a product that is the first of a pair."""
    return pair[0][0]


TWO_MUGS = 'HSET product:cup name "Coffee mug" price 4.00'

q3 = Exercise(
    "products.q3",
    "list_names(client)",
    [
        Case([]),
        Case([MUG, LAMP, INDEX]),
        Case([*MANY, MANY_INDEX]),
        Case([MUG, LAMP, INDEX, "HSET product:old name Old price 1", "DEL product:lamp"]),
        Case([MUG, TWO_MUGS, "SADD products mug cup"]),
        Case([MUG, "HSET product:10 name None price 1.00", "SADD products mug 10 gone"]),
    ],
    (
        "The set products holds all ids: client.smembers('products').",
        "HGET product:ID name gives one name; None where the product is gone.",
        "sorted(...) puts the names in order.",
    ),
    rules=(changes_nothing(LOOKS_ONLY),),
    worlds=shops(),
)


@q3.reference
def list_names(client):
    names = [client.hget(f"product:{item}", "name") for item in client.smembers("products")]
    return sorted(name for name in names if name is not None)


@q3.mistake("The names are not in order: a set has none. Put them in order with sorted(...).")
def unsorted_names(client):
    names = [client.hget(f"product:{item}", "name") for item in client.smembers("products")]
    return [name for name in names if name is not None]


@q3.mistake(
    "These are the right names, the wrong way round. The order is the one that sorted(...) gives: "
    "Coffee mug comes before Desk lamp."
)
def reversed_names(client):
    names = [client.hget(f"product:{item}", "name") for item in client.smembers("products")]
    return sorted((name for name in names if name is not None), reverse=True)


@q3.mistake(
    "You returned the ids. They lead to the names: HGET product:ID name gives the name of one."
)
def ids_only(client):
    return sorted(client.smembers("products"))


@q3.mistake("An id whose hash is gone gave None, and None can't be sorted. Leave it out first.")
def fails_on_a_missing_hash(client):
    return sorted(client.hget(f"product:{item}", "name") for item in client.smembers("products"))


@q3.mistake("You sorted the ids. Sort the names.")
def sorts_the_ids(client):
    ids = sorted(client.smembers("products"))
    names = [client.hget(f"product:{item}", "name") for item in ids]
    return [name for name in names if name is not None]


@q3.mistake("An empty name is a name. Test `name is not None`.")
def leaves_out_an_empty_name(client):
    names = [client.hget(f"product:{item}", "name") for item in client.smembers("products")]
    return sorted(name for name in names if name)


@q3.mistake(
    "Two products can have the same name, and then it is in the list twice. A set or a dict keeps "
    "it once: collect the names in a list."
)
def keeps_each_name_once(client):
    names = {client.hget(f"product:{item}", "name") for item in client.smembers("products")}
    return sorted(name for name in names if name is not None)


@q3.mistake(
    "You returned a set: it has no order, and keeps each name once. Collect the names in a list, "
    "and put it in order with sorted(...)."
)
def returns_a_set(client):
    names = {client.hget(f"product:{item}", "name") for item in client.smembers("products")}
    return {name for name in names if name is not None}


@q3.mistake(
    "You left out too much: an id whose product is gone is passed over, and the names after it "
    "still count. Use continue, not break."
)
def stops_at_the_first_gap(client):
    names = []
    for item in sorted(client.smembers("products")):
        name = client.hget(f"product:{item}", "name")
        if name is None:
            break
        names.append(name)
    return sorted(names)


@q3.mistake(
    "Products are there, and you found no name. The ids are in the set products, and the names in "
    "the hashes product:ID: is there an f before the quotes?"
)
def reads_the_bare_ids(client):
    names = [client.hget(item, "name") for item in client.smembers("products")]
    return sorted(name for name in names if name is not None)


@q3.mistake(
    "You searched all keys with SCAN: it also finds products that are not on the list. The set "
    "products holds the ids: ask it by SMEMBERS."
)
def scans(client):
    return sorted(client.hget(key, "name") for key in client.scan_iter("product:*"))
