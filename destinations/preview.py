"""What would be sent: a payload draft and one event -> the request, or what is wrong (nothing is saved or sent)."""

import json
from dataclasses import dataclass
from typing import Any

from destinations import auth_rules, catalog, signing_rules
from destinations.kind.rendering import header_names
from destinations.models import Destination, PayloadMode
from destinations.payloads import Finding, TemplateError, compile_payload, lint_template
from destinations.secrets import DOTS, masked


@dataclass(frozen=True, slots=True)
class Preview:
    """`body` is None where the template could not be rendered; `error` then says why and where."""

    body: str | None = None
    error: TemplateError | None = None
    fault: "Fault | None" = None  # None for valid JSON
    findings: tuple[Finding, ...] = ()

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        return len((self.body or "").encode())

    @property
    def annotations(self) -> list[dict[str, Any]]:
        """The error and the findings as the editor marks them in its margin (rows count from 0)."""
        marks = [_mark(one.line, one.column, f"{one.message} {one.tip}", "warning") for one in self.findings]
        if self.error is not None and self.error.line is not None:
            marks.append(_mark(self.error.line, self.error.column, self.error.message, "error"))
        return marks


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a body is not JSON. The text before, at and after the place; all of it is `before` where that is unknown."""

    words: str  # "line 3, column 5: ..."
    before: str
    at: str = ""
    after: str = ""


def preview(draft: Destination, data: dict[str, Any]) -> Preview:
    """The body that the draft's payload makes of an event's stored data."""
    try:
        findings = _findings(draft)
        body = compile_payload(draft)(data)
    except TemplateError as error:
        return Preview(error=error)
    return Preview(body, fault=_fault(body), findings=findings)


def shown_headers(destination: Destination) -> list[tuple[str, str]]:
    """The headers of the kind and the destination's own as they are sent, secrets masked, and in words those made for
    each request."""
    own = [(h.name, masked(h.value) if h.secret else str(h.value)) for h in destination.header_list]
    auth = [(name, DOTS) for name in auth_rules.header_names(destination.auth)]
    if not any(name.lower() == destination.id_header.lower() for name, _ in own):
        own.append((destination.id_header, "msg_… (the same in every try)"))
    kind = catalog.of(destination)
    of_kind = [(name, "(made by the kind)") for name in header_names(kind)] if kind is not None else []
    return (
        of_kind
        + auth
        + own
        + [(name, "(made for each try)") for name in signing_rules.header_names(destination.signing)]
    )


def _findings(draft: Destination) -> tuple[Finding, ...]:
    if draft.payload_mode == PayloadMode.RAW:
        return ()
    return tuple(lint_template(draft.language, draft.template))


def _mark(line: int, column: int | None, text: str, kind: str) -> dict[str, Any]:
    return {"row": line - 1, "column": (column or 1) - 1, "text": text, "type": kind}


def _fault(text: str) -> Fault | None:
    words, place = _json_fault(text)
    if not words:
        return None
    if place is None:
        return Fault(words, text)
    return Fault(words, text[:place], text[place : place + 1], text[place + 1 :])


def json_fault(text: str) -> str:
    """Why `text` is not JSON and where, or ""."""
    return _json_fault(text)[0]


def _json_fault(text: str) -> tuple[str, int | None]:
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        words = f"line {error.lineno}, column {error.colno}: {error.msg[:1].lower()}{error.msg[1:]}"
        return words, error.pos
    except ValueError as error:
        return str(error), None
    except RecursionError:
        return "it is nested too deeply to be checked", None
    return "", None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")
