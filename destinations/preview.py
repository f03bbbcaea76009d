"""What would be sent: a payload draft and one event -> the body, or what is wrong (nothing is saved or sent)."""

import json
from dataclasses import dataclass
from typing import Any

from destinations.models import Destination
from destinations.payloads import TemplateError, compile_payload


@dataclass(frozen=True, slots=True)
class Preview:
    """`body` is None where the template could not be rendered; `error` then says why and where."""

    body: str | None = None
    error: TemplateError | None = None
    json_fault: str = ""  # "line 3, column 5: ..."; empty for valid JSON

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        return len((self.body or "").encode())

    @property
    def annotations(self) -> list[dict[str, Any]]:
        """The error as the editor marks it in its margin (rows count from 0)."""
        if self.error is None or self.error.line is None:
            return []
        row, column = self.error.line - 1, (self.error.column or 1) - 1
        return [{"row": row, "column": column, "text": self.error.message, "type": "error"}]


def preview(draft: Destination, data: dict[str, Any]) -> Preview:
    """The body that the draft's payload makes of an event's stored data."""
    try:
        body = compile_payload(draft)(data)
    except TemplateError as error:
        return Preview(error=error)
    return Preview(body, json_fault=json_fault(body))


def json_fault(text: str) -> str:
    """Why `text` is not JSON and where, or ""."""
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return f"line {error.lineno}, column {error.colno}: {error.msg[:1].lower()}{error.msg[1:]}"
    except ValueError as error:
        return str(error)
    except RecursionError:
        return "it is nested too deeply to be checked"
    return ""


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")
