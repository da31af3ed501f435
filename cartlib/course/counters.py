"""Lesson 10: counters, and keys that act once."""

from hypothesis import strategies as st

from cartlib import keys
from cartlib.catalogue import load_catalogue
from cartlib.course.failures import carts
from cartlib.course.races import in_one_multi_or_script
from cartlib.course.timeouts import no_script
from cartlib.course.worlds import IDS, SURROUNDINGS, command, some_of, zadd
from cartlib.lab.disturbance import looks
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.rules import at_most_trips, in_one_multi, on_one_node
from cartlib.questions import Guess, Prediction
from cartlib.shop.counters import get_page

p1 = Prediction(
    "counters.p1",
    ("SET demo:views 7", "INCR demo:views"),
    "GET demo:views",
    {
        "(integer) 8": "INCR replied that number. But what a String holds is a text, and GET gives "
        "it as a text: in quotes.",
        '"8"': "INCR read the text as a number, added 1, and wrote the sum back as a text.",
        '"71"': "INCR does not append. It takes the text for a number.",
        '"7"': "INCR has changed what is in the key.",
    },
    because="So redis-py gives you a `str` for `GET`, and an `int` for `INCR`.",
)
p2 = Prediction(
    "counters.p2",
    ("SET demo:page old EX 60", "SET demo:page new"),
    "TTL demo:page",
    {
        "(integer) 60": "So it would be if SET changed the text only. It writes the key anew, and "
        "the second SET says nothing of an end.",
        "(integer) -1": "SET writes the key anew. The time-out of the old one went with it.",
        "(integer) -2": "-2 means that there is no such key. The second SET has just written it.",
    },
    because="So send `EX` with each `SET`, or the page stays for good.",
)
p3 = Prediction(
    "counters.p3",
    ("DEL demo:done", "SET demo:done ann EX 60 NX"),
    "SET demo:done bob EX 60 NX",
    {
        "OK": "OK would mean: written. But NX writes only where no key is, and Ann has made one.",
        "(nil)": "NX writes only where no key is. Ann's is there, so nothing was done, and the "
        "reply is nil.",
        "(integer) 0": "SETNX, an older command, replies 0 or 1. SET replies OK, or else nil.",
        '"ann"': "What is there comes back only with one word more: GET. Without it, SET does not "
        "tell.",
    },
    because="The reply tells you whether **you** were the first. Of all who ask, one gets `OK`.",
)


def _two_ask_at_once(client):
    made = []

    def make(*meanwhile):
        made.append(None)
        for other in meanwhile:
            other()
        return "a page"

    get_page(client, "home", lambda: make(lambda: get_page(client, "home", make)))
    return len(made)


g1 = Guess(
    "counters.g1",
    "No page is kept. Ann asks for it, and while her page is being made, Bob asks, too. How often "
    "is a page made?",
    {
        "1": "So it would be if Bob had to wait for Ann. But she has stored nothing yet, and his "
        "GET finds nothing.",
        "2": "Bob's GET finds nothing either: Ann's SET comes only when her page is done.",
    },
    right="2",
    proof=_two_ask_at_once,
    because="Both pages are good, and the one that is done last stays. For a page that is soon "
    "made, that is a little waste. With a thousand visitors it can be a thousand pages at once, "
    "just when the old one has ended.",
)


def _knocks_every_50_seconds(client):
    for _ in range(12):
        made = client.incr("demo:limit")
        client.expire("demo:limit", 60)
        client.expire("demo:limit", client.ttl("demo:limit") - 50)  # 50 seconds later
    return {True: "no", False: "yes"}[made > 10]


g2 = Guess(
    "counters.g2",
    "10 requests are allowed in 60 seconds. A program sends INCR and EXPIRE 60 at **each** "
    "request. Somebody asks once every 50 seconds. Does their 12th request get through?",
    {
        "yes": "It should: that is not much more than one in a minute. But each EXPIRE starts the "
        "60 seconds anew, so the counter never ends, and is at 12.",
        "no": "The next request always comes 10 seconds before the end, and its EXPIRE moves the "
        "end. The counter never goes, and is at 12.",
    },
    right="no",
    proof=_knocks_every_50_seconds,
    because="A session of lesson 04 has to slide. **A limit must not.**",
)


def _notes_then_stops(client):
    load_catalogue(client)
    for stops in (True, False):
        if client.set("demo:done", "1", nx=True, ex=60) and not stops:
            client.zincrby("cart:{guest}", 2, "mug")
    return int(client.zscore("cart:{guest}", "mug") or 0)


g3 = Guess(
    "counters.g3",
    "The program notes the request, and stops before it adds the 2 mugs. The customer's computer "
    "sends the request again. How many mugs are in the cart then?",
    {
        "0": "The note says *done*, and nothing was. The second try believes the note.",
        "2": "The second try asks SET NX first. The key is there, so it takes the add for done.",
        "4": "Only what was added twice would make 4. The first try added nothing.",
    },
    right="0",
    proof=_notes_then_stops,
)

COUNTS = [0, 1, 2, 7, 9, 10, 41, 99, 100, 12_345, 9_999_999_999]
A_CLUSTER = (
    "You named several counters in one MULTI, or in one command. They have no braces in common, so "
    "on a cluster they lie on several nodes, which refuse it. client.pipeline(transaction=False) "
    "sends them together, and without MULTI."
)
TRIPS = "client.pipeline(transaction=False) collects a command for each product, and sends all."


@st.composite
def looked_at(draw):
    """Worlds for q1: counters, some with a time-out, and ids, of which one may come twice."""
    counts = draw(st.dictionaries(st.sampled_from(IDS), st.sampled_from(COUNTS), max_size=6))
    given = [command("SET", keys.views(item), count) for item, count in counts.items()]
    for item in draw(some_of(list(counts)[:3])):
        given.append(command("EXPIRE", keys.views(item), 600))
    given += draw(some_of(SURROUNDINGS[1:]))
    ids = draw(st.lists(st.sampled_from([*counts, *IDS]), max_size=6))
    ids = draw(st.sampled_from([ids] * 12 + [[f"thing {n % 70}" for n in range(90)]]))
    rival = draw(st.sampled_from([False, False, False, True]))
    meanwhile = (command("INCR", keys.views(ids[-1])),) if ids and rival else ()
    return Case(given, (ids,), meanwhile)


MUG_AND_LAMP = ["SET shop:views:mug 3", "SET shop:views:lamp 41"]

q1 = Exercise(
    "counters.q1",
    "count_views(client, product_ids)",
    [
        Case(MUG_AND_LAMP, (["mug"],)),
        Case(MUG_AND_LAMP, (["lamp", "mug"],)),
        Case(MUG_AND_LAMP, (["pen", "mug"],)),
        Case(MUG_AND_LAMP, ([],)),
        Case(MUG_AND_LAMP, (["mug", "lamp", "mug"],)),
        Case(["SET shop:views:mug 3 EX 600"], (["mug"],)),
        Case(MUG_AND_LAMP, (["lamp", "mug"],), ("INCR shop:views:mug",)),
        Case(["SET shop:views:mug many", "SET shop:views:lamp 41"], (["mug", "lamp"],)),
    ],
    (
        "pipe = client.pipeline(transaction=False) collects commands, and pipe.execute() sends all "
        "of them in one round trip, and returns the list of their replies.",
        "For each product: pipe.incr(f'shop:views:{product_id}'). Its reply is the new number.",
        "dict(zip(product_ids, replies)) puts ids and replies together.",
    ),
    rules=(on_one_node(A_CLUSTER), at_most_trips(1, TRIPS)),
    worlds=looked_at(),
)


@q1.reference
def count_views(client, product_ids):
    pipe = client.pipeline(transaction=False)
    for product_id in product_ids:
        pipe.incr(f"shop:views:{product_id}")
    return dict(zip(product_ids, pipe.execute(), strict=True))


@q1.mistake(
    "You read the number, and wrote one more. If somebody else counts in between, one of the two "
    "views is lost. INCR adds inside Redis, and replies the new number."
)
def reads_and_writes(client, product_ids):
    found = {}
    for product_id in product_ids:
        found[product_id] = int(client.get(f"shop:views:{product_id}") or 0) + 1
        client.set(f"shop:views:{product_id}", found[product_id])
    return found


@q1.mistake(
    "You waited for each reply before you sent the next INCR: a round trip for each product, and "
    "an error keeps the others from being counted. Collect them in "
    "client.pipeline(transaction=False): execute() sends all at once."
)
def one_by_one(client, product_ids):
    return {product_id: client.incr(f"shop:views:{product_id}") for product_id in product_ids}


@q1.mistake(
    "client.pipeline() without an argument sends MULTI. These counters have no braces in common: "
    "on a cluster they lie on several nodes, and no MULTI goes over several. Write "
    "client.pipeline(transaction=False)."
)
def in_a_multi(client, product_ids):
    pipe = client.pipeline()
    for product_id in product_ids:
        pipe.incr(f"shop:views:{product_id}")
    return dict(zip(product_ids, pipe.execute(), strict=True))


@q1.mistake(
    "You returned the list of the replies. Wanted is a dict, from each product id to its number: "
    "dict(zip(product_ids, replies))."
)
def returns_the_replies(client, product_ids):
    pipe = client.pipeline(transaction=False)
    for product_id in product_ids:
        pipe.incr(f"shop:views:{product_id}")
    return pipe.execute()


@q1.mistake(
    "A product that is in the list twice was counted once only. Each time that it is in the list "
    "is a view."
)
def counts_each_once(client, product_ids):
    pipe = client.pipeline(transaction=False)
    ids = list(dict.fromkeys(product_ids))
    for product_id in ids:
        pipe.incr(f"shop:views:{product_id}")
    return dict(zip(ids, pipe.execute(), strict=True))


@q1.mistake(
    "The numbers are texts: GET gives what is in a String, and that is a text. INCR has replied "
    "the new number already, as an int: take that."
)
def returns_texts(client, product_ids):
    pipe = client.pipeline(transaction=False)
    for product_id in product_ids:
        pipe.incr(f"shop:views:{product_id}")
        pipe.get(f"shop:views:{product_id}")
    return dict(zip(product_ids, pipe.execute()[1::2], strict=True))


@q1.mistake(
    "You counted in a key that is called like the product. The counters are called "
    "shop:views:ID, such as shop:views:mug."
)
def counts_in_the_wrong_key(client, product_ids):
    pipe = client.pipeline(transaction=False)
    for product_id in product_ids:
        pipe.incr(product_id)
    return dict(zip(product_ids, pipe.execute(), strict=True))


@q1.mistake(
    "You returned the numbers from before. INCR replies the number with the new view in it: no "
    "GET is needed."
)
def returns_the_old_numbers(client, product_ids):
    pipe = client.pipeline(transaction=False)
    for product_id in product_ids:
        pipe.get(f"shop:views:{product_id}")
        pipe.incr(f"shop:views:{product_id}")
    found = zip(product_ids, pipe.execute()[::2], strict=True)
    return {product_id: int(count or 0) for product_id, count in found}


NO_END = (
    "You sent the changes one by one. If the counter ends between them, or your program stops "
    "there, a counter without an end can be left, and it locks the visitor out for good. Send both "
    "in one MULTI."
)
LOOKS_FIRST = (
    "You read first. No look is needed: SET NX does nothing where a counter is, and the reply to "
    "INCR tells which request this is."
)
LOOKS_AFTERWARDS = (
    "You read the counter after you had counted. In between, other requests can count, too, or the "
    "counter can end. Which request this is, the reply to INCR tells."
)
A_SCRIPT = (
    "You sent a script. It does both as one, too, but this task is about MULTI: collect the two "
    "commands in a pipeline."
)


def looks_before(trial):
    """Return what to say where something is read in a round trip before the first change."""
    first = min((change.trip for change in trial.writes), default=None)
    early = [c for c in trial.commands if looks(c) and (first is None or c.trip < first)]
    return LOOKS_FIRST if early else None


def looks_afterwards(trial):
    """Return what to say where something is read in a round trip after the last change."""
    last = max((change.trip for change in trial.writes), default=None)
    late = [c for c in trial.commands if looks(c) and last is not None and c.trip > last]
    return LOOKS_AFTERWARDS if late else None


def a_request(name, seconds):
    """Return the lines of somebody else's request of the same visitor."""
    limit = keys.limit(name)
    return command("SET", limit, 0, "EX", seconds, "NX"), command("INCR", limit)


@st.composite
def visits(draw):
    """Worlds for q2: a window that has begun or not, its end, and maybe another request."""
    name = draw(st.sampled_from(["ann", "Ann", "zoë", "10.0.0.1", "a b", "m*"]))
    most = draw(st.sampled_from([1, 2, 3, 10, 99, 1000]))
    seconds = draw(st.sampled_from([1, 2, 59, 60, 600, 3600, 86_400]))
    made = draw(st.sampled_from([None, None, 0, 1, most - 1, most, most + 1, 10 * most]))
    given = [command("SET", keys.limit("bob"), 9, "EX", 30), *draw(some_of(SURROUNDINGS[:3]))]
    if made is not None:
        end = draw(st.sampled_from([5, 30, 45, 5000, 100_000]))
        given.append(command("SET", keys.limit(name), made, "EX", end))
    rival = draw(st.sampled_from([False, False, False, True]))
    return Case(given, (name, most, seconds), a_request(name, seconds) if rival else ())


q2 = Exercise(
    "counters.q2",
    "allow(client, name, most, seconds)",
    [
        Case([], ("ann", 3, 60)),
        Case(["SET shop:limit:ann 1 EX 30"], ("ann", 3, 60)),
        Case(["SET shop:limit:ann 2 EX 30"], ("ann", 3, 60)),
        Case(["SET shop:limit:ann 3 EX 30"], ("ann", 3, 60)),
        Case(["SET shop:limit:ann 50 EX 30"], ("ann", 3, 60)),
        Case(["SET shop:limit:bob 3 EX 30"], ("ann", 3, 60)),
        Case([], ("ann", 1, 1)),
        Case([], ("ann", 1, 60), a_request("ann", 60)),
        Case(["SET shop:limit:ann 2 EX 30"], ("ann", 3, 60), a_request("ann", 60)),
        Case(["SET shop:limit:ann many EX 30"], ("ann", 3, 60)),
    ],
    (
        "SET key 0 EX seconds NX makes the counter together with its end, and does nothing where "
        "one is: pipe.set(key, 0, ex=seconds, nx=True).",
        "Then pipe.incr(key), in the same client.pipeline(transaction=True).",
        "The reply to INCR is the second of the list: which request of the window this is, counted "
        "from 1. It is allowed if that is not above `most`.",
    ),
    rules=(no_script(A_SCRIPT), looks_before, in_one_multi(NO_END), looks_afterwards),
    worlds=visits(),
)


@q2.reference
def allow(client, name, most, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.set(f"shop:limit:{name}", 0, ex=seconds, nx=True)
    pipe.incr(f"shop:limit:{name}")
    replies = pipe.execute()
    return replies[1] <= most


@q2.mistake(
    "Each request moves the end: whoever goes on asking, however slowly, is locked out for good. "
    "The end is set once, with the first request: SET … EX … NX."
)
def moves_the_end(client, name, most, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.incr(f"shop:limit:{name}")
    pipe.expire(f"shop:limit:{name}", seconds)
    return pipe.execute()[0] <= most


@q2.mistake(
    "You sent INCR, waited for its reply, and then sent EXPIRE. If your program stops between the "
    "two, the counter never ends. Send SET … EX … NX and INCR in one MULTI."
)
def expires_later(client, name, most, seconds):
    made = client.incr(f"shop:limit:{name}")
    if made == 1:
        client.expire(f"shop:limit:{name}", seconds)
    return made <= most


@q2.mistake(
    "The counter has no end, so nobody gets in again after their first requests. Make it by SET "
    "key 0 EX seconds NX, before INCR."
)
def has_no_end(client, name, most, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.incr(f"shop:limit:{name}")
    return pipe.execute()[0] <= most


@q2.mistake(
    "`most` requests are allowed, and you refused the last of them. INCR has counted this request "
    "already: it is allowed if the number is smaller than **or equal to** `most`."
)
def refuses_the_last(client, name, most, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.set(f"shop:limit:{name}", 0, ex=seconds, nx=True)
    pipe.incr(f"shop:limit:{name}")
    return pipe.execute()[1] < most


@q2.mistake(
    "Your SET has no NX: it begins anew at each request, so the counter is always at 1. With "
    "nx=True it does nothing where a counter is."
)
def begins_anew(client, name, most, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.set(f"shop:limit:{name}", 0, ex=seconds)
    pipe.incr(f"shop:limit:{name}")
    return pipe.execute()[1] <= most


@q2.mistake(
    "INCR came before SET. It makes the counter, without an end, and then SET NX does nothing. "
    "First SET, then INCR."
)
def counts_before_it_makes(client, name, most, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.incr(f"shop:limit:{name}")
    pipe.set(f"shop:limit:{name}", 0, ex=seconds, nx=True)
    return pipe.execute()[0] <= most


@q2.mistake(
    "The first request counts as two: SET begins at 1, and INCR makes it 2. Begin at 0, since "
    "INCR counts this request."
)
def begins_at_one(client, name, most, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.set(f"shop:limit:{name}", 1, ex=seconds, nx=True)
    pipe.incr(f"shop:limit:{name}")
    return pipe.execute()[1] <= most


@q2.mistake(
    "You took the reply to SET, which tells whether the counter is new. Which request this is, "
    "INCR replies: the second of the list."
)
def takes_the_reply_to_set(client, name, most, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.set(f"shop:limit:{name}", 0, ex=seconds, nx=True)
    pipe.incr(f"shop:limit:{name}")
    return bool(pipe.execute()[0])


@q2.mistake(
    "You returned the number of the request. Wanted is True or False: is it smaller than or equal "
    "to `most`?"
)
def returns_the_number(client, name, most, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.set(f"shop:limit:{name}", 0, ex=seconds, nx=True)
    pipe.incr(f"shop:limit:{name}")
    return pipe.execute()[1]


@q2.mistake(
    "You read the counter, and did not count a request that is refused. Others can come between "
    "the look and the count. Count first, and look at the reply to INCR."
)
def looks_and_then_counts(client, name, most, seconds):
    if int(client.get(f"shop:limit:{name}") or 0) >= most:
        return False
    pipe = client.pipeline(transaction=True)
    pipe.set(f"shop:limit:{name}", 0, ex=seconds, nx=True)
    pipe.incr(f"shop:limit:{name}")
    pipe.execute()
    return True


@q2.mistake(
    "All visitors share your counter. Each has one of their own, with their name in it: "
    "f'shop:limit:{name}'."
)
def one_for_all(client, name, most, seconds):
    pipe = client.pipeline(transaction=True)
    pipe.set("shop:limit", 0, ex=seconds, nx=True)
    pipe.incr("shop:limit")
    return pipe.execute()[1] <= most


CART = "cart:{guest}"
LINES = "ZADD cart:{guest} 1 pen 3 lamp"
DONE = "SET cart:{guest}:request:r1 1 EX 600"
HALF_DONE = (
    "You sent the note and the add one after the other. If your program stops between them, one is "
    "there without the other: the add is lost, or it is done twice. Send both in one MULTI."
)
WRITTEN_OVER = (
    "A note whose text is empty is there, too, and you wrote over it, and added once more. An "
    "empty text is false for Python: ask by EXISTS, or for `is not None`."
)
ONE_TAG = "You named keys of several nodes together. Those of this task begin with cart:{guest}."


def same_request(request_id, product_id, quantity):
    """Return the lines of the same request, sent by somebody else, where no such line is."""
    return (
        command("SET", keys.request("guest", request_id), 1, "EX", 86_400, "NX"),
        command("ZADD", CART, "NX", quantity, product_id),
    )


@st.composite
def requests(draw):
    """Worlds for q3: a request that was done before or not, and maybe the same by somebody else."""
    request_id = draw(st.sampled_from(["r1", "17", "R1", "Ann's 3rd", "a b", "9f1c-77"]))
    cart = draw(carts([1, 2, 3, 10, 250]))
    item = draw(st.sampled_from([*cart, *IDS]))
    quantity = draw(st.sampled_from([1, 1, 2, 3, 10, 1000]))
    given = [*zadd(CART, cart), *draw(some_of(SURROUNDINGS))]
    given.append(command("SET", keys.request("guest", "r2"), 1, "EX", 4000))
    noted = keys.request("guest", request_id)
    if before := draw(st.sampled_from([None, None, "1", "", "0", "3 lamp"])):
        given.append(command("SET", noted, before, "EX", draw(st.sampled_from([5, 600, 80_000]))))
    others = [(), (), (command("ZINCRBY", CART, 1, item),), (command("DEL", CART),)]
    if before is None and item not in cart:
        others += [same_request(request_id, item, quantity)] * 3
    return Case(given, (request_id, item, quantity), draw(st.sampled_from(others)))


q3 = Exercise(
    "counters.q3",
    "add_once(client, request_id, product_id, quantity)",
    [
        Case([LINES], ("r1", "lamp", 2)),
        Case([], ("r1", "mug", 2)),
        Case([LINES, DONE], ("r1", "lamp", 2)),
        Case([LINES, DONE], ("r2", "lamp", 2)),
        Case([LINES, DONE], ("r1", "mug", 7)),
        Case([LINES, "SET cart:{guest}:request:r1 '' EX 600"], ("r1", "lamp", 2)),
        Case([LINES, "SET cart:{guest}:request:r1 '3 lamp' EX 600"], ("r1", "lamp", 2)),
        Case([LINES], ("r1", "mug", 2), same_request("r1", "mug", 2)),
        Case([LINES], ("r1", "lamp", 2), ("ZINCRBY cart:{guest} 1 lamp",)),
        Case([DONE, "EXPIRE cart:{guest}:request:r1 60"], ("r1", "mug", 2)),
    ],
    (
        "client.transaction(work, key, value_from_callable=True) watches the key, calls "
        "work(pipe), sends EXEC, begins anew if somebody has changed the key, and returns what "
        "work returned.",
        "In work, look first: if pipe.exists(key), return False.",
        "Then pipe.multi(), pipe.set(key, 1, nx=True, ex=86_400), pipe.zincrby('cart:{guest}', "
        "quantity, product_id), and return True.",
    ),
    rules=(in_one_multi_or_script(HALF_DONE), on_one_node(ONE_TAG)),
    worlds=requests(),
)


@q3.reference
def add_once(client, request_id, product_id, quantity):
    key = f"cart:{{guest}}:request:{request_id}"

    def work(pipe):
        if pipe.exists(key):
            return False
        pipe.multi()
        pipe.set(key, 1, nx=True, ex=86_400)
        pipe.zincrby("cart:{guest}", quantity, product_id)
        return True

    return client.transaction(work, key, value_from_callable=True)


def _noted(request_id):
    return keys.request("guest", request_id)


@q3.mistake(
    "The note comes first, by itself. If your program stops after it, the add is never done: the "
    "next try finds the note. Send both in one MULTI."
)
def notes_first(client, request_id, product_id, quantity):
    if not client.set(_noted(request_id), 1, nx=True, ex=86_400):
        return False
    client.zincrby(CART, quantity, product_id)
    return True


@q3.mistake(
    "The add comes first, and the note after it. If your program stops between them, the next try "
    "finds no note, and adds once more. Send both in one MULTI."
)
def adds_first(client, request_id, product_id, quantity):
    if client.exists(_noted(request_id)):
        return False
    client.zincrby(CART, quantity, product_id)
    client.set(_noted(request_id), 1, nx=True, ex=86_400)
    return True


@q3.mistake(
    "Between your look and your MULTI the same request can come a second time, and then both are "
    "added. WATCH the note before you look: client.transaction(…) does so."
)
def does_not_watch(client, request_id, product_id, quantity):
    if client.exists(_noted(request_id)):
        return False
    pipe = client.pipeline(transaction=True)
    pipe.set(_noted(request_id), 1, nx=True, ex=86_400)
    pipe.zincrby(CART, quantity, product_id)
    pipe.execute()
    return True


@q3.mistake(
    "SET NX in the MULTI does nothing where the note is, but the ZINCRBY after it is done all the "
    "same: a MULTI has no *if*. Look first, under WATCH, and send nothing if the note is there."
)
def adds_whatever_set_replies(client, request_id, product_id, quantity):
    pipe = client.pipeline(transaction=True)
    pipe.set(_noted(request_id), 1, nx=True, ex=86_400)
    pipe.zincrby(CART, quantity, product_id)
    return bool(pipe.execute()[0])


def _in_a_transaction(client, request_id, product_id, quantity, find, note):
    def work(pipe):
        if find(pipe, _noted(request_id)):
            return False
        pipe.multi()
        note(pipe, _noted(request_id))
        pipe.zincrby(CART, quantity, product_id)
        return True

    return client.transaction(work, _noted(request_id), value_from_callable=True)


def _is_there(pipe, key):
    return pipe.exists(key)


def _note(pipe, key):
    pipe.set(key, 1, nx=True, ex=86_400)


@q3.mistake(
    "The note has no end: the shop would keep each request for ever. It gets a time-out of a day, "
    "by ex=86_400."
)
def keeps_it_for_ever(client, request_id, product_id, quantity):
    def note(pipe, key):
        pipe.set(key, 1, nx=True)

    return _in_a_transaction(client, request_id, product_id, quantity, _is_there, note)


@q3.mistake(
    "A note whose text is empty is there, too. An empty text is false for Python: ask by EXISTS, "
    "or for `is not None`."
)
def takes_an_empty_note_for_none(client, request_id, product_id, quantity):
    def find(pipe, key):
        return pipe.get(key)

    return _in_a_transaction(client, request_id, product_id, quantity, find, _note)


@q3.mistake(WRITTEN_OVER)
def writes_over_an_empty_note(client, request_id, product_id, quantity):
    def find(pipe, key):
        return pipe.get(key)

    def note(pipe, key):
        pipe.set(key, 1, ex=86_400)

    return _in_a_transaction(client, request_id, product_id, quantity, find, note)


@q3.mistake(
    "A note that says 1 is not the only one that counts: if the key is there, the request was "
    "done. Ask by EXISTS."
)
def reads_what_the_note_says(client, request_id, product_id, quantity):
    def find(pipe, key):
        return pipe.get(key) == "1"

    return _in_a_transaction(client, request_id, product_id, quantity, find, _note)


@q3.mistake(
    "You looked into the cart, and not for the note. That a product is in the cart does not say "
    "whether this request was done."
)
def looks_into_the_cart(client, request_id, product_id, quantity):
    def find(pipe, key):
        return pipe.zscore(CART, product_id) is not None

    return _in_a_transaction(client, request_id, product_id, quantity, find, _note)


@q3.mistake(
    "client.transaction gave you the list of the replies to EXEC. With value_from_callable=True it "
    "gives what your own function returns: True or False."
)
def returns_the_replies_to_exec(client, request_id, product_id, quantity):
    def work(pipe):
        if pipe.exists(_noted(request_id)):
            return False
        pipe.multi()
        _note(pipe, _noted(request_id))
        pipe.zincrby(CART, quantity, product_id)
        return True

    return client.transaction(work, _noted(request_id))


@q3.mistake(
    "You returned None for a request that was done before. Wanted is False, so that the caller can "
    "tell."
)
def returns_none(client, request_id, product_id, quantity):
    done = _in_a_transaction(client, request_id, product_id, quantity, _is_there, _note)
    return done or None


@q3.mistake(
    "You returned the new quantity. Wanted is True if the request was done now, and False if it "
    "was done before."
)
def returns_the_quantity(client, request_id, product_id, quantity):
    if not _in_a_transaction(client, request_id, product_id, quantity, _is_there, _note):
        return False
    return int(client.zscore(CART, product_id))
