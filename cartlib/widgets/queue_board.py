"""QueueBoard: a queue of orders, and what two workers have in hand."""

import json
from collections import Counter
from functools import partial

from cartlib.errors import CartError
from cartlib.shop.queue import (
    finish_order,
    orders_in_work,
    put_order,
    recover_orders,
    take_order,
    waiting_orders,
)
from cartlib.widgets.board import WORKERS, Board, box, column, in_words
from cartlib.widgets.parts import counted

WAITING = "waiting"  # beside the two workers


class QueueBoard(Board):
    """Puts, takes and finishes orders by button; shows who has each order, and the commands.

    `buttons` has each button by its label. `dead` tells whether ann is dead.
    """

    def __init__(self, client, *, title=None):
        take = [(f"Take ({w})", f"Let {w} take an order", partial(self._take, w)) for w in WORKERS]
        done = [
            (f"Finish ({w})", f"Let {w} finish the order taken first", partial(self._finish, w))
            for w in WORKERS
        ]
        actions = [
            ("Put an order", "Put an order behind those that wait", self._put_next),
            *take,
            *done,
            ("ann dies", "From now on ann does nothing; or ann is back", self._die),
            ("Recover ann's orders", "Give back what is in ann's list", self._recover),
        ]
        super().__init__(client, actions, title=title)

    def _read(self):
        held = {worker: orders_in_work(self._client, worker) for worker in WORKERS}
        return {WAITING: waiting_orders(self._client)} | held

    def _drawn(self, now, before):
        columns = []
        for who, marked in _marked(_as_texts(now), _as_texts(before)).items():
            title, dead = self._title(who, now[who])
            if who == WAITING:
                title = f"{len(now[who]):,} waiting, the next on top"
            boxes = (box(in_words(json.loads(text)), mark) for text, mark in marked)
            columns.append(column(title, dead, boxes))
        return f'<div class="board">{"".join(columns)}</div>'

    def _put_next(self):
        known = [order for orders in (self._now or {}).values() for order in orders]
        ids = [str(order.get("id"))[1:] for order in known]
        numbers = [int(text) for text in ids if text.isdecimal() and len(text) < 10]
        number, line = self._next_order(max(numbers, default=0))
        waiting = put_order(self._client, {"id": f"o{number}", **line})
        return f"Order o{number} waits. {counted(waiting, 'order')} waiting now."

    def _take(self, worker):
        self._check_alive(worker)
        order = take_order(self._client, worker)
        if order is None:
            return f"No order waits: {worker} got none."
        return f"{worker} has taken {in_words(order)}."

    def _finish(self, worker):
        self._check_alive(worker)
        held = self._known()[worker]
        if not held:
            raise CartError(f"{worker} has no order to finish. Let {worker} take one first.")
        order = held[0]
        if finish_order(self._client, worker, order):
            return f"{worker} has finished {in_words(order)}. It is in no list any more."
        return f"{in_words(order)} was no longer in {worker}'s list, so nothing was removed."

    def _die(self):
        said = self._die_or_come_back()
        return said if self.dead else f"{said} What is in ann's list is still ann's to finish."

    def _recover(self):
        number = recover_orders(self._client, WORKERS[0])
        if not number:
            return "ann has nothing in hand, so there is nothing to give back."
        given = f"{counted(number, 'order')} of ann's given back, to be taken next."
        return given if self.dead else f"{given} But ann is not dead, and may do the same work."


def _as_texts(held):
    return {who: [json.dumps(order) for order in orders] for who, orders in held.items()}


def _marked(now, before):
    """Return each column's orders with a word for what became of them; what is gone comes last."""
    left = {who: Counter(before[who]) - Counter(now[who]) for who in now}
    away = sum(left.values(), Counter())
    found = {who: [] for who in now}
    for who, orders in now.items():
        came = Counter(orders) - Counter(before[who])
        for text in orders:
            mark = ""
            if came[text]:
                came[text] -= 1
                mark = "moved" if away[text] else "new"
                away[text] -= bool(away[text])
            found[who].append((text, mark))
    for who, gone in left.items():
        for text in gone:
            found[who] += [(text, "gone")] * min(gone[text], away[text])
            away[text] -= min(gone[text], away[text])
    return found
