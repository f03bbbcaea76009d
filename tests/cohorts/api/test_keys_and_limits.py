"""Who may use the API, how often, and in what shape it refuses."""

import pytest

from cohorts.api.door import LIMITS
from events.api import limits
from tests.cohorts.api.conftest import SECRET, basic
from tests.redis_elsewhere import redis_at

pytestmark = pytest.mark.django_db

KEY = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "header",
    [
        "", "Basic", "Basic !!!", basic(""), basic(KEY), basic(f"{KEY}:"), basic(f"{KEY}:wrong"), basic(f":{SECRET}"),
        basic(f"nobody12:{SECRET}"), basic(f"a\0b:{SECRET}"), "Basic /////w==", f"Bearer {SECRET}", f"Api-Key {KEY}",
    ],
    ids=str,
)  # fmt: skip
def test_wrong_keys_are_refused(client, keys, header):
    answer = client.get("/api/3/cohorts", headers={"Authorization": header})
    assert (answer.status_code, answer["WWW-Authenticate"][:5]) == (401, "Basic")
    error = answer.json()["error"]
    assert list(error) == ["http_code", "type", "message", "metadata"]
    assert (error["http_code"], error["type"]) == (401, "unauthorized")
    assert "api_key" in error["message"]


def test_a_project_without_a_secret_key_is_closed(client, project):
    answer = client.get("/api/3/cohorts", headers={"Authorization": basic(f"{project.api_key}:")})
    assert answer.status_code == 401


def test_a_replaced_secret_key_ends_at_once(client, keys, project):
    assert client.get("/api/3/cohorts", headers=keys).status_code == 200
    project.set_secret_key("another one")
    project.save()
    assert client.get("/api/3/cohorts", headers=keys).status_code == 401


def test_other_methods_are_refused(client, keys):
    answer = client.get("/api/3/cohorts/upload", headers=keys)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer.json()["error"]["message"] == "Use POST."


def test_sixty_requests_in_ten_minutes(get):
    answers = [get("/api/3/cohorts") for _ in range(LIMITS.requests + 1)]
    assert [answer.status_code for answer in answers] == [200] * LIMITS.requests + [429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 601
    assert "ten minutes" in answers[-1].json()["error"]["message"]


def test_four_at_once(get, project):
    places = [LIMITS.place(project.pk) for _ in range(LIMITS.at_once)]
    for place in places:
        place.take()
    assert get("/api/3/cohorts").status_code == 429
    places[0].leave()
    assert get("/api/3/cohorts").status_code == 200
    assert get("/api/3/cohorts").status_code == 200, "a place is given back"


def test_the_place_of_a_process_that_died_is_free_after_a_while(get, project, monkeypatch):
    monkeypatch.setattr(limits, "HELD", -1.0)
    for _ in range(LIMITS.at_once):
        LIMITS.place(project.pk).take()
    monkeypatch.undo()
    assert get("/api/3/cohorts").status_code == 200


def test_without_redis_nothing_is_limited(get, monkeypatch):
    redis_at(monkeypatch)
    assert get("/api/3/cohorts").status_code == 200
