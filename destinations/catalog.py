"""The catalog: every kind of destination there is. A built-in kind is data, the folder kinds/<slug>/."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent / "kinds"


@dataclass(frozen=True, slots=True)
class Section:
    slug: str
    title: str
    text: str


SECTIONS = (
    Section("events", "Event streaming", "Send each event to a destination seconds after it arrives."),
    Section("cohorts", "Cohorts", "Tell a destination when users enter or leave a cohort."),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A tile. `section`: a Section's slug. `icon`: a name of lucide.dev, on a square of the colour `tint`: indigo,
    teal, amber, blue, pink or slate. `summary`: at most two lines of the tile."""

    slug: str
    name: str
    section: str
    category: str
    icon: str
    tint: str
    summary: str

    def matches(self, text: str) -> bool:
        """Whether every word of `text` occurs in what the tile says."""
        said = f"{self.name} {self.category} {self.summary}".lower()
        return all(word in said for word in text.lower().split())


@cache
def kinds() -> tuple[Kind, ...]:
    """In alphabetical order, the generic webhook first."""
    found = [_read(file) for file in FOLDER.glob("*/kind.yaml")]
    return tuple(sorted(found, key=lambda kind: (kind.slug != "webhook", kind.name.lower())))


def slugs() -> tuple[str, ...]:
    return tuple(kind.slug for kind in kinds())


def kind(slug: str) -> Kind | None:
    return next((kind for kind in kinds() if kind.slug == slug), None)


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


def _read(file: Path) -> Kind:
    return Kind(slug=file.parent.name, **yaml.safe_load(file.read_text(encoding="utf-8")))
