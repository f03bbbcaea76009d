"""DECLARED and USED: which parameters and mapping fields a kind declares, and where its templates read them. (pure)

From the templates' trees, not by searching their text: a name in a comment or in a string is no use.
"""

from dataclasses import dataclass, field
from typing import Literal

from destinations.freemarker import TemplateError
from destinations.freemarker import references as freemarker_references
from destinations.http_mapping.requests import NAMES
from destinations.kind.definition import Kind, Parameter
from destinations.kind.problems import Place

ROOTS = {"parameters": "parameter", "mappedFields": "mapping field"}


@dataclass(frozen=True, slots=True)
class Use:
    """`where`: "URL", "header Api-Key", "authentication" or "body"; `place`: in the definition; `line` from 1."""

    where: str
    place: Place
    line: int


@dataclass(slots=True)
class Usage:
    """One row of the table. `what`: "parameter" or "mapping field"."""

    what: str
    name: str
    declared: bool
    place: Place = ()
    uses: list[Use] = field(default_factory=list)

    @property
    def fault(self) -> Literal["", "unused", "undeclared"]:
        return "undeclared" if not self.declared else "" if self.uses else "unused"

    @property
    def where(self) -> list[str]:
        return list(dict.fromkeys(use.where for use in self.uses))


def usages(kind: Kind) -> list[Usage]:
    """The declared ones in their order, then the undeclared as they are met. Templates that do not parse are left out,
    and one that reads `parameters` as a whole uses them all."""
    rows = {("parameters", p.name): Usage("parameter", p.name, True, ("parameters", n)) for n, p in _numbered(kind)}
    for number, one in enumerate(kind.mappings):
        rows["mappedFields", one.name] = Usage("mapping field", one.name, True, ("mappings", number))
    for where, place, language, source in _sources(kind):
        for path, line in _lines(language, source):
            if path[0] not in ROOTS:
                continue
            use = Use(where, place, line)
            if len(path) == 1:
                for key, row in rows.items():
                    if key[0] == path[0] and row.declared:
                        row.uses.append(use)
            else:
                key = (path[0], path[1])
                rows.setdefault(key, Usage(ROOTS[path[0]], path[1], False)).uses.append(use)
    _note_identifier(kind, rows)
    _note_mappings(kind, rows)
    return list(rows.values())


def references_of(source: str) -> list[tuple[str, ...]]:
    """The paths that a FreeMarker text reads. Raises TemplateError."""
    return [reference.path for reference in freemarker_references(source)]


def _numbered(kind: Kind) -> list[tuple[int, Parameter]]:
    return list(enumerate(kind.parameters))


def _note_identifier(kind: Kind, rows: dict[tuple[str, str], Usage]) -> None:
    """The parameter that chooses a cohort's identifier is read by the hub itself."""
    if kind.identifier and (row := rows.get(("parameters", kind.identifier.parameter))):
        row.uses.append(Use("identifier", ("identifier", "parameter"), 1))


def _note_mappings(kind: Kind, rows: dict[tuple[str, str], Usage]) -> None:
    """Mapped requests read parameters by their names."""
    for name in NAMES if kind.is_mapped else ():
        if row := rows.get(("parameters", name)):
            row.uses.append(Use("mappings", ("request", "body"), 1))


def _sources(kind: Kind) -> list[tuple[str, Place, str, str]]:
    request = kind.request
    found: list[tuple[str, Place, str, str]] = [("URL", ("request", "url"), "freemarker", request.url)]
    found.append(("header Content-Type", ("request", "content_type"), "freemarker", request.content_type))
    for number, header in enumerate(request.headers):
        found.append((f"header {header.name}", ("request", "headers", number, "value"), "freemarker", header.value))
    for key, value in request.auth.values.items() if request.auth else ():
        found.append(("authentication", ("request", "auth", key), "freemarker", value))
    if request.body == "template" or (kind.is_mapped and request.template):
        found.append(("body", ("request", "template"), request.language, request.template))
    return found


def _lines(language: str, source: str) -> list[tuple[tuple[str, ...], int]]:
    read = freemarker_references
    if language == "jinja2":
        from destinations.jinja import references as read
    try:
        return [(reference.path, reference.line) for reference in read(source)]
    except TemplateError:
        return []
