"""What differs between two texts, line by line. (pure)"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from events.jsonlayout import indented

MOST_LINES = 2_000  # of each text: comparing takes up to the square of it
CONTEXT = 3


@dataclass(frozen=True, slots=True)
class Line:
    """`gone` stands only in the first text, `new` only in the second, `same` in both; `cut` says what is left out."""

    kind: Literal["gone", "new", "same", "cut"]
    text: str


def difference(before: str, after: str) -> list[Line]:
    """The lines that differ, with three lines around each place; empty for equal texts."""
    if before == after:
        return []
    old, new = before.splitlines(), after.splitlines()
    if max(len(old), len(new)) > MOST_LINES:
        return [Line("cut", f"More than {MOST_LINES:,} lines: too long to compare.")]
    return list(_lines(old, new)) or [Line("cut", "They differ in line ends only.")]


def json_difference(before: str, after: str) -> list[Line]:
    """As `difference`, for two texts that are valid JSON: white space between values does not count."""
    return difference(indented(before), indented(after))


def _lines(old: list[str], new: list[str]) -> Iterator[Line]:
    seen = 0
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT):
        if skipped := group[0][1] - seen:
            yield Line("cut", _skipped(skipped))
        for tag, i, j, k, m in group:
            if tag == "equal":
                yield from (Line("same", text) for text in old[i:j])
            else:
                yield from (Line("gone", text) for text in old[i:j])
                yield from (Line("new", text) for text in new[k:m])
        seen = group[-1][2]
    if seen and seen < len(old):
        yield Line("cut", _skipped(len(old) - seen))


def _skipped(count: int) -> str:
    return f"… {count:,} line{'' if count == 1 else 's'} that {'is' if count == 1 else 'are'} the same"
