"""Encryption keys are changed without losing a secret."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from destinations import secrets
from destinations.models import Destination
from events.models import AuditEntry

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def use(settings):
    def set_keys(*keys: str) -> None:
        settings.ENCRYPTION_KEYS = list(keys)
        secrets._keys.cache_clear()

    yield set_keys
    secrets._keys.cache_clear()


def value(destination: Destination) -> str:
    return secrets.readable(Destination.objects.get(pk=destination.pk).headers.get().value)


def rotate() -> str:
    printed = StringIO()
    call_command("rotate_secrets", stdout=printed)
    return printed.getvalue()


def test_the_old_key_can_go_afterwards(use, make_destination):
    use(OLD)
    header = {"name": "X-Key", "value": "sesame-open", "secret": True}
    destination = make_destination(headers=[header], auth={"kind": "basic", "username": "ann", "password": "open"})
    before = Destination.objects.get(pk=destination.pk).updated_at
    use(NEW, OLD)
    assert rotate().startswith("2 written anew, 0 had")
    assert rotate().startswith("0 written anew, 2 had")
    entries = AuditEntry.objects.filter(action="encrypted all secrets anew").order_by("pk")
    assert [(entry.by_name, entry.object_name) for entry in entries] == [
        ("the command rotate_secrets", "2 of 2"),
        ("the command rotate_secrets", "0 of 2"),
    ]
    use(NEW)
    assert value(destination) == "sesame-open"
    assert Destination.objects.get(pk=destination.pk).updated_at == before


def test_what_no_key_opens_is_named_and_left_alone(use, make_destination):
    use(OLD)
    destination = make_destination(headers=[{"name": "X-Key", "value": "sesame-open", "secret": True}])
    use(NEW)
    with pytest.raises(CommandError, match=f"header {destination.headers.get().pk}: value"):
        rotate()
    use(OLD)
    assert value(destination) == "sesame-open"
