"""A FreeMarker engine: `Template(source).render(data)`, and the errors it raises."""

from destinations.freemarker.errors import TemplateError
from destinations.freemarker.limits import Limits
from destinations.freemarker.reading import Reference

__all__ = ["Limits", "Reference", "TemplateError"]
