"""What a mapped body looks like on the wire: JSON, a form, or XML. (pure)"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from destinations.messages.flattening import as_text
from events.jsontext import dumps

Body = dict[str, Any]

JSON, XML, FORM = "JSON", "XML", "FORM"
CONTENT_TYPES = {JSON: "application/json", XML: "application/xml", FORM: "application/x-www-form-urlencoded"}
ROOT = "root"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
_NO_FIRST = re.compile(r"^[^A-Za-z_]")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(body: Body, form: str, xml_root: str = ROOT) -> str:
    """The text for one of CONTENT_TYPES; an empty body is no body."""
    if not body:
        return ""
    writers: dict[str, Callable[[Body], str]] = {XML: lambda one: _xml(one, xml_root or ROOT), FORM: _form}
    return writers.get(form, dumps)(body)


def without_nulls(value: Any) -> Any:
    """Keys whose value is null are left out at every depth; a null that is a member of a list stays."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


def xml_name(key: str) -> str:
    """What may stand as an element's name: `_` for every other character, and for a first one that is no letter."""
    return _NO_FIRST.sub("_", _NOT_IN_NAMES.sub("_", key)) or "_"


def _form(body: Body) -> str:
    return urlencode([(key, as_text(value)) for key, value in body.items()])


def _xml(body: Body, root: str) -> str:
    element = Element(xml_name(root))
    _fill(element, body)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(element, encoding="unicode", short_empty_elements=True)


def _fill(element: Element, value: Any) -> None:
    if not isinstance(value, dict):
        element.text = _NOT_IN_XML.sub("�", as_text(value))
        return
    for key, inner in value.items():
        for one in inner if isinstance(inner, list) else [inner]:
            child = SubElement(element, xml_name(key))
            _fill(child, {"item": one} if isinstance(one, list) else one)
