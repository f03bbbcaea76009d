"""The order of texts in `?sort`, `?min` and `?max`: that of Java's collator for American English.

Texts differ first by their base letters (punctuation before digits before Latin letters, all else after by code
point), then by accents and by what the first level ignores, then lower case before upper.
"""

from __future__ import annotations

import unicodedata

_PUNCTUATION = "_¯,;:!¡?¿/.´`^¨~·¸'\"«»()[]{}§¶©®@¤¢$€£¥*\\&#%+±÷×<=>¬|¦°µ0123456789¼½¾"
_RANKS = {character: rank for rank, character in enumerate(_PUNCTUATION)}
_LETTERS = 1_000
_OTHERS = 10_000
_EXPANSIONS = {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH"}
_BETWEEN = {"ð": "d", "Ð": "D"}
"""Letters of their own, directly after another."""
_IGNORED = frozenset({"-", "\u00ad"})
_IGNORED_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_ACCENTS = (
    "\u0301\u0341\u0300\u0340\u0306\u0302\u030c\u030a\u030d\u0308\u030b\u0303\u0307\u0304\u0337\u0327\u0328\u0323\u0332"
)
_ACCENT_RANKS = {accent: rank for rank, accent in enumerate(_ACCENTS, 1)}

Key = tuple[tuple[int, ...], tuple[tuple[int, ...], ...], tuple[bool, ...], str]


def collation_key(text: str) -> Key:
    """A key that sorts texts as the collator does."""
    if text.isascii() and text.isalpha():
        return tuple(_LETTERS + 2 * ord(c) for c in text.lower()), ((),) * (len(text) + 1), _cases(text), text
    base: list[int] = []
    marks: list[list[int]] = [[]]
    cases: list[bool] = []
    for character in text:
        letters, accents = _parts(character)
        for letter in letters:
            base.append(_primary(letter))
            cases.append(letter.isupper() and base[-1] < _OTHERS)
            marks.append([])
        marks[-1] += accents
    return tuple(base), tuple(map(tuple, marks)), tuple(cases), text


def _cases(text: str) -> tuple[bool, ...]:
    return tuple(character.isupper() for character in text)


def _parts(character: str) -> tuple[str, list[int]]:
    """The base letters of a character, and what it adds at the second level."""
    if character.isascii() and character.isalnum():
        return character, []
    if character in _EXPANSIONS:
        return _EXPANSIONS[character], [0]
    if character in _IGNORED or unicodedata.category(character) in _IGNORED_CATEGORIES:
        return "", [_OTHERS + ord(character)]
    if unicodedata.combining(character):
        return "", [_accent(character)]
    plain = unicodedata.normalize("NFD", character)
    if len(plain) > 1 and plain[0].isascii():
        return plain[0], [_accent(accent) for accent in plain[1:]]
    return character, []


def _accent(character: str) -> int:
    return _ACCENT_RANKS.get(character, ord(character))


def _primary(character: str) -> int:
    if character in _RANKS:
        return _RANKS[character]
    if character in _BETWEEN:
        return _LETTERS + 2 * ord(_BETWEEN[character].lower()) + 1
    if character.isascii():
        return _LETTERS + 2 * ord(character.lower())
    return _OTHERS + ord(character)
