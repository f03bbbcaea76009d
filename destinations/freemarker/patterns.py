"""Matching Java's regular expressions within bounds of size and time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import regex

from destinations.freemarker.limits import DEFAULTS
from destinations.freemarker.regex_syntax import Flags, translated
from destinations.freemarker.value_errors import BadValue, TooLarge, quoted

_MOST_GROUPS = 200_000


@dataclass(frozen=True, slots=True)
class Budget:
    """What one use of a regular expression may take: characters of pattern and of text, seconds."""

    pattern_characters: int = DEFAULTS.pattern_characters
    subject_characters: int = 10_000
    seconds: float = DEFAULTS.regex_seconds


DEFAULT_BUDGET = Budget()


class Search:
    """One pattern over one text, with one clock for all of its matching.

    `flags` are the letters of the template language: `i` ignores case, `m` lets ^ and $ match at each line, `s`
    lets a dot match line breaks, `c` allows white space and comments in the pattern; others mean nothing here.
    Raises BadValue for a malformed pattern and TooLarge for more than the budget allows.
    """

    def __init__(self, pattern: str, flags: str, text: str, budget: Budget = DEFAULT_BUDGET) -> None:
        if len(pattern) > budget.pattern_characters:
            message = (
                f"The regular expression has {len(pattern):,} characters; {budget.pattern_characters:,} are allowed"
            )
            raise TooLarge(message, "pattern_characters", budget.pattern_characters)
        if len(text) > budget.subject_characters:
            message = (
                f"A text of {len(text):,} characters is too long for a regular expression; "
                f"{budget.subject_characters:,} are allowed, and more without the flag r"
            )
            raise TooLarge(message, "subject_characters", budget.subject_characters)
        self.text = text
        self.compiled = _compiled(pattern, "".join(sorted({*flags} & {*"imsc"})))
        self._pattern = pattern
        self._seconds = budget.seconds
        self._deadline = time.monotonic() + budget.seconds

    def whole(self) -> regex.Match[str] | None:
        """The match of the whole text, if it is one."""
        return self._timed(self.compiled.fullmatch, 0)

    def at_start(self) -> regex.Match[str] | None:
        """The match at the beginning of the text, if there is one."""
        return self._timed(self.compiled.match, 0)

    def after(self, position: int) -> regex.Match[str] | None:
        """The first match that begins at or after the position."""
        return self._timed(self.compiled.search, position)

    def each(self) -> Iterator[regex.Match[str]]:
        """All matches from left to right; an empty one may follow another directly, but not repeat it."""
        position = 0
        while position <= len(self.text):
            match = self.after(position)
            if match is None:
                return
            yield match
            position = match.end() + (match.end() == match.start())

    def _timed(self, method: Callable[..., Any], position: int) -> regex.Match[str] | None:
        try:
            remaining = self._deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError
            found: regex.Match[str] | None = method(self.text, position, timeout=remaining)
            return found
        except TimeoutError:
            message = (
                f"The regular expression {quoted(self._pattern)} needs more than {self._seconds:g} seconds; "
                "repetitions within repetitions are usually the cause"
            )
            raise TooLarge(message, "regex_seconds", self._seconds) from None


@dataclass(frozen=True, slots=True)
class Found:
    """One match: its text and its groups, group 0 first; a group that took no part is empty."""

    text: str
    groups: tuple[str, ...]


class Matches:
    """The result of `?matches`: true if the whole text matches, and listing all partial matches."""

    def __init__(self, text: str, pattern: str, flags: str = "", budget: Budget = DEFAULT_BUDGET) -> None:
        self._search = (pattern, flags, text, budget)
        Search(*self._search)

    @cached_property
    def _whole(self) -> regex.Match[str] | None:
        return Search(*self._search).whole()

    def __bool__(self) -> bool:
        return self._whole is not None

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of the whole match. Raises BadValue when the text as a whole does not match."""
        if self._whole is None:
            raise BadValue("The text as a whole does not match, so there are no groups; test it with #if first")
        return _groups(self._whole)

    @cached_property
    def items(self) -> list[Found]:
        """All partial matches. Raises TooLarge."""
        search = Search(*self._search)
        most = _MOST_GROUPS // (search.compiled.groups + 1)
        found: list[Found] = []
        for match in search.each():
            if len(found) >= most:
                raise TooLarge(f"The regular expression finds more than {most:,} matches", "sequence_items", most)
            found.append(Found(match[0], _groups(match)))
        return found


def _groups(match: regex.Match[str]) -> tuple[str, ...]:
    return (match[0], *match.groups(""))


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> regex.Pattern[str]:
    settings = Flags(ignore_case="i" in flags, multi_line="m" in flags, dot_all="s" in flags, comments="c" in flags)
    try:
        return regex.compile(translated(pattern, settings), regex.VERSION1, cache_pattern=False)
    except regex.error as error:
        raise BadValue(
            f"The regular expression {quoted(pattern)} is malformed: {error.msg}"  # type: ignore[attr-defined]  # the stubs lack it
        ) from None
