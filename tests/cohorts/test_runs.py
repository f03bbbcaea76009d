"""Syncs against a real receiver: what it was told adds up to the cohort, whatever happens on the way."""

import random

import orjson
import pytest

from cohorts import runs
from cohorts.computation import add_and_remove, compute, replace_members
from cohorts.models import Batch, Kind, Member, Pending, Run, Skipped
from delivery.models import Delivery, State
from events.models import Profile
from tests.cohorts.conftest import go, told
from tests.delivery.road import pass_time, run_retries

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hook(recorder):
    return recorder


def bodies(hook):
    return [orjson.loads(body) for body in hook.bodies]


def members(cohort):
    return {identity[2:] for identity in Member.objects.filter(cohort=cohort).values_list("identity", flat=True)}


def test_the_first_run_tells_of_everybody_and_the_next_of_the_difference(make_users, make_sync, hook, transport):
    make_users("ann", "bob", plan="pro")
    make_users("cat", plan="free")
    sync = make_sync()

    first = go(runs.start(sync, "by hand"), transport)

    assert (first.state, first.entered, first.left, first.batches) == (Run.State.DELIVERED, 2, 0, 1)
    (batch,) = bodies(hook)
    assert list(batch) == ["cohort_name", "cohort_id", "in_cohort", "computed_time", "message_id", "users"]
    assert (batch["cohort_name"], batch["in_cohort"]) == ("Paying", True)
    assert batch["cohort_id"] == sync.cohort.public_id
    assert batch["users"] == [{"user_id": "ann"}, {"user_id": "bob"}]
    assert batch["message_id"] == f"{first.token}::enter::0"
    sync.cohort.refresh_from_db()
    assert batch["computed_time"] == str(int(sync.cohort.computed_at.timestamp()))

    Profile.objects.filter(identity="u:ann").update(properties={"plan": "free"})
    Profile.objects.filter(identity="u:cat").update(properties={"plan": "pro"})
    second = go(runs.start(sync, "by hand"), transport)

    assert (second.state, second.entered, second.left) == (Run.State.DELIVERED, 1, 1)
    assert [(b["in_cohort"], b["users"]) for b in bodies(hook)[1:]] == [
        (True, [{"user_id": "cat"}]),
        (False, [{"user_id": "ann"}]),
    ]
    third = go(runs.start(sync, "by hand"), transport)
    assert (third.state, third.batches) == (Run.State.DELIVERED, 0)
    assert len(hook.requests) == 3


def test_users_carry_the_chosen_properties_only(make_users, make_sync, hook, transport):
    make_users("ann", plan="pro", city="Łódź", scores=[1, {"a": None}], secret="not this")
    sync = make_sync(properties=["city", "scores", "nothing of that name"])
    go(runs.start(sync, "by hand"), transport)
    (batch,) = bodies(hook)
    assert batch["users"] == [{"user_id": "ann", "user_properties": {"city": "Łódź", "scores": [1, {"a": None}]}}]


def test_batches_hold_so_many_users(make_users, make_sync, hook, transport):
    make_users(*(f"user {number:03}" for number in range(95)), plan="pro")
    run = go(runs.start(make_sync(batch_size=10), "by hand"), transport)
    assert (run.batches, run.state) == (10, Run.State.DELIVERED)
    assert sorted(len(batch["users"]) for batch in bodies(hook)) == [5] + [10] * 9
    assert len({batch["message_id"] for batch in bodies(hook)}) == 10
    assert told(hook) == members(run.sync.cohort)
    assert list(Batch.objects.values_list("number", flat=True)) == list(range(10))


def test_one_request_per_user(make_users, make_sync, hook, transport):
    make_users("ann", "bob", "cat", plan="pro")
    go(runs.start(make_sync(batch_size=1), "by hand"), transport)
    assert sorted(batch["users"][0]["user_id"] for batch in bodies(hook)) == ["ann", "bob", "cat"]


def test_who_has_no_user_id_is_named_as_skipped(project, make_users, make_sync, hook, transport):
    make_users("ann", plan="pro")
    moment = Profile.objects.get().created_at
    Profile.objects.create(
        project=project, identity="d:phone", properties={"plan": "pro"}, groups={}, created_at=moment, updated_at=moment
    )
    run = go(runs.start(make_sync(), "by hand"), transport)
    assert (run.entered, run.skipped, run.state) == (2, 1, Run.State.DELIVERED)
    assert Skipped.objects.get().reason.startswith("no user id")
    assert told(hook) == {"ann"}


def test_a_retry_is_the_same_message(make_users, make_sync, hook, transport):
    make_users("ann", plan="pro")
    hook.refuses = True
    run = go(runs.start(make_sync(), "by hand"), transport)
    assert run.state == Run.State.SENDING
    hook.refuses = False
    pass_time(hours=5)
    run_retries(transport)
    assert runs.move_on(run).state == Run.State.DELIVERED
    assert len(set(hook.bodies)) == 1


def test_nothing_overtakes_a_run_that_is_not_finished(make_users, make_sync, hook, transport):
    make_users("ann", plan="pro")
    sync = make_sync()
    hook.refuses = True
    first = go(runs.start(sync, "by hand"), transport)
    Profile.objects.update(properties={})
    second = runs.start(sync, "by hand")
    assert runs.start(sync, "once more") == second
    assert go(second, transport).state == Run.State.WAITING
    hook.refuses = False
    pass_time(hours=5)
    run_retries(transport)
    assert runs.move_on(first).state == Run.State.DELIVERED
    assert go(second, transport).state == Run.State.DELIVERED
    assert told(hook) == set()


def test_lost_batches_make_the_run_partly_delivered_and_the_next_one_tells_of_their_users(
    make_users, make_sync, hook, transport
):
    make_users("ann", "bob", "cat", plan="pro")
    sync = make_sync(batch_size=1)
    answered = []

    def only_the_first(number):
        hook.statuses[number] = 503 if answered and number != answered[0] else 200
        answered.append(number)
        return hook.statuses[number]

    hook.script, script = only_the_first, hook.script
    run = go(runs.start(sync, "by hand"), transport, to_the_end=True)
    assert run.state == Run.State.PARTLY
    assert runs.states(run) == {State.DELIVERED: 1, State.EXPIRED: 2}
    hook.script = script
    known = told(hook)
    (gone,) = known
    Profile.objects.filter(identity=f"u:{gone}").update(properties={})
    run = go(runs.start(sync, "by hand"), transport)
    assert (run.state, run.entered, run.left) == (Run.State.DELIVERED, 2, 1)
    assert told(hook) == {"ann", "bob", "cat"} - known


def test_lost_batches_are_sent_again_by_hand_until_a_later_run_told_of_them(make_users, make_sync, hook, transport):
    make_users("ann", plan="pro")
    sync = make_sync()
    hook.refuses = True
    run = go(runs.start(sync, "by hand"), transport, to_the_end=True)
    assert run.state == Run.State.FAILED
    hook.refuses = False
    assert runs.resend_failed(run) == 1
    run_retries(transport)
    assert runs.move_on(run).state == Run.State.DELIVERED
    assert told(hook) == {"ann"}
    later = go(runs.start(sync, "by hand"), transport)
    assert later.state == Run.State.DELIVERED
    with pytest.raises(runs.CannotResend, match="later run"):
        runs.resend_failed(run)


def test_a_resync_tells_of_everybody_and_a_farewell_takes_all_back(make_users, make_sync, hook, transport):
    make_users("ann", "bob", plan="pro")
    sync = make_sync()
    go(runs.start(sync, "by hand"), transport)
    again = go(runs.start(sync, "by hand", Run.Content.EVERYBODY), transport)
    assert (again.entered, again.left) == (2, 0)
    assert told(hook) == {"ann", "bob"}
    last = go(runs.start(sync, "the sync is removed", Run.Content.FAREWELL), transport)
    assert (last.entered, last.left) == (0, 2)
    assert told(hook) == set()


def test_a_listed_cohort_needs_no_computing(make_cohort, make_sync, hook, transport):
    cohort = make_cohort(kind=Kind.LISTED, definition={})
    replace_members(cohort, ["u:ann", "u:o'brien", "u:a,b", "u:ünï", "u:ann"], "CSV upload")
    sync = make_sync(cohort=cohort)
    go(runs.start(sync, "by hand"), transport)
    assert told(hook) == {"ann", "o'brien", "a,b", "ünï"}
    computation = add_and_remove(cohort, ["u:new", "u:ann"], ["u:a,b", "u:unknown"], "API")
    assert (computation.entered, computation.left, computation.size) == (1, 1, 4)
    go(runs.start(sync, "by hand"), transport)
    assert told(hook) == members(cohort) == {"ann", "o'brien", "ünï", "new"}


def test_an_empty_cohort_sends_nothing(make_sync, hook, transport):
    run = go(runs.start(make_sync(), "by hand"), transport)
    assert (run.state, run.batches, len(hook.requests)) == (Run.State.DELIVERED, 0, 0)


def test_a_crash_between_batches_repeats_and_forgets_nobody(make_users, make_sync, hook, transport, monkeypatch):
    make_users(*(f"user {number:03}" for number in range(50)), plan="pro")
    run = runs.start(make_sync(batch_size=5), "by hand")
    monkeypatch.setattr(runs, "USERS_PER_STEP", 10)
    made, send_to = [], runs.send_to

    def dying(*arguments):
        made.append(send_to(*arguments))
        if len(made) == 3:
            raise KeyboardInterrupt
        return made[-1]

    monkeypatch.setattr(runs, "send_to", dying)
    with pytest.raises(KeyboardInterrupt):
        runs.move_on(run)
    assert (Pending.objects.count(), Batch.objects.count()) == (30, 4)
    assert Delivery.objects.count() == 4
    assert go(Run.objects.get(), transport).state == Run.State.DELIVERED
    assert told(hook) == members(run.sync.cohort)
    assert len({batch["message_id"] for batch in bodies(hook)}) == 10 == len(hook.requests)


@pytest.mark.parametrize("seed", range(1))
def test_ten_runs_with_changes_and_failures_add_up(seed, make_users, make_sync, hook, transport):
    chance = random.Random(seed)
    names = [f"user {number:02}" for number in range(40)]
    make_users(*names, plan="free")
    sync = make_sync(batch_size=4)

    for _ in range(10):
        chosen = {name for name in names if chance.random() < 0.5}
        for name in names:
            plan = "pro" if name in chosen else "free"
            Profile.objects.filter(identity=f"u:{name}").update(properties={"plan": plan})
        if chance.random() < 0.5:
            compute(sync.cohort, "by hand")
        lossy = chance.random() < 0.4

        def answer(number, lossy=lossy):
            hook.statuses[number] = 503 if lossy and chance.random() < 0.9 else 200
            return hook.statuses[number]

        hook.script = answer
        run = go(runs.start(sync, "by hand"), transport, to_the_end=True)
        assert not run.is_open
        if run.state == Run.State.DELIVERED:
            assert told(hook) == chosen
    hook.script = lambda number: hook.statuses.setdefault(number, 200)
    assert go(runs.start(sync, "by hand"), transport).state == Run.State.DELIVERED
    assert told(hook) == members(sync.cohort)
