"""What the charts share: a picture that keeps its place, bars, and how far a measurement is."""

import threading
import time
from contextlib import contextmanager
from html import escape

from IPython import get_ipython
from ipywidgets import HTML

from cartlib.look.html import framed


class Picture(HTML):
    """HTML that stays until there is something new to show; `old` dims it meanwhile."""

    def __init__(self, content=""):
        super().__init__(framed(content))

    @property
    def old(self) -> bool:
        """Whether it shows what is no longer so."""
        return "cartlib-old" in self._dom_classes

    @old.setter
    def old(self, old):
        (self.add_class if old else self.remove_class)("cartlib-old")

    def show(self, content):
        """Show something new."""
        self.value = framed(content)
        self.old = False


class OneAtATime:
    """Ignores a button that is clicked again while it is at work; another one waits its turn.

    No button is disabled meanwhile: that would take the focus away from it.
    """

    def __init__(self):
        self._lock, self._end, self._last = threading.Lock(), 0, None

    @contextmanager
    def click(self, *pictures, of=None):
        """Give True and dim the pictures, or False while a click of the same button is at work."""
        clicked, begin = _clicked_at(), time.monotonic()
        # JupyterLab may click from another thread; or it keeps the click until this thread is free.
        again = of == self._last and clicked < self._end
        free = not again and self._lock.acquire(blocking=False)
        if not free:
            yield False
            return
        try:
            for picture in pictures:
                picture.old = True
            yield True
        finally:
            self._end = clicked + time.monotonic() - begin
            self._last = of
            self._lock.release()


def _clicked_at() -> float:
    """Return when the click was made that is handled now, by the clock of whoever clicked."""
    kernel = getattr(get_ipython(), "kernel", None)
    header = kernel.get_parent().get("header") if kernel else None
    return header["date"].timestamp() if header else time.time()


def bar(*parts) -> str:
    """Return a bar; a part is its class and its length in percent."""
    spans = "".join(
        f'<span class="{kind}" style="width:{min(length, 100):.1f}%"></span>'
        for kind, length in parts
        if length > 0
    )
    return f'<div class="bar" aria-hidden="true">{spans}</div>'


def under_way(text, done=None, whole=None) -> str:
    """Return a message about work that is not done yet, and how far it is."""
    progress = ""
    if whole:
        how_far = f'max="{whole:.4g}" value="{min(done, whole):.4g}"'
        progress = f' <progress aria-label="How far it is" {how_far}></progress>'
    return framed(f'<div class="message" role="status">⏳ {escape(text)}{progress}</div>')
