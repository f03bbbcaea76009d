import re
from html import unescape

import pytest
from django.urls import reverse

from destinations.models import KindVersion
from tests.destinations.portal.seed import TYPED

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(draft, project):
    return reverse("portal_kind", args=[project.slug, draft.kind_id])


def errors(response):
    return [unescape(text) for text in re.findall(r'<p class="sh-error[^"]*">(.*?)</p>', response.content.decode())]


def test_begins_with_a_name(admin_client, project):
    response = admin_client.post(reverse("portal_new", args=[project.slug]), {"name": "Acme", "section": "cohorts"})
    version = KindVersion.objects.get()
    assert response["Location"] == reverse("portal_kind", args=[project.slug, version.kind_id])
    assert version.definition["topics"] == ["cohort.update"]
    text = admin_client.get(response["Location"]).content.decode()
    assert "Member’s field" in text
    assert "User property mapping" not in text
    assert "Acme" in admin_client.get(reverse("portal", args=[project.slug])).content.decode()


def test_what_is_shown_is_what_is_saved(admin_client, url, draft, definition):
    response = admin_client.post(url, TYPED)
    assert response.status_code == 302, errors(response)
    draft.refresh_from_db()
    samples = draft.definition.pop("samples")
    assert draft.definition == definition
    assert samples[0]["request"]["body"]["external_id"] == "user_1001"
    assert samples[0]["request"]["headers"]["Authorization"] == "Bearer your-api-key"


def test_saved_with_what_is_left_to_do(admin_client, url, draft):
    response = admin_client.post(url, TYPED | {"summary": "", "request.template": '{"a": "${parameters.app"}'})
    assert response.status_code == 200
    assert "Summary is missing. Write it." in errors(response)
    draft.refresh_from_db()
    assert draft.definition["summary"] == ""
    assert draft.definition["request"]["template"].endswith('app"}')


def test_rows_come_and_go_without_saving(admin_client, url, draft):
    before = draft.definition
    text = admin_client.post(url, TYPED | {"act": "add:parameters"}).content.decode()
    assert 'name="parameters.3.name"' in text
    text = admin_client.post(url, TYPED | {"act": "remove:request.headers.0"}).content.decode()
    assert 'value="Cache-Control"' in text
    assert "Bearer ${" not in text
    draft.refresh_from_db()
    assert draft.definition == before
    assert admin_client.post(url, TYPED | {"act": "add:nonsense"}).status_code == 404


def test_preview(admin_client, draft, project):
    url = reverse("portal_preview", args=[project.slug, draft.kind_id])
    typed = TYPED | {
        "trial.parameters.endpoint": "https://api.acme.example",
        "trial.fields.plan": "user_properties.plan",
    }
    text = unescape(re.sub(r"<[^>]+>", "", admin_client.post(url, typed).content.decode()))
    assert "Everything is there." in text
    assert "POST https://api.acme.example/events/track" in text
    assert "Bearer your-api-key" in text
    assert '"optional_property": "pro"' in text
    text = admin_client.post(url, TYPED | {"parameters.2.name": "unused"}).content.decode()
    assert "Not declared" in text
    assert "Not used" in text


def test_a_half_typed_row_does_not_blank_the_preview(admin_client, draft, project):
    url = reverse("portal_preview", args=[project.slug, draft.kind_id])
    text = admin_client.post(
        url, TYPED | {"parameters.3.label": "Half", "pace": "quick", "summary": ""}
    ).content.decode()
    assert "/events/track" in text
    assert "things left to do" in text


def test_secrets_of_the_test_are_not_stored(admin_client, url, draft):
    typed = TYPED | {"trial.parameters.api_key": "top-secret", "trial.parameters.app_id": "a1"}
    response = admin_client.post(url, typed)
    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.trial["parameters"] == {"app_id": "a1"}
    assert "top-secret" not in str(draft.definition)
    assert admin_client.get(url)["Cache-Control"] == "no-store"


def test_one_cannot_see_another_projects_kinds(admin_client, draft, member_client_of_other):
    assert member_client_of_other.get(draft.kind.get_absolute_url()).status_code == 404


@pytest.fixture
def member_client_of_other(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("stranger"))
    return client


def test_rows_what_is_needed_with_what_and_batches(admin_client, url, draft):
    typed = TYPED | {
        "parameters.2.name": "app_id",
        "parameters.2.type": "rows",
        "parameters.2.columns": "from = From\nto = To",
        "parameters.2.needed_with": "endpoint = https://a.example, https://b.example",
        "parameters.2.choices": "",
        "batch.events": "50",
        "batch.format": "joined",
        "batch.key": "events",
    }
    admin_client.post(url, typed)
    draft.refresh_from_db()
    made = draft.definition["parameters"][2]
    assert made["columns"] == [{"value": "from", "label": "From"}, {"value": "to", "label": "To"}]
    assert made["needed_with"] == {"endpoint": ["https://a.example", "https://b.example"]}
    assert draft.definition["batch"] == {"events": 50, "format": "joined", "key": "events"}
    text = unescape(admin_client.get(url).content.decode())
    assert "endpoint = https://a.example, https://b.example" in text
    assert "from = From" in text
