"""A Redis of one's own behind a network, whose delay can be chosen and changed at any time.

Where there is a server to start, a relay stands before it and really holds all packets back.
fakeredis has no network: there the client pauses before it sends, and everybody is told so.
"""

import asyncio
import socket
import threading
import time
import weakref
from collections import deque
from contextlib import closing, suppress

import fakeredis

from cartlib.connection import connect
from cartlib.errors import CartError, LocalServerError, shown
from cartlib.lab.local_server import HOST, start_server

LONGEST_DELAY = 100  # milliseconds; a trip has to be far below the client's time-out
PACKET = 65_536  # bytes that are passed on at a time, at most
REAL = (
    "A private server on this computer. The delay is real: what you send waits that long in "
    "a relay on its way to the server."
)
SIMULATED = (
    "fakeredis, a pretended server inside this Python process. The delay is simulated: your client "
    "pauses that long once in each round trip. Why not a real one? "
)
_opened = []


class Network:
    """A Redis with nothing in it, `client` to talk to it, and `delay` in milliseconds a round trip.

    It ends by stop(), when nothing refers to it any more, and when this process ends.
    """

    def __init__(self):
        try:
            server = start_server()
        except LocalServerError as error:
            self.is_real, self._way, self._text = False, _Pause(), SIMULATED + str(error)
        else:
            self.is_real, self._way, self._text = True, _Relay(server), REAL
        self.client = self._way.connect()
        self.stop = weakref.finalize(self, _end, self.client, self._way)

    def __str__(self):
        return self._text

    @property
    def delay(self):
        """How many milliseconds longer a round trip takes."""
        return self._way.delay

    @delay.setter
    def delay(self, milliseconds):
        number = isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool)
        if not number or not 0 <= milliseconds <= LONGEST_DELAY:
            raise CartError(
                f"A delay is a number of milliseconds from 0 to {LONGEST_DELAY}, "
                f"not {shown(milliseconds)}."
            )
        self._way.delay = milliseconds


def open_network() -> Network:
    """Return this process's network: the same one at each call, and a new one after its stop()."""
    if not _opened or not _opened[0].stop.alive:
        _opened[:] = [Network()]
    return _opened[0]


class _Pause:
    """The way to a fakeredis: each packet that the client sends waits before it is sent."""

    delay = 0

    def connect(self):
        way = self

        class Connection(fakeredis.FakeRedisConnection):
            def send_packed_command(self, *args, **kwargs):
                time.sleep(way.delay / 1000)
                return super().send_packed_command(*args, **kwargs)

        server = fakeredis.FakeServer(version=(7,))
        return fakeredis.FakeRedis(
            server=server, connection_class=Connection, decode_responses=True, protocol=2
        )

    def stop(self):
        pass


class _Relay:
    """The way to a server: a thread that passes packets on, those to the server later."""

    delay = 0

    def __init__(self, server):
        self._server, self._done = server, asyncio.Event()
        self._entrance = socket.create_server((HOST, 0))
        self._port = self._entrance.getsockname()[1]
        self._runner = asyncio.Runner()
        self._loop = self._runner.get_loop()
        self._thread = threading.Thread(target=self._run, name="cartlib relay", daemon=True)
        self._thread.start()

    def connect(self):
        return connect(HOST, self._port)

    def stop(self):
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._done.set)
            self._thread.join()
        self._server.stop()

    def _run(self):
        with self._runner:  # it cancels at its end what still waits
            self._runner.run(self._serve())

    async def _serve(self):
        entrance = await asyncio.start_server(self._join, sock=self._entrance)
        await self._done.wait()
        entrance.close()

    async def _join(self, reader, writer):
        # A side that is gone is no failure, and neither is the end of the relay.
        with suppress(OSError, asyncio.CancelledError), closing(writer):
            far_reader, far_writer = await asyncio.open_connection(HOST, self._server.port)
            with closing(far_writer):
                await asyncio.gather(
                    self._pass_on(reader, far_writer), _hand_back(far_reader, writer)
                )

    async def _pass_on(self, reader, writer):
        held = deque()  # in order, also where a shorter delay lets a later timer ring earlier
        with suppress(OSError):
            while data := await reader.read(PACKET):
                held.append(data)
                self._loop.call_later(self.delay / 1000, lambda: writer.write(held.popleft()))
        self._loop.call_later(self.delay / 1000, writer.close)


async def _hand_back(reader, writer):
    with suppress(OSError):
        while data := await reader.read(PACKET):
            writer.write(data)
    writer.close()


def _end(client, way):
    client.close()
    way.stop()
