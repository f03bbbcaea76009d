"""What people may do in a project, from least to most. Which page needs which role: streamhub/permissions.py."""

from django.db import models


class Role(models.TextChoices):
    """Each role may do all that those before it may."""

    VIEWER = "viewer", "Viewer"  # sees everything but secrets
    EDITOR = "editor", "Editor"  # makes and changes destinations, templates, filters
    PUBLISHER = "publisher", "Publisher"  # switches on and off, retries, replays, sends tests
    ADMIN = "admin", "Admin"  # members, keys, retention, deleting, secrets

    def allows(self, needed: "Role") -> bool:
        order = list(Role)
        return order.index(self) >= order.index(needed)


MEANING = {
    Role.VIEWER: "Sees everything but secrets.",
    Role.EDITOR: "Also makes and changes destinations, templates, filters and cohorts.",
    Role.PUBLISHER: "Also switches destinations on and off, retries, replays, sends tests and syncs cohorts.",
    Role.ADMIN: "Also manages members, keys and retention, deletes, and may see secrets.",
}
