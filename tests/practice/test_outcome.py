"""What a check says, as a notebook shows it."""

import json
import re

from cartlib.course.products import q1, q2
from cartlib.practice.outcome import ERROR, MIME, NOT_TRIED, NOT_YET, Note, Outcome


def test_check_says_not_tried_of_a_stub():
    def stub(client, product_id):
        raise NotImplementedError

    assert q2.check(stub).status == NOT_TRIED


def test_outcome_is_json_html_and_text():
    bundle = q1.check(lambda client, *args: "<img src=x onerror=alert(1)>")._repr_mimebundle_()
    assert json.loads(json.dumps(bundle[MIME]))["status"] == NOT_YET
    assert "<img" not in bundle["text/html"] and "&lt;img" in bundle["text/html"]
    assert bundle["text/plain"].startswith("✗ Not yet. ") and "Expected" in bundle["text/html"]


def test_no_formula_is_made_of_what_a_check_says():
    outcome = Outcome("x.q1", NOT_YET, "It costs $5, not $6.")
    for shown in (outcome, Note("Hint", "It costs $5, not $6.")):
        html = shown._repr_mimebundle_()["text/html"]
        assert re.match('<div [^>]*class="mathjax_ignore"', html) and "$5, not $6" in html


def test_difference_is_marked_on_both_sides():
    outcome = Outcome("x.q1", NOT_YET, "No.", "returns [('mug', 3)]", "returns [('mug', 3.0), <b>]")
    html = outcome._repr_mimebundle_()["text/html"]
    assert "&lt;" in html and "<b>" not in html
    assert re.findall("<mark>(.*?)</mark>", html) == [".0", ", &lt;b&gt;"]
    same = Outcome("x.q1", NOT_YET, "No.", "returns 3", "returns 3")
    assert "<mark>" not in same._repr_mimebundle_()["text/html"]


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
