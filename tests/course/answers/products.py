"""Answers to the exercises of lesson 01: wrong ones, with the reason, and right ones."""

from decimal import Decimal

from answers import right, wrong

from cartlib.course import products
from cartlib.errors import ProductNotFoundError


@wrong(products.q1, "a TTL is lost, and what somebody else writes meanwhile")
def reads_deletes_and_writes_all(client, product_id, name, price):
    key = f"product:{product_id}"
    fields = client.hgetall(key) | {"name": name, "price": str(price)}
    client.delete(key)
    client.hset(key, mapping=fields)


@wrong(products.q1, "what somebody else writes meanwhile is overwritten")
def reads_and_writes_all(client, product_id, name, price):
    fields = client.hgetall(f"product:{product_id}")
    fields.update(name=name, price=str(price))
    client.hset(f"product:{product_id}", mapping=fields)


@wrong(products.q1, "the name is not looked at if the price is the same")
def writes_where_the_price_is_new(client, product_id, name, price):
    if client.hget(f"product:{product_id}", "price") != str(price):
        client.hset(f"product:{product_id}", mapping={"name": name, "price": str(price)})


@wrong(products.q1, "ids with capitals are others")
def writes_to_small_letters(client, product_id, name, price):
    client.hset(f"product:{product_id.lower()}", mapping={"name": name, "price": str(price)})


@wrong(products.q1, "a long name is cut")
def cuts_the_name(client, product_id, name, price):
    client.hset(f"product:{product_id}", mapping={"name": name[:20], "price": str(price)})


@wrong(products.q1, "accents are dropped")
def drops_accents(client, product_id, name, price):
    plain = name.encode("ascii", "ignore")
    client.hset(f"product:{product_id}", mapping={"name": plain, "price": str(price)})


@wrong(products.q1, "blanks are dropped")
def strips_the_name(client, product_id, name, price):
    client.hset(f"product:{product_id}", mapping={"name": name.strip(), "price": str(price)})


@wrong(products.q1, "9.50 becomes 9.5")
def writes_a_normal_price(client, product_id, name, price):
    fields = {"name": name, "price": str(price.normalize())}
    client.hset(f"product:{product_id}", mapping=fields)


@wrong(products.q1, "a price of 0 is a price")
def leaves_out_a_price_of_zero(client, product_id, name, price):
    client.hset(f"product:{product_id}", "name", name)
    if price:
        client.hset(f"product:{product_id}", "price", str(price))


@wrong(products.q1, "nobody learns that the server failed")
def swallows_errors(client, product_id, name, price):
    try:
        client.hset(f"product:{product_id}", mapping={"name": name, "price": str(price)})
    except Exception as error:
        print(error)


@right(products.q1, "two commands")
def writes_field_by_field(client, product_id, name, price):
    client.hset(f"product:{product_id}", "price", str(price))
    client.hset(f"product:{product_id}", "name", name)


@right(products.q1, "a MULTI, and bytes")
def writes_bytes_in_a_transaction(client, product_id, name, price):
    with client.pipeline() as pipe:
        pipe.hset(f"product:{product_id}".encode(), b"name", name.encode())
        pipe.hset(f"product:{product_id}".encode(), b"price", f"{price}".encode())
        pipe.execute()


@right(products.q1, "a script")
def writes_in_lua(client, product_id, name, price):
    script = "redis.call('HSET', KEYS[1], 'name', ARGV[1], 'price', ARGV[2])"
    client.eval(script, 1, f"product:{product_id}", name, str(price))


@right(products.q1, "a look that changes nothing")
def looks_first(client, product_id, name, price):
    if client.exists(f"product:{product_id}"):
        print("overwritten:", product_id)
    client.hset(f"product:{product_id}", items=["name", name, "price", str(price)])


def found(client, product_id):
    """Return the fields of a product that is there."""
    fields = client.hgetall(f"product:{product_id}")
    if not fields:
        raise ProductNotFoundError(product_id)
    return fields


def product(product_id, fields):
    """Return what get_product() is to return."""
    return {"product_id": product_id, "name": fields["name"], "price": Decimal(fields["price"])}


@wrong(products.q2, "the error names another product")
def raises_for_the_unicorn(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    if not fields:
        raise ProductNotFoundError("unicorn")
    return product(product_id, fields)


@wrong(products.q2, "the error is given the key")
def raises_with_the_key(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    if not fields:
        raise ProductNotFoundError(f"product:{product_id}")
    return product(product_id, fields)


@wrong(products.q2, "the set of the ids is cleaned up")
def takes_a_missing_id_off_the_list(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    if not fields:
        client.srem("products", product_id)
        raise ProductNotFoundError(product_id)
    return product(product_id, fields)


SEEN = {}


@wrong(products.q2, "what was read once is never read again")
def remembers_products(client, product_id):
    if product_id not in SEEN:
        SEEN[product_id] = product(product_id, found(client, product_id))
    return SEEN[product_id]


@wrong(products.q2, "the set says what is there")
def asks_the_list(client, product_id):
    if not client.sismember("products", product_id):
        raise ProductNotFoundError(product_id)
    return product(product_id, client.hgetall(f"product:{product_id}"))


@wrong(products.q2, "a price of 0 is taken for none")
def takes_a_price_of_zero_for_missing(client, product_id):
    fields = client.hgetall(f"product:{product_id}")
    if not fields or not Decimal(fields["price"]):
        raise ProductNotFoundError(product_id)
    return product(product_id, fields)


@wrong(products.q2, "all prices have two digits then")
def rounds_the_price(client, product_id):
    read = product(product_id, found(client, product_id))
    return read | {"price": read["price"].quantize(Decimal("0.01"))}


@wrong(products.q2, "9.50 becomes 9.5")
def reads_the_price_through_a_float(client, product_id):
    fields = found(client, product_id)
    return product(product_id, fields) | {"price": Decimal(str(float(fields["price"])))}


@wrong(products.q2, "other fields are in the result")
def returns_what_else_there_is(client, product_id):
    fields = found(client, product_id)
    return fields | product(product_id, fields)


@wrong(products.q2, "the key is away for a moment")
def moves_it_there_and_back(client, product_id):
    fields = found(client, product_id)
    client.rename(f"product:{product_id}", "moved")
    client.rename("moved", f"product:{product_id}")
    return product(product_id, fields)


@right(products.q2, "two fields, two commands")
def reads_field_by_field(client, product_id):
    name = client.hget(f"product:{product_id}", "name")
    if name is None:
        raise ProductNotFoundError(product_id)
    price = Decimal(client.hget(f"product:{product_id}", "price"))
    return dict(price=price, name=name, product_id=product_id)


@right(products.q2, "the KeyError is turned into the right error")
def catches_the_key_error(client, product_id):
    try:
        return product(product_id, client.hgetall(f"product:{product_id}"))
    except KeyError:
        raise ProductNotFoundError(product_id) from None


@right(products.q2, "TYPE tells whether it is there")
def asks_for_the_type(client, product_id):
    if client.type(f"product:{product_id}") == "none":
        raise ProductNotFoundError(product_id)
    name, price = client.hmget(f"product:{product_id}", "name", "price")
    return {"product_id": product_id, "name": name, "price": Decimal(price)}


@right(products.q2, "a script that only reads")
def reads_in_lua(client, product_id):
    script = "return redis.call('HMGET', KEYS[1], 'name', 'price')"
    name, price = client.eval(script, 1, f"product:{product_id}")
    if name is None:
        raise ProductNotFoundError(product_id)
    return {"product_id": product_id, "name": name, "price": Decimal(price)}


def names_of(client, items):
    """Return the names of these products that are there."""
    names = [client.hget(f"product:{item}", "name") for item in items]
    return [name for name in names if name is not None]


@wrong(products.q3, "two products of one name are two names")
def keeps_names_once(client):
    return sorted(set(names_of(client, client.smembers("products"))))


@wrong(products.q3, "the first page of the set only")
def reads_one_page(client):
    _, items = client.sscan("products")
    return sorted(names_of(client, items))


@wrong(products.q3, "a hundred names at most")
def lists_a_hundred(client):
    return sorted(names_of(client, client.smembers("products")))[:100]


@wrong(products.q3, "capitals come before small letters in the order of sorted")
def sorts_without_capitals(client):
    return sorted(names_of(client, client.smembers("products")), key=str.casefold)


@wrong(products.q3, "the order of the ids is another")
def sorts_the_ids(client):
    return names_of(client, sorted(client.smembers("products")))


@wrong(products.q3, "what comes after a gap is lost")
def stops_at_a_gap(client):
    names = [client.hget(f"product:{item}", "name") for item in client.smembers("products")]
    return sorted(names[: names.index(None)] if None in names else names)


@wrong(products.q3, "ids whose product is gone are taken off the list")
def cleans_up(client):
    gone = [i for i in client.smembers("products") if not client.exists(f"product:{i}")]
    if gone:
        client.srem("products", *gone)
    return sorted(names_of(client, client.smembers("products")))


@wrong(products.q3, "products that are not on the list")
def walks_through_all_keys(client):
    keys = client.scan_iter("product:*")
    return sorted(client.hget(key, "name") for key in keys)


@wrong(products.q3, "names of digits are names")
def leaves_out_numbers(client):
    names = names_of(client, client.smembers("products"))
    return sorted(name for name in names if not name.isdigit())


@wrong(products.q3, "the list is written anew, and for a moment it is empty")
def writes_the_list_anew(client):
    items = client.smembers("products")
    if items:
        client.delete("products")
        client.sadd("products", *items)
    return sorted(names_of(client, items))


@right(products.q3, "one pipeline for all names")
def asks_in_a_pipeline(client):
    with client.pipeline(transaction=False) as pipe:
        for item in client.smembers("products"):
            pipe.hget(f"product:{item}", "name")
        return sorted(name for name in pipe.execute() if name is not None)


@right(products.q3, "SORT, which only reads")
def asks_by_sort(client):
    names = client.sort("products", by="nosort", get="product:*->name")
    return sorted(name for name in names if name is not None)


@right(products.q3, "all pages of the set")
def reads_page_by_page(client):
    return sorted(names_of(client, set(client.sscan_iter("products"))))


@right(products.q3, "the whole hash, and the KeyError passed over")
def passes_over_the_key_error(client):
    names = []
    for item in client.smembers("products"):
        try:
            names.append(client.hgetall(f"product:{item}")["name"])
        except KeyError:
            continue
    names.sort()
    return names


@wrong(products.q1, "an error of HSET stays in the list of replies")
def keeps_the_error(client, product_id, name, price):
    pipe = client.pipeline()
    pipe.hset(f"product:{product_id}", mapping={"name": name, "price": str(price)})
    pipe.execute(raise_on_error=False)


@wrong(products.q1, "a TTL is given back in whole seconds")
def rounds_the_ttl(client, product_id, name, price):
    key = f"product:{product_id}"
    ttl = client.ttl(key)
    client.hset(key, mapping={"name": name, "price": str(price)})
    if ttl > 0:
        client.expire(key, ttl)


@wrong(products.q1, "1E+2 is stored as 100")
def writes_the_price_out(client, product_id, name, price):
    client.hset(f"product:{product_id}", mapping={"name": name, "price": f"{price:f}"})


@wrong(products.q2, "a hash that ends lives on")
def prolongs(client, product_id):
    fields = products.q2.reference_function(client, product_id)
    if client.ttl(f"product:{product_id}") > 0:
        client.expire(f"product:{product_id}", 3600)
    return fields


@wrong(products.q3, "a product whose name is None is left out")
def leaves_out_a_name(client):
    names = [str(client.hget(f"product:{item}", "name")) for item in client.smembers("products")]
    return sorted(name for name in names if name != "None")
