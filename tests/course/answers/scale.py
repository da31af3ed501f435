"""Answers to the exercises of lesson 08: wrong ones, with the reason, and right ones."""

import re

from answers import right, wrong

from cartlib.course import scale


def tag_or_key(key, is_tag=bool):
    _, brace, rest = key.partition("{")
    tag, end, _ = rest.partition("}")
    return tag if brace and end and is_tag(tag) else key


@wrong(scale.q1, "a blank at an end of the tag is lost")
def strips_the_tag(client, key):
    found = tag_or_key(key)
    return found.strip() if found != key else key


@wrong(scale.q1, "a tag is more than letters")
def takes_letters_only(client, key):
    return tag_or_key(key, str.isalpha)


@wrong(scale.q1, "a tag may have a brace in it")
def refuses_a_brace_in_the_tag(client, key):
    return tag_or_key(key, lambda tag: tag and "{" not in tag)


@wrong(scale.q1, "one letter is a tag, too")
def refuses_one_letter(client, key):
    return tag_or_key(key, lambda tag: len(tag) > 1)


@wrong(scale.q1, "nothing between the braces is no tag")
def takes_nothing_for_a_tag(client, key):
    return tag_or_key(key, lambda tag: True)


@wrong(scale.q1, "the first pair counts")
def takes_the_last_pair(client, key):
    found = re.findall(r"\{([^{}]+)\}", key)
    return found[-1] if found else key


@wrong(scale.q1, "any key can have a tag")
def looks_at_carts_only(client, key):
    found = re.match(r"cart:\{([^}]*)\}", key)
    return found and found[1] or key


@wrong(scale.q1, "capitals are other letters")
def lowers(client, key):
    return tag_or_key(key).lower()


@wrong(scale.q1, "nothing is to be sent")
def says_hello(client, key):
    client.ping()
    return tag_or_key(key)


@wrong(scale.q1, "not even MULTI")
def begins_a_transaction(client, key):
    client.execute_command("MULTI")
    return tag_or_key(key)


@right(scale.q1, "split")
def splits(client, key):
    parts = key.split("{", 1)
    return key if len(parts) < 2 or "}" not in parts[1] else parts[1].split("}")[0] or key


@right(scale.q1, "index and its error")
def tries_index(client, key):
    try:
        start = key.index("{")
        end = key.index("}", start)
    except ValueError:
        return key
    return key[start + 1 : end] if end - start > 1 else key


@right(scale.q1, "a pattern")
def matches(client, key):
    found = re.match(r"[^{]*\{([^}]+)\}", key)
    return found[1] if found else key


@right(scale.q1, "letter by letter")
def walks(client, key):
    tag = None
    for letter in key:
        if tag is None:
            tag = "" if letter == "{" else None
        elif letter == "}":
            return tag or key
        else:
            tag += letter
    return key


def keys_of(name):
    return f"cart:{{{name}}}", f"cart:{{{name}}}:saved"


def save(client, name, *more, **options):
    """Send the union, the DEL, and one more command, in one MULTI; return all replies."""
    cart, saved = keys_of(name)
    pipe = client.pipeline()
    pipe.zunionstore(saved, [saved, cart], **options)
    pipe.delete(cart)
    if more:
        pipe.execute_command(*more)
    return pipe.execute()


@wrong(scale.q2, "quantities are added up")
def takes_the_greater(client, name):
    return save(client, name, aggregate="MAX")[0]


@wrong(scale.q2, "the lines of the saved list are counted")
def counts_the_cart(client, name):
    count = client.zcard(keys_of(name)[0])
    save(client, name)
    return count


@wrong(scale.q2, "reads the lines, by a scan")
def scans(client, name):
    cart, saved = keys_of(name)
    pipe = client.pipeline()
    for product_id, quantity in client.zscan_iter(cart):
        pipe.zincrby(saved, quantity, product_id)
    pipe.delete(cart)
    pipe.execute()
    return client.zcard(saved)


@wrong(scale.q2, "reads both, by ZUNION")
def reads_the_union(client, name):
    cart, saved = keys_of(name)
    lines = client.zunion([saved, cart], withscores=True)
    pipe = client.pipeline()
    if lines:
        pipe.zadd(saved, dict(lines))
    pipe.delete(cart)
    pipe.execute()
    return len(lines)


@wrong(scale.q2, "two transactions")
def deletes_in_a_second_multi(client, name):
    cart, saved = keys_of(name)
    pipe = client.pipeline()
    pipe.zunionstore(saved, [saved, cart])
    count = pipe.execute()[0]
    pipe.delete(cart)
    pipe.execute()
    return count


@wrong(scale.q2, "the session is no business of it")
def deletes_the_session(client, name):
    return save(client, name, "DEL", f"{keys_of(name)[0]}:session")[0]


@wrong(scale.q2, "the saved list gets a time-out")
def lets_the_list_end(client, name):
    return save(client, name, "EXPIRE", keys_of(name)[1], 1800)[0]


@wrong(scale.q2, "a line of 0 is a line")
def drops_lines_of_zero(client, name):
    save(client, name, "ZREMRANGEBYSCORE", keys_of(name)[1], 0, 0)
    return client.zcard(keys_of(name)[1])


@wrong(scale.q2, "a cart can have more than 100 lines")
def empties_a_hundred(client, name):
    cart, saved = keys_of(name)
    pipe = client.pipeline()
    pipe.zunionstore(saved, [saved, cart])
    pipe.zremrangebyrank(cart, 0, 99)
    return pipe.execute()[0]


@wrong(scale.q2, "errors of the server are not for it to swallow")
def swallows_errors(client, name):
    try:
        return save(client, name)[0]
    except Exception:
        return 0


@right(scale.q2, "client.transaction")
def saves_in_a_transaction(client, name):
    cart, saved = keys_of(name)

    def work(pipe):
        pipe.multi()
        pipe.zunionstore(saved, [cart, saved])
        pipe.delete(cart)

    return client.transaction(work, cart, saved)[0]


@right(scale.q2, "counts in the same MULTI")
def counts_in_the_multi(client, name):
    return save(client, name, "ZCARD", keys_of(name)[1])[-1]


@right(scale.q2, "looks whether there is a cart")
def looks_first(client, name):
    cart, saved = keys_of(name)
    return save(client, name)[0] if client.exists(cart) else client.zcard(saved)


@right(scale.q2, "weights, and UNLINK")
def weighs(client, name):
    cart, saved = keys_of(name)
    with client.pipeline(transaction=True) as pipe:
        pipe.zunionstore(saved, {saved: 1, cart: 1})
        pipe.unlink(cart)
        return int(pipe.execute()[0])


def read(client, name, stop=-1):
    return client.zrange(f"cart:{{{name}}}", 0, stop, withscores=True)


def merge(client, lines, old, new, *more):
    """Add the lines in one MULTI with one more command, and delete the old cart."""
    pipe = client.pipeline()
    for product_id, quantity in lines:
        pipe.zincrby(f"cart:{{{new}}}", quantity, product_id)
    if more:
        pipe.execute_command(*more)
    pipe.execute()
    client.delete(f"cart:{{{old}}}")
    return len(lines)


@wrong(scale.q3, "a cart can have more than 100 lines")
def moves_a_hundred(client, old, new):
    return merge(client, read(client, old, 99), old, new)


@wrong(scale.q3, "two lines can have the same quantity")
def loses_equal_quantities(client, old, new):
    lines = {quantity: item for item, quantity in read(client, old)}
    return merge(client, [(item, quantity) for quantity, item in lines.items()], old, new)


@wrong(scale.q3, "a line of 0 is a line")
def skips_lines_of_zero(client, old, new):
    lines = read(client, old)
    merge(client, [line for line in lines if line[1]], old, new)
    return len(lines)


@wrong(scale.q3, "the time-out of the new cart stays")
def persists(client, old, new):
    return merge(client, read(client, old), old, new, "PERSIST", f"cart:{{{new}}}")


@wrong(scale.q3, "the session is no business of it")
def deletes_the_old_session(client, old, new):
    count = merge(client, read(client, old), old, new)
    client.delete(f"cart:{{{old}}}:session")
    return count


@wrong(scale.q3, "a pipeline is no MULTI")
def adds_in_a_plain_pipeline(client, old, new):
    lines = read(client, old)
    pipe = client.pipeline(transaction=False)
    for product_id, quantity in lines:
        pipe.zincrby(f"cart:{{{new}}}", quantity, product_id)
    pipe.execute()
    client.delete(f"cart:{{{old}}}")
    return len(lines)


@wrong(scale.q3, "the lines are gone before they are added")
def pops(client, old, new):
    return merge(client, client.zpopmin(f"cart:{{{old}}}", 10_000), old, new)


@wrong(scale.q3, "watches keys of two slots")
def watches_both(client, old, new):
    keys = f"cart:{{{old}}}", f"cart:{{{new}}}"

    def work(pipe):
        lines = pipe.zrange(keys[0], 0, -1, withscores=True)
        pipe.multi()
        for product_id, quantity in lines:
            pipe.zincrby(keys[1], quantity, product_id)
        return len(lines)

    count = client.transaction(work, *keys, value_from_callable=True)
    client.delete(keys[0])
    return count


@wrong(scale.q3, "what somebody adds to the new cart is lost")
def writes_sums(client, old, new):
    key, lines = f"cart:{{{new}}}", read(client, old)
    there = dict(client.zrange(key, 0, -1, withscores=True))
    if lines:
        client.zadd(key, {item: there.get(item, 0) + quantity for item, quantity in lines})
    client.delete(f"cart:{{{old}}}")
    return len(lines)


@wrong(scale.q3, "an old cart that is not there is no error")
def wants_an_old_cart(client, old, new):
    lines = read(client, old)
    if not lines:
        raise ValueError(old)
    return merge(client, lines, old, new)


@right(scale.q3, "adds by ZADD INCR, and looks first")
def adds_with_incr(client, old, new):
    lines = read(client, old)
    if not lines:
        return 0
    with client.pipeline() as pipe:
        for product_id, quantity in lines:
            pipe.zadd(f"cart:{{{new}}}", {product_id: int(quantity)}, incr=True)
        pipe.execute()
    client.unlink(f"cart:{{{old}}}")
    return len(lines)


@right(scale.q3, "client.transaction without a WATCH")
def merges_in_a_transaction(client, old, new):
    lines = read(client, old)
    client.transaction(
        lambda pipe: [pipe.zincrby(f"cart:{{{new}}}", line[1], line[0]) for line in lines]
    )
    client.delete(f"cart:{{{old}}}")
    return len(lines)


@right(scale.q3, "reads by score, greatest first")
def reads_by_score(client, old, new):
    lines = client.zrevrangebyscore(f"cart:{{{old}}}", "+inf", "-inf", withscores=True)
    return merge(client, lines, old, new)


@right(scale.q3, "deletes in a pipeline of its own")
def deletes_in_a_pipeline(client, old, new):
    lines = read(client, old)
    merge(client, lines, "nobody", new)
    pipe = client.pipeline()
    pipe.delete(f"cart:{{{old}}}")
    pipe.execute()
    return len(lines)


@wrong(scale.q1, "a dot is no new line")
def matches_one_line(client, key):
    found = re.search(r"\{(.*?)\}", key.split("\n")[0])
    return found[1] if found and found[1] else tag_or_key(key) if "\n" not in key else key
