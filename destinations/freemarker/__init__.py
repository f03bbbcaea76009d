"""A FreeMarker engine: `Template(source).render(data)`, and the errors it raises."""

from destinations.freemarker.errors import TemplateError
from destinations.freemarker.limits import Limits
from destinations.freemarker.reading import Reference
from destinations.freemarker.settings import PAYLOAD, STRICT, Settings
from destinations.freemarker.template import Template

__all__ = ["PAYLOAD", "STRICT", "Limits", "Reference", "Settings", "Template", "TemplateError"]
