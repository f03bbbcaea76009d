"""The list of annotations and the form, also as charts open it."""

import json
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from events.annotations.models import Annotation
from events.annotations.rules import save_annotation, save_category
from tests.streamhub.conftest import administrator, member, member_client, staff_client

__all__ = ["administrator", "member", "member_client", "staff_client"]

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_made_by_the_form_one_comes_back_to_the_chart(member_client, project):
    url = reverse("annotation_new", args=[project.slug])
    given = {"label": "Sale", "start": "2026-11-28T12:00", "end": "2026-11-29T12:00", "category": "Campaigns"}
    response = member_client.post(url, given | {"details": "", "next": "/p/shop/?range=7d"})
    assert (response.status_code, response["Location"]) == (302, "/p/shop/?range=7d")
    made = Annotation.objects.select_related("category").get()
    assert (made.start, made.category.name, made.author_name, made.source) == (NOON, "Campaigns", "member", "browser")


def test_made_where_something_is_being_written_the_page_hears_of_it_and_stays(member_client, project):
    url = reverse("annotation_new", args=[project.slug])
    form = member_client.get(url, {"stays": 1}, headers={"HX-Request": "true"}).content.decode()
    assert f'hx-post="{url}"' in form
    given = {"label": "Sale", "start": "2026-11-28T12:00", "stays": "1"}
    wrong = member_client.post(url, given | {"label": ""}, headers={"HX-Request": "true"})
    assert (wrong.status_code, 'name="stays"' in wrong.content.decode()) == (200, True)
    made = member_client.post(url, given, headers={"HX-Request": "true"})
    told = json.loads(made["HX-Trigger"])
    assert (made.status_code, list(told)) == (204, ["annotated", "toast"])
    assert Annotation.objects.get().label == "Sale"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_leads_nowhere_foreign(member_client, project, elsewhere):
    url = reverse("annotation_new", args=[project.slug])
    response = member_client.post(url, {"label": "Sale", "start": "2026-11-28T12:00", "next": elsewhere})
    assert response["Location"] == reverse("annotations", args=[project.slug])


def test_wrong_says_so_and_keeps_what_was_typed(member_client, project):
    url = reverse("annotation_new", args=[project.slug])
    given = {"label": "Sale", "start": "2026-11-28T12:00", "end": "2026-11-27T12:00"}
    text = member_client.post(url, given).content.decode()
    assert "The end must come after the start." in text
    assert 'value="Sale"' in text
    assert not Annotation.objects.exists()


def test_what_is_refused_leaves_no_category_behind(member_client, project):
    form = {"label": "Sale", "start": "2026-03-02T10:00", "end": "2026-03-01T10:00", "category": "Shop"}
    answer = member_client.post(reverse("annotation_new", args=[project.slug]), form)
    assert "The end must come after the start." in answer.content.decode()
    assert not project.annotation_categories.exists()


def test_a_chart_gets_the_form_alone_with_the_moment_that_was_clicked(member_client, project):
    url = reverse("annotation_new", args=[project.slug])
    query = {"start": "2026-11-28T09:00:00+00:00", "next": "/p/shop/"}
    text = member_client.get(url, query, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text
    assert 'value="2026-11-28T09:00"' in text
    assert 'name="next" value="/p/shop/"' in text
    assert member_client.get(url, {"start": "nonsense"}).status_code == 200


def test_changed_and_deleted(member_client, project):
    made = save_annotation(project, {"label": "Sale", "start": NOON})
    response = member_client.post(made.get_absolute_url(), {"label": "Winter sale", "start": "2026-11-28T12:00"})
    made.refresh_from_db()
    assert (response.status_code, made.label) == (302, "Winter sale")
    member_client.post(reverse("annotation_delete", args=[project.slug, made.pk]))
    assert not Annotation.objects.exists()


def test_the_list_shows_those_of_a_category(member_client, project):
    category = save_category(project, "Releases")
    save_annotation(project, {"label": "Version 2", "start": NOON, "category": category})
    save_annotation(project, {"label": "Outage", "start": NOON})
    url = reverse("annotations", args=[project.slug])
    assert "Outage" in member_client.get(url).content.decode()
    text = member_client.get(url, {"category": category.pk}).content.decode()
    assert "Version 2" in text
    assert "Outage" not in text
