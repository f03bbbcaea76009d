"""What an annotation may be, and what is told of it."""

from datetime import UTC, datetime, timedelta

import pytest

from events.annotations.models import Annotation
from events.annotations.rules import (
    InvalidAnnotation,
    delete_annotation,
    delete_category,
    save_annotation,
    save_category,
    within,
)
from events.models import AuditEntry, Event, Outbox

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_made_is_audited_and_announced_once(project):
    made = save_annotation(project, {"label": " Version 2.4 ", "start": NOON, "details": "Łódź"}, source="API")
    assert (made.label, made.author_name, made.source) == ("Version 2.4", "the hub", "API")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_type, entry.object_name) == ("created", "annotation", "Version 2.4")
    event = Event.objects.get()
    assert (event.topic, event.event_type) == ("annotation.created", "Annotation created")
    told = event.data["event_properties"]
    assert (told["annotation_id"], told["label"], told["details"]) == (made.pk, "Version 2.4", "Łódź")
    assert (told["date"], told["app_id"]) == ("2026-11-28T12:00:00.000Z", project.pk)
    assert "end" not in told
    assert Outbox.objects.filter(event_id=event.pk).exists()


def test_changed_is_announced_as_updated_and_unchanged_not_at_all(project):
    made = save_annotation(project, {"label": "Sale", "start": NOON})
    save_annotation(project, {"label": "Sale"}, made)
    assert Event.objects.count() == 1
    save_annotation(project, {"end": NOON + timedelta(days=1)}, made)
    told = Event.objects.latest("pk")
    assert told.topic == "annotation.updated"
    assert told.data["event_properties"]["end"] == "2026-11-29T12:00:00.000Z"
    assert AuditEntry.objects.latest("pk").changes == [["end", None, "2026-11-29T12:00:00+00:00"]]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"start": NOON}, "label"),
        ({"label": " ", "start": NOON}, "label"),
        ({"label": "x" * 256, "start": NOON}, "label"),
        ({"label": "a\0b", "start": NOON}, "label"),
        ({"label": "Sale"}, "start"),
        ({"label": "Sale", "start": NOON, "end": NOON}, "end"),
        ({"label": "Sale", "start": datetime(1, 1, 1, tzinfo=UTC)}, "start"),
        ({"label": "Sale", "start": NOON, "details": "x" * 10_001}, "details"),
    ],
)
def test_refused(project, given, field):
    with pytest.raises(InvalidAnnotation) as refused:
        save_annotation(project, given)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert not Annotation.objects.exists()


def test_a_category_is_made_once_and_its_annotations_outlive_it(project):
    category = save_category(project, "Releases")
    assert save_category(project, " Releases ") == category
    made = save_annotation(project, {"label": "2.4", "start": NOON, "category": category})
    delete_category(category)
    made.refresh_from_db()
    assert made.category is None
    with pytest.raises(InvalidAnnotation):
        save_category(project, "")


def test_deleted_is_audited(project):
    delete_annotation(save_annotation(project, {"label": "Sale", "start": NOON}))
    assert AuditEntry.objects.latest("pk").action == "deleted"
    assert not Annotation.objects.exists()


def test_within_finds_moments_and_spans_that_reach_in(project):
    for label, start, end in (
        ("before", -30, None), ("reaches in", -30, 1), ("over already", -30, -26), ("inside", -2, None),
        ("later", 1, None),
    ):  # fmt: skip
        given = {"start": NOON + timedelta(hours=start), "end": end and NOON + timedelta(hours=end)}
        save_annotation(project, given | {"label": label})
    found = within(project, NOON - timedelta(days=1), NOON, 10)
    assert [one.label for one in found] == ["inside", "reaches in"]
