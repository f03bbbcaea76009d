"""Tokens: made and revoked on a page, shown once, kept as a hash; wrong ones, limits, and what the trail says."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.timezone import now

from events.models import AuditEntry, Project
from events.roles import Role
from streamhub import api_tokens
from streamhub.api import doors
from streamhub.api_tokens import InvalidToken, make_token, revoke, token_of
from streamhub.models import ApiToken

FORM = {"name": "CI", "role": "editor", "destinations": "write", "events": "read", "days": "30"}


def _page(project: Project) -> str:
    return f"/p/{project.slug}/settings/tokens/"


def test_a_token_is_made_in_the_browser_and_shown_once(member_client: Client, project: Project) -> None:
    response = member_client.post(_page(project), FORM)
    (text,) = set(re.findall(r"sht_[A-Za-z0-9]{40}", response.content.decode()))
    assert response["Cache-Control"] == "no-store"
    token = ApiToken.objects.get()
    assert text not in str(ApiToken.objects.values_list().get())
    assert (token.scopes, token.role) == (["destinations:write", "events:read"], "editor")
    assert timedelta(days=29) < token.expires_at - now() < timedelta(days=31)
    page = member_client.get(_page(project)).content.decode()
    assert text not in page
    assert f"sht_…{token.end}" in page
    assert "Destinations: read and change; Events: read" in page
    assert "by member" in page
    entry = AuditEntry.objects.get(action="made")
    assert ["role", None, "editor"] in entry.changes
    assert text not in str(entry.changes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"destinations": "", "events": ""}, "Choose what it is for."),
        ({"role": "king"}, "Select a valid choice."),
        ({"audit": "write"}, "Select a valid choice."),
        ({"days": "7000"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said(member_client: Client, project: Project, change: dict[str, str], words: str) -> None:
    assert words in member_client.post(_page(project), FORM | change).content.decode()
    assert not ApiToken.objects.exists()


def test_a_revoked_token_opens_nothing_at_once(member_client: Client, project: Project) -> None:
    token, text = make_token(project, name="CI", role=Role.VIEWER, scopes=["project:read"])
    headers = {"Authorization": f"bearer {text}"}
    assert Client().get(f"/api/v1/projects/{project.slug}", headers=headers).status_code == 200
    member_client.post(f"{_page(project)}{token.pk}/revoke/")
    assert Client().get(f"/api/v1/projects/{project.slug}", headers=headers).status_code == 401
    assert AuditEntry.objects.filter(action="revoked", object_name="CI").count() == 1
    assert not revoke(token)
    assert "Revoked: CI" in member_client.get(_page(project)).content.decode()


def test_an_expired_token_and_one_of_a_removed_project_open_nothing(project: Project) -> None:
    text = make_token(project, name="CI", role=Role.VIEWER, scopes=["project:read"], days=1)[1]
    assert token_of(text)
    with time_machine.travel(now() + timedelta(days=1, seconds=1)):
        assert token_of(text) is None
    Project.objects.filter(pk=project.pk).update(removed_at=now())
    assert token_of(text) is None


@pytest.mark.parametrize("text", ["", "sht_", "sht_\0", "sht_ü", "sht_" + "a" * 5_000, "shk_" + "a" * 40])
def test_what_can_be_no_token_costs_no_query(db: None, text: str, django_assert_num_queries: Callable) -> None:
    with django_assert_num_queries(1 if text == "sht_" else 0 if not text.startswith("sht_\0") else 1):
        assert token_of(text) is None


def test_last_use_is_written_once_a_minute(project: Project, caller_for: Callable) -> None:
    call = caller_for(project)
    call("GET")
    first = ApiToken.objects.get()
    assert (first.last_used_from, now() - first.last_used_at < timedelta(seconds=5)) == ("127.0.0.1", True)
    call("GET")
    assert ApiToken.objects.get().last_used_at == first.last_used_at
    with time_machine.travel(now() + timedelta(seconds=61)):
        call("GET")
    assert ApiToken.objects.get().last_used_at > first.last_used_at


def test_too_many_requests_of_a_token(project: Project, caller_for: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "MOST_REQUESTS", 3)
    call = caller_for(project)
    answers = [call("GET") for _ in range(4)]
    if answers[3].status_code == 200:  # a minute began in between
        answers += [call("GET") for _ in range(4)]
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert caller_for(project)("GET").status_code == 200


def test_who_guesses_tokens_is_slowed_down(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "MOST_WRONG", 3)
    answers = [Client().get("/api/v1/projects", headers={"Authorization": f"Bearer sht_{n}"}) for n in range(8)]
    assert answers[0].status_code == 401
    assert answers[-1].status_code == 429


def test_what_a_token_does_stands_in_the_trail(call: Callable, project: Project) -> None:
    call("PUT", body={"time_zone": "Europe/Warsaw"})
    entry = AuditEntry.objects.filter(action="changed").get()
    assert entry.by_name == f"token “CI” …{ApiToken.objects.get().end}"
    assert (entry.by, entry.address) == (None, "127.0.0.1")
    assert entry.changes == [["time_zone", "UTC", "Europe/Warsaw"]]


def test_a_project_has_a_bound_of_tokens(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_tokens, "MOST_LIVING", 1)
    token, _ = make_token(project, name="A", role=Role.VIEWER, scopes=["project:read"])
    with pytest.raises(InvalidToken, match="Revoke one"):
        make_token(project, name="B", role=Role.VIEWER, scopes=["project:read"])
    revoke(token)
    make_token(project, name="B", role=Role.VIEWER, scopes=["project:read"])


def test_sessions_mean_nothing_to_the_api(staff_client: Client, project: Project) -> None:
    assert staff_client.get(f"/api/v1/projects/{project.slug}").status_code == 401
    assert "Cookie" not in staff_client.get("/api/v1/openapi.json").get("Vary", "")
