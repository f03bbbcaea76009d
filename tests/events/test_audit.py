"""The audit trail: who did what, before and after, and no secret in it."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.timezone import now

from destinations import specification
from destinations.pausing import pause, resume
from events import audit
from events.audit_changes import HIDDEN, MOST_CHARACTERS, differences
from events.models import AuditEntry
from events.retention import forget_old_audit_entries

DIFFERENCES = {
    "nothing": ({"a": 1}, {"a": 1}, []),
    "a value": ({"a": 1, "b": 2}, {"a": 1, "b": 3}, [("b", 2, 3)]),
    "something new": (None, {"a": 1, "empty": "", "none": None}, [("a", None, 1)]),
    "something gone": ({"a": {"b": 1}}, None, [("a.b", 1, None)]),
    "a list of words is one value": ({"a": ["x"]}, {"a": ["x", "y"]}, [("a", ["x"], ["x", "y"])]),
    "named things in another order": (
        {"h": [{"name": "A", "v": 1}, {"name": "B", "v": 2}]},
        {"h": [{"name": "B", "v": 2}, {"name": "A", "v": 1}]},
        [],
    ),
    "one of the named things": (
        {"h": [{"name": "A", "v": 1}]},
        {"h": [{"name": "B", "v": 2}, {"name": "A", "v": 3}]},
        [("h.A.v", 1, 3), ("h.B.v", None, 2)],
    ),
    "things without names": ({"h": [{"v": 1}]}, {"h": [{"v": 2}]}, [("h.1.v", 1, 2)]),
    "twice the same name": (
        {"h": [{"name": "A"}, {"name": "A"}]},
        {"h": []},
        [("h.1.name", "A", None), ("h.2.name", "A", None)],
    ),
    "false is a value": ({"on": True}, {"on": False}, [("on", True, False)]),
}


@pytest.mark.parametrize("case", DIFFERENCES)
def test_differences(case: str) -> None:
    before, after, expected = DIFFERENCES[case]
    assert differences(before, after) == expected


def test_long_values_are_cut() -> None:
    ((_, _, kept),) = differences({}, {"a": "x" * (MOST_CHARACTERS + 5)})
    assert kept.endswith("… 20,005 characters in all")


def test_secrets_are_named_and_never_kept() -> None:
    before, after = {"a": "old", "b": "same"}, {"a": "new", "b": "same"}
    hidden = {"a": None, "b": None}
    assert differences(before, after, hidden, hidden) == [("a", HIDDEN, HIDDEN)]
    masked = {"a": "…d", "b": "…e"}
    assert differences(before, after, masked, masked) == [("a", "…d", "…d")]
    assert differences(None, after, None, hidden) == [("a", None, HIDDEN), ("b", None, HIDDEN)]


def trail() -> list[tuple[str, str, list]]:
    return [(e.action, e.object_name, e.changes) for e in AuditEntry.objects.order_by("pk")]


class TestDestinations:
    def test_every_change_of_one_is_there(self, project) -> None:
        given = {"name": "Hook", "url": "https://example.com/hook"}
        destination = specification.save(project, given)[0]
        specification.save(project, given | {"method": "PUT"}, destination)
        specification.save(project, given | {"method": "PUT"}, destination)
        specification.set_enabled(destination, True)
        specification.set_enabled(destination, True)
        pause(destination)
        resume(destination)
        specification.set_enabled(destination, False)
        actions = [action for action, _, _ in trail()]
        assert actions == ["created", "changed", "switched on", "paused", "resumed", "switched off"]
        assert trail()[1] == ("changed", "Hook", [["method", "POST", "PUT"]])

    def test_a_secret_leaves_no_trace_but_that_it_changed(self, project) -> None:
        def headers(value: str) -> dict:
            return {"name": "Hook", "headers": [{"name": "Authorization", "value": value, "secret": True}]}

        destination = specification.save(project, headers("Bearer first-not-for-eyes"))[0]
        specification.save(project, headers("Bearer second-not-for-eyes"), destination)
        assert trail()[1] == ("changed", "Hook", [["headers.Authorization.value", HIDDEN, HIDDEN]])
        assert "not-for-eyes" not in json.dumps(list(AuditEntry.objects.values_list("changes", flat=True)))

    def test_no_kind_of_secret_is_kept(self, project) -> None:
        given = {
            "name": "Hook",
            "url": "https://example.com/hook",
            "signing": {
                "scheme": "hmac",
                "header": "X-Signature",
                "secrets": [{"value": "not-for-eyes-signing-secret"}],
            },
            "auth": {"kind": "basic", "username": "shop", "password": "not-for-eyes-auth"},
        }
        destination = specification.save(project, given)[0]
        specification.save(project, given | {"auth": {"kind": "bearer", "token": "not-for-eyes-token"}}, destination)
        destination.delete()
        kept = json.dumps(list(AuditEntry.objects.values_list("changes", flat=True)))
        assert "not-for-eyes" not in kept
        for named in ("auth.username", "auth.password", "auth.token"):
            assert named in kept

    def test_what_is_undone_leaves_no_entry(self, project) -> None:
        with transaction.atomic():
            specification.save(project, {"name": "Hook"})
            transaction.set_rollback(True)
        assert trail() == []


class TestWho:
    def test_nobody_said_so(self, project) -> None:
        assert audit.record("changed", project).by_name == "the hub"

    def test_a_command(self, project) -> None:
        with audit.acting("the command apply"):
            entry = audit.record("changed", project)
        assert (entry.by, entry.by_name) == (None, "the command apply")

    def test_a_person_and_where_from(self, project) -> None:
        ada = User.objects.create_user("ada")
        with audit.acting(lambda: audit.Actor(ada, "ada", "192.0.2.7")):
            destination = specification.save(project, {"name": "Hook"})[0]
        entry = AuditEntry.objects.get()
        assert (entry.by, entry.by_name, entry.address) == (ada, "ada", "192.0.2.7")
        assert destination.template_versions.get().created_by == ada

    def test_it_stays_readable_when_they_are_gone(self, project) -> None:
        ada = User.objects.create_user("ada")
        audit.record("changed", project, by=ada)
        ada.delete()
        entry = AuditEntry.objects.get()
        assert (entry.by, entry.by_name) == (None, "ada")

    def test_it_outlives_its_project(self, project) -> None:
        audit.record("deleted", project)
        number = project.pk
        project.delete()
        entry = AuditEntry.objects.get()
        assert (entry.project_id, entry.object_name) == (number, "Shop")


def test_old_entries_are_forgotten(project, settings) -> None:
    settings.AUDIT_DAYS = 30
    for days in (1, 29, 31, 400):
        AuditEntry.objects.filter(pk=audit.record("changed", project).pk).update(at=now() - timedelta(days=days))
    assert forget_old_audit_entries(batch=1) == 2
    assert AuditEntry.objects.count() == 2
