"""How a destination's requests can be told from forged ones: their id, signature, authentication, client certificate.

What the specification says of them -> the columns, or everything that is wrong; and back. A secret whose value is left
out keeps what is stored, as long as the URL leads to the same host: otherwise whoever may edit the URL could have the
requests that the secret vouches for sent to himself.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.timezone import now

from destinations import auth_rules, signing_rules
from destinations.auth_rules import SECRET_KEYS, BadAuth, check_auth
from destinations.client_certificates import CERTIFICATE, PRIVATE_KEY, BadCertificate, check_pair
from destinations.endpoint import BadURL
from destinations.header_rules import PRESET_NAMES, BadHeader, check_header
from destinations.models import Destination
from destinations.secrets import SecretUnreadable
from destinations.signing_rules import BadSigning, check_signing, living
from destinations.stored_secrets import Secrets, as_stored, secrets_of
from events.checking import Checking

KEYS = ("id_header", "signing", "auth", "client_certificate")
DEFAULT_ID_HEADER = "webhook-id"
CERTIFICATE_KEYS = (CERTIFICATE, PRIVATE_KEY)
FOR_ID, FOR_SIGNATURE, FOR_AUTH = (
    "it carries the message's id",
    "it belongs to the signature",
    "Authentication writes it",
)


def describe_protection(destination: Destination, *, with_secrets: bool) -> dict[str, Any]:
    """The specification's keys, those left out that say nothing new. Secrets are None unless asked for."""
    try:
        secrets = secrets_of(destination) if with_secrets else {}
    except SecretUnreadable:
        secrets = {}
    described: dict[str, Any] = {}
    if destination.id_header != DEFAULT_ID_HEADER:
        described["id_header"] = destination.id_header
    if destination.signing:
        signing = living(secrets["signing"], now()) if "signing" in secrets else None
        described["signing"] = {**destination.signing, "secrets": signing}
    if destination.auth:
        key = SECRET_KEYS[destination.auth["kind"]]
        described["auth"] = {**destination.auth, key: secrets.get("auth")}
    if destination.client_certificate:
        pair = (destination.client_certificate, secrets.get("private_key"))
        described["client_certificate"] = dict(zip(CERTIFICATE_KEYS, pair, strict=True))
    return described


def taken_headers(columns: dict[str, Any]) -> dict[str, str]:
    """Which headers these (checked) columns write, in lower case, and why they do."""
    taken = {columns.get("id_header", DEFAULT_ID_HEADER).lower(): FOR_ID}
    for name in signing_rules.header_names(columns.get("signing", {})):
        taken[name.lower()] = FOR_SIGNATURE
    for name in auth_rules.header_names(columns.get("auth", {})):
        taken[name.lower()] = FOR_AUTH
    return taken


class CheckedProtection(Checking):
    def __init__(
        self,
        given: dict[str, Any],
        existing: Destination | None,
        origin_of: Callable[[str], str],
        url_of: Callable[[str], str],
        *,
        moves: bool,
        expected: dict[str, Any],
        complete: bool,
    ) -> None:
        """`moves`: the destination's URL leads to another host than the stored one. `expected`: the signature by which
        the kind's service knows requests, if there is one; `complete`: then it must be there."""
        super().__init__()
        self.existing, self.moves, self.origin_of = existing, moves, origin_of
        self.expected, self.complete = expected, complete
        self.secrets: Secrets = {}
        self._signing(given.get("signing"))
        self._id_header(given.get("id_header"))
        self._auth(given.get("auth"), url_of)
        self._certificate(given.get("client_certificate"))
        self._names()
        self.columns["secrets"] = as_stored(self.secrets)

    def _signing(self, given: Any) -> None:
        try:
            settings, secrets = check_signing(self._as_expected(given))
        except BadSigning as error:
            self.problems_at("signing", error.problems)
            return
        same = bool(settings) and self._stored("signing").get("scheme") == settings["scheme"]
        if self.expected and not settings and self.complete:
            words = "The receiver knows these requests by their signature. Choose how they are signed."
            self.problem("signing.scheme", words)
        elif self.expected and secrets is None and not same and not self.complete:
            settings, secrets = {}, []  # it is still to come
        self.columns["signing"] = settings
        if secrets is None:
            secrets = self._kept("signing.secrets", "signing", "the signing secret", same=same)
        self.secrets["signing"] = secrets

    def _as_expected(self, given: Any) -> Any:
        """What is left out is as the kind's service wants it."""
        if not self.expected or not isinstance(given or {}, dict):
            return given
        own = given or {}
        return self.expected | own if own.get("scheme", self.expected["scheme"]) == self.expected["scheme"] else own

    def _id_header(self, given: Any) -> None:
        name = given or DEFAULT_ID_HEADER
        if not isinstance(name, str):
            return self.problem("id_header", "Write the name of a header.")
        signed = self.columns.get("signing", {}).get("scheme") == signing_rules.STANDARD
        if signed and name.lower() != DEFAULT_ID_HEADER:
            return self.problem("id_header", f"Standard Webhooks has the id in {DEFAULT_ID_HEADER}. Write that.")
        try:
            self.columns["id_header"] = check_header(name, "x")[0]
        except BadHeader as error:
            self.problem("id_header", str(error))
        return None

    def _auth(self, given: Any, url_of: Callable[[str], str]) -> None:
        try:
            settings, secret = check_auth(given, url_of)
        except BadAuth as error:
            for key, message in error.problems:
                self.problem(f"auth.{key}" if key else "auth", message)
            return
        self.columns["auth"] = settings
        if secret is None:
            stored = self._stored("auth")
            key = SECRET_KEYS[settings["kind"]]
            same = stored.get("kind") == settings["kind"]
            asks_elsewhere = same and self._token_host_changes(stored, settings)
            words = f"the {key.replace('_', ' ')}" if key != "value" else "the API key"
            secret = self._kept(f"auth.{key}", "auth", words, same=same, moves=asks_elsewhere)
        self.secrets["auth"] = secret

    def _token_host_changes(self, stored: dict[str, Any], settings: dict[str, Any]) -> bool:
        old = stored.get("token_url")
        if not old:
            return False
        try:
            return self.origin_of(old) != self.origin_of(settings["token_url"])
        except BadURL:
            return True

    def _certificate(self, given: Any) -> None:
        if not given:
            self.columns["client_certificate"] = ""
        elif isinstance(given, dict):
            self._pair(given)
        else:
            self.problem("client_certificate", "Write {certificate: PEM, private_key: PEM}.")

    def _pair(self, given: dict[str, Any]) -> None:
        for name in given:
            if name not in CERTIFICATE_KEYS:
                known = ", ".join(CERTIFICATE_KEYS)
                self.problem(f"client_certificate.{name}", f"“{name}” is not a known key. Known: {known}.")
        certificate, key = (given.get(name) for name in CERTIFICATE_KEYS)
        if key is None:
            key = self._kept("client_certificate.private_key", "private_key", "the private key", same=True)
        if key is None:
            return
        if not isinstance(certificate, str) or not isinstance(key, str):
            self.problem("client_certificate", "Certificate and key must be text, in PEM.")
            return
        try:
            check_pair(certificate, key, now())
        except BadCertificate as error:
            self.problem(f"client_certificate.{error.field}", str(error))
        self.columns["client_certificate"] = certificate.strip() + "\n"
        self.secrets["private_key"] = key.strip() + "\n"

    def _names(self) -> None:
        """No header is written twice, and none of the preset ones."""
        seen = {name.lower(): "it is always sent" for name in PRESET_NAMES}
        for field, names, why in self._written():
            for name in names:
                if name.lower() in seen:
                    self.problem(field, f"The header {name} is taken: {seen[name.lower()]}. Choose another name.")
                seen[name.lower()] = why

    def _written(self) -> Iterator[tuple[str, tuple[str, ...], str]]:
        """Where they are set, the headers' names, and why they are written."""
        yield "id_header", (self.columns.get("id_header", DEFAULT_ID_HEADER),), FOR_ID
        signing = self.columns.get("signing", {})
        if signing.get("scheme") == signing_rules.HMAC:
            yield "signing.header", (signing["header"],), FOR_SIGNATURE
            yield "signing.timestamp_header", tuple(filter(None, (signing["timestamp_header"],))), FOR_SIGNATURE
        elif signing:
            yield "signing.scheme", signing_rules.header_names(signing), FOR_SIGNATURE
        yield "auth.header", auth_rules.header_names(self.columns.get("auth", {})), FOR_AUTH

    def _stored(self, column: str) -> dict[str, Any]:
        return getattr(self.existing, column) if self.existing else {}

    def _kept(self, field: str, name: str, what: str, *, same: bool, moves: bool = False) -> Any:
        """The stored secret that one that was left out stands for; None, and a problem, where there is none to keep."""
        try:
            stored = secrets_of(self.existing).get(name) if self.existing and same else None
        except SecretUnreadable:
            return self.problem(field, f"{what.capitalize()} that is stored cannot be read. Give it again.")
        if not stored:
            return self.problem(field, f"{what[:1].upper()}{what[1:]} is missing. Give it.")
        if self.moves or moves:
            where = "token URL" if moves else "URL"
            return self.problem(field, f"The {where} now leads to another host, so {what} has to be given again.")
        return stored
