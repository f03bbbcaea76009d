from typing import Any

from django.core.management.base import BaseCommand

from streamhub.clock import clock


class Command(BaseCommand):
    # They load every page to look at the program, as the tests do; `up` and `web` make those of the settings.
    requires_system_checks: list[str] = []
    help = "Runs the clock: it sweeps for due work and starts the regular jobs. One is enough for an installation."

    def handle(self, *args: Any, **options: Any) -> None:
        clock().start()
