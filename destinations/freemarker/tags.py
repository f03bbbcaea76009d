"""The directives' names and the form of their tags."""

from __future__ import annotations

# A tag with parameters needs white space after the name, one without ends at once.
WITH_PARAMETERS = frozenset(
    [
        "if",
        "elseif",
        "list",
        "items",
        "foreach",
        "switch",
        "case",
        "assign",
        "global",
        "local",
        "include",
        "import",
        "function",
        "macro",
        "transform",
        "visit",
        "stop",
        "return",
        "call",
        "setting",
        "outputformat",
        "nested",
        "recurse",
        "escape",
        "ftl",
    ]
)
WITHOUT_PARAMETERS = frozenset(
    [
        "else",
        "sep",
        "break",
        "continue",
        "return",
        "stop",
        "flush",
        "t",
        "lt",
        "rt",
        "nt",
        "default",
        "nested",
        "recurse",
        "fallback",
        "recover",
        "attempt",
        "autoesc",
        "noautoesc",
        "compress",
        "comment",
        "noparse",
        "noescape",
        "ftl",
    ]
)
MAY_BE_EMPTY = frozenset(
    [
        "else",
        "break",
        "continue",
        "return",
        "stop",
        "flush",
        "t",
        "lt",
        "rt",
        "nt",
        "nested",
        "recurse",
        "fallback",
        "ftl",
    ]
)
WITH_END = frozenset(
    [
        "if",
        "list",
        "items",
        "sep",
        "foreach",
        "switch",
        "assign",
        "global",
        "local",
        "function",
        "macro",
        "transform",
        "escape",
        "noescape",
        "outputformat",
        "autoesc",
        "noautoesc",
        "compress",
        "attempt",
        "recover",
        "comment",
        "noparse",
    ]
)

CAMEL_CASE = {
    "elseIf": "elseif",
    "forEach": "foreach",
    "outputFormat": "outputformat",
    "autoEsc": "autoesc",
    "noAutoEsc": "noautoesc",
    "noEscape": "noescape",
    "noParse": "noparse",
}

ALL = WITH_PARAMETERS | WITHOUT_PARAMETERS


def canonical(name: str) -> str:
    """The lower-case name of a directive."""
    return CAMEL_CASE.get(name, name)
