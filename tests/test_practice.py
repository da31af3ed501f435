"""Every exercise: the reference is right, each named mistake is refused with its own message."""

import ast
import contextlib
import inspect
import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
import redis

from cartlib import InvalidQuantityError, ItemNotInCartError, OutOfStockError, cart, connect
from cartlib.cart import clear_cart
from cartlib.practice import (
    capstone,
    carts,
    course,
    failures,
    judge,
    live,
    progress,
    races,
    sandbox,
    timeouts,
)
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.judge import alike
from cartlib.practice.outcome import CORRECT, ERROR, MIME, NOT_TRIED, NOT_YET
from cartlib.practice.prediction import Prediction
from cartlib.practice.products import get_product, q1, q2, q3
from cartlib.practice.rules import never, no_read_then_write
from cartlib.practice.sandbox import attempt

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
TASKS = [task for lesson in course.LESSONS for task in course.tasks(lesson)]
EXERCISES = [task for task in TASKS if isinstance(task, Exercise)]
PREDICTIONS = [task for task in TASKS if isinstance(task, Prediction)]
MISTAKES = [(exercise, mistake) for exercise in EXERCISES for mistake in exercise.mistakes]
EXPECTED = {  # exercises and predictions of each lesson
    "01_products_are_hashes": (3, 2),
    "02_the_cart_is_a_sorted_set": (3, 2),
    "03_when_things_go_wrong": (3, 2),
    "04_carts_that_expire": (3, 2),
    "05_live_carts": (3, 2),
    "06_races": (3, 2),
    "07_fast_carts": (3, 2),
    "08_growing_up": (3, 2),
    "09_capstone": (4, 0),
}


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    """Keep the tests' progress apart from the person's."""
    monkeypatch.setenv("CARTLIB_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("REDIS_URL", raising=False)
    return tmp_path / "progress.json"


def name_of(value):
    return getattr(value, "name", None) or value.function.__name__


@pytest.mark.parametrize("lesson", EXPECTED)
def test_course_has_all_tasks(lesson):
    tasks = course.tasks(lesson)
    kinds = [sum(isinstance(t, kind) for t in tasks) for kind in (Exercise, Prediction)]
    assert tuple(kinds) == EXPECTED[lesson] and list(course.LESSONS) == list(EXPECTED)
    assert len({task.name for task in TASKS}) == len(TASKS)


@pytest.mark.parametrize("exercise", EXERCISES, ids=name_of)
def test_reference_is_correct(exercise):
    outcome = exercise.check(exercise.reference_function)
    assert outcome.status == CORRECT, str(outcome)


@pytest.mark.parametrize("exercise, mistake", MISTAKES, ids=name_of)
def test_mistake_gets_its_own_message(exercise, mistake):
    outcome = exercise.check(mistake.function)
    assert (outcome.status, outcome.sentence) == (NOT_YET, mistake.message)


@pytest.mark.parametrize("exercise", EXERCISES, ids=name_of)
def test_exercise_is_complete(exercise):
    signature = inspect.signature(exercise.reference_function)
    messages = {mistake.message for mistake in exercise.mistakes}
    assert len(messages) == len(exercise.mistakes) >= 3 and 1 <= len(exercise.hints) <= 3
    assert exercise.task == exercise.reference_function.__name__ + str(signature)
    assert len(exercise.cases) >= 2
    assert all(inspect.signature(m.function) == signature for m in exercise.mistakes)


@pytest.mark.parametrize("exercise", EXERCISES, ids=name_of)
def test_solution_is_the_reference(exercise):
    tree = ast.parse(exercise.solution().text)
    assert ast.unparse(tree.body[0]) in ast.unparse(
        ast.parse(inspect.getsource(inspect.getmodule(exercise.reference_function)))
    ).replace("@" + exercise.name.split(".")[1] + ".reference\n", "")


@pytest.mark.parametrize("exercise", EXERCISES, ids=name_of)
def test_hints_are_counted(exercise):
    titles = [exercise.hint().title for _ in exercise.hints]
    count = len(titles)
    assert titles == [f"Hint {n} of {count}" for n in range(1, count + 1)]


@pytest.mark.parametrize("prediction", PREDICTIONS, ids=name_of)
def test_prediction_has_one_right_choice(prediction):
    letters = "abcdef"[: len(prediction.choices)]
    statuses = [prediction.check(letter).status for letter in letters]
    assert statuses.count(CORRECT) == 1 and statuses.count(NOT_YET) == len(letters) - 1
    assert prediction.check("").status == NOT_TRIED and prediction.check("z").status == ERROR
    assert len(set(prediction.choices.values())) == len(letters)
    assert f"> {prediction.command}" in prediction.ask().text


@pytest.mark.parametrize("prediction", PREDICTIONS, ids=name_of)
def test_prediction_answers_each_choice_with_its_own_words(prediction):
    for letter, words in zip("abcdef", prediction.choices.values(), strict=False):
        assert prediction.check(letter).sentence == words
        assert words not in prediction.ask().text


@pytest.mark.parametrize("task", TASKS, ids=name_of)
def test_task_shown_by_itself_gives_nothing_away(task):
    assert task.name in repr(task) and len(repr(task)) < 150
    assert all(words not in repr(task) for words in getattr(task, "choices", {}).values())


@pytest.mark.parametrize("lesson", EXPECTED)
def test_stubs_have_the_signature_of_the_reference(lesson):
    wanted = {t.task for t in course.tasks(lesson) if isinstance(t, Exercise)}
    assert {f"{f.name}({ast.unparse(f.args)})" for f in stubs(lesson)} == wanted


def stubs(lesson):
    """Return the functions of a notebook that raise NotImplementedError."""
    cells = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4).cells
    trees = [ast.parse(cell.source) for cell in cells if is_stub(cell)]
    return [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]


def is_stub(cell):
    return cell.cell_type == "code" and "raise NotImplementedError" in cell.source


def written_otherwise(client, product_id):
    with client.pipeline() as pipe:
        pipe.hgetall("product:" + product_id)
        [found] = pipe.execute()
    if len(found) == 0:
        from cartlib import ProductNotFoundError

        raise ProductNotFoundError(product_id)
    from decimal import Decimal

    return dict(price=Decimal(found["price"]), name=found["name"], product_id=product_id)


def test_right_answer_written_otherwise_is_correct():
    assert q2.check(written_otherwise).status == CORRECT
    assert q1.check(hset_field_by_field).status == CORRECT


def hset_field_by_field(client, product_id, name, price):
    for field, value in (("name", name), ("price", f"{price}")):
        client.hset(f"product:{product_id}", field, value)


def raises(client, product_id):
    return 1 / 0


def prints(client, product_id):
    print("x" * 100_000)


def returns_none(client, product_id):
    client.ping()


def loops(client, product_id):
    while True:
        with contextlib.suppress(Exception):
            client.ping()


def leaves(client, product_id):
    raise SystemExit


def flushes(client, product_id):
    client.flushall()
    return get_product(client, product_id)


def searches(client, product_id):
    client.keys("*")
    return get_product(client, product_id)


@pytest.mark.parametrize(
    "function, status, words",
    [
        (raises, ERROR, "raises(client, 'mug') raised an error: ZeroDivisionError"),
        (prints, NOT_YET, "Use return, not print."),
        (returns_none, NOT_YET, "Is there a return at the end?"),
        (loops, ERROR, "Is there a loop that never ends?"),
        (leaves, ERROR, "Take exit() or quit() out"),
        (flushes, ERROR, "FLUSHALL deletes everything of everybody"),
        (searches, ERROR, "KEYS walks through every key"),
        (lambda client: None, ERROR, "takes 1 positional argument but 2 were given"),
        (None, ERROR, "check(my_function), without brackets"),
        ({"product_id": "mug"}, ERROR, "check(my_function), without brackets"),
    ],
)
def test_check_helps_with_what_went_wrong(function, status, words, capsys):
    outcome = q2.check(function)
    assert outcome.status == status and words in outcome.sentence
    assert "x" * 100 not in capsys.readouterr().out + outcome.sentence


def test_check_accepts_a_client_that_was_closed():
    def closes(client, product_id):
        found = get_product(client, product_id)
        client.close()
        return found

    assert q2.check(closes).status == CORRECT


def test_check_leaves_the_lesson_alone(own_progress):
    client = connect()
    client.set("cart:{mine}", "x")

    def connects_itself(given, product_id):
        connect().flushall()

    threads = threading.active_count()
    assert q2.check(connects_itself).status == ERROR
    assert client.get("cart:{mine}") == "x" and threading.active_count() == threads
    assert not own_progress.exists()
    client.delete("cart:{mine}")


def test_check_says_not_tried_of_a_stub():
    def stub(client, product_id):
        raise NotImplementedError

    assert q2.check(stub).status == NOT_TRIED


def test_check_tells_that_the_keys_are_wrong():
    def also_writes(client, product_id):
        client.hset("product:new", "name", "x")
        return get_product(client, product_id)

    outcome = q2.check(also_writes)
    assert outcome.status == NOT_YET and "afterwards the keys are not" in outcome.sentence
    assert "product:new" in outcome.actual and "product:new" not in outcome.expected


def test_outcome_is_json_html_and_text():
    bundle = q1.check(lambda client, *args: "<img src=x onerror=alert(1)>")._repr_mimebundle_()
    assert json.loads(json.dumps(bundle[MIME]))["status"] == NOT_YET
    assert "<img" not in bundle["text/html"] and "&lt;img" in bundle["text/html"]
    assert bundle["text/plain"].startswith("✗ Not yet. ") and "Expected" in bundle["text/html"]


def test_traceback_begins_in_the_learners_function():
    details = q2.check(raises).details
    assert "1 / 0" in details and "sandbox.py" not in details


def test_progress_is_kept_and_can_be_deleted(own_progress):
    q2.check(q2.reference_function)
    q1.check(lambda client, *args: None)
    assert progress.solved() == {"products.q2"}
    table = course.progress_table()
    assert list(table[table.solved == "yes"].task) == ["products.q2"]
    own_progress.unlink()
    assert progress.solved() == set()


@pytest.mark.parametrize("text", ["", "[]", "null", '{"solved": 3}', '{"solved": [3, null]}'])
def test_progress_survives_a_spoilt_file(own_progress, text):
    own_progress.write_text(text)
    assert progress.solved() == set()
    assert q3.check(q3.reference_function).status == CORRECT
    assert progress.solved() == {"products.q3"}


def test_progress_that_cannot_be_written_does_not_matter(monkeypatch, tmp_path):
    monkeypatch.setenv("CARTLIB_PROGRESS", os.fspath(tmp_path / "no" / "such" / "folder"))
    assert q2.check(q2.reference_function).status == CORRECT


def test_rule_no_read_then_write():
    def reads_and_writes(client, product_id):
        now = client.zscore("cart:{guest}", product_id) or 0
        client.zadd("cart:{guest}", {product_id: now + 1})

    def increments(client, product_id):
        client.zscore("cart:{guest}", product_id)
        client.zadd("cart:{guest}", {product_id: 1}, incr=True)

    rules = (no_read_then_write("cart:{guest}"),)
    exercise = Exercise("test", "add", [Case([], ("mug",))], ("",), rules)
    exercise.reference(increments)
    outcome = exercise.check(reads_and_writes)
    assert outcome.status == NOT_YET and "two clients" in outcome.sentence
    assert exercise.check(increments).status == CORRECT


def test_changes_that_do_not_travel_together_are_refused():
    def one_by_one(client, product_id, quantity, seconds):
        now = client.zincrby("cart:{guest}", quantity, product_id)
        client.expire("cart:{guest}", seconds)
        return int(now)

    outcome = timeouts.q1.check(one_by_one)
    assert outcome.status == NOT_YET and "one by one" in outcome.sentence


def test_another_type_error_is_not_taken_for_a_known_mistake():
    def raises_the_class(client, product_id):
        score = client.zscore("cart:{guest}", product_id)
        if score is None:
            raise ItemNotInCartError
        client.zrem("cart:{guest}", product_id)
        return int(score)

    outcome = carts.q2.check(raises_the_class)
    assert outcome.status == ERROR and "2 required positional arguments" in outcome.sentence


def test_known_mistake_is_not_guessed_from_what_is_right():
    def scans(client, product_id, quantity):
        client.scan()
        return carts.q1.reference_function(client, product_id, quantity)

    exercise = Exercise("test", "f", carts.q1.cases, ("",), (never("SCAN", "no scan"),))
    exercise.reference(carts.q1.reference_function)
    exercise.mistake("you read and wrote")(carts.reads_and_writes_back)
    assert exercise.check(scans).sentence == "no scan"


def test_braces_in_an_f_string_are_explained():
    def formats(client, product_id, quantity):
        raise NameError("name 'guest' is not defined", name="guest")

    outcome = carts.q1.check(formats)
    assert outcome.status == ERROR and "leave the f away" in outcome.sentence


shop = sandbox.new_client()


def uses_the_notebooks_client(store, product_id):
    shop.set("cart:{mine}", "x")
    return get_product(store, product_id)


def asks_a_helper(store, product_id):
    uses_the_notebooks_client(store, product_id)


@pytest.mark.parametrize("function", [uses_the_notebooks_client, asks_a_helper])
def test_check_keeps_the_notebooks_client_out(function):
    mine = shop
    outcome = q2.check(function)
    assert outcome.status in (ERROR, NOT_YET) and shop is mine
    assert not shop.exists("cart:{mine}")


def test_check_names_the_variable_that_is_not_the_parameter():
    outcome = q2.check(uses_the_notebooks_client)
    assert "uses shop, a variable of the notebook" in outcome.sentence


def sleeps(client, product_id):
    time.sleep(600)


def swallows_all(client, product_id):
    caught = False
    while True:
        try:
            client.ping()
        except:  # noqa: E722
            if caught:
                raise
            caught = True


def waits_for_a_list(client, product_id):
    client.blpop("cart:{nobody}")


@pytest.mark.parametrize("function", [sleeps, swallows_all, waits_for_a_list, loops])
def test_check_ends_what_does_not_end(function, monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.1)
    outcome = q2.check(function)
    assert outcome.status == ERROR and "Is there a loop that never ends?" in outcome.sentence
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def loops_on_one_line(client, product_id):
    while True: pass  # fmt: skip # noqa: E701


@pytest.mark.parametrize("function", [loops, loops_on_one_line])
def test_check_ends_a_loop_where_there_is_no_alarm(function, monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.1)
    with ThreadPoolExecutor() as pool:
        outcome = pool.submit(q2.check, function).result()
    assert outcome.status == ERROR and "Is there a loop that never ends?" in outcome.sentence


def checked_otherwise(client, product_id, quantity):
    if isinstance(quantity, bool) or not isinstance(quantity, int):
        raise InvalidQuantityError(quantity)
    if quantity not in range(1, 1_000_001):
        raise InvalidQuantityError(quantity)
    cart.get_product(client, product_id)
    return int(client.zadd("cart:{guest}", {product_id: quantity}, incr=True))


def looked_at_otherwise(client, product_id, quantity, before):
    now = dict(cart.get_cart_items(client)).get(product_id, 0)
    if now != before:
        return now
    return round(client.pipeline().zincrby("cart:{guest}", quantity, product_id).execute()[0])


@pytest.mark.parametrize(
    "exercise, function",
    [(failures.q1, checked_otherwise), (failures.q3, looked_at_otherwise)],
)
def test_other_right_answers_of_lesson_03_are_correct(exercise, function):
    outcome = exercise.check(function)
    assert outcome.status == CORRECT, str(outcome)


def published_otherwise(client, change, product_id, quantity):
    values = (quantity, product_id, change)
    text = json.dumps(
        dict(zip(("quantity", "product_id", "change"), values, strict=True)), indent=2
    )
    return client.execute_command("PUBLISH", "cart:{guest}:events", text.encode())


def recorded_otherwise(client, product_id, quantity):
    pipe = client.pipeline()
    pipe.xadd("cart:{guest}:history", {"product_id": product_id, "quantity": str(quantity)})
    pipe.xtrim("cart:{guest}:history", maxlen=1000, approximate=False)
    pipe.execute()


def read_otherwise(client, last_id):
    found = client.xread({"cart:{guest}:history": last_id})
    entries = found[0][1] if found else []
    return [[fields["product_id"], int(fields["quantity"])] for entry, fields in entries]


def recorded_in_a_pipeline(client, product_id, quantity):
    pipe = client.pipeline()
    pipe.xadd(STREAM, {"product_id": product_id, "quantity": quantity}, maxlen=1000)
    pipe.execute()


@pytest.mark.parametrize(
    "exercise, function",
    [
        (live.q1, published_otherwise),
        (live.q2, recorded_otherwise),
        (live.q2, recorded_in_a_pipeline),
        (live.q3, read_otherwise),
    ],
)
def test_other_right_answers_of_lesson_05_are_correct(exercise, function):
    outcome = exercise.check(function)
    assert outcome.status == CORRECT, str(outcome)


STREAM = "cart:{guest}:history"
BY_RULE = [
    (lambda c, fields: c.xadd(STREAM, fields), "No command of yours says MAXLEN 1000"),
    (lambda c, fields: c.xadd(STREAM, fields, maxlen=3), "You keep 3, and 1000 are wanted"),
    (lambda c, fields: c.xadd(STREAM, fields, maxlen=10_000), "You keep 10000, and 1000 are"),
    (
        lambda c, fields: c.xlen(STREAM) > 1000 and c.delete(STREAM) or c.xadd(STREAM, fields),
        "No command of yours says MAXLEN 1000",
    ),
    (
        lambda c, fields: (c.xtrim(STREAM, maxlen=1000), c.xadd(STREAM, fields)),
        "You trim first, and then append",
    ),
    (
        lambda c, fields: c.xadd(STREAM, fields, id=f"{int(time.time() * 1000)}-0", maxlen=1000),
        "You gave the id yourself",
    ),
    (
        lambda c, fields: (c.xadd(STREAM, fields, maxlen=1000), c.publish("any", "text")),
        "You published it, too",
    ),
]


@pytest.mark.parametrize("writes, sentence", BY_RULE)
def test_rules_of_a_history(writes, sentence):
    def record(client, product_id, quantity):
        writes(client, {"product_id": product_id, "quantity": quantity})

    outcome = live.q2.check(record)
    assert outcome.status == NOT_YET and sentence in outcome.sentence


def test_reading_on_never_waits():
    def read_since(client, last_id):
        found = client.xread({STREAM: last_id}, block=1)
        return [(f["product_id"], int(f["quantity"])) for _, f in (found[0][1] if found else [])]

    outcome = live.q3.check(read_since)
    assert outcome.status == NOT_YET and "Leave it away" in outcome.sentence


def test_listeners_of_a_case_hear_what_is_published():
    def silent(client, change, product_id, quantity):
        return 1

    outcome = live.q1.check(silent)
    assert outcome.status == NOT_YET and "heard on cart:{guest}:events = []" in outcome.actual
    assert "heard on cart:{guest}:events = [{'change': 'add'" in outcome.expected
    assert "SUBSCRIBE cart:{guest}:events" in outcome.given


@pytest.mark.parametrize("message", ["no json", b"\xff", "[" * 100_000, "", "<b>"])
def test_check_of_a_message_that_is_no_event(message):
    def publishes(client, change, product_id, quantity):
        return client.publish("cart:{guest}:events", message)

    outcome = live.q1.check(publishes)
    assert outcome.status == NOT_YET and "<b>" not in outcome._repr_mimebundle_()["text/html"]


def test_check_of_a_key_that_is_no_text():
    def writes(client, product_id):
        client.set("product:x", b"\xff")

    assert q2.check(writes).status == NOT_YET


def test_error_about_something_else_is_refused():
    def swaps(client):
        try:
            return capstone.pay(client)
        except OutOfStockError as error:
            raise OutOfStockError(error.product_id, error.left, error.wanted) from None

    outcome = capstone.q3.check(swaps)
    assert outcome.status == NOT_YET and "the right kind of error, but about" in outcome.sentence
    assert "The cart has 2 of 'mug'" in outcome.expected
    assert "The cart has 1 of 'mug'" in outcome.actual


def test_check_shows_only_the_keys_that_differ():
    def forgets_the_price(client, product_id, name, price):
        client.hset(f"product:{product_id}", mapping={"name": name, "x": 1})
        client.set("product:other", "x")

    case = Case(["SET product:same x"], ("mug", "Mug", 3))
    exercise = Exercise("test", "f", [case], ("",))
    exercise.reference(lambda client, *args: None)
    outcome = exercise.check(forgets_the_price)
    assert outcome.expected == "(no such key)" and "product:same" not in outcome.actual
    assert outcome.actual.splitlines()[1] == "product:other = 'x'"


def test_check_says_that_listeners_heard_something_else():
    def publishes(client):
        client.publish("cart:{demo}:events", "{}")

    exercise = Exercise("test", "f", [Case(["SUBSCRIBE cart:{demo}:events"])], ("",))
    exercise.reference(lambda client: None)
    assert "listeners did not hear what they should." in exercise.check(publishes).sentence


def test_check_stops_at_the_first_case_that_does_not_end(monkeypatch):
    calls = []

    def counts(client, product_id):
        calls.append(product_id)
        loops(client, product_id)

    monkeypatch.setattr(sandbox, "SECONDS", 0.1)
    assert q2.check(counts).status == ERROR and len(calls) == 1


def test_rule_never():
    exercise = Exercise("test", "f", [Case([])], ("",), (never("SCAN", "no scan"),))
    exercise.reference(lambda client: None)
    outcome = exercise.check(lambda client: client.scan() and None)
    assert (outcome.status, outcome.sentence) == (NOT_YET, "no scan")


@pytest.mark.parametrize(
    "one, two, same",
    [
        ([("mug", 1)], [["mug", 1]], True),
        (3, 3.0, False),
        (True, 1, False),
        ("9.50", 9.5, False),
        (2e9, 2e9 + 1, True),
        (2e9, 2e9 + 9, False),
        ({"a": 1}, {"a": 1.0}, False),
        (None, None, True),
        (None, 0, False),
        ({"a"}, {"a"}, True),
        (ValueError("a"), ValueError("a"), True),
        (ValueError("a"), ValueError("b"), False),
        ({"a"}, {"b"}, False),
    ],
)
def test_alike(one, two, same):
    assert alike(one, two) is same


def take_in_a_loop(client, product_id, quantity):
    stock = "stock:{guest}"
    with client.pipeline() as pipe:
        while True:
            try:
                pipe.watch(stock)
                left = pipe.hget(stock, product_id)
                if left is None or int(left) < quantity:
                    pipe.unwatch()
                    return False
                pipe.multi()
                pipe.hset(stock, product_id, int(left) - quantity)
                pipe.execute()
            except redis.WatchError:
                continue
            return True


def take_and_look_at_the_reply(client, product_id, quantity):
    def take(pipe):
        left = int(client.hget("stock:{guest}", product_id) or 0)  # after WATCH: any client will do
        pipe.multi()
        if left >= quantity:
            pipe.hincrby("stock:{guest}", product_id, -quantity)

    return bool(client.transaction(take, "cart:{guest}", "stock:{guest}"))


def buy_in_a_loop(client):
    while True:
        with client.pipeline() as pipe:
            pipe.watch("stock:{guest}")
            pipe.watch("cart:{guest}")
            lines = dict(pipe.zrange("cart:{guest}", 0, -1, withscores=True))
            left = pipe.hmget("stock:{guest}", list(lines)) if lines else []
            if not lines or any(int(n or 0) < q for n, q in zip(left, lines.values(), strict=True)):
                return False
            pipe.multi()
            pipe.zrem("cart:{guest}", *lines)
            for product_id in lines:
                pipe.hincrby("stock:{guest}", product_id, -round(lines[product_id]))
            with contextlib.suppress(redis.WatchError):
                pipe.execute()
                return True


def reserve_the_other_way_round(client, product_id, quantity):
    with client.pipeline() as pipe:
        pipe.zadd("cart:{guest}", {product_id: quantity}, incr=True)
        pipe.hincrby("stock:{guest}", product_id, 0 - quantity)
        _, left = pipe.execute()
    return left


@pytest.mark.parametrize(
    "exercise, function",
    [
        (races.q1, reserve_the_other_way_round),
        (races.q2, take_in_a_loop),
        (races.q2, take_and_look_at_the_reply),
        (races.q3, buy_in_a_loop),
    ],
)
def test_transaction_written_otherwise_is_correct(exercise, function):
    outcome = exercise.check(function)
    assert outcome.status == CORRECT, str(outcome)


@pytest.mark.parametrize("transaction", [True, False])
def test_changes_in_two_transactions_or_in_none_are_refused(transaction):
    def one_by_one(client, product_id, quantity):
        pipe = client.pipeline(transaction=transaction)
        left = pipe.hincrby("stock:{guest}", product_id, -quantity).execute()[0]
        pipe.zincrby("cart:{guest}", quantity, product_id).execute()
        return left

    outcome = races.q1.check(one_by_one)
    assert (outcome.status, outcome.sentence) == (NOT_YET, races.ONE_BY_ONE)


def test_reading_what_needs_no_reading_is_refused():
    def reads_after(client, product_id, quantity):
        pipe = client.pipeline(transaction=True)
        pipe.hincrby("stock:{guest}", product_id, -quantity)
        pipe.zincrby("cart:{guest}", quantity, product_id)
        pipe.execute()
        return int(client.hget("stock:{guest}", product_id))

    outcome = races.q1.check(reads_after)
    assert outcome.status == NOT_YET and "Two increments need no reading" in outcome.sentence


def collects(client, product_id, quantity):
    pipe = client.pipeline()
    left = pipe.hincrby("stock:{guest}", product_id, -quantity)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    return pipe, left


def returns_the_pipeline(client, product_id, quantity):
    pipe, left = collects(client, product_id, quantity)
    pipe.execute()
    return left


def converts_the_pipeline(client, product_id, quantity):
    return int(collects(client, product_id, quantity)[1])


def reads_after_multi(client, product_id, quantity):
    def take(pipe):
        pipe.multi()
        return pipe.hget("stock:{guest}", product_id) + 1

    return client.transaction(take, "stock:{guest}")


@pytest.mark.parametrize(
    "function",
    [returns_the_pipeline, converts_the_pipeline, reads_after_multi, collects],
)
def test_pipeline_that_is_taken_for_a_reply_is_explained(function):
    outcome = races.q1.check(function)
    assert outcome.status in (NOT_YET, ERROR)
    assert outcome.sentence == f"{function.__name__}(client, 'mug', 2) {judge.COLLECTED}"


def forgets_execute(client, product_id, quantity):
    collects(client, product_id, quantity)


def returns_without_execute(client, product_id, quantity):
    collects(client, product_id, quantity)
    return 3


def records_without_execute(client, product_id, quantity):
    client.pipeline().xadd("cart:{guest}:history", {"product_id": product_id})


@pytest.mark.parametrize(
    "exercise, function, sentence",
    [
        (races.q1, forgets_execute, judge.UNSENT),
        (races.q1, returns_without_execute, judge.UNSENT),
        (live.q2, records_without_execute, judge.UNSENT),
        (q2, lambda client, product_id: client.ping() and None, "Is there a return at the end?"),
        (q2, lambda client, product_id: None, "Is there a return at the end?"),
        (q2, lambda client, product_id: client.pipeline().execute(1, 2), "3 were given"),
    ],
)
def test_function_that_sends_nothing_is_told_of_execute(exercise, function, sentence):
    outcome = exercise.check(function)
    assert outcome.status in (NOT_YET, ERROR) and outcome.sentence.endswith(sentence)


def buys(watched, look, after=None):
    """Return a function for races.q3 that watches these keys, and reads the stock by `look`."""

    def buy(client):
        def work(pipe):
            lines = pipe.zrange("cart:{guest}", 0, -1, withscores=True)
            left = [int(n or 0) for n in look(pipe, [item for item, _ in lines])]
            if not lines or any(n < q for n, (_, q) in zip(left, lines, strict=True)):
                return False
            pipe.multi()
            for product_id, quantity in lines:
                pipe.hincrby("stock:{guest}", product_id, -int(quantity))
            if after is None:
                pipe.delete("cart:{guest}")
            return True

        bought = client.transaction(work, *watched, value_from_callable=True)
        if bought and after:
            after(client)
        return bought

    return buy


def look_at_all(pipe, items):
    return pipe.hmget("stock:{guest}", items) if items else []


def look_one_by_one(pipe, items):
    return [pipe.hget("stock:{guest}", item) for item in items]


@pytest.mark.parametrize("look", [look_at_all, look_one_by_one])
@pytest.mark.parametrize(
    "watched, after, words",
    [
        ([races.STOCK], None, "WATCH the cart, too, before you read it."),
        ([races.CART, races.STOCK], clear_cart, races.NO_MULTI),
        ([races.CART, races.STOCK], lambda client: client.delete(races.CART), races.NO_MULTI),
    ],
)
def test_message_says_only_what_is_true_of_the_commands(look, watched, after, words):
    outcome = races.q3.check(buys(watched, look, after))
    assert outcome.status == NOT_YET and outcome.sentence.endswith(words)


def test_mistake_that_breaks_another_rule_is_not_named():
    def sends_one_by_one(client, product_id, quantity):
        left = client.hincrby("stock:{guest}", product_id, -quantity)
        client.zincrby("cart:{guest}", quantity, product_id)
        return left

    def reads_too(client, product_id, quantity):
        client.hget("stock:{guest}", product_id)
        return races.q1.reference_function(client, product_id, quantity)

    def reads_and_sends_one_by_one(client, product_id, quantity):
        client.hget("stock:{guest}", product_id)
        return sends_one_by_one(client, product_id, quantity)

    exercise = Exercise("test", "f", races.q1.cases, ("",), races.q1.rules[::-1])
    exercise.reference(races.q1.reference_function)
    exercise.mistake("you read")(reads_too)
    assert exercise.check(reads_too).sentence == "you read"
    assert exercise.check(reads_and_sends_one_by_one).sentence == races.ONE_BY_ONE


def test_key_that_is_not_watched_is_named():
    def watches_one(client):
        def work(pipe):
            lines = pipe.zrange("cart:{guest}", 0, -1, withscores=True)
            pipe.watch("stock:{guest}")
            stock = pipe.hgetall("stock:{guest}")
            pipe.multi()
            if not lines or any(int(stock.get(item, 0)) < n for item, n in lines):
                return False
            for product_id, quantity in lines:
                pipe.hincrby("stock:{guest}", product_id, -int(quantity))
            pipe.delete("cart:{guest}")
            return True

        return client.transaction(work, "stock:{guest}", value_from_callable=True)

    exercise = Exercise("test", "buy", races.q3.cases[:4], ("",), races.q3.rules)
    exercise.reference(races.buy)
    outcome = exercise.check(watches_one)
    assert outcome.status == NOT_YET
    assert "ZRANGE cart:{guest} was sent while cart:{guest} was not watched" in outcome.sentence


def test_somebody_else_comes_between_once():
    case = Case(["HSET product:mug stock 5"], (), ("HINCRBY product:mug stock -1",))

    def reads_three_times(client):
        return [client.hget("product:mug", "stock") for _ in range(3)]

    def writes_first(client):
        return client.hincrby("product:mug", "stock", 0)

    assert attempt(reads_three_times, case).result == ["5", "4", "4"]
    assert attempt(writes_first, case).result == 4
    assert attempt(lambda client: None, case).keys == {"product:mug": ({"stock": "5"}, None)}
    exercise = Exercise("test", "f", [case], ("",))
    exercise.reference(writes_first)
    outcome = exercise.check(reads_three_times)
    assert "in the middle of the call:\nHINCRBY product:mug stock -1" in outcome.given
    assert [c.name for c in attempt(reads_three_times, case).commands] == ["HGET"] * 3


def test_somebody_else_comes_right_after_the_key_that_they_change_was_read():
    case = Case(["SET cart:a 1", "SET cart:b 1"], (), ("INCR cart:b",))

    def reads(client):
        return [client.get(key) for key in ("cart:a", "cart:b", "cart:b")]

    def watches_only(client):
        with client.pipeline() as pipe:
            pipe.watch("cart:b")

    assert attempt(reads, case).result == ["1", "1", "2"]
    assert attempt(watches_only, case).keys["cart:b"] == ("1", None)
