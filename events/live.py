"""The newest events of a project, for watching them come in."""

from django.db.models import Q

from events.models import Event, Project

SHOWN = 50
LOOKED_AT = 5_000  # newest events that a filter looks through


def newest_events(project: Project, event_type: str = "", who: str = "") -> list[Event]:
    """Newest first. `who` is a user or device id; filters look through the newest 5,000 only, so each poll is cheap."""
    events = Event.objects.filter(project=project).order_by("-pk")
    if event_type or who:
        wanted = Q(event_type=event_type) if event_type else Q()
        wanted &= Q(user_id=who) | Q(device_id=who) if who else Q()
        events = Event.objects.filter(wanted, pk__in=events.values("pk")[:LOOKED_AT]).order_by("-pk")
    return list(events.defer("message", "restrictions", "notes")[:SHOWN])


def newest_id(project: Project) -> int:
    """0 where there is no event: the cheapest answer to whether one has come in since."""
    return Event.objects.filter(project=project).order_by("-pk").values_list("pk", flat=True).first() or 0
