"""Compares what a learner's function did with what the reference does: value, keys, commands."""

from dataclasses import replace
from textwrap import shorten

from redis.exceptions import RedisError

from cartlib.errors import CartConnectionError, CartDataError, CartError
from cartlib.lab.clock import TooSlow
from cartlib.lab.contents import HEARD, alike, differing
from cartlib.lab.disturbance import has_effect, looks
from cartlib.look.compare import SHORT, in_a_line, lines_of, lines_of_key, shortened
from cartlib.practice import slips
from cartlib.practice.outcome import CORRECT, ERROR, NOT_YET, Outcome
from cartlib.practice.sandbox import THEIRS, attempt, describe_result, spent
from cartlib.practice.trials import Trial, alone, disturbed, varied, with_faults
from cartlib.practice.world import WORLDS, Case, search

MOST_LINES, LONGEST = 8, 300  # of what is shown of a world: lines, and characters of one
ABOUT_THE_SERVER = (RedisError, CartConnectionError, CartDataError)


def judge(exercise, function, tell=lambda text: None) -> tuple[Outcome, Case | None]:
    """Return the outcome: of the first trial that shows something wrong, or that all are right.

    With it goes that trial's case, if nobody disturbed the function there. `tell` is called with
    each call before it begins.
    """
    done = hand_written(exercise, function, tell)
    if stop := slips.not_tried(function, [trial.mine for trial in done]):
        return Outcome(exercise.name, *stop), None
    stopped = [trial for trial in done if slips.stopped(trial.mine)]
    found = stopped[0] if stopped else first_wrong(exercise, function, done, tell)
    if found is None:
        text = f"All {_total(exercise)} worlds are right: the value, the keys and the commands."
        return replace(_outcome(exercise, done[0], CORRECT, text), given="", call=""), None
    if text := slips.stopped(found.mine):
        return _outcome(exercise, found, ERROR, text), None
    status, text = fault(exercise, found) or broken_rule(exercise, found)
    others = [trial for trial in done if trial is not found]
    if known := _known_mistake(exercise, [found, *others], tell):
        status, text = NOT_YET, known
    return _outcome(exercise, found, status, text), None if found.story else found.case


def is_right(exercise, function, case) -> bool:
    """Tell whether a function is right in a case with nobody else about."""
    trial = alone(exercise, function, case)
    return not fault(exercise, trial) and not broken_rule(exercise, trial)


def hand_written(exercise, function, tell=lambda text: None) -> list[Trial]:
    """Return a trial of each hand-written case, up to one that does not end."""
    done, spent[0] = [], 0.0
    for number, case in enumerate(exercise.cases, 1):
        done.append(alone(exercise, function, case, tell, number))
        if isinstance(done[-1].mine.error, TooSlow):
            break  # the others would only take as long
    return done


def first_wrong(exercise, function, done, tell=lambda text: None, smallest=True) -> Trial | None:
    """Return the first trial that shows something wrong: of those done, and then of all others.

    With `smallest`, a generated world that fails is made smaller, as far as it still fails.
    """
    numbers, failed = [len(exercise.cases)], []

    def wrong(trial):
        return fault(exercise, trial) or broken_rule(exercise, trial)

    def first_of(trials):
        return next(filter(wrong, trials), None)

    def in_world(case):
        numbers[0] += not failed  # what comes after the first that fails only makes it smaller
        lonely = alone(exercise, function, case, tell, numbers[0])
        found = first_of([lonely]) or first_of(disturbed(exercise, function, lonely, tell, 2))
        failed.extend([found] if found else [])
        return found

    found = next((trial for trial in done if fault(exercise, trial)), None) or first_of(done)
    for trial in done:
        found = found or first_of(disturbed(exercise, function, trial, tell))
        found = found or first_of(varied(exercise, function, trial, tell))
    passed = []
    for case in exercise.generated if not found else ():
        found = in_world(case)
        if found:
            break
        passed.append(case)
    if failed and smallest and (case := search(exercise.worlds, in_world, passed)):
        found = in_world(case) or found
    return found or first_of(with_faults(exercise, function, done, tell))


def fault(exercise, trial):
    """Return (status, sentence) of what is wrong with a trial's value or keys, or None."""
    mine, right = trial.mine, trial.right[0]
    if mine.failed_at is not None:
        return _fault_of_failure(trial)
    if any(_same(mine.in_the_ids_of(one), one) for one in trial.right):
        return None
    slip = slips.explain(mine)
    text = f"{trial.story} {slip}".strip() if slip else _difference(trial)
    unexpected = mine.error and type(mine.error) is not type(right.error)
    return (ERROR if unexpected else NOT_YET), text


def broken_rule(exercise, trial):
    """Return (status, sentence) of the first rule that a trial breaks; None if it keeps all."""
    if trial.mine.failed_at is not None:
        return None
    return next(((NOT_YET, text) for rule in exercise.rules if (text := rule(trial.mine))), None)


def _fault_of_failure(trial):
    mine = trial.mine
    if later := list(filter(has_effect, mine.commands[mine.failed_at :])):
        return NOT_YET, (
            f"{trial.story} Your function went on, and sent {later[0]}. Let the error out, and "
            "change nothing more."
        )
    if mine.error is None:
        return NOT_YET, (
            f"{trial.story} Your function {describe_result(mine)} all the same: whoever called it "
            "must think that all went well. Let the error out."
        )
    if not isinstance(mine.error, ABOUT_THE_SERVER):
        return NOT_YET, (
            f"{trial.story} Your function {describe_result(mine)}, in place of redis-py's own "
            "error. Let that one out: don't catch it."
        )
    return None


def _difference(trial):
    """Return in a sentence what differs."""
    mine, right = _beside_the_nearest(trial)
    if mine.error is not None and type(mine.error) is not type(right.error):
        problem = f"{type(mine.error).__name__}: {mine.error}"
        return f"{trial.story} {mine.call} raised an error: {problem}".strip()[:300]
    if trial.story:
        if not differing(mine.keys, right.keys):
            what = describe_result(mine)
            return f"{trial.story} After that, {mine.call} {what}, and that is not right."
        first = ", whichever of the two came first" if mine.acts else ""
        return f"{trial.story} What is left then is not right{first}."
    if not same_result(mine, right):
        return _difference_of_results(mine, right)
    names = differing(mine.keys, right.keys)
    if touched := [name for name in names if name in THEIRS]:
        return f"{mine.call} changed {touched[0]}, which is none of its business."
    heard = all(key.startswith(HEARD) for key in names)
    what = "raised the right error" if right.error else "returned what it should"
    where = "listeners did not hear just what" if heard else "the keys are not what"
    return f"{mine.call} {what}, but afterwards {where} they should{'' if heard else ' be'}."


def _difference_of_results(mine, right):
    if mine.error is not None:
        return f"{mine.call} raised the right kind of error, but about something else."
    if right.error is not None:
        wanted = type(right.error).__name__
        return f"{mine.call} should raise {wanted}, but it {describe_result(mine)}."
    if mine.result is None and mine.printed:
        return f"{mine.call} printed something, but returned None. Use return, not print."
    if mine.result is None:
        kind = type(right.result).__name__
        a = "an" if kind[0] in "aeiou" else "a"
        return f"{mine.call} returned None. It should return {a} {kind}."
    if isinstance(mine.result, float) and mine.result == right.result:
        return f"{mine.call} returned a float, {mine.result}. Make it whole by int(…)."
    return f"{mine.call} returned another value than it should."


def _beside_the_nearest(trial):
    """Return a trial, and what to compare it with: what leaves the same, or comes after others."""
    pairs = ((trial.mine.in_the_ids_of(one), one) for one in trial.right)
    same = (pair for pair in pairs if not differing(pair[0].keys, pair[1].keys))
    return next(same, (trial.mine.in_the_ids_of(trial.right[0]), trial.right[0]))


def _same(one, two):
    return same_result(one, two) and not differing(one.keys, two.keys)


def same_result(one, two) -> bool:
    """Tell whether two trials returned the same, or raised the same error."""
    if isinstance(one.error, CartError) and isinstance(two.error, CartError):
        return alike(one.error, two.error)  # its text has the values
    if one.error is not None or two.error is not None:
        return type(one.error) is type(two.error)
    return alike(one.result, two.result)


def _known_mistake(exercise, trials, tell):
    """Return the message of the named mistake that did just the same in all trials, or None.

    Same value, keys, commands, and rules that are broken. Or, where the value or the keys are
    wrong: the same changes, and a look or none.
    """
    if trials[0].mine.failed_at is not None:
        return None
    near = None
    for mistake in exercise.mistakes:
        tell(trials[0].mine.call)
        pairs = list(_pairs_alike(mistake.function, trials))
        if len(pairs) < len(trials):
            continue
        if all(_commands(exercise, mine) == _commands(exercise, its) for mine, its in pairs):
            return mistake.message
        if all(_effects(mine) == _effects(its) for mine, its in pairs):
            near = near or mistake.message
    return near if fault(exercise, trials[0]) else None


def _pairs_alike(function, trials):
    """Yield what was done in each trial beside what `function` does there, while it is alike."""
    for trial in trials:
        its = attempt(function, trial.case, trial.before)
        mine = trial.mine.in_the_ids_of(its)
        if not _same(mine, its):
            return
        said = [sorted(e.split()) if "'<'" in e else e for e in (str(mine.error), str(its.error))]
        if isinstance(mine.error, TypeError) and said[0] != said[1]:
            return  # it can come from anything; which type stands first in sorting is chance
        yield mine, its


def _commands(exercise, mine):
    return list(dict.fromkeys(mine.names)), [bool(rule(mine)) for rule in exercise.rules]


def _effects(mine):
    done = [command.name for command in mine.commands if has_effect(command)]
    return list(dict.fromkeys(done)), any(map(looks, mine.commands))


def _outcome(exercise, trial, status, text):
    mine, right = trial.mine, trial.right[0]
    return Outcome(
        exercise.name,
        status,
        text,
        *_side_by_side(trial),
        given=_some(trial.case.given),
        details=mine.details,
        call=mine.call,
        story="" if trial.story in text else trial.story,
        world="" if status == CORRECT else _world(exercise, trial),
        sent=_some(mine.commands),
        wanted=_some(right.commands),
    )


def _some(lines):
    """Return the first of these lines, each as short as can be shown, as a text."""
    begin = [shorten(str(line), LONGEST, placeholder=" …") for line in lines[:MOST_LINES]]
    left = len(lines) - len(begin)
    return "\n".join([*begin, *([f"… and {left:,} more"] if left else [])])


def _world(exercise, trial):
    """Return in words which world failed; of a generated one a smaller one is shown."""
    smaller = trial.number > len(exercise.cases)
    end = ", and the smallest like it is shown here" if smaller else ""
    return f"World {trial.number} of {_total(exercise)} failed{end}"


def _total(exercise):
    """Return how many worlds there are; "at most" before the reference was in all of them."""
    if exercise.worlds is None:
        return len(exercise.cases)
    return exercise.total or f"at most {len(exercise.cases) + WORLDS}"


def _side_by_side(trial):
    mine, right = _beside_the_nearest(trial)
    if mine.failed_at is not None:
        return "", ""
    lines = [], []
    if not same_result(mine, right):
        results = [one.result for one in (right, mine) if one.error is None]
        split = any(len(in_a_line(result)) > SHORT for result in results)
        lines = _lines_of_result(right, split), _lines_of_result(mine, split)
    if trial.story or not lines[0]:
        for name in differing(mine.keys, right.keys):
            for found, keys in zip(lines, (right.keys, mine.keys), strict=True):
                found += (
                    lines_of_key(name, *keys[name]) if name in keys else [f"{name}: no such key"]
                )
    return shortened(*lines)


def _lines_of_result(done, split):
    if done.error is not None:
        return [describe_result(done)]
    first, *others = lines_of(done.result, split)
    return [f"returns {first}", *others]
