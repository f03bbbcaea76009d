"""The configured provider, as allauth knows providers, with what allauth leaves open: nonce, issuer, signature.

An account at a provider is known by issuer and subject: another provider's people are others.
"""

from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from events.dialects.jsonbody import clean
from streamhub.single_sign_on.refused import UNREADABLE, Refused
from streamhub.single_sign_on.tokens import claims_of

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# What is kept of what the provider says.
KEPT = ("sub", "email", "email_verified", "name", "given_name", "family_name", "preferred_username")
WELL_KNOWN = "/.well-known/openid-configuration"


def configured_app() -> SocialApp:
    """Not of the database: secrets would stand there in the clear."""
    issuer = settings.OIDC.issuer
    return SocialApp(
        provider=OpenIDConnectProvider.id,
        provider_id=issuer,
        name=settings.OIDC.name,
        client_id=settings.OIDC.client_id,
        secret=settings.OIDC.client_secret,
        settings={"server_url": issuer.rstrip("/") + WELL_KNOWN, "oauth_pkce_enabled": True},
    )


class HubOidcAdapter(OpenIDConnectOAuth2Adapter):
    """Speaks with the provider. `nonce`: that of the sign-in whose answer came back."""

    nonce: str | None = None

    def __init__(self, request: HttpRequest, provider_id: str = "") -> None:
        super().__init__(request, settings.OIDC.issuer)

    def get_provider(self) -> "HubOidcProvider":
        return HubOidcProvider(self.request, app=configured_app())

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("single_sign_on_callback"))

    @property
    def openid_config(self) -> dict[str, Any]:
        found = super().openid_config
        name, issuer = settings.OIDC.name, settings.OIDC.issuer
        if not isinstance(found, dict) or not all(isinstance(found.get(one), str) for one in ("issuer", *ENDPOINTS)):
            raise Refused(UNREADABLE.format(name=name), "its configuration lacks endpoints")
        if found["issuer"].rstrip("/") != issuer.rstrip("/"):
            raise Refused(UNREADABLE.format(name=name), f"it calls itself {found['issuer']!r}, not {issuer!r}")
        if issuer.startswith("https:") and any(urlsplit(found[one]).scheme != "https" for one in ENDPOINTS):
            raise Refused(UNREADABLE.format(name=name), "its configuration leads away from https")
        return found

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        claims = claims_of(
            kwargs["response"].get("id_token") or "",
            self._get(self.openid_config["jwks_uri"]),
            issuer=self.openid_config["issuer"],
            client_id=app.client_id,
            nonce=self.nonce,
            name=app.name,
        )
        if "email" not in claims and "userinfo_endpoint" in self.openid_config:
            claims = self._more(token.token, claims)
        kept = {name: clean(claims[name])[0] for name in KEPT if isinstance(claims.get(name), str | bool)}
        return self.get_provider().sociallogin_from_response(request, {"id_token": kept})

    def _more(self, access_token: str, claims: dict[str, Any]) -> dict[str, Any]:
        said = self._get(self.openid_config["userinfo_endpoint"], {"Authorization": f"Bearer {access_token}"})
        if said.get("sub") != claims["sub"]:
            raise Refused(UNREADABLE.format(name=settings.OIDC.name), "it tells of somebody else")
        return {**said, **claims}

    def _get(self, url: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(url, headers=headers)
            answer.raise_for_status()
            return answer.json()


class HubOidcProvider(OpenIDConnectProvider):
    oauth2_adapter_class = HubOidcAdapter


class Callback(OAuth2CallbackView):
    """Gives the nonce that was kept with the state to who checks the token."""

    adapter: HubOidcAdapter

    def _get_state(self, request: HttpRequest, provider: HubOidcProvider) -> tuple[Any, HttpResponse | None]:
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce")
        return state, response
