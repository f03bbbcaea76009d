"""Sequences: ends, joining, searching, sorting, chunks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from destinations.freemarker import tree
from destinations.freemarker.builtins.catalogue import built_in, compiled_built_in
from destinations.freemarker.collation import collation_key
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.faults import Fault
from destinations.freemarker.python_code import Piece
from destinations.freemarker.run import Run
from destinations.freemarker.values import Blank, Lazy, Moment, Range, Value, as_number, described


@compiled_built_in("size")
def _size(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
    value, t = c.expression(node.target), c.fresh()
    code = f"(len({t}) if type({t} := {value.code}) is list else size_of(R, {t}, {c.site(node.target)}))"
    return c.combined(code, "number", value)


def sequence_of(run: Run, value: Value, at: int) -> Value:
    """A sequence to read from its start: a list, or what can be walked. Raises Fault."""
    if isinstance(value, Range | Lazy):
        return value
    return run.items(value, at)


@built_in("first", of="sequence", with_run=True)
def first(run: Run, value: Value) -> Value:
    if isinstance(value, list):
        return value[0] if value else None
    return next(iter(value) if isinstance(value, Range) else run.charged(value.walk()), None)


@built_in("last", of="items")
def last(items: list[Value]) -> Value:
    return items[-1] if items else None


@built_in("reverse", of="items", gives="present", with_run=True)
def reverse(run: Run, items: list[Value]) -> list[Value]:
    return run.made_items(items[::-1])


@built_in("sequence", of="items", gives="present")
def sequence(items: list[Value]) -> list[Value]:
    return items


@built_in("join", of="items", takes=("text", "text?", "text?"), gives="text", with_run=True)
def join(run: Run, items: list[Value], separator: str, when_empty: str = "", after_last: str = "") -> str:
    texts: list[str] = []
    length = 0
    for position, item in enumerate(items):
        if type(item) is str:
            text = item
        elif item is None:
            continue
        else:
            text = _item_text(run, item, position)
        length += len(text) + len(separator)
        run.check_length(length)
        texts.append(text)
    run.spend(1 + (len(items) >> 3))
    if not texts:
        return when_empty
    return run.made(separator.join(texts) + after_last)


def _item_text(run: Run, item: Value, position: int) -> str:
    try:
        return run.text(item)
    except Fault as fault:
        if fault.kind == "type":
            tip = "turn the items into text first: xs?map(x -> x?c)?join(...)"
            raise Fault(
                "type", f"Item {position} of ?join is {described(item)}, which does not print", None, tip
            ) from None
        raise


@built_in("seq_contains", of="items", takes=("maybe",), gives="boolean", with_run=True)
def seq_contains(run: Run, items: list[Value], wanted: Value) -> bool:
    run.spend(1 + (len(items) >> 2))
    return any(_same(item, wanted) for item in items)


@built_in("seq_index_of", of="items", takes=("maybe", "int?"), gives="number", with_run=True)
def seq_index_of(run: Run, items: list[Value], wanted: Value, start: int = 0) -> int:
    run.spend(1 + (len(items) >> 2))
    for position in range(max(start, 0), len(items)):
        if _same(items[position], wanted):
            return position
    return -1


@built_in("seq_last_index_of", of="items", takes=("maybe", "int?"), gives="number", with_run=True)
def seq_last_index_of(run: Run, items: list[Value], wanted: Value, start: int | None = None) -> int:
    run.spend(1 + (len(items) >> 2))
    begin = len(items) - 1 if start is None else min(start, len(items) - 1)
    for position in range(begin, -1, -1):
        if _same(items[position], wanted):
            return position
    return -1


def _same(item: Value, wanted: Value) -> bool:
    """Equal values of one type; values of different types are not equal, and none is an error."""
    if type(item) is str or type(wanted) is str:
        return type(item) is type(wanted) and bool(item == wanted)
    number, other = as_number(item), as_number(wanted)
    if number is not None and other is not None:
        return bool(number == other)
    if isinstance(item, bool) and isinstance(wanted, bool):
        return item is wanted
    if isinstance(item, Moment) and isinstance(wanted, Moment):
        return item.kind == wanted.kind and item.millis == wanted.millis
    return isinstance(item, str) and isinstance(wanted, str) and bool(item == wanted)


@built_in("chunk", of="items", takes=("int", "maybe?"), gives="present", with_run=True)
def chunk(run: Run, items: list[Value], size: int, fill: Value = None) -> list[list[Value]]:
    if size < 1:
        raise Fault("other", f"?chunk needs a size of at least 1, not {size}")
    run.made_items(items)
    chunks = [items[start : start + size] for start in range(0, len(items), size)]
    if fill is not None and chunks:
        run.check_items(size)
        chunks[-1] = chunks[-1] + [fill] * (size - len(chunks[-1]))
    return run.made_items(chunks)


@built_in("min", of="items", with_run=True)
def minimum(run: Run, items: list[Value]) -> Value:
    return _extreme(run, items, smallest=True)


@built_in("max", of="items", with_run=True)
def maximum(run: Run, items: list[Value]) -> Value:
    return _extreme(run, items, smallest=False)


def _extreme(run: Run, items: list[Value], *, smallest: bool) -> Value:
    best: Value = None
    best_key: Any = None
    run.spend(1 + (len(items) >> 2))
    for item in items:
        if item is None:
            continue
        key = _rank(item)
        if best is None:
            best, best_key = item, key
            continue
        if key[0] != best_key[0]:
            raise Fault("other", f"{described(item).capitalize()} cannot be compared with {described(best)}")
        if (key[1] < best_key[1]) if smallest else (key[1] > best_key[1]):
            best, best_key = item, key
    return best


def _rank(item: Value) -> tuple[str, Any]:
    number = as_number(item)
    if number is not None:
        return "number", number
    if isinstance(item, Moment):
        return item.kind, item.millis
    if isinstance(item, str):
        return "text", collation_key(item)
    raise Fault("other", f"Only numbers, strings and dates have a least and a greatest, this is {described(item)}")


@built_in("sort", of="items", gives="present", with_run=True)
def sort(run: Run, items: list[Value]) -> list[Value]:
    return _sorted(run, items, items)


@built_in("sort_by", of="items", takes=("value",), gives="present", with_run=True)
def sort_by(run: Run, items: list[Value], path: Value) -> list[Value]:
    if not isinstance(path, str | list):
        raise Fault("other", f"?sort_by takes the name of a key or a sequence of names, not {described(path)}")
    names = [path] if isinstance(path, str) else path
    return _sorted(run, items, [_member(item, names, position) for position, item in enumerate(items)])


def _member(item: Value, names: list[Value], position: int) -> Value:
    for name in names:
        if not isinstance(item, dict):
            raise Fault("other", f"Item {position} of ?sort_by is {described(item)}, where a hash is needed")
        if not isinstance(name, str):
            raise Fault("other", f"?sort_by takes names of keys, not {described(name)}")
        item = item.get(name)
        if item is None:
            raise Fault(
                "other",
                f'Item {position} of ?sort_by has no "{name[:40]}"',
                tip="filter first: xs?filter(x -> x.key??)",
            )
    return item


def _sorted(run: Run, items: list[Value], by: list[Value]) -> list[Value]:
    if not items:
        return []
    run.spend(len(items))
    kind = _sort_kind(by[0], 0)
    keys: list[Any] = []
    for position, value in enumerate(by):
        if _sort_kind(value, position) != kind:
            raise Fault(
                "other",
                f"Only values of one type can be sorted: item 0 is {described(by[0])}, "
                f"item {position} is {described(value)}",
            )
        keys.append(_sort_key(value))
        if type(value) is str:
            run.spend(len(value) >> 4)
    order = sorted(range(len(items)), key=keys.__getitem__)
    return run.made_items([items[position] for position in order])


def _sort_kind(value: Value, position: int) -> str:
    if isinstance(value, str | Blank):
        return "text"
    if isinstance(value, bool):
        return "boolean"
    if as_number(value) is not None:
        return "number"
    if isinstance(value, Moment):
        return "date"
    raise Fault("other", f"Item {position} is {described(value)}, which cannot be sorted")


def _sort_key(value: Value) -> Any:
    if isinstance(value, str):
        return collation_key(value)
    if isinstance(value, Blank):
        return collation_key("")
    if isinstance(value, Moment):
        return value.millis
    number = value if isinstance(value, bool) else as_number(value)
    return number if number == number else Decimal("Infinity")  # NaN comes last
