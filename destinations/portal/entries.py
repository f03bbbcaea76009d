"""The fields of the editor page: one for each place of a definition, as the text that people type and back. (pure)

Places are dotted; `*` stands for a row's number. What cannot be read as its shape stays text, so that the rules of
kinds refuse it at its place.
"""

from dataclasses import dataclass
from typing import Any

from destinations.batch_rules import FORMATS
from destinations.header_rules import METHODS
from destinations.signing_rules import ALGORITHMS, HMAC, STANDARD

PARAMETER_TYPES = (
    ("text", "Text"), ("url", "URL"), ("url_part", "Part of the URL"), ("choice", "Choice"), ("number", "Number"),
    ("boolean", "Yes or no"), ("rows", "Rows"),
)  # fmt: skip
AUTH = (("", "None, or a header below"), ("basic", "Basic: user and password"), ("bearer", "Bearer token"))
LANGUAGES = (
    ("freemarker", "FreeMarker"),
    ("jinja2", "Jinja2"),
    ("raw", "Original event"),
    ("message", "Original message"),
    ("mapped", "By mappings"),
)
JSON_WRITERS = (("", "As the body has it"), ("javascript", "As JavaScript’s JSON.stringify writes it"))
HASHES = tuple((name if name != ALGORITHMS[0] else "", f"HMAC-{name.upper()}") for name in ALGORITHMS)
ENCODED = (("", "Hexadecimal"), ("base64", "Base64"))
SIGNATURES = (("", "None is asked for"), (STANDARD, "Standard Webhooks"), (HMAC, "HMAC header"))
BATCHES = (("", "The kind does not say"), *FORMATS.items())
OTHERS = (("", "Are sent again"), ("taken", "Were taken"))
HEADER_NAMES = ("Authorization", "Accept", "Accept-Charset", "Cache-Control", "X-Api-Key")
CONTENT_TYPES = ("application/json", "application/x-www-form-urlencoded", "application/x-ndjson", "text/plain")


@dataclass(frozen=True, slots=True)
class Entry:
    """`shape`: text, long, flag, number, choice, many, lines, pairs, statuses, groups, checks or code."""

    label: str
    shape: str = "text"
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()
    listed: str = ""  # the id of a datalist
    required: bool = False


ENTRIES: dict[str, Entry] = {
    "name": Entry("Display name", required=True),
    "category": Entry("Category", help="The catalog filters by it.", listed="categories", required=True),
    "summary": Entry("Summary", help="One line on the tile.", required=True),
    "description": Entry("Full description", "long", "What it does and when to use it. Markdown."),
    "setup": Entry("Set-up steps", "long", "Where each value is found in the service. Markdown."),
    "parameters.*.label": Entry("Display name"),
    "parameters.*.name": Entry("Name", help="Templates write ${parameters.name}.", required=True),
    "parameters.*.type": Entry("Kind", "choice", options=PARAMETER_TYPES),
    "parameters.*.required": Entry("Required", "flag"),
    "parameters.*.secret": Entry("Secret", "flag"),
    "parameters.*.default": Entry("Default"),
    "parameters.*.help": Entry("Help"),
    "parameters.*.choices": Entry("Choices", "pairs", "One per line: value = label."),
    "parameters.*.columns": Entry("Columns of rows", "pairs", "One per line: name = label."),
    "parameters.*.needed_with": Entry("Required with", "pairs", "One per line: another parameter = value, value."),
    "parameters.*.hosts": Entry("Hosts that a URL may lead to", "lines", "One per line: *.example.com."),
    "mappings.*.name": Entry("Destination property name", help="Templates write ${mappedFields.name}.", required=True),
    "mappings.*.label": Entry("Display name"),
    "mappings.*.required": Entry("Required", "flag"),
    "mappings.*.suggested": Entry("Suggested property", help="New destinations start with it."),
    "mappings.*.help": Entry("Help"),
    "request.method": Entry("Method", "choice", options=tuple((method, method) for method in METHODS)),
    "request.url": Entry("URL endpoint", help="The host is plain text, a choice, or a whole URL parameter."),
    "request.user_agent": Entry("User-Agent", help="Without one, the hub’s own."),
    "request.content_type": Entry("Content-Type", listed="content-types"),
    "request.headers.*.name": Entry("Header key", listed="header-names", required=True),
    "request.headers.*.value": Entry("Header value", required=True),
    "request.auth.type": Entry("Authentication", "choice", options=AUTH),
    "request.auth.user": Entry("User"),
    "request.auth.password": Entry("Password"),
    "request.auth.token": Entry("Token"),
    "request.language": Entry("Body", "choice", options=LANGUAGES),
    "request.template": Entry("Event body", "code"),
    "request.json": Entry("JSON is written", "choice", options=JSON_WRITERS),
    "signing.scheme": Entry("Signature", "choice", "Its users give the secret.", options=SIGNATURES),
    "signing.header": Entry("Header", help="X-Signature unless you say otherwise."),
    "signing.algorithm": Entry("Algorithm", "choice", options=HASHES),
    "signing.encoding": Entry("Written as", "choice", options=ENCODED),
    "signing.prefix": Entry("Prefix", help="In front of the signature: sha256=."),
    "signing.content": Entry("What is signed", help="{body} unless you say otherwise: {timestamp}.{body}."),
    "signing.timestamp_header": Entry("Timestamp header"),
    "topics": Entry("Takes", "many"),
    "pace": Entry("Requests a second", "number", "What a new destination is limited to."),
    "limits.bytes": Entry("Most bytes of a body", "number"),
    "limits.items": Entry("Most members in one request", "number"),
    "batch.events": Entry("Most events in one request", "number", "Where the service takes several."),
    "batch.format": Entry("Several events go as", "choice", options=BATCHES),
    "batch.key": Entry("Key of their list"),
    "answers.success": Entry("Success", "statuses", "2xx unless you say otherwise: 200, 202."),
    "answers.final": Entry("Final", "statuses", "Not tried again. 4xx unless you say otherwise."),
    "answers.body": Entry("A success also has in its body", "checks", "One per line: status = ok, errors empty."),
    "answers.body_retries": Entry("Try again when it has not", "flag"),
    "answers.refused": Entry(
        "Events that an answer to several refuses", "lines", "Paths to their positions, one per line: errors.index."
    ),
    "answers.others": Entry("The others of these", "choice", options=OTHERS),
    "skip_without": Entry("Skip events without", "groups", "Groups, one per line: user_id, device_id. Each needs one."),
    "identifier.path": Entry("Member’s field", help="user_id, or user_properties.email."),
    "identifier.parameter": Entry("Parameter that chooses the field"),
    "identifier.by": Entry("Field for each of its values", "pairs", "One per line: email = user_properties.email."),
}  # fmt: skip


def entry_of(place: str) -> Entry:
    return ENTRIES[".".join("*" if key.isdecimal() else key for key in place.split("."))]


def as_text(entry: Entry, value: Any) -> str:
    """What stands in the field."""
    if value is None:
        return ""
    if entry.shape == "pairs":
        return "\n".join(_pair(*pair) for pair in _pairs_of(value))
    if entry.shape == "lines" and isinstance(value, list):
        return "\n".join(map(str, value))
    if entry.shape == "groups" and isinstance(value, list):
        return "\n".join(", ".join(group) if isinstance(group, list) else str(group) for group in value)
    if entry.shape == "statuses" and isinstance(value, list):
        return ", ".join(map(str, value))
    if entry.shape == "checks" and isinstance(value, list):
        return "\n".join(map(_check_text, value))
    return str(value)


def as_value(entry: Entry, text: str) -> Any:
    """What the definition says; None where nothing was typed."""
    text = text.replace("\r\n", "\n")
    if entry.shape == "code":
        return text or None
    stripped = text.strip()
    if not stripped:
        return None
    lines = [line.strip() for line in stripped.split("\n") if line.strip()]
    match entry.shape:
        case "number":
            return _number(stripped)
        case "lines":
            return lines
        case "pairs":
            return [_parted(line) for line in lines]
        case "groups":
            return [[path.strip() for path in line.split(",") if path.strip()] for line in lines]
        case "statuses":
            return [_number(one) for one in stripped.replace(",", " ").split()]
        case "checks":
            return [_check(line) for line in lines]
    return stripped


def _number(text: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _pairs_of(value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [(str(key), ", ".join(one) if isinstance(one, list) else str(one)) for key, one in value.items()]
    found = value if isinstance(value, list) else []
    return [(str(one.get("value", "")), str(one.get("label", ""))) for one in found if isinstance(one, dict)]


def _pair(value: str, label: str) -> str:
    return f"{value} = {label}" if label and label != value else value


def _parted(line: str) -> dict[str, str]:
    value, equals, label = line.partition("=")
    return {"value": value.strip()} | ({"label": label.strip()} if equals else {})


def _check(line: str) -> dict[str, Any]:
    path, equals, value = line.partition("=")
    if equals:
        known = {"true": True, "false": False}
        return {"path": path.strip(), "equals": known.get(value.strip(), _number(value.strip()))}
    path, _, test = line.rpartition(" ")
    negated = path.endswith(" not")
    return {"path": path.removesuffix(" not").strip(), test: not negated}


def _check_text(check: Any) -> str:
    if not isinstance(check, dict):
        return str(check)
    path = check.get("path", "")
    if "equals" in check:
        value = check["equals"]
        return f"{path} = {str(value).lower() if isinstance(value, bool) else value}"
    test = "empty" if "empty" in check else "missing"
    return f"{path}{'' if check.get(test) else ' not'} {test}".strip()
