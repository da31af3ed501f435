"""Answers to the exercises of lesson 05: wrong ones, with the reason, and right ones."""

import json
import random
import time

from answers import right, wrong

from cartlib.course import live

EVENTS, HISTORY = "cart:{guest}:events", "cart:{guest}:history"


def message(change, product_id, quantity):
    """Return the message that is wanted."""
    return json.dumps({"change": change, "product_id": product_id, "quantity": quantity})


@wrong(live.q1, "a second message where nobody listens")
def publishes_again(client, change, product_id, quantity):
    heard = client.publish(EVENTS, message(change, product_id, quantity))
    return heard or client.publish(EVENTS, message(change, product_id, quantity))


@wrong(live.q1, "another channel hears it, too")
def publishes_to_two(client, change, product_id, quantity):
    client.publish("cart:{guest}", message(change, product_id, quantity))
    return client.publish(EVENTS, message(change, product_id, quantity))


@wrong(live.q1, "nothing is published where nobody listens")
def asks_who_listens(client, change, product_id, quantity):
    listeners = client.pubsub_numsub(EVENTS)[0][1]
    return listeners and client.publish(EVENTS, message(change, product_id, quantity))


@wrong(live.q1, "a quotation mark breaks the JSON")
def replaces_the_quotes(client, change, product_id, quantity):
    event = {"change": change, "product_id": product_id, "quantity": quantity}
    text = str(event).replace("'", '"').replace("None", "null")
    return client.publish(EVENTS, text)


@wrong(live.q1, "a quantity of 0 becomes null")
def takes_zero_for_nothing(client, change, product_id, quantity):
    return client.publish(EVENTS, message(change, product_id, quantity or None))


@wrong(live.q1, "a product that is None becomes a text")
def publishes_an_empty_text(client, change, product_id, quantity):
    return client.publish(EVENTS, message(change, product_id or "", quantity))


@wrong(live.q1, "JSON inside of JSON")
def publishes_json_twice(client, change, product_id, quantity):
    return client.publish(EVENTS, json.dumps(message(change, product_id, quantity)))


@wrong(live.q1, "more keys than three")
def adds_a_key(client, change, product_id, quantity):
    event = json.loads(message(change, product_id, quantity))
    return client.publish(EVENTS, json.dumps(event | {"cart": "guest"}))


@wrong(live.q1, "a key is there for a moment")
def writes_and_deletes(client, change, product_id, quantity):
    client.set("cart:{guest}:last", message(change, product_id, quantity))
    client.delete("cart:{guest}:last")
    return client.publish(EVENTS, message(change, product_id, quantity))


@wrong(live.q1, "the number of listeners as a float")
def returns_a_float(client, change, product_id, quantity):
    return float(client.publish(EVENTS, message(change, product_id, quantity)))


@right(live.q1, "as bytes, in another order")
def publishes_bytes(client, change, product_id, quantity):
    event = dict(quantity=quantity, change=change, product_id=product_id)
    return client.publish(EVENTS.encode(), json.dumps(event, ensure_ascii=False).encode())


@right(live.q1, "the command itself")
def publishes_by_hand(client, change, product_id, quantity):
    return client.execute_command("publish", EVENTS, message(change, product_id, quantity))


@right(live.q1, "a pipeline")
def publishes_in_a_pipeline(client, change, product_id, quantity):
    with client.pipeline() as pipe:
        pipe.publish(EVENTS, message(change, product_id, quantity))
        return pipe.execute()[0]


@right(live.q1, "JSON of each value, put together")
def puts_json_together(client, change, product_id, quantity):
    values = {"change": change, "product_id": product_id, "quantity": quantity}
    parts = [f'"{name}": {json.dumps(value)}' for name, value in values.items()]
    return client.publish(EVENTS, "{" + ", ".join(parts) + "}")


def fields(product_id, quantity):
    """Return the fields of an entry."""
    return {"product_id": product_id, "quantity": quantity}


@wrong(live.q2, "a full history keeps its oldest entries")
def appends_until_it_is_full(client, product_id, quantity):
    if client.xlen(HISTORY) < 1000:
        client.xadd(HISTORY, fields(product_id, quantity), maxlen=1000)


@wrong(live.q2, "another stream is trimmed")
def trims_another_stream(client, product_id, quantity):
    client.xadd(HISTORY, fields(product_id, quantity))
    client.xtrim("cart:guest:history", maxlen=1000)


@wrong(live.q2, "not trimmed at each call")
def trims_now_and_then(client, product_id, quantity):
    often = random.random() < 0.1
    client.xadd(HISTORY, fields(product_id, quantity), maxlen=1000 if often else None)


@wrong(live.q2, "one entry too many stays")
def trims_before(client, product_id, quantity):
    client.xtrim(HISTORY, maxlen=1000, approximate=False)
    client.xadd(HISTORY, fields(product_id, quantity))


@wrong(live.q2, "the script keeps too few")
def keeps_fewer_in_lua(client, product_id, quantity):
    script = "redis.call('XADD', KEYS[1], 'MAXLEN', 500, '*', unpack(ARGV))"
    client.eval(script, 1, HISTORY, "product_id", product_id, "quantity", quantity)


@wrong(live.q2, "a quantity of 0 is not written")
def leaves_out_zero(client, product_id, quantity):
    if quantity:
        client.xadd(HISTORY, fields(product_id, quantity), maxlen=1000)


@wrong(live.q2, "the same entry twice in a row is two entries")
def leaves_out_the_same(client, product_id, quantity):
    last = client.xrevrange(HISTORY, count=1)
    if not last or last[0][1] != fields(product_id, str(quantity)):
        client.xadd(HISTORY, fields(product_id, quantity), maxlen=1000)


@wrong(live.q2, "what somebody else appends meanwhile is lost")
def writes_all_anew(client, product_id, quantity):
    old = [entry for _, entry in client.xrange(HISTORY)]
    client.delete(HISTORY)
    for entry in [*old, fields(product_id, quantity)]:
        client.xadd(HISTORY, entry, maxlen=1000)


@wrong(live.q2, "half of the id is given")
def gives_half_an_id(client, product_id, quantity):
    half = f"{int(time.time() * 1000)}-*"
    client.xadd(HISTORY, fields(product_id, quantity), id=half, maxlen=1000)


@wrong(live.q2, "there has to be a stream")
def appends_to_what_is_there(client, product_id, quantity):
    client.xadd(HISTORY, fields(product_id, quantity), maxlen=1000, nomkstream=True)


@right(live.q2, "exact, afterwards, in a transaction")
def trims_afterwards(client, product_id, quantity):
    with client.pipeline() as pipe:
        pipe.xadd(HISTORY, fields(product_id, quantity))
        pipe.xtrim(HISTORY, maxlen=1000, approximate=False)
        pipe.execute()


@right(live.q2, "room for one more is made first")
def makes_room_first(client, product_id, quantity):
    client.xtrim(HISTORY, maxlen=999, approximate=False)
    client.xadd(HISTORY, fields(product_id, quantity))


@right(live.q2, "a script")
def appends_in_lua(client, product_id, quantity):
    script = "redis.call('XADD', KEYS[1], 'MAXLEN', '~', 1000, '*', unpack(ARGV))"
    client.eval(script, 1, HISTORY, "quantity", quantity, "product_id", product_id)


@right(live.q2, "the command itself")
def appends_by_hand(client, product_id, quantity):
    words = ["maxlen", "=", "1000", "*", "product_id", product_id, "quantity", quantity]
    client.execute_command("xadd", HISTORY, *words)


def pairs(entries):
    """Return the pairs that are wanted."""
    return [(fields["product_id"], int(fields["quantity"])) for _, fields in entries]


def parts(name):
    """Return the two numbers of an id."""
    return tuple(map(int, name.split("-")))


@wrong(live.q3, "a page of ten")
def reads_ten(client, last_id):
    return pairs(client.xrange(HISTORY, min="(" + last_id, count=10))


@wrong(live.q3, "the newest hundred")
def reads_the_newest_hundred(client, last_id):
    return pairs(client.xrevrange(HISTORY, min="(" + last_id, count=100))[::-1]


@wrong(live.q3, "the entry with last_id may be gone")
def leaves_out_the_first(client, last_id):
    return pairs(client.xrange(HISTORY, min=last_id))[last_id != "0-0" :]


@wrong(live.q3, "the entry with last_id may be gone: ValueError")
def looks_for_the_place(client, last_id):
    entries = client.xrange(HISTORY)
    names = ["0-0", *(name for name, _ in entries)]
    return pairs(entries[names.index(last_id) :])


@wrong(live.q3, "quantities of 0 and less are left out")
def leaves_out_what_is_not_positive(client, last_id):
    return [pair for pair in pairs(client.xrange(HISTORY, min="(" + last_id)) if pair[1] > 0]


@wrong(live.q3, "10-0 comes after 9-100")
def compares_digits(client, last_id):
    entries = client.xrange(HISTORY)
    return pairs(e for e in entries if int(e[0].replace("-", "")) > int(last_id.replace("-", "")))


@wrong(live.q3, "ids that are ahead of the clock")
def reads_up_to_now(client, last_id):
    now = int(time.time() * 1000)
    return pairs(client.xrange(HISTORY, min="(" + last_id, max=now))


@wrong(live.q3, "it waits for what is new")
def asks_again(client, last_id):
    for _ in range(5):
        if entries := client.xrange(HISTORY, min="(" + last_id):
            return pairs(entries)
        time.sleep(0.1)
    return []


@wrong(live.q3, "two entries in a row that are the same")
def leaves_out_repetitions(client, last_id):
    found = [None, *pairs(client.xrange(HISTORY, min="(" + last_id))]
    return [one for one, before in zip(found[1:], found, strict=False) if one != before]


@wrong(live.q3, "a group of readers stays behind")
def reads_as_a_group(client, last_id):
    if not client.exists(HISTORY):
        return []
    client.xgroup_create(HISTORY, "readers", id=last_id)
    found = client.xreadgroup("readers", "me", {HISTORY: ">"})
    return pairs(found[0][1]) if found else []


@right(live.q3, "XREAD")
def reads_by_xread(client, last_id):
    found = client.xread({HISTORY: last_id})
    return pairs(found[0][1]) if found else []


@right(live.q3, "page by page")
def reads_page_by_page(client, last_id):
    found = []
    while entries := client.xrange(HISTORY, min="(" + last_id, count=7):
        found += pairs(entries)
        last_id = entries[-1][0]
    return found


@right(live.q3, "all of it, compared as numbers")
def compares_numbers(client, last_id):
    return pairs(e for e in client.xrange(HISTORY) if parts(e[0]) > parts(last_id))


@right(live.q3, "from the id on, without the entry itself")
def leaves_out_the_entry_itself(client, last_id):
    return pairs(e for e in client.xrevrange(HISTORY, min=last_id)[::-1] if e[0] != last_id)


@wrong(live.q1, "who listens to a pattern is not counted")
def counts_subscribers_of_the_channel(client, change, product_id, quantity):
    client.publish(EVENTS, message(change, product_id, quantity))
    return client.pubsub_numsub(EVENTS)[0][1]


@wrong(live.q2, "a TTL is given back in whole seconds")
def gives_the_ttl_back(client, product_id, quantity):
    ttl = client.ttl(HISTORY)
    client.xadd(HISTORY, {"product_id": product_id, "quantity": quantity}, maxlen=1000)
    if ttl > 0:
        client.expire(HISTORY, ttl)


@wrong(live.q3, "a history may be longer than 1,000")
def reads_a_thousand(client, last_id):
    return [e for _, entries in client.xread({HISTORY: last_id}, count=1000) for e in entries]


@right(live.q2, "a script that is loaded, with the length as an argument")
def by_a_registered_script(client, product_id, quantity):
    append = client.register_script(
        "return redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[1], '*', unpack(ARGV, 2))"
    )
    append([HISTORY], [1000, "product_id", product_id, "quantity", quantity])
