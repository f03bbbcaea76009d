"""The pages of monitors: the list, one with its history, and the editor with what would have happened."""

from django.core.exceptions import BadRequest
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from delivery.models import Alert, Monitor, Notice
from delivery.monitors.acts import MUTES, delete_monitor, mute, switch
from delivery.monitors.alerts import test_alert
from delivery.monitors.backtest import Past, look_back
from delivery.monitors.charts import plot_of
from delivery.monitors.cohort_names import cohort_names
from delivery.monitors.forms import MonitorForm
from delivery.monitors.metrics import written
from delivery.monitors.ready_made import READY_MADE
from delivery.monitors.specification import InvalidMonitor, save_monitor
from delivery.monitors.wake import wake_monitors
from delivery.monitors.words import condition_words, metric_words, seconds_words
from events.fragments import asks_for_part
from events.models import Project
from events.query import number, page_link
from events.signed_in import signed_in
from events.toasts import toast

ALERTS = 25
TONES = {"ok": "ok", "firing": "bad", "no data": "off", "new": "info"}


def monitors(request: HttpRequest, project: str) -> HttpResponse:
    """What fires first, then by name."""
    found = get_object_or_404(Project, slug=project)
    names = cohort_names(found.pk)
    rows = found.monitors.select_related("destination").prefetch_related("channels")
    shown = sorted(rows, key=lambda one: (one.state != "firing", one.name.lower()))
    taken = {one.name for one in shown}
    context = {
        "project": found,
        "rows": [_row(one, names) for one in shown],
        "ready_made": [one for one in READY_MADE if one.name not in taken],
    }
    return render(request, "monitors/list.html", context)


def monitor(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """The page, or for its poll only the part of it that changes. `before`: where the page of alerts begins."""
    found = _monitor(project, pk)
    past = look_back(found, now())
    alerts = _alerts(found.alerts.all(), number(request, "before"))
    context = {
        "project": found.project,
        **_row(found, cohort_names(found.project_id)),
        "mutes": MUTES,
        "cooldown": seconds_words(found.cooldown) if found.cooldown else "",
        "plot": plot_of(found, past),
        "past": past,
        "alerts": alerts[:ALERTS],
        "older": page_link(request, before=alerts[ALERTS - 1].pk) if len(alerts) > ALERTS else "",
    }
    polling = asks_for_part(request)
    response = render(request, "monitors/live.html" if polling else "monitors/monitor.html", context)
    response["Vary"] = "HX-Request"
    return response


def monitor_new(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    form = MonitorForm(request.POST or None, project=found)
    if request.method == "POST" and form.is_valid() and (made := form.save(signed_in(request))):
        wake_monitors()
        return toast(request, redirect(made), f"{made.name} watches from now on.")
    return _editor(request, found, form)


def monitor_edit(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = _monitor(project, pk)
    form = MonitorForm(request.POST or None, project=found.project, monitor=found)
    if request.method == "POST" and form.is_valid() and form.save(signed_in(request)):
        wake_monitors()
        return toast(request, redirect(found), "Saved.")
    return _editor(request, found.project, form)


@require_POST
def monitor_preview(request: HttpRequest, project: str) -> HttpResponse:
    """What the monitor would have seen and done, as the form stands. Nothing is kept."""
    found = get_object_or_404(Project, slug=project)
    form = MonitorForm(request.POST, project=found)
    form.fields["name"].required = False
    draft = form.draft() if form.is_valid() else None
    return render(request, "monitors/preview.html", {"project": found, "form": form, **_previewed(draft)})


@require_POST
def monitor_ready(request: HttpRequest, project: str, slug: str) -> HttpResponse:
    """Adds a ready-made one, for all channels there are."""
    found = get_object_or_404(Project, slug=project)
    chosen = next((one for one in READY_MADE if one.slug == slug), None)
    if chosen is None:
        raise BadRequest("There is no such ready-made monitor.")
    channels = list(found.alert_channels.values_list("name", flat=True))
    try:
        made, _ = save_monitor(found, chosen.specification | {"channels": channels}, by=signed_in(request))
    except InvalidMonitor as error:
        return toast(request, redirect("monitors", project), error.problems[0].message, "bad")
    wake_monitors()
    return toast(request, redirect(made), f"{made.name} watches from now on.")


@require_POST
def monitor_act(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """`act`: on, off, mute (for `hours`), unmute, test, delete."""
    found, act = _monitor(project, pk), request.POST.get("act", "")
    if act == "test":
        test_alert(found, now())
        return toast(request, redirect(found), "A test alert is on its way.")
    if act == "delete":
        delete_monitor(found)
        return toast(request, redirect("monitors", project), f"{found.name} was deleted.")
    if act in ("on", "off"):
        switch(found, on=act == "on")
        return toast(request, redirect(found), f"{found.name} is switched {act}.")
    if act in ("mute", "unmute"):
        hours = request.POST.get("hours", "1")
        if act == "mute" and hours not in map(str, MUTES):
            raise BadRequest(f"It can be muted for {', '.join(map(str, MUTES))} hours.")
        mute(found, int(hours) if act == "mute" else 0)
        words = f"is muted for {MUTES[int(hours)]}." if act == "mute" else "tells of alerts again."
        return toast(request, redirect(found), f"{found.name} {words}")
    raise BadRequest("That is nothing that can be done to a monitor.")


def monitor_alerts(request: HttpRequest, project: str) -> HttpResponse:
    """All alerts of the project, of monitors and of destinations' health, the newest first."""
    found = get_object_or_404(Project, slug=project)
    alerts = _alerts(Alert.objects.filter(project=found), number(request, "before"))
    older = page_link(request, before=alerts[ALERTS - 1].pk) if len(alerts) > ALERTS else ""
    newest = page_link(request) if number(request, "before") else ""
    context = {"project": found, "alerts": alerts[:ALERTS], "older": older, "newest": newest, "named": True}
    return render(request, "monitors/alerts.html", context)


def _monitor(project: str, pk: int) -> Monitor:
    return get_object_or_404(Monitor.objects.select_related("project", "destination"), project__slug=project, pk=pk)


def _row(one: Monitor, names: dict[str, str]) -> dict[str, object]:
    return {
        "monitor": one,
        "tone": TONES[one.state] if one.enabled else "off",
        "state": one.get_state_display() if one.enabled else "Off",
        "watches": metric_words(one, names),
        "fires": condition_words(one),
        "value": written(one.metric, one.value),
    }


def _alerts(alerts: QuerySet[Alert], before: int | None) -> list[Alert]:
    """A page and one more."""
    rows = alerts if before is None else alerts.filter(pk__lt=before)
    notices = Prefetch("notices", Notice.objects.order_by("channel_name"))
    return list(rows.select_related("monitor", "destination").prefetch_related(notices).order_by("-pk")[: ALERTS + 1])


def _editor(request: HttpRequest, project: Project, form: MonitorForm) -> HttpResponse:
    draft = form.monitor
    if form.is_bound:
        draft = None if form.errors else form.draft()
    context = {"project": project, "form": form, "monitor": form.monitor, **_previewed(draft)}
    return render(request, "monitors/edit.html", context)


def _previewed(draft: Monitor | None) -> dict[str, object]:
    if draft is None:
        return {"draft": None}
    past: Past = look_back(draft, now())
    return {"draft": draft, "past": past, "plot": plot_of(draft, past)}
