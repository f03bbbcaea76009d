"""The members of a project: who, as what, and making accounts for those who have none."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from events.accounts import AccountRefused, account, awaits_password
from events.membership import MembershipRefused, add_member, change_role, is_operator, remove_member
from events.models import Membership, Project
from events.roles import MEANING, Role
from events.toasts import toast
from events.webforms import HubForm
from streamhub.password_links import password_link


class MemberForm(HubForm):
    name = forms.CharField(
        label="User name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(label="Role", choices=Role, initial=Role.VIEWER, widget=forms.RadioSelect)
    make = forms.BooleanField(label="Make an account of this name", required=False)

    @property
    def roles(self) -> list[tuple[Any, str]]:
        """The radio buttons, each with what its role means."""
        return list(zip(self["role"], MEANING.values(), strict=True))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if name := values.get("name"):
            try:
                values["user"] = account(name, make=values.get("make", False))
            except AccountRefused as error:
                self.add_error("name", str(error))
        return values

    def save(self, project: Project) -> Membership | None:
        """The new member, or None: then the form says why."""
        try:
            with transaction.atomic():
                user: User = self.cleaned_data["user"]
                user.save()
                return add_member(project, user, Role(self.cleaned_data["role"]))
        except MembershipRefused as error:
            self.add_error("name", str(error))
            return None


def members(request: HttpRequest, project: str) -> HttpResponse:
    """The list, and adding one. For a new account there is a link to choose its password by, shown this once."""
    found = get_object_or_404(Project, slug=project)
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (membership := form.save(found)):
        if awaits_password(membership):
            return _with_link(request, membership)
        return toast(request, redirect("members", project), f"{membership} is {_a(membership.role)} now.")
    return _page(request, found, form)


@require_POST
def member(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """Gives another `role`, or with `act=remove` takes the person out of the project."""
    found = get_object_or_404(Membership.objects.select_related("user", "project"), project__slug=project, pk=pk)
    try:
        if request.POST.get("act") == "remove":
            remove_member(found)
            words = f"{found} is no member any more."
        else:
            role = request.POST.get("role", "")
            if role not in Role:
                raise MembershipRefused(f"Choose one of {', '.join(Role)}. Nothing was changed.")
            change_role(found, Role(role))
            words = f"{found} is {_a(found.role)} now."
    except MembershipRefused as error:
        return toast(request, redirect("members", project), str(error), "bad")
    left = found.pk is None and found.user == request.user and not is_operator(request.user)
    return toast(request, redirect("home") if left else redirect("members", project), words)


@require_POST
def member_link(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """A new link to choose a password by, where the account has none yet."""
    found = get_object_or_404(Membership.objects.select_related("user", "project"), project__slug=project, pk=pk)
    if not awaits_password(found):
        raise PermissionDenied(f"{found} chooses passwords without a link of yours.")
    return _with_link(request, found)


def _with_link(request: HttpRequest, membership: Membership) -> HttpResponse:
    link = {"link": password_link(request, membership), "linked": membership}
    response = _page(request, membership.project, MemberForm(), **link)
    response["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, project: Project, form: MemberForm, **more: Any) -> HttpResponse:
    rows = project.memberships.select_related("user").order_by("user__username")
    operators = User.objects.filter(Q(is_staff=True) | Q(is_superuser=True), is_active=True)
    context = {
        "project": project,
        "form": form,
        "members": [(row, awaits_password(row)) for row in rows],
        "operators": list(operators.order_by("username").values_list("username", flat=True)[:5]),
        "roles": [(role, MEANING[role]) for role in Role],
    }
    return render(request, "projects/members.html", context | more)


def _a(role: str) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}"
