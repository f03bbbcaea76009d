"""A kind, one destination's values and an event -> the request. (pure)"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from destinations.endpoint import Endpoint
from destinations.freemarker import Template, TemplateError
from destinations.header_rules import METHODS_WITH_BODY, BadHeader, check_header
from destinations.http_mapping.requests import MappedRequests, method_of
from destinations.kind.definition import COHORTS, Kind
from destinations.kind.scopes import EVENT_ROOTS, Data, Scope, missing_input, scope_maker
from destinations.kind.url_template import URLTemplate
from destinations.kind.uses import references_of
from destinations.kind.writing import written
from destinations.mappings import compile_mappings
from destinations.messages.body import body_of
from destinations.messages.original import message_of
from destinations.messages.query import query_of, with_query
from destinations.payloads import compile_template
from events.jsontext import dumps

Headers = list[tuple[str, str]]
Body = Callable[[Scope], str]
CheckURL = Callable[[str], Endpoint]


class Skipped(Exception):
    """An event that is not sent, by the kind's rule; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """`headers`: the kind's own, Content-Type first where there is one."""

    method: str
    url: str
    headers: Headers
    body: str


class KindRequests:
    """The requests of one destination, compiled. Raises TemplateError, BadURLTemplate and BadMapping.

    `body`: from the scope to the text, where the destination has a template of its own; None: the kind's.
    """

    def __init__(
        self, kind: Kind, parameters: Data, mappings: Data, check_url: CheckURL, body: Body | None = None
    ) -> None:
        self.kind, self.check_url = kind, check_url
        self.scope = scope_maker(kind, parameters, mappings)
        self._body = written(kind, body or body_maker(kind, mappings))
        self._mapped = MappedRequests(parameters) if kind.is_mapped else None
        self._method = method_of(parameters, kind.request.method) if kind.is_mapped else kind.request.method
        settled: Scope = {"parameters": parameters}
        self._url = _settled_or_each(kind.request.url, URLTemplate(kind).render, settled, self._checked_url)
        self._headers = [_settled_or_each(source, make, settled) for source, make in _header_makers(kind)]

    def render(self, data: Data, came_as: Data | None = None) -> Rendered:
        """`came_as`: the message that the event came as, which mappings read. Raises TemplateError, BadURL, BadHeader,
        BadMapping, and Skipped for an event that the kind does not take."""
        scope = self.scope(data)
        if why := missing_input(self.kind, scope):
            raise Skipped(why)
        headers = [header for make in self._headers for header in make(scope)]
        if self._mapped is not None:
            return self._by_mappings(self._mapped, scope, headers, message_of(data, came_as))
        return Rendered(self._method, self._url(scope), headers, self._body(scope))

    def _by_mappings(self, mapped: MappedRequests, scope: Scope, headers: Headers, message: Data) -> Rendered:
        url = self._checked_url(mapped.url(self._url(scope), message))
        if mapped.makes_body:
            body = mapped.body(message)
        else:
            body = self._body(scope) if self._method in METHODS_WITH_BODY else ""
        return Rendered(self._method, url, mapped.headers(headers, message), body)

    def whole(self, data: Data) -> Rendered:
        """As `render`, with the body or the query of kinds that send messages, which is otherwise made by whoever sends
        them: an example for those who look at the kind."""
        made, message = self.render(data), message_of(data)
        if not self.kind.sends_messages:
            return made
        if made.method in METHODS_WITH_BODY:
            return Rendered(made.method, made.url, made.headers, body_of(message))
        return Rendered(made.method, self._checked_url(with_query(made.url, query_of(message))), made.headers, "")

    def _checked_url(self, url: str) -> str:
        return self.check_url(url).url


def body_maker(kind: Kind, mappings: Data) -> Body:
    """The kind's own payload."""
    if kind.sends_messages:
        return lambda scope: ""
    if kind.request.body == "raw" or (kind.is_mapped and not kind.request.template):
        return raw_body(kind, mappings)
    return compile_template(kind.request.language, kind.request.template, kind.name)


def raw_body(kind: Kind | None, mappings: Data) -> Body:
    """The original event, or the cohort batch as it is."""
    if mappings and (kind is None or kind.section != COHORTS):
        forwarded = compile_mappings(mappings).forwarded
        return lambda scope: dumps(forwarded(scope["input"]))
    return lambda scope: dumps(scope["input"])


def header_names(kind: Kind) -> list[str]:
    """The headers that a kind writes beside Content-Type."""
    return [*(["Authorization"] if kind.request.auth else []), *(header.name for header in kind.request.headers)]


def secret_headers(kind: Kind) -> set[str]:
    """Names of the headers that a secret parameter goes into, and of the authentication's."""
    secret = {parameter.name for parameter in kind.parameters if parameter.secret}
    names = {"Authorization"} if kind.request.auth else set()
    for header in kind.request.headers:
        if any(path[:1] == ("parameters",) and set(path[1:2]) <= secret for path in references_of(header.value)):
            names.add(header.name)
    return names


def _settled_or_each(
    source: str, make: Callable[[Scope], Any], settled: Scope, check: Callable[[Any], Any] = lambda made: made
) -> Callable[[Scope], Any]:
    """What no event changes is made once."""
    if any(path[0] in EVENT_ROOTS for path in references_of(source)):
        return lambda scope: check(make(scope))
    made = check(make(settled))
    return lambda scope: made


def _header_makers(kind: Kind) -> list[tuple[str, Callable[[Scope], Headers]]]:
    """Each with the source that it depends on."""
    request = kind.request
    makers = [(request.content_type, _header("Content-Type", request.content_type))]
    if kind.sends_messages and request.method not in METHODS_WITH_BODY:
        makers.clear()
    if request.auth is not None:
        values = request.auth.values
        made = _basic(values) if request.auth.type == "basic" else _header("Authorization", f"Bearer {values['token']}")
        makers.append(("".join(values.values()), made))
    return [*makers, *((header.value, _header(header.name, header.value)) for header in request.headers)]


def _header(name: str, source: str) -> Callable[[Scope], Headers]:
    template = Template(source, name=name)

    def make(scope: Scope) -> Headers:
        value = template.render(scope).strip()
        return [_checked(name, value)] if value else []

    return make


def _basic(values: dict[str, str]) -> Callable[[Scope], Headers]:
    user, password = Template(values["user"], name="user"), Template(values["password"], name="password")

    def make(scope: Scope) -> Headers:
        pair = f"{user.render(scope)}:{password.render(scope)}"
        return [("Authorization", f"Basic {b64encode(pair.encode()).decode()}")] if pair != ":" else []

    return make


def _checked(name: str, value: str) -> tuple[str, str]:
    try:
        return check_header(name, value)
    except BadHeader as error:
        raise TemplateError("other", str(error), template_name=name) from None
