"""What is wrong with a kind, and where."""

from collections.abc import Iterable
from dataclasses import dataclass

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """`place`: the keys that lead to it in the definition, ("parameters", 1, "name"). `line`, from 1: in a text that
    stands there, such as the template; None for the value as a whole."""

    place: Place
    message: str
    line: int | None = None

    @property
    def path(self) -> str:
        """parameters.1.name"""
        return ".".join(map(str, self.place))


class BadKind(ValueError):
    """A kind that is refused, with everything that is wrong."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{p.path}: {p.message}" for p in self.problems))
