"""What allauth asks of us while somebody signs in at the provider."""

import logging
from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from events.toasts import toast
from streamhub import signing_in
from streamhub.single_sign_on.accounts import account_of
from streamhub.single_sign_on.refused import AWAY, CANCELLED, NOT_OURS, SAID_NO, Refused

log = logging.getLogger(__name__)
TIMEOUT = (5, 10)  # seconds, to connect and between two pieces of an answer


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    def get_requests_session(self) -> requests.Session:
        """No destination: the address is the operator's own, and may be a private one. No proxy and no redirect."""
        session = _Session()
        session.trust_env = False
        session.max_redirects = 0
        session.verify = settings.CA_BUNDLE or True
        return session

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        raise ImmediateHttpResponse(refusal(request, _words(request, error, exception, extra_context or {})))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The account is known from here on, and it is our own way in."""
        try:
            user = account_of(sociallogin)
        except Refused as error:
            log.warning("Single sign-on refused: %s", error.detail or error.words)
            raise ImmediateHttpResponse(refusal(request, error.words)) from None
        target = sociallogin.state.get("next") or reverse("home")
        raise ImmediateHttpResponse(signing_in.proceed(request, user, target))


class _Session(requests.Session):
    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        return super().request(*args, **{"timeout": TIMEOUT, **kwargs})


def refusal(request: HttpRequest, words: str) -> HttpResponse:
    return toast(request, redirect("login"), words, "bad")


def _words(request: HttpRequest, error: Any, exception: Any, context: dict[str, Any]) -> str:
    name = settings.OIDC.name
    if isinstance(exception, Refused):
        log.warning("Single sign-on refused: %s", exception.detail or exception.words)
        return exception.words
    if isinstance(exception, requests.RequestException):
        log.warning("The provider of single sign-on does not answer: %s", type(exception).__name__)
        return AWAY.format(name=name)
    if error == AuthError.CANCELLED:
        return CANCELLED.format(name=name)
    if exception is None and not context.get("state"):
        return NOT_OURS
    log.warning("The provider of single sign-on said no: %.100r", request.GET.get("error") or type(exception).__name__)
    return SAID_NO.format(name=name)
