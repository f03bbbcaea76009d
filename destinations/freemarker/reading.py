"""What a template reads: variables, parameters and input paths, with their places."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """One reading of the data: `("input", "user_properties", "email")` and where it is written.

    The path ends where a key is only known at run time. `line` and `column` are 1-based.
    """

    path: tuple[str, ...]
    line: int
    column: int
