"""The sandbox: what does not end is ended, and the lesson is left alone."""

import contextlib
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cartlib import connect
from cartlib.course.products import get_product, q2
from cartlib.lab import clock, stores
from cartlib.practice import exercise, sandbox
from cartlib.practice.exercise import Case
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


shop = stores.new_client()


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
    time.sleep(6000)


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
    monkeypatch.setattr(clock, "SECONDS", 0.1)
    outcome = q2.check(function)
    assert outcome.status == ERROR and "Is there a loop that never ends?" in outcome.sentence
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def loops_on_one_line(client, product_id):
    while True: pass  # fmt: skip # noqa: E701


@pytest.mark.parametrize("function", [loops, loops_on_one_line])
def test_check_ends_a_loop_where_there_is_no_alarm(function, monkeypatch):
    monkeypatch.setattr(clock, "SECONDS", 0.1)
    with ThreadPoolExecutor() as pool:
        outcome = pool.submit(q2.check, function).result()
    assert outcome.status == ERROR and "Is there a loop that never ends?" in outcome.sentence


def test_check_of_a_key_that_is_no_text():
    def writes(client, product_id):
        client.set("product:x", b"\xff")

    assert q2.check(writes).status == NOT_YET


def test_check_stops_at_the_first_case_that_does_not_end(monkeypatch, tmp_path):
    calls = tmp_path / "calls"

    def counts(client, product_id):
        with calls.open("a") as file:
            file.write("x")
        loops(client, product_id)

    monkeypatch.setattr(clock, "SECONDS", 0.1)
    assert q2.check(counts).status == ERROR and calls.read_text() == "x"


class Hostile:
    """A value that fails, or never ends, whatever one does with it."""

    def __init__(self, act):
        for name in (
            "__repr__",
            "__str__",
            "__eq__",
            "__index__",
            "__len__",
            "__iter__",
            "__del__",
        ):
            if act.__name__ != "spin" or name != "__del__":
                setattr(type(self), name, lambda self, *args: act())

    __hash__ = None


def fail():
    raise ValueError("hostile")


def leave():
    raise SystemExit


def spin():
    while True:
        pass


def returns_hostile(act):
    return lambda client, product_id: Hostile(act)


def raises_hostile(client, product_id):
    class HostileError(Exception):
        def __str__(self):
            raise ValueError

    raise HostileError


def swallows_everything(client, product_id):
    while True:
        try:  # noqa: SIM105
            client.ping()
        except:  # noqa: E722
            pass


def switches_the_alarm_off(client, product_id):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    spin()


def ends_python(client, product_id):
    os._exit(3)


def raises_generator_exit(client, product_id):
    raise GeneratorExit


def searches_for_long_in_lua(client, product_id):
    client.eval("return string.find(string.rep('a', 60), string.rep('a?', 60) .. 'b')", 0)


def writes_odd_keys(client, product_id):
    client.set(b"\xff\xfe", b"\xff")
    client.geoadd("places", (2.35, 48.85, "Paris"))
    client.setbit("bits", 9, 1)
    client.pfadd("crowd", "ann")
    client.rpush("list", "a")


@pytest.mark.parametrize(
    "function",
    [
        returns_hostile(fail),
        returns_hostile(leave),
        returns_hostile(spin),
        raises_hostile,
        swallows_everything,
        switches_the_alarm_off,
        ends_python,
        raises_generator_exit,
        searches_for_long_in_lua,
        writes_odd_keys,
    ],
)
def test_check_neither_hangs_nor_raises(function, monkeypatch):
    monkeypatch.setattr(clock, "SECONDS", 0.2)
    monkeypatch.setattr(exercise, "PATIENCE", 3)
    begin = time.monotonic()
    outcome = q2.check(function)
    assert outcome.status in (ERROR, NOT_YET) and outcome.sentence
    assert time.monotonic() - begin < 5
    assert str(outcome) and outcome._repr_mimebundle_()


def test_notebooks_variables_work_in_the_function():
    prices = {"mug": "9.50"}

    def looks_up(client, product_id):
        found = get_product(client, product_id)
        return found if prices else None

    assert q2.check(looks_up).status == CORRECT


def test_clock_stands_still_and_a_sleep_moves_it_on():
    def tells(client):
        begin = time.time()
        time.sleep(30)
        return begin, time.time() - begin, client.time()[0]

    begin = time.monotonic()
    assert attempt(tells, Case([])).result == (clock.NOW, 30.0, int(clock.NOW) + 30)
    assert time.monotonic() - begin < 20


def test_long_sleep_spoils_nothing_for_the_next_one():
    attempt(lambda client: time.sleep(3000), Case([]))
    reads_all = attempt(lambda client: client.eval("return 1", 0), Case([]))
    assert reads_all.keys == attempt(lambda client: None, Case([])).keys


def test_sleep_of_another_thread_is_its_own_business():
    def another(moments):
        time.sleep(0.001)
        moments.append(time.time())

    def tells(client):
        begin, theirs = time.time(), []
        thread = threading.Thread(target=another, args=(theirs,))
        thread.start()
        thread.join()
        return time.time() - begin, theirs[0] - begin

    slept, far_off = attempt(tells, Case([])).result
    assert slept == 0
    assert abs(far_off) > 1000  # it has the real clock


def test_time_of_the_reference_is_not_counted(monkeypatch):
    monkeypatch.setattr(sandbox, "MOST_SECONDS", -1)
    monkeypatch.setattr(q2, "_known", {})
    assert isinstance(attempt(get_product, q2.cases[0]).error, clock.TooSlow)
    assert q2.right(q2.cases[0]).error is None


def test_limit_of_a_script_is_not_left_to_the_next_trial(monkeypatch):
    monkeypatch.setattr(sandbox, "_stores", [])
    scripted = attempt(lambda client: client.eval("return 1", 0), Case([]))
    assert scripted.result == 1 and len(sandbox._stores) == 1
    hook = sandbox._stores[0].client.eval("return tostring(debug.gethook())", 0)
    assert hook == "nil"


def test_store_whose_limit_has_passed_is_not_used_again(monkeypatch):
    monkeypatch.setattr(sandbox, "_stores", [])
    monkeypatch.setattr(stores.Store, "_stop_counting", lambda store: False)
    attempt(lambda client: client.eval("return 1", 0), Case([]))
    assert sandbox._stores == []
