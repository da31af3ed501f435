"""What can go wrong with a cart, each case as an error of its own."""

import reprlib

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60


def shown(value) -> str:
    """Return `value` as Python would write it, cut to some 60 characters."""
    try:
        return _SHORT.repr(value)
    except Exception:  # an int of 5,000 digits, for one, can't be written
        return f"a value of type {type(value).__name__} that can't be written"


def printable(text) -> str:
    """Return `text` with what could steer a terminal written as escapes."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(text))


class CartError(Exception):
    """The root of every error that cartlib raises; its text is written for the learner."""


class CartConnectionError(CartError):
    """The server could not be reached, did not answer in time, or refused the command.

    `outcome_unknown` tells whether a change may have been made.
    """

    def __init__(self, message, address=None, outcome_unknown=False):
        super().__init__(message)
        self.address, self.outcome_unknown = address, outcome_unknown


class CheckoutUnknownError(CartConnectionError):
    """The answer to a checkout was lost; settle_order() finds out what became of it."""

    def __init__(self, order_id, error):
        super().__init__(
            f"{error} checkout.settle_order() with the order id {shown(order_id)} tells whether "
            "it was bought.",
            error.address,
            outcome_unknown=True,
        )
        self.order_id = order_id


class CartDataError(CartError):
    """A key holds the wrong type, or a value that can't be read."""

    def __init__(self, message, key, value=None):
        super().__init__(message)
        self.key, self.value = key, value


class CatalogueError(CartError):
    """A product list could not be read; nothing of it was loaded."""

    def __init__(self, message, path, line=None):
        super().__init__(message)
        self.path, self.line = path, line


class LocalServerError(CartError):
    """A private redis-server could not be started."""


class ProductNotFoundError(CartError):
    """The catalogue holds no such product."""

    def __init__(self, product_id):
        super().__init__(
            f"There is no product {shown(product_id)}: Redis has no key product:{product_id}. "
            "Check the spelling, or load the catalogue first."
        )
        self.product_id = product_id


class ItemNotInCartError(CartError):
    """The cart has no line for this product."""

    def __init__(self, product_id, cart):
        super().__init__(
            f"Product {shown(product_id)} is not in the cart {shown(cart)}. "
            "Look at the cart, and use an id that is in it."
        )
        self.product_id, self.cart = product_id, cart


class InvalidQuantityError(CartError):
    """A quantity that is not a whole number from 1 to 1,000,000."""

    def __init__(self, quantity):
        super().__init__(
            f"A quantity is a whole number from 1 to 1,000,000, not {shown(quantity)}. "
            "Give a number such as 1 or 2."
        )
        self.quantity = quantity


class InvalidProductIdError(CartError):
    """A product id that is not a short, non-empty str."""

    def __init__(self, product_id):
        super().__init__(
            "A product id is a text of 1 to 128 characters that UTF-8 can carry, "
            f"not {shown(product_id)}. Use an id from the catalogue."
        )
        self.product_id = product_id


class InvalidCartNameError(CartError):
    """A cart name that is empty, too long, or holds a brace."""

    def __init__(self, cart):
        super().__init__(
            "A cart's name is a text of 1 to 128 characters, without { and }, that UTF-8 can "
            f"carry, not {shown(cart)}. Use a name such as 'guest'."
        )
        self.cart = cart


class InvalidSecondsError(CartError):
    """A time-out that is not a whole number of seconds, from 1 to ten years."""

    def __init__(self, seconds):
        super().__init__(
            "A time-out is a whole number of seconds, from 1 to 315,360,000 (ten years), "
            f"not {shown(seconds)}. Give a number such as 1800."
        )
        self.seconds = seconds


class InvalidNameError(CartError):
    """A name of a worker, a tag, a page and so on that is not a short, non-empty str."""

    def __init__(self, what, name):
        super().__init__(
            f"The {what}'s name is a text of 1 to 128 characters that UTF-8 can carry, "
            f"not {shown(name)}. Use a name such as 'ann'."
        )
        self.what, self.name = what, name


class InvalidDayError(CartError):
    """A day that is no datetime.date."""

    def __init__(self, day):
        super().__init__(
            f"A day is a date of Python's datetime, such as date(2027, 1, 31), not {shown(day)}."
        )
        self.day = day


class InvalidPriceError(CartError):
    """A price to compare with that is no amount of money."""

    def __init__(self, price):
        super().__init__(
            "A price is an amount from 0 to a billion, of at most 6 decimals, not "
            f"{shown(price)}. Give a number or a text such as '9.50'."
        )
        self.price = price


class InvalidPlaceError(CartError):
    """A place that no sphere has, or that Redis has no room for."""

    def __init__(self, longitude, latitude):
        super().__init__(
            "A place is a longitude from -180 to 180 and then a latitude from -85 to 85, in "
            f"degrees, not {shown(longitude)} and {shown(latitude)}. Are they the wrong way round?"
        )
        self.longitude, self.latitude = longitude, latitude


class InvalidCustomerError(CartError):
    """A customer's number that is no whole number from 0 to 9,999,999."""

    def __init__(self, number):
        super().__init__(
            f"A customer's number is a whole number from 0 to 9,999,999, not {shown(number)}. A "
            "bitmap is as long as its largest number: keep greater ones, or names, in a set."
        )
        self.number = number


class InvalidDistanceError(CartError):
    """A distance that is no number of km above 0, or that is longer than half the Earth."""

    def __init__(self, km):
        super().__init__(
            "A distance is a number of kilometres, greater than 0 and at most 20,100 (half way "
            f"round the Earth), not {shown(km)}. Give a number such as 100."
        )
        self.km = km


class InvalidOrderError(CartError):
    """An order that is no dict, or that JSON would not give back as it is."""

    def __init__(self, order):
        super().__init__(
            "An order is a dict of texts, numbers, lists and such dicts, for instance "
            f"{{'id': 'o1', 'mug': 2}}, not {shown(order)}. Write other values as texts."
        )
        self.order = order


class InvalidWaitError(CartError):
    """A wait that is no number of seconds, or as long as the client's own time-out."""

    def __init__(self, wait, limit):
        less = f", and less than the client's time-out of {limit:g} s" if limit else ""
        super().__init__(
            f"A wait is a number of seconds, 0 or more{less}, not {shown(wait)}. Wait for "
            "less, or give connect() a longer timeout."
        )
        self.wait, self.limit = wait, limit


class InvalidGiftError(CartError):
    """A part of a gift card that no card has, or that is no text of 1 to 500 characters."""

    def __init__(self, part, value):
        super().__init__(
            "A gift card has the parts 'to' and 'text', each a text of 1 to 500 characters that "
            f"UTF-8 can carry, and {shown(part)} is {shown(value)}. Write it anew."
        )
        self.part, self.value = part, value


class InvalidVectorError(CartError):
    """A vector that is no list of finite numbers, or that has no direction."""

    def __init__(self, vector):
        super().__init__(
            "A vector is a list of 1 to 1,000 finite numbers, such as [2, 0, 1], of which at least "
            f"one is not 0, and not {shown(vector)}. Give each element one of the same length."
        )
        self.vector = vector


class TooManyRequestsError(CartError):
    """Somebody has made all the requests that they may make for a while."""

    def __init__(self, name, most, wait):
        super().__init__(
            f"{shown(name)} has made the {most} requests that are allowed. Wait {wait} s, and try "
            "again. Nothing was done."
        )
        self.name, self.most, self.wait = name, most, wait


class RequestReusedError(CartError):
    """A request id that was used before, for something else."""

    def __init__(self, request_id, product_id, quantity):
        super().__init__(
            f"The request id {shown(request_id)} was used before, for {quantity} of "
            f"{shown(product_id)}. Nothing was added: give each request an id of its own."
        )
        self.request_id, self.product_id, self.quantity = request_id, product_id, quantity


class UnsupportedError(CartError):
    """This Redis does not know a command."""

    def __init__(self, command, since):
        super().__init__(
            f"This Redis knows no {command}. {since} has it: connect() to such a server."
        )
        self.command, self.since = command, since


class InvalidStockError(CartError):
    """A stock that is not a dict of whole numbers from 0 to 1,000,000."""

    def __init__(self, stock):
        super().__init__(
            "A stock is a dict such as {'mug': 3}, from product ids to whole numbers of pieces, "
            f"each from 0 to 1,000,000, and not {shown(stock)}."
        )
        self.stock = stock


class EmptyCartError(CartError):
    """A checkout of a cart without lines."""

    def __init__(self, cart):
        super().__init__(f"The cart {shown(cart)} is empty. Add something to it, then check out.")
        self.cart = cart


class OutOfStockError(CartError):
    """The stock has fewer pieces of a product than the cart."""

    def __init__(self, product_id, wanted, left):
        super().__init__(
            f"The cart has {wanted} of {shown(product_id)}, but the stock has {left}. Nothing was "
            "bought: take some out of the cart, or wait for new ones."
        )
        self.product_id, self.wanted, self.left = product_id, wanted, left
