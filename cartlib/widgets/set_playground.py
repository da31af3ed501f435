"""SetPlayground: the commands of a Set, to click."""

from ipywidgets import Text

from cartlib.widgets.playground import Playground


class SetPlayground(Playground):
    """Sends SADD, SISMEMBER and the like about one key; shows the reply, and the key's change.

    `member` and `other`, a second key that is only read, are the inputs; `buttons` has each button
    by its label.
    """

    def __init__(self, client, key="shop:{wishes}:ann", other="shop:{wishes}:bob"):
        self.member = Text("mug", description="Member", tooltip="A member of the set")
        self.other = Text(other, description="Other key", tooltip="A second set, which stays as is")
        super().__init__(client, key, [self.member, self.other], self._commands())

    def _commands(self):
        return [
            ("SADD", "Put the member in; a set has each but once", self._member),
            ("SREM", "Remove the member", self._member),
            ("SISMEMBER", "Ask whether it is a member", self._member),
            (
                "SMISMEMBER",
                "Ask of several whether they are members: separate them by spaces",
                lambda: [self._key, *self.member.value.split()],
            ),
            ("SMEMBERS", "Get all members; a set has no order", self._key_alone),
            ("SCARD", "Count the members", self._key_alone),
            ("SRANDMEMBER", "Get a member by chance; it stays", self._key_alone),
            ("SPOP", "Take a member out by chance", self._key_alone),
            ("SINTER", "Get the members that both keys have", self._both),
            ("SUNION", "Get the members that one key or both have", self._both),
            ("SDIFF", "Get the members that the other key has not", self._both),
            ("DEL", "Delete the whole key", self._key_alone),
        ]

    def _member(self):
        return [self._key, self.member.value]

    def _both(self):
        return [self._key, self.other.value]
