"""The words of a line that is written as for redis-cli."""

import re
from functools import cache

from cartlib.errors import CartError

# Some characters, then maybe a part in quotes, after which the word has to end.
WORD = re.compile(
    rb"""\s* (?=\S) (?P<plain> [^\s"']*)
    (?: "(?P<double> (?: \\. | [^"\\] )* )" | '(?P<single> (?: \\' | [^'\\] | \\(?!') )* )' )?
    (?=\s|$)""",
    re.VERBOSE | re.DOTALL,
)
ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b"}


@cache
def words(line) -> tuple[str, ...]:
    """Return the words of a redis-cli line.

    In "double quotes" are the escapes \\n \\r \\t \\a \\b \\" \\\\ and \\xHH, which is one byte; in
    'single quotes' \\' alone. Bytes that are no UTF-8 become half characters: see encoded().
    Raises: CartError, where quotes don't pair.
    """
    try:
        left = line.strip().encode()
    except UnicodeEncodeError:
        raise CartError("This text holds half a character. Delete it, and type it again.") from None
    found = []
    while left:
        match = WORD.match(left)
        if match is None:
            raise CartError(
                "The quotes don't pair: a word in quotes needs the same one at its end, and then a "
                'space. A quote inside of "…" is written \\".'
            )
        found.append(_word(**match.groupdict()).decode(errors="surrogateescape"))
        left = left[match.end() :]
    return tuple(found)


def encoded(word) -> bytes:
    """Return a word as the bytes that are sent."""
    return word.encode(errors="surrogateescape")


def _word(plain, double, single):
    if double is not None:
        return plain + ESCAPE.sub(_unescaped, double)
    return plain + (single or b"").replace(b"\\'", b"'")


def _unescaped(match):
    code, character = match.groups()
    return bytes.fromhex(code.decode()) if code else CONTROLS.get(character, character)
