"""The sandboxed environment that payload templates are parsed, compiled and run in."""

from __future__ import annotations

from typing import Any

from jinja2.environment import Template as CompiledTemplate
from jinja2.runtime import LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from destinations.jinja.budget import Budget
from destinations.jinja.context import RenderContext
from destinations.jinja.faults import Fault
from destinations.jinja.filters import FILTERS
from destinations.jinja.globals import GLOBALS
from destinations.jinja.loops import Watched, length
from destinations.jinja.methods import Method
from destinations.jinja.missing import Missing
from destinations.jinja.positions import PositionLexer
from destinations.jinja.predicates import TESTS
from destinations.jinja.text import require, subject
from destinations.jinja.tree import RUNTIME, guarded


class PayloadEnvironment(ImmutableSandboxedEnvironment):
    """Attribute access, operators and loops never reach Python's own: see `tree`. Calls come through here."""

    context_class = RenderContext

    def __init__(self) -> None:
        super().__init__(undefined=Missing, optimized=False, autoescape=False, cache_size=0)
        self.filters = FILTERS | RUNTIME
        self.tests = dict(TESTS)
        self.globals = dict(GLOBALS)
        self._lexer = PositionLexer(self)

    @property
    def lexer(self) -> PositionLexer:
        return self._lexer

    def compiled(self, source: str) -> CompiledTemplate:
        """Parse, guard and compile. Raises a fault, Jinja2's errors, or Python's for what it cannot compile."""
        tree = guarded(self.parse(source))
        return CompiledTemplate.from_code(self, self.compile(tree), self.globals)

    def call(self, context: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Every call a template makes: methods of ours, macros and recursive loops; nothing else is callable."""
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        budget: Budget = context.budget
        budget.spend(1)
        kind = type(function)
        if kind is Method:
            if function.subject is None:
                return function.run(budget, *args, **kwargs)
            return function.run(budget, function.subject, *args, **kwargs)
        if kind is not Macro and kind is not LoopContext:
            require(function)
            tip = "A key of the data goes before a method of that name: write x|items, x|list, x|length instead."
            raise Fault("type", f"{subject(function)} cannot be called.", tip)
        if kind is LoopContext:
            children = args[0] if args else None
            budget.spend(length(children, "loop() takes"))
            args = (Watched(budget, children),)
        budget.enter()
        text = function(*args, **kwargs)
        budget.depth += 1
        budget.text(len(text))
        return text

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """No attribute is reached through the stock sandbox: `access` decides, this is the second wall."""
        return False

    def is_safe_callable(self, obj: Any) -> bool:
        """As above: `call` decides."""
        return isinstance(obj, (Macro, Method, LoopContext))

    def wrap_str_format(self, value: Any) -> None:
        """`str.format` builds text of any size: it is not wrapped, so it is not offered."""
