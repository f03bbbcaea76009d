"""Signing in is throttled, by name and address."""

import time

import pytest
from django.urls import reverse

from events.hub_redis import PATIENCE
from events.models import AuditEntry
from streamhub import sign_in_limit
from streamhub.sign_in_trail import LOCKED_OUT
from tests.redis_elsewhere import mute_redis, redis_at

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
    redis_at(monkeypatch)
    for _ in range(sign_in_limit.OF_ONE_NAME + 1):
        sign_in(BAD)
    assert sign_in(GOOD).status_code == 302


def test_nobody_waits_long_for_a_redis_that_says_nothing(sign_in, monkeypatch):
    with mute_redis(monkeypatch) as asked:
        begun = time.monotonic()
        assert sign_in(GOOD).status_code == 302
        assert time.monotonic() - begun < 4 * PATIENCE
        assert asked() == 1


def lock_outs() -> list[tuple[str, str | None]]:
    return list(AuditEntry.objects.filter(action=LOCKED_OUT).order_by("pk").values_list("object_name", "address"))


def test_the_audit_trail_names_who_is_locked_out_once(sign_in):
    for _ in range(sign_in_limit.OF_ONE_NAME + 2):
        sign_in(BAD)
        sign_in(BAD | {"username": "hunter2 by mistake"})
    assert lock_outs() == [("member", "203.0.113.9"), ("an unknown name", "203.0.113.9")]


def test_the_audit_trail_names_an_address_that_is_locked_out(sign_in):
    for number in range(sign_in_limit.FROM_ONE_ADDRESS + 2):
        sign_in(BAD | {"username": f"user-{number}"})
    assert lock_outs() == [("every name from this address", "203.0.113.9")]
