"""A question that is answered by a click: a control, and HTML for a page without a kernel."""

from cartlib.look.card import card, options
from cartlib.look.control import Control, button, html
from cartlib.look.html import STYLE, marked_up


class Choices(Control):
    """A question with a button for each choice; a click shows what there is to say of it.

    `question` is (title, text, HTML) of its card, `say(choice)` returns whether it is right, and
    HTML. `plain` is the whole question as text.
    """

    def __init__(self, question, choices, say, plain):
        self.plain, self._asked, self._choices, self._say = plain, question, choices, say
        self.question = html(card("question", *question, write=marked_up))
        self.buttons = [button(f"{letter}  {choice}", "") for letter, choice in choices.items()]
        for made, choice in zip(self.buttons, choices.values(), strict=True):
            made.add_class("cartlib-choice")
            made.on_click(lambda made, choice=choice: self._answered(made, choice))
        self.verdict = html('<span class="quiet">Choose by a click.</span>')
        self.verdict.add_class("cartlib-verdict")
        super().__init__([self.question, *self.buttons, self.verdict])
        self.add_class("cartlib-choices")

    def _answered(self, clicked, choice):
        right, self.verdict.value = self._say(choice)
        clicked.description = clicked.description.rstrip(" ✓✗") + ("  ✓" if right else "  ✗")
        clicked.add_class("cartlib-right" if right else "cartlib-wrong")

    def asleep(self) -> str:
        """Return the question as HTML, in which each choice opens what there is to say of it."""
        answers = [
            (f"{letter}  {choice}", self._say(choice, True)[1])
            for letter, choice in self._choices.items()
        ]
        return STYLE + card(
            "question", *self._asked, options(answers), more="cartlib-asleep", write=marked_up
        )
