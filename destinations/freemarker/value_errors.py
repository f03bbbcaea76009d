"""What the functions over plain values raise; the engine adds the place in the template.

Each is a `ValueError` whose message says what is wrong and what to write instead. `kind` is the kind of
`TemplateError` that it becomes.
"""

from __future__ import annotations

from typing import ClassVar, Literal


class BadValue(ValueError):
    """An argument that the built-in cannot work with."""

    kind: ClassVar[Literal["other", "type", "limit"]] = "other"
    here: ClassVar[bool] = False
    """The running expression is to blame, and not the tag that it stands in."""


class BadConversion(BadValue):
    """A value that cannot become one of another kind."""

    here = True


class WrongType(BadValue):
    """A value that is not what its text or its use claims, such as the number in `"abc"?number`."""

    kind = "type"


class TooLarge(BadValue):
    """A result that a limit forbids, found before it is built: `limit` names it, `value` is its size."""

    kind = "limit"

    def __init__(self, message: str, limit: str, value: float) -> None:
        super().__init__(message)
        self.limit = limit
        self.value = value


def quoted(text: str, width: int = 40) -> str:
    """The text in double quotes for a message, cut after `width` characters."""
    shown = text if len(text) <= width else text[: width - 1] + "…"
    return '"' + "".join(c if c.isprintable() else "�" for c in shown) + '"'


def check_characters(characters: int, allowed: int) -> None:
    """Refuse a string longer than the limit on one string value.

    Raises TooLarge.
    """
    if characters > allowed:
        message = f"The resulting text would have {characters:,} characters; one text may have {allowed:,}"
        raise TooLarge(message, "string_characters", allowed)
