"""Lesson 01: products are hashes."""

import json
from decimal import Decimal

from cartlib.errors import ProductNotFoundError
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.prediction import Prediction
from cartlib.practice.rules import never

MUG = 'HSET product:mug name "Coffee mug" price 9.50 category Kitchen'
LAMP = 'HSET product:lamp name "Desk lamp" price 45.00 category Desk'
INDEX = "SADD products mug lamp"
# So many that the order of a Python set is next to never the right one.
MANY = [f"HSET product:{n} name N{97 - 7 * n % 97}" for n in range(12)]
MANY_INDEX = "SADD products " + " ".join(str(n) for n in range(12))

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
)
p2 = Prediction(
    "products.p2",
    ("HSET product:mug name Mug price 9.50",),
    "HSET product:mug price 8.00 stock 5",
    {
        "(integer) 2": "Two fields were written. But HSET does not count what it wrote: the hash "
        "had a price before.",
        "(integer) 1": "HSET counts the new fields only: stock is new, and price was overwritten.",
        "OK": "Other commands say OK. HSET replies a number: it counts something.",
    },
)

q1 = Exercise(
    "products.q1",
    "save_product(client, product_id, name, price)",
    [
        Case([], ("mug", "Coffee mug", Decimal("9.50"))),
        Case(["HSET product:lamp name Lamp price 40.00 stock 5"], ("lamp", "Lamp", Decimal("45"))),
    ],
    (
        "One command writes all fields of a hash: HSET.",
        'In Python: client.hset(key, mapping={"name": …, "price": …}).',
        "str(price) is the text of a Decimal.",
    ),
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
    "You deleted the hash first. HSET overwrites the fields that you give and leaves the others: "
    "what somebody else had stored there is lost now."
)
def deletes_first(client, product_id, name, price):
    client.delete(f"product:{product_id}")
    client.hset(f"product:{product_id}", mapping={"name": name, "price": str(price)})


@q1.mistake("The key is not right: a product's key begins with product: and ends with its id.")
def key_without_prefix(client, product_id, name, price):
    client.hset(product_id, mapping={"name": name, "price": str(price)})


@q1.mistake(
    "Redis takes no Decimal, and HSET takes a dict by its name only. Store the text str(price), "
    "and give the dict as mapping={...}."
)
def price_as_decimal(client, product_id, name, price):
    client.hset(f"product:{product_id}", mapping={"name": name, "price": price})


q2 = Exercise(
    "products.q2",
    "get_product(client, product_id)",
    [
        Case([MUG], ("mug",)),
        Case([MUG, "HSET product:pen name Pen price 0.10"], ("pen",)),
        Case([MUG], ("unicorn",)),
    ],
    (
        "HGETALL gives all fields at once, as a dict.",
        "For a key that is not there the dict is empty, and `if not fields` is true.",
        "Build the result yourself: product_id, name, and Decimal(fields['price']).",
    ),
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
    "The product is there, but your function did not find it. Did you read the key product:mug, "
    "with product: before the id?"
)
def reads_the_bare_id(client, product_id):
    fields = client.hgetall(product_id)
    if not fields:
        raise ProductNotFoundError(product_id)
    price = Decimal(fields["price"])
    return {"product_id": product_id, "name": fields["name"], "price": price}


q3 = Exercise(
    "products.q3",
    "list_names(client)",
    [
        Case([]),
        Case([MUG, LAMP, INDEX]),
        Case([*MANY, MANY_INDEX]),
        Case([MUG, LAMP, INDEX, "HSET product:old name Old price 1", "DEL product:lamp"]),
    ],
    (
        "The set products holds all ids: client.smembers('products').",
        "HGET product:ID name gives one name; None where the product is gone.",
        "sorted(...) puts the names in order.",
    ),
    rules=(
        never(
            "SCAN",
            "SCAN walks through all keys of the server, also those of others. The set products "
            "holds the ids: ask it by SMEMBERS.",
        ),
    ),
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
    "The order is not right: a set has no order. Put the names in order with sorted(...), for "
    "instance from Coffee mug to Desk lamp."
)
def reversed_names(client):
    names = [client.hget(f"product:{item}", "name") for item in client.smembers("products")]
    return sorted((name for name in names if name is not None), reverse=True)


@q3.mistake(
    "You returned the ids. They lead to the names: HGET product:ID name gives the name of one."
)
def ids_only(client):
    return sorted(client.smembers("products"))


@q3.mistake(
    "An id can stand in the set while its product is gone. Its name is None: leave it out before "
    "you sort."
)
def fails_on_a_missing_hash(client):
    return sorted(client.hget(f"product:{item}", "name") for item in client.smembers("products"))


@q3.mistake(
    "You searched all keys with SCAN: it also finds products that are not on the list. The set "
    "products holds the ids: ask it by SMEMBERS."
)
def scans(client):
    return sorted(client.hget(key, "name") for key in client.scan_iter("product:*"))
