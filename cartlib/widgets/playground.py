"""What the playgrounds share: raw commands on one key, each with its reply and its effect."""

from ipywidgets import VBox
from redis.cluster import RedisCluster
from redis.exceptions import ResponseError

from cartlib.errors import CartError, shown
from cartlib.failures import UNKNOWN, explained
from cartlib.lab.commands import find
from cartlib.lab.replies import meaning_of
from cartlib.look.control import Control, button, columns, form, html
from cartlib.look.html import framed
from cartlib.widgets.command_log import CommandLog
from cartlib.widgets.key_inspector import KeyInspector
from cartlib.widgets.parts import errors_shown, said_by, until_lost


class Playground(Control):
    """Sends one raw command of Redis at each click, and changes one key and no other.

    `commands` has, for each button, its label, which begins with the command's name, its tooltip,
    and a function that returns what comes after the first word of the name: mostly the key first.
    """

    def __init__(self, client, key, inputs, commands):
        self._client, self._key = client, _checked_key(key)
        self.buttons = {command[0]: self._button(*command) for command in commands}
        next(iter(self.buttons.values())).add_class("cartlib-main")
        self.message, self.commands = html(), CommandLog(client)
        self.message.add_class("cartlib-say")
        self.inspector = BeforeAndAfter(client, key)
        sending = VBox([form(*inputs, *self.buttons.values()), self.message, self.inspector])
        super().__init__([columns(sending, self.commands)])

    def refresh(self):
        """Read the key anew, and show it."""
        self.inspector.refresh()

    def _button(self, label, tooltip, words):
        made = button(label, tooltip)
        made.on_click(lambda _: self._act(label, words))
        return made

    def _act(self, label, words):
        self.message.value = framed("")  # it told of an earlier click
        self.inspector.around(lambda: said_by(lambda: self._reply_to(label, words()), self.message))

    def _reply_to(self, label, after):
        words = [label.split()[0], *after]
        _check_text(words)
        command = find(words)
        with (
            explained(self._client, self._key, change=UNKNOWN if command.kind == "write" else None),
            self.commands.record(label) as trace,
        ):
            try:
                self._send_words(words)
            except ResponseError as error:
                raise CartError(_in_words(command.name, words, error)) from error
        reply = trace.commands[-1].reply_text
        return f"{command.name} replied: " + ("see the commands." if "\n" in reply else reply)

    def _send_words(self, words, **options):
        if isinstance(self._client, RedisCluster):  # else it asks some node which words are keys
            options["target_nodes"] = self._client.get_node_from_key(self._key)
        self._client.execute_command(*words, **options)

    def _key_alone(self):
        return [self._key]


class BeforeAndAfter(KeyInspector):
    """A KeyInspector that keeps to its key, and shows it before and after each command."""

    def __init__(self, client, key):
        super().__init__(client, key)
        self.key.disabled = True
        self.key.tooltip = "The one key that the buttons work on"

    def around(self, action):
        """Read the key, do the action, read the key again; show both, also if they agree."""
        with self.view.hold_sync():
            if not until_lost(self._start, action, self._look_again):
                self.view.value = framed("")  # nobody knows what the key holds now

    def _look_again(self):
        before = self._now
        self.refresh()
        if self._now is before:  # it could not be read: what was shown is out of date
            self.view.value = framed("")
        elif before is not None:
            self._before = before
            with errors_shown(self.message):
                self._render()


def _checked_key(key):
    if not isinstance(key, str) or not key:
        raise CartError(f"A key is a text such as 'product:mug', not {shown(key)}.")
    _check_text([key])
    return key


def _check_text(words):
    """Refuse what UTF-8 can't carry, before it gets into the log."""
    if any("\ud800" <= character <= "\udfff" for word in words for character in str(word)):
        raise CartError("This text holds half a character. Delete it, and type it again.")


def _in_words(name, words, error):
    text = str(error).rstrip(".")
    return f"Redis refused {name}, and says: {text}. {meaning_of(error, words)}".rstrip()
