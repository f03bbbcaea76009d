import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import django_rq
import psycopg
import pytest
import time_machine
from django.db import connection
from django.utils.timezone import now
from rq.cron import CronJob
from rq.job import Job

from delivery.claims import Wish, claim
from delivery.models import Delivery, State
from delivery.replanning import plan_anew
from delivery.routing import Router
from streamhub.clock import clock
from streamhub.set_back import SetBack

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_a_retry_is_due_again_after_the_clock_was_set_back(make_destination, make_events):
    wish = [Wish(make_destination().pk, 10, 30.0)]
    make_events(3)
    Router().route()
    Delivery.objects.update(state=State.RETRYING, next_attempt_at=now() + HOUR)
    assert claim(wish, State.RETRYING) == []
    assert plan_anew(HOUR) == 3
    assert len(claim(wish, State.RETRYING)) == 3


@pytest.mark.django_db
def test_a_first_attempt_waits_for_no_clock(make_destination, make_events):
    """Another machine's clock may be ahead of this one's."""
    wish = [Wish(make_destination().pk, 10, 30.0)]
    make_events(3)
    with time_machine.travel(now() + HOUR):
        Router().route()
    assert len(claim(wish, State.QUEUED)) == 3


@pytest.mark.django_db
def test_what_is_due_anyway_keeps_its_place_and_what_has_ended_stays_ended(make_destination, make_events):
    make_destination()
    make_events(2)
    Router().route()
    first, last = Delivery.objects.order_by("pk")
    Delivery.objects.filter(pk=last.pk).update(state=State.DELIVERED, next_attempt_at=None)
    assert plan_anew(HOUR) == 0
    assert Delivery.objects.get(pk=first.pk).next_attempt_at == first.next_attempt_at


def test_only_a_step_back_is_noticed():
    watch = SetBack()
    assert watch.look() == 0.0
    with time_machine.travel(now() + HOUR):
        assert watch.look() == 0.0
    assert watch.look() == pytest.approx(HOUR.total_seconds(), abs=5)
    assert watch.look() == 0.0


def test_the_clock_goes_on_sweeping_and_has_everything_planned_anew():
    with time_machine.travel(now() + HOUR):
        running = clock()
        running.enqueue_jobs()
    names = _names(running.enqueue_jobs())
    assert {"deliver_fresh", "deliver_retries"} <= names
    assert running.calculate_sleep_interval() <= 5
    job = next(job for job in _queued("default") if job.func_name.endswith("plan_again"))
    assert job.args[0] == pytest.approx(HOUR.total_seconds(), abs=5)


if connection.vendor == "postgresql":  # SQLite has one writer, who waits for nobody

    @pytest.mark.django_db(transaction=True)
    def test_a_worker_that_holds_some_of_the_rows_does_not_end_it(make_destination, make_events):
        """The worker has the second row and asks for the first one, which was planned anew a moment ago."""
        make_destination()
        make_events(2)
        Router().route()
        first, second = Delivery.objects.order_by("pk").values_list("pk", flat=True)
        for minutes, pk in enumerate((first, second)):
            due = now() + HOUR + timedelta(minutes=minutes)
            Delivery.objects.filter(pk=pk).update(state=State.RETRYING, next_attempt_at=due)
        touch = f"UPDATE {Delivery._meta.db_table} SET attempts_made = 1 WHERE id = %s"
        database = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor, "context": None}
        with ThreadPoolExecutor(1) as pool, psycopg.connect(**database) as worker:
            worker.execute("SET deadlock_timeout = '60s'")  # so that the other one is refused
            worker.execute(touch, [second])
            planned = pool.submit(_plan_anew)
            while not _somebody_waits(worker):
                time.sleep(0.01)
            worker.execute(touch, [first])
            worker.commit()
            assert planned.result(30) == 2
        assert Delivery.objects.filter(next_attempt_at__gt=now() + timedelta(minutes=2)).count() == 0


def _plan_anew() -> int:
    try:
        return plan_anew(HOUR)
    finally:
        connection.close()


def _somebody_waits(server: psycopg.Connection) -> bool:
    return bool(server.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchall())


def _names(jobs: list[CronJob]) -> set[str]:
    return {job.func.__name__ for job in jobs}


def _queued(queue: str) -> list[Job]:
    return django_rq.get_queue(queue).jobs
