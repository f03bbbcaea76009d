"""Cutting a text to a length with an end mark: the `?truncate` family.

Lengths count UTF-16 code units. A cut falls after a word where that costs little, a space is put between a
whole word and the mark, and the mark is never left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from destinations.freemarker.casing import WHITE_SPACE
from destinations.freemarker.utf16 import joined, units
from destinations.freemarker.value_errors import BadValue

DEFAULT_END = "[...]"
DEFAULT_MARKUP_END = "<span class='truncateTerminator'>[&#8230;]</span>"
DEFAULT_MARKUP_END_LENGTH = 3

_DOTS = ".\u2026"
_WORD_SHARE = 0.75  # a cut after a word must keep this share of the length, or a word is cut instead


def truncate(text: str, length: int, end: str | None = None, end_length: int | None = None) -> str:
    """`?truncate`: after a word if that keeps three quarters of the length, else within one.

    `end` is `[...]` unless given and counts as `end_length` characters if that is given.
    Raises BadValue for a negative length.
    """
    return _ended(text, length, end, end_length, _cut_anywhere)


def truncate_w(text: str, length: int, end: str | None = None, end_length: int | None = None) -> str:
    """`?truncate_w`: after a word. Raises BadValue for a negative length."""
    return _ended(text, length, end, end_length, _cut_after_word)


def truncate_c(text: str, length: int, end: str | None = None, end_length: int | None = None) -> str:
    """`?truncate_c`: after any character. Raises BadValue for a negative length."""
    return _ended(text, length, end, end_length, _cut_after_character)


def truncate_m(text: str, length: int, end: str | None = None, end_length: int | None = None) -> Truncated:
    """`?truncate_m`: as `truncate`, with a mark of HTML unless one is given."""
    return _ended_in_markup(text, length, end, end_length, _cut_anywhere)


def truncate_w_m(text: str, length: int, end: str | None = None, end_length: int | None = None) -> Truncated:
    """`?truncate_w_m`: as `truncate_w`, with a mark of HTML unless one is given."""
    return _ended_in_markup(text, length, end, end_length, _cut_after_word)


def truncate_c_m(text: str, length: int, end: str | None = None, end_length: int | None = None) -> Truncated:
    """`?truncate_c_m`: as `truncate_c`, with a mark of HTML unless one is given."""
    return _ended_in_markup(text, length, end, end_length, _cut_after_character)


Truncated = tuple[str, str]
"""A plain text and the HTML after it, empty where nothing was cut or the caller gave the mark as text."""

_Cut = Callable[[str, int, int, bool], str]


def _ended(text: str, length: int, end: str | None, end_length: int | None, cut: _Cut) -> str:
    _check_lengths(length, end_length)
    plain = units(text)
    if len(plain) <= length:
        return text
    if end is None:
        end, end_length = DEFAULT_END, len(DEFAULT_END)
    mark_length = len(units(end)) if end_length is None else end_length
    return joined(cut(plain, length, mark_length, end[:1] in _DOTS and end != "")) + end


def _ended_in_markup(text: str, length: int, end: str | None, end_length: int | None, cut: _Cut) -> Truncated:
    if end is not None:
        return _ended(text, length, end, end_length, cut), ""
    _check_lengths(length, end_length)
    plain = units(text)
    if len(plain) <= length:
        return text, ""
    return joined(cut(plain, length, DEFAULT_MARKUP_END_LENGTH, True)), DEFAULT_MARKUP_END


def _check_lengths(length: int, end_length: int | None) -> None:
    if length < 0:
        raise BadValue(f"The length to truncate to cannot be negative, but it is {length}")
    if end_length is not None and end_length < 0:
        raise BadValue(f"The length of the end mark cannot be negative, but it is {end_length}")


def _cut_anywhere(text: str, length: int, mark: int, dots: bool) -> str:
    least = max(math.ceil(length * _WORD_SHARE) - mark - 2, 0)
    return _up_to_word(text, length, mark, least) or _cut_after_character(text, length, mark, dots)


def _cut_after_word(text: str, length: int, mark: int, dots: bool) -> str:
    return _up_to_word(text, length, mark, 0)


def _up_to_word(text: str, length: int, mark: int, least: int) -> str:
    for last in range(length - mark - 2, least - 1, -1):
        if text[last] not in WHITE_SPACE and _is_word_end(text, last):
            return text[: last + 1] + " "
    return ""


def _cut_after_character(text: str, length: int, mark: int, dots: bool) -> str:
    start = length - mark - 1
    last = _before_white(text, start)
    if last == start and last >= 0 and _is_word_end(text, last):
        last = _before_white(text, last - 1)
    while dots and last >= 0 and text[last] in _DOTS and not _is_word_end(text, last):
        while last >= 0 and text[last] in _DOTS:
            last -= 1
        last = _before_white(text, last)
    if last < 0:
        return ""
    return text[: last + 1] + (" " if _is_word_end(text, last) else "")


def _before_white(text: str, last: int) -> int:
    while last >= 0 and text[last] in WHITE_SPACE:
        last -= 1
    return last


def _is_word_end(text: str, index: int) -> bool:
    return index + 1 >= len(text) or text[index + 1] in WHITE_SPACE
