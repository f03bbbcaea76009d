import os
import sys
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandParser

from streamhub.checks import refuse_to_start
from streamhub.processes import allow_many_connections, web_command


class Command(BaseCommand):
    requires_system_checks = [Tags.security]  # of the settings; others load every page to look at the program
    help = "Serves the pages and the ingest API with granian."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (default: %(default)s).")
        parser.add_argument("--port", type=int, default=8000, help="Port to listen on (default: %(default)s).")
        parser.add_argument("--workers", type=int, default=1, help="Web processes (default: %(default)s).")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_to_start(options["host"])
        os.environ["STREAMHUB_DATA"] = str(settings.DATA_DIR)
        command = web_command(options["host"], options["port"], options["workers"])
        allow_many_connections()
        os.execv(sys.executable, command)
