"""What StreamBoard draws: the entries in a row, and what each worker has in hand."""

import json
from typing import NamedTuple

from cartlib.widgets.board import box, in_words

ROW = (
    '<div class="title">{}, the newest at the right</div>'
    '<div class="scroll row" tabindex="0" role="group" aria-label="The stream, the newest first">'
    "<ol>{}</ol></div>"
)
PLACE = '<li class="place">← handed out<br>not yet →<div class="quiet">{}</div></li>'


class Seen(NamedTuple):
    """What was read: {entry id: text}, how many `older` ones are left out, and so on."""

    entries: dict
    older: int
    reached: str  # the last entry that the group has handed out
    pending: list
    aside: dict

    def held(self, entry_id) -> dict | None:
        """Return who has an entry in hand, as pending_orders() tells it."""
        return next((each for each in self.pending if each["entry_id"] == entry_id), None)

    def of(self, worker) -> dict:
        """Return {entry id: deliveries} of what a worker has in hand."""
        held = (each for each in self.pending if each["worker"] == worker)
        return {each["entry_id"]: each["deliveries"] for each in held}

    def state(self, entry_id) -> str:
        """Return what is with an entry, in words."""
        held = self.held(entry_id)
        if held:
            return f"{held['worker']} has it, delivery {held['deliveries']}"
        return "waits" if place(entry_id) > place(self.reached) else "acknowledged"


def place(entry_id) -> tuple:
    """Return what tells which of two entries is the newer one."""
    return tuple(map(int, entry_id.split("-")))


def entry_in_words(fields) -> str:
    """Return an entry's order in short; or all its fields, where it holds no order."""
    try:
        return in_words(json.loads(fields["order"]))
    except (LookupError, ValueError, AttributeError, RecursionError):
        return in_words({value: name for name, value in fields.items()})


def row(now, before) -> str:
    """Return the entries as HTML; the newest comes first, and the style sheet puts it right."""
    shown = sorted(now.entries | _gone(now, before), key=place, reverse=True)
    read = [entry_id for entry_id in shown if place(entry_id) <= place(now.reached)]
    boxes = [_entry(entry_id, now, before) for entry_id in shown]
    boxes.insert(len(shown) - len(read), PLACE.format(now.reached))
    if now.older:
        boxes.append(f'<li class="place">{now.older:,} older</li>')
    number = len(now.entries) + now.older
    title = "1 entry" if number == 1 else f"{number:,} entries"
    return ROW.format(f"{title} in the stream", "".join(boxes))


def held_boxes(worker, now, before):
    """Return what a worker has in hand as boxes."""
    had = before.of(worker)
    for entry_id, deliveries in now.of(worker).items():
        mark = "moved" if before.held(entry_id) else "new"
        if entry_id in had:
            mark = "changed" if had[entry_id] != deliveries else ""
        text = now.entries.get(entry_id, "(not shown above)")
        yield box(text, mark, f"{entry_id}, delivery {deliveries}")


def moved_boxes(now, before):
    """Return the orders that were put aside as boxes."""
    return [box(text, "" if each in before else "moved", each) for each, text in now.items()]


def _gone(now, before):
    """Return the entries that are no longer there, apart from those that are too old to show."""
    oldest = min(map(place, now.entries), default=(0, 0)) if now.older else (0, 0)
    return {each: text for each, text in before.entries.items() if place(each) > oldest}


def _entry(entry_id, now, before):
    if entry_id not in now.entries:
        return box(before.entries[entry_id], "gone", entry_id)
    state = now.state(entry_id)
    mark = "new" if entry_id not in before.entries else ""
    if not mark and state != before.state(entry_id):
        mark = "changed"
    return box(now.entries[entry_id], mark, f"{entry_id}: {state}")
