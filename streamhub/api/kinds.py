"""/kinds: the catalog, with what a destination of each kind asks for."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from destinations import catalog
from destinations.kind.definition import Kind
from streamhub.api.answers import answer
from streamhub.api.destinations import READ
from streamhub.api.doors import Resource
from streamhub.api.problems import not_found

router = Resource()
ALL = "/projects/{project}/kinds"


class KindOut(Schema):
    slug: str
    name: str
    section: str
    category: str
    summary: str


class KindsOut(Schema):
    data: list[KindOut]
    next: str | None


class WholeKindOut(KindOut):
    """`setup` is Markdown. `parameters` and `mappings` are what a destination of the kind is given."""

    description: str
    setup: str
    parameters: list[dict[str, Any]]
    mappings: list[dict[str, Any]]
    topics: list[str]


@router.door("GET", ALL, "catalog", READ, gives=KindsOut)
def list_kinds(request: HttpRequest, project: str) -> HttpResponse:
    """Every kind of destination."""
    return answer({"data": [_shown(kind) for kind in catalog.kinds()], "next": None})


@router.door("GET", f"{ALL}/{{slug:kind}}", "kind", READ, gives=WholeKindOut)
def get_kind(request: HttpRequest, project: str, kind: str) -> HttpResponse:
    """One kind."""
    found = catalog.kind(kind)
    if found is None:
        raise not_found(f"There is no kind “{kind[:60]}”.")
    more = {
        "description": found.description,
        "setup": found.setup,
        "parameters": [asdict(one) for one in found.parameters],
        "mappings": [asdict(one) for one in found.mappings],
        "topics": list(found.topics),
    }
    return answer(_shown(found) | more)


def _shown(kind: Kind) -> dict[str, Any]:
    return {name: getattr(kind, name) for name in ("slug", "name", "section", "category", "summary")}
