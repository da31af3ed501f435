"""How far somebody is, as a page: a bar for each lesson, and what is open there."""

from dataclasses import dataclass

from cartlib.look.html import STYLE, framed, marked_up


@dataclass(frozen=True)
class Chapter:
    """A lesson's file name without its ending, and {task in words: whether it is solved}."""

    lesson: str
    tasks: dict[str, bool]

    @property
    def title(self):
        number, _, words = self.lesson.partition("_")
        return f"{number} · {words.replace('_', ' ').capitalize()}"

    @property
    def state(self):
        return f"{sum(self.tasks.values())} of {len(self.tasks)}"


class Progress:
    """A bar for each lesson; what is open is a link to it. It needs no kernel."""

    def __init__(self, chapters):
        self.chapters = chapters

    def __str__(self):
        return "\n".join(f"{chapter.title}: {chapter.state}" for chapter in self.chapters)

    __repr__ = __str__

    def _repr_mimebundle_(self, **_):
        return {"text/plain": str(self), "text/html": STYLE + framed(self._table())}

    def _table(self):
        tasks = [done for chapter in self.chapters for done in chapter.tasks.values()]
        rows = "".join(map(_row, self.chapters))
        return (
            '<table class="bars chapters">'
            f"<caption>Solved: {sum(tasks)} of {len(tasks)} questions and exercises</caption>"
            '<thead><tr><th scope="col">lesson</th><th scope="col">solved</th>'
            f'<th scope="col">open</th></tr></thead><tbody>{rows}</tbody></table>'
        )


def _row(chapter):
    share = 100 * sum(chapter.tasks.values()) / len(chapter.tasks)
    full = f'<span class="kept" style="width:{share:.0f}%"></span>' if share else ""
    return (
        f'<tr><th scope="row">{_link(chapter, chapter.title)}</th>'
        f'<td><div class="bar" aria-hidden="true">{full}</div>{chapter.state}</td>'
        f"<td>{_open(chapter)}</td></tr>"
    )


def _open(chapter):
    left = [words for words, done in chapter.tasks.items() if not done]
    if not left:
        return '<span class="good">✓ all solved</span>'
    items = "".join(f"<li>{_link(chapter, marked_up(words))}</li>" for words in left)
    # What is clicked gets the focus, and no key that is pressed then is to change the notebook.
    return (
        f'<details><summary data-lm-suppress-shortcuts="">{len(left)} open</summary>'
        f"<ul>{items}</ul></details>"
    )


def _link(chapter, text):
    return f'<a href="{chapter.lesson}.ipynb" data-lm-suppress-shortcuts="">{text}</a>'
