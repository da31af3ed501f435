"""All exercises and questions of the course, and which of them the learner has solved."""

import re

from cartlib import progress as file
from cartlib.course import (
    capstone,
    carts,
    counters,
    crowds,
    documents,
    failures,
    lists,
    live,
    products,
    races,
    scale,
    sets,
    speed,
    start,
    streams,
    timeouts,
    whole,
)
from cartlib.course.overview import Chapter, Progress
from cartlib.practice.exercise import Exercise
from cartlib.questions import Prediction, Question

LESSONS = {
    "00_start_here": start,
    "01_products_are_hashes": products,
    "02_the_cart_is_a_sorted_set": carts,
    "03_when_things_go_wrong": failures,
    "04_carts_that_expire": timeouts,
    "05_live_carts": live,
    "06_races": races,
    "07_fast_carts": speed,
    "08_growing_up": scale,
    "09_capstone": capstone,
    "10_counters_and_keys_that_act_once": counters,
    "11_lists_and_queues": lists,
    "12_sets_and_filters": sets,
    "13_orders_in_a_stream": streams,
    "14_crowds_and_places": crowds,
    "15_documents_and_likeness": documents,
    "16_the_whole_shop": whole,
}


def tasks(lesson) -> list[Exercise | Question]:
    """Return a lesson's exercises, predictions and guesses, in the order of its module."""
    return [t for t in vars(LESSONS[lesson]).values() if isinstance(t, Exercise | Question)]


def exercises(lesson) -> list[Exercise]:
    """Return a lesson's exercises, which are what is marked: questions are answered by clicks."""
    return [task for task in tasks(lesson) if isinstance(task, Exercise)]


def in_words(task) -> str:
    """Return what is to be done, with `code` as in Markdown."""
    if isinstance(task, Exercise):
        return f"Write `{task.task.partition('(')[0]}`."
    if isinstance(task, Prediction):
        after = f" after `{task.given[-1]}`" if task.given else ""
        return f"Predict what `{task.command}` replies{after}."
    return " ".join(re.split(r"(?<=[.!?]) ", task.question)[-2:])


def progress() -> Progress:
    """Return how far the learner is: a page with a bar for each lesson, and what is open there."""
    solved = file.solved()
    return Progress(
        [
            Chapter(lesson, tuple((in_words(t), t.name in solved) for t in tasks(lesson)))
            for lesson in LESSONS
        ]
    )
