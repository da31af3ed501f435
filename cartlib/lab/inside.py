"""What is inside of a key, as rows to show: of every type, and of a large key its beginning."""

import json
from typing import NamedTuple

from cartlib.lab.contents import score

MOST = 1000  # rows, and what a group has in hand
MOST_BYTES = 1_250_000  # of a String: a bit for each of ten million customers
PLAIN = "\n\r\t"  # what a text may hold besides what is printable
CROWDS, BITS = "shop:{visitors}:", "shop:{came}:"  # what the kit keeps under these names is known
HYPERLOGLOG = b"HYLL"  # what its bytes begin with
GROUP_COLUMNS = ["group", "handed out up to", "consumer", "in hand", "deliveries"]


class Inside(NamedTuple):
    """What was read: `about` says more than the type, `left_out` how many rows are not shown."""

    columns: list
    rows: list
    about: str = ""
    left_out: int = 0
    groups: list = ()  # of a stream; see GROUP_COLUMNS


def read(client, key, kind) -> Inside:
    """Return what is inside of a key of this type; nothing of one that is not known.

    Redis: what reads this type, O(the rows). It is 1 round trip for a List, a Sorted Set, a
    document or a text; 2 for the others, where the size or what is in hand is asked for besides.
    """
    return READERS.get(kind, lambda client, key: Inside([], []))(client, key)


def _ask(client, *commands):
    """Send commands in one packet, and return the replies."""
    pipe = client.pipeline(transaction=False)
    for name, *words, options in commands:
        getattr(pipe, name)(*words, **options)
    return pipe.execute()


def _hash(client, key):
    size = client.hlen(key)
    found = client.hscan(key, count=MOST)[1] if size > MOST else client.hgetall(key)
    return _some(["field", "value"], found.items(), size)


def _set(client, key):
    if key.startswith(CROWDS):  # fakeredis keeps a HyperLogLog as a set
        return Inside(
            ["what", "value"], [_crowd(client, key)], "a HyperLogLog, as fakeredis has it"
        )
    size = client.scard(key)
    found = client.sscan(key, count=MOST)[1] if size > MOST else client.smembers(key)
    return _some(["member"], [[item] for item in sorted(found)], size)


def _zset(client, key):
    scores = {"withscores": True, "score_cast_func": score}
    size, found = _ask(client, ("zcard", key, {}), ("zrange", key, 0, MOST - 1, scores))
    return _some(["member", "score"], found, size)


def _list(client, key):
    size, found = _ask(client, ("llen", key, {}), ("lrange", key, 0, MOST - 1, {}))
    return _some(["element"], [[item] for item in found], size)


def _some(columns, found, size):
    rows = list(found)[:MOST]
    return Inside(columns, rows, left_out=max(0, size - len(rows)))


def _string(client, key):
    asked = ("execute_command", "GETRANGE", key, 0, MOST_BYTES - 1, {"NEVER_DECODE": True})
    size, found = _ask(client, ("strlen", key, {}), asked)
    if found.startswith(HYPERLOGLOG):
        rows = [_crowd(client, key), ("bytes", size)]
        return Inside(["what", "value"], rows, "a HyperLogLog")
    text = _text(found)
    if text is None or key.startswith(BITS):
        return _bits(client, key, found, size)
    return Inside(["value"], [[text]], f"{_bytes(size)}, cut" if size > len(found) else "")


def _crowd(client, key):
    return "different ones, about", client.pfcount(key)


def _text(found):
    """Return bytes as a text that one can read; None where they are none."""
    cut = len(found) == MOST_BYTES  # which may go through the middle of a character
    try:
        text = found.decode(errors="ignore" if cut else "strict")
    except UnicodeDecodeError:
        return None
    return text if all(sign.isprintable() or sign in PLAIN for sign in text) else None


def _bits(client, key, found, size):
    ones = client.bitcount(key)
    ranges = list(_ranges(found))
    rows = [[f"{first} to {last}" if last > first else str(first)] for first, last in ranges[:MOST]]
    shown = sum(last - first + 1 for first, last in ranges[:MOST])
    left = f", the first {shown:,} of them here" if shown < ones else ""
    about = f"{'1 bit is' if ones == 1 else f'{ones:,} bits are'} 1{left}, {_bytes(size)}"
    return Inside(["bits that are 1"], rows, about)


def _bytes(size):
    return "1 byte" if size == 1 else f"{size:,} bytes"


def _ranges(found):
    """Yield the first and the last of the bits that are 1 side by side, at most MOST + 1 times."""
    first = last = None
    yielded = 0
    for place, byte in enumerate(found):
        for bit in range(8) if byte else ():
            if not byte >> (7 - bit) & 1:
                continue
            number = 8 * place + bit
            if last is not None and number > last + 1:
                yield first, last
                first, yielded = None, yielded + 1
                if yielded > MOST:
                    return
            first, last = number if first is None else first, number
    if first is not None:
        yield first, last


def _stream(client, key):
    size, found, groups = _ask(
        client,
        ("xlen", key, {}),
        ("xrange", key, {"count": MOST}),
        ("xinfo_groups", key, {}),
    )
    rows = [(entry_id, _listed(fields)) for entry_id, fields in found]
    inside = _some(["id", "fields"], rows, size)
    return inside._replace(groups=_groups(client, key, groups)) if groups else inside


def _groups(client, key, groups):
    """Return a row for each entry that a group's consumer has in hand; one of an idle group."""
    asked = [("xpending_range", key, group["name"], "-", "+", MOST, {}) for group in groups]
    rows = []
    for group, waits in zip(groups, _ask(client, *asked), strict=True):
        begin = group["name"], group["last-delivered-id"]
        rows += [
            (*begin, each["consumer"], each["message_id"], each["times_delivered"])
            for each in waits
        ] or [(*begin, None, None, None)]
    return rows


def _listed(fields):
    return ", ".join(f"{name}: {value}" for name, value in fields.items())


def _document(client, key):
    """Read the names of a document with the JSON of each; without a name if it is no object."""
    document = json.loads(client.execute_command("JSON.GET", key, "$"))[0]
    named = document.items() if isinstance(document, dict) else [("", document)]
    rows = [(name, json.dumps(value, ensure_ascii=False)) for name, value in named]
    return _some(["name", "value"], rows, len(rows))


def _vectors(client, key):
    asked = ("VCARD", key), ("VDIM", key), ("VRANDMEMBER", key, MOST)
    size, numbers, elements = _ask(client, *[("execute_command", *each, {}) for each in asked])
    elements = sorted(elements)
    vectors = _ask(client, *[("execute_command", "VEMB", key, each, {}) for each in elements])
    rows = [
        (element, [round(float(number), 2) for number in vector])
        for element, vector in zip(elements, vectors, strict=True)
    ]
    about = f"vectors of {numbers} numbers"
    return _some(["element", "vector"], rows, size)._replace(about=about)


READERS = {
    "hash": _hash,
    "zset": _zset,
    "set": _set,
    "list": _list,
    "string": _string,
    "stream": _stream,
    "ReJSON-RL": _document,
    "vectorset": _vectors,
}
