import pytest
from django.urls import reverse

from destinations import catalog
from events.models import Project
from tests.destinations.test_catalog import CHAT, WEBHOOK

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(admin_client, project):
    def get(query="", **headers):
        return admin_client.get(reverse("catalog", args=[project.slug]) + query, headers=headers).content.decode()

    return get


def test_tiles_in_their_sections(show, make_destination):
    text = show()
    assert "Event streaming" in text
    assert "Cohorts" in text
    assert "in use" not in text
    make_destination()
    make_destination()
    assert "2 in use" in show()


def test_another_projects_destinations_do_not_count(show, make_destination):
    found = make_destination()
    found.project = Project.objects.create(name="Other")
    found.save()
    assert "in use" not in show()


def test_search_without_hits(show):
    text = show("?q=fax")
    assert "No destination is called that" in text
    assert "The Webhook tile can send to any HTTPS address." in text


def test_a_search_swaps_the_tiles_and_its_address(admin_client, project):
    url = reverse("catalog", args=[project.slug])
    response = admin_client.get(f"{url}?q=web&category=", headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert response["HX-Push-Url"] == f"{url}?q=web"
    assert "HX-Request" in response["Vary"]


def test_one_category_needs_no_chips(show, monkeypatch):
    monkeypatch.setattr(catalog, "kinds", lambda: (WEBHOOK,))
    assert "sh-chips" not in show()
    monkeypatch.setattr(catalog, "kinds", lambda: (WEBHOOK, CHAT))
    text = show("?category=Messaging")
    assert "sh-chips" in text
    assert "Team chat" in text
    assert "Any HTTPS endpoint" not in text


@pytest.mark.parametrize("door", ["destination_new", "kind", "kind_logo"])
def test_no_such_kind(admin_client, project, door):
    assert admin_client.get(reverse(door, args=[project.slug, "fax"])).status_code == 404
