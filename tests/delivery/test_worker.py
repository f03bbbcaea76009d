import django_rq
import pytest
from redis.exceptions import ConnectionError as RedisAway
from rq.worker import base

from delivery.worker import LongLivedWorker


@pytest.fixture(autouse=True)
def _no_worker_stays_current(monkeypatch):
    monkeypatch.setattr(LongLivedWorker, "current", None)


def test_a_worker_is_back_within_seconds_after_redis_was_away_for_long(monkeypatch):
    queue = django_rq.get_queue("fresh")
    worker = LongLivedWorker([queue], connection=queue.connection, serializer=queue.serializer)
    waits: list[float] = []

    def heartbeat(*_args, **_kwargs):
        if len(waits) < 10:
            raise RedisAway("Connection refused")

    monkeypatch.setattr(worker, "heartbeat", heartbeat)
    monkeypatch.setattr(base.time, "sleep", waits.append)
    assert worker.dequeue_job_and_maintain_ttl(None, max_idle_time=1) is None
    assert waits == [1.0] + [2.0] * 9
