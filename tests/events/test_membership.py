"""Who belongs to a project, and the rules of changing that."""

import pytest
from django.contrib.auth.models import AnonymousUser, User

from events.membership import MembershipRefused, add_member, change_role, projects_of, remove_member, role_in
from events.models import AuditEntry, Membership, Project
from events.roles import MEANING, Role


@pytest.fixture
def ada(db) -> User:
    return User.objects.create_user("ada")


def test_each_role_allows_what_those_before_it_do() -> None:
    order = [Role.VIEWER, Role.EDITOR, Role.PUBLISHER, Role.ADMIN]
    assert [[a.allows(b) for b in order] for a in order] == [[n >= m for m in range(4)] for n in range(4)]
    assert list(MEANING) == order


class TestWhoMayWhat:
    def test_strangers_have_no_role(self, project, ada) -> None:
        assert role_in(ada, project.slug) is None
        assert list(projects_of(ada)) == []
        assert role_in(AnonymousUser(), project.slug) is None
        assert list(projects_of(AnonymousUser())) == []

    def test_members_see_their_projects(self, project, ada) -> None:
        Project.objects.create(name="Another")
        add_member(project, ada, Role.EDITOR)
        assert role_in(ada, project.slug) == Role.EDITOR
        assert role_in(ada, "another") is None
        assert list(projects_of(ada)) == [project]

    @pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
    def test_operators_see_all(self, project, ada, flag) -> None:
        setattr(ada, flag, True)
        assert role_in(ada, project.slug) == Role.ADMIN
        assert list(projects_of(ada)) == [project]
        ada.is_active = False
        assert role_in(ada, project.slug) is None


class TestChanges:
    def test_they_are_in_the_trail(self, project, ada) -> None:
        add_member(project, User.objects.create_user("bob"), Role.ADMIN)
        membership = add_member(project, ada, Role.ADMIN)
        change_role(membership, Role.ADMIN)
        change_role(membership, Role.VIEWER)
        remove_member(membership)
        entries = AuditEntry.objects.filter(object_name="ada").order_by("pk")
        assert [(entry.action, entry.changes) for entry in entries] == [
            ("added", [["role", None, "admin"]]),
            ("changed", [["role", "admin", "viewer"]]),
            ("removed", [["role", "viewer", None]]),
        ]
        assert User.objects.filter(username="ada").exists()

    def test_nobody_is_added_twice(self, project, ada) -> None:
        add_member(project, ada, Role.VIEWER)
        with pytest.raises(MembershipRefused, match="ada is a member already"):
            add_member(project, ada, Role.ADMIN)
        assert role_in(ada, project.slug) == Role.VIEWER

    def test_the_last_admin_stays(self, project, ada) -> None:
        bob = User.objects.create_user("bob", is_active=False)
        add_member(project, bob, Role.ADMIN)  # cannot sign in, so is no help
        membership = add_member(project, ada, Role.ADMIN)
        with pytest.raises(MembershipRefused, match="ada is the only admin"):
            change_role(membership, Role.EDITOR)
        with pytest.raises(MembershipRefused, match="ada is the only admin"):
            remove_member(membership)
        assert Membership.objects.get(user=ada).role == Role.ADMIN

    def test_one_who_is_gone_meanwhile(self, project, ada) -> None:
        membership = add_member(project, ada, Role.VIEWER)
        Membership.objects.filter(pk=membership.pk).delete()
        with pytest.raises(MembershipRefused, match="no member any more"):
            change_role(membership, Role.EDITOR)
