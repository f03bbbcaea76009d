import pytest
from django.urls import reverse

from destinations import catalog, specification
from destinations.models import PortalKind
from destinations.portal import drafts
from destinations.specification import InvalidDestination

pytestmark = pytest.mark.django_db


@pytest.fixture
def destination(draft, publish, make_destination):
    publish(draft)
    return make_destination(
        kind="acme-crm",
        url=None,
        parameters={"endpoint": "http://127.0.0.1:8009", "api_key": "k", "app_id": "a1"},
        mappings={"fields": {"external_id": "user_id"}},
    )


@pytest.fixture
def second(destination, author, publish):
    """Version 2: without `app_id`, and with a further field."""

    def make(*, required=False):
        version = drafts.take_up(PortalKind.objects.get(), author)
        definition = version.definition | {"parameters": version.definition["parameters"][:2]}
        request = definition["request"]
        template = (
            '{"id": "${mappedFields.external_id}", "plan": "${mappedFields.plan!}", "mail": "${mappedFields.mail!}"}'
        )
        definition["request"] = request | {"template": template}
        definition["mappings"] = [*definition["mappings"], {"name": "mail"} | ({"required": True} if required else {})]
        drafts.keep(version, definition, drafts.given_of(version), None, author)
        publish(version)
        return version

    return make


def test_destinations_stay_until_they_are_upgraded(destination, second, admin_client, make_destination):
    version = second()
    destination.refresh_from_db()
    assert len(catalog.of(destination).parameters) == 3
    assert len(catalog.kind("acme-crm").parameters) == 2
    setup = admin_client.get(destination.get_absolute_url()).content.decode()
    assert "See what version 2 changes" in setup
    url = reverse("destination_upgrade", args=[destination.project.slug, destination.pk])
    shown = admin_client.get(url).content.decode()
    assert "payload.ftl" in shown
    assert "app_id" in shown
    assert admin_client.post(url)["Location"] == destination.get_absolute_url()
    destination.refresh_from_db()
    assert destination.kind_version_id == version.pk
    described = specification.describe(destination, with_secrets=True)
    assert described["parameters"] == {"endpoint": "http://127.0.0.1:8009/", "api_key": "k"}
    assert "mail" in described["payload"]["template"]
    assert described["enabled"]
    assert admin_client.get(url).status_code == 302


def test_a_payload_of_its_own_is_kept(destination, second, admin_client):
    own = {"mode": "template", "language": "freemarker", "template": '{"mine": 1}'}
    specification.save(destination.project, specification.describe(destination) | {"payload": own}, destination)
    second()
    admin_client.post(reverse("destination_upgrade", args=[destination.project.slug, destination.pk]))
    destination.refresh_from_db()
    assert destination.template == '{"mine": 1}'


def test_an_enabled_one_is_not_left_without_what_it_needs(destination, second, admin_client):
    second(required=True)
    url = reverse("destination_upgrade", args=[destination.project.slug, destination.pk])
    text = admin_client.post(url).content.decode()
    assert "It was not upgraded" in text
    destination.refresh_from_db()
    assert len(catalog.of(destination).parameters) == 3


def test_stored_secrets_do_not_go_to_another_host(destination, author, publish, admin_client):
    version = drafts.take_up(PortalKind.objects.get(), author)
    request = version.definition["request"] | {"url": "https://elsewhere.example/${parameters.app_id}"}
    parameters = version.definition["parameters"][1:]
    definition = version.definition | {"request": request, "parameters": parameters}
    drafts.keep(version, definition, drafts.given_of(version), None, author)
    publish(version)
    url = reverse("destination_upgrade", args=[destination.project.slug, destination.pk])
    assert "The URL now leads to another host" in admin_client.post(url).content.decode()
    destination.refresh_from_db()
    assert destination.url.startswith("http://127.0.0.1:8009/")


def test_required_fields_hold_a_destination_back(draft, publish, project):
    publish(draft)
    given = {"name": "New", "kind": "acme-crm", "parameters": {"endpoint": "http://127.0.0.1:8009", "api_key": "k"}}
    made, _ = specification.save(project, given)
    assert made.kind_version_id == draft.pk
    with pytest.raises(InvalidDestination, match="external_id"):
        specification.set_enabled(made, True)
