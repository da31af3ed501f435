"""Cards and questions in JupyterLab, in a real browser: their looks, and what a click does."""

import pytest
from browser import CLOSE, OPEN, PATH, RESTART, SAVE, evaluate, set_theme
from playwright.sync_api import expect

CARDS = """
from cartlib.course.products import q1, q2
from cartlib.practice.outcome import ERROR, Outcome
def wrong(client, product_id):
    return {"price": "9.50", "name": "Coffee mug", "product_id": product_id}
def long(client, product_id):
    return {"price": "x" * 3000, "name": "Coffee mug " * 50, "product_id": product_id}
def stub(client, *args):
    raise NotImplementedError
display(q2.check(wrong), q2.check(q2.reference_function), q1.check(stub), q2.check(long))
display(q2.check(lambda client, item: 1 / 0), q1.hint(), q1.solution())
"""
ASKS = ["from cartlib.course.products import p1, p2", "p1.ask()", "p2", "1 + 1"]
NEED = 4.5  # what WCAG calls AA
# Each text's contrast to what is behind it. A canvas knows the numbers of every colour.
CONTRASTS = """cards => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const mixed = colours => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = rgb => rgb.map(v => v / 255).map(
    v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const found = [];
  for (const card of cards) {
    const texts = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode, element = text.parentElement;
      if (!text.data.trim() || element.checkVisibility() === false || element.closest('style') ||
          getComputedStyle(element).fontSize === '0px') continue;
      const behind = [];
      for (let up = element; up; up = up.parentElement)
        behind.unshift(getComputedStyle(up).backgroundColor);
      behind.unshift('white');
      const back = light(mixed(behind));
      const front = light(mixed([...behind, getComputedStyle(element).color]));
      const ratio = (Math.max(back, front) + .05) / (Math.min(back, front) + .05);
      found.push([text.data.trim().slice(0, 40), Math.round(ratio * 100) / 100]);
    }
  }
  return found;
}"""
OPEN_ALL = (
    "cards => cards.forEach(card => card.querySelectorAll('details').forEach(d => d.open = true))"
)


expect.set_options(timeout=60_000)


@pytest.fixture
def themes(page):
    """A function that yields the name of each theme, while the page has it."""

    def each():
        for name in ("Light", "Dark"):
            set_theme(page, name)
            yield name

    yield each
    set_theme(page, "Light")


def question(page, cell):
    """Return the live control of a question, and what stands there without it."""
    cell = page.locator(".jp-CodeCell").nth(cell)
    return cell.locator(".cartlib-choices"), cell.locator(".cartlib-asleep")


def test_every_text_of_a_card_can_be_read(run_cells, themes, axe_violations):
    page = run_cells(CARDS)
    cards = page.locator(".jp-OutputArea-output .cartlib.card")
    cards.last.wait_for()
    cards.evaluate_all(OPEN_ALL)
    for theme in themes():
        contrasts = cards.evaluate_all(CONTRASTS)
        assert len(contrasts) > 100, theme
        assert [text for text in contrasts if text[1] < NEED] == []
        tones = cards.evaluate_all(
            "cards => cards.map(card => [card.className.split(' ')[2],"
            " getComputedStyle(card).borderLeftColor])"
        )
        kinds = {kind for kind, _ in tones}
        assert kinds == {"not-yet", "correct", "not-tried", "error", "hint", "solution"}
        assert len({colour for _, colour in tones}) == len(kinds)
        assert axe_violations(page, ".cartlib.card") == []


def test_columns_are_aligned_and_nothing_is_wider_than_its_card(run_cells):
    page = run_cells(CARDS)
    tables = page.locator("table.beside")
    tables.last.wait_for()
    visible = [table for table in tables.all() if table.is_visible()]
    assert len(visible) == 3
    for table in visible:
        columns = table.evaluate(
            "table => [...table.rows].map(row => [...row.cells].map("
            "cell => Math.round(cell.getBoundingClientRect().left)).join())"
        )
        assert len(set(columns)) == 1  # headers too
    widths = page.locator(".cartlib.card").evaluate_all(
        "cards => cards.map(card => card.scrollWidth - card.clientWidth)"
    )
    assert max(widths) == 0


def test_question_is_answered_by_clicks(run_cells, themes, axe_violations):
    page = run_cells(*ASKS)
    control, asleep = question(page, 1)
    control.get_by_role("button", name='""').click()
    control.get_by_text("Not yet.").wait_for()
    control.get_by_text("An empty text is a value").wait_for()
    assert "cartlib-wrong" in control.get_by_role("button", name='""').get_attribute("class")
    control.get_by_role("button", name="(nil)").click()
    control.get_by_text("Correct.").wait_for()
    expect(control.get_by_role("button", name="(nil)")).to_contain_text("✓")
    expect(asleep).to_be_hidden()
    expect(question(page, 2)[0].get_by_role("button")).to_have_count(3)  # p2 without ask()
    for theme in themes():
        contrasts = control.evaluate_all(CONTRASTS)
        assert len(contrasts) > 6, theme
        assert [text for text in contrasts if text[1] < NEED] == [], theme
        assert axe_violations(page, ".cartlib-choices") == [], theme


def test_key_that_is_pressed_on_a_choice_changes_no_cell(run_cells):
    page = run_cells(*ASKS)
    choice = question(page, 1)[0].get_by_role("button", name="(nil)")
    choice.click()
    before = page.locator(".jp-Cell").count()
    press_all(page)
    expect(choice).to_be_focused()
    assert page.locator(".jp-Cell").count() == before == page.locator(".jp-CodeCell").count()


def test_key_that_is_pressed_on_a_button_of_a_card_changes_no_cell(run_cells):
    page = run_cells(CARDS)
    hint = page.get_by_text("Hint 1 of 3").first
    hint.click()
    press_all(page)
    page.get_by_text("Hint 2 of 3").first.wait_for()
    assert page.locator(".jp-Cell").count() == page.locator(".jp-CodeCell").count() == 1


def test_question_can_be_answered_in_a_notebook_that_was_reopened(run_cells):
    page = run_cells(*ASKS)
    question(page, 1)[0].get_by_role("button", name="(nil)").wait_for()
    path = evaluate(page, PATH)
    evaluate(page, SAVE)
    evaluate(page, CLOSE)
    evaluate(page, OPEN, path)
    control, asleep = question(page, 1)
    expect(asleep).to_be_visible()
    expect(control).to_have_count(0)
    answer_by_html(asleep)
    for output in page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output").all()[1:]:
        expect(output).to_be_hidden()


def test_question_can_be_answered_when_the_kernel_was_restarted(run_cells):
    page = run_cells(*ASKS)
    control, asleep = question(page, 1)
    control.get_by_role("button", name="(nil)").wait_for()
    expect(asleep).to_be_hidden()
    evaluate(page, RESTART)
    expect(control).to_be_hidden()
    answer_by_html(asleep)


def press_all(page):
    """Press what would change a cell, or add or delete one, if JupyterLab heard it."""
    for key in "mabxdd":
        page.keyboard.press(key)


def answer_by_html(asleep):
    """Answer a question that no kernel hears."""
    expect(asleep.get_by_text("An empty text is a value")).to_be_hidden()
    asleep.get_by_text('a  ""').click()
    expect(asleep.get_by_text("An empty text is a value")).to_be_visible()
    expect(asleep.get_by_text("Correct.")).to_be_hidden()
    asleep.get_by_text("b  (nil)").click()
    expect(asleep.get_by_text("Correct.")).to_be_visible()
