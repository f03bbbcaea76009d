"""Strings as sequences of UTF-16 code units, which is how the template language counts and cuts them.

Python counts code points, so only characters above U+FFFF need care: `units` splits each into its two
surrogates, `joined` puts the pairs together again. A cut may leave half a pair behind; it stays a lone
surrogate until it meets its other half.
"""

from __future__ import annotations

import re

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def units(text: str) -> str:
    """The text with one character per UTF-16 code unit."""
    if text.isascii():
        return text
    return _ASTRAL.sub(_surrogates, text)


def joined(text: str) -> str:
    """The text with every surrogate pair as one character again."""
    if text.isascii():
        return text
    return _PAIR.sub(_character, text)


def _surrogates(match: re.Match[str]) -> str:
    offset = ord(match[0]) - 0x10000
    return chr(0xD800 | offset >> 10) + chr(0xDC00 | offset & 0x3FF)


def _character(match: re.Match[str]) -> str:
    high, low = map(ord, match[0])
    return chr(0x10000 + ((high & 0x3FF) << 10 | low & 0x3FF))
