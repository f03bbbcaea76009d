import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from events import audit
from events.audit import acting


class Command(BaseCommand):
    help = (
        "Copies the SQLite database into a file of its own, while the hub runs. PostgreSQL has pg_dump for that. "
        "The keys are not in it: keep keys.env, or both variables, elsewhere."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="Where the copy goes; it must not exist yet.")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        if connection.vendor != "sqlite":
            raise CommandError(
                "This hub's database is PostgreSQL: use pg_dump --format=custom --file=FILE DATABASE_URL."
            )
        if file.exists():
            raise CommandError(f"{file} exists already. Name another file.")
        old = os.umask(0o077)  # it holds all that the database does
        try:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(file)])
        except Exception as error:
            raise CommandError(f"{file} could not be written: {error}") from error
        finally:
            os.umask(old)
        with acting("the command backup"):
            audit.record("backed up the database", None, name=file.name)
        self.stdout.write(f"{file}: {file.stat().st_size:,} bytes")
