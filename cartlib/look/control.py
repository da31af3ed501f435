"""The base of all controls: what they look like, and what they do with keys."""

import re
from html import escape
from pathlib import Path

from anywidget import AnyWidget
from IPython.display import display
from ipywidgets import HTML, Button, HBox, Layout, Text, VBox
from traitlets import CUnicode

from cartlib.look.html import SHEET, STYLE, framed, steps

ASLEEP = "This control is asleep. Run the first code cell, then this cell."


class Control(VBox):
    """A column of parts. No key that is pressed in it reaches the notebook's shortcuts."""

    plain = ASLEEP  # what stands for it where there is text only

    def __init__(self, parts, *, title=None):
        heading = [html(f'<div class="title">{escape(title)}</div>')] if title else []
        self._steps = html()
        super().__init__([_Page(), *heading, self._steps, *parts])
        self.add_class("cartlib-control")

    def steps(self, *texts):
        """Show what to do with the control above it, to be ticked off; return the control.

        In the texts, **bold** and `code` are written as in Markdown.
        """
        self._steps.value = steps(texts)
        return self

    def asleep(self) -> str:
        """Return what a page shows that can't reach the kernel, as HTML."""
        return STYLE + framed(ASLEEP, "cartlib-asleep")

    def _ipython_display_(self):
        display({"text/html": self.asleep(), "text/plain": self.plain}, raw=True)
        display(self._repr_mimebundle_(), raw=True)


class _Page(AnyWidget):
    """What a page needs for its controls: how they look, once, and what they do with keys."""

    _esm = (Path(__file__).parent / "control.js").read_text(encoding="utf-8")
    _css = SHEET + (Path(__file__).parent / "control.css").read_text(encoding="utf-8")

    def __init__(self):
        super().__init__(layout=Layout(display="none"))


class NumberBox(Text):
    """An input for a number that keeps what is typed; ↑ and ↓ count."""

    value = CUnicode().tag(sync=True)

    def __init__(self, value, description, tooltip):
        super().__init__(
            value=value,
            description=description,
            tooltip=tooltip,
            continuous_update=False,
            layout=Layout(width="11em"),
        )
        self.add_class("cartlib-number")

    @property
    def number(self) -> int | str:
        """What is typed: an int where it is a whole number; else the text, to be refused."""
        text = self.value.strip()
        return int(text) if re.fullmatch(r"[+-]?[0-9]{1,19}", text) else text


def html(content="") -> HTML:
    """Return an HTML widget in the kit's look; `content` must be escaped already."""
    return HTML(framed(content))


def form(*parts) -> HBox:
    """Return parts in a row; Enter in an input of it clicks its main button."""
    row = HBox(parts)
    row.add_class("cartlib-form")
    return row


def columns(*parts) -> HBox:
    """Return parts beside each other, or where there is no room, one below the other."""
    row = HBox(parts)
    row.add_class("cartlib-columns")
    return row


def button(text, tooltip, icon="", *, main=False) -> Button:
    """Return a button; Enter in its form clicks the main one."""
    made = Button(
        description=text,
        tooltip=tooltip,
        icon=icon,
        button_style="primary" if main else "",
        layout=Layout(width="auto", min_width="6em"),
    )
    if main:
        made.add_class("cartlib-main")
    return made
