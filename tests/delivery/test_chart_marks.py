"""Where annotations stand on a chart, and that every chart shows them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from cohorts.models import Cohort, Computation, Kind
from delivery.chart_marks import marks_of, place
from delivery.monitors.specification import save_monitor
from events.annotations.models import Annotation, AnnotationCategory
from events.annotations.rules import save_annotation
from tests.delivery.monitors.conftest import came_in, moment
from tests.streamhub.conftest import administrator, busy, deliver, empty_cache, staff_client

__all__ = ["administrator", "busy", "came_in", "deliver", "empty_cache", "moment", "staff_client"]

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOURS = [NOON + timedelta(hours=n) for n in range(5)]


@pytest.mark.parametrize(
    ("minutes", "percent"), [(-10, 0), (0, 0), (30, 12.5), (60, 25), (150, 62.5), (240, 100), (900, 100)]
)
def test_place(minutes, percent):
    assert place(NOON + timedelta(minutes=minutes), HOURS) == percent


def test_parts_that_are_not_equally_long_are_equally_wide():
    edges = [NOON, NOON + timedelta(minutes=1), NOON + timedelta(hours=10)]
    assert place(NOON + timedelta(minutes=1), edges) == 50


def test_a_span_has_a_width_and_words():
    one = Annotation(
        pk=7,
        label="Sale",
        start=HOURS[1],
        end=HOURS[3],
        details="20 % off",
        category=AnnotationCategory(name="Campaigns"),
    )
    (mark,) = marks_of([one], HOURS, "/list/")
    assert (mark.x, mark.width, mark.url) == (25, 50, "/list/#annotation-7")
    assert mark.words == "Nov 28, 13:00 to Nov 28, 15:00 UTC: Sale (Campaigns). 20 % off"


def a_destination(busy):
    return "destination_activity", busy.destinations.first().pk


def a_monitor(busy):
    return "monitor", save_monitor(busy, {"name": "Few", "metric": "events", "condition": "below", "threshold": 1})[
        0
    ].pk


def a_cohort(busy):
    cohort = Cohort.objects.create(project=busy, name="Paying", kind=Kind.LISTED, public_id="k3x9mfp2")
    for hours in (5, 1):
        one = Computation.objects.create(cohort=cohort, cause="a list", state=Computation.State.DONE, size=hours)
        Computation.objects.filter(pk=one.pk).update(started_at=now() - timedelta(hours=hours))
    return "cohort", cohort.public_id


@pytest.mark.parametrize("chart", [lambda busy: ("overview",), a_destination, a_monitor, a_cohort])
def test_charts_show_marks_and_the_way_to_a_new_one(staff_client, busy, came_in, chart):
    came_in(5, minutes=90)
    page, *which = chart(busy)
    save_annotation(busy, {"label": "Version <2>", "start": now() - timedelta(hours=2)})
    save_annotation(busy, {"label": "Long ago", "start": now() - timedelta(days=20)})
    text = staff_client.get(reverse(page, args=[busy.slug, *which])).content.decode()
    assert text.count('class="sh-marks"') == 1
    assert "UTC: Version &lt;2&gt;" in text
    assert "Long ago" not in text
    assert f'data-annotate="{reverse("annotation_new", args=[busy.slug])}"' in text
    assert "data-at=" in text


def test_so_does_that_of_a_monitor_being_written(staff_client, busy, came_in):
    came_in(5, minutes=90)
    save_annotation(busy, {"label": "Version <2>", "start": now() - timedelta(hours=2)})
    form = {"metric": "events", "window": 3600, "condition": "below", "threshold": 10, "cooldown": 3600}
    text = staff_client.post(reverse("monitor_preview", args=[busy.slug]), form).content.decode()
    assert "UTC: Version &lt;2&gt;" in text
    assert "data-at=" in text
