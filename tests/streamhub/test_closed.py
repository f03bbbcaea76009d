import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_a_page_asks_for_a_login(client, project):
    url = reverse("overview", args=[project.slug])
    assert client.get(url).headers["Location"] == f"{reverse('login')}?next={url}"


def test_ingest_does_not_look_at_the_session(admin_client, project, django_assert_num_queries):
    admin_client.post("/2/httpapi", b"{}", content_type="application/json")
    with django_assert_num_queries(0):
        answer = admin_client.post("/2/httpapi", b"[]", content_type="application/json")
    assert answer.status_code == 400
    assert "Cookie" not in answer.headers.get("Vary", "")
