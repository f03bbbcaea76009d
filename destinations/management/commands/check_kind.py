import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from destinations.kind.check import check_path


class Command(BaseCommand):
    help = """Says what is wrong with kinds: folders like those in destinations/kinds/, or zips of one.

Every problem is a line on standard error: FOLDER/FILE:LINE: MESSAGE. What is checked: the data in kind.yaml, the
templates and what they use, the URL's host, that each sample makes exactly the request it says, and the logo.

Exit codes:
  0  nothing is wrong
  1  something is wrong"""
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, nargs="+", metavar="DIR", help="A kind's folder, or a zip of it.")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = False
        for path in options["path"]:
            problems = check_path(path)
            wrong = wrong or bool(problems)
            for problem in problems:
                self.stderr.write(f"{path}/{problem}")
            if not problems:
                self.stdout.write(f"{path}: nothing is wrong.")
        if wrong:
            sys.exit(1)
