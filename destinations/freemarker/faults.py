"""What goes wrong inside the engine, before it is a `TemplateError` with a place and an excerpt."""

from __future__ import annotations

from destinations.freemarker.errors import Kind


class SyntaxFault(Exception):
    """The source cannot be read. `start` and `end` are offsets of what is to blame."""

    def __init__(
        self, message: str, start: int, end: int | None = None, tip: str | None = None, kind: Kind = "parse"
    ) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.tip = tip
        self.kind = kind


class Fault(Exception):
    """A rendering cannot go on. `at` is the site to blame, None for the one that is running."""

    here = False
    """The running expression is to blame, and not the tag that it stands in."""

    def __init__(self, kind: Kind, message: str, at: int | None = None, tip: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.at = at
        self.tip = tip


class FaultHere(Fault):
    """A fault of the very expression that is running."""

    here = True


class Missing(Fault):
    """A value that is needed and not there; the only fault that `(...)!` and `(...)??` forgive."""

    def __init__(self, message: str, at: int | None = None, tip: str | None = None) -> None:
        super().__init__("missing", message, at, tip)


class LimitReached(Fault):
    """A budget is used up; `#attempt` lets it through."""

    def __init__(self, message: str, at: int | None = None, tip: str | None = None) -> None:
        super().__init__("limit", message, at, tip)
