"""Lesson 00: the first cart."""

from cartlib.cart import add_to_cart
from cartlib.catalogue import load_catalogue
from cartlib.practice.prediction import Guess


def _two_and_one(client):
    load_catalogue(client)
    return [add_to_cart(client, "mug", quantity) for quantity in (2, 1)][-1]


g1 = Guess(
    "start.g1",
    "The cart is empty. You add 2 mugs, and then 1 more. What does the second `add_to_cart` "
    "return?",
    {
        "1": "One mug was added by this call. But it is more useful to know how many there are "
        "now.",
        "2": "So many were there before it.",
        "3": "It returns the new quantity of the line, 2 and 1.",
    },
    right="3",
    proof=_two_and_one,
)
