"""A destination's kind has a newer version: what differs, and the step to it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from destinations.pages.tab_form import destination_of
from destinations.portal.upgrades import upgrade, upgrade_of
from destinations.specification import InvalidDestination
from events.toasts import toast


def destination_upgrade(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = destination_of(project, pk)
    offered = upgrade_of(found)
    if offered is None:
        return toast(request, redirect("destination", project, pk), "It has the current version of its kind.", "info")
    problems: list[str] = []
    if request.method == "POST":
        try:
            upgrade(found, offered)
        except InvalidDestination as error:
            problems = [problem.message for problem in error.problems]
            found = destination_of(project, pk)
        else:
            return toast(request, redirect("destination", project, pk), f"Upgraded to version {offered.after.number}.")
    context = {"project": found.project, "destination": found, "upgrade": offered, "problems": problems}
    return render(request, "portal/upgrade.html", context)
