"""What comes between a run and its end: each with an outcome of its own."""

from datetime import timedelta

import orjson
import pytest
from django.utils.timezone import now

from cohorts import jobs, removal, runs
from cohorts.computation import compute, replace_members
from cohorts.farewell import delete_cohort, remove_sync
from cohorts.models import Batch, Change, Cohort, Computation, Download, Kind, Member, Pending, Run, Skipped, Sync
from delivery.models import Delivery, State
from delivery.removal import mark_destination, mark_project
from destinations import specification
from events.models import Profile, Project
from events.small_steps import SmallSteps
from tests.cohorts.conftest import go, told

pytestmark = pytest.mark.django_db(transaction=True)


def rows():
    """How many rows cohorts have, but for computations' and deliveries' own."""
    return {
        model.__name__: count
        for model in (Member, Change, Computation, Sync, Run, Pending, Batch, Skipped, Download)
        if (count := model._base_manager.count())
    }


def remove():
    assert removal.remove_marked(SmallSteps(10))


def test_a_cohort_deleted_in_mid_run_is_gone_and_its_deliveries_are_called_off(
    make_users, make_sync, recorder, transport
):
    make_users("ann", "bob", "cat", plan="pro")
    sync = make_sync(batch_size=1)
    run = runs.move_on(runs.start(sync, "by hand"))
    recorder.refuses = True
    delete_cohort(sync.cohort)
    assert not Cohort.objects.exists()
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.CANCELLED}
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    Cohort.objects.create(project=sync.cohort.project, name="Paying")
    remove()
    assert (Cohort.everything.count(), rows()) == (1, {})
    assert {tuple(profile.cohorts) for profile in Profile.objects.all()} == {()}
    jobs.tend_cohorts()
    go(run, transport)
    assert recorder.requests == []


def test_a_large_cohort_goes_in_steps(make_users, make_cohort):
    make_users(*(f"user {number}" for number in range(50)))
    cohort = make_cohort(kind=Kind.LISTED, definition={})
    replace_members(cohort, [f"u:user {number}" for number in range(50)], "API")
    delete_cohort(cohort)
    steps = SmallSteps(10)
    steps.size = 7
    assert removal.remove_marked(steps)
    assert (Cohort.everything.count(), rows()) == (0, {})
    assert not any(profile.cohorts for profile in Profile.objects.all())
    assert removal.remove_marked(SmallSteps(0)), "nothing is left"


def test_a_sync_that_is_removed_is_gone_at_once_and_its_history_in_steps(make_users, make_sync, transport):
    make_users(*(f"user {number}" for number in range(50)), plan="pro")
    sync = make_sync(batch_size=1)
    runs.move_on(runs.start(sync, "by hand"))
    remove_sync(sync)
    assert not Sync.objects.exists()
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.CANCELLED}
    Sync.objects.create(cohort=sync.cohort, destination=sync.destination)  # its place is free
    steps = SmallSteps(10)
    steps.size = 7
    assert removal.remove_marked(steps)
    assert (Sync.everything.count(), Run.objects.count(), Batch.objects.count()) == (1, 0, 0)


def test_a_renamed_cohort_keeps_its_id(make_users, make_sync, recorder, transport):
    make_users("ann", plan="pro")
    sync = make_sync()
    go(runs.start(sync, "by hand"), transport)
    Cohort.objects.update(name="Renamed")
    Profile.objects.update(properties={})
    go(Run.objects.get(pk=runs.start(sync, "by hand").pk), transport)
    first, second = (orjson.loads(body) for body in recorder.bodies)
    assert (first["cohort_name"], second["cohort_name"]) == ("Paying", "Renamed")
    assert first["cohort_id"] == second["cohort_id"]


def test_a_destination_that_is_switched_off_in_mid_sync_gets_the_rest_when_it_is_on(
    make_users, make_sync, recorder, transport
):
    make_users("ann", "bob", plan="pro")
    sync = make_sync(batch_size=1)
    run = runs.move_on(runs.start(sync, "by hand"))
    specification.set_enabled(sync.destination, False)
    run = go(Run.objects.get(pk=run.pk), transport)
    assert (run.state, recorder.requests) == (Run.State.SENDING, [])
    Profile.objects.update(properties={})
    waiting = go(Run.objects.get(pk=runs.start(sync, "by hand").pk), transport)
    assert waiting.state == Run.State.WAITING
    specification.set_enabled(sync.destination, True)
    assert go(Run.objects.get(pk=run.pk), transport).state == Run.State.DELIVERED
    assert told(recorder) == {"ann", "bob"}
    assert go(Run.objects.get(pk=waiting.pk), transport).state == Run.State.DELIVERED
    assert told(recorder) == set()


def test_a_run_to_a_destination_that_is_off_waits_and_says_so(make_users, make_sync, transport, recorder):
    make_users("ann", plan="pro")
    sync = make_sync()
    specification.set_enabled(sync.destination, False)
    run = go(runs.start(sync, "by hand"), transport)
    assert (run.state, run.error) == (
        Run.State.WAITING,
        f"{sync.destination} is switched off. It begins when that is on.",
    )
    specification.set_enabled(sync.destination, True)
    run = go(Run.objects.get(), transport)
    assert (run.state, run.error, told(recorder)) == (Run.State.DELIVERED, "", {"ann"})


def test_a_destination_deleted_in_mid_sync_ends_the_run_and_takes_the_sync_along(make_users, make_sync, transport):
    make_users("ann", plan="pro")
    sync = make_sync(cadence="hourly", next_at=now())
    run = runs.move_on(runs.start(sync, "by hand"))
    mark_destination(sync.destination)
    jobs.tend_cohorts()
    run.refresh_from_db()
    assert (run.state, run.error) == (Run.State.CANCELLED, "The destination was deleted.")
    assert Run.objects.count() == 1, "nothing begins any more"
    remove()
    assert not {"Sync", "Run", "Batch"} & rows().keys()
    assert Member.objects.count() == 1, "the cohort stays"


def test_a_deleted_project_takes_its_cohorts_along(make_users, make_sync, project):
    make_users("ann", plan="pro")
    sync = make_sync()
    run = runs.move_on(runs.start(sync, "by hand"))
    Cohort.objects.update(next_at=now())
    mark_project(project)
    jobs.tend_cohorts()
    run.refresh_from_db()
    assert (run.state, Computation.objects.count()) == (Run.State.CANCELLED, 1)
    remove()
    assert (Cohort.everything.count(), rows()) == (0, {})


def test_a_cohort_in_somebodys_hands_goes_later(make_users, make_cohort):
    make_users("ann", plan="pro")
    cohort = make_cohort()
    compute(cohort, "by hand")
    delete_cohort(cohort)
    Cohort.everything.update(busy_until=now() + timedelta(minutes=1))
    assert removal.remove_marked(SmallSteps(10))
    assert Member.objects.count() == 1
    Cohort.everything.update(busy_until=now() - timedelta(minutes=1))
    remove()
    assert rows() == {}


def test_a_run_that_never_began_does_not_hide_whom_the_one_before_left_untold(
    make_users, make_sync, recorder, transport
):
    make_users("ann", plan="pro")
    sync = make_sync()
    recorder.refuses = True
    assert go(runs.start(sync, "by hand"), transport, to_the_end=True).state == Run.State.FAILED
    Run.objects.filter(pk=runs.start(sync, "by hand").pk).update(state=Run.State.CANCELLED)
    recorder.refuses = False
    assert go(runs.start(sync, "by hand"), transport).state == Run.State.DELIVERED
    assert told(recorder) == {"ann"}


def test_an_emptied_cohort_tells_that_all_left(make_users, make_sync, recorder, transport):
    make_users("ann", plan="pro")
    sync = make_sync()
    go(runs.start(sync, "by hand"), transport)
    Profile.objects.all().delete()
    run = go(runs.start(sync, "by hand"), transport)
    assert (run.left, told(recorder), Project.objects.count()) == (1, set(), 1)
