"""Tokens to tree: blocks, and the handing of each directive to its file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from destinations.freemarker import names, tags, tree
from destinations.freemarker.faults import SyntaxFault
from destinations.freemarker.lexer import Lexer, Token
from destinations.freemarker.limits import DEFAULTS, Limits

_BRANCHES = frozenset({"else", "elseif", "case", "default", "recover"})
_HOMES = {
    "else": "#if or #list",
    "elseif": "#if",
    "case": "#switch",
    "default": "#switch",
    "recover": "#attempt",
}


@dataclass(slots=True)
class Loop:
    """Names that a loop, nested content or a lambda binds, while their scope is being parsed."""

    kind: str
    """list, content, lambda, or waiting for a #list whose #items is still to come."""
    names: tuple[str, ...]
    items: bool = False
    """The #items of a waiting #list was seen."""


class Parser:
    """A cursor over tokens, and what surrounds it: open loops, the macro, escapes."""

    def __init__(self, lexer: Lexer, tokens: list[Token], limits: Limits = DEFAULTS) -> None:
        self.lexer = lexer
        self.tokens = tokens
        self.position = 0
        self.limits = limits
        self.depth = 0
        self.loops: list[Loop] = []
        self.breakables: list[str] = []
        self.definition: str | None = None
        """`macro` or `function` while in one."""
        self.escapes: list[tree.Lambda] = []
        self.output_format = "undefined"
        self.auto_escaping = True
        self.ends_at_space = False
        """In the arguments of a call, `!` before white space has no default."""
        self.convention: str | None = None
        self.strip_text = False
        self.strip_white_space = True

    # The cursor

    @property
    def current(self) -> Token:
        """The token to be read. Raises the SyntaxFault of what cannot be read as one."""
        token = self.tokens[self.position]
        if token.kind == "fault" and self.lexer.fault:
            raise self.lexer.fault
        return token

    @property
    def following(self) -> Token:
        return self.tokens[min(self.position + 1, len(self.tokens) - 1)]

    @property
    def previous(self) -> Token:
        return self.tokens[self.position - 1]

    def advance(self) -> Token:
        token = self.current
        if token.kind != "eof":
            self.position += 1
        return token

    def accept(self, kind: str, value: str | None = None) -> Token | None:
        token = self.current
        if token.kind == kind and (value is None or token.value == value):
            return self.advance()
        return None

    def expect(self, kind: str, value: str | None, what: str) -> Token:
        token = self.accept(kind, value)
        if token is None:
            raise self.unexpected(f"{what} was expected")
        return token

    def expect_tag_end(self) -> Token:
        return self.expect("tag_end", None, "the end of the tag")

    def unexpected(self, instead: str, tip: str | None = None) -> SyntaxFault:
        token = self.current
        return SyntaxFault(f"Found {described(token)} where {instead}", token.start, token.end, tip or hint(token))

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count one level of nesting while inside. Raises SyntaxFault (limit) past the last."""
        self.depth += 1
        if self.depth > self.limits.depth:
            token = self.current
            message = f"Blocks and expressions are nested more than {self.limits.depth} deep (limit: depth)"
            raise SyntaxFault(message, token.start, token.end, kind="limit")
        yield
        self.depth -= 1

    @contextmanager
    def binding(self, kind: str, bound: tuple[str, ...]) -> Iterator[None]:
        """Make names known as loop variables (or as their shadows) while inside."""
        self.loops.append(Loop(kind, bound))
        yield
        self.loops.pop()

    @contextmanager
    def call_arguments(self) -> Iterator[None]:
        """Read the arguments of `<@name ...>` while inside."""
        self.ends_at_space = True
        yield
        self.ends_at_space = False

    @contextmanager
    def enclosed(self) -> Iterator[None]:
        """Between parentheses the arguments of a call follow the ordinary rules."""
        outer, self.ends_at_space = self.ends_at_space, False
        yield
        self.ends_at_space = outer

    @contextmanager
    def within(self, lexer: Lexer, tokens: list[Token]) -> Iterator[None]:
        """Read the tokens of a string literal while inside."""
        outer = self.lexer, self.tokens, self.position
        self.lexer, self.tokens, self.position = lexer, tokens, 0
        with self.enclosed():
            yield
        self.lexer, self.tokens, self.position = outer

    def check_convention(self, name: str, token: Token) -> None:
        self._check_spelling(name, names.convention(name), token)

    def _check_spelling(self, name: str, found: str | None, token: Token) -> None:
        if found and self.convention and found != self.convention:
            message = f"{name} is written in {found}, but names before it in {self.convention}"
            raise SyntaxFault(message, token.start, token.end, "use one of the two spellings in a template")
        self.convention = self.convention or found

    # Blocks

    def template(self) -> list[tree.Statement]:
        if self.current.kind == "tag" and self.current.value == "ftl":
            self._statement()
        body = self.block()
        if self.strip_text:
            body = [s for s in body if not isinstance(s, tree.Text) or s.verbatim]
        token = self.current
        if token.kind == "eof":
            return body
        if token.kind == "end_call":
            raise SyntaxFault(f"</@{token.value}> closes a call that was never opened", token.start, token.end)
        if token.kind == "end_tag":
            spaced = re.search(rf"<\s+#{token.value}\b", self.lexer.text)
            tip = f"{spaced[0]} is plain text: write <#{token.value} without a space" if spaced else None
            raise SyntaxFault(f"</#{token.value}> closes a block that was never opened", token.start, token.end, tip)
        message = f"#{token.value} may only stand directly in {_HOMES[token.value]}"
        raise SyntaxFault(message, token.start, token.end)

    def block(self) -> list[tree.Statement]:
        """Statements up to an end tag, a branch of the enclosing block, or the end."""
        with self.deeper():
            body: list[tree.Statement] = []
            while (statement := self._statement()) is not None:
                body.append(statement)
        return body

    def close(self, opening: Token, *ends: str) -> Token:
        """Take the end tag of the block that `opening` began."""
        for end in ends:
            if token := self.accept("end_tag", end):
                return token
        raise self.unclosed(f"<#{opening.value}>", f"</#{ends[0]}>", opening)

    def unclosed(self, written: str, end: str, opening: Token) -> SyntaxFault:
        token = self.current
        line = self.lexer.text.count("\n", 0, opening.start) + 1
        if token.kind == "eof":
            return SyntaxFault(
                f"{written} from line {line} is never closed", token.start, token.end, f"close it with {end}"
            )
        if token.kind == "tag":
            message = f"<#{token.value}> cannot stand directly in {written} from line {line}"
            return SyntaxFault(message, token.start, token.end, f"close {written} first with {end}")
        wrong = f"</@{token.value}>" if token.kind == "end_call" else f"</#{token.value}>"
        message = f"Found {wrong}, but the innermost open block is {written} from line {line}"
        return SyntaxFault(message, token.start, token.end, f"close {written} first with {end}")

    def _statement(self) -> tree.Statement | None:
        from destinations.freemarker import directives  # each directive's file needs the parser

        token = self.current
        if token.kind == "text" or token.kind == "verbatim":
            self.advance()
            return tree.Text(token.start, token.end, token.value, token.kind == "verbatim")
        if token.kind == "comment":
            self.advance()
            return tree.Comment(token.start, token.end)
        if token.kind == "open":
            return directives.interpolation.parse(self)
        if token.kind == "call":
            return directives.macro_call.parse(self)
        if token.kind == "tag" and token.value not in _BRANCHES:
            self._check_directive_spelling(token)
            return directives.PARSERS[token.value](self)
        return None

    def tag(self) -> Token:
        """Take a tag whose name has two spellings."""
        self._check_directive_spelling(self.current)
        return self.advance()

    def _check_directive_spelling(self, token: Token) -> None:
        written = self.lexer.text[token.start + 2 : token.end]
        if written in tags.CAMEL_CASE or token.value in tags.CAMEL_CASE.values():
            found = "camelCase" if written in tags.CAMEL_CASE else "snake_case"
            self._check_spelling(f"#{written}", found, token)


def described(token: Token) -> str:
    """A token as a message names it."""
    if token.kind == "eof":
        return "the end of the template"
    if token.kind in {"tag", "end_tag"}:
        return f"<{'/' if token.kind == 'end_tag' else ''}#{token.value}>"
    if token.kind == "text":
        return "text"
    if token.kind == "string":
        return "the string " + (token.value if len(token.value) < 40 else token.value[:39] + "…")
    return token.value if len(token.value) < 40 else token.value[:39] + "…"


_WORD_OPERATORS = {"and": "&&", "or": "||", "not": "!", "mod": "%", "is": "==", "eq": "=="}


def hint(token: Token) -> str | None:
    """What to write instead of a token that often stands in the wrong place."""
    if token.kind == "name" and token.value in _WORD_OPERATORS:
        return f"write {_WORD_OPERATORS[token.value]} instead of {token.value}"
    if token.value == "->":
        return "a lambda may only be an argument of ?filter, ?map, ?take_while and ?drop_while"
    if token.kind == "tag_end":
        return "> ends a tag: to compare, write gt or put the comparison in parentheses"
    return None
