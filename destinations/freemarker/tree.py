"""The nodes of a template, each with its place in the source.

`start` and `end` are character offsets into the source. Statements are what tags and text become,
expressions are what stands inside them. The compiler, the linter and the list of readings all walk this tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import cache


@dataclass(slots=True, eq=False)
class Node:
    start: int
    end: int


# Expressions


@dataclass(slots=True, eq=False)
class Expression(Node):
    pass


@dataclass(slots=True, eq=False)
class Number(Expression):
    value: int | Decimal


@dataclass(slots=True, eq=False)
class String(Expression):
    value: str


@dataclass(slots=True, eq=False)
class Interpolated(Expression):
    """A string literal with `${...}` in it: plain text and interpolations in turn."""

    parts: list[str | Interpolation | NumberInterpolation]


@dataclass(slots=True, eq=False)
class Boolean(Expression):
    value: bool


@dataclass(slots=True, eq=False)
class Sequence(Expression):
    items: list[Expression]


@dataclass(slots=True, eq=False)
class Hash(Expression):
    pairs: list[tuple[Expression, Expression]]


@dataclass(slots=True, eq=False)
class Variable(Expression):
    name: str


@dataclass(slots=True, eq=False)
class Special(Expression):
    """`.now` and its kin, by the snake_case name."""

    name: str


@dataclass(slots=True, eq=False)
class Dot(Expression):
    target: Expression
    key: str


@dataclass(slots=True, eq=False)
class Index(Expression):
    target: Expression
    key: Expression


@dataclass(slots=True, eq=False)
class Range(Expression):
    """`a..b`, `a..<b`, `a..*n` and `a..`; `kind` is the operator (`..!` is written `..<`)."""

    low: Expression
    kind: str
    high: Expression | None


@dataclass(slots=True, eq=False)
class Call(Expression):
    target: Expression
    arguments: list[Expression]


@dataclass(slots=True, eq=False)
class BuiltIn(Expression):
    """`target?name`, by the snake_case name."""

    target: Expression
    name: str


@dataclass(slots=True, eq=False)
class Default(Expression):
    target: Expression
    fallback: Expression | None


@dataclass(slots=True, eq=False)
class Exists(Expression):
    target: Expression


@dataclass(slots=True, eq=False)
class Parentheses(Expression):
    inner: Expression


@dataclass(slots=True, eq=False)
class Not(Expression):
    operand: Expression


@dataclass(slots=True, eq=False)
class Sign(Expression):
    negative: bool
    operand: Expression


@dataclass(slots=True, eq=False)
class Binary(Expression):
    """`operator` is one of `+ - * / % == != < <= > >= && ||`."""

    operator: str
    left: Expression
    right: Expression


@dataclass(slots=True, eq=False)
class Lambda(Expression):
    parameter: str
    body: Expression


# Statements


@dataclass(slots=True, eq=False)
class Statement(Node):
    pass


@dataclass(slots=True, eq=False)
class Text(Statement):
    text: str
    verbatim: bool = False
    """Written in `#noparse`."""


@dataclass(slots=True, eq=False)
class Comment(Statement):
    pass


@dataclass(slots=True, eq=False)
class Interpolation(Statement):
    """`${expression}`; `escaping` is the output format that escapes it, if one does."""

    expression: Expression
    escaping: str | None = None


@dataclass(slots=True, eq=False)
class NumberInterpolation(Statement):
    """`#{expression}`, with at least and at most so many fraction digits."""

    expression: Expression
    least: int | None = None
    most: int | None = None


@dataclass(slots=True, eq=False)
class Branch(Node):
    """`#if`, `#elseif`, `#case`; `#else` and `#default` when there is no condition. It starts with its tag."""

    condition: Expression | None
    body: list[Statement]


@dataclass(slots=True, eq=False)
class If(Statement):
    branches: list[Branch]


@dataclass(slots=True, eq=False)
class List(Statement):
    """`names` is None when an `#items` inside does the looping."""

    source: Expression
    names: tuple[str, ...] | None
    body: list[Statement]
    otherwise: Branch | None = None


@dataclass(slots=True, eq=False)
class Items(Statement):
    names: tuple[str, ...]
    body: list[Statement]


@dataclass(slots=True, eq=False)
class Sep(Statement):
    body: list[Statement]


@dataclass(slots=True, eq=False)
class Break(Statement):
    leaves: str
    """`loop` or `switch`."""


@dataclass(slots=True, eq=False)
class Continue(Statement):
    leaves: str
    """`loop` or `switch`: as in the reference implementation, in a `#switch` it only leaves that."""


@dataclass(slots=True, eq=False)
class Assignment(Node):
    """`name operator value`; the operator is one of `= += -= *= /= %= ++ --`."""

    name: str
    operator: str
    value: Expression | None


@dataclass(slots=True, eq=False)
class Assign(Statement):
    """`#assign`, `#local` or `#global`: `scope` is the directive's name."""

    scope: str
    assignments: list[Assignment]


@dataclass(slots=True, eq=False)
class Capture(Statement):
    """`<#assign name>...</#assign>`; `markup` is the output format when it escapes."""

    scope: str
    name: str
    body: list[Statement]
    markup: str | None = None


@dataclass(slots=True, eq=False)
class Parameter(Node):
    name: str
    default: Expression | None


@dataclass(slots=True, eq=False)
class Macro(Statement):
    """A `#macro` or a `#function`."""

    name: str
    parameters: list[Parameter]
    rest: str | None
    body: list[Statement]
    is_function: bool


@dataclass(slots=True, eq=False)
class MacroCall(Statement):
    """`<@target .../>`; `content` is None without nested content."""

    target: Expression
    positional: list[Expression]
    named: list[tuple[str, Expression]]
    names: tuple[str, ...]
    content: list[Statement] | None


@dataclass(slots=True, eq=False)
class Nested(Statement):
    arguments: list[Expression]


@dataclass(slots=True, eq=False)
class Return(Statement):
    value: Expression | None


@dataclass(slots=True, eq=False)
class Switch(Statement):
    """`cases` in the order written; `lead` is what stands before the first."""

    value: Expression
    lead: list[Statement]
    cases: list[Branch]


@dataclass(slots=True, eq=False)
class Attempt(Statement):
    body: list[Statement]
    recovery: Branch


@dataclass(slots=True, eq=False)
class Stop(Statement):
    message: Expression | None


@dataclass(slots=True, eq=False)
class Setting(Statement):
    name: str
    value: Expression


@dataclass(slots=True, eq=False)
class Compress(Statement):
    body: list[Statement]


@dataclass(slots=True, eq=False)
class Group(Statement):
    """A block that only matters to the parser: `#escape`, `#noescape`, `#autoesc`, `#outputformat`."""

    body: list[Statement]


@dataclass(slots=True, eq=False)
class Trim(Statement):
    """`#t`, `#lt`, `#rt` or `#nt`."""

    kind: str


@dataclass(slots=True, eq=False)
class Flush(Statement):
    pass


@dataclass(slots=True, eq=False)
class Refused(Statement):
    """A directive that this engine parses and will not run."""

    name: str
    parameters: list[Expression] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Root(Node):
    body: list[Statement]


def children(node: Node) -> Iterator[Node]:
    """The nodes directly beneath, in source order."""
    for name in _fields_of(type(node)):  # type: ignore[arg-type]
        yield from _nodes_in(getattr(node, name))


def descendants(node: Node) -> Iterator[Node]:
    """The node and everything beneath it, in source order, however deep."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(list(children(current))))


@cache
def _fields_of(kind: type[Node]) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if f.name not in {"start", "end"})


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _nodes_in(item)
