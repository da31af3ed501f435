"""Cart updates over Pub/Sub: each change publishes an event, and follow() listens.

Pub/Sub delivers at most once: whoever was not listening has missed it. So an event says only what
was changed, and a listener reads the cart anew.
"""

import asyncio
import json
import logging
from contextlib import suppress

import redis
import redis.asyncio as redis_async
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.connection import SSLConnection, UnixDomainSocketConnection
from redis.exceptions import RedisClusterException, RedisError

from cartlib import keys
from cartlib.errors import CartError
from cartlib.failures import explained

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # seconds between two attempts to connect again
ADDRESS = {"host", "port", "path", "db", "username", "password", "credential_provider"}
TEXT = {"decode_responses": True, "encoding_errors": "replace"}  # anybody can publish any bytes
_log = logging.getLogger(__name__)


def execute_and_publish(
    client, pipe, cart, change, product_id=None, quantity=None, *, raise_on_error=True
):
    """Execute a MULTI with its event as the last command, and return the other replies.

    redis-py has no PUBLISH in a cluster's pipeline: there it is a call of its own.
    """
    if isinstance(client, RedisCluster):
        replies = pipe.execute(raise_on_error)
        publish(client, cart, change, product_id, quantity)
        return replies
    pipe.publish(keys.events(cart), _message(change, product_id, quantity))
    return pipe.execute(raise_on_error)[:-1]


def publish(client, cart, change, product_id=None, quantity=None):
    """Publish an event; where that fails, log it: the change itself has been made by now.

    Redis: PUBLISH cart:{NAME}:events, O(listeners); 1 round trip.
    """
    try:
        client.publish(keys.events(cart), _message(change, product_id, quantity))
    except (RedisError, RedisClusterException):
        _log.warning("The event of a change of %s was not sent.", cart)


class Follower:
    """A running follow(); stop() ends it, and so does the end of a with block."""

    def __init__(self, client, callback, cart, on_loss):
        self._source, self._callback, self._cart = client, callback, cart
        self._on_loss, self._pause, self._limit = on_loss, FIRST_PAUSE, _time_limit(client)
        self._ready = asyncio.Event()
        self._stopping, self.last_error = False, None
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def running(self) -> bool:
        """Whether it still listens, or tries to."""
        return not self._task.done()

    async def ready(self):
        """Wait until the server has confirmed the subscription."""
        await self._ready.wait()

    def stop(self):
        """End the listening; calling it again does no harm."""
        self._stopping = True
        self._task.cancel()

    async def stopped(self):
        """Wait until the connection is closed, after stop()."""
        await asyncio.wait([self._task])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    async def _run(self):
        while not self._stopping:
            try:
                async with _listening_client(self._source) as client, client.pubsub() as pubsub:
                    await self._listen(pubsub)
            except (RedisError, OSError) as error:
                self._ready.clear()
                self.last_error = error
                self._call(self._on_loss, error)
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)

    async def _listen(self, pubsub):
        messages = pubsub.listen()
        try:
            message = await self._confirmation(pubsub, messages)
            while not self._stopping:  # a message that has just come can swallow cancel()
                self._pause = FIRST_PAUSE
                self._handle(message)
                message = await anext(messages)
        finally:
            # Without it, fakeredis would go on counting whoever only closes the connection.
            if self._stopping and pubsub.subscribed:
                with suppress(RedisError, OSError):
                    await pubsub.unsubscribe()

    async def _confirmation(self, pubsub, messages):
        try:
            async with asyncio.timeout(self._limit):
                await pubsub.subscribe(keys.events(self._cart))
                return await anext(messages)
        except TimeoutError as error:
            raise redis.TimeoutError("SUBSCRIBE was not confirmed in time.") from error

    def _handle(self, message):
        if message["type"] == "subscribe":
            self._ready.set()
            event = {"change": "subscribe", "product_id": None, "quantity": None}
            return self._call(self._callback, event)
        try:
            event = json.loads(message["data"])
        except (ValueError, RecursionError):
            event = None
        if isinstance(event, dict):  # anybody can publish anything
            self._call(self._callback, event)

    def _call(self, callback, event):
        try:
            callback(event)
        except Exception as error:
            self.last_error = error
            _log.exception("A callback failed at the event %s; the listening goes on.", event)


def follow(client, callback, *, cart="guest", on_loss=lambda error: None) -> Follower:
    """Call `callback` with each change of the cart, as a dict, until the result's stop().

    The dict has "change", "product_id" and "quantity"; a change is "add", "remove", "clear",
    "checkout", "expire", "expire_cart" or "expire_item". "subscribe" comes first, and again after
    a lost connection: read the cart then, for what happened before was not heard. A callback that
    raises is logged and kept as `last_error`, and the listening goes on. `on_loss` is called with
    the error when the connection is lost, and at each attempt to connect again that fails, also by
    a server that does not confirm it within the client's time-out. Listening has no time-out.

    It is an asyncio task with a connection of its own, so it needs a running event loop, as every
    notebook has, and no thread.

    Redis: SUBSCRIBE cart:{NAME}:events.
    Raises: CartError without an event loop, InvalidCartNameError, CartConnectionError.
    """
    keys.events(cart)
    with explained(client, keys.events(cart)):
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            raise CartError(
                "follow() needs a running event loop: call it in a notebook, or from a coroutine."
            ) from None
        return Follower(client, callback, cart, on_loss)


def _message(change, product_id, quantity):
    return json.dumps({"change": change, "product_id": product_id, "quantity": quantity})


def _time_limit(client):
    """Return how many seconds a server has to confirm a subscription; None is no limit."""
    options = client.get_connection_kwargs()
    return options.get("socket_timeout") or options.get("socket_connect_timeout")


def _listening_client(client):
    """Return an asyncio client of the same server; of any one node of a cluster."""
    node = client.get_random_node().redis_connection if isinstance(client, RedisCluster) else client
    pool, options = node.connection_pool, node.get_connection_kwargs()
    if "server" in options:
        import fakeredis  # this client came from it

        return fakeredis.FakeAsyncRedis(server=options["server"], **TEXT)
    kind = redis_async.Connection
    if issubclass(pool.connection_class, SSLConnection):
        kind = redis_async.SSLConnection
    elif issubclass(pool.connection_class, UnixDomainSocketConnection):
        kind = redis_async.UnixDomainSocketConnection
    same = {name: options[name] for name in options if name in ADDRESS or name.startswith("ssl_")}
    return redis_async.Redis.from_pool(
        redis_async.ConnectionPool(
            connection_class=kind,
            **TEXT,
            socket_connect_timeout=options.get("socket_connect_timeout"),
            socket_timeout=None,  # an event may be long in coming
            retry=Retry(NoBackoff(), 0),
            **same,
        )
    )
