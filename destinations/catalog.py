"""The catalog: every kind of destination there is. A built-in kind is data, the folder kinds/<slug>/."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from destinations.kind.definition import Kind
from destinations.kind.folder import read_folder
from destinations.kind.logo import checked_logo
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
    return tuple(sorted(file.parent.name for file in FOLDER.glob("*/kind.yaml")))


@cache
def kind(slug: str) -> Kind | None:
    """Read when it is first asked for: a worker needs few of them."""
    if slug not in slugs():
        return None
    files = read_folder(FOLDER / slug)
    return read_kind(slug, files.definition, checked_logo(files.logo) if files.logo else b"")


def kinds() -> tuple[Kind, ...]:
    """In alphabetical order, the plain ones first."""
    found = [one for one in map(kind, slugs()) if one is not None]
    return tuple(sorted(found, key=_rank))


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


def _rank(kind: Kind) -> tuple[int, str]:
    return (FIRST.index(kind.slug) if kind.slug in FIRST else len(FIRST), kind.name.lower())
