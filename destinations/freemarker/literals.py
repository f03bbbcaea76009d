"""What literals say at parse time: their escapes, and uses that cannot be meant."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.faults import SyntaxFault

_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "f": "\f",
    "b": "\b",
    '"': '"',
    "'": "'",
    "\\": "\\",
    "{": "{",
    "=": "=",
    "l": "<",
    "g": ">",
    "a": "&",
}
_HEX = "0123456789abcdefABCDEF"
_NAMES = {
    tree.String: "a string",
    tree.Interpolated: "a string",
    tree.Number: "a number",
    tree.Boolean: "a boolean",
    tree.Sequence: "a list",
    tree.Hash: "a hash",
}
_STRINGS = (tree.String, tree.Interpolated)
_CONTAINERS = (tree.Sequence, tree.Hash)


def decoded(body: str, start: int) -> tuple[str, list[int], list[bool]]:
    """The content of a quoted string: its text, and for each character its offset and whether it was escaped.

    Raises SyntaxFault on an unknown escape.
    """
    characters: list[str] = []
    offsets: list[int] = []
    literal: list[bool] = []
    at = 0
    while at < len(body):
        begin = at
        character = body[at]
        at += 1
        if character == "\\":
            character, at = _escape(body, at, start)
        characters.append(character)
        offsets.append(start + begin)
        literal.append(body[begin] == "\\")
    return "".join(characters), offsets, literal


def _escape(body: str, at: int, start: int) -> tuple[str, int]:
    letter = body[at]
    if letter in _ESCAPES:
        return _ESCAPES[letter], at + 1
    if letter == "x":
        end = at + 1
        while end < len(body) and end < at + 5 and body[end] in _HEX:
            end += 1
        if end > at + 1:
            return chr(int(body[at + 1 : end], 16)), end
    raise SyntaxFault(
        f"\\{letter} is not an escape of this language",
        start + at - 1,
        start + at + 1,
        r'write \\ for a backslash, \x41 for a character by its code, or a raw string: r"\d+"',
    )


def is_text_key(key: tree.Expression) -> bool:
    return not isinstance(key, tree.Number | tree.Boolean | tree.Sequence | tree.Hash)


def check_target(target: tree.Expression, wanted: str) -> None:
    """Refuse `"a".b`, `[1].b`, `true[0]` and the like."""
    refused: tuple[type[tree.Expression], ...] = (tree.Boolean, tree.Number)
    if wanted == "hash":
        refused = (*_STRINGS, tree.Sequence, tree.Boolean)
    _refuse(target, refused, f"a {wanted}")


def check_range(low: tree.Expression, high: tree.Expression | None) -> None:
    check_number(low)
    if high is not None:
        check_number(high)


def check_number(operand: tree.Expression) -> None:
    _refuse(operand, (*_STRINGS, tree.Boolean, *_CONTAINERS), "a number")


def check_printable(value: tree.Expression) -> None:
    """Refuse `${[1, 2]}` and `${{"a": 1}}`."""
    _refuse(value, _CONTAINERS, "a string, number, date or boolean")


def check_binary(operator: str, left: tree.Expression, right: tree.Expression) -> None:
    """Refuse operands that are literals of a type the operator never takes."""
    for operand in (left, right):
        if operator in {"-", "*", "/", "%"}:
            check_number(operand)
        elif operator in {"<", "<=", ">", ">="}:
            _refuse(operand, (*_STRINGS, tree.Boolean, *_CONTAINERS), "a number or date")
        elif operator in {"==", "!="}:
            _refuse(operand, _CONTAINERS, "a string, number, boolean or date")
        elif operator in {"&&", "||"}:
            _refuse(operand, (*_STRINGS, tree.Number, *_CONTAINERS), "a boolean")


def _refuse(operand: tree.Expression, refused: tuple[type[tree.Expression], ...], wanted: str) -> None:
    if isinstance(operand, refused):
        message = f"This is {_NAMES[type(operand)]}, where {wanted} is needed"
        raise SyntaxFault(message, operand.start, operand.end)
