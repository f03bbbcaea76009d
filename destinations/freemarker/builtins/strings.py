"""Text: case, searching, cutting, padding, substitution."""

from __future__ import annotations

from collections.abc import Callable

from destinations.freemarker import casing, substitution, text, truncation
from destinations.freemarker.builtins.catalogue import built_in
from destinations.freemarker.faults import Fault
from destinations.freemarker.patterns import Budget, Matches
from destinations.freemarker.run import Run
from destinations.freemarker.values import Value


def sized(function: Callable[[str], str]) -> Callable[[Run, str], str]:
    """The function, with its result charged to the rendering when it is long."""

    def charged(run: Run, value: str) -> str:
        result = function(value)
        return run.made(result) if len(result) > 256 else result

    return charged


def _sized(function: Callable[..., str]) -> Callable[..., str]:
    """As `sized`, for a function with arguments."""

    def charged(run: Run, *arguments: Value) -> str:
        result = function(*arguments)
        return run.made(result) if len(result) > 256 else result

    return charged


for _name, _function in (
    ("upper_case", casing.upper_case),
    ("lower_case", casing.lower_case),
    ("c_upper_case", casing.upper_case),
    ("c_lower_case", casing.lower_case),
    ("cap_first", casing.cap_first),
    ("uncap_first", casing.uncap_first),
    ("capitalize", casing.capitalize),
    ("trim", text.trim),
    ("chop_linebreak", text.chop_linebreak),
):
    built_in(_name, of="text", gives="text", with_run=True)(sized(_function))

for _name, _cut in (
    ("remove_beginning", text.remove_beginning),
    ("remove_ending", text.remove_ending),
    ("ensure_ends_with", text.ensure_ends_with),
):
    built_in(_name, of="text", takes=("text",), gives="text", with_run=True)(_sized(_cut))

built_in("length", of="text", gives="number")(text.length)
built_in("contains", of="text", takes=("text",), gives="boolean")(text.contains)
built_in("starts_with", of="text", takes=("text",), gives="boolean")(text.starts_with)
built_in("ends_with", of="text", takes=("text",), gives="boolean")(text.ends_with)
built_in("index_of", of="text", takes=("text", "int?"), gives="number")(text.index_of)
built_in("last_index_of", of="text", takes=("text", "int?"), gives="number")(text.last_index_of)
built_in("substring", of="text", takes=("int", "int?"), gives="text", with_run=True)(_sized(text.substring))

for _name, _truncate in (
    ("truncate", truncation.truncate),
    ("truncate_w", truncation.truncate_w),
    ("truncate_c", truncation.truncate_c),
):
    built_in(_name, of="text", takes=("int", "text?", "int?"), gives="text", with_run=True)(_sized(_truncate))


@built_in("word_list", of="text", gives="present", with_run=True)
def word_list(run: Run, value: str) -> Value:
    return run.made_items(text.word_list(value))


@built_in("left_pad", of="text", takes=("int", "text?"), gives="text", with_run=True)
def left_pad(run: Run, value: str, width: int, fill: str = " ") -> str:
    return run.made(text.left_pad(value, width, fill, most=run.limits.string_characters))


@built_in("right_pad", of="text", takes=("int", "text?"), gives="text", with_run=True)
def right_pad(run: Run, value: str, width: int, fill: str = " ") -> str:
    return run.made(text.right_pad(value, width, fill, most=run.limits.string_characters))


@built_in("ensure_starts_with", of="text", takes=("text", "text?", "text?"), gives="text", with_run=True)
def ensure_starts_with(run: Run, value: str, beginning: str, added: str | None = None, flags: str = "r") -> str:
    if added is None:
        return run.made(text.ensure_starts_with(value, beginning))
    return run.made(substitution.ensure_starts_with(value, beginning, added, flags, budget=_budget(run)))


@built_in("replace", of="text", takes=("printed", "printed", "printed?"), gives="text", with_run=True)
def replace(run: Run, value: str, old: str, new: str, flags: str = "") -> str:
    return run.made(
        substitution.replace(value, old, new, flags, budget=_budget(run), most=run.limits.string_characters)
    )


@built_in("split", of="text", takes=("printed", "printed?"), gives="present", with_run=True)
def split(run: Run, value: str, separator: str, flags: str = "") -> Value:
    return run.made_items(
        substitution.split(value, separator, flags, budget=_budget(run), most=run.limits.sequence_items)
    )


def _cutter(function: Callable[..., str]) -> Callable[..., str]:
    def cut(run: Run, value: str, separator: str, flags: str = "") -> str:
        return run.made(function(value, separator, flags, budget=_budget(run)))

    return cut


for _name, _keep in (
    ("keep_before", substitution.keep_before),
    ("keep_after", substitution.keep_after),
    ("keep_before_last", substitution.keep_before_last),
    ("keep_after_last", substitution.keep_after_last),
):
    built_in(_name, of="text", takes=("text", "text?"), gives="text", with_run=True)(_cutter(_keep))


@built_in("matches", of="text", takes=("printed", "printed?"), gives="present", with_run=True)
def matches(run: Run, value: str, pattern: str, flags: str = "") -> Matches:
    run.spend(1 + (len(value) >> 6))
    return Matches(value, pattern, flags, _budget(run))


@built_in("groups", gives="present", with_run=True)
def groups(run: Run, value: Value) -> Value:
    if hasattr(value, "groups"):
        return run.made_items(list(value.groups))
    raise Fault("type", "?groups works on the result of ?matches and on its items")


def _budget(run: Run) -> Budget:
    run.spend(10)
    return Budget(pattern_characters=run.limits.pattern_characters, seconds=run.limits.regex_seconds)
