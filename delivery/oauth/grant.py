"""OAuth 2.0 client credentials (RFC 6749, section 4.4): what to ask a token endpoint, what its answer says. (pure)"""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from delivery.retries import ONE_TRY
from delivery.transports.seam import Failure, Outcome, OutgoingRequest
from destinations.secrets import fingerprint, masked
from events.jsontext import dumps

FETCH_SECONDS = 10.0  # for the whole request to the token endpoint
MARGIN_SECONDS = 60.0  # a token is given up this long before its end, at most half of its life
UNKNOWN_LIFE_SECONDS = 3600.0  # where the answer does not tell
RENEWED_AT = 0.8  # of its life: then another is fetched while this one is still in use
MOST_WORDS = 300
KEPT_KINDS = ("refused_address", "bad_request")  # failures that no waiting cures, here as with the receiver


@dataclass(frozen=True, slots=True)
class Grant:
    """What a destination may ask a token with. `key` tells the same from the changed and holds no secret."""

    key: str
    token_url: str
    client_id: str
    client_secret: str
    scope: str = ""
    audience: str = ""
    client_auth: str = "basic"

    def __repr__(self) -> str:
        return f"Grant({self.client_id} at {self.token_url})"


@dataclass(frozen=True, slots=True)
class Token:
    """Times are epoch seconds: when it was fetched, when another should be, when it is given up."""

    value: str
    fetched_at: float
    renew_at: float
    ends_at: float

    def __repr__(self) -> str:
        return f"Token({masked(self.value)})"


@dataclass(frozen=True, slots=True)
class NoToken:
    """Why there is none, and until when (epoch seconds) the token endpoint is left alone."""

    why: Failure
    ends_at: float


def make_grant(destination: int, auth: dict[str, Any], client_secret: str) -> Grant:
    """For a destination's stored settings (destinations.auth_rules)."""
    values = {name: auth[name] for name in ("token_url", "client_id", "scope", "audience", "client_auth")}
    return Grant(fingerprint(dumps([destination, values, client_secret])), client_secret=client_secret, **values)


def token_request(grant: Grant, user_agent: str) -> OutgoingRequest:
    form = {"grant_type": "client_credentials"}
    form |= {name: value for name in ("scope", "audience") if (value := getattr(grant, name))}
    headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Accept", "application/json"),
        ("User-Agent", user_agent),
    ]
    if grant.client_auth == "basic":
        # Not form-encoded first, though RFC 6749 says so: hardly any server decodes it.
        pair = b64encode(f"{grant.client_id}:{grant.client_secret}".encode()).decode()
        headers.append(("Authorization", f"Basic {pair}"))
    else:
        form |= {"client_id": grant.client_id, "client_secret": grant.client_secret}
    return OutgoingRequest(
        "POST",
        grant.token_url,
        headers,
        urlencode(form).encode(),
        total_timeout=FETCH_SECONDS,
        tries=ONE_TRY,
        token=grant,
    )


def token_of(grant: Grant, outcome: Outcome, moment: float) -> Token | Failure:
    """What the token endpoint's answer is worth at `moment` (epoch seconds)."""
    where = f"The token endpoint {urlsplit(grant.token_url).netloc}"
    if outcome.status is None:
        kind = outcome.error_kind if outcome.error_kind in KEPT_KINDS else "token"
        return Failure(kind, f"{where} gave no token: {outcome.error}", outcome.permanent)
    if 300 <= outcome.status < 400:
        target = next((value for name, value in outcome.headers if name.lower() == "location"), "")
        said = f" Use the URL it leads to: {_cut(target)}" if target else ""
        return Failure("token", f"{where} answered {outcome.status}: redirects are not followed.{said}")
    answer = _json(outcome.body)
    if not outcome.ok:
        return Failure("token", _hidden(grant, f"{where} answered {outcome.status}{_reason(answer, outcome.body)}"))
    problem = _problem(answer, outcome.body_cut)
    if problem:
        got = f" It began with: {_cut(outcome.body.decode(errors='replace'))}" if outcome.body else ""
        # The beginning may hold the very token where only its kind is wrong.
        return Failure("token", _hidden(grant, f"{where} {problem}{'' if _value(answer) else got}"))
    return _token(answer, moment)


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _value(answer: Any) -> Any:
    return answer.get("access_token") if isinstance(answer, dict) else None


def _problem(answer: Any, cut: bool) -> str:
    value = _value(answer)
    if cut:
        return "gave an answer of more than 64 kB, and no token."
    if not isinstance(answer, dict):
        return "did not answer in JSON."
    if not value:
        return "gave no access_token."
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
        return "gave an access_token that cannot stand in a header."
    kind = answer.get("token_type", "bearer")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        return f"gave a token of the type “{_cut(str(kind))}”; only bearer tokens can be sent."
    return ""


def _token(answer: dict[str, Any], moment: float) -> Token:
    try:
        said = float(answer["expires_in"])
        life = said if 0 < said < 10**9 else UNKNOWN_LIFE_SECONDS
    except (KeyError, TypeError, ValueError):
        life = UNKNOWN_LIFE_SECONDS
    used = max(life - MARGIN_SECONDS, life / 2)
    return Token(answer["access_token"], moment, moment + used * RENEWED_AT, moment + used)


def _reason(answer: Any, body: bytes) -> str:
    """The error as RFC 6749, section 5.2 has it, or what else was said."""
    if isinstance(answer, dict) and isinstance(answer.get("error"), str):
        said = answer.get("error_description")
        return f": {_cut(answer['error'])}" + (f" ({_cut(said)})." if isinstance(said, str) and said else ".")
    text = _cut(body.decode(errors="replace"))
    return f": {text}" if text else "."


def _hidden(grant: Grant, words: str) -> str:
    return words.replace(grant.client_secret, masked(grant.client_secret))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST_WORDS else f"{text[:MOST_WORDS]}…"
