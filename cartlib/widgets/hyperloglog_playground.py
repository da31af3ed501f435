"""HyperLogLogPlayground: the commands of a HyperLogLog, to click."""

from ipywidgets import Text

from cartlib.errors import CartError, shown
from cartlib.look.control import NumberBox
from cartlib.values import read_count
from cartlib.widgets.playground import Playground

MOST = 10_000  # names at once


class HyperLogLogPlayground(Playground):
    """Sends PFADD, PFCOUNT and the like about one key; shows the reply, and the key's change.

    `visitor` and `many` are the inputs; `buttons` has each button by its label.
    """

    def __init__(self, client, key="shop:{visitors}:demo"):
        self.visitor = Text("ann", description="Visitor", tooltip="Who came")
        self.many = NumberBox(1000, "Many", "How many made-up names to add at once")
        super().__init__(client, key, [self.visitor, self.many], self._commands())

    def _commands(self):
        return [
            ("PFADD", "Count the visitor, unless they were counted before", self._visitor),
            ("PFADD (many)", "Count visitor-1, visitor-2 and so on, as many as said", self._many),
            ("PFCOUNT", "Tell about how many different ones were added", self._key_alone),
            ("TYPE", "Ask for the key's type", self._key_alone),
            (
                "STRLEN",
                "Count its bytes: of a real server, which has it in a String",
                self._key_alone,
            ),
            ("DEL", "Delete the whole key", self._key_alone),
        ]

    def _visitor(self):
        return [self._key, self.visitor.value]

    def _many(self):
        names = read_count(self.many.number, MOST, _count_error)
        return [self._key, *(f"visitor-{number}" for number in range(1, names + 1))]


def _count_error(value):
    return CartError(f"Give a number of names from 1 to {MOST:,}, not {shown(value)}.")
