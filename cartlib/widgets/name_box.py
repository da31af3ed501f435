"""NameBox: a product's name, completed while somebody types."""

from ipywidgets import Text, VBox

from cartlib.look.control import Control, columns, form, html
from cartlib.look.html import framed, table
from cartlib.shop.filters import complete_name
from cartlib.widgets.command_log import CommandLog
from cartlib.widgets.parts import errors_shown


class NameBox(Control):
    """Shows the names that begin with what is typed; it sends one command for each letter.

    `text` is the input, and `names` is what is shown. index_products() has to be called before.
    """

    def __init__(self, client):
        self._client = client
        self.text = Text(description="Name", tooltip="The first letters of a product's name")
        self.message, self.names, self.commands = html(), html(), CommandLog(client)
        self.names.add_class("cartlib-key")
        self.text.observe(lambda _: self.refresh(), "value")
        looking = VBox([form(self.text), self.message, self.names])
        super().__init__([columns(looking, self.commands)])
        self.refresh()

    def refresh(self):
        """Ask for the names, and show them; an error takes their place."""
        text = self.text.value
        self.message.value = self.names.value = framed("")
        with errors_shown(self.message), self.commands.record(f"Typed: {text}"):
            found = complete_name(self._client, text)
            rows = [[name] for name in found]
            shown = table(["name"], rows, "Names that begin so") if rows else "No name begins so."
            self.names.value = framed(f'<div role="status">{shown}</div>')
