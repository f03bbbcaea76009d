"""The audit trail as a page, and what the pages of the hub write into it."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import PurePath

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from destinations import specification
from destinations.models import Destination
from events import audit
from events.models import AuditEntry, Event, Membership, Project
from events.roles import Role
from streamhub import audit_trail, projects
from streamhub.audit_trail import Criteria
from streamhub.declaration import Declaration


@pytest.fixture
def url(project: Project) -> str:
    return reverse("audit", args=[project.slug])


def text_of(client: Client, url: str, **query: object) -> str:
    return client.get(url, query).content.decode()


class TestPage:
    def test_says_what_changed(
        self, member_client: Client, url: str, make_destination: Callable[..., Destination], project: Project
    ) -> None:
        template = {"mode": "template", "language": "jinja2"}
        hook = make_destination(name="Hook", payload=template | {"template": '{"a":\n1}'})
        given = specification.describe(hook) | {"method": "PUT", "payload": template | {"template": '{"a":\n2}'}}
        specification.save(project, given, hook)
        text = text_of(member_client, url)
        assert f'Changed destination <a href="{reverse("destination", args=[project.slug, hook.pk])}">Hook</a>' in text
        assert "</span>POST</del>" in text
        assert "</span>PUT</ins>" in text
        assert "<del>- 1}" in text
        hook.delete()
        assert "Changed destination <b>Hook</b>" in text_of(member_client, url)

    def test_markup_in_values_is_text(self, member_client: Client, url: str, project: Project) -> None:
        audit.record("changed", project, [("<i>", "<b>old</b>", "<script>")], name="<u>Shop</u>")
        text = text_of(member_client, url)
        for bad in ("<i>", "<b>old", "<script>", "<u>"):
            assert bad not in text.replace("<script src", "")

    def test_only_of_this_project(self, member_client: Client, url: str) -> None:
        audit.record("created", Project.objects.create(name="Other"))
        audit.record("signed in", None)
        assert "Other" not in text_of(member_client, url)

    def test_addresses_are_for_admins(self, client: Client, member: User, url: str, project: Project) -> None:
        with audit.acting(lambda: audit.Actor(None, "somebody", "192.0.2.7")):
            audit.record("changed", project)
        membership = Membership.objects.create(project=project, user=member, role=Role.PUBLISHER)
        client.force_login(member)
        assert "192.0.2.7" not in text_of(client, url)
        membership.role = Role.ADMIN
        membership.save()
        assert "192.0.2.7" in text_of(client, url)

    def test_history_of_one_destination(
        self, member_client: Client, project: Project, make_destination: Callable[..., Destination], url: str
    ) -> None:
        hook, _ = make_destination(name="Hook"), make_destination(name="Another")
        page = reverse("destination", args=[project.slug, hook.pk])
        assert f"{url}?kind=destination&amp;id={hook.pk}" in member_client.get(page).content.decode()
        text = text_of(member_client, url, kind="destination", id=hook.pk)
        assert "<h1>History of Hook</h1>" in text
        assert "Another" not in text

    def test_empty(self, member_client: Client, url: str) -> None:
        assert "Nothing has been changed yet" in text_of(member_client, url)

    def test_no_match(self, member_client: Client, url: str, project: Project) -> None:
        AuditEntry.objects.filter(pk=audit.record("changed", project).pk).update(at=now() - timedelta(days=2))
        assert "No changes match" in text_of(member_client, url, range="1")
        assert "Changed project" in text_of(member_client, url, range="nonsense", who="nobody", id="x")

    def test_fragment(self, member_client: Client, url: str, project: Project) -> None:
        audit.record("changed", project)
        response = member_client.get(url, {"kind": "project", "who": ""}, headers={"HX-Request": "true"})
        assert "<main" not in response.content.decode()
        assert response["HX-Push-Url"] == f"{url}?kind=project"


class TestPaging:
    @pytest.fixture
    def many(self, project: Project) -> list[int]:
        with audit.acting("somebody"):
            return [audit.record("changed", project).pk for _ in range(60)]

    def test_through_all_and_back(self, project: Project, many: list[int]) -> None:
        seen, page = [], audit_trail.page(project, Criteria())
        assert page.newer is None
        while True:
            seen += [row.entry.pk for row in page.rows]
            if page.older is None:
                break
            last, page = page, audit_trail.page(project, Criteria(), before=page.older)
        assert seen == many[::-1]
        back = audit_trail.page(project, Criteria(), after=page.newer)
        assert [row.entry.pk for row in back.rows] == [row.entry.pk for row in last.rows]
        assert audit_trail.page(project, Criteria(), after=back.newer).newer is None

    @pytest.mark.parametrize(
        ("criteria", "count"),
        [
            (Criteria(who="somebody"), 25),
            (Criteria(who="nobody"), 0),
            (Criteria(object_type="project"), 25),
            (Criteria(object_type="destination"), 0),
            (Criteria(object_type="project", object_id=0), 0),
            (Criteria(since=now() + timedelta(days=1)), 0),
        ],
        ids=["who", "nobody", "kind", "another kind", "another thing", "time"],
    )
    def test_filters(self, project: Project, many: list[int], criteria: Criteria, count: int) -> None:
        assert len(audit_trail.page(project, criteria).rows) == count

    def test_costs_a_bounded_number_of_queries(
        self,
        project: Project,
        make_destination: Callable[..., Destination],
        django_assert_max_num_queries: Callable[[int], object],
    ) -> None:
        for number in range(25):
            make_destination(name=f"Hook {number}")
        with django_assert_max_num_queries(2):
            audit_trail.page(project, Criteria())


class TestWhatPagesWrite:
    """One line for each thing that a person can do, by the address that does it."""

    @pytest.fixture
    def hook(self, make_destination: Callable[..., Destination]) -> Destination:
        return make_destination(name="Hook", headers=[{"name": "X-Key", "value": "not-for-eyes", "secret": True}])

    @pytest.mark.parametrize(
        ("door", "given", "action"),
        [
            ("destination_switch", {}, "switched off"),
            ("destination_pause", {"paused": "1"}, "paused"),
            ("destination_duplicate", {}, "created"),
            ("destination_delete", {"expect": "Hook"}, "deleted"),
            ("destination_test", {"act": "secrets"}, "looked at the secrets of"),
        ],
    )
    def test_destinations(
        self, member_client: Client, project: Project, hook: Destination, door: str, given: dict[str, str], action: str
    ) -> None:
        member_client.post(reverse(door, args=[project.slug, hook.pk]), given, REMOTE_ADDR="192.0.2.7")
        entry = AuditEntry.objects.latest("pk")
        assert (entry.by_name, entry.action, entry.address) == ("member", action, "192.0.2.7")
        assert "not-for-eyes" not in json.dumps(entry.changes)

    def test_tabs_name_who_saved(self, member_client: Client, project: Project, hook: Destination) -> None:
        given = {"name": "Hook", "method": "PUT", "url": hook.url, "connect_timeout": "5", "total_timeout": "10"}
        member_client.post(reverse("destination", args=[project.slug, hook.pk]), given)
        entry = AuditEntry.objects.latest("pk")
        assert (entry.by_name, entry.action) == ("member", "changed")
        assert ["method", "POST", "PUT"] in entry.changes

    def test_new_ones_and_copies_name_who_made_them(
        self, member_client: Client, member: User, project: Project, hook: Destination
    ) -> None:
        member_client.post(reverse("destination_new", args=[project.slug, "webhook"]), {"name": "New"})
        member_client.post(reverse("destination_duplicate", args=[project.slug, hook.pk]))
        for name in ("New", "Hook copy"):
            assert project.destinations.get(name=name).template_versions.get().created_by == member

    def test_retries(
        self,
        member_client: Client,
        project: Project,
        hook: Destination,
        make_events: Callable[..., list[Event]],
        deliver: Callable[..., object],
    ) -> None:
        delivery = deliver(make_events()[0], hook, "failed")
        member_client.post(reverse("delivery_retry", args=[project.slug, delivery.pk]))
        entry = AuditEntry.objects.latest("pk")
        assert (entry.by_name, entry.action, entry.object_type) == ("member", "sent again", "delivery")

    def test_the_project_and_its_keys(self, member_client: Client, project: Project) -> None:
        member_client.post(reverse("project", args=[project.slug]), {"name": "Shop (EU)"})
        assert ["name", "Shop", "Shop (EU)"] in AuditEntry.objects.latest("pk").changes
        for action in ("made a secret key for", "replaced the secret key of"):
            key = member_client.post(reverse("project_secret", args=[project.slug])).context["secret_key"]
            entry = AuditEntry.objects.latest("pk")
            assert (entry.action, entry.changes) == (action, [])
            assert key not in str(entry)

    def test_files(self, member_client: Client, project: Project) -> None:
        with audit.acting("the command apply"):
            projects.apply(Declaration.of(PurePath("a.yaml"), b"projects: [{name: Other, destinations: [{name: A}]}]"))
        entries = AuditEntry.objects.filter(by_name="the command apply").order_by("pk")
        assert [str(entry) for entry in entries] == [
            "the command apply created project Other",
            "the command apply created destination A",
        ]

    def test_passwords(self, member_client: Client) -> None:
        new = "tr0ub4dor-and-3"
        given = {"old_password": "correct horse battery", "new_password1": new, "new_password2": new}
        member_client.post(reverse("password_change"), given)
        assert str(AuditEntry.objects.latest("pk")) == "member changed their password"

    def test_signing_in(self, client: Client, member: User) -> None:
        given = {"username": "member", "password": "wrong"}
        client.post(reverse("login"), given, REMOTE_ADDR="192.0.2.7")
        client.post(reverse("login"), {"username": "hunter2hunter2", "password": "x"})
        client.post(reverse("login"), given | {"password": "correct horse battery"})
        entries = AuditEntry.objects.order_by("pk")
        assert [(entry.action, entry.by_name, entry.object_name) for entry in entries] == [
            ("failed to sign in", "nobody signed in", "member"),
            ("failed to sign in", "nobody signed in", "an unknown name"),
            ("signed in", "member", ""),
        ]
        assert entries[0].address == "192.0.2.7"
