from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.audit import acting
from streamhub.second_factor.factor import take_away


class Command(BaseCommand):
    help = "Removes the second factor of an account whose owner has lost it. They then sign in by password alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the user name")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"No account is called {name}.")
        with acting("the command remove_second_factor"):
            if not take_away(user):
                raise CommandError(f"{name} has no second factor.")
        self.stdout.write(f"{name} signs in by password alone now.")
