"""What the console sends, and what it refuses: keys that are not the kit's, and what disturbs.

It keeps learners from mistakes on a server that others use. It is no lock: who can use the console
can use Python as well.
"""

import re

from cartlib import keys
from cartlib.errors import CartError, shown
from cartlib.failures import address
from cartlib.lab.commands import COMMANDS, Command, find

WHOLE = "would delete or swap what others keep on this server. Delete your own keys with DEL."
SERVER = "would show or change how the server works for all who use it."
CONNECTION = "would change the connection behind your back. Make another client by connect()."
FOREVER = "would listen for ever, and the page would wait. The control LiveFeed listens beside it."
SCRIPTS = "would run or change scripts that the console can't read. Write the script after EVAL."
REFUSED = {
    **dict.fromkeys(["FLUSHALL", "FLUSHDB", "SWAPDB", "MIGRATE", "MOVE"], WHOLE),
    **dict.fromkeys(["SHUTDOWN", "DEBUG", "REPLICAOF", "SLAVEOF", "FAILOVER"], SERVER),
    **dict.fromkeys(["CLUSTER", "MODULE", "SAVE", "BGSAVE", "BGREWRITEAOF", "LATENCY"], SERVER),
    **dict.fromkeys(["SELECT", "QUIT", "RESET", "CLIENT", "READONLY", "ASKING"], CONNECTION),
    **dict.fromkeys(["MONITOR", "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE"], FOREVER),
    **dict.fromkeys(["SCRIPT", "FUNCTION", "EVALSHA", "EVAL_RO", "FCALL", "FCALL_RO"], SCRIPTS),
    **dict.fromkeys(["AUTH", "HELLO"], "would show a password here. Give it to connect(url=…)."),
    "ACL": "would show or change who may do what on this server.",
    "CONFIG": "would show or change the server's settings, its password among them.",
}
IN_SECONDS = {  # where the time-out stands among the arguments
    **dict.fromkeys(["BLPOP", "BRPOP", "BLMOVE", "BZPOPMIN", "BZPOPMAX"], -1),
    **dict.fromkeys(["BLMPOP", "BZMPOP"], 0),
}
CALL = re.compile(r"""\bp?call\s*\(\s*(["'])(\w+)\1\s*(?:,\s*KEYS\s*\[|\))""")


def check(words, client, *, any_key=False) -> Command:
    """Return the command of a line; raise a CartError that says why it is refused.

    Only what commands.csv lists is sent, and unless `any_key` is set, only about the kit's keys.
    """
    command = find(words)
    if command is None:
        raise CartError(_why_not(words))
    _check_wait(command.name, words)
    if command.name == "EVAL":
        _check_script("".join(words[1:2]), client)
    if not any_key:
        _check_keys(command, words)
    return command


def _why_not(words):
    name = words[0].upper()
    more = ", ".join(each for each in COMMANDS if each.startswith(f"{name} "))
    if more and len(words) == 1:
        return f"{name} needs one more word: {more}."
    if name in REFUSED:
        return f"{name} {REFUSED[name]}"
    if more:
        return f"The console knows no {name} {shown(words[1])}, but {more}."
    return f"The console knows no command {shown(words[0])}. HELP lists those that it knows."


def _check_keys(command, words):
    if command.keys == "all":
        raise CartError(
            f"{command.name} looks at every key of the server, and others may have "
            "some there. The kit keeps an index of its products instead: SMEMBERS products."
        )
    named = command.keys_of(words) + command.channels_of(words)
    if command.name == "SORT":  # it reads other keys by patterns
        pairs = zip(words, words[1:], strict=False)
        named += tuple(it for word, it in pairs if word.upper() in ("BY", "GET") and "*" in it)
    foreign = next((name for name in named if not keys.is_ours(name)), None)
    if foreign is not None:
        raise CartError(
            f"{shown(foreign)} is none of the kit's keys: those begin with "
            f"{', '.join(keys.OURS)}, and one is {keys.products()}. To try things out, take demo:a."
        )


def _check_wait(name, words):
    """Refuse to wait for more than a second: the whole page would."""
    waits, longest = [], "1 second, such as 0.5"
    if name in IN_SECONDS:
        waits = [_number(word) for word in words[1:][IN_SECONDS[name] :][:1]]
    elif name in ("WAIT", "XREAD", "XREADGROUP"):
        longest = "1000 ms"
        pairs = zip(words, words[1:], strict=False)
        after = (
            words[2:3] if name == "WAIT" else [it for word, it in pairs if word.upper() == "BLOCK"]
        )
        waits = [_number(word) / 1000 for word in after]
    if any(not 0 < wait <= 1 for wait in waits):
        raise CartError(
            f"{name} with this time-out would hold up the page, and with 0 for ever. "
            f"Give it at most {longest}."
        )


def _number(word):
    try:
        return float(word)
    except ValueError:
        return 1  # Redis will say so


def _check_script(script, client):
    if address(client) == "fakeredis":
        raise CartError(
            "EVAL would run this script inside the notebook, as there is only fakeredis here, and "
            "nothing could stop it. Use client.eval() in a cell, or a real server."
        )
    if re.search(r"\b(while|repeat)\b", script):
        raise CartError(
            "EVAL with while or repeat could go on without end, and stop the server for all who "
            "use it. A for loop has an end."
        )
    called = [name.upper() for _, name in CALL.findall(script)]
    known = {name for name, command in COMMANDS.items() if command.keys != "all"}
    if len(called) != script.count("call") or not set(called) <= known:
        raise CartError(
            "EVAL can reach any key, so here each redis.call has to name one of the console's "
            "commands, and then one of KEYS, as in redis.call('GET', KEYS[1])."
        )
