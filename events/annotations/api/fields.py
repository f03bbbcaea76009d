"""Annotations as the API's clients read and write them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from events.annotations.models import Annotation, AnnotationCategory
from events.annotations.rules import InvalidAnnotation
from events.api.door import door as api_door
from events.api.errors import Refused, bad_request
from events.api.limits import Limits
from events.models import Project

LIMITS = Limits("annotations-api", requests=600)
ACTOR = "the annotations API"
MOST_BYTES = 256 * 1024  # of a body
TEXTS = ("label", "details", "chart_id")


def door(*methods: str) -> Any:
    """Makes `view(request, project, ...)` an address of this API."""
    return api_door(*methods, limits=LIMITS, actor=ACTOR)


def shown(annotation: Annotation) -> dict[str, Any]:
    """Version 3's form."""
    return {
        "id": annotation.pk,
        "start": annotation.start.astimezone(UTC).isoformat(),
        "end": annotation.end.astimezone(UTC).isoformat() if annotation.end else None,
        "label": annotation.label,
        "details": annotation.details or None,
        "category": shown_category(annotation.category) if annotation.category else None,
        "chart_id": annotation.chart_id or None,
    }


def shown_category(category: AnnotationCategory) -> dict[str, Any]:
    return {"id": category.pk, "name": category.name}


def shown_by_day(annotation: Annotation) -> dict[str, Any]:
    """Version 2's form: the day in the project's time zone."""
    day = annotation.start.astimezone(ZoneInfo(annotation.project.time_zone)).date()
    return {
        "id": annotation.pk,
        "date": day.isoformat(),
        "label": annotation.label,
        "details": annotation.details,
        "chart_id": annotation.chart_id or None,
        "app_id": annotation.project_id,
    }


def given_fields(project: Project, body: Mapping[str, Any]) -> dict[str, Any]:
    """What a body of version 3 says, for rules.save_annotation. Raises Refused; 404 for a category there is not."""
    given: dict[str, Any] = {name: body[name] or "" for name in TEXTS if name in body}
    wrong = next((name for name in TEXTS if not isinstance(given.get(name, ""), str)), None)
    if wrong:
        raise bad_request(f"{wrong} is not text.")
    given |= {name: moment(name, body[name]) for name in ("start", "end") if body.get(name) is not None}
    if "end" in body:
        given.setdefault("end", None)
    if "category" in body:
        given["category"] = category_named(project, body["category"]) if body["category"] else None
    return given


def moment(name: str, text: Any) -> datetime:
    """ISO 8601; without an offset it is UTC. Raises Refused."""
    try:
        # A "+" in an address that was not encoded arrives as a space.
        found = datetime.fromisoformat(text.strip().replace(" ", "+") if isinstance(text, str) else "")
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise bad_request(f"{name} is no time in ISO 8601, such as 2026-11-01T07:00:00+00:00.") from None


def day(project: Project, text: Any) -> datetime:
    """When that day began in the project's time zone. Raises Refused."""
    try:
        found = date.fromisoformat(text.strip() if isinstance(text, str) else "")
        return datetime.combine(found, time(), ZoneInfo(project.time_zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise bad_request("date is no day as YYYY-MM-DD.") from None


def category_named(project: Project, name: Any) -> AnnotationCategory:
    """Raises Refused (404)."""
    found = project.annotation_categories.filter(name=name).first() if isinstance(name, str) else None
    if found is None:
        raise Refused(
            404, "not_found", f"There is no category “{str(name)[:60]}”. POST /api/3/annotation-categories makes one."
        )
    return found


def as_refusal(error: InvalidAnnotation) -> Refused:
    return bad_request(str(error), fields=[problem.field for problem in error.problems])
