"""Answers to the exercises of lesson 02: wrong ones, with the reason, and right ones."""

from answers import right, wrong
from redis.exceptions import RedisError

from cartlib.course import carts
from cartlib.errors import CartError, ItemNotInCartError

CART = "cart:{guest}"
ADD = "return tonumber(redis.call('ZINCRBY', KEYS[1], ARGV[1], ARGV[2]))"


@right(carts.q1, "ZADD with INCR")
def adds_by_zadd(client, product_id, quantity):
    return int(client.zadd(CART, {product_id: quantity}, incr=True))


@right(carts.q1, "a script that adds")
def adds_by_script(client, product_id, quantity):
    return client.register_script(ADD)(keys=[CART], args=[quantity, product_id])


@right(carts.q1, "looks at the cart afterwards, to print it")
def adds_and_prints(client, product_id, quantity):
    new = client.zincrby(CART, quantity, product_id)
    print(client.zrange(CART, 0, -1))
    return round(new)


@wrong(carts.q1, "the id in small letters")
def adds_in_small_letters(client, product_id, quantity):
    return int(client.zincrby(CART, quantity, product_id.lower()))


@wrong(carts.q1, "looks by the rank, and then adds or writes")
def adds_by_rank(client, product_id, quantity):
    if client.zrank(CART, product_id) is None:
        client.zadd(CART, {product_id: quantity})
        return quantity
    return int(client.zincrby(CART, quantity, product_id))


@wrong(carts.q1, "no more than 100 of a product")
def adds_up_to_a_hundred(client, product_id, quantity):
    return int(client.zincrby(CART, min(quantity, 100), product_id))


@wrong(carts.q1, "tries once more when the connection breaks")
def adds_again(client, product_id, quantity):
    try:
        return int(client.zincrby(CART, quantity, product_id))
    except OSError:
        raise
    except Exception:
        return int(client.zincrby(CART, quantity, product_id))


@wrong(carts.q1, "lets the cart end after a day")
def adds_and_lets_it_end(client, product_id, quantity):
    new = client.zincrby(CART, quantity, product_id)
    client.expire(CART, 86400)
    return int(new)


@wrong(carts.q1, "adds to the set of products, too")
def adds_to_the_products(client, product_id, quantity):
    client.sadd("products", product_id)
    return int(client.zincrby(CART, quantity, product_id))


@right(carts.q2, "one MULTI with ZSCORE and ZREM")
def removes_in_one_trip(client, product_id):
    score, _ = client.pipeline().zscore(CART, product_id).zrem(CART, product_id).execute()
    if score is None:
        raise ItemNotInCartError(product_id, "guest")
    return int(score)


@right(carts.q2, "looks by ZMSCORE")
def removes_after_zmscore(client, product_id):
    [score] = client.zmscore(CART, [product_id])
    if score is not None:
        client.zrem(CART, product_id)
        return int(score)
    raise ItemNotInCartError(product_id, cart="guest")


@wrong(carts.q2, "takes out all lines with this quantity")
def removes_by_score(client, product_id):
    score = client.zscore(CART, product_id)
    if score is None:
        raise ItemNotInCartError(product_id, "guest")
    client.zremrangebyscore(CART, score, score)
    return int(score)


@wrong(carts.q2, "takes the first line for a missing one")
def removes_by_rank(client, product_id):
    rank, score = client.zrank(CART, product_id), client.zscore(CART, product_id)
    if not rank and not score:
        raise ItemNotInCartError(product_id, "guest")
    client.zremrangebyrank(CART, rank, rank)
    return int(score)


@wrong(carts.q2, "forgets the line's deadline as well")
def removes_the_deadline(client, product_id):
    score = removes_after_zmscore(client, product_id)
    client.zrem(f"{CART}:deadlines", product_id)
    return score


@wrong(carts.q2, "names another product in the error")
def names_another_product(client, product_id):
    try:
        return removes_after_zmscore(client, product_id)
    except ItemNotInCartError:
        raise ItemNotInCartError("unicorn", "guest") from None


@wrong(carts.q2, "makes the line, to take it out")
def makes_the_line_first(client, product_id):
    client.zadd(CART, {product_id: 0}, nx=True)
    return removes_after_zmscore(client, product_id)


@right(carts.q3, "ZRANGE with REV")
def top_by_zrange(client, count):
    found = client.zrange(CART, 0, count - 1, desc=True, withscores=True)
    return [(item, int(score)) for item, score in found]


@right(carts.q3, "the last ranks, turned round")
def top_by_last_ranks(client, count):
    found = client.zrange(CART, -count, -1, withscores=True)
    return [(item, int(score)) for item, score in reversed(found)]


@right(carts.q3, "by score, from the greatest on")
def top_by_score(client, count):
    found = client.zrevrangebyscore(CART, "+inf", "-inf", start=0, num=count, withscores=True)
    return [(item, int(score)) for item, score in found]


@wrong(carts.q3, "reads the whole cart by ZSCAN")
def top_by_zscan(client, count):
    lines = sorted(client.zscan_iter(CART), key=lambda line: -line[1])
    return [(item, int(score)) for item, score in lines[:count]]


@wrong(carts.q3, "reads ten lines at least")
def top_of_ten(client, count):
    found = client.zrevrange(CART, 0, max(count, 10) - 1, withscores=True)
    return [(item, int(score)) for item, score in found][:count]


@wrong(carts.q3, "leaves lines of 0 out")
def top_without_zero(client, count):
    return [line for line in top_by_zrange(client, count) if line[1]]


@wrong(carts.q3, "ten lines at most")
def top_ten_at_most(client, count):
    return top_by_zrange(client, min(count, 10))


@wrong(carts.q3, "writes the result into a key")
def top_into_a_key(client, count):
    client.zrangestore(f"{CART}:top", CART, 0, count - 1, desc=True)
    found = client.zrange(f"{CART}:top", 0, -1, desc=True, withscores=True)
    client.delete(f"{CART}:top")
    return [(item, int(score)) for item, score in found]


@wrong(carts.q1, "an error of Redis is told as one of the cart")
def tells_another_error(client, product_id, quantity):
    try:
        return int(client.zincrby(CART, quantity, product_id))
    except RedisError as error:
        raise CartError(f"cannot add {product_id}") from error


@wrong(carts.q2, "-1 is a score, and not a sign that nothing is there")
def takes_minus_1_for_nothing(client, product_id):
    score = client.eval(
        "local score = redis.call('ZSCORE', KEYS[1], ARGV[1]) or '-1' "
        "redis.call('ZREM', KEYS[1], ARGV[1]) return score",
        1,
        CART,
        product_id,
    )
    if score == "-1":
        raise ItemNotInCartError(product_id, "guest")
    return int(float(score))
