"""From a right password to a session. Every way in leads through here: whoever has a second factor is asked for it.

Between the two steps the session says who is on the way, and is nobody's yet.
"""

import time
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from streamhub.second_factor.required import PROVEN

KEY = "signing_in"
SECONDS = 600  # from the password to the code
MOST_WRONG = 5  # codes, before the password is asked for again


@dataclass(frozen=True, slots=True)
class OnTheWay:
    user: User
    next: str


def proceed(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """Signs in, or asks for the code first. `target`: an address of the hub, checked by the caller."""
    from streamhub.second_factor.factor import is_on

    if not is_on(user):
        _enter(request, user, _backend(user))
        return redirect(target)
    request.session.cycle_key()
    request.session[KEY] = {
        "user": user.pk,
        "backend": _backend(user),
        "hash": user.get_session_auth_hash(),
        "at": time.time(),
        "next": target,
        "wrong": 0,
    }
    return redirect("sign_in_code")


def on_the_way(request: HttpRequest) -> OnTheWay | None:
    """None where no password was given, or too long ago, or it was changed or the account switched off since."""
    state = request.session.get(KEY)
    if not state or not 0 <= time.time() - state["at"] <= SECONDS:
        return None
    user = User.objects.filter(pk=state["user"], is_active=True).first()
    if user is None or not constant_time_compare(state["hash"], user.get_session_auth_hash()):
        return None
    return OnTheWay(user, state["next"])


def finish(request: HttpRequest, user: User) -> None:
    """After the right code."""
    state = request.session.pop(KEY)
    _enter(request, user, state["backend"])
    request.session[PROVEN] = True


def note_wrong_code(request: HttpRequest) -> bool:
    """Whether another one may be tried before the password is asked for again."""
    state = request.session[KEY]
    if state["wrong"] + 1 >= MOST_WRONG:
        request.session.flush()
        return False
    request.session[KEY] = state | {"wrong": state["wrong"] + 1}
    return True


def _enter(request: HttpRequest, user: User, backend: str) -> None:
    login(request, user, backend=backend)
    request.session.pop(KEY, None)


def _backend(user: User) -> str:
    return getattr(user, "backend", None) or settings.AUTHENTICATION_BACKENDS[0]
