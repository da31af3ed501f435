"""The exercises of lesson 02: wrong answers, and what is said of them."""

from cartlib import ItemNotInCartError
from cartlib.course import carts
from cartlib.practice.outcome import ERROR


def test_another_type_error_is_not_taken_for_a_known_mistake():
    def gives_the_error_one_argument(client, product_id):
        score = client.zscore("cart:{guest}", product_id)
        if score is None:
            raise ItemNotInCartError(product_id)
        client.zrem("cart:{guest}", product_id)
        return int(score)

    outcome = carts.q2.check(gives_the_error_one_argument)
    assert outcome.status == ERROR and "1 required positional argument:" in outcome.sentence


def test_braces_in_an_f_string_are_explained():
    def formats(client, product_id, quantity):
        raise NameError("name 'guest' is not defined", name="guest")

    outcome = carts.q1.check(formats)
    assert outcome.status == ERROR and "leave the f away" in outcome.sentence
