"""Answers to the exercises of lesson 14: wrong ones and right ones, each with the reason."""

from math import asin, cos, radians, sin, sqrt

import redis
from answers import right, wrong

from cartlib.course import crowds

RESULT, PLACES = "shop:{came}:result", "shop:places"


def visitors_of(days):
    return [f"shop:{{visitors}}:{day}" for day in days]


@wrong(crowds.q1, "adds up the days, in one trip")
def adds_up_in_a_pipeline(client, days):
    pipe = client.pipeline(transaction=False)
    for key in visitors_of(days):
        pipe.pfcount(key)
    return sum(pipe.execute())


@wrong(crowds.q1, "merges into a key, and deletes it")
def merges_and_deletes(client, days):
    if not days:
        return 0
    pipe = client.pipeline(transaction=True)
    pipe.pfmerge("shop:{visitors}:week", *visitors_of(days))
    pipe.pfcount("shop:{visitors}:week")
    pipe.delete("shop:{visitors}:week")
    return pipe.execute()[1]


@wrong(crowds.q1, "reads a set, which is there in fakeredis only")
def counts_a_union(client, days):
    return len(client.sunion(visitors_of(days))) if days else 0


@wrong(crowds.q1, "reads a set in a script")
def counts_a_union_in_lua(client, days):
    names = visitors_of(days)
    script = "return #redis.call('SUNION', unpack(KEYS))"
    return client.eval(script, len(names), *names) if names else 0


@wrong(crowds.q1, "takes 7 days, whatever days there are")
def takes_seven_days(client, days):
    return client.pfcount(*visitors_of(crowds.DAYS)) if days else 0


@wrong(crowds.q1, "loses the last day")
def loses_the_last_day(client, days):
    return client.pfcount(*visitors_of(days[:-1])) if len(days) > 1 else 0


@wrong(crowds.q1, "takes three days at most")
def takes_three_days(client, days):
    return client.pfcount(*visitors_of(days[:3])) if days else 0


@wrong(crowds.q1, "an empty list gives None")
def none_for_no_days(client, days):
    if days:
        return client.pfcount(*visitors_of(days))


@wrong(crowds.q1, "swallows the error of a wrong type")
def swallows_the_error(client, days):
    try:
        return client.pfcount(*visitors_of(days))
    except redis.ResponseError:
        return 0


@wrong(crowds.q1, "the sum of the days less who came on the first two")
def subtracts_in_pairs(client, days):
    names = visitors_of(days)
    total = sum(map(client.pfcount, names))
    for one, other in zip(names, names[1:], strict=False):
        total -= client.pfcount(one) + client.pfcount(other) - client.pfcount(one, other)
    return total


@wrong(crowds.q1, "notes a visitor of its own")
def notes_somebody(client, days):
    for key in visitors_of(days):
        client.pfadd(key)
    return client.pfcount(*visitors_of(days)) if days else 0


@wrong(crowds.q1, "asks each day first whether it is there")
def asks_each_day(client, days):
    names = [key for key in visitors_of(days) if client.exists(key)]
    return client.pfcount(*names) if names else 0


@wrong(crowds.q1, "returns a text")
def returns_a_text(client, days):
    return str(client.pfcount(*visitors_of(days))) if days else "0"


@right(crowds.q1, "by a raw command")
def by_a_raw_command(client, days):
    names = list(map("shop:{{visitors}}:{}".format, days))
    return client.execute_command("PFCOUNT", *names) if names else 0


@right(crowds.q1, "each day but once")
def each_day_once(client, days):
    names = {"shop:{visitors}:" + day for day in days}
    return client.pfcount(*names) if names else 0


@right(crowds.q1, "in a script")
def in_a_script(client, days):
    names = visitors_of(days)
    script = "if #KEYS == 0 then return 0 end return redis.call('PFCOUNT', unpack(KEYS))"
    return client.eval(script, len(names), *names)


@right(crowds.q1, "in a pipeline")
def in_a_pipeline(client, days):
    pipe = client.pipeline()
    if days:
        pipe.pfcount(*visitors_of(days))
    return sum(pipe.execute())


def days_of(days):
    return [f"shop:{{came}}:{day}" for day in days]


def collected(client, days, result=RESULT, how="AND"):
    pipe = client.pipeline(transaction=True)
    pipe.bitop(how, result, *days_of(days))
    pipe.bitcount(result)
    return pipe


@wrong(crowds.q2, "a pipeline without MULTI")
def without_multi(client, days):
    pipe = client.pipeline(transaction=False)
    pipe.bitop("AND", RESULT, *days_of(days))
    pipe.bitcount(RESULT)
    pipe.delete(RESULT)
    return pipe.execute()[1]


@wrong(crowds.q2, "deletes after the MULTI")
def deletes_later(client, days):
    count = collected(client, days).execute()[1]
    client.delete(RESULT)
    return count


@wrong(crowds.q2, "deletes even if the count fails, but later")
def deletes_at_last(client, days):
    try:
        return collected(client, days).execute()[1]
    finally:
        client.delete(RESULT)


@wrong(crowds.q2, "a key without the tag")
def without_the_tag(client, days):
    return collected(client, days, "shop:result").delete("shop:result").execute()[1]


@wrong(crowds.q2, "exclusive or")
def takes_xor(client, days):
    return collected(client, days, how="XOR").delete(RESULT).execute()[1]


@wrong(crowds.q2, "the first two days only")
def two_days(client, days):
    return collected(client, days[:2]).delete(RESULT).execute()[1]


@wrong(crowds.q2, "the first and the last day only")
def first_and_last(client, days):
    return collected(client, [days[0], days[-1]]).delete(RESULT).execute()[1]


@wrong(crowds.q2, "reads the bitmaps, and counts in Python")
def reads_the_bitmaps(client, days):
    texts = [client.get(key) or "" for key in days_of(days)]
    numbers = [int.from_bytes(text.encode(), "little") for text in texts]
    found = numbers[0]
    for number in numbers:
        found &= number
    return found.bit_count()


@wrong(crowds.q2, "asks for each customer, up to 299")
def asks_for_each_customer(client, days):
    pipe = client.pipeline()
    for number in range(300):
        for key in days_of(days):
            pipe.getbit(key, number)
    bits = pipe.execute()
    return sum(all(bits[n : n + len(days)]) for n in range(0, len(bits), len(days)))


@wrong(crowds.q2, "counts the first 32 bytes only")
def counts_the_beginning(client, days):
    pipe = client.pipeline()
    pipe.bitop("AND", RESULT, *days_of(days))
    pipe.bitcount(RESULT, 0, 31)
    pipe.delete(RESULT)
    return pipe.execute()[1]


@wrong(crowds.q2, "a wrong type counts as a day without customers")
def does_not_tell_errors(client, days):
    replies = collected(client, days).delete(RESULT).execute(raise_on_error=False)
    return replies[1]


@wrong(crowds.q2, "deletes the days, too")
def deletes_the_days(client, days):
    return collected(client, days).delete(RESULT, *days_of(days)).execute()[1]


@wrong(crowds.q2, "makes it an empty text in place of deleting it")
def empties_the_result(client, days):
    return collected(client, days).set(RESULT, "").execute()[1]


@wrong(crowds.q2, "a result for each pair of days")
def pair_by_pair(client, days):
    pipe = client.pipeline(transaction=True)
    names = days_of(days)
    pipe.bitop("AND", RESULT, names[0])
    for name in names[1:]:
        pipe.bitop("AND", RESULT, names[0], name)
    pipe.bitcount(RESULT)
    pipe.delete(RESULT)
    return pipe.execute()[-2]


@right(crowds.q2, "in a chain")
def in_a_chain(client, days):
    return collected(client, days).delete(RESULT).execute()[-2]


@right(crowds.q2, "another key with the tag, by UNLINK")
def another_key(client, days):
    key = "shop:{came}:of-mine"
    return collected(client, days, key).unlink(key).execute()[1]


@right(crowds.q2, "by raw commands, which a cluster takes, too")
def by_raw_commands(client, days):
    pipe = client.pipeline()
    pipe.execute_command("BITOP", "AND", RESULT, *days_of(days))
    pipe.execute_command("BITCOUNT", RESULT)
    pipe.execute_command("DEL", RESULT)
    _, count, _ = pipe.execute()
    return count


@right(crowds.q2, "one day after another, each into the result")
def one_after_another(client, days):
    pipe = client.pipeline(transaction=True)
    first, *others = days_of(days)
    pipe.bitop("AND", RESULT, first)
    for name in others:
        pipe.bitop("AND", RESULT, RESULT, name)
    pipe.bitcount(RESULT)
    pipe.delete(RESULT)
    return pipe.execute()[-2]


@right(crowds.q2, "by client.transaction")
def by_a_transaction(client, days):
    def collect(pipe):
        pipe.multi()
        pipe.bitop("AND", RESULT, *dict.fromkeys(days_of(days)))
        pipe.bitcount(RESULT)
        pipe.delete(RESULT)

    return client.transaction(collect)[1]


def search(client, longitude, latitude, km, **options):
    options = {"unit": "km", "sort": "ASC", "withdist": True, "radius": km} | options
    return client.geosearch(PLACES, longitude=longitude, latitude=latitude, **options)


def rounded(found, decimals=1):
    return [(name, round(distance, decimals)) for name, distance in found]


@wrong(crowds.q3, "cuts the digits off in place of rounding")
def cuts_the_digits(client, longitude, latitude, km):
    return [(name, int(d * 10) / 10) for name, d in search(client, longitude, latitude, km)]


@wrong(crowds.q3, "two decimals")
def two_decimals(client, longitude, latitude, km):
    return rounded(search(client, longitude, latitude, km), 2)


@wrong(crowds.q3, "three shops at most")
def three_at_most(client, longitude, latitude, km):
    return rounded(search(client, longitude, latitude, km, count=3))


@wrong(crowds.q3, "fifty shops at most")
def fifty_at_most(client, longitude, latitude, km):
    return rounded(search(client, longitude, latitude, km, count=50))


@wrong(crowds.q3, "miles for kilometres")
def miles(client, longitude, latitude, km):
    return rounded(search(client, longitude, latitude, km, unit="mi"))


@wrong(crowds.q3, "whole kilometres to search")
def whole_radius(client, longitude, latitude, km):
    return rounded(search(client, longitude, latitude, int(km) or 1))


@wrong(crowds.q3, "texts for the distances")
def texts(client, longitude, latitude, km):
    return [(name, f"{d:.1f}") for name, d in search(client, longitude, latitude, km)]


@wrong(crowds.q3, "a dict")
def a_dict(client, longitude, latitude, km):
    return dict(rounded(search(client, longitude, latitude, km)))


@wrong(crowds.q3, "sorts by name")
def sorts_by_name(client, longitude, latitude, km):
    return sorted(rounded(search(client, longitude, latitude, km)))


@wrong(crowds.q3, "sorts in Python")
def sorts_in_python(client, longitude, latitude, km):
    found = search(client, longitude, latitude, km, sort=None)
    return rounded(sorted(found, key=lambda pair: pair[1]))


@wrong(crowds.q3, "puts itself on the map, and takes itself off")
def puts_itself_on_the_map(client, longitude, latitude, km):
    pipe = client.pipeline(transaction=True)
    pipe.geoadd(PLACES, [longitude, latitude, "me"])
    pipe.geosearch(PLACES, member="me", radius=km, unit="km", sort="ASC", withdist=True)
    pipe.zrem(PLACES, "me")
    found = pipe.execute()[1]
    return rounded(pair for pair in found if pair[0] != "me")


@wrong(crowds.q3, "reads all shops, and reckons in Python")
def reckons_in_python(client, longitude, latitude, km):
    names = client.zrange(PLACES, 0, -1)
    found = []
    for name, place in zip(names, client.geopos(PLACES, *names) if names else [], strict=True):
        a, b, c, d = map(radians, (longitude, latitude, *place))
        half = sin((d - b) / 2) ** 2 + cos(b) * cos(d) * sin((c - a) / 2) ** 2
        found.append((name, 2 * 6372.797560856 * asin(sqrt(half))))
    return rounded(sorted((pair for pair in found if pair[1] <= km), key=lambda pair: pair[1]))


@wrong(crowds.q3, "an empty list for a wrong type")
def an_empty_list_for_an_error(client, longitude, latitude, km):
    try:
        return rounded(search(client, longitude, latitude, km))
    except redis.ResponseError:
        return []


@wrong(crowds.q3, "the distances come in a second trip")
def a_second_trip(client, longitude, latitude, km):
    names = search(client, longitude, latitude, km, withdist=False)
    found = dict(search(client, longitude, latitude, km))
    return [(name, round(found[name], 1)) for name in names]


@right(crowds.q3, "by a raw command")
def by_raw_words(client, longitude, latitude, km):
    words = f"GEOSEARCH {PLACES} FROMLONLAT {longitude} {latitude} BYRADIUS {km} km ASC WITHDIST"
    return rounded((name, float(d)) for name, d in client.execute_command(*words.split()))


@right(crowds.q3, "in metres, and lists for pairs")
def in_metres(client, longitude, latitude, km):
    found = search(client, longitude, latitude, km * 1000, unit="m")
    return [[name, round(d / 1000, 1)] for name, d in found]


@right(crowds.q3, "by the old GEORADIUS")
def by_georadius(client, longitude, latitude, km):
    found = client.georadius(PLACES, longitude, latitude, km, "km", withdist=True, sort="ASC")
    return rounded(found)


@right(crowds.q3, "the farthest first, turned round")
def turned_round(client, longitude, latitude, km):
    return rounded(search(client, longitude, latitude, km, sort="DESC")[::-1])


@right(crowds.q3, "asks where they are, too")
def asks_for_places(client, longitude, latitude, km):
    found = search(client, longitude, latitude, km, withcoord=True)
    return [(name, float(f"{d:.1f}")) for name, d, _ in found]


@wrong(crowds.q3, "a circle that is a little too large")
def a_little_too_large(client, longitude, latitude, km):
    return rounded(search(client, longitude, latitude, km * 1.001))


@wrong(crowds.q3, "rounds first, and compares then")
def compares_rounded(client, longitude, latitude, km):
    found = rounded(search(client, longitude, latitude, km + 0.1))
    return [pair for pair in found if pair[1] <= round(km, 1)]
