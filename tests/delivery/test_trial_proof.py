"""A test and its curl command carry what a delivery would: id, signature, access token, client certificate."""

import shlex
from ipaddress import ip_network

import pytest
from standardwebhooks.webhooks import Webhook

from delivery.trial_request import trial_request
from delivery.trial_send import send
from destinations.signing_rules import new_secret
from tests.delivery.token_server import token_server
from tests.destinations.test_protection import certificate_pair
from tests.receiver import receiver

pytestmark = pytest.mark.django_db
EVENT = {"event_type": "Order", "uuid": "3f0c1c6e-8a33-4a55-9f0e-0d6b8f7f3a11"}


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.ALLOWED_NETWORKS = (ip_network("127.0.0.0/8"),)


def headers_in(command):
    words = shlex.split(command.replace("\\\n", " "))
    rows = [words[place + 1].partition(": ") for place, word in enumerate(words) if word == "-H"]
    return {name: value for name, _, value in rows}


def test_the_command_is_signed_and_the_test_verifies(make_destination):
    secret = new_secret("standard")
    with receiver() as hook:
        made = make_destination(url=hook.url, signing={"scheme": "standard", "secrets": [{"value": secret}]})
        trial = trial_request(made, EVENT)
        shown = headers_in(trial.command())
        Webhook(secret).verify(trial.request.body, shown)
        assert send(trial).ok
        Webhook(secret).verify(hook.requests[0].body, hook.requests[0].headers)
    assert shown["webhook-id"].startswith("msg_test")
    assert trial_request(made, EVENT).request.message != trial.request.message
    assert secret not in trial.command(with_secrets=True)


def test_an_access_token_is_fetched_for_a_test_only_when_it_is_sent(make_destination):
    with token_server() as server, receiver() as hook:
        auth = {"kind": "oauth2", "token_url": server.url, "client_id": "hub", "client_secret": "a-client-secret"}
        trial = trial_request(make_destination(url=hook.url, auth=auth), EVENT)
        assert headers_in(trial.command())["Authorization"] == "Bearer <access token>"
        assert server.asked == []
        assert send(trial).ok
    assert hook.requests[0].headers["Authorization"] == "Bearer token-1-abcdefgh"
    assert "token-1" not in trial.command()


def test_what_authenticates_is_masked_unless_asked_for(make_destination):
    trial = trial_request(make_destination(auth={"kind": "bearer", "token": "a-token-12345"}), EVENT)
    assert headers_in(trial.command())["Authorization"] == "••••••••2345"
    assert headers_in(trial.command(with_secrets=True))["Authorization"] == "Bearer a-token-12345"
    assert trial.has_secrets


def test_a_client_certificate_belongs_to_the_command(make_destination):
    pair = dict(zip(("certificate", "private_key"), certificate_pair(), strict=True))
    trial = trial_request(make_destination(client_certificate=pair), EVENT)
    assert "--cert client-certificate.pem --key client-key.pem" in trial.command()
    assert "PRIVATE KEY" not in trial.command(with_secrets=True)
