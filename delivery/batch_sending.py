"""The loop's part for lanes that batch: rendering ahead, beginning whole batches, parting those that were refused."""

from collections.abc import Callable, Iterable

from django.utils.timezone import now

from delivery.batches import Batch, may_split, part_of
from delivery.claims import Claimed, extend
from delivery.kind_requests import NotSent
from delivery.lane import Lane
from delivery.recording import Done
from delivery.refused_parts import named_apart
from delivery.room import Room
from delivery.transports.seam import Outcome, Transport
from destinations.batch_bodies import CannotJoin
from destinations.freemarker import TemplateError


class BatchSending:
    """`keep` takes what came of attempts, `fail` those that end before anything is sent; `patiently` does work on the
    database until that answers."""

    def __init__(
        self,
        transport: Transport,
        keep: Callable[[Done], None],
        fail: Callable[[Lane, Claimed, TemplateError | NotSent], None],
        patiently: Callable[[Callable[[], set[int]]], set[int]],
    ) -> None:
        self._transport, self._keep, self._fail, self._patiently = transport, keep, fail, patiently

    def form(self, lanes: Iterable[Lane], moment: float) -> int:
        """Renders what was claimed and puts it together; returns how many batches have become ready to go. While more
        is there to be had at once, nothing goes unfilled."""
        ripe = 0
        for lane in lanes:
            if lane.batches is None:
                continue
            before = len(lane.batches.full)
            while lane.ready:
                self._add(lane, lane.ready.popleft(), moment)
            if not (lane.hungry and lane.has_appetite(moment)):
                lane.batches.ripen(moment)
            ripe += len(lane.batches.full) - before
        return ripe

    def _add(self, lane: Lane, claimed: Claimed, moment: float) -> None:
        assert lane.batches is not None
        try:
            lane.batches.add(part_of(claimed, lane.builder_for(claimed)), moment)
        except CannotJoin as error:
            self._fail(lane, claimed, NotSent("bad_request", str(error)))
        except (TemplateError, NotSent) as error:
            self._fail(lane, claimed, error)

    def begin(self, lane: Lane, room: Room, moment: float) -> list[Claimed]:
        """Begins what may begin, halves first. Returns what has to be given back: its lease would end under way."""
        overdue: list[Claimed] = []
        waiting = [lane.halves, *([lane.batches.full] if lane.batches is not None else [])]
        for batches in waiting:
            while batches and lane.may_begin(moment) and room.has_one_for(lane):
                batch = batches.popleft()
                overdue += self._drop_overdue(lane, batch)
                if batch.parts:
                    request = batch.request((lane, batch.parts[0].builder, batch))
                    request.tries = lane.schedule.tries
                    self._transport.submit(request)
                    lane.note_begun()
                    room.note_begun(lane)
        return overdue

    def _drop_overdue(self, lane: Lane, batch: Batch) -> list[Claimed]:
        """Takes out of the batch what can't be sent within its lease. Halves have been sent once, so that their leases
        are extended; what another worker has taken meanwhile is that one's."""
        late = [p for p in batch.parts if (p.claimed.lease - now()).total_seconds() < lane.attempt_seconds]
        if not late:
            return []
        gone = late
        if batch.earlier is not None:
            kept = self._patiently(lambda: extend([part.claimed for part in late], lane.wish.lease_seconds))
            gone = [part for part in late if part.claimed.delivery not in kept]
        batch.parts = [part for part in batch.parts if part not in gone]
        return [] if batch.earlier is not None else [part.claimed for part in gone]

    def take(self, lane: Lane, batch: Batch, outcome: Outcome, *, is_held: bool) -> None:
        """`is_held`: nothing more is sent to this destination now."""
        batch.with_earlier_tries(outcome)
        if named := named_apart(batch, outcome, lane.schedule):
            for done in named.ended:
                self._keep(done)
            self._go_on(lane, [batch.only(named.again, outcome)] if named.again else [], is_held=is_held)
        elif may_split(batch, outcome):
            self._go_on(lane, batch.halves(outcome), is_held=is_held)
        else:
            for done in batch.settled(outcome, lane.schedule):
                self._keep(done)

    def _go_on(self, lane: Lane, parts: Iterable[Batch], *, is_held: bool) -> None:
        lane.halves.extend(parts)
        if is_held:
            self.abandon(lane)

    def abandon(self, lane: Lane) -> None:
        """Nothing is begun any more: halves end their attempt with what the whole batch got."""
        while lane.halves:
            for done in lane.halves.popleft().undecided(lane.schedule):
                self._keep(done)
