"""Lesson 08: growing up."""

import re

from cartlib.lab.slots import slot_of
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.prediction import Prediction
from cartlib.practice.rules import in_one_multi

TWO_SLOTS = (
    "Two keys with different hash tags went into one command, or into one MULTI. A cluster refuses "
    "that (CROSSSLOT): the keys are in two slots. Change one cart after the other."
)
ONE_BY_ONE = (
    "You sent the changes one by one: if your program stops between them, only a part of them is "
    "made. Send them in one MULTI."
)
READ_FIRST = (
    "You read the cart, and then deleted it: what somebody adds in between is lost. Both keys are "
    "in one slot, so ZUNIONSTORE can move the lines without a look at them."
)
DELETED_FIRST = (
    "You deleted the old cart before its lines were in the new one: if your program stops in "
    "between, they are lost. First add, then delete."
)
ADDS = ("ZINCRBY", "ZADD", "ZUNIONSTORE", "RENAME")
DELETES = ("DEL", "UNLINK", "ZREM", "ZREMRANGEBYRANK", "ZREMRANGEBYSCORE")


def in_one_slot(trial):
    """Return what to say where one command, or one MULTI, has carts of two slots: a rule."""
    inside, slots = False, set()
    for command in trial.commands:
        inside = command.name == "MULTI" or (inside and command.name != "EXEC")
        slots = slots if inside and command.name != "MULTI" else set()
        slots |= {slot_of(str(w)) for w in command.words if str(w).startswith("cart:")}
        if len(slots) > 1:
            return TWO_SLOTS
    return None


def sends_nothing(trial):
    """Return what to say where Redis was asked: a rule."""
    if trial.commands:
        return f"You sent {trial.names[0]}. The key's name is all that you need: ask no server."
    return None


def reads_first(trial):
    """Return what to say where lines were read, to be written again: a rule."""
    return READ_FIRST if {"ZRANGE", "ZREVRANGE", "ZSCAN", "ZUNION"} & set(trial.names) else None


def adds_before_it_deletes(trial):
    """Return what to say where lines went before they had come into the other cart: a rule."""
    deleted = False
    for name in trial.names:
        deleted = deleted or name in DELETES
        if deleted and name in ADDS:
            return DELETED_FIRST
    return None


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
    ],
    (
        "key.find('{') gives the place of the first {, or -1 if there is none.",
        "key.find('}', start + 1) looks for the first } after the place `start`.",
        "The text between them is key[start + 1 : end]. If it is empty, or a brace is missing, "
        "the answer is the whole key.",
    ),
    rules=(sends_nothing,),
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
    "You cut the key at each {. Only the first one begins the tag, and a second one belongs to it: "
    "in cart:{{ann}}:saved the part is {ann. split('{', 1) cuts once."
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
    "A { that no } follows is no tag. find() gives -1 then, and key[…:-1] cuts off the last "
    "letter: return the whole key."
)
def without_a_look_for_the_end(client, key):
    start = key.find("{")
    end = key.find("}", start + 1)
    return key if start == -1 or end == start + 1 else key[start + 1 : end]


q2 = Exercise(
    "scale.q2",
    "save_for_later(client, name)",
    [
        Case(["ZADD cart:{ann} 1 pen 3 lamp"], ("ann",)),
        Case(["ZADD cart:{bob} 1 pen 3 lamp", "ZADD cart:{bob}:saved 2 lamp 1 tea"], ("bob",)),
        Case(["ZADD cart:{ann} 2 mug", "EXPIRE cart:{ann} 1800"], ("ann",)),
        Case(["ZADD cart:{ann}:saved 1 mug"], ("ann",)),
    ],
    (
        "ZUNIONSTORE reads all the keys that it adds up, and then writes its first one. So the "
        "saved list may be both: the first key, and one of those to add up.",
        "pipe = client.pipeline(transaction=True) collects commands. pipe.zunionstore(saved, "
        "[saved, cart]) adds both up, and pipe.delete(cart) takes the cart away.",
        "pipe.execute() returns the replies. That of ZUNIONSTORE, the first, is how many lines "
        "are saved now.",
    ),
    rules=(in_one_slot, reads_first, in_one_multi(ONE_BY_ONE)),
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
    ],
    (
        "The two names are two tags, so no command may have both keys. Read the old cart by "
        "client.zrange(key, 0, -1, withscores=True).",
        "Collect pipe.zincrby(new_key, quantity, product_id) for each line, and pipe.execute() "
        "once: a MULTI on one key.",
        "Delete the old cart last, by a call of its own: client.delete(old_key).",
    ),
    rules=(in_one_slot, in_one_multi(ONE_BY_ONE, {"ZINCRBY", "ZADD"}), adds_before_it_deletes),
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
