"""The catalog: what there is to send to, and how many destinations of each kind the project has."""

from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers

from destinations import catalog
from destinations.pages.new import NewDestinationForm
from destinations.portal.published import own_slugs
from events.fragments import asks_for_part
from events.models import Project
from events.query import page_link


@dataclass(frozen=True, slots=True)
class Tile:
    kind: catalog.Kind
    in_use: int
    form: NewDestinationForm
    is_yours: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    url: str
    current: bool


def catalog_page(request: HttpRequest, project: str) -> HttpResponse:
    """`q`: words to search for. `category`: one of catalog.categories()."""
    found = get_object_or_404(Project, slug=project)
    text, category = request.GET.get("q", "").strip(), request.GET.get("category", "")
    counts = dict(found.destinations.order_by().values_list("kind").annotate(Count("pk")))
    own = own_slugs(found.pk)
    shown = catalog.in_sections(catalog.found(text, category))
    context = {
        "project": found,
        "text": text,
        "category": category,
        "chips": _chips(request, category),
        "sections": [
            (
                section,
                [Tile(kind, counts.get(kind.slug, 0), NewDestinationForm(kind), kind.slug in own) for kind in kinds],
            )
            for section, kinds in shown
        ],
    }
    fragment = asks_for_part(request)
    response = render(request, "destinations/tiles.html" if fragment else "destinations/catalog.html", context)
    patch_vary_headers(response, ["HX-Request"])
    if fragment:
        response["HX-Push-Url"] = page_link(request)
    return response


def _chips(request: HttpRequest, chosen: str) -> list[Chip]:
    """One for each category, and one for all; none where there is nothing to choose between."""
    names = catalog.categories()
    if len(names) < 2:
        return []
    return [Chip(name or "All", page_link(request, category=name), name == chosen) for name in ("", *names)]
