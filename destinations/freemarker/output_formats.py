"""The output formats, and which of them escape what is printed."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.faults import SyntaxFault

ESCAPING = frozenset({"HTML", "XHTML", "XML"})
FORMATS = ("HTML", "XHTML", "XML", "RTF", "plainText", "JSON", "JavaScript", "CSS", "undefined")


def known_format(value: tree.Expression) -> str:
    """The name of an output format from its literal. Raises SyntaxFault for another."""
    if not isinstance(value, tree.String):
        raise SyntaxFault("The output format must be a string literal", value.start, value.end)
    if value.value not in FORMATS:
        tip = f"there are: {', '.join(FORMATS)}"
        raise SyntaxFault(f'There is no output format named "{value.value[:40]}"', value.start, value.end, tip)
    return value.value
