"""Signing in is throttled, by name and address."""

import pytest
from django.urls import reverse
from redis import Redis

from streamhub import sign_in_limit

GOOD = {"username": "member", "password": "correct horse battery"}
BAD = GOOD | {"password": "wrong"}


@pytest.fixture
def sign_in(client, member):
    def post(form: dict, address: str = "203.0.113.9"):
        return client.post(reverse("login"), form, REMOTE_ADDR=address)

    return post


def test_after_some_failures_the_right_password_does_not_help_either(sign_in):
    for _ in range(sign_in_limit.OF_ONE_NAME):
        assert "don’t match" in sign_in(BAD).content.decode()
    refused = sign_in(GOOD)
    assert refused.status_code == 200
    assert "Too many attempts failed. Try again in 5 min" in refused.content.decode()
    assert sign_in(GOOD | {"username": "MEMBER "}).status_code == 200


def test_its_owner_still_gets_in_from_elsewhere(sign_in):
    for _ in range(sign_in_limit.OF_ONE_NAME):
        sign_in(BAD)
    assert sign_in(GOOD, "198.51.100.7").status_code == 302


def test_many_names_from_one_address(sign_in):
    for number in range(sign_in_limit.FROM_ONE_ADDRESS):
        sign_in(BAD | {"username": f"user-{number}"})
    assert "Too many attempts failed" in sign_in(GOOD).content.decode()


def test_signing_in_forgets_failures(sign_in, client):
    for _ in range(3):
        for _ in range(sign_in_limit.OF_ONE_NAME - 1):
            sign_in(BAD)
        assert sign_in(GOOD).status_code == 302
        client.logout()


def test_without_redis_nobody_is_kept_out(sign_in, monkeypatch):
    monkeypatch.setattr("streamhub.sign_in_limit.django_rq.get_connection", lambda name: Redis(port=1))
    for _ in range(sign_in_limit.OF_ONE_NAME + 1):
        sign_in(BAD)
    assert sign_in(GOOD).status_code == 302
