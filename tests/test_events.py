"""follow(): carts that stay in step. Nothing here waits by the clock."""

import asyncio
import gc
import threading
from contextlib import asynccontextmanager

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from cartlib import (
    CartConnectionError,
    CartError,
    InvalidCartNameError,
    add_to_cart,
    connect,
    get_cart_items,
    keys,
    remove_from_cart,
)
from cartlib.cart import clear_cart
from cartlib.events import follow
from cartlib.expiry import expire_cart, expire_item
from cartlib.lab.local_server import start_server

LIMIT = 10  # seconds
PLAIN = {"decode_responses": True, "retry": Retry(NoBackoff(), 0), "socket_timeout": None}


class Ear:
    """A callback that notes the events, and lets a test wait for a number of them."""

    def __init__(self, read=None):
        self.events, self.carts = [], []
        self._read, self._more = read, asyncio.Event()

    def __call__(self, event):
        self.events.append(event)
        self._more.set()
        self.carts.append(self._read() if self._read else None)

    @property
    def changes(self):
        return [event["change"] for event in self.events]

    async def hears(self, number):
        """Wait until so many events were heard."""
        while len(self.events) < number:
            self._more.clear()
            await asyncio.wait_for(self._more.wait(), LIMIT)


@asynccontextmanager
async def following(client, callback, **options):
    """Follow a cart from the confirmed subscription on, and stop at the end."""
    follower = follow(client, callback, **options)
    try:
        await asyncio.wait_for(follower.ready(), LIMIT)
        yield follower
    finally:
        follower.stop()
        await follower.stopped()


@pytest.fixture
def other(client, redis_kind):
    """A second client of the same Redis."""
    with connect(redis_kind.host, redis_kind.port) if redis_kind else connect() as other:
        yield other


@pytest.fixture
def cart(request):
    """A cart of this test only: in a cluster an event of the test before can come late."""
    return request.node.name


def test_follow_keeps_two_clients_in_step(shop, other, cart):
    async def main():
        ear, mine = Ear(lambda: get_cart_items(other, cart=cart)), [[]]
        async with following(other, ear, cart=cart):
            for change in (
                lambda: add_to_cart(shop, "mug", 2, cart=cart),
                lambda: add_to_cart(shop, "teapot", 1, cart=cart),
                lambda: remove_from_cart(shop, "mug", quantity=1, cart=cart),
                lambda: clear_cart(shop, cart=cart),
            ):
                change()
                mine.append(get_cart_items(shop, cart=cart))
                await ear.hears(len(mine))
        assert ear.carts == mine
        assert ear.changes == ["subscribe", "add", "add", "remove", "clear"]

    asyncio.run(main())


def test_follow_tells_what_changed(shop, cart):
    async def main():
        ear = Ear()
        async with following(shop, ear, cart=cart):
            add_to_cart(shop, "mug", 2, cart=cart)
            await ear.hears(2)
            expire_cart(shop, 60, cart=cart)
            await ear.hears(3)
            expire_item(shop, "mug", 60, cart=cart)
            await ear.hears(4)
        assert ear.events[1] == {"change": "add", "product_id": "mug", "quantity": 2}
        assert ear.changes == ["subscribe", "add", "expire_cart", "expire_item"]

    asyncio.run(main())


def test_follow_tells_of_a_sweep(shop, cart):
    async def main():
        ear = Ear()
        add_to_cart(shop, "mug", 2, cart=cart)
        shop.zadd(keys.deadlines(cart), {"mug": 1})
        async with following(shop, ear, cart=cart):
            assert get_cart_items(shop, cart=cart) == []
            await ear.hears(2)
        assert ear.changes == ["subscribe", "expire"]

    asyncio.run(main())


def test_follow_is_told_nothing_when_time_passes(shop, cart):
    async def main():
        ear = Ear()
        async with following(shop, ear, cart=cart):
            add_to_cart(shop, "mug", 2, cart=cart)
            shop.zadd(keys.deadlines(cart), {"mug": 1})  # has passed, and nobody looks
            shop.pexpire(keys.cart(cart), 1)
            while shop.exists(keys.cart(cart)):
                await asyncio.sleep(0)  # only gives others their turn
            shop.delete(keys.deadlines(cart))
            clear_cart(shop, cart=cart)
            await ear.hears(3)
        assert ear.changes == ["subscribe", "add", "clear"]

    asyncio.run(main())


def test_follow_hears_one_cart_only(shop):
    async def main():
        ear = Ear()
        async with following(shop, ear, cart="ann"):
            add_to_cart(shop, "mug", 2)
            add_to_cart(shop, "teapot", 1, cart="ann")
            await ear.hears(2)
        assert [event["product_id"] for event in ear.events] == [None, "teapot"]

    asyncio.run(main())


def test_follow_starts_no_thread(shop, cart):
    async def main():
        before, ear = threading.active_count(), Ear()
        async with following(shop, ear, cart=cart):
            add_to_cart(shop, "mug", 1, cart=cart)
            await ear.hears(2)
            assert threading.active_count() == before

    asyncio.run(main())


def test_follow_survives_a_callback_that_raises(shop, caplog, cart):
    async def main():
        ear = Ear(lambda: 1 / 0)
        async with following(shop, ear, cart=cart) as follower:
            add_to_cart(shop, "mug", 1, cart=cart)
            add_to_cart(shop, "mug", 1, cart=cart)
            await ear.hears(3)
            assert isinstance(follower.last_error, ZeroDivisionError)
        assert "A callback failed" in caplog.text

    asyncio.run(main())


@pytest.mark.parametrize("message", ["no json", "[1]", "5", "null", "", b"\xff", "[" * 100_000])
def test_follow_ignores_what_is_no_event(shop, message, cart):
    async def main():
        ear = Ear()
        async with following(shop, ear, cart=cart):
            shop.publish(keys.events(cart), message)
            add_to_cart(shop, "mug", 1, cart=cart)
            await ear.hears(2)
        assert ear.changes == ["subscribe", "add"]

    asyncio.run(main())


def test_follow_connects_again_after_a_lost_connection(server, monkeypatch):
    monkeypatch.setattr("cartlib.events.FIRST_PAUSE", 0)

    async def main(client):
        ear, losses = Ear(), []
        client.hset("product:mug", mapping={"name": "Coffee mug", "price": "9.50"})
        async with following(client, ear, on_loss=losses.append) as follower:
            assert client.client_kill_filter(_type="pubsub") >= 1
            await ear.hears(2)
            assert isinstance(follower.last_error, redis.ConnectionError)
            assert losses == [follower.last_error]
            add_to_cart(client, "mug", 1)
            await ear.hears(3)
        assert ear.changes == ["subscribe", "subscribe", "add"]

    with connect(server.host, server.port) as client:
        asyncio.run(main(client))


@asynccontextmanager
async def silent_server(greets):
    """Run a server that answers a connection's handshake at most; give its port, and what it reads.

    Whoever sends it SUBSCRIBE waits in vain.
    """
    heard, served = asyncio.Queue(), []

    async def serve(reader, writer):
        served.append(asyncio.current_task())
        while words := await reader.read(4096):
            heard.put_nowait(words)
            if greets:
                writer.write(
                    b"%0\r\n" * words.count(b"HELLO") + b"+OK\r\n" * words.count(b"CLIENT")
                )
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as running:
        yield running.sockets[0].getsockname()[1], heard
        if served:  # on a busy machine none may have come through
            await asyncio.wait(served)  # until each client has closed its connection


@pytest.mark.parametrize("limit", ["socket_timeout", "socket_connect_timeout"])
@pytest.mark.parametrize("greets", [True, False])
def test_follow_gives_up_a_subscription_that_nobody_confirms(greets, limit, monkeypatch):
    monkeypatch.setattr("cartlib.events.FIRST_PAUSE", 0)

    async def main():
        ear, losses = Ear(), asyncio.Queue()
        async with silent_server(greets) as (port, _):
            with redis.Redis(port=port, **PLAIN | {limit: 0.05}) as client:
                follower = follow(client, ear, on_loss=losses.put_nowait)
                for _ in range(2):
                    assert isinstance(await losses.get(), redis.TimeoutError)
                assert follower.running and ear.events == []
                follower.stop()
                await follower.stopped()

    asyncio.run(asyncio.wait_for(main(), LIMIT))


@pytest.mark.parametrize("greets", [True, False])
def test_stop_before_the_subscription_is_confirmed(greets):
    async def main():
        async with silent_server(greets) as (port, heard):
            with redis.Redis(port=port, **PLAIN) as client:
                follower, words = follow(client, Ear()), b""
                while (b"SUBSCRIBE" if greets else b"HELLO") not in words:
                    words += await heard.get()
                follower.stop()
                await follower.stopped()

    asyncio.run(asyncio.wait_for(main(), LIMIT))


def test_listening_has_no_time_out(shop, cart):
    async def main():
        ear, losses, loop = Ear(), [], asyncio.get_running_loop()
        async with following(shop, ear, cart=cart, on_loss=losses.append):
            now = loop.time
            loop.time = lambda: now() + 3600  # every timer is due
            await asyncio.sleep(0)
            loop.time = now
            add_to_cart(shop, "mug", 1, cart=cart)
            await ear.hears(2)
        assert ear.changes == ["subscribe", "add"] and losses == []

    asyncio.run(main())


def test_follow_waits_for_a_server_that_ended(server):
    async def main():
        with start_server() as own, connect(own.host, own.port) as client:
            async with following(client, Ear()) as follower:
                own.stop()
                while follower.last_error is None:
                    await asyncio.sleep(0)  # only gives others their turn
                assert follower.running
            assert not follower.running

    asyncio.run(asyncio.wait_for(main(), LIMIT))


def test_follow_with_a_password(server):
    async def main(own):
        with connect(url=f"redis://:right@{own.host}:{own.port}") as client:
            ear = Ear()
            async with following(client, ear):
                clear_cart(client)
                await ear.hears(2)

    with start_server() as own:
        with redis.Redis(port=own.port) as admin:
            admin.config_set("requirepass", "right")
        asyncio.run(main(own))


def test_stop_ends_everything(shop, cart):
    async def main():
        ear = Ear()
        async with following(shop, ear, cart=cart) as follower:
            follower.stop()
            follower.stop()
            await follower.stopped()
            assert not follower.running
            assert asyncio.all_tasks() == {asyncio.current_task()}
        clear_cart(shop, cart=cart)
        assert ear.changes == ["subscribe"]

    asyncio.run(main())
    gc.collect()  # what was left open would warn now, and warnings are errors


def test_stop_leaves_no_subscription(shop, cart):
    async def main():
        for _ in range(2):
            async with following(shop, Ear(), cart=cart):
                clear_cart(shop, cart=cart)
        while shop.publish(keys.events(cart), "{}") != 0:
            await asyncio.sleep(0)  # only gives others their turn

    asyncio.run(asyncio.wait_for(main(), LIMIT))


def test_stop_right_after_a_change(shop, cart):
    async def main():
        ear = Ear()
        async with following(shop, ear, cart=cart) as follower:
            clear_cart(shop, cart=cart)
            follower.stop()
            await asyncio.wait_for(follower.stopped(), LIMIT)
            assert not follower.running and ear.changes == ["subscribe"]

    asyncio.run(main())


def test_end_of_a_with_block_stops(shop, cart):
    async def main():
        heard = asyncio.Queue()
        with pytest.raises(ZeroDivisionError), follow(shop, heard.put_nowait, cart=cart) as one:
            await asyncio.wait_for(heard.get(), LIMIT)
            raise ZeroDivisionError
        clear_cart(shop, cart=cart)
        await one.stopped()
        assert heard.empty()

    asyncio.run(main())


def test_stop_before_it_started(client):
    async def main():
        follower = follow(client, Ear())
        follower.stop()
        await follower.stopped()
        assert not follower.running

    asyncio.run(main())


def test_follow_outside_an_event_loop(client):
    with pytest.raises(CartError, match="needs a running event loop"):
        follow(client, print)


def test_follow_bad_cart(client):
    with pytest.raises(InvalidCartNameError):
        follow(client, print, cart="{guest}")


def test_follow_no_client():
    with pytest.raises(CartConnectionError, match="Give a client"):
        follow(None, print)
