"""A shopping cart in Redis, to learn from: five functions and their errors."""

from cartlib.cart import (
    add_to_cart,
    connect,
    get_cart_items,
    get_product,
    remove_from_cart,
)
from cartlib.errors import (
    CartConnectionError,
    CartDataError,
    CartError,
    CatalogueError,
    InvalidCartNameError,
    InvalidProductIdError,
    InvalidQuantityError,
    InvalidSecondsError,
    ItemNotInCartError,
    LocalServerError,
    ProductNotFoundError,
)

__all__ = [
    "CartConnectionError",
    "CartDataError",
    "CartError",
    "CatalogueError",
    "InvalidCartNameError",
    "InvalidProductIdError",
    "InvalidQuantityError",
    "InvalidSecondsError",
    "ItemNotInCartError",
    "LocalServerError",
    "ProductNotFoundError",
    "add_to_cart",
    "connect",
    "get_cart_items",
    "get_product",
    "remove_from_cart",
]
