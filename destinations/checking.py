"""What is common to the checks of a specification's parts: what may be saved, and what is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: `field` is a dotted path ("headers.2.value") into the specification."""

    field: str
    message: str


class Checking:
    """`columns` holds what can be saved, `problems` what is wrong; a part adds to both."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.columns: dict[str, Any] = {}

    def problem(self, field: str, message: str) -> None:
        self.problems.append(Problem(field, message))

    def problems_at(self, field: str, problems: Iterable[tuple[tuple[str | int, ...], str]]) -> None:
        """Each with its place below `field`."""
        for place, message in problems:
            self.problem(".".join(map(str, (field, *place))), message)

    def unknown_keys(self, prefix: str, given: Iterable[Any], known: tuple[str, ...]) -> None:
        for key in given:
            if key not in known:
                self.problem(f"{prefix}{key}", f"“{key}” is not a known key. Known: {', '.join(known)}.")

    def flag(self, field: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self.problem(field, "Write true or false.")
            return False
        return value
