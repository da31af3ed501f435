"""Gift cards for the lines of a cart: one JSON document, of which one card or one part changes."""

import json
from contextlib import contextmanager

from redis.exceptions import ResponseError

from cartlib import keys
from cartlib.errors import CartDataError, InvalidGiftError, shown
from cartlib.failures import UNKNOWN, wrong_type
from cartlib.shop.knows import JSON, needs

PARTS, LONGEST = ("to", "text"), 500


def write_gift(client, product_id, *, to, text, cart="guest"):
    """Write the gift card of a product, in place of the one that it had.

    A document can begin only as a whole, so an empty one is written first if there is none.

    Redis: one MULTI with JSON.SET NX of cart:{NAME}:gifts, and JSON.SET of the card's path, O(the
    card's size); 1 round trip.
    Raises: InvalidGiftError, InvalidProductIdError, UnsupportedError, CartDataError,
    CartConnectionError.
    """
    key, path = keys.gifts(cart), path_of(product_id)
    card = json.dumps({"to": _checked("to", to), "text": _checked("text", text)})
    with _asking(client, "JSON.SET", key, change=UNKNOWN):
        pipe = client.pipeline(transaction=True)
        pipe.execute_command("JSON.SET", key, "$", "{}", "NX")
        pipe.execute_command("JSON.SET", key, path, card)
        pipe.execute()


def change_gift(client, product_id, part, value, *, cart="guest") -> bool:
    """Change one part of a card, "to" or "text"; return False where the product has no card.

    Redis: JSON.SET XX of that part's path in cart:{NAME}:gifts, O(its size); 1 round trip. The rest
    of the document does not travel.
    Raises: as write_gift().
    """
    key, path = keys.gifts(cart), path_of(product_id)
    text = json.dumps(_checked(part, value))
    with _asking(client, "JSON.SET", key, change=UNKNOWN):
        try:
            return bool(client.execute_command("JSON.SET", key, f"{path}.{part}", text, "XX"))
        except ResponseError as error:
            if "created at the root" in str(error):  # there is no document at all
                return False
            raise


def get_gift(client, product_id, *, cart="guest") -> dict | None:
    """Return the gift card of a product, as {"to": …, "text": …}; None if it has none.

    Redis: JSON.GET of the card's path in cart:{NAME}:gifts, O(its size); 1 round trip.
    Raises: InvalidProductIdError, UnsupportedError, CartDataError, CartConnectionError.
    """
    key, path = keys.gifts(cart), path_of(product_id)
    with _asking(client, "JSON.GET", key):
        reply = client.execute_command("JSON.GET", key, path)
    found = [] if reply is None else json.loads(reply)
    if not found:
        return None
    card = found[0]
    if isinstance(card, dict) and all(isinstance(card.get(part), str) for part in PARTS):
        return card
    raise CartDataError(
        f"The document {key} holds {shown(card)} for {shown(product_id)}, which is no gift card. "
        "Some other program wrote it: set it right, or remove it.",
        key,
        card,
    )


def remove_gift(client, product_id, *, cart="guest") -> bool:
    """Remove the gift card of a product; return whether it had one.

    Redis: JSON.DEL of the card's path in cart:{NAME}:gifts, O(its size); 1 round trip.
    Raises: as get_gift().
    """
    key, path = keys.gifts(cart), path_of(product_id)
    with _asking(client, "JSON.DEL", key, change=UNKNOWN):
        return client.execute_command("JSON.DEL", key, path) > 0


def path_of(product_id) -> str:
    """Return the JSON path of a product's card: $["ID"], with what would end the name escaped."""
    keys.product(product_id)  # refuses what can't be an id
    return '$["' + product_id.replace("\\", "\\\\").replace('"', '\\"') + '"]'


def _checked(part, value):
    if part not in PARTS or not keys.is_text(value) or not 1 <= len(value) <= LONGEST:
        raise InvalidGiftError(part, value)
    return value


@contextmanager
def _asking(client, command, key, change=None):
    """Do as needs() does; what JSON commands say of a key of another type becomes the kit's."""
    with needs(client, command, JSON, key, change=change):
        try:
            yield
        except ResponseError as error:
            if "wrong Redis type" in str(error):
                raise wrong_type(key) from error
            raise
