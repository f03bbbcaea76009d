"""A template: compiled once, rendered many times, from any thread."""

from __future__ import annotations

from collections.abc import Mapping
from traceback import walk_tb
from types import TracebackType
from typing import Any

from destinations.freemarker import tree
from destinations.freemarker.advice import advice
from destinations.freemarker.compiled import TEMPLATE_FILE, Cache, Compiled, evaluate
from destinations.freemarker.errors import Kind, TemplateError
from destinations.freemarker.faults import Fault, LimitReached, SyntaxFault
from destinations.freemarker.helper_objects import SHARED_VALUES
from destinations.freemarker.limits import DEFAULTS, Limits
from destinations.freemarker.python_code import Site
from destinations.freemarker.run import Run
from destinations.freemarker.settings import Settings, settings_from
from destinations.freemarker.source import Source
from destinations.freemarker.utf16 import joined
from destinations.freemarker.value_errors import BadValue

_CACHE = Cache()


class Template:
    """FreeMarker source, checked and compiled.

    `settings` is a profile (`"payload"`, the default, or `"strict"`), a mapping of settings by name, or a
    `Settings`. `limits` may be lower than the defaults. Raises TemplateError when the source has an error.
    """

    def __init__(
        self,
        source: str,
        *,
        settings: Settings | Mapping[str, object] | str | None = None,
        name: str = "template",
        limits: Limits = DEFAULTS,
    ) -> None:
        self.name = name
        self.settings = settings_from(settings)
        self.limits = limits
        self._source = Source(source, name)
        try:
            self._compiled = _CACHE.get(self._source, limits)
        except SyntaxFault as fault:
            raise syntax_error(fault, self._source) from None
        except (RecursionError, MemoryError):
            message = "Blocks and expressions are nested too deep (limit: depth)"
            raise TemplateError("limit", message, 1, 1, template_name=name) from None

    @property
    def source(self) -> str:
        return self._source.text

    @property
    def tree(self) -> tree.Root:
        """The parsed template; not to be changed."""
        return self._compiled.root

    def render(self, data: dict[str, Any]) -> str:
        """The text for this data. `data` holds JSON values and is not changed. Raises TemplateError."""
        compiled, name = self._compiled, self.name
        if compiled.refused is not None:
            raise refusal(compiled.refused, self._source)
        if not isinstance(data, dict):
            raise TemplateError("other", "The data must be a hash of variables by name", template_name=name)
        run = Run(data, self.settings, self.limits, name)
        run.evaluate = evaluate
        run.shared = SHARED_VALUES
        run.report = self._message
        output = run.buffers[0]
        try:
            compiled.run(run, data, output)
            run.check_output()
        except (RecursionError, MemoryError) as error:
            fault = LimitReached("The template goes too deep, or needs too much memory (limit: depth)")
            raise self._error(fault, error.__traceback__) from None
        except (Fault, BadValue) as error:
            raise self._error(error) from None
        except Exception as error:
            raise self._error(Fault("other", "The value cannot be processed here"), error.__traceback__) from error
        text = "".join(output)
        return text if text.isascii() else _well_formed(text)

    def _message(self, fault: Exception) -> str:
        """What `.error` says in `#recover`: all but the quoted line."""
        known = fault if isinstance(fault, Fault | BadValue) else Fault("other", "A value cannot be processed")
        error = self._error(known)
        error.source_line = None
        return str(error)

    def _error(self, fault: Fault | BadValue, traceback: TracebackType | None = None) -> TemplateError:
        message = str(fault)
        kind: Kind = fault.kind
        tip = getattr(fault, "tip", None)
        at = getattr(fault, "at", None)
        blamed = at is not None or getattr(fault, "here", False)
        if at is None:
            at = _running_site(traceback or fault.__traceback__, self._compiled)
        if at is None:
            return TemplateError(kind, message, tip=tip, template_name=self.name)
        site = self._compiled.sites[at]
        if kind != "missing" or tip is None:
            tip = advice(kind, self._compiled.root, site, self._source) or tip
        return located(kind, message, tip, site, self._source, blamed=blamed)


def _running_site(traceback: TracebackType | None, compiled: Compiled) -> int | None:
    """The site of the innermost line of the template's Python that was running."""
    found: int | None = None
    for frame, line in walk_tb(traceback):
        if frame.f_code.co_filename == TEMPLATE_FILE and frame.f_globals.get("template") is compiled.run:
            site = compiled.site_of_line[line]
            found = found if site is None else site
    return found


def located(kind: Kind, message: str, tip: str | None, site: Site, source: Source, *, blamed: bool) -> TemplateError:
    """The error at a site: at the blamed expression itself, else at the tag that it stands in."""
    line, column = source.position(site.start)
    owner_line, owner_column = source.position(site.owner)
    if not blamed and owner_line != line:
        line, column = owner_line, owner_column
    expression = source.excerpt(site.start, site.end) if site.start != site.owner else None
    return TemplateError(
        kind,
        message,
        line,
        column,
        expression,
        tip,
        template_name=source.name,
        source_line=source.line_text(line),
    )


def syntax_error(fault: SyntaxFault, source: Source) -> TemplateError:
    """A parse error with its place and the line it is in."""
    line, column = source.position(min(fault.start, len(source.text)))
    return TemplateError(
        fault.kind,
        fault.message,
        line,
        column,
        None,
        fault.tip,
        template_name=source.name,
        source_line=source.line_text(line),
    )


def refusal(node: tree.Node, source: Source) -> TemplateError:
    """Why a template with this node does not run."""
    line, column = source.position(node.start)
    if isinstance(node, tree.Refused):
        what = f"#{node.name}"
    elif isinstance(node, tree.BuiltIn):
        what = f"?{node.name}"
    else:
        what = source.excerpt(node.start, node.end)
    return TemplateError(
        "refused",
        f"{what} is not available: templates reach nothing but their data",
        line,
        column,
        source.excerpt(node.start, node.end),
        None,
        template_name=source.name,
        source_line=source.line_text(line),
    )


def _well_formed(text: str) -> str:
    """Surrogate pairs made whole; a half alone becomes a question mark."""
    return joined(text).encode("utf-8", "replace").decode("utf-8")
