"""StringPlayground: the commands of a String, to click."""

from ipywidgets import Text

from cartlib.look.control import NumberBox
from cartlib.widgets.playground import Playground


class StringPlayground(Playground):
    """Sends SET, INCR and the like about one key; shows the reply, and the key before and after.

    `value`, `amount` and `seconds` are the inputs; `buttons` has each button by its label.
    """

    def __init__(self, client, key="shop:views:mug"):
        self.value = Text("5", description="Value", tooltip="What SET writes and APPEND adds")
        self.amount = NumberBox(10, "Amount", "How much INCRBY adds; less than 0 takes away")
        self.seconds = NumberBox(60, "Seconds", "How long the key lives")
        super().__init__(client, key, [self.value, self.amount, self.seconds], self._commands())

    def _commands(self):
        return [
            ("SET", "Write the value, over what was there; a time-out goes", self._value),
            (
                "SET EX NX",
                "Write the value with a time-out, but only if there is no such key",
                lambda: [*self._value(), "EX", self.seconds.value, "NX"],
            ),
            ("GET", "Get the value", self._key_alone),
            ("INCR", "Add 1 to the number in the key", self._key_alone),
            (
                "INCRBY",
                "Add the amount to the number in the key",
                lambda: [self._key, self.amount.value],
            ),
            ("APPEND", "Put the value behind what is there", self._value),
            ("STRLEN", "Count the bytes of the value", self._key_alone),
            (
                "EXPIRE",
                "Let the key end in so many seconds",
                lambda: [self._key, self.seconds.value],
            ),
            ("TTL", "Ask how many seconds are left: -1 is no end, -2 no key", self._key_alone),
            ("PERSIST", "Take the time-out away: the key stays", self._key_alone),
            ("DEL", "Delete the whole key", self._key_alone),
        ]

    def _value(self):
        return [self._key, self.value.value]
