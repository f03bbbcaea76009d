"""What cohorts keep only for a time, and what stays because somebody needs it."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from cohorts import marks, runs
from cohorts.computation import add_and_remove, replace_members
from cohorts.models import Batch, Change, Computation, Download, Kind, Pending, Run, Skipped, Sync
from cohorts.retention import remove_old
from delivery import retention
from delivery.models import Delivery
from events.models import Event
from events.small_steps import SmallSteps
from tests.cohorts.conftest import go, told

pytestmark = pytest.mark.django_db(transaction=True)


def after(**time):
    """What is removed when so much time has gone by."""
    assert remove_old(SmallSteps(10), now() + timedelta(**time))


@pytest.fixture
def friends(make_cohort):
    return make_cohort(name="Friends", kind=Kind.LISTED, definition={})


def test_old_changes_and_computations_go(friends):
    replace_members(friends, ["u:ann", "u:bob"], "API")
    add_and_remove(friends, ["u:cat"], ["u:bob"], "API")
    after(days=29)
    assert (Change.objects.count(), Computation.objects.count()) == (4, 2)
    after(days=31)
    assert (Change.objects.count(), Computation.objects.count()) == (0, 1), "the newest says how large it is"


def test_changes_that_a_sync_has_not_told_stay(friends, make_sync, transport, recorder):
    replace_members(friends, ["u:ann"], "API")
    sync = make_sync(cohort=friends)
    go(runs.start(sync, "by hand"), transport)
    add_and_remove(friends, ["u:bob"], ["u:ann"], "API")
    after(days=100)
    assert Change.objects.count() == 2
    go(runs.start(sync, "by hand"), transport)
    assert told(recorder) == {"bob"}
    after(days=100)
    assert Change.objects.count() == 0


def test_changes_that_no_profile_shows_yet_stay(friends, make_users, monkeypatch):
    make_users("ann", "bob")
    monkeypatch.setattr(marks, "STEP", 1)
    replace_members(friends, ["u:ann", "u:bob"], "API")
    after(days=100)
    assert Change.objects.count() == 1


def test_old_runs_go_but_the_newest_of_a_sync(friends, make_sync, transport, recorder):
    sync = make_sync(cohort=friends)
    for users in (["u:ann", "d:phone"], ["u:bob"]):
        replace_members(friends, users, "API")
        go(runs.start(sync, "by hand"), transport)
    assert (Run.objects.count(), Skipped.objects.count()) == (2, 2)
    after(days=100)
    assert [run.number for run in Run.objects.all()] == [2]
    assert {row.run.number for row in [*Skipped.objects.all(), *Batch.objects.all()]} == {2}


def test_whom_the_newest_run_did_not_reach_is_told_however_late(friends, make_sync, transport, recorder):
    sync = make_sync(cohort=friends)
    replace_members(friends, ["u:ann", "u:bob"], "API")
    recorder.refuses = True
    assert go(runs.start(sync, "by hand"), transport, to_the_end=True).state == Run.State.FAILED
    after(days=29, hours=1)
    assert (Pending.objects.count(), Batch.objects.count()) == (2, 0)
    moment = now() + timedelta(days=100)
    assert retention.remove_old(SmallSteps(10), moment)
    assert not Delivery.objects.exists()
    assert not Event.objects.filter(topic="cohort.update").exists()
    recorder.refuses = False
    assert go(runs.start(sync, "by hand"), transport).state == Run.State.DELIVERED
    assert told(recorder) == {"ann", "bob"}


def test_an_open_run_stays(friends, make_sync):
    sync = make_sync(cohort=friends)
    replace_members(friends, ["u:ann"], "API")
    runs.move_on(runs.start(sync, "by hand"))
    after(days=100)
    assert (Run.objects.count(), Batch.objects.count(), Sync.objects.count()) == (1, 1, 1)


def test_old_downloads_go(friends):
    Download.objects.create(cohort=friends)
    after(days=31)
    assert Download.objects.exists()
    after(days=33)
    assert not Download.objects.exists()
