from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from streamhub import sample_traffic


class Command(BaseCommand):
    # They load every page to look at the program, as the tests do; `up` and `web` make those of the settings.
    requires_system_checks: list[str] = []
    help = "Fills a new project with invented traffic of the last day: to look at full pages, or to measure them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--deliveries", type=int, default=20_000, help="About how many (default: %(default)s).")
        parser.add_argument("--hours", type=int, default=24, help="Over how many hours (default: %(default)s).")

    def handle(self, *args: Any, **options: Any) -> None:
        project = sample_traffic.create(max(1, options["deliveries"]), max(1, options["hours"]))
        self.stdout.write(f"Created the project “{project.name}”: {project.get_absolute_url()}")
