"""One's own second factor: setting it up, its recovery codes, switching it off."""

import time
from base64 import b64encode
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from destinations.secrets import SecretUnreadable, opened, sealed
from events.signed_in import signed_in
from events.toasts import toast
from streamhub.pages.second_factor_forms import ProofForm, SetUpForm
from streamhub.second_factor import factor
from streamhub.second_factor.required import PROVEN, before_second_factor

SECRET = "second_factor_secret"  # noqa: S105 - where in the session the one that is being set up stands, sealed
FRESH = "recovery_codes_until"  # and until when new recovery codes are shown, once they were made
SECONDS = 900


@before_second_factor
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if found := factor.factor_of(user):
        return _manage(request, user, found)
    return _set_up(request, user)


@before_second_factor
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Shown to the session that made them, until it says that they are saved."""
    user = signed_in(request)
    codes = factor.unused_codes(user) if request.session.get(FRESH, 0) > time.time() else []
    if request.method == "POST":
        request.session.pop(FRESH, None)
        return redirect("home" if request.POST.get("then") == "home" else "second_factor")
    if not codes:
        return toast(request, redirect("second_factor"), "Recovery codes are shown once. Make new ones.", "info")
    text = "\n".join(f"{code[:5]} {code[5:]}" for code in codes)
    return render(request, "second_factor/codes.html", {"codes": text, "many": len(codes)})


def _set_up(request: HttpRequest, user: User) -> HttpResponse:
    secret = _secret(request)
    form = SetUpForm(request.POST or None, request=request, secret=secret)
    if request.method == "POST" and form.is_valid():
        factor.switch_on(user, secret, form.step)
        del request.session[SECRET]
        request.session[PROVEN] = True
        request.session[FRESH] = time.time() + SECONDS
        return toast(request, redirect("recovery_codes"), "Your second factor is on.")
    adapter = get_adapter()
    address = adapter.build_totp_url(user, secret)
    context = {
        "form": form,
        "qr": "data:image/svg+xml;base64," + b64encode(adapter.build_totp_svg(address).encode()).decode(),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "required": settings.SECOND_FACTOR_REQUIRED,
    }
    return render(request, "second_factor/set_up.html", context)


def _manage(request: HttpRequest, user: User, found: factor.Factor) -> HttpResponse:
    act = request.POST.get("act", "")
    forms: dict[str, Any] = {
        name: ProofForm(request.POST if act == name else None, request=request, prefix=name)
        for name in ("codes", "off")
    }
    if act == "codes" and forms[act].is_valid():
        factor.new_codes(user)
        request.session[FRESH] = time.time() + SECONDS
        return redirect("recovery_codes")
    if act == "off" and not settings.SECOND_FACTOR_REQUIRED and forms[act].is_valid():
        factor.switch_off(user)
        request.session.pop(PROVEN, None)
        return toast(request, redirect("second_factor"), "Your second factor is off.")
    context = {"factor": found, "forms": forms, "required": settings.SECOND_FACTOR_REQUIRED}
    return render(request, "second_factor/page.html", context)


def _secret(request: HttpRequest) -> str:
    """The one that is being set up: the same until it is confirmed, so that a mistyped code costs no second scan."""
    try:
        return opened(request.session[SECRET])
    except (KeyError, SecretUnreadable):
        secret = generate_totp_secret()
        request.session[SECRET] = sealed(secret)
        return secret
