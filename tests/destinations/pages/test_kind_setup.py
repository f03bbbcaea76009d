"""Setting up a destination of a kind in its forms."""

import pytest
from django.urls import reverse

from destinations.kind_parameters import parameters_of
from destinations.models import Destination
from destinations.specification import save

pytestmark = pytest.mark.django_db

BRAZE = {"endpoint": "https://rest.fra-01.braze.eu", "api_key": "key-1234567890"}
TIMEOUTS = {"connect_timeout": "5", "total_timeout": "10"}


@pytest.fixture
def braze(project):
    return save(project, {"name": "Braze", "kind": "braze", "parameters": BRAZE})[0]


def page(client, destination, door="destination", **posted):
    url = reverse(door, args=[destination.project.slug, destination.pk])
    response = client.post(url, posted) if posted else client.get(url)
    return response, Destination.objects.get(pk=destination.pk)


def test_its_fields_and_a_url_that_follows_from_them(admin_client, braze):
    text = page(admin_client, braze)[0].content.decode()
    assert 'name="parameter-endpoint"' in text
    assert "REST API key" in text
    assert "POST https://rest.fra-01.braze.eu/users/track" in text
    assert 'name="url"' not in text
    assert "key-1234567890" not in text
    assert "••••••••7890" in text


def test_a_secret_that_is_left_empty_is_kept(admin_client, braze):
    typed = {"parameter-endpoint": BRAZE["endpoint"], "parameter-api_key": "", "parameter-app_id": "app"}
    response, saved = page(admin_client, braze, name="Braze", **typed, **{"parameter-update_only": "true"}, **TIMEOUTS)
    assert response.status_code == 302
    assert parameters_of(saved) == BRAZE | {"app_id": "app", "update_only": True}


def test_what_is_wrong_stands_at_its_field(admin_client, braze):
    typed = {"parameter-endpoint": "https://rest.iad-01.braze.com", "parameter-api_key": ""}
    response, saved = page(admin_client, braze, name="Braze", **typed, **TIMEOUTS)
    assert "has to be typed again" in response.content.decode()
    assert 'id="id_parameter-api_key_error"' in response.content.decode()
    assert saved.url == braze.url


def test_fields_are_mapped(admin_client, braze):
    chosen = {f"{name}_forward": "all" for name in ("event", "user", "group")}
    text = page(admin_client, braze, "destination_mappings")[0].content.decode()
    assert "External id" in text
    assert 'value="user_id"' in text
    response, saved = page(
        admin_client, braze, "destination_mappings", **chosen, **{"field-external_id": "user_properties.email"}
    )
    assert response.status_code == 302
    assert saved.mappings == {"fields": {"external_id": "user_properties.email"}}
    response, _ = page(admin_client, braze, "destination_mappings", **chosen, **{"field-external_id": "colour"})
    assert 'id="id_field-external_id_error"' in response.content.decode()


def test_every_tab_opens(admin_client, braze):
    for door in ("destination_payload", "destination_filter", "destination_test", "destination_activity"):
        response, _ = page(admin_client, braze, door)
        assert response.status_code == 200
        assert "key-1234567890" not in response.content.decode()


def test_a_new_one_leads_to_its_setup(admin_client, project):
    response = admin_client.post(reverse("destination_new", args=[project.slug, "braze"]), {"name": "B"}, follow=True)
    assert "2 to do" in response.content.decode()


def test_a_cohort_kind_is_previewed_on_a_batch(admin_client, project):
    values = {"endpoint": "https://api.iterable.com", "api_key": "key-1234567890", "list_id": 7}
    made = save(project, {"name": "List", "kind": "iterable-list", "parameters": values})[0]
    text = page(admin_client, made, "destination_payload")[0].content.decode()
    assert "updateExistingUsersOnly" in text.replace("&quot;", '"').partition("preview-text")[2]
    text = page(admin_client, made, "destination_test")[0].content.decode()
    assert "https://api.iterable.com/api/lists/subscribe" in text
    assert "key-1234567890" not in text
