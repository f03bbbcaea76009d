"""Reading an untrusted JSON object key by key, with every problem kept. (pure)"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from destinations.kind.problems import Place, Problem

T = TypeVar("T")
MOST_CHARACTERS = 1_000


class Shape:
    """One object of a definition. Each getter returns a value of the wanted type, noting what is wrong with it."""

    def __init__(self, given: Any, place: Place, problems: list[Problem], known: Iterable[str]) -> None:
        self.place, self.problems = place, problems
        self.given: dict[str, Any] = {}
        if not isinstance(given, dict):
            self.problem("Write an object with these keys: " + ", ".join(known) + ".")
            return
        self.given = given
        for key in given:
            if key not in known:
                self.problem(f"“{key}” is not a known key. Known: {', '.join(known)}.", key)

    def problem(self, message: str, *keys: str | int) -> None:
        self.problems.append(Problem((*self.place, *keys), message))

    def text(self, key: str, default: str = "", *, required: bool = False, most: int = MOST_CHARACTERS) -> str:
        value = self.given.get(key)
        if value is None or value == "":
            if required:
                self.problem(f"{_named(key)} is missing. Write it.", *((key,) if key in self.given else ()))
            return default
        if not isinstance(value, str):
            self.problem(f"Write text, not {_described(value)}. Put it in quotes.", key)
            return default
        if len(value) > most:
            self.problem(f"This has {len(value):,} characters; at most {most:,} are allowed.", key)
        return value

    def flag(self, key: str) -> bool:
        value = self.given.get(key, False)
        if not isinstance(value, bool):
            self.problem("Write true or false.", key)
            return False
        return value

    def number(self, key: str, least: float, most: float) -> float | None:
        value = self.given.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            self.problem(f"Write a number from {least:g} to {most:,.0f}.", key)
            return None
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        value = self.given.get(key, default)
        if value not in choices:
            self.problem(f"“{value}” is not one of {', '.join(choices)}.", key)
            return default
        return str(value)

    def each(self, key: str, read: Callable[[Any, Place], T], *, most: int) -> tuple[T, ...]:
        """The items of a list, each read with its own place."""
        value = self.given.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.problem("Write a list.", key)
            return ()
        if len(value) > most:
            self.problem(f"There are {len(value)}; at most {most} are allowed.", key)
        return tuple(read(item, (*self.place, key, number)) for number, item in enumerate(value[:most]))

    def texts(self, key: str, *, most: int = 100) -> tuple[str, ...]:
        def one(item: Any, place: Place) -> str:
            if isinstance(item, str) and item:
                return item
            self.problems.append(Problem(place, f"Write text, not {_described(item)}."))
            return ""

        return self.each(key, one, most=most)


def twice(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Where a name occurs again, whatever its case."""
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name and name.lower() in seen:
            yield number, name
        seen.add(name.lower())


def _named(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _described(value: Any) -> str:
    if value is None:
        return "nothing"
    kinds = {bool: "true or false", dict: "an object", list: "a list", int: "a number", float: "a number"}
    return kinds.get(type(value), type(value).__name__)
