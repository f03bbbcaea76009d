"""The catalog: every kind of destination there is. A built-in kind is data, the folder kinds/<slug>/."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from destinations.kind.definition import Kind
from destinations.kind.folder import read_folder
from destinations.kind.rules import read_kind

FOLDER = Path(__file__).parent / "kinds"
# The plain ones come first in their sections.
FIRST = ("webhook", "http-webhook", "cohort-webhook")


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
    """The plain ones first."""
    return tuple(sorted((file.parent.name for file in FOLDER.glob("*/kind.yaml")), key=_rank))


@cache
def kind(slug: str) -> Kind | None:
    """Read when it is first asked for: a worker needs few of them."""
    if slug not in slugs():
        return None
    files = read_folder(FOLDER / slug)
    return read_kind(slug, files.definition, files.logo)


def is_plain(slug: str) -> bool:
    """Whether a destination of that kind has a URL of its own; also where there is no such kind any more."""
    found = kind(slug)
    return found is None or found.is_plain


def kinds() -> tuple[Kind, ...]:
    """In alphabetical order, the plain ones first."""
    found = [one for one in map(kind, slugs()) if one is not None]
    return tuple(sorted(found, key=lambda one: _rank(one.slug, one.name.lower())))


@cache
def kinds_of(section: str) -> tuple[str, ...]:
    """Their slugs."""
    return tuple(one.slug for one in kinds() if one.section == section)


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
