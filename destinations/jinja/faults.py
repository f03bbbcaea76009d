"""What goes wrong inside a rendering, before it has a line: the engine's own exception."""

from __future__ import annotations

from typing import NamedTuple

from destinations.freemarker.errors import Kind


class Place(NamedTuple):
    """An expression as the author may have written it, and where it starts (both 1-based)."""

    text: str
    line: int
    column: int | None


class Fault(Exception):
    """A failure in words. `errors.translated` turns it into a `TemplateError` with line and column."""

    def __init__(self, kind: Kind, message: str, tip: str | None = None, place: Place | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.tip = tip
        self.place = None if place is None else Place(*place)
