"""Answers to the exercises of lesson 09: wrong ones, with the reason, and right ones."""

import contextlib
import json
import re
import time
from decimal import Decimal

from answers import right, wrong
from redis.exceptions import RedisError, WatchError

from cartlib.course import capstone
from cartlib.course.capstone import pay, put_in_cart, search_products
from cartlib.errors import (
    CartError,
    EmptyCartError,
    InvalidQuantityError,
    OutOfStockError,
    ProductNotFoundError,
)

CART, STOCK, EVENTS = "cart:{guest}", "stock:{guest}", "cart:{guest}:events"


def pairs(client, ids=None):
    """Return (name, id) of the products that have a hash, in two round trips."""
    ids = list(client.smembers("products")) if ids is None else ids
    pipe = client.pipeline(transaction=False)
    for item in ids:
        pipe.hget(f"product:{item}", "name")
    return [(name, item) for item, name in zip(ids, pipe.execute(), strict=True) if name]


def found(rows, text):
    return [item for name, item in rows if text.lower() in name.lower()]


@wrong(capstone.q1, "sorted() puts capitals first")
def sorts_without_capitals(client, text):
    return found(sorted(pairs(client), key=lambda row: (row[0].lower(), row[1])), text)


@wrong(capstone.q1, "the name has capitals, too")
def lowers_the_text_only(client, text):
    return [item for name, item in sorted(pairs(client)) if text.lower() in name]


@wrong(capstone.q1, "the text is no pattern")
def takes_the_text_for_a_pattern(client, text):
    return [item for name, item in sorted(pairs(client)) if re.search(text, name, re.IGNORECASE)]


@wrong(capstone.q1, "blanks count")
def strips_the_text(client, text):
    return found(sorted(pairs(client)), text.strip())


@wrong(capstone.q1, "a text is a part of a name, not a word")
def looks_for_words(client, text):
    return [i for n, i in sorted(pairs(client)) if not text or text.lower() in n.lower().split()]


@wrong(capstone.q1, "there can be more than 100")
def gives_a_hundred(client, text):
    return found(sorted(pairs(client)), text)[:100]


@wrong(capstone.q1, "two round trips, however many products there are")
def asks_in_pieces(client, text):
    ids, rows = list(client.smembers("products")), []
    for start in range(0, len(ids), 50):
        rows += pairs(client, ids[start : start + 50])
    return found(sorted(rows), text)


@wrong(capstone.q1, "an id is no name")
def searches_both(client, text):
    return [i for n, i in sorted(pairs(client)) if text.lower() in f"{n}\n{i}".lower()]


@wrong(capstone.q1, "changes a key")
def tidies_up(client, text):
    rows = pairs(client)
    gone = client.smembers("products") - {item for _, item in rows}
    if gone:
        client.srem("products", *gone)
    return found(sorted(rows), text)


@wrong(capstone.q1, "a list is wanted, an empty one, too")
def gives_none_for_nothing(client, text):
    return found(sorted(pairs(client)), text) or None


@right(capstone.q1, "casefold")
def folds(client, text):
    return [i for n, i in sorted(pairs(client)) if text.casefold() in n.casefold()]


@right(capstone.q1, "the text as a pattern, escaped")
def escapes(client, text):
    part = re.compile(re.escape(text), re.IGNORECASE)
    return [item for name, item in sorted(pairs(client)) if part.search(name)]


@right(capstone.q1, "Redis sorts the ids")
def lets_redis_sort_the_ids(client, text):
    rows = pairs(client, client.sort("products", alpha=True))
    return found(sorted(rows, key=lambda row: row[0]), text)


@right(capstone.q1, "whole hashes, and nothing asked of an empty shop")
def reads_whole_hashes(client, text):
    ids = sorted(client.smembers("products"))
    if not ids:
        return []
    pipe = client.pipeline(transaction=False)
    for item in ids:
        pipe.hgetall(f"product:{item}")
    rows = [(shop["name"], i) for i, shop in zip(ids, pipe.execute(), strict=True) if shop]
    return found(sorted(rows), text)


def look(client, product_id, quantity):
    if type(quantity) is not int or not 1 <= quantity <= 1_000_000:
        raise InvalidQuantityError(quantity)
    if not client.exists(f"product:{product_id}"):
        raise ProductNotFoundError(product_id)


def add(client, product_id, quantity, **options):
    pipe = client.pipeline(transaction=True)
    pipe.zincrby(CART, quantity, product_id)
    pipe.expire(CART, 600, **options)
    return int(pipe.execute()[0])


def tell(client, product_id, quantity, **more):
    event = {"change": "add", "product_id": product_id, "quantity": quantity, **more}
    client.publish(EVENTS, json.dumps(event))


@wrong(capstone.q2, "1,000,000 is allowed")
def stops_one_too_early(client, product_id, quantity):
    if quantity == 1_000_000:
        raise InvalidQuantityError(quantity)
    return put_in_cart(client, product_id, quantity)


@wrong(capstone.q2, "None is no quantity")
def takes_none_for_one(client, product_id, quantity):
    return put_in_cart(client, product_id, 1 if quantity is None else quantity)


@wrong(capstone.q2, "a time-out that is there is renewed")
def keeps_an_old_timeout(client, product_id, quantity):
    look(client, product_id, quantity)
    now = add(client, product_id, quantity, nx=True)
    tell(client, product_id, quantity)
    return now


@wrong(capstone.q2, "a shorter time-out is renewed, too")
def shortens_only(client, product_id, quantity):
    look(client, product_id, quantity)
    now = add(client, product_id, quantity, lt=True)
    tell(client, product_id, quantity)
    return now


@wrong(capstone.q2, "wrote, and took it back")
def adds_and_takes_back(client, product_id, quantity):
    look(client, "mug", quantity)
    now = add(client, product_id, quantity)
    if not client.exists(f"product:{product_id}"):
        client.zincrby(CART, -quantity, product_id)
        raise ProductNotFoundError(product_id)
    tell(client, product_id, quantity)
    return now


@wrong(capstone.q2, "the set does not decide")
def wants_it_in_the_set_too(client, product_id, quantity):
    look(client, product_id, quantity)
    if not client.sismember("products", product_id):
        raise ProductNotFoundError(product_id)
    now = add(client, product_id, quantity)
    tell(client, product_id, quantity)
    return now


@wrong(capstone.q2, "an error of PUBLISH goes out")
def swallows_an_error_of_publish(client, product_id, quantity):
    look(client, product_id, quantity)
    now = add(client, product_id, quantity)
    with contextlib.suppress(RedisError):
        tell(client, product_id, quantity)
    return now


@wrong(capstone.q2, "nobody knows whether it was added before the connection broke")
def tries_again(client, product_id, quantity):
    look(client, product_id, quantity)
    try:
        now = add(client, product_id, quantity)
    except RedisError:
        now = add(client, product_id, quantity)
    tell(client, product_id, quantity)
    return now


@wrong(capstone.q2, "an event has three fields")
def tells_more(client, product_id, quantity):
    look(client, product_id, quantity)
    now = add(client, product_id, quantity)
    tell(client, product_id, quantity, now=now)
    return now


@wrong(capstone.q2, "ids have capitals")
def lowers_the_id(client, product_id, quantity):
    look(client, product_id, quantity)
    now = add(client, product_id.lower(), quantity)
    tell(client, product_id, quantity)
    return now


@right(capstone.q2, "ZADD INCR and PEXPIREAT")
def adds_with_a_point_in_time(client, product_id, quantity):
    look(client, product_id, quantity)
    pipe = client.pipeline()
    pipe.zadd(CART, {product_id: quantity}, incr=True)
    pipe.pexpireat(CART, int((time.time() + 600) * 1000))
    now = pipe.execute()[0]
    tell(client, product_id, quantity)
    return round(now)


@right(capstone.q2, "asks for the score in the MULTI")
def asks_in_the_multi(client, product_id, quantity):
    look(client, product_id, quantity)
    with client.pipeline(transaction=True) as pipe:
        pipe.zincrby(CART, quantity, product_id)
        pipe.expire(CART, 600)
        pipe.zscore(CART, product_id)
        *_, now = pipe.execute()
    tell(client, product_id, quantity)
    return int(now)


@right(capstone.q2, "client.transaction, and other spaces in the JSON")
def adds_in_a_transaction(client, product_id, quantity):
    look(client, product_id, quantity)
    now, _ = client.transaction(
        lambda pipe: (pipe.zincrby(CART, quantity, product_id), pipe.expire(CART, 600))
    )
    event = {"quantity": quantity, "product_id": product_id, "change": "add"}
    client.publish(EVENTS, json.dumps(event, indent=1, ensure_ascii=False))
    return int(now)


@right(capstone.q2, "asks for the length of the hash")
def asks_for_the_length(client, product_id, quantity):
    if isinstance(quantity, bool) or not isinstance(quantity, int):
        raise InvalidQuantityError(quantity)
    if quantity not in range(1, 1_000_001):
        raise InvalidQuantityError(quantity)
    if not client.hlen(f"product:{product_id}"):
        raise ProductNotFoundError(product_id)
    now = add(client, product_id, quantity)
    tell(client, product_id, quantity)
    return now


def total_of(client, lines):
    prices = (Decimal(client.hget(f"product:{item}", "price")) * int(n) for item, n in lines)
    return sum(prices, Decimal(0))


def check(pipe, lines):
    if not lines:
        raise EmptyCartError("guest")
    for item, wanted in lines:
        left = int(pipe.hget(STOCK, item) or 0)
        if left < wanted:
            raise OutOfStockError(item, int(wanted), left)


def take(pipe, lines):
    for item, wanted in lines:
        pipe.hincrby(STOCK, item, -int(wanted))
    pipe.delete(CART)


def buy(client, *, checks=check, total=total_of, takes=take, reads="zrange"):
    def work(pipe):
        lines = getattr(pipe, reads)(CART, 0, -1, withscores=True)
        checks(pipe, lines)
        price = total(client, lines)
        pipe.multi()
        takes(pipe, lines)
        return price

    return client.transaction(work, CART, STOCK, value_from_callable=True)


def buy_once(client):
    with client.pipeline() as pipe:
        pipe.watch(CART, STOCK)
        lines = pipe.zrange(CART, 0, -1, withscores=True)
        check(pipe, lines)
        total = total_of(client, lines)
        pipe.multi()
        take(pipe, lines)
        pipe.execute()
        return total


@wrong(capstone.q3, "the first short line is the first of ZRANGE")
def begins_with_the_greatest(client):
    return buy(client, reads="zrevrange")


@wrong(capstone.q3, "the last piece can be bought")
def leaves_one_piece(client):
    def checks(pipe, lines):
        check(pipe, [(item, wanted + 1) for item, wanted in lines])

    return buy(client, checks=checks)


@wrong(capstone.q3, "19.00 has two digits")
def drops_zeros(client):
    return buy(client, total=lambda client, lines: total_of(client, lines).normalize())


@wrong(capstone.q3, "a cart can have more than 100 lines")
def sells_a_hundred_lines(client):
    return buy(client, total=lambda client, lines: total_of(client, lines[:100]))


@wrong(capstone.q3, "takes one of each")
def takes_one_of_each(client):
    return buy(client, takes=lambda pipe, lines: take(pipe, [(item, 1) for item, _ in lines]))


@wrong(capstone.q3, "the session is no business of it")
def ends_the_session(client):
    def takes(pipe, lines):
        take(pipe, lines)
        pipe.delete(f"{CART}:session")

    return buy(client, takes=takes)


@wrong(capstone.q3, "begins anew, but not often enough")
def gives_up(client):
    for _ in range(3):
        try:
            return buy_once(client)
        except WatchError:
            continue
    raise CartError("busy")


@wrong(capstone.q3, "sells what it read before somebody came")
def goes_on_blindly(client):
    lines = client.zrange(CART, 0, -1, withscores=True)
    try:
        return buy_once(client)
    except WatchError:
        pipe = client.pipeline()
        take(pipe, lines)
        pipe.execute()
        return total_of(client, lines)


@wrong(capstone.q3, "reads the stock before it watches")
def reads_the_stock_too_early(client):
    stock = client.hgetall(STOCK)

    def checks(pipe, lines):
        check(Stock(stock), lines)

    return buy(client, checks=checks)


class Stock:
    """Answers as Redis would, from a dict."""

    def __init__(self, numbers):
        self._numbers = numbers

    def hget(self, key, item):
        return self._numbers.get(item)


@wrong(capstone.q3, "an error of the server goes out")
def swallows_errors(client):
    try:
        return buy(client)
    except RedisError:
        return Decimal(0)


@right(capstone.q3, "a loop of one's own")
def loops(client):
    while True:
        try:
            return buy_once(client)
        except WatchError:
            continue


@right(capstone.q3, "writes numbers, under WATCH")
def writes_numbers(client):
    def work(pipe):
        stock = {item: int(left) for item, left in pipe.hgetall(STOCK).items()}
        lines = [(item, int(score)) for item, score in pipe.zrange(CART, 0, -1, withscores=True)]
        check(Stock(stock), lines)
        total = total_of(client, lines)
        pipe.multi()
        pipe.hset(STOCK, mapping={item: stock[item] - wanted for item, wanted in lines})
        pipe.unlink(CART)
        return total

    return client.transaction(work, STOCK, CART, value_from_callable=True)


@right(capstone.q3, "a cheap look first, and a proper one under WATCH")
def looks_twice(client):
    if not client.exists(CART):
        raise EmptyCartError("guest")
    return buy(client)


@right(capstone.q3, "the prices in a pipeline, and an event at the end")
def reads_prices_at_once(client):
    def total(client, lines):
        pipe = client.pipeline(transaction=False)
        for item, _ in lines:
            pipe.hget(f"product:{item}", "price")
        prices = map(Decimal, pipe.execute())
        return sum((p * int(n) for p, (_, n) in zip(prices, lines, strict=True)), Decimal(0))

    price = buy(client, total=total)
    client.publish(EVENTS, json.dumps({"change": "checkout"}))
    return price


def fulfil(client, wishes, which=0):
    """Put what is wished for into the cart, and return the texts that are refused."""
    refused = []
    for text, quantity in wishes:
        try:
            put_in_cart(client, search_products(client, text)[which], quantity)
        except (CartError, IndexError):
            refused.append(text)
    return refused


def end(client, refused):
    try:
        return pay(client), refused
    except CartError:
        return None, refused


@wrong(capstone.q4, "an empty text is a text")
def skips_empty_texts(client, wishes):
    return end(client, fulfil(client, [wish for wish in wishes if wish[0]]))


@wrong(capstone.q4, "a text can come twice")
def takes_each_text_once(client, wishes):
    return end(client, fulfil(client, dict(wishes).items()))


@wrong(capstone.q4, "there can be more wishes")
def hears_three_wishes(client, wishes):
    return end(client, fulfil(client, wishes[:3]))


@wrong(capstone.q4, "the text is no id")
def never_searches(client, wishes):
    refused = []
    for text, quantity in wishes:
        try:
            put_in_cart(client, text.lower(), quantity)
        except CartError:
            refused.append(text)
    return end(client, refused)


@wrong(capstone.q4, "the cart stays when it can't be paid")
def empties_an_unpaid_cart(client, wishes):
    total, refused = end(client, fulfil(client, wishes))
    if total is None:
        client.delete(CART)
    return total, refused


@wrong(capstone.q4, "the cart can have lines already")
def does_nothing_without_wishes(client, wishes):
    return end(client, fulfil(client, wishes)) if wishes else (None, [])


@wrong(capstone.q4, "a bad quantity is refused, not mended")
def mends_quantities(client, wishes):
    better = [(text, n if type(n) is not int else max(1, n)) for text, n in wishes]
    return end(client, fulfil(client, better))


@wrong(capstone.q4, "the stock can be too small, too")
def catches_one_error_of_pay(client, wishes):
    refused = fulfil(client, wishes)
    try:
        return pay(client), refused
    except EmptyCartError:
        return None, refused


@wrong(capstone.q4, "the total is a Decimal")
def gives_a_float(client, wishes):
    total, refused = end(client, fulfil(client, wishes))
    return total and float(total), refused


@wrong(capstone.q4, "an error of the server goes out")
def refuses_when_the_server_fails(client, wishes):
    refused = []
    for text, quantity in wishes:
        try:
            put_in_cart(client, search_products(client, text)[0], quantity)
        except Exception:
            refused.append(text)
    return end(client, refused)


@right(capstone.q4, "catches IndexError, too")
def catches_both(client, wishes):
    return end(client, fulfil(client, wishes))


@right(capstone.q4, "names all errors")
def names_all_errors(client, wishes):
    refused = []
    for text, quantity in wishes:
        item = next(iter(search_products(client, text)), None)
        if item is None:
            refused.append(text)
            continue
        try:
            put_in_cart(client, item, quantity)
        except (InvalidQuantityError, ProductNotFoundError):
            refused.append(text)
    try:
        return pay(client), refused
    except (EmptyCartError, OutOfStockError):
        return None, refused


@right(capstone.q4, "searches for all before it adds")
def searches_first(client, wishes):
    found = [(text, n, search_products(client, text)[:1]) for text, n in wishes]
    refused = []
    for text, quantity, ids in found:
        try:
            put_in_cart(client, *ids, quantity)
        except (CartError, TypeError):
            refused.append(text)
    return end(client, refused)


@right(capstone.q4, "a function for each wish")
def asks_a_function(client, wishes):
    def is_refused(text, quantity):
        return bool(fulfil(client, [(text, quantity)]))

    return end(client, [text for text, quantity in wishes if is_refused(text, quantity)])


@right(capstone.q1, "what can't be read as a hash is no such hash")
def leaves_out_what_cannot_be_read(client, text):
    ids = list(client.smembers("products"))
    pipe = client.pipeline(transaction=False)
    for item in ids:
        pipe.hget(f"product:{item}", "name")
    names = zip(pipe.execute(raise_on_error=False), ids, strict=True)
    found = sorted(pair for pair in names if isinstance(pair[0], str))
    return [item for name, item in found if text.lower() in name.lower()]


@wrong(capstone.q3, "the prices are read by the connection that watches")
def reads_prices_while_it_watches(client):
    def work(pipe):
        lines = pipe.zrange(CART, 0, -1, withscores=True)
        stock = pipe.hgetall(STOCK)
        if not lines:
            raise EmptyCartError("guest")
        total = Decimal(0)
        for item, score in lines:
            if int(score) > int(stock.get(item, 0)):
                raise OutOfStockError(item, int(score), int(stock.get(item, 0)))
            total += Decimal(pipe.hget(f"product:{item}", "price")) * int(score)
        pipe.multi()
        for item, score in lines:
            pipe.hincrby(STOCK, item, -int(score))
        pipe.delete(CART)
        return total

    return client.transaction(work, CART, STOCK, value_from_callable=True)


@wrong(capstone.q4, "a product that is gone between the search and the add ends it all")
def refuses_a_bad_quantity_only(client, wishes):
    refused = []
    for text, quantity in wishes:
        found = search_products(client, text)
        try:
            if found:
                put_in_cart(client, found[0], quantity)
            else:
                refused.append(text)
        except InvalidQuantityError:
            refused.append(text)
    with contextlib.suppress(CartError):
        return pay(client), refused
    return None, refused
