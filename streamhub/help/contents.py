"""Which pages of the documentation stand under Help, and which of them tells of which page of the hub."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


@dataclass(frozen=True, slots=True)
class Page:
    """`slug`: its file in docs/, without the ending."""

    slug: str
    title: str
    text: str

    @property
    def file(self) -> Path:
        return DOCS / f"{self.slug}.md"


# (title, pages)
PLACED: tuple[tuple[str, tuple[Page, ...]], ...] = (
    (
        "Begin",
        (
            Page("concepts", "The words", "What a project, an event, a destination and a delivery are."),
            Page("first-destination", "A first destination", "From the catalog to the first delivery, step by step."),
            Page("segment", "SDKs of Segment and RudderStack", "Which messages come in, and how they are answered."),
            Page(
                "amplitude-webhooks",
                "Webhooks of Amplitude",
                "Events and cohorts that Amplitude sends, taken and sent on.",
            ),
            Page("compatibility", "Compatibility", "What is the same as in the systems that it replaces."),
        ),
    ),
    (
        "Destinations",
        (
            Page("filters", "Filters", "Which events a destination gets."),
            Page("shaping", "Shaping", "Changing what is forwarded by steps, without a template."),
            Page("templates/guide", "Templates", "Payloads in FreeMarker and Jinja2."),
            Page("templates/cookbook", "Template cookbook", "Payloads for what is asked for most."),
            Page("templates/safety", "Template safety", "What templates cannot do, and their limits."),
            Page("delivery", "Delivery", "Attempts, retries, limits, order, replays, batches."),
            Page("signing", "Signing and authentication", "How receivers know that a request is yours."),
            Page("kinds", "Kinds", "What a kind of destination can say of itself."),
            Page("portal", "Developer portal", "Making kinds in the browser."),
        ),
    ),
    (
        "Users",
        (
            Page("cohorts", "Cohorts", "Groups of users, and telling destinations of them."),
            Page("cohorts-api", "Cohorts API", "Lists of users by program, in Amplitude’s dialect."),
        ),
    ),
    (
        "Running it",
        (
            Page("api", "Management API", "What is done in the browser, by program."),
            Page("monitors", "Monitors", "Numbers that are watched, and who is told."),
            Page("annotations", "Annotations", "Marks on every chart, by a click or by program."),
            Page("roles", "Roles", "Who may do what, and where changes are written down."),
            Page("operating", "Operating", "Settings, proxies, backups, upgrades, watching it."),
            Page("scaling", "Scaling", "From one machine to many, and what breaks first."),
            Page("performance", "Performance", "Measured figures."),
            Page("reliability", "Reliability", "What is promised, and what was broken to test it."),
            Page("security", "Security", "Who attacks, and what stands in the way."),
        ),
    ),
)


def _others() -> Iterator[Page]:
    """What was written since: under its own title, until it has a place above."""
    listed = {page.slug for _, pages in PLACED for page in pages}
    for file in sorted(DOCS.rglob("*.md")):
        slug = file.relative_to(DOCS).with_suffix("").as_posix()
        if slug not in listed and not slug.startswith("decisions/"):
            yield Page(slug, file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# "), "")


CONTENTS = (*PLACED, *([("More", others)] if (others := tuple(_others())) else []))
PAGES = {page.slug: page for _, pages in CONTENTS for page in pages}

# Beginning of a door's name -> page; the longest that fits counts.
ABOUT = {
    "": "concepts",
    "catalog": "first-destination",
    "kind": "first-destination",
    "destination_new": "first-destination",
    "destinations": "first-destination",
    "destination": "delivery",
    "destination_payload": "templates/guide",
    "destination_filter": "filters",
    "destination_mappings": "shaping",
    "destination_security": "signing",
    "destination_secrets": "roles",
    "destinations_import": "operating",
    "deliver": "delivery",
    "replay": "delivery",
    "queues": "operating",
    "cohort": "cohorts",
    "profiles": "cohorts",
    "portal": "portal",
    "annotation": "annotations",
    "monitor": "monitors",
    "alert": "monitors",
    "alert_channel_secrets": "roles",
    "webhook_secrets": "roles",
    "project": "operating",
    "member": "roles",
    "audit": "roles",
    "second_factor": "roles",
    "recovery_codes": "roles",
    "token": "api",
    "api_reference": "api",
}


def about(door: str) -> Page:
    """The page of the documentation that tells of a door's page."""
    stem = max((stem for stem in ABOUT if door.startswith(stem)), key=len)
    return PAGES[ABOUT[stem]]
