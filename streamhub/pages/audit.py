"""The audit trail of a project."""

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.timezone import now

from events.choice_fields import choice_field
from events.fragments import asks_for_part
from events.models import AuditEntry, Project
from events.query import number, page_link
from events.webforms import HubForm
from streamhub import audit_trail

RANGES = [("", "Any time"), ("1", "Last 24 hours"), ("7", "Last 7 days"), ("30", "Last 30 days")]


class AuditForm(HubForm):
    """Every field is optional; a value that is not on offer counts as none, so that old links open."""

    who = forms.ChoiceField(label="Who", required=False)
    kind = forms.ChoiceField(label="What", required=False)
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    range = forms.ChoiceField(label="When", required=False, choices=RANGES)

    def __init__(self, project: Project, data: QueryDict) -> None:
        super().__init__(data, auto_id="filter_%s")
        choice_field(self, "who").choices = [("", "Anybody"), *((name, name) for name in audit_trail.people(project))]
        choice_field(self, "kind").choices = [("", "Anything"), *audit_trail.kinds(project)]

    def criteria(self) -> audit_trail.Criteria:
        self.is_valid()
        given = self.cleaned_data
        days = given.get("range")
        return audit_trail.Criteria(
            who=given.get("who", ""),
            object_type=given.get("kind", ""),
            object_id=given.get("id") if given.get("kind") else None,
            since=now() - timedelta(days=int(days)) if days else None,
        )


def audit_page(request: HttpRequest, project: str) -> HttpResponse:
    """`kind` and `id` name one thing: its history."""
    found = get_object_or_404(Project, slug=project)
    form = AuditForm(found, request.GET)
    criteria = form.criteria()
    page = audit_trail.page(found, criteria, before=number(request, "before"), after=number(request, "after"))
    context = {
        "project": found,
        "form": form,
        "criteria": criteria,
        "thing": _name_of_thing(found, criteria),
        "page": page,
        "newer": page_link(request, after=page.newer) if page.newer else "",
        "older": page_link(request, before=page.older) if page.older else "",
    }
    fragment = asks_for_part(request)
    response = render(request, "projects/audit_rows.html" if fragment else "projects/audit.html", context)
    patch_vary_headers(response, ["HX-Request"])
    if fragment:
        response["HX-Push-Url"] = page_link(request)
    return response


def _name_of_thing(project: Project, criteria: audit_trail.Criteria) -> str:
    """What the one thing was called last."""
    if criteria.object_id is None:
        return ""
    entries = AuditEntry.objects.filter(project=project, object_type=criteria.object_type, object_id=criteria.object_id)
    return entries.order_by("-pk").values_list("object_name", flat=True).first() or ""
