"""A reply that gets lost on its way back, at the very command that a lesson names."""

from cartlib.lab.disturbance import LOST
from cartlib.lab.trace import Trace


class LostReply(Trace):
    """While its with block runs, the reply to the first command `name` is lost: an accident.

    Redis has done the command, and the client sees that its connection broke. The other commands
    are noted, as by any Trace. It works on every kind of Redis.
    """

    def __init__(self, client, name):
        super().__init__(client)
        self.name, self.happened = name.upper(), False

    def received(self, connection, reply):
        """Note the reply, or lose it; a connection calls it."""
        waiting = self._waiting.get(id(connection))
        if self.happened or not waiting or waiting[0].name != self.name:
            return super().received(connection, reply)
        self.happened, error = True, LOST["is cut off"]
        super().received(connection, error)
        raise error
