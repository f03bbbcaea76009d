"""Replays as people have them: begun, paused, resumed, stopped, and how far they have come."""

from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q
from django.utils.timezone import now

from delivery import backfill, selection
from delivery.backfill import Window
from delivery.models import LOST_STATES, OPEN_STATES, Delivery, Replay, State
from delivery.replay_wake import wake_replays
from delivery.selection import Selection
from destinations.models import Destination
from events import audit
from events.models import Project

SLOWEST, FASTEST = 0.1, 10_000.0  # deliveries per second


class CannotReplay(ValueError):
    """Why a replay is not begun; the message says what to do."""


@transaction.atomic
def send_again(
    project: Project,
    wanted: Selection,
    *,
    as_it_was: bool = False,
    per_second: float | None = None,
    by: User | None = None,
) -> Replay:
    """Begins to send what matches now. Raises CannotReplay where nothing does."""
    counted = selection.count(wanted)
    if not counted.number and counted.is_exact:
        raise CannotReplay("No delivery matches, so there is nothing to send.")
    lane = Destination.objects.filter(project=project, pk=wanted.destination).first() if wanted.destination else None
    replay = Replay(project=project, destination=lane, kind=Replay.Kind.AGAIN, as_it_was=as_it_was)
    return _begin(replay, wanted, counted, per_second, by)


@transaction.atomic
def fill_back(
    destination: Destination, window: Window, *, per_second: float | None = None, by: User | None = None
) -> Replay:
    """Begins to make deliveries for events that have none. Raises CannotReplay where there are no such events."""
    if not destination.enabled:
        raise CannotReplay(f"{destination} is switched off. Switch it on, then backfill.")
    counted = backfill.count(window)
    if not counted.number and counted.is_exact:
        raise CannotReplay("No event passes the filter that has no delivery yet, so there is nothing to send.")
    replay = Replay(project=destination.project, destination=destination, kind=Replay.Kind.BACKFILL)
    return _begin(replay, window, counted, per_second, by)


def _begin(
    replay: Replay,
    about: Selection | Window,
    counted: selection.Counted,
    per_second: float | None,
    by: User | None,
) -> Replay:
    replay.selection, replay.per_second = about.as_json(), per_second
    replay.expected = counted.number if counted.is_exact else None
    replay.by, replay.by_name = by, by.get_username() if by else audit.actor().name[:150]
    replay.first_id, replay.last_id = about.first_id(), about.last_id()
    replay.cursor = replay.first_id - 1
    replay.save()
    audit.record("began", replay, name=f"{replay}: {replay.get_kind_display().lower()}, {counted.words}")
    transaction.on_commit(wake_replays)
    return replay


# -- pausing, resuming, stopping ---------------------------------------------------------------------------------------
def pause(replay: Replay) -> bool:
    return _change(replay, "paused", Replay.State.RUNNING, state=Replay.State.PAUSED)


def resume(replay: Replay) -> bool:
    # The rate begins anew: what was not sent while it was paused is not caught up.
    if not _change(replay, "resumed", Replay.State.PAUSED, state=Replay.State.RUNNING, paced_at=None, stepped_at=None):
        return False
    transaction.on_commit(wake_replays)
    return True


def stop(replay: Replay) -> bool:
    """What is on its way goes on; nothing further is begun."""
    states = (Replay.State.RUNNING, Replay.State.PAUSED)
    return _change(replay, "stopped", *states, state=Replay.State.STOPPED, finished_at=now())


@transaction.atomic
def _change(replay: Replay, action: str, *expected: str, **columns: object) -> bool:
    """Whether it was in one of the `expected` states; waits for a step that is under way."""
    changed = Replay.objects.filter(pk=replay.pk, state__in=expected).update(**columns)
    replay.refresh_from_db()
    if changed:
        audit.record(action, replay)
    return bool(changed)


# -- how far it has come ----------------------------------------------------------------------------------------------
@dataclass
class Progress:
    """What has become of a replay's deliveries up to now."""

    replay: Replay

    @cached_property
    def states(self) -> dict[str, int]:
        """State -> deliveries whose last round this replay has begun."""
        rows = Delivery.objects.filter(replay=self.replay).values_list("state").annotate(Count("pk"))
        return dict(rows.order_by())

    @cached_property
    def untried(self) -> int:
        """Begun, and not sent yet for the first time."""
        return Delivery.objects.filter(replay=self.replay, state__in=OPEN_STATES, attempts_made=0).count()

    @property
    def delivered(self) -> int:
        return self.states.get(State.DELIVERED, 0)

    @property
    def lost(self) -> int:
        return sum(self.states.get(state, 0) for state in LOST_STATES)

    @property
    def cancelled(self) -> int:
        return self.states.get(State.CANCELLED, 0)

    @property
    def retrying(self) -> int:
        """Sent, answered with an error, and tried again by the schedule."""
        return sum(self.states.get(state, 0) for state in OPEN_STATES) - self.untried

    @property
    def share(self) -> float:
        """0 to 1, by the count where there is one, otherwise by the way through the ids."""
        replay = self.replay
        if replay.state == Replay.State.DONE:
            return 1.0
        if replay.expected:
            return min(1.0, (replay.sent + replay.passed_over) / replay.expected)
        way = replay.last_id - replay.first_id + 1
        return max(0.0, min(1.0, (replay.cursor - replay.first_id + 1) / way)) if way > 0 else 0.0

    @property
    def percent(self) -> int:
        """Never all while there is something left."""
        return 100 if self.replay.state == Replay.State.DONE else min(99, int(100 * self.share))

    @property
    def seconds_left(self) -> float | None:
        """As fast as it went so far; None while that is not known."""
        replay = self.replay
        if replay.state != Replay.State.RUNNING or not 0.0 < self.share < 1.0 or replay.active_seconds < 1.0:
            return None
        left = replay.active_seconds * (1 - self.share) / self.share
        if replay.per_second and replay.expected:
            left = max(left, (replay.expected - replay.sent - replay.passed_over) / replay.per_second)
        return left

    @property
    def left_words(self) -> str:
        seconds = self.seconds_left
        return "" if seconds is None else f"about {_duration(seconds)} left"

    @property
    def is_moving(self) -> bool:
        return self.replay.state == Replay.State.RUNNING or self.untried > 0

    @cached_property
    def waits_for(self) -> list[str]:
        """Names of destinations that are paused, held or off while this replay's deliveries wait for them."""
        waiting = Delivery.objects.filter(replay=self.replay, state__in=OPEN_STATES, attempts_made=0)
        lanes = Destination.objects.filter(pk__in=waiting.values("destination_id"))
        if self.replay.destination_id and self.replay.state == Replay.State.RUNNING:
            lanes = Destination.objects.filter(pk=self.replay.destination_id)
        stopped = ~Q(paused_at=None) | Q(enabled=False) | ~Q(lane_health__held_since=None)
        return list(lanes.filter(stopped).values_list("name", flat=True)[:5])


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


__all__ = ["CannotReplay", "Progress", "fill_back", "pause", "resume", "send_again", "stop"]
