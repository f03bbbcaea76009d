"""The order of texts in `?sort`: that of Java's collator for American English.

Texts differ first by their base letters (punctuation before digits before letters, other scripts after),
then by accents and by the characters the first level ignores, then lower case before upper.
"""

from __future__ import annotations

import unicodedata

_PUNCTUATION = "_,;:!?/.`^~'\"()[]{}@$*\\&#%+<=>|"
_RANK = {character: position for position, character in enumerate(_PUNCTUATION)}
_IGNORED = frozenset({" ", "-", "\u00ad"})
_DIGITS = 1_000
_LETTERS = 2_000
_OTHERS = 10_000

Key = tuple[tuple[int, ...], tuple[tuple[int, int], ...], tuple[bool, ...], str]


def collation_key(text: str) -> Key:
    """A key that sorts texts as the collator does."""
    base: list[int] = []
    marks: list[tuple[int, int]] = []
    cases: list[bool] = []
    for character in unicodedata.normalize("NFD", text):
        if (
            unicodedata.combining(character)
            or character in _IGNORED
            or unicodedata.category(character) in {"Cc", "Cf", "Zs"}
        ):
            marks.append((len(base), ord(character)))
        else:
            base.append(_primary(character))
            cases.append(character.isupper())
    return tuple(base), tuple(marks), tuple(cases), text


def _primary(character: str) -> int:
    if character in _RANK:
        return _RANK[character]
    if "0" <= character <= "9":
        return _DIGITS + int(character)
    lower = character.lower()
    if "a" <= lower <= "z":
        return _LETTERS + ord(lower)
    return _OTHERS + ord(lower[0])
