"""`annotation.created` and `annotation.updated`: what the hub tells destinations whose filter names these topics."""

from events.annotations.models import Annotation
from events.announce import announce as store
from events.announced import iso

CREATED, UPDATED = "annotation.created", "annotation.updated"


def announce(topic: str, annotation: Annotation) -> None:
    """Stores the event, in the caller's transaction."""
    fields = {
        "annotation_id": annotation.pk,
        "date": iso(annotation.start),
        "end": iso(annotation.end) if annotation.end else None,
        "label": annotation.label,
        "details": annotation.details,
        "category": annotation.category.name if annotation.category else None,
        "source": annotation.source,
        "author": annotation.author_name,
        "chart_id": annotation.chart_id,
        "app_id": annotation.project_id,
        "created_at" if topic == CREATED else "updated_at": iso(annotation.updated_at),
    }
    given = {name: value for name, value in fields.items() if value not in (None, "")}
    store(annotation.project_id, topic, given, annotation.updated_at)
