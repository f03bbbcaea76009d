"""Event transformations of a project: the list, adding, changing and removing one, and what a draft would do."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from destinations.event_rule_effect import lately, seeing, touched, waiting_for
from destinations.event_rules import FIXED, MOST_CATEGORY, BadRule, Rule
from destinations.models import EventRule, EventRulesVersion
from destinations.pages.versions import asks_for_versions, listed_versions
from destinations.saved_event_rules import checked, remove_rule, replace_rules, save_rule
from destinations.versions import version_of
from events.choice_fields import choice_field
from events.fragments import apart
from events.models import Project
from events.seen_types import seen_types
from events.toasts import toast
from events.webforms import HubForm

NAME, DROP = "name", "drop"
FIELDS = {"types": "more_types", "to": "to", "category": "category"}  # of the form, by a rule's key


class RuleForm(HubForm):
    types = forms.MultipleChoiceField(label="Event types", required=False, widget=forms.CheckboxSelectMultiple)
    more_types = forms.CharField(
        label="Other event types",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="Not seen yet? Type their names, one per line.",
    )
    act = forms.ChoiceField(
        label="What becomes of them",
        choices=[(NAME, "They get one name or a category"), (DROP, "They are dropped")],
        widget=forms.RadioSelect,
    )
    to = forms.CharField(
        label="Name",
        required=False,
        help_text="Two types or more under one name are merged. Left empty, they keep their names.",
        max_length=1024,
    )
    category = forms.CharField(
        label="Category",
        required=False,
        help_text="Events carry it as event_category, for filters and templates.",
        max_length=MOST_CATEGORY,
    )

    def __init__(self, project: Project, rule: EventRule | None, data: QueryDict | None = None) -> None:
        self.project, self.rule = project, rule
        stored: dict[str, Any] = {"act": NAME}
        if rule:
            act = DROP if "drop" in rule.as_given else NAME
            stored = {"types": rule.types, "to": rule.to, "category": rule.category, "act": act}
        super().__init__(data, initial=stored)
        self.fields["to"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false", "list": "seen-types"}
        self.seen = {name: count for name, count in seen_types(project).items() if name not in FIXED}
        chosen = stored.get("types", []) if data is None else data.getlist("types")
        choice_field(self, "types").choices = [(name, name) for name in dict.fromkeys([*self.seen, *chosen])]

    def given(self) -> dict[str, Any]:
        """The rule as it stands in the form; call it once the form is valid."""
        values = self.cleaned_data
        typed = filter(None, (line.strip() for line in values["more_types"].splitlines()))
        types = list(dict.fromkeys([*values["types"], *typed]))
        if values["act"] == DROP:
            return {"types": types, "drop": True}
        named = {name: value for name in ("to", "category") if (value := values[name].strip())}
        return {"types": types} | (named or {"to": ""})

    def draft(self) -> Rule:
        """Raises BadRule."""
        if not self.is_valid():
            raise BadRule([((), "Choose what becomes of the events.")])
        return checked(self.project, self.given(), self.rule)

    def save(self) -> bool:
        """Whether it was saved; otherwise the form says what to mend."""
        if self.is_valid():
            try:
                save_rule(self.project, self.given(), self.rule)
            except BadRule as error:
                for place, message in error.problems:
                    self.add_error(FIELDS.get(str(place[0]) if place else ""), message)
        return not self.errors

    @property
    def type_rows(self) -> list[tuple[Any, int]]:
        return [(box, self.seen.get(box.data["value"], 0)) for box in self["types"]]


def event_rules(request: HttpRequest, project: str) -> HttpResponse:
    """Lists them, or takes the version up again that a form names. `?compare=`: the number of a version to hold against
    the one in use."""
    found = get_object_or_404(Project, slug=project)
    versions = found.event_rules_versions.all()
    if request.method == "POST":
        return _take_up(request, found, version_of(versions, request.POST.get("version", "")))
    listed = {"restore": True} | listed_versions(request, versions, reverse("event_rules", args=[project]))
    if asks_for_versions(request):
        return apart(render(request, "destinations/versions.html", {"project": found, **listed}))
    seen = lately(found)
    rows = [(rule, sum(touched(rule.as_given, seen).values())) for rule in found.event_rules.all()]
    raw = found.destinations.filter(raw_events=True).order_by("name")
    context = {"project": found, "rows": rows, "seen": seen, "transformed": seeing(found), "raw": list(raw)}
    return apart(render(request, "event_rules/list.html", context | listed))


def _take_up(request: HttpRequest, project: Project, version: EventRulesVersion | None) -> HttpResponse:
    words, tone = "There is no such version.", "bad"
    if version is not None:
        try:
            replace_rules(project, version.rules)
            words, tone = f"Version {version.number} is in use again, for events from now on.", "ok"
        except BadRule as error:  # what was right then may not be now
            words = f"Version {version.number} cannot be used: {error}"
    return toast(request, redirect("event_rules", project.slug), words, tone)


def event_rule_new(request: HttpRequest, project: str) -> HttpResponse:
    return _edit(request, get_object_or_404(Project, slug=project), None)


def event_rule(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """Shows or saves one, or with `do=remove` removes it."""
    found = get_object_or_404(EventRule.objects.select_related("project"), project__slug=project, pk=pk)
    if request.method == "POST" and request.POST.get("do") == "remove":
        remove_rule(found)
        return toast(request, redirect("event_rules", project), "Removed. New events keep their types.")
    return _edit(request, found.project, found)


@require_POST
def event_rule_preview(request: HttpRequest, project: str) -> HttpResponse:
    """What the rule in the form would do. `rule`: the one that is being changed."""
    found = get_object_or_404(Project, slug=project)
    key = request.POST.get("rule", "")
    rule = found.event_rules.filter(pk=int(key)).first() if key.isascii() and key.isdecimal() else None
    return render(request, "event_rules/preview.html", _preview(RuleForm(found, rule, request.POST)))


def _edit(request: HttpRequest, project: Project, rule: EventRule | None) -> HttpResponse:
    form = RuleForm(project, rule, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.save():
        return toast(request, redirect("event_rules", project.slug), "Saved. It holds for events from now on.")
    context = {"project": project, "rule": rule, "form": form}
    if form.is_bound or rule:
        context |= _preview(form)
    return render(request, "event_rules/edit.html", context)


def _preview(form: RuleForm) -> dict[str, Any]:
    context: dict[str, Any] = {"project": form.project}
    try:
        draft = form.draft() if form.is_bound else form.rule.as_given if form.rule else None
    except BadRule as error:
        return context | {"unfinished": error.problems[0][1]}
    if draft is None:
        return context
    seen, destinations = lately(form.project), seeing(form.project)
    counts = touched(draft, seen)
    return context | {
        "draft": draft,
        "seen": seen,
        "counts": counts,
        "total": sum(counts.values()),
        "destinations": destinations,
        "waiting": waiting_for(draft, destinations),
    }
