"""How a destination's requests say who sends them, as people give it -> as it is stored, or what is wrong. (pure)"""

from collections.abc import Callable
from typing import Any, NamedTuple

from destinations.endpoint import BadURL
from destinations.header_rules import MOST_VALUE_BYTES, BadHeader, check_header

NONE, BASIC, BEARER, API_KEY, OAUTH2 = "none", "basic", "bearer", "api_key", "oauth2"
KINDS = (NONE, BASIC, BEARER, API_KEY, OAUTH2)
# The key of each kind's secret.
SECRET_KEYS = {BASIC: "password", BEARER: "token", API_KEY: "value", OAUTH2: "client_secret"}
_OPEN_KEYS = {
    NONE: (),
    BASIC: ("username",),
    BEARER: (),
    API_KEY: ("header",),
    OAUTH2: ("token_url", "client_id", "scope", "audience", "client_auth"),
}
# How the token endpoint learns who asks: in an Authorization header, or in the form.
CLIENT_AUTH = ("basic", "body")
DEFAULT_API_KEY_HEADER = "X-API-Key"
MOST_CHARACTERS = 2_000


class AuthProblem(NamedTuple):
    """`key` below `auth`, "" for all of it."""

    key: str
    message: str


class BadAuth(ValueError):
    """Settings that are refused; `problems` holds everything that is wrong with them."""

    def __init__(self, problems: list[AuthProblem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class Auth(NamedTuple):
    """`settings` as they are stored, {} for none; `secret` None: as it is stored."""

    settings: dict[str, Any]
    secret: str | None


def check_auth(given: Any, url_of: Callable[[str], str]) -> Auth:
    """`url_of` gives a URL's normal form, or raises BadURL. Raises BadAuth."""
    checked = _Checked(url_of)
    auth = checked.auth(given)
    if checked.problems:
        raise BadAuth(checked.problems)
    return auth


def header_names(settings: dict[str, Any]) -> tuple[str, ...]:
    """The header that these (checked) settings write."""
    if not settings:
        return ()
    return (settings["header"],) if settings["kind"] == API_KEY else ("Authorization",)


class _Checked:
    def __init__(self, url_of: Callable[[str], str]) -> None:
        self.problems: list[AuthProblem] = []
        self.url_of = url_of

    def problem(self, key: str, message: str) -> None:
        self.problems.append(AuthProblem(key, message))

    def auth(self, given: Any) -> Auth:
        given = given or {}
        if not isinstance(given, dict):
            self.problem("", f"Write {{kind: …}}, one of {', '.join(KINDS)}, with what belongs to it.")
            return Auth({}, None)
        kind = given.get("kind", NONE)
        if kind not in KINDS:
            self.problem("kind", f"“{kind}” is not one of {', '.join(KINDS)}.")
            return Auth({}, None)
        known = ("kind", *_OPEN_KEYS[kind], *filter(None, (SECRET_KEYS.get(kind),)))
        for key in given:
            if key not in known:
                self.problem(key, f"“{key}” is not a known key of {kind}. Known: {', '.join(known)}.")
        if kind == NONE:
            return Auth({}, "")
        values = {key: self._text(key, given.get(key)) for key in _OPEN_KEYS[kind]}
        getattr(self, f"_{kind}")(values)
        return Auth({"kind": kind, **values}, self._secret(kind, given.get(SECRET_KEYS[kind])))

    def _text(self, key: str, value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            self.problem(key, "Write text.")
            return ""
        value = value.strip()
        if len(value) > MOST_CHARACTERS or (value and not value.isprintable()):
            self.problem(key, f"Write at most {MOST_CHARACTERS:,} characters, none of them invisible.")
        return value

    def _basic(self, values: dict[str, str]) -> None:
        if not values["username"]:
            self.problem("username", "Give the user name.")
        if ":" in values["username"]:
            self.problem("username", "A user name has no colon: the password would begin there.")

    def _bearer(self, values: dict[str, str]) -> None:
        pass  # all of it is the secret

    def _api_key(self, values: dict[str, str]) -> None:
        values["header"] = values["header"] or DEFAULT_API_KEY_HEADER
        try:
            check_header(values["header"], "x")
        except BadHeader as error:
            self.problem("header", str(error))

    def _oauth2(self, values: dict[str, str]) -> None:
        values["client_auth"] = values["client_auth"] or CLIENT_AUTH[0]
        if values["client_auth"] not in CLIENT_AUTH:
            self.problem("client_auth", f"“{values['client_auth']}” is not one of {', '.join(CLIENT_AUTH)}.")
        if not values["client_id"]:
            self.problem("client_id", "Give the client id.")
        if not values["token_url"]:
            self.problem("token_url", "Give the URL at which the authorization server hands out tokens.")
            return
        try:
            values["token_url"] = self.url_of(values["token_url"])
        except BadURL as error:
            self.problem("token_url", str(error))

    def _secret(self, kind: str, value: Any) -> str | None:
        key = SECRET_KEYS[kind]
        if value is None:
            return None
        if not isinstance(value, str) or not value:
            self.problem(key, "It is empty. Type it.")
            return ""
        if not value.isprintable() or value != value.strip():
            self.problem(
                key, "It has blanks at its ends, or a line break or another invisible character. Copy it again."
            )
        elif len(value.encode(errors="replace")) > MOST_VALUE_BYTES // 2:
            self.problem(key, f"It is longer than {MOST_VALUE_BYTES // 2:,} bytes.")
        elif kind == BEARER and value.lower().startswith("bearer "):
            self.problem(key, "Leave the word Bearer out: it is written before the token.")
        return value
