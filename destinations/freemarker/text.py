"""Searching, cutting and padding text.

Positions and lengths count UTF-16 code units.
"""

from __future__ import annotations

import re

from destinations.freemarker.limits import DEFAULTS
from destinations.freemarker.utf16 import joined, units
from destinations.freemarker.value_errors import BadValue, check_characters

_TRIMMED = "".join(map(chr, range(0x21)))
_WORD = re.compile(r"[^ \t\n\r\f]+")


def length(text: str) -> int:
    """`?length`."""
    return len(units(text))


def character_at(text: str, index: int) -> str:
    """`text[index]`. Raises BadValue outside the text."""
    plain = units(text)
    if not 0 <= index < len(plain):
        raise BadValue(f"There is no character {index}: the text has {_count(len(plain))}, counted from 0")
    return plain[index]


def cut_by_range(text: str, begin: int, size: int | None, step: int = 1, *, adaptive: bool, inclusive: bool) -> str:
    """`text[range]` for a range that starts at `begin` and has `size` items, None for an endless one.

    `step` is 1 or -1, `adaptive` says that the range may reach past the end (`a..*n` and `a..`), and
    `inclusive` that it was written `a..b`; such a range of two descending items gives an empty text.
    Raises BadValue when the range leaves the text or runs backwards.
    """
    if size == 0:
        return ""
    plain = units(text)
    _check_begin(begin, len(plain), open_ended=adaptive and step > 0)
    if size is None:
        return joined(plain[begin:])
    last = begin + (size - 1) * step
    if not adaptive and not 0 <= last < len(plain):
        raise BadValue(f"The range ends at {last}, but the text has only {_count(len(plain))}, counted from 0")
    if step > 0 or size == 1:
        return joined(plain[begin : last + 1])
    if inclusive and size == 2:
        return ""
    if begin == 0:
        return plain[0]
    raise BadValue(f"A range that runs backwards (from {begin} to {last}) cannot cut a text; swap its ends")


def substring(text: str, begin: int, end: int | None = None) -> str:
    """`?substring`: from `begin` up to but without `end`. Raises BadValue outside the text."""
    plain = units(text)
    stop = len(plain) if end is None else end
    for index in (begin, stop):
        if index < 0:
            raise BadValue(f"The position {index} is negative; the first character is 0")
        if index > len(plain):
            raise BadValue(
                f"The position {index} is past the end of the text, which has {_count(len(plain))}; "
                f"text[{begin}..*n] takes at most n characters without failing"
            )
    if begin > stop:
        raise BadValue(f"The begin position {begin} is after the end position {stop}")
    return joined(plain[begin:stop])


def contains(text: str, part: str) -> bool:
    """`?contains`."""
    return part in text


def starts_with(text: str, beginning: str) -> bool:
    """`?starts_with`."""
    return text.startswith(beginning)


def ends_with(text: str, ending: str) -> bool:
    """`?ends_with`."""
    return text.endswith(ending)


def index_of(text: str, part: str, start: int = 0) -> int:
    """`?index_of`: where the part first begins at or after `start`, else -1."""
    plain = units(text)
    return plain.find(units(part), min(max(start, 0), len(plain)))


def last_index_of(text: str, part: str, start: int | None = None) -> int:
    """`?last_index_of`: where the part last begins at or before `start`, else -1."""
    plain, sought = units(text), units(part)
    if start is None:
        return plain.rfind(sought)
    if start < 0:
        return -1
    return plain.rfind(sought, 0, start + len(sought))


def left_pad(text: str, width: int, fill: str = " ", *, most: int = DEFAULTS.string_characters) -> str:
    """`?left_pad`: at least `width` long; the fill starts at the left end.

    Raises BadValue for an empty fill and TooLarge for a width over `most`.
    """
    missing, repeated = _fill(text, width, fill, most)
    return joined(repeated[:missing] + units(text)) if missing > 0 else text


def right_pad(text: str, width: int, fill: str = " ", *, most: int = DEFAULTS.string_characters) -> str:
    """`?right_pad`: at least `width` long; the fill counts from the left end, hidden where the text is.

    Raises BadValue for an empty fill and TooLarge for a width over `most`.
    """
    missing, repeated = _fill(text, width, fill, most)
    plain = units(text)
    return joined(plain + repeated[len(plain) : len(plain) + missing]) if missing > 0 else text


def trim(text: str) -> str:
    """`?trim`: without spaces and control characters at both ends; a no-break space stays."""
    return text.strip(_TRIMMED)


def chop_linebreak(text: str) -> str:
    """`?chop_linebreak`: without one final line break."""
    if text.endswith("\r\n"):
        return text[:-2]
    return text[:-1] if text.endswith(("\n", "\r")) else text


def word_list(text: str) -> list[str]:
    """`?word_list`: the runs between white space."""
    return _WORD.findall(text)


def remove_beginning(text: str, beginning: str) -> str:
    """`?remove_beginning`."""
    return text.removeprefix(beginning)


def remove_ending(text: str, ending: str) -> str:
    """`?remove_ending`."""
    return text.removesuffix(ending)


def ensure_starts_with(text: str, beginning: str) -> str:
    """`?ensure_starts_with` with one argument."""
    return text if text.startswith(beginning) else beginning + text


def ensure_ends_with(text: str, ending: str) -> str:
    """`?ensure_ends_with`."""
    return text if text.endswith(ending) else text + ending


def _check_begin(begin: int, size: int, *, open_ended: bool) -> None:
    if begin < 0:
        raise BadValue(f"The range starts at {begin}; the first character of a text is 0")
    if begin > size or (begin == size and not open_ended):
        raise BadValue(f"The range starts at {begin}, but the text has only {_count(size)}, counted from 0")


def _fill(text: str, width: int, fill: str, most: int) -> tuple[int, str]:
    """How many characters are missing, and the fill repeated over the whole width."""
    missing = width - length(text)
    if missing <= 0:
        return 0, ""
    if not fill:
        raise BadValue("The text to pad with is empty; leave it out to pad with spaces")
    check_characters(width, most)
    pattern = units(fill)
    return missing, pattern * (width // len(pattern) + 1)


def _count(characters: int) -> str:
    return "1 character" if characters == 1 else f"{characters} characters"
