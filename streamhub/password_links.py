"""A link by which the owner of a new account chooses its password, once."""

from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from events import audit
from events.models import Membership


def password_link(request: HttpRequest, membership: Membership) -> str:
    """Whoever has it gets in: the caller has asked `awaits_password`."""
    user = membership.user
    key, token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
    audit.record("made a password link for", membership)
    return request.build_absolute_uri(reverse("welcome", args=[key, token]))
