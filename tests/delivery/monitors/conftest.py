"""Monitors by a short specification, and counters as the road would have written them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from delivery.models import LaneCount, Monitor
from delivery.monitors.specification import save_monitor
from events.counters import Tally
from events.models import EventCount, Project, TypeRate
from events.received import TYPES_KEPT
from tests.streamhub.conftest import administrator, busy, deliver, empty_cache, member, member_client, staff_client

__all__ = ["administrator", "busy", "deliver", "empty_cache", "member", "member_client", "staff_client"]


@pytest.fixture
def moment() -> datetime:
    """In the middle of a minute, an hour and a day, lately: counters are kept from now."""
    now = datetime.now(UTC)
    return now.replace(minute=30, second=30, microsecond=0) - timedelta(hours=1)


@pytest.fixture
def make_monitor(project: Project) -> Callable[..., Monitor]:
    def make(**given: Any) -> Monitor:
        usual = {"name": f"Monitor {Monitor.objects.count()}", "metric": "events", "condition": "below", "threshold": 1}
        return save_monitor(project, usual | given)[0]

    return make


@pytest.fixture
def came_in(project: Project, moment: datetime) -> Callable[..., None]:
    """`count` events of a type so many minutes ago."""

    def write(count: int, minutes: float, event_type: str = "Order Placed", of: Project | None = None) -> None:
        at, owner = moment - timedelta(minutes=minutes), (of or project).pk
        total, types = Tally(EventCount, "project_id"), Tally(TypeRate, "project_id", "event_type", kept=TYPES_KEPT)
        total.add(owner, at, "received", count)
        types.add((owner, event_type), at, "received", count)
        total.write(moment)
        types.write(moment)

    return write


@pytest.fixture
def were_sent(moment: datetime) -> Callable[..., None]:
    """Columns of a destination's counters, so many minutes ago."""

    def write(destination: int, minutes: float = 1, **columns: int) -> None:
        tally = Tally(LaneCount, "destination_id")
        for name, count in columns.items():
            tally.add(destination, moment - timedelta(minutes=minutes), name, count)
        tally.write(moment)

    return write
