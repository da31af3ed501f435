"""Lesson 06: races."""

import re
from contextlib import suppress

import redis
from hypothesis import strategies as st
from redis.exceptions import NoScriptError

from cartlib.course.worlds import (
    QUANTITIES,
    command,
    hset,
    lines,
    quantities,
    scores,
    surroundings,
    zadd,
)
from cartlib.lab.disturbance import looks
from cartlib.practice.exercise import Case, Exercise
from cartlib.practice.rules import in_one_multi
from cartlib.questions import Guess, Prediction

CART, STOCK = "cart:{guest}", "stock:{guest}"
LINES = "ZADD cart:{guest} 1 lamp 2 mug"
PIECES = "HSET stock:{guest} mug 5 lamp 1 pen 4"
FIVE_MUGS, TWO_MUGS = "HSET stock:{guest} mug 5 lamp 1", "HSET stock:{guest} mug 2"
# A customer who takes a mug if there is one: so more than one order shows in what is left.
TAKES_ONE = (
    f"EVAL \"if tonumber(redis.call('HGET', KEYS[1], 'mug')) > 0 then "
    f"redis.call('HINCRBY', KEYS[1], 'mug', -1) end\" 1 {STOCK}"
)
ONE_BY_ONE = (
    "You sent the changes one by one. If your program stops between them, only one is made: send "
    "them in one MULTI."
)
NOT_IN_VAIN = (
    "You returned False, but you had sent {}. Whoever looks in between sees it, even if you take "
    "it back. Look first, under WATCH, and change nothing if there are too few."
)
NO_MULTI = (
    "The changes are not all in one MULTI. WATCH can stop an EXEC, and nothing else: call "
    "pipe.multi() before all changes, so that they wait for EXEC."
)
GAVE_UP = (
    "You gave up after 5 tries and returned None. Begin anew as often as somebody comes between: "
    "`while True:`."
)
READ_TOO_SOON = "You read the cart before you watched it. Read inside, after WATCH."


# The stock is written by the worlds themselves: this one of the surroundings would spoil it.
AROUND_A_STOCK = surroundings.map(lambda given: [x for x in given if STOCK not in x])
pieces = st.sampled_from([-3, 0, *QUANTITIES])  # after q1, a stock can be below 0
# A look that a script can do; it is not seen from outside.
LOOKS_IN_LUA = re.compile(
    r"""['"](H(GET|MGET|GETALL|EXISTS|VALS|LEN)|Z(SCORE|MSCORE|RANGE|CARD)|EXISTS)""", re.I
)


def reads_nothing(trial):
    """Return what to say to whoever reads where increments are enough: a rule."""
    if any(map(reads, trial.commands)):
        return (
            "You read, too. Two increments need no reading, and nothing to watch: each replies "
            "with the new number."
        )
    return None


def reads(command):
    """Tell whether a command looks at a key; of a script, whether a command in it does."""
    if command.name.startswith(("EVAL", "SCRIPT")):
        return LOOKS_IN_LUA.search(
            str(command.words[-1] if "SCRIPT" in command.name else command.words[1])
        )
    return looks(command)


def in_one_multi_or_script(text):
    """Return a rule: the changes go in one MULTI, or one script does them all."""
    in_multi = in_one_multi(text)

    def rule(trial):
        done = [c for c in trial.writes if not isinstance(c.reply, NoScriptError)]
        if len(done) == 1 and done[0].name.startswith("EVAL"):
            return None
        return in_multi(trial)

    return rule


def changes_only_what_it_takes(trial):
    """Return what to say where False came back after a change: a rule."""
    # With somebody else about, a MULTI can have been sent in vain before.
    if trial.result is False and trial.writes and not trial.acts:
        return NOT_IN_VAIN.format(trial.writes[0])
    return None


def reads_the_cart_under_watch(trial):
    """Return what to say where the cart is read before WATCH only: a rule."""
    names = [command.name for command in trial.commands]
    if "WATCH" not in names or "EXEC" not in names:
        return None
    read = [n for n, c in enumerate(trial.commands) if reads(c) and CART in map(str, c.words)]
    soon = read and max(read) < names.index("WATCH")
    return READ_TOO_SOON if soon else None


p1 = Prediction(
    "races.p1",
    (
        "HSET stock:{demo} mug 3 lamp many",
        "MULTI",
        "HINCRBY stock:{demo} mug -1",
        "HINCRBY stock:{demo} lamp -1",
        "HINCRBY stock:{demo} mug -1",
        "EXEC",
    ),
    "HGET stock:{demo} mug",
    {
        '"3"': "So it would be if Redis took everything back. It takes nothing back.",
        '"2"': "So it would be if EXEC stopped at the command that fails. It goes on after it.",
        '"1"': "The command for the lamp failed: many is no number. The one before and the one "
        "after it were done.",
        "(nil)": "A command that fails takes no field away. The mugs were counted down, and they "
        "are still a field.",
    },
)

p2 = Prediction(
    "races.p2",
    (
        "HSET stock:{demo} mug 1",
        "WATCH stock:{demo}",
        "HINCRBY stock:{demo} mug -1",
        "MULTI",
        "HINCRBY stock:{demo} mug -1",
    ),
    "EXEC",
    {
        "1) (integer) 0": "So it would be if the first HINCRBY had not been: it took the only mug, "
        "after WATCH.",
        "1) (integer) -1": "So it would be without WATCH. But the key has changed since it is "
        "watched.",
        "(nil)": "The stock has changed after WATCH, so EXEC does nothing, and replies (nil).",
        "(error) WRONGTYPE": "All commands fit the type of the key, a hash. And a watched key that "
        "has changed is no error for Redis.",
    },
)

p3 = Prediction(
    "races.p3",
    (
        "HSET stock:{demo} mug 5 lamp 1",
        "WATCH stock:{demo}",
        "HINCRBY stock:{demo} lamp -1",
        "MULTI",
        "HINCRBY stock:{demo} mug -1",
    ),
    "EXEC",
    {
        "1) (integer) 4": "So it would be if Redis watched the field of the mug. It watches the "
        "key, and the lamp is in the same one.",
        "(nil)": "The lamp's field is a part of the key that is watched. So the key has changed, "
        "though the mugs have not.",
        "(error) no such key": "The key is there all the time: one field of it was counted down.",
    },
    because="What shares a key is watched together.",
)


def _both_write(client):
    client.zadd("c", {"mug": 1})
    ann, bob = client.zscore("c", "mug"), client.zscore("c", "mug")
    client.zadd("c", {"mug": ann + 1})
    client.zadd("c", {"mug": bob + 1})
    return client.zscore("c", "mug")


g1 = Guess(
    "races.g1",
    "There was 1 mug, and each of the two has added one. Which number is in Redis?",
    {
        "1.0": "Both have written, and neither wrote a 1.",
        "2.0": "Both read 1, and both write 2: Bob's write covers Ann's.",
        "3.0": "That is what both want. But what did Bob read?",
    },
    right="2.0",
    proof=_both_write,
)


def _tries(client):
    def add_one(pipe):
        seen.append(pipe.zscore("c", "mug"))
        if len(seen) == 1:
            client.zincrby("c", 1, "mug")
        pipe.multi()
        pipe.zadd("c", {"mug": seen[-1] + 1})

    seen = []
    client.zadd("c", {"mug": 1})
    client.transaction(add_one, "c")
    return f"{len(seen)} tries, {client.zscore('c', 'mug'):g} mugs".replace("1 tries", "1 try")


g2 = Guess(
    "races.g2",
    "How often does Ann try, and how many mugs are there in the end?",
    {
        "1 try, 2 mugs": "Her first EXEC does nothing, as Bob has changed the cart meanwhile.",
        "2 tries, 2 mugs": "At the second try she reads again, and sees Bob's mug.",
        "2 tries, 3 mugs": "The first try is in vain. At the second one she sees 2, and writes 3.",
    },
    right="2 tries, 3 mugs",
    proof=_tries,
)


def _both_take(client):
    client.hset("s", "mug", 1)
    for sees in [int(client.hget("s", "mug")) for _ in range(2)]:
        if sees >= 1:
            client.hincrby("s", "mug", -1)
    return client.hget("s", "mug")


g3 = Guess(
    "races.g3",
    "What is the stock afterwards?",
    {
        "1": "Both have taken one, and both commands were done.",
        "0": "So it would be if only one had taken it. Nobody told Bob that the mug was gone.",
        "-1": "Both saw one mug, and both took it.",
    },
    right="-1",
    proof=_both_take,
)


@st.composite
def reservations(draw):
    """Worlds for q1: a stock and a cart, and maybe somebody who changes the same two numbers."""
    stock, cart = draw(lines(pieces)), draw(lines(scores))
    item = draw(st.sampled_from([*stock, *cart, "unicorn"]))
    given = [*hset(STOCK, stock), *zadd(CART, cart), *draw(surroundings)]
    theirs = [(command("HINCRBY", STOCK, item, -1), command("ZINCRBY", CART, 1, item))]
    theirs += [(command("HDEL", STOCK, item), command("ZREM", CART, item))]
    meanwhile = draw(st.sampled_from([(), (), (), (), (), (), (), (), *theirs]))
    return Case(given, (item, draw(quantities)), meanwhile)


q1 = Exercise(
    "races.q1",
    "reserve(client, product_id, quantity)",
    [
        Case([PIECES], ("mug", 2)),
        Case([PIECES, LINES], ("mug", 2)),
        Case([PIECES, LINES], ("pen", 1)),
        Case([PIECES, LINES], ("pen", 4)),
        Case([PIECES, LINES], ("lamp", 3)),
        Case([PIECES, LINES], ("mug", 2), (f"HINCRBY {STOCK} mug -1", f"ZINCRBY {CART} 1 mug")),
    ],
    (
        "HINCRBY and ZINCRBY add, and you can add a number below 0. Then you need no reading.",
        "pipe = client.pipeline(transaction=True) collects both, and pipe.execute() sends them.",
        "pipe.hincrby(key, field, number) and pipe.zincrby(key, number, member). The replies come "
        "in the order of the commands.",
    ),
    rules=(reads_nothing, in_one_multi_or_script(ONE_BY_ONE)),
    worlds=reservations(),
)


@q1.reference
def reserve(client, product_id, quantity):
    pipe = client.pipeline(transaction=True)
    pipe.hincrby("stock:{guest}", product_id, -quantity)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    return pipe.execute()[0]


@q1.given
@q1.mistake(
    "You still read first, and then write what Python has reckoned: what somebody else changed in "
    "between is lost. A MULTI around the writing is too late. Take commands that increment."
)
def still_reads_and_writes(client, product_id, quantity):
    left = int(client.hget("stock:{guest}", product_id)) - quantity
    held = client.zscore("cart:{guest}", product_id) or 0
    client.hset("stock:{guest}", product_id, left)
    client.zadd("cart:{guest}", {product_id: held + quantity})
    return left


@q1.mistake(
    "The stock grows. The pieces go out of it, and into the cart: give HINCRBY the quantity with a "
    "minus."
)
def adds_to_the_stock(client, product_id, quantity):
    pipe = client.pipeline(transaction=True)
    pipe.hincrby("stock:{guest}", product_id, quantity)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    return pipe.execute()[0]


@q1.mistake("The pieces left the stock, but they are in no cart. ZINCRBY puts them there.")
def forgets_the_cart(client, product_id, quantity):
    return client.hincrby("stock:{guest}", product_id, -quantity)


@q1.mistake(
    "You returned the quantity in the cart. Wanted is what is left in the stock: the reply to "
    "HINCRBY."
)
def returns_the_line(client, product_id, quantity):
    pipe = client.pipeline(transaction=True)
    pipe.hincrby("stock:{guest}", product_id, -quantity)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    return int(pipe.execute()[1])


@q1.mistake(
    "You returned the reply to ZINCRBY, the quantity in the cart. execute() gives the replies in "
    "the order of the commands: take the one to HINCRBY."
)
def returns_the_reply_to_zincrby(client, product_id, quantity):
    pipe = client.pipeline(transaction=True)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    pipe.hincrby("stock:{guest}", product_id, -quantity)
    return pipe.execute()[0]


@q1.mistake(
    "The stock fell below 0, and you took it back. It may be below 0 here: reserve does not look."
)
def undoes_below_zero(client, product_id, quantity):
    left = reserve(client, product_id, quantity)
    return reserve(client, product_id, -quantity) if left < 0 else left


@q1.mistake(
    "execute() returns a list with the reply to each command. Return one of them: the one to "
    "HINCRBY."
)
def returns_all_replies(client, product_id, quantity):
    pipe = client.pipeline(transaction=True)
    pipe.hincrby("stock:{guest}", product_id, -quantity)
    pipe.zincrby("cart:{guest}", quantity, product_id)
    return pipe.execute()


@st.composite
def takes(draw):
    """Worlds for q2: a stock, a wish that it just has or has not, and maybe somebody else."""
    stock = {"pen": 12} | draw(lines(pieces, most=5))
    item = draw(st.sampled_from([*stock, *stock, "unicorn"]))
    left = stock.get(item, 0)
    quantity = max(1, left + draw(st.sampled_from([0, -1, 1, 0, -3, -9, -1, 7])))
    theirs = [  # some leave enough, some do not
        command("HSET", STOCK, item, quantity - 1),
        command("HSET", STOCK, item, quantity),
        command("HDEL", STOCK, item),
        command("HINCRBY", STOCK, item, -1),
    ]
    meanwhile = draw(st.sampled_from([(), (), (), (), (), (), (), *[(line,) for line in theirs]]))
    return Case([*hset(STOCK, stock), *draw(AROUND_A_STOCK)], (item, quantity), meanwhile)


q2 = Exercise(
    "races.q2",
    "take_from_stock(client, product_id, quantity)",
    [
        Case([FIVE_MUGS], ("mug", 2)),
        Case([FIVE_MUGS], ("lamp", 2)),
        Case([FIVE_MUGS], ("tea", 1)),
        Case([TWO_MUGS], ("mug", 2)),
        Case([TWO_MUGS], ("mug", 2), (f"HSET {STOCK} mug 1",)),
        Case([TWO_MUGS], ("mug", 2), (f"HINCRBY {STOCK} mug -1",)),
        Case(["HSET stock:{guest} mug 3"], ("mug", 2), (TAKES_ONE,)),
        Case(["HSET stock:{guest} mug 20 lamp 1"], ("mug", 2), (f"HINCRBY {STOCK} mug -1",)),
    ],
    (
        "Write a function take(pipe) inside, and return client.transaction(take, 'stock:{guest}', "
        "value_from_callable=True): it returns what take returns.",
        "In take: read by pipe.hget(key, product_id), and return False if there are too few. Then "
        "pipe.multi(), pipe.hincrby(…), and return True.",
        "A reply of HGET is a text, or None: int(pipe.hget(key, product_id) or 0).",
    ),
    rules=(changes_only_what_it_takes, in_one_multi(NO_MULTI)),
    worlds=takes(),
)


@q2.reference
def take_from_stock(client, product_id, quantity):
    def take(pipe):
        left = int(pipe.hget("stock:{guest}", product_id) or 0)
        if left < quantity:
            return False
        pipe.multi()
        pipe.hincrby("stock:{guest}", product_id, -quantity)
        return True

    return client.transaction(take, "stock:{guest}", value_from_callable=True)


@q2.mistake(
    "Somebody changed the stock between your reading and your writing, and you did not notice: now "
    "it is below 0. The stock has to be watched before you read it, at each try anew."
)
def does_not_watch(client, product_id, quantity):
    left = int(client.hget("stock:{guest}", product_id) or 0)
    if left < quantity:
        return False
    client.hincrby("stock:{guest}", product_id, -quantity)
    return True


@q2.mistake(
    "You read, and wrote back what Python had reckoned: the piece that somebody else took in "
    "between is in the stock again. WATCH the stock before you read it."
)
def writes_back(client, product_id, quantity):
    left = int(client.hget("stock:{guest}", product_id) or 0)
    if left < quantity:
        return False
    client.hset("stock:{guest}", product_id, left - quantity)
    return True


@q2.mistake(
    "You read first, and then called WATCH. What changes between the two goes unnoticed: first "
    "WATCH, then read."
)
def watches_too_late(client, product_id, quantity):
    with client.pipeline(transaction=True) as pipe:
        while True:
            left = int(client.hget("stock:{guest}", product_id) or 0)
            if left < quantity:
                return False
            try:
                pipe.watch("stock:{guest}")
                pipe.multi()
                pipe.hincrby("stock:{guest}", product_id, -quantity)
                pipe.execute()
                return True
            except redis.WatchError:
                continue


@q2.mistake(
    "After a WatchError you gave up, although there were pieces enough. Begin anew: WATCH, read, "
    "MULTI. client.transaction does so for you."
)
def gives_up(client, product_id, quantity):
    with client.pipeline(transaction=True) as pipe:
        try:
            pipe.watch("stock:{guest}")
            left = int(pipe.hget("stock:{guest}", product_id) or 0)
            if left < quantity:
                return False
            pipe.multi()
            pipe.hincrby("stock:{guest}", product_id, -quantity)
            pipe.execute()
            return True
        except redis.WatchError:
            return False


@q2.mistake(
    "Your function ended with a WatchError: somebody changed the stock, and EXEC did nothing. "
    "Catch it and begin anew, or use client.transaction, which does so for you."
)
def lets_the_error_out(client, product_id, quantity):
    with client.pipeline(transaction=True) as pipe:
        pipe.watch("stock:{guest}")
        left = int(pipe.hget("stock:{guest}", product_id) or 0)
        if left < quantity:
            return False
        pipe.multi()
        pipe.hincrby("stock:{guest}", product_id, -quantity)
        pipe.execute()
        return True


@q2.mistake(
    "You returned False, and changed something all the same: the stock has a new field, with 0. "
    "Look first, under WATCH, and change nothing if there are too few."
)
def takes_and_gives_back(client, product_id, quantity):
    if client.hincrby("stock:{guest}", product_id, -quantity) >= 0:
        return True
    client.hincrby("stock:{guest}", product_id, quantity)
    return False


@q2.mistake("You refused to take the last pieces. If just `quantity` pieces are left, take them.")
def spares_the_last(client, product_id, quantity):
    def take(pipe):
        left = int(pipe.hget("stock:{guest}", product_id) or 0)
        pipe.multi()
        if left > quantity:
            pipe.hincrby("stock:{guest}", product_id, -quantity)
        return left > quantity

    return client.transaction(take, "stock:{guest}", value_from_callable=True)


@q2.mistake(
    "HINCRBY was sent outside of MULTI. So your own change spoiled your EXEC, and all began anew, "
    "until too few pieces were left. Call pipe.multi(), and then pipe.hincrby(…)."
)
def spoils_its_own_exec(client, product_id, quantity):
    def take(pipe):
        left = int(pipe.hget("stock:{guest}", product_id) or 0)
        if left >= quantity:
            pipe.hincrby("stock:{guest}", product_id, -quantity)
        return left >= quantity

    return client.transaction(take, "stock:{guest}", value_from_callable=True)


@q2.mistake(
    "You returned the list of replies to your MULTI. With value_from_callable=True, "
    "client.transaction returns what your inner function returns."
)
def returns_the_replies(client, product_id, quantity):
    def take(pipe):
        left = int(pipe.hget("stock:{guest}", product_id) or 0)
        pipe.multi()
        if left >= quantity:
            pipe.hincrby("stock:{guest}", product_id, -quantity)
        return left >= quantity

    return client.transaction(take, "stock:{guest}")


@q2.mistake(
    "HGET replies (nil) if there is no such field. In Python that is None, and int(None) is an "
    "error: write int(… or 0)."
)
def converts_none(client, product_id, quantity):
    def take(pipe):
        left = int(pipe.hget("stock:{guest}", product_id))
        pipe.multi()
        if left >= quantity:
            pipe.hincrby("stock:{guest}", product_id, -quantity)
        return left >= quantity

    return client.transaction(take, "stock:{guest}", value_from_callable=True)


@q2.mistake(
    "You returned False, but the pieces were taken: return does not cancel what is collected. "
    "Decide first, and then call pipe.multi()."
)
def decides_too_late(client, product_id, quantity):
    def take(pipe):
        left = int(pipe.hget("stock:{guest}", product_id) or 0)
        pipe.multi()
        pipe.hincrby("stock:{guest}", product_id, -quantity)
        return left >= quantity

    return client.transaction(take, "stock:{guest}", value_from_callable=True)


@q2.mistake("You returned True, but nothing was taken. What multi() collects is sent by execute().")
def forgets_execute(client, product_id, quantity):
    with client.pipeline(transaction=True) as pipe:
        pipe.watch("stock:{guest}")
        left = int(pipe.hget("stock:{guest}", product_id) or 0)
        if left < quantity:
            return False
        pipe.multi()
        pipe.hincrby("stock:{guest}", product_id, -quantity)
        return True


def try_5_times(client, take, *keys):
    """Call take(pipe) while it is watched, and EXEC, up to 5 times; return what it returned."""
    for _ in range(5):
        with client.pipeline(transaction=True) as pipe, suppress(redis.WatchError):
            pipe.watch(*keys)
            if not take(pipe):
                return False
            pipe.execute()
            return True
    return None


@q2.mistake(GAVE_UP)
def takes_in_5_tries(client, product_id, quantity):
    def take(pipe):
        left = int(pipe.hget(STOCK, product_id) or 0)
        if left >= quantity:
            pipe.multi()
            pipe.hincrby(STOCK, product_id, -quantity)
        return left >= quantity

    return try_5_times(client, take, STOCK)


@q2.mistake(
    "HINCRBY was sent outside of MULTI. So your own change spoiled your EXEC, at each of your 5 "
    "tries. Call pipe.multi(), and then pipe.hincrby(…)."
)
def spoils_its_own_exec_5_times(client, product_id, quantity):
    def take(pipe):
        left = int(pipe.hget(STOCK, product_id) or 0)
        if left >= quantity:
            pipe.hincrby(STOCK, product_id, -quantity)
        return left >= quantity

    return try_5_times(client, take, STOCK)


@st.composite
def purchases(draw):
    """Worlds for q3: a cart, a stock that mostly has enough of it, and maybe somebody else."""
    kinds = ["enough", "enough", "enough", "enough", "short", "missing", "meanwhile", "long"]
    kind = draw(st.sampled_from(kinds))
    size = draw(st.sampled_from([1, 2] if kind == "meanwhile" else [2, 1, 3, 4, 5, 7]))
    cart = draw(lines(scores, least=size, most=size))
    if kind == "long" and size == 7:
        cart |= {f"item{n}": n % 7 + 1 for n in range(100)}
    stock = draw(lines(pieces, most=4))
    more = draw(st.lists(st.sampled_from([0, 0, 1, 5, 88]), min_size=8, max_size=8))
    for n, item in enumerate(cart):
        stock[item] = cart[item] + more[n % 8]
    item = draw(st.sampled_from([item for item in cart if cart[item]] or ["vase"]))
    if kind == "short":
        stock[item] = max(cart.get(item, 0), 1) - 1
    elif kind == "missing":
        stock.pop(item, None)
    given = [*zadd(CART, cart), *hset(STOCK, stock), *draw(AROUND_A_STOCK)]
    if kind != "meanwhile":
        return Case(given)
    theirs = [command("HSET", STOCK, item, max(cart.get(item, 0), 1) - 1)]
    theirs += [command("ZINCRBY", CART, 100, item), command("ZADD", CART, 1, "vase")]
    theirs += [command("HDEL", STOCK, item)]
    return Case(given, (), (draw(st.sampled_from(theirs)),))


q3 = Exercise(
    "races.q3",
    "buy(client)",
    [
        Case([LINES, PIECES]),
        Case([LINES, "HSET stock:{guest} mug 1 lamp 1"]),
        Case([LINES, "HSET stock:{guest} mug 5"]),
        Case([PIECES]),
        Case([LINES, PIECES], (), (f"HSET {STOCK} mug 1",)),
        Case([LINES, "HSET stock:{guest} mug 5 lamp 2"], (), (f"ZINCRBY {CART} 1 lamp",)),
        Case([LINES, "HSET stock:{guest} mug 20 lamp 9"], (), (f"HINCRBY {STOCK} mug -1",)),
        Case([LINES, "HSET stock:{guest} mug 3 lamp 9"], (), (TAKES_ONE,)),
    ],
    (
        "client.transaction(work, 'cart:{guest}', 'stock:{guest}', value_from_callable=True) "
        "watches both keys.",
        "In work, read the lines by pipe.zrange(…, withscores=True), and the pieces by "
        "pipe.hgetall(…). Look at all lines, and return False if anything is short.",
        "Then pipe.multi(), pipe.hincrby('stock:{guest}', product_id, -int(quantity)) for each "
        "line, pipe.delete('cart:{guest}'), and return True.",
    ),
    rules=(changes_only_what_it_takes, in_one_multi(NO_MULTI), reads_the_cart_under_watch),
    worlds=purchases(),
)


@q3.reference
def buy(client):
    def work(pipe):
        lines = pipe.zrange("cart:{guest}", 0, -1, withscores=True)
        stock = pipe.hgetall("stock:{guest}")
        if not lines or any(int(stock.get(item, 0)) < quantity for item, quantity in lines):
            return False
        pipe.multi()
        for product_id, quantity in lines:
            pipe.hincrby("stock:{guest}", product_id, -int(quantity))
        pipe.delete("cart:{guest}")
        return True

    return client.transaction(work, "cart:{guest}", "stock:{guest}", value_from_callable=True)


def read(pipe):
    """Return the lines, and whether there are some and the stock has enough of each."""
    lines = pipe.zrange(CART, 0, -1, withscores=True)
    stock = pipe.hgetall(STOCK)
    return lines, bool(lines) and all(int(stock.get(item, 0)) >= n for item, n in lines)


def take(pipe, lines, whole=int):
    """Take the pieces out of the stock, and empty the cart."""
    for product_id, quantity in lines:
        pipe.hincrby(STOCK, product_id, -whole(quantity))
    pipe.delete(CART)


def buy_right(pipe):
    """Do what `work` of the reference does."""
    lines, enough = read(pipe)
    if enough:
        pipe.multi()
        take(pipe, lines)
    return enough


@q3.mistake(
    "Somebody added a lamp after you had read the cart, and it went with the cart, although nobody "
    "bought it. WATCH the cart, too, before you read it."
)
def watches_the_stock_only(client):
    return client.transaction(buy_right, STOCK, value_from_callable=True)


@q3.mistake(
    "Somebody changed the stock after you had read it, and you took what was no longer there. The "
    "stock, too, has to be watched before you read it, at each try anew."
)
def watches_the_cart_only(client):
    return client.transaction(buy_right, CART, value_from_callable=True)


@q3.mistake(
    "Somebody came between your reading and your writing, and you did not notice. Cart and stock "
    "have to be watched before you read them, at each try anew."
)
def watches_nothing(client):
    lines, enough = read(client)
    if enough:
        pipe = client.pipeline(transaction=True)
        take(pipe, lines)
        pipe.execute()
    return enough


@q3.mistake(READ_TOO_SOON)
def reads_the_cart_too_soon(client):
    lines = client.zrange(CART, 0, -1, withscores=True)

    def work(pipe):
        stock = pipe.hgetall(STOCK)
        enough = bool(lines) and all(int(stock.get(item, 0)) >= n for item, n in lines)
        if enough:
            pipe.multi()
            take(pipe, lines)
        return enough

    return client.transaction(work, CART, STOCK, value_from_callable=True)


@q3.mistake(GAVE_UP)
def buys_in_5_tries(client):
    return try_5_times(client, buy_right, CART, STOCK)


@q3.mistake(
    "You took line after line, and stopped at the one that is short: the lines before it have left "
    "the stock. Look at all lines first, and then take them all in one MULTI."
)
def stops_half_way(client):
    lines = client.zrange(CART, 0, -1, withscores=True)
    for product_id, quantity in lines:
        if int(client.hget(STOCK, product_id) or 0) < quantity:
            return False
        client.hincrby(STOCK, product_id, -int(quantity))
    client.delete(CART)
    return bool(lines)


@q3.mistake(
    "You stopped at the line that is short, but those before it were collected, and return does "
    "not cancel that. Look at all lines first, and then call pipe.multi()."
)
def collects_half_of_it(client):
    def work(pipe):
        lines, stock = pipe.zrange(CART, 0, -1, withscores=True), pipe.hgetall(STOCK)
        pipe.multi()
        for product_id, quantity in lines:
            if int(stock.get(product_id, 0)) < quantity:
                return False
            pipe.hincrby(STOCK, product_id, -int(quantity))
        pipe.delete(CART)
        return bool(lines)

    return client.transaction(work, CART, STOCK, value_from_callable=True)


@q3.mistake(
    "You returned False, but the cart was bought: return does not cancel what is collected. "
    "Decide first, and then call pipe.multi()."
)
def decides_too_late_to_buy(client):
    def work(pipe):
        lines, enough = read(pipe)
        pipe.multi()
        take(pipe, lines)
        return enough

    return client.transaction(work, CART, STOCK, value_from_callable=True)


@q3.mistake("The cart was empty, and you returned True. Return False if there are no lines.")
def buys_nothing(client):
    def work(pipe):
        lines, enough = read(pipe)
        if enough:
            pipe.multi()
            take(pipe, lines)
        return enough or not lines

    return client.transaction(work, CART, STOCK, value_from_callable=True)


@q3.mistake("The pieces are taken, but the cart is still full: whoever clicks again buys it again.")
def keeps_the_cart(client):
    def work(pipe):
        lines, enough = read(pipe)
        pipe.multi()
        for product_id, quantity in lines if enough else ():
            pipe.hincrby(STOCK, product_id, -int(quantity))
        return enough

    return client.transaction(work, CART, STOCK, value_from_callable=True)


@q3.mistake(
    "The cart was emptied outside of the MULTI. If your program stops before that, the pieces are "
    "sold, and the cart is still full: put pipe.delete(…) into the MULTI."
)
def empties_the_cart_later(client):
    bought = keeps_the_cart(client)
    if bought:
        client.delete(CART)
    return bought


@q3.mistake(
    "The cart was emptied outside of the MULTI. That changed a key that you watch, so your EXEC "
    "did nothing, and the next try found an empty cart. Use pipe.delete(…) after pipe.multi()."
)
def empties_the_cart_at_once(client):
    def work(pipe):
        lines, enough = read(pipe)
        pipe.multi()
        if enough:
            take(pipe, lines)
            client.delete(CART)
        return enough

    return client.transaction(work, CART, STOCK, value_from_callable=True)


@q3.mistake(
    "All changes were sent at once, outside of a MULTI. They spoiled your own EXEC, and the next "
    "try found an empty cart. Call pipe.multi() before them."
)
def spoils_its_own_exec_to_buy(client):
    def work(pipe):
        lines, enough = read(pipe)
        if enough:
            take(pipe, lines)
        return enough

    return client.transaction(work, CART, STOCK, value_from_callable=True)


@q3.mistake(
    "A pipeline that collects has no replies: there are no lines to go through. Give "
    "client.transaction both keys, and read before you call pipe.multi()."
)
def reads_after_multi(client):
    def work(pipe):
        pipe.multi()
        lines, enough = read(pipe)
        if enough:
            take(pipe, lines)
        return enough

    return client.transaction(work, CART, STOCK, value_from_callable=True)


@q3.mistake(
    "You returned the list of replies to your MULTI. With value_from_callable=True, "
    "client.transaction returns what your inner function returns."
)
def returns_the_replies_to_buy(client):
    return client.transaction(buy_right, CART, STOCK)


@q3.mistake(
    "HINCRBY refuses -2.0, for a score is a float: take int(quantity). And look at the cart: there "
    "is no rollback, so it was emptied all the same."
)
def takes_floats(client):
    def work(pipe):
        lines, enough = read(pipe)
        pipe.multi()
        if enough:
            take(pipe, lines, whole=float)
        return enough

    return client.transaction(work, CART, STOCK, value_from_callable=True)
