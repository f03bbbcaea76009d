import json
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from destinations.freemarker import TemplateError
from destinations.payloads import compile_template, lint_template


class Command(BaseCommand):
    help = """Renders a payload template with a file of data, as a delivery would.

The data file is JSON and holds the template's variables by name:
  {"input": {"event_type": "signup"}, "parameters": {"api_key": "k"}}

Errors go to standard error, one to a line, as FILE:LINE:COLUMN: MESSAGE.

Exit codes:
  0  rendered; with --lint, nothing was found
  1  the template or the data has an error; with --lint, something was found
  2  the command line is wrong"""
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", choices=("freemarker", "jinja2"), default="freemarker")
        parser.add_argument("--template", type=Path, required=True, metavar="FILE")
        parser.add_argument("--data", type=Path, metavar="FILE.json", help="Without it, there are no variables.")
        parser.add_argument("--lint", action="store_true", help="List what may go wrong instead of rendering.")

    def handle(self, *args: Any, **options: Any) -> None:
        path, language = options["template"], options["language"]
        try:
            source = _text(path)
            if options["lint"]:
                self._lint(path, language, source)
                return
            data = {} if options["data"] is None else _data(options["data"])
            self._print(_rendered(path, language, source, data))
        except _FileError as error:
            self._stop([str(error)])

    def _lint(self, path: Path, language: str, source: str) -> None:
        _compiled(path, language, source)
        found = lint_template(language, source)
        findings = [_FileError(path, one.line, one.column, one.message, one.tip) for one in found]
        if findings:
            self._stop(map(str, findings))

    def _print(self, text: str) -> None:
        """The payload to the byte; a line end is added only for the eyes."""
        ending = "\n" if self.stdout.isatty() and not text.endswith("\n") else ""
        self.stdout.write(text, ending=ending)

    def _stop(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stderr.write(line)
        sys.exit(1)


class _FileError(Exception):
    """Something is wrong at a place in a file: `FILE:LINE:COLUMN: MESSAGE`."""

    def __init__(self, path: Path, line: int | None, column: int | None, message: str, tip: str | None = None) -> None:
        words = f"{message.rstrip('.')}. Tip: {tip}" if tip else message
        super().__init__(f"{path}:{line or 1}:{column or 1}: {' '.join(words.split())}")


def _compiled(path: Path, language: str, source: str) -> Callable[[dict[str, Any]], str]:
    try:
        return compile_template(language, source, path.name)
    except TemplateError as error:
        raise _located(path, error) from None


def _rendered(path: Path, language: str, source: str, data: dict[str, Any]) -> str:
    render = _compiled(path, language, source)
    try:
        return render(data)
    except TemplateError as error:
        raise _located(path, error) from None


def _located(path: Path, error: TemplateError) -> _FileError:
    return _FileError(path, error.line, error.column, error.message, error.tip)


def _data(path: Path) -> dict[str, Any]:
    """The variables, numbers exact."""
    try:
        data = json.loads(_text(path), parse_float=Decimal, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise _FileError(path, error.lineno, error.colno, f"This is not JSON: {error.msg}.") from None
    except (ValueError, RecursionError) as error:
        raise _FileError(path, 1, 1, f"This JSON cannot be used: {error}.") from None
    if not isinstance(data, dict):
        raise _FileError(path, 1, 1, 'The data must be an object of variables by name: {"input": {...}}.')
    return data


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise _FileError(path, 1, 1, f"The file cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _FileError(path, line, 1, "The file is not UTF-8 text.") from None
