"""SVG that is only a picture: an allow-list of elements and attributes; anything else refuses the file. (pure)"""

import re
from xml.etree.ElementTree import Element, ParseError, register_namespace, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

SVG = "http://www.w3.org/2000/svg"
ELEMENTS = frozenset(
    {
        "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "defs",
        "linearGradient", "radialGradient", "stop", "clipPath", "mask", "title", "desc",
    }
)  # fmt: skip
ATTRIBUTES = frozenset(
    {
        "id", "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "d",
        "points",
        "fill", "fill-opacity", "fill-rule", "clip-rule", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin",
        "stroke-opacity", "stroke-dasharray", "stroke-miterlimit", "opacity", "transform", "offset", "stop-color",
        "stop-opacity", "gradientUnits", "gradientTransform", "spreadMethod", "fx", "fy", "clip-path", "mask",
        "clipPathUnits", "maskUnits", "maskContentUnits",
        "font-family", "font-size", "font-weight", "text-anchor",
        "dominant-baseline", "letter-spacing", "dx", "dy", "color", "role", "aria-label", "version",
        "preserveAspectRatio",
    }
)  # fmt: skip
MOST_ELEMENTS = 2_000

# A value leads nowhere but into the file itself.
_OWN_REFERENCE = re.compile(r"url\(\s*['\"]?#[\w-]+['\"]?\s*\)")
_LEADS_OUT = re.compile(r"url\s*\(|javascript:|data:|//|\\|&|<", re.IGNORECASE)
_LINE = re.compile(r"line (\d+)")


class BadSVG(ValueError):
    """An SVG that is refused; the message says why."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def sanitised(data: bytes) -> bytes:
    """The picture written anew, without comments and processing instructions. Raises BadSVG."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise BadSVG("The SVG declares a document type or entities. Save it as plain SVG.") from None
    except (ParseError, ValueError) as error:
        found = _LINE.search(str(error))
        raise BadSVG(f"The SVG cannot be read: {error}.", int(found[1]) if found else None) from None
    if root.tag != f"{{{SVG}}}svg":
        raise BadSVG(f'The file is no SVG: it has to begin with <svg xmlns="{SVG}">.')
    elements = list(root.iter())
    if len(elements) > MOST_ELEMENTS:
        raise BadSVG(f"The SVG has {len(elements):,} elements; at most {MOST_ELEMENTS:,} are allowed.")
    for element in elements:
        _check(element)
    register_namespace("", SVG)
    return tostring(root, encoding="utf-8")


def _check(element: Element) -> None:
    namespace, _, name = str(element.tag).rpartition("}")
    if namespace != f"{{{SVG}" or name not in ELEMENTS:
        raise BadSVG(f"The SVG has the element <{name}>, which a logo may not have. Draw with paths, shapes and text.")
    for attribute, value in element.attrib.items():
        if attribute not in ATTRIBUTES:
            shown = attribute.rpartition("}")[2]
            raise BadSVG(f"<{name}> has the attribute {shown}, which a logo may not have. Remove it.")
        if _LEADS_OUT.search(_OWN_REFERENCE.sub("", value)):
            raise BadSVG(f"The attribute {attribute} of <{name}> leads out of the file. Remove it.")


def proportions(data: bytes) -> tuple[float, float] | None:
    """Width and height of a sanitised SVG; None where it does not say."""
    root = fromstring(data)
    numbers = re.findall(r"-?[\d.]+", root.get("viewBox", ""))
    sizes = numbers[2:4] if len(numbers) == 4 else re.findall(r"^[\d.]+", root.get("width", ""), re.M)
    if len(numbers) != 4:
        sizes += re.findall(r"^[\d.]+", root.get("height", ""), re.M)
    try:
        width, height = map(float, sizes)
    except ValueError:
        return None
    return (width, height) if width > 0 and height > 0 else None
