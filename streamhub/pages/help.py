"""Help: the documentation, to read and to search."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from streamhub.help.contents import CONTENTS, DOCS, PAGES
from streamhub.help.rendering import as_html
from streamhub.help.search import search


def help_index(request: HttpRequest) -> HttpResponse:
    """`q`: what to look for."""
    query = request.GET.get("q", "").strip()[:200]
    context = {"contents": CONTENTS, "query": query, "found": search(query)}
    return render(request, "help/index.html", context)


def help_page(request: HttpRequest, page: str) -> HttpResponse:
    if page not in PAGES:
        raise Http404
    context = {"contents": CONTENTS, "page": PAGES[page], "html": as_html(PAGES[page])}
    return render(request, "help/page.html", context)


def help_image(request: HttpRequest, name: str) -> HttpResponse:
    if name not in {file.name for file in (DOCS / "images").glob("*.png")}:
        raise Http404
    return HttpResponse((DOCS / "images" / name).read_bytes(), content_type="image/png")
