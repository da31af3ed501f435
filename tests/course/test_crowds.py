"""Lesson 14's exercises: what only they do."""

import pytest

from cartlib.course import crowds
from cartlib.practice.outcome import ERROR, NOT_YET


def test_braces_of_a_tag_in_an_f_string_are_explained():
    def formats(client, days):
        return client.pfcount(*[f"shop:{visitors}:{day}" for day in days])  # noqa: F821

    outcome = crowds.q1.check(formats)
    assert outcome.status == ERROR and "variable visitors" in outcome.sentence


def test_a_script_with_commands_for_sets_is_told_of():
    def reads_in_lua(client, days):
        names = [f"shop:{{visitors}}:{day}" for day in days]
        script = 'return #redis.call("SUNION", unpack(KEYS))'
        return client.eval(script, len(names), *names) if names else 0

    outcome = crowds.q1.check(reads_in_lua)
    assert outcome.status == NOT_YET and "a command for sets" in outcome.sentence


@pytest.mark.parametrize("command", [["GETRANGE", 0, 10], ["GET"]])
def test_a_bitmap_that_travels_is_told_of(command):
    def looks_at_the_bytes(client, days):
        for day in days:
            client.execute_command(command[0], f"shop:{{came}}:{day}", *command[1:])
        return crowds.q2.reference_function(client, days)

    outcome = crowds.q2.check(looks_at_the_bytes)
    assert outcome.status == NOT_YET and "travels to you" in outcome.sentence


def test_a_search_without_order_is_told_of():
    def sorts_later(client, longitude, latitude, km):
        words = f"GEOSEARCH shop:places FROMLONLAT {longitude} {latitude} BYRADIUS {km} km WITHDIST"
        found = [(name, float(d)) for name, d in client.execute_command(*words.split())]
        return [(name, round(d, 1)) for name, d in sorted(found, key=lambda pair: pair[1])]

    outcome = crowds.q3.check(sorts_later)
    assert outcome.status == NOT_YET and "no ASC" in outcome.sentence
