from typing import Any

from django.core.management.base import BaseCommand, CommandError

from destinations.rotation import rotate_all
from events import audit
from events.audit import acting
from streamhub.second_factor.rotation import rotate_second_factors


class Command(BaseCommand):
    help = (
        "Writes all stored secrets anew with the first key of STREAMHUB_ENCRYPTION_KEYS. Put a new key before the old "
        "one, restart every process, run this, then take the old key away. It may run while the hub does."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with acting("the command rotate_secrets"):
            done = rotate_all()
            rotate_second_factors(done)
            audit.record("encrypted all secrets anew", None, name=f"{done.anew} of {done.total}")
        self.stdout.write(f"{done.anew} written anew, {done.current} had the first key already.")
        if done.unreadable:
            raise CommandError(
                f"No key of STREAMHUB_ENCRYPTION_KEYS opens {len(done.unreadable)} of them. Add the old key, or type "
                "these secrets again:\n" + "\n".join(done.unreadable)
            )
