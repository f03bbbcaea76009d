"""One rendering: its settings and variables, values as text, and sequences as items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from destinations.freemarker.budget import Budget
from destinations.freemarker.escapes import html, xml
from destinations.freemarker.faults import Fault, Missing
from destinations.freemarker.limits import Limits
from destinations.freemarker.number_format import format_number
from destinations.freemarker.settings import Settings
from destinations.freemarker.values import (
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

_CHEAP_LOOP = 2_000
"""A loop of less work (turns times statements) than this is charged at once, without a check on each turn."""

_ITEM_BYTES = 64


class Run(Budget):
    """What one rendering has used and may still use. Never shared between threads."""

    __slots__ = (
        "data",
        "errors",
        "eval_depth",
        "evaluate",
        "globals",
        "namespace",
        "number_text",
        "report",
        "settings",
        "shared",
        "template_name",
    )

    evaluate: Callable[[str, Run, dict[str, Value]], Value]
    """What `?eval` does; told from outside, as the parser stands above this module."""
    report: Callable[[Exception], str]
    """What `.error` says of a fault."""
    shared: dict[str, Value]
    """The helpers that every template finds."""

    def __init__(self, data: dict[str, Value], settings: Settings, limits: Limits, template_name: str) -> None:
        super().__init__(limits)
        self.data = data
        self.template_name = template_name
        self.namespace: dict[str, Value] = {}
        self.globals: dict[str, Value] = {}
        self.eval_depth = 0
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
            return value
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
        if isinstance(value, Matches):
            return self.boolean_text(bool(value))
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
        self.spend(every - left)

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
