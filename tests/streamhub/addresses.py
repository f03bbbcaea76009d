"""The address of anything in the URL table, for a project in which there is one of everything."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RoutePattern
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.timezone import now

from cohorts.models import Cohort
from cohorts.specification import save_cohort
from delivery.models import Delivery, Replay
from destinations.models import EventRule, KindVersion, PortalKind
from events.annotations.rules import save_annotation
from events.models import Membership, Project
from events.roles import Role
from streamhub.api_tokens import make_token
from streamhub.gate import PROJECTS
from tests.cohorts.cast import cast
from tests.delivery.monitors.cast import watching

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@cache
def routes() -> tuple[tuple[str, str], ...]:
    """(name, route) of what stands in the URL table, but for what lists its own: the admin, the management API. And for
    what SDKs talk to, which are regular expressions, because those leave a slash out at the end or don't."""
    return tuple(_below(get_resolver().url_patterns))


def _below(patterns: list[URLPattern | URLResolver], route: str = "") -> Iterator[tuple[str, str]]:
    for one in patterns:
        whole = route + str(one.pattern)
        if isinstance(one, URLPattern):
            if isinstance(one.pattern, RoutePattern):
                yield one.name or "", whole
        elif one.app_name not in ("admin", "ninja"):
            yield from _below(one.url_patterns, whole)


def doors() -> Iterator[tuple[str, str]]:
    """(name, route) of everything below /p/<project>/."""
    return ((name, route) for name, route in routes() if route.startswith(PROJECTS))


def address(name: str, project: Project, about: Project | None = None) -> str:
    """`about`: whose things it names, where that is not the project itself. They are made when first asked for."""
    route = dict(routes())[name]
    values: Mapping[str, object] = _values(name, route, about or project) | {"project": project.slug}
    return reverse(name, kwargs={parameter: values[parameter] for parameter in PARAMETER.findall(route)})


def _values(name: str, route: str, project: Project) -> dict[str, object]:
    if name == "welcome":
        return _welcome()
    if name == "cohort_list":
        return {"cohort": _listed(project).public_id}
    if "<slug:cohort>" in route:
        run = cast(project)
        cohort = run.sync.cohort
        computation = cohort.computations.get().pk
        return {"cohort": cohort.public_id, "pk": run.sync_id, "run": run.number, "computation": computation}
    if "<int:pk>" in route:
        return {"pk": _row(route.removeprefix(PROJECTS).partition("/")[2], project)}
    return {"kind": "webhook", "slug": "silence", "page": "templates/guide", "name": "test.png", "token": "nothing"}


def _row(route: str, project: Project) -> int:
    thing = route.removeprefix("settings/").partition("/")[0]
    if thing == "members":
        somebody = User.objects.filter(username="somebody").first() or User.objects.create_user("somebody")
        given = {"project": project, "user": somebody, "defaults": {"role": Role.VIEWER}}
        return Membership.objects.get_or_create(**given)[0].pk
    if thing == "tokens":
        return make_token(project, name="CI", role=Role.VIEWER, scopes=["events:read"])[0].pk
    if thing == "replays":
        selection = {"selection": {"project": project.pk}}  # PostgreSQL compares no JSON
        return Replay.objects.get_or_create(project=project, kind="again", last_id=0, defaults=selection)[0].pk
    if thing == "monitors":
        return watching(project).pk
    if thing == "channels":
        return watching(project).channels.get().pk
    if thing == "annotations":
        found = project.annotations.first()
        return (found or save_annotation(project, {"label": "Release", "start": now()})).pk
    if thing == "portal":
        made = PortalKind.objects.get_or_create(slug="acme", project=project)[0]
        return KindVersion.objects.get_or_create(kind=made, number=1)[0].kind_id
    if thing == "event-transformations":
        found = EventRule.objects.filter(project=project).first()
        return (found or EventRule.objects.create(project=project, types=["debug"])).pk
    delivery = Delivery.objects.filter(project=project).latest("pk")
    return {"events": delivery.event_id, "destinations": delivery.destination_id, "deliveries": delivery.pk}[thing]


def _listed(project: Project) -> Cohort:
    found = Cohort.objects.filter(project=project, name="Testers").first()
    return found or save_cohort(project, {"name": "Testers", "users": ["ada"]})[0]


def _welcome() -> dict[str, object]:
    """Of an account that has no password yet."""
    user = User.objects.filter(username="newcomer").first() or User.objects.create_user("newcomer")
    return {"uidb64": urlsafe_base64_encode(force_bytes(user.pk)), "token": default_token_generator.make_token(user)}
