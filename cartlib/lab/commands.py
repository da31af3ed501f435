"""The commands that the console knows: what each does and costs, and which words are its keys."""

import csv
from dataclasses import dataclass
from pathlib import Path

from cartlib.errors import shown

TABLE = Path(__file__).parent.parent / "data" / "commands.csv"


@dataclass(frozen=True)
class Command:
    """One command of Redis, in words; `kind` is read or write.

    `keys` tells which of the words are keys: "1" is the first after the name, "1:" all of them,
    "1::2" every other one; "n2" says that the second one is their number; `store` and `streams` are
    those after these words; "c1" is a channel; and `all` means every key of the server.
    """

    name: str
    arguments: str
    group: str
    kind: str
    keys: str
    does: str
    cost: str

    def __str__(self):
        return f"{self.syntax}: {self.does}. {self.cost}."

    @property
    def syntax(self) -> str:
        """The name and the arguments."""
        return f"{self.name} {self.arguments}".rstrip()

    def keys_of(self, words) -> tuple[str, ...]:
        """Return the keys among the words of a line, in order, each once."""
        rules = [rule for rule in self.keys.split() if rule != "all" and rule[0] != "c"]
        found = [word for rule in rules for word in _words_at(rule, words)]
        return tuple(dict.fromkeys(found))

    def channels_of(self, words) -> tuple[str, ...]:
        """Return the channels among the words of a line."""
        return tuple(_words_at(self.keys[1:], words)) if self.keys.startswith("c") else ()


with TABLE.open(encoding="utf-8", newline="") as file:
    COMMANDS = {row["name"]: Command(**row) for row in csv.DictReader(file)}


def find(words) -> Command | None:
    """Return the command that a line's words begin with, if it is known."""
    return COMMANDS.get(" ".join(words[:2]).upper()) or COMMANDS.get(words[0].upper())


def _words_at(rule, words):
    if rule == "store":
        return [
            after for word, after in zip(words, words[1:], strict=False) if word.upper() == "STORE"
        ]
    if rule == "streams":
        return _streams(words)
    if rule.startswith("n"):
        place = int(rule[1:])
        return words[place + 1 :][: _number(words[place : place + 1])]
    if ":" not in rule:
        return words[int(rule) :][:1]
    return words[slice(*(int(part) if part else None for part in rule.split(":")))]


def _streams(words):
    upper = [word.upper() for word in words]
    if "STREAMS" not in upper:
        return ()
    after = words[upper.index("STREAMS") + 1 :]
    return after[: (len(after) + 1) // 2]


def _number(words):
    try:
        return max(int(words[0]), 0)
    except (ValueError, IndexError):
        return 0


def help_on(words) -> str:
    """Return what HELP says: about one command, about a group such as hash, or which there are."""
    groups = {}
    for command in COMMANDS.values():
        groups.setdefault(command.group, []).append(command)
    asked = " ".join(words)
    if not asked:
        return "\n".join(
            f"{group}: {', '.join(command.name for command in members)}"
            for group, members in groups.items()
        )
    name = asked.upper()
    found = [each for each in COMMANDS.values() if f"{each.name} ".startswith(f"{name} ")]
    found = found or groups.get(asked.lower(), [])
    if not found:
        return f"There is no help on {shown(asked)}. HELP alone lists all commands."
    return "\n".join(map(str, found))
