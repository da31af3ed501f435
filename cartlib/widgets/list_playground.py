"""ListPlayground: the commands of a List, to click."""

from ipywidgets import Text

from cartlib.widgets.playground import Playground


class ListPlayground(Playground):
    """Sends LPUSH, LRANGE and the like about one key; shows the reply, and the key's change.

    `element` is the input; `buttons` has each button by its label.
    """

    def __init__(self, client, key="cart:{guest}:viewed"):
        self.element = Text("mug", description="Element", tooltip="An element of the list")
        super().__init__(client, key, [self.element], self._commands())

    def _commands(self):
        return [
            ("LPUSH", "Put the element in at the left", self._element),
            ("RPUSH", "Put the element in at the right", self._element),
            ("LPOP", "Take out the element at the left", self._key_alone),
            ("RPOP", "Take out the element at the right", self._key_alone),
            (
                "LMOVE RIGHT LEFT",
                "Take out the element at the right, and put it in at the left, in one step",
                lambda: [self._key, self._key, "RIGHT", "LEFT"],
            ),
            ("LRANGE", "Get all, from left to right", lambda: [self._key, 0, -1]),
            ("LRANGE (first 3)", "Get the three at the left", lambda: [self._key, 0, 2]),
            ("LTRIM (first 3)", "Keep the three at the left alone", lambda: [self._key, 0, 2]),
            (
                "LREM",
                "Remove the element, wherever it is",
                lambda: [self._key, 0, self.element.value],
            ),
            ("LPOS", "Get the element's first place, counted from 0", self._element),
            ("LLEN", "Count the elements", self._key_alone),
            ("DEL", "Delete the whole key", self._key_alone),
        ]

    def _element(self):
        return [self._key, self.element.value]
