"""The built-in inbox takes any request, keeps the newest, and answers as it is asked to."""

import gzip

import pytest
from django.test import Client
from django.utils.timezone import now

from delivery import inbox, inbox_receiver
from events.models import Project

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.fixture(autouse=True)
def _forget_known_tokens() -> None:
    inbox_receiver._known.clear()


@pytest.fixture
def address(project: Project) -> str:
    return f"/inbox/{project.inbox_token}"


@pytest.mark.parametrize("method", METHODS)
def test_takes_any_method(method: str, project: Project, address: str) -> None:
    response = Client(enforce_csrf_checks=True).generic(
        method, f"{address}?a=b", b"text", "text/plain", HTTP_X_SOURCE="s"
    )
    assert (response.status_code, response.json()) == (200, {"ok": True})
    total, (received,) = inbox.newest(project.inbox_token, 10)
    assert total == 1
    assert (received.method, received.path, received.query, received.body) == (method, f"{address}?a=b", "?a=b", "text")
    assert ["X-Source", "s"] in received.headers


def test_newest_first_and_numbered(project: Project, address: str) -> None:
    for body in ("first", "second", "third"):
        Client().generic("POST", address, body)
    total, received = inbox.newest(project.inbox_token, 2)
    assert total == 3
    assert [(it.number, it.body) for it in received] == [(3, "third"), (2, "second")]


def test_keeps_500_and_counts_all(project: Project) -> None:
    for _ in range(inbox.KEPT_REQUESTS + 20):
        inbox.keep(project.inbox_token, now(), "POST", "/inbox/x", [], b"{}", 200)
    total, received = inbox.newest(project.inbox_token, 10_000)
    assert (total, len(received), received[-1].number) == (520, 500, 21)


def test_keeps_64_kib_of_a_body(project: Project, address: str) -> None:
    assert Client().generic("POST", address, b"x" * 100_000).status_code == 200
    (received,) = inbox.newest(project.inbox_token, 1)[1]
    assert (len(received.body), received.size, received.is_cut) == (65_536, 100_000, True)


def test_takes_at_most_a_megabyte(project: Project, address: str) -> None:
    assert Client().generic("POST", address, b"x" * (1024 * 1024)).status_code == 200
    refused = Client().generic("POST", address, b"x" * (1024 * 1024 + 1))
    assert refused.status_code == 413
    assert "1,048,576 bytes" in refused.json()["error"]


def test_any_bytes_and_gzip(project: Project, address: str) -> None:
    Client().generic("POST", address, b"\xff\x00\xfe")
    Client().generic("POST", address, gzip.compress(b"packed"), HTTP_CONTENT_ENCODING="gzip")
    assert [it.body for it in inbox.newest(project.inbox_token, 2)[1]] == ["packed", "\ufffd\x00\ufffd"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("status=503", 503),
        ("status=429&x=1", 429),
        ("status=99", 200),
        ("status=999", 200),
        ("status=abc", 200),
        ("", 200),
    ],
)
def test_answers_with_the_status_asked_for(query: str, status: int, address: str) -> None:
    assert Client().post(f"{address}?{query}").status_code == status


@pytest.mark.parametrize(("asked", "slept"), [("250", 0.25), ("999999", 10), ("-5", None), ("soon", None)])
def test_waits_as_asked_but_never_long(
    asked: str, slept: float | None, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps: list[float] = []
    monkeypatch.setattr("delivery.inbox_receiver.time.sleep", naps.append)
    assert Client().post(f"{address}?delay_ms={asked}").status_code == 200
    assert naps == ([] if slept is None else [slept])


def test_unknown_token(db: None) -> None:
    assert Client().post("/inbox/nothing").status_code == 404


def test_a_burst_costs_one_query(address: str, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):
        for _ in range(5):
            Client().post(address)


def test_clear(project: Project, address: str) -> None:
    Client().post(address)
    inbox.clear(project.inbox_token)
    assert inbox.newest(project.inbox_token, 10) == (0, [])
