"""Faults of a connection, at the very packet that a test names, on one server and on a cluster."""

from contextlib import ExitStack
from unittest.mock import patch

from cartlib.timed_pool import _TimedSocket

KINDS = ["before", "half", "after", "middle", "stall"]


class Fault:
    """While its with block runs, the packet number `at` (from 1 on) meets a fault of a kind.

    "before": it is not sent. "half": its first half is sent, then the connection is cut. "after":
    it is sent and answered, and the answer is lost. "middle": the answer is cut in its middle.
    "stall": the time-out passes, though the server has done what it was told.
    """

    def __init__(self, kind, at):
        self.kind, self.at, self.sent = kind, at, 0
        self._struck, self._stack = None, ExitStack()

    @property
    def happened(self) -> bool:
        """Whether there were so many packets."""
        return self.sent >= self.at

    def __enter__(self):
        read = _TimedSocket._read
        self._stack.enter_context(
            patch.multiple(
                _TimedSocket,
                create=True,
                sendall=lambda sock, data: self._send(sock, data),
                _read=lambda sock, *args: self._read(read, sock, *args),
            )
        )
        return self

    def __exit__(self, *_):
        self._stack.close()

    def _send(self, sock, data):
        self.sent += 1
        if self.sent == self.at:
            if self.kind == "half":
                sock._sock.sendall(bytes(data)[: len(data) // 2])
            if self.kind in ("before", "half"):
                raise ConnectionResetError(104, "Connection reset by peer")
            self._struck, self._passed = sock, False
        sock._sock.sendall(data)

    def _read(self, read, sock, *args):
        if sock is not self._struck:
            return read(sock, *args)
        if self.kind == "middle" and not self._passed:
            self._passed = True
            return max(1, read(sock, *args) // 2)
        if self.kind != "middle":
            read(sock, *args)  # the server has done it
        if self.kind == "stall":
            raise TimeoutError("timed out")
        raise ConnectionResetError(104, "Connection reset by peer")
