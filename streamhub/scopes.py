"""What a token of the API may be about: areas, each to be read or to be changed as well. (pure)"""

from dataclasses import dataclass

READ, WRITE = "read", "write"
NEW_PROJECTS = "projects"


@dataclass(frozen=True, slots=True)
class Area:
    """`ways`: what can be granted of it."""

    slug: str
    title: str
    text: str
    ways: tuple[str, ...] = (READ, WRITE)


AREAS = (
    Area(
        "project",
        "Project",
        "Its settings, keys, event transformations, incoming webhooks; the whole configuration.",
    ),
    Area("destinations", "Destinations", "Destinations with their templates, filters and mappings; the catalog."),
    Area("deliveries", "Deliveries", "The log, retries, cancelling, replays; the inbox."),
    Area("events", "Events", "What came in, and what became of it.", (READ,)),
    Area("cohorts", "Cohorts", "Cohorts, their members, syncs and runs; profiles."),
    Area("monitors", "Monitors", "Monitors, their alerts and channels; annotations."),
    Area("members", "Members", "Who belongs to the project, and as what; tokens, to look at and to revoke."),
    Area("audit", "Audit trail", "Who changed what.", (READ,)),
    Area(NEW_PROJECTS, "New projects", "Making others, where the token’s maker may.", (WRITE,)),
)
SCOPES = tuple(f"{area.slug}:{way}" for area in AREAS for way in area.ways)


def covers(scopes: list[str], needed: str) -> bool:
    """Whether one of the scopes is the needed one; who may write may read."""
    area, _, way = needed.partition(":")
    return needed in scopes or (way == READ and f"{area}:{WRITE}" in scopes)
