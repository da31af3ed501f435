"""Answers to the exercises of lesson 15: wrong ones and right ones, each with the reason."""

import json
import math

from answers import right, wrong
from redis.exceptions import ResponseError, WatchError

from cartlib.course import documents

GIFTS, LIKENESS = "cart:{guest}:gifts", "shop:likeness"


def path_of(product_id):
    return '$["' + product_id.replace("\\", "\\\\").replace('"', '\\"') + '"]'


def card_of(to, text):
    return json.dumps({"to": to, "text": text})


def begun(client):
    return client.pipeline(transaction=True).execute_command("JSON.SET", GIFTS, "$", "{}", "NX")


@wrong(documents.q1, "reads whether there is a document")
def looks_first(client, product_id, to, text):
    pipe = client.pipeline(transaction=True)
    if not client.exists(GIFTS):
        pipe.execute_command("JSON.SET", GIFTS, "$", "{}")
    pipe.execute_command("JSON.SET", GIFTS, path_of(product_id), card_of(to, text))
    pipe.execute()


@wrong(documents.q1, "two commands, one by one")
def one_by_one(client, product_id, to, text):
    client.execute_command("JSON.SET", GIFTS, "$", "{}", "NX")
    client.execute_command("JSON.SET", GIFTS, path_of(product_id), card_of(to, text))


@wrong(documents.q1, "together, but not as one")
def without_multi(client, product_id, to, text):
    pipe = client.pipeline(transaction=False)
    pipe.execute_command("JSON.SET", GIFTS, "$", "{}", "NX")
    pipe.execute_command("JSON.SET", GIFTS, path_of(product_id), card_of(to, text))
    pipe.execute()


@wrong(documents.q1, "keeps the old card")
def does_not_replace(client, product_id, to, text):
    pipe = begun(client)
    pipe.execute_command("JSON.SET", GIFTS, path_of(product_id), card_of(to, text), "NX")
    pipe.execute()


@wrong(documents.q1, "replaces only a card that is there")
def replaces_only(client, product_id, to, text):
    pipe = begun(client)
    pipe.execute_command("JSON.SET", GIFTS, path_of(product_id), card_of(to, text), "XX")
    pipe.execute()


@wrong(documents.q1, "a card without its text")
def forgets_the_text(client, product_id, to, text):
    pipe = begun(client)
    pipe.execute_command("JSON.SET", GIFTS, path_of(product_id), json.dumps({"to": to}))
    pipe.execute()


@wrong(documents.q1, "reads the whole, and writes it back")
def reads_the_whole(client, product_id, to, text):
    reply = client.execute_command("JSON.GET", GIFTS, "$")
    cards = json.loads(reply)[0] if reply else {}
    cards[product_id] = {"to": to, "text": text}
    client.pipeline().execute_command("JSON.SET", GIFTS, "$", json.dumps(cards)).execute()


@wrong(documents.q1, "JSON by hand, which a quote in a text breaks")
def json_by_hand(client, product_id, to, text):
    pipe = begun(client)
    card = f'{{"to": "{to}", "text": "{text}"}}'
    pipe.execute_command("JSON.SET", GIFTS, path_of(product_id), card)
    pipe.execute()


@wrong(documents.q1, "a text in a String")
def a_string(client, product_id, to, text):
    client.pipeline().set(GIFTS, json.dumps({product_id: {"to": to, "text": text}})).execute()


@wrong(documents.q1, "a quote, but not a backslash")
def escapes_quotes_only(client, product_id, to, text):
    path = '$["' + product_id.replace('"', '\\"') + '"]'
    begun(client).execute_command("JSON.SET", GIFTS, path, card_of(to, text)).execute()


@wrong(documents.q1, "an error of Redis is not told")
def swallows_all(client, product_id, to, text):
    pipe = begun(client)
    pipe.execute_command("JSON.SET", GIFTS, path_of(product_id), card_of(to, text))
    pipe.execute(raise_on_error=False)


@wrong(documents.q1, "the parts of the old card stay")
def part_by_part(client, product_id, to, text):
    pipe = begun(client)
    path = path_of(product_id)
    pipe.execute_command("JSON.SET", GIFTS, path, "{}", "NX")
    pipe.execute_command("JSON.SET", GIFTS, f"{path}.to", json.dumps(to))
    pipe.execute_command("JSON.SET", GIFTS, f"{path}.text", json.dumps(text))
    pipe.execute()


@right(documents.q1, "by redis-py's own functions")
def by_functions(client, product_id, to, text):
    pipe = client.pipeline()
    pipe.json().set(GIFTS, "$", {}, nx=True)
    pipe.execute_command("JSON.SET", GIFTS, path_of(product_id), card_of(to, text))
    pipe.execute()


@right(documents.q1, "the path by json.dumps")
def by_dumps(client, product_id, to, text):
    path = f"$[{json.dumps(product_id, ensure_ascii=False)}]"
    begun(client).execute_command("JSON.SET", GIFTS, path, card_of(to, text)).execute()


@right(documents.q1, "clears what was there first, in the same MULTI")
def deletes_first(client, product_id, to, text):
    pipe = begun(client)
    pipe.execute_command("JSON.DEL", GIFTS, path_of(product_id))
    pipe.execute_command("JSON.SET", GIFTS, path_of(product_id), card_of(to, text))
    pipe.execute()


@right(documents.q1, "by client.transaction")
def by_a_transaction(client, product_id, to, text):
    def collect(pipe):
        pipe.multi()
        pipe.execute_command("JSON.SET", GIFTS, ".", "{}", "NX")
        pipe.execute_command("JSON.SET", GIFTS, path_of(product_id), card_of(to, text))

    client.transaction(collect)


def append(client, product_id, *values):
    path = path_of(product_id) + ".signed"
    return client.execute_command("JSON.ARRAPPEND", GIFTS, path, *values)


@wrong(documents.q2, "nobody signs twice")
def no_one_twice(client, product_id, name):
    reply = client.execute_command("JSON.GET", GIFTS, path_of(product_id) + ".signed")
    names = json.loads(reply)[0]
    return len(names) if name in names else append(client, product_id, json.dumps(name))[0]


@wrong(documents.q2, "reads the length before")
def reads_the_length(client, product_id, name):
    path = path_of(product_id) + ".signed"
    before = client.execute_command("JSON.ARRLEN", GIFTS, path)[0]
    append(client, product_id, json.dumps(name))
    return before + 1


@wrong(documents.q2, "reads the length afterwards, by itself")
def reads_the_length_later(client, product_id, name):
    append(client, product_id, json.dumps(name))
    return client.execute_command("JSON.ARRLEN", GIFTS, path_of(product_id) + ".signed")[0]


@wrong(documents.q2, "the name twice")
def signs_twice(client, product_id, name):
    return append(client, product_id, json.dumps(name), json.dumps(name))[0]


@wrong(documents.q2, "a list in the list")
def a_list_in_the_list(client, product_id, name):
    return append(client, product_id, json.dumps([name]))[0]


@wrong(documents.q2, "the first card only")
def signs_the_mug(client, product_id, name):
    return append(client, "mug", json.dumps(name))[0]


@wrong(documents.q2, "all cards")
def signs_all(client, product_id, name):
    return client.execute_command("JSON.ARRAPPEND", GIFTS, "$..signed", json.dumps(name))[0]


@wrong(documents.q2, "the number as a text")
def returns_a_text(client, product_id, name):
    return str(append(client, product_id, json.dumps(name))[0])


@wrong(documents.q2, "an error is taken for no signature")
def takes_an_error_for_none(client, product_id, name):
    try:
        return append(client, product_id, json.dumps(name))[0]
    except ResponseError:
        return 0


@wrong(documents.q2, "writes the whole card back, under WATCH")
def under_watch(client, product_id, name):
    with client.pipeline() as pipe:
        while True:
            try:
                pipe.watch(GIFTS)
                reply = pipe.execute_command("JSON.GET", GIFTS, path_of(product_id))
                card = json.loads(reply)[0]
                card["signed"].append(name)
                pipe.multi()
                text = json.dumps(card)
                pipe.execute_command("JSON.SET", GIFTS, path_of(product_id), text)
                pipe.execute()
                return len(card["signed"])
            except WatchError:
                continue


@right(documents.q2, "by redis-py's own function")
def signs_by_a_function(client, product_id, name):
    return client.json().arrappend(GIFTS, path_of(product_id) + ".signed", name)[0]


@right(documents.q2, "asks for the length in the same MULTI")
def asks_in_the_same_multi(client, product_id, name):
    path = path_of(product_id) + ".signed"
    pipe = client.pipeline()
    pipe.execute_command("JSON.ARRAPPEND", GIFTS, path, json.dumps(name))
    pipe.execute_command("JSON.ARRLEN", GIFTS, path)
    return pipe.execute()[1][0]


@right(documents.q2, "letters as they are in the JSON")
def letters_as_they_are(client, product_id, name):
    reply = append(client, product_id, json.dumps(name, ensure_ascii=False))
    (signed,) = reply
    return signed


@right(documents.q2, "the path in brackets all through")
def in_brackets(client, product_id, name):
    path = path_of(product_id) + '["signed"]'
    return max(client.execute_command("JSON.ARRAPPEND", GIFTS, path, json.dumps(name)))


def ask(client, product_id, count):
    vectors = client.vset()
    if vectors.vemb(LIKENESS, product_id) is None:
        return {}
    return vectors.vsim(LIKENESS, product_id, with_scores=True, count=count)


def kept(found, product_id):
    return [item for item, score in found.items() if item != product_id and score > 0.5]


@wrong(documents.q3, "takes off ids that only begin alike")
def takes_off_what_begins_alike(client, product_id, most):
    found = ask(client, product_id, most + 1)
    return [item for item in found if not item.startswith(product_id) and found[item] > 0.5]


@wrong(documents.q3, "does not cut, where others of one direction come first")
def cuts_nothing(client, product_id, most):
    return kept(ask(client, product_id, most + 1), product_id)


@wrong(documents.q3, "takes the first for the product itself")
def without_the_first(client, product_id, most):
    found = ask(client, product_id, most + 1)
    return [item for item, score in found.items() if score > 0.5][1:]


@wrong(documents.q3, "one too many")
def one_too_many(client, product_id, most):
    return kept(ask(client, product_id, most + 2), product_id)


@wrong(documents.q3, "in the order of the names")
def by_name(client, product_id, most):
    return sorted(kept(ask(client, product_id, most + 1), product_id))


@wrong(documents.q3, "keeps only what is much alike")
def much_alike(client, product_id, most):
    found = ask(client, product_id, most + 1)
    return [item for item, score in found.items() if item != product_id and score > 0.75]


@wrong(documents.q3, "None for a product that is not there")
def none_for_nothing(client, product_id, most):
    if client.vset().vemb(LIKENESS, product_id) is None:
        return None
    return kept(ask(client, product_id, most + 1), product_id)


@wrong(documents.q3, "a set has no order")
def a_set(client, product_id, most):
    return set(kept(ask(client, product_id, most + 1), product_id))


@wrong(documents.q3, "notes a vector for a product that has none")
def notes_a_vector(client, product_id, most):
    if client.vset().vemb(LIKENESS, product_id) is None:
        client.vset().vadd(LIKENESS, [1.0, 0.0], product_id)
        return []
    return kept(ask(client, product_id, most + 1), product_id)


@wrong(documents.q3, "three at most")
def three_at_most(client, product_id, most):
    return kept(ask(client, product_id, 4), product_id)[:most]


@wrong(documents.q3, "asks for each product by itself")
def asks_for_each(client, product_id, most):
    mine = client.vset().vemb(LIKENESS, product_id)
    if mine is None:
        return []
    found = {}
    for item in client.vset().vrandmember(LIKENESS, 1000):
        other = client.vset().vemb(LIKENESS, item)
        dot = sum(a * b for a, b in zip(mine, other, strict=True))
        found[item] = dot / math.hypot(*mine) / math.hypot(*other)
    ranked = sorted(found, key=found.get, reverse=True)
    return [item for item in ranked if item != product_id and found[item] > 0][:most]


@wrong(documents.q3, "any error is taken for nothing")
def any_error_is_nothing(client, product_id, most):
    try:
        return kept(client.vset().vsim(LIKENESS, product_id, True, count=most + 1), product_id)
    except Exception:
        return []


@right(documents.q3, "by raw commands, and one error that is none")
def by_raw_commands(client, product_id, most):
    words = "ELE", product_id, "WITHSCORES", "COUNT", most + 1
    try:
        flat = client.execute_command("VSIM", LIKENESS, *words)
    except ResponseError as error:
        if "not found" in str(error):
            return []
        raise
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return [item for item, score in pairs if item != product_id and float(score) > 0.5][:most]


@right(documents.q3, "compares with its own vector")
def by_its_own_vector(client, product_id, most):
    mine = client.vset().vemb(LIKENESS, product_id)
    if not mine:
        return []
    found = client.vset().vsim(LIKENESS, mine, with_scores=True, count=most + 1)
    return kept(found, product_id)[:most]


@right(documents.q3, "looks by VISMEMBER, and asks for more than it needs")
def asks_for_all(client, product_id, most):
    if not client.execute_command("VISMEMBER", LIKENESS, product_id):
        return []
    found = client.vset().vsim(LIKENESS, product_id, with_scores=True, count=1000)
    return kept(found, product_id)[:most]


@right(documents.q3, "asks both in one pipeline")
def in_one_pipeline(client, product_id, most):
    pipe = client.pipeline(transaction=False)
    pipe.execute_command("VCARD", LIKENESS)
    pipe.execute_command("VEMB", LIKENESS, product_id)
    _, mine = pipe.execute()
    if mine is None:
        return []
    found = client.vset().vsim(LIKENESS, product_id, with_scores=True, count=most + 1)
    return kept(found, product_id)[:most]
