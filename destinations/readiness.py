"""What a destination still needs before it can be switched on, as a list to tick off."""

from dataclasses import dataclass

from destinations import catalog
from destinations.allowed_endpoint import endpoint_of
from destinations.endpoint import BadURL
from destinations.kind_parameters import maps_body
from destinations.models import Destination, Language, PayloadMode
from destinations.specification import missing
from destinations.tabs import tab_of


@dataclass(frozen=True, slots=True)
class Check:
    """One line: `text` says what is there, or what is missing and `url` where to mend it."""

    done: bool
    text: str
    url: str = ""


# Top-level key of the specification -> where its fields stand on their tab.
ANCHORS = {
    "name": "id_name",
    "parameters": "parameters",
    "method": "id_method",
    "url": "id_url",
    "headers": "headers",
    "payload": "payload",
    "filter": "filter",
    "events": "filter",
    "identify_on": "on-change-title",
    "consent": "consent",
    "transformation": "transformation",
    "event_controls": "controls-title",
    "mappings": "mappings",
    "timeouts": "timing",
    "sending": "retries-title",
    "signing": "signing",
    "auth": "auth",
    "client_certificate": "client-certificate",
    "id_header": "message-id",
}


def checks(destination: Destination) -> list[Check]:
    """In the page's order: address, headers, events, payload; anything else only if it is wrong."""
    wrong: dict[str, list[str]] = {}
    for problem in missing(destination):
        wrong.setdefault(problem.field.partition(".")[0], []).append(problem.message)
    fine = {
        **_address_fine(destination),
        "headers": _headers(destination),
        "filter": _events(destination),
        "payload": _payload(destination),
    }
    keys = [*fine, *(key for key in wrong if key not in fine)]
    return [
        Check(False, " ".join(line.partition("\n")[0] for line in wrong[key]), _address(destination, key))
        if key in wrong
        else Check(True, fine[key])
        for key in keys
    ]


def _address(destination: Destination, key: str) -> str:
    return tab_of(key).url(destination) + (f"#{ANCHORS[key]}" if key in ANCHORS else "")


def url_warnings(destination: Destination) -> tuple[str, ...]:
    """What is unwise about the stored URL, though it may be used."""
    if not destination.url:
        return ()
    try:
        return endpoint_of(destination.url).warnings
    except BadURL as error:
        return (str(error),)


def _address_fine(destination: Destination) -> dict[str, str]:
    if catalog.is_plain(destination):
        return {"url": f"{destination.method} and URL are set"}
    return {"parameters": "What the kind asks for is there"}


def _headers(destination: Destination) -> str:
    count = len(destination.header_list)
    return "No extra headers" if not count else f"{count} extra header{'' if count == 1 else 's'}"


def _events(destination: Destination) -> str:
    types = destination.filter.get("event_types")
    if types is None:
        return "All events are sent"
    return f"{len(types)} event type{'' if len(types) == 1 else 's'} chosen"


def _payload(destination: Destination) -> str:
    kind = catalog.of(destination)
    if maps_body(destination):
        return "The body is made by the mappings on this tab"
    if kind is not None and kind.sends_messages:
        return "The message is sent as it came, or as the transformation makes it"
    if destination.payload_mode == PayloadMode.RAW:
        return "The original event is the payload"
    return f"The {Language(destination.language).label} template is valid"
