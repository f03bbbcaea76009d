"""The life of deliveries as a machine: whatever comes in whatever order, none is lost, sent twice at once, or stuck.

Each rule is one thing that happens to the hub. The model beside the database is small: which leases somebody holds,
and how many attempts were recorded. A further thing that can happen is a further rule.
"""

from datetime import UTC, datetime, timedelta
from types import ModuleType
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from delivery import breaker, cancelling, claims, recording, repair, replay_steps, replays, routing
from delivery.cancelling import CannotCancel, cancel
from delivery.claims import Claimed, Wish, claim, claim_probe, release
from delivery.models import OPEN_STATES, REPEATABLE_STATES, Delivery, LaneHealth, Replay, State
from delivery.ordering import order_key
from delivery.recording import Done, Place, record
from delivery.repair import CannotRetry, retry_now
from delivery.replays import CannotReplay
from delivery.retries import RetrySchedule
from delivery.routing import Router
from delivery.selection import Selection
from delivery.transports.seam import Outcome, Try
from destinations import pausing
from destinations.models import Destination
from events.models import Event, Outbox, Project

SCHEDULE = RetrySchedule(waits=(30, 600), shortened_by=0, final_statuses=frozenset({410}))
LEASE = 30.0
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
USERS = ("ann", "bob", "cem")


class Deliveries(RuleBasedStateMachine):
    clock = BEGIN  # of the modules under test too

    def __init__(self) -> None:
        super().__init__()
        Deliveries.clock = BEGIN
        for model in (Delivery, Replay, LaneHealth, Event, Outbox, Destination, Project):
            model.objects.all().delete()
        self.project = Project.objects.create(name=f"Machine {uuid4()}")
        made = {"project": self.project, "enabled": True, "url": "https://example.com/"}
        self.plain = Destination.objects.create(name="Plain", **made)
        self.ordered = Destination.objects.create(name="Ordered", sending={"ordered": True}, **made)
        self.batched = Destination.objects.create(name="Batched", sending={"batch": {}}, **made)
        self.router = Router()
        self.in_hand: list[Claimed] = []  # what some worker holds, its lease over or not
        self.attempts: dict[int, int] = {}
        self.events = 0

    # -- what happens ----------------------------------------------------------------------------------------------

    @rule(users=st.lists(st.sampled_from(USERS), min_size=1, max_size=4), routed=st.sampled_from([True, True, False]))
    def accept(self, users: list[str], routed: bool) -> None:
        for user in users:
            event = Event.objects.create(
                project=self.project, uuid=uuid4(), topic="event.track", event_type="Ordered", user_id=user,
                event_time=self.clock, received_at=self.clock, data={"event_type": "Ordered"},
            )  # fmt: skip
            Outbox.objects.create(event_id=event.pk)
        self.events += len(users)
        if routed:
            self.router.route()

    @rule()
    def route(self) -> None:
        self.router.route()

    @rule(state=st.sampled_from((State.QUEUED, *OPEN_STATES)), most=st.integers(1, 4))
    def claim(self, state: State, most: int) -> None:
        wishes = [Wish(self.plain.pk, most, LEASE), Wish(self.ordered.pk, most, LEASE, ordered=True)]
        wishes.append(Wish(self.batched.pk, 2 * most, LEASE, batched=True))
        self._take(claim(wishes, state, self.clock))

    @rule(state=st.sampled_from(OPEN_STATES), destination=st.booleans())
    def probe(self, state: State, destination: bool) -> None:
        chosen = self.ordered if destination else self.plain
        got = claim_probe(Wish(chosen.pk, 1, LEASE, ordered=destination), state, self.clock)
        assert len(got) <= 1
        assert all(one.is_probe for one in got)
        assert not got or LaneHealth.objects.get(pk=chosen.pk).held_since
        self._take(got, probing=True)

    @precondition(lambda self: self.in_hand)
    @rule(data=st.data(), status=st.sampled_from([200, 503, 410, None]))
    def record(self, data: st.DataObject, status: int | None) -> None:
        one = self._one_in_hand(data)
        valid = Delivery.objects.filter(pk=one.delivery, lease_until=one.lease).exists()
        self._record(one, status)
        if valid:
            self.attempts[one.delivery] = one.attempts_made + 1

    @precondition(lambda self: self._batchable())
    @rule(status=st.sampled_from([200, 503, 410, None]), is_decided=st.sampled_from([True, True, False]))
    def record_batch(self, status: int | None, is_decided: bool) -> None:
        """Everything in hand for the lane that batches, in one request."""
        together = self._batchable()
        self.in_hand = [one for one in self.in_hand if one not in together]
        valid = {(one.delivery, one.lease) for one in together} & set(Delivery.objects.values_list("pk", "lease_until"))
        outcome = self._outcome(status)
        places = [Place(f"batch_{len(together)}", n, len(together), b"{}") for n in range(len(together))]
        pairs = list(zip(together, places, strict=True))
        record([Done(one, outcome, None, SCHEDULE, place, is_decided) for one, place in pairs])
        for one in together:
            if (one.delivery, one.lease) in valid:
                self.attempts[one.delivery] = one.attempts_made + 1
        waiting = Delivery.objects.filter(pk__in=[one.delivery for one in together], state=State.RETRYING)
        begun = {one.attempts_made for one in together}
        if len(valid) == len(together) and len(begun) == 1:
            assert len(set(waiting.values_list("next_attempt_at", flat=True))) <= 1, "a batch comes again as a whole"

    @precondition(lambda self: self.in_hand)
    @rule(data=st.data(), seconds=st.sampled_from([5.0, LEASE]))
    def extend_lease(self, data: st.DataObject, seconds: float) -> None:
        """As a half's is, that waits for its turn: what was taken over meanwhile is let go."""
        one = self._one_in_hand(data)
        held_by_it = Delivery.objects.filter(pk=one.delivery, lease_until=one.lease).exists()
        assert (claims.extend([one], seconds) == {one.delivery}) == held_by_it
        if held_by_it:
            self.in_hand.append(one)

    @precondition(lambda self: self.in_hand)
    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        self._one_in_hand(data)

    @precondition(lambda self: self.in_hand)
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        release([self._one_in_hand(data)])

    @rule(seconds=st.sampled_from([1, 10, 31, 700, 3600]))
    def wait(self, seconds: int) -> None:
        Deliveries.clock += timedelta(seconds=seconds)

    @rule(data=st.data())
    def retry_by_hand(self, data: st.DataObject) -> None:
        found = list(Delivery.objects.order_by("pk").select_related("destination"))
        if not found:
            return
        chosen = data.draw(st.sampled_from(found))
        try:
            with transaction.atomic():
                retry_now(chosen)
        except CannotRetry:
            return
        if chosen.attempts_made == 0:
            self.attempts[chosen.pk] = 0

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        found = list(Delivery.objects.order_by("pk"))
        if not found:
            return
        chosen = data.draw(st.sampled_from(found))
        in_hand = chosen.lease_until is not None and chosen.lease_until > self.clock
        try:
            cancel(chosen)
        except CannotCancel:
            assert in_hand or chosen.state not in OPEN_STATES
        else:
            assert not in_hand

    @rule(states=st.sets(st.sampled_from(REPEATABLE_STATES), min_size=1))
    def begin_replay(self, states: set[State]) -> None:
        try:
            replay = replays.send_again(self.project, Selection(self.project.pk, states=tuple(sorted(states))))
        except CannotReplay:
            return
        Replay.objects.filter(pk=replay.pk).update(created_at=self.clock)

    @rule(most=st.integers(1, 5))
    def go_on_with_replays(self, most: int) -> None:
        ended = dict(Delivery.objects.exclude(finished_at=None).values_list("pk", "finished_at"))
        for pk in replay_steps.running():
            replay_steps.step(pk, most, self.clock)
            begun = Replay.objects.values_list("created_at", flat=True).get(pk=pk)
            for delivery in Delivery.objects.filter(replay=pk, state__in=OPEN_STATES, attempts_made=0):
                assert ended.get(delivery.pk, begun) <= begun, "sent again what somebody else had sent"
                self.attempts[delivery.pk] = 0
            ended = dict(Delivery.objects.exclude(finished_at=None).values_list("pk", "finished_at"))

    @rule(ordered=st.booleans(), paused=st.sampled_from([True, False, False]))
    def pause_or_resume(self, ordered: bool, paused: bool) -> None:
        chosen = Destination.objects.get(pk=(self.ordered if ordered else self.plain).pk)
        (pausing.pause if paused else pausing.resume)(chosen)

    @rule(ordered=st.booleans())
    def hold(self, ordered: bool) -> None:
        pk = (self.ordered if ordered else self.plain).pk
        LaneHealth.objects.get_or_create(pk=pk)
        breaker.hold(Destination.objects.get(pk=pk), breaker.Share(0, 20, "5xx"), self.clock)

    @rule(ordered=st.booleans())
    def resume_what_is_held(self, ordered: bool) -> None:
        breaker.resume((self.ordered if ordered else self.plain).pk, self.clock)

    # -- what always holds -----------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost_or_made_twice(self) -> None:
        sent_in = Event.objects.filter(topic="event.track")  # what is announced of health goes to nobody here
        waiting = Outbox.objects.filter(event_id__in=sent_in.values("pk")).count()
        assert Delivery.objects.count() == 3 * (self.events - waiting)

    @invariant()
    def open_ones_have_a_next_attempt(self) -> None:
        assert not Delivery.objects.filter(state__in=OPEN_STATES, next_attempt_at=None).exists()
        ended = Delivery.objects.exclude(state__in=OPEN_STATES)
        assert not ended.exclude(next_attempt_at=None, lease_until=None).exists()

    @invariant()
    def waiting_uses_up_no_attempt(self) -> None:
        for pk, made in Delivery.objects.values_list("pk", "attempts_made"):
            assert made == self.attempts.get(pk, 0)

    def teardown(self) -> None:
        """Never stuck: with time, and with nothing paused, everything ends."""
        for destination in Destination.objects.all():
            pausing.resume(destination)
            breaker.resume(destination.pk, self.clock)
        self.in_hand.clear()
        while Outbox.objects.exists():
            self.router.route()
        for _ in range(2 * self.events + 3):
            Deliveries.clock += timedelta(days=1)
            for state in OPEN_STATES:
                self.claim(state, 50)
            while self.in_hand:
                self._record(self.in_hand.pop(), 200)
        assert not Delivery.objects.filter(state__in=OPEN_STATES).exists()

    # -- hands -----------------------------------------------------------------------------------------------------

    def _take(self, claimed: list[Claimed], *, probing: bool = False) -> None:
        held = {one.delivery for one in self.in_hand if one.lease > self.clock}
        stopped = set(Destination.objects.exclude(paused_at=None).values_list("pk", flat=True))
        if not probing:
            stopped |= set(LaneHealth.objects.exclude(held_since=None).values_list("pk", flat=True))
        for one in claimed:
            assert one.delivery not in held, "two leases at once"
            assert one.destination not in stopped
            if one.destination == self.ordered.pk:
                assert not self._earlier_of_the_same_user(one), "out of order"
        self.in_hand += claimed

    def _earlier_of_the_same_user(self, one: Claimed) -> bool:
        user = Event.objects.get(pk=one.event).user_id
        assert one.order_key == order_key(user, None)
        earlier = Event.objects.filter(user_id=user, pk__lt=one.event).values("pk")
        unrouted = Outbox.objects.filter(event_id__in=earlier).exists()
        still_open = Delivery.objects.filter(destination=self.ordered, event__in=earlier, state__in=OPEN_STATES)
        return unrouted or still_open.exists()

    def _one_in_hand(self, data: st.DataObject) -> Claimed:
        return self.in_hand.pop(data.draw(st.integers(0, len(self.in_hand) - 1)))

    def _batchable(self) -> list[Claimed]:
        mine = [one for one in self.in_hand if one.destination == self.batched.pk and not one.is_probe]
        return list({one.delivery: one for one in mine}.values())

    def _outcome(self, status: int | None) -> Outcome:
        tried = [Try(self.clock.timestamp(), 0.1, status, "" if status else "No answer")]
        return Outcome(None, tried, status, error_kind="" if status else "timeout")  # type: ignore[arg-type]

    def _record(self, one: Claimed, status: int | None) -> None:
        outcome = self._outcome(status)
        record([Done(one, outcome, None, SCHEDULE)])
        if one.is_probe and outcome.ok:
            breaker.resume(one.destination, self.clock)


@pytest.mark.django_db(transaction=True)
def test_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    modules: tuple[ModuleType, ...] = (claims, recording, repair, cancelling, pausing, routing)
    for module in modules:
        monkeypatch.setattr(module, "now", lambda: Deliveries.clock)
    for module in (breaker, repair, replay_steps):
        monkeypatch.setattr(module, "wake", lambda queue: None)
    monkeypatch.setattr(replays, "wake_replays", lambda: None)
    run_state_machine_as_test(
        Deliveries,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
