"""How far somebody is, as a page: a bar for each lesson, and what is open there."""

from dataclasses import dataclass

from cartlib.look.html import STYLE, framed, marked_up


@dataclass(frozen=True)
class Chapter:
    """A lesson's file name without its ending, and (task in words, whether it is solved) pairs."""

    lesson: str
    tasks: tuple[tuple[str, bool], ...]

    @property
    def title(self):
        number, _, words = self.lesson.partition("_")
        return f"{number} · {words.replace('_', ' ').capitalize()}"

    @property
    def state(self):
        return f"{self.solved} of {len(self.tasks)}"

    @property
    def solved(self):
        return sum(done for _, done in self.tasks)


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
        solved = sum(chapter.solved for chapter in self.chapters)
        total = sum(len(chapter.tasks) for chapter in self.chapters)
        rows = "".join(map(_row, self.chapters))
        return (
            '<table class="bars chapters">'
            f"<caption>Solved: {solved} of {total} questions and exercises</caption>"
            '<thead><tr><th scope="col">lesson</th><th scope="col">solved</th>'
            f'<th scope="col">open</th></tr></thead><tbody>{rows}</tbody></table>'
        )


def _row(chapter):
    share = 100 * chapter.solved / len(chapter.tasks)
    full = f'<span class="kept" style="width:{share:.0f}%"></span>' if share else ""
    return (
        f'<tr><th scope="row">{_link(chapter, chapter.title)}</th>'
        f'<td><div class="bar" aria-hidden="true">{full}</div>{chapter.state}</td>'
        f"<td>{_open(chapter)}</td></tr>"
    )


def _open(chapter):
    left = [words for words, done in chapter.tasks if not done]
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
