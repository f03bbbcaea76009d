"""Regular expressions of filters: Python's syntax, bounded in length and in time. (pure)"""

from collections.abc import Callable

import regex

MOST_CHARACTERS = 500
MOST_SUBJECT = 10_000
# Processor time for one text. Honest patterns need microseconds; a batch of 500 events must not stop for a bad one.
SECONDS = 0.01


class Undecided(Exception):
    """A text could not be compared; the message says why. The event is then not sent."""


class BadPattern(ValueError):
    """A regular expression that is refused; the message says what is wrong."""


def check_pattern(pattern: str) -> None:
    """Raises BadPattern."""
    if len(pattern) > MOST_CHARACTERS:
        raise BadPattern(
            f"The regular expression has {len(pattern):,} characters; at most {MOST_CHARACTERS} are allowed."
        )
    try:
        _compiled(pattern)
    except (regex.error, ValueError, OverflowError, RecursionError) as error:
        raise BadPattern(f"This is no regular expression: {error}.") from None


def finder(pattern: str) -> Callable[[str], bool]:
    """Whether a checked pattern is found anywhere in a text. The function raises Undecided."""
    search = _compiled(pattern).search

    def found(text: str) -> bool:
        if len(text) > MOST_SUBJECT:
            raise Undecided(f"the text has more than {MOST_SUBJECT:,} characters, too many for a regular expression")
        try:
            return search(text, timeout=SECONDS) is not None
        except TimeoutError:
            raise Undecided("the regular expression takes too long on this text") from None

    return found


def _compiled(pattern: str) -> "regex.Pattern[str]":
    return regex.compile(pattern, cache_pattern=False)
