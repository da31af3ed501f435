"""The playgrounds for the structures of the shop around the cart, clicked on every backend."""

import re
from html import unescape

import pytest
from backends import about

from cartlib.lab.trace import Trace
from cartlib.widgets import (
    BitmapPlayground,
    GeoPlayground,
    HyperLogLogPlayground,
    ListPlayground,
    SetPlayground,
    StreamPlayground,
    StringPlayground,
)

COUNT, VIEWED, PLACES = "shop:views:mug", "cart:{guest}:viewed", "shop:places"
ANN, BOB, ORDERS = "shop:{wishes}:ann", "shop:{wishes}:bob", "shop:{orders}"
VISITORS, CAME = "shop:{visitors}:demo", "shop:{came}:demo"
WRONG = "WRONGTYPE Operation against a key holding the wrong kind of value"
BATH, LONDON = (-2.36, 51.38), (-0.1276, 51.5072)


def click(control, label, **inputs):
    """Click, and return what the log has of it, without the title."""
    for name, value in inputs.items():
        getattr(control, name).value = value
    control.buttons[label].click()
    title, _, rest = control.commands.text.split("\n\n")[0].partition("\n")
    assert title == f"{label}: 1 round trip"
    return rest


def said(control):
    return unescape(control.message.value)


def check(control, label, inputs, sent, reply):
    """Click, and look at what was sent, at the reply, and at the message."""
    assert click(control, label, **inputs) == f"> {sent}\n{reply}"
    name = " ".join(re.match(r"[A-Z]+(?: CREATE)?", label)[0].split())
    told = "see the commands." if "\n" in reply else reply
    assert f"✓ {name} replied: {told}<" in said(control)


def refused(control, label, says, **inputs):
    """Click, and look at the error, which the log has, too."""
    assert "\n(error) " in click(control, label, **inputs)
    assert f"✗ Redis refused {label.split(' (')[0]}, and says: {says}" in said(control)
    assert 'role="alert"' in control.message.value


@pytest.mark.parametrize(
    "label, inputs, sent, reply, held",
    [
        ("SET", {"value": "a b"}, f'SET {COUNT} "a b"', "OK", "a b"),
        ("SET EX NX", {"value": "9"}, f"SET {COUNT} 9 EX 60 NX", "(nil)", "7"),
        ("GET", {}, f"GET {COUNT}", '"7"', "7"),
        ("INCR", {}, f"INCR {COUNT}", "(integer) 8", "8"),
        ("INCRBY", {"amount": "-9"}, f"INCRBY {COUNT} -9", "(integer) -2", "-2"),
        ("APPEND", {"value": "0"}, f"APPEND {COUNT} 0", "(integer) 2", "70"),
        ("STRLEN", {}, f"STRLEN {COUNT}", "(integer) 1", "7"),
        ("EXPIRE", {"seconds": "30"}, f"EXPIRE {COUNT} 30", "(integer) 1", "7"),
        ("TTL", {}, f"TTL {COUNT}", "(integer) -1", "7"),
        ("PERSIST", {}, f"PERSIST {COUNT}", "(integer) 0", "7"),
        ("DEL", {}, f"DEL {COUNT}", "(integer) 1", None),
    ],
)
def test_string_button(client, label, inputs, sent, reply, held):
    client.set(COUNT, 7)
    control = StringPlayground(client)
    check(control, label, inputs, sent, reply)
    assert client.get(COUNT) == held
    assert client.ttl(COUNT) == (about(30) if label == "EXPIRE" else -1 if held else -2)
    shown = control.inspector.view.value
    changed = held not in (None, "7")
    assert (f"7 → {held}" in shown and ">changed<" in shown) == changed


def test_string_button_that_acts_once(client):
    control = StringPlayground(client)
    assert click(control, "SET EX NX", value="ann", seconds="50").endswith("\nOK")
    assert click(control, "SET EX NX", value="bob").endswith("\n(nil)")
    assert client.get(COUNT) == "ann" and client.ttl(COUNT) == about(50)
    assert re.search("string, TTL (50|4[0-9]) s", control.inspector.view.value)
    click(control, "PERSIST")
    assert client.ttl(COUNT) == -1 and "string, no TTL" in control.inspector.view.value


@pytest.mark.parametrize(
    "label, inputs, says",
    [
        ("INCR", {}, "value is not an integer or out of range. What the key holds is no whole"),
        (
            "INCRBY",
            {"amount": "1.5"},
            "value is not an integer or out of range. INCRBY takes whole",
        ),
        ("EXPIRE", {"seconds": ""}, "value is not an integer or out of range. "),
        ("SET EX NX", {"seconds": "0"}, "invalid expire time in"),
    ],
)
def test_string_button_says_what_is_wrong(client, label, inputs, says):
    client.set(COUNT, "many")
    control = StringPlayground(client)
    assert "\n(error) " in click(control, label, **inputs)
    assert f"✗ Redis refused {label.split()[0]}, and says: {says}" in said(control)
    assert client.get(COUNT) == "many" and client.ttl(COUNT) == -1


@pytest.mark.parametrize(
    "label, inputs, sent, reply, held",
    [
        (
            "LPUSH",
            {"element": "an egg"},
            f'LPUSH {VIEWED} "an egg"',
            "(integer) 5",
            "an egg,a,b,a,c",
        ),
        ("RPUSH", {"element": "d"}, f"RPUSH {VIEWED} d", "(integer) 5", "a,b,a,c,d"),
        ("LPOP", {}, f"LPOP {VIEWED}", '"a"', "b,a,c"),
        ("RPOP", {}, f"RPOP {VIEWED}", '"c"', "a,b,a"),
        ("LMOVE RIGHT LEFT", {}, f"LMOVE {VIEWED} {VIEWED} RIGHT LEFT", '"c"', "c,a,b,a"),
        ("LRANGE", {}, f"LRANGE {VIEWED} 0 -1", '1) "a"\n2) "b"\n3) "a"\n4) "c"', "a,b,a,c"),
        ("LRANGE (first 3)", {}, f"LRANGE {VIEWED} 0 2", '1) "a"\n2) "b"\n3) "a"', "a,b,a,c"),
        ("LTRIM (first 3)", {}, f"LTRIM {VIEWED} 0 2", "OK", "a,b,a"),
        ("LREM", {"element": "a"}, f"LREM {VIEWED} 0 a", "(integer) 2", "b,c"),
        ("LREM", {"element": "z"}, f"LREM {VIEWED} 0 z", "(integer) 0", "a,b,a,c"),
        ("LPOS", {"element": "b"}, f"LPOS {VIEWED} b", "(integer) 1", "a,b,a,c"),
        ("LPOS", {"element": "z"}, f"LPOS {VIEWED} z", "(nil)", "a,b,a,c"),
        ("LLEN", {}, f"LLEN {VIEWED}", "(integer) 4", "a,b,a,c"),
        ("DEL", {}, f"DEL {VIEWED}", "(integer) 1", ""),
    ],
)
def test_list_button(client, label, inputs, sent, reply, held):
    client.rpush(VIEWED, *"abac")
    control = ListPlayground(client)
    check(control, label, inputs, sent, reply)
    assert ",".join(client.lrange(VIEWED, 0, -1)) == held
    shown = control.inspector.view.value
    assert (">new<" in shown or ">gone<" in shown) == (held != "a,b,a,c")


@pytest.mark.parametrize(
    "label, inputs, sent, reply, held",
    [
        (
            "SADD",
            {"member": "a tea"},
            f'SADD {ANN} "a tea"',
            "(integer) 1",
            {"mug", "lamp", "a tea"},
        ),
        ("SADD", {"member": "mug"}, f"SADD {ANN} mug", "(integer) 0", {"mug", "lamp"}),
        ("SREM", {"member": "mug"}, f"SREM {ANN} mug", "(integer) 1", {"lamp"}),
        ("SISMEMBER", {"member": "tea"}, f"SISMEMBER {ANN} tea", "(integer) 0", {"mug", "lamp"}),
        (
            "SMISMEMBER",
            {"member": " mug  tea"},
            f"SMISMEMBER {ANN} mug tea",
            "1) (integer) 1\n2) (integer) 0",
            {"mug", "lamp"},
        ),
        ("SCARD", {}, f"SCARD {ANN}", "(integer) 2", {"mug", "lamp"}),
        ("SINTER", {}, f"SINTER {ANN} {BOB}", '1) "lamp"', {"mug", "lamp"}),
        ("SDIFF", {}, f"SDIFF {ANN} {BOB}", '1) "mug"', {"mug", "lamp"}),
        ("SINTER", {"other": f"{BOB}2"}, f"SINTER {ANN} {BOB}2", "(empty array)", {"mug", "lamp"}),
        ("DEL", {}, f"DEL {ANN}", "(integer) 1", set()),
    ],
)
def test_set_button(client, label, inputs, sent, reply, held):
    client.sadd(ANN, "mug", "lamp")
    client.sadd(BOB, "lamp", "poems")
    control = SetPlayground(client)
    check(control, label, inputs, sent, reply)
    assert client.smembers(ANN) == held and client.smembers(BOB) == {"lamp", "poems"}
    shown = control.inspector.view.value
    assert (">new<" in shown or ">gone<" in shown) == (held != {"mug", "lamp"})


@pytest.mark.parametrize(
    "label, found", [("SMEMBERS", {"mug", "lamp"}), ("SUNION", {"mug", "lamp", "poems"})]
)
def test_set_button_that_gets_several(client, label, found):
    client.sadd(ANN, "mug", "lamp")
    client.sadd(BOB, "lamp", "poems")
    control = SetPlayground(client)
    assert set(re.findall(r'\) "(\w+)"', click(control, label))) == found
    assert f"✓ {label} replied: see the commands." in said(control)


@pytest.mark.parametrize("label", ["SRANDMEMBER", "SPOP"])
def test_set_button_that_goes_by_chance(client, label):
    client.sadd(ANN, "mug", "lamp")
    control = SetPlayground(client)
    [got] = re.findall(r'\n"(\w+)"', click(control, label))
    assert client.smembers(ANN) == {"mug", "lamp"} - ({got} if label == "SPOP" else set())
    client.delete(ANN)
    assert click(control, label).endswith("\n(nil)")


def test_set_button_says_what_is_wrong(client, redis_name):
    client.sadd(ANN, "mug")
    control = SetPlayground(client)
    refused(control, "SMISMEMBER", "wrong number of arguments for 'smismember'", member=" ")
    client.set(BOB, "x")
    refused(control, "SINTER", f"{WRONG}. The command does not fit the type")
    if "cluster" in redis_name:
        refused(control, "SINTER", "Keys in request don't hash to the same slot. In a", other="x")
    assert client.smembers(ANN) == {"mug"}


@pytest.fixture
def orders(client):
    """A stream of two entries and its group, which ann has read one of."""
    client.xadd(ORDERS, {"product": "mug"}, "1-1")
    client.xadd(ORDERS, {"product": "lamp"}, "2-1")
    client.xgroup_create(ORDERS, "packers", 0)
    client.xreadgroup("packers", "ann", {ORDERS: ">"}, count=1)
    return StreamPlayground(client)


def pending(client):
    return [
        (each["message_id"], each["consumer"], each["times_delivered"])
        for each in client.xpending_range(ORDERS, "packers", "-", "+", 10)
    ]


MUG = '1) "1-1"\n{0}2) 1) "product"\n{0}   2) "mug"'
LAMP = '1) "2-1"\n{0}2) 1) "product"\n{0}   2) "lamp"'
READ = f'1) 1) "{ORDERS}"\n   2) 1) '


@pytest.mark.parametrize(
    "label, inputs, sent, reply, held",
    [
        ("XLEN", {}, f"XLEN {ORDERS}", "(integer) 2", [("1-1", "ann", 1)]),
        (
            "XRANGE",
            {},
            f"XRANGE {ORDERS} - +",
            f"1) {MUG}\n2) {LAMP}".format("   "),
            [("1-1", "ann", 1)],
        ),
        (
            "XREVRANGE (newest 3)",
            {},
            f"XREVRANGE {ORDERS} + - COUNT 3",
            f"1) {LAMP}\n2) {MUG}".format("   "),
            [("1-1", "ann", 1)],
        ),
        (
            "XGROUP CREATE",
            {"group": "watchers"},
            f"XGROUP CREATE {ORDERS} watchers 0 MKSTREAM",
            "OK",
            [("1-1", "ann", 1)],
        ),
        (
            "XREADGROUP",
            {"consumer": "bob"},
            f"XREADGROUP GROUP packers bob COUNT 1 STREAMS {ORDERS} >",
            READ + LAMP.format(" " * 9),
            [("1-1", "ann", 1), ("2-1", "bob", 1)],
        ),
        (
            "XREADGROUP (once more)",
            {},
            f"XREADGROUP GROUP packers ann COUNT 1 STREAMS {ORDERS} 0",
            READ + MUG.format(" " * 9),
            None,  # fakeredis counts it once more, other servers do not
        ),
        ("XACK", {"entry": "1-1"}, f"XACK {ORDERS} packers 1-1", "(integer) 1", []),
        (
            "XACK",
            {"entry": "2-1"},
            f"XACK {ORDERS} packers 2-1",
            "(integer) 0",
            [("1-1", "ann", 1)],
        ),
        (
            "XAUTOCLAIM",
            {"consumer": "bob"},
            f"XAUTOCLAIM {ORDERS} packers bob 0 0-0",
            f'1) "0-0"\n2) 1) {MUG.format(" " * 6)}\n3) (empty array)',
            [("1-1", "bob", 2)],
        ),
        ("XDEL", {"entry": "2-1"}, f"XDEL {ORDERS} 2-1", "(integer) 1", [("1-1", "ann", 1)]),
    ],
)
def test_stream_button(orders, client, label, inputs, sent, reply, held):
    check(orders, label, inputs, sent, reply)
    assert held is None or pending(client) == held
    assert [entry for entry, _ in client.xrange(ORDERS)] == ["1-1", "2-1"][
        : 1 if label == "XDEL" else 2
    ]
    assert len(client.xinfo_groups(ORDERS)) == (2 if label == "XGROUP CREATE" else 1)


def test_xadd_button(orders, client):
    _, _, reply = click(orders, "XADD", fields=" product tea  pieces 2").partition(
        f"> XADD {ORDERS} * product tea pieces 2\n"
    )
    (entry, fields) = client.xrevrange(ORDERS, count=1)[0]
    assert reply == f'"{entry}"' and fields == {"product": "tea", "pieces": "2"}
    assert entry in orders.inspector.view.value and ">new<" in orders.inspector.view.value


def test_xpending_buttons(orders, client):
    reply = click(orders, "XPENDING")
    assert re.search(r'1\) \(integer\) 1\n2\) "1-1"\n3\) "1-1"\n4\) 1\) 1\) "ann"\n', reply)
    reply = click(orders, "XPENDING (each)")
    assert reply.startswith(f'> XPENDING {ORDERS} packers - + 10\n1) 1) "1-1"\n   2) "ann"\n')
    assert "✓ XPENDING replied: see the commands." in said(orders)
    client.xack(ORDERS, "packers", "1-1")
    assert click(orders, "XPENDING (each)").endswith("\n(empty array)")


def test_stream_button_that_makes_the_stream(client):
    control = StreamPlayground(client)
    assert click(control, "XGROUP CREATE").endswith("\nOK")
    assert client.type(ORDERS) == "stream" and client.xlen(ORDERS) == 0
    click(control, "XADD")
    assert '"mug"' in click(control, "XREADGROUP")
    assert click(control, "XREADGROUP").endswith("\n(nil)")
    assert len(pending(client)) == 1
    assert click(control, "DEL").endswith("(integer) 1") and client.exists(ORDERS) == 0


@pytest.mark.parametrize(
    "label, inputs, says",
    [
        ("XADD", {"fields": "product"}, "wrong number of arguments for 'xadd' command. Something"),
        ("XADD", {"fields": " "}, "wrong number of arguments for 'xadd' command. Something"),
        ("XACK", {"entry": "mug"}, "Invalid stream ID specified as stream command argument"),
        ("XDEL", {"entry": ""}, "Invalid stream ID specified as stream command argument"),
        (
            "XGROUP CREATE",
            {},
            "BUSYGROUP Consumer Group name already exists. There is such a group",
        ),
        (
            "XPENDING",
            {"group": "x"},
            f"NOGROUP No such key '{ORDERS}' or consumer group 'x'. There",
        ),
    ],
)
def test_stream_button_says_what_is_wrong(orders, client, label, inputs, says):
    refused(orders, label, says, **inputs)
    assert client.xlen(ORDERS) == 2 and pending(client) == [("1-1", "ann", 1)]


@pytest.mark.parametrize("label", ["XREADGROUP", "XAUTOCLAIM", "XPENDING", "XPENDING (each)"])
def test_stream_button_without_a_group(client, label):
    control = StreamPlayground(client)
    assert "\n(error) " in click(control, label)
    assert "make both by XGROUP CREATE … MKSTREAM." in said(control)
    assert client.exists(ORDERS) == 0


@pytest.mark.parametrize(
    "label, inputs, sent, reply, count",
    [
        ("PFADD", {"visitor": "b c"}, f'PFADD {VISITORS} "b c"', "(integer) 1", 2),
        ("PFADD", {"visitor": "ann"}, f"PFADD {VISITORS} ann", "(integer) 0", 1),
        (
            "PFADD (many)",
            {"many": "3"},
            f"PFADD {VISITORS} visitor-1 visitor-2 visitor-3",
            "(integer) 1",
            4,
        ),
        ("PFCOUNT", {}, f"PFCOUNT {VISITORS}", "(integer) 1", 1),
        ("DEL", {}, f"DEL {VISITORS}", "(integer) 1", 0),
    ],
)
def test_hyperloglog_button(client, label, inputs, sent, reply, count):
    client.pfadd(VISITORS, "ann")
    check(HyperLogLogPlayground(client), label, inputs, sent, reply)
    assert client.pfcount(VISITORS) == count


def test_hyperloglog_button_that_adds_many(client):
    control = HyperLogLogPlayground(client)
    assert click(control, "PFADD (many)").endswith(" visitor-1000\n(integer) 1")
    assert client.pfcount(VISITORS) == pytest.approx(1000, rel=0.03)
    assert click(control, "PFADD (many)").endswith(" visitor-1000\n(integer) 0")
    log = control.commands.view.value  # has the beginning of so long a command, and the rest folded
    assert "visitor-1 " in log.partition("<summary>… ")[0]
    assert "visitor-999" not in log.partition("<summary>… ")[0]


@pytest.mark.parametrize("many", ["0", "10001", "", "1.5", "x"])
def test_hyperloglog_button_refuses_too_many(client, many):
    control = HyperLogLogPlayground(client)
    control.many.value = many
    control.buttons["PFADD (many)"].click()
    assert "✗ Give a number of names from 1 to 10,000, not " in said(control)
    assert client.exists(VISITORS) == 0 and control.commands.text == ""


def test_hyperloglog_is_a_string(client, redis_name):
    client.pfadd(VISITORS, "ann")
    control = HyperLogLogPlayground(client)
    kind, length = click(control, "TYPE"), click(control, "STRLEN")
    if redis_name == "fakeredis":
        assert kind.endswith("\nset") and length.endswith(WRONG)
    else:
        assert kind.endswith("\nstring") and f"(integer) {client.strlen(VISITORS)}" in length


@pytest.mark.parametrize(
    "label, inputs, sent, reply, ones",
    [
        ("SETBIT 1", {"customer": "9"}, f"SETBIT {CAME} 9 1", "(integer) 0", [7, 9]),
        ("SETBIT 1", {"customer": "7"}, f"SETBIT {CAME} 7 1", "(integer) 1", [7]),
        ("SETBIT 0", {"customer": "7"}, f"SETBIT {CAME} 7 0", "(integer) 1", []),
        (
            "SETBIT 1",
            {"customer": "100000"},
            f"SETBIT {CAME} 100000 1",
            "(integer) 0",
            [7, 100_000],
        ),
        ("GETBIT", {}, f"GETBIT {CAME} 7", "(integer) 1", [7]),
        ("GETBIT", {"customer": "8"}, f"GETBIT {CAME} 8", "(integer) 0", [7]),
        ("BITCOUNT", {}, f"BITCOUNT {CAME}", "(integer) 1", [7]),
        ("BITPOS 1", {}, f"BITPOS {CAME} 1", "(integer) 7", [7]),
        ("BITPOS 0", {}, f"BITPOS {CAME} 0", "(integer) 0", [7]),
        ("STRLEN", {}, f"STRLEN {CAME}", "(integer) 1", [7]),
        ("DEL", {}, f"DEL {CAME}", "(integer) 1", []),
    ],
)
def test_bitmap_button(client, label, inputs, sent, reply, ones):
    client.setbit(CAME, 7, 1)
    check(BitmapPlayground(client), label, inputs, sent, reply)
    assert client.bitcount(CAME) == len(ones) and all(client.getbit(CAME, one) for one in ones)


@pytest.mark.parametrize("label", ["SETBIT 1", "SETBIT 0", "GETBIT"])
@pytest.mark.parametrize("customer", ["-1", "1.5", "ann", ""])
def test_bitmap_button_says_what_is_wrong(client, label, customer):
    control = BitmapPlayground(client)
    assert "\n(error) " in click(control, label, customer=customer)
    says = "bit offset is not an integer or out of range"
    assert f"✗ Redis refused {label.split()[0]}, and says: {says}" in said(control)
    assert client.exists(CAME) == 0


@pytest.mark.parametrize("number", [100_001, 4_294_967_295])
def test_bitmap_button_refuses_what_would_fill_the_memory(client, number):
    control = BitmapPlayground(client)
    control.customer.value = str(number)
    control.buttons["SETBIT 1"].click()
    assert f"✗ Here the highest number is 100,000, not {number:,}: a bitmap" in said(control)
    assert client.exists(CAME) == 0 and control.commands.text == ""


@pytest.fixture
def places(client):
    client.geoadd(PLACES, [*BATH, "Bath", *LONDON, "London"])
    return GeoPlayground(client)


def test_geoadd_button(client):
    control = GeoPlayground(client)
    inputs = {"place": "Bristol", "longitude": "-2.59", "latitude": "51.45"}
    check(control, "GEOADD", inputs, f"GEOADD {PLACES} -2.59 51.45 Bristol", "(integer) 1")
    [where] = client.geopos(PLACES, "Bristol")
    assert where == pytest.approx((-2.59, 51.45), abs=0.0001)
    assert click(control, "ZRANGE") == f'> ZRANGE {PLACES} 0 -1\n1) "Bristol"'
    assert click(control, "ZREM") == f"> ZREM {PLACES} Bristol\n(integer) 1"
    assert client.exists(PLACES) == 0


def test_geo_buttons_that_read(places, client):
    reply = click(places, "GEOPOS")
    assert [float(part) for part in re.findall(r'"(-?[\d.]+)"', reply)] == pytest.approx(
        BATH, abs=0.001
    )
    assert click(places, "GEOPOS", place="Atlantis").endswith("\n1) (nil)")
    assert click(places, "GEODIST").endswith("\n(nil)")
    reply = click(places, "GEODIST", place="Bath")
    assert reply.startswith(f"> GEODIST {PLACES} Bath London km\n")
    assert float(re.search(r'"([\d.]+)"', reply)[1]) == pytest.approx(155.3, abs=0.5)
    with Trace(client) as trace:
        reply = click(places, "GEOSEARCH")
    words = f"GEOSEARCH {PLACES} FROMLONLAT -2.36 51.38 BYRADIUS 200 km ASC WITHDIST"
    assert words in map(str, trace.commands)
    assert re.findall(r'\d\) 1\) "(\w+)"\n   2\) "(\d+)\.', reply) == [
        ("Bath", "0"),
        ("London", "155"),
    ]
    assert "London" not in click(places, "GEOSEARCH", radius="100")
    assert client.zcard(PLACES) == 2
    assert click(places, "DEL").endswith("(integer) 1") and client.exists(PLACES) == 0


@pytest.mark.parametrize(
    "label, inputs, says",
    [
        ("GEOADD", {"latitude": "100"}, "invalid longitude,latitude pair -2.360000,100.000000"),
        ("GEOADD", {"longitude": "-181"}, "invalid longitude,latitude pair -181.000000,51.38"),
        ("GEOSEARCH", {"latitude": "100"}, "invalid longitude,latitude pair -2.360000,100.00"),
        (
            "GEOADD",
            {"longitude": "west"},
            "value is not a valid float. A score has to be a number, and",
        ),
        ("GEOADD", {"latitude": ""}, "value is not a valid float. A score has to be a number, and"),
        ("GEOSEARCH", {"radius": "far"}, "need numeric radius. The radius has to be a number."),
        ("GEOSEARCH", {"radius": "-1"}, "radius cannot be negative. The radius is 0 or more."),
    ],
)
def test_geo_button_says_what_is_wrong(places, client, label, inputs, says):
    refused(places, label, says, **inputs)
    [where] = client.geopos(PLACES, "Bath")
    assert client.zcard(PLACES) == 2 and where == pytest.approx(BATH, abs=0.001)


@pytest.mark.parametrize(
    "kind, label, key, fits",
    [
        (StringPlayground, "INCR", COUNT, "hash"),
        (ListPlayground, "LPUSH", VIEWED, "string"),
        (SetPlayground, "SADD", ANN, "string"),
        (StreamPlayground, "XADD", ORDERS, "string"),
        (StreamPlayground, "XGROUP CREATE", ORDERS, "string"),
        (HyperLogLogPlayground, "PFADD", VISITORS, "hash"),
        (BitmapPlayground, "SETBIT 1", CAME, "hash"),
        (GeoPlayground, "GEOADD", PLACES, "string"),
    ],
)
def test_playground_of_the_shop_on_another_type(client, kind, label, key, fits):
    if fits == "hash":
        client.hset(key, "field", "theirs")
    else:
        client.set(key, "theirs")
    control = kind(client)
    assert click(control, label).endswith(f"\n(error) {WRONG}")
    assert f"{WRONG}. The command does not fit the type of the key" in said(control)
    assert f"Now: {fits}, no TTL" in control.inspector.view.value
    assert (client.hget(key, "field") if fits == "hash" else client.get(key)) == "theirs"


def test_playgrounds_of_the_shop_send_one_command_in_one_trip(client):
    """Also on a cluster, where redis-py would ask which of the words are keys."""
    control = StreamPlayground(client)
    for label in ("XGROUP CREATE", "XADD", "XREADGROUP", "XAUTOCLAIM"):
        assert click(control, label).count("> ") == 1


@pytest.mark.parametrize(
    "kind, label, changes",
    [
        (StringPlayground, "INCR", True),
        (StringPlayground, "GET", False),
        (StreamPlayground, "XGROUP CREATE", True),
        (StreamPlayground, "XREADGROUP", True),
        (StreamPlayground, "XPENDING", False),
    ],
)
def test_playground_of_the_shop_tells_what_is_unknown(lonely, lose, kind, label, changes):
    control = kind(lonely)
    lose(1)  # the key is read first
    control.buttons[label].click()
    assert "did not answer in time" in said(control)
    assert ("its outcome is unknown" in said(control)) == changes
