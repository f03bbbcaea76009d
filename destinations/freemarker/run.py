"""One rendering: its budgets, its settings, its buffers, and values as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from time import perf_counter
from typing import Any, TypeVar

from destinations.freemarker.escapes import html, xml
from destinations.freemarker.faults import Fault, LimitReached, Missing
from destinations.freemarker.limits import Limits
from destinations.freemarker.number_format import format_number
from destinations.freemarker.settings import Settings
from destinations.freemarker.values import (
    BLANK,
    ENDLESS,
    Blank,
    Found,
    Lazy,
    Markup,
    Matches,
    Moment,
    Once,
    Range,
    Value,
    as_number,
    described,
)

_CHECK_EVERY = 1_000
"""Steps between two looks at the clock and at the size of the output."""

_CHEAP_LOOP = 2_000
"""A loop of less work (turns times statements) than this is charged at once, without a check on each turn."""

_ITEM_BYTES = 64
_SMALL = 256


Made = TypeVar("Made", list[Any], dict[str, Any])


class Run:
    """What one rendering has used and may still use. Never shared between threads."""

    __slots__ = (
        "buffers",
        "data",
        "deadline",
        "depth",
        "errors",
        "eval_depth",
        "evaluate",
        "globals",
        "limits",
        "made_bytes",
        "mark",
        "namespace",
        "number_text",
        "report",
        "settings",
        "shared",
        "steps",
        "template_name",
    )

    evaluate: Callable[[str, Run, dict[str, Value]], Value]
    """What `?eval` does; told from outside, as the parser stands above this module."""
    report: Callable[[Exception], str]
    """What `.error` says of a fault."""
    shared: dict[str, Value]
    """The helpers that every template finds."""

    def __init__(self, data: dict[str, Value], settings: Settings, limits: Limits, template_name: str) -> None:
        self.data = data
        self.limits = limits
        self.template_name = template_name
        self.namespace: dict[str, Value] = {}
        self.globals: dict[str, Value] = {}
        self.steps = 0
        self.mark = _CHECK_EVERY
        self.deadline = perf_counter() + limits.wall_seconds
        self.depth = 0
        self.eval_depth = 0
        self.made_bytes = 0
        self.buffers: list[list[str]] = [[]]
        self.errors: list[str] = []
        self.set(settings)

    # Settings

    def set(self, settings: Settings) -> None:
        self.settings = settings
        number_format = settings.number_format
        if number_format in {"computer", "c"}:
            self.number_text: Callable[[Any], str] = self._computer_number
        else:
            self.number_text = self._formatted_number

    def change(self, name: str, value: Value) -> None:
        """`<#setting name=value>`."""
        from destinations.freemarker.setting_values import checked

        changes: dict[str, Any] = {name: checked(self, name, value)}
        self.set(replace(self.settings, **changes))

    def _computer_number(self, number: Any) -> str:
        if type(number) is int and -(10**99) < number < 10**99:
            return str(number)
        return format_number(number, "computer")

    def _formatted_number(self, number: Any) -> str:
        return format_number(number, self.settings.number_format, self.settings.locale)

    def found(self, name: str, scope: dict[str, Value]) -> Value:
        """What a name means for `?eval`: in its scope, the template, the globals, the data, the helpers."""
        for variables in (scope, self.namespace, self.globals, self.data, self.shared):
            if variables.get(name) is not None:
                return variables[name]
        return None

    # Budgets

    def spend(self, steps: int) -> None:
        """Count steps; look at the clock and the output every so often."""
        self.steps += steps
        if self.steps > self.mark:
            self.check()

    def check(self) -> None:
        """Raises LimitReached when steps, time or output are used up."""
        limits = self.limits
        self.mark = self.steps + _CHECK_EVERY
        if self.steps > limits.steps:
            raise LimitReached(f"The template works too much: more than {limits.steps:,} steps (limit: steps)")
        if perf_counter() > self.deadline:
            raise LimitReached(
                f"The template takes too long: more than {limits.wall_seconds:g} seconds (limit: wall_seconds)"
            )
        self.check_output()

    def check_output(self) -> None:
        size = 0
        for buffer in self.buffers:
            length = sum(map(len, buffer))
            size += length
            if len(buffer) > _SMALL and length <= self.limits.output_characters:
                buffer[:] = ("".join(buffer),)
        if size > self.limits.output_characters:
            raise LimitReached(
                f"The output is too long: more than {self.limits.output_characters:,} characters"
                " (limit: output_characters)"
            )

    def made(self, text: str) -> str:
        """Charge for a text that was built; gives it back. Raises LimitReached."""
        length = len(text)
        if length > _SMALL:
            self.check_length(length)
            self.charge(text.__sizeof__())
            self.spend(length >> 8)
        return text

    def made_items(self, items: Made) -> Made:
        """Charge for a sequence or hash that was built; gives it back. Raises LimitReached."""
        count = len(items)
        self.check_items(count)
        self.charge(count * _ITEM_BYTES)
        self.spend(1 + (count >> 3))
        return items

    def check_length(self, characters: int) -> None:
        """Refuse a text before it is built. Raises LimitReached."""
        if characters > self.limits.string_characters:
            raise LimitReached(
                f"A text would be too long: more than {self.limits.string_characters:,} characters"
                " (limit: string_characters)"
            )

    def check_items(self, count: int) -> None:
        """Refuse a sequence or hash before it is built. Raises LimitReached."""
        if count > self.limits.sequence_items:
            raise LimitReached(
                f"A sequence or hash would be too long: more than {self.limits.sequence_items:,} items"
                " (limit: sequence_items)"
            )

    def charge(self, size: int) -> None:
        """Count bytes of something made. Raises LimitReached."""
        self.made_bytes += size
        if self.made_bytes > self.limits.made_bytes:
            raise LimitReached(
                f"The values made are too large: more than {self.limits.made_bytes >> 20} MiB (limit: made_bytes)"
            )

    def enter(self) -> None:
        """Go one call deeper. Raises LimitReached."""
        self.depth += 1
        if self.depth > self.limits.depth:
            raise LimitReached(f"Calls are nested more than {self.limits.depth} deep (limit: depth)")
        self.steps += 1
        if self.steps > self.mark:
            self.check()

    # Buffers

    def capture(self) -> list[str]:
        """Begin a buffer of its own for what is printed next."""
        buffer: list[str] = []
        self.buffers.append(buffer)
        return buffer

    def release(self, buffer: list[str]) -> None:
        """End a buffer, and any left open within it."""
        while self.buffers.pop() is not buffer:
            pass

    def taken(self, buffer: list[str]) -> str:
        """The text of a buffer that was ended."""
        self.check_length(sum(map(len, buffer)))
        return self.made("".join(buffer))

    def joined(self, texts: tuple[str, ...]) -> str:
        """The text of a string literal with interpolations."""
        self.check_length(sum(map(len, texts)))
        return self.made("".join(texts))

    def recover(self, fault: Exception, depth: int) -> None:
        """Begin `#recover`. Raises the fault again when nothing may catch it."""
        if getattr(fault, "kind", None) == "limit":
            raise fault
        self.depth = depth
        self.errors.append(self.report(fault))

    # Values as text

    def text(self, value: Value, at: int | None = None) -> str:
        """The value as `${...}` prints it. Raises Fault when it cannot be."""
        kind = type(value)
        if kind is str:
            return value  # type: ignore[no-any-return]
        if kind is int or kind is Decimal:
            return self.number_text(value)
        if kind is bool:
            return self.boolean_text(value)
        return self._other_text(value, at)

    def boolean_text(self, value: bool) -> str:
        form = self.settings.boolean_format
        if form == "c":
            return "true" if value else "false"
        if form == "true,false":
            raise Fault(
                "type",
                "A boolean does not print by itself",
                tip='write ?c for true and false, or ?string("yes", "no") for words',
            )
        yes, _, no = form.partition(",")
        return yes if value else no

    def _other_text(self, value: Value, at: int | None) -> str:
        if value is None:
            raise missing(at)
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, Blank):
            return ""
        if isinstance(value, Found):
            return value.text
        if isinstance(value, Moment):
            return self.moment_text(value)
        if isinstance(value, Markup):
            return value.text
        number = as_number(value)
        if number is not None:
            return self.number_text(number)
        raise wrong_type(value, "a string, number, date or boolean", at, _print_tip(value))

    def moment_text(self, value: Moment) -> str:
        from destinations.freemarker.builtins.dates import default_text

        return default_text(self, value)

    def escaped(self, value: Value, output_format: str, at: int | None = None) -> str:
        """The value as `${...}` prints it where an output format escapes."""
        if isinstance(value, Markup):
            if value.output_format == output_format:
                return value.text
            raise Fault("type", f"Markup of {value.output_format} cannot be printed as {output_format}", at)
        return escape(self.text(value, at), output_format)

    # Sequences

    def items(self, value: Value, at: int | None = None) -> list[Value]:
        """All items of a sequence, walked if need be. Raises Fault for what is no sequence."""
        if isinstance(value, list):
            return value
        if isinstance(value, Range):
            self.check_items(value.size)
            self.charge(value.size * _ITEM_BYTES)
            self.spend(value.size)
            return list(value)
        walk = self._walked(value, at)
        if isinstance(walk, list):
            return walk
        found: list[Value] = []
        for item in walk:
            found.append(item)
            if not len(found) & 0xFFF:
                self.check_items(len(found))
        return self.made_items(found)

    def _walked(self, value: Value, at: int | None) -> list[Value] | Iterator[Value]:
        if isinstance(value, list | tuple):
            return list(value)
        if isinstance(value, Blank):
            return []
        if isinstance(value, Matches):
            return value.items
        if isinstance(value, Found):
            return list(value.groups)
        if isinstance(value, Lazy):
            return self.charged(value.walk())
        if isinstance(value, Once):
            return value.items
        if isinstance(value, Range):
            return iter(value)
        if value is None:
            raise missing(at)
        raise wrong_type(value, "a sequence", at, _sequence_tip(value))

    def walk(self, value: Value, at: int, weight: int) -> Iterable[Value]:
        """The items for a loop that asks only for them; `weight` is the work of one turn."""
        if type(value) is list:
            count = len(value)
            if count * weight <= _CHEAP_LOOP:
                self.steps += count
                if self.steps > self.mark:
                    self.check()
                return value
            return self.turns(value, weight)
        _refuse_hash(value)
        walked = iter(value) if isinstance(value, Range) else self._walked(value, at)
        return self.turns(walked, weight)

    def counted(self, value: Value, at: int, weight: int) -> tuple[Iterable[Value], int]:
        """The items for a loop, and the index of the last (-1 when there is none)."""
        if type(value) is list:
            return self.walk(value, at, weight), len(value) - 1
        if isinstance(value, Range):
            return self.turns(iter(value), weight), value.size - 1
        _refuse_hash(value)
        items = self.items(value, at)
        return self.walk(items, at, weight), len(items) - 1

    def listed(self, value: Value, at: int) -> Value:
        """What a `#list` without a loop variable lists, ready to be looked at twice."""
        return value if isinstance(value, list | dict | Range | Blank) else self.items(value, at)

    def last_of(self, value: Value, at: int, two_names: bool) -> int:
        """The index of the last item of what is listed. Raises Fault for a hash listed with one name."""
        return self.pairs(value, at, 1)[1] if two_names else self.counted(value, at, 1)[1]

    def pairs(self, value: Value, at: int, weight: int) -> tuple[Iterable[tuple[str, Value]], int]:
        """The keys and values of a hash for a loop, and the index of the last."""
        if type(value) is not dict:
            value = self._hash_to_list(value, at)
        found = list(value.items())
        return self.walk(found, at, weight), len(found) - 1

    def _hash_to_list(self, value: Value, at: int) -> dict[str, Value]:
        if isinstance(value, dict):
            return dict(value)
        if isinstance(value, Blank):
            return {}
        if value is None:
            raise missing(at)
        if isinstance(value, list | tuple | Range | Lazy | Matches):
            raise Fault("type", "A sequence is listed with one name", None, "write <#list xs as x>")
        raise wrong_type(value, "a hash", at, "two names after `as` list a hash: <#list h as key, value>")

    def turns(self, items: Iterable[Value], weight: int) -> Iterator[Value]:
        """Charge for each turn of a long loop."""
        every = max(1, _CHEAP_LOOP // weight)
        left = every
        for item in items:
            left -= 1
            if not left:
                self.steps += every
                self.check()
                left = every
            yield item
        self.steps += every - left

    def charged(self, items: Iterator[Value]) -> Iterator[Value]:
        """Charge for each item of a walk whose turns do their own work."""
        for item in items:
            self.steps += 1
            if self.steps > self.mark:
                self.check()
            yield item


def _refuse_hash(value: Value) -> None:
    if isinstance(value, dict):
        raise Fault("type", "A hash is listed with two names", None, "write <#list h as key, value>, or list h?keys")


def escape(text: str, output_format: str) -> str:
    """Text escaped for HTML, XHTML or XML."""
    return xml(text) if output_format == "XML" else html(text)


def missing(at: int | None) -> Missing:
    return Missing("The value is missing (null or undefined)", at)


def wrong_type(value: Value, wanted: str, at: int | None, tip: str | None = None) -> Fault:
    """A type fault, or a missing one when there is no value at all."""
    if value is None:
        return missing(at)
    return Fault("type", f"This is {described(value)}, where {wanted} is needed", at, tip)


def _print_tip(value: Value) -> str | None:
    if isinstance(value, dict):
        return "print its values one by one, or all as JSON with UtilClass.toJsonString(...)"
    if isinstance(value, list | tuple | Range | Lazy):
        return 'print the items with ?join(", "), with <#list>, or as JSON with UtilClass.toJsonString(...)'
    if hasattr(value, "is_function"):
        return "call it: <@name/> for a macro, name() for a function"
    return None


def _sequence_tip(value: Value) -> str | None:
    if isinstance(value, dict):
        return "a hash is listed with two names: <#list h as key, value>"
    if isinstance(value, str):
        return 'split the text first: text?split(",")'
    return None


__all__ = ["BLANK", "ENDLESS", "Run", "escape", "missing", "wrong_type"]
