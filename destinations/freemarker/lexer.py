"""Text to tokens.

Outside of tags the text is cut at `${`, `#{`, `<#...` and `<@`; inside, expression tokens follow until the
tag or interpolation ends. Tokens carry offsets, so errors and tools can point at the source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from destinations.freemarker import tags
from destinations.freemarker.faults import SyntaxFault
from destinations.freemarker.suggestions import nearest
from destinations.freemarker.value_errors import quoted

RESERVED = frozenset(["true", "false", "gt", "gte", "lt", "lte", "as", "in", "using"])


@dataclass(slots=True)
class Token:
    """`kind` is one of: text, verbatim, comment, open (`${` or `#{`), close (`}`), tag, end_tag, call,
    end_call, tag_end (`>`), empty_end (`/>`), name, keyword, number, string, raw, operator, eof."""

    kind: str
    value: str
    start: int
    end: int
    spaced: bool = False
    """White space or a comment stands before it."""


_HEADER = re.compile(r"\s*([<\[])#ftl(?=[ \t\r\n]|/?[>\]])")
_MARKS = {
    "<": re.compile(r"\$\{|#\{|<#--|<@|</?#[A-Za-z_]+|</@"),
    "[": re.compile(r"\$\{|#\{|\[#--|\[@|\[/?#[A-Za-z_]+|\[/@"),
}
_END_CALL = {
    "<": re.compile(r"</@((?:[^\W\d]|[$@\\])(?:[\w$@.\\:#-])*)?[ \t\r\n]*>"),
    "[": re.compile(r"\[/@((?:[^\W\d]|[$@\\])(?:[\w$@.\\:#-])*)?[ \t\r\n]*\]"),
}
_TAG_END = {"<": re.compile(r"[ \t\r\n]*(/?)>"), "[": re.compile(r"[ \t\r\n]*(/?)\]")}
_BLANK = " \t\r\n"
_COMMENT_ENDS = {"<#--": "-->", "[#--": "--]"}
_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\r\n]+)
  | (?P<number>[0-9]+(?:\.[0-9]+)?)
  | (?P<raw>r"[^"]*"|r'[^']*')
  | (?P<string>"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')
  | (?P<name>(?:[^\W\d]|[$@](?!\{)|\\[-.:\#])(?:\w|[$@](?!\{)|\\[-.:\#])*)
  | (?P<operator>\\lte|\\lt|\\gte|\\gt|\\and|&amp;&amp;|&lt;=|&lt;|&gt;=|&gt;|-&gt;|->|\+\+|--|\+=|-=|\*=|/=|%=
      |\.\.\.|\.\.<|\.\.!|\.\.\*|\.\.|==|!=|<=|\|\||&&|\?\?|\*\*|[-+*/%=<>!?.,:;()\[\]{}|&])
    """,
    re.VERBOSE | re.DOTALL,
)
_SPELLINGS = {
    "\\lt": "<",
    "&lt;": "<",
    "lt": "<",
    "\\lte": "<=",
    "&lt;=": "<=",
    "lte": "<=",
    "\\gt": ">",
    "&gt;": ">",
    "gt": ">",
    "\\gte": ">=",
    "&gt;=": ">=",
    "gte": ">=",
    "\\and": "&&",
    "&amp;&amp;": "&&",
    "&": "&&",
    "|": "||",
    "-&gt;": "->",
    "..!": "..<",
}


def spelled(operator: str) -> str:
    """The one spelling of an operator that has several."""
    return _SPELLINGS.get(operator, operator)


class Lexer:
    """Cuts `text` into tokens. `bracket` is `<` or `[`, by which tags open."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.bracket = "<"
        self.fault: SyntaxFault | None = None

    def template(self) -> list[Token]:
        """All tokens of a template, the last one being eof. Raises SyntaxFault."""
        at = 0
        if header := _HEADER.match(self.text):
            self.bracket = header[1]
            at = header.start(1)
        try:
            while at < len(self.text):
                at = self._next(at)
        except SyntaxFault as fault:
            return self._fail(fault)
        return self._finish()

    def string(self, literal: list[bool]) -> list[Token]:
        """The tokens of a string literal's content: texts and interpolations.

        `literal[i]` says that character i was written with a backslash and opens nothing.
        """
        at = start = 0
        while at < len(self.text):
            opens = self.text[at : at + 2] in {"${", "#{"} and not literal[at + 1] and not literal[at]
            if not opens:
                at += 1
                continue
            if at > start:
                self._add("text", self.text[start:at], start, at)
            try:
                start = at = self._interpolation(at)
            except SyntaxFault as fault:
                return self._fail(fault)
        if at > start:
            self._add("text", self.text[start:], start, at)
        return self._finish()

    def expression(self) -> list[Token]:
        """The tokens of a bare expression, as `?eval` gets it."""
        try:
            self._inside(0, ends="")
        except SyntaxFault as fault:
            return self._fail(fault)
        return self._finish()

    def _finish(self) -> list[Token]:
        end = len(self.text)
        self._add("eof", "", max(end - 1, 0), end)
        return self.tokens

    def _fail(self, fault: SyntaxFault) -> list[Token]:
        """A fault waits its turn as a token: what the parser finds wrong before it comes first."""
        self.fault = fault
        self._add("fault", "", fault.start, fault.end or fault.start)
        return self.tokens

    def _add(self, kind: str, value: str, start: int, end: int, spaced: bool = False) -> None:
        self.tokens.append(Token(kind, value, start, end, spaced))

    def _next(self, at: int) -> int:
        """Read one text, comment, interpolation or tag; returns where it ends."""
        found = _MARKS[self.bracket].search(self.text, at)
        while found and found[0][-2:] == "/@" and not _END_CALL[self.bracket].match(self.text, found.start()):
            found = _MARKS[self.bracket].search(self.text, found.end())
        start = found.start() if found else len(self.text)
        if start > at:
            self._add("text", self.text[at:start], at, start)
        if not found:
            return start
        mark = found[0]
        if mark in {"${", "#{"}:
            return self._interpolation(start)
        if mark.endswith("#--"):
            return self._comment(start, mark)
        if mark.endswith("/@"):
            end = _END_CALL[self.bracket].match(self.text, start)
            assert end
            self._add("end_call", end[1] or "", start, end.end())
            return end.end()
        if mark.endswith("@"):
            self._add("call", mark, start, found.end())
            return self._inside(found.end(), ends=">")
        if "/" in mark:
            return self._end_tag(start, found.end(), mark[3:])
        return self._tag(start, found.end(), mark[2:])

    def _interpolation(self, at: int) -> int:
        self._add("open", self.text[at : at + 2], at, at + 2)
        return self._inside(at + 2, ends="}")

    def _comment(self, start: int, mark: str) -> int:
        end = self.text.find(_COMMENT_ENDS[mark], start + 4)
        if end < 0:
            raise SyntaxFault(f"The comment is never closed with {_COMMENT_ENDS[mark]}", start)
        self._add("comment", "", start, end + 3)
        return end + 3

    def _end_tag(self, start: int, at: int, written: str) -> int:
        name = tags.canonical(written)
        if name not in tags.WITH_END:
            if name in tags.ALL:
                raise SyntaxFault(f"#{written} has no end tag", start, at, f"remove </#{written}>")
            raise self._unknown(start, at, written, tags.WITH_END, end_tag=True)
        end = _TAG_END[self.bracket].match(self.text, at)
        if not end or end[1]:
            raise SyntaxFault(f"The end tag </#{written}> is not well formed", start, at)
        self._add("end_tag", name, start, end.end())
        return end.end()

    def _tag(self, start: int, at: int, written: str) -> int:
        name = tags.canonical(written)
        if name not in tags.ALL:
            raise self._unknown(start, at, written, tags.ALL)
        if name == "ftl" and self.tokens:
            raise SyntaxFault("#ftl may only be the very first thing in a template", start, at)
        end = _TAG_END[self.bracket].match(self.text, at)
        if name in tags.WITHOUT_PARAMETERS and end and (not end[1] or name in tags.MAY_BE_EMPTY):
            if name in {"noparse", "comment"}:
                return self._verbatim(start, end.end(), name, written)
            self._add("tag", name, start, at)
            self._add("empty_end" if end[1] else "tag_end", end[0], at, end.end())
            return self._after_header(end.end()) if name == "ftl" else end.end()
        if name not in tags.WITH_PARAMETERS:
            raise SyntaxFault(f"#{written} takes no parameters", start, at, f"write <#{written}>")
        if at >= len(self.text) or self.text[at] not in _BLANK:
            if end:
                raise SyntaxFault(f"#{written} needs a parameter", start, end.end())
            raise SyntaxFault(f"#{written} must be followed by a space", start, at)
        self._add("tag", name, start, at)
        after = self._inside(at, ends=">")
        return self._after_header(after) if name == "ftl" else after

    def _after_header(self, at: int) -> int:
        blank = re.compile(r"[ \t\f\v]*(?:\r\n|\r|\n)").match(self.text, at)
        return blank.end() if blank else at

    def _verbatim(self, start: int, at: int, name: str, written: str) -> int:
        closing = re.compile(
            rf"</#{written}[ \t\r\n]*>" if self.bracket == "<" else rf"\[/#{written}[ \t\r\n]*\]"
        ).search(self.text, at)
        if not closing:
            raise SyntaxFault(f"#{written} is never closed with </#{written}>", start, at)
        if name == "comment":
            self._add("comment", "", start, closing.end())
        else:
            self._add("verbatim", self.text[at : closing.start()], start, closing.end())
        return closing.end()

    def _unknown(self, start: int, at: int, name: str, known: frozenset[str], end_tag: bool = False) -> SyntaxFault:
        slash = "/" if end_tag else ""
        guess = nearest(name, known)
        if guess:
            tip = f"did you mean <{guess}>?" if guess[0] == "/" else f"did you mean <{slash}#{guess}>?"
        else:
            tip = "to print it as text, write it inside <#noparse>...</#noparse>"
        return SyntaxFault(f"There is no directive named #{name}", start, at, tip)

    def _inside(self, at: int, ends: str) -> int:
        """Read expression tokens up to `>`, `}` or, with "", the end of the text; returns where it ends."""
        text, tokens = self.text, self.tokens
        square = self.bracket == "["
        parens = brackets = braces = 0
        spaced = False
        while at < len(text):
            if text[at] in "<[" and text[at : at + 4] in _COMMENT_ENDS:
                at = self._inner_comment(at)
                spaced = True
                continue
            found = _TOKEN.match(text, at)
            if not found:
                raise self._unreadable(at)
            kind, value, end = found.lastgroup or "", found[0], found.end()
            if kind == "blank":
                spaced = True
                at = end
                continue
            if kind == "operator":
                if value == "}" and ends == "}" and not braces:
                    tokens.append(Token("close", value, at, end, spaced))
                    return end
                if ends == ">" and not parens:
                    if value == "/" and text[end : end + 1] == ("]" if square else ">"):
                        tokens.append(Token("empty_end", "/>", at, end + 1, spaced))
                        return end + 1
                    if value == (">" if not square else "]") and not (square and brackets):
                        tokens.append(Token("tag_end", value, at, end, spaced))
                        return end
                if value == ">" and parens and text[end : end + 1] == "=":
                    value, end = ">=", end + 1
                elif value == "(":
                    parens += 1
                elif value == ")":
                    parens = max(0, parens - 1)
                elif value == "[":
                    brackets += 1
                elif value == "]":
                    brackets = max(0, brackets - 1)
                elif value == "{":
                    braces += 1
                elif value == "}":
                    braces = max(0, braces - 1)
                value = _SPELLINGS.get(value, value)
            elif kind == "name" and value in RESERVED:
                kind = "keyword"
            tokens.append(Token(kind, value, at, end, spaced))
            spaced = False
            at = end
        return at

    def _inner_comment(self, at: int) -> int:
        closing = _COMMENT_ENDS[self.text[at : at + 4]]
        end = self.text.find(closing, at + 4)
        if end < 0:
            raise SyntaxFault(f"The comment is never closed with {closing}", at)
        return end + 3

    def _unreadable(self, at: int) -> SyntaxFault:
        text = self.text
        if text[at] in "\"'":
            return SyntaxFault("A string is never closed", len(text), tip=f"it starts with {quoted(text[at:], 20)}")
        if text[at : at + 2] in {"${", "#{"}:
            return SyntaxFault(
                f"{text[at : at + 2]} cannot stand inside an expression",
                at,
                tip='inside a tag or ${...} write the name alone; "..." strings may hold ${...}: "Hi ${name}"',
            )
        if text[at] == "\\":
            return SyntaxFault("A backslash cannot stand here", at, tip="string escapes work inside quotes only")
        return SyntaxFault(f"The character {text[at]} cannot stand in an expression", at)
