"""The value of a variable or key that is not there."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from jinja2.exceptions import UndefinedError
from jinja2.runtime import StrictUndefined
from jinja2.utils import missing as not_given

from destinations.jinja.faults import Fault, Place

REMOVED_GLOBALS = frozenset({"lipsum", "cycler", "joiner"})


class Missing(StrictUndefined):
    """May be asked `is defined` and given to `default`; anything else raises a fault that names the path."""

    __slots__ = ("_place",)

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = not_given,
        name: str | int | None = None,
        exc: Any = UndefinedError,
        place: Place | None = None,
    ) -> None:
        self._undefined_hint = hint
        self._undefined_obj = obj
        self._undefined_name = name  # type: ignore[assignment]  # a list's missing index is a number
        self._place = place

    def _undefined_exception(self, message: str) -> Fault:  # type: ignore[override]
        """Called by every operation of the base class in place of an exception class."""
        name = self._undefined_name
        if self._undefined_hint is not None:
            return Fault("missing", self._undefined_hint[:1].upper() + self._undefined_hint[1:] + ".")
        if self._place is None and name in REMOVED_GLOBALS:
            return Fault("refused", f"{name} is not available in payload templates.")
        path = self._place[0] if self._place else name
        tip = f'Write {path} | default("") for a replacement, or test it with {{% if {path} is defined %}}.'
        owner = self._undefined_obj
        near = get_close_matches(str(name), map(str, owner), 1) if type(owner) is dict else None
        if near:
            tip = f"There is {near[0]}: did you mean that? Otherwise: {tip}"
        return Fault("missing", f"{path} is missing.", tip, self._place)
