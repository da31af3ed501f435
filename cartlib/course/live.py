"""Lesson 05: live carts."""

import json

from hypothesis import strategies as st

from cartlib.cart import add_to_cart, get_cart_items
from cartlib.catalogue import load_catalogue
from cartlib.course.worlds import (
    QUANTITIES,
    command,
    first,
    ids,
    surroundings,
)
from cartlib.lab.disturbance import script_of
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.rules import changes_nothing, never
from cartlib.questions import Guess, Prediction

EVENTS, HISTORY = "cart:{guest}:events", "cart:{guest}:history"
LISTENER = "SUBSCRIBE cart:{guest}:events"
MUG = "XADD cart:{guest}:history 1-0 product_id mug quantity 2"
LAMP = "XADD cart:{guest}:history 9-0 product_id lamp quantity 1"
MORE = (
    "XADD cart:{guest}:history 9-9 product_id mug quantity 1",
    "XADD cart:{guest}:history 9-10 product_id lamp quantity 4",
    "XADD cart:{guest}:history 10-0 product_id pen quantity 5",
    "XADD cart:{guest}:history 10-1 product_id pen quantity 5",
)
DEMO = "XADD cart:{demo}:history 99-0 product_id kettle quantity 7"


def entry(name, item, quantity):
    """Return the line that appends an entry to the history."""
    return command("XADD", HISTORY, name, "product_id", item, "quantity", quantity)


class Entries(list):
    """The lines that write so many entries into the history; in short where it is written."""

    def __init__(self, many):
        super().__init__(entry(f"1-{n}", "mug", n) for n in range(many))

    def __repr__(self):
        return f"Entries({len(self)})"


# A world without anything else to draw comes once only, so it may be a slow one.
once_in_a_while = st.sampled_from([False, False, False, True])
# In what a history tells, a quantity can be 0, or less.
changed = st.sampled_from([0, -1, -12, *QUANTITIES])


def one_message(trial):
    """Return what to say where not just one message goes to the right channel: a rule."""
    if trial.error is not None or any(name.startswith(("EVAL", "FCALL")) for name in trial.names):
        return None
    channels = [text(c.words[1]) for c in trial.commands if c.name == "PUBLISH"]
    if not channels:
        return (
            "Nobody listened, and you published nothing. Publish in any case: PUBLISH itself finds "
            "out who listens, and replies 0."
        )
    other = next((channel for channel in channels if channel != EVENTS), None)
    if other is not None:
        return (
            f"You published to the channel {other}. The message goes to {EVENTS}, and only there."
        )
    if len(channels) > 1:
        return f"You published {len(channels)} messages. One is wanted, whoever hears it."
    return None


def trims_to_1000(trial):
    """Return what to say where the newest 1,000 entries are not what stays: a rule."""
    if trial.error is not None:
        return None
    if any(c.name.startswith("EVAL") and "MAXLEN" in script_of(c).upper() for c in trial.commands):
        return None  # what a script does shows in the keys
    kept = None
    for words in sent_to(HISTORY, trial):
        if "MAXLEN" in words:
            number = next(word for word in words[words.index("MAXLEN") + 1 :] if word not in "~=")
            kept = int(number) if kept is None else min(int(number), kept)
        elif words[0] == "XADD" and kept is not None:
            kept += 1
    if kept == 1001:
        return "You trim first, and then append: so 1,001 entries stay. Trim by xadd itself."
    if kept is not None and kept != 1000:
        return f"MAXLEN says how many entries stay. You keep {kept}, and 1000 are wanted."
    return NOT_TRIMMED if kept is None else None


def id_from_redis(trial):
    """Return what to say where XADD was given an id: a rule."""
    added = [words for words in sent_to(HISTORY, trial) if words[0] == "XADD"]
    return None if all("*" in words for words in added) else GIVEN_ID


def sent_to(key, trial):
    """Return the commands that name a key, each as a list of its words in capitals."""
    sent = [list(map(text, command.words)) for command in trial.commands]
    return [[word.upper() for word in words] for words in sent if key in words]


def text(word):
    """Return a word that was sent as a text: redis-py takes bytes and numbers, too."""
    return word.decode(errors="replace") if isinstance(word, bytes) else str(word)


def never_waits(trial):
    """Return what to say where the function waits for entries: a rule."""
    if any("BLOCK" in map(str.upper, map(text, c.words)) for c in trial.commands):
        return "block makes XREAD wait for new entries. Leave it away."
    empty = [str(c) for c in trial.commands if c.name.startswith("X") and not c.reply]
    if len(empty) > len(set(empty)):
        return (
            "Nothing was new, and you asked again. Do not wait for new entries: whoever calls you "
            "decides when to ask again."
        )
    return None


NOT_TRIMMED = (
    "In this call no command of yours says MAXLEN for cart:{guest}:history, so nothing holds it "
    "at 1,000 entries. Give xadd the argument maxlen=1000, at each call."
)
GIVEN_ID = (
    "You gave the id yourself. An id has to be greater than the last one in the stream: leave it "
    "away, and Redis makes one from the clock."
)
ONLY_HISTORY = "You published it, too. That is not asked for: write the history, and nothing else."

p1 = Prediction(
    "live.p1",
    ("ZADD cart:{demo} 2 mug",),
    "PUBLISH cart:{demo}:events hello",
    {
        "(integer) 1": "One message was sent. But PUBLISH does not count messages: it counts who "
        "heard this one.",
        "(integer) 0": "Nobody listens, so it reached 0 listeners. That is no error, and Redis "
        "keeps nothing of it.",
        "OK": "Other commands say OK. PUBLISH replies a number: it counts something.",
        "(error) no such channel": "A channel need not be made before, and it is no error if "
        "nobody listens to it.",
    },
)
p2 = Prediction(
    "live.p2",
    (
        "XADD cart:{demo}:history 1-0 product_id mug quantity 2",
        "XADD cart:{demo}:history 2-0 product_id lamp quantity 1",
        "XREAD STREAMS cart:{demo}:history 1-0",
    ),
    "XLEN cart:{demo}:history",
    {
        "(integer) 0": "So it would be if reading emptied the stream. It does not: both entries "
        "are still there.",
        "(integer) 1": "So it would be if the entry that was read were gone. XREAD only reads.",
        "(integer) 2": "Reading takes nothing out of a stream: both entries are still there, for "
        "the next reader too.",
    },
    because="So several readers can share a stream: each one remembers how far it has read.",
)


def _heard_late(client):
    client.publish("cart:{demo}:events", "two mugs")
    with client.pubsub() as latecomer:
        latecomer.subscribe("cart:{demo}:events")
        client.publish("cart:{demo}:events", "a lamp")
        heard = list(iter(latecomer.get_message, None))
    return ", ".join(message["data"] for message in heard if message["type"] == "message")


g1 = Guess(
    "live.g1",
    "Which messages does the latecomer hear?",
    {
        "two mugs, a lamp": "The mugs were published too early, and Redis keeps no message.",
        "a lamp": "What was published before is gone, and there is no way to ask for it.",
        "none of them": "It listens when the lamp comes.",
    },
    right="a lamp",
    proof=_heard_late,
)


def _added_up(client):
    load_catalogue(client)
    thinks = 0
    for quantity, listens in [(1, True), (2, False), (4, True)]:
        with client.pubsub() as listener:
            if listens:
                listener.subscribe("cart:{demo}:events")
                listener.get_message()
            add_to_cart(client, "mug", quantity, cart="demo")
            thinks += json.loads(listener.get_message()["data"])["quantity"] if listens else 0
    return f"it thinks {thinks}, and there are {get_cart_items(client, cart='demo')[0][1]}"


g2 = Guess(
    "live.g2",
    "What does the listener think, and how many mugs are in the cart?",
    {
        "it thinks 7, and there are 7": "Who told it of the two that came in meanwhile?",
        "it thinks 5, and there are 5": "What nobody hears of is in the cart all the same.",
        "it thinks 5, and there are 7": "It missed two, and it will never notice.",
    },
    right="it thinks 5, and there are 7",
    proof=_added_up,
)


def _lied_to(client):
    with client.pubsub() as listener:
        listener.subscribe("cart:{guest}:events")
        client.publish("cart:{guest}:events", json.dumps({"change": "add", "quantity": 99}))
        heard = [message["data"] for message in iter(listener.get_message, None)]
    return f"{json.loads(heard[-1])['quantity']} and {len(get_cart_items(client))}"


g4 = Guess(
    "live.g4",
    "How many mugs does the feed speak of, and how many are on the screens?",
    {
        "99 and 99": "So it would be if a screen added up what the feed hears. What does it do at "
        "each event?",
        "99 and 0": "The feed writes down what it hears. At each event the screens read the cart, "
        "and the cart is empty.",
        "0 and 0": "The feed can't tell a lie from a change: a message is all that it gets.",
    },
    right="99 and 0",
    proof=_lied_to,
)


def _trimmed(client):
    for number in range(1, 6):
        client.xadd("h", {"n": number}, id=f"{number}-0", maxlen=3, approximate=False)
    return ", ".join(name for name, _ in client.xrange("h"))


g3 = Guess(
    "live.g3",
    "Which ids are left?",
    {
        "1-0, 2-0, 3-0": "So it would be if a full stream took no more. It takes the new ones.",
        "3-0, 4-0, 5-0": "The newest three stay; the oldest went as new ones came.",
        "1-0 to 5-0": "MAXLEN 3 leaves three of them.",
    },
    right="3-0, 4-0, 5-0",
    proof=_trimmed,
)

CHANGES = ["add", "remove", "clear", "buy", "Sold out", 'the "big" sale', "Größe"]
ELSEWHERE = [f"SUBSCRIBE {name}" for name in ("cart:{guest}", "cart:{demo}:events", "events")]


@st.composite
def messages(draw):
    """Worlds for q1: a change, of which parts can be None, and listeners here and elsewhere."""
    product = draw(st.one_of(st.none(), ids, st.sampled_from(['5" nail', "back\\slash"])))
    quantity = draw(st.one_of(st.none(), changed))
    listeners = [LISTENER] * draw(st.sampled_from([0, 0, 1, 2, 3, 11]))
    elsewhere = draw(st.lists(st.sampled_from(ELSEWHERE), max_size=2))
    args = draw(st.sampled_from(CHANGES)), product, quantity
    return Case([*listeners, *elsewhere, *draw(surroundings)], args)


q1 = Exercise(
    "live.q1",
    "publish_change(client, change, product_id, quantity)",
    [
        Case([LISTENER], ("add", "mug", 2)),
        Case([LISTENER, LISTENER], ("clear", None, None)),
        Case([], ("remove", "lamp", 1)),
        Case([LISTENER], ("add", "Zoë's 5\" cup", 1)),
        Case([LISTENER, "PSUBSCRIBE cart:*"], ("add", "mug", 1)),
    ],
    (
        "Put the three values into a dict, with the keys change, product_id and quantity.",
        "json.dumps(...) makes the text of a dict. None becomes null, and stays in it.",
        "client.publish('cart:{guest}:events', text) returns how many listeners it reached.",
    ),
    rules=(
        one_message,
        changes_nothing("You sent {}. Publish the message, and change no key."),
    ),
    worlds=messages(),
)


@q1.reference
def publish_change(client, change, product_id, quantity):
    event = {"change": change, "product_id": product_id, "quantity": quantity}
    return client.publish("cart:{guest}:events", json.dumps(event))


@q1.mistake(
    "str(...) writes a dict as Python does, with single quotes and None. That is no JSON, and a "
    "listener can't read it: use json.dumps(...)."
)
def publishes_pythons_text(client, change, product_id, quantity):
    event = {"change": change, "product_id": product_id, "quantity": quantity}
    return client.publish("cart:{guest}:events", str(event))


@q1.mistake(
    "You published the dict itself. A message is a text: make one of the dict by json.dumps(...)."
)
def publishes_a_dict(client, change, product_id, quantity):
    event = {"change": change, "product_id": product_id, "quantity": quantity}
    return client.publish("cart:{guest}:events", event)


@q1.mistake(
    "Somebody listens to cart:{guest}:events, and heard nothing. To publish to another channel is "
    "no error for Redis: the name has to be just this one, with its braces."
)
def publishes_elsewhere(client, change, product_id, quantity):
    event = {"change": change, "product_id": product_id, "quantity": quantity}
    return client.publish("cart:{guest}", json.dumps(event))


@q1.mistake(
    "The message is right, but you returned nothing. Return what client.publish(...) returns: how "
    "many listeners it reached."
)
def returns_nothing(client, change, product_id, quantity):
    event = {"change": change, "product_id": product_id, "quantity": quantity}
    client.publish("cart:{guest}:events", json.dumps(event))


@q1.mistake(
    "You returned the message. Wanted is the reply of PUBLISH: how many listeners it reached."
)
def returns_the_message(client, change, product_id, quantity):
    message = json.dumps({"change": change, "product_id": product_id, "quantity": quantity})
    client.publish("cart:{guest}:events", message)
    return message


@q1.mistake(
    "A value that is None is missing in your message. A listener looks for all three keys: leave "
    "None in the dict, and JSON writes null."
)
def leaves_out_what_is_none(client, change, product_id, quantity):
    event = {"change": change, "product_id": product_id, "quantity": quantity}
    event = {name: value for name, value in event.items() if value is not None}
    return client.publish("cart:{guest}:events", json.dumps(event))


@q1.mistake(
    "The quantity is a text in your message. JSON knows numbers: leave it as it was given to you."
)
def publishes_the_quantity_as_text(client, change, product_id, quantity):
    event = {"change": change, "product_id": product_id, "quantity": str(quantity)}
    return client.publish("cart:{guest}:events", json.dumps(event))


@q1.mistake(
    "You wrote a key. A channel is no key, and whoever listens hears nothing of a key: use PUBLISH."
)
def writes_a_key(client, change, product_id, quantity):
    event = {"change": change, "product_id": product_id, "quantity": quantity}
    return client.set("cart:{guest}:events", json.dumps(event))


@q1.mistake(
    "You put the JSON together by hand. Python writes None where JSON wants null, and a quotation "
    "mark in a value would break it: make a dict, and use json.dumps(...)."
)
def writes_json_by_hand(client, change, product_id, quantity):
    text = f'{{"change": "{change}", "product_id": "{product_id}", "quantity": {quantity}}}'
    return client.publish("cart:{guest}:events", text)


@q1.mistake(
    "One key of your message is product. Whoever listens looks for product_id: the three keys are "
    "change, product_id and quantity."
)
def calls_the_key_product(client, change, product_id, quantity):
    event = {"change": change, "product": product_id, "quantity": quantity}
    return client.publish("cart:{guest}:events", json.dumps(event))


@q1.mistake(
    "You published three messages. A listener can't tell which ones belong together: put the three "
    "values into one dict, and publish that as JSON."
)
def publishes_three_messages(client, change, product_id, quantity):
    client.publish("cart:{guest}:events", change)
    client.publish("cart:{guest}:events", product_id)
    return client.publish("cart:{guest}:events", quantity)


@q1.mistake(
    "The same message went out more than once. Whoever listens would do the same thing twice: "
    "publish once, and return that reply."
)
def publishes_twice(client, change, product_id, quantity):
    event = {"change": change, "product_id": product_id, "quantity": quantity}
    client.publish("cart:{guest}:events", json.dumps(event))
    return client.publish("cart:{guest}:events", json.dumps(event))


@q1.mistake(
    "You returned True or False: whether anybody heard it. Wanted is how many did: the reply of "
    "client.publish(...), as it is."
)
def returns_whether_anybody_heard(client, change, product_id, quantity):
    event = {"change": change, "product_id": product_id, "quantity": quantity}
    return client.publish("cart:{guest}:events", json.dumps(event)) > 0


@q1.mistake(
    "You return 1, however many listened. Return the reply of client.publish(...): with nobody "
    "there it is 0, with two listeners 2."
)
def returns_one(client, change, product_id, quantity):
    event = {"change": change, "product_id": product_id, "quantity": quantity}
    client.publish("cart:{guest}:events", json.dumps(event))
    return 1


@q1.mistake(
    "You made the message and returned it, but nobody hears that. Give it to client.publish(...), "
    "and return what that returns."
)
def never_publishes(client, change, product_id, quantity):
    return json.dumps({"change": change, "product_id": product_id, "quantity": quantity})


# Redis drops whole blocks of 100 with MAXLEN ~ 1000: of 1,100 entries 1,000 stay, exact or about.
LONG = Entries(1099)


@st.composite
def records(draw):
    """Worlds for q2: a history or none, once a long one, and maybe somebody who writes as well."""
    if draw(once_in_a_while):
        return Case(LONG, ("mug", 2))
    item, quantity = draw(ids), draw(changed)
    written = draw(st.lists(st.tuples(ids, changed), max_size=12))
    given = [entry(f"{n + 1}-{n * 5}", *one) for n, one in enumerate(written)]
    if draw(st.sampled_from([False] * 5 + [True])):
        given.append(entry("4000000000000-7", "pen", 1))  # by a clock that was wrong
    if given and draw(st.sampled_from([False] * 3 + [True])):
        given.append("EXPIRE cart:{guest}:history 600")
    rival = [(), (), (), (), (entry("*", "lamp", 3),)]
    around = [*draw(surroundings), *draw(st.sampled_from([[], [LISTENER], [DEMO]]))]
    return Case([*given, *around], (item, quantity), draw(st.sampled_from(rival)))


q2 = Exercise(
    "live.q2",
    "record(client, product_id, quantity)",
    [
        Case([], ("mug", 2)),
        Case([MUG], ("mug", 1)),
        Case([MUG], ("mug", 2)),
        Case([LAMP], ("kettle", 3), ("XADD cart:{guest}:history * product_id lamp quantity 4",)),
    ],
    (
        "The fields of an entry are a dict: {'product_id': product_id, 'quantity': quantity}.",
        "client.xadd('cart:{guest}:history', fields) appends an entry, with an id of its own.",
        "client.xadd(..., maxlen=1000) drops the oldest entries, where there are more than 1,000.",
    ),
    rules=(id_from_redis, trims_to_1000, never("PUBLISH", ONLY_HISTORY)),
    worlds=records(),
)


@q2.reference
def record(client, product_id, quantity):
    fields = {"product_id": product_id, "quantity": quantity}
    client.xadd("cart:{guest}:history", fields, maxlen=1000)


@q2.mistake(
    "Older entries are gone: only the newest one is left, and 1,000 have to stay. Give xadd the "
    "argument maxlen=1000, and trim in no other way."
)
def keeps_only_the_newest(client, product_id, quantity):
    fields = {"product_id": product_id, "quantity": quantity}
    client.xadd("cart:{guest}:history", fields, maxlen=1, approximate=False)


@q2.mistake(GIVEN_ID)
def gives_an_id(client, product_id, quantity):
    fields = {"product_id": product_id, "quantity": quantity}
    client.xadd("cart:{guest}:history", fields, id="1-0", maxlen=1000)


@q2.mistake(
    "The history was full, and you left the new entry out. The newest 1,000 are to stay: append in "
    "any case, and MAXLEN drops the oldest."
)
def leaves_out_the_newest(client, product_id, quantity):
    if client.xlen("cart:{guest}:history") < 1000:
        fields = {"product_id": product_id, "quantity": quantity}
        client.xadd("cart:{guest}:history", fields, maxlen=1000)


@q2.mistake(
    "You appended right, and returned the id. Nothing is to be returned: leave `return` away."
)
def returns_the_id(client, product_id, quantity):
    fields = {"product_id": product_id, "quantity": quantity}
    return client.xadd("cart:{guest}:history", fields, maxlen=1000)


@q2.mistake(
    "Where there is no history yet, nothing was written. A plain XADD makes the stream: append in "
    "any case."
)
def appends_only_to_a_stream(client, product_id, quantity):
    fields = {"product_id": product_id, "quantity": quantity}
    client.xadd("cart:{guest}:history", fields, maxlen=1000, nomkstream=True)


@q2.mistake("You appended two entries. One call is one entry.")
def appends_twice(client, product_id, quantity):
    fields = {"product_id": product_id, "quantity": quantity}
    client.xadd("cart:{guest}:history", fields, maxlen=1000)
    client.xadd("cart:{guest}:history", fields, maxlen=1000)


@q2.mistake(
    "Nothing was appended to cart:{guest}:history. The name has braces, which an f-string takes "
    "away: write it as a plain text, without an f."
)
def writes_without_braces(client, product_id, quantity):
    fields = {"product_id": product_id, "quantity": quantity}
    client.xadd("cart:guest:history", fields, maxlen=1000)


@q2.mistake("You wrote to another stream. Its name is cart:{guest}:history.")
def writes_to_another_stream(client, product_id, quantity):
    fields = {"product_id": product_id, "quantity": quantity}
    client.xadd("cart:{demo}:history", fields, maxlen=1000)


@q2.mistake(
    "Your field is called like the product. Whoever reads the stream looks for two fields, "
    "product_id and quantity."
)
def takes_the_product_as_the_field(client, product_id, quantity):
    client.xadd("cart:{guest}:history", {product_id: quantity}, maxlen=1000)


@q2.mistake(
    "You put JSON into one field. An entry has fields of its own: product_id and quantity, as in "
    "a hash."
)
def writes_json(client, product_id, quantity):
    event = json.dumps({"product_id": product_id, "quantity": quantity})
    client.xadd("cart:{guest}:history", {"event": event}, maxlen=1000)


@q2.mistake(
    "You published it. Whoever is not listening will never know: append it to the stream, by XADD."
)
def publishes_it(client, product_id, quantity):
    event = json.dumps({"product_id": product_id, "quantity": quantity})
    client.publish("cart:{guest}:events", event)


@q2.mistake(
    "You wrote a list. The elements of a list have no ids, so nobody can ask what came after the "
    "last one that they read: use XADD."
)
def writes_a_list(client, product_id, quantity):
    event = json.dumps({"product_id": product_id, "quantity": quantity})
    client.rpush("cart:{guest}:history", event)
    client.ltrim("cart:{guest}:history", -1000, -1)


NUMBERS = [0, 1, 2, 5, 9, 10, 11, 99, 100]
TIMES = [1, 2, 9, 10, 11, 99, 100, 1000, 1700000000000, 1799999999999, 4000000000000]
marks = st.tuples(st.sampled_from(TIMES), st.sampled_from(NUMBERS))
entries = st.lists(st.tuples(marks, ids, changed), unique_by=first, max_size=12)


@st.composite
def histories(draw):
    """Worlds for q3: a history whose oldest entries may be gone, and an id that was read last."""
    if draw(once_in_a_while):
        return Case(Entries(230), ("1-3",))
    there = sorted(draw(entries))
    given = [entry(f"{ms}-{n}", *rest) for (ms, n), *rest in there]
    ms, n = draw(st.sampled_from([(0, 0), *map(first, there)]) | marks)
    if len(there) > 2 and draw(st.booleans()):
        given.append(command("XTRIM", HISTORY, "MAXLEN", len(there) - 2))
    around = [*draw(surroundings), *draw(st.sampled_from([[], [DEMO]]))]
    return Case([*given, *around], (f"{ms}-{n}",))


q3 = Exercise(
    "live.q3",
    "read_since(client, last_id)",
    [
        Case([MUG, LAMP, *MORE, DEMO], ("9-0",)),
        Case([MUG, LAMP, *MORE], ("9-9",)),
        Case([MUG, LAMP, *MORE], ("0-0",)),
        Case([MUG, LAMP, *MORE], ("10-1",)),
        Case([], ("0-0",)),
        Case(Entries(1100), ("1-3",)),
    ],
    (
        "client.xrange('cart:{guest}:history', min='(' + last_id) gives the entries after last_id.",
        "Each entry is a pair: its id, and a dict with its fields.",
        "The values in the dict are texts: int(fields['quantity']) makes a number of one.",
    ),
    rules=(
        never_waits,
        changes_nothing("You sent {}. To read changes nothing: the entries stay for others."),
    ),
    worlds=histories(),
)


@q3.reference
def read_since(client, last_id):
    entries = client.xrange("cart:{guest}:history", min="(" + last_id)
    return [(fields["product_id"], int(fields["quantity"])) for _, fields in entries]


@q3.mistake(
    "The entry with last_id is in your list. The reader has it already: a bracket before the id, "
    "as in '(9-0', leaves it out."
)
def reads_the_last_one_again(client, last_id):
    entries = client.xrange("cart:{guest}:history", min=last_id)
    return [(fields["product_id"], int(fields["quantity"])) for _, fields in entries]


@q3.mistake(
    "You compared ids as texts, and as a text '10-0' comes before '9-0'. Let Redis compare them: "
    "it knows that they are numbers."
)
def compares_texts(client, last_id):
    entries = client.xrange("cart:{guest}:history")
    return [(f["product_id"], int(f["quantity"])) for entry, f in entries if entry > last_id]


@q3.mistake(
    "Where nothing is new, XREAD replies with nothing at all, so there is no first element. Look "
    "first whether the list is empty."
)
def expects_that_something_is_new(client, last_id):
    entries = client.xread({"cart:{guest}:history": last_id})[0][1]
    return [(fields["product_id"], int(fields["quantity"])) for _, fields in entries]


@q3.mistake("The quantities are texts. Turn each into a whole number by int(...).")
def quantities_as_texts(client, last_id):
    entries = client.xrange("cart:{guest}:history", min="(" + last_id)
    return [(fields["product_id"], fields["quantity"]) for _, fields in entries]


@q3.mistake("You read the whole stream. Only what came after last_id is new.")
def reads_everything(client, last_id):
    entries = client.xrange("cart:{guest}:history")
    return [(fields["product_id"], int(fields["quantity"])) for _, fields in entries]


@q3.mistake(
    "The newest entry comes first in your list. XREVRANGE goes backwards; XRANGE gives the oldest "
    "first."
)
def newest_first(client, last_id):
    entries = client.xrevrange("cart:{guest}:history", min="(" + last_id)
    return [(fields["product_id"], int(fields["quantity"])) for _, fields in entries]


@q3.mistake("You read another stream. Its name is cart:{guest}:history.")
def reads_another_stream(client, last_id):
    entries = client.xrange("cart:{demo}:history", min="(" + last_id)
    return [(fields["product_id"], int(fields["quantity"])) for _, fields in entries]


@q3.mistake(
    "There are entries, and you found none. The stream's name is cart:{guest}:history, with the "
    "braces, and min is where you begin."
)
def finds_nothing(client, last_id):
    entries = client.xrange("cart:guest:history", min="(" + last_id)
    return [(fields["product_id"], int(fields["quantity"])) for _, fields in entries]


@q3.mistake(
    "There are entries, and XREAD found none. Give it the last_id ('$' means: what comes after "
    "this moment), and the name cart:{guest}:history, with the braces."
)
def waits_for_the_future(client, last_id):
    found = client.xread({"cart:{guest}:history": "$"})
    entries = found[0][1] if found else []
    return [(fields["product_id"], int(fields["quantity"])) for _, fields in entries]


@q3.mistake(
    "You made decimal numbers of the ids: then 9-10 is 9.10, which is less than 9.9. But 9-10 "
    "comes after 9-9. Let Redis compare them."
)
def compares_decimals(client, last_id):
    entries = client.xrange("cart:{guest}:history")
    new = [f for i, f in entries if float(i.replace("-", ".")) > float(last_id.replace("-", "."))]
    return [(fields["product_id"], int(fields["quantity"])) for fields in new]


@q3.mistake(
    "Redis can't read that id. XREAD takes last_id as it is. XRANGE takes it with an opening "
    "bracket before it, and no closing one: '(9-0'."
)
def closes_the_bracket(client, last_id):
    entries = client.xrange("cart:{guest}:history", min=f"({last_id})")
    return [(fields["product_id"], int(fields["quantity"])) for _, fields in entries]


@q3.mistake(
    "XREAD gives a pair (name, entries) for each stream, so one loop is missing: the entries are "
    "the second part of the pair."
)
def takes_streams_for_entries(client, last_id):
    found = client.xread({"cart:{guest}:history": last_id})
    return [(fields["product_id"], int(fields["quantity"])) for _, fields in found]


@q3.mistake(
    "You returned what XREAD gives: a pair (name, entries) for each stream. Wanted are pairs: the "
    "product, and the quantity as an int."
)
def returns_the_reply_of_xread(client, last_id):
    return client.xread({"cart:{guest}:history": last_id})


@q3.mistake(
    "You returned the entries as Redis gives them. Wanted are pairs: the product, and the quantity "
    "as an int."
)
def returns_raw_entries(client, last_id):
    return client.xrange("cart:{guest}:history", min="(" + last_id)
