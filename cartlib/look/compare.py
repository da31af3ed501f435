"""Two texts beside each other: the lines that belong together in one row, what differs marked."""

import os
import re
from difflib import SequenceMatcher
from html import escape
from itertools import groupby, islice

from cartlib.errors import printable, shown

SHORT, LONG = 44, 110  # characters: what stays in one line, and what is cut
MOST, AROUND = 30, 2  # rows that are shown, and equal ones before and after one that differs
LONGEST = 2000  # characters of a text that are compared
DEEPEST = 4  # a value inside of values inside of values …
KINDS = {"zset": "sorted set", "string": "text"}  # else as Redis calls it
BRACKETS = {dict: "{}", set: "{}", frozenset: "{}", list: "[]", tuple: "()"}
WORDS = r"\d+(?:\.\d+)?|\w+|\W"
SIGNS = {"differs": "≠", "missing": "−", "extra": "+", "same": ""}
MEANINGS = {"differs": "differs", "missing": "is missing in yours", "extra": "only in yours"}


def lines_of(value, split) -> list[str]:
    """Return a value as Python writes it; with `split`, each of its parts is a line.

    What has no order of its own is sorted, so that two of them can be compared.
    """
    kind = type(value)
    if not (split and kind in BRACKETS and value):
        return [in_a_line(value)]
    begin, end = BRACKETS[kind]
    parts = [f"  {part}," for part in islice(_parts(value, 0), MOST * 10)]
    left = len(value) - len(parts)
    return [begin, *parts, *([f"  … and {left:,} more"] if left else []), end]


def in_a_line(value, depth=0) -> str:
    """Return a value in one line; see lines_of()."""
    kind = type(value)
    if kind not in BRACKETS or not value or depth == DEEPEST:
        return repr(value) if kind is str and len(value) < LONGEST else shown(value)
    begin, end = BRACKETS[kind]
    comma = "," if kind is tuple and len(value) == 1 else ""
    return begin + ", ".join(islice(_parts(value, depth), MOST)) + comma + end


def _parts(value, depth):
    if type(value) is dict:
        for key in sorted(value, key=shown):
            yield f"{shown(key)}: {in_a_line(value[key], depth + 1)}"
        return
    for part in value if type(value) in (list, tuple) else sorted(value, key=shown):
        yield in_a_line(part, depth + 1)


def lines_of_key(name, kind, content, ttl) -> list[str]:
    """Return a key as lines: its type, its milliseconds to live, and the parts of its content."""
    end = "" if ttl is None else f", ends in {ttl / 1000:.10g} s"
    if isinstance(content, dict):
        write = _score if kind == "zset" else in_a_line if kind == "stream" else shown
        order = content if kind == "stream" else sorted(content)
        parts = [f"{printable(part)}: {write(content[part])}" for part in order]
    elif isinstance(content, set | list):
        parts = list(_parts(content, 0)) or ["(nothing)"]
    else:
        parts = [in_a_line(content)]
    return [f"{printable(name)}: {KINDS.get(kind, kind)}{end}", *(f"  {part}" for part in parts)]


def _score(number):
    return repr(number).removesuffix(".0")


def aligned(left, right):
    """Return the lines of two lists in rows: what belongs together in one, None beside the rest.

    Together are equal lines; between these, lines that begin with the same word; then the others.
    """
    rows = []
    for same, one, two in _blocks(left, right):
        if same:
            rows += zip(one, two, strict=True)
            continue
        for alike, ones, twos in _blocks(one, two, _first_word):
            both = min(len(ones), len(twos)) if alike or (ones and twos) else 0
            rows += zip(ones, twos, strict=False)
            rows += [(line, None) for line in ones[both:]] + [(None, line) for line in twos[both:]]
    return rows


def _blocks(left, right, key=str):
    keys = [key(line) for line in left], [key(line) for line in right]
    for what, a, b, c, d in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        yield what == "equal", left[a:b], right[c:d]


def _first_word(line):
    return (re.findall(r"\w+", line) or [line])[0]


def shortened(left, right) -> tuple[str, str]:
    """Return two lists of lines as texts, without the many lines that are the same in both."""
    rows = [_cut(*row) for row in aligned(left, right)]
    differ = [place for place, (one, two) in enumerate(rows) if one != two]
    near = {place + step for place in differ for step in range(-AROUND, AROUND + 1)}
    kept = []
    for shown_here, group in groupby(enumerate(rows), lambda numbered: numbered[0] in near):
        found = [row for _, row in group]
        kept += found if shown_here or len(found) == 1 else _instead(f"{len(found)} lines alike")
    if len(kept) > MOST:
        kept[MOST - 1 :] = _instead(f"and {len(kept) - MOST + 1} lines more")
    ones, twos = zip(*kept, strict=True) if kept else ((), ())
    return _text(ones), _text(twos)


def _instead(text):
    return [(f"… {text}",) * 2]


def _text(lines):
    return "\n".join(line for line in lines if line is not None)


def _cut(one, two):
    """Return a row's lines, of long ones the part where they begin to differ."""
    if one is None or two is None:
        start = 0
    else:
        start = max(0, len(os.path.commonprefix([one, two])) - LONG // 3)
    return tuple(line and _part(line, start if len(line) > LONG else 0) for line in (one, two))


def _part(line, start):
    end = start + LONG
    return ("… " if start else "") + line[start:end] + (" …" if len(line) > end else "")


def beside(left, right, heads=("Expected", "Yours")) -> str:
    """Return two texts as a table: line beside line, with a sign and marks where they differ."""
    pairs = aligned(left.split("\n") if left else [], right.split("\n") if right else [])
    wide = max(map(len, (left + "\n" + right).split("\n"))) > SHORT
    head = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = "".join(_row(*pair) for pair in pairs)
    return (
        f'<table class="beside{" wide" * wide}">'
        f'<thead><tr><td class="sign"></td>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _row(one, two):
    if one is None:
        kind, cells = "extra", ('<span class="quiet">(nothing)</span>', _mark(two))
    elif two is None:
        kind, cells = "missing", (_mark(one), '<span class="quiet">(missing)</span>')
    else:
        kind = "same" if one == two else "differs"
        cells = marked(one, two), marked(two, one)
    title = f' title="{MEANINGS[kind]}"' if kind in MEANINGS else ""
    return (
        f'<tr class="{kind}"><td class="sign"{title}>{SIGNS[kind]}</td>'
        f"<td>{cells[0]}</td><td>{cells[1]}</td></tr>"
    )


def marked(text, other) -> str:
    """Return a text as HTML, in which is marked what `other` has not in the same place."""
    one, two = (re.findall(WORDS, words, re.S) for words in (text, other))
    parts = SequenceMatcher(None, one, two, autojunk=False)
    if one and two and parts.ratio() < 0.3:
        return _mark(text)
    return "".join(
        escape(words) if what == "equal" or not words.strip() else _mark(words)
        for what, begin, end, *_ in parts.get_opcodes()
        for words in ["".join(one[begin:end])]
    )


def _mark(text):
    blanks = text[: len(text) - len(text.lstrip())]
    return f"{blanks}<mark>{escape(text.lstrip())}</mark>"
