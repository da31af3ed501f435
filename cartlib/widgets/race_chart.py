"""RaceChart: adds that were expected against adds that were kept, and how one gets lost."""

from html import escape

from cartlib.lab.races import MINE, MOST_ADDS, MOST_THREADS, WAYS, race, story
from cartlib.look.control import Control, NumberBox, button, columns, form, html
from cartlib.look.html import framed, noted, said, warned
from cartlib.widgets.charts import OneAtATime, Picture, bar, under_way
from cartlib.widgets.parts import counted, errors_shown
from cartlib.widgets.race_story import told

SLOW = 900  # a second is enough for so many threads × threads × adds, where all watch the cart
OWN = "Nobody wrote over what the other had written."


class RaceChart(Control):
    """Lets threads add to one line, in the way of a button; draws the last race of each way.

    Beside the bars it tells what two clients of that way do to each other, command by command.
    `mine`, a function(client, key, member) that adds 1 to the score of `member` in the sorted set
    `key`, gets a button, too.
    """

    def __init__(self, client, *, mine=None):
        self._client, self._results, self._clicks = client, {}, OneAtATime()
        self._ways = {name: (way.title, way.commands, way.why) for name, way in WAYS.items()}
        self._racers = dict(zip(WAYS, WAYS, strict=True))
        if mine is not None:
            what = getattr(mine, "__name__", "your function")
            self._ways[MINE], self._racers[MINE] = ("Yours", f"Your function {what}", OWN), mine
        tooltips = f"1 to {MOST_THREADS}", f"1 to {MOST_ADDS}"
        self.threads = NumberBox("4", "Threads", f"How many add at the same time, {tooltips[0]}")
        self.adds = NumberBox("25", "Adds each", f"How often each one adds 1, {tooltips[1]}")
        for box in (self.threads, self.adds):
            box.observe(lambda _: self._say_how_long(), "value")
        self.buttons = {name: button(*words[:2]) for name, words in self._ways.items()}
        for name, way in self.buttons.items():
            way.on_click(lambda _, name=name: self._race(name))
        self.duration, self.message = html(), html()
        self.chart, self.story = Picture(), Picture(_no_story())
        super().__init__(
            [
                form(self.threads, self.adds, self.duration),
                form(*self.buttons.values()),
                self.message,
                columns(self.chart, self.story),
            ]
        )
        self.message.add_class("cartlib-say")
        self.story.add_class("cartlib-wide")
        self._say_how_long()
        self._draw()

    def _say_how_long(self):
        threads, adds = self.threads.number, self.adds.number
        text = "A race takes less than a second."
        known = threads in range(1, MOST_THREADS + 1) and adds in range(1, MOST_ADDS + 1)
        if known and (seconds := threads**2 * adds / SLOW) > 1:
            text = f"{counted(threads * adds, 'add')}: up to about {seconds:.0f} s, if watched."
        self.duration.value = framed(f'<span class="quiet">{text}</span>')

    def _race(self, name):
        with self._clicks.click(self.chart, self.story, of=name) as free:
            if not free:
                return
            title, _, why = self._ways[name]
            self.message.value = under_way(f"{title}: the race begins …")
            with errors_shown(self.message):
                self.story.show(told(title, story(self._client, self._racers[name]), why))
                self._results[name] = self._measured(name, title)
                self._draw(name)
                self.message.value = self._news(self._results[name])
            self.chart.old = self.story.old = False

    def _measured(self, name, title):
        threads, adds = self.threads.number, self.adds.number

        def progress(done):
            text = f"{title}: {done} of {counted(threads * adds, 'add')} are done …"
            self.message.value = under_way(text, done, threads * adds)

        racer = self._racers[name]
        return race(self._client, racer, threads=threads, adds=adds, progress=progress)

    def _news(self, result):
        return (said if result.kept == result.expected else warned)(self._sentence(result))

    def _sentence(self, result):
        return f"{self._ways[result.way][0]}: {_kept(result)}, {_lost(result)}."

    def _draw(self, newest=None):
        results = self._results.values()
        most = max((result.expected for result in results), default=1)
        trips = max((result.round_trips for result in results), default=1) or 1
        rows = "".join(
            f"<tr{' class=cartlib-flash' * (name == newest)}>"
            f'<th scope="row">{escape(words[0])}</th>'
            f"{_cells(self._results.get(name), most, trips)}</tr>"
            for name, words in self._ways.items()
        )
        self.chart.show(
            '<table class="bars"><caption>The last race of each way</caption><thead><tr>'
            '<th scope="col">way</th><th scope="col">adds</th><th scope="col">cost</th></tr>'
            f"</thead><tbody>{rows}</tbody></table>"
        )


def _cells(result, most, trips):
    if result is None:
        nothing = f'<td>{bar()}<div class="quiet">{{}}</div><div>&nbsp;</div></td>'
        return nothing.format("not raced yet") + nothing.format("&nbsp;")
    kept, lost = result.kept / most * 100, (result.expected - result.kept) / most * 100
    good = result.kept == result.expected
    cost = result.round_trips / trips * 100
    again = cost * result.retries / (result.expected + result.retries)
    return (
        f"<td>{bar(('kept', kept), ('lost', lost))}<div>{_kept(result)}</div>"
        f'<div class="{"good" if good else "bad"}">{"" if good else "⚠ "}{_lost(result)}</div></td>'
        f"<td>{bar(('trips', cost - again), ('again', again))}"
        f"<div>{counted(result.round_trips, 'round trip')}</div><div>{_retries(result)}</div></td>"
    )


def _kept(result):
    return f"{result.kept} of {result.expected} kept"


def _lost(result):
    lost = result.expected - result.kept
    return f"{-lost} too many" if lost < 0 else f"{lost} lost" if lost else "none lost"


def _retries(result):
    if not result.retries:
        return "no retries"
    return "1 retry" if result.retries == 1 else f"{result.retries:,} retries"


def _no_story():
    return (
        f"{noted('No story yet: click a way.')}"
        '<div class="story scroll"><p class="quiet">Here you see, command by command, what becomes '
        "of the adds of two clients, Ann and Bob.</p></div>"
    )
