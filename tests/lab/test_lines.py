"""Lines as in redis-cli: their words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartlib import CartError
from cartlib.lab.contents import command
from cartlib.lab.lines import encoded, words


@pytest.mark.parametrize(
    "line, expected",
    [
        ("", ()),
        ("  PING\t", ("PING",)),
        ("SET demo:a  b", ("SET", "demo:a", "b")),
        ('SET demo:a "two words"', ("SET", "demo:a", "two words")),
        (r'"\n\r\t\a\b\"\\\x41\q"', ('\n\r\t\a\b"\\Aq',)),
        (r"'it\'s \n'", ("it's \\n",)),
        ('\'say "hi"\' "it\'s"', ('say "hi"', "it's")),
        ('a"b c"', ("ab c",)),
        ("\"\" ''", ("", "")),
        (r'"Zo\xc3\xab" Zoë', ("Zoë", "Zoë")),
        (r"a\b", ("a\\b",)),
        ("a # b", ("a", "#", "b")),
    ],
)
def test_words(line, expected):
    assert words(line) == expected


def test_words_carry_any_byte():
    assert encoded(words(r'"\xff\x00"')[0]) == b"\xff\x00"


@pytest.mark.parametrize("line", ['GET "a', "GET 'a", "GET 'a\\'", '"a"b', "'a'b", 'a"', '"\\"'])
def test_words_refuses_quotes_that_do_not_pair(line):
    with pytest.raises(CartError, match="quotes don't pair"):
        words(line)


def test_words_refuses_half_a_character():
    with pytest.raises(CartError, match="half a character"):
        words("GET \ud800")


@settings(database=None, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_words_reads_what_command_writes(expected):
    assert words(command(*expected)) == tuple(expected)
