"""Products that are alike, by a vector set; on a Redis without those, an error that says so."""

import pytest
from redis.exceptions import RedisError

from cartlib import (
    CartDataError,
    InvalidProductIdError,
    InvalidQuantityError,
    InvalidVectorError,
    UnsupportedError,
)
from cartlib.failures import lacks
from cartlib.lab.trace import Trace
from cartlib.shop.likeness import note_product, others_also_took

LIKENESS = "shop:likeness"
TAKEN = {  # how many of a product each of four customers took
    "mug": [2, 1, 0, 1],
    "tea": [1, 1, 0, 1],
    "kettle": [1, 0, 0, 1],
    "lamp": [0, 1, 2, 0],
    "tent": [0, 0, 1, 0],
}
CALLS = [
    lambda client: note_product(client, "mug", [1, 2]),
    lambda client: others_also_took(client, "mug"),
]


def knows_vectors(client):
    try:
        client.execute_command("VCARD", "demo:none")
    except RedisError as error:
        assert lacks(error, "VCARD")
        return False
    return True


@pytest.fixture
def vectors(client):
    """The client, where its Redis has vector sets."""
    if not knows_vectors(client):
        pytest.skip("this Redis has no vector sets")
    return client


@pytest.fixture
def taken(vectors):
    """The same, with the vectors of five products."""
    for product_id, numbers in TAKEN.items():
        note_product(vectors, product_id, numbers)
    return vectors


def vector_of(client, product_id):
    return [float(one) for one in client.execute_command("VEMB", LIKENESS, product_id)]


@pytest.mark.parametrize("call", CALLS)
def test_likeness_where_vector_sets_are_unknown(client, call, refused):
    if knows_vectors(client):
        pytest.skip("this Redis has vector sets")
    with refused(UnsupportedError) as caught:
        call(client)
    assert caught.value.command in ("VADD", "VSIM") and "Redis 8" in str(caught.value)


def test_note_product(vectors):
    assert note_product(vectors, "mug", [3, 0.5, 0]) is None
    assert vectors.type(LIKENESS) == "vectorset"
    assert vector_of(vectors, "mug") == pytest.approx([3, 0.5, 0], abs=0.02)


def test_note_product_again_replaces(vectors):
    note_product(vectors, "mug", [3, 0])
    note_product(vectors, "mug", (0, 2))
    assert vectors.execute_command("VCARD", LIKENESS) == 1
    assert vector_of(vectors, "mug") == pytest.approx([0, 2], abs=0.02)


def test_note_product_of_another_length(vectors, refused):
    note_product(vectors, "mug", [3, 0])
    for numbers in ([1], [1, 2, 3]):
        with refused(CartDataError) as caught:
            note_product(vectors, "pen", numbers)
        assert caught.value.key == LIKENESS and "dimension" in str(caught.value)
    assert vectors.execute_command("VCARD", LIKENESS) == 1


def test_others_also_took(taken):
    found = others_also_took(taken, "mug")
    assert [item for item, _ in found] == ["tea", "kettle", "lamp"]
    exact = [0.971, 0.933, 0.591]  # (1 + cosine) / 2
    assert [likeness for _, likeness in found] == pytest.approx(exact, abs=0.01)


def test_others_also_took_most(taken):
    assert [item for item, _ in others_also_took(taken, "mug", most=1)] == ["tea"]
    assert len(others_also_took(taken, "lamp", most=100)) == 3  # the kettle has nothing in common


def test_others_also_took_unknown_product(taken, vectors):
    assert others_also_took(taken, "unicorn") == []


def test_others_also_took_without_a_key(vectors):
    assert others_also_took(vectors, "mug") == []


def test_others_also_took_strange_ids(vectors):
    for item in ("a b", "Zoë", "ELE", '"'):
        note_product(vectors, item, [1, len(item)])
    assert len(others_also_took(vectors, "ELE", most=5)) == 3


@pytest.mark.parametrize("call", CALLS)
def test_likeness_wrong_type(vectors, call, refused):
    vectors.hset(LIKENESS, "a", 1)
    with refused(CartDataError) as caught:
        call(vectors)
    assert caught.value.key == LIKENESS


BAD = ["12", None, 5, [], [0, 0], [1, "2"], [1, True], [1, float("nan")], [float("inf")]]
BAD += [[10**400], [1] * 1001, [[1, 2]], [1j]]


@pytest.mark.parametrize("vector", BAD, ids=lambda value: repr(value)[:12])
def test_note_product_bad_vector(client, vector, unsent):
    with unsent(InvalidVectorError):
        note_product(client, "mug", vector)


def test_likeness_bad_id(client, bad_id, unsent):
    for call in (
        lambda: note_product(client, bad_id, [1]),
        lambda: others_also_took(client, bad_id),
    ):
        with unsent(InvalidProductIdError):
            call()


def test_others_also_took_bad_most(client, bad_quantity, unsent):
    with unsent(InvalidQuantityError):
        others_also_took(client, "mug", most=bad_quantity)


def test_likeness_round_trips(vectors):
    for call in CALLS:
        with Trace(vectors) as trace:
            call(vectors)
        assert trace.round_trips == 1
