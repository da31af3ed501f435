"""Signs what checks say, so that whoever marks can tell it from what a notebook displays itself.

Before the notebook's first cell, its kernel imports the course, hides these modules, and makes up
a key, which only the marker gets. The notebook imports the modules anew. Whoever calls check() on
a task of these is judged by the hidden task of that name; the outcome is displayed with an HMAC.
So these do not count: an outcome that is displayed or made by hand, another check(), another
reference, another judge.

What remains: the notebook's code is in the same process, and such code can in the end read and
change anything. It can take the key out of check()'s closure. It can change what the hidden modules
share with it: cartlib.lab, redis, hypothesis, Python itself. A function that is being checked can
look for its judge on the stack, or write an outcome into the pipe to the kernel.
"""

import contextlib
import functools
import hmac
import importlib
import json
import secrets
import sys

SIGNED = "application/vnd.cartlib.signed-outcome+json"
HIDDEN = ("cartlib.course", "cartlib.practice")


def sign_checks() -> str:
    """Let all checks in this kernel be signed from now on, and return the key."""
    from IPython.display import display  # only a kernel has it

    index = importlib.import_module("cartlib.course.index")
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.startswith(HIDDEN)}
    tasks = {task.name: task for lesson in index.LESSONS for task in index.exercises(lesson)}
    key = secrets.token_hex()

    def signed(check):
        @functools.wraps(check)
        def signed_check(self, *function, **named):
            if self.name not in tasks:
                return check(self, *function, **named)
            with _imported(hidden):
                outcome = tasks[self.name].check(*function, **named)
            text = json.dumps(outcome.facts())
            display({SIGNED: {"text": text, "signature": sign(key, text)}}, raw=True)
            return outcome

        return signed_check

    kind = importlib.import_module("cartlib.practice.exercise").Exercise
    kind.check = signed(kind.check)
    return key


def read_signed(data, key) -> dict | None:
    """Return the outcome in the data of a display; None without one, or if the key is wrong."""
    found = data.get(SIGNED)
    if not isinstance(found, dict):
        return None
    text, signature = str(found.get("text")), str(found.get("signature"))
    if not hmac.compare_digest(_bytes(sign(key, text)), _bytes(signature)):
        return None
    return json.loads(text)


def sign(key, text) -> str:
    """Return the HMAC of a text."""
    return hmac.new(_bytes(key), _bytes(text), "sha256").hexdigest()


@contextlib.contextmanager
def _imported(modules):
    """Let these be the imported modules in the with block: pickle asks for them by name."""
    before = {name: sys.modules.pop(name) for name in modules if name in sys.modules}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name in modules:
            sys.modules.pop(name, None)
        sys.modules.update(before)


def _bytes(text):
    return text.encode(errors="backslashreplace")
