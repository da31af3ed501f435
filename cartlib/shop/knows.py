"""What to say where a Redis lacks a command that not every Redis has."""

from contextlib import contextmanager

from redis.exceptions import RedisError

from cartlib.errors import UnsupportedError
from cartlib.failures import explained, lacks

JSON, VECTORS = "Redis 8 with its modules", "Redis 8"  # who has them


@contextmanager
def needs(client, command, since, *keys, change=None):
    """Do as explained() does; raise UnsupportedError where this Redis knows no `command`.

    Nothing has been changed then: Redis refuses the whole MULTI in which it does not know a
    command. A cluster's client finds it out without sending the command.
    """
    with explained(client, *keys, change=change):
        try:
            yield
        except RedisError as error:
            if lacks(error, command):
                raise UnsupportedError(command, since) from error
            raise
