"""What may be saved of secrets; most rules are tested through `apply` (tests/streamhub/test_projects.py)."""

import pytest
from cryptography.fernet import Fernet

from destinations import secrets, specification
from destinations.models import Header

pytestmark = pytest.mark.django_db
SECRET = {"name": "Authorization", "value": "Bearer very-secret", "secret": True}


def problems(project, given, existing) -> list[str]:
    with pytest.raises(specification.InvalidDestination) as caught:
        specification.save(project, given, existing)
    return [f"{problem.field}: {problem.message}" for problem in caught.value.problems]


def test_a_blanked_secret_keeps_its_value(project, make_destination):
    destination = make_destination(headers=[SECRET])
    given = specification.describe(destination) | {"method": "PUT"}
    assert specification.save(project, given, destination)[1] == "changed"
    assert Header.objects.get().value == "Bearer very-secret"


def test_a_secret_does_not_become_readable_by_leaving_its_value_out(project, make_destination):
    destination = make_destination(headers=[SECRET])
    given = specification.describe(destination) | {"headers": [{"name": "authorization", "value": None}]}
    (problem,) = problems(project, given, destination)
    assert problem == "headers.0.value: The header authorization is secret. Type its value to store it openly."


def test_a_secret_of_a_lost_key_is_not_overwritten(project, make_destination, settings):
    destination = make_destination(headers=[SECRET])
    before = _stored()
    secrets._keys.cache_clear()
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    try:
        destination = type(destination).objects.get(pk=destination.pk)
        assert [p.message for p in specification.missing(destination)] == [
            "The stored value of Authorization cannot be read. Type it again."
        ]
        given = specification.describe(destination) | {"method": "PUT"}
        assert "cannot be read" in problems(project, given, destination)[0]
    finally:
        secrets._keys.cache_clear()
    assert _stored() == before


def _stored() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM destinations_header")
        return cursor.fetchone()[0]
