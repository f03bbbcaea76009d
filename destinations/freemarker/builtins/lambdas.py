"""Built-ins that take a lambda: `?filter`, `?map`, `?take_while`, `?drop_while`.

Over a list the result is a list. Over a long range it is walked as it is needed, so that
`<#list (1..)?map(x -> x * x) as y>` may end with `<#break>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from destinations.freemarker import formulas, tree
from destinations.freemarker.builtins.catalogue import compiled_built_in
from destinations.freemarker.calls import call
from destinations.freemarker.comparison import truth
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.faults import Fault
from destinations.freemarker.python_code import Piece
from destinations.freemarker.run import Run
from destinations.freemarker.values import Lazy, Range, Value

Step = Callable[[Iterable[Value], Callable[[Value], Value]], Iterator[Value]]

_SHORT = 500


def _filtered(items: Iterable[Value], test: Callable[[Value], Value]) -> Iterator[Value]:
    return (item for item in items if test(item))


def _mapped(items: Iterable[Value], function: Callable[[Value], Value]) -> Iterator[Value]:
    for item in items:
        result = function(item)
        if result is None:
            raise Fault(
                "other", "The function of ?map returned a missing value", tip='give it a default: x -> (x.key)!""'
            )
        yield result


def _taken(items: Iterable[Value], test: Callable[[Value], Value]) -> Iterator[Value]:
    for item in items:
        if not test(item):
            return
        yield item


def _dropped(items: Iterable[Value], test: Callable[[Value], Value]) -> Iterator[Value]:
    dropping = True
    for item in items:
        dropping = dropping and test(item)
        if not dropping:
            yield item


def _stepped(step: Step) -> Callable[[Run, Value, Callable[[Value], Value], int], Value]:
    def over(run: Run, value: Value, function: Callable[[Value], Value], at: int) -> Value:
        if isinstance(value, Range | Lazy) and not (isinstance(value, Range) and value.size <= _SHORT):
            run.spend(10)
            source = value.walk if isinstance(value, Lazy) else value.__iter__
            run.charge(400)
            return Lazy(lambda: step(run.charged(source()), function))
        items = run.items(value, at)
        if len(items) <= _SHORT:
            run.spend(len(items))
            return run.made_items(list(step(items, function)))
        return run.made_items(list(step(run.charged(iter(items)), function)))

    return over


STEPS = {
    "filter_items": _stepped(_filtered),
    "map_items": _stepped(_mapped),
    "take_items": _stepped(_taken),
    "drop_items": _stepped(_dropped),
}


def caller(run: Run, function: Value, at: int) -> Callable[[Value], Value]:
    """A function or method of the template as a Python function of one argument."""
    return lambda item: call(run, function, (item,), at)


def tester(run: Run, function: Value, at: int) -> Callable[[Value], bool]:
    """As `caller`, for a result that must be a boolean."""
    return lambda item: tested(run, call(run, function, (item,), at), at)


def tested(run: Run, value: Value, at: int) -> bool:
    """What a lambda or function says of an item."""
    if value is None:
        raise Fault("other", "The test of the items returned a missing value", tip="it must return true or false")
    return truth(run, value, at)


def _enter(name: str, function: str, *, tests: bool) -> None:
    @compiled_built_in(name, takes=("value",), parse_time=True, takes_lambda=True)
    def compiles(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
        target = c.expression(node.target)
        argument = arguments[0]
        if isinstance(argument, tree.Lambda):
            made, _ = formulas.lambda_function(c, argument, as_condition=tests)
        else:
            made = f"{'tester' if tests else 'caller'}(R, {c.expression(argument).code}, {c.site(argument)})"
        code = f"(\n#{c.site(node)}\n{function}(R, {target.code}, {made}, {c.site(node.target)}))"
        return c.combined(code, "present", target)


_enter("filter", "filter_items", tests=True)
_enter("map", "map_items", tests=False)
_enter("take_while", "take_items", tests=True)
_enter("drop_while", "drop_items", tests=True)
