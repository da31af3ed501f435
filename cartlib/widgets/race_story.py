"""A race of two clients as a time line: a lane for each, what is in Redis between them."""

from html import escape
from itertools import groupby

from cartlib.lab.races import FIRST, WANTED
from cartlib.look.html import said, warned

HERS = {"Ann": "her", "Bob": "his"}


def told(title, steps, why="") -> str:
    """Return the story of a way as HTML; `why` is said where it ends well."""
    rows, before = [_row("", FIRST, "", "Before")], FIRST
    for _, trip in groupby(steps, lambda step: step.trip):
        trip = list(trip)
        rows.append(_turn(trip, before))
        before = trip[-1].quantity
    return (
        f"{ending(steps, why)}"
        '<div class="story scroll" tabindex="0" role="group" aria-label="The story">'
        f"<table><caption>{escape(title)}: Ann and Bob both add 1, in turn</caption>"
        '<thead><tr><th scope="col">Ann</th><th scope="col" class="held">Redis</th>'
        f'<th scope="col">Bob</th></tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def ending(steps, why="") -> str:
    """Return how it ended as a message: good news, or what was lost and by whom."""
    last = steps[-1].quantity if steps else FIRST
    losses = [in_words(steps, step) for step in steps if step.lost]
    failures = [f"{step.client}: {step.reply}" for step in steps if not step.command]
    if last == WANTED and not failures:
        return said(f"In the end there are {last}, as wanted. {why}".strip())
    many = "is only 1" if last == 1 else f"are {last}"
    return warned(" ".join([f"Wanted are {WANTED}, and there {many}.", *losses, *failures]))


def in_words(steps, step) -> str:
    """Return what was lost by this step."""
    before = [s.quantity for s in steps if s.trip < step.trip and s.quantity is not None][-1]
    hers = HERS[step.lost]
    return f"{step.lost}'s add is lost: {step.client} wrote {step.quantity} over {hers} {before}."


def _turn(trip, before):
    """Return the row of one round trip."""
    last = trip[-1]
    lines = "".join(map(_command, trip))
    if last.lost:
        lines += (
            f'<div class="bad">⚠ {last.lost}\'s add is lost: {last.client} wrote '
            f"{last.quantity} over {HERS[last.lost]} {before}</div>"
        )
    elif last.command == "EXEC" and last.reply == "(nil)":
        lines += '<div class="bad">✗ refused: what was watched has changed</div>'
    changed = before != last.quantity
    held = f"{before} → <b>{last.quantity}</b>" if changed else last.quantity
    return _row(last.client, held, lines, kind="lost" if last.lost else "")


def _command(step):
    if not step.command:
        return f'<div class="bad">✗ {escape(step.reply)}</div>'
    quiet = ' class="quiet"' if step.reply in ("QUEUED", "OK") else ""
    return (
        f"<div><code>{escape(step.command)}</code> "
        f"<span{quiet}>→&nbsp;<code>{escape(' '.join(step.reply.split()))}</code></span></div>"
    )


def _row(client, held, lines, text="", kind=""):
    ann, bob = (lines if client == name else "" for name in ("Ann", "Bob"))
    return (
        f'<tr class="{kind}"><td class="lane">{ann or text}</td><td class="held">{held}</td>'
        f'<td class="lane">{bob}</td></tr>'
    )
