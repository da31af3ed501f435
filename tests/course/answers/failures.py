"""Answers to the exercises of lesson 03: wrong ones and right ones, each with the reason."""

import redis
from answers import right, wrong

from cartlib import cart
from cartlib.course import failures
from cartlib.errors import (
    CartConnectionError,
    CartDataError,
    CartError,
    InvalidProductIdError,
    InvalidQuantityError,
    ProductNotFoundError,
)

CART = "cart:{guest}"


def refuse_bad(quantity):
    if type(quantity) is not int or not 1 <= quantity <= 1_000_000:
        raise InvalidQuantityError(quantity)


def refuse_unsold(client, product_id):
    if not client.exists(f"product:{product_id}"):
        raise ProductNotFoundError(product_id)


@wrong(failures.q1, "takes a Decimal, which is no int")
def takes_a_decimal(client, product_id, quantity):
    if isinstance(quantity, str | bool | float | bytes) or not hasattr(quantity, "__int__"):
        raise InvalidQuantityError(quantity)
    refuse_bad(int(quantity))
    refuse_unsold(client, product_id)
    return int(client.zincrby(CART, int(quantity), product_id))


@wrong(failures.q1, "compares None with a number")
def compares_none(client, product_id, quantity):
    if isinstance(quantity, str | bool | float) or not 1 <= quantity <= 1_000_000:
        raise InvalidQuantityError(quantity)
    refuse_unsold(client, product_id)
    return int(client.zincrby(CART, quantity, product_id))


@wrong(failures.q1, "lets a negative number through that is not one of the usual ones")
def refuses_small_negatives_only(client, product_id, quantity):
    if type(quantity) is not int or -100 < quantity < 1 or quantity > 1_000_000:
        raise InvalidQuantityError(quantity)
    refuse_unsold(client, product_id)
    return int(client.zincrby(CART, quantity, product_id))


@wrong(failures.q1, "asks the set of products, and not for the key")
def asks_the_set(client, product_id, quantity):
    refuse_bad(quantity)
    if not client.sismember("products", product_id):
        raise ProductNotFoundError(product_id)
    return int(client.zincrby(CART, quantity, product_id))


@wrong(failures.q1, "takes a cart that is there for a product that is there")
def asks_for_either_key(client, product_id, quantity):
    refuse_bad(quantity)
    if not client.exists(f"product:{product_id}", CART):
        raise ProductNotFoundError(product_id)
    return int(client.zincrby(CART, quantity, product_id))


@wrong(failures.q1, "adds in two halves: not one command")
def adds_in_halves(client, product_id, quantity):
    refuse_bad(quantity)
    refuse_unsold(client, product_id)
    if quantity > 1:
        client.zincrby(CART, quantity // 2, product_id)
    return int(client.zincrby(CART, quantity - quantity // 2, product_id))


@wrong(failures.q1, "returns a sum that is old where somebody else adds meanwhile")
def returns_an_old_sum(client, product_id, quantity):
    refuse_bad(quantity)
    refuse_unsold(client, product_id)
    before = int(client.zscore(CART, product_id) or 0)
    client.zincrby(CART, quantity, product_id)
    return before + quantity


@wrong(failures.q1, "renews the cart's time-out, which nobody asked for")
def renews_the_cart(client, product_id, quantity):
    refuse_bad(quantity)
    refuse_unsold(client, product_id)
    now = int(client.zincrby(CART, quantity, product_id))
    if client.ttl(CART) > 0:
        client.expire(CART, 1800)
    return now


@wrong(failures.q1, "goes on and adds where EXISTS failed")
def adds_without_an_answer(client, product_id, quantity):
    refuse_bad(quantity)
    try:
        known = client.exists(f"product:{product_id}")
    except redis.RedisError:
        known = True
    if not known:
        raise ProductNotFoundError(product_id)
    return int(client.zincrby(CART, quantity, product_id))


@wrong(failures.q1, "a new line is written by ZADD: somebody else's is lost")
def writes_new_lines(client, product_id, quantity):
    refuse_bad(quantity)
    refuse_unsold(client, product_id)
    if client.zscore(CART, product_id) is None:
        client.zadd(CART, {product_id: quantity})
        return quantity
    return int(client.zincrby(CART, quantity, product_id))


@right(failures.q1, "asks by TYPE, and adds by ZADD INCR")
def asks_the_type(client, product_id, quantity):
    refuse_bad(quantity)
    if client.type(f"product:{product_id}") == "none":
        raise ProductNotFoundError(product_id)
    return int(client.zadd(CART, {product_id: quantity}, incr=True))


@right(failures.q1, "looks and adds in one script")
def adds_in_a_script(client, product_id, quantity):
    refuse_bad(quantity)
    script = (
        "if redis.call('EXISTS', KEYS[2]) == 0 then return false end "
        "return redis.call('ZINCRBY', KEYS[1], ARGV[1], ARGV[2])"
    )
    now = client.eval(script, 2, CART, f"product:{product_id}", quantity, product_id)
    if now is None:
        raise ProductNotFoundError(product_id)
    return int(now)


@right(failures.q1, "watches the product")
def watches_the_product(client, product_id, quantity):
    refuse_bad(quantity)
    with client.pipeline() as pipe:
        pipe.watch(f"product:{product_id}")
        refuse_unsold(pipe, product_id)
        pipe.multi()
        pipe.zincrby(CART, quantity, product_id)
        return int(pipe.execute()[0])


@right(failures.q1, "finds the error first, and raises it at the end")
def raises_at_the_end(client, product_id, quantity):
    error = None
    if type(quantity) is not int or quantity not in range(1, 1_000_001):
        error = InvalidQuantityError(quantity)
    elif not client.hlen(f"product:{product_id}"):
        error = ProductNotFoundError(product_id)
    if error:
        raise error
    return round(client.zincrby(CART, quantity, product_id))


@wrong(failures.q2, "catches LookupError, too")
def catches_look_up_errors(client, product_id, quantity):
    try:
        return f"{product_id}: {cart.add_to_cart(client, product_id, quantity)}"
    except (CartError, LookupError) as error:
        return str(error)


@wrong(failures.q2, "catches OSError, too")
def catches_errors_of_the_system(client, product_id, quantity):
    try:
        return f"{product_id}: {cart.add_to_cart(client, product_id, quantity)}"
    except (CartError, OSError) as error:
        return str(error)


@wrong(failures.q2, "catches redis-py's TimeoutError, too")
def catches_time_outs(client, product_id, quantity):
    try:
        return f"{product_id}: {cart.add_to_cart(client, product_id, quantity)}"
    except (CartError, redis.TimeoutError) as error:
        return str(error)


@wrong(failures.q2, "makes a CartError of any other error")
def renames_slips(client, product_id, quantity):
    try:
        return f"{product_id}: {cart.add_to_cart(client, product_id, quantity)}"
    except CartError as error:
        return str(error)
    except Exception as error:
        raise CartError(str(error)) from error


@wrong(failures.q2, "a key of the wrong type ends it")
def forgets_the_wrong_type(client, product_id, quantity):
    try:
        return f"{product_id}: {cart.add_to_cart(client, product_id, quantity)}"
    except (
        ProductNotFoundError,
        InvalidProductIdError,
        InvalidQuantityError,
        CartConnectionError,
    ) as error:
        return str(error)


@wrong(failures.q2, "adds again after a lost connection, in a loop")
def adds_up_to_three_times(client, product_id, quantity):
    for _ in range(3):
        try:
            return f"{product_id}: {cart.add_to_cart(client, product_id, quantity)}"
        except CartConnectionError as error:
            text = str(error)
        except CartError as error:
            return str(error)
    return text


@wrong(failures.q2, "tells of a product in words of its own")
def looks_for_the_product_itself(client, product_id, quantity):
    if not client.exists(f"product:{product_id}"):
        return f"There is no product {product_id}."
    try:
        return f"{product_id}: {cart.add_to_cart(client, product_id, quantity)}"
    except CartError as error:
        return str(error)


@wrong(failures.q2, "writes the id in small letters")
def writes_small_letters(client, product_id, quantity):
    try:
        return f"{product_id.lower()}: {cart.add_to_cart(client, product_id, quantity)}"
    except CartError as error:
        return str(error)


@wrong(failures.q2, "writes a comma into great numbers")
def writes_a_comma(client, product_id, quantity):
    try:
        return f"{product_id}: {cart.add_to_cart(client, product_id, quantity):,}"
    except CartError as error:
        return str(error)


@wrong(failures.q2, "returns the first sentence of the error only")
def returns_one_sentence(client, product_id, quantity):
    try:
        return f"{product_id}: {cart.add_to_cart(client, product_id, quantity)}"
    except CartError as error:
        return str(error).split(". ")[0] + "."


@right(failures.q2, "catches the five errors of add_to_cart by their names")
def catches_all_five(client, product_id, quantity):
    try:
        return f"{product_id}: {cart.add_to_cart(client, product_id, quantity)}"
    except (
        ProductNotFoundError,
        InvalidProductIdError,
        InvalidQuantityError,
        CartDataError,
        CartConnectionError,
    ) as error:
        return str(error)


@right(failures.q2, "catches everything, and raises again what is not the kit's")
def raises_again(client, product_id, quantity):
    try:
        now = cart.add_to_cart(client, product_id, quantity)
    except Exception as error:
        if not isinstance(error, CartError):
            raise
        return error.args[0]
    return f"{product_id}: {now}"


@right(failures.q2, "with else, and by keywords")
def adds_by_keywords(client, product_id, quantity):
    try:
        now = cart.add_to_cart(client, product_id=product_id, quantity=quantity, cart="guest")
    except CartError as error:
        text = format(error)
    else:
        text = ": ".join([product_id, str(now)])
    return text


@right(failures.q2, "prints as well")
def prints_as_well(client, product_id, quantity):
    try:
        text = f"{product_id}: {cart.add_to_cart(client, product_id, quantity)}"
    except CartError as error:
        text = str(error)
    print(text)
    return text


@wrong(failures.q3, "looks at the first ten lines only")
def looks_at_ten_lines(client, product_id, quantity, before):
    now = int(dict(client.zrange(CART, 0, 9, withscores=True)).get(product_id, 0))
    return int(client.zincrby(CART, quantity, product_id)) if now == before else now


@wrong(failures.q3, "looks at the first hundred lines only")
def looks_at_a_hundred_lines(client, product_id, quantity, before):
    now = int(dict(client.zrange(CART, 0, 99, withscores=True)).get(product_id, 0))
    return int(client.zincrby(CART, quantity, product_id)) if now == before else now


@wrong(failures.q3, "adds, and takes it back")
def adds_and_takes_back(client, product_id, quantity, before):
    now = int(client.zincrby(CART, quantity, product_id))
    if now - quantity != before:
        now = int(client.zincrby(CART, -quantity, product_id))
        if now == 0:
            client.zrem(CART, product_id)
    return now


@wrong(failures.q3, "takes a line of 0 for one that is not as before")
def forgets_a_line_of_zero(client, product_id, quantity, before):
    now = client.zscore(CART, product_id)
    if (now is None and before == 0) or (now and now == before):
        return int(client.zincrby(CART, quantity, product_id))
    return int(now or 0)


@wrong(failures.q3, "adds to any line of 0")
def adds_to_a_line_of_zero(client, product_id, quantity, before):
    now = client.zscore(CART, product_id)
    if now == 0 or (now or 0) == before:
        return int(client.zincrby(CART, quantity, product_id))
    return int(now or 0)


@wrong(failures.q3, "fills a smaller line up to what it was before")
def fills_up(client, product_id, quantity, before):
    now = int(client.zscore(CART, product_id) or 0)
    if now <= before:
        return int(client.zincrby(CART, quantity if now == before else before - now, product_id))
    return now


@wrong(failures.q3, "compares the first digits only")
def compares_the_first_digits(client, product_id, quantity, before):
    now = int(client.zscore(CART, product_id) or 0)
    if str(now)[:2] == str(before)[:2]:
        now = int(client.zincrby(CART, quantity, product_id))
    return now


@wrong(failures.q3, "takes the line out, and writes it anew: others do not see it meanwhile")
def writes_the_line_anew(client, product_id, quantity, before):
    now = int(client.zscore(CART, product_id) or 0)
    if now == before:
        client.zrem(CART, product_id)
        now = int(client.zincrby(CART, before + quantity, product_id))
    return now


@wrong(failures.q3, "adds again after an error")
def adds_again(client, product_id, quantity, before):
    now = int(client.zscore(CART, product_id) or 0)
    if now == before:
        try:
            now = int(client.zincrby(CART, quantity, product_id))
        except redis.ConnectionError:
            now = int(client.zincrby(CART, quantity, product_id))
    return now


@wrong(failures.q3, "takes the cart's time-out away")
def keeps_the_cart(client, product_id, quantity, before):
    now = int(client.zscore(CART, product_id) or 0)
    if now == before:
        now = int(client.zincrby(CART, quantity, product_id))
        client.persist(CART)
    return now


@right(failures.q3, "looks and adds in one script")
def looks_in_a_script(client, product_id, quantity, before):
    script = (
        "local now = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0) "
        "if now ~= tonumber(ARGV[2]) then return now end "
        "return tonumber(redis.call('ZINCRBY', KEYS[1], ARGV[3], ARGV[1]))"
    )
    return client.eval(script, 1, CART, product_id, before, quantity)


@right(failures.q3, "watches the cart")
def watches_the_cart(client, product_id, quantity, before):
    with client.pipeline() as pipe:
        while True:
            pipe.watch(CART)
            now = int(pipe.zscore(CART, product_id) or 0)
            if now != before:
                return now
            pipe.multi()
            pipe.zincrby(CART, quantity, product_id)
            try:
                return int(pipe.execute()[0])
            except redis.WatchError:
                continue


@right(failures.q3, "asks for the lines with this quantity")
def asks_by_score(client, product_id, quantity, before):
    found = product_id in client.zrange(CART, before, before, byscore=True)
    now = client.zscore(CART, product_id)
    if found or (before == 0 and now is None):
        now = client.zincrby(CART, quantity, product_id)
    return int(now or 0)


@right(failures.q3, "walks through the whole cart")
def walks_through_the_cart(client, product_id, quantity, before):
    now = {item: int(score) for item, score in client.zscan_iter(CART)}.get(product_id, 0)
    return int(client.zincrby(CART, quantity, product_id)) if now == before else now


known = set()


@wrong(failures.q1, "a product that was there once is not asked for again")
def remembers_products(client, product_id, quantity):
    refuse_bad(quantity)
    if product_id not in known and not client.exists(f"product:{product_id}"):
        raise ProductNotFoundError(product_id)
    known.add(product_id)
    return int(client.zincrby(CART, quantity, product_id))


@wrong(failures.q2, "another error is not the same one any more")
def copies_the_error(client, product_id, quantity):
    try:
        return f"{product_id}: {cart.add_to_cart(client, product_id, quantity)}"
    except CartError as error:
        return str(error)
    except Exception as error:
        raise type(error)(*error.args) from error


@wrong(failures.q2, "another error says something else now")
def changes_the_error(client, product_id, quantity):
    try:
        return f"{product_id}: {cart.add_to_cart(client, product_id, quantity)}"
    except CartError as error:
        return str(error)
    except Exception as error:
        error.args = (f"{product_id}: {error}",)
        raise
