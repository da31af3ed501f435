"""Lesson 00: the first cart."""

from cartlib.cart import add_to_cart
from cartlib.catalogue import load_catalogue
from cartlib.questions import Guess


def _two_and_two(client):
    load_catalogue(client)
    add_to_cart(client, "mug", 2)
    return add_to_cart(client, "mug", 2)


def _two_and_one(client):
    load_catalogue(client)
    return [add_to_cart(client, "mug", quantity) for quantity in (2, 1)][-1]


g1 = Guess(
    "start.g1",
    "There are 2 mugs in the cart. You add 2 mugs once more. What is in the cart then?",
    {
        "2": "Then the second add would have changed nothing. A shop where one clicks twice and "
        "gets one loses customers.",
        "4": "`ZINCRBY` adds to what is there: INCR is short for increment.",
        "2 lines of 2 mugs": "A product is in the cart once at most: its line counts up.",
    },
    right="4",
    proof=_two_and_two,
)
g2 = Guess(
    "start.g2",
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
