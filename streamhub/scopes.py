"""What a token of the API may be about: areas, each to be read or to be changed as well. (pure)"""

from dataclasses import dataclass

READ, WRITE = "read", "write"


@dataclass(frozen=True, slots=True)
class Area:
    """`writable` where its API changes something."""

    slug: str
    title: str
    text: str
    writable: bool = True


AREAS = (
    Area(
        "project",
        "Project",
        "Its settings, keys, event transformations, incoming webhooks; the whole configuration.",
    ),
    Area("destinations", "Destinations", "Destinations with their templates, filters and mappings; the catalog."),
    Area("deliveries", "Deliveries", "The log, retries, cancelling, replays; the inbox."),
    Area("events", "Events", "What came in, and what became of it.", writable=False),
    Area("cohorts", "Cohorts", "Cohorts, their members, syncs and runs; profiles."),
    Area("monitors", "Monitors", "Monitors, their alerts and channels; annotations."),
    Area("members", "Members", "Who belongs to the project, and as what; tokens, to look at and to revoke."),
    Area("audit", "Audit trail", "Who changed what.", writable=False),
)
SCOPES = tuple(f"{area.slug}:{way}" for area in AREAS for way in ((READ, WRITE) if area.writable else (READ,)))


def covers(scopes: list[str], needed: str) -> bool:
    """Whether one of the scopes is the needed one; who may write may read."""
    area, _, way = needed.partition(":")
    return needed in scopes or (way == READ and f"{area}:{WRITE}" in scopes)
