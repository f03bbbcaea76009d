"""An event as one destination sees it: by its project's event transformations, unless it takes events as they came.

Whatever filters or renders for a destination goes by this: routing, previews, dry runs, backfills, the request.
"""

from destinations.event_rules import AS_IT_CAME, Sight, compile_rules
from destinations.models import Destination, EventRule


def sight_of(destination: Destination, *, raw: bool | None = None) -> Sight:
    """Asks the database; workers keep what they compile of it until the destination's `updated_at` moves. `raw`:
    another choice than the stored one."""
    as_it_came = destination.raw_events if raw is None else raw
    if as_it_came or destination.kind_in_making is not None or destination.project_id is None:
        return AS_IT_CAME
    return compile_rules(rule.as_given for rule in EventRule.objects.filter(project=destination.project_id))
