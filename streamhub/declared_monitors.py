"""What a project watches, in a declaration: channels, monitors, and the categories of annotations."""

from collections.abc import Callable
from typing import Any

from delivery.models import Channel, Monitor
from delivery.monitors.specification import (
    Change,
    InvalidMonitor,
    describe_channel,
    describe_monitor,
    save_channel,
    save_monitor,
)
from events.annotations.rules import InvalidAnnotation, save_category
from events.models import Project
from streamhub.declaration import Path_

Tell = Callable[[Path_, str], None]
KEYS = ("annotation_categories", "alert_channels", "monitors")


def dump_watched(project: Project, *, with_secrets: bool = False) -> dict[str, list[Any]]:
    """Only what there is. Addresses of chats are null unless asked for."""
    monitors = project.monitors.select_related("destination").prefetch_related("channels")
    found: dict[str, list[Any]] = {
        "annotation_categories": list(project.annotation_categories.values_list("name", flat=True)),
        "alert_channels": [describe_channel(one, with_secrets=with_secrets) for one in project.alert_channels.all()],
        "monitors": [describe_monitor(one) for one in monitors],
    }
    return {key: items for key, items in found.items() if items}


def apply_watched(path: Path_, given: dict[str, Any], project: Project, problem: Tell, report: list[str]) -> None:
    """Once cohorts and destinations are there: monitors name them."""
    for key in KEYS:
        if not isinstance(given.get(key) or [], list):
            problem((*path, key), "Write a list.")
            return
    for number, name in enumerate(given.get("annotation_categories") or []):
        try:
            save_category(project, name)
        except InvalidAnnotation as error:
            problem((*path, "annotation_categories", number), error.problems[0].message)
    for key, what, save in (("alert_channels", "channel", _save_channel), ("monitors", "monitor", _save_monitor)):
        names: set[str] = set()
        for number, one in enumerate(given.get(key) or []):
            place = (*path, key, number)
            name = one.get("name") if isinstance(one, dict) else None
            if isinstance(name, str) and name in names:
                problem((*place, "name"), f"“{name}” occurs twice in this file.")
            names.add(str(name))
            try:
                saved, change = save(project, one, name)
            except InvalidMonitor as error:
                for wrong in error.problems:
                    problem((*place, *filter(None, [wrong.field])), wrong.message)
            else:
                report.append(f"{what} {project.name} / {saved}: {change}")


def _save_channel(project: Project, given: Any, name: object) -> tuple[Channel, Change]:
    existing = Channel.objects.filter(project=project, name=name).first() if isinstance(name, str) else None
    return save_channel(project, given, existing)


def _save_monitor(project: Project, given: Any, name: object) -> tuple[Monitor, Change]:
    existing = Monitor.objects.filter(project=project, name=name).first() if isinstance(name, str) else None
    return save_monitor(project, given, existing)
