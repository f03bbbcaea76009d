"""What the hub itself announces, and what such webhooks from elsewhere announce to it: events of topics of their own.

Each is an event in the export shape: `type` (the topic), `event_type` (the same in words), and in `event_properties`
the fields below. It belongs to no user, and goes only to destinations whose filter names its topic. (pure)
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from events.shape import time_text

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Announcement:
    """`fields`: {name: type} of what an announcement holds; `optional`: what it may hold besides. Others may be added.
    `moment`: the field with the time that it speaks of, as ISO 8601 text. `identity`: the fields by which it is known
    again when it comes twice."""

    event_type: str
    fields: dict[str, type]
    optional: dict[str, type]
    moment: str
    identity: tuple[str, ...]


_ANNOTATION: dict[str, type] = {"annotation_id": int, "date": str, "label": str}
_OF_ANNOTATION: dict[str, type] = {"details": str, "source": str, "app_id": int}

# The field names are those of Corsair's receivers. `date` is a day, 2026-01-15, or a moment; an annotation that spans
# several adds `end`. `recipients` is a list of text. An id may be a number or text where it says text.
ANNOUNCEMENTS: dict[str, Announcement] = {
    "cohort.computed": Announcement(
        "Cohort computed",
        {"cohort_id": str, "cohort_name": str, "computed_at": str, "size": int},
        {"app_id": int, "published": bool},
        "computed_at",
        ("cohort_id", "computed_at"),
    ),
    "annotation.created": Announcement(
        "Annotation created",
        _ANNOTATION | {"created_at": str},
        _OF_ANNOTATION,
        "created_at",
        ("annotation_id", "created_at"),
    ),
    "annotation.updated": Announcement(
        "Annotation updated",
        _ANNOTATION | {"updated_at": str},
        _OF_ANNOTATION,
        "updated_at",
        ("annotation_id", "updated_at"),
    ),
    "monitor.alert": Announcement(
        "Monitor alert",
        {"monitor_id": str, "monitor_name": str, "alert_type": str, "triggered_at": str},
        {
            "condition": str, "chart_id": str, "value": float, "threshold": float, "dashboard_id": int,
            "recipients": list,
        },
        "triggered_at",
        ("monitor_id", "alert_type", "triggered_at"),
    ),
}  # fmt: skip
ANNOUNCED = tuple(ANNOUNCEMENTS)


def announced_data(project_id: int, topic: str, fields: Fields, moment: datetime, uuid: UUID) -> dict[str, Any]:
    """The stored `data` of such an event."""
    return {
        "type": topic,
        "event_type": ANNOUNCEMENTS[topic].event_type,
        "event_time": time_text(moment),
        "uuid": str(uuid),
        "app": project_id,
        "event_properties": fields,
    }


def identity(topic: str, fields: Fields) -> str:
    """In the place of an insert_id: two announcements with the same one are one."""
    return "\0".join([topic, *(str(fields.get(name, "")) for name in ANNOUNCEMENTS[topic].identity)])


def iso(moment: datetime) -> str:
    """`2026-01-15T09:30:00.123Z`, as the fields' times are written."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
