"""How many events a second a project takes in: what is answered beyond, in each dialect, and what it costs."""

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from redis.exceptions import RedisError

from delivery.hooks import journal
from events import ingest_limit, rate_window, refusals
from events.models import Event, EventCount, Project

EVENT = {"event_type": "Order Placed", "user_id": "user-1"}
MESSAGE = {"type": "track", "event": "Order Placed", "userId": "user-1"}
WEBHOOK = {"type": "event.track", "created_at": "2026-01-15T09:30:00Z", "data": {"event_type": "A", "time": 1}}


class Clock:
    """A window's first second, until it is told to go on."""

    seconds = 1_800_000_001.0

    def time(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(rate_window.time, "time", clock.time)
    return clock


@pytest.fixture(autouse=True)
def _nothing_refused_yet() -> Iterator[None]:
    ingest_limit._refused.clear()
    yield
    ingest_limit._refused.clear()


@pytest.fixture
def limited(project: Project, clock: Clock) -> Project:
    """One event a second: ten in a window."""
    project.most_events_per_second = 1
    project.save()
    return project


def send(client: Client, project: Project, dialect: str, count: int = 1) -> HttpResponse:
    def post(path: str, content: Any, **headers: str) -> HttpResponse:
        return client.post(path, json.dumps(content), content_type="application/json", headers=headers)

    key = project.api_key
    if dialect == "amplitude":
        return post("/2/httpapi", {"api_key": key, "events": [EVENT] * count})
    if dialect == "identify":
        return client.post("/identify", {"api_key": key, "identification": json.dumps([{"user_id": "user-1"}] * count)})
    if dialect == "segment":
        basic = b64encode(f"{key}:".encode()).decode()
        return post("/v1/batch", {"batch": [MESSAGE] * count}, authorization=f"Basic {basic}")
    if dialect == "pixel":
        return client.get("/pixel/v1/track", {"writeKey": key, "userId": "user-1", "event": "Seen"})
    return post(f"/hooks/amplitude/{key}", WEBHOOK)


def test_amplitude_sdks_are_told_to_keep_all_of_it(client: Client, limited: Project) -> None:
    assert send(client, limited, "amplitude", 10).status_code == 200
    answer = send(client, limited, "amplitude", 2)
    content = answer.json()
    assert (answer.status_code, answer["Retry-After"], content.pop("retry_after")) == (429, "10", 10)
    assert content.pop("detail") == "more than 1 events a second (Project settings)"
    assert content == {
        "code": 429,
        "error": "Too many requests for some devices and users",
        "eps_threshold": 1,
        "throttled_devices": {},
        "throttled_users": {},
        "exceeded_daily_quota_devices": {},
        "exceeded_daily_quota_users": {},
        "throttled_events": [0, 1],
    }
    assert Event.objects.count() == 10


@pytest.mark.parametrize(
    ("dialect", "status", "body"),
    [
        ("segment", 429, b"max requests limit reached\n"),
        ("identify", 429, b"Too many requests for some devices and users"),
        ("webhook", 429, b'{"success": false, "error": "Refused: more than 1 events a second (Project settings)."}'),
    ],
)
def test_others_are_told_when_to_come_again(
    client: Client, limited: Project, clock: Clock, dialect: str, status: int, body: bytes
) -> None:
    assert send(client, limited, "amplitude", 10).status_code == 200
    clock.seconds += 6
    answer = send(client, limited, dialect)
    assert (answer.status_code, answer.content, answer["Retry-After"]) == (status, body, "4")
    assert "Retry-After" in answer["Access-Control-Expose-Headers"]
    assert answer.get("X-RateLimit-Reset") == ("4" if dialect == "segment" else None)
    clock.seconds += 4
    assert send(client, limited, dialect).status_code == 200
    assert Event.objects.count() == 11


def test_a_pixel_is_a_picture_all_the_same(client: Client, limited: Project) -> None:
    send(client, limited, "amplitude", 10)
    assert send(client, limited, "pixel")["Content-Type"] == "image/gif"
    assert Event.objects.count() == 10
    assert [one.status for one in refusals.newest(limited.pk)[1]] == [429]


def test_a_request_that_is_larger_than_the_limit_has_its_turn(client: Client, limited: Project, clock: Clock) -> None:
    assert send(client, limited, "segment", 25).status_code == 200
    assert send(client, limited, "segment", 25).status_code == 429
    clock.seconds += ingest_limit.WINDOW
    assert send(client, limited, "segment", 25).status_code == 200


def test_refusing_costs_no_row_and_no_place_in_the_lists_each(
    client: Client, limited: Project, clock: Clock, django_assert_num_queries: Any
) -> None:
    send(client, limited, "amplitude", 10)
    assert send(client, limited, "amplitude").status_code == 429
    with django_assert_num_queries(0):
        assert [send(client, limited, one).status_code for one in ("segment", "amplitude")] == [429] * 2
    with django_assert_num_queries(1):  # the secret that it may be signed by
        assert send(client, limited, "webhook").status_code == 429
    assert refusals.counted(limited.pk) == 1
    assert journal.newest(limited.pk, 5)[0] == 0
    assert _refused(limited) == 1
    clock.seconds += ingest_limit.WINDOW
    assert send(client, limited, "amplitude").status_code == 200  # and the rest is counted
    assert _refused(limited) == 4


def _refused(project: Project) -> int:
    return sum(EventCount.objects.filter(project=project, span=60).values_list("refused", flat=True))


@pytest.mark.parametrize("dialect", ["amplitude", "identify", "segment", "webhook"])
def test_without_a_limit_nothing_is_counted(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch, dialect: str
) -> None:
    monkeypatch.setattr(rate_window, "hub_redis", lambda: pytest.fail("asked Redis"))
    assert send(client, project, dialect).status_code == 200


def test_while_redis_is_away_everything_is_taken(
    client: Client, limited: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise RedisError("gone")

    monkeypatch.setattr(rate_window, "hub_redis", away)
    assert [send(client, limited, "amplitude", 10).status_code for _ in range(3)] == [200] * 3


@pytest.mark.parametrize("given", [-1, 1.5, True, "5", ingest_limit.MOST + 1])
def test_what_is_no_limit(given: Any) -> None:
    project = Project()
    with pytest.raises(ingest_limit.BadLimit, match="0 for no limit"):
        ingest_limit.set_limit(project, given)
    assert project.most_events_per_second == 0
