"""A kind as checked data: what every tile of the catalog is, whether it came as a folder or was made in the portal.

`rules.read_kind` makes it from a definition: the JSON object of `kind.yaml` with the texts of the files beside it.
"""

from dataclasses import dataclass, field
from typing import Any

from destinations.batch_rules import BatchForm
from destinations.mappings import Field
from events.announced import ANNOUNCED

COHORT_TOPICS = ("cohort.update",)
TOPICS = (
    "event.track", "event.identify", "event.group", "event.page", "event.alias", "experiment.exposure", *ANNOUNCED,
    *COHORT_TOPICS,
)  # fmt: skip
EVENTS, COHORTS = "events", "cohorts"
PARAMETER_TYPES = ("text", "url", "url_part", "choice", "number", "boolean", "rows")
AUTH_TYPES = {"basic": ("user", "password"), "bearer": ("token",)}
# `message`: the event as the message that it came as (destinations/messages/).
# `mapped`: what the destination's mappings make of it, or its template (destinations/http_mapping/).
BODIES = ("template", "raw", "message", "mapped")
# How JSON is written: as the payload has it, or as JavaScript's JSON.stringify would (javascript_json.py).
WRITERS = ("", "javascript")


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """What the user of a kind fills in. `type`: one of PARAMETER_TYPES; a `url_part` is a piece of a path or a host's
    label, a `url` a whole address or the beginning of one. `hosts`: for a url, the hosts that it may lead to, `*.` in
    front standing for any subdomain; empty: any. The choices of a `url` are only offered. `columns`: of `rows`, a
    list of objects with these keys. `needed_with`: values of other parameters with which it must be there."""

    name: str
    label: str
    type: str = "text"
    required: bool = False
    secret: bool = False
    default: Any = None
    help: str = ""
    choices: tuple[Choice, ...] = ()
    hosts: tuple[str, ...] = ()
    columns: tuple[Choice, ...] = ()
    needed_with: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MappingField(Field):
    """`suggested`: the property that a new destination starts with."""

    label: str = ""
    help: str = ""
    suggested: str = ""


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """`value` is a FreeMarker template. A header whose value comes out empty is not sent."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Auth:
    """`type`: one of AUTH_TYPES, `values`: its fields as FreeMarker templates."""

    type: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """`url`: a FreeMarker template; empty where the user of the kind types the URL. `body`: of BODIES. `json`: of
    WRITERS. `user_agent`: "" for the hub's own."""

    method: str = "POST"
    url: str = ""
    headers: tuple[HeaderLine, ...] = ()
    content_type: str = "application/json"
    auth: Auth | None = None
    body: str = "template"
    language: str = "freemarker"
    template: str = ""
    json: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class BodyCheck:
    """One thing that must hold of an answer's body: `path` into its JSON ("" for the body as text) and one test:
    ("equals", value), ("empty", True or False), ("missing", True)."""

    path: tuple[str, ...]
    test: str
    value: Any


@dataclass(frozen=True, slots=True)
class Answers:
    """Which answers mean done. `success` and `final`: statuses as numbers, or "2xx" for a hundred of them. A body that
    fails a check is final (waiting does not cure it) unless `body_retries`.

    `refused`: paths into the JSON of an answer that refuses a batch, to the positions (from 0) of the events that it
    refuses; `others_taken`: whether the others were taken all the same. Without that they are to be sent again.
    """

    success: tuple[int | str, ...] = ("2xx",)
    body: tuple[BodyCheck, ...] = ()
    body_retries: bool = False
    final: tuple[int | str, ...] = ("4xx",)
    refused: tuple[tuple[str, ...], ...] = ()
    others_taken: bool = False


@dataclass(frozen=True, slots=True)
class Identifier:
    """Which field of each cohort member goes out: the path `by[parameters[parameter]]`, or `path` where nothing
    chooses."""

    path: str = "user_id"
    parameter: str = ""
    by: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """An example that a test renders. `request`: {method, url, headers: {name: value}, body: JSON or text}."""

    name: str
    event: dict[str, Any]
    parameters: dict[str, Any]
    mappings: dict[str, Any]
    request: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """`section`: EVENTS or COHORTS. `description` and `setup` are Markdown. `skip_without`: groups of paths into the
    event or into mappedFields; an event that fills none of a group is not sent. `signing`: settings (signing_rules.py)
    of the signature by which the service knows requests; {}: none is asked for. `pace`: requests a second.
    `most_items`: members in one cohort batch. `most_bytes`: of a body. `batch`: how the service takes several events
    in one request, where the kind says. `logo`: an SVG or PNG that `logo.checked_logo` let through."""

    slug: str
    name: str
    section: str
    category: str
    summary: str
    description: str = ""
    setup: str = ""
    parameters: tuple[Parameter, ...] = ()
    mappings: tuple[MappingField, ...] = ()
    request: Request = field(default_factory=Request)
    topics: tuple[str, ...] = ("event.track",)
    skip_without: tuple[tuple[str, ...], ...] = ()
    signing: dict[str, Any] = field(default_factory=dict)
    pace: float | None = None
    most_items: int | None = None
    most_bytes: int | None = None
    batch: BatchForm | None = None
    answers: Answers = field(default_factory=Answers)
    identifier: Identifier | None = None
    samples: tuple[Sample, ...] = ()
    logo: bytes = b""

    @property
    def is_plain(self) -> bool:
        """Whether the user says where to, and nothing but the payload is the kind's."""
        return not self.request.url

    @property
    def why_no_batches(self) -> str:
        """Why several events do not go in one request to this kind; "" where they may."""
        if self.takes_cohorts:
            return "Requests to this kind hold many members of a cohort already."
        if self.batch is None and not self.is_plain:
            return f"{self.name} takes one event in each request."
        return ""

    @property
    def takes_cohorts(self) -> bool:
        return self.section == COHORTS

    @property
    def sends_messages(self) -> bool:
        return self.request.body == "message"

    @property
    def is_mapped(self) -> bool:
        return self.request.body == "mapped"

    def parameter(self, name: str) -> Parameter | None:
        return next((one for one in self.parameters if one.name == name), None)

    def matches(self, text: str) -> bool:
        """Whether every word of `text` occurs in what the tile says."""
        said = f"{self.name} {self.category} {self.summary}".lower()
        return all(word in said for word in text.lower().split())
