"""Lesson 08: growing up."""

import re

from hypothesis import strategies as st

from cartlib.course.worlds import (
    command,
    lines,
    now_and_then,
    scores,
    seldom,
    surroundings,
    zadd,
)
from cartlib.lab.disturbance import changes
from cartlib.lab.slots import node_of, slot_of
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.rules import in_one_multi, on_one_node
from cartlib.questions import Guess, Prediction

TWO_SLOTS = (
    "Two keys of different slots went into one command, or into one MULTI or WATCH. A cluster "
    "refuses that (CROSSSLOT): what is done together needs the same text between its braces."
)
ONE_BY_ONE = (
    "You sent the changes one by one: if your program stops between them, only a part of them is "
    "made. Send them in one MULTI."
)
READ_FIRST = (
    "You read lines of a cart. No look is needed, and without one nothing can be overlooked: both "
    "keys are in one slot, so ZUNIONSTORE moves the lines inside Redis, and replies their number."
)
DELETED_FIRST = (
    "You took lines out of the old cart before they were in the new one: if your program stops in "
    "between, they are lost. First add, then delete."
)
TAKES_AWAY = ("DEL", "UNLINK", "ZREM", "ZPOPMIN", "ZPOPMAX", "ZREMRANGEBYRANK", "ZREMRANGEBYSCORE")
NAMES = ["ann", "bob", "guest", "Ann", "Zoë", "a b", "10", "ann-marie", "name"]
names = st.sampled_from(NAMES)


def sends_nothing(trial):
    """Return what to say where Redis was asked: a rule."""
    if trial.commands:
        return f"You sent {trial.commands[0].name}. The key's name is all you need: ask no server."
    return None


def reads_no_lines(trial):
    """Return what to say where lines came back, in whichever reply: a rule."""
    return READ_FIRST if any(has_ids(sent.reply) for sent in trial.commands) else None


def has_ids(reply):
    if isinstance(reply, list | tuple):
        return any(map(has_ids, reply))
    return isinstance(reply, str) and reply not in ("OK", "QUEUED", "PONG", "zset", "none")


def adds_in_one_multi(trial):
    """Return what to say where the new cart's lines did not change in one MULTI: a rule."""
    key = f"cart:{{{trial.args[1]}}}"
    inside, waiting, done = False, False, 0
    for sent in trial.commands:
        if sent.name == "MULTI":
            inside, waiting = True, False
        elif sent.name == "EXEC":
            inside, done = False, done + (waiting and sent.reply is not None)
        elif changes(sent) and key in sent.words:
            waiting = True
            if not inside:
                return ONE_BY_ONE
    return ONE_BY_ONE if done > 1 else None


def adds_before_it_deletes(trial):
    """Return what to say where lines went before they had come into the other cart: a rule."""
    old, new = (f"cart:{{{name}}}" for name in trial.args)
    gone = False
    for sent in trial.commands:
        gone = gone or (sent.name in TAKES_AWAY and old in sent.words)
        if gone and changes(sent) and new in sent.words:
            return DELETED_FIRST
    return None


def _after_a_crash(client):
    """A snapshot is a copy of all that is there when it is made."""
    client.zadd("cart:{demo}", {"mug": 2})
    snapshot = client.dump("cart:{demo}")
    client.zadd("cart:{demo}", {"lamp": 1})
    client.delete("cart:{demo}")
    client.restore("cart:{demo}", 0, snapshot)
    names = {"mug": "the mugs", "lamp": "the lamp"}
    return " and ".join(names[item] for item in client.zrange("cart:{demo}", 0, -1))


p1 = Prediction(
    "scale.p1",
    ("ZADD cart:{ann} 2 mug",),
    "ZCARD cart:ann",
    {
        "(integer) 1": "So it would be for cart:{ann}. Look at the two names once more.",
        "(integer) 0": "The braces are a part of the key's name, on every Redis: cart:ann is "
        "another key, and there is none. A key that is not there counts as empty.",
        "(integer) 2": "2 is the score of mug. ZCARD counts members, and of which key?",
        "(error) no such key": "A key that is not there is no error in Redis: it counts as empty.",
    },
    because="So the braces are letters of the name like any others.",
)
p2 = Prediction(
    "scale.p2",
    ("ZADD cart:{ann} 5 mug 7 lamp", "ZADD cart:{ann}:saved 1 mug 8 pen"),
    "ZUNIONSTORE cart:{ann}:saved 2 cart:{ann}:saved cart:{ann}",
    {
        "OK": "Other commands say OK. ZUNIONSTORE replies a number: it counts something.",
        "(integer) 1": "So ZADD counts: only lamp is new. ZUNIONSTORE counts the whole result.",
        "(integer) 2": "That is how many keys are added up. The reply is about the result.",
        "(integer) 3": "The reply is how many members the result has: mug, now with 6, lamp, pen.",
        "(integer) 4": "Mug is in both sets, and a member counts once: its scores are added up.",
    },
)
g1 = Guess(
    "scale.g1",
    "What is in the cart of the server that starts from the snapshot?",
    {
        "nothing": "So it would be without a snapshot.",
        "the mugs": "The snapshot has what was there when it was made.",
        "the mugs and the lamp": "The lamp came after the snapshot, and was in the memory alone.",
    },
    right="the mugs",
    proof=_after_a_crash,
)


def _without_node_2(_client):
    carts = {"Ann's": "cart:{ann}", "Bob's": "cart:{bob}", "Eve's": "cart:{eve}"}
    return " and ".join(who for who, key in carts.items() if node_of(key) != 2)


def _same_slot(_client):
    return "the sum" if slot_of("cart:{ann}") == slot_of("cart:{cat}") else "an error"


g2 = Guess(
    "scale.g2",
    "Which carts can be read, just after node 2 has stopped?",
    {
        "all three": "Who has Bob's cart? No other node has a copy of it here.",
        "Ann's and Eve's": "Bob's was on node 2, and no other node has a copy of it here.",
        "none": "The nodes of Ann and Eve still run, and have not noticed anything yet.",
    },
    right="Ann's and Eve's",
    proof=_without_node_2,
    because="So it is at first. Look at what becomes of it later.",
)
g3 = Guess(
    "scale.g3",
    "Node 1 has both carts, Ann's and Cat's. What does it reply to ZUNION of the two?",
    {
        "the sum": "It has all that it needs, that is right. But it looks at the slots.",
        "an error": "The keys of one command have to be in one slot, not just on one node.",
    },
    right="an error",
    proof=_same_slot,
)

PARTS = [
    "{",
    "}",
    "{",
    "}",
    "cart",
    ":",
    "ann",
    "é",
    "a b",
    " ",
    "-",
    "10",
    "saved",
    "{x}",
    "{ y }",
]
hashed_keys = st.lists(st.sampled_from(PARTS), max_size=8).map("".join)

q1 = Exercise(
    "scale.q1",
    "hashed_part(client, key)",
    [
        Case([], ("cart:{ann}:saved",)),
        Case([], ("product:mug",)),
        Case([], ("cart:{}:saved",)),
        Case([], ("cart:{ann}:{saved}",)),
        Case([], ("cart:{{ann}}:saved",)),
        Case([], ("cart:{ann",)),
        Case([], ("ann}:{cart}",)),
        Case([], ("cart:{}:{ann}",)),
        Case([], ("{Ann}",)),
        Case([], ("{ann}",)),
        Case([], ("cart:{a\nb}:saved",)),
    ],
    (
        "key.find('{') gives the place of the first {, or -1 if there is none.",
        "key.find('}', start + 1) looks for the first } after the place `start`.",
        "The text between them is key[start + 1 : end]. If it is empty, or a brace is missing, "
        "the answer is the whole key.",
    ),
    rules=(sends_nothing,),
    worlds=hashed_keys.map(lambda key: Case([], (key,))),
)


@q1.reference
def hashed_part(client, key):
    start = key.find("{")
    end = key.find("}", start + 1)
    if start == -1 or end == -1 or end == start + 1:
        return key
    return key[start + 1 : end]


@q1.mistake("Nothing stands in {}, so it is no tag: the whole key is hashed then.")
def empty_is_a_tag(client, key):
    found = re.search("{([^}]*)}", key)
    return found.group(1) if found else key


@q1.mistake(
    "You took the last }. What counts ends at the first } after the first {: in "
    "cart:{ann}:{saved} that is ann."
)
def to_the_last_brace(client, key):
    start, end = key.find("{"), key.rfind("}")
    return key[start + 1 : end] if start != -1 and end > start + 1 else key


@q1.mistake("The braces themselves are not hashed. Return what stands between them.")
def with_the_braces(client, key):
    found = re.search("{[^}]+}", key)
    return found.group() if found else key


@q1.mistake(
    "A key such as product:mug has no braces, and some keys have only one. Then the whole key is "
    "hashed, and there is no error."
)
def raises_without_braces(client, key):
    return key[key.index("{") + 1 : key.index("}")] or key


@q1.mistake(
    "You looked for the } from the beginning of the key. A } that stands before the first { does "
    "not count: look from the { on."
)
def any_closing_brace(client, key):
    start, end = key.find("{"), key.find("}")
    return key[start + 1 : end] if start != -1 and end not in (-1, start + 1) else key


@q1.mistake(
    "You took the first } of all: in ann}:{cart} it stands before the {. Look for the first one "
    "after the {."
)
def any_closing_brace_or_else_the_key(client, key):
    if "{" not in key or "}" not in key:
        return key
    return key[key.find("{") + 1 : key.find("}")] or key


@q1.mistake(
    "With two { the tag begins after the first one, so the second { belongs to it: in "
    "cart:{{ann}}:saved the part is {ann."
)
def the_inner_braces(client, key):
    found = re.search("{([^{}]+)}", key)
    return found.group(1) if found else key


@q1.mistake(
    "In cart:{{ann}}:saved the part is {ann. All that stands between the first { and the first } "
    "after it belongs to the part, whatever letters these are. (split('{', 1) cuts once.)"
)
def splits_at_each_brace(client, key):
    parts = key.split("{")
    tag, brace, _ = parts[1].partition("}") if len(parts) > 1 else ("", "", "")
    return tag if brace and tag else key


@q1.mistake(
    "You went on to later braces. Redis looks at the first { and the first } after it: in "
    "cart:{}:{ann} nothing stands between them, so the whole key is hashed."
)
def the_first_braces_with_something_in_them(client, key):
    found = re.search("{([^}]+)}", key)
    return found.group(1) if found else key


@q1.mistake(
    "The } that counts may follow the { at once: in cart:{}:{ann} the first pair is empty, so the "
    "whole key is hashed. Your pattern asked for a letter, and took a later }."
)
def as_few_letters_as_possible(client, key):
    found = re.search("{(.+?)}", key)
    return found.group(1) if found else key


@q1.mistake("That is the slot. Wanted is the text of which the slot is made.")
def returns_the_slot(client, key):
    return slot_of(key)


@q1.mistake(
    "The { can be the very first letter, as in {Ann}. find() gives its place then, which is 0, and "
    "0 counts as false in Python: ask whether it is -1."
)
def overlooks_the_first_letter(client, key):
    start = key.find("{")
    end = key.find("}", start + 1)
    return key[start + 1 : end] if start > 0 and end > start + 1 else key


@q1.mistake(
    "A { that no } follows is no tag. find() gives -1 then, and key[…:-1] cuts off the last "
    "letter: return the whole key."
)
def without_a_look_for_the_end(client, key):
    start = key.find("{")
    end = key.find("}", start + 1)
    return key if start == -1 or end == start + 1 else key[start + 1 : end]


MANY = {f"item-{n}": n % 13 for n in range(130)}


@st.composite
def saves(draw):
    """Worlds for q2: a cart, its saved list, either of them maybe empty, and what lies about."""
    name = draw(names)
    cart, saved = f"cart:{{{name}}}", f"cart:{{{name}}}:saved"
    about = [
        command("EXPIRE", cart, 1800),
        command("PEXPIRE", cart, 2500),
        command("SET", f"{cart}:session", 1800),
        command("ZADD", f"{cart}:deadlines", 1900000000.5, "mug"),
        command("ZADD", f"cart:{name}", 8, "mug"),
        command("ZADD", f"saved:{cart}", 8, "mug"),
    ]
    given = [
        *zadd(cart, draw(lines(scores, most=12))),
        *zadd(saved, draw(lines(scores))),
        *draw(surroundings),
        *draw(st.lists(st.sampled_from(about), unique=True, max_size=3)),
    ]
    rival = seldom(draw, [command("ZINCRBY", cart, 4, "vase"), command("DEL", cart)])
    return Case(given, (name,), rival)


q2 = Exercise(
    "scale.q2",
    "save_for_later(client, name)",
    [
        Case(["ZADD cart:{ann} 1 pen 3 lamp"], ("ann",)),
        Case(["ZADD cart:{bob} 1 pen 3 lamp", "ZADD cart:{bob}:saved 2 lamp 1 tea"], ("bob",)),
        Case(["ZADD cart:{ann} 2 mug", "EXPIRE cart:{ann} 1800"], ("ann",)),
        Case(["ZADD cart:{ann}:saved 1 mug"], ("ann",)),
        Case(["ZADD cart:{ann} 2 mug"], ("ann",), ("ZINCRBY cart:{ann} 1 vase",)),
        Case(["ZADD cart:{ann} 2 mug"], ("ann",), ("ZADD cart:{ann}:saved 5 tea",)),
    ],
    (
        "ZUNIONSTORE reads all the keys that it adds up, and then writes its first one. So the "
        "saved list may be both: the first key, and one of those to add up.",
        "pipe = client.pipeline(transaction=True) collects commands. pipe.zunionstore(saved, "
        "[saved, cart]) adds both up, and pipe.delete(cart) takes the cart away.",
        "pipe.execute() returns the replies. That of ZUNIONSTORE, the first, is how many lines "
        "are saved now.",
    ),
    rules=(on_one_node(TWO_SLOTS), reads_no_lines, in_one_multi(ONE_BY_ONE)),
    worlds=now_and_then(Case(zadd("cart:{bob}", MANY), ("bob",)), saves()),
)


@q2.reference
def save_for_later(client, name):
    cart, saved = f"cart:{{{name}}}", f"cart:{{{name}}}:saved"
    pipe = client.pipeline(transaction=True)
    pipe.zunionstore(saved, [saved, cart])
    pipe.delete(cart)
    return pipe.execute()[0]


@q2.mistake(
    "The saved list has no hash tag, so a cluster would keep it in another slot than the cart. "
    "Put the name in braces there, too: cart:{ann}:saved."
)
def saves_without_a_tag(client, name):
    cart, saved = f"cart:{{{name}}}", f"cart:{name}:saved"
    pipe = client.pipeline(transaction=True)
    pipe.zunionstore(saved, [saved, cart])
    pipe.delete(cart)
    return pipe.execute()[0]


@q2.mistake(
    "You did not find the cart. In an f-string {name} loses its braces, and {{name}} is the word "
    "name in braces: write {{{name}}}."
)
def writes_too_few_braces(client, name):
    cart, saved = "cart:{name}", "cart:{name}:saved"
    pipe = client.pipeline(transaction=True)
    pipe.zunionstore(saved, [saved, cart])
    pipe.delete(cart)
    return pipe.execute()[0]


@q2.mistake(
    "What was saved before is lost: ZUNIONSTORE overwrites its first key. Name the saved list "
    "among the keys to add up, too: [saved, cart]."
)
def forgets_what_was_saved(client, name):
    cart, saved = f"cart:{{{name}}}", f"cart:{{{name}}}:saved"
    pipe = client.pipeline(transaction=True)
    pipe.zunionstore(saved, [cart])
    pipe.delete(cart)
    return pipe.execute()[0]


@q2.mistake("The lines are saved, but they are still in the cart, too. DEL the cart.")
def keeps_the_cart(client, name):
    cart, saved = f"cart:{{{name}}}", f"cart:{{{name}}}:saved"
    return client.zunionstore(saved, [saved, cart])


@q2.mistake(
    "The cart was deleted before its lines were saved, so they are lost. Inside a MULTI the order "
    "counts, too: ZUNIONSTORE first."
)
def deletes_first(client, name):
    cart, saved = f"cart:{{{name}}}", f"cart:{{{name}}}:saved"
    pipe = client.pipeline(transaction=True)
    pipe.delete(cart)
    pipe.zunionstore(saved, [saved, cart])
    return pipe.execute()[1]


@q2.mistake(
    "RENAME fails where there is no cart, and where there is one, it overwrites what was saved "
    "before. ZUNIONSTORE adds the two up."
)
def renames_without_a_look(client, name):
    client.rename(f"cart:{{{name}}}", f"cart:{{{name}}}:saved")
    return client.zcard(f"cart:{{{name}}}:saved")


@q2.mistake(
    "RENAME overwrites what was saved before, takes the time-out along, and fails where there is "
    "no cart. ZUNIONSTORE adds the two up."
)
def renames(client, name):
    cart, saved = f"cart:{{{name}}}", f"cart:{{{name}}}:saved"
    if client.exists(cart):
        client.rename(cart, saved)
    return client.zcard(saved)


@q2.mistake("You returned all replies. Wanted is the first one, that of ZUNIONSTORE.")
def returns_all_replies(client, name):
    cart, saved = f"cart:{{{name}}}", f"cart:{{{name}}}:saved"
    pipe = client.pipeline(transaction=True)
    pipe.zunionstore(saved, [saved, cart])
    pipe.delete(cart)
    return pipe.execute()


@q2.mistake("That is DEL's reply, how many keys went. Wanted is the first one, ZUNIONSTORE's.")
def returns_the_last_reply(client, name):
    cart, saved = f"cart:{{{name}}}", f"cart:{{{name}}}:saved"
    pipe = client.pipeline(transaction=True)
    pipe.zunionstore(saved, [saved, cart])
    pipe.delete(cart)
    return pipe.execute()[-1]


@q2.mistake("Give the keys to add up as one list: zunionstore(saved, [saved, cart]).")
def names_the_keys_one_by_one(client, name):
    cart, saved = f"cart:{{{name}}}", f"cart:{{{name}}}:saved"
    pipe = client.pipeline(transaction=True)
    pipe.zunionstore(saved, saved, cart)
    pipe.delete(cart)
    return pipe.execute()[0]


@q2.mistake("The pipeline was never sent: it only collects commands until you call execute().")
def never_sends(client, name):
    cart, saved = f"cart:{{{name}}}", f"cart:{{{name}}}:saved"
    pipe = client.pipeline(transaction=True)
    pipe.zunionstore(saved, [saved, cart])
    pipe.delete(cart)
    return client.zcard(saved)


@st.composite
def merges(draw):
    """Worlds for q3: two carts, and maybe somebody who changes the new one meanwhile."""
    old, new = draw(st.lists(names, min_size=2, max_size=2, unique=True))
    from_key, to_key = f"cart:{{{old}}}", f"cart:{{{new}}}"
    leaving, staying = draw(lines(scores, most=12)), draw(lines(scores))
    about = [
        command("EXPIRE", from_key, 900),
        command("EXPIRE", to_key, 1800),
        command("PEXPIRE", to_key, 2500),
        command("SET", f"{from_key}:session", 900),
        command("ZADD", f"{from_key}:saved", 2, "mug"),
        command("ZADD", f"cart:{old}", 8, "mug"),
    ]
    given = [
        *zadd(from_key, leaving),
        *zadd(to_key, staying),
        *draw(surroundings),
        *draw(st.lists(st.sampled_from(about), unique=True, max_size=3)),
    ]
    item = next(iter(leaving), "mug")
    theirs = [command("ZINCRBY", to_key, 1, item), command("DEL", to_key)]
    return Case(given, (old, new), seldom(draw, theirs))


q3 = Exercise(
    "scale.q3",
    "merge_carts(client, old, new)",
    [
        Case(["ZADD cart:{guest} 1 pen 3 lamp", "ZADD cart:{ann} 2 lamp 1 tea"], ("guest", "ann")),
        Case(["ZADD cart:{guest} 2 mug"], ("guest", "bob")),
        Case(["ZADD cart:{ann} 2 lamp", "EXPIRE cart:{ann} 1800"], ("guest", "ann")),
        Case(
            ["ZADD cart:{guest} 4 mug", "ZADD cart:{ann} 2 lamp", "EXPIRE cart:{ann} 1800"],
            ("guest", "ann"),
        ),
        Case(
            ["ZADD cart:{guest} 0 pen 4 mug", "EXPIRE cart:{guest} 900", "ZADD cart:{ann} 2 lamp"],
            ("guest", "ann"),
        ),
        Case(
            ["ZADD cart:{guest} 4 mug", "ZADD cart:{ann} 2 mug"],
            ("guest", "ann"),
            ("ZINCRBY cart:{ann} 1 mug",),
        ),
    ],
    (
        "The two names are two tags, so no command may have both keys. Read the old cart by "
        "client.zrange(key, 0, -1, withscores=True).",
        "Collect pipe.zincrby(new_key, quantity, product_id) for each line, and pipe.execute() "
        "once: a MULTI on one key.",
        "Delete the old cart last, by a call of its own: client.delete(old_key).",
    ),
    rules=(on_one_node(TWO_SLOTS), adds_in_one_multi, adds_before_it_deletes),
    worlds=now_and_then(Case(zadd("cart:{bob}", MANY), ("bob", "ann")), merges()),
)


@q3.reference
def merge_carts(client, old, new):
    lines = client.zrange(f"cart:{{{old}}}", 0, -1, withscores=True)
    pipe = client.pipeline(transaction=True)
    for product_id, quantity in lines:
        pipe.zincrby(f"cart:{{{new}}}", quantity, product_id)
    pipe.execute()
    client.delete(f"cart:{{{old}}}")
    return len(lines)


@q3.mistake(
    "ZUNIONSTORE took the new cart's time-out away, and a cluster refuses it here: the keys are in "
    "two slots (CROSSSLOT). Read the old cart, then ZINCRBY each line into the new one."
)
def unites_and_loses_the_session(client, old, new):
    lines = client.zcard(f"cart:{{{old}}}")
    client.zunionstore(f"cart:{{{new}}}", [f"cart:{{{new}}}", f"cart:{{{old}}}"])
    client.delete(f"cart:{{{old}}}")
    return lines


@q3.mistake(
    "ZADD overwrote what the new cart had: a quantity is lost where both have the product. "
    "ZINCRBY adds."
)
def overwrites(client, old, new):
    lines = client.zrange(f"cart:{{{old}}}", 0, -1, withscores=True)
    pipe = client.pipeline(transaction=True)
    for product_id, quantity in lines:
        pipe.zadd(f"cart:{{{new}}}", {product_id: quantity})
    pipe.execute()
    client.delete(f"cart:{{{old}}}")
    return len(lines)


@q3.mistake(
    "The lines are in both carts now: whoever pays for both pays twice. Delete the old cart at "
    "the end."
)
def keeps_the_old_cart(client, old, new):
    lines = client.zrange(f"cart:{{{old}}}", 0, -1, withscores=True)
    for product_id, quantity in lines:
        client.zincrby(f"cart:{{{new}}}", quantity, product_id)
    return len(lines)


@q3.mistake(
    "RENAME threw away what was in the new cart. And a cluster refuses it here: the keys are in "
    "two slots."
)
def renames_over_two_slots(client, old, new):
    lines = client.zcard(f"cart:{{{old}}}")
    if lines:
        client.rename(f"cart:{{{old}}}", f"cart:{{{new}}}")
    return lines


@q3.mistake(
    "You added 1 of each product. The quantity is the score: ask for it with withscores=True."
)
def adds_one_of_each(client, old, new):
    lines = client.zrange(f"cart:{{{old}}}", 0, -1)
    pipe = client.pipeline(transaction=True)
    for product_id in lines:
        pipe.zincrby(f"cart:{{{new}}}", 1, product_id)
    pipe.execute()
    client.delete(f"cart:{{{old}}}")
    return len(lines)


@q3.mistake(
    "The pipeline was never sent, and then you deleted the guest's cart: its lines are lost. Call "
    "execute() before you delete."
)
def never_sends_and_deletes(client, old, new):
    lines = client.zrange(f"cart:{{{old}}}", 0, -1, withscores=True)
    pipe = client.pipeline(transaction=True)
    for product_id, quantity in lines:
        pipe.zincrby(f"cart:{{{new}}}", quantity, product_id)
    client.delete(f"cart:{{{old}}}")
    return len(lines)


@q3.mistake(
    "The new cart got another time-out. The task leaves it as it is: ZINCRBY doesn't touch it, so "
    "send no EXPIRE."
)
def hands_over_the_timeout(client, old, new):
    lines = client.zrange(f"cart:{{{old}}}", 0, -1, withscores=True)
    seconds = client.ttl(f"cart:{{{old}}}")
    pipe = client.pipeline(transaction=True)
    for product_id, quantity in lines:
        pipe.zincrby(f"cart:{{{new}}}", quantity, product_id)
    if seconds > 0:
        pipe.expire(f"cart:{{{new}}}", seconds)
    pipe.execute()
    client.delete(f"cart:{{{old}}}")
    return len(lines)


@q3.mistake("The number comes before the member: zincrby(key, quantity, product_id).")
def gives_the_member_first(client, old, new):
    lines = client.zrange(f"cart:{{{old}}}", 0, -1, withscores=True)
    pipe = client.pipeline(transaction=True)
    for product_id, quantity in lines:
        pipe.zincrby(f"cart:{{{new}}}", product_id, quantity)
    pipe.execute()
    client.delete(f"cart:{{{old}}}")
    return len(lines)


@q3.mistake(
    "You did not find the old cart. In an f-string {old} loses its braces, and {{old}} is the word "
    "old in braces: write {{{old}}}."
)
def too_few_braces(client, old, new):
    lines = client.zrange(f"cart:{old}", 0, -1, withscores=True)
    pipe = client.pipeline(transaction=True)
    for product_id, quantity in lines:
        pipe.zincrby(f"cart:{new}", quantity, product_id)
    pipe.execute()
    client.delete(f"cart:{old}")
    return len(lines)
