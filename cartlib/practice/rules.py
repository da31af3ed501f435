"""Rules of exercises: each takes a trial, and says in words what its commands do wrong, or None."""

from redis.exceptions import NoScriptError

CHANGES = {
    *("DEL", "UNLINK", "EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT", "HSET", "HINCRBY", "HDEL"),
    *("ZADD", "ZINCRBY", "ZREM", "ZREMRANGEBYRANK", "ZREMRANGEBYSCORE", "ZUNIONSTORE"),
}


def never(name, because):
    """Return a rule: the command `name` is not for this exercise."""
    return lambda trial: because if name in trial.names else None


def no_read_then_write(key):
    """Return a rule: a value of `key` is not read first, and then written back by ZADD or HSET."""

    def rule(trial):
        read_in = None
        for command in trial.commands:
            if key not in command.words:
                continue
            if command.name in ("ZSCORE", "ZMSCORE", "ZRANGE", "HGET", "HGETALL", "GET"):
                read_in = command.trip
            sets = command.name in ("ZADD", "HSET", "SET") and "INCR" not in str(command).split()
            if sets and read_in is not None and command.trip > read_in:
                return (
                    "You read, and then wrote: two clients that do so at the same time lose one "
                    "of the two changes. One command that increments can't lose any."
                )
        return None

    return rule


def in_one_multi(text, names=CHANGES):
    """Return a rule: the commands `names` go between MULTI and EXEC, and one EXEC does them all."""

    def rule(trial):
        inside, changes, done = False, 0, 0
        for command in trial.commands:
            if command.name == "MULTI":
                inside, changes = True, 0
            elif command.name == "EXEC":
                inside, done = False, done + (changes > 0 and command.reply is not None)
            elif command.name in names:
                changes += 1
                if not inside:
                    return text
        return text if done > 1 else None

    return rule


def watches_first(*watched):
    """Return a rule: each of these keys is watched before anything is done with it."""

    def rule(trial):
        guarded = set()
        for command in trial.commands:
            if command.name == "WATCH":
                guarded.update(command.words[1:])
            elif command.name in ("EXEC", "UNWATCH", "DISCARD"):
                guarded.clear()
            else:
                for key in set(watched).intersection(command.words) - guarded:
                    return (
                        f"{command.name} {key} was sent while {key} was not watched: a change "
                        "before your EXEC goes unnoticed. First WATCH, then read, then MULTI."
                    )
        return None

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
