"""What a check says, as a notebook shows it."""

import json
import re
from html import unescape

import pytest
from hypothesis.strategies import just

from cartlib import progress
from cartlib.course import carts
from cartlib.course.products import q1, q2
from cartlib.look.card import ICONS
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.outcome import CORRECT, ERROR, MIME, NOT_TRIED, NOT_YET, Note, Outcome

NASTY = "<img src=x onerror=alert(1)>\"' $5"


def html_of(shown):
    """Return what is shown, without the style sheet that goes before it."""
    style, end, html = shown._repr_mimebundle_()["text/html"].partition("</style>")
    assert style.startswith("<style>") and ".cartlib.card" in style and end
    return html


def stub(client, *args):
    raise NotImplementedError


def wrong_price(client, product_id):
    return {"price": "9.50", "name": "Coffee mug", "product_id": product_id}


def test_check_says_not_tried_of_a_stub():
    assert q2.check(stub).status == NOT_TRIED


def test_outcome_is_json_html_and_text():
    bundle = q1.check(lambda client, *args: NASTY)._repr_mimebundle_()
    assert json.loads(json.dumps(bundle[MIME]))["status"] == NOT_YET
    assert "<img" not in bundle["text/html"] and "&lt;img" in bundle["text/html"]
    assert bundle["text/plain"].startswith("✗ Not yet. ") and "Expected" in bundle["text/html"]


@pytest.mark.parametrize("status", [NOT_TRIED, ERROR, NOT_YET, CORRECT])
def test_each_verdict_has_its_class_its_icon_and_its_words(status):
    html = html_of(Outcome("x.q1", status, "So it is."))
    words = {NOT_TRIED: "Not tried yet.", ERROR: "Error.", NOT_YET: "Not yet.", CORRECT: "Correct."}
    assert f'class="cartlib card {status.replace(" ", "-")} mathjax_ignore"' in html
    assert f">{ICONS[status]}</span>" in html and f"<strong>{words[status]}</strong> So" in html
    assert html.startswith('<div role="status" ') and "style=" not in html


def test_kinds_of_cards_differ():
    assert len(set(ICONS.values())) == len(ICONS) == 7
    assert 'class="cartlib card hint ' in html_of(q1.hint())
    assert 'class="cartlib card solution ' in html_of(q1.solution())


def test_no_formula_is_made_of_what_a_check_says():
    outcome = Outcome("x.q1", NOT_YET, "It costs $5, not $6.")
    for shown in (outcome, Note("Hint", "It costs $5, not $6.")):
        html = html_of(shown)
        assert re.match('<div [^>]*class="[^"]* mathjax_ignore"', html)
        assert "$5, not $6" in html


def test_everything_in_a_card_is_escaped():
    texts = ["sentence", "expected", "actual", "given", "details", "call", "story", "world"]
    html = html_of(Outcome("x.q1", NOT_YET, **{name: f"{name} {NASTY}" for name in texts}))
    html += html_of(Outcome("x.q1", NOT_YET, NASTY, call=NASTY, sent=NASTY, because=NASTY))
    html += html_of(Note(NASTY, NASTY)) + html_of(Note(NASTY, NASTY, "solution"))
    assert "<img" not in html
    plain = unescape(re.sub("<[^>]*>", "", html))
    assert all(f"{name} {NASTY}" in plain for name in texts)


def test_plain_sentence_comes_first_and_the_rest_in_order():
    outcome = q2.check(wrong_price)
    order = ["Not yet.", "World 1 of 5", "Expected", "It was tried with this in Redis", "And then"]
    order += ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Show a solution"]
    html = html_of(outcome)
    places = [html.index(text) for text in order]
    assert places == sorted(places)
    assert "&gt; HSET product:mug name" in html and "wrong_price(client, &#x27;mug&#x27;)" in html


def opened(html, depth):
    """Return what is in sight when `depth` of the buttons were clicked, one after the other."""
    level, seen, is_summary = 0, "", False
    for part in re.split("(<[^>]*>)", html):
        if part.startswith("<details"):
            level += 1
        elif part == "</details>":
            level -= 1
        elif "summary" in part and part.startswith("<"):
            is_summary = part != "</summary>"
        elif level - is_summary <= depth:
            seen += unescape(part) if not part.startswith("<") else ""
    return seen


def test_each_click_shows_one_hint_and_the_next_button():
    html = html_of(q2.check(wrong_price))
    for clicks in range(4):
        seen = opened(html, clicks)
        assert [hint in seen for hint in q2.hints] == [number < clicks for number in range(3)]
        assert (f"Hint {clicks + 1} of 3" in seen) == (clicks < 3)
        assert ("Show a solution" in seen) == (clicks == 3) and "def get_product" not in seen
    assert "def get_product" in opened(html, 4)


@pytest.mark.parametrize("function", [stub, wrong_price, lambda client, item: 1 / 0, 3])
def test_help_is_offered_whatever_goes_wrong_and_only_in_html(function):
    outcome = q2.check(function)
    bundle = outcome._repr_mimebundle_()
    assert "Hint 1 of 3" in bundle["text/html"]
    for hidden in [*q2.hints, "def get_product"]:
        assert hidden not in bundle["text/plain"] + json.dumps(bundle[MIME])


def test_solution_is_offered_after_a_pass_and_is_not_in_sight():
    html = html_of(q2.check(q2.reference_function))
    assert "Hint" not in html and "Compare with one right answer" in opened(html, 0)
    assert "def get_product" not in opened(html, 0) and "def get_product" in opened(html, 1)


def test_commands_are_shown_where_they_alone_are_wrong():
    def reads_first(client, product_id, quantity):
        old = client.zscore("cart:{guest}", product_id) or 0
        client.zincrby("cart:{guest}", quantity, product_id)
        return int(old + quantity)

    outcome = carts.q1.check(reads_first)
    assert "You sent:\nZSCORE cart:{guest} mug\nZINCRBY cart:{guest} 2 mug" in str(outcome)
    assert "You sent" in opened(html_of(outcome), 0)
    outcome = carts.q1.check(lambda client, item, n: client.zincrby("cart:{guest}", n, item))
    assert outcome.sent and "You sent:" not in str(outcome)
    assert "You sent" not in opened(html_of(outcome), 0)


def test_stub_is_told_without_a_world():
    called = []
    made = Exercise("stubbed.q1", "f", [Case([])], ("",), worlds=just(Case([])))
    made.reference(lambda client: called.append(1))

    def stub(client):
        raise NotImplementedError

    assert made.check(stub).status == NOT_TRIED and made.total == 0 and not called
    made.check(lambda client: 2)
    assert made.total and called


def test_outcome_counts_what_is_solved_in_the_lesson():
    for number in (1, 2):
        made = Exercise(f"counted.q{number}", "f", [Case([])], ("",))
        made.reference(lambda client: 3)
    assert made.check(lambda client: 2).solved == "0 of 2 exercises solved in this lesson"
    progress.note("counted.p1")  # a question is no exercise
    assert made.check(lambda client: 3).solved == "1 of 2 exercises solved in this lesson"
    assert made.check(lambda client: 2).solved == "1 of 2 exercises solved in this lesson"


def test_line_with_raise_below_ones_own_code_is_told():
    def forgot_to_delete_it(client, product_id):
        found = dict(client.hgetall(f"product:{product_id}"))
        raise NotImplementedError
        return found

    def code_below_it_is_part_of_the_stub(client, product_id):
        raise NotImplementedError
        return dict(client.hgetall(f"product:{product_id}"))

    outcome = q2.check(forgot_to_delete_it)
    assert outcome.status == ERROR and "still stands in your function" in outcome.sentence
    assert q2.check(code_below_it_is_part_of_the_stub).status == NOT_TRIED
