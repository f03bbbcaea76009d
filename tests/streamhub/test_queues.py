"""The Queues page: what waits, who works, and words where Redis is away."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from django_rq import get_connection, get_queue
from django_rq.workers import get_worker
from rq.cron_scheduler_registry import get_registry_key
from rq.worker import Worker

from delivery import waiting
from delivery.models import Delivery, State
from delivery.waiting import waiting_lanes
from destinations.models import Destination
from events.models import Event, Project
from streamhub.queue_facts import machinery
from tests.redis_elsewhere import redis_at

HTMX = {"HX-Request": "true"}


@pytest.fixture
def page(member_client: Client, project: Project) -> Callable[[], str]:
    def get() -> str:
        response = member_client.get(reverse("queues", args=[project.slug]))
        assert response.status_code == 200
        return response.content.decode()

    return get


@pytest.fixture
def start() -> Iterator[Callable[[str], Worker]]:
    """Signs a worker on, as it does itself when its process starts."""
    workers: list[Worker] = []

    def make(queue: str) -> Worker:
        worker = get_worker(queue, serializer="rq.serializers.JSONSerializer")
        worker.register_birth()
        workers.append(worker)
        return worker

    yield make
    for worker in workers:
        worker.register_death()


def clock_was_seen(ago: float) -> None:
    get_connection("default").zadd(get_registry_key(), {"clock": now().timestamp() - ago})


def test_lanes_with_what_waits_longest_first(
    project: Project,
    make_events: Callable[..., list[Event]],
    make_destination: Callable[..., Destination],
    deliver: Callable[..., Delivery],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    idle, paused = make_destination(name="A"), make_destination(name="B", enabled=False)
    for state, hours in [(State.QUEUED, 1), (State.RETRYING, 3), (State.DELIVERED, 5), (State.EXPIRED, 6)]:
        deliver(make_events()[0], paused, state, hours=hours)
    first, second = waiting_lanes(project)
    assert (first.destination, first.waiting.number, str(first.waiting)) == (paused, 2, "2")
    assert first.oldest is not None
    assert abs(now() - first.oldest - timedelta(hours=3)) < timedelta(minutes=1)
    assert (second.destination, second.waiting.number, second.oldest) == (idle, 0, None)
    monkeypatch.setattr(waiting, "MOST_WAITING", 2)
    assert str(waiting_lanes(project)[0].waiting) == "1+"


def test_says_what_is_paused_and_leads_to_what_waits(
    page: Callable[[], str],
    make_events: Callable[..., list[Event]],
    make_destination: Callable[..., Destination],
    deliver: Callable[..., Delivery],
) -> None:
    paused = make_destination(name="Order webhook", enabled=False)
    deliver(make_events()[0], paused, State.RETRYING, hours=3)
    text = page()
    for words in ("Order webhook", "Paused", f"destination={paused.pk}&amp;state=waiting", "3 hours ago"):
        assert words in text


def test_queues_workers_and_the_clock(page: Callable[[], str], start: Callable[[str], Worker]) -> None:
    start("fresh")
    busy = start("retry")
    busy.set_state("busy")
    get_queue("retry").push_job_id("a job")
    clock_was_seen(ago=30)
    found = machinery()
    assert [(q.name, q.waiting, q.running, q.failed, q.workers) for q in found.queues] == [
        ("fresh", 0, 0, 0, 1),
        ("retry", 1, 0, 0, 1),
        ("cohorts", 0, 0, 0, 0),
        ("default", 0, 0, 0, 0),
    ]
    assert [(worker.queues, worker.busy) for worker in found.workers] == [(["fresh"], False), (["retry"], True)]
    assert all(worker.seen_at and now() - worker.seen_at < timedelta(minutes=1) for worker in found.workers)
    text = page()
    for words in ("No worker takes jobs from default.", "manage.py worker default", "Working", "Clock seen"):
        assert words in text
    assert "jobs from fresh" not in text


@pytest.mark.parametrize(("ago", "is_seen"), [(30, True), (119, True), (300, False), (None, False)])
def test_the_clock(page: Callable[[], str], ago: float | None, is_seen: bool) -> None:
    if ago is not None:
        clock_was_seen(ago)
    assert ("Clock seen" in page()) == is_seen
    assert ("The clock hasn’t been seen" in page()) != is_seen


def test_redis_away(
    page: Callable[[], str], make_destination: Callable[..., Destination], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_destination(name="Order webhook")
    redis_at(monkeypatch)
    text = page()
    assert "Redis doesn’t answer." in text
    assert "Order webhook" in text
    assert "Job queues" not in text


def test_all_jobs_are_for_administrators(page: Callable[[], str], staff_client: Client, project: Project) -> None:
    url = reverse("admin:django_rq_dashboard_changelist")
    assert url not in page()
    text = staff_client.get(reverse("queues", args=[project.slug])).content.decode()
    assert f'href="{url}"' in text
    assert staff_client.get(url, follow=True).status_code == 200


def test_polls(member_client: Client, project: Project) -> None:
    fragment = member_client.get(reverse("queues", args=[project.slug]), headers=HTMX)
    text = fragment.content.decode()
    assert text.startswith('<div class="sh-stack" id="queues"')
    assert 'data-poll="5000"' in text
    assert "HX-Request" in fragment["Vary"]
