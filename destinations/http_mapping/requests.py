"""A destination's mappings and a message -> method, address, headers and body. (pure)

The mappings are values of parameters with fixed names (NAMES), which a kind with `request.body: mapped` may declare.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from destinations.header_rules import BadHeader, check_header
from destinations.http_mapping.bodies import CONTENT_TYPES, FORM, JSON, XML, without_nulls, written
from destinations.http_mapping.paths import MISSING, BadMapping, Source, Target
from destinations.messages.flattening import as_text
from destinations.messages.query import with_query

Message = dict[str, Any]
Values = dict[str, Any]
Headers = list[tuple[str, str]]

METHOD, BODY, BODY_ROWS, QUERY, HEADERS, PATH = "method", "body", "properties", "query", "headers", "path"
FORMAT, XML_ROOT, KEY_NAME, KEY = "format", "xml_root", "api_key_name", "secret"
NAMES = (METHOD, BODY, BODY_ROWS, QUERY, HEADERS, PATH, FORMAT, XML_ROOT, KEY_NAME)
TEMPLATE, EVENT = "template", "event"  # what `body` may be beside "mapped"; without one, a template makes it
USUAL_KEY_NAME = "x-api-key"
# What a value in JSON is called where a receiver's mappings were written for RudderStack.
TYPES = {bool: "boolean", int: "number", float: "number"}
_SECRET = re.compile("authorization|cookie|key|token|secret|password", re.IGNORECASE)


def method_of(values: Values, usual: str) -> str:
    return str(values.get(METHOD) or usual)


class MappedRequests:
    """Compiled once. Raises BadMapping."""

    def __init__(self, values: Values) -> None:
        problems = mapping_problems(values)
        if problems:
            raise BadMapping(problems[0][1])
        self.format = values.get(FORMAT, JSON)
        self._root = values.get(XML_ROOT, "")
        self._makes = values.get(BODY, TEMPLATE)
        self._body = [(Source(row["from"]), Target(row["to"])) for row in values.get(BODY_ROWS, ())]
        self._query = [(Source(row["from"]), row["to"]) for row in values.get(QUERY, ())]
        self._headers = [(Source(row["from"]), row["to"]) for row in values.get(HEADERS, ())]
        self._path = [Source(row["path"]) for row in values.get(PATH, ())]
        self._key = key_header(values)

    @property
    def makes_body(self) -> bool:
        """Whether the body is its own, and not a template's."""
        return bool(self._makes != TEMPLATE)

    def body(self, message: Message) -> str:
        """Raises BadMapping."""
        if self._makes == EVENT:
            return written(without_nulls(message), self.format, self._root)
        body: dict[str, Any] = {}
        for source, target in self._body:
            value = source.value(message)
            if value is not MISSING:
                target.put(body, value)
        return written(without_nulls(body), self.format, self._root)

    def url(self, base: str, message: Message) -> str:
        """`base` with its path made longer and its query added to; scheme, host and port stay. Raises BadMapping."""
        address, _, query = base.partition("?")
        if self._path:
            scheme, _, rest = address.partition("://")
            address = f"{scheme}://{re.sub('/+', '/', '/'.join([rest, *self._parts(message)]))}"
        url = f"{address}?{query}" if query else address
        found = [(name, source.value(message)) for source, name in self._query]
        if not found:
            return url
        return with_query(url, [(name, as_text(value)) for name, value in found if value is not MISSING])

    def _parts(self, message: Message) -> Iterator[str]:
        for source in self._path:
            found = source.find(message)
            if not found or found[0] is None:
                raise BadMapping("Path not found in the object.")
            part = quote(as_text(found[0]), safe="")
            if part in ("", ".", ".."):
                raise BadMapping(f"A part of the path came out as “{part}”, which would lead elsewhere.")
            yield part

    def headers(self, kind: Headers, message: Message) -> Headers:
        """Those of the kind, weakest, then the mapped ones, then the format's Content-Type: one line for each name.
        Raises BadMapping and BadHeader."""
        lines = {name.lower(): (name, value) for name, value in [*kind, *self._key]}
        for source, name in self._headers:
            value = source.value(message)
            if value is MISSING:
                continue
            if not isinstance(value, str):
                raise BadMapping(f'Header "{name}" has a non-string value of type "{TYPES.get(type(value), "object")}"')
            lines[name.lower()] = check_header(name, value)
        lines.pop("content-type", None)
        return [("Content-Type", CONTENT_TYPES[self.format]), *lines.values()]


def key_header(values: Values) -> Headers:
    if values.get("auth") != "api_key" or not values.get(KEY):
        return []
    return [(values.get(KEY_NAME) or USUAL_KEY_NAME, values[KEY])]


def secret_names(values: Values) -> set[str]:
    """Names of headers that are not to be shown: the key's, and mapped ones that are called like one."""
    mapped = {row["to"] for row in values.get(HEADERS, ()) if _SECRET.search(row["to"])}
    return mapped | {name for name, _ in key_header(values)}


def header_names(values: Values) -> list[str]:
    """All that the mappings write beside Content-Type."""
    return [*(name for name, _ in key_header(values)), *(row["to"] for row in values.get(HEADERS, ()))]


def mapping_problems(values: Values) -> list[tuple[str, str]]:
    """(name of the parameter, what is wrong with it) each."""
    problems: list[tuple[str, str]] = []

    def told(name: str, number: int, message: str) -> None:
        problems.append((name, f"Row {number + 1}: {message}"))

    for name, rows in ((n, values.get(n, ())) for n in (BODY_ROWS, QUERY, HEADERS, PATH)):
        for number, row in enumerate(rows):
            try:
                _check_row(name, row)
            except (BadMapping, BadHeader) as error:
                told(name, number, str(error))
    if values.get(KEY_NAME):
        try:
            check_header(values[KEY_NAME], "")
        except BadHeader as error:
            problems.append((KEY_NAME, str(error)))
    return problems


def _check_row(name: str, row: dict[str, str]) -> None:
    if missing := next((column for column in row if not row[column]), None):
        raise BadMapping(f"“{missing}” is empty. Fill it, or remove the row.")
    source = row["path"] if name == PATH else row["from"]
    if name == PATH and "/" in source:
        raise BadMapping('Path value cannot contain "/"')
    Source(source)
    if name == BODY_ROWS:
        Target(row["to"])
    if name == HEADERS:
        check_header(row["to"], "")


__all__ = ["CONTENT_TYPES", "FORM", "JSON", "XML", "BadMapping", "MappedRequests", "mapping_problems", "method_of"]
