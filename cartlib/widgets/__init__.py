"""The controls of the lessons. Each is a VBox: put it on the last line of a cell to see it."""

from cartlib.widgets.cart_panel import CartPanel
from cartlib.widgets.command_log import CommandLog
from cartlib.widgets.key_inspector import KeyInspector

__all__ = ["CartPanel", "CommandLog", "KeyInspector"]
