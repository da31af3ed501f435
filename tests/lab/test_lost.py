"""LostReply: Redis does the command, and nobody hears of it."""

import pytest
import redis

from cartlib import CartConnectionError, add_to_cart
from cartlib.lab.lost import LostReply

pytestmark = pytest.mark.every_server
CART = "cart:{guest}"


def test_lost_reply_of_a_command(client):
    with LostReply(client, "incrby") as lost:
        with pytest.raises(redis.ConnectionError):
            client.incr("demo:n")
        assert lost.happened and client.incr("demo:n") == 2
    names = [command.name for command in lost.commands]  # on a cluster also those that look anew
    assert names.count("INCRBY") == 2
    assert lost.commands[0].reply_text == "(error) Connection closed by server."


def test_lost_reply_of_a_transaction(shop):
    with LostReply(shop, "EXEC"), pytest.raises(CartConnectionError) as caught:
        add_to_cart(shop, "mug", 2)
    assert caught.value.outcome_unknown and shop.zscore(CART, "mug") == 2
    assert add_to_cart(shop, "mug", 2) == 4


def test_lost_reply_of_what_is_not_sent(client):
    with LostReply(client, "EXEC") as lost:
        assert client.incr("demo:n") == 1
    assert not lost.happened
