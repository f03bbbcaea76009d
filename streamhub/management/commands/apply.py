from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from events.audit import acting
from streamhub import projects
from streamhub.declaration import Declaration, DeclarationError


class Command(BaseCommand):
    # They load every page to look at the program, as the tests do; `up` and `web` make those of the settings.
    requires_system_checks: list[str] = []
    help = "Makes projects, keys and destinations match a YAML or JSON file. Safe to repeat; all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="The declaration, as `dump` prints it.")

    def handle(self, *args: Any, **options: Any) -> None:
        self._migrate()
        try:
            with acting("the command apply"):
                report = projects.apply(Declaration.read(options["file"]))
        except DeclarationError as error:
            raise CommandError(f"Nothing was changed.\n{error}") from None
        for line in report:
            self.stdout.write(line)

    def _migrate(self) -> None:
        """A new embedded database is prepared here; anybody else's is left to who runs it."""
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return
        if connection.vendor != "sqlite":
            raise CommandError("The database is not up to date. Run: python manage.py migrate")
        call_command("migrate", interactive=False, verbosity=0)
