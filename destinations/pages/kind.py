"""One kind: what it is, what it sends, and how to set it up."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.utils.safestring import mark_safe

from destinations import catalog
from destinations.kind.definition import Kind
from destinations.kind.logo import media_type, monogram
from destinations.kind.prose import as_html
from destinations.pages.new import NewDestinationForm
from destinations.topic_names import TOPIC_NAMES
from events.jsontext import dumps
from events.models import Project

LOGO_SECONDS = 24 * 60 * 60


def kind_page(request: HttpRequest, project: str, kind: str) -> HttpResponse:
    found, shown = get_object_or_404(Project, slug=project), kind_of(kind)
    context = {
        "project": found,
        "kind": shown,
        "description": _prose(shown.description),
        "setup": _prose(shown.setup),
        "topics": [TOPIC_NAMES[topic] for topic in shown.topics],
        "samples": [(sample, dumps(sample.request.get("body"))) for sample in shown.samples],
        "in_use": found.destinations.filter(kind=shown.slug).count(),
        "form": NewDestinationForm(shown),
    }
    return render(request, "destinations/kind.html", context)


def kind_logo(request: HttpRequest, project: str, kind: str) -> HttpResponse:
    """A picture and nothing else, whatever a browser is told to do with it."""
    shown = kind_of(kind)
    response = picture(shown.logo or monogram(shown.name))
    patch_cache_control(response, private=True, max_age=LOGO_SECONDS)
    return response


def picture(logo: bytes) -> HttpResponse:
    """An SVG or PNG that kind/logo.py let through."""
    response = HttpResponse(logo, content_type=media_type(logo))
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def kind_of(slug: str) -> Kind:
    found = catalog.kind(slug)
    if found is None:
        raise Http404
    return found


def _prose(markdown: str) -> str:
    return mark_safe(as_html(markdown))  # noqa: S308 - as_html lets nothing through but its own list of tags
