"""Lesson 14: visitors, customers and places."""

from hypothesis import strategies as st

from cartlib.course.carts import at_most_replies
from cartlib.course.worlds import some_of
from cartlib.lab.contents import command
from cartlib.lab.disturbance import script_of
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.rules import at_most_trips, changes_nothing, in_one_multi, on_one_node
from cartlib.questions import Guess, Prediction

VISITORS, CAME, RESULT = "shop:{visitors}:", "shop:{came}:", "shop:{came}:result"
PLACES = "shop:places"
MONDAY, TUESDAY, WEDNESDAY = "2027-01-04", "2027-01-05", "2027-01-06"
DAYS = [MONDAY, TUESDAY, WEDNESDAY, "2027-01-07", "2027-01-08", "2027-01-09", "2027-01-10"]
FOR_SETS = ("SMEMBERS", "SCARD", "SUNION", "SSCAN", "SINTERCARD", "SORT")
FOR_BYTES = ("GET", "GETRANGE", "SUBSTR", "MGET", "DUMP", "BITFIELD", "BITFIELD_RO")
AS_A_SET = (
    "You sent {}, a command for sets. fakeredis keeps a set here, but a real server keeps a "
    "HyperLogLog, which is no set, and would refuse it. PFCOUNT is what counts visitors."
)
TRAVELS = (
    "You sent {}: so the bitmap, or a part of it, travels to you. Let Redis count: BITOP, and then "
    "BITCOUNT of its result."
)
ONE_BY_ONE = (
    "You sent the commands one by one. If your program stops before DEL, the result stays behind; "
    "and somebody else can change it before you count. Send them in one MULTI."
)
OTHER_SLOT = (
    "You used keys with different tags together. On a cluster they can be on different servers: "
    "give the key for the result the tag {came}, too."
)
READS_ALL = (
    "More shops came back than the ones that are near: with ten thousand shops, all of them would "
    "travel to you. GEOSEARCH with BYRADIUS gives the near ones only."
)
NO_BRACES = (
    "Your keys have no braces. In a text with f before it, one brace of the key is written as two: "
    "f'shop:{{visitors}}:{day}'."
)
NO_F = (
    "The text has no f before it, so the key that you sent has the word day in it, and no day. "
    "Write f'shop:{{visitors}}:{day}'."
)
UNSORTED = (
    "Your search has no ASC. fakeredis happens to sort all the same, but a real server gives what "
    "it finds in an order of its own. In Python it is sort='ASC'."
)


p1 = Prediction(
    "crowds.p1",
    ("DEL shop:{visitors}:demo", "PFADD shop:{visitors}:demo ann"),
    "PFADD shop:{visitors}:demo ann bob eve",
    {
        "(integer) 0": "ann was counted before, but bob and eve are new: something has changed.",
        "(integer) 1": "Something has changed. PFADD tells no more than that.",
        "(integer) 2": "Two of them are new, and SADD would reply so. PFADD doesn't keep names, so "
        "it tells only whether something has changed.",
    },
)
p2 = Prediction(
    "crowds.p2",
    (
        "DEL shop:{visitors}:mon shop:{visitors}:tue",
        "PFADD shop:{visitors}:mon ann bob",
        "PFADD shop:{visitors}:tue bob eve",
    ),
    "PFCOUNT shop:{visitors}:mon shop:{visitors}:tue",
    {
        "(integer) 2": "Each of the days had 2 visitors. But they were not the same ones.",
        "(integer) 3": "ann, bob and eve: bob came on both days, and counts once.",
        "(integer) 4": "That is the sum. It counts bob twice.",
    },
    because=(
        "With several keys, `PFCOUNT` counts their **union**: whoever is in at least one of them, "
        "each only once."
    ),
)
p3 = Prediction(
    "crowds.p3",
    ("DEL shop:{came}:demo", "SETBIT shop:{came}:demo 7 1"),
    "SETBIT shop:{came}:demo 7 1",
    {
        "(integer) 0": "So replied the first one. The second found something else.",
        "(integer) 1": "SETBIT replies what the bit was **before**: the first one had set it to 1.",
        "OK": "SET replies OK. SETBIT replies a number: the bit that was there before.",
    },
    because="So the reply tells whether this customer has come before on that day.",
)
p4 = Prediction(
    "crowds.p4",
    ("DEL demo:places", "GEOADD demo:places -9.1393 38.7223 lisbon"),
    "ZRANGE demo:places 0 -1",
    {
        "(error) WRONGTYPE": "There is no type for places: GEOADD writes a type that you know.",
        '1) "lisbon"': "ZRANGE is a command for sorted sets, and it works: so this key is one.",
        "(empty array)": "GEOADD has written one member into the key.",
    },
)


def _came_on_both(client, first, second):
    client.delete("demo:a", "demo:b")
    for key, numbers in (("demo:a", first), ("demo:b", second)):
        for number in numbers:
            client.setbit(key, number, 1)
    client.bitop("AND", "demo:both", "demo:a", "demo:b")
    return client.bitcount("demo:a"), client.bitcount("demo:b"), client.bitcount("demo:both")


def _counts_do_not_tell(client):
    same = _came_on_both(client, [1, 2, 3], [1, 2, 3])
    others = _came_on_both(client, [1, 2, 3], [4, 5, 6])
    return "from 0 to 3" if (same, others) == ((3, 3, 3), (3, 3, 0)) else "?"


g1 = Guess(
    "crowds.g1",
    "On Monday 3 customers came, and on Tuesday 3. How many of them came on both days?",
    {
        "3": "Only if the same three came twice. The two counts don't say so.",
        "0": "Only if three others came on Tuesday. The two counts don't say so.",
        "from 0 to 3": "Two counts don't tell who came. For this you need to know which customers.",
    },
    right="from 0 to 3",
    proof=_counts_do_not_tell,
)


def _longer(client):
    client.delete("demo:a", "demo:b")
    for number in range(1000):
        client.setbit("demo:a", number, 1)
    client.setbit("demo:b", 1_000_000, 1)
    return "the second" if client.strlen("demo:b") > client.strlen("demo:a") else "the first"


g2 = Guess(
    "crowds.g2",
    "One bitmap has the 1,000 customers 0 to 999. A second one has a single customer, whose number "
    "is 1,000,000. Which of the two is longer?",
    {
        "the first": "It has a thousand bits that are 1. But the second needs room for all numbers "
        "up to a million, whether they came or not.",
        "the second": "It is as long as its largest number: a million bits, nearly all of them 0.",
        "both are the same": "A bitmap grows up to its largest number: here 999, there 1,000,000.",
    },
    right="the second",
    proof=_longer,
)


def _swapped(client):
    client.delete("demo:places")
    added = client.geoadd("demo:places", [38.7223, -9.1393, "lisbon"])
    [(longitude, latitude)] = client.geopos("demo:places", "lisbon")
    east_africa = added == 1 and 30 < longitude < 40 and -12 < latitude < -1
    return "It takes it, and Lisbon lies in East Africa." if east_africa else "?"


g3 = Guess(
    "crowds.g3",
    "Lisbon has the longitude -9.1393 and the latitude 38.7223. Somebody sends `GEOADD demo:places "
    "38.7223 -9.1393 lisbon`. What does Redis do?",
    {
        "It refuses it.": "38.7 is a longitude that exists, and -9.1 is a latitude that exists.",
        "It sees the mistake, and swaps them.": "Redis can't know which of the two you meant.",
        "It takes it, and Lisbon lies in East Africa.": "Both numbers are possible, so nothing "
        "tells you. Lisbon is now in Tanzania, on paper.",
    },
    right="It takes it, and Lisbon lies in East Africa.",
    proof=_swapped,
)


def without(names, text):
    """Return a rule: none of these commands is sent, nor called in a script."""

    def rule(trial):
        for sent in trial.commands:
            script = script_of(sent).upper() if sent.name.startswith("EVAL") else ""
            if sent.name in names or any(f"'{n}'" in script or f'"{n}"' in script for n in names):
                return text.format(sent)
        return None

    return rule


def spelt_right(wrong, text):
    """Return a rule: no word of a command has this in it."""
    return lambda trial: text if any(wrong in str(c) for c in trial.commands) else None


def pfadd(day, visitors) -> list[str]:
    """Return the line that notes the visitors of a day; none for no visitors."""
    return [command("PFADD", VISITORS + day, *visitors)] if visitors else []


def setbits(day, numbers) -> list[str]:
    """Return the lines that note the customers of a day."""
    return [command("SETBIT", CAME + day, number, 1) for number in numbers]


OTHER_CROWDS = [
    "SADD shop:{visitors}:names ann bob",
    "PFADD shop:{visitors}:2026-12-31 ann zoe",
    "PFADD shop:visitors:2027-01-04 one two three four five",
    "SETBIT shop:{came}:2026-12-31 7 1",
    "SETBIT shop:came:2027-01-04 7 1",
    "PFADD demo:{visitors}:2027-01-04 x y",
]
VISITOR_NAMES = ["ann", "bob", "eve", "Ann", "Zoë", "a b", "7", "07", "{ann}", "None"]


@st.composite
def weeks(draw):
    """Worlds for q1: some days with visitors, and some of them, or others, to count."""
    given = draw(some_of(OTHER_CROWDS))
    for day in draw(some_of(DAYS)):
        visitors = draw(some_of(VISITOR_NAMES))
        extra = draw(st.sampled_from([0, 0, 0, 40, 150]))
        given += pfadd(day, [*visitors, *(f"visitor {n}" for n in range(extra))])
    days = draw(st.lists(st.sampled_from(DAYS), max_size=7))
    return Case(given, (days,))


THREE_DAYS = [
    *pfadd(MONDAY, ["ann", "bob", "eve"]),
    *pfadd(TUESDAY, ["bob", "Zoë"]),
    *pfadd(WEDNESDAY, ["ann", "bob"]),
]

q1 = Exercise(
    "crowds.q1",
    "count_week(client, days)",
    [
        Case(THREE_DAYS, ([MONDAY, TUESDAY, WEDNESDAY],)),
        Case([*THREE_DAYS, "PFADD shop:visitors:2027-01-05 x"], ([TUESDAY],)),
        Case(THREE_DAYS, ([TUESDAY, "2027-01-10"],)),
        Case(THREE_DAYS, ([MONDAY, MONDAY],)),
        Case(THREE_DAYS, ([],)),
        Case([], (DAYS,)),
        Case([*THREE_DAYS, "HSET shop:{visitors}:2027-01-07 a 1"], ([MONDAY, "2027-01-07"],)),
    ],
    (
        "The key of a day is f'shop:{{visitors}}:{day}'. Make a list of all keys first.",
        "PFCOUNT takes several keys at once: client.pfcount(key, other_key). With a list it is "
        "client.pfcount(*names).",
        "An empty list has no keys, and PFCOUNT without one is an error: return 0 before.",
    ),
    rules=(
        spelt_right("shop:visitors", NO_BRACES),
        spelt_right("{day}", NO_F),
        without(FOR_SETS, AS_A_SET),
        changes_nothing("You sent {}. To count needs no change: PFCOUNT takes several keys."),
        at_most_trips(1, "PFCOUNT takes several keys at once."),
    ),
    worlds=weeks(),
)


@q1.reference
def count_week(client, days):
    if not days:
        return 0
    return client.pfcount(*[f"shop:{{visitors}}:{day}" for day in days])


@q1.mistake(
    "You added up the days, so whoever came on two of them counts twice. Give all the keys to one "
    "PFCOUNT: it counts each visitor only once."
)
def adds_up_the_days(client, days):
    return sum(client.pfcount(f"shop:{{visitors}}:{day}") for day in days)


@q1.mistake(
    "You returned the count of the day with the most visitors. On the other days there can have "
    "been others: give all the keys to one PFCOUNT."
)
def takes_the_greatest_day(client, days):
    return max([client.pfcount(f"shop:{{visitors}}:{day}") for day in days], default=0)


@q1.mistake(
    "Without days there is no key, and Redis refuses a PFCOUNT without one. Return 0 for an empty "
    "list, before you send anything."
)
def sends_no_key(client, days):
    return client.pfcount(*[f"shop:{{visitors}}:{day}" for day in days])


@q1.mistake(
    "You read the names and counted them in Python. fakeredis keeps a set here; a real server "
    "keeps a HyperLogLog, which has no names, and would refuse SMEMBERS. PFCOUNT counts."
)
def reads_the_names(client, days):
    found = set()
    for day in days:
        found |= client.smembers(f"shop:{{visitors}}:{day}")
    return len(found)


@q1.mistake(
    "You merged the days into a key of your own, and it stays behind. PFCOUNT takes several keys "
    "at once, so nothing has to be written."
)
def merges_into_a_key(client, days):
    if not days:
        return 0
    client.pfmerge("shop:{visitors}:week", *[f"shop:{{visitors}}:{day}" for day in days])
    return client.pfcount("shop:{visitors}:week")


@q1.mistake(
    "You counted the first day only. PFCOUNT takes the keys of all days: client.pfcount(*names)."
)
def counts_the_first_day(client, days):
    if not days:
        return 0
    return client.pfcount(f"shop:{{visitors}}:{days[0]}")


@q1.mistake(NO_BRACES)
def forgets_the_braces(client, days):
    if not days:
        return 0
    return client.pfcount(*[f"shop:visitors:{day}" for day in days])


@q1.mistake(f"{NO_BRACES} And an empty list has no key at all: return 0 for it first.")
def forgets_the_braces_and_no_days(client, days):
    return client.pfcount(*[f"shop:visitors:{day}" for day in days])


@q1.mistake(
    "You gave PFCOUNT the days themselves. The key of a day is shop:{visitors}: and then the day."
)
def takes_days_for_keys(client, days):
    return client.pfcount(*days) if days else 0


@q1.mistake(NO_F)
def forgets_the_f(client, days):
    if not days:
        return 0
    return client.pfcount(*["shop:{visitors}:{day}" for _ in days])


NUMBERS = [0, 1, 7, 8, 9, 15, 63, 64, 255, 1000, 4095]


@st.composite
def crowds(draw):
    """Worlds for q2: some days with customers, and maybe somebody who asks or comes, too."""
    given = draw(some_of(OTHER_CROWDS))
    for day in DAYS[:4]:
        given += setbits(day, draw(some_of(NUMBERS)))
    days = draw(st.lists(st.sampled_from(DAYS[:4]), min_size=1, max_size=5))
    asks = command("BITOP", "AND", RESULT, CAME + MONDAY), command("DEL", RESULT)
    comes = (command("SETBIT", CAME + days[0], draw(st.sampled_from(NUMBERS)), 1),)
    return Case(given, (days,), draw(st.sampled_from([(), (), (), asks, comes])))


CUSTOMERS = [
    *setbits(MONDAY, [0, 7, 8, 300]),
    *setbits(TUESDAY, [7, 300, 1000]),
    *setbits(WEDNESDAY, [1, 7, 300]),
]
ASKS = (
    command("BITOP", "AND", RESULT, CAME + TUESDAY, CAME + WEDNESDAY),
    command("BITCOUNT", RESULT),
    command("DEL", RESULT),
)

q2 = Exercise(
    "crowds.q2",
    "came_on_all_days(client, days)",
    [
        Case(CUSTOMERS, ([MONDAY, TUESDAY, WEDNESDAY],)),
        Case(CUSTOMERS, ([MONDAY],)),
        Case(CUSTOMERS, ([MONDAY, "2027-01-10"],)),
        Case(CUSTOMERS, ([TUESDAY, TUESDAY],)),
        Case([], ([MONDAY, TUESDAY],)),
        Case(CUSTOMERS, ([MONDAY, TUESDAY],), ASKS),
        Case([*CUSTOMERS, "HSET shop:{came}:2027-01-07 a 1"], ([MONDAY, "2027-01-07"],)),
    ],
    (
        "The key of a day is f'shop:{{came}}:{day}'. Make a list of all keys first.",
        "pipe = client.pipeline(transaction=True), and then on the pipe: bitop('AND', result, "
        "*names), bitcount(result), delete(result).",
        "pipe.execute() returns a list of three replies. The count is the second one.",
    ),
    rules=(
        without(FOR_BYTES, TRAVELS),
        in_one_multi(ONE_BY_ONE),
        at_most_trips(1, "One MULTI takes all the commands."),
        on_one_node(OTHER_SLOT),
    ),
    worlds=crowds(),
)


@q2.reference
def came_on_all_days(client, days):
    names = [f"shop:{{came}}:{day}" for day in days]
    pipe = client.pipeline(transaction=True)
    pipe.bitop("AND", "shop:{came}:result", *names)
    pipe.bitcount("shop:{came}:result")
    pipe.delete("shop:{came}:result")
    return pipe.execute()[1]


@q2.mistake(ONE_BY_ONE)
def sends_one_by_one(client, days):
    client.bitop("AND", RESULT, *[f"shop:{{came}}:{day}" for day in days])
    count = client.bitcount(RESULT)
    client.delete(RESULT)
    return count


@q2.mistake(
    "The result of BITOP stays behind, in a key that nobody needs any more. Collect a delete of it "
    "in the same MULTI, after BITCOUNT."
)
def leaves_the_result(client, days):
    pipe = client.pipeline(transaction=True)
    pipe.bitop("AND", RESULT, *[f"shop:{{came}}:{day}" for day in days])
    pipe.bitcount(RESULT)
    return pipe.execute()[1]


@q2.mistake(
    "The result of BITOP stays behind for some seconds. EXPIRE is for what others need for a "
    "while; this key nobody needs: DEL it in the same MULTI."
)
def lets_the_result_expire(client, days):
    pipe = client.pipeline(transaction=True)
    pipe.bitop("AND", RESULT, *[f"shop:{{came}}:{day}" for day in days])
    pipe.bitcount(RESULT)
    pipe.expire(RESULT, 60)
    return pipe.execute()[1]


@q2.mistake(
    "OR has a 1 where at least one of the bits is 1: you counted who came on any of the days. AND "
    "has a 1 only where all of them are 1."
)
def takes_or(client, days):
    pipe = client.pipeline(transaction=True)
    pipe.bitop("OR", RESULT, *[f"shop:{{came}}:{day}" for day in days])
    pipe.bitcount(RESULT)
    pipe.delete(RESULT)
    return pipe.execute()[1]


@q2.mistake(
    "You returned the reply of BITOP: how many bytes its result has. The count is the reply of "
    "BITCOUNT, the second of the list."
)
def returns_the_length(client, days):
    pipe = client.pipeline(transaction=True)
    pipe.bitop("AND", RESULT, *[f"shop:{{came}}:{day}" for day in days])
    pipe.bitcount(RESULT)
    pipe.delete(RESULT)
    return pipe.execute()[0]


@q2.mistake(
    "You returned the reply of DEL: how many keys it deleted. The count is the reply of BITCOUNT, "
    "the second of the list."
)
def returns_the_reply_of_del(client, days):
    pipe = client.pipeline(transaction=True)
    pipe.bitop("AND", RESULT, *[f"shop:{{came}}:{day}" for day in days])
    pipe.bitcount(RESULT)
    pipe.delete(RESULT)
    return pipe.execute()[-1]


@q2.mistake(
    "You returned all the replies. The count is the reply of BITCOUNT, the second of the list."
)
def returns_all_replies(client, days):
    pipe = client.pipeline(transaction=True)
    pipe.bitop("AND", RESULT, *[f"shop:{{came}}:{day}" for day in days])
    pipe.bitcount(RESULT)
    pipe.delete(RESULT)
    return pipe.execute()


@q2.mistake(
    "You gave the key of the result last, so BITOP wrote over the first of the days. The first key "
    "after AND is the one that it writes."
)
def gives_the_result_last(client, days):
    pipe = client.pipeline(transaction=True)
    pipe.bitop("AND", *[f"shop:{{came}}:{day}" for day in days], RESULT)
    pipe.bitcount(RESULT)
    pipe.delete(RESULT)
    return pipe.execute()[1]


@q2.mistake(
    "You took the smallest count of the days. As many may have come on each day, and yet not the "
    "same customers: BITOP AND compares them bit by bit."
)
def takes_the_smallest_day(client, days):
    pipe = client.pipeline(transaction=True)
    for day in days:
        pipe.bitcount(f"shop:{{came}}:{day}")
    return min(pipe.execute())


@q2.mistake(
    "You deleted the result before you counted it: what is left to count is nothing. First "
    "BITCOUNT, then DEL."
)
def deletes_before_it_counts(client, days):
    pipe = client.pipeline(transaction=True)
    pipe.bitop("AND", RESULT, *[f"shop:{{came}}:{day}" for day in days])
    pipe.delete(RESULT)
    pipe.bitcount(RESULT)
    return pipe.execute()[2]


@q2.mistake(
    "You gave no key for the result, so BITOP wrote it over the first of the days. Its first key "
    "is the one that it writes: give it shop:{came}:result there."
)
def overwrites_the_first_day(client, days):
    pipe = client.pipeline(transaction=True)
    names = [f"shop:{{came}}:{day}" for day in days]
    pipe.bitop("AND", names[0], *names)
    pipe.bitcount(names[0])
    return pipe.execute()[1]


SPOTS = {
    "Lisbon": (-9.1393, 38.7223),
    "Porto": (-8.6291, 41.1579),
    "Madrid": (-3.7038, 40.4168),
    "Corner 1": (13.4010, 52.5190),
    "Corner 2": (13.4050, 52.5200),
    "Café Zoë": (13.4202, 52.4991),
    "Potsdam": (13.0645, 52.3906),
    "Quito": (-78.4678, -0.1807),
    "Suva": (178.4419, -18.1248),
    "Apia": (-171.7514, -13.8507),
    "Sydney": (151.2093, -33.8688),
    "42": (0.5, 0.25),
}


def geoadd(names) -> list[str]:
    """Return the line that writes these shops; none for no shops."""
    return [command("GEOADD", PLACES, *(w for n in names for w in (*SPOTS[n], n)))] if names else []


def street(size) -> list[str]:
    """Return the line that writes so many shops, 1 km after another, to the east of Quito."""
    shops = [word for n in range(size) for word in (round(-78 + n / 111, 4), -0.2, f"shop {n}")]
    return [command("GEOADD", PLACES, *shops)]


OTHER_PLACES = [
    "GEOADD demo:places -9.1 38.7 lisbon 13.4 52.5 berlin",
    "GEOADD shop:places:closed -9.1393 38.7223 Lisbon",
    "ZADD shop:{filters}:prices 9.5 mug",
]


@st.composite
def maps(draw):
    """Worlds for q3: some shops, a place near one of them or anywhere, and a number of km."""
    given = [*geoadd(draw(some_of(list(SPOTS)))), *draw(some_of(OTHER_PLACES))]
    longitude, latitude = SPOTS[draw(st.sampled_from(list(SPOTS)))]
    off = draw(st.sampled_from([0.0, 0.001, 0.0137, -0.11, 0.5, 1.3]))
    km = draw(st.sampled_from([0.5, 1, 3, 5, 12.5, 40, 300, 2000, 9000]))
    place = round(longitude + off / 2, 4), round(latitude + off, 4)
    return Case(given, (*place, km))


def some_for_each_shop(trial):
    """Return how many texts and numbers the near shops are, with all that can be asked for."""
    return 5 * len(trial.result) + 2 if isinstance(trial.result, list | tuple) else 10_000


def sorted_by_redis(trial):
    """Return what to say of a search that is not told to sort: a rule."""
    searches = [c for c in trial.commands if c.name.startswith(("GEOSEARCH", "GEORADIUS"))]
    told = all({"ASC", "DESC"} & set(str(c).upper().split()) for c in searches)
    return None if told else UNSORTED


q3 = Exercise(
    "crowds.q3",
    "nearest(client, longitude, latitude, km)",
    [
        Case(geoadd(["Corner 1", "Café Zoë", "Potsdam", "Lisbon"]), (13.4050, 52.5200, 50)),
        Case(geoadd(["Corner 1", "Café Zoë", "Potsdam", "Lisbon"]), (13.4050, 52.5200, 2.5)),
        Case(geoadd(["Lisbon", "Porto", "Madrid"]), (-9.1393, 38.7223, 600)),
        Case(geoadd(["Lisbon"]), (13.4050, 52.5200, 50)),
        Case([], (13.4050, 52.5200, 50)),
        Case(geoadd(["Suva", "Apia"]), (179.9, -16.0, 2000)),
        Case(street(60), (-78.0, -0.2, 41.08)),  # shop 41 is between the two
        Case(street(60), (-78.0, -0.2, 41.09)),
        Case(street(60), (-78.0, -0.2, 200)),
        Case(["HSET shop:places a 1"], (13.4050, 52.5200, 50)),
    ],
    (
        "client.geosearch('shop:places', longitude=…, latitude=…, radius=…, unit='km') finds what "
        "is within a circle.",
        "sort='ASC' puts the nearest first, and withdist=True gives the distances, too.",
        "Each of what comes back is a list [name, km]. Make (name, round(km, 1)) of it.",
    ),
    rules=(
        changes_nothing("You sent {}. To search needs no change."),
        sorted_by_redis,
        at_most_trips(1, "One GEOSEARCH gives the names and the distances."),
        at_most_replies(some_for_each_shop, READS_ALL),
    ),
    worlds=maps(),
)


@q3.reference
def nearest(client, longitude, latitude, km):
    found = client.geosearch(
        "shop:places",
        longitude=longitude,
        latitude=latitude,
        radius=km,
        unit="km",
        sort="ASC",
        withdist=True,
    )
    return [(name, round(distance, 1)) for name, distance in found]


def search(client, longitude, latitude, km, **options):
    """Send the search that most of the mistakes have in common."""
    options = {"unit": "km", "sort": "ASC", "withdist": True, "radius": km} | options
    return client.geosearch(PLACES, longitude=longitude, latitude=latitude, **options)


def rounded(found, decimals=1):
    """Return pairs with rounded distances."""
    return [(name, round(distance, decimals)) for name, distance in found]


@q3.mistake(
    "You gave the latitude as longitude, and the longitude as latitude: so you searched somewhere "
    "else on Earth. longitude=longitude, latitude=latitude."
)
def swaps_them(client, longitude, latitude, km):
    return rounded(search(client, latitude, longitude, km))


@q3.mistake(
    "geosearch takes all but the key by name: longitude=longitude, latitude=latitude, radius=km. "
    "Without names, the first of them is taken for a member."
)
def gives_no_names(client, longitude, latitude, km):
    found = client.geosearch(PLACES, longitude, latitude, km, sort="ASC", withdist=True)
    return rounded(found)


@q3.mistake("These are the right shops, the farthest first. ASC puts the nearest first.")
def farthest_first(client, longitude, latitude, km):
    return rounded(search(client, longitude, latitude, km, sort="DESC"))


@q3.mistake(UNSORTED)
def does_not_sort(client, longitude, latitude, km):
    return rounded(search(client, longitude, latitude, km, sort=None))


@q3.mistake("The distances have all their digits. Round them to one decimal: round(distance, 1).")
def does_not_round(client, longitude, latitude, km):
    return search(client, longitude, latitude, km)


@q3.mistake(
    "Without unit='km', redis-py asks in metres: so your circle is a thousand times too small."
)
def asks_in_metres(client, longitude, latitude, km):
    return rounded(search(client, longitude, latitude, km, unit="m"))


@q3.mistake(
    "You asked in metres, and the distances came in metres, too. With unit='km' both are km."
)
def answers_in_metres(client, longitude, latitude, km):
    return rounded(search(client, longitude, latitude, km * 1000, unit="m"))


@q3.mistake("The distances are missing. Ask for them with withdist=True.")
def names_only(client, longitude, latitude, km):
    return search(client, longitude, latitude, km, withdist=False)


@q3.mistake("The distances are whole numbers. Wanted is one decimal: round(distance, 1).")
def whole_km(client, longitude, latitude, km):
    return rounded(search(client, longitude, latitude, km), None)


@q3.mistake("You returned one shop at most. Wanted are all shops within so many km.")
def one_shop(client, longitude, latitude, km):
    return rounded(search(client, longitude, latitude, km, count=1))


@q3.mistake(READS_ALL)
def filters_in_python(client, longitude, latitude, km):
    found = search(client, longitude, latitude, 20_100)
    return rounded([(name, distance) for name, distance in found if distance <= km])


@q3.mistake(
    "BYBOX searches a square, whose corners are farther away than its sides. Wanted is a circle: "
    "BYRADIUS, in Python radius=km."
)
def searches_a_box(client, longitude, latitude, km):
    box = {"radius": None, "width": 2 * km, "height": 2 * km}
    return rounded(search(client, longitude, latitude, km, **box))
