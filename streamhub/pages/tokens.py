"""The tokens of a project's API: the list, making one, which shows it this once, and revoking."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from events.membership import may_create_projects
from events.models import Project
from events.roles import MEANING, Role
from events.toasts import toast
from events.webforms import HubForm
from streamhub.api_tokens import MOST_NAME, InvalidToken, make_token, revoke
from streamhub.models import ApiToken
from streamhub.scopes import AREAS, NEW_PROJECTS, READ, WRITE, Area

DAYS = [("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "Never")]
WAYS = {"": "Nothing", READ: "Read", WRITE: "Read and change"}


class TokenForm(HubForm):
    name = forms.CharField(
        label="Name",
        max_length=MOST_NAME,
        help_text="What uses it: “CI”, “Terraform”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label="Role", choices=Role, initial=Role.EDITOR)
    days = forms.TypedChoiceField(
        label="Ends after", choices=DAYS, coerce=int, empty_value=None, required=False, initial="90"
    )

    def __init__(self, by: Any, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.by = by
        self.offered = [one for one in AREAS if one.slug != NEW_PROJECTS or may_create_projects(by)]
        for area in self.offered:
            self.fields[area.slug] = forms.ChoiceField(
                label=area.title, choices=_ways(area), required=False, initial="", help_text=area.text
            )

    @property
    def areas(self) -> list[forms.BoundField]:
        return [self[area.slug] for area in self.offered]

    def save(self, project: Project) -> tuple[ApiToken, str] | None:
        """None where something is wrong; then the form says what."""
        if not self.is_valid():
            return None
        given, by = self.cleaned_data, self.by
        scopes = [f"{area.slug}:{given[area.slug]}" for area in self.offered if given[area.slug]]
        try:
            return make_token(project, name=given["name"], role=given["role"], scopes=scopes, days=given["days"], by=by)
        except InvalidToken as error:
            for problem in error.problems:
                words = "Choose what it is for." if problem.field == "scopes" else problem.message
                self.add_error(problem.field if problem.field in self.fields else None, words)
            return None


def tokens(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    form = TokenForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and (made := form.save(found)):
        response = _page(request, found, TokenForm(request.user), made=made[0], text=made[1])
        response["Cache-Control"] = "no-store"
        return response
    return _page(request, found, form)


@require_POST
def token_revoke(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = get_object_or_404(ApiToken.objects.select_related("project"), project__slug=project, pk=pk)
    words = f"{found} is revoked." if revoke(found) else f"{found} was revoked already."
    return toast(request, redirect("tokens", project), words)


def _page(request: HttpRequest, project: Project, form: TokenForm, **more: Any) -> HttpResponse:
    rows = project.api_tokens.select_related("created_by")
    context = {
        "project": project,
        "form": form,
        "tokens": [(row, _said(row)) for row in rows.filter(revoked_at=None)],
        "revoked": rows.exclude(revoked_at=None)[:20],
        "roles": [(role, MEANING[role]) for role in Role],
    }
    return render(request, "projects/tokens.html", context | more)


def _ways(area: Area) -> list[tuple[str, str]]:
    return [(way, _word(area, way)) for way in WAYS if way in ("", *area.ways)]


def _word(area: Area, way: str) -> str:
    return WAYS[way] if READ in area.ways else {"": "No", WRITE: "Yes"}[way]


def _said(token: ApiToken) -> list[tuple[str, str]]:
    """(area, what of it) of the token's scopes, in words."""
    ways = dict(scope.split(":") for scope in sorted(token.scopes))  # write, which comes last, holds read
    return [(area.title, _word(area, ways[area.slug]).lower()) for area in AREAS if area.slug in ways]
