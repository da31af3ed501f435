"""A session of raw commands, as in redis-cli: a line in, and out what redis-cli would print."""

from dataclasses import dataclass

from redis.cluster import RedisCluster
from redis.exceptions import ResponseError

from cartlib.errors import CartConnectionError, CartError, printable
from cartlib.failures import UNKNOWN, UNTOUCHED, explained
from cartlib.lab import guard
from cartlib.lab.commands import find, help_on
from cartlib.lab.lines import encoded, words
from cartlib.lab.replies import meaning_of, printed


@dataclass(frozen=True)
class Answer:
    """What came of one line: the text that redis-cli would print, and what that means, in words."""

    line: str
    text: str
    meaning: str = ""
    failed: bool = False


class Session:
    """Runs lines one after the other; from WATCH or MULTI on, by one connection of its own.

    `any_key` allows keys that are not the kit's. What disturbs a server is refused in any case.
    """

    def __init__(self, client, *, any_key=False):
        self._client, self._any_key = client, any_key
        self._pool = self._connection = None
        self._watched, self._queue = (), None  # the commands that wait for EXEC; None without MULTI

    @property
    def in_multi(self) -> bool:
        """Whether commands are queued now."""
        return self._queue is not None

    def keys_of(self, line) -> tuple[str, ...]:
        """Return the keys that a line is about; for EXEC, those of all that was queued."""
        try:
            split = words(line)
            command = guard.check(split, self._client, any_key=self._any_key) if split else None
        except CartError:
            return ()
        if command is None:
            return ()
        lines = (self._queue or []) if command.name == "EXEC" else [split]
        return tuple(dict.fromkeys(key for each in lines for key in find(each).keys_of(each)))

    def run(self, line) -> Answer:
        """Send one line, and return what came of it; what is refused is an answer, too.

        Raises: CartConnectionError, where the server is lost, and WATCH and MULTI with it.
        """
        try:
            split = words(line)
        except CartError as error:
            return Answer(line, "Invalid argument(s)", str(error), failed=True)
        if not split:
            return Answer(line, "")
        try:
            if split[0].upper() == "HELP":
                return Answer(line, help_on(split[1:]))
            command = guard.check(split, self._client, any_key=self._any_key)
        except CartError as error:
            return Answer(line, f"(refused) {error}", failed=True)
        reply = self._ask(command, split)
        answer = Answer(
            line,
            printed(command, split, reply, self._queue),
            self._meaning(command, split, reply),
            isinstance(reply, ResponseError),
        )
        self._note(command, split, reply)
        return answer

    def close(self) -> str:
        """End what is open, and return a sentence about it; an empty one if there was nothing."""
        queue, watched = self._queue, self._watched
        self._hang_up()
        if queue is not None:
            return f"MULTI had no EXEC: what it queued ({len(queue)}) was discarded, as by DISCARD."
        if watched:
            return f"WATCH {' '.join(map(printable, watched))} has ended here, as by UNWATCH."
        return ""

    def _ask(self, command, split):
        """Return the raw reply, or the error that the server replied."""
        keys = command.keys_of(split)
        queued = self._queue is not None and command.name != "EXEC"
        change = UNTOUCHED if queued else UNKNOWN if command.kind == "write" else None
        begun = self.in_multi or self._watched
        try:
            with explained(self._client, *keys, command.name, change=change):
                self._reach(keys)
                return self._reply_to(*map(encoded, split))
        except BaseException as error:
            self._hang_up()
            if begun and isinstance(error, CartConnectionError):
                gone = f"{error} What WATCH and MULTI began has ended with the connection."
                raise CartConnectionError(gone, error.address, error.outcome_unknown) from error
            raise

    def _reach(self, keys):
        """Connect to the node with these keys; a MULTI that is still empty goes there, too."""
        pool = _pool_of(self._client, keys)
        empty = self._queue == [] and not self._watched
        if self._connection is None or (empty and keys and pool is not self._pool):
            self._hang_up()
            # With protocol 2, replies look as redis-cli shows them.
            connection = pool.connection_class(**pool.connection_kwargs | {"protocol": 2})
            connection.connect()
            self._pool, self._connection = pool, connection
            if empty:
                self._reply_to("MULTI")
                self._queue = []

    def _reply_to(self, *words):
        self._connection.send_command(*words)
        try:
            return self._connection.read_response(disable_decoding=True)
        except ResponseError as error:
            return error

    def _hang_up(self):
        if self._connection is not None:
            self._connection.disconnect()  # the server forgets WATCH and MULTI
        self._connection, self._watched, self._queue = None, (), None

    def _note(self, command, split, reply):
        """Keep account of what is open; without it, the next line gets a new connection."""
        done = not isinstance(reply, ResponseError)
        if command.name == "EXEC" or (command.name == "DISCARD" and done):
            ends = self._queue is not None
            self._watched, self._queue = (() if ends else self._watched), None
        elif self._queue is not None:
            self._queue += [split] * done
        elif command.name == "MULTI":
            self._queue = []
        elif command.name == "WATCH" and done:
            self._watched += command.keys_of(split)
        elif command.name == "UNWATCH":
            self._watched = ()
        if self._queue is None and not self._watched:
            self._hang_up()

    def _meaning(self, command, split, reply):
        if isinstance(reply, ResponseError):
            return meaning_of(reply, split)
        if command.name == "EXEC" and reply is None:
            return "A watched key has changed, so nothing was done. Begin again at WATCH."
        if command.name == "EXEC" and any(isinstance(part, ResponseError) for part in reply):
            return "One of the commands failed, and the others were done: Redis takes none back."
        return ""


def _pool_of(client, keys):
    if not isinstance(client, RedisCluster):
        return client.connection_pool
    node = client.get_node_from_key(keys[0]) if keys else client.get_default_node()
    return client.get_redis_connection(node).connection_pool
