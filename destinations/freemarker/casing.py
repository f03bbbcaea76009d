"""Upper and lower case, of whole texts and of first letters."""

from __future__ import annotations

import re

# White space as the language's host sees it: not the no-break spaces, but the control separators too.
WHITE_SPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a"
    "\u2028\u2029\u205f\u3000"
)

_FIRST_VISIBLE = re.compile(rf"\A[{WHITE_SPACE}]*([^{WHITE_SPACE}])")
_WORD = re.compile(r"[^ \t\r\n]+")


def upper_case(text: str) -> str:
    """`?upper_case` and `?c_upper_case`: full Unicode, so a sharp s becomes SS."""
    return text.upper()


def lower_case(text: str) -> str:
    """`?lower_case` and `?c_lower_case`."""
    return text.lower()


def cap_first(text: str) -> str:
    """`?cap_first`: the first visible character in upper case, where that is one character."""
    match = _FIRST_VISIBLE.match(text)
    if match is None:
        return text
    return text[: match.start(1)] + _one_upper(match[1]) + text[match.end() :]


def uncap_first(text: str) -> str:
    """`?uncap_first`: the first visible character in lower case."""
    match = _FIRST_VISIBLE.match(text)
    if match is None:
        return text
    return text[: match.start(1)] + _one_lower(match[1]) + text[match.end() :]


def capitalize(text: str) -> str:
    """`?capitalize`: the first letter of each word (between spaces, tabs, line breaks) up, the rest down."""
    return _WORD.sub(_capitalized, text)


def _capitalized(match: re.Match[str]) -> str:
    word = match[0]
    first = word[0] if word[0] > "\uffff" else word[0].upper()
    return first + word[1:].lower()


def _one_upper(character: str) -> str:
    if character > "\uffff":
        return character
    for upper in (character.upper(), character.title()):
        if len(upper) == 1:
            return upper
    return character


def _one_lower(character: str) -> str:
    if character > "\uffff":
        return character
    return character.lower()[0]  # İ alone has a longer form, whose first character is the one wanted
