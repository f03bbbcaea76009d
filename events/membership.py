"""Who belongs to a project, and as what. Staff and superusers run the installation: they may do all everywhere."""

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import QuerySet

from events import audit
from events.models import Membership, Project
from events.roles import Role

Person = User | AnonymousUser


class MembershipRefused(ValueError):
    """Why members stay as they are; the message says what to do."""


def is_operator(user: Person) -> bool:
    return user.is_active and (user.is_superuser or user.is_staff)


def projects_of(user: Person) -> QuerySet[Project]:
    """All that this person may open, by name."""
    if is_operator(user):
        return Project.objects.all()
    if user.pk is None:  # "user is null" would find the projects without members
        return Project.objects.none()
    return Project.objects.filter(memberships__user=user.pk)


def role_in(user: Person, slug: str) -> Role | None:
    """The role in the project of this slug; None for strangers, and where there is no such project."""
    if is_operator(user):
        return Role.ADMIN
    role = Membership.objects.filter(user=user.pk, project__slug=slug).values_list("role", flat=True).first()
    return Role(role) if role else None


def may_create_projects(user: Person) -> bool:
    return is_operator(user) or user.has_perm("events.add_project")


@transaction.atomic
def add_member(project: Project, user: User, role: Role) -> Membership:
    """Raises MembershipRefused for one who is in it already."""
    membership, created = Membership.objects.get_or_create(project=project, user=user, defaults={"role": role})
    if not created:
        raise MembershipRefused(f"{user} is a member already. Change the role in the list.")
    audit.record("added", membership, [("role", None, role.value)])
    return membership


@transaction.atomic
def change_role(membership: Membership, role: Role) -> None:
    """Raises MembershipRefused where the project would have no admin left."""
    stored = _locked(membership)
    if stored.role == role:
        return
    if role != Role.ADMIN:
        _keep_an_admin(stored)
    before, membership.role = stored.role, role.value
    membership.save(update_fields=["role"])
    audit.record("changed", membership, [("role", before, role.value)])


@transaction.atomic
def remove_member(membership: Membership) -> None:
    """Takes the person out of the project; the account stays. Raises MembershipRefused for the last admin."""
    _keep_an_admin(_locked(membership))
    audit.record("removed", membership, [("role", membership.role, None)])
    membership.delete()


def _locked(membership: Membership) -> Membership:
    """As it is now, and until the transaction ends: two admins cannot take each other's role at once."""
    Project.objects.select_for_update().get(pk=membership.project_id)
    try:
        return Membership.objects.get(pk=membership.pk)
    except Membership.DoesNotExist:
        raise MembershipRefused("This person is no member any more. Reload the page.") from None


def _keep_an_admin(membership: Membership) -> None:
    others = Membership.objects.filter(project=membership.project_id, role=Role.ADMIN, user__is_active=True)
    if membership.role == Role.ADMIN and not others.exclude(pk=membership.pk).exists():
        raise MembershipRefused(f"{membership} is the only admin. Make somebody else admin first.")
