"""What only a Redis with vector sets can tell: asked there, or else as one of them told it.

`python -m cartlib.lab.recorded` asks the server that CARTLIB_SERVER names, and records it anew.
"""

import json
from pathlib import Path
from random import Random

from redis.exceptions import NoPermissionError, RedisError

from cartlib.connection import connect
from cartlib.errors import LocalServerError
from cartlib.failures import lacks
from cartlib.lab.local_server import start_server
from cartlib.lab.stores import new_client

RECORD = Path(__file__).parent.parent / "data" / "recorded.json"
PRODUCTS, NUMBERS = 500, 32
NEEDED = ("JSON.GET", "VCARD")


def lacking(client) -> list[str]:
    """Return which of JSON and vector sets this Redis does not know, by a command of each."""
    return [command for command in NEEDED if not _knows(client, command)]


def with_documents(client):
    """Return this client if its Redis knows JSON and vector sets; else one of a fakeredis."""
    if missing := lacking(client):
        print(
            f"Your Redis knows no {' and no '.join(missing)}. This lesson goes on with fakeredis."
        )
        return new_client()
    return client


def likeness_costs() -> tuple[str, dict]:
    """Return where it was measured, and what 500 vectors of 32 numbers cost, in bytes.

    A private server is asked, if it has vector sets; else it is what Redis 8.2 told.
    """
    try:
        with start_server() as server, _client_of(server) as client:
            if _knows(client, "VCARD"):
                return "measured now", measure(client)
    except LocalServerError:
        pass
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    return f"recorded on {record['server']}", record["costs"]


def measure(client) -> dict:
    """Return what the same vectors take as vector sets, and as texts in a hash."""
    chance = Random(15)
    vectors = [[chance.randint(0, 9) for _ in range(NUMBERS)] for _ in range(PRODUCTS)]
    pipe = client.pipeline(transaction=False)
    for number, vector in enumerate(vectors):
        words = "VALUES", NUMBERS, *vector, f"p{number}"
        pipe.execute_command("VADD", "demo:small", *words)
        pipe.execute_command("VADD", "demo:exact", *words, "NOQUANT")
        pipe.hset("demo:hash", f"p{number}", " ".join(map(str, vector)))
    pipe.execute()
    asked = client.execute_command("VSIM", "demo:small", "ELE", "p0", "WITHSCORES", "COUNT", 4)
    exact = client.execute_command("VSIM", "demo:exact", "ELE", "p0", "WITHSCORES", "COUNT", 4)
    return {
        "vector set": client.memory_usage("demo:small", samples=0),
        "vector set, exact": client.memory_usage("demo:exact", samples=0),
        "hash": client.memory_usage("demo:hash", samples=0),
        "most alike": _pairs(asked),
        "most alike, exact": _pairs(exact),
    }


def _pairs(flat):
    return [[item, float(score)] for item, score in zip(flat[::2], flat[1::2], strict=True)]


def _knows(client, command):
    try:
        client.execute_command(command, "demo:none")
    except RedisError as error:
        if lacks(error, command) or isinstance(error, NoPermissionError):
            return False
        raise
    return True


def _client_of(server):
    return connect(server.host, server.port, timeout=10)


def record():
    """Ask a private server, and write down what it tells."""
    with start_server() as server, _client_of(server) as client:
        found = {"server": f"Redis {client.info('server')['redis_version']}"}
        found["costs"] = measure(client)
    RECORD.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
