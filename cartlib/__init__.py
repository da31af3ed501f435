"""A shopping cart in Redis, to learn from: five functions and their errors."""

from cartlib.cart import add_to_cart, get_cart_items, remove_from_cart
from cartlib.catalogue import get_product
from cartlib.connection import connect
from cartlib.errors import (
    CartConnectionError,
    CartDataError,
    CartError,
    CatalogueError,
    CheckoutUnknownError,
    EmptyCartError,
    InvalidCartNameError,
    InvalidProductIdError,
    InvalidQuantityError,
    InvalidSecondsError,
    InvalidStockError,
    ItemNotInCartError,
    LocalServerError,
    OutOfStockError,
    ProductNotFoundError,
)

__all__ = [
    "CartConnectionError",
    "CartDataError",
    "CartError",
    "CatalogueError",
    "CheckoutUnknownError",
    "EmptyCartError",
    "InvalidCartNameError",
    "InvalidProductIdError",
    "InvalidQuantityError",
    "InvalidSecondsError",
    "InvalidStockError",
    "ItemNotInCartError",
    "LocalServerError",
    "OutOfStockError",
    "ProductNotFoundError",
    "add_to_cart",
    "connect",
    "get_cart_items",
    "get_product",
    "remove_from_cart",
]
