"""The Security tab by form posts: what is kept, what is made and shown once, what is refused."""

import html
import re

import pytest
from django.urls import reverse

from destinations.models import Destination
from destinations.stored_secrets import secrets_of
from tests.destinations.pages.test_filter import fields_of
from tests.destinations.stored import stored
from tests.destinations.test_protection import certificate_pair

pytestmark = pytest.mark.django_db
DOOR = "destination_security"
SECRET = "whsec_ZYtizfVWq4yN2zo/5nu5E4upnstmhpK3VoUxX+7vjcQ="
OF_DIALOGS = {"act", "name", "hours", "new_secret", "expect"}
OAUTH2 = {
    "kind": "oauth2",
    "token_url": "https://login.example.com/token",
    "client_id": "hub",
    "client_secret": "a-client-secret",
    "scope": "write",
}


@pytest.fixture
def destination(make_destination):
    return make_destination(name="Orders to CRM", url="https://example.com/hook")


@pytest.fixture
def post(admin_client, destination):
    """Posts the tab's form as it stands, with changes; hands back the response."""

    def send(**changes):
        url = reverse(DOOR, args=[destination.project.slug, destination.pk])
        fields = fields_of(admin_client.get(url).content.decode())
        fields = {name: value for name, value in fields.items() if name not in OF_DIALOGS}
        return admin_client.post(url, fields | changes)

    return send


def secret_on(text):
    return html.unescape(re.search(r'aria-label="Signing secret"[^>]*>(whsec_[^<]+|[0-9a-f]{64})<', text)[1])


def secrets(destination):
    return secrets_of(Destination.objects.get(pk=destination.pk))


def test_a_secret_is_made_and_shown_once(post, show, destination):
    answer = post(scheme="standard")
    secret = secret_on(answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    assert secrets(destination) == {"signing": [{"value": secret, "until": None}]}
    text = show(DOOR)
    assert secret not in text
    assert "••••••••" + secret[-4:] in text


def test_a_secret_that_was_typed_is_not_shown(post, destination):
    answer = post(scheme="standard", secret=SECRET)
    assert answer.status_code == 302
    assert stored(destination)["signing"]["secrets"][0]["value"] == SECRET


def test_saving_again_keeps_the_secret(post, destination):
    post(scheme="standard", secret=SECRET)
    assert post(id_header="webhook-id").status_code == 302
    assert stored(destination)["signing"]["secrets"][0]["value"] == SECRET


def test_another_scheme_needs_another_secret(post, destination):
    post(scheme="standard", secret=SECRET)
    secret = secret_on(post(scheme="hmac", header="X-Sign", prefix="sha256=").content.decode())
    signing = stored(destination)["signing"]
    assert (signing["header"], signing["prefix"], signing["secrets"][0]["value"]) == ("X-Sign", "sha256=", secret)


def test_rotation_keeps_the_old_one_for_a_while_and_ends_it_by_hand(post, admin_client, destination):
    post(scheme="standard", secret=SECRET)
    text = post(act="rotate", hours="24", new_secret="").content.decode()
    new = secret_on(text)
    first, second = secrets(destination)["signing"]
    assert (first["value"], second["value"]) == (new, SECRET)
    assert second["until"]
    name = re.search(r'name="name" value="([0-9a-f]{12})"', text)[1]
    url = reverse(DOOR, args=[destination.project.slug, destination.pk])
    assert admin_client.post(url, {"act": "end", "name": name}).status_code == 302
    assert [one["value"] for one in secrets(destination)["signing"]] == [new]


REFUSED = {
    "URL-safe": ({"new_secret": SECRET.replace("/", "_")}, "URL-safe"),
    "the same": ({"new_secret": SECRET}, "This secret is in use already."),
    "too long": ({"hours": "500"}, "Write a number of hours from 0 to 168."),
    "no number": ({"hours": "soon"}, "Write a number of hours from 0 to 168."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_rotation_that_is_refused_changes_nothing(post, destination, case):
    fields, words = REFUSED[case]
    post(scheme="standard", secret=SECRET)
    before = secrets(destination)
    text = html.unescape(post(act="rotate", **fields).content.decode())
    assert "The secret stays as it was." in text
    assert words in text
    assert secrets(destination) == before


AUTH = {
    "basic": {"kind": "basic", "username": "u", "password": "a-password"},
    "bearer": {"kind": "bearer", "bearer_token": "a-token-12345"},
    "API key": {"kind": "api_key", "key_header": "X-Key", "key_value": "a-key-1234567"},
    "OAuth 2": OAUTH2,
}


@pytest.mark.parametrize("kind", AUTH)
def test_authentication_is_kept_and_not_shown(post, show, destination, kind):
    assert post(**AUTH[kind]).status_code == 302
    secret = secrets(destination)["auth"]
    assert secret in AUTH[kind].values()
    text = show(DOOR)
    assert secret not in text
    assert post().status_code == 302
    assert secrets(destination)["auth"] == secret


def test_nothing_at_all_again(post, destination):
    post(scheme="standard", secret=SECRET, **OAUTH2)
    assert set(secrets(destination)) == {"signing", "auth"}
    assert post(scheme="none", kind="none").status_code == 302
    assert secrets(destination) == {}
    assert not {"signing", "auth"} & set(stored(destination))


def test_a_client_certificate(post, show, destination):
    certificate, key = certificate_pair("hub.example.com")
    assert post(certificate=certificate, private_key=key).status_code == 302
    text = show(DOOR)
    assert "hub.example.com" in text
    assert key.splitlines()[1] not in text
    assert post().status_code == 302
    assert secrets(destination)["private_key"].strip() == key.strip()
    assert post(certificate="").status_code == 302
    assert secrets(destination) == {}


PROBLEMS = {
    "no password": ({"kind": "basic", "username": "u"}, 'id="id_password_error"', "The password is missing."),
    "no token URL": (OAUTH2 | {"token_url": ""}, 'id="id_token_url_error"', "Give the URL"),
    "a local token URL": (OAUTH2 | {"token_url": "http://10.0.0.1/"}, 'id="id_token_url_error"', "a private address"),
    "a bad secret": ({"scheme": "standard", "secret": "abc"}, 'id="id_secret_error"', "begins with whsec_"),
    "no body": ({"scheme": "hmac", "content": "{id}"}, 'id="id_content_error"', "What is signed holds {body} once"),
    "a reserved header": ({"scheme": "hmac", "header": "Host"}, 'id="id_header_error"', "it follows from the URL"),
    "a taken header": ({"kind": "api_key", "key_header": "User-Agent", "key_value": "x" * 8}, "id_key_header", "taken"),
    "a key alone": ({"private_key": "x"}, 'id="id_certificate_error"', "no PEM certificate"),
    "another id header": ({"scheme": "standard", "id_header": "X-Id"}, 'id="id_id_header_error"', "Write that."),
}


@pytest.mark.parametrize("case", PROBLEMS)
def test_what_is_wrong_is_said_at_its_field(post, destination, case):
    fields, place, words = PROBLEMS[case]
    before = stored(destination)
    answer = post(**fields)
    text = html.unescape(answer.content.decode())
    assert answer.status_code == 200
    assert place in text
    assert words in text
    assert "Nothing was saved." in text
    assert stored(destination) == before
