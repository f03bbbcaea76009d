"""A kind's URL as pages show it: what is settled, and no secret. (pure)"""

from typing import Any
from urllib.parse import urlsplit

from destinations.freemarker import TemplateError
from destinations.kind.definition import Kind
from destinations.kind.scopes import EVENT_ROOTS
from destinations.kind.url_template import URLTemplate
from destinations.kind.uses import references_of

HIDDEN = "hidden"


def shown_url(kind: Kind, values: dict[str, Any]) -> str:
    """`https://api.example.com/lists/*` where an event has a say behind the host; "" while a value is missing. It leads
    to the same host as the requests."""
    shown = dict(values)
    for parameter in kind.parameters:
        if parameter.secret and parameter.name in shown:
            whole = parameter.type == "url"
            shown[parameter.name] = without_path(str(shown[parameter.name])) if whole else HIDDEN
    template = URLTemplate(kind)
    try:
        if any(path[0] in EVENT_ROOTS for path in references_of(kind.request.url)):
            return f"{template.base({'parameters': shown})}/*"
        return template.render({"parameters": shown})
    except TemplateError:
        return ""


def without_path(url: str) -> str:
    """`https://hooks.example.com/hidden`"""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{HIDDEN}"
