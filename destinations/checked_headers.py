"""A specification's `headers` -> the rows to store, or everything that is wrong with them."""

from typing import Any

from destinations.header_rules import PRESET_NAMES, BadHeader, check_header, check_headers
from destinations.http_mapping.requests import header_names as mapped_headers
from destinations.kind.definition import Kind
from destinations.kind.rendering import header_names
from destinations.models import Destination
from destinations.protection import taken_headers
from destinations.secrets import Unreadable
from destinations.signing_rules import STANDARD
from events.checking import Checking
from events.jsontext import loads

KEYS = ("name", "value", "secret")


class CheckedHeaders(Checking):
    """`rows`: the columns of each header."""

    def __init__(
        self, given: Any, kind: Kind | None, existing: Destination | None, columns: dict[str, Any], *, moves: bool
    ) -> None:
        """`columns`: the destination's, as far as they are checked: parameters and protection write headers too.
        `moves`: its URL leads to another host than the stored one."""
        super().__init__()
        self.kind, self.existing, self.moves = kind, existing, moves
        self.rows: list[dict[str, Any]] = []
        given = given or []
        if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
            self.problem("headers", "Write a list of {name, value, secret}.")
            return
        for number, row in enumerate(given):
            self._header(number, row)
        if not self.problems:
            self._together(columns)

    def _header(self, number: int, row: dict[str, Any]) -> None:
        self.unknown_keys(f"headers.{number}.", row, KEYS)
        name, value = row.get("name") or "", row.get("value")
        if value is None:
            value = self._stored_value(number, name, stays_secret=row.get("secret") is True)
        if not isinstance(name, str) or not isinstance(value, str):
            return self.problem(f"headers.{number}", "Name and value must be text.")
        try:
            name, value = check_header(name, value)
        except BadHeader as error:
            self.problem(f"headers.{number}", str(error))
        secret = self.flag(f"headers.{number}.secret", row.get("secret", False))
        self.rows.append({"name": name, "value": value, "secret": secret})
        return None

    def _stored_value(self, number: int, name: Any, *, stays_secret: bool) -> str:
        """The value that a blanked secret stands for. Kept only while the host is the same: otherwise whoever may
        edit the URL could have the secret sent to himself."""
        stored = self.existing.header_list if self.existing else []
        match = next((h for h in stored if h.name.lower() == str(name).lower()), None)
        if match is None:
            why = f"The header {name} has no value. Type it."
        elif isinstance(match.value, Unreadable):
            why = f"The stored value of {name} cannot be read. Type it again."
        elif match.secret and not stays_secret:
            why = f"The header {name} is secret. Type its value to store it openly."
        elif match.secret and self.moves:
            why = f"The URL now leads to another host, so the secret of {name} has to be typed again."
        else:
            return match.value
        self.problem(f"headers.{number}.value", why)
        return ""

    def _together(self, columns: dict[str, Any]) -> None:
        try:
            check_headers(
                [(row["name"], row["value"]) for row in self.rows],
                presets=() if self.kind and self.kind.sends_messages else PRESET_NAMES,
                signed=columns.get("signing", {}).get("scheme") == STANDARD,
                taken=taken_headers(columns) | self._of_kind(columns.get("parameters")),
            )
        except BadHeader as error:
            self.problem("headers", str(error))

    def _of_kind(self, parameters: str | None) -> dict[str, str]:
        if self.kind is None:
            return {}
        names = header_names(self.kind)
        if self.kind.is_mapped and parameters:
            names += mapped_headers(loads(parameters))
        return {name.lower(): "the kind sets it" for name in names}
