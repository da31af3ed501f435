"""HashPlayground: the commands of a Hash, to click."""

from ipywidgets import Text

from cartlib.look.control import NumberBox
from cartlib.widgets.playground import Playground


class HashPlayground(Playground):
    """Sends HSET, HGET and the like about one key; shows the reply, and the key before and after.

    `field`, `value` and `amount` are the inputs; `buttons` has each button by its label.
    """

    def __init__(self, client, key="product:mug"):
        self.field = Text("colour", description="Field", tooltip="A field of the hash")
        self.value = Text("red", description="Value", tooltip="What HSET puts into the field")
        self.amount = NumberBox(1, "Amount", "How much HINCRBY adds; less than 0 takes away")
        super().__init__(client, key, [self.field, self.value, self.amount], self._commands())

    def _commands(self):
        return [
            (
                "HSET",
                "Put the value into the field",
                lambda: [self._key, self.field.value, self.value.value],
            ),
            ("HGET", "Get the field's value", self._field),
            ("HGETALL", "Get all fields and values", self._key_alone),
            ("HMGET", "Get several fields: separate them by spaces", self._fields),
            ("HEXISTS", "Ask whether there is such a field", self._field),
            ("HDEL", "Delete the field", self._field),
            ("HLEN", "Count the fields", self._key_alone),
            (
                "HINCRBY",
                "Add the amount to the number in the field",
                lambda: [*self._field(), self.amount.value],
            ),
            ("TYPE", "Ask for the key's type", self._key_alone),
            ("DEL", "Delete the whole key", self._key_alone),
        ]

    def _field(self):
        return [self._key, self.field.value]

    def _fields(self):
        return [self._key, *self.field.value.split()]
