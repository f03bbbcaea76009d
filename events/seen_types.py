"""Which event types a project has sent lately."""

from django.db.models import Count

from events.models import Event, Project

LOOKED_AT = 5_000  # newest events


def seen_types(project: Project) -> dict[str, int]:
    """Event type -> how often it occurs among the newest events, in alphabetical order."""
    newest = Event.objects.filter(project=project).order_by("-pk").values("pk")[:LOOKED_AT]
    counted = Event.objects.filter(pk__in=newest).values_list("event_type").annotate(Count("pk"))
    return dict(sorted(counted, key=lambda row: row[0].lower()))
