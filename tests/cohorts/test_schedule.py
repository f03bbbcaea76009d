from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils.timezone import now

from cohorts import jobs
from cohorts.models import Cadence, Cohort, Computation, Run, Sync
from cohorts.schedule import BadCadence, Plan, check_cadence, next_after


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "plan", "words"),
    [
        (None, Plan(Cadence.ONCE), "once"),
        ("once", Plan(Cadence.ONCE), "once"),
        ("hourly", Plan(Cadence.HOURLY), "hourly"),
        ({"every_minutes": 15}, Plan(Cadence.MINUTES, every_minutes=15), "every 15 minutes"),
        ({"every_minutes": "1"}, Plan(Cadence.MINUTES, every_minutes=1), "every minute"),
        ({"daily_at": "06:30"}, Plan(Cadence.DAILY, daily_at=time(6, 30)), "daily at 06:30"),
        ({"daily_at": 390}, Plan(Cadence.DAILY, daily_at=time(6, 30)), "daily at 06:30"),
    ],
)
def test_cadences(given, plan, words):
    assert check_cadence(given) == plan
    assert plan.words == words


@pytest.mark.parametrize(
    "given",
    [
        "weekly",
        {"every_minutes": 0},
        {"every_minutes": 1441},
        {"every_minutes": "x"},
        {"daily_at": "25:00"},
        {"a": 1},
        5,
    ],
    ids=str,
)
def test_what_is_no_cadence(given):
    with pytest.raises(BadCadence, match="Write"):
        check_cadence(given)


@pytest.mark.parametrize(
    ("given", "zone", "moment", "following"),
    [
        ("once", "UTC", utc(2026, 1, 1, 10), None),
        ("hourly", "UTC", utc(2026, 1, 1, 10, 59, 59), utc(2026, 1, 1, 11)),
        ("hourly", "UTC", utc(2026, 1, 1, 10), utc(2026, 1, 1, 11)),
        ({"every_minutes": 15}, "UTC", utc(2026, 1, 1, 10, 14, 59), utc(2026, 1, 1, 10, 15)),
        ({"every_minutes": 15}, "UTC", utc(2026, 1, 1, 10, 15), utc(2026, 1, 1, 10, 30)),
        ({"every_minutes": 7}, "UTC", utc(2026, 1, 1, 23, 59), utc(2026, 1, 2)),
        ({"daily_at": "06:30"}, "UTC", utc(2026, 1, 1, 6, 29), utc(2026, 1, 1, 6, 30)),
        ({"daily_at": "06:30"}, "UTC", utc(2026, 1, 1, 6, 30), utc(2026, 1, 2, 6, 30)),
        ({"daily_at": "06:30"}, "Europe/Warsaw", utc(2026, 1, 1, 6), utc(2026, 1, 2, 5, 30)),
        ({"daily_at": "06:30"}, "Europe/Warsaw", utc(2026, 7, 1, 3), utc(2026, 7, 1, 4, 30)),
        # The hour that does not exist in spring, and the one that comes twice in autumn.
        ({"daily_at": "02:30"}, "Europe/Warsaw", utc(2026, 3, 28, 12), utc(2026, 3, 29, 1, 30)),
        ({"daily_at": "02:30"}, "Europe/Warsaw", utc(2026, 10, 25, 0, 30), utc(2026, 10, 26, 1, 30)),
        ({"daily_at": "23:00"}, "America/Los_Angeles", utc(2026, 1, 1, 7), utc(2026, 1, 2, 7)),
    ],
    ids=str,
)
def test_when_it_is_next(given, zone, moment, following):
    assert next_after(check_cadence(given), moment, zone) == following


@pytest.mark.django_db
class TestTending:
    def test_a_due_cohort_is_computed_once_however_long_the_hub_was_off(self, make_cohort, make_users):
        make_users("ann", plan="pro")
        cohort = make_cohort(cadence=Cadence.HOURLY, next_at=now() - timedelta(days=3))
        jobs.tend_cohorts()
        jobs.tend_cohorts()
        cohort.refresh_from_db()
        assert (cohort.size, Computation.objects.count()) == (1, 1)
        assert now() < cohort.next_at <= now() + timedelta(hours=1)

    def test_a_due_sync_runs(self, make_cohort, make_users, make_destination):
        make_users("ann", plan="pro")
        sync = Sync.objects.create(
            cohort=make_cohort(),
            destination=make_destination(),
            cadence=Cadence.MINUTES,
            every_minutes=1,
            next_at=now() - timedelta(seconds=1),
        )
        jobs.tend_cohorts()
        run = Run.objects.get(sync=sync)
        assert (run.state, run.entered, run.cause) == (Run.State.SENDING, 1, "on schedule")
        assert Cohort.objects.get().computed_at >= run.started_at

    def test_a_computation_whose_process_died_is_given_up(self, make_cohort):
        cohort = make_cohort()
        Computation.objects.create(cohort=cohort, cause="by hand", started_at=now() - timedelta(hours=1))
        jobs.tend_cohorts()
        computation = Computation.objects.get()
        assert computation.state == Computation.State.FAILED
        assert "interrupted" in computation.error

    @pytest.mark.django_db(transaction=True)
    def test_a_definition_that_the_database_refuses_is_told_in_words(self, make_cohort, monkeypatch):
        from cohorts import computation
        from cohorts.conditions_sql import Sql

        monkeypatch.setattr(computation, "members", lambda *_: Sql("SELECT nonsense FROM nowhere"))
        failed = computation.compute(make_cohort(), "by hand")
        assert failed.state == Computation.State.FAILED
        assert failed.error.startswith("The database refused it: ")
