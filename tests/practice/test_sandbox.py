"""The sandbox: what does not end is ended, and the lesson is left alone."""

import contextlib
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cartlib import connect
from cartlib.course.products import get_product, q2
from cartlib.practice import sandbox
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.outcome import CORRECT, ERROR, NOT_YET
from cartlib.practice.sandbox import attempt


def raises(client, product_id):
    return 1 / 0


def loops(client, product_id):
    while True:
        with contextlib.suppress(Exception):
            client.ping()


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


def test_traceback_begins_in_the_learners_function():
    details = q2.check(raises).details
    assert "1 / 0" in details and "practice/sandbox.py" not in details


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


def test_check_of_a_key_that_is_no_text():
    def writes(client, product_id):
        client.set("product:x", b"\xff")

    assert q2.check(writes).status == NOT_YET


def test_check_stops_at_the_first_case_that_does_not_end(monkeypatch):
    calls = []

    def counts(client, product_id):
        calls.append(product_id)
        loops(client, product_id)

    monkeypatch.setattr(sandbox, "SECONDS", 0.1)
    assert q2.check(counts).status == ERROR and len(calls) == 1


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
