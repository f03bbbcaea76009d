"""What a load balancer asks."""

import pytest
from django.test import Client
from redis.exceptions import ConnectionError as RedisConnectionError


def test_alive_without_a_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"ok": True}


def test_ready(client: Client, db: None) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"ok": True, "database": "ok", "redis": "ok"})


def test_not_ready_says_which_and_why_without_naming_hosts(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> None:
        raise RedisConnectionError("Error 111 connecting to redis.internal:6379")

    monkeypatch.setattr("streamhub.pages.health.get_connection", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ok": False, "database": "ok", "redis": "doesn't answer (ConnectionError)"}
