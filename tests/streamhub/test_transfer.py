"""Destinations out as files and in again, through the code of `apply`."""

import json

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from destinations.models import Destination
from destinations.specification import describe
from events.models import Project
from streamhub.pages.transfer import MOST_BYTES

pytestmark = pytest.mark.django_db
SECRET = "Bearer sk_live_9f8e7d6c4f2a"


@pytest.fixture
def destination(make_destination):
    return make_destination(
        name="Orders to CRM",
        headers=[{"name": "Authorization", "value": SECRET, "secret": True}],
        payload={"mode": "template", "language": "freemarker", "template": '{\n  "id": "${input.user_id}"\n}'},
    )


@pytest.fixture
def download(staff_client, destination):
    return staff_client.get(reverse("destination_file", args=[destination.project.slug, destination.pk]))


@pytest.fixture
def send(staff_client, project):
    """Imports a file; returns the page that follows."""

    def post(content, name="destinations.yaml", into=project):
        content = content if isinstance(content, bytes) else content.encode()
        url = reverse("destinations_import", args=[into.slug])
        response = staff_client.post(url, {"file": SimpleUploadedFile(name, content)}, follow=True)
        return response.content.decode()

    return post


def test_a_file_without_secrets(download, destination):
    assert download["Content-Disposition"] == 'attachment; filename="orders-to-crm.yaml"'
    text = download.content.decode()
    assert SECRET not in text
    assert text.startswith("# Secret values are left out")
    assert yaml.safe_load(text)["projects"][0]["destinations"] == [describe(destination)]
    assert "api_key" not in text


def test_what_was_downloaded_changes_nothing_when_it_comes_back(download, send, destination):
    before = describe(destination, with_secrets=True)
    assert "Imported: Orders to CRM (unchanged)." in send(download.content)
    assert describe(Destination.objects.get(), with_secrets=True) == before


def test_an_edited_file_changes_the_destination(download, send):
    assert "Orders to CRM (changed)" in send(download.content.replace(b"method: POST", b"method: PUT"))
    found = Destination.objects.get()
    assert (found.method, found.header_list[0].value) == ("PUT", SECRET)


def test_into_another_project(download, send, destination):
    other = Project.objects.create(name="Other")
    assert "The header Authorization has no value." in send(download.content, into=other)
    assert not other.destinations.exists()
    text = download.content.decode().replace("value: null", "value: typed")
    assert "Orders to CRM (created)" in send(text, into=other)
    assert other.destinations.get().header_list[0].value == "typed"
    assert Project.objects.count() == 2


def test_several_as_json(send, project):
    data = {"destinations": [{"name": "One"}, {"name": "Two", "method": "PUT"}]}
    text = send(json.dumps(data), name="two.json")
    assert "Imported: One (created), Two (created)." in text
    assert project.destinations.count() == 2


WRONG = {
    "no YAML": ("destinations: [", "destinations.yaml:1: not valid YAML"),
    "not text": (b"\xff\xfe", "cannot be read"),
    "nothing": ("# empty", "The file must hold a list"),
    "something else": ("- 1\n- 2", "The file must hold a list"),
    "two projects": ("projects:\n- name: A\n- name: B\n", "destinations.yaml:1: projects: Keep one project here"),
    "no list": ("destinations: Orders", "Write a list of destinations."),
    "no mapping": ("destinations:\n- Orders\n", "destinations.yaml:2: destinations.0: Write a mapping here"),
    "a method": (
        "destinations:\n- name: A\n- name: B\n  method: TRACE\n",
        "destinations.yaml:4: destinations.1.method: “TRACE” is not one of",
    ),
    "an unknown key": ("destinations:\n- name: A\n  colour: red\n", "destinations.yaml:3:"),
    "a name twice": ("destinations:\n- name: A\n- name: A\n", "occurs twice in this file"),
    "references to references": (
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(
            f"{b}: &{b} [{','.join(f'*{a}' for _ in range(9))}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
        ),
        "more than 100,000 values",
    ),
    "a reference to itself": ("destinations: &a [*a]", "nested too deeply"),
    "depth": ("[" * 5_000, "nested too deeply"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_with_faults_changes_nothing_and_says_where(send, name):
    content, words = WRONG[name]
    text = send(content)
    assert words in text
    assert "Nothing was imported." in text
    assert not Destination.objects.exists()


def test_a_file_that_is_too_big(send):
    assert "at most 256 kB are read" in send(b"#" * (MOST_BYTES + 1))


def test_without_a_file(staff_client, project):
    response = staff_client.post(reverse("destinations_import", args=[project.slug]))
    assert "This field is required." in response.content.decode()
