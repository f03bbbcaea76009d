"""The hub's doors as they are where single sign-on is configured."""

from django.urls import path

from streamhub.single_sign_on import views
from streamhub.urls import handler400, handler403, handler404, handler500
from streamhub.urls import urlpatterns as without

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [
    path("login/sso/", views.begin, name="single_sign_on"),
    path("login/sso/callback/", views.callback, name="single_sign_on_callback"),
    *without,
]
