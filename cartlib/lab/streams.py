"""What a Stream holds, with its groups; and ids that came from the clock, told by their place.

Where two attempts of a function are compared, an id that the clock made is no more than its place:
"the second entry of this stream". The same function with a pause in it, or one that adds an entry
and deletes it again, gets other ids for what is the same. An id that was given, such as 5-0, is
compared as it is. An id that the clock made has 13 digits before its dash. It may stand in the
stream, in what waits in a group, in what a function returns, and in texts and names of other keys.
Of an entry that is no longer there, nothing is left to tell its place: it is compared as it is.
"""

import re

BY_CLOCK = re.compile(r"\b\d{13}-\d+\b")


def groups_of(client, key, entries) -> dict:
    """Return {a part of the groups: what to compare of it} of a stream with these entries.

    That is how far each group has read, and what it handed out that nobody has acknowledged:
    which entry, to whom, how often. Who has nothing in hand is not told, and neither is the time.
    """
    found = {}
    for group in client.xinfo_groups(key):
        name = f"group {group['name']}"
        passed = _passed(entries, group["last-delivered-id"])
        found[name] = f"has read {passed} of {len(entries)}"
        waits = group["pending"]
        for one in client.xpending_range(key, group["name"], "-", "+", waits) if waits else ():
            part = f"{name}, in hand: {_named(entries, one['message_id'])}"
            whom = f"{one['consumer']}, deliveries: {one['times_delivered']}"
            found[part] = [*found.get(part, []), whom]
    return found


def _named(entries, entry_id):
    """Return an id; of a deleted entry that the clock named, the place where it would stand."""
    if entry_id in entries or not BY_CLOCK.fullmatch(entry_id):
        return entry_id
    return f"one that was deleted, after {_passed(entries, entry_id)} of {len(entries)}"


def _passed(entries, last):
    """Return how many entries come up to this id."""
    return sum(_in_order(entry_id) <= _in_order(last) for entry_id in entries)


def _in_order(entry_id):
    moment, _, number = entry_id.partition("-")
    return int(moment), int(number or 0)


def clock_ids(keys) -> dict:
    """Return {stream: the ids in it that the clock made} of what read_keys() returned."""
    return {
        name: list(filter(BY_CLOCK.fullmatch, content))
        for name, (kind, content, _) in keys.items()
        if kind == "stream"
    }


def in_the_ids_of(theirs, mine) -> dict:
    """Return {an id: the id in `theirs` at the same place}, without those that are the same.

    Both are clock_ids(). Where two streams have one id, it is told by the first one's. What is an
    id there, and here was one of a deleted entry, becomes a text that is none.
    """
    if mine == theirs:
        return {}
    found = {}
    for name in sorted(mine.keys() & theirs.keys()):
        for own, other in zip(mine[name], theirs[name], strict=False):
            found.setdefault(own, other)
    known = {own for ids in mine.values() for own in ids}
    gone = {other for ids in theirs.values() for other in ids if other not in known}
    found = {own: other for own, other in found.items() if own != other}
    return found | {other: f"{other} of another entry" for other in gone}


def translated(value, ids):
    """Return a value with these ids put in place of others, however deep they stand in it."""
    kind = type(value)
    if kind is str:
        return BY_CLOCK.sub(lambda found: ids.get(found[0], found[0]), value)
    if kind is dict:
        return {translated(key, ids): translated(part, ids) for key, part in value.items()}
    if kind in (list, tuple, set, frozenset):
        return kind(translated(part, ids) for part in value)
    return value
