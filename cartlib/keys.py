"""One function per key. Each docstring is the key's template and its Redis type."""

from cartlib.errors import InvalidCartNameError, InvalidProductIdError

OURS = ("product:", "cart:{", "stock:{", "demo:")  # what all keys begin with, except products()


def product(product_id) -> str:
    """`product:ID`: a Hash with the fields name, price and category."""
    if not _is_short_text(product_id):
        raise InvalidProductIdError(product_id)
    return f"product:{product_id}"


def products() -> str:
    """`products`: a Set of every product id, so that nobody has to search for keys."""
    return "products"


def cart(name) -> str:
    """`cart:{NAME}`: a Sorted Set; member: product id, score: quantity.

    The braces are a hash tag: a cluster keeps all keys with one tag on one node.
    """
    if not _is_short_text(name) or "{" in name or "}" in name:
        raise InvalidCartNameError(name)
    return f"cart:{{{name}}}"


def deadlines(name) -> str:
    """`cart:{NAME}:deadlines`: a Sorted Set; member: product id, score: Unix time in seconds."""
    return f"{cart(name)}:deadlines"


def session(name) -> str:
    """`cart:{NAME}:session`: a String; how many seconds the cart lives after an add."""
    return f"{cart(name)}:session"


def events(name) -> str:
    """`cart:{NAME}:events`: a Pub/Sub channel; each message is a small JSON object."""
    return f"{cart(name)}:events"


def stock(name) -> str:
    """`stock:{NAME}`: a Hash; field: product id, value: how many pieces are left.

    It has the cart's tag, so that one transaction can change both on a cluster, too.
    """
    return f"stock:{cart(name).removeprefix('cart:')}"


def order(name, order_id) -> str:
    """`cart:{NAME}:order:ID`: a String; what one checkout bought, as JSON. It has a TTL."""
    return f"{cart(name)}:order:{order_id}"


def is_ours(name) -> bool:
    """Tell whether a key or a channel is the kit's; `demo:` is for trying things out."""
    return name == products() or name.startswith(OURS)


def is_text(value) -> bool:
    """Tell whether `value` is a text that UTF-8 can carry."""
    if not isinstance(value, str):
        return False
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _is_short_text(value) -> bool:
    return is_text(value) and 1 <= len(value) <= 128
