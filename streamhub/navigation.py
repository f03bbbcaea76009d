"""What every page shows around its content: where one can go, the projects, and where one is."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import reverse

from delivery import summary
from destinations.tabs import TABS
from events.membership import may_create_projects, projects_of
from events.models import Project
from streamhub.help.contents import Page, about


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the navigation. `under` names the pages below it, which light it up as well. `everywhere`: it is no
    page of a project."""

    text: str
    icon: str
    door: str
    under: tuple[str, ...] = ()
    staff: bool = False
    everywhere: bool = False

    def is_current(self, here: str) -> bool:
        return here == self.door or here in self.under


# (title, places): the order of the sidebar, and of the admin's.
PLACES: tuple[tuple[str, tuple[Place, ...]], ...] = (
    ("", (Place("Overview", "activity", "overview"),)),
    (
        "Pipeline",
        (
            Place("Live events", "zap", "events", ("event", "events_refused", "events_out")),
            Place("Event transformations", "shuffle", "event_rules", ("event_rule", "event_rule_new")),
            Place(
                "Destinations",
                "webhook",
                "destinations",
                ("destinations_import", "destination_secrets", *(tab.door for tab in TABS)),
            ),
            Place("Catalog", "layout-grid", "catalog", ("kind", "destination_new")),
            Place("Deliveries", "send", "deliveries", ("delivery", "replays", "replay", "replay_new")),
            Place("Inbox", "inbox", "inbox_page"),
        ),
    ),
    (
        "Audiences",
        (
            Place("Profiles", "user", "profiles"),
            Place(
                "Cohorts",
                "users",
                "cohorts",
                ("cohort", "cohort_new", "cohort_new_list", "cohort_edit", "cohort_list", "cohort_changes"),
            ),
            Place(
                "Cohort syncs",
                "refresh-cw",
                "cohort_syncs",
                ("cohort_sync", "cohort_sync_new", "cohort_sync_from", "cohort_sync_edit", "cohort_run"),
            ),
        ),
    ),
    (
        "System",
        (
            Place(
                "Monitors",
                "bell",
                "monitors",
                (
                    "monitor",
                    "monitor_new",
                    "monitor_edit",
                    "monitor_alerts",
                    "alert_channels",
                    "alert_channel",
                    "alert_channel_secrets",
                ),
            ),
            Place("Annotations", "flag", "annotations", ("annotation", "annotation_new")),
            Place("Developer portal", "blocks", "portal", ("portal_new", "portal_import", "portal_kind")),
            Place("Queues", "layers", "queues"),
            Place(
                "Project settings",
                "sliders-horizontal",
                "project",
                ("project_secret", "members", "member_link", "tokens", "webhooks", "webhook_secrets", "audit"),
            ),
            Place("Help", "book-open", "help", ("help_page", "api_reference"), everywhere=True),
            Place("Administration", "settings", "admin:index", staff=True),
        ),
    ),
)


@dataclass(slots=True)
class Entry:
    text: str
    icon: str
    url: str
    current: bool
    counts_failed: bool


@dataclass(slots=True)
class Group:
    title: str
    entries: list[Entry]


@dataclass(slots=True)
class Navigation:
    project: Project | None
    projects: list[Project]
    switcher: bool
    creates: bool  # whether New project is offered
    groups: list[Group]
    help: Page  # what the documentation says of this page

    @property
    def failed(self) -> str:
        """How many deliveries failed in 24 hours: empty for none, `99+` at most."""
        count = summary.failed_lately(self.project) if self.project else 0
        return f"{summary.COUNTED - 1}+" if count >= summary.COUNTED else str(count or "")

    @property
    def own_project(self) -> Project | None:
        """Where to go from the demo."""
        return next((project for project in self.projects if not project.is_demo), None)


def navigation(request: HttpRequest) -> dict[str, Callable[[], Navigation]]:
    """A context processor. Costs nothing on pages and fragments that don't draw the shell."""
    return {"navigation": cache(lambda: build(request))}


def build(request: HttpRequest) -> Navigation:
    match = request.resolver_match
    slug = match.kwargs.get("project", "") if match else ""
    projects, creates = list(projects_of(request.user)), may_create_projects(request.user)
    named = next((p for p in projects if p.slug == slug), None)
    project = named or _home_of(projects)
    here = match.view_name if match and (named or not slug) else ""
    groups = [
        Group(title, [_entry(place, project, here) for place in places if _is_open(place, project, request)])
        for title, places in PLACES
    ]
    return Navigation(
        project=project,
        projects=projects,
        switcher=len(projects) > 1 or creates,
        creates=creates,
        groups=[group for group in groups if group.entries],
        help=about(match.view_name if match else ""),
    )


def _home_of(projects: list[Project]) -> Project | None:
    """The project that pages without one (a password change, an error) stand next to."""
    return next((p for p in projects if not p.is_demo), projects[0] if projects else None)


def _is_open(place: Place, project: Project | None, request: HttpRequest) -> bool:
    return request.user.is_staff if place.staff else place.everywhere or project is not None


def _entry(place: Place, project: Project | None, here: str) -> Entry:
    arguments = [] if place.staff or place.everywhere or project is None else [project.slug]
    url = reverse(place.door, args=arguments)
    return Entry(place.text, place.icon, url, place.is_current(here), counts_failed=place.door == "deliveries")
