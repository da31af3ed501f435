"""What the controls share: how a click that fails is told, and what it then leaves undone."""

import asyncio
import threading
from contextlib import contextmanager

from cartlib.errors import CartConnectionError, CartError, shown
from cartlib.failures import UNREACHABLE
from cartlib.look.html import failed, said


class _Losses(threading.local):
    """How often errors_shown() has shown in this thread that a server was lost."""

    count = 0


_losses = _Losses()


@contextmanager
def errors_shown(message):
    """Show an error that comes up inside in the HTML widget `message`, in words."""
    try:
        yield
    except Exception as error:  # a button must never end in a traceback
        _losses.count += isinstance(error, (CartConnectionError, *UNREACHABLE))
        ours = isinstance(error, CartError)
        message.value = failed(
            error if ours else f"That did not work: {type(error).__name__}: {error}"
        )


def said_by(action, message):
    """Show in the HTML widget `message` what the action returns as good news, or its error."""
    with errors_shown(message):
        message.value = said(action())


def until_lost(*steps) -> bool:
    """Do the steps of a click in turn, and return True; end at an error that shows a lost server.

    Each further question to that server would wait for the whole time-out once more.
    """
    before = _losses.count
    for step in steps:
        step()
        if _losses.count != before:
            return False
    return True


def result_of(parts, name, kind, client, *args):
    """Return what a part of a shop, a learner's function, returns.

    `kind` has its type, and that in words. A CartError says that the part is missing, is not
    written yet, or returned something else.
    """
    if name not in parts:
        raise CartError(f"The part {name!r} is missing: run the cell that has it.")
    try:
        result = parts[name](client, *args)
    except NotImplementedError as error:
        raise CartError(
            f"The part {name!r} is not written yet: write it in its cell, and run that cell."
        ) from error
    of_type, words = kind
    if not isinstance(result, of_type) or isinstance(result, bool):  # True is an int, too
        raise CartError(f"The part {name!r} returned {shown(result)}. It should return {words}.")
    return result


def running_loop():
    """Return the event loop that runs here, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def counted(number, noun) -> str:
    """Return a number with its noun: 1 add, 2 adds."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
