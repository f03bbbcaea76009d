import django_rq
import psycopg
import pytest
from django.db import connection
from redis.exceptions import ConnectionError as RedisAway
from rq.worker import base

from delivery.replay_job import run_replays
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


if connection.vendor == "postgresql":  # SQLite has no server

    @pytest.mark.django_db(transaction=True)
    def test_no_job_fails_because_the_database_was_restarted_before_it():
        queue = django_rq.get_queue("default")
        worker = LongLivedWorker([queue], connection=queue.connection, serializer=queue.serializer)
        connection.ensure_connection()
        database = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor, "context": None}
        with psycopg.connect(**database) as server:
            server.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        job = queue.enqueue(run_replays)
        worker.work(burst=True)
        assert job.is_finished, job.latest_result().exc_string
