"""Requests that come in side by side are stored together, and each gets its own answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event as Signal
from threading import Lock
from uuid import uuid4

import pytest
from django.db import OperationalError, connection

from events.accept import Accepted, Incoming, accept
from events.gathering import MOST_GATHERED, Gathering, Part
from events.models import Event, Outbox, Project

PROJECT = Project(pk=1)
NOW = datetime(2026, 1, 15, tzinfo=UTC)


class Store:
    """Stands in for the database: the first call waits until it is let go, so that others gather behind it."""

    def __init__(self) -> None:
        self.calls: list[list[list[object]]] = []
        self.begun, self.go = Signal(), Signal()
        self.broken: type[Exception] | None = None
        self.refused: object = None
        self._lock = Lock()

    def __call__(self, project: Project, parts: list[Part]) -> list[Accepted]:
        with self._lock:
            self.calls.append([list(part.incoming) for part in parts])
        self.begun.set()
        assert self.go.wait(10)
        if self.broken:
            raise self.broken
        if any(self.refused in part.incoming for part in parts):
            raise ValueError("one of these cannot be stored")
        return [Accepted(len(part.incoming), 0) for part in parts]


@pytest.fixture
def store() -> Store:
    return Store()


def accept_side_by_side(store: Store, requests: list[list[object]]) -> list[object]:
    """The answers, or the errors; the first request is under way when the others come."""
    gathering = Gathering(store)

    def one(incoming: list[object]) -> object:
        try:
            return gathering.accept(PROJECT, Part(incoming, NOW))
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(requests)) as threads:
        futures = [threads.submit(one, requests[0])]
        assert store.begun.wait(10)
        for number, incoming in enumerate(requests[1:], 1):
            futures.append(threads.submit(one, incoming))
            wait_until(lambda number=number: len(gathering._waiting[PROJECT.pk]) == number)
        store.go.set()
        return [future.result(10) for future in futures]


def wait_until(true) -> None:
    for _ in range(2_000):
        if true():
            return
        Signal().wait(0.005)
    raise AssertionError("it never came")


def test_what_waits_is_stored_together_in_its_order(store: Store) -> None:
    answers = accept_side_by_side(store, [["a"], ["b", "c"], ["d"]])
    assert store.calls == [[["a"]], [["b", "c"], ["d"]]]
    assert answers == [Accepted(1, 0), Accepted(2, 0), Accepted(1, 0)]


def test_no_more_than_a_bound_at_once(store: Store) -> None:
    many = [0] * (MOST_GATHERED - 1)
    accept_side_by_side(store, [["a"], many, ["b"], ["c"]])
    assert [[len(part) for part in call] for call in store.calls] == [[1], [len(many), 1], [1]]


def test_one_mistake_is_not_the_others(store: Store) -> None:
    store.refused = "bad"
    answers = accept_side_by_side(store, [["a"], ["b"], ["bad"], ["c"]])
    assert [type(answer) for answer in answers] == [Accepted, Accepted, ValueError, Accepted]


def test_a_database_that_is_away_is_asked_once(store: Store) -> None:
    store.broken = OperationalError
    answers = accept_side_by_side(store, [["a"], ["b"], ["c"]])
    assert [type(answer) for answer in answers] == [OperationalError] * 3
    assert len(store.calls) == 2


def test_nothing_is_left_behind(store: Store) -> None:
    gathering = Gathering(store)
    store.go.set()
    for _ in range(3):
        gathering.accept(PROJECT, Part(["a"], NOW))
    assert gathering._waiting == {}


@pytest.mark.django_db(transaction=True)
def test_copies_in_requests_that_go_together_count_once() -> None:
    project = Project.objects.create(name="Shop")

    def post(number: int) -> int:
        events = [incoming(project, f"own-{number}"), incoming(project, "shared")]
        try:
            return accept(project, events, datetime.now(UTC)).stored
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        stored = list(threads.map(post, range(40)))
    assert sorted(stored) == [1] * 39 + [2]
    assert Event.objects.count() == Outbox.objects.count() == 41


def incoming(project: Project, insert_id: str) -> Incoming:
    uuid, moment = uuid4(), datetime.now(UTC)
    return Incoming("event.track", "Signed In", "user-1", None, moment, uuid, {"uuid": str(uuid)}, insert_id)
