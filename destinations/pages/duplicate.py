"""Duplicating a destination, from its menu."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from destinations.duplication import duplicate
from destinations.pages.tab_form import destination_of
from destinations.secrets import SecretUnreadable
from destinations.specification import InvalidDestination
from events.toasts import toast


@require_POST
def destination_duplicate(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = destination_of(project, pk)
    try:
        copy = duplicate(found)
    except InvalidDestination as error:
        words = " ".join(problem.message for problem in error.problems)
        return toast(request, redirect(found), f"{found} was not duplicated. {words}", "bad")
    except SecretUnreadable as error:
        return toast(request, redirect(found), f"{found} was not duplicated: {error}.", "bad")
    return toast(request, redirect(copy), f"This is the copy of {found}. It is switched off.")
