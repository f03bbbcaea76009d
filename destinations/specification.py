"""A destination as plain data: what `apply` reads, `dump` prints and forms send. One set of rules for all of them."""

from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from destinations import catalog
from destinations.addresses import Network
from destinations.batch_rules import MOST_EVENTS
from destinations.consent_rules import BadConsent, check_consent
from destinations.endpoint import BadURL, Endpoint, check_url
from destinations.filter_rules import BadFilter, check_filter
from destinations.freemarker import TemplateError
from destinations.header_rules import PRESET_NAMES, BadHeader, check_header, check_headers
from destinations.http_mapping.requests import header_names as mapped_headers
from destinations.inbox_address import allowed_with_inbox
from destinations.kind.definition import COHORTS, Kind
from destinations.kind.rendering import header_names
from destinations.kind.starting import COHORT_SENDING, starting_values
from destinations.kind_parameters import CheckedParameters, describe_parameters
from destinations.mappings import BadMappings, check_mappings
from destinations.models import METHODS, Destination, Header, Language, PayloadMode
from destinations.payloads import compile_template
from destinations.portal import published
from destinations.protection import KEYS as PROTECTION_KEYS
from destinations.protection import CheckedProtection, describe_protection, taken_headers
from destinations.secrets import Unreadable
from destinations.sending_rules import BadSending, check_sending
from destinations.signing_rules import STANDARD
from destinations.transformations.rules import BadTransformation, check_transformation
from destinations.versions import add_version
from destinations.watched import BadWatch, check_watch, watch
from events import audit
from events.audit_changes import differences
from events.jsontext import loads
from events.models import Project

Specification = dict[str, Any]
Change = Literal["created", "changed", "unchanged"]

KEYS: tuple[str, ...] = (
    *("name", "kind", "url", "method", "headers", "payload", "filter", "mappings", "timeouts", "sending", "enabled"),
    *("parameters", "consent", "transformation", "event_controls", "events", "identify_on"),
    *PROTECTION_KEYS,
)
HEADER_KEYS = ("name", "value", "secret")
PAYLOAD_KEYS = ("mode", "language", "template")
EVENTS = ("transformed", "raw")  # by the project's event transformations, or as they came in
TIMEOUTS = {"connect": (5.0, 0.1, 30.0), "total": (10.0, 1.0, 60.0)}  # default, least, most; seconds
COHORT_SECONDS = 2.0  # by default, where batches of cohorts are sent


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: `field` is a dotted path ("headers.2.value") into the specification."""

    field: str
    message: str


class InvalidDestination(ValueError):
    """A specification that was refused; nothing was saved."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.message}" for p in problems))
        self.problems = problems


def save(
    project: Project,
    specification: Specification,
    existing: Destination | None = None,
    by: User | None = None,
) -> tuple[Destination, Change]:
    """Creates or replaces a destination. Raises InvalidDestination with every problem found, having saved nothing.

    Keys that are left out take their defaults. A header whose `value` is None keeps the stored value of that name, and
    a template that is not in use is kept unless another is given. A payload that changes makes a new template version,
    which names who made it (`by`).
    """
    checked = _Checked(project, specification, existing)
    if checked.problems:
        raise InvalidDestination(checked.problems)
    destination = existing or Destination(project=project)
    before = describe(destination, with_secrets=True) if existing else None
    shown = describe(destination) if existing else None
    for field, value in checked.columns.items():
        setattr(destination, field, value)
    after = _as_described(checked)
    if before == after:
        return destination, "unchanged"
    change: Change = "changed" if existing else "created"
    by = by or audit.actor().user
    with transaction.atomic():
        if before is None or before["payload"] != after["payload"]:
            add_version(destination, by)
        else:
            destination.save()
        if before is None or before["headers"] != after["headers"]:
            destination.headers.all().delete()
            Header.objects.bulk_create(
                Header(destination=destination, position=n, **row) for n, row in enumerate(checked.headers)
            )
        destination.__dict__.pop("header_list", None)
        watch(project)
        audit.record(change, destination, differences(before, after, shown, describe(destination)), by=by)
    return destination, change


def describe(destination: Destination, *, with_secrets: bool = False) -> Specification:
    """The specification that `save` would take to make this destination; secret header values None unless asked."""
    payload: dict[str, Any] = {"mode": destination.payload_mode}
    if destination.payload_mode == PayloadMode.TEMPLATE:
        payload |= {"language": destination.language, "template": destination.template}
    kind = catalog.of(destination)
    of_kind = kind is not None and not kind.is_plain
    return {
        "name": destination.name,
        "kind": destination.kind,
        **(
            {"parameters": describe_parameters(destination, with_secrets=with_secrets)}
            if of_kind
            else {"url": destination.url, "method": destination.method}
        ),
        "headers": [
            {
                "name": h.name,
                "value": None if not with_secrets and (h.secret or isinstance(h.value, Unreadable)) else str(h.value),
                "secret": h.secret,
            }
            for h in (destination.header_list if destination.pk else [])
        ],
        "payload": payload,
        "filter": destination.filter,
        **({"consent": destination.consent} if destination.consent else {}),
        **({"identify_on": destination.identify_on} if destination.identify_on else {}),
        **({"events": "raw"} if destination.raw_events else {}),
        **({"mappings": destination.mappings} if destination.mappings or of_kind else {}),
        **({"transformation": destination.transformation} if destination.transformation else {}),
        **({"event_controls": True} if destination.event_controls else {}),
        "timeouts": {"connect": destination.connect_timeout, "total": destination.total_timeout},
        **({"sending": destination.sending} if destination.sending or of_kind or _takes_cohorts(kind) else {}),
        "enabled": destination.enabled,
        **describe_protection(destination, with_secrets=with_secrets),
    }


def missing(destination: Destination) -> list[Problem]:
    """What still keeps a destination from being enabled; empty when it is ready."""
    try:
        _Checked(destination.project, describe(destination) | {"enabled": True}, destination).raise_problems()
    except InvalidDestination as error:
        return error.problems
    return []


@transaction.atomic
def set_enabled(destination: Destination, enabled: bool) -> None:
    """Switches a destination. Raises InvalidDestination, naming what is missing, where it is not ready."""
    if enabled and (problems := missing(destination)):
        raise InvalidDestination(problems)
    if enabled != destination.enabled:
        audit.record("switched on" if enabled else "switched off", destination)
    destination.enabled = enabled
    destination.save(update_fields=["enabled", "updated_at"])
    watch(destination.project)


class _Checked:
    """The specification's values as columns, header rows, and the problems met on the way."""

    def __init__(self, project: Project, specification: Specification, existing: Destination | None) -> None:
        self.project, self.given, self.existing = project, specification, existing
        self.problems: list[Problem] = []
        self.columns: dict[str, Any] = {}
        self.headers: list[dict[str, Any]] = []
        self._unknown_keys("", specification, KEYS)
        self.columns["enabled"] = self._flag("enabled", specification.get("enabled", False))
        self._name()
        self.kind = self._kind(specification.get("kind", "webhook"))
        if self.kind is not None and not self.kind.is_plain:
            self.given = starting_values(self.kind) | specification
            self._parameters(self.kind)
        else:
            self._choice("method", specification.get("method", "POST"), METHODS)
            self._url()
            self.columns["parameters"] = ""
            if specification.get("parameters"):
                self.problem("parameters", "This kind has no parameters. Leave them out.")
        self._protection()
        self._headers()
        self._event_controls()
        self._transformation()
        self._payload()
        self._filter()
        self._consent()
        self._events()
        self._identify_on()
        self._mappings()
        self._timeouts()
        self._sending()

    def raise_problems(self) -> None:
        if self.problems:
            raise InvalidDestination(self.problems)

    def problem(self, field: str, message: str) -> None:
        self.problems.append(Problem(field, message))

    def _unknown_keys(self, prefix: str, given: Any, known: tuple[str, ...]) -> None:
        for key in given:
            if key not in known:
                self.problem(f"{prefix}{key}", f"“{key}” is not a known key. Known: {', '.join(known)}.")

    def _flag(self, field: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self.problem(field, "Write true or false.")
            return False
        return value

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
        checked = CheckedParameters(kind, self.given, self.existing, endpoint_of, complete=complete)
        self.columns |= checked.columns
        for field, message in checked.problems:
            self.problem(field, message)

    def _protection(self) -> None:
        moves = bool(self.existing and self._origin_changes(self.existing.url))
        checked = CheckedProtection(
            self.given,
            self.existing,
            lambda url: str(endpoint_of(url).origin),
            lambda url: endpoint_of(url).url,
            moves=moves,
            expected=self.kind.signing if self.kind else {},
            complete=self.columns["enabled"],
        )
        self.columns |= checked.columns
        for problem in checked.problems:
            self.problem(*problem)

    def _headers(self) -> None:
        given = self.given.get("headers") or []
        if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
            return self.problem("headers", "Write a list of {name, value, secret}.")
        for number, row in enumerate(given):
            self._header(number, row)
        if not any(p.field.startswith("headers") for p in self.problems):
            self._all_headers()
        return None

    def _header(self, number: int, row: dict[str, Any]) -> None:
        self._unknown_keys(f"headers.{number}.", row, HEADER_KEYS)
        name, value = row.get("name") or "", row.get("value")
        if value is None:
            value = self._stored_value(number, name, stays_secret=row.get("secret") is True)
        if not isinstance(name, str) or not isinstance(value, str):
            return self.problem(f"headers.{number}", "Name and value must be text.")
        try:
            name, value = check_header(name, value)
        except BadHeader as error:
            self.problem(f"headers.{number}", str(error))
        secret = self._flag(f"headers.{number}.secret", row.get("secret", False))
        self.headers.append({"name": name, "value": value, "secret": secret})
        return None

    def _stored_value(self, number: int, name: Any, *, stays_secret: bool) -> str:
        """The value that a blanked secret stands for. Kept only while the host is the same: otherwise whoever may
        edit the URL could have the secret sent to himself."""
        stored = self.existing.header_list if self.existing else []
        match = next((h for h in stored if h.name.lower() == str(name).lower()), None)
        if match is None:
            self.problem(f"headers.{number}.value", f"The header {name} has no value. Type it.")
            return ""
        if isinstance(match.value, Unreadable):
            self.problem(f"headers.{number}.value", f"The stored value of {name} cannot be read. Type it again.")
            return ""
        if match.secret and not stays_secret:
            self.problem(f"headers.{number}.value", f"The header {name} is secret. Type its value to store it openly.")
            return ""
        if self.existing and match.secret and self._origin_changes(self.existing.url):
            self.problem(
                f"headers.{number}.value",
                f"The URL now leads to another host, so the secret of {name} has to be typed again.",
            )
            return ""
        return match.value

    def _origin_changes(self, stored_url: str) -> bool:
        if not stored_url or "url" not in self.columns:
            return False
        try:
            return endpoint_of(stored_url).origin != endpoint_of(self.columns["url"]).origin
        except BadURL:
            return True

    def _all_headers(self) -> None:
        try:
            signed = self.columns.get("signing", {}).get("scheme") == STANDARD
            rows = [(h["name"], h["value"]) for h in self.headers]
            presets = () if self._sends_messages else PRESET_NAMES
            taken = taken_headers(self.columns) | self._headers_of_kind()
            check_headers(rows, presets=presets, signed=signed, taken=taken)
        except BadHeader as error:
            self.problem("headers", str(error))

    def _headers_of_kind(self) -> dict[str, str]:
        if self.kind is None:
            return {}
        names = header_names(self.kind)
        if self.kind.is_mapped and self.columns.get("parameters"):
            names += mapped_headers(loads(self.columns["parameters"]))
        return {name.lower(): "the kind sets it" for name in names}

    @property
    def _sends_messages(self) -> bool:
        return self.kind is not None and self.kind.sends_messages

    def _event_controls(self) -> None:
        self.columns["event_controls"] = self._flag("event_controls", self.given.get("event_controls", False))
        if self.columns["event_controls"] and not self._sends_messages:
            self.problem("event_controls", "Only kinds that send messages let events choose headers and path.")

    def _transformation(self) -> None:
        given = self.given.get("transformation")
        if given and _takes_cohorts(self.kind):
            self.problem("transformation", "Cohort batches are not transformed. Leave it out.")
            return
        try:
            self.columns["transformation"] = check_transformation(given, of_messages=self._sends_messages)
        except BadTransformation as error:
            for place, message in error.problems:
                self.problem(".".join(map(str, ("transformation", *place))), message)

    def _payload(self) -> None:
        payload = self.given.get("payload") or {"mode": "raw"}
        if not isinstance(payload, dict):
            return self.problem("payload", "Write {mode: raw}, or {mode: template, language: …, template: …}.")
        self._unknown_keys("payload.", payload, PAYLOAD_KEYS)
        mode = payload.get("mode", "template" if payload.get("template") else "raw")
        # A template that is not in use is not described either; it stays for the day one goes back to it.
        kept = self.existing if mode == PayloadMode.RAW and "template" not in payload else None
        language = payload.get("language", kept.language if kept else Language.FREEMARKER)
        template = payload.get("template") or (kept.template if kept else "")
        if mode not in PayloadMode.values:
            self.problem("payload.mode", f"“{mode}” is not one of {', '.join(PayloadMode.values)}.")
        if language not in Language.values:
            self.problem("payload.language", f"“{language}” is not one of {', '.join(Language.values)}.")
        elif mode == PayloadMode.TEMPLATE and self._sends_messages:
            self.problem("payload.mode", "This kind sends the message itself. Write a transformation to change it.")
        elif mode == PayloadMode.TEMPLATE:
            self._template(language, template)
        self.columns |= {"payload_mode": mode, "language": language, "template": template}
        return None

    def _template(self, language: str, template: Any) -> None:
        if not isinstance(template, str):
            return self.problem("payload.template", "The template is not text.")
        if not template.strip():
            if self.columns["enabled"]:
                self.problem("payload.template", "The template is empty. Write one, or send the original event.")
            return None
        try:
            compile_template(language, template)
        except TemplateError as error:
            self.problem("payload.template", error.headline + str(error).removeprefix(error.message))
        return None

    def _filter(self) -> None:
        try:
            self.columns["filter"] = check_filter(self.given.get("filter"))
        except BadFilter as error:
            for problem in error.problems:
                self.problem(".".join(map(str, ("filter", *problem.place))), problem.message)

    def _consent(self) -> None:
        try:
            self.columns["consent"] = check_consent(self.given.get("consent"))
        except BadConsent as error:
            for place, message in error.problems:
                self.problem(".".join(map(str, ("consent", *place))), message)

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
            for place, message in error.problems:
                self.problem(".".join(map(str, ("mappings", *place))), message)
        if self._sends_messages and self.columns.get("mappings", {}).keys() - {"fields"}:
            self.problem("mappings", "This kind sends messages whole. Change them by a transformation.")

    def _sending(self) -> None:
        try:
            usual = COHORT_SENDING if _takes_cohorts(self.kind) else {}
            self.columns["sending"] = check_sending(self.given.get("sending", usual))
        except BadSending as error:
            for place, message in error.problems:
                self.problem(".".join(map(str, ("sending", *place))), message)
            return
        self._batch(self.columns["sending"].get("batch"))

    def _batch(self, batch: Specification | None) -> None:
        if batch is None:
            return
        most = self.kind.batch.events if self.kind and self.kind.batch else MOST_EVENTS
        if _takes_cohorts(self.kind):
            self.problem("sending.batch", "Requests to this kind hold many members of a cohort already.")
        elif self.columns.get("method") in ("GET", "DELETE"):
            words = f"{self.columns['method']} requests have no body that could hold several events."
            self.problem("sending.batch", words)
        elif self.kind and batch.get("events", 0) > most:
            self.problem("sending.batch.events", f"{self.kind.name} takes at most {most:,} events in one request.")

    def _timeouts(self) -> None:
        given = self.given.get("timeouts") or {}
        if not isinstance(given, dict):
            return self.problem("timeouts", "Write {connect: seconds, total: seconds}.")
        self._unknown_keys("timeouts.", given, tuple(TIMEOUTS))
        for name, (usual, least, most) in TIMEOUTS.items():
            default = min(usual, COHORT_SECONDS) if _takes_cohorts(self.kind) else usual
            value = given.get(name, default)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
                self.problem(f"timeouts.{name}", f"Write a number of seconds from {least:g} to {most:g}.")
            else:
                self.columns[f"{name}_timeout"] = float(value)
        return None


def _takes_cohorts(kind: Kind | None) -> bool:
    return kind is not None and kind.section == COHORTS


def endpoint_of(url: str) -> Endpoint:
    """The URL checked against this installation's settings. Raises BadURL."""
    allowed: tuple[Network, ...] = allowed_with_inbox(url)
    return check_url(url, allowed=allowed, require_https=settings.REQUIRE_HTTPS)


def _as_described(checked: _Checked) -> Specification:
    """What `describe(..., with_secrets=True)` will say once the checked values are saved."""
    shadow = Destination(project=checked.project, **checked.columns)
    described = describe(shadow, with_secrets=True)
    described["headers"] = [
        {"name": h["name"], "value": str(h["value"]), "secret": h["secret"]} for h in checked.headers
    ]
    return described


__all__ = ["InvalidDestination", "Problem", "describe", "endpoint_of", "missing", "save", "set_enabled"]
