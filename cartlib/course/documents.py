"""Lesson 15: documents and likeness."""

import json
import math

from hypothesis import strategies as st
from redis.exceptions import ResponseError

from cartlib.course.worlds import IDS, SURROUNDINGS, command, some_of
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.rules import at_most_trips, changes_nothing, in_one_multi, no_look_before
from cartlib.questions import Guess, Prediction
from cartlib.shop import gifts, likeness

GIFTS, LIKENESS = "cart:{guest}:gifts", "shop:likeness"
STRANGE = ["tea.pot", 'the "big" mug', "a\\b", '"', "\\", "a]b", "*", "it's"]
ONE_BY_ONE = (
    "You sent the two commands one by one: if your program stops between them, there is a document "
    "without the card. Send both in one MULTI."
)
READS_FIRST = (
    "You read the document before you changed it. What you read can be old when you write: "
    "JSON.SET with NX begins a document only if there is none, and needs no look."
)
READS_THE_CARD = (
    "You read the card before you changed it. Between the two, somebody else can sign: "
    "JSON.ARRAPPEND puts a name at the end without reading, and replies how many there are now."
)
ONLY_READS = "You sent {}. To find what is alike needs no change of any key."
IN_TWO_TRIPS = "One look whether the product is there, and one VSIM, do."

p1 = Prediction(
    "documents.p1",
    ('JSON.SET demo:card $ \'{"to": "Ann", "text": "Hello"}\'',),
    "JSON.GET demo:card $.from",
    {
        "(nil)": "(nil) is the reply where there is no key at all. Here the document is there; "
        "only nothing in it has this path.",
        '"[]"': "The reply is the list of all that the path finds: here it finds nothing.",
        "(error) no such path": "To look for what is not there is no error in JSON.GET.",
    },
    because="A path can find one part, many, or none. So the reply to a path with `$` is always a "
    'list, also where it has one part: `["Ann"]`.',
)
p2 = Prediction(
    "documents.p2",
    ('JSON.SET demo:card $ \'{"tea.pot": 1, "tea": {"pot": 2}}\'',),
    "JSON.GET demo:card $.tea.pot",
    {
        '"[1]"': "So it would be if the path were one name. A dot ends a name: first tea, and in "
        "it pot.",
        '"[2]"': "The dot leads from tea into its pot. The name with a dot in it is not found.",
        '"[1,2]"': "A path is read in one way only: first tea, and in it pot.",
    },
    because='A name with a dot in it needs quotes: `$["tea.pot"]`.',
)
p3 = Prediction(
    "documents.p3",
    ("VADD demo:likeness VALUES 2 3 0 mug", "VADD demo:likeness VALUES 2 0 4 tent"),
    "VSIM demo:likeness ELE mug WITHSCORES",
    {
        '1) "mug"\n2) "1"\n3) "tent"\n4) "0"': "The two arrows stand at a right angle. 0 would "
        "mean that they point in opposite directions.",
        '1) "mug"\n2) "1"\n3) "tent"\n4) "0.5"': "The mug has its own direction: 1. The tent's is "
        "at a right angle to it: 0.5.",
        '1) "tent"\n2) "0.5"': "The mug is most like itself, and Redis does not leave it out.",
    },
    because="Redis's likeness is (1 + the cosine of the angle) / 2: 1 for one direction, 0.5 for a "
    "right angle, and 0 for opposite ones. So **0.5 means: nothing in common**.",
)


def _two_friends_sign(client):
    client.set("demo:card", '{"signed": []}')
    anns, bobs = (json.loads(client.get("demo:card")) for _ in range(2))
    for card, name in ((anns, "Ann"), (bobs, "Bob")):
        card["signed"].append(name)
        client.set("demo:card", json.dumps(card))
    return {1: "Bob's alone", 2: "both"}[len(json.loads(client.get("demo:card"))["signed"])]


g1 = Guess(
    "documents.g1",
    "A card is a JSON text in a String. Ann's program reads it, then Bob's does. Each puts its "
    "name at the end, and writes the whole text back: first Ann's, then Bob's. Whose name is on "
    "the card?",
    {
        "both": "Bob's program had read the card before Ann's name was on it. Its text replaced "
        "hers.",
        "Ann's alone": "Bob's program wrote last, and SET replaces the whole text.",
        "Bob's alone": "What Bob's program had read was old. Its SET wrote the old text with one "
        "name more: Ann's is lost, and nobody was told.",
    },
    right="Bob's alone",
    proof=_two_friends_sign,
    because="You know it from lesson 06: this is the **lost update**.",
)


def _take_two_pieces(client):
    likeness.note_product(client, "mug", [2, 1])
    likeness.note_product(client, "tea", [4, 2])
    likeness.note_product(client, "tent", [1, 2])
    return likeness.others_also_took(client, "mug", most=1)[0][0]


g2 = Guess(
    "documents.g2",
    "Ann and Bob took: 2 and 1 mugs, 4 and 2 packets of tea, 1 and 2 tents. Which is more like the "
    "mug?",
    {
        "tea": "The tea has twice as much of each number, so its arrow has the mug's direction.",
        "tent": "The tent's numbers are nearer to the mug's, but its arrow points elsewhere: most "
        "of the tents went to Bob, most of the mugs to Ann.",
        "none of them": "Redis ranks all: one of them is always the most alike.",
    },
    right="tea",
    proof=_take_two_pieces,
)


def no_script(text):
    """Return a rule: what is changed is not changed by a script."""
    return lambda trial: text if any(c.name.startswith("EVAL") for c in trial.writes) else None


def document(cards) -> list[str]:
    """Return the line that writes a document of gift cards; none for None."""
    return [] if cards is None else [command("JSON.SET", GIFTS, "$", json.dumps(cards))]


def card(to="Ann", text="Hello", signed=()):
    """Return a gift card."""
    return {"to": to, "text": text, "signed": list(signed)}


NAMES = st.sampled_from(
    ["Ann", "Bob", "Zoë", 'Al "the cat"', "O'Neil", "a\\b", "$", "Ann, Bob", "1"]
)
IDS_OF_CARDS = st.sampled_from([*IDS[:8], *STRANGE])
OTHERS = [line for line in SURROUNDINGS if "gifts" not in line]


@st.composite
def card_worlds(draw):
    """Worlds for q1: a document or none, with cards of other products, and one of this one."""
    cards = draw(
        st.none()
        | st.dictionaries(IDS_OF_CARDS, st.builds(card, NAMES, NAMES), min_size=1, max_size=4)
    )
    item = draw(st.sampled_from([*(cards or []), *IDS[:4], *STRANGE]))
    given = [*document(cards), *draw(some_of(OTHERS))]
    rival = command("JSON.SET", GIFTS, "$", '{"vase": {"to": "Eve", "text": "Mine"}}', "NX")
    return Case(given, (item, draw(NAMES), draw(NAMES)), draw(st.sampled_from([(), (), (rival,)])))


VASE = ('JSON.SET cart:{guest}:gifts $ \'{"vase": {"to": "Eve", "text": "Mine"}}\' NX',)
CARDS = document({"mug": card(), "pen": card("Bob", "Write")})

q1 = Exercise(
    "documents.q1",
    "write_card(client, product_id, to, text)",
    [
        Case([], ("mug", "Ann", "Hello")),
        Case(CARDS, ("lamp", "Eve", "Light")),
        Case(CARDS, ("mug", "Eve", "Cheers")),
        Case(CARDS, ("tea.pot", "Eve", "Cheers")),
        Case(CARDS, ('the "big" mug', "Eve", 'She said "yes"')),
        Case(CARDS, ("a\\b", "Eve", "back\\slash")),
        Case([], ("mug", "Ann", "Hello"), VASE),
        Case(["SET cart:{guest}:gifts text"], ("mug", "Ann", "Hello")),
    ],
    (
        "A document begins as a whole: JSON.SET cart:{guest}:gifts $ {} NX writes an empty one, if "
        "there is none. Then JSON.SET of the card's path.",
        'Put the id between $[" and "]. Before that, replace each \\ in it by two, and then each " '
        'by \\": product_id.replace("\\\\", "\\\\\\\\").replace(\'"\', \'\\\\"\').',
        "pipe = client.pipeline(transaction=True), then pipe.execute_command('JSON.SET', key, "
        "path, json.dumps(card)), and pipe.execute().",
    ),
    rules=(
        no_script(
            "You sent a script. It does both as one, too, but this task is about MULTI: collect "
            "the two commands in a pipeline."
        ),
        in_one_multi(ONE_BY_ONE),
        no_look_before(GIFTS, READS_FIRST),
    ),
    worlds=card_worlds(),
)


@q1.reference
def write_card(client, product_id, to, text):
    name = product_id.replace("\\", "\\\\").replace('"', '\\"')
    pipe = client.pipeline(transaction=True)
    pipe.execute_command("JSON.SET", "cart:{guest}:gifts", "$", "{}", "NX")
    card = json.dumps({"to": to, "text": text})
    pipe.execute_command("JSON.SET", "cart:{guest}:gifts", f'$["{name}"]', card)
    pipe.execute()


def _written(client, path, to, text, *options):
    """Do what the reference does, with another path or other options at the beginning."""
    pipe = client.pipeline(transaction=True)
    pipe.execute_command("JSON.SET", GIFTS, "$", "{}", *options)
    pipe.execute_command("JSON.SET", GIFTS, path, json.dumps({"to": to, "text": text}))
    return pipe.execute()


@q1.mistake(
    "A dot in the id ended the name in your path, as each dot after $ does. Put the id into "
    'quotes: $["tea.pot"].'
)
def path_with_a_dot(client, product_id, to, text):
    _written(client, f"$.{product_id}", to, text, "NX")


@q1.mistake(
    'The quotes in your path hold the id, but an id can have a " itself, which ends them too soon. '
    'Replace each \\ by two, and then each " by \\".'
)
def quotes_without_escapes(client, product_id, to, text):
    _written(client, f'$["{product_id}"]', to, text, "NX")


@q1.mistake(
    'You replaced the \\ after the ": so the \\ that you had just put before a " became two, and '
    'the " ends the name again. First the \\, then the ".'
)
def escapes_in_the_wrong_order(client, product_id, to, text):
    name = product_id.replace('"', '\\"').replace("\\", "\\\\")
    _written(client, f'$["{name}"]', to, text, "NX")


@q1.mistake(
    "The cards of the other products are gone: JSON.SET of $ replaced the whole document. With NX "
    "it writes only if there is none."
)
def begins_anew(client, product_id, to, text):
    name = product_id.replace("\\", "\\\\").replace('"', '\\"')
    _written(client, f'$["{name}"]', to, text)


@q1.mistake(
    "Where there was no document, you got an error: a new one has to begin at its root, $. Send "
    "JSON.SET of $ with NX before the card."
)
def writes_the_card_alone(client, product_id, to, text):
    name = product_id.replace("\\", "\\\\").replace('"', '\\"')
    card = json.dumps({"to": to, "text": text})
    pipe = client.pipeline(transaction=True)
    pipe.execute_command("JSON.SET", GIFTS, f'$["{name}"]', card)
    pipe.execute()


@q1.mistake(
    "JSON.MERGE keeps what the old card had besides, such as its signatures. Wanted is the new "
    "card in place of the old one: JSON.SET of its path."
)
def merges(client, product_id, to, text):
    pipe = client.pipeline(transaction=True)
    pipe.execute_command("JSON.SET", GIFTS, "$", "{}", "NX")
    pipe.execute_command(
        "JSON.MERGE", GIFTS, "$", json.dumps({product_id: {"to": to, "text": text}})
    )
    pipe.execute()


@q1.mistake(
    "execute_command sends texts and numbers, and no dict: json.dumps(card) makes a text of it."
)
def sends_a_dict(client, product_id, to, text):
    pipe = client.pipeline(transaction=True)
    pipe.execute_command("JSON.SET", GIFTS, "$", "{}", "NX")
    pipe.execute_command("JSON.SET", GIFTS, gifts.path_of(product_id), {"to": to, "text": text})
    pipe.execute()


@q1.mistake(
    'You wrote the JSON of the card by hand. A text that has a " or a \\ in it is then no JSON, or '
    "another text: json.dumps(card) writes it safely."
)
def writes_json_by_hand(client, product_id, to, text):
    pipe = client.pipeline(transaction=True)
    pipe.execute_command("JSON.SET", GIFTS, "$", "{}", "NX")
    path, card = gifts.path_of(product_id), f'{{"to": "{to}", "text": "{text}"}}'
    pipe.execute_command("JSON.SET", GIFTS, path, card)
    pipe.execute()


@q1.mistake(
    "json.dumps writes ë as \\u00eb. In JSON that is the same, but a path takes it as other "
    'letters. In a path, put a \\ before each \\ and each ", and leave the rest as it is.'
)
def makes_json_of_the_id(client, product_id, to, text):
    _written(client, f"$[{json.dumps(product_id)}]", to, text, "NX")


@q1.mistake("The card is written, but you returned something. Nothing is wanted: no return.")
def returns_the_replies(client, product_id, to, text):
    name = product_id.replace("\\", "\\\\").replace('"', '\\"')
    return _written(client, f'$["{name}"]', to, text, "NX")


@st.composite
def signings(draw):
    """Worlds for q2: some cards, one of which is signed, and maybe somebody else who signs."""
    names = st.lists(NAMES, max_size=5)
    cards = draw(
        st.dictionaries(IDS_OF_CARDS, st.builds(card, NAMES, NAMES, names), min_size=1, max_size=4)
    )
    item = draw(st.sampled_from([*cards]))
    given = [*document(cards), *draw(some_of(OTHERS))]
    rival = command("JSON.ARRAPPEND", GIFTS, gifts.path_of(item) + ".signed", '"Eve"')
    return Case(given, (item, draw(NAMES)), draw(st.sampled_from([(), (), (rival,)])))


TWO = document({"mug": card(signed=["Ann"]), "tea.pot": card(signed=["Ann", "Bob"])})
EVE = ("JSON.ARRAPPEND cart:{guest}:gifts $.mug.signed '\"Eve\"'",)

q2 = Exercise(
    "documents.q2",
    "sign(client, product_id, name)",
    [
        Case(TWO, ("mug", "Bob")),
        Case(TWO, ("tea.pot", "Zoë")),
        Case(TWO, ("mug", "Ann")),
        Case(document({"mug": card()}), ("mug", 'Al "the cat"')),
        Case(document({'the "big" mug': card()}), ('the "big" mug', "a\\b")),
        Case(TWO, ("mug", "Bob"), EVE),
        Case(["SET cart:{guest}:gifts text"], ("mug", "Ann")),
    ],
    (
        "JSON.ARRAPPEND key path value puts a value at the end of an array.",
        "The value has to be JSON: json.dumps(name) puts quotes around it, and before each quote "
        "in it a \\.",
        "The reply is a list with one number for each array that the path finds: here of one.",
    ),
    rules=(no_look_before(GIFTS, READS_THE_CARD),),
    worlds=signings(),
)


@q2.reference
def sign(client, product_id, name):
    quoted = product_id.replace("\\", "\\\\").replace('"', '\\"')
    path = f'$["{quoted}"].signed'
    return client.execute_command("JSON.ARRAPPEND", "cart:{guest}:gifts", path, json.dumps(name))[0]


def _append(client, product_id, value):
    path = gifts.path_of(product_id) + ".signed"
    return client.execute_command("JSON.ARRAPPEND", GIFTS, path, value)


def _card_of(client, product_id):
    return json.loads(client.execute_command("JSON.GET", GIFTS, gifts.path_of(product_id)))[0]


@q2.mistake(
    "You read the names, put one more at the end, and wrote them all back. Whoever signs in "
    "between is lost: JSON.ARRAPPEND does it inside Redis."
)
def reads_and_writes_back(client, product_id, name):
    signed = [*_card_of(client, product_id)["signed"], name]
    path = gifts.path_of(product_id) + ".signed"
    client.execute_command("JSON.SET", GIFTS, path, json.dumps(signed))
    return len(signed)


@q2.mistake(
    "You returned the list that Redis replied: it has one number for each array that the path "
    "finds. Wanted is the number: take the first."
)
def returns_the_list(client, product_id, name):
    return _append(client, product_id, json.dumps(name))


@q2.mistake(
    'You put the name between quotes by hand. A name that has a " or a \\ in it is then no JSON, '
    "or another name: json.dumps(name) writes it safely."
)
def quotes_by_hand(client, product_id, name):
    return _append(client, product_id, f'"{name}"')[0]


@q2.mistake(
    "Redis wants JSON, and a bare name is none: json.dumps(name) puts the quotes around it."
)
def sends_no_json(client, product_id, name):
    return _append(client, product_id, name)[0]


@q2.mistake("The name is at the beginning of the list. Wanted is the end: JSON.ARRAPPEND.")
def puts_it_first(client, product_id, name):
    path = gifts.path_of(product_id) + ".signed"
    return client.execute_command("JSON.ARRINSERT", GIFTS, path, 0, json.dumps(name))[0]


@q2.mistake(
    "The names from before are gone: you replaced the list. JSON.ARRAPPEND puts one at its end."
)
def replaces_the_list(client, product_id, name):
    path = gifts.path_of(product_id) + ".signed"
    client.execute_command("JSON.SET", GIFTS, path, json.dumps([name]))
    return 1


@q2.mistake("The name is on the card, but you returned nothing. Wanted is how many have signed.")
def returns_nothing(client, product_id, name):
    _append(client, product_id, json.dumps(name))


@q2.mistake(
    "A dot or a quote in the id led your path elsewhere. Put the id into quotes as in write_card."
)
def signs_by_a_bare_path(client, product_id, name):
    path = f"$.{product_id}.signed"
    return client.execute_command("JSON.ARRAPPEND", GIFTS, path, json.dumps(name))[0]


@q2.mistake(
    'The quotes in your path hold the id, but an id can have a " itself, which ends them too soon. '
    "Put a \\ before it, as in write_card."
)
def signs_without_escapes(client, product_id, name):
    path = f'$["{product_id}"].signed'
    return client.execute_command("JSON.ARRAPPEND", GIFTS, path, json.dumps(name))[0]


@q2.mistake("Your path leads to the card, which is no list. Its list is the part signed: .signed.")
def signs_the_card(client, product_id, name):
    path = gifts.path_of(product_id)
    return client.execute_command("JSON.ARRAPPEND", GIFTS, path, json.dumps(name))[0]


def vadd(vectors) -> list[str]:
    """Return the lines that write a vector set."""
    return [
        command("VADD", LIKENESS, "VALUES", len(numbers), *numbers, item)
        for item, numbers in vectors.items()
    ]


def cosine(one, two):
    """Return the cosine of the angle between two vectors."""
    dot = sum(a * b for a, b in zip(one, two, strict=True))
    return dot / math.hypot(*one) / math.hypot(*two)


def clearly_ranked(world):
    """Tell whether no two products are equally like the one that is asked for."""
    vectors, item = world
    if item not in vectors:
        return True
    ranks = sorted(cosine(vectors[item], vector) for vector in vectors.values())
    gaps = [after - before for before, after in zip(ranks, ranks[1:], strict=False)]
    return all(gap > 1e-4 or abs(rank) < 1e-9 for gap, rank in zip(gaps, ranks, strict=False))


@st.composite
def crowds(draw):
    """Return vectors of some products, and one of them or another one."""
    size = draw(st.integers(2, 5))
    numbers = st.lists(st.sampled_from([0, 0, 1, 2, 3, 5, -1, -2]), min_size=size, max_size=size)
    items = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=9, unique=True))
    vectors = {item: draw(numbers.filter(any)) for item in items}
    return vectors, draw(st.sampled_from([*items, *items, "unicorn"]))


@st.composite
def twins(draw):
    """Return vectors of one direction, and one of the products; doubled, they are equal floats."""
    vector = draw(st.lists(st.integers(1, 5), min_size=2, max_size=3))
    items = draw(st.lists(st.sampled_from(IDS), min_size=2, max_size=5, unique=True))
    return {i: [n * 2**k for n in vector] for k, i in enumerate(items)}, draw(
        st.sampled_from(items)
    )


@st.composite
def likenesses(draw):
    """Worlds for q3: a vector set, a product that is mostly in it, and how many are wanted."""
    ranked = crowds().filter(clearly_ranked)
    vectors, item = draw(
        st.sampled_from([ranked, ranked, ranked, twins()]).flatmap(lambda one: one)
    )
    given = [*vadd(vectors), *draw(some_of(OTHERS))]
    return Case(given, (item, draw(st.sampled_from([1, 2, 3, 5, 20]))))


TAKEN = vadd(
    {
        "mug": [2, 1, 0, 1],
        "tea": [1, 1, 0, 1],
        "kettle": [1, 0, 0, 1],
        "lamp": [0, 1, 2, 0],
        "tent": [0, 0, 1, 0],
    }
)
ELEVEN = vadd({f"thing {n}": [9, n] for n in range(14)})

q3 = Exercise(
    "documents.q3",
    "most_alike(client, product_id, most)",
    [
        Case(TAKEN, ("mug", 2)),
        Case(TAKEN, ("mug", 3)),
        Case(TAKEN, ("mug", 10)),
        Case(TAKEN, ("tent", 5)),
        Case(TAKEN, ("unicorn", 3)),
        Case([], ("mug", 3)),
        Case(vadd({"mug": [1, 0], "pen": [0, 1], "lamp": [-1, 0]}), ("mug", 3)),
        Case(ELEVEN, ("thing 0", 12)),
        Case(["SET shop:likeness text"], ("mug", 3)),
    ],
    (
        "VSIM shop:likeness ELE id WITHSCORES COUNT n: one of the n is mostly the product itself, "
        "so ask for one more, and cut the list in the end.",
        "client.vset().vsim('shop:likeness', product_id, with_scores=True, count=most + 1) gives a "
        "dict of {id: likeness}, the most alike first. Keep those above 0.5, without the id.",
        "Is the product there? client.vset().vemb('shop:likeness', product_id) gives None if not.",
    ),
    rules=(changes_nothing(ONLY_READS), at_most_trips(2, IN_TWO_TRIPS)),
    worlds=likenesses(),
)


@q3.reference
def most_alike(client, product_id, most):
    vectors = client.vset()
    if vectors.vemb("shop:likeness", product_id) is None:
        return []
    found = vectors.vsim("shop:likeness", product_id, with_scores=True, count=most + 1)
    return [item for item, score in found.items() if item != product_id and score > 0.5][:most]


def _ask(client, product_id, count):
    vectors = client.vset()
    if vectors.vemb(LIKENESS, product_id) is None:
        return {}
    return vectors.vsim(LIKENESS, product_id, with_scores=True, count=count)


@q3.mistake(
    "The product itself is in your list: it is most like itself, and VSIM does not leave it out."
)
def lists_itself(client, product_id, most):
    found = _ask(client, product_id, most)
    return [item for item, score in found.items() if score > 0.5]


@q3.mistake(
    "Your list is one too short: one of those that VSIM counts is the product itself. Ask for most "
    "+ 1."
)
def counts_itself(client, product_id, most):
    found = _ask(client, product_id, most)
    return [item for item, score in found.items() if item != product_id and score > 0.5]


@q3.mistake(
    "Products that have nothing in common with this one are in your list. Their likeness is 0.5 or "
    "less: leave them out."
)
def lists_what_is_not_alike(client, product_id, most):
    found = _ask(client, product_id, most + 1)
    return [item for item in found if item != product_id]


@q3.mistake(
    "A likeness of just 0.5 is nothing in common, too: keep those that are greater, and not equal."
)
def keeps_the_equal(client, product_id, most):
    found = _ask(client, product_id, most + 1)
    return [item for item, score in found.items() if item != product_id and score >= 0.5]


@q3.mistake(
    "Your list is one too long: VSIM put others of the same direction before the product itself, "
    "so there was none to leave out. Cut the list: [:most]."
)
def does_not_cut(client, product_id, most):
    found = _ask(client, product_id, most + 1)
    return [item for item, score in found.items() if item != product_id and score > 0.5]


@q3.mistake(
    "You left out the first, whatever it is. A product with the same direction can come before the "
    "product itself: leave out the one whose id is product_id."
)
def leaves_out_the_first(client, product_id, most):
    found = _ask(client, product_id, most + 1)
    return [item for item, score in found.items() if score > 0.5][1:]


@q3.mistake("You returned pairs or a dict with the likeness. Wanted are the ids alone, in a list.")
def returns_pairs(client, product_id, most):
    found = _ask(client, product_id, most + 1).items()
    return [(item, score) for item, score in found if item != product_id and score > 0.5]


@q3.mistake(
    "Where the product has no vector, Redis replies an error, and it came out of your function. "
    "Wanted is [] there: look by VEMB first, or catch this one error."
)
def does_not_look(client, product_id, most):
    found = client.vset().vsim(LIKENESS, product_id, with_scores=True, count=most + 1) or {}
    return [item for item, score in found.items() if item != product_id and score > 0.5]


@q3.mistake(
    "shop:likeness has the wrong type in this case, and Redis said so. You swallowed its error: "
    "let it go through. Only the missing product is no error."
)
def swallows_errors(client, product_id, most):
    try:
        found = client.vset().vsim(LIKENESS, product_id, with_scores=True, count=most + 1)
    except ResponseError:
        return []
    found = (found or {}).items()
    return [item for item, score in found if item != product_id and score > 0.5]


@q3.mistake("The least alike comes first in your list. VSIM gives the most alike first.")
def least_first(client, product_id, most):
    found = _ask(client, product_id, most + 1)
    return [item for item, score in found.items() if item != product_id and score > 0.5][::-1]


@q3.mistake(
    "VSIM gives 10 if you ask for no number: more than 10 can be wanted. Give it COUNT, most + 1."
)
def asks_for_no_number(client, product_id, most):
    vectors = client.vset()
    if vectors.vemb(LIKENESS, product_id) is None:
        return []
    found = vectors.vsim(LIKENESS, product_id, with_scores=True)
    return [item for item, score in found.items() if item != product_id and score > 0.5][:most]
