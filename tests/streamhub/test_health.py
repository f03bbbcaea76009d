"""What a load balancer and monitoring ask."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils.timezone import now
from django_rq import get_connection
from django_rq.workers import get_worker
from rq.cron_scheduler_registry import get_registry_key

from streamhub.pages import health
from streamhub.queue_facts import QUEUES
from tests.redis_elsewhere import redis_at


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "REMEMBERED", -1)


@pytest.fixture
def machinery() -> Iterator[None]:
    """A worker for each queue, and a clock that has just been seen."""
    workers = [get_worker(name, serializer="rq.serializers.JSONSerializer") for name in QUEUES]
    for worker in workers:
        worker.register_birth()
    get_connection("default").zadd(get_registry_key(), {"clock": now().timestamp()})
    yield
    for worker in workers:
        worker.register_death()


def test_alive_without_a_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"ok": True}


@pytest.mark.parametrize("query", ["", "?all=1"])
def test_ready(client: Client, db: None, machinery: None, query: str) -> None:
    response = client.get(f"/readyz{query}")
    checks = dict.fromkeys(("database", "redis", "workers", "clock", "lag"), "ok")
    assert (response.status_code, response.json()) == (200, {"ok": True, **checks, "lag_seconds": 0.0})


def test_events_are_taken_while_nobody_sends_them(client: Client, db: None) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()["ok"]) == (200, True)
    assert response.json()["workers"] == "none for fresh, retry, cohorts, default"
    assert response.json()["clock"] == "not seen for two minutes"
    whole = client.get("/readyz?all=1")
    assert (whole.status_code, whole.json()["ok"]) == (503, False)


@pytest.mark.parametrize("cause", ["unrouted", "lanes_behind"])
def test_lag(client: Client, db: None, machinery: None, monkeypatch: pytest.MonkeyPatch, cause: str) -> None:
    from delivery.lag import LaneLag

    late = {"unrouted": (7, 301.0), "lanes_behind": [LaneLag(None, None, 301.0, True), LaneLag(None, None, 9e9, False)]}  # type: ignore[arg-type]
    monkeypatch.setattr(health, cause, lambda: late[cause])
    answer = client.get("/readyz?all=1")
    assert (answer.status_code, answer.json()["lag"], answer.json()["lag_seconds"]) == (503, "over 300 s", 301.0)
    assert client.get("/readyz").status_code == 200


def test_not_ready_says_which_and_why_without_naming_hosts(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis_at(monkeypatch)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ok": False, "database": "ok", "redis": "doesn't answer (ConnectionError)"}


def test_asking_often_asks_the_database_once(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "REMEMBERED", 60)
    monkeypatch.setattr(health, "_seen", (0.0, {}))
    client.get("/readyz")
    monkeypatch.setattr(health, "_look", None)
    assert client.get("/readyz").status_code == 200
