"""StreamPlayground: the commands of a Stream and of its group, to click."""

from ipywidgets import Text

from cartlib.widgets.playground import Playground


class StreamPlayground(Playground):
    """Sends XADD, XREADGROUP and the like about one key; shows the reply, and the key's change.

    `fields`, `group`, `consumer` and `entry` are the inputs; `buttons` has each button by its
    label.
    """

    def __init__(self, client, key="shop:{orders}", group="packers"):
        tip = "Fields, each with its value behind it, separated by spaces"
        self.fields = Text("product mug", description="Fields", tooltip=tip)
        self.group = Text(group, description="Group", tooltip="The group that shares the entries")
        self.consumer = Text("ann", description="Consumer", tooltip="Who of the group reads")
        self.entry = Text("0-0", description="Entry's id", tooltip="The id that XADD replied")
        inputs = [self.fields, self.group, self.consumer, self.entry]
        super().__init__(client, key, inputs, self._commands())

    def _commands(self):
        return [
            (
                "XADD",
                "Put an entry in at the end; Redis makes the id",
                lambda: [self._key, "*", *self.fields.value.split()],
            ),
            ("XLEN", "Count the entries", self._key_alone),
            ("XRANGE", "Get all entries, the oldest first", lambda: [self._key, "-", "+"]),
            (
                "XREVRANGE (newest 3)",
                "Get the three newest, the newest first",
                lambda: [self._key, "+", "-", "COUNT", 3],
            ),
            (
                "XGROUP CREATE",
                "Make the group, and the stream where there is none; it begins with the oldest",
                lambda: ["CREATE", *self._in_group(0), "MKSTREAM"],
            ),
            ("XREADGROUP", "Hand the next entry to the consumer", lambda: self._read(">")),
            (
                "XREADGROUP (once more)",
                "Get again the first entry that the consumer has and that is not done",
                lambda: self._read(0),
            ),
            ("XACK", "Say that the entry is done", lambda: self._in_group(self.entry.value)),
            ("XPENDING", "Count what was handed out and is not done", lambda: self._in_group()),
            (
                "XPENDING (each)",
                "List it: who has it, how long, how often it was handed out",
                lambda: self._in_group("-", "+", 10),
            ),
            (
                "XAUTOCLAIM",
                "Hand all that is not done to the consumer, whoever had it",
                lambda: self._in_group(self.consumer.value, 0, "0-0"),
            ),
            ("XDEL", "Delete the entry", lambda: [self._key, self.entry.value]),
            ("DEL", "Delete the whole key, and its groups", self._key_alone),
        ]

    def _in_group(self, *rest):
        return [self._key, self.group.value, *rest]

    def _read(self, after):
        who = ["GROUP", self.group.value, self.consumer.value]
        return [*who, "COUNT", 1, "STREAMS", self._key, after]

    def _send_words(self, words):
        listed = words[0] == "XPENDING" and len(words) > 3  # redis-py must know which reply comes
        super()._send_words(words, **({"parse_detail": True} if listed else {}))
