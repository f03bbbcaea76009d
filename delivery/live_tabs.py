"""The two tabs of Live events: what comes in, and what goes out."""

from dataclasses import dataclass

from django.urls import reverse

from events.models import Project


@dataclass(frozen=True, slots=True)
class Tab:
    text: str
    url: str
    current: bool
    todo: str = ""


def tabs_of(project: Project, current: str) -> list[Tab]:
    """`current`: the door that is open."""
    tabs = {"events": "Coming in", "events_out": "Going out"}
    return [Tab(text, reverse(door, args=[project.slug]), door == current) for door, text in tabs.items()]
