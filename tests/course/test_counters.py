"""The exercises of lesson 10: wrong answers, what is said of them, and a lost EXEC."""

import redis
from redis.cluster import RedisCluster

from cartlib.course import counters
from cartlib.lab.lost import LostReply
from cartlib.practice.outcome import NOT_YET


def test_a_look_before_or_after_the_count_is_told():
    def looks_first(client, name, most, seconds):
        if client.exists(f"shop:limit:{name}"):
            return client.incr(f"shop:limit:{name}") <= most
        client.set(f"shop:limit:{name}", 1, ex=seconds)
        return True

    def looks_afterwards(client, name, most, seconds):
        pipe = client.pipeline()
        pipe.set(f"shop:limit:{name}", 0, ex=seconds, nx=True)
        pipe.incr(f"shop:limit:{name}")
        pipe.execute()
        return int(client.get(f"shop:limit:{name}")) <= most

    first, afterwards = map(counters.q2.check, (looks_first, looks_afterwards))
    assert first.status == NOT_YET and first.sentence == counters.LOOKS_FIRST
    assert afterwards.status == NOT_YET and afterwards.sentence == counters.LOOKS_AFTERWARDS


def test_dict_of_pipelines_is_told():
    def collects(client, product_ids):
        pipe = client.pipeline(transaction=False)
        counts = {product_id: pipe.incr(f"shop:views:{product_id}") for product_id in product_ids}
        pipe.execute()
        return counts

    assert "took a pipeline for a reply" in counters.q1.check(collects).sentence


def test_an_empty_note_that_is_written_over_is_told():
    def by_get(client, request_id, product_id, quantity):
        key = f"cart:{{guest}}:request:{request_id}"

        def work(pipe):
            if pipe.get(key):
                return False
            pipe.multi()
            pipe.set(key, 1, ex=86_400)
            pipe.zincrby("cart:{guest}", quantity, product_id)
            return True

        return client.transaction(work, key, value_from_callable=True)

    assert counters.q3.check(by_get).sentence == counters.WRITTEN_OVER


def test_add_whose_exec_is_lost_is_done_once(client):
    with LostReply(client, "EXEC"):
        try:
            done = counters.add_once(client, "r1", "mug", 2)
        except redis.ConnectionError:
            done = "lost"
        assert counters.add_once(client, "r1", "mug", 2) is False
    assert done == ("lost" if isinstance(client, RedisCluster) else False)  # as the lesson says
    assert client.zscore("cart:{guest}", "mug") == 2
