"""Java's regular expressions, rewritten for the `regex` package.

The two languages share most of their syntax and differ in what it means: Java's `\\w` and ignoring of case are
ASCII, its lines end in five ways, its classes nest and intersect. So a pattern is read whole and written anew,
without any flag but those of Python's defaults.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from destinations.freemarker import regex_escapes as escapes
from destinations.freemarker.value_errors import BadValue, TooLarge, quoted

_DEEPEST_NESTING = 30
_MOST_REPEATS = 100_000
_LARGEST_SIZE = 5_000
_QUOTATION = re.compile(r"\\Q([\s\S]*?)(?:\\E|\Z)|\\[\s\S]")
_QUANTIFIER = re.compile(r"[*+?]|\{(\d+)(,?)(\d*)\}")
_HEXADECIMAL = re.compile(r"x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})")
_OCTAL = re.compile(r"0([0-3]?[0-7]{1,2})")
_PROPERTY = re.compile(r"[pP](?:\{([A-Za-z0-9_= -]{1,60})\}|([A-Z]))")
_GROUP_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_INLINE_FLAGS = re.compile(r"([idmsuxU]*)(?:-([idmsuxU]+))?([:)])")


@dataclass(frozen=True, slots=True)
class Flags:
    """How a part of a pattern is read; each is a letter of Java's inline flags."""

    ignore_case: bool = False
    multi_line: bool = False
    dot_all: bool = False
    comments: bool = False
    unix_lines: bool = False
    unicode_case: bool = False
    unicode_classes: bool = False


_FLAG_LETTERS = {
    "i": "ignore_case",
    "m": "multi_line",
    "s": "dot_all",
    "x": "comments",
    "d": "unix_lines",
    "u": "unicode_case",
    "U": "unicode_classes",
}


def translated(pattern: str, flags: Flags) -> str:
    """The pattern in the language of the `regex` package (version 1 behaviour).

    Raises BadValue for one that Java would not accept, TooLarge for one whose repetitions multiply to too much.
    """
    return _Translator(pattern, flags).whole()


class _Translator:
    def __init__(self, pattern: str, flags: Flags) -> None:
        self.pattern = _QUOTATION.sub(_unquoted, pattern)
        self.flags = flags
        self.position = 0
        self.depth = 0
        self.groups = 0
        self.size = 0  # characters to be matched at least, as repetitions of a fixed count are written out
        self.names: set[str] = set()

    def whole(self) -> str:
        written = self.alternatives()
        if self.position < len(self.pattern):
            raise self.malformed('has a ")" without its "("')
        return written

    def alternatives(self) -> str:
        """Everything up to the end of the pattern or of the group."""
        parts: list[str] = []
        while (character := self.peek()) and character != ")":
            if character == "|":
                self.position += 1
                parts.append("|")
            else:
                size = self.size
                parts.append(self.repeated(self.atom(), size))
        return "".join(parts)

    def peek(self) -> str:
        """The next character that means something, "" at the end."""
        while self.flags.comments and self.position < len(self.pattern):
            character = self.pattern[self.position]
            if character == "#":
                while self.position < len(self.pattern) and self.pattern[self.position] not in "\n\r\x85\u2028\u2029":
                    self.position += 1
            elif character in " \t\n\x0b\f\r":
                self.position += 1
            else:
                break
        return self.pattern[self.position : self.position + 1]

    def repeated(self, atom: str, size: int) -> str:
        self.grow(1)
        while True:
            self.peek()
            match = _QUANTIFIER.match(self.pattern, self.position)
            if match is None:
                return atom
            if not atom:
                raise self.malformed(f"repeats nothing with {quoted(match[0])}")
            if match[1] is not None:
                least, most = int(match[1]), int(match[3] or match[1])
                if most < least or most > _MOST_REPEATS:
                    raise self.malformed(f"has a repetition {match[0]} that cannot be")
                self.grow((self.size - size) * max(least - 1, 0))
            self.position = match.end()
            mode = self.peek()
            if mode and mode in "?+":
                self.position += 1
            else:
                mode = ""
            if (following := self.peek()) and following in "*+?":
                raise self.malformed(f"repeats a repetition with {quoted(following)}")
            atom = f"(?:{atom}{match[0]}{mode})"

    def grow(self, size: int) -> None:
        self.size += size
        if self.size > _LARGEST_SIZE:
            message = f"The regular expression {quoted(self.pattern)} repeats too much"
            raise TooLarge(message, "pattern_size", _LARGEST_SIZE)

    def atom(self) -> str:
        character = self.peek()
        self.position += 1
        if character == "(":
            return self.group()
        if character == "[":
            return self.cased(_CharacterClass(self).read())
        if character == "\\":
            return self.escape()
        if character == ".":
            return self.any_character()
        if character == "^":
            return self.line_start()
        if character == "$":
            return self.line_end()
        if character in "*+?":
            raise self.malformed(f"repeats nothing with {quoted(character)}")
        if character == "{":
            raise self.malformed('has a "{" that repeats nothing; a literal one is written \\{')
        return self.literal(character)

    def literal(self, character: str) -> str:
        if self.flags.ignore_case and not self.flags.unicode_case and character.isascii() and character.isalpha():
            return f"[{character.lower()}{character.upper()}]"
        return self.cased(re.escape(character))

    def cased(self, written: str) -> str:
        return f"(?i:{written})" if self.flags.ignore_case and self.flags.unicode_case else written

    def any_character(self) -> str:
        if self.flags.dot_all:
            return r"[\s\S]"
        return r"[^\n]" if self.flags.unix_lines else f"[^{escapes.LINE_END}]"

    def line_start(self) -> str:
        if not self.flags.multi_line:
            return r"\A"
        return r"(?:\A|(?<=\n)(?!\Z))" if self.flags.unix_lines else escapes.EACH_LINE_START

    def line_end(self) -> str:
        if self.flags.unix_lines:
            return r"(?=\n|\Z)" if self.flags.multi_line else r"(?=\n?\Z)"
        return escapes.EACH_LINE_END if self.flags.multi_line else escapes.TEXT_END

    def group(self) -> str:
        self.depth += 1
        if self.depth > _DEEPEST_NESTING:
            raise self.malformed(f"nests groups deeper than {_DEEPEST_NESTING}")
        outer = self.flags
        opening = self.group_opening()
        if opening is None:  # "(?i)" changes the rest of the group it stands in
            self.depth -= 1
            return ""
        written = opening + self.alternatives() + ")"
        if self.peek() != ")":
            raise self.malformed('has a "(" without its ")"')
        self.position += 1
        self.flags = outer
        self.depth -= 1
        return written

    def group_opening(self) -> str | None:
        rest = self.pattern[self.position : self.position + 3]
        if not rest.startswith("?"):
            self.groups += 1
            return "("
        for opening in ("?:", "?=", "?!", "?>", "?<=", "?<!"):
            if rest.startswith(opening):
                self.position += len(opening)
                return "(" + opening
        self.position += 1
        if rest.startswith("?<"):
            self.position += 1
            name = self.group_name()
            if name in self.names:
                raise self.malformed(f"names two groups {quoted(name)}")
            self.names.add(name)
            self.groups += 1
            return f"(?P<{name}>"
        return self.inline_flags()

    def group_name(self) -> str:
        match = _GROUP_NAME.match(self.pattern, self.position)
        if match is None or self.pattern[match.end() : match.end() + 1] != ">":
            raise self.malformed("has a group name that is not letters and digits between < and >")
        self.position = match.end() + 1
        return match[0]

    def inline_flags(self) -> str | None:
        match = _INLINE_FLAGS.match(self.pattern, self.position)
        if match is None:
            raise self.malformed('has a group that begins with an unknown "(?"')
        self.position = match.end()
        changes = dict.fromkeys((_FLAG_LETTERS[letter] for letter in match[1]), True)
        changes |= dict.fromkeys((_FLAG_LETTERS[letter] for letter in match[2] or ""), False)
        if "U" in match[1]:
            changes["unicode_case"] = True
        self.flags = replace(self.flags, **changes)
        return "(?:" if match[3] == ":" else None

    def escape(self) -> str:
        letter = self.pattern[self.position : self.position + 1]
        if letter in ("b", "B", "A", "G", "X"):
            self.position += 1
            return "\\" + letter
        if letter == "z":
            self.position += 1
            return r"\Z"
        if letter == "Z":
            self.position += 1
            return escapes.TEXT_END
        if letter == "R":
            self.position += 1
            return escapes.LINE_BREAK
        if letter == "k" and self.pattern.startswith("k<", self.position):
            self.position += 2
            name = self.group_name()
            if name not in self.names:
                raise self.malformed(f"refers to {quoted(name)}, which no group before it is named")
            return self.back_reference(name)
        if letter and letter in "123456789":
            return self.back_reference(self.group_number())
        found = self.class_escape()
        if found is not None:
            return self.cased(found)
        return self.literal(self.character_escape())

    def back_reference(self, group: str) -> str:
        if group.isdigit() and int(group) > self.groups:
            return "(?!)"
        written = f"(?P={group})" if not group.isdigit() else f"(?:\\g<{group}>)"
        return f"(?i:{written})" if self.flags.ignore_case else written

    def group_number(self) -> str:
        """As many digits as make the number of a group, at least one."""
        end = self.position + 1
        while self.pattern[end : end + 1].isdecimal() and int(self.pattern[self.position : end + 1]) <= self.groups:
            end += 1
        number = self.pattern[self.position : end]
        self.position = end
        return number

    def class_escape(self) -> str | None:
        letter = self.pattern[self.position : self.position + 1]
        found = escapes.class_escape(letter, unicode=self.flags.unicode_classes)
        if found is not None:
            self.position += 1
            return found
        match = _PROPERTY.match(self.pattern, self.position)
        if match is None:
            return None
        self.position = match.end()
        return escapes.property_class(match[1] or match[2], negated=letter == "P", ignore_case=self.flags.ignore_case)

    def character_escape(self) -> str:
        """One character behind a backslash, which stands for itself unless it is a letter or digit."""
        rest = self.pattern[self.position : self.position + 1]
        if match := _HEXADECIMAL.match(self.pattern, self.position):
            return self.code_point(int(match[1] or match[2] or match[3], 16), match.end())
        if match := _OCTAL.match(self.pattern, self.position):
            return self.code_point(int(match[1], 8), match.end())
        self.position += 1
        if rest == "c" and self.position < len(self.pattern):
            self.position += 1
            return chr(ord(self.pattern[self.position - 1]) ^ 64)
        if rest in escapes.CHARACTERS:
            return escapes.CHARACTERS[rest]
        if not rest or (rest.isascii() and rest.isalnum()):
            raise self.malformed(f'has an unknown escape "\\{rest}"')
        return rest

    def code_point(self, code: int, end: int) -> str:
        self.position = end
        low = _HEXADECIMAL.match(self.pattern, end + 1) if self.pattern.startswith("\\u", end) else None
        if 0xD800 <= code < 0xDC00 and low is not None and 0xDC00 <= int(low[3], 16) < 0xE000:
            self.position = low.end()
            return chr(0x10000 + ((code & 0x3FF) << 10 | int(low[3], 16) & 0x3FF))
        if code > 0x10FFFF:
            raise self.malformed("has a character beyond the last of Unicode")
        return chr(code)

    def malformed(self, why: str) -> BadValue:
        return BadValue(f"The regular expression {quoted(self.pattern)} {why}")


class _CharacterClass:
    """Reads `[...]` with its nested classes and intersections; the "[" is already read."""

    def __init__(self, translator: _Translator) -> None:
        self.of = translator

    def read(self) -> str:
        of = self.of
        of.depth += 1
        if of.depth > _DEEPEST_NESTING:
            raise of.malformed(f"nests classes deeper than {_DEEPEST_NESTING}")
        negated = of.peek() == "^"
        of.position += negated
        operands = [self._union()]
        while of.pattern.startswith("&&", of.position):
            of.position += 2
            while of.peek() == "&":
                of.position += 1
            operand = self._union(nonempty=False)
            if operand:
                operands.append(operand)
        of.position += 1
        of.depth -= 1
        inside = "".join(operands[0]) if len(operands) == 1 else "&&".join(f"[{''.join(o)}]" for o in operands)
        return f"[^{inside}]" if negated else f"[{inside}]"

    def _union(self, *, nonempty: bool = True) -> list[str]:
        of = self.of
        items: list[str] = []
        while character := of.peek():
            if character == "]" and (items or not nonempty):
                return items
            if of.pattern.startswith("&&", of.position) and items:
                return items
            of.position += 1
            if character == "[":
                items.append(self.read())
            elif character == "\\" and (found := of.class_escape()) is not None:
                items.append(found)
            else:
                items.append(self._range(of.character_escape() if character == "\\" else character))
        raise of.malformed('has a "[" without its "]"')

    def _range(self, first: str) -> str:
        of = self.of
        if of.peek() != "-":
            return self._span(first, first)
        mark = of.position
        of.position += 1
        following = of.peek()
        if following in ("]", "[", ""):
            of.position = mark
            return self._span(first, first)
        of.position += 1
        last = of.character_escape() if following == "\\" else following
        if last < first:
            raise of.malformed(f"has a range {quoted(first + '-' + last)} that runs backwards")
        return self._span(first, last)

    def _span(self, first: str, last: str) -> str:
        spans = [(first, last)]
        if self.of.flags.ignore_case and not self.of.flags.unicode_case:
            for start, end, shift in (("A", "Z", 32), ("a", "z", -32)):
                low, high = max(first, start), min(last, end)
                if low <= high:
                    spans.append((chr(ord(low) + shift), chr(ord(high) + shift)))
        return "".join(_literal(a) if a == b else f"{_literal(a)}-{_literal(b)}" for a, b in spans)


def _literal(character: str) -> str:
    return character if character.isalnum() else f"\\U{ord(character):08x}"


def _unquoted(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[0]
    return "".join(c if c.isalnum() else "\\" + c for c in match[1])
