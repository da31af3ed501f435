"""NameBox: the names that begin with what is typed, at each letter."""

import re

import pytest

from cartlib.shop.filters import index_products
from cartlib.widgets import NameBox


@pytest.fixture
def box(shop):
    """A box over the sample catalogue."""
    index_products(shop)
    return NameBox(shop)


def names(box):
    return re.findall(r"<td>(.*?)</td>", box.names.value)


def test_name_box_starts_with_the_first_names(box):
    assert names(box)[0] == "Book of poems" and len(names(box)) == 5


def test_name_box_completes_at_each_letter(box):
    for typed in ("p", "po", "POC"):
        box.text.value = typed
    assert names(box) == ["Pocket atlas"]
    assert box.commands.text.startswith("Typed: POC: 1 round trip\n> ZRANGE shop:{filters}:names ")
    assert len(box.commands.text.split("\n\n")) == 4


def test_name_box_no_name(box):
    box.text.value = "tea"
    assert names(box) == [] and "No name begins so." in box.names.value


def test_name_box_escapes(box, shop):
    shop.hset("product:mug", "name", "<b>Mug</b>")
    index_products(shop)
    box.text.value = "<b"
    assert names(box) == ["&lt;b&gt;Mug&lt;/b&gt;"]


def test_name_box_error(box, shop):
    shop.delete("shop:{filters}:names")
    shop.set("shop:{filters}:names", "theirs")
    box.text.value = "p"
    assert names(box) == [] and "shop:{filters}:names holds another type" in box.message.value
    shop.delete("shop:{filters}:names")
    index_products(shop)
    box.text.value = "po"
    assert names(box) == ["Pocket atlas"] and "message" not in box.message.value


def test_name_box_is_labelled(box):
    assert box.text.description and 'role="status"' in box.names.value
