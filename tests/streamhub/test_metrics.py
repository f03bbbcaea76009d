"""/metrics: figures of the road as the Prometheus client reads them, for those who may."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from django.test import Client
from django.utils.timezone import now
from django_rq import get_connection, get_queue
from prometheus_client.parser import text_string_to_metric_families
from rq import Queue

from delivery.jobs import transport
from delivery.lanes import Lanes
from delivery.models import Delivery, State
from delivery.routing import Router
from delivery.worker import LongLivedWorker, resting
from events import totals
from events.models import Event, Outbox
from streamhub import prometheus
from tests.hub import free_port
from tests.receiver import receiver
from tests.redis_elsewhere import redis_at

ROOT = Path(__file__).resolve().parents[2]
Numbers = dict[tuple[str, ...], float]


@pytest.fixture(autouse=True)
def _from_zero() -> None:
    """Without what other tests have left in memory."""
    totals.flush()
    get_connection("default").delete(totals.KEY)


@pytest.fixture
def scrape(client: Client, db: None) -> Callable[[], Numbers]:
    """(name, values of its labels in the order of their names …) -> number."""

    def read() -> Numbers:
        response = client.get("/metrics")
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/plain")
        families = text_string_to_metric_families(response.content.decode())
        return {
            (s.name, *(v for _, v in sorted(s.labels.items()))): s.value for family in families for s in family.samples
        }

    return read


class TestWhatItSays:
    def test_the_road_of_events(self, scrape, client, project, make_destination):
        with receiver() as hook:
            make_destination(url=hook.url)
            make_destination(url=f"http://127.0.0.1:{free_port()}/")
            make_destination(payload={"mode": "template", "language": "jinja2", "template": "{{ input.no.such }}"})
            events = [{"event_type": "Order Placed", "user_id": "user-1", "insert_id": f"{n}"} for n in (1, 2, 2)]
            for key in (project.api_key, "wrong"):
                body = orjson.dumps({"api_key": key, "events": events})
                client.post("/2/httpapi", body, content_type="application/json")
            Lanes(State.QUEUED, transport(), Router()).run()
        found = scrape()
        expected = {
            ("streamhub_events_accepted_total",): 2,
            ("streamhub_events_duplicate_total",): 1,
            ("streamhub_ingest_requests_total", "200"): 1,
            ("streamhub_ingest_requests_total", "400"): 1,
            ("streamhub_events_routed_total",): 2,
            ("streamhub_deliveries_created_total",): 6,
            ("streamhub_attempts_total", "2xx"): 2,
            ("streamhub_attempts_total", "connect"): 2,
            ("streamhub_attempts_total", "template"): 2,
            ("streamhub_deliveries_ended_total", "", "delivered"): 2,
            ("streamhub_deliveries_ended_total", "template", "failed"): 2,
            ("streamhub_attempt_seconds_count",): 4,
            ("streamhub_attempt_seconds_bucket", "+Inf"): 4,
            ("streamhub_events_unrouted",): 0,
        }
        assert {key: found[key] for key in expected} == expected
        assert found["streamhub_attempt_seconds_sum",] > 0

    def test_totals_of_all_processes_are_one(self, scrape, make_events):
        """Another process's share is what it has put into Redis."""
        get_connection("default").hincrbyfloat(totals.KEY, "streamhub_events_accepted", 40)
        make_events(2)
        assert scrape()["streamhub_events_accepted_total",] == 42

    def test_lanes_with_what_waits_and_for_how_long(self, scrape, project, make_destination, make_events, deliver):
        flowing, paused = make_destination(name="A"), make_destination(name="B", enabled=False)
        for lane, late in ((flowing, 30), (paused, 900)):
            delivery = deliver(make_events()[0], lane, State.RETRYING)
            Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=now() - timedelta(seconds=late))
        deliver(make_events()[0], paused, State.QUEUED)
        Event.objects.filter(pk=Outbox.objects.earliest("event_id").event_id).update(
            received_at=now() - timedelta(seconds=60)
        )
        found = scrape()
        assert found["streamhub_lane_waiting", str(flowing.pk), "A", "shop"] == 1
        assert found["streamhub_lane_waiting", str(paused.pk), "B", "shop"] == 2
        assert found["streamhub_lane_lag_seconds", str(paused.pk), "B", "shop"] == pytest.approx(900, abs=5)
        assert found["streamhub_lag_seconds",] == pytest.approx(30, abs=5)
        assert found["streamhub_routing_lag_seconds",] == pytest.approx(60, abs=5)
        assert found["streamhub_events_unrouted",] == 3

    def test_series_stay_few(self, scrape, monkeypatch, make_destination, make_events, deliver):
        monkeypatch.setattr(prometheus, "MOST_LANES", 2)
        event = make_events()[0]
        lanes = [make_destination() for _ in range(4)]
        for lane in (*lanes, lanes[3]):
            deliver(event, lane, State.QUEUED)
        waiting = {key[1]: number for key, number in scrape().items() if key[0] == "streamhub_lane_waiting"}
        assert waiting == {str(lanes[3].pk): 2, str(lanes[0].pk): 1, "others": 2}

    def test_workers_queues_and_clock(self, scrape):
        queue = get_queue("fresh")
        worker = LongLivedWorker([queue], connection=queue.connection, serializer=queue.serializer)
        worker.register_birth()
        get_queue("retry").push_job_id("a job")
        try:
            found = scrape()
        finally:
            worker.register_death()
        assert [found["streamhub_workers", name] for name in ("fresh", "retry")] == [1, 0]
        assert found["streamhub_jobs", "retry", "waiting"] == 1
        assert found["streamhub_clock_seen",] == 0
        assert found["streamhub_redis_up",] == 1

    def test_redis_away(self, scrape, monkeypatch):
        redis_at(monkeypatch)
        found = scrape()
        assert found["streamhub_redis_up",] == 0
        assert found["streamhub_events_unrouted",] == 0

    def test_what_was_added_while_redis_was_away_is_not_lost(self, scrape, monkeypatch, make_events):
        with monkeypatch.context() as away:
            redis_at(away)
            make_events(3)
            totals.flush()
        assert scrape()["streamhub_events_accepted_total",] == 3


def _nap(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    with resting():
        time.sleep(seconds)


def test_busy_seconds_of_a_worker_are_without_its_rests(scrape, monkeypatch):
    monkeypatch.setattr(LongLivedWorker, "current", None)
    queue = get_queue("cohorts")
    worker = LongLivedWorker([queue], connection=queue.connection, serializer=queue.serializer)
    # Not through django-rq, which waits for the commit of this test's transaction.
    Queue(queue.name, queue.connection, serializer=queue.serializer).enqueue(_nap, 0.2, result_ttl=0)
    worker.work(burst=True, logging_level="WARNING")
    assert scrape()["streamhub_worker_busy_seconds_total", "cohorts"] == pytest.approx(0.2, abs=0.15)


class TestWhoMayRead:
    @pytest.mark.parametrize(
        ("peer", "headers", "status"),
        [
            ("127.0.0.1", {}, 200),
            ("::1", {}, 200),
            ("10.0.0.7", {}, 401),
            ("10.0.0.7", {"Authorization": "Bearer sesame"}, 200),
            ("10.0.0.7", {"Authorization": "Bearer sesamé"}, 401),
            ("10.0.0.7", {"Authorization": "Bearer "}, 401),
            # A proxy on this machine that nobody has named: who asked may be anyone.
            ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 401),
            ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 401),
            # A trusted one: what it says counts.
            ("192.168.5.1", {"X-Forwarded-For": "127.0.0.1"}, 200),
            ("192.168.5.1", {"X-Forwarded-For": "203.0.113.9"}, 401),
        ],
    )
    def test_by_token_or_network(self, client, db, settings, peer, headers, status):
        from ipaddress import ip_network

        settings.METRICS_TOKEN = "sesame"
        settings.TRUSTED_PROXIES = (ip_network("192.168.5.1"),)
        assert client.get("/metrics", REMOTE_ADDR=peer, headers=headers).status_code == status

    def test_without_a_token_set_none_fits(self, client, db):
        answer = client.get("/metrics", REMOTE_ADDR="10.0.0.7", headers={"Authorization": "Bearer "})
        assert answer.status_code == 401
        assert "STREAMHUB_METRICS_TOKEN" in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["deploy/prometheus/alerts.yaml", "deploy/grafana/streamhub.json", "docs/operating.md"]
)
def test_names_in_alerts_dashboard_and_docs_are_exported(scrape, path):
    exported = {key[0] for key in scrape()} | {f"{name}_total" for name in totals.Total.known} | {*totals.Spread.known}
    exported |= {"streamhub_lane_waiting", "streamhub_lane_lag_seconds"}
    named = set(re.findall(r"\bstreamhub_\w+", (ROOT / path).read_text()))
    assert named
    assert named <= exported
