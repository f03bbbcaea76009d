"""The values that a destination gives its kind's parameters: stored encrypted, all of them, as one JSON object.

What the specification says of them -> the columns, or everything that is wrong; and back. A secret that is left out
keeps what is stored, as long as the URL leads to the same host: otherwise whoever may edit the parameters could have
the secret sent to himself.
"""

from typing import Any

from destinations import catalog
from destinations.allowed_endpoint import endpoint_of, leads_elsewhere
from destinations.http_mapping.bodies import JSON
from destinations.http_mapping.requests import BODY, FORMAT, TEMPLATE, mapping_problems, method_of
from destinations.kind.definition import Kind
from destinations.kind.parameter_rules import checked_values
from destinations.kind.shown_url import shown_url
from destinations.models import Destination
from destinations.secrets import SecretUnreadable, readable
from events.checking import Checking
from events.jsontext import dumps, loads

Values = dict[str, Any]


def parameters_of(destination: Destination) -> Values:
    """Raises SecretUnreadable."""
    text = readable(destination.parameters)
    return loads(text) if text else {}


def maps_body(destination: Destination) -> bool:
    """Whether mappings, or the message as a whole, make the body instead of a template."""
    kind = catalog.of(destination)
    if kind is None or not kind.is_mapped:
        return False
    try:
        return bool(parameters_of(destination).get(BODY, TEMPLATE) != TEMPLATE)
    except SecretUnreadable:
        return False


def describe_parameters(destination: Destination, *, with_secrets: bool) -> Values:
    """Secrets are None unless asked for; nothing for a plain kind."""
    kind = catalog.of(destination)
    if kind is None or kind.is_plain:
        return {}
    try:
        values = parameters_of(destination)
    except SecretUnreadable:
        values = {}
    secret = {parameter.name for parameter in kind.parameters if parameter.secret and not with_secrets}
    return {name: None if name in secret else value for name, value in values.items()}


class CheckedParameters(Checking):
    """Of the values, and of the URL and method that they make."""

    def __init__(
        self,
        kind: Kind,
        given: dict[str, Any],
        existing: Destination | None,
        *,
        complete: bool,
    ) -> None:
        """`given`: the specification. `complete`: required parameters must be there."""
        super().__init__()
        self.kind, self.existing = kind, existing
        wanted = given.get("parameters", {})
        kept: Values = {}
        if isinstance(wanted, dict):
            kept = self._kept(wanted)
            wanted = wanted | kept
        values, problems = checked_values(kind, wanted, endpoint_of, complete=complete)
        for name, message in problems:
            self.problem(f"parameters.{name}" if name else "parameters", message)
        if kind.is_mapped:
            self.problems_at("parameters", (((name,), message) for name, message in mapping_problems(values)))
        method = method_of(values, kind.request.method) if kind.is_mapped else kind.request.method
        self._check_batches(given, values)
        url = shown_url(kind, values)
        self._check_shown(given, url, method)
        if existing and leads_elsewhere(url, stored=existing.url):
            self._refuse_kept(kept)
        self.columns = {"parameters": dumps(values) if values else "", "url": url, "method": method}

    def _refuse_kept(self, kept: Values) -> None:
        for parameter in self.kind.parameters:
            if parameter.name in kept and parameter.type != "url":
                words = "The URL now leads to another host, so this has to be typed again."
                self.problem(f"parameters.{parameter.name}", words)

    def _check_batches(self, given: dict[str, Any], values: Values) -> None:
        sending = given.get("sending")
        batches = isinstance(sending, dict) and sending.get("batch") not in (None, False)
        if batches and self.kind.is_mapped and values.get(FORMAT, JSON) != JSON:
            self.problem(f"parameters.{FORMAT}", "Batches are JSON. Choose JSON, or switch batches off.")

    def _kept(self, given: Values) -> Values:
        """Stored secrets that are not given anew. One that cannot be read is a problem of its own."""
        secret = [p.name for p in self.kind.parameters if p.secret and given.get(p.name) is None]
        if not secret or self.existing is None or self.existing.kind != self.kind.slug:
            return {}
        try:
            stored = parameters_of(self.existing)
        except SecretUnreadable:
            for name in secret:
                self.problem(f"parameters.{name}", "What is stored cannot be read. Type it again.")
            return {}
        return {name: stored[name] for name in secret if name in stored}

    def _check_shown(self, given: dict[str, Any], url: str, method: str) -> None:
        if given.get("url") not in (None, "", url):
            self.problem("url", "The kind makes the URL of its parameters. Leave it out.")
        if given.get("method") not in (None, method):
            self.problem("method", f"The kind sends {method} requests. Leave it out.")
