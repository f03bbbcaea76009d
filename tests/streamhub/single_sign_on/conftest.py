"""A hub whose people sign in at a provider."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from streamhub.single_sign_on.configuration import Oidc
from tests.streamhub.single_sign_on import provider as local
from tests.streamhub.single_sign_on import urls  # noqa: F401 - made before anything is configured

Configure = Callable[..., Oidc]
SignOn = Callable[..., HttpResponse]


@pytest.fixture
def provider() -> Iterator[local.Provider]:
    with local.provider() as made:
        yield made


@pytest.fixture
def configure(settings: Any, provider: local.Provider) -> Configure:
    """Changes the configuration; the provider is that of the test."""

    def change(**given: Any) -> Oidc:
        usual = {"issuer": provider.url, "client_id": local.CLIENT, "client_secret": local.SECRET, "name": "Example ID"}
        settings.OIDC = Oidc(**usual | given)
        settings.ROOT_URLCONF = "tests.streamhub.single_sign_on.urls"
        return settings.OIDC

    return change


@pytest.fixture(autouse=True)
def configured(configure: Configure) -> None:
    configure()


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann", email="Ann@example.com", password="correct horse battery")


@pytest.fixture
def sign_on(client: Client, provider: local.Provider) -> SignOn:
    """There and back: the hub's answer at the end, a page. `spoil`: changes the address to come back to."""

    def go(target: str = "", spoil: Callable[[str], str] = lambda address: address, follow: bool = True) -> Any:
        there = client.get("/login/sso/", {"next": target})
        return client.get(spoil(provider.consent(there["Location"])), follow=follow)

    return go


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
