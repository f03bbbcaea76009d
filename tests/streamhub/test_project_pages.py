"""A project's settings and keys, and making a new one."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from cohorts.models import Cadence, Cohort
from events.models import AuditEntry, Project, hash_secret
from events.write_keys import forget_write_keys


def test_shows_keys_and_addresses(member_client: Client, project: Project) -> None:
    text = member_client.get(reverse("project", args=[project.slug])).content.decode()
    assert project.api_key in text
    assert f"http://testserver/inbox/{project.inbox_token}" in text
    for path in ("/2/httpapi", "/batch", "/identify", "/groupidentify"):
        assert f"http://testserver{path}" in text


def test_rename_keeps_the_address(member_client: Client, project: Project) -> None:
    page = reverse("project", args=[project.slug])
    response = member_client.post(page, {"name": "Shop (EU)"}, follow=True)
    assert "Saved." in response.content.decode()
    project.refresh_from_db()
    assert (project.name, project.slug) == ("Shop (EU)", "shop")


def test_a_name_that_is_taken_is_refused_in_words(member_client: Client, project: Project) -> None:
    Project.objects.create(name="Taken")
    text = member_client.post(reverse("project", args=[project.slug]), {"name": "Taken"}).content.decode()
    assert "There is a project of this name already. Choose another." in text
    assert 'aria-invalid="true"' in text
    assert '<p class="sh-sub">Shop</p>' in text


def test_retention_is_set_in_days(member_client: Client, project: Project) -> None:
    page = reverse("project", args=[project.slug])
    kept = {"keep_events": "90", "keep_deliveries": "60", "keep_bodies": "7"}
    assert "Saved." in member_client.post(page, {"name": "Shop"} | kept, follow=True).content.decode()
    project.refresh_from_db()
    assert (project.keep_events, project.keep_deliveries, project.keep_bodies) == (90, 60, 7)


@pytest.mark.parametrize(
    ("field", "days", "words"),
    [
        ("keep_bodies", "31", "keep them no longer than deliveries"),
        ("keep_deliveries", "31", "keep events at least as long as deliveries"),
        ("keep_events", "0", "Give a whole number of days from 1 to 3,650."),
        ("keep_events", "", "Give a whole number of days from 1 to 3,650."),
    ],
)
def test_retention_that_cannot_be_is_refused_in_words(
    member_client: Client, project: Project, field: str, days: str, words: str
) -> None:
    text = member_client.post(reverse("project", args=[project.slug]), {"name": "Shop", field: days}).content.decode()
    assert words in text
    project.refresh_from_db()
    assert (project.keep_events, project.keep_deliveries, project.keep_bodies) == (30, 30, 14)


@pytest.mark.parametrize(("typed", "stored"), [("500", 500), ("0", 0), ("", 0)])
def test_a_limit_is_set(member_client: Client, project: Project, typed: str, stored: int) -> None:
    page = reverse("project", args=[project.slug])
    sent = {"name": "Shop", "most_events_per_second": typed}
    assert "Saved." in member_client.post(page, sent, follow=True).content.decode()
    project.refresh_from_db()
    assert project.most_events_per_second == stored


def test_a_limit_that_is_none_is_refused_in_words(member_client: Client, project: Project) -> None:
    sent = {"name": "Shop", "most_events_per_second": "-1"}
    text = member_client.post(reverse("project", args=[project.slug]), sent).content.decode()
    assert "Give a whole number of events a second, up to 1,000,000; 0 for no limit." in text


def test_what_is_done_daily_goes_by_the_time_zone(member_client: Client, project: Project) -> None:
    evening = datetime(2026, 1, 15, 20, 0, tzinfo=UTC)
    plan = {"cadence": Cadence.DAILY, "daily_at": time(6, 30), "next_at": evening}
    cohort = Cohort.objects.create(project=project, name="Everybody", **plan)
    page = reverse("project", args=[project.slug])
    sent = {"name": "Shop", "time_zone": "Asia/Tokyo"}
    assert "Saved." in member_client.post(page, sent, follow=True).content.decode()
    project.refresh_from_db()
    cohort.refresh_from_db()
    assert project.time_zone == "Asia/Tokyo"
    assert (cohort.next_at.hour, cohort.next_at.minute) == (21, 30)  # in UTC
    assert "Shop" in member_client.post(page, {"name": "Shop"}, follow=True).content.decode()
    project.refresh_from_db()
    assert project.time_zone == "Asia/Tokyo"


def test_a_time_zone_that_is_none_is_refused_in_words(member_client: Client, project: Project) -> None:
    page = reverse("project", args=[project.slug])
    text = member_client.post(page, {"name": "Shop", "time_zone": "Atlantis/Poseidonis"}).content.decode()
    assert "is no time zone. Write a name such as Europe/Warsaw, or UTC." in text
    project.refresh_from_db()
    assert project.time_zone == "UTC"


def test_deleting_a_project_asks_for_its_name(member_client: Client, project: Project) -> None:
    url = reverse("project_delete", args=[project.slug])
    assert "Nothing was deleted" in member_client.post(url, {"expect": "shop"}, follow=True).content.decode()
    assert Project.objects.get() == project
    response = member_client.post(url, {"expect": "Shop"})
    assert response["Location"] == reverse("home")
    assert not Project.objects.exists()
    assert Project.everything.get().removed_at


def test_secret_key_is_shown_once_and_kept_hashed(member_client: Client, project: Project) -> None:
    response = member_client.post(reverse("project_secret", args=[project.slug]))
    key = re.search(r"shk_\w{40}", response.content.decode())
    assert key
    assert response["Cache-Control"] == "no-store"
    project.refresh_from_db()
    assert project.secret_key_hash == hash_secret(key[0])
    later = member_client.get(reverse("project", args=[project.slug])).content.decode()
    assert key[0] not in later
    assert f"shk_••••••••{key[0][-4:]}" in later


def test_administrators_make_projects(staff_client: Client) -> None:
    response = staff_client.post(reverse("project_new"), {"name": "New shop"})
    assert response["Location"] == reverse("overview", args=["new-shop"])


def test_members_are_told_who_can(member_client: Client) -> None:
    response = member_client.post(reverse("project_new"), {"name": "New shop"})
    assert response.status_code == 403
    assert "Only administrators can make projects." in response.content.decode()
    assert Project.objects.count() == 1


def test_the_write_key_is_replaced_and_the_old_one_ends(member_client: Client, project: Project) -> None:
    page, door = reverse("project", args=[project.slug]), reverse("project_write_key", args=[project.slug])
    old = project.api_key
    assert "Not used yet." in member_client.get(page).content.decode()
    forget_write_keys()  # which other tests have left behind
    member_client.post("/2/httpapi", f'{{"api_key": "{old}", "events": []}}', content_type="application/json")
    assert "Last used" in member_client.get(page).content.decode()
    text = member_client.post(door, {"hours": "48"}, follow=True).content.decode()
    project.refresh_from_db()
    assert project.api_key != old
    assert old in text
    assert project.api_key in text
    assert timedelta(hours=47) < project.old_api_key_until - now() < timedelta(hours=49)
    text = member_client.post(door, {"act": "end"}, follow=True).content.decode()
    assert old not in text
    actions = AuditEntry.objects.filter(project=project).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["replaced the write key of", "ended the old write key of"]
    assert old not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("hours", ["-1", "721", "soon", "nan"])
def test_hours_that_cannot_be(member_client: Client, project: Project, hours: str) -> None:
    door, old = reverse("project_write_key", args=[project.slug]), project.api_key
    assert "from 0 to 720" in member_client.post(door, {"hours": hours}, follow=True).content.decode()
    project.refresh_from_db()
    assert project.api_key == old
