"""Testing a kind in the making: its request as a curl command, and one real request with its answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from delivery.kind_trials import kind_trial
from delivery.trial_limit import MOST, may_send
from delivery.trial_request import CannotSend, TrialRequest
from delivery.trial_send import send
from destinations.models import KindVersion
from destinations.pages.portal import editor_page, typed, version_of
from destinations.portal.editor_form import EditorForm
from destinations.portal.trial import CannotRender
from destinations.samples import BadSample
from events import audit
from events.fragments import htmx_of
from events.signed_in import signed_in


@require_POST
def portal_test(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """The kind as it stands in the form, with the test instance's values. `act`: send, or nothing for the command."""
    version = version_of(project, pk)
    definition, given = typed(request.POST, version)
    context: dict[str, object] = {}
    try:
        trial = kind_trial(version, definition, given)
    except (CannotRender, CannotSend, BadSample) as error:
        context["test_problem"] = str(error)
    else:
        # Whatever is secret in it was typed for this test, a moment ago.
        context["command"] = trial.command(with_secrets=True)
        if request.POST.get("act") == "send":
            context |= _sent(request, version, trial)
    if not htmx_of(request):
        return editor_page(request, version, EditorForm(definition), given, changed=True, **context)
    response = render(request, "portal/test.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _sent(request: HttpRequest, version: KindVersion, trial: TrialRequest) -> dict[str, object]:
    if not may_send(signed_in(request).pk):
        return {"test_problem": f"That would be more than {MOST} tests within a minute. Wait, then send again."}
    audit.record("sent a test of", version.kind)
    return {"answer": send(trial)}
