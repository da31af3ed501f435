"""What may be a quantity or a count, a number that Redis holds, a price."""

import operator
import time
from decimal import Decimal, InvalidOperation
from numbers import Real

from cartlib.errors import (
    CartDataError,
    InvalidDistanceError,
    InvalidPlaceError,
    InvalidQuantityError,
    InvalidSecondsError,
    shown,
)

MAX_QUANTITY = 1_000_000
MAX_EXACT = 2**53  # a score is a double, and counts by ones up to here
MAX_PRICE = 1_000_000_000  # with at most 6 decimals, a sum of such prices stays exact
TEN_YEARS = 315_360_000  # seconds
MAX_LONGITUDE, MAX_LATITUDE = 180, 85.05112878  # degrees: Redis has no room nearer to the poles
MAX_DISTANCE = 20_100  # km: no two places on Earth are farther apart


def read_quantity(quantity) -> int:
    """Return `quantity` as an int; InvalidQuantityError if it is none from 1 to 1,000,000."""
    return read_count(quantity, MAX_QUANTITY, InvalidQuantityError)


def read_count(value, largest, error, smallest=1) -> int:
    """Return `value` as an int; raise `error` if it is no whole number in that range."""
    try:
        number = operator.index(value)
    except TypeError:
        raise error(value) from None
    if isinstance(value, bool) or not smallest <= number <= largest:
        raise error(value)
    return number


def read_whole(number, key, member=None) -> int:
    """Return a number that Redis holds as an int; CartDataError if it is no exact whole number."""
    try:
        whole = int(number)
        if whole == float(number) and abs(whole) <= MAX_EXACT:
            return whole
    except (ValueError, OverflowError):
        pass
    line = f" for {shown(member)}" if member is not None else ""
    raise CartDataError(
        f"The key {key} holds {shown(number)}{line}, which is no whole number. "
        "Some other program wrote it: set it right, or delete it.",
        key,
        number,
    )


def as_number(score) -> int | float:
    """Return what Redis holds after a change; a float only if some other program wrote a part."""
    number = float(score)
    return int(number) if number.is_integer() else number


def read_seconds(seconds) -> int:
    """Return `seconds` as an int; InvalidSecondsError if they are no time-out."""
    return read_count(seconds, TEN_YEARS, InvalidSecondsError)


def read_session(text, key) -> int:
    """Return the seconds that a session key holds; CartDataError if they are no time-out."""
    seconds = read_whole(text, key)
    if 1 <= seconds <= TEN_YEARS:
        return seconds
    raise CartDataError(
        f"The key {key} holds {shown(text)}, which is no time-out from 1 to 315,360,000 seconds. "
        "Set it by expire_cart(), or delete it.",
        key,
        text,
    )


def read_price(text, key) -> Decimal:
    """Return a price, in the shop's currency.

    CartDataError if `text` is no amount from 0 to a billion, of at most 6 decimals.
    """
    try:
        price = Decimal(text)
        if price.is_finite() and 0 <= price < MAX_PRICE and price.as_tuple().exponent >= -6:
            return price
    except (InvalidOperation, TypeError, ValueError):
        pass
    raise CartDataError(
        f"The hash {key} has the price {shown(text)}, which is no amount of money. "
        "Write it as a text such as 9.50.",
        key,
        text,
    )


def read_place(longitude, latitude) -> tuple[float, float]:
    """Return both as floats; InvalidPlaceError if they are no place that Redis can keep."""
    if not (_is_within(longitude, MAX_LONGITUDE) and _is_within(latitude, MAX_LATITUDE)):
        raise InvalidPlaceError(longitude, latitude)
    return float(longitude), float(latitude)


def read_distance(km) -> float:
    """Return km as a float; InvalidDistanceError if they are no distance on Earth."""
    if not _is_within(km, MAX_DISTANCE) or km <= 0:
        raise InvalidDistanceError(km)
    return float(km)


def _is_within(number, most):
    """Tell whether something is a number from -most to most."""
    is_number = isinstance(number, Real) and not isinstance(number, bool)
    return is_number and abs(number) <= most  # which nan is not


def has_passed(deadline) -> bool:
    """Tell whether a line's deadline, in Unix seconds by this computer's clock, has passed."""
    return deadline is not None and float(deadline) <= time.time()
