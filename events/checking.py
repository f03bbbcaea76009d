"""What is common to all that is checked before it is saved: what may be saved, and what is wrong with the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

Place = tuple[str | int, ...]  # the keys that lead to something: ("conditions", 2, "value")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: `field` is a dotted path ("headers.2.value") into the specification."""

    field: str
    message: str


class Invalid(ValueError):
    """Something was refused, and nothing was saved; `problems` holds everything that is wrong."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{one.field}: {one.message}" for one in self.problems))


class BadPart(ValueError):
    """A part of a specification that is refused; `problems`: for each its place in the part, and the message."""

    def __init__(self, problems: Iterable[tuple[Place, str]]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(message for _, message in self.problems))


class Checking:
    """`columns` holds what can be saved, `problems` what is wrong; a part adds to both."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.columns: dict[str, Any] = {}

    def problem(self, field: str, message: str) -> None:
        self.problems.append(Problem(field, message))

    def problems_at(self, field: str, problems: Iterable[tuple[Place, str]]) -> None:
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


class CheckingMapping(Checking):
    """Of a whole thing: `given` has its keys, {} where it is no mapping."""

    refusal: ClassVar[type[Invalid]] = Invalid

    def __init__(self, given: Any, known: tuple[str, ...]) -> None:
        super().__init__()
        self.given: dict[str, Any] = given if isinstance(given, dict) else {}
        if not isinstance(given, dict):
            self.problem("", f"Write a mapping. Known keys: {', '.join(known)}.")
        self.unknown_keys("", self.given, known)

    def raise_problems(self) -> None:
        if self.problems:
            raise self.refusal(self.problems)
