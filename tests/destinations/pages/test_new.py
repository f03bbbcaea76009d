import pytest
from django.urls import reverse

from destinations.models import Destination

pytestmark = pytest.mark.django_db


def test_a_new_one_starts_switched_off_and_leads_to_its_setup(admin_client, project):
    url = reverse("destination_new", args=[project.slug, "webhook"])
    assert "It starts switched off." in admin_client.get(url).content.decode()
    response = admin_client.post(url, {"name": "Orders to CRM"})
    made = project.destinations.get()
    assert response["Location"] == made.get_absolute_url()
    assert not made.enabled
    assert "Ready to enable?" in admin_client.get(made.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("name", "words"), [("", "This field is required."), ("Orders to CRM", "already has a destination")]
)
def test_a_name_that_cannot_be_taken(admin_client, destination, name, words):
    url = reverse("destination_new", args=[destination.project.slug, "webhook"])
    assert words in admin_client.post(url, {"name": name}).content.decode()
    assert Destination.objects.count() == 1
