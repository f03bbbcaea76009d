"""A Jinja2 payload template: compiled once, rendered from any thread."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from jinja2 import nodes
from jinja2.environment import Template as CompiledTemplate

from destinations.freemarker.limits import DEFAULTS, Limits
from destinations.jinja.budget import Budget, exceeded
from destinations.jinja.cache import SourceCache
from destinations.jinja.context import RenderContext
from destinations.jinja.environment import PayloadEnvironment
from destinations.jinja.errors import translated
from destinations.jinja.globals import GLOBALS

ENVIRONMENT = PayloadEnvironment()
CACHED_CHARACTERS = 4 * 1024 * 1024
_CHUNK = 4096
_NEWLINES = re.compile(r"\r\n?")
_compiled: SourceCache[CompiledTemplate] = SourceCache(CACHED_CHARACTERS)


class Template:
    """A template under `limits`. Compiling and rendering raise `TemplateError` and nothing else.

    `name` is what error messages call it. Compiled forms are shared by content.
    """

    __slots__ = ("_run", "limits", "name", "source")

    def __init__(self, source: str, *, name: str = "template", limits: Limits = DEFAULTS) -> None:
        self.source = _with_newlines(source)
        self.name = name
        self.limits = limits
        try:
            _check_length(source, limits)
            self._run = _compiled.get(self.source, None, lambda: ENVIRONMENT.compiled(self.source)).root_render_func
        except Exception as error:
            raise translated(error, self.source, name) from None

    def render(self, data: dict[str, Any]) -> str:
        """The payload for `data`, which holds JSON values (dict, list, str, int, float, Decimal, bool, None)."""
        budget = Budget(self.limits)
        context = RenderContext(ENVIRONMENT, GLOBALS | data, None, {})
        context.budget = budget
        try:
            text = _collected(self._run(context), budget)
        except Exception as error:
            raise translated(error, self.source, self.name) from None
        return text if text.isascii() else _well_formed(text)


def parsed(source: str) -> nodes.Template:
    """The syntax tree as written, for whoever reads templates; raises what parsing raises."""
    _check_length(source, DEFAULTS)
    return ENVIRONMENT.parse(_with_newlines(source))


def _well_formed(text: str) -> str:
    """Half of a surrogate pair, which has no UTF-8 form, becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _with_newlines(source: str) -> str:
    return _NEWLINES.sub("\n", source) if "\r" in source else source


def _check_length(source: str, limits: Limits) -> None:
    if len(source) > limits.template_characters:
        raise exceeded("template_characters", limits.template_characters)


def _collected(pieces: Any, budget: Budget) -> str:
    """The pieces joined; their size is checked before each chunk is kept."""
    left = budget.limits.output_characters
    chunk = list(islice(pieces, _CHUNK))
    kept = chunk
    while True:
        left -= sum(map(len, chunk))
        if left < 0:
            raise exceeded("output_characters", budget.limits.output_characters)
        if len(chunk) < _CHUNK:
            return "".join(kept)
        budget.spend(_CHUNK)
        chunk = list(islice(pieces, _CHUNK))
        kept += chunk
