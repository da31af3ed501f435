"""Questions that are answered by a click, without a kernel."""

import re

import pytest

from cartlib import progress
from cartlib.practice.outcome import CORRECT, ERROR, MIME, NOT_TRIED, NOT_YET
from cartlib.questions import Guess, Prediction

P = Prediction(
    "test.p1",
    ("SET a <b>",),
    "GET a",
    {'"<b>"': "That is **it**.", "(nil)": "Somebody set it.", "OK": "It is no SET & so on."},
    because="It is the **text** of `SET`.",
)
G = Guess(
    "test.g1",
    "How many are there? Look at `SET`.",
    {"1": "**One** went in.", "2": "Why two?"},
    "1",
    lambda client: client.dbsize() + 1,
    because="A key is **one** key.",
)
BECAUSE = {
    P.name: "It is the <strong>text</strong> of <code>SET</code>.",
    G.name: "A key is <strong>one</st",
}
BOTH = pytest.mark.parametrize("question", [P, G], ids=lambda question: question.name)


def displayed(monkeypatch, question):
    """Return what a cell shows whose last line is this."""
    shown = []
    monkeypatch.setattr(
        "cartlib.look.control.display", lambda bundle, raw: shown.append(bundle), raising=True
    )
    question._ipython_display_()
    return shown


@BOTH
def test_click_tells_the_verdict_and_the_reason(question):
    control = question.ask()
    (right, *_, wrong), (reason, *_, other) = control.buttons, question.choices.values()
    assert reason.strip("*") not in control.verdict.value and progress.solved() == set()

    wrong.click()
    assert other.replace("&", "&amp;") in control.verdict.value
    assert (
        "Not yet." in control.verdict.value and BECAUSE[question.name] not in control.verdict.value
    )
    assert wrong.description.endswith("✗") and "✓" not in right.description
    assert progress.solved() == set()

    right.click()
    assert "Correct." in control.verdict.value and BECAUSE[question.name] in control.verdict.value
    assert re.search("<strong>(it|One)</strong>", control.verdict.value)  # reasons have markup
    assert right.description.endswith("✓") and "cartlib-right" in right._dom_classes
    assert progress.solved() == {question.name}

    wrong.click()
    assert BECAUSE[question.name] not in control.verdict.value
    assert right.description.count("✓") == wrong.description.count("✗") == 1


@BOTH
def test_question_alone_gives_nothing_away(question):
    control = question.ask()
    seen = control.plain + control.question.value + control.verdict.value
    assert all(words not in seen for words in [*question.choices.values(), question.because])
    assert question.because not in repr(question)
    assert [button.description for button in control.buttons] == [
        f"{letter}  {choice}" for letter, choice in zip("abc", question.choices, strict=False)
    ]


def test_commands_stand_in_the_question_as_in_redis_cli():
    control = P.ask()
    assert control.plain.startswith("What does the last command reply?\n> SET a <b>\n> GET a\n\na ")
    assert "<pre>&gt; SET a &lt;b&gt;\n&gt; GET a</pre>" in control.question.value
    assert Prediction("p", (), "GET a", {}).ask().plain.startswith("What does this command reply?")


@BOTH
def test_page_without_a_kernel_can_ask_as_well(question, monkeypatch):
    asleep, control = displayed(monkeypatch, question)
    choices = re.findall(
        '<details class="button choice"><summary [^>]*>(.*?)</summary>(.*?)</details>',
        asleep["text/html"],
    )
    assert len(choices) == len(question.choices) and "<b>" not in asleep["text/html"]
    assert ["Correct." in opened for _, opened in choices] == [True] + [False] * (len(choices) - 1)
    assert BECAUSE[question.name] in choices[0][1] and "Why two?" not in asleep["text/plain"]
    assert 'mathjax_ignore cartlib-asleep"' in asleep["text/html"]
    assert asleep["text/plain"] == question.ask().plain
    assert "application/vnd.jupyter.widget-view+json" in control
    assert progress.solved() == set()  # who only shows it has answered nothing


@BOTH
def test_letter_is_an_answer_too(question):
    assert question.check("").status == NOT_TRIED
    assert question.check("b").status == NOT_YET
    assert question.check("z").status == ERROR and progress.solved() == set()
    outcome = question.check(" A ")
    assert outcome.status == CORRECT and outcome.because == question.because
    assert outcome.sentence == next(iter(question.choices.values()))
    assert progress.solved() == {question.name}
    assert outcome._repr_mimebundle_()[MIME]["exercise"] == question.name


def test_answer_of_a_prediction_is_what_redis_replies():
    assert P.answer() == '"<b>"'
    assert G.answer() == "1"
