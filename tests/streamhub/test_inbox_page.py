"""The page of the built-in inbox."""

from django.test import Client
from django.urls import reverse

from events.models import Project


def test_shows_what_arrived(member_client: Client, project: Project) -> None:
    page = reverse("inbox_page", args=[project.slug])
    assert "Nothing has arrived yet" in member_client.get(page).content.decode()

    address = reverse("inbox", args=[project.inbox_token])
    Client().post(f"{address}?status=503", '{"order":"A-1","total":1.10}', content_type="application/json")
    text = member_client.get(page).content.decode()
    assert "1 arrived" in text
    assert '<span class="k">&quot;total&quot;</span>: <span class="n">1.10</span>' in text
    assert '<span class="sh-http is-bad">503</span>' in text


def test_polls_only_for_news(member_client: Client, project: Project) -> None:
    page, poll = reverse("inbox_page", args=[project.slug]), {"HX-Request": "true"}
    assert member_client.get(page, {"after": 0}, headers=poll).status_code == 204
    Client().post(reverse("inbox", args=[project.inbox_token]), {"a": 1})
    response = member_client.get(page, {"after": 0}, headers=poll)
    assert response.status_code == 200
    assert "<main" not in response.content.decode()


def test_markup_in_a_body_stays_text(member_client: Client, project: Project) -> None:
    body = "<script>alert(1)</script>"
    Client().post(reverse("inbox", args=[project.inbox_token]), body, content_type="text/plain")
    assert body not in member_client.get(reverse("inbox_page", args=[project.slug])).content.decode()


def test_clear(member_client: Client, project: Project) -> None:
    Client().post(reverse("inbox", args=[project.inbox_token]), {"a": 1})
    response = member_client.post(reverse("inbox_clear", args=[project.slug]), follow=True)
    text = response.content.decode()
    assert "Inbox cleared." in text
    assert "Nothing has arrived yet" in text
    assert member_client.get(reverse("inbox_clear", args=[project.slug])).status_code == 405
