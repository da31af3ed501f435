"""The cell magic %%redis: a cell of raw commands, as redis-cli reads them."""

from dataclasses import dataclass
from types import SimpleNamespace

from IPython import get_ipython
from IPython.display import display

from cartlib.errors import CartError, shown
from cartlib.lab.console import Answer, Session
from cartlib.look.html import STYLE, framed, warned
from cartlib.widgets.parts import errors_shown
from cartlib.widgets.redis_console import entry
from cartlib.widgets.touched_keys import TouchedKeys

ANY_KEY = "--any-key"


@dataclass(frozen=True)
class Transcript:
    """What a cell of commands shows; str() is what redis-cli would print of it: the replies.

    `tables` and `told` are HTML.
    """

    answers: tuple[Answer, ...]
    tables: str = ""
    told: str = ""

    def __str__(self):
        return "\n".join(answer.text for answer in self.answers)

    def _repr_mimebundle_(self, **_):
        lines = "".join(f'<div class="entry">{entry(answer)}</div>' for answer in self.answers)
        card = f'<div class="side"><div>{lines}</div><div>{self.tables}</div></div>'
        return {"text/plain": str(self), "text/html": STYLE + framed(card) + self.told}


def use_redis_magic(client):
    """Let cells that begin with %%redis send their lines to this client's Redis.

    Lines that are empty or begin with # are left out. `%%redis --any-key` reaches all keys.
    """
    shell = get_ipython()
    if shell is None:
        raise CartError("%%redis works in a notebook: this is none.")

    def redis(options, cell):
        display(run_cell(client, cell, options))

    shell.register_magic_function(redis, "cell", "redis")


def run_cell(client, cell, options="") -> Transcript:
    """Run the lines of a cell one after the other; an error of one does not stop the next."""
    lines = [line for line in map(str.strip, cell.splitlines()) if line and line[0] != "#"]
    answers, tables, message = [], "", SimpleNamespace(value="")
    with errors_shown(message):
        session = _session(client, options.split())
        names = dict.fromkeys(name for line in lines for name in session.keys_of(line))
        touched = TouchedKeys(client, list(names))
        try:
            for line in lines:
                answers.append(Answer(line, "(no reply)", failed=True))
                answers[-1] = session.run(line)
        finally:
            left_open = session.close()
        message.value = warned(left_open) if left_open else ""
        tables = touched.html()
    answers += [Answer(line, "(not sent)", failed=True) for line in lines[len(answers) :]]
    return Transcript(tuple(answers), tables, message.value)


def _session(client, options):
    if options not in ([], [ANY_KEY]):
        raise CartError(f"%%redis takes {ANY_KEY} or nothing, and not {shown(' '.join(options))}.")
    return Session(client, any_key=options == [ANY_KEY])
