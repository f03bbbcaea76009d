"""How far a run is, counted from its batches' deliveries in one query."""

from django.db.models import Count, Sum

from cohorts.models import Run
from delivery.models import LOST_STATES, OPEN_STATES, State


class Progress:
    """Batches and users by what became of them. `untold`: users in no batch yet."""

    def __init__(self, run: Run) -> None:
        rows = run.batch_rows.order_by().values("delivery__state").annotate(n=Count("pk"), who=Sum("users"))
        found = {row["delivery__state"]: (row["n"], row["who"]) for row in rows}
        self.delivered, self.told = found.get(State.DELIVERED, (0, 0))
        self.cancelled = found.get(State.CANCELLED, (0, 0))[0]
        self.waiting = sum(found.get(state, (0, 0))[0] for state in OPEN_STATES)
        self.failed = sum(found.get(state, (0, 0))[0] for state in LOST_STATES)
        waiting_users = sum(found.get(state, (0, 0))[1] for state in OPEN_STATES)
        self.users = run.entered + run.left
        batched = sum(who for _, who in found.values()) + run.skipped
        self.untold = max(0, self.users - batched)
        self._ended = batched - waiting_users

    @property
    def percent(self) -> int:
        return min(100, 100 * self._ended // self.users) if self.users else 0
