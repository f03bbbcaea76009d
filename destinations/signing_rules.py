"""How requests are signed, as people give it -> as it is stored, or everything that is wrong with it and where. (pure)

Standard Webhooks 1.0.0 (https://www.standardwebhooks.com), or one header with an HMAC, as most receivers that are older
than that want it.
"""

import base64
import binascii
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from destinations.header_rules import BadHeader, check_header

STANDARD, HMAC, NONE = "standard", "hmac", "none"
SCHEMES = (NONE, STANDARD, HMAC)
ALGORITHMS = ("sha256", "sha512", "sha1")
ENCODINGS = ("hex", "base64")

PREFIX = "whsec_"
STANDARD_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
FEWEST_KEY_BYTES, MOST_KEY_BYTES, NEW_KEY_BYTES = 24, 64, 32
MOST_SECRETS = 5
OVERLAP_HOURS = (24, 0, 168)  # how long an old secret stays: default, least, most
HMAC_CHARACTERS = (8, 512)
MOST_TEMPLATE = 200

_HMAC_DEFAULTS = {
    "header": "X-Signature",
    "algorithm": "sha256",
    "encoding": "hex",
    "prefix": "",
    "content": "{body}",
    "timestamp_header": "",
}
_PLACES = ("{id}", "{timestamp}")

Secret = dict[str, Any]  # {"value": text, "until": ISO time or None}


class SigningProblem(NamedTuple):
    """`place`: the keys that lead from `signing` to what is wrong: ("secrets", 0, "value")."""

    place: tuple[str | int, ...]
    message: str


class BadSigning(ValueError):
    """Settings that are refused; `problems` holds everything that is wrong with them."""

    def __init__(self, problems: list[SigningProblem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class Signing(NamedTuple):
    """`settings` as they are stored, {} for no signature; `secrets` newest first, None: as they are stored."""

    settings: dict[str, Any]
    secrets: list[Secret] | None


def check_signing(given: Any) -> Signing:
    """Raises BadSigning."""
    checked = _Checked()
    signing = checked.signing(given)
    if checked.problems:
        raise BadSigning(checked.problems)
    return signing


def check_secrets(scheme: str, given: Any, *, most: int) -> list[Secret] | None:
    """Secrets on their own, `most` of them, the newest first; None where none are given. Raises BadSigning."""
    checked = _Checked()
    secrets = [] if given == [] else checked.secrets(scheme, given, most)
    if checked.problems:
        raise BadSigning(checked.problems)
    return secrets


def header_names(settings: dict[str, Any]) -> tuple[str, ...]:
    """The headers that these (checked) settings write, the id's own aside."""
    if not settings:
        return ()
    if settings["scheme"] == STANDARD:
        return STANDARD_HEADERS[1:]
    return tuple(filter(None, (settings["timestamp_header"], settings["header"])))


def new_secret(scheme: str) -> str:
    """A secret that nobody has seen."""
    if scheme == STANDARD:
        return PREFIX + base64.b64encode(secrets.token_bytes(NEW_KEY_BYTES)).decode()
    return secrets.token_hex(NEW_KEY_BYTES)


def rotated(scheme: str, old: Sequence[Secret], value: str, hours: float, moment: datetime) -> list[Secret]:
    """The secrets once `value` is the newest and what was in use stays for `hours`. A header of one's own holds one
    signature, so there the new secret counts at once and alone."""
    if scheme == HMAC or hours <= 0:
        return [{"value": value, "until": None}]
    end = moment + timedelta(hours=hours)
    kept = [one | {"until": _written(min(end, moment_of(one) or end))} for one in living(old, moment)]
    return [{"value": value, "until": None}, *kept][:MOST_SECRETS]


def living(stored: Iterable[Secret], moment: datetime) -> list[Secret]:
    """Those that have not come to their end."""
    return [one for one in stored if one["until"] is None or moment_of(one) > moment]  # type: ignore[operator]


def moment_of(secret: Secret) -> datetime | None:
    """When it ends."""
    return datetime.fromisoformat(secret["until"]) if secret["until"] else None


def key_of(scheme: str, value: str) -> bytes:
    """The bytes that sign. Standard Webhooks decodes what follows whsec_; elsewhere the text itself is the key."""
    return base64.b64decode(value.removeprefix(PREFIX)) if scheme == STANDARD else value.encode()


def secret_problem(scheme: str, value: Any) -> str:
    """What is wrong with a secret that was typed, or ""."""
    if not isinstance(value, str) or not value:
        return "The signing secret is missing. Type one, or have a new one made."
    if scheme == STANDARD:
        return _standard_problem(value)
    least, most = HMAC_CHARACTERS
    if not least <= len(value) <= most:
        return f"The secret has {len(value)} characters; write {least} to {most}."
    if not value.isprintable() or value != value.strip():
        return "The secret has blanks at its ends or invisible characters. Copy it again."
    return ""


def _standard_problem(value: str) -> str:
    if not value.startswith(PREFIX):
        return f"A Standard Webhooks secret begins with {PREFIX}. Copy all of it."
    text = value.removeprefix(PREFIX)
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return (
            f"After {PREFIX} comes base64: letters, digits, + and /, padded with =. The characters - and _ of the "
            "URL-safe alphabet, and blanks, are read wrongly by receivers."
        )
    if not FEWEST_KEY_BYTES <= len(key) <= MOST_KEY_BYTES:
        return f"The secret stands for {len(key)} bytes; {FEWEST_KEY_BYTES} to {MOST_KEY_BYTES} are allowed."
    return ""


class _Checked:
    def __init__(self) -> None:
        self.problems: list[SigningProblem] = []

    def problem(self, message: str, *place: str | int) -> None:
        self.problems.append(SigningProblem(place, message))

    def signing(self, given: Any) -> Signing:
        given = given or {}
        if not isinstance(given, dict):
            self.problem("Write {scheme: standard} or {scheme: hmac, header: …}, with its secrets.")
            return Signing({}, None)
        scheme = given.get("scheme", STANDARD if given.get("secrets") else NONE)
        if scheme not in SCHEMES:
            self.problem(f"“{scheme}” is not one of {', '.join(SCHEMES)}.", "scheme")
            return Signing({}, None)
        known = ("scheme", "secrets", *(_HMAC_DEFAULTS if scheme == HMAC else ()))
        for key in given:
            if key not in known:
                self.problem(f"“{key}” is not a known key of {scheme}. Known: {', '.join(known)}.", key)
        if scheme == NONE:
            return Signing({}, [])
        settings = {"scheme": scheme, **(self._hmac(given) if scheme == HMAC else {})}
        return Signing(settings, self.secrets(scheme, given.get("secrets"), MOST_SECRETS if scheme == STANDARD else 1))

    def _hmac(self, given: dict[str, Any]) -> dict[str, Any]:
        values = {name: given[name] if given.get(name) is not None else _HMAC_DEFAULTS[name] for name in _HMAC_DEFAULTS}
        wrong = [name for name, value in values.items() if not isinstance(value, str)]
        for name in wrong:
            self.problem("Write text.", name)
        if wrong:
            return _HMAC_DEFAULTS
        self._one_of("algorithm", values["algorithm"], ALGORITHMS)
        self._one_of("encoding", values["encoding"], ENCODINGS)
        self._header("header", values["header"] or _HMAC_DEFAULTS["header"])
        if values["timestamp_header"]:
            self._header("timestamp_header", values["timestamp_header"])
        if values["timestamp_header"].lower() == values["header"].lower():
            self.problem("Timestamp and signature need headers of their own.", "timestamp_header")
        self._template("prefix", values["prefix"], with_body=False)
        self._template("content", values["content"], with_body=True)
        return values

    def _one_of(self, name: str, value: str, choices: tuple[str, ...]) -> None:
        if value not in choices:
            self.problem(f"“{value}” is not one of {', '.join(choices)}.", name)

    def _header(self, name: str, value: str) -> None:
        try:
            check_header(value, "x")
        except BadHeader as error:
            self.problem(str(error), name)

    def _template(self, name: str, text: str, *, with_body: bool) -> None:
        if with_body and text.count("{body}") != 1:
            self.problem("What is signed holds {body} once: {body}, or {timestamp}.{body}.", name)
            return
        plain = text.replace("{body}", "", 1) if with_body else text
        for place in _PLACES:
            plain = plain.replace(place, "")
        if "{" in plain or "}" in plain:
            places = (*_PLACES, "{body}") if with_body else _PLACES
            self.problem(f"Between braces there may be {', '.join(places)} only.", name)
        elif len(text) > MOST_TEMPLATE or not plain.isascii() or (plain and not plain.isprintable()):
            self.problem(f"Write at most {MOST_TEMPLATE} plain ASCII characters.", name)

    def secrets(self, scheme: str, given: Any, most: int) -> list[Secret] | None:
        if given is None:
            return None
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            self.problem("Write a list of {value, until}, the newest first.", "secrets")
            return None
        if not 1 <= len(given) <= most:
            self.problem(f"There are {len(given)} secrets; write 1{f' to {most}' if most > 1 else ''}.", "secrets")
        return [self._secret(scheme, number, one) for number, one in enumerate(given)]

    def _secret(self, scheme: str, number: int, given: dict[str, Any]) -> Secret:
        for key in given:
            if key not in ("value", "until"):
                self.problem(f"“{key}” is not a known key. Known: value, until.", "secrets", number, key)
        problem = secret_problem(scheme, given.get("value"))
        if problem:
            self.problem(problem, "secrets", number, "value")
        return {"value": given.get("value"), "until": self._until(number, given.get("until"))}

    def _until(self, number: int, given: Any) -> str | None:
        place = ("secrets", number, "until")
        if given is None or given == "":
            if number:
                self.problem("An older secret needs the time at which it ends.", *place)
            return None
        if number == 0:
            self.problem("The first secret is the newest: it has no end. Leave this out.", *place)
            return None
        try:
            moment = given if isinstance(given, datetime) else datetime.fromisoformat(given)
        except (TypeError, ValueError):
            self.problem("Write a time as 2026-01-31T12:00:00Z.", *place)
            return None
        return _written(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
