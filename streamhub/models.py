"""What the management API knows its callers by."""

from django.conf import settings
from django.db import models
from django.utils.timezone import now

from events.fields import JSONTextField
from events.models import Project
from events.roles import Role


class ApiToken(models.Model):
    """A key to one project's API. Only its hash is kept; the rules are in api_tokens.py.

    It may do what its role may (permissions.py), within its scopes (scopes.py). It stays when who made it leaves.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=16, choices=Role)
    scopes = JSONTextField(default=list)  # ["destinations:write", ...]
    hash = models.CharField(max_length=64, unique=True, editable=False)
    end = models.CharField("ends in", max_length=4, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField(null=True, default=None)
    # To the minute: not every request writes it.
    last_used_at = models.DateTimeField(null=True, default=None)
    last_used_from = models.GenericIPAddressField(null=True, default=None)
    revoked_at = models.DateTimeField(null=True, default=None)

    class Meta:
        ordering = ["-id"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return self.name

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= now()
