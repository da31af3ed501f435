"""BitmapPlayground: the commands of a bitmap, to click."""

from cartlib.errors import CartError
from cartlib.look.control import NumberBox
from cartlib.widgets.playground import Playground

HIGHEST = 100_000  # the number of a bit


class BitmapPlayground(Playground):
    """Sends SETBIT, BITCOUNT and the like about one key; shows the reply, and the key's change.

    `customer`, the number of a bit, is the input; `buttons` has each button by its label.
    """

    def __init__(self, client, key="shop:{came}:demo"):
        self.customer = NumberBox(7, "Customer", "The customer's number, which is the bit's")
        super().__init__(client, key, [self.customer], self._commands())

    def _commands(self):
        return [
            ("SETBIT 1", "Note that the customer came", lambda: [*self._bit(), 1]),
            ("SETBIT 0", "Note that the customer did not come", lambda: [*self._bit(), 0]),
            ("GETBIT", "Ask whether the customer came", self._bit),
            ("BITCOUNT", "Count those who came", self._key_alone),
            ("BITPOS 1", "Get the lowest number of those who came", lambda: [self._key, 1]),
            ("BITPOS 0", "Get the lowest number of those who did not", lambda: [self._key, 0]),
            ("STRLEN", "Count its bytes: a bitmap is a String", self._key_alone),
            ("DEL", "Delete the whole key", self._key_alone),
        ]

    def _bit(self):
        number = self.customer.number
        if isinstance(number, int) and number > HIGHEST:
            raise CartError(
                f"Here the highest number is {HIGHEST:,}, not {number:,}: a bitmap has bytes for "
                "all numbers below its highest, too."
            )
        return [self._key, self.customer.value]
