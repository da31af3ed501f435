"""Connections whose time-out is for a whole answer: a server that drips can't hold a call up."""

import time
from functools import cache

from redis import ConnectionPool


class TimedPool(ConnectionPool):
    """A pool whose socket_timeout is for all that answers what was sent at once.

    redis-py's own is for each part that arrives, so that a call could last for any time.
    """

    def __init__(self, **options):
        super().__init__(**options)
        self.connection_class = _timed(self.connection_class)


@cache
def _timed(kind):
    return type(f"Timed{kind.__name__}", (_Timed, kind), {})


class _Timed:
    def _connect(self):
        return _TimedSocket(super()._connect())

    def send_packed_command(self, command, check_health=True):
        super().send_packed_command(command, check_health)
        self._sock.begin_answer(self.socket_timeout)


class _TimedSocket:
    """A socket that raises TimeoutError when it is past `until`, however much comes in."""

    def __init__(self, sock):
        self._sock, self.until, self._is_first = sock, None, False

    def __getattr__(self, name):
        return getattr(self._sock, name)

    def settimeout(self, seconds):
        """Set a time-out of redis-py's own: Pub/Sub waits for what others send."""
        self.until = None
        self._sock.settimeout(seconds)

    def begin_answer(self, seconds):
        """Give what was just sent `seconds` to be answered."""
        self.until, self._is_first = time.monotonic() + seconds, True

    def recv(self, *args):
        return self._read(self._sock.recv, *args)

    def recv_into(self, *args):
        return self._read(self._sock.recv_into, *args)

    def _read(self, read, *args):
        if self.until is None or self._is_first:  # the first part has all of the time
            self._is_first = False
            return read(*args)
        usual = self._sock.gettimeout()
        if not usual:
            return read(*args)
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("The answer did not come to its end in time.")
        self._sock.settimeout(left)
        try:
            return read(*args)
        finally:
            self._sock.settimeout(usual)
