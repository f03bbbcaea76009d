"""Log lines as text for people or as JSON for machines, one line each, secrets blanked in both."""

import logging
import re
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from streamhub.request_ids import request_id

BLANK = "•••"
# Nothing of ours logs a secret; texts of other people's errors might.
SECRETS = (
    re.compile(r"\b(?:shk|whsec)_[\w+/=\-]+"),
    re.compile(r"(?i)\b(?<=bearer )[^\s\"']+"),
    re.compile(r"(?i)\b(?<=basic )[^\s\"']+"),
    re.compile(r"(?<=://)[^\s/@\"']*:[^\s/@\"']+(?=@)"),
    re.compile(
        r"(?i)\b(?:[\w\-]*(?:api_?key|write_?key|secret|token|password|passwd|signature)[\w\-]*)[\"']?\s*[=:]\s*[\"']?"
        r"(?P<value>[^\s\"'&,;}]+)"
    ),
)
CONTROLS = {number: f"\\x{number:02x}" for number in (*range(9), *range(11, 32), 127)}


def blanked(line: str) -> str:
    for pattern in SECRETS:
        line = pattern.sub(_blank, line)
    return line


def _blank(found: re.Match[str]) -> str:
    if "value" not in found.re.groupindex:
        return BLANK
    return found.group().removesuffix(found["value"]) + BLANK


class WithRequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get() or None
        return True


class TextLines(logging.Formatter):
    """What came from outside cannot fake a line of its own or send a terminal its codes."""

    def format(self, record: logging.LogRecord) -> str:
        return blanked(super().format(record)).translate(CONTROLS)

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = record.message.replace("\n", "\\n")
        name = getattr(record, "request_id", None)
        return super().formatMessage(record) + (f" [{name}]" if name else "")


class JsonLines(JsonFormatter):
    """`{"time": …, "level": …, "logger": …, "message": …}` and what the line is about: `request_id`, `delivery` …"""

    def __init__(self) -> None:
        super().__init__(
            "{levelname}{name}{message}{request_id}",
            style="{",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp="time",
            reserved_attrs=[*RESERVED_ATTRS, "request"],  # Django's, with the query
            json_ensure_ascii=False,
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {name: blanked(value) if isinstance(value, str) else value for name, value in log_data.items()}
