"""The admin: everything is registered and opens, raw rows can't be changed, and no secret is shown."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from cohorts.models import Member, Pending
from delivery.models import Attempt, Delivery, LaneCount
from destinations.models import Destination, Header
from events.models import Event, EventCount, Project, TypeCount, TypeRate

OURS = ("events", "destinations", "delivery", "cohorts")
MODELS = [model for model in apps.get_models() if model._meta.app_label in OURS]


def test_every_model_is_there() -> None:
    shown_with_their_parent = {Header}
    # Sums for charts and users by the million, without a key of one column.
    without_key = {EventCount, TypeCount, TypeRate, LaneCount, Member, Pending}
    assert {model for model in MODELS if not admin.site.is_registered(model)} == shown_with_their_parent | without_key


@pytest.mark.usefixtures("standing")
class TestEveryModel:
    """The project is made once; each test undoes what it does to it."""

    @pytest.mark.parametrize("model", [m for m in MODELS if admin.site.is_registered(m)], ids=lambda m: m.__name__)
    def test_lists_open(self, model: type[Model], staff_client: Client, busy: Project) -> None:
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert staff_client.get(page).status_code == 200

    @pytest.mark.parametrize("model", [Event, Delivery, Attempt, Destination], ids=lambda m: m.__name__)
    def test_raw_rows_open_and_cannot_be_changed(self, model: type[Model], staff_client: Client, busy: Project) -> None:
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model.objects.latest("pk")
        page = reverse(f"{stem}_change", args=[row.pk])
        assert staff_client.get(page).status_code == 200
        assert staff_client.post(page, {}).status_code == 403
        assert staff_client.get(reverse(f"{stem}_add")).status_code == 403
        assert staff_client.post(reverse(f"{stem}_delete", args=[row.pk])).status_code == 403


def test_no_secret_is_shown(staff_client: Client, make_destination: Callable[..., Destination]) -> None:
    secret = {"name": "Authorization", "value": "Bearer not-for-eyes-4f2a", "secret": True}
    destination = make_destination(headers=[secret])
    text = staff_client.get(reverse("admin:destinations_destination_change", args=[destination.pk])).content.decode()
    assert "not-for-eyes" not in text
    assert "••••••••4f2a" in text


def test_project_hides_the_hash(staff_client: Client, project: Project) -> None:
    project.set_secret_key("shk_" + "x" * 40)
    project.save()
    text = staff_client.get(reverse("admin:events_project_change", args=[project.pk])).content.decode()
    assert project.secret_key_hash not in text


def test_signing_in_is_ours(client: Client, db: None) -> None:
    response = client.get(reverse("admin:login"))
    assert response["Location"].startswith(reverse("login"))


def test_members_stay_out(member_client: Client) -> None:
    assert member_client.get(reverse("admin:index")).status_code == 302


@pytest.mark.parametrize("page", ["admin:index", "admin:auth_user_changelist", "admin:auth_user_add"])
def test_its_own_pages_open(page: str, staff_client: Client, project: Project) -> None:
    text = staff_client.get(reverse(page)).content.decode()
    assert reverse("deliveries", args=[project.slug]) in text


def test_jobs(staff_client: Client) -> None:
    assert staff_client.get("/admin/django_rq/dashboard/").status_code == 200
