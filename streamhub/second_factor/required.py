"""Where everybody needs a second factor: nothing else opens before it."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
PROVEN = "second_factor"  # in a session that was begun with one, or in which it was set up


def before_second_factor(view: View) -> View:
    """Marks a page that opens without it: the one on which it is set up, and leaving."""
    view.before_second_factor = True  # type: ignore[attr-defined]
    return view


def lead_to_second_factor(request: HttpRequest, view: Callable[..., HttpResponseBase]) -> HttpResponseBase | None:
    """None: may go on. Costs nothing where it is not required, and no query in sessions that have it."""
    if not settings.SECOND_FACTOR_REQUIRED or getattr(view, "before_second_factor", False):
        return None
    if request.session.get(PROVEN):
        return None
    from streamhub.second_factor.factor import is_on

    if not is_on(request.user):  # type: ignore[arg-type]
        return redirect("second_factor")
    logout(request)  # a session from before it was set up elsewhere
    return redirect_to_login(request.get_full_path())
