import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from events import audit
from events.audit import acting
from events.models import Project
from streamhub import projects
from streamhub.yaml_text import as_yaml


class Command(BaseCommand):
    # They load every page to look at the program, as the tests do; `up` and `web` make those of the settings.
    requires_system_checks: list[str] = []
    help = (
        "Prints projects, keys and destinations as `apply` takes them. Secret header values are null unless asked for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--with-secrets", action="store_true", help="Write secret header values in plain text.")
        parser.add_argument("--format", choices=("yaml", "json"), default="yaml", help="Default: %(default)s.")

    def handle(self, *args: Any, **options: Any) -> None:
        data = projects.dump(with_secrets=options["with_secrets"])
        if options["with_secrets"]:
            with acting("the command dump"):
                for project in Project.objects.all():
                    audit.record("wrote out the secrets of", project)
        if options["format"] == "json":
            self.stdout.write(json.dumps(data, indent=2, ensure_ascii=False))
        else:
            self.stdout.write(as_yaml(data), ending="")
