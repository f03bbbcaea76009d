from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.db.models import Sum
from django.utils.timezone import now

from delivery import replays, selection
from delivery.backfill import Window
from delivery.claims import Wish, claim
from delivery.models import LOST_STATES, REPEATABLE_STATES, Attempt, Delivery, LaneCount, Replay, State
from delivery.replay_job import run_replays
from delivery.replay_steps import MOST_UNTRIED, step
from delivery.replays import CannotReplay, Progress
from delivery.routing import Router
from delivery.selection import Selection
from delivery.transports import make_transport
from destinations import specification
from destinations.models import Destination
from destinations.pausing import pause as pause_destination
from events.counters import HOUR
from tests.delivery import recount
from tests.delivery.road import pass_time, run_fresh, run_retries
from tests.receiver import receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def hook():
    with receiver() as received:
        yield received


@pytest.fixture
def transport():
    found = make_transport("curl", allowed_networks=[ip_network("127.0.0.0/8")])
    yield found
    found.close()


@pytest.fixture
def failed(project, make_destination, make_events):
    """Makes a destination and `count` deliveries to it that have ended as `state`, each with an attempt behind it."""

    def make(count=3, state=State.EXPIRED, **given):
        destination = make_destination(**given)
        make_events(count)
        Router().route()
        ended = Delivery.objects.filter(destination=destination)
        ended.update(state=state, attempts_made=1, next_attempt_at=None, finished_at=now(), last_status=503)
        for delivery in ended:
            version = destination.template_version
            Attempt.objects.create(
                delivery=delivery, number=1, started_at=now(), duration_ms=1, status=503, template_version=version
            )
        LaneCount.objects.all().delete()
        recount.add(*Delivery.objects.all())
        return destination

    return make


def everything(project, **given):
    return Selection(project.pk, **given)


def work_off(replay, most=2):
    """Steps until it can't go on."""
    while step(replay.pk, most):
        pass
    replay.refresh_from_db()


def states(**filters):
    return sorted(Delivery.objects.filter(**filters).values_list("state", flat=True))


# -- sending again ----------------------------------------------------------------------------------------------------
def test_all_that_failed_arrives_and_is_told_apart_in_the_log(project, failed, hook, transport):
    failed(5, url=hook.url)
    replay = replays.send_again(project, everything(project))
    assert (replay.state, replay.expected) == ("running", 5)
    work_off(replay)
    assert (replay.state, replay.sent, replay.passed_over) == ("done", 5, 0)
    assert Progress(replay).untried == 5
    run_retries(transport)
    progress = Progress(replay)
    assert (progress.delivered, progress.untried, progress.percent) == (5, 0, 100)
    assert len(hook.bodies) == 5
    assert states() == ["delivered"] * 5
    assert all(delivery.attempts.count() == 2 for delivery in Delivery.objects.all())
    assert recount.sums(LaneCount, "destination_id") == recount.deliveries()


def test_one_is_found_by_its_own_id(project, failed):
    failed(3)
    wanted = Delivery.objects.order_by("pk")[1]
    assert selection.next_ids(everything(project, who=str(wanted.pk)), 0, wanted.pk + 10, 10)[0] == [wanted.pk]


def test_what_has_arrived_can_be_sent_again(project, make_destination, make_events, hook, transport):
    make_destination(url=hook.url)
    make_events(3)
    run_fresh(transport)
    replay = replays.send_again(project, everything(project, states=(State.DELIVERED,)))
    work_off(replay)
    run_retries(transport)
    assert len(hook.bodies) == 6
    work_off(replay)  # it does not chase what it has sent itself
    assert Delivery.objects.filter(state=State.RETRYING).count() == 0
    hours = LaneCount.objects.filter(span=HOUR).aggregate(
        *(Sum(n) for n in ("delivered", "delivered_first", "retrying"))
    )
    assert hours == {"delivered__sum": 3, "delivered_first__sum": 0, "retrying__sum": 0}


CASES = {
    "lost ones": ({"states": LOST_STATES}, [1, 2]),
    "all but those that wait for their first attempt": ({"states": REPEATABLE_STATES}, [0, 1, 2, 3, 4]),
    "waiting for their retry": ({"states": (State.RETRYING,)}, [4]),
    "by type": ({"states": REPEATABLE_STATES, "event_type": "Order Placed"}, [0, 1, 2, 3, 4]),
    "by another type": ({"states": REPEATABLE_STATES, "event_type": "Nothing"}, []),
    "by user": ({"states": REPEATABLE_STATES, "who": "user-1"}, [0, 1, 2, 3, 4]),
    "by an event that is not there": (
        {"states": REPEATABLE_STATES, "who": "00000000-0000-4000-8000-000000000000"},
        [],
    ),
    "by answer": ({"states": REPEATABLE_STATES, "answer": "4xx"}, [1]),
    "without an answer": ({"states": REPEATABLE_STATES, "answer": "none"}, [2]),
    "by the text of the error": ({"states": REPEATABLE_STATES, "error": "GONE"}, [1]),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_selected_is_counted_and_walked_over(project, make_destination, make_events, case):
    make_destination()
    make_events(6)
    Router().route()
    made = list(Delivery.objects.order_by("pk"))
    for delivery, (state, status, error) in zip(
        made,
        [
            (State.DELIVERED, 200, ""),
            (State.FAILED, 410, "410 Gone"),
            (State.EXPIRED, None, "No answer within 10 s."),
            (State.CANCELLED, None, ""),
            (State.RETRYING, 503, "503 Service Unavailable"),
            (State.QUEUED, None, ""),
        ],
        strict=True,
    ):
        Delivery.objects.filter(pk=delivery.pk).update(state=state, last_status=status, last_error=error)
    given, expected = CASES[case]
    wanted = Selection.from_json(everything(project, **given).as_json())
    assert selection.count(wanted) == selection.Counted(len(expected), is_exact=True)
    found, after, last = [], 0, wanted.last_id()
    while after < last:
        ids, after = selection.next_ids(wanted, after, last, 2)
        found += ids
    assert [[d.pk for d in made].index(pk) for pk in found] == expected


def test_only_what_failed_since(project, failed):
    failed(3)
    old = Delivery.objects.earliest("pk")
    Delivery.objects.filter(pk=old.pk).update(finished_at=now() - timedelta(hours=3))
    wanted = everything(project, ended_since=now() - timedelta(hours=1))
    assert selection.count(wanted).number == 2


def test_picked_ones_only_and_only_of_the_project(project, failed):
    failed(4)
    picked = tuple(Delivery.objects.order_by("pk").values_list("pk", flat=True)[1:3])
    replay = replays.send_again(project, everything(project, picked=(*picked, 10**9)))
    work_off(replay)
    assert sorted(Delivery.objects.filter(state=State.RETRYING).values_list("pk", flat=True)) == sorted(picked)


def test_nothing_to_send_is_said(project, make_destination):
    with pytest.raises(CannotReplay, match="No delivery matches"):
        replays.send_again(project, everything(project))


def test_two_replays_of_the_same_do_not_send_twice(project, failed, hook, transport):
    failed(6, url=hook.url)
    first, second = (replays.send_again(project, everything(project)) for _ in range(2))
    step(first.pk, 4)
    step(second.pk, 4)
    run_retries(transport)
    step(second.pk, 4)
    step(first.pk, 4)
    work_off(first)
    work_off(second)
    run_retries(transport)
    assert len(hook.bodies) == 6
    assert first.sent + second.sent == 6
    assert first.state == second.state == "done"


def test_what_was_sent_after_the_replay_was_asked_for_is_not_in_it(project, failed, hook, transport):
    failed(2, url=hook.url)
    wanted = everything(project, states=REPEATABLE_STATES)
    early, late = replays.send_again(project, wanted), replays.send_again(project, wanted)
    work_off(early)
    run_retries(transport)  # delivered now, which `late` also looks for
    work_off(late)
    assert (late.sent, late.passed_over) == (0, 2)
    assert len(hook.bodies) == 2


def test_what_a_worker_has_in_hand_is_passed_over(project, failed):
    destination = failed(2)
    held = Delivery.objects.latest("pk")
    Delivery.objects.filter(pk=held.pk).update(state=State.RETRYING, next_attempt_at=now())
    replay = replays.send_again(project, everything(project, states=(*LOST_STATES, State.RETRYING)))
    (claimed,) = claim([Wish(destination.pk, 5, 60)], State.RETRYING)
    work_off(replay)
    held.refresh_from_db()
    assert (claimed.delivery, held.lease_until) == (held.pk, claimed.lease)
    assert (replay.sent, replay.passed_over) == (1, 1)


def test_a_worker_that_dies_in_the_middle_costs_only_its_lease(project, failed, hook, transport):
    destination = failed(3, url=hook.url)
    replay = replays.send_again(project, everything(project))
    step(replay.pk, 2)
    dead = claim([Wish(destination.pk, 5, 30)], State.RETRYING)  # and never comes back
    work_off(replay)
    run_retries(transport)
    assert (len(dead), len(hook.bodies)) == (2, 1)
    Delivery.objects.filter(lease_until__isnull=False).update(lease_until=now() - timedelta(seconds=1))
    run_retries(transport)
    assert len(hook.bodies) == 3
    assert Progress(replay).delivered == 3


def test_a_step_that_dies_has_not_happened(project, failed, monkeypatch):
    failed(3)
    replay = replays.send_again(project, everything(project))

    def die(*_):
        raise SystemExit

    monkeypatch.setattr("delivery.replay_steps._note", die)
    with pytest.raises(SystemExit):
        step(replay.pk, 2)
    monkeypatch.undo()
    assert states() == ["expired"] * 3
    work_off(replay)
    assert (replay.sent, states()) == (3, ["retrying"] * 3)


# -- the hand on it ---------------------------------------------------------------------------------------------------
def test_pausing_resuming_and_stopping(project, failed):
    failed(6)
    replay = replays.send_again(project, everything(project))
    step(replay.pk, 2)
    assert replays.pause(replay)
    assert not step(replay.pk, 2)
    assert not replays.pause(replay)
    assert replays.resume(replay)
    step(replay.pk, 2)
    assert replays.stop(replay)
    assert not step(replay.pk, 2)
    assert not replays.resume(replay)
    assert states() == ["expired"] * 2 + ["retrying"] * 4


def test_a_rate_is_kept_to_and_not_caught_up_without_end(project, failed):
    failed(9)
    replay = replays.send_again(project, everything(project), per_second=2.0)
    begun = now()

    def sent_at(seconds):
        while step(replay.pk, 5, begun + timedelta(seconds=seconds)):
            pass
        replay.refresh_from_db()
        return replay.sent

    assert [sent_at(seconds) for seconds in (0, 0.2, 0.5, 1.0, 1.25, 9)] == [1, 1, 2, 3, 3, 5]


def test_what_was_begun_has_to_be_sent_before_more_is(project, failed, monkeypatch):
    failed(5)
    monkeypatch.setattr("delivery.replay_steps.MOST_UNTRIED", 3)
    replay = replays.send_again(project, everything(project))
    work_off(replay, most=10)
    assert (replay.sent, replay.state) == (3, "running")
    Delivery.objects.filter(replay=replay).update(attempts_made=1)
    work_off(replay, most=10)
    assert (replay.sent, replay.state) == (5, "done")
    assert MOST_UNTRIED > 100


def test_a_destination_that_is_off_is_waited_for_or_passed_over(project, failed):
    off = failed(2, name="Off")
    together = replays.send_again(project, everything(project))
    specification.set_enabled(off, False)
    alone = replays.send_again(project, everything(project, destination=off.pk))
    assert not step(alone.pk, 10)
    assert Progress(alone).waits_for == ["Off"]
    work_off(together)
    assert (together.sent, together.state) == (0, "done")
    specification.set_enabled(off, True)
    work_off(alone)
    assert alone.sent == 2


def test_a_paused_destination_is_named(project, failed):
    lane = failed(2, name="Slow")
    replay = replays.send_again(project, everything(project))
    pause_destination(lane)
    work_off(replay)
    assert Progress(replay).waits_for == ["Slow"]


def test_the_time_that_is_left(project, failed):
    failed(4)
    replay = replays.send_again(project, everything(project))
    assert Progress(replay).left_words == ""
    replay.sent, replay.active_seconds = 1, 10.0
    assert Progress(replay).left_words == "about 30 s left"
    assert Progress(replay).percent == 25


# -- template as it was ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("as_it_was", "body"), [(False, b'{"v": 2}'), (True, b'{"v": 1}')])
def test_the_template_as_it_was_or_as_it_is(project, failed, hook, transport, as_it_was, body):
    payload = {"mode": "template", "language": "freemarker", "template": '{"v": 1}'}
    destination = failed(2, url=hook.url, payload=payload)
    described = specification.describe(destination)
    described["payload"] = payload | {"template": '{"v": 2}'}
    specification.save(project, described, Destination.objects.get(pk=destination.pk))
    replay = replays.send_again(project, everything(project), as_it_was=as_it_was)
    work_off(replay)
    run_retries(transport)
    assert hook.bodies == [body, body]
    assert {a.template_version for a in Attempt.objects.filter(status=200)} == {1 if as_it_was else 2}


# -- backfill ---------------------------------------------------------------------------------------------------------
def test_events_from_before_a_destination_existed(make_destination, make_events, hook, transport):
    make_events(5)
    Router().route()
    destination = make_destination(url=hook.url)
    replay = replays.fill_back(destination, Window(destination.pk))
    assert replay.expected == 5
    work_off(replay)
    run_fresh(transport)
    assert len(hook.bodies) == 5
    assert Progress(replay).delivered == 5
    with pytest.raises(CannotReplay, match="No event passes"):
        replays.fill_back(destination, Window(destination.pk))
    assert recount.sums(LaneCount, "destination_id") == recount.deliveries()


def test_events_that_the_filter_refused_then_and_lets_through_now(project, make_destination, make_events):
    destination = make_destination(filter={"event_types": ["Other"]})
    make_events(2)
    make_events(1, "Other")
    Router().route()
    specification.save(project, specification.describe(destination) | {"filter": {}}, destination)
    replay = replays.fill_back(destination, Window(destination.pk))
    work_off(replay)
    assert replay.sent == 2
    assert Delivery.objects.count() == 3


def test_two_backfills_and_routing_make_one_delivery_each(make_destination, make_events):
    make_events(4)
    Router().route()
    destination = make_destination()
    make_events(2)  # not routed yet: routing will
    both = [replays.fill_back(destination, Window(destination.pk)) for _ in range(2)]
    for replay in (*both, *both, *both):
        step(replay.pk, 3)
    Router().route()
    assert Delivery.objects.filter(destination=destination).count() == 6
    for replay in both:
        replay.refresh_from_db()
    assert sum(replay.sent for replay in both) == 4


def test_a_window_bounds_a_backfill_and_one_event_can_be_chosen(make_destination, make_events):
    events = make_events(3)
    Router().route()
    destination = make_destination()
    assert replays.fill_back(destination, Window(destination.pk, event=events[1].pk)).expected == 1
    assert replays.fill_back(destination, Window(destination.pk, until=now())).expected == 3
    with pytest.raises(CannotReplay):
        replays.fill_back(destination, Window(destination.pk, since=now() + timedelta(hours=1)))


def test_a_destination_that_is_off_gets_no_backfill(make_destination, make_events):
    make_events(1)
    Router().route()
    destination = make_destination(enabled=False)
    with pytest.raises(CannotReplay, match="switched off"):
        replays.fill_back(destination, Window(destination.pk))


# -- the job ----------------------------------------------------------------------------------------------------------
def test_the_job_works_off_what_runs(project, failed, hook, transport):
    failed(30, url=hook.url)
    replay = replays.send_again(project, everything(project))
    run_replays()
    replay.refresh_from_db()
    assert (replay.state, replay.sent) == ("done", 30)
    assert Replay.objects.get().finished_at is not None
    run_retries(transport)
    pass_time(hours=1)
    assert len(hook.bodies) == 30


def test_a_step_costs_a_fixed_number_of_queries(project, failed, django_assert_max_num_queries):
    failed(40)
    replay = replays.send_again(project, everything(project))
    with django_assert_max_num_queries(25):
        step(replay.pk, 40)
