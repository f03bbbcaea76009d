from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django_rq.workers import get_worker

from streamhub import tracing

QUEUES = ("fresh", "retry", "cohorts", "default")


class Command(BaseCommand):
    # They load every page to look at the program, as the tests do; `up` and `web` make those of the settings.
    requires_system_checks: list[str] = []
    help = "Runs one worker process. Start as many as wanted, on as many machines as wanted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "queue",
            choices=QUEUES,
            help="fresh: routing and first attempts. retry: further attempts. cohorts: cohorts and their syncs. "
            "default: everything else.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tracing.begin()
        get_worker(options["queue"], serializer="rq.serializers.JSONSerializer").work(logging_level="WARNING")
