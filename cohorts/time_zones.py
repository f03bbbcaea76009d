"""Where a project's day begins, which is what “daily at 06:30” goes by."""

from typing import Any
from zoneinfo import available_timezones

from django.utils.timezone import now

from cohorts.models import Cadence, Cohort, Sync
from cohorts.schedule import next_after, plan_of
from events.models import Project


class BadTimeZone(ValueError):
    """A time zone that is refused, in words."""


NAMES = tuple(sorted(available_timezones()))


def checked_time_zone(name: Any) -> str:
    """Raises BadTimeZone."""
    if not isinstance(name, str) or name not in NAMES:
        raise BadTimeZone(f"“{str(name)[:60]}” is no time zone. Write a name such as Europe/Warsaw, or UTC.")
    return name


def set_time_zone(project: Project, name: Any) -> bool:
    """Whether that changes the project, which is not saved here. Raises BadTimeZone."""
    changed = checked_time_zone(name) != project.time_zone
    project.time_zone = name
    return changed


def plan_days_anew(project: Project) -> None:
    """After its time zone was changed and saved: what is done daily is done at that hour of the new day."""
    for model, rows in (
        (Cohort, Cohort.objects.filter(project=project, cadence=Cadence.DAILY)),
        (Sync, Sync.objects.filter(cohort__project=project, cadence=Cadence.DAILY)),
    ):
        for row in rows.exclude(next_at=None):
            model.objects.filter(pk=row.pk).update(next_at=next_after(plan_of(row), now(), project.time_zone))
