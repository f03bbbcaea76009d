"""The annotations API, in both of its versions."""

from base64 import b64encode

import pytest

from events.annotations.models import Annotation
from events.jsontext import dumps
from events.models import Event, Project

SECRET = "shk_0123456789"


@pytest.fixture
def keys(project):
    project.set_secret_key(SECRET)
    project.save()
    return {"Authorization": "Basic " + b64encode(f"{project.api_key}:{SECRET}".encode()).decode()}


@pytest.fixture
def call(client, keys):
    """(status, answer) of a method on an address, with an object as its body."""

    def send(method, address, body=None):
        content = "" if body is None else dumps(body)
        answer = client.generic(method, f"/api/{address}", content, content_type="application/json", headers=keys)
        return answer.status_code, answer.json()

    return send


def test_version_3_from_making_to_deleting(call):
    assert call("POST", "3/annotation-categories", {"category": "Releases"})[0] == 200
    given = {"label": "Feature X", "start": "2025-11-01T08:00:00+01:00", "category": "Releases", "details": "New"}
    status, made = call("POST", "3/annotations", given)
    data = made["data"]
    assert status == 200
    assert list(data) == ["id", "start", "end", "label", "details", "category", "chart_id"]
    assert (data["start"], data["end"], data["chart_id"]) == ("2025-11-01T07:00:00+00:00", None, None)
    assert data["category"]["name"] == "Releases"
    one = f"3/annotations/{data['id']}"
    status, changed = call("PUT", one, {"end": "2025-11-15T07:00:00Z", "chart_id": "abc123"})
    assert changed["data"] == data | {"end": "2025-11-15T07:00:00+00:00", "chart_id": "abc123"}
    assert call("GET", one)[1] == changed
    assert call("PUT", one, {"end": None, "chart_id": None})[1]["data"] == data
    assert call("GET", "3/annotations")[1]["data"] == [data]
    assert call("DELETE", one) == (200, {"success": True})
    assert call("GET", one)[0] == 404
    assert [event.topic for event in Event.objects.order_by("pk")] == [
        "annotation.created", "annotation.updated", "annotation.updated",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("", ["January", "June"]),
        ("?category=Releases", ["June"]),
        ("?chart_id=abc", ["January", "June"]),
        ("?chart_id=other", ["June"]),
        ("?start=2026-03-01T00:00:00%2B00:00", ["June"]),
        ("?start=2026-01-01T00:00:00+00:00&end=2026-03-01T00:00:00+00:00", ["January"]),
        ("?end=2026-06-05T00:00:00Z", ["January"]),
    ],
)
def test_version_3_filters(call, query, labels):
    call("POST", "3/annotation-categories", {"category": "Releases"})
    call("POST", "3/annotations", {"label": "January", "start": "2026-01-10T00:00:00Z", "chart_id": "abc"})
    call("POST", "3/annotations", {"label": "June", "start": "2026-06-01T00:00Z", "end": "2026-06-09T00:00Z",
                                   "category": "Releases"})  # fmt: skip
    assert [one["label"] for one in call("GET", f"3/annotations{query}")[1]["data"]] == labels


@pytest.mark.parametrize(
    ("method", "address", "body", "status", "word"),
    [
        ("POST", "3/annotations", {"label": "x"}, 400, "start"),
        ("POST", "3/annotations", {"start": "2026-01-01T00:00:00Z"}, 400, "label"),
        ("POST", "3/annotations", {"label": "x", "start": "yesterday"}, 400, "ISO 8601"),
        ("POST", "3/annotations", {"label": 7, "start": "2026-01-01T00:00:00Z"}, 400, "label"),
        ("POST", "3/annotations", {"label": "x", "start": 5}, 400, "start"),
        ("POST", "3/annotations", {"label": "x", "start": "2026-01-01T00:00Z", "category": "No"}, 404, "No"),
        ("POST", "3/annotations", [], 400, "object"),
        ("PUT", "3/annotations/99", {"label": "x"}, 404, "99"),
        ("PATCH", "3/annotations/99", {}, 405, "GET or PUT or DELETE"),
        ("GET", "3/annotation-categories?category=No", None, 404, "No"),
        ("PUT", "3/annotation-categories/bulk/99", {"annotation_ids": []}, 404, "99"),
        ("POST", "2/annotations", {"label": "x", "date": "2026-13-01"}, 400, "YYYY-MM-DD"),
        ("POST", "2/annotations", {"label": "x", "date": "2026-01-01", "app_id": 0}, 400, "app_id"),
        ("GET", "2/annotations?id=x", None, 400, "id"),
    ],
)
def test_refusals(call, method, address, body, status, word):
    answer = call(method, address, body)
    assert answer[0] == status, answer
    assert word in answer[1]["error"]["message"]
    assert not Annotation.objects.exists()


def test_needs_the_secret_key(client, keys):
    assert client.get("/api/3/annotations").status_code == 401


def test_categories_are_renamed_given_to_many_and_deleted(call):
    pk = call("POST", "3/annotation-categories", {"category": "Alerts"})[1]["data"]["id"]
    assert call("POST", "3/annotation-categories", {"category": "Alerts"})[0] == 409
    assert call("PUT", f"3/annotation-categories/{pk}", {"category": "Outages"})[1]["data"] == {
        "id": pk, "name": "Outages",
    }  # fmt: skip
    made = [call("POST", "3/annotations", {"label": n, "start": "2026-01-01T00:00Z"})[1]["data"]["id"] for n in "ab"]
    given = call("PUT", f"3/annotation-categories/bulk/{pk}", {"annotation_ids": made})[1]["data"]
    assert [one["category"]["name"] for one in given] == ["Outages", "Outages"]
    assert call("PUT", f"3/annotation-categories/bulk/{pk}", {"annotation_ids": [*made, 99]})[0] == 400
    assert call("DELETE", f"3/annotation-categories/{pk}") == (200, {"success": True})
    assert call("GET", "3/annotations")[1]["data"][0]["category"] is None


@pytest.mark.parametrize("how", ["query", "form", "json"])
def test_version_2_takes_days_in_the_projects_time_zone(client, keys, call, project, how):
    Project.objects.filter(pk=project.pk).update(time_zone="Europe/Warsaw")
    fields = {"app_id": str(project.pk), "date": "2026-01-15", "label": "Version 2.4 Release", "details": "New"}
    if how == "json":
        answer = call("POST", "2/annotations", fields)[1]
    elif how == "form":
        answer = client.post("/api/2/annotations", fields, headers=keys).json()
    else:
        answer = client.post("/api/2/annotations", query_params=fields, headers=keys).json()
    made = Annotation.objects.get()
    assert made.start.isoformat() == "2026-01-14T23:00:00+00:00"
    assert answer["success"] is True
    assert answer["annotation"].items() >= {"id": made.pk, "date": "2026-01-15", "label": "Version 2.4 Release"}.items()
    assert call("GET", "2/annotations")[1]["data"] == [answer["annotation"]]
    assert call("GET", f"2/annotations?id={made.pk}")[1]["data"] == [answer["annotation"]]
    assert call("GET", f"2/annotations/{made.pk}")[1]["annotation"] == answer["annotation"]


def test_annotations_of_another_project_do_not_exist(call, project):
    other = Project.objects.create(name="Other")
    from events.annotations.api.fields import moment
    from events.annotations.rules import save_annotation

    theirs = save_annotation(other, {"label": "x", "start": moment("start", "2026-01-01T00:00Z")})
    assert call("GET", "3/annotations")[1]["data"] == []
    assert call("PUT", f"3/annotations/{theirs.pk}", {"label": "y"})[0] == 404
