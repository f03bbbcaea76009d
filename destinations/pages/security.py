"""The Security tab: how a receiver can tell our requests from forged ones, and how we say who we are."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now

from destinations import catalog
from destinations.auth_rules import CLIENT_AUTH, DEFAULT_API_KEY_HEADER, SECRET_KEYS
from destinations.client_certificates import BadCertificate, Facts, facts_of, is_soon
from destinations.models import Destination
from destinations.pages.tab_form import TabForm, destination_of
from destinations.protection import DEFAULT_ID_HEADER
from destinations.secrets import SecretUnreadable, masked
from destinations.signing_rules import ALGORITHMS, ENCODINGS, HMAC, NONE, OVERLAP_HOURS, STANDARD, new_secret
from destinations.signing_secrets import CannotRotate, ShownSecret, end_secret, rotate, shown_secrets
from destinations.specification import Specification
from destinations.stored_secrets import secrets_of
from events.checking import Problem
from events.toasts import toast

SCHEMES = [(NONE, "Not signed"), (STANDARD, "Standard Webhooks"), (HMAC, "HMAC header")]
AUTH_KINDS = [
    ("none", "None"),
    ("basic", "User name and password (Basic)"),
    ("bearer", "Bearer token"),
    ("api_key", "API key header"),
    ("oauth2", "OAuth 2.0 client credentials"),
]
HMAC_FIELDS = ("header", "algorithm", "encoding", "prefix", "content", "timestamp_header")
# Fields of the form by kind: the specification's key of each.
AUTH_FIELDS = {
    "basic": {"username": "username", "password": "password"},
    "bearer": {"bearer_token": "token"},
    "api_key": {"key_header": "header", "key_value": "value"},
    "oauth2": {
        "token_url": "token_url",
        "client_id": "client_id",
        "client_secret": "client_secret",
        "scope": "scope",
        "audience": "audience",
        "client_auth": "client_auth",
    },
}


def _text(label: str, help_text: str = "", **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **attributes})
    return forms.CharField(label=label, required=False, widget=widget, help_text=help_text, strip=False)


def _choice(label: str, choices: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Select(choices=[(c, n) for c, n in choices]))


def _pem(label: str, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "is-code", "autocomplete": "off"})
    return forms.CharField(label=label, required=False, widget=widget, help_text=help_text)


class SecurityForm(TabForm):
    """Stored secrets are never sent to the page: an empty field keeps what is stored."""

    scheme = forms.ChoiceField(label="Signature", choices=SCHEMES, widget=forms.RadioSelect)
    secret = _text("Signing secret", "Leave it empty and a new one is made when you save.", placeholder="Made for you")
    header = _text("Header", placeholder="X-Signature")
    algorithm = _choice("Algorithm", [(a, f"HMAC-{a.upper()}") for a in ALGORITHMS])
    encoding = _choice("Written as", [("hex", "Hexadecimal"), ("base64", "Base64")])
    prefix = _text(  # type: ignore[assignment]  # Django takes fields off the class: the form's own prefix stays None
        "Prefix", "In front of the signature: sha256=, or t={timestamp},v1=."
    )
    content = _text("What is signed", "{body}, {timestamp}.{body}; {id} stands for the message id.")
    timestamp_header = _text("Timestamp header", "Seconds since 1970. Empty: no such header.")
    kind = forms.ChoiceField(label="Method", choices=AUTH_KINDS)
    username = _text("User name")
    password = _text("Password")
    bearer_token = _text("Token", "Sent as Authorization: Bearer ….")
    key_header = _text("Header", placeholder=DEFAULT_API_KEY_HEADER)
    key_value = _text("Key")
    token_url = _text("Token URL", type="url", inputmode="url", placeholder="https://login.example.com/oauth/token")
    client_id = _text("Client id")
    client_secret = _text("Client secret")
    scope = _text("Scope", "Several with blanks between. Empty: the server’s own choice.")
    audience = _text("Audience", "Some servers want one.")
    client_auth = _choice("Client id and secret go", [("basic", "in a Basic header"), ("body", "in the form")])
    certificate = _pem(
        "Certificate (PEM)", "Your own first, then those that lead to its authority. Empty: none is shown."
    )
    private_key = _pem("Private key (PEM)", "Without a pass phrase.")
    id_header = _text("Header", placeholder=DEFAULT_ID_HEADER)

    def __init__(self, destination: Destination, data: QueryDict | None = None) -> None:
        super().__init__(destination, data)
        self.made = ""  # a secret that was made for this destination, to be shown once
        try:
            self.secrets = secrets_of(destination)
        except SecretUnreadable:
            self.secrets = {}
        self._mark_kept()

    def _mark_kept(self) -> None:
        """What is stored shows as its end, in the place of the empty field that keeps it."""
        stored = self.destination.auth.get("kind")
        for kind, fields in AUTH_FIELDS.items():
            secret_field = next(name for name, key in fields.items() if key == SECRET_KEYS[kind])
            if kind == stored and self.secrets.get("auth"):
                self._keeps(secret_field, masked(self.secrets["auth"]))
        if self.secrets.get("private_key"):
            self._keeps("private_key", "The key is stored. Paste another to replace it.")

    def _keeps(self, name: str, shown: str) -> None:
        self.fields[name].widget.attrs |= {"placeholder": shown, "data-kept": ""}

    def stored(self) -> dict[str, object]:
        found = self.destination
        kind = catalog.of(found)
        signing, auth = found.signing or (kind.signing if kind else {}), found.auth
        values: dict[str, object] = {"scheme": signing.get("scheme", NONE), "kind": auth.get("kind", "none")}
        values |= {"header": "X-Signature", "content": "{body}", "encoding": ENCODINGS[0], "algorithm": ALGORITHMS[0]}
        values |= {name: signing[name] for name in HMAC_FIELDS if name in signing}
        values |= {"key_header": DEFAULT_API_KEY_HEADER, "client_auth": CLIENT_AUTH[0]}
        values |= {name: auth[key] for name, key in AUTH_FIELDS.get(str(values["kind"]), {}).items() if key in auth}
        return values | {"certificate": found.client_certificate, "id_header": found.id_header}

    def changes(self) -> Specification:
        values = self.cleaned_data
        pem = {name: values[name].strip() for name in ("certificate", "private_key")}
        return {
            "signing": self._signing(values),
            "auth": self._auth(values),
            "client_certificate": {**pem, "private_key": pem["private_key"] or None} if any(pem.values()) else {},
            "id_header": values["id_header"].strip(),
        }

    def _signing(self, values: dict[str, Any]) -> Specification:
        scheme = values["scheme"]
        if scheme == NONE:
            return {"scheme": NONE}
        given = {name: values[name].strip() for name in HMAC_FIELDS} if scheme == HMAC else {}
        return {"scheme": scheme, **given, "secrets": self._secrets(scheme, values["secret"].strip())}

    def _secrets(self, scheme: str, typed: str) -> list[dict[str, str]] | None:
        if scheme == self.destination.signing.get("scheme") and self.secrets.get("signing"):
            return None  # they are changed one by one, see rotate
        self.made = "" if typed else new_secret(scheme)
        return [{"value": typed or self.made}]

    def _auth(self, values: dict[str, Any]) -> Specification:
        kind = values["kind"]
        given = {key: values[name] for name, key in AUTH_FIELDS.get(kind, {}).items()}
        if kind in SECRET_KEYS:
            given[SECRET_KEYS[kind]] = given[SECRET_KEYS[kind]] or None
        return {"kind": kind, **given}

    def show(self, problem: Problem) -> None:
        section, _, rest = problem.field.partition(".")
        if section == "headers":
            return super().show(Problem("", f"{problem.message} It stands under Setup."))
        name = rest
        if section == "auth":
            fields = AUTH_FIELDS.get(self.cleaned_data.get("kind", ""), {})
            name = next((field for field, key in fields.items() if key == rest), "kind")
        elif section == "signing":
            name = "secret" if rest.startswith("secrets") else rest or "scheme"
        elif section == "id_header":
            name = section
        return super().show(Problem(name, problem.message))

    # -- for the page ----------------------------------------------------------------------------------------------

    @property
    def signing_secrets(self) -> list[ShownSecret]:
        try:
            return shown_secrets(self.destination)
        except SecretUnreadable:
            return []

    @property
    def certificate_facts(self) -> Facts | None:
        try:
            return facts_of(self.destination.client_certificate) if self.destination.client_certificate else None
        except BadCertificate:
            return None

    @property
    def certificate_ends_soon(self) -> bool:
        facts = self.certificate_facts
        return bool(facts and is_soon(facts.ends))

    @property
    def moment(self) -> datetime:
        return now()


def destination_security(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """A POST's `act`: rotate or end a signing secret, or nothing to save the form."""
    found = destination_of(project, pk)
    act = request.POST.get("act", "")
    if request.method == "POST" and act == "end":
        end_secret(found, request.POST.get("name", ""))
        return toast(request, redirect(_url(found)), "The old secret no longer signs.")
    if request.method == "POST" and act == "rotate":
        return _rotated(request, found)
    form = SecurityForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.save():
        if form.made:
            return _page(request, found, SecurityForm(found), made=form.made)
        return toast(request, redirect(_url(found)), "Saved.")
    return _page(request, found, form)


def _rotated(request: HttpRequest, found: Destination) -> HttpResponse:
    typed = request.POST.get("new_secret", "").strip()
    try:
        value = rotate(found, typed, _hours(request.POST.get("hours", "")))
    except (CannotRotate, SecretUnreadable) as error:
        return _page(request, found, SecurityForm(found), refusal=f"{str(error)[:1].upper()}{str(error)[1:]}")
    if not typed:
        return _page(request, found, SecurityForm(found), made=value)
    return toast(request, redirect(_url(found)), "The new secret signs from now on.")


def _hours(text: str) -> float:
    try:
        return float(text or OVERLAP_HOURS[0])
    except ValueError:
        return -1.0


def _page(
    request: HttpRequest, found: Destination, form: SecurityForm, *, made: str = "", refusal: str = ""
) -> HttpResponse:
    context = {"project": found.project, "destination": found, "form": form, "made": made, "refusal": refusal}
    default, least, most = OVERLAP_HOURS
    context |= {"overlap": default, "least_overlap": least, "most_overlap": most}
    response = render(request, "destinations/security.html", context)
    if made:
        response["Cache-Control"] = "no-store"
    return response


def _url(destination: Destination) -> str:
    return reverse("destination_security", args=[destination.project.slug, destination.pk])
