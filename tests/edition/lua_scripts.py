"""Scripts that have to give the same with lupa and with its stand-in, and how they are run.

This runs in both Pythons, the one of the tests and the browser's, so it needs nothing of pytest.
"""

import runpy
from pathlib import Path

import answers as noted
import fakeredis

from cartlib.course import races, sets, speed
from cartlib.lab import trips
from cartlib.lab.lines import words
from cartlib.lab.stores import Store, new_client
from cartlib.practice.sandbox import attempt

BYTES = bytes(range(256))
KEYS = [b"cart", b"number", b"hash", b"none", "Zoë".encode(), BYTES]
ARGS = [b"1", b"2.50", b"mug", b"", "Zoë's ☕".encode(), BYTES]

# Each is run with KEYS and ARGS, in a store that FIRST has filled.
FIRST = [
    ("ZADD", "cart", 1, "lamp", 3, "mug", 7, "pen"),
    ("SET", "number", 41),
    ("HSET", "hash", "name", "Coffee mug", "price", "9.50"),
    ("SET", "Zoë", BYTES),
    ("SADD", "set", "a"),
    ("RPUSH", "list", 1, 2, 3),
]
SCRIPTS = [  # some on several lines, and one of each line of the file
    "return [[two\nlines]]",
    "local function f() error('deep') end\nlocal function g() f() end\n\ng()",
    "if true then\n\nreturn 1",
    "local x = 1\n\nreturn x + nil",
    "-- a comment\nreturn redis.call('GET', KEYS[2])\n",
    *Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines(),
]

# These stay different, and why; the rest has to be the same to the letter.
KNOWN = {
    r"return '\300'": "Lua 5.1 tells less of the string",
    "break": "Lua 5.3 looks for the loop at the end of the block",
}


def _shown(reply):
    if isinstance(reply, Exception):
        return f"{type(reply).__name__}: {reply}"
    if isinstance(reply, list | tuple):
        return [_shown(item) for item in reply]
    return repr(reply)


def _sorted(value):
    """Return a text that does not depend on the order in which Python keeps a set."""
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(map(_sorted, value))) + "}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_sorted(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(_sorted, value)) + ")"
    return repr(value)


def _tried(ask):
    try:
        return _shown(ask())
    except Exception as error:
        return _shown(error)


def _of_scripts():
    for script in SCRIPTS:
        client = fakeredis.FakeRedis(version=(7,), protocol=2)
        for command in FIRST:
            client.execute_command(*command)
        reply = _tried(lambda s=script, c=client: c.eval(s, len(KEYS), *KEYS, *ARGS))
        left = {key: client.dump(key) and client.type(key) for key in sorted(client.keys())}
        yield script, [reply, _shown(sorted(left.items())), _tried(lambda c=client: c.get(KEYS[3]))]


def _of_the_kit():
    """The scripts of the kit and its lessons, in a store that is strict about them."""
    store = Store(["HSET product:mug name Mug price 9.50", "ZADD cart:{demo} 2 mug 1 old"])
    client = new_client(store.server)
    lines = [p.command for p in (speed.p1, speed.p2, speed.p3)]
    for line in (*lines, races.TAKES_ONE, sets.Click("ann", "mug")):
        yield repr(line), _tried(lambda text=line: client.execute_command(*words(text)))
    for way in (*trips.VIEWS.values(), *trips.ADDS.values()):
        trips.fill_cart(client, 3)
        yield f"trips {way.__name__}", _tried(lambda w=way: w(client))
    for name, guess in vars(speed).items():
        if isinstance(guess, speed.Guess):
            yield name, _tried(lambda g=guess: g.proof(client))
    for script in ("return undefined_name", "return None", "redis.call('SET', 'k', 1) return 1"):
        yield f"strict: {script}", _tried(lambda s=script: client.eval(s, 0))
    yield "made up", sorted(client.eval("return redis.made_up", 0))
    say = client.register_script("return ARGV[1]")
    yield "registered", [say(args=["first"]), say(args=["second"])]
    yield "EVALSHA", _tried(lambda: client.evalsha("0" * 40, 0))
    yield "SCRIPT LOAD", _tried(lambda: client.script_load("return 1"))
    code = "#!lua name=mine\nredis.register_function('f', function(k, a) return {k[1], a[1]} end)"
    yield "FUNCTION LOAD", _tried(lambda: client.function_load(code, replace=True))
    yield "FCALL", _tried(lambda: client.fcall("f", 1, "key", "argument"))


def _of_endless_loops():
    """A script is ended after its time, and its error has the words that are looked for."""
    loops = {
        "while": "while true do end",
        "pcall": "while true do pcall(function() while true do end end) end",
        "calls": "while true do redis.call('GET', KEYS[1]) end",
    }
    for name, script in loops.items():
        store = Store([])
        store.wind_up()
        text = _tried(lambda c=store.client, s=script: c.eval(s, 1, "k"))
        yield f"endless: {name}", text.splitlines()[0]


def _of_exercises():
    """What each answer to the exercises of the lesson about scripts does in its worlds.

    These are its references, its mistakes, and the right and the wrong answers of the tests.
    """
    if not any(task is speed.q3 for task, *_ in noted.RIGHT):
        runpy.run_path(str(Path(__file__).parents[1] / "course" / "answers" / "speed.py"))
    for task in (speed.q1, speed.q2, speed.q3):
        functions = [task.reference_function, *(mistake.function for mistake in task.mistakes)]
        functions += [f for one, f, _ in (*noted.RIGHT, *noted.WRONG) if one is task]
        for number, function in enumerate(functions):
            for n, case in enumerate(task.cases):
                done = attempt(function, case, trusted=True)
                error = done.error and f"{type(done.error).__name__}: {done.error}"
                seen = [repr(done.result), error, _sorted(done.keys), done.made_up]
                yield f"{task.name} {number} {function.__name__} {n}", seen


def answers() -> dict:
    """Return what each script gives, in texts."""
    groups = _of_scripts(), _of_the_kit(), _of_endless_loops(), _of_exercises()
    return dict(pair for group in groups for pair in group)
