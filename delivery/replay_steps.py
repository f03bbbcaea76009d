"""One step of a replay: a bounded number of deliveries put in motion, and the cursor moved, in one transaction.

The replay's row is locked for the step, so two workers that have the same one in mind take turns; a step that dies
with its worker has not happened.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.timezone import now

from delivery import backfill, selection
from delivery.backfill import Window
from delivery.models import OPEN_STATES, Delivery, Replay
from delivery.resending import begin_round
from delivery.selection import Selection
from destinations.models import Destination
from events.wake import FRESH, RETRY, wake

# Begun and not sent yet, at most: more would only make pausing and stopping slow.
MOST_UNTRIED = 2_000
MOST_CATCHING_UP = 1.0  # seconds of the rate that may be made up for at once
LONGEST_PAUSE = 10.0  # seconds between two steps that still count as work


@transaction.atomic
def step(pk: int, most: int, moment: datetime | None = None) -> bool:
    """Goes on with a replay, looking at up to `most` rows. False where nothing could be done now: it is not running, in
    other hands, limited by its rate, or what it has begun has to be sent first."""
    moment = moment or now()
    replay = Replay.objects.select_for_update(skip_locked=True).filter(pk=pk, state=Replay.State.RUNNING).first()
    if replay is None or not _may_send(replay):
        return False
    allowed = min(most, _allowance(replay, moment), _room(replay))
    if allowed < 1:
        return False
    matched, sent = (_backfill if replay.kind == Replay.Kind.BACKFILL else _again)(replay, most, allowed, moment)
    _note(replay, matched, sent, moment)
    return True


def _again(replay: Replay, most: int, allowed: int, moment: datetime) -> tuple[int, int]:
    wanted = Selection.from_json(replay.selection)
    ids, end = selection.next_ids(wanted, replay.cursor, replay.last_id, most)
    chosen = ids[:allowed]
    replay.cursor = end if len(chosen) == len(ids) else chosen[-1]
    sent = begin_round(
        chosen,
        moment,
        states=wanted.states,
        ended_by=replay.created_at,  # what ended later has been sent by somebody else
        replay=replay,
        as_it_was=replay.as_it_was,
    )
    return len(chosen), sent


def _backfill(replay: Replay, most: int, allowed: int, moment: datetime) -> tuple[int, int]:
    destination = Destination.objects.select_for_update().get(pk=replay.destination_id or 0)
    window = Window.from_json(replay.selection)
    events, end = backfill.next_events(window, replay.cursor, replay.last_id, most)
    chosen = events[:allowed]
    replay.cursor = end if len(chosen) == len(events) else chosen[-1].pk
    return len(chosen), backfill.deliver(destination, chosen, moment, replay)


def _note(replay: Replay, matched: int, sent: int, moment: datetime) -> None:
    replay.sent += sent
    replay.passed_over += matched - sent
    if replay.per_second:
        replay.paced_at = _paced(replay, moment) + timedelta(seconds=sent / replay.per_second)
    since = (moment - replay.stepped_at).total_seconds() if replay.stepped_at else 0.0
    replay.active_seconds += min(max(0.0, since), LONGEST_PAUSE)
    replay.stepped_at = moment
    if replay.cursor >= replay.last_id:
        replay.state, replay.finished_at = Replay.State.DONE, moment
    replay.save()
    if sent:
        for queue in (FRESH, RETRY):
            transaction.on_commit(partial(wake, queue))


def _may_send(replay: Replay) -> bool:
    """A replay of one destination waits while that is switched off; one of several passes over those that are."""
    lane = replay.destination_id
    return lane is None or Destination.objects.filter(pk=lane, enabled=True).exists()


def _room(replay: Replay) -> int:
    untried = Delivery.objects.filter(replay=replay, state__in=OPEN_STATES, attempts_made=0)
    return MOST_UNTRIED - untried[:MOST_UNTRIED].count()


# -- the rate ---------------------------------------------------------------------------------------------------------
def _allowance(replay: Replay, moment: datetime) -> int:
    """How many may be begun by now."""
    if not replay.per_second:
        return MOST_UNTRIED
    return int((moment - _paced(replay, moment)).total_seconds() * replay.per_second + 1e-6)


def _paced(replay: Replay, moment: datetime) -> datetime:
    """Up to when the rate is used up. No more than a second of it is made up for, and one delivery always."""
    interval = 1 / (replay.per_second or 1)
    if replay.paced_at is None:
        return moment - timedelta(seconds=interval)
    return max(replay.paced_at, moment - timedelta(seconds=max(MOST_CATCHING_UP, interval)))


def running() -> Sequence[int]:
    return list(Replay.objects.filter(state=Replay.State.RUNNING).order_by("pk").values_list("pk", flat=True))
