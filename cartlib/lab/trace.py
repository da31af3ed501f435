"""What a client really sends: each command and its reply as redis-cli shows them."""

from dataclasses import dataclass, field

from redis.cluster import RedisCluster

_ESCAPES = {'"': '\\"', "\\": "\\\\"}
_ESCAPES |= {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\a": "\\a", "\b": "\\b"}
_BARE_REPLIES = {"OK", "QUEUED", "PONG"}
PENDING = object()


class Status(str):
    """A reply that redis-cli prints without quotes, such as OK."""


@dataclass
class Command:
    """One command: its words, the round trip that it went in (from 1 on), and the reply."""

    words: tuple
    trip: int
    reply: object = field(default=PENDING)
    connection: int = 0  # which one it went by

    def __str__(self):
        return " ".join(_word(word) for word in self.words)

    @property
    def name(self) -> str:
        """The command's name in capitals, such as ZADD."""
        return str(self.words[0]).upper()

    @property
    def reply_text(self) -> str:
        """The reply as redis-cli prints it."""
        if self.reply is PENDING:
            return "(no reply)"
        if self.name == "TYPE" and isinstance(self.reply, str):
            return _printable(self.reply)
        return format_reply(self.reply)


class Trace:
    """The commands that a client sends, while the with block runs.

    `commands` has them in order, and `round_trips` counts how often the client waited: a pipeline
    is one round trip, and so are the parts of one that go to several nodes of a cluster at once.
    Handshakes of new connections and Pub/Sub are left out. Other clients are not seen. str() gives
    it all in redis-cli's form.
    """

    def __init__(self, client):
        self.commands, self.round_trips = [], 0
        self._client, self._waiting = client, {}
        self._sending = False

    def __enter__(self):
        for pool in _pools(self._client):
            _listeners(pool).append(self)
        return self

    def __exit__(self, *_):
        for pool in _pools(self._client):
            if self in _listeners(pool):
                _listeners(pool).remove(self)

    def __str__(self):
        parts = []
        for command in self.commands:
            parts += [f"> {command}", command.reply_text]
        return "\n".join(parts)

    def sent(self, connection, commands):
        """Note commands that leave in one packet; a connection calls it.

        What it returns is sent in their place, if it returns any.
        """
        if not self._sending:
            self.round_trips += 1
        self._sending = True
        which = id(connection)
        new = [Command(tuple(words), self.round_trips, connection=which) for words in commands]
        self.commands += new
        self._waiting.setdefault(which, []).extend(new)

    def received(self, connection, reply):
        """Note the reply to the oldest command that waits for one; a connection calls it."""
        self._sending = False
        waiting = self._waiting.get(id(connection))
        if waiting:
            waiting.pop(0).reply = reply


def format_reply(reply, indent="") -> str:
    """Return a reply as redis-cli prints it."""
    if isinstance(reply, Exception):
        return f"(error) {_printable(reply)}"
    if reply is None:
        return "(nil)"
    if isinstance(reply, bool):
        return f"({str(reply).lower()})"
    if isinstance(reply, int | float):
        return f"({'integer' if isinstance(reply, int) else 'double'}) {reply}"
    if isinstance(reply, dict):
        reply = [part for pair in reply.items() for part in pair]
    if isinstance(reply, list | tuple | set):
        return _format_list(list(reply), indent)
    if isinstance(reply, Status):
        return _printable(reply)
    return reply if reply in _BARE_REPLIES else quote(reply)


def quote(text) -> str:
    """Return `text` in double quotes, with what does not print escaped, as redis-cli does.

    Of bytes, all that is no ASCII is escaped, as redis-cli does too: it takes them for no letters.
    """
    if isinstance(text, bytes):
        text = text.decode("ascii", errors="surrogateescape")
    return '"' + "".join(_ESCAPES.get(char) or _printable(char) for char in text) + '"'


def _format_list(items, indent):
    if not items:
        return "(empty array)"
    width = len(str(len(items)))
    lines = []
    for number, item in enumerate(items, 1):
        head = f"{number:>{width}}) "
        lines.append(head + format_reply(item, indent + " " * len(head)))
    return f"\n{indent}".join(lines)


def _printable(text) -> str:
    """Return `text` with what could steer a terminal as escapes, in the manner of redis-cli."""
    return "".join(
        char if char.isprintable() else "".join(f"\\x{b:02x}" for b in _bytes_of(char))
        for char in str(text)
    )


def _bytes_of(character):
    """Return the bytes of a character, also of a half one, which may stand for one byte."""
    lone_byte = "\udc80" <= character <= "\udcff"
    return character.encode(errors="surrogateescape" if lone_byte else "surrogatepass")


def _word(word):
    text = word.decode(errors="surrogateescape") if isinstance(word, bytes) else str(word)
    if text and all(char.isprintable() and char not in " \"'\\" for char in text):
        return text
    if '"' in text and text.isprintable() and "'" not in text and "\\" not in text:
        return f"'{text}'"  # redis-cli reads both kinds of quotes
    return quote(text)


def _pools(client):
    if isinstance(client, RedisCluster):
        return [node.redis_connection.connection_pool for node in client.get_nodes()]
    return [client.connection_pool]


def _listeners(pool):
    """Return the list of traces that a pool reports to, after making the pool report."""
    if not hasattr(pool, "traces"):
        pool.traces = []
        hand_out = pool.get_connection

        def get_connection(*args, **kwargs):
            connection = hand_out(*args, **kwargs)
            if not hasattr(connection, "tap"):
                connection.tap = _Tap(connection, pool.traces)
            return connection

        pool.get_connection = get_connection
    return pool.traces


class _Tap:
    """Sits on a connection, and tells `traces` what it sends and receives."""

    def __init__(self, connection, traces):
        self._connection, self._traces, self._greets = connection, traces, False
        self._greet, connection.on_connect_check_health = (
            connection.on_connect_check_health,
            self.greet,
        )
        self._send, connection.send_command = connection.send_command, self.send
        self._pack, connection.pack_commands = connection.pack_commands, self.pack
        self._read, connection.read_response = connection.read_response, self.read

    def greet(self, *args, **kwargs):
        self._greets = True  # a connection that was lost is made anew
        try:
            self._greet(*args, **kwargs)
        finally:
            self._greets = False

    def send(self, *words, **kwargs):
        return self._send(*self._told([words])[0], **kwargs)

    def pack(self, commands):
        return self._pack(self._told(list(commands)))

    def _told(self, commands):
        for trace in self._listening():
            commands = trace.sent(self._connection, commands) or commands
        return commands

    def read(self, *args, **kwargs):
        try:
            reply = self._read(*args, **kwargs)
        except Exception as error:
            self._received(error)
            raise
        self._received(reply)
        return reply

    def _received(self, reply):
        for trace in self._listening():
            trace.received(self._connection, reply)

    def _listening(self):
        return () if self._greets else self._traces
