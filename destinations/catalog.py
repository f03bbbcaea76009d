"""The catalog: every kind of destination there is. A built-in kind is data, the folder kinds/<slug>/; one that was made
in the portal is the same data in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db.models import Q

from destinations.kind.definition import Kind
from destinations.kind.folder import read_folder
from destinations.kind.rules import read_kind
from destinations.models import Destination
from destinations.portal import published

FOLDER = Path(__file__).parent / "kinds"
# The plain ones come first in their sections.
FIRST = ("webhook", "http-webhook", "rudderstack-webhook", "cohort-webhook")


@dataclass(frozen=True, slots=True)
class Section:
    slug: str
    title: str
    text: str


SECTIONS = (
    Section("events", "Event streaming", "Send each event to a destination seconds after it arrives."),
    Section("cohorts", "Cohorts", "Tell a destination when users enter or leave a cohort."),
)


@cache
def slugs() -> tuple[str, ...]:
    """The built-in ones, the plain ones first."""
    return tuple(sorted((file.parent.name for file in FOLDER.glob("*/kind.yaml")), key=_rank))


def kind(slug: str) -> Kind | None:
    """What a new destination of that name gets; None where there is none, or it was withdrawn."""
    return built_in(slug) if slug in slugs() else published.kind(slug)


def of(destination: Destination) -> Kind | None:
    """The destination's own kind, in the version it was made with."""
    if destination.kind_in_making is not None:
        return destination.kind_in_making
    if destination.kind_version_id is not None:
        return published.version(destination.kind_version_id)
    return kind(destination.kind)


@cache
def built_in(slug: str) -> Kind:
    """Read when it is first asked for: a worker needs few of them."""
    files = read_folder(FOLDER / slug)
    return read_kind(slug, files.definition, files.logo)


def is_plain(destination: Destination) -> bool:
    """Whether a destination has a URL of its own; also where there is no such kind any more."""
    found = of(destination)
    return found is None or found.is_plain


def kinds() -> tuple[Kind, ...]:
    """In alphabetical order, the plain ones first."""
    found = [*map(built_in, slugs()), *published.kinds()]
    return tuple(sorted(found, key=lambda one: _rank(one.slug, one.name.lower())))


def taking(section: str) -> Q:
    """The destinations of that section, withdrawn kinds among them."""
    return Q(kind__in=_built_in_of(section)) | Q(kind_version__kind__section=section)


@cache
def _built_in_of(section: str) -> tuple[str, ...]:
    return tuple(slug for slug in slugs() if built_in(slug).section == section)


def categories() -> list[str]:
    """In the order of the tiles."""
    return list(dict.fromkeys(kind.category for kind in kinds()))


def found(text: str = "", category: str = "") -> list[Kind]:
    """The tiles that match; an empty `category` is all of them."""
    return [kind for kind in kinds() if kind.matches(text) and category in ("", kind.category)]


def in_sections(shown: Iterable[Kind]) -> list[tuple[Section, list[Kind]]]:
    """Only sections that have a tile."""
    tiles = list(shown)
    grouped = [(section, [kind for kind in tiles if kind.section == section.slug]) for section in SECTIONS]
    return [(section, members) for section, members in grouped if members]


def _rank(slug: str, name: str = "") -> tuple[int, str]:
    return (FIRST.index(slug) if slug in FIRST else len(FIRST), name or slug)
