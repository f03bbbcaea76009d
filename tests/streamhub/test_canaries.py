"""No secret stands anywhere but where those who may see it say once more who they are: every door, every role, every
table, what Redis keeps, what is logged, dumped and reported."""

import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from io import StringIO
from typing import Any

import django_rq
import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.signals import got_request_exception
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.views.debug import ExceptionReporter

from delivery.models import Attempt, Delivery
from delivery.transports import make_transport
from destinations.secrets import EncryptedTextField
from events.models import AuditEntry, Membership, Project
from events.proof import PROVEN_AT
from events.roles import Role
from streamhub.api_tokens import make_token
from streamhub.pages.secrets import LOOKED
from streamhub.scopes import SCOPES
from tests.delivery.road import run_fresh
from tests.delivery.test_lanes import LOOPBACK
from tests.receiver import receiver
from tests.streamhub.addresses import address, routes
from tests.streamhub.api.operations import addresses, operations
from tests.streamhub.secrets_cast import KEPT, SENT, Cast, keep_secrets

pytestmark = pytest.mark.django_db(transaction=True)

# Where secrets are shown, to whom: all they hold, by the names of the cast. Nothing else shows any.
REVEALING = {
    "Signed": {"header", "signing secret", "old signing secret"},
    "Own": {"own signing secret", "bearer"},
    "Basic": {"password"},
    "Key": {"key"},
    "OAuth": {"client secret", "private key"},
    "Braze": {"parameter"},
    "Slack": {"url parameter"},
    "webhooks": {"webhook"},
    "channel": {"channel"},
}


@pytest.fixture
def cast(busy: Project, member: User, make_events: Any) -> Iterator[Cast]:
    """Events were sent from it, to receivers that give back all that they may know."""
    with ExitStack() as running:
        hooks = {name: running.enter_context(receiver(lambda number: 500 if number % 2 else 200)) for name in SENT}
        made = keep_secrets(busy, member, {name: hook.url for name, hook in hooks.items()})
        for name, hook in hooks.items():
            hook.answer = " ".join(KEPT[secret] for secret in SENT[name]).encode()
        hooks["Basic"].answer += made.secrets["basic header"].encode()
        transport = make_transport("curl", allowed_networks=LOOPBACK)
        make_events(2)
        run_fresh(transport)
        transport.close()
        assert all(len(hook.requests) > 1 for hook in hooks.values())
        yield made


def found_in(text: str, cast: Cast) -> list[str]:
    return [name for name, secret in cast.secrets.items() if secret in text]


def shown_by(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace") + "\n".join(f"{name}: {value}" for name, value in response.headers.items())


@pytest.mark.parametrize("role", [*Role, None], ids=str)
def test_no_door_shows_one(role: Role | None, cast: Cast, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    user = User.objects.create_user("looker", is_superuser=role is None, is_staff=role is None)
    if role:
        Membership.objects.create(project=cast.project, user=user, role=role)
    client.force_login(user)
    wrong = {url: found for url in _pages(cast, role) if (found := found_in(shown_by(client.get(url)), cast))}
    if role:
        token = make_token(cast.project, name="Look", role=role, scopes=SCOPES)[1]
        of = addresses(cast.project)
        for operation in operations():
            if operation.method == "GET":
                url = of(operation, cast.project.slug)
                answer = Client().get(url, headers={"Authorization": f"Bearer {token}"})
                if found := found_in(shown_by(answer), cast):
                    wrong[url] = found
    assert wrong == {}
    assert found_in(caplog.text, cast) == []


def _pages(cast: Cast, role: Role | None) -> Iterator[str]:
    for name, route in routes():
        yield address(name, cast.project)
        if "destinations/<int:pk>/" in route:
            yield from (reverse(name, args=[cast.project.slug, one.pk]) for one in cast.destinations)
    for one in cast.destinations:
        if last := Delivery.objects.filter(destination=one, attempts_made__gt=0).last():
            yield last.get_absolute_url()
    yield "/api/v1/openapi.json"
    yield reverse("alert_channel", args=[cast.project.slug, cast.channel.pk])
    if role is None:
        for model in admin.site._registry:
            base = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
            yield reverse(f"{base}changelist")
            holds = any(isinstance(field, EncryptedTextField) for field in model._meta.fields)
            rows = model._default_manager.order_by("-pk") if model._meta.managed else model._default_manager.none()
            yield from (reverse(f"{base}change", args=[row.pk]) for row in (rows if holds else rows[:1]))


def test_none_stands_in_a_table_or_in_redis(cast: Cast) -> None:
    assert Attempt.objects.filter(delivery__destination__in=cast.destinations).count() >= 8
    wrong = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            text = "\n".join(map(str, cursor.fetchall()))
            if found := found_in(text, cast):
                wrong[table] = found
    redis = django_rq.get_connection("default")
    for key in redis.keys("*"):
        text = f"{key}{redis.dump(key)}"
        if found := found_in(text, cast):
            wrong[str(key)] = found
    assert wrong == {}


def test_none_is_dumped_unless_it_is_asked_for(cast: Cast) -> None:
    out, whole = StringIO(), StringIO()
    call_command("dump", stdout=out)
    assert found_in(out.getvalue(), cast) == []
    call_command("dump", "--with-secrets", stdout=whole)
    assert set(KEPT) <= set(found_in(whole.getvalue(), cast))


def test_none_is_in_the_audit_trail_when_they_change(cast: Cast, staff_client: Client) -> None:
    before = AuditEntry.objects.count()
    for one in cast.destinations:
        staff_client.post(reverse("destination_duplicate", args=[cast.project.slug, one.pk]))
    staff_client.post(reverse("webhooks", args=[cast.project.slug]), {"act": "rotate", "hours": "1"})
    assert AuditEntry.objects.count() > before
    rows = AuditEntry.objects.values_list("action", "object_name", "changes")
    assert found_in("\n".join(map(str, rows)), cast) == []


def test_none_is_in_a_report_of_an_error(
    cast: Cast, staff_client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each page that opens secrets breaks where it has them at hand: in its own hand, as a local variable."""

    def break_down(*args: Any, **rest: Any) -> None:
        at_hand = dict(KEPT)
        raise RuntimeError(f"broken with {len(at_hand)} at hand")

    monkeypatch.setattr("streamhub.pages.secrets.secrets_in", break_down)
    url = reverse("destination_secrets", args=[cast.project.slug, cast.destinations[0].pk])
    reports: list[str] = []

    def report(request: Any, **rest: Any) -> None:
        reporter = ExceptionReporter(request, *sys.exc_info())
        reports.extend([reporter.get_traceback_text(), reporter.get_traceback_html()])

    got_request_exception.connect(report)
    staff_client.raise_request_exception = False
    try:
        answer = staff_client.post(url, {"password": KEPT["password"]})
    finally:
        got_request_exception.disconnect(report)
    assert answer.status_code == 500
    assert len(reports) == 2
    assert [found_in(text, cast) for text in (shown_by(answer), caplog.text, *reports)] == [[]] * 4


class TestRevealing:
    @pytest.fixture
    def places(self, cast: Cast) -> dict[str, str]:
        slug = cast.project.slug
        found = {one.name: reverse("destination_secrets", args=[slug, one.pk]) for one in cast.destinations}
        found["webhooks"] = reverse("webhook_secrets", args=[slug])
        found["channel"] = reverse("alert_channel_secrets", args=[slug, cast.channel.pk])
        return found

    def test_shows_all_of_it_and_writes_it_down(
        self, cast: Cast, places: dict[str, str], staff_client: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        for name, url in places.items():
            before = AuditEntry.objects.filter(action=LOOKED).count()
            answer = staff_client.post(url)
            assert set(found_in(shown_by(answer).replace("&quot;", '"'), cast)) == REVEALING[name]
            assert answer["Cache-Control"] == "no-store"
            assert AuditEntry.objects.filter(action=LOOKED).count() == before + 1
        assert {secret for names in REVEALING.values() for secret in names} == {*KEPT, "private key"}
        assert found_in(caplog.text, cast) == []

    def test_the_test_tab_shows_its_request(self, cast: Cast, staff_client: Client) -> None:
        url = reverse("destination_test", args=[cast.project.slug, cast.destinations[0].pk])
        assert found_in(shown_by(staff_client.post(url, {"act": "secrets"})), cast) == ["header"]

    def test_an_open_session_is_not_enough(self, cast: Cast, places: dict[str, str], administrator: User) -> None:
        client = Client()
        client.force_login(administrator)
        session = client.session
        session[PROVEN_AT] -= 301
        session.save()
        for url in places.values():
            answer = client.post(url, {"password": "wrong"} if url == places["Key"] else {})
            assert found_in(shown_by(answer), cast) == []
            assert "Your password" in shown_by(answer)
        tab = reverse("destination_test", args=[cast.project.slug, cast.destinations[0].pk])
        assert client.post(tab, {"act": "secrets"})["Location"] == places["Signed"]
        moved = client.post(tab, {"act": "secrets"}, headers={"HX-Request": "true"})
        assert (moved["HX-Redirect"], found_in(shown_by(moved), cast)) == (places["Signed"], [])
        assert AuditEntry.objects.filter(action=LOOKED).count() == 0
        given = {"password": "correct horse battery"}
        assert found_in(shown_by(client.post(places["Basic"], given)), cast) == ["password"]
        assert found_in(shown_by(client.post(places["Key"])), cast) == ["key"]

    def test_guessing_the_password_is_throttled(
        self, cast: Cast, places: dict[str, str], administrator: User, client: Client
    ) -> None:
        client.force_login(administrator)
        session = client.session
        session[PROVEN_AT] = 0
        session.save()
        for _ in range(5):
            client.post(places["Basic"], {"password": "wrong"})
        answer = shown_by(client.post(places["Basic"], {"password": "correct horse battery"}))
        assert "Too many attempts" in answer
        assert found_in(answer, cast) == []

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.PUBLISHER])
    def test_others_see_nothing(self, role: Role, cast: Cast, places: dict[str, str], client: Client) -> None:
        user = User.objects.create_user("looker")
        Membership.objects.create(project=cast.project, user=user, role=role)
        client.force_login(user)
        for url in places.values():
            assert [client.get(url).status_code, client.post(url).status_code] == [403, 403]
