"""TtlBar: a cart's time-out, counted down live."""

import asyncio
import time

from cartlib import keys
from cartlib.cart import get_cart_items
from cartlib.expiry import cart_ttl, expire_cart
from cartlib.look.control import Control, NumberBox, button, form, html
from cartlib.look.html import framed, noted, warned
from cartlib.widgets.parts import errors_shown, running_loop, said_by, until_lost

PAUSE, LONGEST_PAUSE = 1, 30  # seconds between two reads; the second is for a server that fails


class TtlBar(Control):
    """Starts and ends a cart's time-out by button, and shows how much of it is left.

    While something counts down, an asyncio task reads the TTL once a second; stop() ends it.
    Without an event loop only refresh() and the buttons read.
    """

    def __init__(self, client, *, cart="guest", title=None):
        keys.cart(cart)  # refuses what can't be a cart's name
        self._client, self._cart, self._loop, self._task = client, cart, running_loop(), None
        self._left, self._whole, self._end = None, 1, 0
        self._counted = self._failed = self._live = False
        self.seconds = NumberBox(30, "Seconds", "How long the cart lives")
        self.start = button("Start", "Let the cart end in so many seconds", "play", main=True)
        self.keep = button("Keep", "Take the time-out away: the cart stays", "pause")
        self.start.on_click(lambda _: self._act(self._start))
        self.keep.on_click(lambda _: self._act(self._keep))
        self.message, self.left = html(), html()
        self.message.add_class("cartlib-say")
        self.left.add_class("cartlib-say")
        inputs = form(self.seconds, self.start, self.keep)
        super().__init__([inputs, self.message, self.left], title=title)
        self.refresh()

    def refresh(self):
        """Read the TTL and show it; where it counts down, and an event loop runs, go on."""
        self.message.value = framed("")  # it told of what is past now
        self._look()

    def _look(self):
        self._live = True
        self._read()
        loop = self._loop if self._loop and self._loop.is_running() else running_loop()
        if loop and self._left is not None:
            loop.call_soon_threadsafe(self._go_on)  # JupyterLab may click from another thread

    def stop(self):
        """End the count-down on the screen, not the time-out; calling it again does no harm."""
        self._live = False
        if self._task:
            self._task.cancel()

    def _act(self, action):
        until_lost(lambda: said_by(action, self.message), self._look)

    def _start(self):
        seconds = self.seconds.number
        expire_cart(self._client, seconds, cart=self._cart)
        self._left = None  # so that the bar begins full
        return f"The cart ends {seconds} s from now, or {seconds} s from the next add."

    def _keep(self):
        expire_cart(self._client, None, cart=self._cart)
        return "The time-out is off."

    def _go_on(self):
        if self._live and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._count_down())

    async def _count_down(self):
        pause = PAUSE
        while self._left is not None:
            await asyncio.sleep(pause)
            self._read()
            pause = min(2 * pause, LONGEST_PAUSE) if self._failed else PAUSE

    def _read(self):
        self._failed = True
        with errors_shown(self.left):
            self._show(cart_ttl(self._client, cart=self._cart))
            self._failed = False
        if self._failed and time.monotonic() > self._end:
            self._left = None  # as far as anybody knows, the time is over

    def _show(self, left):
        if left is None:
            self.left.value = self._why_none()
        else:
            if self._left is None or left > self._left:
                self._whole = left
            self._counted, self._end = True, time.monotonic() + left
            self.left.value = framed(_bar(left, self._whole))
        self._left = left

    def _why_none(self):
        if get_cart_items(self._client, cart=self._cart):
            self._counted = False
            return noted("No time-out: the cart stays.")
        if not self._counted:
            return noted("The cart is empty: nothing counts down.")
        self.message.value = framed("")  # it promised a time that is over
        return warned("The cart is gone.")


def _bar(left, whole):
    text = f"{left:,} s left" if left else "less than 1 s left"
    return (
        f'<p><progress aria-label="Time left" max="{max(whole, 1)}" value="{left}"></progress> '
        f'<span role="timer">{text}</span></p>'
    )
