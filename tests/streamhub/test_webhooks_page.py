"""The page of incoming webhooks: address, secrets, samples through the real door, and what came."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from delivery.hooks.secrets import rotate, secrets_of
from events.dialects.amplitude_webhooks import TYPES
from events.models import AuditEntry, Event, Membership, Project
from events.roles import Role


@pytest.fixture
def page(project: Project) -> str:
    return reverse("webhooks", args=[project.slug])


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_address_and_warning(member_client: Client, page: str, project: Project) -> None:
    text = text_of(member_client.get(page))
    assert f"http://testserver/hooks/amplitude/{project.api_key}" in text
    assert "Whoever has the write key can send webhooks here." in text
    assert "No webhook has come yet" in text


def test_a_secret_is_made_shown_once_and_replaced(member_client: Client, page: str, project: Project) -> None:
    response = member_client.post(page, {"act": "rotate", "new_secret": "", "hours": ""})
    (made,) = secrets_of(project)
    assert made["value"] in text_of(response)
    assert response["Cache-Control"] == "no-store"
    text = text_of(member_client.get(page))
    assert made["value"] not in text
    assert made["value"][-4:] in text
    given = {"act": "rotate", "new_secret": "typed by hand", "hours": "2"}
    assert "The new secret counts from now on." in text_of(member_client.post(page, given, follow=True))
    new, old = secrets_of(project)
    assert (new["value"], old["value"]) == ("typed by hand", made["value"])
    name = re.findall(r'name="name" value="(\w+)"', text_of(member_client.get(page)))[1]
    member_client.post(page, {"act": "end", "name": name})
    assert [one["value"] for one in secrets_of(project)] == ["typed by hand"]
    actions = list(AuditEntry.objects.filter(project=project).order_by("pk").values_list("action", flat=True))
    assert actions == ["set a webhook secret for", "changed the webhook secret of", "ended a webhook secret of"]
    assert "typed by hand" not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"new_secret": "short"}, "The secret has 5 characters"),
        ({"new_secret": "long enough", "hours": "1000"}, "Write a number of hours from 0 to 168."),
        ({"new_secret": "long enough", "hours": "soon"}, "Write a number of hours from 0 to 168."),
        ({"new_secret": "in use already"}, "This secret is in use already."),
    ],
)
def test_a_secret_that_cannot_be(member_client: Client, page: str, project: Project, given: dict, words: str) -> None:
    rotate(project, "in use already", 0)
    text = text_of(member_client.post(page, {"act": "rotate"} | given))
    assert words in text
    assert [one["value"] for one in secrets_of(project)] == ["in use already"]


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "without a secret"])
def test_a_sample_of_each_type(member_client: Client, page: str, project: Project, signed: bool) -> None:
    if signed:
        rotate(project, "a secret of ours", 0)
    for topic in TYPES:
        for _ in range(2):  # each is a new one
            text = text_of(member_client.post(page, {"act": "sample", "type": topic}))
            assert f"Sample of {topic}" in text
            assert ("X-Amplitude-Signature" in text.partition("curl -X")[2]) is signed
    wanted = [topic for topic in TYPES for _ in range(2)]
    assert list(Event.objects.order_by("pk").values_list("topic", flat=True)) == wanted
    text = text_of(member_client.get(page))
    assert text.count("Taken") == 14
    assert reverse("event", args=[project.slug, Event.objects.latest("pk").pk]) in text
    assert AuditEntry.objects.filter(action="sent a sample webhook to").count() == 14


def test_the_list_is_polled(member_client: Client, page: str, client: Client, project: Project) -> None:
    rotate(project, "a secret of ours", 0)
    polled = {"HX-Request": "true"}
    assert member_client.get(f"{page}?after=0", headers=polled).status_code == 204
    client.post(f"/hooks/amplitude/{project.api_key}", b"<script>", content_type="application/json")
    text = text_of(member_client.get(f"{page}?after=0", headers=polled))
    assert "<html" not in text
    assert "Refused" in text
    assert "The signature is missing" in text
    assert "&lt;script&gt;" in text
    assert member_client.get(f"{page}?after=1", headers=polled).status_code == 204


@pytest.mark.parametrize(
    ("role", "sends", "rotates"), [(Role.VIEWER, False, False), (Role.PUBLISHER, True, False), (Role.ADMIN, True, True)]
)
def test_who_may(client: Client, member, project: Project, page: str, role: Role, sends: bool, rotates: bool) -> None:
    Membership.objects.create(project=project, user=member, role=role)
    client.force_login(member)
    text = text_of(client.get(page))
    assert ('data-open="rotate"' in text) is rotates
    assert (client.post(page, {"act": "rotate"}).status_code == 200) is rotates
    assert (client.post(page, {"act": "sample", "type": TYPES[0]}).status_code == 200) is sends
    assert Event.objects.exists() is sends


def test_nonsense_is_refused(member_client: Client, page: str) -> None:
    assert "There is no sample of that type." in text_of(member_client.post(page, {"act": "sample", "type": "event.x"}))
    assert "There is no such thing to do here." in text_of(member_client.post(page, {"act": "dance"}))
    assert not Event.objects.exists()
