"""To the provider, and back."""

import logging
from collections.abc import Callable
from functools import wraps
from secrets import token_urlsafe

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET
from requests import RequestException

from streamhub.single_sign_on.adapter import refusal
from streamhub.single_sign_on.provider import Callback, HubOidcAdapter
from streamhub.single_sign_on.refused import AWAY, UNREADABLE, Refused

log = logging.getLogger(__name__)
View = Callable[[HttpRequest], HttpResponse]


def in_words(view: View) -> View:
    """What a provider answers is foreign: whatever is wrong with it is said on the sign-in page."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        name = settings.OIDC.name
        try:
            return view(request)
        except ImmediateHttpResponse as answer:
            return answer.response
        except Refused as error:
            log.warning("Single sign-on refused: %s", error.detail or error.words)
            return refusal(request, error.words)
        except RequestException as error:
            log.warning("The provider of single sign-on does not answer: %s", type(error).__name__)
            return refusal(request, AWAY.format(name=name))
        except (KeyError, ValueError, TypeError, AttributeError):
            log.exception("The provider of single sign-on answered with something unreadable")
            return refusal(request, UNREADABLE.format(name=name))

    return guarded


@login_not_required
@require_GET
@in_words
def begin(request: HttpRequest) -> HttpResponse:
    """A link, no form: the policy of our pages lets no form lead to another host, not even by a redirect."""
    nonce = token_urlsafe(24)
    return (
        HubOidcAdapter(request)
        .get_provider()
        .redirect(
            request,
            process=AuthProcess.LOGIN,
            next_url=_target(request),
            auth_params={"nonce": nonce},
            nonce=nonce,
        )
    )


@login_not_required
@require_GET
@in_words
def callback(request: HttpRequest) -> HttpResponse:
    return Callback.adapter_view(HubOidcAdapter(request))(request)


def _target(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else reverse("home")
