"""Lesson 05: live carts."""

import json

from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.prediction import Prediction

LISTENER = "SUBSCRIBE cart:{guest}:events"
MUG = "XADD cart:{guest}:history 1-0 product_id mug quantity 2"
LAMP = "XADD cart:{guest}:history 9-0 product_id lamp quantity 1"
MORE = (
    "XADD cart:{guest}:history 9-1 product_id mug quantity 1",
    "XADD cart:{guest}:history 10-0 product_id pen quantity 5",
)


def trims_to_1000(trial):
    """Return what to say where the stream may grow for good: a rule."""
    for command in trial.commands:
        words = str(command).split()
        if command.name in ("XADD", "XTRIM") and "MAXLEN" in words and "1000" in words:
            return None
    return NOT_TRIMMED


NOT_TRIMMED = (
    "The stream grows with every change, for good, because nothing trims it to 1,000 entries. "
    "Give xadd the argument maxlen=1000."
)

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
        "(integer) 0": "So it would be if reading emptied the stream. Does a page get empty if you "
        "read it?",
        "(integer) 1": "So it would be if the entry that was read were gone. XREAD only reads.",
        "(integer) 2": "Reading takes nothing out of a stream: both entries are still there, for "
        "the next reader too.",
    },
)

q1 = Exercise(
    "live.q1",
    "publish_change(client, change, product_id, quantity)",
    [
        Case([LISTENER], ("add", "mug", 2)),
        Case([LISTENER, LISTENER], ("clear", None, None)),
        Case([], ("remove", "lamp", 1)),
    ],
    (
        "Put the three values into a dict, with the keys change, product_id and quantity.",
        "json.dumps(...) makes the text of a dict. None becomes null, and stays in it.",
        "client.publish('cart:{guest}:events', text) returns how many listeners it reached.",
    ),
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
    "Nobody heard it: you published to another channel. That is no error for Redis, so the name "
    "has to be just cart:{guest}:events."
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


q2 = Exercise(
    "live.q2",
    "record(client, product_id, quantity)",
    [
        Case([], ("mug", 2)),
        Case([MUG, LAMP], ("mug", 1)),
        Case([LAMP, *MORE], ("kettle", 3)),
    ],
    (
        "The fields of an entry are a dict: {'product_id': product_id, 'quantity': quantity}.",
        "client.xadd('cart:{guest}:history', fields) appends an entry, with an id of its own.",
        "client.xadd(..., maxlen=1000) drops the oldest entries, where there are more than 1,000.",
    ),
    rules=(trims_to_1000,),
)


@q2.reference
def record(client, product_id, quantity):
    fields = {"product_id": product_id, "quantity": quantity}
    client.xadd("cart:{guest}:history", fields, maxlen=1000)


@q2.mistake(NOT_TRIMMED)
def never_trims(client, product_id, quantity):
    fields = {"product_id": product_id, "quantity": quantity}
    client.xadd("cart:{guest}:history", fields)


@q2.mistake(
    "Older entries are gone: only the newest one is left. MAXLEN is how many entries stay, so it "
    "has to be 1000."
)
def keeps_only_the_newest(client, product_id, quantity):
    fields = {"product_id": product_id, "quantity": quantity}
    client.xadd("cart:{guest}:history", fields, maxlen=1, approximate=False)


@q2.mistake(
    "You gave the id yourself. An id has to be greater than the last one in the stream: leave it "
    "away, and Redis makes one from the clock."
)
def gives_an_id(client, product_id, quantity):
    fields = {"product_id": product_id, "quantity": quantity}
    client.xadd("cart:{guest}:history", fields, id="1-0", maxlen=1000)


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


q3 = Exercise(
    "live.q3",
    "read_since(client, last_id)",
    [
        Case([MUG, LAMP, *MORE], ("9-0",)),
        Case([MUG, LAMP, *MORE], ("0-0",)),
        Case([MUG, LAMP, *MORE], ("10-0",)),
        Case([], ("0-0",)),
    ],
    (
        "client.xrange('cart:{guest}:history', min='(' + last_id) gives the entries after last_id.",
        "Each entry is a pair: its id, and a dict with its fields.",
        "The values in the dict are texts: int(fields['quantity']) makes a number of one.",
    ),
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


@q3.mistake(
    "'$' means: what comes after this moment. So you read nothing that is there already: give "
    "XREAD the last_id."
)
def waits_for_the_future(client, last_id):
    found = client.xread({"cart:{guest}:history": "$"})
    entries = found[0][1] if found else []
    return [(fields["product_id"], int(fields["quantity"])) for _, fields in entries]


@q3.mistake(
    "You returned the entries as Redis gives them. Wanted are pairs: the product, and the quantity "
    "as an int."
)
def returns_raw_entries(client, last_id):
    return client.xrange("cart:{guest}:history", min="(" + last_id)
