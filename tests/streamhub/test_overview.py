"""The first page of a project: three steps that tick themselves off, then the last day."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from delivery.models import Delivery, State
from destinations.models import Destination
from events.models import Event, Project

POLL = {"HX-Request": "true"}


def poll(client: Client, project: Project, step: int) -> str | None:
    """What a page in this step gets when it asks again; None for "nothing new"."""
    response = client.get(reverse("overview", args=[project.slug]), {"step": step}, headers=POLL)
    return None if response.status_code == 204 else response.content.decode()


def test_the_steps_tick_themselves_off(
    member_client: Client,
    project: Project,
    make_events: Callable[..., list[Event]],
    make_destination: Callable[..., Destination],
    deliver: Callable[..., Delivery],
) -> None:
    first = member_client.get(project.get_absolute_url()).content.decode()
    assert first.count("(done)") == 0
    assert "data-poll" in first
    assert poll(member_client, project, 1) is None

    destination = make_destination(name="Order webhook")
    assert "Order webhook</a> is switched on" in (poll(member_client, project, 1) or "")
    assert poll(member_client, project, 2) is None

    event = make_events(event_type="Signup Finished")[0]
    second = poll(member_client, project, 2) or ""
    assert second.count("(done)") == 2
    assert "Signup Finished" in second

    deliver(event, destination)
    third = poll(member_client, project, 3) or ""
    assert third.count("(done)") == 3
    assert "data-poll" not in third
    assert "look at the request and the answer" in third


def test_a_failing_first_delivery_is_not_a_silent_wait(
    member_client: Client,
    project: Project,
    make_events: Callable[..., list[Event]],
    make_destination: Callable[..., Destination],
    deliver: Callable[..., Delivery],
) -> None:
    deliver(make_events()[0], make_destination(), State.RETRYING)
    assert "See what the destination answered" in (poll(member_client, project, 3) or "")


def test_snippets_carry_the_real_key_and_address(member_client: Client, project: Project) -> None:
    text = member_client.get(project.get_absolute_url(), headers={"host": "localhost:9"}).content.decode()
    assert text.count(project.api_key) == 4 + 4 + 3
    assert text.count("http://localhost:9/2/httpapi") == 4
    assert text.count("http://localhost:9") == 4 + 5 + 3 + 1  # the inbox
    for label in ("Amplitude", "RudderStack", "Segment", "curl", "Python", "Node", "Browser"):
        assert f">{label}</label>" in text


def test_the_last_day(member_client: Client, busy: Project) -> None:
    text = member_client.get(busy.get_absolute_url()).content.decode()
    for said in (
        "Events received",
        "Support inbox is failing.",
        "Deliveries per hour",
        "Latest failures",
        "Order webhook",
    ):
        assert said in text
    fragment = member_client.get(busy.get_absolute_url(), headers=POLL)
    assert fragment.content.decode().startswith('<div class="sh-stack" id="overview"')
    assert "HX-Request" in fragment["Vary"]


def test_back_button_gets_a_whole_page(member_client: Client, busy: Project) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<main" in member_client.get(busy.get_absolute_url(), headers=headers).content.decode()


@pytest.mark.parametrize(
    ("asked", "shown", "title"),
    [("", "24h", "per hour"), ("1h", "1h", "per minute"), ("7d", "7d", "per 6 hours"), ("2y", "24h", "per hour")],
)
def test_ranges(member_client: Client, busy: Project, asked: str, shown: str, title: str) -> None:
    text = member_client.get(busy.get_absolute_url(), {"range": asked}).content.decode()
    assert f'<a href="?range={shown}" aria-current="true">' in text
    assert f"Deliveries {title}" in text
    assert f'?range={shown}" hx-trigger="sh:tick"' in text
