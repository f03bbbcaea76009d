"""Replacing, splitting and cutting text at a separator that is literal text or a regular expression.

`flags` are letters: `r` makes the separator a regular expression, `i` ignores case, `f` stops after the first,
`m s c` are for regular expressions; unknown letters mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import regex

from destinations.freemarker.limits import DEFAULTS
from destinations.freemarker.patterns import DEFAULT_BUDGET, Budget, Search
from destinations.freemarker.utf16 import joined, units
from destinations.freemarker.value_errors import BadValue, TooLarge, check_characters, quoted


def replace(
    text: str,
    old: str,
    new: str,
    flags: str = "",
    *,
    budget: Budget = DEFAULT_BUDGET,
    most: int = DEFAULTS.string_characters,
) -> str:
    """`?replace`. With the flag r, `$1` and `${name}` in `new` are groups and a backslash makes literal.

    Raises BadValue for a malformed pattern or replacement, TooLarge beyond `most` characters or the budget.
    """
    if "r" in flags:
        return _replace_matches(Search(old, flags, text, budget), new, first="f" in flags, most=most)
    text = text if old else units(text)
    if "i" in flags:
        starts = list(_starts(_folded(text), _folded(old), 1 if "f" in flags else len(text) + 1))
        check_characters(len(text) + len(starts) * (len(new) - len(old)), most)
        return joined(new.join(_between(text, starts, len(old))))
    count = 1 if "f" in flags else -1
    check_characters(len(text) + (1 if count == 1 else text.count(old)) * (len(new) - len(old)), most)
    return joined(text.replace(old, new, count))


def split(
    text: str,
    separator: str,
    flags: str = "",
    *,
    budget: Budget = DEFAULT_BUDGET,
    most: int = DEFAULTS.sequence_items,
) -> list[str]:
    """`?split`: the parts between separators, between all characters for an empty one.

    Empty parts count, but a regular expression drops those at the end.
    Raises BadValue for a malformed pattern, TooLarge beyond `most` parts or the budget.
    """
    if "r" in flags:
        return _split_at_matches(Search(separator, flags, text, budget))
    if not separator:
        _check_items(len(text), most)
        return list(units(text))
    if "i" in flags:
        starts = list(_starts(_folded(text), _folded(separator), most))
        _check_items(len(starts) + 1, most)
        return list(_between(text, starts, len(separator)))
    _check_items(text.count(separator) + 1, most)
    return text.split(separator)


def keep_before(text: str, separator: str, flags: str = "", *, budget: Budget = DEFAULT_BUDGET) -> str:
    """`?keep_before`: what precedes the first separator, all of the text if there is none."""
    place = _first(text, separator, _checked(flags), budget)
    return text if place is None else text[: place[0]]


def keep_after(text: str, separator: str, flags: str = "", *, budget: Budget = DEFAULT_BUDGET) -> str:
    """`?keep_after`: what follows the first separator, nothing if there is none."""
    place = _first(text, separator, _checked(flags), budget)
    return "" if place is None else text[place[1] :]


def keep_before_last(text: str, separator: str, flags: str = "", *, budget: Budget = DEFAULT_BUDGET) -> str:
    """`?keep_before_last`: what precedes the last separator, all of the text if there is none."""
    place = _last(text, separator, _checked(flags), budget)
    return text if place is None else text[: place[0]]


def keep_after_last(text: str, separator: str, flags: str = "", *, budget: Budget = DEFAULT_BUDGET) -> str:
    """`?keep_after_last`: what follows the last separator, nothing if there is none."""
    place = _last(text, separator, _checked(flags), budget)
    return "" if place is None else text[place[1] :]


def ensure_starts_with(
    text: str, beginning: str, added: str, flags: str = "r", *, budget: Budget = DEFAULT_BUDGET
) -> str:
    """`?ensure_starts_with` with two or three arguments: `added` in front unless `beginning` matches there.

    Raises BadValue for a malformed pattern or flags that need r, TooLarge beyond the budget.
    """
    if "r" in flags:
        there = Search(beginning, flags, text, budget).at_start() is not None
    elif "i" in _checked(flags):
        there = _folded(text).startswith(_folded(beginning))
    else:
        there = text.startswith(beginning)
    return text if there else added + text


_REPLACEMENT_PART = re.compile(r"[^$\\]+|\\(?P<literal>[\s\S])|\$(?P<number>\d)|\$\{(?P<name>[a-zA-Z][a-zA-Z0-9]*)\}")


def _replace_matches(search: Search, new: str, *, first: bool, most: int) -> str:
    parts: list[str] = []
    written = end = 0
    template: list[str | int] | None = None
    for match in search.each():
        if template is None:
            template = _replacement(new, search.compiled)
        piece = search.text[end : match.start()] + "".join(
            part if isinstance(part, str) else match[part] or "" for part in template
        )
        written += len(piece)
        check_characters(written, most)
        parts.append(piece)
        end = match.end()
        if first:
            break
    return "".join(parts) + search.text[end:]


def _replacement(new: str, pattern: regex.Pattern[str]) -> list[str | int]:
    """Literal texts and numbers of groups."""
    parts: list[str | int] = []
    position = 0
    while position < len(new):
        match = _REPLACEMENT_PART.match(new, position)
        if match is None:
            sign = "\\" if new[position] == "\\" else "$"
            raise BadValue(f'The replacement {quoted(new)} has a lone "{sign}"; a literal one is written \\{sign}')
        position = match.end()
        if match["number"]:
            number, position = _group_number(new, match.start("number"), pattern)
            parts.append(number)
        elif match["name"]:
            parts.append(_named_group(match["name"], pattern))
        else:
            parts.append(match["literal"] or match[0])
    return parts


def _group_number(new: str, start: int, pattern: regex.Pattern[str]) -> tuple[int, int]:
    """The longest number that is that of a group, and where it ends."""
    end = start + 1
    if int(new[start]) > pattern.groups:
        raise BadValue(f"The replacement refers to group {new[start]}, but the pattern has {pattern.groups}")
    while new[end : end + 1].isdecimal() and int(new[start : end + 1]) <= pattern.groups:
        end += 1
    return int(new[start:end]), end


def _named_group(name: str, pattern: regex.Pattern[str]) -> int:
    if name not in pattern.groupindex:
        raise BadValue(f"The replacement refers to the group {quoted(name)}, which the pattern does not have")
    number: int = pattern.groupindex[name]
    return number


def _split_at_matches(search: Search) -> list[str]:
    parts: list[str] = []
    end = 0
    for match in search.each():
        if match.end() == 0:  # an empty match at the start separates nothing
            continue
        parts.append(search.text[end : match.start()])
        end = match.end()
    if not parts:
        return [search.text]
    parts.append(search.text[end:])
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _first(text: str, separator: str, flags: str, budget: Budget) -> tuple[int, int] | None:
    if "r" in flags:
        match = Search(separator, flags, text, budget).after(0)
        return match.span() if match else None
    return _literal_place(str.find, text, separator, flags)


def _last(text: str, separator: str, flags: str, budget: Budget) -> tuple[int, int] | None:
    """The last place, which for a regular expression is where the match that starts last is."""
    if "r" not in flags:
        return _literal_place(str.rfind, text, separator, flags)
    search = Search(separator, flags, text, budget)
    place: tuple[int, int] | None = None
    match = search.after(0)
    while match is not None:
        place = match.span()
        match = search.after(place[0] + 1) if place[0] < len(text) else None
    return place


def _literal_place(find: Callable[[str, str], int], text: str, separator: str, flags: str) -> tuple[int, int] | None:
    start = find(_folded(text), _folded(separator)) if "i" in flags else find(text, separator)
    return None if start < 0 else (start, start + len(separator))


def _checked(flags: str) -> str:
    needless = [letter for letter in "msc" if letter in flags]
    if needless and "r" not in flags:
        raise BadValue(f'The flag "{needless[0]}" is for regular expressions; add the flag "r" or leave it out')
    return flags


def _folded(text: str) -> str:
    """The text in lower case, as long as it was."""
    return text.replace("İ", "i").lower()


def _starts(text: str, sought: str, most: int) -> Iterator[int]:
    """Where the sought text begins, without overlaps, `most` times."""
    start = text.find(sought)
    while start >= 0 and most > 0:
        yield start
        most -= 1
        start = text.find(sought, start + max(len(sought), 1))


def _between(text: str, starts: list[int], length: int) -> Iterator[str]:
    end = 0
    for start in starts:
        yield text[end:start]
        end = start + length
    yield text[end:]


def _check_items(items: int, most: int) -> None:
    if items > most:
        raise TooLarge(f"The text splits into {items:,} parts; one sequence may have {most:,}", "sequence_items", most)
