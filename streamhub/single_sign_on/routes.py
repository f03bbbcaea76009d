"""Its two doors, which are there only while it is configured."""

from django.conf import settings
from django.urls import URLPattern, path


def routes() -> list[URLPattern]:
    if not settings.OIDC.is_on:
        return []
    from streamhub.single_sign_on import views

    return [
        path("login/sso/", views.begin, name="single_sign_on"),
        path("login/sso/callback/", views.callback, name="single_sign_on_callback"),
    ]
