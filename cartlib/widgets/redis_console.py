"""RedisConsole: raw commands, as in redis-cli."""

from dataclasses import replace
from html import escape

from ipywidgets import HBox, VBox

from cartlib import keys
from cartlib.catalogue import list_products
from cartlib.lab.commands import COMMANDS
from cartlib.lab.console import Answer, Session
from cartlib.lab.contents import command
from cartlib.look.control import Control, button, columns, html
from cartlib.look.html import cut, framed
from cartlib.look.terminal import Terminal
from cartlib.widgets.parts import errors_shown
from cartlib.widgets.touched_keys import TouchedKeys

SHOWN = 4000  # characters of a reply
NO_KEY = '<p class="quiet">The keys of a command are shown here, with what it changed.</p>'
HINT = "Type a command, such as HGETALL product:mug. ↑ brings back, Tab completes, HELP lists all."


class RedisConsole(Control):
    """Sends the lines that are typed, and shows replies as redis-cli prints them.

    Beside them are the keys of the last command, with what changed. Only the kit's own keys can be
    reached, unless `any_key` is set, and what disturbs a server is refused: see cartlib.lab.guard.
    """

    def __init__(self, client, *, any_key=False, title=None):
        self._client, self._session = client, Session(client, any_key=any_key)
        self._answers = []
        self.terminal = Terminal(
            self.run,
            label="Redis command",
            prompt=">",
            hint=HINT,
            hints={name: str(each) for name, each in COMMANDS.items()},
        )
        self.clear = button("Clear", "Forget what is shown here; Redis keeps all", "trash")
        self.clear.on_click(lambda _: self._clear())
        self.message, self.tables = html(), html()
        self.message.add_class("cartlib-say")
        left = VBox([self.terminal, self.message, HBox([self.clear])])
        super().__init__([columns(left, self.tables)], title=title)
        self._show_keys()
        with errors_shown(self.message):
            self._offer(self._known())

    @property
    def text(self) -> str:
        """The lines and replies that are shown."""
        return "\n".join(f"> {each.line}\n{each.text}".rstrip() for each in self._answers)

    def run(self, line):
        """Send a line, as if it were typed."""
        self.message.value = framed("")
        prompt, answer = self.terminal.prompt, Answer(line, "(not sent)", failed=True)
        with errors_shown(self.message):
            names = self._session.keys_of(line)
            self._show_keys()
            touched = TouchedKeys(self._client, names)
            answer = replace(answer, text="(no reply)")
            answer = self._session.run(line)
            self._offer(names)
            self._show_keys(touched.html())
        self.terminal.prompt = "(TX)>" if self._session.in_multi else ">"
        self._answers.append(answer)
        self.terminal.add(line, entry(answer, prompt))

    def _clear(self):
        self._answers = []
        self.terminal.clear()

    def _show_keys(self, tables=""):
        room = '<div class="keys" tabindex="0" role="region" aria-label="Keys">'
        self.tables.value = framed(f"{room}{tables or NO_KEY}</div>")

    def _known(self):
        products = [keys.product(each["product_id"]) for each in list_products(self._client)]
        guest = [make("guest") for make in (keys.cart, keys.deadlines, keys.session, keys.stock)]
        return [*products, *guest, keys.products()]

    def _offer(self, names):
        """Complete these keys, too."""
        self.terminal.words = sorted({*self.terminal.words, *map(command, names)})


def entry(answer, prompt=">") -> str:
    """Return a line and what came of it as HTML."""
    kind = ' class="bad"' if answer.failed else ""
    told = f'<p class="told">{escape(answer.meaning)}</p>' if answer.meaning else ""
    return (
        f"<pre><b>{escape(prompt)} {escape(answer.line)}</b>\n"
        f"<span{kind}>{cut(answer.text, SHOWN)}</span></pre>{told}"
    )
