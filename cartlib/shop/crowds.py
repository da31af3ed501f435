"""Who was here: visitors, about counted by a HyperLogLog, and customers, noted in a bitmap."""

from cartlib import keys
from cartlib.errors import InvalidCustomerError
from cartlib.failures import UNKNOWN, explained
from cartlib.values import read_count

MAX_CUSTOMER = 9_999_999  # a bitmap is as long as its largest number: here 1.25 MB a day


def note_visitor(client, visitor, *, day):
    """Count a visitor among those of a day, but once, however often they are noted.

    What is kept are 12 KB at most, and nobody can read out of them who was there. Noted again, a
    visitor changes nothing; so send it again where the outcome is unknown.

    Redis: PFADD shop:{visitors}:DAY, O(1); 1 round trip.
    Raises: InvalidNameError, InvalidDayError, CartDataError, CartConnectionError.
    """
    key, visitor = keys.visitors(day), keys.named("visitor", visitor)
    with explained(client, key, change=UNKNOWN):
        client.pfadd(key, visitor)


def count_visitors(client, day, *days) -> int:
    """Return about how many different visitors there were on a day, or on several days together.

    Who came on two of the days counts once. Mostly it is off by less than 1 %,
    seldom by more than 2 %.

    Redis: PFCOUNT of the days' keys, O(days); 1 round trip.
    Raises: InvalidDayError, CartDataError, CartConnectionError.
    """
    names = [keys.visitors(each) for each in (day, *days)]
    with explained(client, *names):
        return client.pfcount(*names)


def note_customer(client, number, *, day) -> bool:
    """Note that a customer came on a day; return whether they were noted before.

    `number` is the customer's, from 0 to 9,999,999. It is the place of a bit, and a bitmap is as
    long as its largest place: one number of 4 billion would take half a gigabyte.

    Redis: SETBIT shop:{came}:DAY, O(1), more where the bitmap grows; 1 round trip.
    Raises: InvalidCustomerError, InvalidDayError, CartDataError, CartConnectionError.
    """
    key, number = keys.came(day), _read_customer(number)
    with explained(client, key, change=UNKNOWN):
        return bool(client.setbit(key, number, 1))


def came(client, number, *, day) -> bool:
    """Tell whether a customer came on a day.

    Redis: GETBIT shop:{came}:DAY, O(1); 1 round trip.
    Raises: InvalidCustomerError, InvalidDayError, CartDataError, CartConnectionError.
    """
    key, number = keys.came(day), _read_customer(number)
    with explained(client, key):
        return bool(client.getbit(key, number))


def count_customers(client, day) -> int:
    """Return how many customers came on a day.

    Redis: BITCOUNT shop:{came}:DAY, O(largest number); 1 round trip.
    Raises: InvalidDayError, CartDataError, CartConnectionError.
    """
    key = keys.came(day)
    with explained(client, key):
        return client.bitcount(key)


def count_regulars(client, day, *days) -> int:
    """Return how many customers came on each of these days.

    BITOP can't help writing its result. The key for it is there inside of the MULTI only, so nobody
    sees it, and none stays behind.

    Redis: one MULTI with BITOP AND shop:{came}:regulars, BITCOUNT and DEL of it, O(days × largest
    number); 1 round trip.
    Raises: InvalidDayError, CartDataError, CartConnectionError.
    """
    names, result = [keys.came(each) for each in (day, *days)], keys.regulars()
    with explained(client, *names, change=UNKNOWN):
        pipe = client.pipeline(transaction=True)
        # A cluster's pipeline of redis-py refuses bitop(), though all keys have one tag.
        pipe.execute_command("BITOP", "AND", result, *names)
        pipe.bitcount(result)
        pipe.delete(result)
        return pipe.execute()[1]


def _read_customer(number):
    return read_count(number, MAX_CUSTOMER, InvalidCustomerError, smallest=0)
