import pytest
from django.db import connection
from django.urls import reverse

from destinations.duplication import duplicate
from destinations.models import Destination, Header
from destinations.specification import describe, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def destination(make_destination):
    return make_destination(
        name="Orders",
        method="PUT",
        headers=[{"name": "Authorization", "value": "Bearer sk_live_4f2a", "secret": True}],
        payload={"mode": "template", "language": "jinja2", "template": "{{ input.user_id }}"},
        filter={"event_types": ["Order Placed"]},
        timeouts={"connect": 2, "total": 20},
    )


def test_everything_is_copied_but_for_the_name_and_the_switch(destination):
    copy = Destination.objects.get(pk=duplicate(destination).pk)
    expected = describe(destination, with_secrets=True) | {"name": "Orders copy", "enabled": False}
    assert describe(copy, with_secrets=True) == expected
    assert copy.pk != destination.pk


def test_the_first_stays_as_it_is(destination):
    before = describe(destination, with_secrets=True)
    duplicate(destination)
    assert describe(Destination.objects.get(pk=destination.pk), with_secrets=True) == before


def test_a_template_that_is_not_in_use_comes_along(destination):
    save(destination.project, describe(destination) | {"payload": {"mode": "raw"}}, destination)
    assert duplicate(destination).template == "{{ input.user_id }}"


def test_names_stay_free_and_short_enough(destination):
    assert [duplicate(destination).name for _ in range(3)] == ["Orders copy", "Orders copy 2", "Orders copy 3"]
    destination.name = "x" * 100
    assert duplicate(destination).name == "x" * 95 + " copy"


def test_from_the_menu(admin_client, destination):
    url = reverse("destination_duplicate", args=[destination.project.slug, destination.pk])
    response = admin_client.post(url, follow=True)
    assert "Orders copy" in response.content.decode()
    assert "This is the copy of Orders." in response.content.decode()
    assert admin_client.get(url).status_code == 405


def unreadable(destination):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {Header._meta.db_table} SET value = 'nonsense'")


def forbidden(destination):
    Destination.objects.update(url="http://10.0.0.8/")


@pytest.mark.parametrize(("spoil", "words"), [(unreadable, "not configured"), (forbidden, "is a private address")])
def test_what_cannot_be_copied_is_said(admin_client, destination, spoil, words):
    spoil(destination)
    url = reverse("destination_duplicate", args=[destination.project.slug, destination.pk])
    assert words in admin_client.post(url, follow=True).content.decode()
    assert Destination.objects.count() == 1
