"""Who asks for a page that only those see who have signed in."""

from django.contrib.auth.models import User
from django.http import HttpRequest


def signed_in(request: HttpRequest) -> User:
    """The middleware has sent everybody else to sign in."""
    assert isinstance(request.user, User)
    return request.user
