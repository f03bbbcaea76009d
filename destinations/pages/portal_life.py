"""The steps of a kind's life, as buttons of its page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from destinations.pages.portal import editor_page, version_of
from destinations.portal import drafts, life
from destinations.portal.editor_form import EditorForm
from events.signed_in import signed_in
from events.toasts import toast

DONE = {
    "submit": "Submitted for review.",
    "approve": "Approved. It can be published now.",
    "return": "Returned to its authors.",
    "publish": "Published: it is in the catalog.",
    "withdraw": "Withdrawn from the catalog. Its destinations go on.",
    "restore": "Back in the catalog.",
    "revise": "A new version has begun. The published one stays until you publish this.",
}


@require_POST
def portal_life(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """`act`: one of DONE. `comment`: what a returned kind lacks."""
    version, act = version_of(project, pk), request.POST.get("act", "")
    back = redirect("portal_kind", project, pk)
    if act not in DONE:
        return toast(request, back, "There is no such step.", "bad")
    try:
        _take(request, version, act)
    except life.StepRefused as error:
        if error.problems:
            form = EditorForm(version.definition, error.problems)
            return editor_page(request, version, form, drafts.given_of(version), refused=str(error))
        return toast(request, back, str(error), "bad")
    except drafts.NotOpen as error:
        return toast(request, back, str(error), "bad")
    return toast(request, back, DONE[act])


def _take(request: HttpRequest, version: life.KindVersion, act: str) -> None:
    match act:
        case "submit":
            life.submit(version)
        case "approve":
            life.approve(version, signed_in(request))
        case "return":
            life.give_back(version, signed_in(request), request.POST.get("comment", ""))
        case "publish":
            life.publish(version)
        case "withdraw":
            life.withdraw(version.kind)
        case "restore":
            life.bring_back(version.kind)
        case "revise":
            drafts.take_up(version.kind, signed_in(request))
