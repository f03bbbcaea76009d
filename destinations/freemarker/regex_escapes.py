"""What Java's regular expressions mean by an escape such as `\\s` or `\\p{Alpha}`, in the `regex` package's words.

Java's classes are those of ASCII unless the pattern asks for Unicode with `(?U)`.
"""

from __future__ import annotations

# The inside of a character class for each class escape; the capital letter is its complement.
_CLASSES = {
    "d": "0-9",
    "w": "a-zA-Z_0-9",
    "s": r" \t\n\x0b\f\r",
    "h": r" \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000",
    "v": r"\n\x0b\f\r\x85\u2028\u2029",
}
_UNICODE_CLASSES = {**_CLASSES, "d": r"\p{Nd}", "w": r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}", "s": r"\p{White_Space}"}

_PROPERTIES = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": r"\x00-\x7f",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": r"!-\/:-@\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1f\x7f",
    "XDigit": "0-9a-fA-F",
    "Space": r" \t\n\x0b\f\r",
    "L1": r"\x00-\xff",
    "all": r"\x00-\U0010ffff",
    "LC": r"\p{Lu}\p{Ll}\p{Lt}",
    "LD": r"\p{L}\p{Nd}",
    "javaLowerCase": r"\p{Lowercase}",
    "javaUpperCase": r"\p{Uppercase}",
    "javaAlphabetic": r"\p{Alphabetic}",
    "javaLetter": r"\p{L}",
    "javaDigit": r"\p{Nd}",
    "javaLetterOrDigit": r"\p{L}\p{Nd}",
    "javaWhitespace": r"\t-\r\x1c-\x20\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000",
    "javaSpaceChar": r"\p{Z}",
    "javaTitleCase": r"\p{Lt}",
}

_WITHOUT_CASE = {"Lower": "Alpha", "Upper": "Alpha", "Lu": "LC", "Ll": "LC", "Lt": "LC"}

CHARACTERS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}

LINE_END = r"\n\r\x85\u2028\u2029"
LINE_BREAK = r"(?:\r\n|[\n\x0b\f\r\x85\u2028\u2029])"

# An end of text, or a line break that is the last thing; never between the two characters of one.
TEXT_END = r"(?=\r\n\Z|[\r\x85\u2028\u2029]\Z|(?<!\r)\n\Z|\Z)"
EACH_LINE_END = r"(?=[\r\x85\u2028\u2029]|(?<!\r)\n|\Z)"
EACH_LINE_START = r"(?:\A|(?<=[\n\x85\u2028\u2029])(?!\Z)|(?<=\r)(?![\n])(?!\Z))"


def class_escape(letter: str, *, unicode: bool) -> str | None:
    """A class for `\\d`, `\\W` and their like; None for another letter."""
    inside = (_UNICODE_CLASSES if unicode else _CLASSES).get(letter.lower())
    if inside is None:
        return None
    return f"[^{inside}]" if letter.isupper() else f"[{inside}]"


def property_class(name: str, *, negated: bool, ignore_case: bool) -> str:
    """A class for `\\p{name}`, or for `\\P{name}` if negated; without case, capitals are also small."""
    if ignore_case:
        name = _WITHOUT_CASE.get(name, name)
    inside = _PROPERTIES.get(name, rf"\p{{{name}}}")
    return f"[^{inside}]" if negated else f"[{inside}]"
