"""Faults of a connection, at the very packet that a test names, on one server and on a cluster."""

import socketserver
import threading
import time
from contextlib import ExitStack
from unittest.mock import patch

from cartlib.timed_pool import _TimedSocket

KINDS = ["before", "half", "after", "middle", "stall"]


class Fault:
    """While its with block runs, the packet number `at` (from 1 on) meets a fault of a kind.

    "before": it is not sent. "half": its first half is sent, then the connection is cut. "after":
    it is sent and answered, and the answer is lost. "middle": the answer is cut in its middle.
    "stall": the time-out passes, though the server has done what it was told. `later` is all that
    was sent after it.
    """

    def __init__(self, kind, at):
        self.kind, self.at, self.sent, self.later = kind, at, 0, b""
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
        elif self.sent > self.at:
            self.later += bytes(data)
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


class Scripted(socketserver.ThreadingTCPServer):
    """A server on loopback that answers each command by `answer(words)`, bytes; None is silence.

    `drip` makes it send byte by byte, with a pause of so many seconds; `sent` counts its bytes.
    """

    daemon_threads = True

    def __init__(self, answer, drip=None):
        self.answer, self.drip, self.sent = answer, drip, 0
        super().__init__(("127.0.0.1", 0), _Conversation)

    @property
    def port(self) -> int:
        return self.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            while line := self.rfile.readline():
                words = [self._word() for _ in range(int(line[1:]))]
                self._send(self.server.answer(words) or b"")
        except OSError:  # the client has hung up
            pass

    def _word(self):
        size = int(self.rfile.readline()[1:])
        return self.rfile.read(size + 2)[:-2].decode()

    def _send(self, data):
        step = 1 if self.server.drip else len(data) or 1
        for start in range(0, len(data), step):
            self.wfile.write(data[start : start + step])
            self.server.sent += step
            if self.server.drip:
                time.sleep(self.server.drip)
