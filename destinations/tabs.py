"""The tabs of a destination's pages, in one list: a further tab is a line here, a door in urls.py and a page module."""

from collections import Counter
from dataclasses import dataclass

from django.urls import reverse

from destinations import catalog
from destinations.kind.definition import COHORTS
from destinations.kind_parameters import maps_body
from destinations.models import Destination
from destinations.protection import KEYS as PROTECTION_KEYS
from destinations.specification import missing


@dataclass(frozen=True, slots=True)
class Tab:
    """`door`: the name in urls.py. `keys`: the top-level keys of the specification that are edited there."""

    text: str
    door: str
    keys: tuple[str, ...] = ()

    def url(self, destination: Destination) -> str:
        return reverse(self.door, args=[destination.project.slug, destination.pk])


SETUP = Tab("Setup", "destination", ("name", "kind", "parameters", "url", "method", "headers", "timeouts", "enabled"))
TABS = (
    SETUP,
    Tab("Payload", "destination_payload", ("payload",)),
    Tab("Transformation", "destination_transformation", ("transformation", "event_controls")),
    Tab("Filter", "destination_filter", ("filter", "consent", "events", "identify_on")),
    Tab("Mappings", "destination_mappings", ("mappings",)),
    Tab("Sending", "destination_sending", ("sending",)),
    Tab("Security", "destination_security", PROTECTION_KEYS),
    Tab("Test", "destination_test"),
    Tab("Activity", "destination_activity"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A tab as templates/pieces/tabs.html draws it."""

    text: str
    url: str
    current: bool
    todo: str


def tab_of(field: str) -> Tab:
    """Where the specification's field (a dotted path) is edited."""
    key = field.partition(".")[0]
    return next((tab for tab in TABS if key in tab.keys), SETUP)


def shown_tabs(destination: Destination, current: str) -> list[Shown]:
    """All tabs, the one whose door is `current` marked; each says how many things on it keep it from being enabled."""
    left = Counter(tab_of(problem.field).door for problem in missing(destination))
    tabs = [tab for tab in TABS if tab.door not in _useless(destination)]
    return [Shown(t.text, t.url(destination), t.door == current, _todo(left[t.door])) for t in tabs]


def _useless(destination: Destination) -> tuple[str, ...]:
    """Doors behind which there is nothing to set: a message is sent whole, a cohort's batch is not transformed."""
    kind = catalog.of(destination)
    if kind is None:
        return ()
    if kind.section == COHORTS:
        return ("destination_transformation",)
    sends_whole = kind.sends_messages or maps_body(destination)
    return ("destination_payload", "destination_mappings") if sends_whole else ()


def _todo(count: int) -> str:
    return f"{count} to do" if count else ""
