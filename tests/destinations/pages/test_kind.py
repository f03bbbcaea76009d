import pytest
from django.urls import reverse

from destinations import catalog

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slug", catalog.slugs())
def test_every_kind_has_its_page_and_logo(admin_client, project, slug):
    kind = catalog.kind(slug)
    text = admin_client.get(reverse("kind", args=[project.slug, slug])).content.decode()
    assert kind.summary in text.replace("&#x27;", "'")
    assert "Set it up" in text
    assert all(parameter.label in text.replace("&#x27;", "'") for parameter in kind.parameters)
    logo = admin_client.get(reverse("kind_logo", args=[project.slug, slug]))
    assert logo["Content-Type"] == "image/svg+xml"
    assert b"<rect" in logo.content
    assert "sandbox" in logo["Content-Security-Policy"]


def test_the_example_shows_the_request(admin_client, project):
    text = admin_client.get(reverse("kind", args=[project.slug, "slack"])).content.decode()
    assert "POST https://hooks.slack.com/services/T000/B000/XXXX" in text
    assert "unfurl_links" in text
    assert "<ol>" in text
