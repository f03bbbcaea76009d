"""Requests that no page reads: what people are told instead of a bare 400."""

import json

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from destinations.models import Destination

MANY = {f"condition-{number}-path": "" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}


@pytest.fixture
def address(make_destination) -> str:
    made: Destination = make_destination()
    return reverse("destination_filter", args=[made.project.slug, made.pk])


def test_a_form_with_too_many_fields(staff_client: Client, address: str) -> None:
    answer = staff_client.post(address, MANY)
    assert answer.status_code == 400
    assert "That form has too many entries." in answer.content.decode()
    assert "A form may have 5,000." in answer.content.decode()


def test_a_part_of_a_page_with_too_many_fields_says_so_in_a_toast(staff_client: Client, address: str) -> None:
    answer = staff_client.post(address, MANY, headers={"HX-Request": "true"})
    assert answer.status_code == 400
    assert "too many entries" in json.loads(answer["HX-Trigger"])["toast"]["text"]


def test_a_form_that_is_too_large(staff_client: Client, address: str) -> None:
    body = "more_types=" + "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    answer = staff_client.post(address, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "A form may have 2 MB." in answer.content.decode()


def test_a_name_that_is_not_the_hubs(client: Client) -> None:
    answer = client.get("/login/", headers={"Host": "hub.example.com"})
    assert answer.status_code == 400
    assert "STREAMHUB_HOSTS" in answer.content.decode()


@pytest.mark.django_db
def test_a_filter_of_all_that_it_may_have_is_saved(staff_client: Client, address: str) -> None:
    names = [f"Type {number}" for number in range(1_000)]
    given = {"events": "chosen", "topics": ["event.track"], "event_types": names, "match": "all"}
    assert staff_client.post(address, given | {f"blank-{n}": "" for n in range(400)}).status_code == 302
