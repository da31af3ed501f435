"""An order as a text, and back: the queue and the stream keep it in JSON."""

import json

from cartlib.errors import InvalidOrderError


def written(order, **layout) -> str:
    """Return an order's text; InvalidOrderError if JSON would not give it back as it is."""
    try:
        text = json.dumps(order, allow_nan=False, **layout)
        if isinstance(order, dict) and json.loads(text) == order:
            return text
    except (TypeError, ValueError, RecursionError):
        pass
    raise InvalidOrderError(order)


def read(text) -> dict | None:
    """Return the order that a text holds; None if it holds none."""
    try:
        order = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return order if isinstance(order, dict) else None
