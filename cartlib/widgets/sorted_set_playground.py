"""SortedSetPlayground: the commands of a Sorted Set, to click."""

from ipywidgets import Text

from cartlib.look.control import NumberBox
from cartlib.widgets.playground import Playground


class SortedSetPlayground(Playground):
    """Sends ZADD, ZRANGE and the like about one key; shows the reply, and the key before and after.

    `member` and `score` are the inputs; `buttons` has each button by its label.
    """

    def __init__(self, client, key="cart:{guest}"):
        self.member = Text("mug", description="Member", tooltip="A member of the sorted set")
        self.score = NumberBox(1, "Score", "Any number: 0, less than 0 and fractions too")
        super().__init__(client, key, [self.member, self.score], self._commands())

    def _commands(self):
        return [
            ("ZADD", "Give the member this score, whatever it had", self._pair),
            ("ZINCRBY", "Add the score to what the member has", self._pair),
            ("ZSCORE", "Get the member's score", self._member),
            ("ZRANGE", "Get all, the lowest score first", lambda: [self._key, 0, -1, "WITHSCORES"]),
            (
                "ZRANGE REV (top 3)",
                "Get the three with the highest scores",
                lambda: [self._key, 0, 2, "REV", "WITHSCORES"],
            ),
            (
                "ZRANGE BYSCORE",
                "Get all from this score upwards",
                lambda: [self._key, self.score.value, "+inf", "BYSCORE", "WITHSCORES"],
            ),
            ("ZRANK", "Get the member's place, counted from 0", self._member),
            ("ZREM", "Remove the member", self._member),
            ("ZCARD", "Count the members", self._key_alone),
            ("DEL", "Delete the whole key", self._key_alone),
        ]

    def _member(self):
        return [self._key, self.member.value]

    def _pair(self):
        return [self._key, self.score.value, self.member.value]
