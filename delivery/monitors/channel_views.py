"""The channels of a project: where people are told of alerts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from delivery.models import Alert, Channel
from delivery.monitors.acts import delete_channel
from delivery.monitors.alerts import test_channel
from delivery.monitors.forms import ChannelForm
from events.models import Project
from events.toasts import toast

LATEST = 5


def alert_channels(request: HttpRequest, project: str) -> HttpResponse:
    """The list, and a form for one more."""
    found = get_object_or_404(Project, slug=project)
    form = ChannelForm(request.POST or None, project=found)
    if request.method == "POST" and form.is_valid() and (made := form.save()):
        return toast(request, redirect("alert_channels", project), f"{made.name} was added.")
    rows = found.alert_channels.prefetch_related("monitors")
    return render(request, "monitors/channels.html", {"project": found, "rows": rows, "form": form})


def alert_channel(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = _channel(project, pk)
    form = ChannelForm(request.POST or None, project=found.project, channel=found)
    if request.method == "POST" and form.is_valid() and form.save():
        return toast(request, redirect("alert_channels", project), "Saved.")
    tests = Alert.objects.filter(notices__channel=found).prefetch_related("notices").order_by("-pk")[:LATEST]
    context = {"project": found.project, "channel": found, "form": form, "alerts": tests, "named": True}
    return render(request, "monitors/channel.html", context)


@require_POST
def alert_channel_act(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """`act`: test, delete."""
    found = _channel(project, pk)
    if request.POST.get("act") == "delete":
        delete_channel(found)
        return toast(request, redirect("alert_channels", project), f"{found.name} was deleted.")
    test_channel(found, now())
    return toast(request, redirect(f"{request.path.removesuffix('act/')}"), "A test is on its way.")


def _channel(project: str, pk: int) -> Channel:
    return get_object_or_404(Channel.objects.select_related("project"), project__slug=project, pk=pk)
