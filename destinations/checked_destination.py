"""A destination's specification -> its columns and headers, or everything that is wrong with it."""

from typing import Any

from destinations import catalog
from destinations.allowed_endpoint import endpoint_of, leads_elsewhere
from destinations.checked_headers import CheckedHeaders
from destinations.checked_payload import CheckedPayload
from destinations.checked_sending import CheckedSending
from destinations.consent_rules import BadConsent, check_consent
from destinations.endpoint import BadURL
from destinations.filter_rules import BadFilter, check_filter
from destinations.kind.definition import Kind
from destinations.kind.starting import starting_values
from destinations.kind_parameters import CheckedParameters
from destinations.mappings import BadMappings, check_mappings
from destinations.models import METHODS, Destination
from destinations.portal import published
from destinations.protection import KEYS as PROTECTION_KEYS
from destinations.protection import CheckedProtection
from destinations.transformations.rules import BadTransformation, check_transformation
from destinations.watched import BadWatch, check_watch
from events.checking import Checking
from events.models import Project

KEYS: tuple[str, ...] = (
    *("name", "kind", "url", "method", "headers", "payload", "filter", "mappings", "timeouts", "sending", "enabled"),
    *("parameters", "consent", "transformation", "event_controls", "events", "identify_on"),
    *PROTECTION_KEYS,
)
EVENTS = ("transformed", "raw")  # by the project's event transformations, or as they came in


class CheckedDestination(Checking):
    """`headers`: the columns of each header, in order."""

    def __init__(self, project: Project, specification: dict[str, Any], existing: Destination | None) -> None:
        super().__init__()
        self.project, self.given, self.existing = project, specification, existing
        self.unknown_keys("", specification, KEYS)
        self.columns["enabled"] = self.flag("enabled", specification.get("enabled", False))
        self._name()
        self.kind = self._kind(specification.get("kind", "webhook"))
        self.sends_messages = self.kind is not None and self.kind.sends_messages
        if self.kind is not None and not self.kind.is_plain:
            self.given = starting_values(self.kind) | specification
            self._parameters(self.kind)
        else:
            self._choice("method", specification.get("method", "POST"), METHODS)
            self._url()
            self.columns["parameters"] = ""
            if specification.get("parameters"):
                self.problem("parameters", "This kind has no parameters. Leave them out.")
        moves = bool(existing and "url" in self.columns and leads_elsewhere(self.columns["url"], stored=existing.url))
        self._protection(moves=moves)
        headers = CheckedHeaders(self.given.get("headers"), self.kind, existing, self.columns, moves=moves)
        self.headers = headers.rows
        self._take(headers)
        self._event_controls()
        self._transformation()
        self._payload()
        self._filter()
        self._consent()
        self._events()
        self._identify_on()
        self._mappings()
        self._take(CheckedSending(self.given, self.kind, self.columns.get("method")))

    def _take(self, part: Checking) -> None:
        self.columns |= part.columns
        self.problems += part.problems

    def _kind(self, slug: Any) -> Kind | None:
        """A destination stays on the version of its kind that it was made with, even when that is withdrawn."""
        if self.existing is not None and slug == self.existing.kind:
            self.columns |= {"kind": slug, "kind_version_id": self.existing.kind_version_id}
            return catalog.of(self.existing)
        found = catalog.kind(slug) if isinstance(slug, str) else None
        if found is None:
            self.problem("kind", f"“{slug}” is not one of {', '.join(kind.slug for kind in catalog.kinds())}.")
            return None
        self.columns |= {"kind": slug, "kind_version_id": published.current(slug)}
        return found

    def _choice(self, field: str, value: Any, choices: tuple[str, ...]) -> None:
        if value in choices:
            self.columns[field] = value
        else:
            self.problem(field, f"“{value}” is not one of {', '.join(choices)}.")

    def _name(self) -> None:
        name = self.given.get("name")
        name = name.strip() if isinstance(name, str) else ""
        if not name:
            return self.problem("name", "Give the destination a name.")
        if len(name) > 100:
            return self.problem("name", f"The name has {len(name)} characters; at most 100 are allowed.")
        same = Destination.objects.filter(project=self.project, name=name)
        if (same.exclude(pk=self.existing.pk) if self.existing else same).exists():
            return self.problem("name", f"This project already has a destination called “{name}”. Choose another name.")
        self.columns["name"] = name
        return None

    def _url(self) -> None:
        url = self.given.get("url") or ""
        if not url and not self.columns["enabled"]:
            self.columns["url"] = ""
            return
        try:
            if not isinstance(url, str):
                raise BadURL("The URL is not text.")
            self.columns["url"] = endpoint_of(url).url
        except BadURL as error:
            self.problem("url", str(error))

    def _parameters(self, kind: Kind) -> None:
        """The URL and the method follow from them."""
        complete = self.columns["enabled"]
        self._take(CheckedParameters(kind, self.given, self.existing, complete=complete))

    def _protection(self, *, moves: bool) -> None:
        self._take(
            CheckedProtection(
                self.given,
                self.existing,
                lambda url: str(endpoint_of(url).origin),
                lambda url: endpoint_of(url).url,
                moves=moves,
                expected=self.kind.signing if self.kind else {},
                complete=self.columns["enabled"],
            )
        )

    def _event_controls(self) -> None:
        self.columns["event_controls"] = self.flag("event_controls", self.given.get("event_controls", False))
        if self.columns["event_controls"] and not self.sends_messages:
            self.problem("event_controls", "Only kinds that send messages let events choose headers and path.")

    def _transformation(self) -> None:
        given = self.given.get("transformation")
        if given and self.kind and self.kind.takes_cohorts:
            self.problem("transformation", "Cohort batches are not transformed. Leave it out.")
            return
        try:
            self.columns["transformation"] = check_transformation(given, of_messages=self.sends_messages)
        except BadTransformation as error:
            self.problems_at("transformation", error.problems)

    def _payload(self) -> None:
        complete = self.columns["enabled"]
        self._take(
            CheckedPayload(self.given.get("payload"), self.existing, of_messages=self.sends_messages, complete=complete)
        )

    def _filter(self) -> None:
        try:
            self.columns["filter"] = check_filter(self.given.get("filter"))
        except BadFilter as error:
            self.problems_at("filter", ((problem.place, problem.message) for problem in error.problems))

    def _consent(self) -> None:
        try:
            self.columns["consent"] = check_consent(self.given.get("consent"))
        except BadConsent as error:
            self.problems_at("consent", error.problems)

    def _events(self) -> None:
        """Transformed by default: a rule of the project holds for everybody who does not say otherwise."""
        given = self.given.get("events", "transformed")
        if given not in EVENTS:
            self.problem("events", f"“{given}” is not one of {', '.join(EVENTS)}.")
        self.columns["raw_events"] = given == "raw"

    def _identify_on(self) -> None:
        try:
            self.columns["identify_on"] = check_watch(self.given.get("identify_on"))
        except BadWatch as error:
            self.problem("identify_on", str(error))

    def _mappings(self) -> None:
        try:
            self.columns["mappings"] = check_mappings(
                self.given.get("mappings"), self.kind.mappings if self.kind else (), complete=self.columns["enabled"]
            )
        except BadMappings as error:
            self.problems_at("mappings", error.problems)
        if self.sends_messages and self.columns.get("mappings", {}).keys() - {"fields"}:
            self.problem("mappings", "This kind sends messages whole. Change them by a transformation.")
