"""The delivery loop: claim, render, send many, record, until there is nothing left to do.

One loop serves the lanes of all destinations. A lane may have as many requests under way as its concurrency says, of
all workers together, so a receiver that hangs fills its own places and nothing else. Nothing here costs a job, a
transaction or a thread per event.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.utils.timezone import now

from delivery import breaker
from delivery.batch_sending import BatchSending
from delivery.batches import Batch
from delivery.claims import Claimed, claim, claim_probe, load_messages, release
from delivery.kind_requests import NotSent
from delivery.lane import Lane
from delivery.models import LaneHealth, State
from delivery.pace import Pace
from delivery.patience import patiently
from delivery.permits import Permits
from delivery.recorder import Recorder
from delivery.recording import Done, failed_before_sending, in_words
from delivery.requests import RequestBuilder
from delivery.retransforming import transform_anew
from delivery.room import MOST_UNDER_WAY, Room
from delivery.routing import Routed, Router
from delivery.transports.seam import Outcome, Transport
from delivery.worker import resting
from destinations.freemarker import TemplateError
from destinations.models import Destination
from events import spans

T = TypeVar("T")
InHand = tuple[Lane, RequestBuilder, Claimed | Batch]

RECORD_AT = 250  # outcomes
# Then nothing new is begun until a recording under way is over: a worker that dies repeats all that was not written.
MOST_UNRECORDED = RECORD_AT
RECORD_AFTER = (0.04, 0.25)  # seconds, the most where writing is slow
ROUTE_EVERY = (0.02, 0.1)  # seconds between looks into an outbox that was empty, while answers come in
PAUSES = 5  # times as long as it took: where a step is slow, each does more
POLL = 0.5  # seconds between looks at lanes that nobody has woken
JUDGE_EVERY = 1.0  # seconds between looks at how lanes do that something failed in
LINGER = 0.5  # seconds without anything to do before the loop ends
LONGEST_NAP = 5.0  # seconds for which the loop stays for a lane that waits for its limit; the next sweep is no later
BREATH, DOZE = 0.01, 0.05  # seconds between two looks while idle, and while lanes only wait for their limits
FEW = 10  # requests under way: so few that there is more to begin soon


class Lanes:
    """One run of the loop over deliveries in `state`; `router` turns stored events into deliveries along the way.
    `recording`: a thread that writes what came of them."""

    def __init__(
        self,
        state: State,
        transport: Transport,
        router: Router | None = None,
        linger: float = LINGER,
        recording: ThreadPoolExecutor | None = None,
    ) -> None:
        self.state, self.transport, self.router, self.linger = state, transport, router, linger
        self.lanes: dict[int, Lane] = {}
        self.permits = Permits()
        self.together = BatchSending(transport, self._keep, self._fail, self._patiently)
        self.held: set[int] = set()
        self.pace = Pace(self.lanes)
        self.to_judge: set[int] = set()
        self.recorder = Recorder(self._take_answers, recording)
        self.unrecorded: list[Done] = []
        self.oldest_unrecorded = self.record_at = 0.0
        self.record_after = RECORD_AFTER[0]
        self.polled_at = self.judged_at = self.route_at = 0.0
        self.worked_at = time.monotonic()

    def run(self, stopping: Callable[[], bool] = lambda: False, alive: Callable[[], None] = lambda: None) -> None:
        """Works until nothing has been due for a while, or until `stopping`: then it finishes what is under way."""
        if self.router:
            self._patiently(self._claim)  # lanes for which nothing waits take what is routed first
            self.polled_at = 0.0
        while not stopping():
            alive()
            busy = self._turn()
            if not busy and self._is_idle():
                break
        self._finish()

    def _turn(self) -> bool:
        """One round; True if anything moved."""
        routed = self._patiently(self._route) if self.router else 0
        claimed = 0 if self._is_behind else self._patiently(self._claim)
        ripe = self.together.form(self.lanes.values(), time.monotonic())
        self._put_back(self.permits.renew(self.lanes.values(), claimed=bool(routed or claimed or ripe)))
        begun = 0 if self._is_behind else self._submit()
        outcomes: list[Outcome] = []
        if self.transport.in_flight:
            with resting():
                outcomes = self.transport.wait(self._patience(routed + claimed))
        self._take(outcomes)
        self._record_if_due(at_rest=not begun)
        moved = bool(routed or begun or outcomes)
        if moved or self.transport.in_flight:
            self.worked_at = time.monotonic()
        elif self.recorder.is_busy or not self.unrecorded:
            with resting():
                time.sleep(BREATH if time.monotonic() - self.worked_at < self.linger else DOZE)
        return moved

    @property
    def _is_behind(self) -> bool:
        return self.recorder.is_busy and len(self.unrecorded) >= MOST_UNRECORDED

    def _is_idle(self) -> bool:
        moment = time.monotonic()
        lanes = self.lanes.values()
        if self.transport.in_flight or self.unrecorded or self.recorder.is_busy:
            return False
        if any(lane.in_hand or lane.halves for lane in lanes):
            return False
        naps = any(moment < lane.asleep_until < moment + LONGEST_NAP for lane in lanes)
        return not naps and moment - self.worked_at > self.linger

    def _patience(self, moved: int) -> float:
        """Seconds to wait for an answer: not long, because new events and other lanes' deliveries come in meanwhile."""
        longest = (ROUTE_EVERY if self.router else RECORD_AFTER)[0]  # requests that hang must not put off new events
        if self.unrecorded and not self.recorder.is_busy:
            return max(0.0, min(longest, self.oldest_unrecorded + self.record_after - time.monotonic()))
        return 0.0 if moved and self.transport.in_flight < FEW else longest

    # -- routing and claiming --------------------------------------------------------------------------------------

    def _route(self) -> int:
        began = time.monotonic()
        if began < self.route_at or not (most := self.pace.most(began)):
            return 0
        assert self.router is not None
        routed = self.router.route(most, self.pace.takers(self.held, began))
        ended = time.monotonic()
        self.pace.follow(routed, ended)
        if routed.events:
            _tell("route", began, events=routed.events, deliveries=routed.deliveries)
        if routed.events < most and (routed.events or self.transport.in_flight):
            self.route_at = ended + _pause(began, ROUTE_EVERY)
        if routed.deliveries:
            self._share_out(routed)
        return routed.events

    def _share_out(self, routed: Routed) -> None:
        taken = {one.destination for one in routed.taken}
        for destination in taken:
            self.lanes[destination].load(routed.versions[destination])
        self._load_messages(routed.taken)
        self._make_ready(routed.taken)
        for destination in routed.waiting & self.lanes.keys():  # the others are found by the next look around
            self.lanes[destination].hungry = True

    def _claim(self) -> int:
        self._look_around()
        moment = time.monotonic()
        lanes = [one for one in self.lanes.values() if one.destination not in self.held and one.has_appetite(moment)]
        if not lanes or self.transport.in_flight >= MOST_UNDER_WAY:
            return 0
        wishes = [lane.wish for lane in lanes]
        claimed = claim(wishes, self.state)
        got: dict[int, int] = {}
        for one in claimed:
            got[one.destination] = got.get(one.destination, 0) + 1
        for wish in wishes:
            self.lanes[wish.destination].hungry = got.get(wish.destination, 0) >= wish.most
        self._load(got)
        self._load_messages(claimed)
        self._make_ready(claimed)
        return len(claimed)

    def _make_ready(self, claimed: Iterable[Claimed]) -> None:
        """Last of all: what went away from the database in between comes back with its lease, and is not sent without
        what it needs."""
        for one in claimed:
            if lane := self.lanes.get(one.destination):  # or it was deleted
                lane.ready.append(one)

    def _look_around(self) -> None:
        """Now and then asks for all destinations that send: others may have routed, resumed or edited something."""
        if time.monotonic() - self.polled_at < POLL:
            return
        sending = dict(Destination.objects.filter(enabled=True, paused_at=None).values_list("pk", "sending"))
        for destination, rules in sending.items():
            lane = self.lanes.get(destination) or self.lanes.setdefault(destination, Lane(destination))
            lane.control(rules)
            lane.hungry = True
        for destination in self.lanes.keys() - sending.keys():
            self._drop(destination)
        self._look_at_health()
        self.polled_at = time.monotonic()

    def _load(self, destinations: Iterable[int]) -> None:
        """The lanes' settings as they are now: an edit takes effect with the next claim."""
        versions = dict(Destination.objects.filter(pk__in=destinations).values_list("pk", "updated_at"))
        for destination in destinations:
            if destination in versions:
                self.lanes[destination].load(versions[destination])
            else:
                self._drop(destination)

    def _load_messages(self, claimed: list[Claimed]) -> None:
        sending = {pk for pk, lane in self.lanes.items() if lane.wants_messages}
        if sending:
            load_messages([one for one in claimed if one.destination in sending])
        transform_anew([one for one in claimed if one.failure and one.state == State.RETRYING])

    def _drop(self, destination: int) -> None:
        """Switched off, paused or deleted: what is in hand goes back and waits; what is under way is still recorded."""
        lane = self.lanes[destination]
        self._empty(lane)
        lane.hungry = False
        if not lane.under_way:
            self.permits.leave([destination])
            del self.lanes[destination]

    def _empty(self, lane: Lane) -> None:
        self._put_back(lane.take_back())
        self.together.abandon(lane)

    def _put_back(self, claimed: list[Claimed]) -> None:
        if claimed:
            self._patiently(lambda: release(claimed))
        for one in claimed:
            if lane := self.lanes.get(one.destination):
                lane.hungry = True  # they wait there again

    # -- health ----------------------------------------------------------------------------------------------------

    def _look_at_health(self) -> None:
        """Which destinations are held; makes their probes. Those that were warned of are judged anew."""
        known = dict(LaneHealth.objects.exclude(level=0, held_since=None).values_list("pk", "held_since"))
        self.to_judge.update(known)
        self._hold({pk for pk, held_since in known.items() if held_since})
        self._judge()
        for destination in breaker.due_probes(self.held & self.lanes.keys(), now()):
            lane = self.lanes[destination]
            probe = claim_probe(lane.wish, self.state)
            lane.ready.extend(probe)
            self._load([one.destination for one in probe])
            self._load_messages(probe)

    def _hold(self, held: set[int]) -> None:
        for destination in (held - self.held) & self.lanes.keys():
            self._empty(self.lanes[destination])
        self.held = held

    def _judge(self) -> None:
        if self.to_judge and time.monotonic() - self.judged_at >= JUDGE_EVERY:
            judged, self.to_judge = self.to_judge, set()
            self._hold(self.held | breaker.judge(judged, now()))
            self.judged_at = time.monotonic()

    # -- sending ---------------------------------------------------------------------------------------------------

    def _submit(self) -> int:
        """Begins what may begin; returns how many."""
        moment, began = time.monotonic(), self.transport.in_flight
        overdue: list[Claimed] = []
        room = Room(self.lanes.values(), self.transport, moment)
        for lane in self.lanes.values():
            if lane.batches is not None or lane.halves:
                overdue += self.together.begin(lane, room, moment)
            while lane.ready and lane.may_begin(moment) and room.has_one_for(lane):
                claimed = lane.ready.popleft()
                if (claimed.lease - now()).total_seconds() < lane.attempt_seconds:
                    overdue.append(claimed)  # its lease would end while it is under way
                elif self._send(lane, claimed):
                    room.note_begun(lane)
        self._put_back(overdue)
        return self.transport.in_flight - began

    def _send(self, lane: Lane, claimed: Claimed) -> bool:
        """Hands one delivery to the transport; False if it ended before that."""
        try:
            builder = lane.builder_for(claimed)
            request = builder.build(
                claimed.data or {},
                (lane, builder, claimed),
                claimed.message_id,
                came_as=claimed.came_as,
                transformed=claimed.transformed,
            )
        except (TemplateError, NotSent) as error:
            self._fail(lane, claimed, error)
            return False
        request.tries = lane.schedule.tries
        self.transport.submit(request)
        lane.note_begun()
        return True

    def _fail(self, lane: Lane, claimed: Claimed, error: TemplateError | NotSent) -> None:
        kind, words = (error.kind, str(error)) if isinstance(error, NotSent) else ("template", in_words(error))
        self._keep(Done(claimed, failed_before_sending(kind, words), lane.builder, lane.schedule))
        lane.note_finished(time.monotonic())

    # -- recording -------------------------------------------------------------------------------------------------

    def _take(self, outcomes: Iterable[Outcome]) -> None:
        moment = time.monotonic()
        for outcome in outcomes:
            in_hand: InHand = outcome.request.token  # type: ignore[assignment]  # the mark that _send has set
            lane, builder, claimed = in_hand
            lane.under_way -= 1
            lane.note_finished(moment)
            builder.judge(outcome)
            if isinstance(claimed, Batch):
                self.together.take(lane, claimed, outcome, is_held=lane.destination in self.held)
            else:
                self._keep(Done(claimed, outcome, builder, lane.schedule))

    def _keep(self, done: Done) -> None:
        if not self.unrecorded:
            self.oldest_unrecorded = time.monotonic()
        self.unrecorded.append(done)

    def _record_if_due(self, *, at_rest: bool = True) -> None:
        """`at_rest`: nothing was begun just now. With quick receivers nothing is under way between any two rounds."""
        self._follow_up(self.recorder.over())
        if not self.unrecorded or self.recorder.is_busy:
            return
        waited = time.monotonic() - self.oldest_unrecorded
        if (
            len(self.unrecorded) >= RECORD_AT
            or waited >= self.record_after
            or (at_rest and not self.transport.in_flight)
        ):
            self._record()

    def _record(self) -> None:
        finished, self.unrecorded = self.unrecorded, []
        self.record_at = time.monotonic()
        self.recorder.begin(finished)
        self._follow_up(self.recorder.over())

    def _follow_up(self, recorded: Sequence[Done]) -> None:
        """What is to be done once it is known to the database."""
        if not recorded:
            return
        _tell("record", self.record_at, attempts=len(recorded))
        self.record_after = _pause(self.record_at, RECORD_AFTER)
        for done in recorded:
            lane = self.lanes.get(done.claimed.destination)
            if lane and done.claimed.order_key is not None:
                lane.hungry = True  # the same user's next one may go
            if not done.outcome.ok:
                self.to_judge.add(done.claimed.destination)
            elif done.claimed.is_probe:
                self._resume(done.claimed.destination)
        self._patiently(self._judge)
        self.worked_at = time.monotonic()  # what this has made possible is still to be begun

    def _resume(self, destination: int) -> None:
        self._patiently(lambda: breaker.resume(destination, now()))
        self.held.discard(destination)

    def _finish(self) -> None:
        """Nothing new is begun: deliveries in hand go back, those under way are awaited and recorded."""
        for lane in self.lanes.values():
            self._put_back(lane.take_back())
        while self.transport.in_flight:
            self._take(self.transport.wait(0.5))
            self._record_if_due()
        for lane in self.lanes.values():
            self.together.abandon(lane)
        self.judged_at = 0.0
        self._follow_up(self.recorder.over(waiting=True))
        if self.unrecorded:
            self._record()
            self._follow_up(self.recorder.over(waiting=True))
        self._patiently(self._judge)
        self.permits.leave(self.lanes)

    def _patiently(self, work: Callable[[], T]) -> T:
        return patiently(work, self._take_answers)

    def _take_answers(self, seconds: float) -> None:
        """Waits, and goes on with what is under way: an answer that came meanwhile must not look as if it had not."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self.transport.in_flight:
                self._take(self.transport.wait(left))
            else:
                time.sleep(left)


def _tell(step: str, began: float, **about: int) -> None:
    """Traces a step that began then, on the monotonic clock, and ends now."""
    seconds = time.monotonic() - began
    spans.past(step, time.time() - seconds, seconds, failed=False, **about)


def _pause(began: float, bounds: tuple[float, float]) -> float:
    """How long to let work gather until a step is made again that began then and ends now."""
    least, most = bounds
    return min(most, max(least, PAUSES * (time.monotonic() - began)))
