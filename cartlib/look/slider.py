"""A slider that a screen reader can name."""

from pathlib import Path

from anywidget import AnyWidget
from traitlets import Int, Unicode


class Slider(AnyWidget):
    """Sets a whole number from `min` to `max`, while it moves."""

    _esm = (Path(__file__).parent / "slider.js").read_text(encoding="utf-8")
    value, min, max = Int().tag(sync=True), Int().tag(sync=True), Int().tag(sync=True)
    description, unit = Unicode().tag(sync=True), Unicode().tag(sync=True)
    tooltip = Unicode().tag(sync=True)
