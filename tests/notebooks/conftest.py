"""A user as notebooks/TEACHING.md makes them on a server that a class shares."""

import re

import pytest
import redis
from kernels import TEACHING

(RULE,) = re.findall(r"^<!-- acl -->\n```text\n(.+)\n```$", TEACHING, flags=re.MULTILINE)


@pytest.fixture
def learner(server):
    """A function that returns the url of the user `class` for a database number."""
    with redis.Redis(port=server.port) as admin:
        assert admin.execute_command(*RULE.split())
        yield f"redis://class:CLASS-PASSWORD@{server.host}:{server.port}/{{}}".format
        admin.acl_deluser("class")
        for number in (3, 7):
            with redis.Redis(port=server.port, db=number) as client:
                client.flushdb()  # this server is our own
