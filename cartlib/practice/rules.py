"""Rules of exercises: each takes a trial, and says in words what its commands do wrong, or None.

They look at what commands do, not at how they are spelt: what was written, what came back, what
waited for what.
"""

from redis.exceptions import NoScriptError

from cartlib.lab.disturbance import changes, looks
from cartlib.lab.slots import slot_of

READS_FIRST = (
    "You read first, and then changed something: between the two, somebody else can do the same, "
    "and what you read is old. The change needs no reading before it."
)
MADE_UP = (
    "Your script used {}, and was not given it in KEYS. A cluster has to know beforehand which "
    "keys a script touches."
)
BY_A_SCRIPT = (
    "A script does all of it at once, too. But this task is about MULTI: send the changes in one."
)
IN_SEVERAL = (
    "You sent the changes in several MULTIs. If your program stops between two of them, only a "
    "part is made: send all of them in one."
)
OUTSIDE = "You sent {} outside of the MULTI. All changes belong into one."
TOGETHER = (
    "You sent {} and {} together, but without MULTI: somebody else can come between them. Leave "
    "transaction=False out of pipeline()."
)
WATCHING = (
    "You sent {} by the connection that watches. On a cluster it stays at the node of what is "
    "watched, and this key may be on another: send it by client."
)


def never(name, because):
    """Return a rule: the command `name` is not for this exercise."""
    return lambda trial: because if name in trial.names else None


def changes_nothing(text):
    """Return a rule: no command is sent that could change something, not even to undo it."""
    return lambda trial: text.format(trial.writes[0]) if trial.writes else None


def no_look_before(key, text=READS_FIRST):
    """Return a rule: `key` is not read in a round trip before the first change."""

    def rule(trial):
        first = min((command.trip for command in trial.writes), default=None)
        for command in trial.commands:
            early = first is not None and command.trip < first
            if early and looks(command) and key in command.words:
                return text
        return None

    return rule


def in_one_multi(text, names=None):
    """Return a rule: the changes go between MULTI and EXEC, and one EXEC does them all.

    With `names`, only these commands count as changes. `text` is for changes one by one.
    """

    def rule(trial):
        inside, waiting, done, outside = False, 0, 0, []
        for command in trial.commands:
            if command.name == "MULTI":
                inside, waiting = True, 0
            elif command.name == "EXEC":
                inside, done = False, done + (waiting > 0 and command.reply is not None)
            elif command.name in names if names else changes(command):
                waiting += 1
                outside += [] if inside else [command]
        if not outside:
            return IN_SEVERAL if done > 1 else None
        if outside[0].name.startswith("EVAL"):
            return BY_A_SCRIPT
        if done:
            return OUTSIDE.format(outside[0])
        together = len(outside) > 1 and len({command.trip for command in outside}) == 1
        return TOGETHER.format(outside[0], outside[1]) if together else text

    return rule


def at_most_trips(most, advice):
    """Return a rule: no more than `most` round trips. To load a script is not counted."""

    def rule(trial):
        trips = len({c.trip for c in trial.commands if not _loads_a_script(c)})
        if trips <= most:
            return None
        enough = "1 is enough" if most == 1 else f"{most} are enough"
        return f"{trial.call} made {trips} round trips, and {enough}. {advice}"

    return rule


def _loads_a_script(command):
    return command.name.startswith("SCRIPT") or isinstance(command.reply, NoScriptError)


def on_one_node(text):
    """Return a rule: what a command, a MULTI or a script names is in one slot, as in a cluster.

    So is what a connection sends while it watches: it stays at the node of what is watched.
    """

    def rule(trial):
        held = {}  # connection: the slots of what it watches and collects
        for command in trial.commands:
            slots = {slot_of(word) for word in map(str, command.words[1:]) if _is_key(word)}
            if command.name in ("WATCH", "MULTI"):
                held.setdefault(command.connection, set())
            if command.connection in held:
                slots = held[command.connection] = held[command.connection] | slots
            if command.name in ("EXEC", "UNWATCH", "DISCARD"):
                held.pop(command.connection, None)
            if len(slots) > 1 and command.name != "PUBLISH":
                alone = command.connection in held and looks(command)
                return WATCHING.format(command) if alone else text
        made_up = next(filter(_is_key, trial.made_up), None)
        return MADE_UP.format(made_up) if made_up else None

    return rule


def _is_key(word):
    return word.startswith(("cart:", "stock:", "product:", "shop:")) or word == "products"
