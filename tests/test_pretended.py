"""The pretended server answers about documents and vector sets as a real one that has them."""

import pytest
from backends import about
from redis.exceptions import ResponseError

from cartlib import connect
from cartlib.failures import lacks
from cartlib.lab.stores import new_client

VECTORS = [
    ["VADD", "demo:v", "VALUES", 3, 1, 2, 3, "mug"],
    ["VADD", "demo:v", "VALUES", 3, 1, 2, 2, "pen"],
    ["TYPE", "demo:v"],
    ["VADD", "demo:v", "VALUES", 3, 3, 0, 0, "mug"],
    ["VEMB", "demo:v", "mug"],
    ["VADD", "demo:v", "VALUES", 2, 3, 0, "mug"],
    ["VADD", "demo:v", "VALUES", 4, 3, 0, 0, 0, "cup"],
    ["VADD", "demo:v", "VALUES", 3, 3, "nan", 0, "cup"],
    ["VADD", "demo:v", "VALUES", 3, 3, "x", 0, "cup"],
    ["VADD", "demo:v", "VALUES", 3, 3, 0],
    ["VSIM", "demo:v", "ELE", "cup"],
    ["VSIM", "demo:none", "ELE", "cup"],
    ["VSIM", "demo:v", "ELE", "mug"],
    ["VCARD", "demo:v"],
    ["VDIM", "demo:v"],
    ["VREM", "demo:v", "mug"],
    ["VREM", "demo:v", "mug"],
    ["EXISTS", "demo:v"],
    ["VREM", "demo:v", "pen"],
    ["EXISTS", "demo:v"],
]
DOCUMENTS = [
    (["JSON.SET", "demo:d", "$.a", "1"], "new objects must be created at the root"),
    (["JSON.SET", "demo:d", "$", "{}"], "OK"),
    (["EXISTS", "demo:d"], 1),
    (["TYPE", "demo:d"], "ReJSON-RL"),
    (["JSON.SET", "demo:d", "$", "{}", "NX"], None),
    (["JSON.SET", "demo:d", "$.a", '{"n": 1, "of": []}'], "OK"),
    (["JSON.GET", "demo:d"], '{"a":{"n":1,"of":[]}}'),
    (["JSON.GET", "demo:d", "$"], '[{"a":{"n":1,"of":[]}}]'),
    (["JSON.GET", "demo:d", "$.a.n", "$.b"], '{"$.a.n":[1],"$.b":[]}'),
    (["JSON.SET", "demo:d", "$.b.c", "1"], None),
    (["JSON.SET", "demo:d", "$.b", "1", "XX"], None),
    (["JSON.NUMINCRBY", "demo:d", "$.a.n", "2"], "[3]"),
    (["JSON.NUMINCRBY", "demo:d", "$.a.n", "0.5"], "[3.5]"),
    (["JSON.NUMINCRBY", "demo:d", "$.z", "2"], "[]"),
    (["JSON.ARRAPPEND", "demo:d", "$.a.of", '"ü"'], [1]),
    (["JSON.ARRAPPEND", "demo:d", "$.z", '"x"'], []),
    (["JSON.GET", "demo:d", "$.a.of"], '[["ü"]]'),
    (["JSON.SET", "demo:d", "$.a", "{"], "expected value"),
    (["JSON.GET", "demo:d", '$["a'], "string"),
    (["GET", "demo:d"], "WRONGTYPE"),
    (["EXPIRE", "demo:d", "60"], 1),
    (["JSON.DEL", "demo:d", "$.a"], 1),
    (["TTL", "demo:d"], about(60)),
    (["JSON.DEL", "demo:d"], 1),
    (["EXISTS", "demo:d"], 0),
    (["JSON.GET", "demo:none", "$"], None),
    (["SET", "demo:d", "text"], "OK"),
    (["JSON.GET", "demo:d", "$"], "wrong Redis type"),
    (["JSON.SET", "demo:d", "$.a", "1"], "wrong Redis type"),
    (["JSON.DEL", "demo:d", "$.a"], "wrong Redis type"),
    (["DEL", "demo:d"], 1),
]


def replies(client, lines):
    """Return the reply to each line; of an error, its text."""
    found = []
    for line in lines:
        try:
            found.append(client.execute_command(*line))
        except ResponseError as error:
            found.append(f"{type(error).__name__}: {error}")
    return found


@pytest.mark.every_server
def test_vector_sets_as_on_a_real_server(server):
    with connect(server.host, server.port) as real, new_client() as pretended:
        try:
            real.execute_command("VCARD", "demo:none")
        except ResponseError as error:
            assert lacks(error, "VCARD")
            pytest.skip("this server has no vector sets")
        assert replies(pretended, VECTORS) == replies(real, VECTORS)


def test_documents():
    """As Redis's documentation has it: there is no such server among those of the tests."""
    with new_client() as client:
        for (line, wanted), reply in zip(
            DOCUMENTS, replies(client, [line for line, _ in DOCUMENTS]), strict=True
        ):
            same = wanted in reply if isinstance(reply, str) and ": " in reply else reply == wanted
            assert same or (reply is True and wanted in (1, "OK")), (line, reply)
