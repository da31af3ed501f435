"""StreamBoard: a stream of orders, how far its group has read, and what two workers have."""

from functools import partial

from cartlib import keys
from cartlib.errors import CartError
from cartlib.failures import explained
from cartlib.look.control import NumberBox
from cartlib.shop import orders
from cartlib.widgets.board import WORKERS, Board, column, in_words
from cartlib.widgets.parts import counted
from cartlib.widgets.stream_picture import Seen, entry_in_words, held_boxes, moved_boxes, row

SHOWN = 12  # entries, the newest


class StreamBoard(Board):
    """Places, reads and does orders of the stream by button; shows it, and the commands.

    `buttons` has each button by its label; `seconds` is how long an order must have been in hand to
    be taken over. `dead` tells whether ann is dead.
    """

    def __init__(self, client, *, title=None):
        tip = "How long an order must have been in hand, to be taken over"
        self.seconds = NumberBox(0, "Seconds", tip)
        read = [(f"Read ({w})", f"Hand {w} an order", partial(self._hand, w)) for w in WORKERS]
        done = [
            (f"Done ({w})", f"Say that {w} has done the oldest in hand", partial(self._finish, w))
            for w in WORKERS
        ]
        actions = [
            ("Place an order", "Put an order at the end of the stream", self._place),
            *read,
            *done,
            ("ann dies", "From now on ann does nothing; or ann is back", self._die),
            ("bob takes over", "Hand bob what is in hand for so many seconds", self._take_over),
        ]
        super().__init__(client, actions, [self.seconds], title=title)
        self.picture.add_class("cartlib-stream")

    def _read(self):
        client, key = self._client, keys.orders()
        with explained(client, key):
            entries = client.xrevrange(key, count=SHOWN)
            older = client.xlen(key) - len(entries)
            groups = client.xinfo_groups(key) if client.exists(key) else []
        reached = {group["name"]: group["last-delivered-id"] for group in groups}
        return Seen(
            {entry_id: entry_in_words(fields) for entry_id, fields in entries},
            older,
            reached.get(orders.GROUP, "0-0"),
            orders.pending_orders(client),
            {each.entry_id: in_words(each.order) for each in orders.orders_aside(client)},
        )

    def _drawn(self, now, before):
        columns = [
            column(*self._title(worker, now.of(worker)), held_boxes(worker, now, before))
            for worker in WORKERS
        ]
        title = f"{counted(len(now.aside), 'order')} put aside"
        columns.append(column(title, False, moved_boxes(now.aside, before.aside)))
        return f'{row(now, before)}<div class="board">{"".join(columns)}</div>'

    def _place(self):
        _, line = self._next_order()
        return f"The order {in_words(line)} is the entry {orders.place_order(self._client, line)}."

    def _hand(self, worker):
        self._check_alive(worker)
        got = orders.read_orders(self._client, worker)
        if not got:
            return f"No order waits: {worker} got none."
        return f"{worker} got {in_words(got[0].order)}, the entry {got[0].entry_id}."

    def _finish(self, worker):
        self._check_alive(worker)
        held = self._known().of(worker)
        if not held:
            raise CartError(f"{worker} has no order in hand. Let {worker} read one first.")
        entry_id = next(iter(held))
        if orders.finish_order(self._client, worker, entry_id):
            return f"{worker} has done the entry {entry_id}, and it left the stream."
        return f"The entry {entry_id} was done before, so it was not done again."

    def _die(self):
        said = self._die_or_come_back()
        if self.dead:
            return said
        return f"{said} What ann had in hand is handed to ann again: {self._again()}."

    def _again(self):
        return counted(len(orders.orders_of(self._client, WORKERS[0])), "order")

    def _take_over(self):
        got = orders.take_over(self._client, WORKERS[1], idle=self.seconds.number)
        if got:
            return f"bob has taken over {counted(len(got), 'order')}."
        return "bob got nothing. What was handed out too often is put aside."
