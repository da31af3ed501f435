"""LiveFeed: what others do to a cart, as it happens."""

from html import escape
from weakref import WeakValueDictionary

from cartlib import keys
from cartlib.errors import shown
from cartlib.events import follow
from cartlib.failures import address, explained, unreachable
from cartlib.look.control import Control, button, columns, form, html
from cartlib.look.html import failed, framed
from cartlib.widgets.parts import counted, errors_shown, running_loop

KEPT = 30  # lines
WORDS = {
    "add": "added {quantity} × {product}",
    "remove": "asked to remove {quantity} × {product}",
    "clear": "emptied the cart",
    "checkout": "bought all that was in the cart",
    "expire": "took out the lines whose deadline had passed",
    "expire_cart": "set the cart's time-out, or took it away",
    "expire_item": "set the deadline of {product}, or took it away",
}
_listening = WeakValueDictionary()  # (address, cart): the one feed of it that listens


class LiveFeed(Control):
    """Shows each event of a cart in words, the newest first, and lets `panels` read the cart anew.

    listen() begins, stop() ends, and so does the button. A cell that runs again leaves nobody
    behind: where another feed in this process listens to the same cart, listen() stops that one.
    """

    def __init__(self, client, *, cart="guest", panels=(), title=None):
        with explained(client, keys.events(cart)):
            self._where = (address(client), cart)
        self._client, self._cart, self.panels = client, cart, list(panels)
        self._loop, self._follower = running_loop(), None
        self._lines, self.count = [], 0
        self.switch = button("", "")
        self.switch.layout.width = "11em"
        self.switch.on_click(lambda _: self._toggle())
        self.state, self.message, self.heard = html(), html(), html()
        super().__init__([form(self.switch), self.state, self.message, self.heard], title=title)
        self._show("○ Not listening.")

    @property
    def listening(self) -> bool:
        """Whether it listens, or tries to."""
        return self._follower is not None and self._follower.running

    def listen(self):
        """Begin to listen; where it listens already, only the panels are read anew.

        Redis: SUBSCRIBE cart:{NAME}:events, by a connection of its own.
        Raises: CartError without an event loop.
        """
        self._in_loop(self._begin)

    def stop(self):
        """End the listening; calling it again does no harm."""
        self._in_loop(self._end)

    def screens(self, *numbers) -> Control:
        """Return panels of it side by side; the first one is number 1."""
        return Control([columns(*(self.panels[number - 1] for number in numbers))])

    def _toggle(self):
        with errors_shown(self.message):
            self.stop() if self.listening else self.listen()

    def _in_loop(self, action):
        """Do it in the event loop: JupyterLab may click from another thread."""
        loop = self._loop if self._loop and self._loop.is_running() else None
        if loop in (None, running_loop()):
            action()
        else:
            loop.call_soon_threadsafe(action)

    def _begin(self):
        if self.listening:
            return self._read_again()
        before = _listening.get(self._where)
        if before is not None:
            before.stop()
        follower = follow(self._client, self._hear, cart=self._cart, on_loss=self._lose)
        self._follower, _listening[self._where] = follower, self
        self._show("○ Connecting …")

    def _end(self):
        if self.listening:
            self._follower.stop()
            self._follower = None
        self.message.value = framed("")
        self._show("○ Not listening. What happens now, this feed will never hear.")

    def _hear(self, event):
        if event.get("change") == "subscribe":
            self.message.value = framed("")
        else:
            self.count += 1
            self._lines = [f"{self.count}. {in_words(event)}", *self._lines][:KEPT]
        self._read_again(catalogue=event.get("change") == "subscribe")
        self._show(f"✓ Listening to {keys.events(self._cart)}.")

    def _lose(self, error):
        text = f"{unreachable(self._where[0], error)} This feed tries again by itself."
        self.message.value = failed(text)
        self._show("○ No connection. What happens now, this feed will never hear.")

    def _read_again(self, *, catalogue=True):
        for panel in self.panels:
            with errors_shown(self.message):
                panel.refresh(catalogue=catalogue)  # an event is about the cart

    def _show(self, state):
        on = self.listening
        self.switch.description = "Stop listening" if on else "Listen"
        self.switch.icon = "stop" if on else "play"
        self.switch.tooltip = "Hear no more events" if on else "Hear what others do to the cart"
        heard = counted(self.count, "event")
        self.state.value = framed(f'<p role="status">{escape(state)} Heard: {heard}.</p>')
        lines = "".join(f"<div>{escape(line)}</div>" for line in self._lines)
        self.heard.value = framed(
            '<div class="scroll" style="height: 8em" role="log" tabindex="0" '
            'aria-label="Events, the newest first">'
            + (lines or '<p class="quiet">Nothing heard yet.</p>')
            + "</div>"
        )


def in_words(event) -> str:
    """Return an event as a sentence; anybody can publish anything, so anything may be in it."""
    change, product, quantity = map(event.get, ("change", "product_id", "quantity"))
    if not isinstance(change, str) or change not in WORDS:
        return f"something that is no change of a cart: {shown(event)}"
    if change == "remove" and quantity is None:
        return f"asked to remove the whole line of {_short(product)}"
    return WORDS[change].format(product=_short(product), quantity=_short(quantity))


def _short(value):
    text = value if isinstance(value, str) and len(value) <= 60 else shown(value)
    return text.encode(errors="backslashreplace").decode()  # half a character can't be shown
