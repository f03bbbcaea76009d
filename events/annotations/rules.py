"""What an annotation may be, whoever makes it: checked, written, audited and announced in one place."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from events import audit
from events.annotations.announcement import CREATED, UPDATED, announce
from events.annotations.models import Annotation, AnnotationCategory
from events.audit_changes import differences
from events.checking import Invalid, Problem
from events.dialects.amplitude_times import EARLIEST, LATEST
from events.dialects.jsonbody import clean
from events.models import Project

TEXTS = {"label": 255, "details": 10_000, "chart_id": 200}  # characters at most
MOST_CATEGORY = 100
MOST_CATEGORIES = 200
FIELDS = (*TEXTS, "start", "end", "category")


class InvalidAnnotation(Invalid):
    """An annotation or a category that was refused."""


def save_annotation(
    project: Project, given: Mapping[str, Any], existing: Annotation | None = None, *, source: str = ""
) -> Annotation:
    """Makes an annotation, or changes what `given` holds of one. Raises InvalidAnnotation.

    `start` and `end` are moments with a zone, `end` None for a single moment; `category` is a row or None, the rest is
    text. `source`: where a new one comes from.
    """
    values = _checked(given, existing)
    before = described(existing) if existing else None
    annotation = existing or Annotation(project=project, source=source, **_author())
    for field, value in values.items():
        setattr(annotation, field, value)
    if before == described(annotation):
        return annotation
    annotation.updated_at = now()
    if before is None:
        annotation.created_at = annotation.updated_at
    with transaction.atomic():
        annotation.save()
        action, topic = ("changed", UPDATED) if before else ("created", CREATED)
        audit.record(action, annotation, differences(before or {}, described(annotation)))
        announce(topic, annotation)
    return annotation


def delete_annotation(annotation: Annotation) -> None:
    with transaction.atomic():
        audit.record("deleted", annotation, differences(described(annotation), None))
        annotation.delete()


def described(annotation: Annotation) -> dict[str, Any]:
    """As the audit trail shows it."""
    return {
        "label": annotation.label,
        "start": annotation.start.isoformat(),
        "end": annotation.end.isoformat() if annotation.end else None,
        "details": annotation.details,
        "category": annotation.category.name if annotation.category else None,
        "chart_id": annotation.chart_id,
    }


def save_category(project: Project, name: Any, existing: AnnotationCategory | None = None) -> AnnotationCategory:
    """The category of that name: made where there is none, or the existing one renamed. Raises InvalidAnnotation."""
    name = name.strip() if isinstance(name, str) else ""
    if not 1 <= len(name) <= MOST_CATEGORY or clean(name)[1]:
        raise InvalidAnnotation([Problem("category", f"Give the category a name of 1 to {MOST_CATEGORY} characters.")])
    known = AnnotationCategory.objects.filter(project=project)
    found = known.filter(name=name).first()
    if existing is None and found:
        return found
    if existing and found and found != existing:
        raise InvalidAnnotation([Problem("category", f"There is a category “{name}” already.")])
    if existing is None and known.count() >= MOST_CATEGORIES:
        raise InvalidAnnotation([Problem("category", f"A project has at most {MOST_CATEGORIES} categories.")])
    category = existing or AnnotationCategory(project=project)
    before = category.name
    with transaction.atomic():
        category.name = name
        category.save()
        if before != name:
            audit.record("changed" if existing else "created", category, differences({"name": before}, {"name": name}))
    return category


def delete_category(category: AnnotationCategory) -> None:
    """Its annotations stay, without a category."""
    with transaction.atomic():
        audit.record("deleted", category)
        category.delete()


def _author() -> dict[str, Any]:
    acts = audit.actor()
    return {"author": acts.user, "author_name": acts.name}


def _checked(given: Mapping[str, Any], existing: Annotation | None) -> dict[str, Any]:
    values = {field: given[field] for field in FIELDS if field in given}
    if existing is None:
        values = {"label": "", "start": None} | values
    problems = [
        *(problem for field in TEXTS if field in values and (problem := _text_problem(values, field))),
        *_time_problems(values, existing),
    ]
    if problems:
        raise InvalidAnnotation(problems)
    return values


def _text_problem(values: dict[str, Any], field: str) -> Problem | None:
    """Leaves the text without blanks around it."""
    values[field] = text = values[field].strip()
    if len(text) > TEXTS[field]:
        return Problem(field, f"Write at most {TEXTS[field]:,} characters.")
    if field == "label" and not text:
        return Problem(field, "Say in a few words what happened.")
    return Problem(field, "The text holds a NUL character or half a character.") if clean(text)[1] else None


def _time_problems(values: dict[str, Any], existing: Annotation | None) -> Iterator[Problem]:
    start = values.get("start", existing.start if existing else None)
    end = values.get("end", existing.end if existing else None)
    if start is None:
        yield Problem("start", "Say when it happened, or began.")
    for field, moment in (("start", start), ("end", end)):
        if moment is not None and not EARLIEST <= moment < LATEST:
            yield Problem(field, "This lies outside the years 1900 to 9997.")
    if start and end and end <= start:
        yield Problem("end", "The end must come after the start. Leave it out for a single moment.")


def within(project: Project, since: datetime, until: datetime, most: int) -> list[Annotation]:
    """What touches that stretch of time, the newest `most`; spans that began up to a year before are found."""
    found = Annotation.objects.filter(project=project, start__lt=until, start__gte=since - timedelta(days=366))
    rows = found.select_related("category").order_by("-start")[: 10 * most]
    return [row for row in rows if (row.end or row.start) >= since][:most]
