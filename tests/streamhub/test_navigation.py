"""What the sidebar shows to whom, and where it says one is."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from delivery.models import Delivery, State
from destinations.models import Destination
from events.models import Event, Membership, Project
from events.roles import Role
from streamhub.navigation import PLACES, Navigation

ALL = [place.text for _, places in PLACES for place in places]


def shown(client: Client, url: str) -> Navigation:
    return client.get(url).context["navigation"]()


def texts(navigation: Navigation) -> list[str]:
    return [entry.text for group in navigation.groups for entry in group.entries]


def test_staff_sees_everything(staff_client: Client, project: Project) -> None:
    assert texts(shown(staff_client, project.get_absolute_url())) == ALL


def test_members_see_no_administration(member_client: Client, project: Project) -> None:
    navigation = shown(member_client, project.get_absolute_url())
    assert texts(navigation) == [text for text in ALL if text != "Administration"]
    assert not navigation.switcher


def test_switcher_from_two_projects_on(member_client: Client, member: User, project: Project) -> None:
    second = Project.objects.create(name="Second")
    Project.objects.create(name="Of others")
    assert not shown(member_client, project.get_absolute_url()).switcher
    Membership.objects.create(project=second, user=member, role=Role.VIEWER)
    navigation = shown(member_client, project.get_absolute_url())
    assert navigation.switcher
    assert [p.name for p in navigation.projects] == ["Second", "Shop"]
    assert navigation.project == project


@pytest.mark.parametrize(
    ("door", "lit"),
    [
        ("overview", "Overview"),
        ("catalog", "Catalog"),
        ("inbox_page", "Inbox"),
        ("project", "Project settings"),
    ],
)
def test_says_where_one_is(member_client: Client, project: Project, door: str, lit: str) -> None:
    navigation = shown(member_client, reverse(door, args=[project.slug]))
    assert [entry.text for group in navigation.groups for entry in group.entries if entry.current] == [lit]


@pytest.mark.parametrize(("failed", "hours", "count"), [(0, 1, ""), (3, 1, "3"), (3, 30, ""), (101, 1, "99+")])
def test_counts_what_failed_lately(
    member_client: Client,
    project: Project,
    make_events: Callable[..., list[Event]],
    make_destination: Callable[..., Destination],
    deliver: Callable[..., Delivery],
    failed: int,
    hours: int,
    count: str,
) -> None:
    event, destination = make_events()[0], make_destination()
    for _ in range(failed):
        deliver(event, destination, State.EXPIRED, hours=hours)
    assert shown(member_client, project.get_absolute_url()).failed == count


def test_polls_bring_the_count_along(member_client: Client, busy: Project) -> None:
    text = member_client.get(busy.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert '<span class="sh-count" id="failed-count" hx-swap-oob="true">6<' in text


def test_demo_says_so_and_leads_home(staff_client: Client, project: Project) -> None:
    demo = Project.objects.create(name="Demo", is_demo=True)
    text = staff_client.get(demo.get_absolute_url()).content.decode()
    assert "This is demo data." in text
    assert "Go to Shop" in text
